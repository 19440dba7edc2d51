"""Content encodings undone, within bounds.

Everything here counts while it decodes: a bomb (1.6 kB of brotli can be 1 GiB) is refused as
soon as it is over a limit, not when memory is full. What cannot be decoded to its last byte is
refused too: bytes that one decoder skips are bytes that nobody looked at.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gateway.errors import LimitExceeded, Unreadable
from gateway.settings import MIB, Limits

_STEP = 256 * 1024
_SLICE = 64 * 1024
_MOST_CODINGS = 5
# Small bodies may be very compressible without harm.
_RATIO_FLOOR = MIB


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as it was before it was encoded, and texts found in the encoding itself."""

    data: bytes
    names: tuple[str, ...] = ()


def codings(values: Sequence[str]) -> tuple[str, ...]:
    """The codings of all Content-Encoding headers, in the order in which they were applied."""
    found = (one.strip().lower() for value in values for one in value.split(","))
    return tuple(one for one in found if one and one != "identity")


def decode(raw: bytes, applied: Sequence[str], limits: Limits) -> Decoded:
    """Undo content codings (RFC 9110 §8.4), the last one first.

    Args:
        raw: the body as sent.
        applied: names from :func:`codings`.
        limits: ``item_bytes`` and ``ratio`` bound each step.

    Raises:
        Unreadable: a coding is unknown, or the data is damaged or followed by other data.
        LimitExceeded: the result would be too large.
    """
    if len(applied) > _MOST_CODINGS:
        raise Unreadable(f"the body is encoded more than {_MOST_CODINGS} times over")
    names: list[str] = []
    for coding in reversed(applied):
        undo = _CODINGS.get(coding)
        if undo is None:
            raise Unreadable(
                f"the upload's content encoding ({_shown(coding)}) cannot be inspected"
            )
        parts, size, most = (
            [],
            0,
            min(limits.item_bytes, max(_RATIO_FLOOR, limits.ratio * len(raw))),
        )
        for part in _checked(coding, undo(raw, names)):
            size += len(part)
            if size > most:
                raise LimitExceeded(f"its {coding} encoding unpacks to more than {most:,} bytes")
            parts.append(part)
        raw = b"".join(parts)
    return Decoded(raw, tuple(names))


def _shown(coding: str) -> str:
    """A coding's name, unless somebody wrote a novel there."""
    return coding if len(coding) <= 24 and coding.isascii() and coding.isprintable() else "unknown"


def _checked(coding: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The decoder's parts, with its errors in our words."""
    try:
        yield from parts
    except Unreadable:
        raise
    except Exception as error:  # each decoder has its own error classes, zstd several
        raise Unreadable(f"its {coding} encoding is damaged") from error


def _inflate(raw: bytes, start: int, window: int) -> Iterator[bytes | int]:
    """One deflate stream; yields its output and, last, where it ended."""
    engine = zlib.decompressobj(window)
    at = start
    while not engine.eof:
        piece = raw[at : at + _SLICE]
        if not piece:
            raise Unreadable("the encoded body ends too early")
        at += len(piece)
        while piece and not engine.eof:
            yield engine.decompress(piece, _STEP)
            piece = engine.unconsumed_tail
    yield at - len(engine.unused_data) - len(engine.unconsumed_tail)


def _gzip(raw: bytes, names: list[str]) -> Iterator[bytes]:
    """RFC 1952: any number of members and nothing else."""
    at = 0
    while at < len(raw) or not raw:
        if raw[at : at + 2] != b"\x1f\x8b":
            raise Unreadable(
                "something follows its gzip data"
                if at
                else "the upload says that it is gzip, and is not"
            )
        names += _gzip_names(raw, at)
        for part in _inflate(raw, at, 31):
            if isinstance(part, int):
                at = part
            else:
                yield part


def _gzip_names(raw: bytes, start: int) -> list[str]:
    """File name and comment of a gzip member: text that travels with the body."""
    flags, at = int.from_bytes(raw[start + 3 : start + 4]), start + 10
    if flags & 4:  # FEXTRA
        raise Unreadable("its gzip encoding carries an extra field that cannot be inspected")
    found = []
    for flag in (8, 16):  # FNAME, FCOMMENT: ISO 8859-1, ended by NUL
        if flags & flag:
            end = raw.find(b"\0", at)
            if end < 0:
                raise Unreadable("its gzip encoding is damaged")
            found.append(_text(raw[at:end]))
            at = end + 1
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _deflate(raw: bytes, _names: list[str]) -> Iterator[bytes]:
    """RFC 1950, or the bare RFC 1951 stream that some clients send under the same name."""
    wrapped = len(raw) >= 2 and raw[0] & 15 == 8 and int.from_bytes(raw[:2]) % 31 == 0
    for part in _inflate(raw, 0, 15 if wrapped else -15):
        if not isinstance(part, int):
            yield part
        elif part != len(raw):
            raise Unreadable("something follows its deflate data")


def _brotli(raw: bytes, _names: list[str]) -> Iterator[bytes]:
    """RFC 7932."""
    import brotli  # type: ignore[import-untyped] # it ships no types

    engine = brotli.Decompressor()
    for at in range(0, len(raw), _SLICE):
        if engine.is_finished():
            raise Unreadable("something follows its br data")
        part = engine.process(raw[at : at + _SLICE], output_buffer_limit=_STEP)
        while part or not engine.can_accept_more_data():
            yield part
            if engine.is_finished():
                break
            part = engine.process(b"", output_buffer_limit=_STEP)
    if not engine.is_finished():
        raise Unreadable("the encoded body ends too early")


def _zstd(raw: bytes, _names: list[str]) -> Iterator[bytes]:
    """RFC 8878, with the window that RFC 9659 allows on the web."""
    import zstandard

    engine = zstandard.ZstdDecompressor(max_window_size=8 * MIB)
    for start, end in _zstd_frames(raw):
        with engine.stream_reader(raw[start:end], read_across_frames=False) as reader:
            while part := reader.read(_STEP):
                yield part


def _zstd_frames(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where each frame begins and ends (RFC 8878 §3.1).

    Decoders skip "skippable" frames; we refuse them, as nobody reads what they hold.
    """
    import zstandard

    at = 0
    while at < len(raw) or not raw:
        head = raw[at : at + 18]
        if head[:4] != b"\x28\xb5\x2f\xfd":
            raise Unreadable("something other than data stands in its zstd encoding")
        end = at + zstandard.frame_header_size(head)
        last = False
        while not last:
            block = int.from_bytes(raw[end : end + 3], "little")
            last, kind, size = bool(block & 1), block >> 1 & 3, block >> 3
            end += 3 + (1 if kind == 1 else size)  # kind 1 repeats one byte
            if end > len(raw):
                raise Unreadable("the encoded body ends too early")
        end += 4 * zstandard.get_frame_parameters(head).has_checksum
        yield at, end
        at = end


_CODINGS: dict[str, Callable[[bytes, list[str]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
