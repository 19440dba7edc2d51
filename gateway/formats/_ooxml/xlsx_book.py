"""What the parts of a workbook know of one another.

Source: ECMA-376-1 §18.3.1.4 (c), §18.3.1.40 (f), §18.4 (shared strings), §18.5.1 (tables).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.formats._ooxml.text import Escape, Slot, decode
from gateway.formats._ooxml.xlsx_styles import Styles

LABEL_LENGTH = 80
"""Of a header or label, what may count as context."""
CONTEXTS = 4
"""Headers and labels that a value has at most."""

_ESCAPED = re.compile(r"[&\r]|_x")


@dataclass(slots=True, eq=False)
class Cell:
    """One cell of a sheet, as far as an edit may need it.

    Args:
        part: the sheet's part.
        row: its row, from 1.
        column: its column, from 1.
        at: where its start tag begins.
        opened: where that ends.
        formula: where its formula stands, tags included.
        group: the number of the shared formula that it belongs to, or empty.
        end: where the cell ends; -1 as long as it is not known.
    """

    part: str = field(repr=False)
    row: int
    column: int
    at: int
    opened: int
    formula: tuple[int, int] | None = None
    group: str = ""
    end: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class CellSlot(Slot):
    """The value or formula of a cell, or a constant in it."""

    cell: Cell | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ColumnSlot(Slot):
    """The name of a column of a table or pivot cache."""


@dataclass(slots=True)
class Workbook:
    """What the parts of a workbook know of one another.

    Args:
        styles: number formats and the first day.
        shared: cells by sheet and number of the formula that they share (``f`` with
            ``t="shared"``).
        strings: the shared strings, in order.
        contexts: headers and labels of the cells that use a shared string.
        places: the sheet and column of the first cell that uses a shared string.
        columns: the names of columns, by the part of their table or pivot cache.
        corners: sheet, row and column of the first header, by the part of the table.
        header_rows: the rows in which tables have headers, by sheet.
        headers: the cells of those rows, by sheet, row and column.
    """

    styles: Styles = field(default_factory=lambda: Styles(()))
    shared: dict[tuple[str, str], list[Cell]] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list, repr=False)
    contexts: dict[int, list[str]] = field(default_factory=dict, repr=False)
    places: dict[int, str] = field(default_factory=dict, repr=False)
    columns: dict[str, list[ColumnSlot]] = field(default_factory=dict)
    corners: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    header_rows: dict[str, set[int]] = field(default_factory=dict)
    headers: dict[tuple[str, int, int], Cell] = field(default_factory=dict)

    def note(self, index: int, context: tuple[str, ...], column: str) -> None:
        """A cell in such a place uses a shared string."""
        self.places.setdefault(index, column)
        known = self.contexts.setdefault(index, [])
        if len(known) < CONTEXTS:
            new = [text for text in context if text not in known]
            known += new[: CONTEXTS - len(known)]


def decoded(raw: str) -> str:
    """A string of a workbook as it is shown."""
    return decode(raw, Escape.XSTRING) if _ESCAPED.search(raw) else raw


def column_number(letters: str) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(column: int) -> str:
    """The letters of a column."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
