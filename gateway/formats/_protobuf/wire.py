"""The wire format of Protocol Buffers: tags, varints, lengths, groups.

Source: https://protobuf.dev/programming-guides/encoding/ (varints of at most ten bytes, field
numbers 1 to 2^29 - 1, wire types 0, 1, 2, 5 and the old groups 3 and 4).
"""

from __future__ import annotations

from typing import NamedTuple

VARINT, FIXED64, LEN, GROUP, END_GROUP, FIXED32 = 0, 1, 2, 3, 4, 5

_LONGEST_VARINT = 10
_LAST_NUMBER = (1 << 29) - 1
_DEEPEST = 100  # what the official libraries accept


class Field(NamedTuple):
    """One field of a message.

    Args:
        number: of the field.
        wire: its wire type.
        after_tag: where the tag ends: the length of a ``LEN`` field stands there.
        start: where the value begins.
        end: where it ends; for a group, where its closing tag begins.
    """

    number: int
    wire: int
    after_tag: int
    start: int
    end: int


def read_fields(data: bytes, start: int, end: int) -> list[Field] | None:
    """The fields of the message that ``data[start:end]`` is, or ``None`` if it is none."""
    found = _fields(data, start, end, 0, 0)
    return found[0] if found and found[1] == end else None


def _fields(
    data: bytes, start: int, end: int, group: int, depth: int
) -> tuple[list[Field], int] | None:
    """Fields up to ``end``, or up to the closing tag of the group with this number.

    Returns:
        the fields, and where they end; ``None`` if they are malformed.
    """
    if depth > _DEEPEST:
        return None
    fields: list[Field] = []
    at = start
    while at < end:
        begin = at
        tag, at = read_varint(data, at, end)
        number, wire = tag >> 3, tag & 7
        if not 1 <= number <= _LAST_NUMBER:
            return None
        if wire == END_GROUP:
            return (fields, begin) if number == group else None
        after = at
        stop = _value_end(data, at, end, wire)
        if wire == LEN:
            size, at = read_varint(data, at, end)
            stop = at + size if size >= 0 else -1
        elif wire == GROUP:
            inside = _fields(data, at, end, number, depth + 1)
            stop = inside[1] if inside else -1
        if not 0 <= stop <= end:
            return None
        fields.append(Field(number, wire, after, at, stop))
        at = stop if wire != GROUP else read_varint(data, stop, end)[1]
    return None if group else (fields, at)


def _value_end(data: bytes, at: int, end: int, wire: int) -> int:
    """Where a number ends; -1 if it does not, or is none."""
    if wire == VARINT:
        value, stop = read_varint(data, at, end)
        return stop if value >= 0 else -1
    return at + 8 if wire == FIXED64 else at + 4 if wire == FIXED32 else -1


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A varint and where it ends; the value is -1 if it is cut off or too long."""
    value = shift = 0
    for here in range(at, min(end, at + _LONGEST_VARINT)):
        byte = data[here]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, here + 1
        shift += 7
    return -1, at


def varint(value: int) -> bytes:
    """A number as a varint, in as few bytes as it takes."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
