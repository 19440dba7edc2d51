"""Excel workbooks of 1997 to 2003: .xls, .xlt and Kingsoft's .et.

Source: [MS-XLS] Excel Binary File Format (.xls) Structure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._convert.document import native_or_converted
from gateway.formats._ole.cfb import root_names
from gateway.formats._ole.document import OleDocument
from gateway.formats._ole.excel import MAIN, read_excel
from gateway.formats._ole.excel_writing import finish_excel
from gateway.formats._ole.layers import ole_layers
from gateway.model import Hint


class _Xls:
    name: ClassVar[str] = "xls"

    def score(self, data: bytes, hint: Hint) -> float:
        del hint
        return 1.0 if "workbook" in root_names(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        del hint

        def native() -> Document:
            return OleDocument(self.name, data, open_child, read_excel, MAIN, finish_excel)

        return native_or_converted(native, self.name, data, ("xls", "xlsx"), open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        del hint
        yield from ole_layers(data, descend)


FORMAT = _Xls()
