"""Members of a zip found in bytes that are no zip: local headers, and the data that fits them.

Office cuts a document into chunks at its local file headers and sends those that changed; header
and data are chunks of their own, with the stream's objects between them ([MS-FSSHTTPD] §2.4.1).
A member counts as found only if what its data unpacks to has the checksum in its header.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.formats._ledger import Ledger

_LOCAL = struct.Struct("<4s5H3I2H")  # APPNOTE §4.3.7
_CENTRAL = struct.Struct("<4s6H3I5H2I")  # §4.3.12
_LOCAL_MAGIC, _CENTRAL_MAGIC = b"PK\3\4", b"PK\1\2"
_DESCRIPTOR, _DESCRIPTOR_MAGIC = 8, b"PK\7\10"
_STORED, _DEFLATED = 0, 8
_LONGEST_NAME = 1024
_LONGEST_EXTRA = 64
_WIDEST_GAP = 1024
_LONGEST_CHUNK = 1 << 20
_STEP = 1 << 18


class Member(NamedTuple):
    """A member: its name, its content, and the ranges of bytes that it takes.

    The extra fields of its header are in no range: anything could stand in them.
    """

    name: str
    content: bytes
    header: tuple[int, int]
    data: tuple[int, int]


class Entry(NamedTuple):
    """A member's line in the zip's directory: the name, and the range of bytes."""

    name: str
    start: int
    end: int


class _Header(NamedTuple):
    name: str
    method: int
    crc: int
    size: int
    start: int
    named: int
    end: int
    streamed: bool


def find_members(data: bytes, ledger: Ledger) -> Iterator[Member]:
    """Each member whose header and whole data stand in the bytes.

    Raises:
        LimitExceeded: a member unpacks to more than a budget allows.
    """
    at = data.find(_LOCAL_MAGIC)
    while at >= 0:
        header = _header(data, at)
        found = _content(data, header, ledger) if header else None
        if header and found:
            content, span = found
            yield Member(header.name, content, (header.start, header.named), span)
            at = span[1]
        else:
            at += len(_LOCAL_MAGIC)
        at = data.find(_LOCAL_MAGIC, at)


def has_unread_member(data: bytes, members: Sequence[Member]) -> bool:
    """Whether a local header stands in the bytes whose member could not be found."""
    known = {member.header[0] for member in members}
    inside = [member.data for member in members]
    at = data.find(_LOCAL_MAGIC)
    while at >= 0:
        if at not in known and not any(start <= at < end for start, end in inside):
            return True
        at = data.find(_LOCAL_MAGIC, at + 1)
    return False


def directory(data: bytes) -> Iterator[Entry]:
    """The lines of the zip's directory; it is sent whole, also when few members have changed."""
    at = data.find(_CENTRAL_MAGIC)
    while at >= 0:
        end = at + len(_CENTRAL_MAGIC)
        if at + _CENTRAL.size <= len(data):
            fields = _CENTRAL.unpack_from(data, at)
            name, extra, comment = fields[10:13]
            if name <= _LONGEST_NAME and extra <= _LONGEST_EXTRA and not comment:
                first = at + _CENTRAL.size
                end = min(first + name + extra, len(data))
                yield Entry(data[first : first + name].decode("utf-8", "replace"), at, end)
        at = data.find(_CENTRAL_MAGIC, end)


def _header(data: bytes, at: int) -> _Header | None:
    if at + _LOCAL.size > len(data):
        return None
    _, _, flags, method, _, _, crc, size, _, name, extra = _LOCAL.unpack_from(data, at)
    end = at + _LOCAL.size + name + extra
    if method not in (_STORED, _DEFLATED) or not 0 < name <= _LONGEST_NAME or end > len(data):
        return None
    start = at + _LOCAL.size
    named = start + name
    text = data[start:named].decode("utf-8", "replace")
    return _Header(text, method, crc, size, at, named, end, bool(flags & _DESCRIPTOR))


def _content(data: bytes, header: _Header, ledger: Ledger) -> tuple[bytes, tuple[int, int]] | None:
    """The content of a member, and where its data stands: the first place that fits."""
    stored = header.method == _STORED
    if stored and (header.size > _LONGEST_CHUNK or header.streamed):
        return None
    for start in range(header.end, min(header.end + _WIDEST_GAP, len(data) + 1)):
        if stored:
            content, end = data[start : start + header.size], start + header.size
        else:
            inflated = _inflate(data, start, ledger)
            if inflated is None:
                continue
            content, end = inflated
        if _fits(header, content, data[end : end + 8]):
            return content, (start, end)
    return None


def _fits(header: _Header, content: bytes, behind: bytes) -> bool:
    """Whether the header, or the descriptor behind the data (§4.3.9), vouches for the content."""
    checksum = zlib.crc32(content)
    if not header.streamed:
        return checksum == header.crc
    stated = struct.pack("<I", checksum)
    return bool(content) and behind.startswith((stated, _DESCRIPTOR_MAGIC + stated))


def _inflate(data: bytes, start: int, ledger: Ledger) -> tuple[bytes, int] | None:
    """What a deflate stream that begins here holds, and where it ends; ``None`` if none does."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    out = bytearray()
    at = start
    try:
        while not engine.eof:
            piece = engine.unconsumed_tail or data[at : at + _STEP]
            if not engine.unconsumed_tail:
                at += len(piece)
            if not piece:
                return None
            out += engine.decompress(piece, _STEP)
            ledger.spend_unpacked(len(out), len(data))
    except zlib.error:
        return None
    return bytes(out), at - len(engine.unused_data)
