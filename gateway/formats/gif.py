"""GIF pictures, animated ones too.

Source: GIF89a specification (CompuServe 1990).
"""

from __future__ import annotations

from typing import ClassVar

from gateway.formats._images.format import ImageFormat


class Gif(ImageFormat):
    """GIF pictures, animated ones too."""

    name: ClassVar[str] = "gif"

    def begins(self, data: bytes) -> bool:
        """By its signature."""
        return data.startswith((b"GIF87a", b"GIF89a"))


FORMAT = Gif()
