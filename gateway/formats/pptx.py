"""PowerPoint presentations, shows and templates (PresentationML), with and without macros.

Source: ECMA-376-1 §19 and §21. Reading and writing is that of every Office package: :mod:`_ooxml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._ooxml import Package, kind_of, plain_planner, plain_reader
from gateway.formats._ooxml_layers import package_layers
from gateway.model import Hint


class Pptx:
    """pptx, pptm, potx, potm, ppsx, ppsm, ppam."""

    name: ClassVar[str] = "pptx"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the content types name a PowerPoint main part."""
        del hint
        return 1.0 if kind_of(data) == self.name else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open a presentation."""
        del hint
        return Package(self.name, data, open_child, plain_reader, plain_planner)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its text, by zipfile and expat."""
        del hint
        yield from package_layers(data, descend)


FORMAT = Pptx()
