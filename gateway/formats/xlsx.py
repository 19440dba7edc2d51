"""Excel workbooks and templates (SpreadsheetML), with and without macros; not the binary xlsb.

Source: ECMA-376-1 §18.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ooxml import Package, kind_of
from gateway.formats._ooxml_layers import package_layers
from gateway.formats._xlsx_reading import Workbook
from gateway.formats._xlsx_writing import plan_workbook
from gateway.model import Hint


class Xlsx:
    """xlsx, xlsm, xltx, xltm, xlam."""

    name: ClassVar[str] = "xlsx"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the content types name an Excel main part."""
        del hint
        return 1.0 if kind_of(data) == self.name else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open a workbook."""
        del hint
        workbook = Workbook()
        planner = partial(plan_workbook, workbook)
        return Package(self.name, data, open_child, workbook.read, planner)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its text, by zipfile and expat."""
        del hint
        yield from package_layers(data, descend)


FORMAT = Xlsx()
