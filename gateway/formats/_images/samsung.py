"""What Samsung's cameras write behind a picture: named values, then a directory of them.

Source: ExifTool's documentation of Samsung trailers ("SEFH" … "SEFT"): each value stands behind two
zeros, its kind, the length of its name and its name; the directory counts back from its own start.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.formats._images.parts import Holds, Part

_HEAD = struct.Struct("<4sII")  # "SEFH", version, count
_ENTRY = struct.Struct("<HHII")  # zeros, kind, distance back, size
_VALUE = struct.Struct("<HHI")  # zeros, kind, length of the name
_LONGEST = 10_000


def samsung_parts(data: bytes, start: int) -> list[Part]:
    """The values from ``start`` to the end of a file, if all of that is text in this order.

    Empty if it is anything else (a film of the moment, another picture).
    """
    directory = data.rfind(b"SEFH", start)
    if directory < 0 or not data.endswith(b"SEFT"):
        return []
    try:
        parts = list(_values(data, start, directory))
    except (struct.error, ValueError):
        return []
    return [*parts, Part("Samsung", directory, len(data))]


def _values(data: bytes, start: int, directory: int) -> Iterator[Part]:
    _, _, count = _HEAD.unpack_from(data, directory)
    entries = [
        _ENTRY.unpack_from(data, directory + _HEAD.size + n * _ENTRY.size) for n in range(count)
    ]
    tail = directory + _HEAD.size + count * _ENTRY.size
    if len(data) != tail + 8 or int.from_bytes(data[tail : tail + 4], "little") != tail - directory:
        raise ValueError("no directory")
    at = start
    for _, _, back, size in sorted(entries, key=lambda entry: -entry[2]):
        if directory - back != at or size > _LONGEST:
            raise ValueError("values do not follow each other")
        _, _, named = _VALUE.unpack_from(data, at)
        words = data[at + _VALUE.size : at + size]
        text = words.decode("utf-8")
        if named > len(words) or not text.replace("\n", "").replace("\0", "").isprintable():
            raise ValueError("no text")
        body = words[:named] + b": " + words[named:]
        yield Part("Samsung", at, at + size, Holds.TEXT, body)
        at += size
    if at != directory:
        raise ValueError("values do not reach the directory")
