"""Lines of a picture in the order and the company in which people read them.

Two things matter to whoever searches the text: a label and its value in one row belong together,
and a value that goes on in the next line of a paragraph is one value. So lines that wrap become
one block, and all other lines stand row by row, what lies apart in a row set off by a tab.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gateway.formats._images.ocr import Line, Polygon, is_ideograph, is_mirrored

# Narrower lines, in line heights, are entries of a list rather than wrapped; two lines alone prove
# less than more of them.
_WRAPPING = 8.0
_WRAPPING_ALONE = 14.0
_WIDEST_WORD = 6.0  # a longer one is broken rather than moved to the next line whole
_TOKEN = frozenset("0123456789@_/\\=+%&#~")


type _Way = tuple[bool, int]  # mirrored, and by how many quarters turned


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that are read together.

    Args:
        text: of all the lines.
        lines: with the place in ``text`` where each begins.
        context: what stands before the block in its first row.
    """

    text: str = field(repr=False)
    lines: tuple[tuple[int, Line], ...] = field(repr=False)
    context: tuple[str, ...] = field(default=(), repr=False)

    def boxes(self, start: int, end: int) -> list[Polygon]:
        """Quadrangles around ``text[start:end]``, one for each line touched."""
        return [
            line.box(max(start - first, 0), min(end - first, len(line.text)))
            for first, line in self.lines
            if start < first + len(line.text) and end > first
        ]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line where it stands once its page is turned upright."""

    line: Line
    left: float
    right: float
    middle: float

    @property
    def height(self) -> float:
        return self.line.height


def blocks(lines: Iterable[Line]) -> tuple[Block, ...]:
    """Lines put together, those that run the same way with each other."""
    by_way: dict[_Way, list[Line]] = {}
    for line in lines:
        quarter = round(_angle(line) / (math.pi / 2)) % 4
        by_way.setdefault((is_mirrored(line.corners), quarter), []).append(line)
    return tuple(block for way in sorted(by_way) for block in _blocks(by_way[way], way))


def _blocks(lines: Sequence[Line], way: _Way) -> Iterator[Block]:
    mirrored, quarter = way
    rows = _rows(_placed(lines, _slope(lines, quarter), mirrored=mirrored))
    follows = _wrapped(rows)
    inner = set(map(id, follows.values()))
    loose: list[tuple[str, _Placed]] = []
    for row in rows:
        beside: list[str] = []
        before: _Placed | None = None
        for place in row:
            if id(place) in inner:
                continue
            if id(place) in follows:
                chain = _chain(place, follows)
                seams = ["", *(_seam(one, two) for one, two in pairwise(chain))]
                yield _joined(list(zip(seams, chain, strict=True)), tuple(beside))
            else:
                loose.append((_gap(before, place) if before else "\n", place))
                beside.append(place.line.text)
                before = place
    if loose:
        yield _joined([("", loose[0][1]), *loose[1:]], ())


def _joined(pieces: Sequence[tuple[str, _Placed]], context: tuple[str, ...]) -> Block:
    text = ""
    starts: list[tuple[int, Line]] = []
    for seam, place in pieces:
        text += seam
        starts.append((len(text), place.line))
        text += place.line.text
    return Block(text, tuple(starts), context)


def _slope(lines: Iterable[Line], quarter: int) -> float:
    """The angle at which most of the text runs; a box around a short word says little of it."""
    long = sorted((_angle(line), line.width) for line in lines if line.width > 5 * line.height)
    total = sum(width for _, width in long)
    for angle, width in long:
        total -= 2 * width
        if total <= 0:
            return angle
    return quarter * math.pi / 2


def _placed(lines: Iterable[Line], slope: float, *, mirrored: bool) -> list[_Placed]:
    """Lines of one direction in a frame in which they run to the right, the next ones below."""
    cos, sin = math.cos(slope), math.sin(slope)
    sign = -1 if mirrored else 1

    def across(point: tuple[float, float]) -> float:
        return point[0] * cos + point[1] * sin

    def down(point: tuple[float, float]) -> float:
        return sign * (point[1] * cos - point[0] * sin)

    return [
        _Placed(
            line,
            min(across(c) for c in line.corners),
            max(across(c) for c in line.corners),
            sum(down(c) for c in line.corners) / 4,
        )
        for line in lines
    ]


def _rows(places: Iterable[_Placed]) -> list[list[_Placed]]:
    rows: list[list[_Placed]] = []
    for place in sorted(places, key=lambda p: (p.middle, p.left)):
        last = rows[-1] if rows else []
        if last and place.middle - last[0].middle < 0.5 * min(place.height, last[0].height):
            last.append(place)
        else:
            rows.append([place])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def _wrapped(rows: Sequence[Sequence[_Placed]]) -> dict[int, _Placed]:
    """The line in which each wrapped line goes on, by the id of the wrapped one."""
    below: dict[int, _Placed] = {}
    above: set[int] = set()
    for upper, *following in (rows[at : at + 3] for at in range(len(rows))):
        for one in upper:
            for two in (place for row in following for place in row):
                if id(one) not in below and id(two) not in above and _stands_under(one, two):
                    below[id(one)] = two
                    above.add(id(two))
    columns = [_chain(place, below) for row in rows for place in row if id(place) not in above]
    return {id(one): two for column in columns for one, two in _continued(column)}


def _chain(first: _Placed, below: Mapping[int, _Placed]) -> list[_Placed]:
    chain = [first]
    while id(chain[-1]) in below:
        chain.append(below[id(chain[-1])])
    return chain


def _stands_under(one: _Placed, two: _Placed) -> bool:
    """Whether two lines are of one size and stand one right below the other."""
    size = max(one.height, two.height)
    return (
        size < 1.4 * min(one.height, two.height)
        and two.middle - one.middle < 1.6 * size
        and -3.0 * size < two.left - one.left < 1.5 * size
    )


def _continued(column: Sequence[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    """Lines that end where the next word found no room, with the next.

    One line that is the longest of a list proves no margin.
    """
    edge = max(place.right for place in column)
    least = _WRAPPING if len(column) > 2 else _WRAPPING_ALONE
    pairs = [
        (one, two)
        for one, two in pairwise(column)
        if one.right - one.left > least * one.height
        and edge - one.right < min(_first_word(two), _WIDEST_WORD * one.height) + 0.5 * one.height
    ]
    if len(pairs) > 1 or len(column) == 2:
        yield from pairs


def _first_word(place: _Placed) -> float:
    """How wide a line's first word is; text without spaces breaks anywhere."""
    text = place.line.text
    word = text.split(maxsplit=1)[0]
    letters = 1 if is_ideograph(word[0]) else len(word)
    return (place.right - place.left) * letters / len(text)


def _seam(one: _Placed, two: _Placed) -> str:
    """What to put between a wrapped line and its continuation."""
    before, after = one.line.text, two.line.text
    if is_ideograph(before[-1:]) or is_ideograph(after[:1]) or before.endswith("-"):
        return ""
    head, tail = before.split()[-1:], after.split()[:1]
    if not head or not tail or not _is_token(head[0]) or not _is_token(tail[0]):
        return " "
    if head[0].isdecimal() and tail[0].isdecimal() and max(len(head[0]), len(tail[0])) <= 4:
        return " "  # groups of digits
    return "" if two.right - one.right < one.height else " "


def _gap(before: _Placed, place: _Placed) -> str:
    """What to put between two pieces of one row; a new row begins a new line."""
    gap = place.left - before.right
    if gap < 0.1 * place.height:
        return ""
    return " " if gap < 1.2 * place.height else "\t"


def _angle(line: Line) -> float:
    (left, top), (right, bottom) = line.corners[:2]
    return math.atan2(bottom - top, right - left)


def _is_token(word: str) -> bool:
    """Whether a word is a number, key or address, which programs break anywhere."""
    return bool(_TOKEN & {*word}) or "." in word[1:-1]
