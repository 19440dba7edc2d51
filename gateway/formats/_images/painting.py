"""Painting over what must not be seen.

:func:`paint` is the one call that others need::

    new = paint(image, block.boxes(start, end), "[PERSON]")

The paint is opaque, also where the picture was transparent. All other pixels keep their values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gateway.formats._images.ocr import Polygon

_LEGIBLE = 7  # points; a smaller label is left out
_LARGEST = 64
_UPRIGHT = 0.2  # slope up to which a label is written into a box

type _Ink = int | tuple[int, ...]

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)


def paint(image: Image.Image, boxes: Sequence[Polygon], label: str = "") -> Image.Image:
    """A copy of a picture with places painted over.

    Args:
        image: any mode that Pillow draws in.
        boxes: four points each.
        label: written into the first box if it is ASCII and fits.
    """
    result = image.copy()
    draw = ImageDraw.Draw(result)
    for number, box in enumerate(boxes):
        dark_around = _is_dark(image, box)
        fill, ink = (_WHITE, _BLACK) if dark_around else (_BLACK, _WHITE)
        draw.polygon(list(box), fill=_ink(result, fill), outline=_ink(result, fill), width=1)
        if number == 0 and label.isascii() and label.isprintable():
            _write(result, box, label, _ink(result, ink))
    return result


def _write(image: Image.Image, box: Polygon, label: str, ink: _Ink) -> None:
    left, top = max(box[0][0], box[3][0]), max(box[0][1], box[1][1])
    right, bottom = min(box[1][0], box[2][0]), min(box[2][1], box[3][1])
    width, height = right - left, bottom - top
    slope = abs(box[1][1] - box[0][1]) / max(box[1][0] - box[0][0], 1.0)
    if width < _LEGIBLE or height < _LEGIBLE or slope > _UPRIGHT:
        return
    size = min(height * 0.7, _LARGEST)
    wide = ImageFont.load_default(size).getlength(label)
    size *= min(1.0, 0.94 * width / max(wide, 1.0))
    if size < _LEGIBLE:
        return
    draw = ImageDraw.Draw(image)
    if image.mode in ("1", "P", "PA"):
        draw.fontmode = "1"  # between two entries of a palette stands any colour
    middle = (left + right) / 2, (top + bottom) / 2
    draw.text(middle, label, fill=ink, font=ImageFont.load_default(size), anchor="mm")


def _is_dark(image: Image.Image, box: Polygon) -> bool:
    """Whether the usual colour around the text is dark."""
    across, down = [x for x, _ in box], [y for _, y in box]
    area = image.crop((int(min(across)), int(min(down)), int(max(across)) + 1, int(max(down)) + 1))
    if area.mode.startswith(("I", "F")):
        return False
    grey = area.convert("RGBA").convert("LA")
    pixels = np.asarray(grey, np.float32)
    return bool(np.median(pixels[:, :, 0] + (255 - pixels[:, :, 1])) < 80)


def _ink(image: Image.Image, colour: tuple[int, int, int]) -> _Ink:
    """A colour in the numbers of the picture's mode."""
    bright = colour[0]
    match image.mode:
        case "RGB":
            return colour
        case "RGBA" | "RGBX":
            return (*colour, 255)
        case "LA":
            return bright, 255
        case "CMYK":
            return 0, 0, 0, 255 - bright
        case "YCbCr" | "LAB" | "HSV":
            return (bright, 128, 128) if image.mode != "HSV" else (0, 0, bright)
        case "P" | "PA":
            return _entry(image, colour)
        case "I;16" | "I;16B" | "I;16L" | "I":
            return 65535 if bright else 0
        case _:
            return bright


def _entry(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """The entry of the palette that is this colour, or next to it; never a transparent one."""
    palette = image.getpalette("RGB") or []
    entries = [tuple(palette[at : at + 3]) for at in range(0, len(palette), 3)]
    clear = image.info.get("transparency")
    if isinstance(clear, bytes):
        hidden = {index for index, cover in enumerate(clear) if cover < 255}
    else:
        hidden = {clear} if isinstance(clear, int) else set()
    usable = [index for index in range(len(entries)) if index not in hidden] or [0]
    if colour not in entries and len(entries) < 256:
        image.putpalette([*palette, *colour])
        return len(entries)
    return min(
        usable,
        key=lambda i: sum((a - b) ** 2 for a, b in zip(entries[i], colour, strict=True)),
    )
