"""The values of one sheet, gathered so that the same one in a column is one passage.

A number is read in the ways in which it may be known elsewhere: as its cell shows it, digit by
digit, and a day as people write days in English and Chinese. The first ways stand side by side
in one passage; the others, which only a listed value can match, share passages without context.

Source: ECMA-376-1 §18.8.31 (number formats), §18.18.11 (cell types).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from gateway.formats._ooxml.part import expanded
from gateway.formats._ooxml.text import BESIDE, Escape, Piece, Rule
from gateway.formats._ooxml.xlsx_book import (
    CONTEXTS,
    LABEL_LENGTH,
    Cell,
    CellSlot,
    Workbook,
    column_letters,
    decoded,
)
from gateway.formats._ooxml.xlsx_dates import day_of, other_ways
from gateway.formats._ooxml.xlsx_formats import NumberFormat
from gateway.model import Role

LONG = re.compile(r"[0-9]{7}")
_DIGIT = re.compile("[0-9]")
_INTEGER = re.compile("-?[0-9]{1,15}")
_YEAR = re.compile("[0-9]{4}")
_ERROR = re.compile(r"#[A-Z/0!?_]{2,14}")
_BOOLEANS = {"0": "FALSE", "1": "TRUE"}


@dataclass(slots=True)
class _Entry:
    """A value of a column: its ways, the slots of each, and what stands near it."""

    place: str
    ways: tuple[str, ...] = field(repr=False)
    slots: tuple[list[CellSlot], ...] = field(repr=False)
    context: list[str] = field(repr=False)


class Values:
    """Gathers values, header by header and label by label.

    Args:
        part: the sheet's part.
        address: what the sheet is called in addresses.
        workbook: what it belongs to.
        share: puts a value of low interest into a passage with others.
    """

    def __init__(
        self,
        part: str,
        address: str,
        workbook: Workbook,
        share: Callable[[str, Piece, Role, tuple[str, ...]], None],
    ) -> None:
        self._part = part
        self._address = address
        self._workbook = workbook
        self._share = share
        self._entries: dict[tuple[int, tuple[str, ...]], _Entry] = {}
        self._heads: dict[int, str] = {}
        self._places: dict[int, str] = {}
        self._left = ""
        self._shown: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def new_row(self) -> None:
        """A row begins: there is no label yet."""
        self._left = ""

    def context(self, column: int) -> tuple[str, ...]:
        """The first text of the column, and the nearest text to the left."""
        head = self._heads.get(column, "")
        return tuple(text for text in (head, self._left) if text)

    def seen(self, column: int, text: str) -> None:
        """A cell holds such a text, which may be a header or a label."""
        label = text[:LABEL_LENGTH].strip()
        if label:
            self._heads.setdefault(column, label)
            self._left = label

    def string(
        self, cell: Cell, start: int, end: int, text: str, rule: Rule, space_at: int = -1
    ) -> None:
        """A text that stands in the sheet itself."""
        if text and not text.isspace():
            self._add(cell, (text,), start, end, rule, space_at)
        self.seen(cell.column, text)

    def shared_string(self, column: int, index: int) -> None:
        """A cell uses a shared string."""
        workbook = self._workbook
        place = self._places.get(column)
        if place is None:
            place = self._places[column] = f"{self._address}!{column_letters(column)}"
        workbook.note(index, self.context(column), place)
        self.seen(column, workbook.strings[index])

    def value(self, cell: Cell, kind: str, start: int, end: int, raw: str, style: str) -> None:
        """A cached or typed value, by its cell's type."""
        if kind == "str":
            self.string(cell, start, end, decoded(raw), Rule.CELL)
        elif kind == "n":
            self._number(cell, start, end, raw, style)
        elif kind == "b" and raw in _BOOLEANS:
            self._low(cell, start, end, (_BOOLEANS[raw],))
        elif kind != "e" or not _ERROR.fullmatch(raw):
            text = decoded(raw)
            if text and not text.isspace():
                self._add(cell, (text,), start, end, Rule.CELL, -1)

    def _number(self, cell: Cell, start: int, end: int, raw: str, style: str) -> None:
        known = self._shown.get((style, raw))
        if known is None:
            known = ways_of(
                raw, self._workbook.styles.format_of(style), date1904=self._workbook.styles.date1904
            )
            self._shown[style, raw] = known
        ways, others = known
        if not ways:
            return
        if others or (len(ways[-1]) > 6 and LONG.search(ways[-1].partition(".")[0])):
            self._add(cell, ways, start, end, Rule.CELL, -1)
        else:
            self._low(cell, start, end, ways)
        for text in others:
            slot = self._slot(cell, text, start, end, Rule.CELL, -1)
            self._share(f"days {cell.column}", (text, (slot,)), Role.HIDDEN, ())

    def _low(self, cell: Cell, start: int, end: int, ways: tuple[str, ...]) -> None:
        head = self._heads.get(cell.column, "")
        for text in ways:
            slot = self._slot(cell, text, start, end, Rule.CELL, -1)
            self._share(
                f"column {cell.column}", (text, (slot,)), Role.BODY, (head,) if head else ()
            )

    def _add(
        self, cell: Cell, ways: tuple[str, ...], start: int, end: int, rule: Rule, space_at: int
    ) -> None:
        entry = self._entries.get((cell.column, ways))
        context = self.context(cell.column)
        if entry is None:
            place = f"{column_letters(cell.column)}{cell.row}"
            entry = _Entry(place, ways, tuple([] for _ in ways), list(context))
            self._entries[cell.column, ways] = entry
        elif len(entry.context) < CONTEXTS:
            entry.context += [text for text in context if text not in entry.context]
        for text, slots in zip(ways, entry.slots, strict=True):
            slots.append(self._slot(cell, text, start, end, rule, space_at))

    def _slot(
        self, cell: Cell, text: str, start: int, end: int, rule: Rule, space_at: int
    ) -> CellSlot:
        return CellSlot(self._part, start, end, text, Escape.XSTRING, rule, space_at, cell=cell)

    def finish(self, emit: Callable[[tuple[Piece, ...], tuple[str, ...], str, str], None]) -> None:
        """Give out the passages: pieces, context, place, column."""
        for (column, _), entry in self._entries.items():
            pieces: list[Piece] = []
            for text, slots in zip(entry.ways, entry.slots, strict=True):
                pieces += [(BESIDE, ()), (text, tuple(slots))]
            context = tuple(entry.context[:CONTEXTS])
            emit(tuple(pieces[1:]), context, entry.place, column_letters(column))


def ways_of(
    raw: str, form: NumberFormat, *, date1904: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How a number is read.

    Args:
        raw: as it is stored.
        form: its cell's format.
        date1904: the workbook counts days from 1904.

    Returns:
        the ways that are looked at closely, the digits as they are among them unless it is a
        day; and, for a day, those that only a listed value can match.
    """
    plain = raw if _INTEGER.fullmatch(raw) else expanded(raw)
    if form.is_general:
        return (plain,) if plain else (), ()
    shown = form.show(raw, date1904=date1904)
    day = _day(raw, date1904=date1904) if form.is_date and shown else None
    if day is None or shown is None:
        return (plain,) if not shown or shown == plain else (shown, plain), ()
    others = other_ways(day)
    ways = (shown,) if _YEAR.search(shown) or not _DIGIT.search(shown) else (shown, others[0])
    return ways, tuple(way for way in others if way not in ways)


def _day(raw: str, *, date1904: bool) -> date | None:
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return None
    return day_of(value, date1904=date1904) if value >= 1 else None
