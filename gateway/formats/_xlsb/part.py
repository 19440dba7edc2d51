"""One binary part of a workbook, read into passages and written again record by record.

Source: [MS-XLSB] §2.2 (parts), §2.5.9 (Cell), §2.5.123 (RkNumber).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from gateway.errors import CannotEdit
from gateway.formats._base import splice
from gateway.formats._ooxml.headers import header_texts
from gateway.formats._ooxml.sharing import SHARED_AT_MOST, beside
from gateway.formats._ooxml.text import (
    BESIDE,
    Escape,
    Passage,
    Piece,
    Range,
    Slot,
    deal,
    replaced,
    united,
)
from gateway.formats._ooxml.xlsx_book import LABEL_LENGTH, column_letters
from gateway.formats._ooxml.xlsx_formats import number_format
from gateway.formats._ooxml.xlsx_formulas import identifier, sheet_name
from gateway.formats._ooxml.xlsx_styles import Styles
from gateway.formats._ooxml.xlsx_values import LONG, ways_of
from gateway.formats._xlsb import layouts
from gateway.formats._xlsb.layouts import CELL_HEAD, PLAIN_CELLS, Found, Way, found_in
from gateway.formats._xlsb.records import Record, read_records, wide, written
from gateway.model import Edit, Role, Segment, Unread

ADVICE = "this kind of binary record cannot be changed: save it as .xlsx"


_NUMBERS = {layouts.RK: 4, layouts.REAL: 8, layouts.FORMULA_NUMBER: 8}


@dataclass(slots=True)
class Common:
    """What the parts of a binary workbook know of one another."""

    strings: list[str] = field(default_factory=list, repr=False)
    styles: Styles = field(default_factory=lambda: Styles((number_format(""),)))


@dataclass(frozen=True, slots=True, eq=False)
class RecordSlot(Slot):
    """A string or number in a record.

    Args:
        record: the number of the record in its part.
        way: how it is changed.
        whole: the string of which the slot is a part, if it is one.
        offset: where in that it begins.
    """

    record: int = 0
    way: Way = Way.STRING
    whole: str = field(default="", repr=False)
    offset: int = 0


class BinaryPart:
    """An opened part; see :class:`gateway.formats._base.Document`."""

    format = "xlsb"

    def __init__(self, data: bytes, common: Common) -> None:
        self._data = data
        self._common = common
        self._records = read_records(data)
        self._passages: list[Passage] = []
        self._numbers: dict[int, dict[str, list[Slot]]] = {}
        self._heads: dict[int, str] = {}
        self._left = ""
        self._row = self._index = 0
        for index, record in enumerate(self._records):
            self._index = index
            self._read(record)
        for column, values in self._numbers.items():
            self._share(column, list(values.items()))
        self.unread: Sequence[Unread] = ()

    def segments(self) -> Sequence[Segment]:
        """The strings of all records, in order, and then short numbers by column."""
        return [passage.segment for passage in self._passages]

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The part with the edits made."""
        if not edits:
            return self._data
        by_record: dict[int, list[tuple[RecordSlot, list[Range]]]] = {}
        for slot, ranges in deal(self._passages, edits).items():
            assert isinstance(slot, RecordSlot)
            by_record.setdefault(slot.record, []).append((slot, ranges))
        taken = self._names()
        changed: list[tuple[int, int, bytes]] = []
        for index, changes in sorted(by_record.items()):
            old = self._records[index]
            changed.append((old.start, old.end, written(_changed(old, changes, taken))))
        return splice(self._data, changed)

    def _names(self) -> set[str]:
        """The names of sheets and of ranges, which must stay different."""
        named = (r for r in self._records if r.kind in {layouts.SHEET, layouts.NAME})
        return {found.text.text for record in named for found in found_in(record)}

    def _read(self, record: Record) -> None:
        kind, body = record.kind, record.body
        if kind == layouts.ROW and len(body) >= 4:
            self._row, self._left = struct.unpack_from("<I", body)[0] + 1, ""
        is_cell = layouts.RK <= kind <= layouts.FORMULA_ERROR or kind == layouts.RICH_CELL
        column = struct.unpack_from("<I", body)[0] if is_cell and len(body) >= CELL_HEAD else -1
        self._strings(record, column)
        if kind == layouts.SHARED and column >= 0 and len(body) >= CELL_HEAD + 4:
            (index,) = struct.unpack_from("<I", body, CELL_HEAD)
            strings = self._common.strings
            self._label(column, strings[index] if index < len(strings) else "")
        elif column >= 0 and len(body) >= CELL_HEAD + _NUMBERS.get(kind, len(body)):
            self._number(record, column)

    def _strings(self, record: Record, column: int) -> None:
        chain: list[Piece] = []
        for found in found_in(record):
            slot = self._slot(found)
            if slot.text and not slot.text.isspace():
                self._emit(((slot.text, (slot,)),), found.role, column)
            if record.kind == layouts.HEADERS:
                self._emit(tuple(_without_codes(slot)), found.role, column)
            if found.way is Way.CONSTANT:
                chain.append((slot.text, (slot,)))
            else:
                self._label(column, slot.text)
        if len(chain) > 1:
            self._emit(tuple(chain), Role.HIDDEN, column)

    def _number(self, record: Record, column: int) -> None:
        raw = _number_of(record)
        styles = self._common.styles
        (style,) = struct.unpack_from("<I", record.body, 4)
        form = styles.format_of(str(style & 0xFFFFFF))
        ways, others = ways_of(raw, form, date1904=styles.date1904)
        slots = {
            text: RecordSlot("", 0, 0, text, Escape.LITERAL, record=self._index, way=Way.CELL)
            for text in (*ways, *others)
        }
        if others or any(LONG.search(text.partition(".")[0]) for text in ways):
            pieces = [piece for text in ways for piece in ((BESIDE, ()), (text, (slots[text],)))]
            self._emit(tuple(pieces[1:]), Role.BODY, column)
            ways = others
        for text in ways:
            self._numbers.setdefault(column, {}).setdefault(text, []).append(slots[text])

    def _share(self, column: int, values: list[tuple[str, list[Slot]]]) -> None:
        head = self._heads.get(column, "")
        for start in range(0, len(values), SHARED_AT_MOST):
            some = values[start : start + SHARED_AT_MOST]
            pieces = beside((text, tuple(slots)) for text, slots in some)
            text = "".join(text for text, _ in pieces)
            segment = Segment(text, f"column {column + 1}", Role.BODY, (head,) if head else ())
            self._passages.append(Passage(segment, pieces))

    def _slot(self, found: Found) -> RecordSlot:
        text = found.text
        return RecordSlot(
            "",
            text.start,
            text.end,
            text.text,
            Escape.LITERAL,
            record=self._index,
            way=found.way,
        )

    def _label(self, column: int, text: str) -> None:
        label = text[:LABEL_LENGTH].strip()
        if label and column >= 0:
            self._heads.setdefault(column, label)
            self._left = label

    def _emit(self, pieces: tuple[Piece, ...], role: Role, column: int) -> None:
        place = f"record {self._index + 1}"
        context: tuple[str, ...] = ()
        letters = column_letters(column + 1) if column >= 0 and role is Role.BODY else ""
        if column >= 0:
            place = f"{column_letters(column + 1)}{self._row}"
            context = tuple(t for t in (self._heads.get(column, ""), self._left) if t)
        text = "".join(text for text, _ in pieces)
        self._passages.append(Passage(Segment(text, place, role, context, letters), pieces))


def _without_codes(slot: RecordSlot) -> Iterator[Piece]:
    """A page header as a reader sees it; see :mod:`gateway.formats._ooxml.headers`."""
    escaped = slot.text.replace("&", "&amp;")
    for start, end, between in header_texts(escaped):
        first, last = (n - 4 * escaped.count("&amp;", 0, n) for n in (start, end))
        text = slot.text[first:last]
        yield between, ()
        yield text, (replace(slot, text=text, whole=slot.text, offset=first),)


def _number_of(record: Record) -> str:
    """The number of a cell, as Excel would write it: with up to seventeen digits."""
    if record.kind == layouts.RK:
        (raw,) = struct.unpack_from("<I", record.body, CELL_HEAD)
        if raw & 2:
            value: float = (raw >> 2) - (1 << 30 if raw & 0x8000_0000 else 0)
        else:
            (value,) = struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFF_FFFC) << 32))
        value = value / 100 if raw & 1 else value
    else:
        (value,) = struct.unpack_from("<d", record.body, CELL_HEAD)
    if not math.isfinite(value):
        return repr(value)
    return str(int(value)) if value == int(value) and abs(value) < 1e22 else repr(value)


def _changed(
    record: Record, changes: list[tuple[RecordSlot, list[Range]]], taken: set[str]
) -> Record:
    """A record with its changes made."""
    ways = {slot.way for slot, _ in changes}
    body = record.body
    if Way.FIXED in ways:
        raise CannotEdit(ADVICE)
    if Way.CELL in ways:
        cells = [change for change in changes if change[0].way is Way.CELL]
        slot, ranges = min(cells, key=_left_over)
        return Record(layouts.STRING, body[:CELL_HEAD] + wide(replaced(slot.text, ranges)))
    if Way.CONSTANT in ways:
        return _without_formula(record)
    if Way.RICH in ways:
        return _one_run(record, changes)
    strings: dict[tuple[int, int, str], list[Range]] = {}
    for slot, ranges in changes:
        moved = [(start + slot.offset, end + slot.offset, new) for start, end, new in ranges]
        strings.setdefault((slot.start, slot.end, slot.whole or slot.text), []).extend(moved)
    for (start, end, text), ranges in sorted(strings.items(), reverse=True):
        new = _allowed(record.kind, replaced(text, united(ranges)), taken)
        body = body[:start] + wide(new) + body[end:]
    return replace(record, body=body)


def _left_over(change: tuple[RecordSlot, list[Range]]) -> int:
    slot, ranges = change
    return len(slot.text) - sum(end - start for start, end, _ in ranges)


def _allowed(kind: int, text: str, taken: set[str]) -> str:
    """What may stand there: names of sheets and ranges have rules."""
    if kind == layouts.COMMENT_AUTHOR:
        return text or "Author"
    if kind not in {layouts.SHEET, layouts.NAME}:
        return text
    name = sheet_name(text, taken) if kind == layouts.SHEET else identifier(text, taken)
    taken.add(name)
    return name


def _without_formula(record: Record) -> Record:
    """A cell's value without its formula."""
    kind, body = record.kind, record.body
    if kind not in PLAIN_CELLS:
        raise CannotEdit(ADVICE)
    end = CELL_HEAD + {layouts.FORMULA_NUMBER: 8}.get(kind, 1)
    if kind == layouts.FORMULA_STRING:
        end = next(found_in(record)).text.end
    return Record(PLAIN_CELLS[kind], body[:end])


def _one_run(record: Record, changes: list[tuple[RecordSlot, list[Range]]]) -> Record:
    """A rich string with new text: the first run's font for all of it, no phonetic text."""
    body, at = record.body, layouts.RICH[record.kind]
    first = next(found_in(record)).text
    new = first.text
    for slot, ranges in changes:
        if slot.start == first.start:
            new = replaced(slot.text, ranges)
    runs = b""
    if body[at] & 1 and first.end + 8 <= len(body):
        font = body[first.end + 6 : first.end + 8]
        runs = struct.pack("<IH", 1, 0) + font
    flags = bytes((1 if runs else 0,))
    return replace(record, body=body[:at] + flags + wide(new) + runs)
