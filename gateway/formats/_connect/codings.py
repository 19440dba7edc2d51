"""Compressed messages: which coding it is, told by the bytes alone, undone and done again.

The coding stands in a header (``connect-content-encoding``, ``grpc-encoding``) that is not here.
Each has a checksum, or a structure that chance does not give; bytes that two of them could read
are refused.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._archives.streams import (
    GZIP_MAGIC,
    ZSTD_MAGIC,
    pack_gzip,
    pack_zstd,
    unpack_gzip,
    unpack_zstd,
)
from gateway.formats._connect import snappy
from gateway.formats._ledger import Ledger

_STEP = 1 << 18


class Coding(NamedTuple):
    """One way to compress."""

    name: str
    undo: Callable[[bytes, Ledger], bytes]
    redo: Callable[[bytes], bytes]


def undo(data: bytes, ledger: Ledger) -> tuple[bytes, Coding]:
    """The content of a compressed message, and the coding it has.

    Raises:
        Unreadable: no coding that is known reads the bytes to their end, or several do.
        LimitExceeded: it unpacks to more than a budget allows.
    """
    read: list[tuple[bytes, Coding]] = []
    for coding in _CODINGS:
        try:
            read.append((coding.undo(data, ledger), coding))
        except LimitExceeded:
            raise
        except Unreadable:
            continue
    if len(read) != 1:
        raise Unreadable("compressed in a way that cannot be told")
    return read[0]


def _gzip(data: bytes, ledger: Ledger) -> bytes:
    """RFC 1952; text in its header would pass unseen."""
    if not data.startswith(GZIP_MAGIC):
        raise Unreadable("no gzip")
    unpacked = unpack_gzip(data, ledger)
    if unpacked.name or unpacked.remarks:
        raise Unreadable("gzip with a name or comment")
    return unpacked.content


def _zstd(data: bytes, ledger: Ledger) -> bytes:
    """RFC 8878; skippable frames would pass unseen."""
    if not data.startswith(ZSTD_MAGIC):
        raise Unreadable("no zstd")
    unpacked = unpack_zstd(data, ledger)
    if unpacked.remarks:
        raise Unreadable("zstd with other bytes in it")
    return unpacked.content


def _inflate(window: int) -> Callable[[bytes, Ledger], bytes]:
    def inflated(data: bytes, ledger: Ledger) -> bytes:
        engine = zlib.decompressobj(window)

        def pieces() -> Iterator[bytes]:
            rest = data
            while not engine.eof:
                piece = engine.decompress(rest, _STEP)
                rest = engine.unconsumed_tail
                if not piece and not rest and not engine.eof:
                    raise Unreadable("deflate that is cut off")
                yield piece

        try:
            content = _bounded(pieces(), ledger, len(data))
        except zlib.error:
            raise Unreadable("no deflate") from None
        if engine.unused_data:
            raise Unreadable("bytes after the deflate stream")
        return content

    return inflated


def _deflate(window: int) -> Callable[[bytes], bytes]:
    def deflated(content: bytes) -> bytes:
        engine = zlib.compressobj(6, zlib.DEFLATED, window)
        return engine.compress(content) + engine.flush()

    return deflated


def _unbrotli(data: bytes, ledger: Ledger) -> bytes:
    """RFC 7932."""
    import brotli  # type: ignore[import-untyped] # it ships no types

    engine = brotli.Decompressor()

    def pieces() -> Iterator[bytes]:
        piece = engine.process(data, output_buffer_limit=_STEP)
        while piece or not engine.can_accept_more_data():
            yield piece
            if engine.is_finished():
                return
            piece = engine.process(b"", output_buffer_limit=_STEP)

    try:
        content = _bounded(pieces(), ledger, len(data))
    except brotli.error:
        raise Unreadable("no brotli") from None
    if not engine.is_finished():
        raise Unreadable("brotli that is cut off")
    return content


def _brotli(content: bytes) -> bytes:
    import brotli

    packed: bytes = brotli.compress(content, quality=5)
    return packed


def _bounded(pieces: Iterator[bytes], ledger: Ledger, container: int) -> bytes:
    out = bytearray()
    for piece in pieces:
        out += piece
        ledger.spend_unpacked(len(out), container)
    return bytes(out)


_CODINGS = (
    Coding("gzip", _gzip, lambda content: pack_gzip(content, b"")),
    Coding("zstd", _zstd, pack_zstd),
    Coding("deflate", _inflate(zlib.MAX_WBITS), _deflate(zlib.MAX_WBITS)),
    Coding("raw deflate", _inflate(-zlib.MAX_WBITS), _deflate(-zlib.MAX_WBITS)),
    Coding("br", _unbrotli, _brotli),
    Coding("snappy", snappy.unpack_stream, snappy.pack_stream),
    Coding("raw snappy", snappy.unpack_block, snappy.pack_block),
)
