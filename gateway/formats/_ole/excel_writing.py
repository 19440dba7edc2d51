"""Changing an Excel workbook: cells that become text, shared strings, names of sheets and cells.

These may grow: the stream is laid out anew once all edits are known.

Source: [MS-XLS] §2.4.148 (Label), §2.4.28 (BoundSheet8), §2.4.150 (Lbl).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.formats._base import edit_text
from gateway.formats._ole import biff
from gateway.formats._ole.biff import Record, continued
from gateway.formats._ole.cfb import Compound
from gateway.formats._ole.excel_strings import relaid_strings, with_string_index
from gateway.formats._ole.passage import UTF16, Inline, Path, Streams
from gateway.model import Edit

_NAME_HEAD = 14
_LONGEST_CELL = 1000


@dataclass(frozen=True, slots=True)
class _Later:
    """A place that is written at the end, when the stream is laid out anew."""

    stream: Path = field(repr=False)
    at: int

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Note the edits."""
        streams.later.append((self, text, edits))


@dataclass(frozen=True, slots=True)
class Cell(_Later):
    """A cell with a number, a formula or a text of its own: an edit makes it a cell with text.

    ``column`` counts the cells of a record with several from 1.
    """

    column: int = 0


@dataclass(frozen=True, slots=True)
class SharedString(_Later):
    """One of the shared strings; ``at`` is its index."""


@dataclass(frozen=True, slots=True)
class SheetName(_Later):
    """The name of a sheet: no other may have it, and some characters cannot stand in it."""


@dataclass(frozen=True, slots=True)
class CellName(_Later):
    """A defined name: an identifier that no other has."""


@dataclass(frozen=True, slots=True)
class Result(_Later):
    """The text that a formula gave: it stays as text, the formula goes (it would say it again)."""

    inline: Inline

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Overwrite the result, and note the cell's text."""
        self.inline.write(streams, text, edits)
        streams.later.append((self, text, edits))


@dataclass(frozen=True, slots=True)
class Constant(_Later):
    """A text in a formula. Where the result has it too, joined to other words, both go."""

    inline: Inline
    result: str = field(repr=False)

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Overwrite the text in the formula, and note what was removed."""
        self.inline.write(streams, text, edits)
        streams.later.append((self, text, edits))


def finish_excel(compound: Compound, streams: Streams) -> None:
    """Lay out anew each workbook of which something changed that may grow."""
    del compound
    by_stream: dict[Path, _Changes] = {}
    for place, text, edits in streams.later:
        if isinstance(place, _Later):
            by_stream.setdefault(place.stream, _Changes()).add(place, text, edits)
    for path, changes in by_stream.items():
        streams.content[path] = bytearray(changes.made(bytes(streams.content[path])))


class _Changes:
    """All that changes in one stream."""

    def __init__(self) -> None:
        self._cells: dict[int, dict[int, str]] = {}
        self._strings: dict[int, Sequence[Edit]] = {}
        self._names: dict[int, str] = {}
        self._constants: list[tuple[Constant, str, Sequence[Edit]]] = []

    def add(self, place: _Later, text: str, edits: Sequence[Edit]) -> None:
        """Note one edited place."""
        match place:
            case Cell():
                self._cells.setdefault(place.at, {})[place.column] = edit_text(text, edits)
            case Result():
                self._cells.setdefault(place.at, {})[0] = edit_text(text, edits)
            case SharedString():
                self._strings[place.at] = edits
            case SheetName() | CellName():
                self._names[place.at] = edit_text(text, edits)
            case Constant():
                self._constants.append((place, text, edits))

    def made(self, data: bytes) -> bytes:
        """The stream with the changes."""
        for place, text, edits in self._constants:
            self._remove_from_result(place, text, edits)
        records = biff.read_records(data)
        new = dict(self._renamed(data, records))
        for number, record in enumerate(records):
            if record.at in self._cells:
                new.update(_relabelled(data, records, number, self._cells[record.at]))
            elif record.kind == biff.SST and self._strings:
                new.update(relaid_strings(data, records, number, self._strings))
        return with_string_index(biff.laid_out(data, records, new))

    def _remove_from_result(self, place: Constant, text: str, edits: Sequence[Edit]) -> None:
        shown = self._cells.get(place.at, {}).get(0, place.result)
        left = shown
        for edit in edits:
            left = left.replace(text[edit.start : edit.end], edit.replacement)
        if left != shown:
            self._cells.setdefault(place.at, {})[0] = left

    def _renamed(self, data: bytes, records: Sequence[Record]) -> Iterator[tuple[int, bytes]]:
        from gateway.formats._ooxml.xlsx_formulas import identifier, sheet_name

        for kind, neat in ((biff.BOUNDSHEET, sheet_name), (biff.NAME, identifier)):
            named = [record for record in records if record.kind == kind]
            taken = {_name_of(data, record) for record in named if record.at not in self._names}
            for record in named:
                if record.at in self._names:
                    name = neat(self._names[record.at], taken)
                    taken.add(name)
                    yield record.at, _with_name(data, record, name)


def _name_place(record: Record) -> tuple[int, int]:
    """Where the byte with a name's length stands, and the byte that says how wide it is."""
    if record.kind == biff.BOUNDSHEET:
        return record.start + 6, record.start + 7
    return record.start + 3, record.start + _NAME_HEAD


def _name_of(data: bytes, record: Record) -> str:
    count, flags = _name_place(record)
    if flags >= record.end:
        return ""
    wide = data[flags] & 1
    raw = data[flags + 1 : flags + 1 + data[count] * (1 + wide)]
    return raw.decode(UTF16 if wide else biff.LATIN, "replace")


def _with_name(data: bytes, record: Record, name: str) -> bytes:
    count, flags = _name_place(record)
    raw, wide = biff.packed(name[:255])
    size = data[count] * (1 + (data[flags] & 1))
    content = bytearray(data[record.start : flags])
    content[count - record.start] = len(raw) // (1 + wide)
    body = bytes(content) + bytes([wide]) + raw + data[flags + 1 + size : record.end]
    return biff.record(record.kind, body)


def _relabelled(
    data: bytes, records: Sequence[Record], number: int, texts: dict[int, str]
) -> Iterable[tuple[int, bytes]]:
    """What stands in the place of a cell, and of what belongs to it."""
    record = records[number]
    row, column, style = struct.unpack_from("<3H", data, record.start)
    if record.kind == biff.MULRK:
        (column,) = struct.unpack_from("<H", data, record.start + 2)
        pieces = b""
        for index in range((record.end - record.start - 6) // 6):
            style, raw = struct.unpack_from("<HI", data, record.start + 4 + 6 * index)
            if index + 1 in texts:
                pieces += _text_cell(row, column + index, style, texts[index + 1])
            else:
                cell = struct.pack("<3HI", row, column + index, style, raw)
                pieces += biff.record(biff.RK, cell)
        return [(record.at, pieces)]
    following = records[number + 1] if number + 1 < len(records) else None
    if record.kind != biff.FORMULA:
        return [(record.at, _text_cell(row, column, style, texts[0]))]
    if following and following.kind in {biff.SHRFMLA, biff.ARRAY, biff.TABLE}:
        blank = bytearray(data[record.at : record.end])  # others share the formula: it stays
        blank[10:18] = bytes(8)
        return [(record.at, bytes(blank))]
    new = [(record.at, _text_cell(row, column, style, texts[0]))]
    if following and following.kind == biff.STRING:
        new.append((following.at, b""))
        new += [(start - 4, b"") for start, _ in continued(records, number + 1)[1:]]
    return new


def _text_cell(row: int, column: int, style: int, text: str) -> bytes:
    """A cell with its own text; Excel moves it to the shared strings when it saves."""
    raw, wide = biff.packed(text[:_LONGEST_CELL])
    head = struct.pack("<4HB", row, column, style, len(raw) // (1 + wide), wide)
    return biff.record(biff.LABEL, head + raw)
