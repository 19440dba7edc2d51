"""Compressed streams taken apart, never further than the budget goes.

Each reader gives the content of all streams of a file, and what text stands beside it. Bytes that
belong to no stream are refused.

Sources: RFC 1952 (gzip), the xz file format 1.2.1, RFC 8878 (Zstandard, skippable frames §3.1.2).
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from gateway.errors import Unreadable
from gateway.formats._ledger import Ledger

_CHUNK = 1 << 20
_MEMORY = 256 << 20
_WINDOW = 1 << 27  # what the zstd command line accepts without being asked

GZIP_MAGIC = b"\x1f\x8b\x08"
BZIP2_MAGIC = b"BZh"
XZ_MAGIC = b"\xfd7zXZ\0"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

_CRC, _EXTRA, _NAME, _COMMENT, _RESERVED = 2, 4, 8, 16, 0xE0
_DAMAGED = "archive: its compressed bytes are damaged"
_AFTER = "archive: bytes follow its end"


@dataclass(slots=True)
class Unpacked:
    """What a compressed file holds.

    Args:
        content: all streams one after the other.
        name: the original file name, if it is told.
        remarks: other text beside the content (comments, extra fields, skippable frames).
    """

    content: bytes = field(default=b"", repr=False)
    name: bytes = field(default=b"", repr=False)
    remarks: list[bytes] = field(default_factory=list, repr=False)


@dataclass(slots=True)
class _Meter:
    """Collects output and spends it as it grows."""

    ledger: Ledger
    container: int
    chunks: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self.ledger.spend_unpacked(self.size, self.container)
        self.chunks.append(chunk)

    def content(self) -> bytes:
        return b"".join(self.chunks)


class _Decompressor(Protocol):
    """The common shape of bz2's and lzma's."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def unpack_gzip(data: bytes, ledger: Ledger) -> Unpacked:
    """All members of a gzip file.

    Raises:
        Unreadable: it is damaged, cut off, or something else follows it.
        LimitExceeded: it opens into more than a budget allows.
    """
    meter = _Meter(ledger, len(data))
    result = Unpacked()
    at = 0
    while data[at:].startswith(GZIP_MAGIC):
        at = _gzip_header(data, at, result)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        crc, size, feed = 0, 0, data[at:]
        try:
            while not inflater.eof:
                chunk = inflater.decompress(feed, _CHUNK)
                feed = inflater.unconsumed_tail
                if not chunk and not feed and not inflater.eof:
                    raise Unreadable(_DAMAGED)
                crc, size = zlib.crc32(chunk, crc), size + len(chunk)
                meter.add(chunk)
        except zlib.error:
            raise Unreadable(_DAMAGED) from None
        at = len(data) - len(inflater.unused_data)
        if data[at : at + 8] != struct.pack("<II", crc, size & 0xFFFFFFFF):
            raise Unreadable(_DAMAGED)
        at += 8
    if data[at:].strip(b"\0"):
        raise Unreadable(_AFTER)
    result.content = meter.content()
    return result


def _gzip_header(data: bytes, start: int, result: Unpacked) -> int:
    """Read one member's header; where its compressed bytes begin."""
    flags, at = data[start + 3] if len(data) > start + 10 else _RESERVED, start + 10
    if flags & _RESERVED:
        raise Unreadable(_DAMAGED)
    try:
        if flags & _EXTRA:
            (length,) = struct.unpack_from("<H", data, at)
            result.remarks.append(data[at + 2 : at + 2 + length])
            at += 2 + length
        if flags & _NAME:
            end = data.index(b"\0", at)
            if result.name and data[at:end] != result.name:
                result.remarks.append(data[at:end])
            result.name = result.name or data[at:end]
            at = end + 1
        if flags & _COMMENT:
            end = data.index(b"\0", at)
            result.remarks.append(data[at:end])
            at = end + 1
    except (struct.error, ValueError):
        raise Unreadable(_DAMAGED) from None
    if flags & _CRC:
        if data[at : at + 2] != struct.pack("<H", zlib.crc32(data[start:at]) & 0xFFFF):
            raise Unreadable(_DAMAGED)
        at += 2
    return at


def pack_gzip(content: bytes, name: bytes) -> bytes:
    """One gzip member without date, comment or extra field."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = GZIP_MAGIC + bytes((_NAME if name else 0, 0, 0, 0, 0, 0, 255))
    tail = struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    named = name + b"\0" if name else b""
    return head + named + deflater.compress(content) + deflater.flush() + tail


def unpack_bzip2(data: bytes, ledger: Ledger) -> Unpacked:
    """All streams of a bzip2 file; raises like :func:`unpack_gzip`."""
    return Unpacked(_streams(data, ledger, bz2.BZ2Decompressor, b""))


def unpack_xz(data: bytes, ledger: Ledger) -> Unpacked:
    """All streams of an xz file and the padding between them; raises like :func:`unpack_gzip`."""

    def reader() -> _Decompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)

    return Unpacked(_streams(data, ledger, reader, b"\0\0\0\0"))


def _streams(
    data: bytes, ledger: Ledger, reader: Callable[[], _Decompressor], padding: bytes
) -> bytes:
    meter = _Meter(ledger, len(data))
    rest = data
    while rest:
        decompressor = reader()
        try:
            meter.add(decompressor.decompress(rest, _CHUNK))
            while not decompressor.eof:
                chunk = decompressor.decompress(b"", _CHUNK)
                if not chunk and decompressor.needs_input:
                    raise Unreadable(_DAMAGED)
                meter.add(chunk)
        except lzma.LZMAError as error:
            too_big = "Memory usage limit" in str(error)
            raise Unreadable("archive: needs too much memory" if too_big else _DAMAGED) from None
        except (OSError, ValueError, EOFError):
            raise Unreadable(_AFTER if rest is not data else _DAMAGED) from None
        rest = decompressor.unused_data
        while padding and rest.startswith(padding):
            rest = rest[len(padding) :] if rest.strip(b"\0") else b""
    return meter.content()


def pack_xz(content: bytes) -> bytes:
    """One xz stream with the check that the xz command writes."""
    return lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_CRC64, 6)


def unpack_zstd(data: bytes, ledger: Ledger) -> Unpacked:
    """All frames of a Zstandard file; raises like :func:`unpack_gzip`."""
    import zstandard

    meter = _Meter(ledger, len(data))
    result = Unpacked()
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    at = 0
    while at < len(data):
        end = skippable_end(data, at)
        if end:
            result.remarks.append(data[at + 8 : end])
            at = end
            continue
        if not data.startswith(ZSTD_MAGIC, at):
            raise Unreadable(_AFTER)
        try:
            header = zstandard.get_frame_parameters(data[at : at + 32])
            if header.dict_id:
                raise Unreadable("archive: compressed with a dictionary that is not in it")
            start = at + zstandard.frame_header_size(data[at : at + 32])
            end = _frame_end(data, start) + 4 * header.has_checksum
            with reader.stream_reader(data[at:end]) as stream:
                while chunk := stream.read(_CHUNK):
                    meter.add(chunk)
        except zstandard.ZstdError:
            raise Unreadable(_DAMAGED) from None
        if end > len(data):
            raise Unreadable(_DAMAGED)
        at = end
    result.content = meter.content()
    return result


def skippable_end(data: bytes, at: int) -> int:
    """Where a skippable frame ends that begins here; 0 if none does."""
    if len(data) < at + 8 or data[at + 1 : at + 4] != b"\x2a\x4d\x18" or data[at] & 0xF0 != 0x50:
        return 0
    (size,) = struct.unpack_from("<I", data, at + 4)
    if at + 8 + size > len(data):
        raise Unreadable(_DAMAGED)
    return int(at + 8 + size)


def _frame_end(data: bytes, at: int) -> int:
    """Where the last block of a frame ends, RFC 8878 §3.1.1.2."""
    while at + 3 <= len(data):
        header = int.from_bytes(data[at : at + 3], "little")
        last, kind, size = header & 1, header >> 1 & 3, header >> 3
        at += 3 + (1 if kind == 1 else size)  # one byte stands for a run
        if last:
            return at
    raise Unreadable(_DAMAGED)


def pack_zstd(content: bytes) -> bytes:
    """One Zstandard frame with a checksum."""
    import zstandard

    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(content)
