"""An opened file of the old Office kinds: its text in one list, its edits written in place.

Once anything changes, the compound file is written anew, so that free sectors, deleted entries
and the ends of sectors keep nothing of what was there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.errors import CannotEdit
from gateway.formats._base import Opener
from gateway.formats._children import Children
from gateway.formats._ole.cfb import STREAM, Compound, read_compound
from gateway.formats._ole.common import read_common, rebuilt
from gateway.formats._ole.passage import Streams
from gateway.formats._ole.reading import Reading
from gateway.model import Edit, Rung, Segment, Unread

type Reader = Callable[[Compound, Reading], None]
"""Reads the main streams of one kind of file."""

type Finisher = Callable[[Compound, Streams], None]
"""What a kind of file needs after its text was changed (records that change their size)."""


def nothing_more(compound: Compound, streams: Streams) -> None:
    """The finisher of a kind of file that needs none."""
    del compound, streams


class OleDocument:
    """See :class:`gateway.formats._base.Document`.

    Args:
        kind: name of the format.
        data: the file.
        open_child: opens what is embedded.
        reader: reads the main streams.
        main: names of those, in lower case.
        finish: see :data:`Finisher`.
    """

    def __init__(
        self,
        kind: str,
        data: bytes,
        open_child: Opener,
        reader: Reader,
        main: frozenset[str],
        finish: Finisher = nothing_more,
    ) -> None:
        self.format = kind
        self._data = data
        self._compound = read_compound(data)
        self._finish = finish
        self._ledger = open_child.ledger
        reading = Reading(open_child.ledger)
        reader(self._compound, reading)
        read_common(self._compound, reading, main)
        self._passages = reading.passages
        self._children = Children(renames=True)
        self._children.own = [passage.segment for passage in reading.passages]
        self._children.unread += reading.unread
        self._inside = {child.part: child for child in reading.children}
        for child in reading.children:
            self._children.open(child.part, child.data, child.hint, open_child)
        self.unread: Sequence[Unread] = self._children.unread

    def segments(self) -> Sequence[Segment]:
        """The file's own text, then that of what is embedded."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The file with the edits made; new text takes the room of the old.

        Raises:
            CannotEdit: a name of the structure, or a picture too large for its place.
        """
        if not edits:
            return self._data
        own, changed = self._children.apply(edits)
        nodes = self._compound.nodes
        streams = Streams({n.path: bytearray(n.data) for n in nodes if n.kind == STREAM})
        for index, group in own.items():
            segment, place = self._passages[index]
            place.write(streams, segment.text, group)
        for part, data in changed.items():
            self._put_back(part, data, streams)
        self._finish(self._compound, streams)
        if streams.dropped:
            self._ledger.took(Rung.DROPPED)
        return rebuilt(self._compound, streams)

    def _put_back(self, part: str, data: bytes, streams: Streams) -> None:
        """Put a changed child in its place; one that is of another kind now is left out."""
        child, ending = self._inside[part], self._children.endings.get(part)
        if not ending:
            child.fill(streams, data)
        elif child.drop:
            child.drop(streams)
            self._ledger.took(Rung.DROPPED)
        else:
            raise CannotEdit(f"a part inside can only be redacted as {ending}")
