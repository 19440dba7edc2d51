"""Excel workbooks and templates (SpreadsheetML), with and without macros; not the binary xlsb.

Source: ECMA-376-1 §18.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ooxml.office import OfficeFormat
from gateway.model import Hint

if TYPE_CHECKING:
    from gateway.formats._ooxml.package import Planner, Reader


class Xlsx(OfficeFormat):
    """xlsx, xlsm, xltx, xltm, xlam."""

    name: ClassVar[str] = "xlsx"

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the workbook."""
        with _no_collections():
            return super().open(data, hint, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its text, by zipfile and expat."""
        from gateway.formats._ooxml.xlsx_layers import gathered

        yield from gathered(super().layers(data, hint, descend))

    def ways(self) -> tuple[Reader, Planner]:
        """Cells are read by column and row, and written as typed cells."""
        from gateway.formats._ooxml.xlsx_book import Workbook
        from gateway.formats._ooxml.xlsx_reading import read_workbook
        from gateway.formats._ooxml.xlsx_writing import plan_workbook

        workbook = Workbook()
        return partial(read_workbook, workbook), partial(plan_workbook, workbook)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Pause the collector of cycles: it would walk a million new cells again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


FORMAT = Xlsx()
