"""Room in compressed bytes: blocks that hold nothing, before the first that holds something.

Each takes five bytes, and a decompressor passes over any number of them: they are what compressors
write when they are asked to flush, with nothing to flush.

Source: RFC 1951 §3.2.4 (stored blocks).
"""

from __future__ import annotations

import zlib

from gateway.errors import CannotEdit
from gateway.formats._archives.streams import GZIP_MAGIC

EMPTY = b"\0\0\0\xff\xff"
"""A stored block of no bytes that is not the last one."""

_CRC, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16


def deflated(content: bytes) -> bytes:
    """A raw stream packed as closely as zlib can."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    return packer.compress(content) + packer.flush()


def pad_gzip(data: bytes, gap: int) -> bytes:
    """Empty blocks in the first member, and a comment of blanks for what is no multiple of five.

    Source: RFC 1952 §2.3. The comment stays short because some readers take no long one.

    Raises:
        CannotEdit: the header has a checksum of its own.
    """
    flags = data[3]
    if flags & _CRC:
        raise CannotEdit("its header has a checksum")
    at = 10
    if flags & _EXTRA:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    if flags & _NAME:
        at = data.index(b"\0", at) + 1
    count, rest = divmod(gap, len(EMPTY))
    comment = b""
    if flags & _COMMENT:
        comment = data[at : data.index(b"\0", at) + 1]
    body = data[at + len(comment) :]
    if rest:
        comment = comment[:-1] + b" " * (rest if comment else rest - 1) + b"\0"
        flags |= _COMMENT
    return data[:3] + bytes((flags,)) + data[4:at] + comment + EMPTY * count + body


def shrink_gzip(data: bytes, size: int, original: bytes) -> bytes:
    """The content packed as closely as zlib can, if that is shorter."""
    del size, original
    if data[:4] != GZIP_MAGIC + bytes((data[3] & _NAME,)):
        return data
    at = data.index(b"\0", 10) + 1 if data[3] & _NAME else 10
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    content = inflater.decompress(data[at:])
    if len(inflater.unused_data) != 8:  # more members
        return data
    return min(data, data[:at] + deflated(content) + inflater.unused_data, key=len)
