"""Plain text: notes, Markdown, logs, source code; the last resort for all that decodes as text.

It declines binary files, and text whose content is encoded; see ``_sniff``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import declared_charset, decode
from gateway.formats._plain import plain_document, plain_layers
from gateway.formats._sniff import is_running_text
from gateway.model import Hint

_NAMES = re.compile(
    r"\.(?:te?xt|md|markdown|rst|adoc|log|tex|bib|ini|cfg|conf|env|properties|toml|sql|py|m?js|[jt]sx?"
    r"|java|kt|gradle|[chmr]|cc|cpp|hpp|cs|go|rs|rb|php|pl|lua|swift|scala|vue|s?css|less|proto|graphql"
    r"|(?:ba|z)?sh|ps1|bat|cmd|diff|patch|pem|key|crt|srt|vtt|lrc|tf|cmake)"
)


class _Text:
    name: ClassVar[str] = "text"

    def score(self, data: bytes, hint: Hint) -> float:
        if not is_running_text(data):
            return -1.0
        known = hint.essence.startswith("text/") or _NAMES.fullmatch(hint.suffix)
        return 0.5 if known and hint.essence not in ("text/html", "text/csv", "text/xml") else 0.1

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        return plain_document(self.name, decode(data, declared_charset(hint)), open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        decoded = decode(data, declared_charset(hint))
        # The codec itself, on the bytes themselves: not the map that placed the edits.
        yield from plain_layers(data[len(decoded.bom) :].decode(decoded.encoding), descend)


FORMAT = _Text()
