"""What docx, xlsx and pptx do alike; see :mod:`package` for the package itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ooxml.kinds import kind_of
from gateway.model import Hint

if TYPE_CHECKING:
    from gateway.formats._ooxml.package import Planner, Reader


class OfficeFormat:
    """A kind of Office package; a subclass names it, and may read and write parts its own way."""

    name: ClassVar[str]

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the content types name a main part of this kind."""
        del hint
        return 1.0 if kind_of(data) == self.name else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the package."""
        from gateway.formats._ooxml.package import Package

        del hint
        return Package(self.name, data, open_child, *self.ways())

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its text, by zipfile and expat."""
        from gateway.formats._ooxml.layers import package_layers

        del hint
        yield from package_layers(data, descend)

    def ways(self) -> tuple[Reader, Planner]:
        """How the parts of one package are read and changed."""
        from gateway.formats._ooxml.package import plain_planner, plain_reader

        return plain_reader, plain_planner
