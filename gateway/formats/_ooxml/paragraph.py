"""A paragraph of an Office document, as its tracked changes and its runs let it be read.

Source: ECMA-376-1 §17.13.5 (tracked changes), §17.3.3.25 and §18.4.6 (phonetic text).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from gateway.formats._ooxml.text import Piece

_DELETED, _INSERTED, _PHONETIC = 1, 2, 4
MARKS = {
    "del": _DELETED,
    "moveFrom": _DELETED,
    "ins": _INSERTED,
    "moveTo": _INSERTED,
    "rt": _PHONETIC,
    "rPh": _PHONETIC,
}
"""What an element makes of the text in it, by local name."""

_SHORTEST_STRETCH = 5


@dataclass(slots=True)
class Paragraph:
    """A paragraph while it is read: its pieces, each with the marks that were in force."""

    pieces: list[tuple[Piece, int]] = field(default_factory=list)
    instructions: list[Piece] = field(default_factory=list)

    def views(self) -> list[tuple[Piece, ...]]:
        """The text as it stands; without what was deleted; without what was inserted."""
        views: list[tuple[Piece, ...]] = []
        seen: set[str] = set()
        for hidden in (0, _DELETED | _PHONETIC, _INSERTED | _PHONETIC):
            view = tuple(piece for piece, marks in self.pieces if not marks & hidden)
            text = "".join(piece[0] for piece in view)
            if text.strip() and text not in seen:
                views.append(view)
                seen.add(text)
        return views

    def stretches(self) -> list[tuple[Piece, ...]]:
        """Runs and tracked changes that nothing parts from the text beside them.

        A reader sees them apart, by colour or weight; joined, "Carter" and "138…" are one word.
        """
        tracked = groupby(self.pieces, key=lambda entry: entry[1] & (_DELETED | _INSERTED))
        cuts: list[list[tuple[Piece, ...]]]
        cuts = [[(piece,) for piece in view] for view in self.views()]
        cuts.append([tuple(piece for piece, _ in group) for _, group in tracked])
        found: dict[tuple[int, ...], tuple[Piece, ...]] = {}
        for cut in cuts:
            texts = ["", *("".join(text for text, _ in pieces) for pieces in cut), ""]
            for pieces, before, text, after in zip(cut, texts, texts[1:], texts[2:], strict=False):
                if len(text) >= _SHORTEST_STRETCH and _touches(before, text, after):
                    found[tuple(map(id, pieces))] = pieces
        for phonetic, group in groupby(self.pieces, key=lambda entry: entry[1] & _PHONETIC):
            pieces = tuple(piece for piece, _ in group)
            if phonetic and any(text.strip() for text, _ in pieces):
                found[tuple(map(id, pieces))] = pieces  # it stands above the text, not before it
        return list(found.values())


def _touches(before: str, text: str, after: str) -> bool:
    """Whether a text is one word with what is beside it, but need not be the end of that word."""
    edges = [edge for edge in (before[-1:] + text[:1], text[-1:] + after[:1]) if len(edge) == 2]
    glued = [edge for edge in edges if edge.isascii() and edge.isalnum()]
    if "@" in text and glued == [text[-1:] + after[:1]]:
        return True
    return bool(glued) and all(edge[0].isdigit() != edge[1].isdigit() for edge in glued)
