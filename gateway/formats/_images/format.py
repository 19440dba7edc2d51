"""What png, jpeg, gif, bmp, tiff, webp and heic do alike.

Nothing heavy is imported before a picture is opened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.model import Hint


class ImageFormat(ABC):
    """A kind of picture; a subclass names it and knows its first bytes."""

    name: ClassVar[str]

    @abstractmethod
    def begins(self, data: bytes) -> bool:
        """Whether the bytes begin as this kind does."""

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the first bytes say so."""
        del hint
        return 1.0 if self.begins(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Read a picture: its pixels, codes and metadata."""
        from gateway.formats._images.document import ImageDocument

        del hint
        return ImageDocument(self.name, data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """What its pixels say, and its metadata as Pillow tells it."""
        from gateway.formats._images.layers import image_layers

        del hint
        yield from image_layers(self.name, data, descend)
