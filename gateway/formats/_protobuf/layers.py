"""The text of a protobuf message by another reading: greedy, and without deciding anything.

Whatever *could* be text, a message, a file or a number is taken as each of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.errors import Unreadable
from gateway.formats._base import Descend
from gateway.formats._json_scan import expand_number
from gateway.formats._payload import OPAQUE, is_file
from gateway.formats._pieces import embedded_layers
from gateway.formats._raw import raw_layers
from gateway.model import Hint

_DEEPEST = 100


def message_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """All that a message can say.

    Raises:
        Unreadable: the bytes are no message.
    """
    values = _values(data)
    if values is None:
        raise Unreadable("malformed protobuf")
    yield from _layers(values, descend, 0)


def _layers(values: list[bytes | int], descend: Descend, depth: int) -> Iterator[str]:
    for value in values:
        if isinstance(value, int):
            yield from _digits(value)
            continue
        inside = _values(value) if depth < _DEEPEST else None
        if inside:
            yield from _layers(inside, descend, depth + 1)
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            if len(value) <= OPAQUE:
                yield from raw_layers(value)
        else:
            yield text
            yield from embedded_layers(text, descend)
        if is_file(value) or (len(value) > OPAQUE and not inside):
            yield from descend(value, Hint())


def _digits(value: int) -> Iterator[str]:
    """A number as each type that can stand in its bytes."""
    yield str(value)
    yield str((1 << 64) - value)
    if value < 1 << 64:
        yield expand_number(repr(struct.unpack("<d", value.to_bytes(8, "little"))[0]))
    if value < 1 << 32:
        yield expand_number(repr(struct.unpack("<f", value.to_bytes(4, "little"))[0]))


def _values(data: bytes) -> list[bytes | int] | None:
    """The values of all fields, those of groups among them; ``None`` if this is no message."""
    found: list[bytes | int] = []
    open_groups: list[int] = []
    view, at = memoryview(data), 0
    try:
        while at < len(view):
            tag, at = _varint(view, at)
            number, wire = divmod(tag, 8)
            if not 0 < number < 1 << 29:
                return None
            match wire:
                case 0:
                    value, at = _varint(view, at)
                    found.append(value)
                case 1 | 5:
                    size = 8 if wire == 1 else 4
                    found.append(int.from_bytes(view[at : at + size], "little"))
                    at += size
                case 2:
                    size, at = _varint(view, at)
                    found.append(bytes(view[at : at + size]))
                    at += size
                case 3:
                    open_groups.append(number)
                case 4 if open_groups and open_groups.pop() == number:
                    pass
                case _:
                    return None
    except IndexError:
        return None
    return found if at == len(view) and not open_groups else None


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for count in range(10):
        byte = view[at + count]
        value += (byte & 127) << 7 * count
        if byte < 128:
            return value, at + count + 1
    raise IndexError
