"""Excel workbooks of 1997 to 2003: .xls, .xlt and Kingsoft's .et.

Source: [MS-XLS] Excel Binary File Format (.xls) Structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ole.cfb import root_names
from gateway.model import Hint


class _Xls:
    name: ClassVar[str] = "xls"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        return 1.0 if "workbook" in root_names(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        from gateway.formats._convert.document import native_or_converted
        from gateway.formats._ole.document import OleDocument
        from gateway.formats._ole.excel import MAIN, read_excel
        from gateway.formats._ole.excel_writing import finish_excel

        del hint

        def native() -> Document:
            return OleDocument(self.name, data, open_child, read_excel, MAIN, finish_excel)

        return native_or_converted(native, self.name, data, ("xls", "xlsx"), open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        from gateway.formats._ole.layers import ole_layers

        del hint
        yield from ole_layers(data, descend, _records)


def _records(name: str, content: bytes, descend: Descend) -> Iterator[str]:
    """The heads of records may look like letters behind a word: once more without them."""
    from gateway.formats._ole.excel import MAIN, without_heads
    from gateway.formats._ole.residue import searched

    del descend
    if name.lower() in MAIN:
        yield from searched(without_heads(content))


FORMAT = _Xls()
