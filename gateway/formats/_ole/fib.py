"""The file information block of a Word document: where everything else stands.

Source: [MS-DOC] §2.5 (Fib), §2.8.35 (PlcPcd), §2.9.38 (Clx), §2.4.1 (retrieving text).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.errors import Unreadable
from gateway.formats._ole.cfb import Compound

_WORD_97 = 0xC0
_ENCRYPTED, _WHICH_TABLE, _OBFUSCATED = 0x0100, 0x0200, 0x8000
_LCB_CLX = 33  # number of the pair that tells where the piece table stands
_MOST_PIECES = 500_000
_COMPRESSED = 0x4000_0000

SUBDOCUMENTS = (
    "body",
    "footnotes",
    "headers",
    "macros",
    "comments",
    "endnotes",
    "boxes",
    "header boxes",
)
"""Parts of the text, in order ([MS-DOC] §2.3)."""


class Piece(NamedTuple):
    """A stretch of text in the ``WordDocument`` stream: ``length`` characters from ``start``."""

    length: int
    start: int
    is_wide: bool


@dataclass(frozen=True, slots=True)
class Fib:
    """What the block tells.

    Args:
        main: the ``WordDocument`` stream's name as it stands.
        table: the table stream's name as it stands.
        counts: characters of each subdocument.
        pairs: offset and size of each structure in the table stream.
        end: where the block ends.
    """

    main: str
    table: str
    counts: Sequence[int]
    pairs: Sequence[tuple[int, int]]
    end: int


def is_word97(compound: Compound) -> bool:
    """Whether the file has the format of Word 97 or later.

    Raises:
        Unreadable: it is encrypted, which older ones tell in the same place.
    """
    main = compound.stream("WordDocument") or b""
    if len(main) > 12 and struct.unpack_from("<H", main, 10)[0] & _ENCRYPTED:
        raise Unreadable("encrypted: take its password off first")
    return len(main) > 900 and struct.unpack_from("<H", main, 2)[0] >= _WORD_97


def read_fib(compound: Compound) -> Fib:
    """Read the block.

    Raises:
        Unreadable: the document is encrypted or damaged.
    """
    main = compound.stream("WordDocument") or b""
    try:
        (flags,) = struct.unpack_from("<H", main, 10)
        if flags & _ENCRYPTED:
            raise Unreadable("encrypted: take its password off first")
        (words,) = struct.unpack_from("<H", main, 32)
        at = 34 + 2 * words
        (longs,) = struct.unpack_from("<H", main, at)
        numbers = struct.unpack_from(f"<{longs}i", main, at + 2)
        at += 2 + 4 * longs
        (count,) = struct.unpack_from("<H", main, at)
        flat = struct.unpack_from(f"<{2 * count}I", main, at + 2)
    except struct.error:
        raise Unreadable("damaged: the head of the Word document") from None
    if longs < 11 or count <= _LCB_CLX:
        raise Unreadable("damaged: the head of the Word document")
    table = "1Table" if flags & _WHICH_TABLE else "0Table"
    return Fib(
        _as_written(compound, "WordDocument"),
        _as_written(compound, table),
        [max(0, n) for n in numbers[3:11]],
        list(zip(flat[::2], flat[1::2], strict=True)),
        at + 2 + 8 * count,
    )


def _as_written(compound: Compound, name: str) -> str:
    for node in compound.nodes:
        if len(node.path) == 1 and node.name.lower() == name.lower():
            return node.name
    raise Unreadable("damaged: a stream of the Word document is missing")


def read_pieces(main: bytes, table: bytes, fib: Fib) -> list[Piece]:
    """The pieces of the text in reading order.

    Raises:
        Unreadable: the piece table is damaged.
    """
    start, size = fib.pairs[_LCB_CLX]
    clx = table[start : start + size]
    at = 0
    try:
        while clx[at] == 1:  # Prc: formatting of pieces
            at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
        if clx[at] != 2:
            raise Unreadable("damaged: the piece table")
        (length,) = struct.unpack_from("<I", clx, at + 1)
        count = (length - 4) // 12
        if not 0 < count < _MOST_PIECES:
            raise Unreadable("damaged: the piece table")
        ends = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
        pieces: list[Piece] = []
        for number in range(count):
            (place,) = struct.unpack_from("<I", clx, at + 5 + 4 * (count + 1) + 8 * number + 2)
            wide = not place & _COMPRESSED
            offset = place & 0x3FFF_FFFF if wide else (place & 0x3FFF_FFFF) // 2
            pieces.append(Piece(ends[number + 1] - ends[number], offset, wide))
    except (struct.error, IndexError):
        raise Unreadable("damaged: the piece table") from None
    for piece in pieces:
        if piece.length < 0 or piece.start + piece.length * (1 + piece.is_wide) > len(main):
            raise Unreadable("damaged: the piece table")
    return pieces
