"""PDF: text truly taken out of the file, not covered.

Read are pages, forms, appearances, patterns and glyph procedures by an interpreter of content
streams, every string and stream of the object tree, attachments, earlier revisions and stray bytes.
pdfium reads each page too; where it sees what we do not, the page is unread. Editing removes the
glyphs from the streams that draw them, keeps all else in place, and shows a labelled black box.

What this does not do yet: pixels of images are not read (each image is named as unread); glyph
outlines, widths and Unicode maps of characters that no longer occur stay in embedded fonts, so a
font subset can still tell *which* characters a document had; the width of a box tells about how
long the text was. Fonts, colour profiles and functions are not searched for text.

Source: ISO 32000-2:2020 (PDF 2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.model import Edit, Hint, Segment, Unread

if TYPE_CHECKING:
    from gateway.formats._pdf.contents import Contents

_HEADER_WITHIN = 1024  # readers look for %PDF- in the first 1024 bytes


class _PdfDocument:
    format = "pdf"

    def __init__(self, data: bytes, contents: Contents) -> None:
        self._data = data
        self._contents = contents
        self._segments = contents.children.segments()
        self.unread: Sequence[Unread] = tuple(contents.children.unread)

    def segments(self) -> Sequence[Segment]:
        return self._segments

    def apply(self, edits: Sequence[Edit]) -> bytes:
        if not edits:
            return self._data
        from gateway.formats._pdf.write import write_pdf

        own, children = self._contents.children.apply(edits)
        return write_pdf(self._data, self._contents, own, children)


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

        return _PdfDocument(data, read_pdf(data, open_child))

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:  # noqa: ARG002 - the contract
        from gateway.formats._pdf.layers import pdf_layers

        yield from pdf_layers(data, descend)


FORMAT = _Pdf()
