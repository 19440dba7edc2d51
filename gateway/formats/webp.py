"""WebP pictures, animated ones too.

Source: RFC 9649.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._images.format import ImageFormat


class Webp(ImageFormat):
    """WebP pictures, animated ones too."""

    name: ClassVar[str] = "webp"

    def begins(self, data: bytes) -> bool:
        """By its signature."""
        return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


FORMAT = Webp()
