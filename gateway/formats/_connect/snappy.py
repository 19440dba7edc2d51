"""Snappy, raw and framed, as some gRPC programs compress their messages with it.

Sources: google/snappy, format_description.txt and framing_format.txt. What is written anew is
written as literals: any reader takes it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache

from gateway.errors import Unreadable
from gateway.formats._ledger import Ledger
from gateway.formats._protobuf.wire import read_varint, varint

STREAM = b"\xff\x06\x00\x00sNaPpY"
_MOST_IN_CHUNK = 65_536
_LONGEST_LITERAL = 1 << 16


def unpack_block(data: bytes, ledger: Ledger) -> bytes:
    """The content of one raw block.

    Raises:
        Unreadable: it is damaged, or none.
        LimitExceeded: it is too large.
    """
    size, at = read_varint(data, 0, len(data))
    if size < 0:
        raise Unreadable("damaged snappy")
    out = bytearray()
    try:
        while at < len(data) and len(out) <= size:
            at = _element(data, at, out)
            ledger.spend_unpacked(len(out), len(data))  # what it announces proves nothing
    except (IndexError, struct.error):
        raise Unreadable("damaged snappy") from None
    if at != len(data) or len(out) != size:
        raise Unreadable("damaged snappy")
    return bytes(out)


def _element(data: bytes, at: int, out: bytearray) -> int:
    """Carry out one element; where the next begins."""
    tag = data[at]
    kind, upper = tag & 3, tag >> 2
    at += 1
    if kind == 0:
        extra = max(0, upper - 59)
        length = (int.from_bytes(data[at : at + extra], "little") if extra else upper) + 1
        at += extra
        if at + length > len(data):
            raise IndexError
        out += data[at : at + length]
        return at + length
    if kind == 1:
        length, offset = (upper & 7) + 4, upper >> 3 << 8 | data[at]
        at += 1
    else:
        length = upper + 1
        width = 2 if kind == 2 else 4
        (offset,) = struct.unpack_from("<H" if kind == 2 else "<I", data, at)
        at += width
    if not 0 < offset <= len(out):
        raise IndexError
    start = len(out) - offset
    repeated = bytes(out[start : start + length])
    out += (repeated * (length // len(repeated) + 1))[:length]
    return at


def pack_block(content: bytes) -> bytes:
    """One raw block of literals."""
    pieces = [varint(len(content))]
    for at in range(0, len(content), _LONGEST_LITERAL):
        literal = content[at : at + _LONGEST_LITERAL]
        pieces += (b"\xf4", struct.pack("<H", len(literal) - 1), literal)
    return b"".join(pieces)


def unpack_stream(data: bytes, ledger: Ledger) -> bytes:
    """The content of a framed stream; raises like :func:`unpack_block`."""
    if not data.startswith(STREAM):
        raise Unreadable("damaged snappy")
    pieces: list[bytes] = []
    size = 0
    for kind, body in _chunks(data):
        if kind == 0xFF and body == STREAM[4:]:
            continue
        if kind not in (0, 1) or len(body) < 4:  # padding and unknown chunks could hold anything
            raise Unreadable("damaged snappy")
        piece = unpack_block(body[4:], ledger) if kind == 0 else body[4:]
        if len(piece) > _MOST_IN_CHUNK or body[:4] != _checksum(piece):
            raise Unreadable("damaged snappy")
        size += len(piece)
        ledger.spend_unpacked(size, len(data))
        pieces.append(piece)
    return b"".join(pieces)


def pack_stream(content: bytes) -> bytes:
    """A framed stream of chunks that are not compressed."""
    pieces = [STREAM]
    for at in range(0, len(content), _MOST_IN_CHUNK):
        piece = content[at : at + _MOST_IN_CHUNK]
        pieces += (struct.pack("<I", len(piece) + 4 << 8 | 1), _checksum(piece), piece)
    return b"".join(pieces)


def _chunks(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "little")
        if at + 4 + size > len(data):
            raise Unreadable("damaged snappy")
        yield data[at], data[at + 4 : at + 4 + size]
        at += 4 + size


def _checksum(data: bytes) -> bytes:
    """CRC-32C, masked as the framing format asks."""
    table = _crc_table()
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@cache
def _crc_table() -> tuple[int, ...]:
    """The table of CRC-32C (polynomial 0x1EDC6F41, reflected; RFC 3720 appendix B.4)."""
    table: list[int] = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)
