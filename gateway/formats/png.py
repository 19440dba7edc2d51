"""PNG pictures, animated ones too.

Source: PNG third edition (W3C 2025).
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._images.format import ImageFormat


class Png(ImageFormat):
    """PNG pictures, animated ones too."""

    name: ClassVar[str] = "png"

    def begins(self, data: bytes) -> bool:
        """By its signature."""
        return data.startswith(b"\x89PNG\r\n\x1a\n")


FORMAT = Png()
