"""Everything that can be read in a picture: blocks of text, and codes.

:func:`read_pixels` is the one call that others need::

    reading = read_pixels(image)                       # any PIL image, of any mode
    for block in reading.blocks:                       # block.text is what to search
        block.boxes(start, end)                        # quadrangles around block.text[start:end]
    for code in reading.codes:                         # QR and bar codes: code.text, code.corners

Spend pixels in the ledger before decoding the image; nothing here does. Reading is by far the
dearest thing that happens to a document, so nothing is read twice: readings are remembered by
their pixels, and of a picture that differs in a few places only from a remembered one (the next
frame of an animation; our own output, to be verified) those places alone are read.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from PIL import Image

from gateway.formats._images.changes import reread
from gateway.formats._images.codes import Code, read_codes
from gateway.formats._images.layout import Block, blocks
from gateway.formats._images.models import Pixels
from gateway.formats._images.ocr import Line, Polygon, read_lines
from gateway.formats._images.views import views

_REMEMBERED = 600  # readings
_KEPT = 64_000_000  # bytes of pixels, to compare with

# What a lossy encoder changes where nothing was painted stays below this.
_NOISE = 20

# No letter is smaller: the classic bitmap fonts are 5 by 7, and nobody reads those by eye.
_SHORTEST_SIDE = 6
_SMALLEST_SIZE = 12 * 12


@dataclass(frozen=True)
class Reading:
    """What stands in a picture.

    Args:
        lines: of text, in no particular order.
        codes: that say text.
    """

    lines: tuple[Line, ...] = ()
    codes: tuple[Code, ...] = ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Lines put together in the order of reading."""
        return blocks(self.lines)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a lossy encoder was given: a picture that was read, and painted since.

    Args:
        image: with the paint on it.
        reading: of the picture before it was painted.
        painted: where.
    """

    image: Image.Image = field(repr=False)
    reading: Reading = field(repr=False)
    painted: tuple[Polygon, ...]


_readings: OrderedDict[bytes, Reading] = OrderedDict()
_kept: OrderedDict[bytes, Pixels] = OrderedDict()


def read_pixels(image: Image.Image, origin: Origin | None = None) -> Reading:
    """Read a picture.

    Args:
        image: any mode; transparent pixels are looked at before each background that could show
            text, and as they would be without transparency.
        origin: what it was made from, if that is known for certain.
    """
    found = [_read_view(pixels, origin) for pixels in views(image)]
    if len(found) == 1:
        return found[0]
    return Reading(
        _distinct(line for reading in found for line in reading.lines),
        tuple(dict.fromkeys(code for reading in found for code in reading.codes)),
    )


def _distinct(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines without those that say the same at the same place."""
    known: dict[tuple[str, int, int], Line] = {}
    for line in lines:
        x, y = line.corners[0]
        known.setdefault((line.text, round(x / line.height), round(y / line.height)), line)
    return tuple(known.values())


def _read_view(pixels: Pixels, origin: Origin | None) -> Reading:
    height, width = pixels.shape[:2]
    if min(height, width) < _SHORTEST_SIDE or height * width < _SMALLEST_SIZE:
        return Reading()
    if int(pixels.max()) == int(pixels.min()):
        return Reading()
    digest = hashlib.sha256(f"{height}x{width}:".encode() + pixels.tobytes()).digest()
    known = _readings.get(digest)
    if known is None:
        lines = _read_what_changed(pixels, origin)
        known = Reading(read_lines(pixels) if lines is None else lines, read_codes(pixels))
        _remember(digest, known, pixels)
    _readings.move_to_end(digest)
    return known


def _read_what_changed(pixels: Pixels, origin: Origin | None) -> tuple[Line, ...] | None:
    """The lines of pixels that are mostly those of a picture read before, if they are."""
    if origin is not None:
        given = views(origin.image)
        if len(given) == 1 and given[0].shape == pixels.shape:
            distance = np.asarray(cv2.absdiff(given[0], pixels)).max(axis=2)
            changed = np.asarray(distance > _NOISE, np.uint8)
            for polygon in origin.painted:
                cv2.fillPoly(changed, [np.round(np.array(polygon)).astype(np.int32)], (1,))
            return reread(pixels, changed, origin.reading.lines)
    for digest, before in reversed(_kept.items()):
        if before.shape == pixels.shape and digest in _readings:
            changed = (before != pixels).any(axis=2).astype(np.uint8)
            lines = reread(pixels, changed, _readings[digest].lines)
            if lines is not None:
                return lines
    return None


def _remember(digest: bytes, reading: Reading, pixels: Pixels) -> None:
    _readings[digest] = reading
    if len(_readings) > _REMEMBERED:
        _readings.popitem(last=False)
    _kept[digest] = pixels
    while sum(kept.nbytes for kept in _kept.values()) > _KEPT:
        _kept.popitem(last=False)
