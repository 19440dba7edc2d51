"""Reading one line of text in a quadrangle of a picture, with the place of each character.

The network gives a character or nothing for each 8 pixels of a line 48 pixels high (connectionist
temporal classification): equal neighbours are one character.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from gateway.formats._images.models import Numbers, Pixels, alphabet, normalised, recogniser

_HEIGHT = 48
_WIDEST = 960  # the network's time per pixel grows with the width
_NARROWEST = 32
_SLACK = 320  # where a long line may be cut: in the last so many pixels of a piece
_REMEMBERED = 4000
_NO_INK = 0.12  # of the most that a column has
_SPACE = 10.0  # pixels of a space, where a line has none to compare with
_OFF_CENTRE = 0.4  # how much being off the middle weighs against ink

_read_before: OrderedDict[bytes, Reading] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a line.

    Args:
        text: as read.
        edges: where each character begins, and where the last one ends, 0 to 1 along the line.
        score: how sure the network is, 0 to 1.
    """

    text: str = field(repr=False)
    edges: tuple[float, ...]
    score: float


def read_line(pixels: Pixels, quad: Numbers) -> Reading:
    """Read the text in a quadrangle.

    Args:
        pixels: the picture: height, width, blue-green-red.
        quad: four points; the text runs from the first to the second.
    """
    line = _straightened(pixels, quad)
    digest = hashlib.sha256(line.tobytes()).digest() + line.shape[1].to_bytes(4, "little")
    known = _read_before.get(digest)
    if known is not None:
        _read_before.move_to_end(digest)
        return known
    reading = _read(line)
    _read_before[digest] = reading
    if len(_read_before) > _REMEMBERED:
        _read_before.popitem(last=False)
    return reading


def _read(line: Pixels) -> Reading:
    text: list[str] = []
    centres: list[float] = []
    sure: list[float] = []
    borders: list[int] = []
    for start, end in _pieces(line):
        borders.append(len(text))
        for char, place, score in _characters(line[:, start:end]):
            text.append(char)
            centres.append(start + place)
            sure.append(score)
    score = sum(sure) / len(sure) if sure else 0.0
    _put_spaces_back(line, text, centres, borders)
    return Reading("".join(text), _edges(line, text, centres), score)


def _put_spaces_back(
    line: Pixels, text: list[str], centres: list[float], borders: Sequence[int]
) -> None:
    """A space at which a line was cut is in neither piece: a gap as wide as one stands for it."""
    inner = [at for at in borders if 0 < at < len(text) and not _spaced(text, at)]
    if not inner:
        return
    ink = _share_of_ink(line)
    between = range(1, len(text))
    tight = [_width(ink, centres[n - 1], centres[n]) for n in between if not _spaced(text, n)]
    wide = [_width(ink, centres[n - 1], centres[n + 1]) for n in between[:-1] if text[n] == " "]
    least = (float(np.median(tight)) + float(np.median(wide or [_SPACE]))) / 2
    for at in reversed(inner):
        start, end = _gap(ink, centres[at - 1], centres[at])
        if end - start > least:
            text.insert(at, " ")
            centres.insert(at, (start + end) / 2)


def _spaced(text: Sequence[str], at: int) -> bool:
    """Whether there is a space on one side of this place."""
    return " " in (text[at - 1], text[at])


def _width(ink: Numbers, one: float, two: float) -> float:
    start, end = _gap(ink, one, two)
    return end - start


def _edges(line: Pixels, text: Sequence[str], centres: Sequence[float]) -> tuple[float, ...]:
    """Between two characters, the column with the least ink that is not far from the middle.

    The network places a space anywhere in its gap, which is looked for instead.
    """
    width = line.shape[1]
    ink = _share_of_ink(line)
    edges = [0.0]
    for number, (one, two) in enumerate(pairwise(centres)):
        spaces = text[number] == " ", text[number + 1] == " "
        before, after = number - spaces[0], number + 1 + spaces[1]
        if any(spaces) and before >= 0 and after < len(centres):
            start, end = _gap(ink, centres[before], centres[after])
            edges.append((start + (end - start) * (0.5 if spaces[0] else 0.25)) / width)
            continue
        first, last = int(one), min(int(two) + 1, width)
        middle, half = (one + two) / 2, max((two - one) / 2, 1.0)
        columns = np.arange(first, max(last, first + 1))
        cost = ink[first : first + len(columns)] + _OFF_CENTRE * np.abs(columns - middle) / half
        edges.append((first + int(np.argmin(cost)) + 0.5) / width if len(cost) else middle / width)
    return (*edges, 1.0)


def _gap(ink: Numbers, one: float, two: float) -> tuple[float, float]:
    """The longest stretch without ink between the middles of two characters."""
    first, last = int(one), max(int(two), int(one) + 1)
    empty = ink[first:last] < _NO_INK
    steps = np.diff(np.concatenate(([0], empty.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    if not len(starts):
        return (one + two) / 2, (one + two) / 2
    longest = int(np.argmax(ends - starts))
    return float(first + starts[longest]), float(first + ends[longest])


def _share_of_ink(line: Pixels) -> Numbers:
    ink = _ink(line)
    return ink / max(float(ink.max()), 1.0)


def _ink(line: Pixels) -> Numbers:
    """How much the brightness of each column varies."""
    grey = np.asarray(cv2.cvtColor(line, cv2.COLOR_BGR2GRAY), np.float32)
    return np.asarray(grey.std(axis=0), np.float32)


def _straightened(pixels: Pixels, quad: Numbers) -> Pixels:
    """The quadrangle as an upright line, 48 pixels high."""
    across = max(1.0, float(np.linalg.norm(quad[1] - quad[0])))
    down = max(1.0, float(np.linalg.norm(quad[3] - quad[0])))
    width, height = max(1, round(across)), max(1, round(down))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    line = cv2.warpPerspective(
        pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    wide = max(1, round(across * _HEIGHT / down))
    way = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(line, (wide, _HEIGHT), interpolation=way), np.uint8)


def _pieces(line: Pixels) -> Iterator[tuple[int, int]]:
    """A line cut into pieces where the ink is thinnest."""
    width = line.shape[1]
    start = 0
    if width > _WIDEST:
        ink = np.convolve(_ink(line), np.ones(5) / 5, "same")
    while width - start > _WIDEST:
        window = ink[start + _WIDEST - _SLACK : start + _WIDEST]
        cut = start + _WIDEST - _SLACK + int(np.argmin(window))
        yield start, cut
        start = cut
    yield start, width


def _characters(piece: Pixels) -> Iterator[tuple[str, float, float]]:
    """Characters of a piece: what, where (in pixels), how sure."""
    width = piece.shape[1]
    if width < _NARROWEST:
        piece = np.asarray(
            cv2.copyMakeBorder(piece, 0, 0, 0, _NARROWEST - width, cv2.BORDER_REPLICATE), np.uint8
        )
    likely = recogniser().run(normalised(piece)[None])[0]
    best = likely.argmax(axis=1)
    changed = np.ones(len(best), bool)
    changed[1:] = best[1:] != best[:-1]
    firsts = np.flatnonzero(changed)
    ends = np.append(firsts[1:], len(best))
    sure = np.maximum.reduceat(likely.max(axis=1), firsts)
    per_column = piece.shape[1] / len(best)
    for first, last, score in zip(firsts.tolist(), ends.tolist(), sure.tolist(), strict=True):
        kind = int(best[first])
        if kind:
            place = min((first + last) / 2 * per_column, float(width))
            yield alphabet()[kind], place, score
