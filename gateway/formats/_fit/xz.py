"""Room in xz files: streams of nothing behind the stream, and padding in the header of its block.

Zeros behind a stream would be simpler, but some readers (Python's among them) take them for a stream
that is cut off.

Source: the .xz file format 1.2.1, §2.1 (stream header and footer), §3.1 (block header), §4 (index).
"""

from __future__ import annotations

import lzma
import struct
import zlib

from gateway.errors import CannotEdit
from gateway.formats._archives.streams import unpack_xz
from gateway.formats._ledger import Ledger

_UNIT = 4
_ENDS = 12  # bytes of a stream's header, and of its footer
_LONGEST_HEADER = 1024


def pad_xz(data: bytes, gap: int) -> bytes:
    """The file, longer by a multiple of four bytes.

    Raises:
        CannotEdit: the gap is none, or the file is built in an unusual way.
    """
    nothing = lzma.compress(b"")
    count, rest = divmod(gap, len(nothing))
    if rest % _UNIT:
        raise CannotEdit(f"its format has room in steps of {_UNIT} bytes only")
    size = len(data) + rest
    for more in range(rest, -1, -_UNIT):  # the index may grow by itself
        new = _with_longer_header(data, more) if rest else data
        if len(new) == size:
            return new + nothing * count
    raise CannotEdit("no room of that size was found")


def shrink_xz(data: bytes, size: int, original: bytes) -> bytes:
    """The content packed as closely as lzma can, if that is shorter."""
    del size, original
    content = unpack_xz(data, Ledger()).content
    best = 9 | lzma.PRESET_EXTREME
    return min(data, lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_CRC64, best), key=len)


def _with_longer_header(data: bytes, more: int) -> bytes:
    """A file of one stream, with zeros at the end of the header of its first block.

    Raises:
        CannotEdit: the header has no room, or the index is not where the footer says.
    """
    length = (data[_ENDS] + 1) * 4
    if length + more > _LONGEST_HEADER:
        raise CannotEdit("no room of that size was found")
    body = bytes(((length + more) // 4 - 1,)) + data[_ENDS + 1 : _ENDS + length - 4] + bytes(more)
    header = body + _checksum(body)
    backward, flags, magic = int.from_bytes(data[-8:-4], "little"), data[-4:-2], data[-2:]
    start = len(data) - _ENDS - (backward + 1) * 4
    if magic != b"YZ" or start < _ENDS + length or data[start]:
        raise CannotEdit("something stands behind its end")
    index = _longer_first(data[start:-_ENDS], more)
    footer = struct.pack("<I", len(index) // 4 - 1) + flags
    blocks = data[_ENDS + length : start]
    return data[:_ENDS] + header + blocks + index + _checksum(footer) + footer + magic


def _longer_first(index: bytes, more: int) -> bytes:
    """The index with the first block longer."""
    count, at = _number(index, 1)
    size, rest = _number(index, at)
    _, end = _number(index, rest)
    for _ in range(2 * (count - 1)):
        _, end = _number(index, end)
    told = index[:at] + _written(size + more) + index[rest:end]
    told += bytes(-len(told) % 4)
    return told + _checksum(told)


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first (§1.2), and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def _written(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes((value & 0x7F | 0x80,))
        value >>= 7
    return out + bytes((value,))
