"""Reading a picture of which most is known already: only what changed is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from gateway.formats._images.models import Pixels
from gateway.formats._images.ocr import Line, read_lines

_MARGIN = 48  # pixels around what changed: the detector looks that far
_MOST_CHANGED = 0.5

type _Rectangle = tuple[int, int, int, int]  # left, top, right, bottom


def reread(pixels: Pixels, changed: Pixels, lines: Sequence[Line]) -> tuple[Line, ...] | None:
    """The lines of a picture, or nothing if too much of it changed for this to be of use.

    Args:
        pixels: height, width, blue-green-red.
        changed: not 0 where the picture differs from what the lines were read from.
        lines: of that.
    """
    height, width = changed.shape
    places = _places(changed, lines)
    size = sum((bottom - top) * (right - left) for left, top, right, bottom in places)
    if size > _MOST_CHANGED * height * width:
        return None
    result = [line for line in lines if not any(_touch(_bounds(line), p) for p in places)]
    for left, top, right, bottom in places:
        inside = np.ascontiguousarray(pixels[top:bottom, left:right])
        result += [_moved(line, left, top) for line in read_lines(inside)]
    return tuple(result)


def _places(changed: Pixels, lines: Iterable[Line]) -> list[_Rectangle]:
    """Rectangles around what changed, with the whole of every line that one of them touches."""
    height, width = changed.shape
    kernel = np.ones((2 * _MARGIN + 1,) * 2, np.uint8)
    spots = np.asarray(cv2.dilate(changed, kernel), np.uint8)
    count, _, boxes, _ = cv2.connectedComponentsWithStats(spots, connectivity=8)
    places = [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in boxes[1:count]]
    bounds = [_bounds(line) for line in lines]
    while True:
        wider = _apart([_joined([p, *(b for b in bounds if _touch(b, p))]) for p in places])
        wider = [
            (max(0, left), max(0, top), min(width, right), min(height, bottom))
            for left, top, right, bottom in wider
        ]
        if wider == places:
            return places
        places = wider


def _apart(places: Sequence[_Rectangle]) -> list[_Rectangle]:
    """Rectangles of which no two touch: those that do are joined."""
    result: list[_Rectangle] = []
    for place in places:
        joined = place
        while touching := [other for other in result if _touch(joined, other)]:
            result = [other for other in result if other not in touching]
            joined = _joined([joined, *touching])
        result.append(joined)
    return sorted(result)


def _joined(places: Sequence[_Rectangle]) -> _Rectangle:
    lefts, tops, rights, bottoms = zip(*places, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _touch(one: _Rectangle, other: _Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _bounds(line: Line) -> _Rectangle:
    across = [x for x, _ in line.corners]
    down = [y for _, y in line.corners]
    return int(min(across)), int(min(down)), int(max(across)) + 1, int(max(down)) + 1


def _moved(line: Line, right: int, down: int) -> Line:
    return replace(line, corners=tuple((x + right, y + down) for x, y in line.corners))
