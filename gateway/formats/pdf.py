"""PDF: text truly taken out of the file, not covered.

Read are pages, forms, appearances, patterns and glyph procedures by an interpreter of content
streams, every string and stream of the object tree, pictures, attachments, earlier revisions and
stray bytes. pdfium reads each page too; what it alone sees is added. A page whose text no reader
can give (a font without a map, letters drawn as outlines, text across tiles) is read by OCR.

Editing removes the glyphs from the streams that draw them and from the fonts that lost them, paints
over the pixels of pictures, keeps all else in place, and shows a labelled black box. Below it
stand two rungs: a page becomes its picture, with what was removed painted over and looked for again;
and where that cannot be done either, the edit is refused. A file that only its owner's password
protects is read, and written without encryption, which cannot be kept without that password.

What this does not do: glyphs keep their numbers, so a font tells that, not which, some are gone; the
width of a box tells about how long the text was. Colour profiles and functions are not searched.

Source: ISO 32000-2:2020 (PDF 2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ledger import Ledger
from gateway.model import Edit, Hint, Role, Segment, Unread

if TYPE_CHECKING:
    from gateway.formats._pdf.contents import Contents

_HEADER_WITHIN = 1024  # readers look for %PDF- in the first 1024 bytes


class _PdfDocument:
    format = "pdf"

    def __init__(self, data: bytes, contents: Contents, ledger: Ledger) -> None:
        self._data = data
        self._contents = contents
        self._ledger = ledger
        self._segments = contents.children.segments()
        self.unread: Sequence[Unread] = tuple(contents.children.unread)

    def segments(self) -> Sequence[Segment]:
        return self._segments

    def apply(self, edits: Sequence[Edit]) -> bytes:
        if not edits:
            return self._data
        from gateway.formats._pdf.ladder import write_pdf

        own, children = self._contents.children.apply(edits)
        removed = dict.fromkeys(
            self._segments[edit.segment].text[edit.start : edit.end]
            for edit in edits
            if self._segments[edit.segment].role is not Role.TRACE
        )
        return write_pdf(self._contents, own, children, tuple(removed), self._ledger)


class _Pdf:
    name: ClassVar[str] = "pdf"

    def score(self, data: bytes, hint: Hint) -> float:
        at = data.find(b"%PDF-", 0, _HEADER_WITHIN)
        if at == 0:
            return 1.0
        if at > 0:
            return 0.6
        named = hint.suffix == ".pdf" or hint.essence == "application/pdf"
        return 0.5 if named and data else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:  # noqa: ARG002 - the contract
        from gateway.formats._pdf.read import read_pdf

        return _PdfDocument(data, read_pdf(data, open_child), open_child.ledger)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:  # noqa: ARG002 - the contract
        from gateway.formats._pdf.layers import pdf_layers

        yield from pdf_layers(data, descend)


FORMAT = _Pdf()
