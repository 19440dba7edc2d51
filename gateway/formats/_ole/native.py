"""Packages: a file of any kind inside a document, with its name and where it came from.

Source: [MS-OLEDS] §2.3.6 (OLENativeStream); the fields inside are the Windows packager's.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from gateway.formats._ole.cfb import Node
from gateway.formats._ole.passage import Buffer, Passage, Path, Streams
from gateway.formats._ole.reading import Child, Reading
from gateway.model import Hint, Role, Segment

_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class _Hole:
    stream: Path = field(repr=False)
    start: int
    end: int

    def fill(self, streams: Streams, new: bytes) -> None:
        """Put new bytes into the package; both of its counts follow."""
        old = bytes(streams.content[self.stream])
        packed = old[: self.start - 4] + struct.pack("<I", len(new)) + new + old[self.end :]
        streams.content[self.stream] = bytearray(struct.pack("<I", len(packed) - 4) + packed[4:])


def native_child(node: Node, reading: Reading, part: str) -> Child | None:
    """The file in an ``Ole10Native`` stream, or ``None`` if the stream is of another kind.

    Its names and paths are added to the reading.
    """
    try:
        return _package(node, reading, part)
    except (struct.error, ValueError):
        return None


def _package(node: Node, reading: Reading, part: str) -> Child:
    data = node.data
    (kind,) = struct.unpack_from("<H", data, 4)
    if kind != 2:
        raise ValueError
    found: list[Passage] = []
    at = 6
    names: list[str] = []
    for role in (Role.NAME, Role.TRACE):
        at = _name(data, at, node, role, (names, found, part))
    at += 4
    (length,) = struct.unpack_from("<I", data, at)
    if length > _LONGEST:
        raise ValueError
    _name(data, at + 4, node, Role.TRACE, (names, found, part))
    at += 4 + length
    (size,) = struct.unpack_from("<I", data, at)
    start = at + 4
    if start + size > len(data):
        raise ValueError
    reading.add(found)
    reading.cover(node.path, start, start + size)
    name = names[0].replace("\\", "/").rpartition("/")[2] if names else ""
    hole = _Hole(node.path, start, start + size)
    return Child(f"{part}/file", data[start : start + size], Hint(name), hole.fill)


def _name(
    data: bytes, at: int, node: Node, role: Role, into: tuple[list[str], list[Passage], str]
) -> int:
    end = data.index(b"\0", at)
    names, found, part = into
    if end - at > _LONGEST:
        raise ValueError
    if end > at:
        raw = data[at:end]
        try:
            text, codec = raw.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            text, codec = raw.decode("cp1252", "replace"), "cp1252"
        names.append(text)
        segment = Segment(text, f"{part}/name {len(names)}", role)
        found.append(Passage(segment, Buffer(node.path, at, end + 1 - at, codec)))
    return end + 1
