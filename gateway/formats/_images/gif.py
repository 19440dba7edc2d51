"""GIF files, block by block.

Source: GIF89a specification (CompuServe 1990), the Netscape and XMP application extensions.
"""

from __future__ import annotations

from gateway.errors import Unreadable
from gateway.formats._images.parts import Holds, Part

_CONTROL, _COMMENT, _PLAIN, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_LOOP = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_XMP = b"XMP DataXMP"
_XMP_END = 258  # bytes that close XMP, which is not cut into blocks


def gif_parts(data: bytes) -> tuple[Part, ...]:
    """All blocks; what stands behind the trailer is a trailer of its own.

    Raises:
        Unreadable: the blocks do not follow each other as they must.
    """
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < 13:
        raise Unreadable("image: damaged (no GIF)")
    at = 13 + _table(data[10])
    parts = [Part("header", 0, at, needed=True)]
    while True:
        start = at
        kind = data[at : at + 1]
        if kind == b";":
            parts.append(Part("end", at, at + 1, needed=True))
            break
        if kind == b",":
            packed = data[at + 9 : at + 10]
            first = at + 10 + (_table(packed[0]) if packed else 0) + 1
            at, _ = _blocks(data, first)
            parts.append(Part("image", start, at, needed=True))
        elif kind == b"!" and at + 2 < len(data):
            part = _extension(data, at)
            parts.append(part)
            at = part.end
        else:
            raise Unreadable("image: damaged (cut short)")
    end = parts[-1].end
    if end < len(data):
        parts.append(Part("trailer", end, len(data), holds=Holds.TRAILER, body=data[end:]))
    return tuple(parts)


def _extension(data: bytes, start: int) -> Part:
    kind = data[start + 1]
    end, body = _blocks(data, start + 2)
    if kind == _CONTROL:
        return Part("control", start, end, needed=True)
    if kind == _COMMENT:
        return Part("comment", start, end, holds=Holds.TEXT, body=body)
    if kind == _PLAIN:
        return Part("plain text", start, end, holds=Holds.TEXT, body=body[12:])
    if kind == _APPLICATION and body.startswith(_LOOP):
        return Part("loop", start, end, needed=len(body) == 14, holds=Holds.UNKNOWN, body=body[14:])
    if kind == _APPLICATION and body.startswith(_XMP):
        first = start + 3 + len(_XMP)
        return Part("XMP", start, end, holds=Holds.XMP, body=data[first : end - _XMP_END])
    return Part("extension", start, end, holds=Holds.UNKNOWN, body=body)


def _blocks(data: bytes, at: int) -> tuple[int, bytes]:
    """The end of a chain of sub-blocks, and what stands in them."""
    pieces: list[bytes] = []
    while True:
        if at >= len(data):
            raise Unreadable("image: damaged (cut short)")
        size = data[at]
        pieces.append(data[at + 1 : at + 1 + size])
        at += 1 + size
        if not size:
            return at, b"".join(pieces)


def _table(packed: int) -> int:
    """Bytes of a colour table."""
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0
