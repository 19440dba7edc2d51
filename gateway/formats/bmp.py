"""BMP pictures.

Source: Microsoft, BITMAPFILEHEADER and the headers that may follow it.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._images.format import ImageFormat

_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})


class Bmp(ImageFormat):
    """BMP pictures."""

    name: ClassVar[str] = "bmp"

    def begins(self, data: bytes) -> bool:
        """By its two letters and a header of a size that exists."""
        return data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _HEADERS


FORMAT = Bmp()
