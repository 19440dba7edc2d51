"""The text of an Excel workbook: strings, numbers as they are shown, names, notes, headers.

Source: [MS-XLS] §2.4 (records).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from gateway.errors import Unreadable
from gateway.formats._ole import biff
from gateway.formats._ole.biff import Cursor, Cut, Record, continued, counted_strings, text_span
from gateway.formats._ole.cfb import STREAM, Compound
from gateway.formats._ole.excel_numbers import Numbers, rk_number
from gateway.formats._ole.excel_writing import (
    Cell,
    CellName,
    Constant,
    Result,
    SharedString,
    SheetName,
)
from gateway.formats._ole.passage import Blank, Inline, Passage, Path, Place, Span, inline
from gateway.formats._ole.reading import Reading
from gateway.model import Role, Segment

MAIN = frozenset({"workbook"})

_NOTE, _TXO, _WRITEACCESS, _RSTRING = 0x001C, 0x01B6, 0x005C, 0x00D6
_FILESHARING = 0x005B
_DRAWING_GROUP, _DRAWING = 0x00EB, 0x00EC
_THEME, _CONTINUE_12 = 0x0896, 0x087F
_HEADERS = (0x0014, 0x0015)
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|[0-9]+|.)', re.DOTALL)
# Records that hold numbers only (cells, formats, rows, colours), or are read by themselves.
_NUMBERS_ONLY = frozenset(
    {0x00E0, 0x0208, 0x00BE, 0x0201, 0x0205, 0x087D, 0x087C}
    | {
        biff.DBCELL,
        biff.INDEX,
        biff.EXTSST,
        biff.RK,
        biff.MULRK,
        biff.NUMBER,
        biff.LABELSST,
        biff.BOF,
    }
    | {_DRAWING_GROUP, _DRAWING, 0x0092}
)
_WITH_FORMULAS = frozenset({biff.NAME, biff.VALIDATION, biff.CONDITION, biff.SHRFMLA, biff.ARRAY})
_NUMBER_TOKEN = re.compile(rb"\x1f(?=(.{8}))", re.DOTALL)
_LEAST_CONSTANT, _MOST_CONSTANT = 1e6, 1e18
_LONGEST_LABEL = 255
_BY_ITSELF = frozenset({biff.CONTINUE, _THEME, _CONTINUE_12})


def read_excel(compound: Compound, reading: Reading) -> None:
    """Read the main stream.

    Raises:
        Unreadable: encrypted, damaged, or older than Excel 97.
    """
    for node in compound.nodes:
        if node.kind == STREAM and len(node.path) == 1 and node.name.lower() in MAIN:
            _Book(node.data, node.path, reading).read()


class _Book:
    def __init__(self, data: bytes, path: Path, reading: Reading) -> None:
        self._data = data
        self._path = path
        self._reading = reading
        self._records = biff.read_records(data)
        self._numbers = Numbers(data, self._records)
        self._sheet = 0
        self._heads: dict[int, str] = {}
        self._strings: list[str] = []
        self._contexts: dict[int, tuple[str, ...]] = {}
        self._columns: dict[int, str] = {}

    def read(self) -> None:
        """All passages, and the pictures."""
        readers: dict[int, Callable[[int, Record], Iterator[Passage]]] = {
            biff.SST: self._shared,
            biff.LABELSST: self._shared_label,
            biff.LABEL: self._label,
            _RSTRING: self._label,
            biff.RK: self._rk,
            biff.NUMBER: self._number,
            biff.MULRK: self._many,
            biff.FORMULA: self._formula,
            biff.STRING: self._result,
            biff.BOUNDSHEET: self._sheet_name,
            _NOTE: self._note,
            _TXO: self._box,
            _WRITEACCESS: self._user,
            **dict.fromkeys(_HEADERS, self._header),
        }
        if struct.unpack_from("<H", self._data, 4)[0] == biff.GRAPH:
            readers = {}
        self._note_contexts()
        for number, record in enumerate(self._records):
            self._reading.cover(self._path, record.at, record.start)  # a head may look like letters
            if record.kind == biff.BOF:
                self._sheet, self._heads = self._sheet + 1, {}
            reader = readers.get(record.kind)
            try:
                if reader:
                    self._reading.add(reader(number, record))
                elif record.kind not in _NUMBERS_ONLY | _BY_ITSELF:
                    self._reading.add(self._other(number, record))
            except (Cut, struct.error, IndexError):
                raise Unreadable("damaged: a record of the workbook") from None
            if record.kind in _NUMBERS_ONLY and record.kind not in {_DRAWING, _DRAWING_GROUP}:
                self._reading.cover(self._path, record.at, record.end)
        self._pictures()
        self._theme()

    def _note_contexts(self) -> None:
        """The column and its head, for the first cell that shows each shared string."""
        heads: dict[int, int] = {}
        sheet = 0
        for record in self._records:
            if record.kind == biff.BOF:
                sheet, heads = sheet + 1, {}
            elif record.kind == biff.LABELSST and record.end - record.start >= 10:
                row, column, _, index = struct.unpack_from("<HHHI", self._data, record.start)
                self._columns.setdefault(index, _column(sheet, column))
                if row == 0 or column not in heads:
                    heads.setdefault(column, index)
                elif index not in self._contexts and heads[column] != index:
                    self._contexts[index] = (str(heads[column]),)

    def _place(self, what: str, number: int | str) -> str:
        return f"sheet {self._sheet - 1}/{what} {number}" if self._sheet > 1 else f"{what} {number}"

    def _shared(self, number: int, record: Record) -> Iterator[Passage]:
        cursor = Cursor(self._data, self._path, continued(self._records, number))
        _, count = cursor.number(4), cursor.number(4)
        found: list[Sequence[Span]] = []
        with suppress(Cut):  # fewer strings than were announced; the rest is searched as runs
            found.extend(cursor.rich_string().spans for _ in range(min(count, len(self._data))))
        self._strings = ["".join(span.text for span in spans) for spans in found]
        for index, spans in enumerate(found):
            head = self._contexts.get(index)
            context = (self._text_of(int(head[0])),) if head else ()
            place = SharedString(self._path, index)
            column = self._columns.get(index, "")
            yield from self._placed(spans, f"string {index + 1}", place, Role.BODY, context, column)
        del record

    def _placed(
        self,
        spans: Sequence[Span],
        part: str,
        place: Place,
        role: Role,
        context: tuple[str, ...] = (),
        column: str = "",
    ) -> Iterator[Passage]:
        """A passage of the spans that is written in a way of its own."""
        for passage in inline(spans, part, role, context):
            for span in spans:
                self._reading.cover(self._path, span.start, span.offset(len(span.text)))
            yield Passage(replace(passage.segment, column=column), place)

    def _text_of(self, index: int) -> str:
        return self._strings[index] if index < len(self._strings) else ""

    def _shared_label(self, number: int, record: Record) -> Iterator[Passage]:
        """A cell with a shared string; in the first row it is the head of its column."""
        del number
        row, column, _, index = struct.unpack_from("<3HI", self._data, record.start)
        if row == 0:
            self._heads[column] = self._text_of(index)
        yield from ()

    def _label(self, number: int, record: Record) -> Iterator[Passage]:
        row, column, _, count, flags = struct.unpack_from("<4HB", self._data, record.start)
        pieces = continued(self._records, number)
        cursor = Cursor(self._data, self._path, [(record.start + 9, record.end), *pieces[1:]])
        spans = list(cursor.characters(count, wide=bool(flags & 1)))
        place: Place = Cell(self._path, record.at)
        if len(pieces) > 1 or count > _LONGEST_LABEL:
            place = Inline(tuple(spans))
        head = self._head(row, column, spans)
        part, name = self._cell(row, column), _column(self._sheet, column)
        yield from self._placed(spans, part, place, Role.BODY, head, name)

    def _head(self, row: int, column: int, spans: Sequence[Span] = ()) -> tuple[str, ...]:
        if row == 0:
            self._heads[column] = "".join(span.text for span in spans)
        head = self._heads.get(column, "")
        return (head,) if head and row else ()

    def _cell(self, row: int, column: int) -> str:
        return self._place("cell", f"R{row + 1}C{column + 1}")

    def _segment(self, text: str, row: int, column: int) -> Segment:
        """The text that a cell shows."""
        part, name = self._cell(row, column), _column(self._sheet, column)
        return Segment(text, part, Role.BODY, self._head(row, column), name)

    def _shown(
        self, row: int, column: int, style: int, value: float, place: Cell
    ) -> Iterator[Passage]:
        for text in self._numbers.shown(style, value):
            yield Passage(self._segment(text, row, column), place)

    def _rk(self, number: int, record: Record) -> Iterator[Passage]:
        del number
        row, column, style, raw = struct.unpack_from("<3HI", self._data, record.start)
        place = Cell(self._path, record.at)
        yield from self._shown(row, column, style, rk_number(raw), place)

    def _number(self, number: int, record: Record) -> Iterator[Passage]:
        del number
        row, column, style, value = struct.unpack_from("<3Hd", self._data, record.start)
        yield from self._shown(row, column, style, value, Cell(self._path, record.at))

    def _many(self, number: int, record: Record) -> Iterator[Passage]:
        del number
        row, first = struct.unpack_from("<2H", self._data, record.start)
        for index in range((record.end - record.start - 6) // 6):
            style, raw = struct.unpack_from("<HI", self._data, record.start + 4 + 6 * index)
            place = Cell(self._path, record.at, index + 1)
            yield from self._shown(row, first + index, style, rk_number(raw), place)

    def _formula(self, number: int, record: Record) -> Iterator[Passage]:
        row, column, style = struct.unpack_from("<3H", self._data, record.start)
        result = self._data[record.start + 6 : record.start + 14]
        if result[6:] != b"\xff\xff":
            (value,) = struct.unpack("<d", result)
            yield from self._shown(row, column, style, value, Cell(self._path, record.at))
        part = f"{self._cell(row, column)}/formula"
        shown = self._result_text(number)
        strings = counted_strings(self._data, self._path, record.start + 20, record.end)
        for index, span in enumerate(strings, 1):
            place = Constant(self._path, record.at, Inline((span,)), shown)
            yield from self._placed([span], f"{part}/{index}", place, Role.HIDDEN)
        yield from self._constants(record.start + 20, record.end, part)

    def _constants(self, start: int, end: int, part: str) -> Iterator[Passage]:
        """Long whole numbers in a formula ([MS-XLS] §2.5.198.79, PtgNum)."""
        for match in _NUMBER_TOKEN.finditer(self._data, start, end):
            (value,) = struct.unpack("<d", match[1])
            if _LEAST_CONSTANT <= abs(value) < _MOST_CONSTANT and value == int(value):
                segment = Segment(str(int(value)), f"{part}/number {match.start()}", Role.HIDDEN)
                yield Passage(segment, Blank(self._path, match.start(1), match.end(1)))

    def _result_text(self, number: int) -> str:
        """The text that the formula in a record gave, or nothing."""
        for index in range(number + 1, min(number + 3, len(self._records))):
            record = self._records[index]
            if record.kind == biff.STRING:
                return "".join(span.text for span in self._string(index))
            if record.kind not in {biff.SHRFMLA, biff.ARRAY, biff.TABLE}:
                break
        return ""

    def _string(self, number: int) -> list[Span]:
        """The text of a record with the result of a formula."""
        record, pieces = self._records[number], continued(self._records, number)
        count, flags = struct.unpack_from("<HB", self._data, record.start)
        cursor = Cursor(self._data, self._path, [(record.start + 3, record.end), *pieces[1:]])
        return list(cursor.characters(count, wide=bool(flags & 1)))

    def _result(self, number: int, record: Record) -> Iterator[Passage]:
        del record
        spans = self._string(number)
        formula = self._formula_before(number)
        if formula is None:
            yield from inline(spans, self._place("result", number))
            return
        text = "".join(span.text for span in spans)
        row, column = struct.unpack_from("<2H", self._data, formula.start)
        for start, end in continued(self._records, number):
            self._reading.cover(self._path, start, end)
        if text.strip():
            segment = self._segment(text, row, column)
            yield Passage(segment, Result(self._path, formula.at, Inline(tuple(spans))))

    def _formula_before(self, number: int) -> Record | None:
        """The formula whose result a string is; a shared one's own record may stand between."""
        for record in reversed(self._records[max(0, number - 3) : number]):
            if record.kind == biff.FORMULA:
                return record
            if record.kind not in {biff.SHRFMLA, biff.ARRAY, biff.TABLE}:
                return None
        return None

    def _sheet_name(self, number: int, record: Record) -> Iterator[Passage]:
        count, flags = self._data[record.start + 6], self._data[record.start + 7]
        span = text_span(self._data, self._path, record.start + 8, count, wide=bool(flags & 1))
        place = SheetName(self._path, record.at)
        yield from self._placed([span], self._place("sheet name", number), place, Role.NAME)

    def _note(self, number: int, record: Record) -> Iterator[Passage]:
        """Who wrote a comment; its text stands in a box."""
        count, flags = struct.unpack_from("<HB", self._data, record.start + 8)
        if record.start + 11 + count * (1 + (flags & 1)) <= record.end:
            at = record.start + 11
            span = text_span(self._data, self._path, at, count, wide=bool(flags & 1))
            yield from inline([span], self._place("comment author", number), Role.TRACE)

    def _box(self, number: int, record: Record) -> Iterator[Passage]:
        """The text of a comment or a box stands in the records that continue it."""
        if record.end - record.start < 12:
            return
        (count,) = struct.unpack_from("<H", self._data, record.start + 10)
        pieces = continued(self._records, number)[1:]
        if not count or not pieces or pieces[0][0] >= pieces[0][1]:
            return
        flags = self._data[pieces[0][0]]
        first = (pieces[0][0] + 1, pieces[0][1])
        cursor = Cursor(self._data, self._path, [first, *pieces[1:]])
        spans = list(cursor.characters(count, wide=bool(flags & 1)))
        yield from inline(spans, self._place("box", number), Role.COMMENT)

    def _user(self, number: int, record: Record) -> Iterator[Passage]:
        """The name of the user who opened the workbook last, in a field filled up with spaces."""
        del number
        count, flags = struct.unpack_from("<HB", self._data, record.start)
        room = (record.end - record.start - 3) // (1 + (flags & 1))
        span = text_span(
            self._data, self._path, record.start + 3, room if count else 0, wide=bool(flags & 1)
        )
        yield from inline([span], "user", Role.TRACE)

    def _header(self, number: int, record: Record) -> Iterator[Passage]:
        """A header or footer: texts between codes for places, fonts and fields.

        Source: [MS-XLS] §2.4.136 (Header).
        """
        if record.end - record.start < 4:
            return
        count, flags = struct.unpack_from("<HB", self._data, record.start)
        cursor = Cursor(self._data, self._path, [(record.start + 3, record.end)])
        (span,) = cursor.characters(count, wide=bool(flags & 1))
        at = 0
        for index, match in enumerate(_HEADER_CODE.finditer(span.text + "&L"), 1):
            text = span.text[at : match.start()]
            piece = Span(text, self._path, span.offset(at), span.codec)
            yield from inline([piece] if text else [], f"{self._place('header', number)}/{index}")
            at = match.end()
        self._reading.cover(self._path, record.start, record.end)

    def _other(self, number: int, record: Record) -> Iterator[Passage]:
        role = Role.TRACE if record.kind == _FILESHARING else Role.HIDDEN
        part = self._place("record", number)
        yield from self._counted(record.start, record.end, part, role)
        if record.kind in _WITH_FORMULAS:
            yield from self._constants(record.start, record.end, part)
        if record.kind == biff.NAME:
            yield from self._defined_name(record, part)

    def _defined_name(self, record: Record, part: str) -> Iterator[Passage]:
        """A defined name: its length stands far before it ([MS-XLS] §2.4.150)."""
        count = self._data[record.start + 3]
        at = record.start + 14
        if count > 1 and at + 1 + count <= record.end:
            wide = bool(self._data[at] & 1)
            if at + 1 + count * (1 + wide) <= record.end:
                span = text_span(self._data, self._path, at + 1, count, wide=wide)
                place = CellName(self._path, record.at)
                yield from self._placed([span], f"{part}/name", place, Role.NAME)

    def _counted(self, start: int, end: int, part: str, role: Role) -> Iterator[Passage]:
        for index, span in enumerate(counted_strings(self._data, self._path, start, end), 1):
            yield from inline([span], f"{part}/{index}", role)

    def _pictures(self) -> None:
        """Drawings: one group with the pictures, and one drawing a sheet, cut into records.

        Beside some shapes stands an archive with the shape in the way of newer versions.
        """
        for kinds, name in (({_DRAWING_GROUP}, "pictures"), ({_DRAWING}, "drawing")):
            pieces: list[tuple[int, int]] = []
            sheet, before = 0, 0
            for record in [*self._records, Record(0, biff.BOF, 0, 0)]:
                if record.kind == biff.BOF:
                    self._drawn(pieces, f"{name} {sheet}")
                    pieces, sheet = [], sheet + 1
                elif record.kind in kinds or (record.kind == biff.CONTINUE and before in kinds):
                    pieces.append((record.start, record.end))
                before = before if record.kind == biff.CONTINUE else record.kind

    def _drawn(self, pieces: Sequence[tuple[int, int]], part: str) -> None:
        if pieces:
            data = b"".join(self._data[start:end] for start, end in pieces)
            self._reading.pictures(self._path, data, part, pieces)
            self._reading.archives(self._path, data, part, pieces)

    def _theme(self) -> None:
        """The theme, an archive ([MS-XLS] §2.4.326) that goes on in records of its own."""
        for number, record in enumerate(self._records):
            if record.kind == _THEME:
                pieces = [(record.start + 16, record.end)]
                for following in self._records[number + 1 :]:
                    if following.kind != _CONTINUE_12:
                        break
                    pieces.append((following.start + 12, following.end))
                data = b"".join(self._data[start:end] for start, end in pieces)
                self._reading.archives(self._path, data, f"theme {number}", pieces)


def without_heads(data: bytes) -> bytes:
    """The stream with zeros for the heads of its records, for the verifier."""
    bare = bytearray(data)
    at = 0
    while at + 4 <= len(data):
        (size,) = struct.unpack_from("<H", data, at + 2)
        bare[at : at + 4] = bytes(4)
        at += 4 + size
    return bytes(bare)


def _column(sheet: int, column: int) -> str:
    return f"sheet {sheet - 1} column {column + 1}"
