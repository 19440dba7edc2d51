"""Room in SQLite databases: free pages at the end, as deleting a table leaves them.

Source: SQLite, "Database File Format" (sqlite.org/fileformat2.html), §1.3 (header), §1.5 (freelist),
§1.8 (pointer map pages, in databases that shrink by themselves).
"""

from __future__ import annotations

import struct

from gateway.errors import CannotEdit

_PAGES_AT, _FREE_AT, _SHRINKS_AT = 28, 32, 52
_SPARED = 8  # two words of its own, and six entries that old versions misread
_FREE_PAGE = 2
_POINTER = 5
_LOCKED_AT = 1 << 30  # the page there is never used


def pad_database(data: bytes, gap: int) -> bytes:
    """The database with free pages behind the last.

    Raises:
        CannotEdit: the gap is no whole number of pages, or what stands last is no page.
    """
    (told,) = struct.unpack_from(">H", data, 16)
    size = 65_536 if told == 1 else told
    count, odd = divmod(len(data), size)
    more, rest = divmod(gap, size)
    if rest:
        raise CannotEdit(f"its format has room in steps of {size} bytes only")
    if odd or count != struct.unpack_from(">I", data, _PAGES_AT)[0]:
        raise CannotEdit("its header does not tell how many pages it has")
    if len(data) + gap >= _LOCKED_AT:
        raise CannotEdit("it has no room for so many bytes")
    body = bytearray(data + bytes(gap))
    usable = size - data[20]
    numbers = list(range(count + 1, count + more + 1))
    if struct.unpack_from(">I", data, _SHRINKS_AT)[0]:
        numbers = _mapped(body, numbers, size, usable)
    if more and not numbers:
        raise CannotEdit("it has no room for so few bytes")
    first, free = struct.unpack_from(">2I", data, _FREE_AT)
    leaves = usable // 4 - _SPARED
    for at in reversed(range(0, len(numbers), leaves + 1)):
        trunk, *others = numbers[at : at + leaves + 1]
        struct.pack_into(
            f">{2 + len(others)}I", body, (trunk - 1) * size, first, len(others), *others
        )
        first = trunk
    struct.pack_into(">3I", body, _PAGES_AT, count + more, first, free + len(numbers))
    return bytes(body)


def _mapped(body: bytearray, numbers: list[int], size: int, usable: int) -> list[int]:
    """Note pages as free in the maps; those that are maps themselves are left out."""
    span = usable // _POINTER + 1
    free: list[int] = []
    for number in numbers:
        place = (number - 2) // span * span + 2
        if place == number:
            continue
        free.append(number)
        at = (place - 1) * size + _POINTER * (number - place - 1)
        body[at : at + _POINTER] = bytes((_FREE_PAGE, 0, 0, 0, 0))
    return free
