"""Records of binary workbook parts, and the strings in them.

A part is a row of records: type, size, body. Type and size have seven bits in a byte, so that a
record may grow. Nearly all strings are a count of four bytes and UTF-16; those in formulas are a
token, a count of two bytes and UTF-16.

Source: [MS-XLSB] §2.1.4 (records), §2.5.168 (XLWideString), §2.5.166 (XLNullableWideString),
§2.5.122 (RichStr), §2.5.97.89 (PtgStr).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.errors import Unreadable

_PTG_STR = 0x17
_NO_STRING = 0xFFFFFFFF
_LONGEST = 32_767
_MOST_RECORDS = 20_000_000
_CONTROL = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff0-\uffff\ue000-\uf8ff]"
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its type, its body, and where it stands in its part."""

    kind: int
    body: bytes = field(repr=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A string in a record: where its count begins, where it ends, and what it says."""

    start: int
    end: int
    text: str = field(repr=False)


def read_records(data: bytes) -> list[Record]:
    """All records of a part.

    Raises:
        Unreadable: the bytes are not a row of records.
    """
    records: list[Record] = []
    at = 0
    while at < len(data):
        start = at
        kind, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        if at + size > len(data) or len(records) > _MOST_RECORDS:
            raise Unreadable("binary workbook: a record is cut off")
        records.append(Record(kind, data[at : at + size], start, at + size))
        at += size
    return records


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for n in range(most):
        if at >= len(data):
            raise Unreadable("binary workbook: a record is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * n)
        if not byte & 0x80:
            return value, at
    if most == 2:  # the second byte of a type has no bit to continue
        return value, at
    raise Unreadable("binary workbook: a record has no size")


def written(record: Record) -> bytes:
    """The bytes of a record."""
    kind = record.kind
    head = bytes((kind,)) if kind < 0x80 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size = len(record.body)
    tail = bytearray()
    while size >= 0x80:
        tail.append(size & 0x7F | 0x80)
        size >>= 7
    tail.append(size)
    return head + bytes(tail) + record.body


def wide(text: str) -> bytes:
    """A string as records have it."""
    raw = text[:_LONGEST].encode("utf-16-le", "replace")
    return struct.pack("<I", len(raw) // 2) + raw


def read_wide(body: bytes, at: int) -> Text | None:
    """The string whose count stands at a place; ``None`` if there is none.

    Raises:
        Unreadable: it is longer than its record.
    """
    if at + 4 > len(body):
        raise Unreadable("binary workbook: a string is cut off")
    (count,) = struct.unpack_from("<I", body, at)
    if count == _NO_STRING:
        return None
    end = at + 4 + 2 * count
    if end > len(body):
        raise Unreadable("binary workbook: a string is cut off")
    return Text(at, end, body[at + 4 : end].decode("utf-16-le", "replace"))


def any_wide(body: bytes, at: int = 0) -> Iterator[Text]:
    """Whatever looks like a string from a place on, for records nobody knows."""
    while at + 6 <= len(body):
        (count,) = struct.unpack_from("<I", body, at)
        end = at + 4 + 2 * count
        if 0 < count <= _LONGEST and end <= len(body):
            text = body[at + 4 : end].decode("utf-16-le", "replace")
            if not _CONTROL.search(text):
                yield Text(at, end, text)
                at = end
                continue
        at += 1


def constants(body: bytes, start: int, end: int) -> Iterator[Text]:
    """The string constants between two places of a formula."""
    at = start
    while (at := body.find(_PTG_STR, at, end)) >= 0 and at + 3 <= end:
        (count,) = struct.unpack_from("<H", body, at + 1)
        last = at + 3 + 2 * count
        fits = 0 < count <= 255 and last <= end
        text = body[at + 3 : last].decode("utf-16-le", "replace") if fits else ""
        if text and not _CONTROL.search(text):
            yield Text(at, last, text)
            at = last
        else:
            at += 1


def skip_formula(body: bytes, at: int) -> int:
    """Where a parsed formula ends: its tokens and their extra data, each behind a size.

    Raises:
        Unreadable: it is longer than its record.
    """
    for _ in range(2):
        if at + 4 > len(body):
            raise Unreadable("binary workbook: a formula is cut off")
        (size,) = struct.unpack_from("<I", body, at)
        at += 4 + size
    if at > len(body):
        raise Unreadable("binary workbook: a formula is cut off")
    return at
