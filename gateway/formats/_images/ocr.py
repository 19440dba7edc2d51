"""All lines of text in a picture, whichever way they run.

Detection gives a quadrangle for each line. A wide one is read upright and, where that makes little
sense, upside down; a tall one is read from below, from above and upright; what makes no sense any
way is read in a mirror. What most of the longer lines of a picture agree on decides for all of
them, so that a page laid on its head is read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gateway.errors import LimitExceeded
from gateway.formats._images.detection import lies_in, text_quads
from gateway.formats._images.faint import strengthened
from gateway.formats._images.models import Numbers, Pixels
from gateway.formats._images.recognition import Reading, read_line

type Point = tuple[float, float]
type Polygon = tuple[Point, ...]

_TALL = 1.5  # from this height per width on, the text in a box may run down or up
_MAYBE_ONE_LETTER = 2.6
_SURE = 0.85
_VERY_SURE = 0.97
_WIDEST_LETTERS = 0.75  # line heights: farther apart they stand in lines read the wrong way round
_FEWEST_MIRRORED = 4
_LEAST = 0.4
_MOST_TEXT = 20_000.0  # line heights of text: reading one takes 2 ms
_VOTERS = 7
_BESIDE = 0.08  # painted beyond a character's edge, in line heights: places are rough


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a picture.

    Args:
        text: as read.
        corners: four points around it; the text runs from the first to the second.
        edges: where each character begins, and where the last one ends, 0 to 1 along the line.
        score: how sure the reading is, 0 to 1.
    """

    text: str = field(repr=False)
    corners: Polygon
    edges: tuple[float, ...] = field(repr=False)
    score: float = 1.0

    @property
    def width(self) -> float:
        """Length in pixels, in the direction of reading."""
        return _distance(self.corners[0], self.corners[1])

    @property
    def height(self) -> float:
        """Height in pixels, across the direction of reading."""
        return _distance(self.corners[0], self.corners[3])

    def box(self, start: int, end: int) -> Polygon:
        """Four points around ``text[start:end]``, a little larger than the characters."""
        slack = _BESIDE * self.height / max(self.width, 1.0)
        left = self.edges[start] - slack
        right = self.edges[end] + slack
        first, second, third, fourth = self.corners
        return (
            _along(first, second, left),
            _along(first, second, right),
            _along(fourth, third, right),
            _along(fourth, third, left),
        )


def read_lines(pixels: Pixels) -> tuple[Line, ...]:
    """Every line of text, in no particular order.

    Args:
        pixels: height, width, blue-green-red.

    Raises:
        LimitExceeded: there is more text than can be read in the time that an item has.
    """
    quads = text_quads(pixels)
    lines = _read_all(pixels, quads)
    clear = strengthened(pixels)
    if clear is not None:
        more = [quad for quad in text_quads(clear) if not lies_in(quad, quads)]
        lines += _read_all(clear, more)
    return tuple(lines)


def _read_all(pixels: Pixels, quads: Sequence[Numbers]) -> list[Line]:
    if sum(_length(quad) / max(_breadth(quad), 1.0) for quad in quads) > _MOST_TEXT:
        raise LimitExceeded("a picture with more text than can be read in time")
    wide = [quad for quad in quads if not _is_tall(quad)]
    tall = [quad for quad in quads if _is_tall(quad)]
    read = [*_read_turned(pixels, wide, (0, 2)), *_read_turned(pixels, tall, (1, 3))]
    return [
        Line(reading.text, _polygon(quad), reading.edges, reading.score)
        for quad, reading in read
        if reading.text.strip() and reading.score >= _LEAST
    ]


def is_ideograph(char: str) -> bool:
    """Whether a character is Chinese, or a mark as wide."""
    return "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef"


type _Read = tuple[Numbers, Reading]


def _read_turned(pixels: Pixels, quads: Sequence[Numbers], turns: tuple[int, int]) -> list[_Read]:
    """Quadrangles read one way or the other, as most of the longest say.

    Args:
        pixels: the picture.
        quads: of one kind, wide or tall.
        turns: by how many quarters to turn them.
    """
    ordered = sorted(quads, key=_length, reverse=True)
    usual, other = turns
    votes = 0.0
    for quad in ordered[:_VOTERS]:
        first = _turned(pixels, quad, usual)[1]
        if usual == 0 and _is_sure(first, quad):
            votes += first.score * len(first.text)
            continue
        second = _turned(pixels, quad, other)[1]
        votes += first.score * len(first.text) - second.score * len(second.text)
    if votes < 0:
        usual, other = other, usual
    found = [_best(pixels, quad, usual, other) for quad in ordered]
    if any(is_mirrored(quad) for quad, _ in found):  # then others may be, that read like something
        return [
            read
            if read[1].score >= _VERY_SURE or is_mirrored(read[0])
            else max(read, _in_mirror(pixels, read[0], (0, 2)), key=_worth)
            for read in found
        ]
    return found


def _best(pixels: Pixels, quad: Numbers, usual: int, other: int) -> _Read:
    best = _turned(pixels, quad, usual)
    if _is_sure(best[1], quad):
        return best
    ways = [other]
    if _is_tall(quad) and _length(quad) < _MAYBE_ONE_LETTER * _breadth(quad):
        ways.append(0)
    read = [best, *(_turned(pixels, quad, way) for way in ways)]
    best = max(read, key=_worth)
    if best[1].score >= _SURE or len(best[1].text) < _FEWEST_MIRRORED:
        return best
    found = _in_mirror(pixels, quad, (usual, other))
    return found if found[1].score >= _SURE and _worth(found) > _worth(best) else best


def _in_mirror(pixels: Pixels, quad: Numbers, turns: Sequence[int]) -> _Read:
    mirrored = quad[[1, 0, 3, 2]]
    return max((_turned(pixels, mirrored, turn) for turn in turns), key=_worth)


def is_mirrored(corners: Numbers | Polygon) -> bool:
    """Whether the points of a quadrangle follow each other the other way round."""
    (left, top), (right, bottom), _, (x, y) = corners
    return bool((right - left) * (y - top) < (bottom - top) * (x - left))


def _worth(read: _Read) -> float:
    """How well a line was read; the wrong way round it has fewer characters, and unsure ones."""
    return float(read[1].score * len(read[1].text) ** 0.25)


def _is_sure(reading: Reading, quad: Numbers) -> bool:
    if reading.score >= _VERY_SURE or reading.score < _SURE:
        return reading.score >= _SURE
    widths = (1.0 if is_ideograph(char) else _WIDEST_LETTERS for char in reading.text)
    return sum(widths) * _breadth(quad) > _length(quad)


def _turned(pixels: Pixels, quad: Numbers, quarters: int) -> _Read:
    quad = np.roll(quad, -quarters, axis=0)
    return quad, read_line(pixels, quad)


def _is_tall(quad: Numbers) -> bool:
    across = float(np.linalg.norm(quad[1] - quad[0]))
    down = float(np.linalg.norm(quad[3] - quad[0]))
    return down >= _TALL * across


def _length(quad: Numbers) -> float:
    return float(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])))


def _breadth(quad: Numbers) -> float:
    return float(min(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])))


def _polygon(quad: Numbers) -> Polygon:
    return tuple((float(x), float(y)) for x, y in quad)


def _distance(one: Point, other: Point) -> float:
    return float(np.hypot(other[0] - one[0], other[1] - one[1]))


def _along(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share
