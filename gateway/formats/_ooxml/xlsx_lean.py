"""Parts of which most was taken in whole shapes: sheets and shared strings; see :mod:`shapes`."""

from __future__ import annotations

import re

from gateway.formats._ooxml.package import Part
from gateway.formats._ooxml.part import PartReader
from gateway.formats._ooxml.text import Passage
from gateway.formats._ooxml.xml import Tag

LEAN_ROOTS = frozenset({"worksheet", "macrosheet", "sst"})
"""The roots of parts that have such a reader."""


class LeanReader(PartReader):
    """A part reader that is handed rows, cells and strings between its tokens."""

    lean = True

    def __init__(self, part: Part) -> None:
        super().__init__(part.name, part.address, part.role, part.source, xstrings=True)
        self._items = part.source.shapes.items
        self._next = 0
        self._next_at = self._items[0].start() if self._items else len(part.source.text)

    def read(self) -> list[Passage]:
        """All passages of the part."""
        super().read()
        self.advance(len(self.source.text))
        self.finish()
        return self.passages

    def finish(self) -> None:
        """Everything has been handed out."""

    def on_item(self, match: re.Match[str]) -> None:
        """A row, cell or string of a common shape."""

    def advance(self, at: int) -> None:
        """Hand out the shapes that stand before a place."""
        if self._next_at >= at:
            return
        items, size = self._items, len(self._items)
        index = self._next
        while index < size and items[index].start() < at:
            self.on_item(items[index])
            index += 1
        self._next = index
        self._next_at = items[index].start() if index < size else len(self.source.text)

    def on_open(self, tag: Tag, at: int) -> None:
        """Shapes come before what stands after them."""
        del tag
        self.advance(at)

    def on_close(self, tag: Tag, at: int) -> None:
        """Shapes come before what stands after them."""
        del tag
        self.advance(at)
