"""Word documents of 1997 to 2003: .doc, .dot and Kingsoft's .wps.

Source: [MS-DOC] Word (.doc) Binary File Format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ole.cfb import root_names
from gateway.model import Hint


class _Doc:
    name: ClassVar[str] = "doc"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        return 1.0 if "worddocument" in root_names(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        from gateway.formats._convert.document import native_or_converted
        from gateway.formats._ole.document import OleDocument
        from gateway.formats._ole.word import MAIN, read_word

        del hint

        def native() -> Document:
            return OleDocument(self.name, data, open_child, read_word, MAIN)

        return native_or_converted(native, self.name, data, ("doc", "docx"), open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        from gateway.formats._ole.layers import ole_layers

        del hint
        yield from ole_layers(data, descend)


FORMAT = _Doc()
