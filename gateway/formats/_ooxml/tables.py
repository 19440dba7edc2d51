"""Header and label of the table cell that is being read (Word and DrawingML tables alike)."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.formats._ooxml.xml import Tag

_LABEL_LENGTH = 80


@dataclass(slots=True)
class _Table:
    number: int
    heads: dict[int, str] = field(default_factory=dict)
    row: int = -1
    column: int = 0
    span: int = 1
    left: str = ""
    here: list[str] = field(default_factory=list)


class Tables:
    """The tables that are open, innermost last; fed with tags and texts as they come."""

    def __init__(self) -> None:
        self._open: list[_Table] = []
        self._count = 0

    def opened(self, local: str, tag: Tag) -> None:
        """An element begins."""
        if local == "tbl":
            self._count += 1
            self._open.append(_Table(self._count))
        elif not self._open:
            return
        elif local == "tr":
            table = self._open[-1]
            table.row, table.column, table.left = table.row + 1, 0, ""
        elif local == "tc":
            table = self._open[-1]
            table.here, table.span = [], 1
            self.spans(tag.get("gridSpan"))

    def spans(self, columns: str) -> None:
        """The open cell covers so many columns."""
        if self._open and columns.isdecimal():
            self._open[-1].span = max(1, min(int(columns), 1000))

    def add(self, text: str) -> None:
        """A paragraph of the open cell."""
        if self._open:
            self._open[-1].here.append(text)

    def closed(self, local: str) -> None:
        """An element ends."""
        if not self._open:
            return
        table = self._open[-1]
        if local == "tbl":
            self._open.pop()
        elif local == "tc":
            text = " ".join(table.here).strip()[:_LABEL_LENGTH]
            if table.row == 0:
                for column in range(table.column, table.column + table.span):
                    table.heads[column] = text
            table.column += table.span
            table.left, table.here = text or table.left, []

    def context(self) -> tuple[str, ...]:
        """The text above the open cell in the first row, and that of the cell to its left."""
        if not self._open:
            return ()
        table = self._open[-1]
        above = table.heads.get(table.column, "") if table.row > 0 else ""
        return tuple(text for text in (above, table.left) if text)

    def column(self) -> str:
        """Names the column of the open cell; empty outside tables."""
        if not self._open:
            return ""
        return f"table {self._open[-1].number} column {self._open[-1].column + 1}"
