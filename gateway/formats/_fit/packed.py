"""Room in archives other than zips: what their readers pass over between or behind the parts.

Sources: POSIX.1-2024 pax (blocks of zeros end an archive), RFC 8878 §3.1.2 (skippable frames), 7zFormat.txt of the LZMA SDK (the end header stands
where the first header says).
"""

from __future__ import annotations

import bz2
import struct
import zlib

from gateway.errors import CannotEdit
from gateway.formats._archives.streams import unpack_zstd
from gateway.formats._ledger import Ledger

_BLOCK = 512
_SKIPPABLE = b"\x50\x2a\x4d\x18"
_SEVEN = struct.Struct("<6s2sI")  # magic, version, checksum of what follows
_NEXT = struct.Struct("<2QI")  # where the end header is, how long, its checksum


def pad_tar(data: bytes, gap: int) -> bytes:
    """Blocks of zeros behind the last.

    Raises:
        CannotEdit: the gap is no multiple of 512.
    """
    return data + bytes(_whole(gap, _BLOCK))


def pad_bzip2(data: bytes, gap: int) -> bytes:
    """Streams of nothing behind the stream.

    Raises:
        CannotEdit: the gap is no multiple of their 14 bytes.
    """
    nothing = bz2.compress(b"")
    return data + nothing * (_whole(gap, len(nothing)) // len(nothing))


def pad_zstd(data: bytes, gap: int) -> bytes:
    """A frame to skip behind the frame.

    Raises:
        CannotEdit: the gap is shorter than one.
    """
    if gap < 8:
        raise CannotEdit("its format has no room for less than 8 bytes")
    return data + _SKIPPABLE + struct.pack("<I", gap - 8) + b" " * (gap - 8)


def pad_7z(data: bytes, gap: int) -> bytes:
    """Bytes between the packed members and the header at the end, which is found by its offset."""
    magic, version, _ = _SEVEN.unpack_from(data)
    offset, size, crc = _NEXT.unpack_from(data, _SEVEN.size)
    told = _NEXT.pack(offset + gap, size, crc)
    head = _SEVEN.pack(magic, version, zlib.crc32(told)) + told
    return head + data[len(head) : len(head) + offset] + bytes(gap) + data[len(head) + offset :]


def shrink_zstd(data: bytes, size: int, original: bytes) -> bytes:
    """The content packed as closely as zstd can without further memory, if that is shorter."""
    import zstandard

    del size, original
    content = unpack_zstd(data, Ledger()).content
    packer = zstandard.ZstdCompressor(level=19, write_checksum=True)
    return min(data, packer.compress(content), key=len)


def _whole(gap: int, unit: int) -> int:
    if gap % unit:
        raise CannotEdit(f"its format has room in steps of {unit} bytes only")
    return gap
