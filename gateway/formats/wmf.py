"""Windows metafiles of the old kind (WMF): clip art, equations, previews of embedded objects.

Source: [MS-WMF].
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._metafiles import wmf
from gateway.formats._metafiles.document import Metafile, Writer
from gateway.formats._metafiles.second import wmf_layers
from gateway.model import Hint

_WRITER = Writer(wmf.rewritten, wmf.with_picture, wmf.without_enhanced, wmf.joined)


class Wmf:
    """wmf; its compressed form wmz is a gzip file with one in it."""

    name: ClassVar[str] = "wmf"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the header says so."""
        del hint
        return 1.0 if wmf.is_wmf(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the drawing and the pictures in it."""
        del hint
        return Metafile(self.name, data, wmf.read(data), _WRITER, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Strings by another walk, the pictures' own layers, and all bytes."""
        del hint
        yield from wmf_layers(data)
        for picture in wmf.read(data).pictures:
            yield from descend(picture.data, Hint(f"picture{picture.ending}"))


FORMAT = Wmf()
