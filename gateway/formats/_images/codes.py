"""QR codes, bar codes and their kin: what they say is text.

Decoded with zxing-cpp (Apache-2.0). A code whose payload is no text is a picture like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2

from gateway.formats._images.models import Pixels
from gateway.formats._images.ocr import Polygon

_SAME_PLACE = 16  # pixels
_QUIET = 0.03  # painted beyond the code's own corners, in its size


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a picture: what it says, and four points around it."""

    text: str = field(repr=False)
    corners: Polygon


def read_codes(pixels: Pixels) -> tuple[Code, ...]:
    """All codes that say text, top down.

    Args:
        pixels: height, width, blue-green-red.
    """
    import zxingcpp

    found: dict[tuple[str, int, int], Code] = {}
    for shown in (pixels, cv2.bitwise_not(pixels)):  # it finds light squares by itself, not bars
        for result in zxingcpp.read_barcodes(shown):
            if result.text.strip() and result.content_type != zxingcpp.ContentType.Binary:
                code = Code(result.text, _grown(result.position))
                x, y = code.corners[0]
                found.setdefault((code.text, round(x / _SAME_PLACE), round(y / _SAME_PLACE)), code)
    return tuple(sorted(found.values(), key=lambda code: (code.corners[0][1], code.corners[0])))


def _grown(position: object) -> Polygon:
    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    points = [getattr(position, name) for name in names]
    across = sum(p.x for p in points) / 4, sum(p.y for p in points) / 4
    grow = 1 + _QUIET
    return tuple(
        (across[0] + (p.x - across[0]) * grow, across[1] + (p.y - across[1]) * grow) for p in points
    )
