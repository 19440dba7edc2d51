"""Where in a table the reader stands, and which header and row label belong to the place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.formats._ooxml.xml import Tag

_LONGEST_LABEL = 60


@dataclass(slots=True)
class _Table:
    number: int
    row: int = -1
    column: int = 0
    label: str = field(default="", repr=False)
    headers: dict[int, str] = field(default_factory=dict, repr=False)


class Tables:
    """The tables that are open, innermost last."""

    def __init__(self) -> None:
        self._open: list[_Table] = []
        self._count = 0

    def opened(self, tag: Tag) -> None:
        """An element begins."""
        if tag.local == "table":
            self._count += 1
            self._open.append(_Table(self._count))
        elif tag.local == "table-row" and self._open:
            table = self._open[-1]
            table.row, table.column, table.label = table.row + 1, 0, ""

    def closed(self, tag: Tag) -> None:
        """An element ends."""
        if tag.local == "table" and self._open:
            self._open.pop()
        elif tag.local in {"table-cell", "covered-table-cell"} and self._open:
            count = tag.get("number-columns-repeated", "1")
            self._open[-1].column += int(count) if re.fullmatch("[0-9]{1,5}", count) else 1

    def add(self, text: str) -> None:
        """A paragraph of the current cell has been read."""
        if not self._open or len(text) > _LONGEST_LABEL:
            return
        table, text = self._open[-1], text.strip()
        if table.row == 0:
            table.headers.setdefault(table.column, text)
        elif table.column == 0 and not re.search(r"\d{4}|@", text):
            table.label = text

    def context(self) -> tuple[str, ...]:
        """Header and row label of the current cell."""
        if not self._open or self._open[-1].row < 1:
            return ()
        table = self._open[-1]
        return tuple(x for x in (table.headers.get(table.column, ""), table.label) if x)

    def place(self) -> str:
        """Names the column of the current cell; empty outside tables."""
        if not self._open:
            return ""
        return f"table {self._open[-1].number} column {self._open[-1].column + 1}"
