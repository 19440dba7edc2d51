"""Flat OpenDocument: the whole document in one XML file (fodt, fods, fodp, fodg).

Source: OASIS OpenDocument 1.3, part 3, §3.1.2 (``office:document``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.formats._base import Descend, Opener
from gateway.formats._base64 import encode_like
from gateway.formats._children import Children
from gateway.formats._odf.edits import changes_of
from gateway.formats._odf.layers import part_layers
from gateway.formats._odf.package import (
    drop_previews,
    open_binaries,
    preview_segments,
    revision_passages,
    written,
)
from gateway.formats._odf.part import PartReader
from gateway.formats._odf.reading import Part, Reading
from gateway.formats._odf.xml import read_part
from gateway.formats._ooxml.text import deal
from gateway.model import Edit, Role, Segment, Unread

_NAME = "document.xml"


class FlatDocument:
    """An opened flat file; see :class:`gateway.formats._base.Document`."""

    def __init__(self, kind: str, data: bytes, open_child: Opener) -> None:
        self.format = kind
        self._data = data
        self._source = read_part(data)
        self._reading = Reading()
        PartReader(Part(_NAME, "document", Role.BODY, self._source), self._reading).read()
        self._reading.passages += revision_passages(self._reading)
        self._children = Children(renames=True)
        self._binaries: dict[str, tuple[str, int, int]] = {}
        sources = {_NAME: self._source.text}
        open_binaries(self._reading, sources, self._children, self._binaries, open_child)
        self._children.own = [passage.segment for passage in self._reading.passages]
        self._children.own += preview_segments(self._reading)
        self.unread: Sequence[Unread] = self._children.unread

    def segments(self) -> Sequence[Segment]:
        """The file's own text, then that of its pictures and objects."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The file with the edits made."""
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        passages = self._reading.passages
        texts = range(len(passages))
        dealt = deal(passages, (edit for index in own if index in texts for edit in own[index]))
        by_part = changes_of(self._reading, {_NAME: self._source.text}, dealt)
        drop_previews(self._reading, by_part)
        changes = by_part.get(_NAME, [])
        for address, data in nested.items():
            _, start, end = self._binaries[address]
            changes.append((start, end, encode_like(self._source.text[start:end], data)))
        return written(self._source.text, self._source.codec, changes)


def flat_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """All text of a flat file, by expat."""
    yield from part_layers(data, descend)
