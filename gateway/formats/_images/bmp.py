"""BMP files: a header, a palette, rows of pixels, and what stands between them.

Source: Microsoft, BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV5HEADER.
"""

from __future__ import annotations

import struct

from gateway.errors import Unreadable
from gateway.formats._images.parts import Holds, Part

_PACKED = frozenset({1, 2, 4, 5})  # compressions whose size only the header says


def bmp_parts(data: bytes) -> tuple[Part, ...]:
    """Header, gap, pixels, trailer; gap and trailer only if there are any.

    Raises:
        Unreadable: the header is none.
    """
    try:
        return _parts(data)
    except struct.error:
        raise Unreadable("image: damaged (no BMP)") from None


def _parts(data: bytes) -> tuple[Part, ...]:
    pixels, head = struct.unpack_from("<II", data, 10)
    if head == 12:
        width, height, _, depth = struct.unpack_from("<HHHH", data, 18)
        packed = size = used = 0
        entry = 3
    else:
        width, height, _, depth, packed, size = struct.unpack_from("<iiHHII", data, 18)
        (used,) = struct.unpack_from("<I", data, 46)
        entry = 4
    palette = (used or 2**depth) * entry if depth <= 8 else used * entry
    masks = 16 if head == 40 and packed in (3, 6) else 0
    first = min(14 + head + palette + masks, pixels, len(data))
    rows = (width * depth + 31) // 32 * 4 * abs(height)
    end = min(pixels + (size if packed in _PACKED else rows), len(data))
    if end < pixels:
        raise Unreadable("image: damaged (cut short)")
    return (
        Part("header", 0, first, needed=True),
        Part("gap", first, pixels, holds=Holds.UNKNOWN, body=data[first:pixels]),
        Part("pixels", pixels, end, needed=True),
        Part("trailer", end, len(data), holds=Holds.TRAILER, body=data[end:]),
    )
