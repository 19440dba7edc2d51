"""TIFF pictures of one page or many.

Source: TIFF 6.0 (Adobe 1992), BigTIFF.
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._images.format import ImageFormat


class Tiff(ImageFormat):
    """TIFF pictures of one page or many."""

    name: ClassVar[str] = "tiff"

    def begins(self, data: bytes) -> bool:
        """By its signature."""
        return data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"))


FORMAT = Tiff()
