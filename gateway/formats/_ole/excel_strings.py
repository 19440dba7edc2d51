"""The table of shared strings of an Excel workbook, written anew with some strings changed.

Source: [MS-XLS] §2.4.265 (SST), §2.4.107 (ExtSST), §2.5.293 (XLUnicodeRichExtendedString).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.formats._base import edit_text
from gateway.formats._ole import biff
from gateway.formats._ole.biff import Cursor, Cut, Record, RichString, continued
from gateway.formats._ole.passage import UTF16
from gateway.model import Edit

_MOST = 8224  # bytes in a record
_LONGEST = 32_767  # characters in a cell
_RICH, _EXTENDED = 8, 4


def relaid_strings(
    data: bytes, records: Sequence[Record], number: int, edits: Mapping[int, Sequence[Edit]]
) -> dict[int, bytes]:
    """What stands in the place of the table and of the records that continue it.

    Args:
        data: the stream.
        records: its records.
        number: which of them is the table.
        edits: edits of each string by its index.
    """
    pieces = continued(records, number)
    cursor = Cursor(data, (), pieces)
    head = cursor.take(8)
    table = _Table(head)
    count = int.from_bytes(head[4:], "little")
    try:
        for index in range(count):
            table.add(_Parts.of(cursor.rich_string(), data, edits.get(index, ())))
    except Cut:  # fewer strings than were announced
        table.set_count(index)
    new = {start - 4: b"" for start, _ in pieces}
    new[records[number].at] = table.written()
    return new


@dataclass(frozen=True, slots=True)
class _Parts:
    """A string as it will stand in the table."""

    raw: bytes = field(repr=False)
    wide: int
    runs: bytes = field(repr=False)
    extra: bytes = field(repr=False)

    @classmethod
    def of(cls, string: RichString, data: bytes, edits: Sequence[Edit]) -> _Parts:
        """The string with its edits; how it is spoken goes with what was spoken."""
        if not edits:
            wide = int(any(span.codec == UTF16 for span in string.spans))
            raw = b"".join(
                piece if span.codec == UTF16 or not wide else piece.decode(biff.LATIN).encode(UTF16)
                for span in string.spans
                for piece in [data[span.start : span.offset(len(span.text))]]
            )
            return cls(raw, wide, string.runs, string.extra)
        text = "".join(span.text for span in string.spans)
        raw, wide = biff.packed(edit_text(text, edits)[:_LONGEST])
        return cls(raw, wide, _moved_runs(string.runs, text, edits, len(raw)), b"")


def _moved_runs(runs: bytes, text: str, edits: Sequence[Edit], size: int) -> bytes:
    """Formatting runs (a place and a font each) behind the edits; those in a removed text go."""
    found: dict[int, int] = {}
    for at, font in struct.iter_unpack("<HH", runs):
        shift, place = 0, at
        for edit in sorted(edits, key=lambda edit: edit.start):
            start, end = (len(text[:i].encode(UTF16)) // 2 for i in (edit.start, edit.end))
            length = len(edit.replacement.encode(UTF16)) // 2
            if at >= end:
                shift += length - (end - start)
            elif at > start:  # what follows the new text starts with this font
                place, shift = end, shift + length - (end - start)
                break
        if place + shift < size:
            found[place + shift] = font
    return b"".join(struct.pack("<HH", *run) for run in sorted(found.items()))


class _Table:
    """The records of the table while strings are put in."""

    def __init__(self, head: bytes) -> None:
        self._records = [bytearray(head)]

    def _room(self, least: int) -> int:
        room = _MOST - len(self._records[-1])
        if room >= least:
            return room
        self._records.append(bytearray())
        return _MOST

    def set_count(self, count: int) -> None:
        """So many strings there are."""
        struct.pack_into("<I", self._records[0], 4, count)

    def add(self, parts: _Parts) -> None:
        """Put in a string: its head and first character stand in one record."""
        width = 1 + parts.wide
        flags = parts.wide | (_RICH if parts.runs else 0) | (_EXTENDED if parts.extra else 0)
        head = struct.pack("<HB", len(parts.raw) // width, flags)
        head += struct.pack("<H", len(parts.runs) // 4) if parts.runs else b""
        head += struct.pack("<I", len(parts.extra)) if parts.extra else b""
        self._room(len(head) + width)
        self._records[-1] += head
        self._characters(parts.raw, width)
        for run in range(0, len(parts.runs), 4):
            self._room(4)
            self._records[-1] += parts.runs[run : run + 4]
        extra = parts.extra
        while extra:
            room = self._room(1)
            self._records[-1] += extra[:room]
            extra = extra[room:]

    def _characters(self, raw: bytes, width: int) -> None:
        """Each record that continues characters says anew how wide they are."""
        while raw:
            room = _MOST - len(self._records[-1])
            if room < width:
                self._records.append(bytearray([width - 1]))
                continue
            step = room // width * width
            self._records[-1] += raw[:step]
            raw = raw[step:]

    def written(self) -> bytes:
        """All records, one behind the other."""
        first, *more = self._records
        new = biff.record(biff.SST, first)
        return new + b"".join(biff.record(biff.CONTINUE, content) for content in more)


def with_string_index(data: bytes) -> bytes:
    """The stream with the index of its shared strings telling where they stand now."""
    records = biff.read_records(data)
    table = next((n for n, record in enumerate(records) if record.kind == biff.SST), None)
    index = next((record for record in records if record.kind == biff.EXTSST), None)
    if table is None or index is None or index.end - index.start < 2:
        return data
    step = max(1, struct.unpack_from("<H", data, index.start)[0])
    new = bytearray(data)
    pieces = continued(records, table)
    cursor = Cursor(data, (), pieces)
    cursor.take(8)
    at = index.start + 2
    number = 0
    try:
        while at + 8 <= index.end:
            place = cursor.begin()
            if number % step == 0:
                start = next(low for low, high in reversed(pieces) if low <= place)
                struct.pack_into("<IHH", new, at, place, place - start + 4, 0)
                at += 8
            cursor.rich_string()
            number += 1
    except Cut:
        pass  # the index has room for more strings than there are
    return bytes(new)
