"""JPEG files, segment by segment.

Sources: ITU-T T.81 Annex B (markers), JFIF 1.02, Exif 3.0 §4.5, XMP specification part 3 §1.1.3,
ICC.1:2022 Annex B.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.errors import Unreadable
from gateway.formats._images.exif import turn_only
from gateway.formats._images.parts import Holds, Part
from gateway.formats._images.profile import colours_only
from gateway.formats._images.samsung import samsung_parts

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_APP = range(0xE0, 0xF0)
_NEXT = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # a marker that ends entropy-coded data
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_MORE_XMP_HEAD = len(_MORE_XMP) + 32 + 8  # digest, length, offset
_PROFILE = b"ICC_PROFILE\0"


def jpeg_parts(data: bytes) -> tuple[Part, ...]:
    """All segments; the bytes behind the end of the image are a trailer.

    Raises:
        Unreadable: the segments do not follow each other as they must.
    """
    segments = list(_segments(data))
    profile = b"".join(
        data[body + 14 : end]
        for marker, _, body, end in segments
        if marker == 0xE2 and data[body:end].startswith(_PROFILE)
    )
    parts: list[Part] = []
    more: list[bytes] = []
    told_profile = False
    for marker, start, body, end in segments:
        content = data[body:end]
        if marker == 0xE1 and content.startswith(_MORE_XMP):
            more.append(content[_MORE_XMP_HEAD:])
            parts.append(Part("XMP", start, end))
        elif marker == 0xE2 and content.startswith(_PROFILE):
            clean = _profile_segments(colours_only(profile)) if not told_profile else b""
            holds = Holds.NOTHING if told_profile else Holds.PROFILE
            parts.append(Part("colour profile", start, end, holds, profile, clean))
            told_profile = True
        else:
            parts.append(_part(marker, start, end, content))
    if more:
        parts.append(Part("XMP", parts[-1].end, parts[-1].end, Holds.XMP, b"".join(more)))
    if parts[-1].end < len(data):
        end = parts[-1].end
        trailer = Part("trailer", end, len(data), Holds.TRAILER, data[end:])
        parts += samsung_parts(data, end) or [trailer]
    return tuple(parts)


def _part(marker: int, start: int, end: int, content: bytes) -> Part:
    if marker == _COM:
        return Part("comment", start, end, holds=Holds.TEXT, body=content)
    if marker == 0xE0 and content.startswith(b"JFIF\0"):
        bare = content[:12] + b"\0\0"  # no thumbnail
        return Part("JFIF", start, end, Holds.UNKNOWN, content[14:], _app(0xE0, bare))
    if marker == 0xE0 and content.startswith(b"JFXX\0\x10"):
        return Part("thumbnail", start, end, holds=Holds.PREVIEW, body=content[6:])
    if marker == 0xE1 and content.startswith(b"Exif\0"):
        turn = turn_only(content)
        instead = _app(0xE1, b"Exif\0\0" + turn) if turn else b""
        return Part("Exif", start, end, Holds.EXIF, content, instead)
    if marker == 0xE1 and content.startswith(_XMP):
        return Part("XMP", start, end, holds=Holds.XMP, body=content[len(_XMP) :])
    if marker == 0xE2 and content.startswith(b"MPF\0"):
        return Part("MPF", start, end)
    if marker == 0xED and content.startswith(b"Photoshop 3.0\0"):
        return Part("Photoshop", start, end, holds=Holds.PHOTOSHOP, body=content)
    if marker == 0xEE and content.startswith(b"Adobe") and len(content) == 12:
        return Part("Adobe", start, end, needed=True)  # says how the colours are coded
    if marker in _APP:
        return Part(f"APP{marker - 0xE0}", start, end, holds=Holds.UNKNOWN, body=content)
    return Part("image", start, end, needed=True)


def _segments(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Marker, start, start of the content, end."""
    if data[:2] != b"\xff\xd8":
        raise Unreadable("image: damaged (no JPEG)")
    yield _SOI, 0, 2, 2
    at = 2
    while True:
        start = at
        if at + 1 >= len(data) or data[at] != 0xFF:
            raise Unreadable("image: damaged (a JPEG segment is missing)")
        while at + 1 < len(data) and data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1] if at + 1 < len(data) else 0
        at += 2
        if marker == _EOI:
            yield marker, start, at, at
            return
        if marker in _BARE:
            yield marker, start, at, at
            continue
        size = int.from_bytes(data[at : at + 2])
        end = at + size
        if size < 2 or end > len(data):
            raise Unreadable("image: damaged (a JPEG segment is cut short)")
        if marker == _SOS:
            following = _NEXT.search(data, end)
            if following is None:
                raise Unreadable("image: damaged (cut short)")
            yield marker, start, at + 2, following.start()
            at = following.start()
        else:
            yield marker, start, at + 2, end
            at = end


def _profile_segments(profile: bytes) -> bytes:
    """A colour profile in segments of its own."""
    most = 65_000
    pieces = [profile[at : at + most] for at in range(0, len(profile), most)]
    return b"".join(
        _app(0xE2, _PROFILE + bytes((number, len(pieces))) + piece)
        for number, piece in enumerate(pieces, 1)
    )


def _app(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2) + content
