"""A picture as people could see it: its pixels before each background that may show text.

White letters on nothing show on black, black ones on white, and what lies under transparent
pixels shows once transparency is taken away.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from gateway.formats._images.models import Pixels

_DARK, _LIGHT = 112, 144
_MOST_ENTRIES = 16  # of a palette; a photograph's hide nothing that can be read


def views(image: Image.Image) -> list[Pixels]:
    """Arrays (height, width, blue-green-red), all different; one if nothing is transparent.

    Args:
        image: any mode.
    """
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        return [_stretched(image)]
    if not image.has_transparency_data:
        seen = _reversed(np.asarray(image.convert("RGB")))
        return [seen, *_same_colours(image)]
    pixels = np.asarray(image.convert("RGBA"))
    plain, cover = pixels[:, :, :3], pixels[:, :, 3:].astype(np.uint16)
    if int(cover.min()) == 255:
        return [_reversed(plain)]
    shown = plain[cover[:, :, 0] > 0].max(axis=1) if (cover > 0).any() else np.zeros(1, np.uint8)
    backgrounds = []
    if int(shown.min()) < _LIGHT:
        backgrounds.append(255)
    if int(shown.max()) > _DARK:
        backgrounds.append(0)
    found = [_before(plain, cover, background) for background in backgrounds]
    under = plain[cover[:, :, 0] < 255]
    if int(under.max()) > int(under.min()):
        found.append(_reversed(plain))
    different: list[Pixels] = []
    for view in found:
        if not any(np.array_equal(view, other) for other in different):
            different.append(view)
    return different


def _same_colours(image: Image.Image) -> list[Pixels]:
    """The numbers of a palette's entries, if two that are used have one colour."""
    if image.mode != "P":
        return []
    numbers = np.asarray(image)
    palette = image.getpalette("RGB") or []
    used = np.unique(numbers).tolist()
    colours = {tuple(palette[3 * n : 3 * n + 3]) for n in used}
    if len(colours) == len(used) or len(used) > _MOST_ENTRIES:
        return []
    spread = np.zeros(256, np.uint8)
    spread[used] = np.linspace(0, 255, len(used)).astype(np.uint8)
    return [np.repeat(spread[numbers][:, :, None], 3, axis=2)]


def _before(plain: Pixels, cover: npt.NDArray[np.uint16], background: int) -> Pixels:
    mixed = plain.astype(np.uint16) * cover + background * (255 - cover) + 127
    return _reversed((mixed // 255).astype(np.uint8))


def _reversed(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _stretched(image: Image.Image) -> Pixels:
    """Numbers of any range, from the least as black to the greatest as white."""
    numbers = np.nan_to_num(np.asarray(image, np.float32))
    least, greatest = float(numbers.min()), float(numbers.max())
    grey = ((numbers - least) * (255.0 / max(greatest - least, 1e-6))).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)
