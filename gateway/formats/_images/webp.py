"""WebP files, chunk by chunk.

Source: RFC 9649.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.errors import Unreadable
from gateway.formats._images.exif import turn_only
from gateway.formats._images.parts import Holds, Part
from gateway.formats._images.profile import colours_only

_NEEDED = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_EXIF_FLAG, _XMP_FLAG, _PROFILE_FLAG = 0x08, 0x04, 0x20


def webp_parts(data: bytes) -> tuple[Part, ...]:
    """All chunks; what stands behind the RIFF's end is a trailer.

    The header says the size of all that follows: use :func:`sized` on what is put together anew.

    Raises:
        Unreadable: the chunks do not follow each other as they must.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise Unreadable("image: damaged (no WebP)")
    close = 8 + int.from_bytes(data[4:8], "little")
    if close > len(data):
        raise Unreadable("image: damaged (cut short)")
    parts = [Part("header", 0, 12, needed=True)]
    kept_profile = turned = False
    for kind, start, end, body in _chunks(data, 12, close):
        if kind == b"ICCP":
            clean = colours_only(body)
            kept_profile = bool(clean)
            instead = _chunk(kind, clean) if clean else b""
            parts.append(Part("ICCP", start, end, Holds.PROFILE, body, instead))
        elif kind == b"VP8X":
            parts.append(Part("VP8X", start, end, needed=True))
        elif kind == b"ANMF":
            parts.append(_frame(start, end, body))
        elif kind in _NEEDED:
            parts.append(Part("image", start, end, needed=True))
        elif kind == b"EXIF":
            turn = turn_only(body)
            turned = bool(turn)
            parts.append(
                Part("EXIF", start, end, Holds.EXIF, body, _chunk(kind, turn) if turn else b"")
            )
        else:
            holds = Holds.XMP if kind == b"XMP " else Holds.UNKNOWN
            parts.append(Part("metadata", start, end, holds=holds, body=body))
    parts = [_flagged(data, part, profile=kept_profile, turned=turned) for part in parts]
    if close < len(data):
        parts.append(Part("trailer", close, len(data), holds=Holds.TRAILER, body=data[close:]))
    return tuple(parts)


def sized(data: bytes) -> bytes:
    """The file with the size in its header corrected."""
    return data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]


def _frame(start: int, end: int, body: bytes) -> Part:
    """A frame of an animation: sixteen bytes of its own, then chunks, some of which may be odd."""
    kept, odd = body[:16], b""
    for kind, _, _, content in _chunks(body, 16, len(body)):
        if kind in _NEEDED:
            kept += _chunk(kind, content)
        else:
            odd += content + b"\0"
    instead = _chunk(b"ANMF", kept) if odd else None
    return Part("frame", start, end, Holds.UNKNOWN, odd, instead, needed=True)


def _flagged(data: bytes, part: Part, *, profile: bool, turned: bool) -> Part:
    """The extended header without the flags of what goes with the metadata."""
    if part.name != "VP8X":
        return part
    content = bytearray(data[part.start : part.end])
    content[8] &= ~_XMP_FLAG
    if not turned:
        content[8] &= ~_EXIF_FLAG
    if not profile:
        content[8] &= ~_PROFILE_FLAG
    return Part("VP8X", part.start, part.end, needed=True, instead=bytes(content))


def _chunks(data: bytes, at: int, close: int) -> Iterator[tuple[bytes, int, int, bytes]]:
    while at + 8 <= close:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if at + 8 + size > close:
            raise Unreadable("image: damaged (a WebP chunk is cut short)")
        yield kind, at, min(end, close), data[at + 8 : at + 8 + size]
        at = end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
