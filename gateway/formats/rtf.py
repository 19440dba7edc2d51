"""Rich Text Format, as word processors, mail programs and the clipboard write it.

Source: Rich Text Format (RTF) Specification 1.9.1. Reading stands in :mod:`_rtf.reader`, editing
in :mod:`_rtf.document`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.model import Hint

_SPACE = b"\xef\xbb\xbf \t\r\n\0"


class _Rtf:
    name: ClassVar[str] = "rtf"

    def score(self, data: bytes, hint: Hint) -> float:
        r"""Sure by its opening; readers take ``{\rt`` too, and space before it."""
        del hint
        return 1.0 if data[:64].lstrip(_SPACE).startswith(b"{\\rt") else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Read the document with everything embedded in it."""
        from gateway.formats._rtf.document import RtfDocument

        del hint
        return RtfDocument(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All text by a plain sweep."""
        from gateway.formats._rtf.layers import sweep_layers

        del hint
        yield from sweep_layers(data, descend)


FORMAT = _Rtf()
