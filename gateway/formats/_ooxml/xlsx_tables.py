"""Columns of tables and pivot caches: their names are unique, and a table's stand in cells too.

Excel offers to repair a workbook in which a table's column is called otherwise than the cell
above it, or in which two are called alike.

Source: ECMA-376-1 §18.5.1.2 (table), §18.5.1.3 (tableColumn), §18.10.1.3 (cacheField).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.formats._ooxml.package import Part
from gateway.formats._ooxml.part import Verdicts
from gateway.formats._ooxml.plan import Plan
from gateway.formats._ooxml.relations import owner_of, resolved
from gateway.formats._ooxml.text import (
    Dealt,
    Escape,
    Rule,
    decode,
    encode,
    replaced,
)
from gateway.formats._ooxml.xlsx_book import ColumnSlot, Workbook, column_number
from gateway.formats._ooxml.xlsx_parts import BookPartReader
from gateway.formats._ooxml.xml import Tag
from gateway.model import Role

_COLUMNS = frozenset({"tableColumn", "cacheField"})
_START = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::|$)")
_TYPE = re.compile(r"""\s(?:t|cm|vm)=(?:"[^"]*"|'[^']*')""")


def note_tables(workbook: Workbook, parts: Sequence[Part]) -> None:
    """Where the headers of tables stand, before sheets are read."""
    tables = {part.name: part for part in parts if part.root == "table"}
    for part in parts if tables else ():
        if not part.name.endswith(".rels"):
            continue
        for tag, _, _ in part.source.tokens:
            if tag is None or not tag.get("Type").endswith("/table"):
                continue
            name = resolved(part.name, tag.get("Target"))
            corner = _corner(tables[name]) if name in tables else None
            if corner:
                sheet = owner_of(part.name)
                workbook.corners[name] = (sheet, *corner)
                workbook.header_rows.setdefault(sheet, set()).add(corner[0])


def _corner(part: Part) -> tuple[int, int] | None:
    """Row and column of the first header of a table that shows its headers."""
    tag = next(t for t, _, _ in part.source.tokens if t and t.local == "table")
    start = _START.match(tag.get("ref"))
    if start is None or tag.get("headerRowCount") == "0":
        return None
    return int(start[2]), column_number(start[1])


class ColumnsReader(BookPartReader):
    """A table, or the definition of a pivot cache."""

    def __init__(self, part: Part, workbook: Workbook) -> None:
        super().__init__(part)
        self._columns = workbook.columns.setdefault(part.name, [])

    def verdicts(self, tag: Tag) -> Verdicts:
        """Names of columns are looked after here."""
        found = super().verdicts(tag)
        return [e for e in found if tag.local not in _COLUMNS or e[0].local != "name"]

    def on_open(self, tag: Tag, at: int) -> None:
        """A column's name."""
        super().on_open(tag, at)
        if tag.local not in _COLUMNS:
            return
        for attribute in tag.attributes:
            if attribute.local == "name" and attribute.value:
                start, end = at + attribute.start, at + attribute.end
                text = decode(self.source.text[start:end], Escape.XATTRIBUTE)
                slot = ColumnSlot(self.name, start, end, text, Escape.XATTRIBUTE)
                self._columns.append(slot)
                self.share(f"@name={text}", (text, (slot,)), Role.METADATA, ("name", tag.local))


def rename_columns(workbook: Workbook, sources: dict[str, str], dealt: Dealt, plan: Plan) -> None:
    """Give edited columns names of their own, and their header cells the same text."""
    for part, columns in workbook.columns.items():
        for number, slot, name in _renamed(columns, dealt):
            text = encode(name, slot.escape, slot.rule)
            plan.add(part, [(slot.start, slot.end, text)])
            if part in workbook.corners:
                sheet, row, column = workbook.corners[part]
                _write_header(workbook, sources, (sheet, row, column + number), name, plan)


def _renamed(columns: Sequence[ColumnSlot], dealt: Dealt) -> Iterator[tuple[int, ColumnSlot, str]]:
    taken = {slot.text.casefold() for slot in columns if slot not in dealt}
    for number, slot in enumerate(columns):
        if slot not in dealt:
            continue
        wanted = name = replaced(slot.text, dealt[slot]) or "_"
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{wanted}{count}"
        taken.add(name.casefold())
        yield number, slot, name


def _write_header(
    workbook: Workbook, sources: dict[str, str], place: tuple[str, int, int], name: str, plan: Plan
) -> None:
    cell = workbook.headers.get(place)
    if cell is None or cell.end < 0:
        return
    tag = _TYPE.sub("", sources[cell.part][cell.at : cell.opened])
    prefix = tag[1:].partition("c")[0]
    text = encode(name, Escape.XSTRING, Rule.FREE)
    new = (
        f'{tag[:-1]} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{text}'
        f"</{prefix}t></{prefix}is></{prefix}c>"
    )
    others = [c for c in plan.changes.get(cell.part, ()) if not cell.at <= c[0] < cell.end]
    plan.changes[cell.part] = [*others, (cell.at, cell.end, new)]
