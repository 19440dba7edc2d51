"""Pictures in old Office files: they stand as "blips" in one of the streams.

A picture that changed must fit where the old one stood, because other records count its bytes;
what is left of the room is zeros, which picture readers pass over.

Source: [MS-ODRAW] §2.2.23 to §2.2.31 (blips).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._ledger import Ledger
from gateway.formats._ole.passage import Path, Streams
from gateway.formats._ole.shrinking import smaller
from gateway.model import Hint, Rung

# The instance and type of each kind of blip, in bytes; an odd instance has two digests.
_BLIP = re.compile(
    rb"(?:[\x40\x50]\x3d\x1a|[\x60\x70]\x21\x1b|[\x20\x30]\x54\x1c|[\xa0\xb0]\x46[\x1d\x2a]"
    rb"|[\x20\x30]\x6e[\x1d\x2a]|[\x00\x10]\x6e\x1e|[\x80\x90]\x7a\x1f|[\x40\x50]\x6e\x29)\xf0",
    re.DOTALL,
)
_ENDINGS = {0x1A: "emf", 0x1B: "wmf", 0x1C: "pict", 0x1D: "jpg", 0x1E: "png", 0x1F: "bmp"}
_ENDINGS |= {0x29: "tif", 0x2A: "jpg"}
_METAFILES = frozenset({0x1A, 0x1B, 0x1C})
_METAFILE_HEADER = 34
_DEFLATED = 0
_CHUNK = 65_536
_STRAY = 4

type Pieces = Sequence[tuple[int, int]]
"""Where some bytes stand in a stream, in order; more than one stretch if records cut them."""


@dataclass(frozen=True, slots=True)
class Blip:
    """A picture in a stream.

    Args:
        data: the picture, unpacked.
        ending: what kind it is.
        start: where its record starts, in the bytes that were searched.
        end: where its record ends there.
        head: where the picture itself starts there.
        is_packed: whether it stands deflated there.
    """

    data: bytes = field(repr=False)
    ending: str
    start: int
    end: int
    head: int
    is_packed: bool

    @property
    def hint(self) -> Hint:
        """Its kind, for the opener."""
        return Hint(f"picture.{self.ending}")

    def packed(self, new: bytes, ledger: Ledger) -> tuple[bytes, int]:
        """What stands from ``head`` on with a new picture, and the size of that picture.

        The ledger is told if that picture is coarser or empty.

        Raises:
            CannotEdit: the new picture is too large for the place of the old.
        """
        room = self.end - self.head
        for number, candidate in enumerate(smaller(new, self.ending, room)):
            content = zlib.compress(candidate, 9) if self.is_packed else candidate
            if len(content) <= room:
                if number:
                    ledger.took(Rung.DROPPED)
                return content.ljust(room, b"\0"), len(candidate)
        raise CannotEdit("the redacted picture is larger than the place of the old one")


def blips(data: bytes, ledger: Ledger) -> Iterator[Blip]:
    """All pictures in some bytes.

    Raises:
        LimitExceeded: one unpacks into too much.
        Unreadable: one cannot be unpacked.
    """
    at = 0
    while match := _BLIP.search(data, at):
        found = _blip(data, match.start(), ledger)
        at = found.end if found else match.start() + 1
        if found:
            yield found


def _blip(data: bytes, start: int, ledger: Ledger) -> Blip | None:
    head = data[start : start + 8]
    if len(head) < 8:
        return None
    instance, kind, size = struct.unpack("<HBxI", head)
    end = start + 8 + size
    if end > len(data) or size < 17:
        return None
    body = start + 8 + (32 if instance & 0x10 else 16)
    if kind not in _METAFILES:
        content = data[body + 1 : end]
        return Blip(_trimmed(content), _ENDINGS[kind], start, end, body + 1, is_packed=False)
    body += _METAFILE_HEADER
    if body > end:
        return None
    packed = data[body - 2] == _DEFLATED
    content = inflated(data[body:end], ledger) if packed else data[body:end]
    return Blip(content, _ENDINGS[kind], start, end, body, packed)


def _trimmed(picture: bytes) -> bytes:
    """A picture without zeros behind its end."""
    bare = picture.rstrip(b"\0")
    if picture[:4] == b"\x89PNG" and bare.endswith(b"IEND\xaeB`\x82"):
        return bare
    return bare if picture[:2] == b"\xff\xd8" and bare.endswith(b"\xff\xd9") else picture


def inflated(data: bytes, ledger: Ledger) -> bytes:
    """Deflated bytes, unpacked under the item's budget; what follows them is left out.

    Raises:
        LimitExceeded: they unpack into too much.
        Unreadable: they are damaged.
    """
    unpacker = zlib.decompressobj()
    result = bytearray()
    try:
        rest = data
        while rest and not unpacker.eof:
            result += unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail
            ledger.spend_unpacked(len(result), len(data))
    except zlib.error:
        raise Unreadable("damaged: a packed part") from None
    # Office writes some without their checksum, and a byte or two behind others.
    if not result or len(unpacker.unused_data.rstrip(b"\0")) > _STRAY:
        raise Unreadable("damaged: a packed part")
    return bytes(result)


@dataclass(frozen=True, slots=True)
class PictureHole:
    """Where a picture stands in a stream, and how a new one is put there."""

    stream: Path = field(repr=False)
    blip: Blip
    ledger: Ledger = field(repr=False)
    pieces: Pieces = ()

    def fill(self, streams: Streams, new: bytes) -> None:
        """Write a new picture over the old one."""
        blip = self.blip
        data, unpacked = blip.packed(new, self.ledger)
        self._write(streams, blip.head, data)
        if blip.ending in {"emf", "wmf", "pict"}:
            size = len(data) if blip.is_packed else unpacked
            self._write(streams, blip.head - _METAFILE_HEADER, struct.pack("<I", unpacked))
            self._write(streams, blip.head - 6, struct.pack("<I", size))

    def _write(self, streams: Streams, at: int, data: bytes) -> None:
        write_along(streams, self.stream, self.pieces, at, data)


def write_along(streams: Streams, stream: Path, pieces: Pieces, at: int, data: bytes) -> None:
    """Write bytes at a place that counts along the pieces of a stream."""
    if not pieces:
        streams.write(stream, at, data)
        return
    first = 0
    for start, end in pieces:
        low, high = max(at, first), min(at + len(data), first + end - start)
        if low < high:
            streams.write(stream, start + low - first, data[low - at : high - at])
        first += end - start
