"""The rarer ways to compress a member of a zip; none gives more than the member declares.

Source: PKWARE APPNOTE.TXT 6.3.10, §4.4.5 (methods) and §5.8 (LZMA).
"""

from __future__ import annotations

import bz2
import lzma
import struct
from collections.abc import Callable, Mapping
from typing import Protocol

from gateway.errors import Unreadable

_DAMAGED = "its compressed bytes are damaged"
_WINDOW = 1 << 27
_MEMORY = 256 << 20
_NO_SIZE = b"\xff" * 8
_LZMA_PROPERTIES = 5


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def _whole(decompressor: _Decompressor, packed: bytes, size: int) -> bytes:
    try:
        chunks = [decompressor.decompress(packed, size + 1)]
        left = size + 1 - len(chunks[0])
        while left > 0 and (chunk := decompressor.decompress(b"", left)):
            chunks.append(chunk)
            left -= len(chunk)
    except EOFError:
        pass  # the stream ended: its size is compared by who asked
    except (OSError, ValueError, lzma.LZMAError):
        raise Unreadable(_DAMAGED) from None
    return b"".join(chunks)


def _bzip2(packed: bytes, size: int) -> bytes:
    return _whole(bz2.BZ2Decompressor(), packed, size)


def _xz(packed: bytes, size: int) -> bytes:
    return _whole(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY), packed, size)


def _lzma(packed: bytes, size: int) -> bytes:
    """APPNOTE §5.8.8: a version, the length of the properties, the properties, the stream."""
    if len(packed) < 4 + _LZMA_PROPERTIES:
        raise Unreadable(_DAMAGED)
    (length,) = struct.unpack_from("<H", packed, 2)
    if length != _LZMA_PROPERTIES:
        raise Unreadable(_DAMAGED)
    # With an unknown size before it this is a file of the .lzma kind, which has a memory limit.
    alone = packed[4 : 4 + length] + _NO_SIZE + packed[4 + length :]
    return _whole(lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY), alone, size)


def _zstd(packed: bytes, size: int) -> bytes:
    import zstandard

    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    try:
        with reader.stream_reader(packed) as stream:
            return stream.read(size + 1)
    except zstandard.ZstdError:
        raise Unreadable(_DAMAGED) from None


METHODS: Mapping[int, Callable[[bytes, int], bytes]] = {12: _bzip2, 14: _lzma, 93: _zstd, 95: _xz}
"""How a member is unpacked to a declared size, by its method."""
