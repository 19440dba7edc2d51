"""Where text stands in a picture: a quadrangle around each line.

Source: Liao et al., "Real-time Scene Text Detection with Differentiable Binarization"
(arXiv:1911.08947): the network draws shrunken regions, which are cut out at a threshold and
grown again by area * ratio / perimeter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from gateway.formats._images.models import Numbers, Pixels, detector, normalised

_THRESHOLD = 0.3
_SCORE = 0.5
_GROWTH = 1.6
_SMALLEST = 3.0
_MOST = 2000

# A picture is looked at in tiles: the network's time and memory grow faster than its input. The
# overlap is wider than what the network sees around a pixel matters.
_TILE = 1120
_OVERLAP = 64
_STEP = 32  # sides must be multiples of this

# Larger pictures are made smaller, so that time stays bounded. They are read at full size all the
# same.
_FULL_SIZE = 1_600_000
_SMALL = 320
_LEAST_SCALE = 0.4

# Small letters that stand alone are overlooked (measured: a word of 14 pixels on an empty page).
# Where marks of their size are left, the picture is looked at again, enlarged.
_INK = 24  # levels that ink differs from its paper
_LETTERS = range(5, 40)  # heights in pixels: smaller marks are specks, larger letters were found
_FEW = 3  # so many marks side by side may be anything
_NEAR = 25
_ENLARGED = 2.0
_ENLARGED_TO = 20  # pixels that marks should have
_MOST_AGAIN = 8_000_000  # pixels, enlarged


type _Tile = tuple[int, int, int, int]  # top, bottom, left, right
type _Marks = tuple[int, int, int, int, float]  # a place, and how high the marks in it are


def text_quads(pixels: Pixels) -> list[Numbers]:
    """Quadrangles around lines of text.

    Args:
        pixels: height, width, blue-green-red.

    Returns:
        Arrays of four points (x, y), in the order in which upright text has them: top left, top
        right, bottom right, bottom left.
    """
    height, width = pixels.shape[:2]
    scale = _scale(height, width)
    shrunken = _scaled(pixels, scale)
    quads = [quad / scale for quad in _regions(_likelihood(shrunken, _tiles(shrunken)))]
    if scale < _ENLARGED:
        quads += _looked_at_again(pixels, quads)
    limit = np.array([width, height], np.float32)
    return [np.clip(quad, 0, limit).astype(np.float32) for quad in quads]


def lies_in(quad: Numbers, others: Sequence[Numbers]) -> bool:
    """Whether the middle of a quadrangle lies in one of others."""
    x, y = (float(n) for n in quad.mean(0))
    return any(cv2.pointPolygonTest(other, (x, y), measureDist=False) >= 0 for other in others)


def _scale(height: int, width: int) -> float:
    if min(height, width) < _SMALL:
        return 2.0 if max(height, width) < 2 * _TILE else 1.0
    size = height * width
    return 1.0 if size <= _FULL_SIZE else max(_LEAST_SCALE, (_FULL_SIZE / size) ** 0.5)


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    if scale == 1.0:
        return pixels
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def _looked_at_again(pixels: Pixels, quads: Sequence[Numbers]) -> Iterator[Numbers]:
    """More quadrangles, where marks that may be small letters lie in none."""
    height, width = pixels.shape[:2]
    size = 0.0
    for top, bottom, left, right, marks in sorted(_left_over(pixels, quads), key=_area):
        scale = min(_ENLARGED, max(1.0, _ENLARGED_TO / marks))
        up, back = max(0, top - _OVERLAP), max(0, left - _OVERLAP)
        down, on = min(height, bottom + _OVERLAP), min(width, right + _OVERLAP)
        size += (down - up) * (on - back) * scale**2
        if size > _MOST_AGAIN:
            return  # so large a place is a texture
        larger = _scaled(pixels[up:down, back:on], scale)
        for found in _regions(_likelihood(larger, _tiles(larger))):
            quad = found / scale + np.array([back, up], np.float32)
            if not lies_in(quad, quads):
                yield quad


def _left_over(pixels: Pixels, quads: Sequence[Numbers]) -> list[_Marks]:
    """Places with marks as large as small letters where no text was found."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    around = cv2.blur(grey, (41, 41))
    known = np.zeros(grey.shape, np.uint8)
    for quad in quads:
        cv2.fillPoly(known, [np.round(quad).astype(np.int32)], (1,))
    marks = np.zeros(grey.shape, np.uint8)
    found: list[Numbers] = []
    for darker, lighter in ((grey, around), (around, grey)):  # than the paper around
        ink = (np.asarray(cv2.subtract(lighter, darker)) > _INK) & (known == 0)
        count, labels, boxes, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
        wide, high = boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]
        letters = (high >= _LETTERS.start) & (high < _LETTERS.stop) & (wide < _LETTERS.stop)
        letters[0] = False
        marks |= letters[labels]
        found.append(np.column_stack((middles, high))[letters])
    near = cv2.dilate(marks, np.ones((_NEAR, _NEAR), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(near)
    across, down, high = np.concatenate(found).T
    place_of = labels[down.astype(int), across.astype(int)]
    counts = np.bincount(place_of, minlength=count)
    heights = np.bincount(place_of, high, minlength=count)
    return [
        (int(top), int(top + high), int(left), int(left + wide), float(heights[n] / counts[n]))
        for n, (left, top, wide, high, _) in enumerate(boxes)
        if n and counts[n] > _FEW
    ]


def _area(place: _Marks) -> int:
    top, bottom, left, right, _ = place
    return (bottom - top) * (right - left)


def _likelihood(pixels: Pixels, tiles: Iterable[_Tile]) -> Pixels:
    """How likely text stands at each pixel, 0 to 255; nothing is known outside of the tiles."""
    result = np.zeros(pixels.shape[:2], np.uint8)
    for top, bottom, left, right in tiles:
        inner = slice(top, bottom), slice(left, right)
        up, back = max(0, top - _OVERLAP), max(0, left - _OVERLAP)
        tile = pixels[up : bottom + _OVERLAP, back : right + _OVERLAP]
        if int(tile.max()) - int(tile.min()) < 4:
            continue  # nobody can read what stands there
        likely = _tile_likelihood(tile)
        result[inner] = likely[top - up :, left - back :][: bottom - top, : right - left]
    return result


def _tiles(pixels: Pixels) -> list[_Tile]:
    height, width = pixels.shape[:2]
    return [(*rows, *columns) for rows in _stretches(height) for columns in _stretches(width)]


def _stretches(length: int) -> Iterator[tuple[int, int]]:
    """A side cut into equal stretches, none longer than a tile."""
    count = -(-length // _TILE)
    for n in range(count):
        yield n * length // count, (n + 1) * length // count


def _tile_likelihood(tile: Pixels) -> Pixels:
    height, width = tile.shape[:2]
    down, across = -height % _STEP, -width % _STEP
    padded = cv2.copyMakeBorder(tile, 0, down, 0, across, cv2.BORDER_REPLICATE)
    likely = detector().run(normalised(np.asarray(padded, np.uint8))[None])[0, 0]
    return np.asarray(likely[:height, :width] * 255, np.uint8)


def _regions(seen: Pixels) -> Iterator[Numbers]:
    mask = (seen > int(_THRESHOLD * 255)).astype(np.uint8)
    mask = np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    largest = sorted(contours, key=cv2.contourArea, reverse=True)[:_MOST]
    for contour in largest:
        centre, (across, down), angle = cv2.minAreaRect(contour)
        if min(across, down) < _SMALLEST:
            continue
        corners = np.asarray(cv2.boxPoints((centre, (across, down), angle)), np.float32)
        if _mean_within(seen, corners) < _SCORE * 255:
            continue
        more = across * down * _GROWTH / (across + down)  # on both sides together
        grown = cv2.boxPoints((centre, (across + more, down + more), angle))
        yield _upright(np.asarray(grown, np.float32))


def _mean_within(seen: Pixels, corners: Numbers) -> float:
    height, width = seen.shape
    left, top = np.clip(np.floor(corners.min(0)), 0, [width - 1, height - 1]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(0)), 0, [width - 1, height - 1]).astype(int)
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [np.round(corners - [left, top]).astype(np.int32)], (1,))
    return float(cv2.mean(seen[top : bottom + 1, left : right + 1], mask)[0])


def _upright(corners: Numbers) -> Numbers:
    """The corners from that one on whose edge to the next points most to the right."""
    edges = np.roll(corners, -1, axis=0) - corners
    if float(edges[0, 0] * edges[1, 1] - edges[0, 1] * edges[1, 0]) < 0:  # counter-clockwise
        corners = corners[::-1]
        edges = np.roll(corners, -1, axis=0) - corners
    lengths = np.maximum(np.linalg.norm(edges, axis=1), 1e-6)
    return np.roll(corners, -int(np.argmax(edges[:, 0] / lengths)), axis=0)
