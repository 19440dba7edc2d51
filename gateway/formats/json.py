"""JSON (RFC 8259): every string, key and number, with documents inside strings opened.

Refuses what is declared as JSON, or plainly meant as JSON, and is not: plain text would not see
through its escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import BOMS, declared_charset
from gateway.formats._json_document import build, value_layers
from gateway.formats._json_scan import Malformed
from gateway.formats._json_text import decode_json, forget, read_json
from gateway.formats._notebook import is_notebook
from gateway.model import Hint

SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson", ".ipynb", ".webmanifest", ".har", ".jsonld")
"""Names of files that are meant as JSON."""

_LITERAL_FIRST = b"-0123456789tfnNI"
_BEGINS = re.compile(r'\s*+[\[{]\s*+(?:["{}\[\]0-9-]|true|false|null)')
_MEANT = re.compile(r'\s*+(?:\[\s*+)*+\{\s*+"(?:[^"\\]|\\.)*+"\s*+:')
_HIDES = re.compile(r"\\u[0-9a-fA-F]{4}|[A-Za-z0-9+/_=-]{65}")


def is_declared(hint: Hint) -> bool:
    """Whether the sender says by media type that the bytes are JSON."""
    kind = hint.essence
    return kind.endswith(("/json", "+json", "/x-json", "/x-ndjson", "/jsonl", "/json-seq"))


def first_byte(data: bytes) -> bytes:
    """The first byte that is neither byte order mark, white space nor half of a wide character."""
    for mark, _ in BOMS:
        if data.startswith(mark):
            data = data[len(mark) : len(mark) + 4096]
            break
    return data[:4096].lstrip(b" \t\r\n\0")[:1]


def malformed_score(data: bytes, hint: Hint) -> float:
    """The claim on bytes that begin like JSON and are not: above text, or none.

    A claim ends as "malformed JSON". It is made when a media type declares JSON, and when a file
    that is meant as JSON holds what text would not see: escapes, or base64.
    """
    try:
        text = decode_json(data, declared_charset(hint)).text
    except Unreadable:
        return -1.0
    if is_declared(hint) and _BEGINS.match(text):
        return 0.95
    meant = hint.suffix in SUFFIXES or _MEANT.match(text)
    return 0.95 if meant and _HIDES.search(text) else -1.0


class _Json:
    name: ClassVar[str] = "json"

    def score(self, data: bytes, hint: Hint) -> float:
        first = first_byte(data)
        declared = is_declared(hint) or hint.suffix in SUFFIXES
        if first not in (b"{", b"[", b'"') and not (declared and first and first in _LITERAL_FIRST):
            return -1.0
        try:
            read = read_json(data, declared_charset(hint))
        except LimitExceeded:
            return 0.95
        except Malformed:
            return malformed_score(data, hint) if first in (b"{", b"[") else -1.0
        except Unreadable:
            return -1.0
        if first in (b"{", b"["):
            return 0.95 if is_notebook(read) else 1.0
        return 0.9 if declared else 0.6 if b"\\" in data else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        read = read_json(data, declared_charset(hint))
        forget()
        return build(self.name, read.decoded, read.places, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        forget()
        yield from value_layers(decode_json(data, declared_charset(hint)).text, descend)


FORMAT = _Json()
