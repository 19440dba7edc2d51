"""Excel's binary records: their order, their strings, and a stream laid out anew.

Source: [MS-XLS] §2.1.4 (records), §2.5.293 (XLUnicodeRichExtendedString), §2.5.294
(XLUnicodeString), §2.5.240 (ShortXLUnicodeString), §2.4.58 (Continue).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.errors import Unreadable
from gateway.formats._ole.passage import UTF16, Path, Span
from gateway.formats._ole.residue import as_units

CONTINUE = 0x003C
BOF, EOF, FILEPASS, BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
INDEX, DBCELL, EXTSST, SST = 0x020B, 0x00D7, 0x00FF, 0x00FC
NUMBER, RK, MULRK, LABEL, LABELSST = 0x0203, 0x027E, 0x00BD, 0x0204, 0x00FD
FORMULA, STRING, SHRFMLA, ARRAY, TABLE = 0x0006, 0x0207, 0x04BC, 0x0221, 0x0236
NAME, VALIDATION, CONDITION = 0x0018, 0x01BE, 0x01B1
_BIFF8 = 0x0600
GRAPH = 0x0680
"""Version of a chart by Microsoft Graph, whose cells are laid out otherwise ([MS-OGRAPH])."""
_ROW_RECORD = 20
_MOST_RECORDS = 3_000_000
LATIN = "latin-1"


class Record(NamedTuple):
    """A record: where it stands (with its head of four bytes), what it is, and its content."""

    at: int
    kind: int
    start: int
    end: int


def read_records(data: bytes) -> list[Record]:
    """All records up to where nothing but zeros follows.

    Raises:
        Unreadable: the stream is encrypted, older than Excel 97, or damaged.
    """
    if len(data) < 8 or struct.unpack_from("<H", data)[0] != BOF:
        raise Unreadable("damaged: the workbook does not begin as it should")
    if struct.unpack_from("<H", data, 4)[0] not in {_BIFF8, GRAPH}:
        raise Unreadable("old Office file: older than Excel 97")
    records: list[Record] = []
    at = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if kind == 0 and size == 0:
            break
        end = at + 4 + size
        if end > len(data) or len(records) > _MOST_RECORDS:
            raise Unreadable("damaged: a record of the workbook")
        if kind == FILEPASS:
            raise Unreadable("encrypted: take its password off first")
        records.append(Record(at, kind, at + 4, end))
        at = end
    return records


class Cut(Exception):
    """A string goes on where no record does."""


class RichString(NamedTuple):
    """A shared string: its characters, formatting runs of four bytes, and how it is spoken."""

    spans: Sequence[Span]
    runs: bytes
    extra: bytes


class Cursor:
    """Reads along a record and those that continue it."""

    def __init__(self, data: bytes, path: Path, pieces: Sequence[tuple[int, int]]) -> None:
        self._data = data
        self._path = path
        self._pieces = list(pieces)
        self._number = 0
        self.at = pieces[0][0]

    @property
    def _end(self) -> int:
        return self._pieces[self._number][1]

    def _next(self) -> None:
        self._number += 1
        if self._number >= len(self._pieces):
            raise Cut
        self.at = self._pieces[self._number][0]

    def take(self, size: int) -> bytes:
        """So many bytes; where a record ends they go on in the next."""
        found = bytearray()
        while len(found) < size:
            if self.at >= self._end:
                self._next()
            step = min(size - len(found), self._end - self.at)
            found += self._data[self.at : self.at + step]
            self.at += step
        return bytes(found)

    def number(self, size: int) -> int:
        """An unsigned number."""
        return int.from_bytes(self.take(size), "little")

    def characters(self, count: int, *, wide: bool) -> Iterator[Span]:
        """Characters; each record that continues them says anew how wide they are."""
        while count:
            if self.at >= self._end:
                self._next()
                wide = bool(self._data[self.at] & 1)
                self.at += 1
            width = 1 + wide
            step = min(count, (self._end - self.at) // width)
            if not step:
                raise Cut
            yield text_span(self._data, self._path, self.at, step, wide=wide)
            self.at += step * width
            count -= step

    def begin(self) -> int:
        """Where the next string begins: in the next record, if this one is at its end."""
        if self.at >= self._end:
            self._next()
        return self.at

    def rich_string(self) -> RichString:
        """A string with formatting runs and phonetic data."""
        count, flags = self.number(2), self.number(1)
        runs = self.number(2) if flags & 8 else 0
        extra = self.number(4) if flags & 4 else 0
        spans = list(self.characters(count, wide=bool(flags & 1)))
        return RichString(spans, self.take(4 * runs), self.take(extra))


def text_span(data: bytes, path: Path, at: int, count: int, *, wide: bool) -> Span:
    """Characters of one record: UTF-16, or its low bytes alone."""
    if not wide:
        return Span(data[at : at + count].decode(LATIN), path, at, LATIN)
    units = as_units(data[at : at + 2 * count])
    if any("\ud800" <= unit <= "\udfff" for unit in units):
        units = units.encode(UTF16, "surrogatepass").decode(UTF16, "replace")
    return Span(units, path, at, UTF16)


def packed(text: str) -> tuple[bytes, int]:
    """Characters as a record keeps them, and 1 if they take two bytes each."""
    if all(c <= "\xff" for c in text):
        return text.encode(LATIN), 0
    return text.encode(UTF16, "replace"), 1


def record(kind: int, content: bytes | bytearray) -> bytes:
    """A record of some content."""
    return struct.pack("<2H", kind, len(content)) + content


def continued(records: Sequence[Record], number: int) -> list[tuple[int, int]]:
    """Where the content of a record stands, with the records that continue it."""
    pieces = [(records[number].start, records[number].end)]
    for record in records[number + 1 :]:
        if record.kind != CONTINUE:
            break
        pieces.append((record.start, record.end))
    return pieces


def counted_strings(data: bytes, path: Path, start: int, end: int) -> Iterator[Span]:
    """Strings in a record of whose layout nothing is known: a count, a width, characters."""
    at = start
    while at + 3 < end:
        found = None
        for size in (2, 1):
            count = int.from_bytes(data[at : at + size], "little")
            flags = data[at + size]
            first = at + size + 1
            if count < 2 or flags > 1 or first + count * (1 + flags) > end:
                continue
            span = text_span(data, path, first, count, wide=bool(flags))
            if _is_text(span.text) and (found is None or len(span.text) > len(found.text)):
                found = span
        if found:
            yield found
            at = found.offset(len(found.text))
        else:
            at += 1


def _is_text(text: str) -> bool:
    letters = sum(map(str.isalnum, text))
    odd = sum(not c.isprintable() and c not in "\t\r\n" for c in text)
    return letters * 2 > len(text) and not odd


def laid_out(data: bytes, records: Sequence[Record], new: Mapping[int, bytes]) -> bytes:
    """The stream with some records replaced, and all places that point into it corrected.

    Args:
        data: the stream.
        records: its records.
        new: what stands in the place of the record at an offset.
    """
    starts: dict[int, int] = {}
    out: list[bytes] = []
    size = 0
    for record in records:
        starts[record.at] = size
        piece = new.get(record.at, data[record.at : record.end])
        out.append(piece)
        size += len(piece)
    moved = _Moved([r.at for r in records], starts)
    fixers = {
        BOUNDSHEET: _fixed_sheet,
        INDEX: _fixed_index,
        DBCELL: _fixed_cells,
    }
    for number, record in enumerate(records):
        if fixer := fixers.get(record.kind):
            out[number] = fixer(bytearray(out[number]), record.at, moved)
    tail = data[records[-1].end :] if records else b""
    return b"".join(out) + tail


class _Moved:
    """Where an offset of the old stream lies in the new."""

    def __init__(self, old: Sequence[int], starts: Mapping[int, int]) -> None:
        self._old = old
        self._starts = starts

    def __call__(self, at: int) -> int:
        from bisect import bisect_right

        number = bisect_right(self._old, at) - 1
        if number < 0:
            return at
        return self._starts[self._old[number]] + at - self._old[number]


def _fixed_sheet(record: bytearray, at: int, moved: _Moved) -> bytes:
    del at
    struct.pack_into("<I", record, 4, moved(struct.unpack_from("<I", record, 4)[0]))
    return bytes(record)


def _fixed_index(record: bytearray, at: int, moved: _Moved) -> bytes:
    del at
    for place in range(4 + 12, len(record) - 3, 4):
        (target,) = struct.unpack_from("<I", record, place)
        struct.pack_into("<I", record, place, moved(target) if target else 0)
    return bytes(record)


def _fixed_cells(record: bytearray, at: int, moved: _Moved) -> bytes:
    """A DBCELL counts backwards to the first row, and from row to row ([MS-XLS] §2.4.78)."""
    (back,) = struct.unpack_from("<I", record, 4)
    first = at - back
    struct.pack_into("<I", record, 4, moved(at) - moved(first))
    old, new = first + _ROW_RECORD, moved(first) + _ROW_RECORD
    for place in range(8, len(record) - 1, 2):
        old += struct.unpack_from("<H", record, place)[0]
        step = moved(old) - new
        struct.pack_into("<H", record, place, step & 0xFFFF)
        new = moved(old)
    return bytes(record)
