"""The compressed containers in which a VBA project keeps its sources.

Source: [MS-OVBA] §2.4.1 (compression and decompression).
"""

from __future__ import annotations

import struct

from gateway.errors import Unreadable

_SIGNATURE = 1
_CHUNK = 4096


def decompressed(data: bytes, limit: int) -> bytes:
    """The bytes of a compressed container.

    Args:
        data: begins with the container's signature byte.
        limit: bytes that may come out.

    Raises:
        Unreadable: it is damaged, or more would come out.
    """
    if data[:1] != bytes([_SIGNATURE]):
        raise Unreadable("macros: a source is not compressed as it should be")
    out = bytearray()
    at = 1
    while at + 2 <= len(data):
        (header,) = struct.unpack_from("<H", data, at)
        if header >> 12 & 7 != 3:
            raise Unreadable("macros: a source is damaged")
        end = at + 3 + (header & 0xFFF)
        chunk = data[at + 2 : end]
        out += _chunk(chunk) if header & 0x8000 else chunk
        if len(out) > limit:
            raise Unreadable("macros: a source is larger than it may be")
        at = end
    return bytes(out)


def _chunk(chunk: bytes) -> bytes:
    """One chunk: groups of eight literals or copies, each told apart by a flag bit."""
    out = bytearray()
    at = 0
    while at < len(chunk):
        flags = chunk[at]
        at += 1
        for bit in range(8):
            if at >= len(chunk):
                break
            if not flags >> bit & 1:
                out.append(chunk[at])
                at += 1
                continue
            if at + 2 > len(chunk) or not out:
                raise Unreadable("macros: a source is damaged")
            (token,) = struct.unpack_from("<H", chunk, at)
            at += 2
            bits = max((len(out) - 1).bit_length(), 4)
            back = (token >> (16 - bits)) + 1
            length = (token & (0xFFFF >> bits)) + 3
            if back > len(out) or len(out) + length > _CHUNK:
                raise Unreadable("macros: a source is damaged")
            for _ in range(length):
                out.append(out[-back])
    return bytes(out)
