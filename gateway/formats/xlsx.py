"""Excel workbooks and templates (SpreadsheetML), with and without macros; not the binary xlsb.

Source: ECMA-376-1 §18.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from gateway.formats._ooxml.office import OfficeFormat
from gateway.formats._ooxml.package import Planner, Reader
from gateway.formats._ooxml.xlsx_reading import Workbook
from gateway.formats._ooxml.xlsx_writing import plan_workbook


class Xlsx(OfficeFormat):
    """xlsx, xlsm, xltx, xltm, xlam."""

    name: ClassVar[str] = "xlsx"

    def ways(self) -> tuple[Reader, Planner]:
        """Cells are read by column and row, and written as typed cells."""
        workbook = Workbook()
        return workbook.read, partial(plan_workbook, workbook)


FORMAT = Xlsx()
