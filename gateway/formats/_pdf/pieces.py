"""From runs to lines: runs drawn one after another join to pieces, pieces on one baseline to lines.

A PDF has no spaces or lines, only glyphs at positions. All distances are compared in units of the
font size.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from copy import copy
from itertools import pairwise

from gateway.formats._pdf.sheet import Glyph, Run

SAME_BASELINE = 0.3
SPACE = 0.15  # kerning stays below, word spaces begin at about 0.2
WIDE_SPACE = 0.5  # justified ideographs are spread apart without meaning a space
_PIECE_GAP = 1.2
_LINE_GAP = 1.5  # columns and table cells stand further apart
_OVERLAP = 0.4
_CONTEXT = 60


class Piece:
    """Glyphs on one baseline, left to right: a piece, and later a line.

    ``begin`` and ``end`` lie along the line, ``base`` across it (upwards is more). ``first`` and
    ``last`` are positions in the order of drawing; ``in_order`` says that nothing else was drawn
    between them.
    """

    __slots__ = (
        "base",
        "begin",
        "chars",
        "end",
        "first",
        "hidden",
        "in_order",
        "last",
        "owners",
        "row_text",
        "size",
        "spacing",
    )

    def __init__(self, run: Run, order: int) -> None:
        self.first = self.last = order
        self.in_order = True
        self.chars: list[str] = []
        self.owners: list[Glyph | None] = []
        self.hidden = run.hidden
        self.size = run.size or 1.0
        self.begin, self.end, self.base = extent(run)
        self.spacing = 0.0
        self.row_text = ""
        self._take(run)

    def _take(self, run: Run) -> None:
        for glyph in run.glyphs:
            for char in glyph.text or "":
                self.chars.append(char)
                self.owners.append(glyph)
        self.spacing = run.spacing if len(run.glyphs) > 1 else 0.0

    def add_run(self, run: Run, order: int) -> None:
        begin, end, _ = extent(run)
        self._gap(begin - self.end - self.spacing, first_char(run))
        self._take(run)
        self.last = order
        self.end = max(self.end, end)

    def add_piece(self, other: Piece) -> None:
        self._gap(other.begin - self.end - self.spacing, other.chars[0] if other.chars else "")
        self.chars += other.chars
        self.owners += other.owners
        self.in_order = self.in_order and other.in_order and other.first == self.last + 1
        self.last = other.last
        self.end = max(self.end, other.end)
        self.spacing = other.spacing
        self.hidden = self.hidden and other.hidden

    def _gap(self, gap: float, following: str) -> None:
        if not self.chars or not following or self.chars[-1].isspace() or following.isspace():
            return
        wide = is_wide(self.chars[-1]) and is_wide(following)
        if gap > (WIDE_SPACE if wide else SPACE) * self.size:
            self.chars.append(" ")
            self.owners.append(None)

    def gaps(self) -> list[tuple[int, float, float]]:
        """Where nothing is drawn: before which position, and from where to where along the line."""
        found = []
        before: Glyph | None = None
        for at, owner in enumerate(self.owners):
            if owner is None or owner is before:
                continue
            if before is not None:
                end, begin = before.along() + before.length, owner.along()
                if begin - end > SPACE * self.size:
                    found.append((at, end, begin))
            before = owner
        return found

    def parts(self, gaps: Sequence[int]) -> Iterator[Piece]:
        """What stands between some gaps, as pieces of their own."""
        for start, end in pairwise((0, *gaps, len(self.chars))):
            part = copy(self)
            if self.owners[end - 1] is None:  # the gap itself
                end -= 1  # noqa: PLW2901 - one of two ends of a pair
            part.chars, part.owners = self.chars[start:end], self.owners[start:end]
            shown = [owner for owner in part.owners if owner]
            if shown:
                part.begin = min(owner.along() for owner in shown)
                part.end = max(owner.along() + owner.length for owner in shown)
                part.in_order = False
                yield part

    def first_word(self) -> float:
        """The width that the first word, or the first ideograph, takes."""
        text = "".join(self.chars).lstrip()
        word = text[:1] if text and is_wide(text[0]) else text.partition(" ")[0]
        return len(word) * (self.end - self.begin) / max(len(text), 1)


def is_wide(char: str) -> bool:
    """Whether a character is written without spaces between words (ideographs, kana)."""
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\uffef" or char >= "\U00020000"


def extent(run: Run) -> tuple[float, float, float]:
    """Begin and end of a run along its line, and its baseline across."""
    along_x, along_y = run.along
    first, last = run.glyphs[0], run.glyphs[-1]
    begin = first.x * along_x + first.y * along_y
    end = last.x * along_x + last.y * along_y + last.length
    if end <= begin:  # a font without widths
        end = begin + run.size * len(run.glyphs) / 2
    return begin, end, first.y * along_x - first.x * along_y


def first_char(run: Run) -> str:
    return next((glyph.text[0] for glyph in run.glyphs if glyph.text), "")


def join_runs(runs: Sequence[Run]) -> list[tuple[tuple[int, int], Piece]]:
    """Runs joined to pieces, in the order of drawing, each with its direction."""
    pieces: list[tuple[tuple[int, int], Piece]] = []
    for order, run in enumerate(runs):
        direction = (round(run.along[0] * 20), round(run.along[1] * 20))
        if pieces and pieces[-1][0] == direction and _continues(pieces[-1][1], run):
            pieces[-1][1].add_run(run, order)
        else:
            pieces.append((direction, Piece(run, order)))
    return pieces


def _continues(piece: Piece, run: Run) -> bool:
    begin, _, base = extent(run)
    size = piece.size
    gap = begin - piece.end - piece.spacing
    return (
        piece.hidden == run.hidden
        and abs(base - piece.base) <= SAME_BASELINE * size
        and -_OVERLAP * size <= gap <= _PIECE_GAP * size
        and alike(size, run.size or 1.0, 2.0)
    )


def alike(one: float, other: float, factor: float) -> bool:
    return one <= other * factor and other <= one * factor


def join_pieces(pieces: list[Piece]) -> list[Piece]:
    """Pieces of one direction joined to lines, from the top down, then along the row."""
    lines: list[Piece] = []
    for row in rows_of(sorted(pieces, key=lambda piece: -piece.base)):
        row = sorted(_parted(row), key=lambda piece: piece.begin)  # noqa: PLW2901 - the row in order
        line: Piece | None = None
        for piece in row:
            gap = piece.begin - line.end if line else 0.0
            if (
                line
                and -_OVERLAP * line.size <= gap <= _LINE_GAP * line.size
                and alike(line.size, piece.size, 1.7)
                and line.hidden == piece.hidden
            ):
                line.add_piece(piece)
                continue
            if line:
                piece.row_text = "".join(line.chars)[-_CONTEXT:].strip()
            line = piece
            lines.append(line)
    return lines


def _parted(row: list[Piece]) -> Iterator[Piece]:
    """Pieces of a row; one with a gap in which another begins is parted at its gaps.

    Letters drawn in no order at all join to pieces with holes.
    """
    begins = sorted(piece.begin for piece in row)
    for piece in row:
        gaps = piece.gaps() if len(row) > 1 else []
        near = 0.1 * piece.size
        if any(bisect_left(begins, a - near) < bisect_left(begins, b - near) for _, a, b in gaps):
            yield from piece.parts([at for at, _, _ in gaps])
        else:
            yield piece


def rows_of(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces that stand on one baseline, given in order from the top down."""
    row: list[Piece] = []
    for piece in pieces:
        if row and row[0].base - piece.base > SAME_BASELINE * max(row[0].size, piece.size):
            yield row
            row = []
        row.append(piece)
    if row:
        yield row
