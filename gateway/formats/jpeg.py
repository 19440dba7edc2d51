"""JPEG pictures, MPO too.

Source: ITU-T T.81; CIPA DC-007 (MPO).
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._images.format import ImageFormat


class Jpeg(ImageFormat):
    """JPEG pictures, MPO too."""

    name: ClassVar[str] = "jpeg"

    def begins(self, data: bytes) -> bool:
        """By its signature."""
        return data.startswith(b"\xff\xd8\xff")


FORMAT = Jpeg()
