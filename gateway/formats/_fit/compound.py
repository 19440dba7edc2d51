"""Room in compound files (.doc, .xls, .ppt, .msg): free sectors at the end.

The table of sectors says that they are free; where it cannot name them all, it grows by some.

Source: [MS-CFB] §2.2 (header), §2.3 (sector table), §2.5 (table of the table's own sectors).
"""

from __future__ import annotations

import struct

from gateway.errors import CannotEdit
from gateway.formats._ole.cfb import END, LAST_SECTOR

_FREE, _TABLE, _INDEX = 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC
_SHIFT_AT, _TABLES_AT, _FIRST_INDEX_AT, _LIST_AT = 30, 44, 68, 76
_IN_HEADER = 109


def pad_compound(data: bytes, gap: int) -> bytes:
    """The file with free sectors behind the last.

    Raises:
        CannotEdit: the gap is no whole number of sectors.
    """
    size = 1 << int.from_bytes(data[_SHIFT_AT : _SHIFT_AT + 2], "little")
    more, odd = divmod(gap, size)
    if odd or len(data) % size:
        raise CannotEdit(f"its format has room in steps of {size} bytes only")
    body = bytearray(data + bytes(gap))
    tables, indexes = _tables(data, size)
    used, per_table = len(data) // size - 1, size // 4
    new = max(0, -(-(used + more) // per_table) - len(tables))
    beyond = max(0, len(tables) + new - _IN_HEADER)
    new_indexes = max(0, -(-beyond // (per_table - 1)) - len(indexes)) if new else 0
    if new + new_indexes > more:
        raise CannotEdit("it has no room for so few bytes")
    free = range(used, used + new + new_indexes)
    tables, indexes = [*tables, *free[:new]], [*indexes, *free[new:]]
    for place in free[:new]:
        _put(body, (place + 1) * size, [_FREE] * per_table)
    for place in free:
        at = (tables[place // per_table] + 1) * size + place % per_table * 4
        _put(body, at, [_TABLE if place in free[:new] else _INDEX])
    if new:
        _list(body, tables, indexes, size)
    return bytes(body)


def _tables(data: bytes, size: int) -> tuple[list[int], list[int]]:
    """The sectors of the table, and the sectors that list those which the header has no room for.

    Raises:
        CannotEdit: a sector lies outside the file.
    """
    listed = list(struct.unpack_from(f"<{_IN_HEADER}I", data, _LIST_AT))
    (sector,) = struct.unpack_from("<I", data, _FIRST_INDEX_AT)
    indexes: list[int] = []
    while sector < LAST_SECTOR:
        if (sector + 2) * size > len(data) or sector in indexes:
            raise CannotEdit("the compound file is damaged")
        indexes.append(sector)
        *entries, sector = struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
        listed += entries
    return [entry for entry in listed if entry < LAST_SECTOR], indexes


def _list(body: bytearray, tables: list[int], indexes: list[int], size: int) -> None:
    """Write where the table stands into the header and into the sectors for that."""
    _put(body, _TABLES_AT, [len(tables)])
    _put(body, _LIST_AT, (tables + [_FREE] * _IN_HEADER)[:_IN_HEADER])
    _put(body, _FIRST_INDEX_AT, [indexes[0] if indexes else END, len(indexes)])
    entries = size // 4 - 1
    for number, place in enumerate(indexes):
        part = tables[_IN_HEADER + number * entries :][:entries]
        following = indexes[number + 1] if number + 1 < len(indexes) else END
        _put(body, (place + 1) * size, [*part, *[_FREE] * (entries - len(part)), following])


def _put(body: bytearray, at: int, numbers: list[int]) -> None:
    struct.pack_into(f"<{len(numbers)}I", body, at, *numbers)
