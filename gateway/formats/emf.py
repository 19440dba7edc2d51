"""Enhanced metafiles (EMF, EMF+): drawings that Office and Windows keep pictures and charts in.

Source: [MS-EMF], [MS-EMFPLUS].
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._metafiles import emf
from gateway.formats._metafiles.document import Metafile, Writer
from gateway.formats._metafiles.second import emf_layers
from gateway.model import Hint

_WRITER = Writer(emf.rewritten, emf.with_picture, lambda records: records, emf.joined)


class Emf:
    """emf; its compressed form emz is a gzip file with one in it."""

    name: ClassVar[str] = "emf"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the header says so."""
        del hint
        return 1.0 if emf.is_emf(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the drawing and the pictures in it."""
        del hint
        return Metafile(self.name, data, emf.read(data), _WRITER, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Strings by another walk, the pictures' own layers, and all bytes."""
        del hint
        yield from emf_layers(data)
        for picture in emf.read(data).pictures:
            yield from descend(picture.data, Hint(f"picture{picture.ending}"))


FORMAT = Emf()
