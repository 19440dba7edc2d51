"""What JPEG data carries beside its pixels: comments, EXIF, XMP, IPTC.

Source: ISO/IEC 10918-1, B.1.1 (marker segments); APP1 holds EXIF and XMP, APP13 IPTC by custom.
"""

from __future__ import annotations

from collections.abc import Iterator

_TELLING = (0xE1, 0xED, 0xFE)
_START_OF_SCAN = 0xDA


def telling_segments(jpeg: bytes) -> Iterator[tuple[int, int]]:
    """Byte ranges, marker included, of the segments that can tell something."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != _START_OF_SCAN:
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] in _TELLING and length > 2:
            yield at, at + 2 + length
        at += 2 + length


def without_telling(jpeg: bytes) -> bytes:
    """The data without those segments; its pixels stay as they are."""
    pieces = []
    at = 0
    for start, end in telling_segments(jpeg):
        pieces.append(jpeg[at:start])
        at = end
    return b"".join((*pieces, jpeg[at:]))
