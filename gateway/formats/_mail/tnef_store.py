"""The structure of a TNEF stream (winmail.dat), taken apart so that single values can be changed.

Source: [MS-OXTNEF] Transport Neutral Encapsulation Format, section 2.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.errors import Unreadable
from gateway.formats._mail.mapi import BINARY, MULTIPLE, OBJECT, STRING8, UNICODE

SIGNATURE = b"\x78\x9f\x3e\x22"

BODY, SUBJECT, TITLE, DATA, METAFILE = 0x0002800C, 0x00018004, 0x00018010, 0x0006800F, 0x00068011
RENDERING, PROPERTIES, RECIPIENTS, ATTACHMENT = 0x00069002, 0x00069003, 0x00069004, 0x00069005
CODEPAGE, FILE_NAME = 0x00069007, 0x00069001
_MAPI = (PROPERTIES, ATTACHMENT)
_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8,
          0x0007: 8, 0x0014: 8, 0x0040: 8, 0x0048: 16, 0x0000: 0, 0x0001: 0}  # fmt: skip
_VARIABLE = (STRING8, UNICODE, BINARY, OBJECT)
_MOST = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Bytes that may be changed: an attribute, the value of a property, its name.

    Args:
        data: the bytes.
        tag: the attribute.
        identity: the property's id; -1 for a plain attribute or a name.
        kind: the property's type; -1 for a plain attribute, -2 for a name.
        counted: whether its length stands before it and zeros behind it, up to four bytes.
        row: the recipient that it belongs to, from 1; 0 for none.
    """

    data: bytes = field(repr=False)
    tag: int
    identity: int = -1
    kind: int = -1
    counted: bool = False
    row: int = 0

    def written(self, new: bytes) -> bytes:
        """The cell with other bytes in it."""
        if not self.counted:
            return new
        return struct.pack("<I", len(new)) + new + bytes(-len(new) % 4)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: fixed bytes and cells in a row."""

    level: int
    tag: int
    pieces: Sequence[bytes | Cell] = field(repr=False)

    @property
    def cells(self) -> Iterator[Cell]:
        """Its cells in order."""
        return (piece for piece in self.pieces if isinstance(piece, Cell))

    def written(self, changed: Mapping[Cell, bytes]) -> bytes:
        """The attribute with its new length and checksum (section 2.1.3.1)."""
        data = b"".join(
            piece.written(changed.get(piece, piece.data)) if isinstance(piece, Cell) else piece
            for piece in self.pieces
        )
        head = struct.pack("<BII", self.level, self.tag, len(data))
        return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def read_attributes(data: bytes) -> list[Attribute]:
    """All attributes of a stream.

    Raises:
        Unreadable: damaged, or with bytes behind its end.
    """
    if not data.startswith(SIGNATURE):
        raise Unreadable("damaged: not a TNEF stream")
    attributes: list[Attribute] = []
    at = 6
    while at < len(data) and data[at:].strip(b"\0\r\n"):
        if at + 9 > len(data) or data[at] not in (1, 2):
            raise Unreadable("damaged: a TNEF attribute")
        level, tag, size = struct.unpack_from("<BII", data, at)
        body = data[at + 9 : at + 9 + size]
        at += 9 + size + 2
        if len(body) < size or at > len(data):
            raise Unreadable("damaged: a TNEF attribute ends early")
        attributes.append(Attribute(level, tag, _pieces(tag, body)))
    return attributes


def write_attributes(
    data: bytes, attributes: Sequence[Attribute], changed: Mapping[Cell, bytes]
) -> bytes:
    """The stream with some cells changed; ``data`` is the old one."""
    return data[:6] + b"".join(attribute.written(changed) for attribute in attributes)


def _pieces(tag: int, body: bytes) -> Sequence[bytes | Cell]:
    if tag not in (*_MAPI, RECIPIENTS):
        return [Cell(body, tag)]
    try:
        reader = _Properties(body, tag)
        if tag == RECIPIENTS:
            for row in range(reader.number()):
                reader.properties(row + 1)
        else:
            reader.properties(0)
    except struct.error:
        raise Unreadable("damaged: a property of a TNEF stream") from None
    return [*reader.pieces, body[reader.at :]]


class _Properties:
    """Reads encapsulated properties (section 2.1.3.4) into fixed bytes and cells."""

    def __init__(self, body: bytes, tag: int) -> None:
        self.body, self.tag, self.at = body, tag, 0
        self.pieces: list[bytes | Cell] = []

    def number(self) -> int:
        (value,) = struct.unpack_from("<I", self.body, self.at)
        self._fixed(4)
        if value > _MOST:
            raise Unreadable("damaged: a property of a TNEF stream")
        return int(value)

    def properties(self, row: int) -> None:
        for _ in range(self.number()):
            kind, identity = struct.unpack_from("<2H", self.body, self.at)
            self._fixed(4)
            if identity >= 0x8000:
                self._fixed(16)
                if self.number() == 1:
                    self._cell(Cell(b"", self.tag, identity, -2, counted=True, row=row))
                else:
                    self._fixed(4)
            base = kind & ~MULTIPLE
            several = base in _VARIABLE or kind & MULTIPLE
            for _ in range(self.number() if several else 1):
                cell = Cell(b"", self.tag, identity, base, counted=base in _VARIABLE, row=row)
                self._cell(cell)

    def _fixed(self, size: int) -> None:
        if self.at + size > len(self.body):
            raise struct.error
        self.pieces.append(self.body[self.at : self.at + size])
        self.at += size

    def _cell(self, like: Cell) -> None:
        if like.counted:
            (size,) = struct.unpack_from("<I", self.body, self.at)
            start, whole = self.at + 4, 4 + size + -size % 4
        elif like.kind in _SIZES:
            start = self.at
            size = whole = _SIZES[like.kind]
        else:
            raise Unreadable("damaged: a property of a TNEF stream")
        if start + size > len(self.body):
            raise struct.error
        data = self.body[start : start + size]
        self.pieces.append(
            Cell(data, like.tag, like.identity, like.kind, counted=like.counted, row=like.row)
        )
        self.at = min(self.at + whole, len(self.body))
