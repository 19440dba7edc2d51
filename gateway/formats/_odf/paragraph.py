"""A paragraph of OpenDocument text, as its tracked changes let it be read.

Source: OASIS OpenDocument 1.3, part 3, §5.5 (change tracking), §6.4 (ruby).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.formats._markup import between
from gateway.formats._odf.reading import Typed
from gateway.formats._ooxml.text import Piece

DELETED, INSERTED = 1, 2


@dataclass(slots=True)
class Paragraph:
    """A paragraph while it is read: its pieces, each with the marks that were in force."""

    typed: Typed | None = None
    pieces: list[tuple[Piece, int]] = field(default_factory=list)
    rubies: list[Piece] = field(default_factory=list)

    def add(self, piece: Piece, marks: int = 0) -> None:
        """Append a piece; between words that only markup parts, as a reader sees them."""
        if self.pieces and piece[0] and between(self.pieces[-1][0][0], piece[0]):
            self.pieces.append(((" ", ()), marks))
        self.pieces.append((piece, marks))

    def text(self) -> str:
        """Everything in it."""
        return "".join(piece[0] for piece, _ in self.pieces)

    def views(self) -> list[tuple[Piece, ...]]:
        """The text with all that was ever in it; without what was deleted; … inserted; rubies."""
        views: list[tuple[Piece, ...]] = []
        seen: set[str] = set()
        for hidden in (0, DELETED, INSERTED):
            view = tuple(piece for piece, marks in self.pieces if not marks & hidden)
            text = "".join(piece[0] for piece in view)
            if text.strip() and text not in seen:
                views.append(view)
                seen.add(text)
        if any(text.strip() for text, _ in self.rubies):
            views.append(tuple(self.rubies))
        return views
