"""HEIC and AVIF pictures; redacted, they become JPEG.

Source: ISO/IEC 23008-12.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._images.format import ImageFormat
from gateway.formats._images.heif import is_heif


class Heic(ImageFormat):
    """HEIC and AVIF pictures."""

    name: ClassVar[str] = "heic"

    def begins(self, data: bytes) -> bool:
        """By the brand in its first box."""
        return is_heif(data)


FORMAT = Heic()
