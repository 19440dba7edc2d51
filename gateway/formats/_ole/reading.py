"""What a reader of one kind of file hands over: passages, children, and what it covered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._ledger import Ledger
from gateway.formats._ole.officeart import PictureHole, Pieces, blips, write_along
from gateway.formats._ole.passage import Passage, Path, Streams, covered_by
from gateway.model import Hint, Unread

type Fill = Callable[[Streams, bytes], None]
"""Puts the new bytes of a child in the place of the old."""


@dataclass(frozen=True, slots=True)
class Child:
    """A document inside, and how it is put back.

    ``drop`` takes it out, where the file can do without: one that could only be put back as
    another kind of file.
    """

    part: str
    data: bytes = field(repr=False)
    hint: Hint
    fill: Fill
    drop: Callable[[Streams], None] | None = None


@dataclass(slots=True)
class Reading:
    """Everything found in one file."""

    ledger: Ledger
    passages: list[Passage] = field(default_factory=list, repr=False)
    children: list[Child] = field(default_factory=list, repr=False)
    unread: list[Unread] = field(default_factory=list)
    done: dict[Path, list[tuple[int, int]]] = field(default_factory=dict, repr=False)

    def add(self, passages: Iterable[Passage]) -> None:
        """Add passages, and note which bytes they cover."""
        for passage in passages:
            self.passages.append(passage)
            for stream, start, end in covered_by(passage.place):
                self.cover(stream, start, end)

    def cover(self, stream: Path, start: int, end: int) -> None:
        """These bytes are read, or hold no text."""
        self.done.setdefault(stream, []).append((start, end))

    def pictures(self, stream: Path, data: bytes, part: str, pieces: Pieces = ()) -> None:
        """Add all pictures in some bytes of a stream, which stand there in ``pieces``."""
        try:
            for number, blip in enumerate(blips(data, self.ledger), 1):
                hole = PictureHole(stream, blip, self.ledger, pieces)
                place = f"{part}/picture {number}"
                self.children.append(Child(place, blip.data, blip.hint, hole.fill))
                for start, end in along(pieces, blip.start, blip.end):
                    self.cover(stream, start, end)
        except LimitExceeded:
            raise
        except Unreadable as error:
            self.unread.append(Unread(part, str(error)))

    def archives(self, stream: Path, data: bytes, part: str, pieces: Pieces = ()) -> None:
        """Add zip archives (a theme) that stand somewhere in some bytes of a stream."""
        for number, match in enumerate(_ARCHIVE.finditer(data), 1):
            places = along(pieces, *match.span())
            if any(low <= places[0][0] < high for low, high in self.done.get(stream, ())):
                continue
            hole = ArchiveHole(stream, *match.span(), pieces)
            place = f"{part}/archive {number}"
            self.children.append(Child(place, match[0], Hint("embedded.zip"), hole.fill))
            for start, end in places:
                self.cover(stream, start, end)


@dataclass(frozen=True, slots=True)
class ArchiveHole:
    """Where a zip archive stands in a stream; a new one has no more room."""

    stream: Path = field(repr=False)
    start: int
    end: int
    pieces: Pieces = ()

    def fill(self, streams: Streams, new: bytes) -> None:
        """Write the new archive, and zeros behind it."""
        room = self.end - self.start
        if len(new) > room:
            raise CannotEdit("a redacted part inside is larger than the place of the old one")
        write_along(streams, self.stream, self.pieces, self.start, new.ljust(room, b"\0"))


# From the first local header to the end of the directory, whose comment is empty.
_ARCHIVE = re.compile(rb"PK\x03\x04.*?PK\x05\x06.{16}\0\0", re.DOTALL)


def along(pieces: Pieces, start: int, end: int) -> Sequence[tuple[int, int]]:
    """A stretch that counts along the pieces, as stretches of the stream itself."""
    if not pieces:
        return [(start, end)]
    found: list[tuple[int, int]] = []
    first = 0
    for low, high in pieces:
        at, stop = max(start, first), min(end, first + high - low)
        if at < stop:
            found.append((low + at - first, low + stop - first))
        first += high - low
    return found
