"""Making letters visible that differ from their paper by a few levels only.

White letters on white paper are no letters to people, and any program can bring them out. They are
told from the noise of a camera or scanner by what surrounds them: paper of one exact colour.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gateway.formats._images.models import Numbers, Pixels

_FAINT = 12  # levels; the networks see more than that by themselves
_RINGING = 17  # pixels around strong edges in which a lossy encoder leaves traces
_NEAR = 33
_EVEN = 0.3  # share of pixels that are exactly as those around them
_MARKED = 0.04  # share of pixels where something faint begins or ends
_LEAST = 60  # pixels
_NOISY = 0.3  # share of the pixels away from strong edges that only noise changes


def strengthened(pixels: Pixels) -> Pixels | None:
    """The pixels with what is faint on even paper at full contrast; nothing if there is none.

    Args:
        pixels: height, width, blue-green-red.
    """
    square = np.ones((3, 3), np.uint8)
    change = cv2.subtract(cv2.dilate(pixels, square), cv2.erode(pixels, square)).max(axis=2)
    strong = cv2.dilate((change > _FAINT).astype(np.uint8), np.ones((_RINGING,) * 2, np.uint8))
    faint = ((change > 0) & (strong == 0)).astype(np.uint8)
    count = np.count_nonzero(faint)
    if count < _LEAST or count > _NOISY * np.count_nonzero(strong == 0):
        return None
    faint[(_share(change == 0) < _EVEN) | (_share(faint) < _MARKED)] = 0
    if np.count_nonzero(faint) < _LEAST:
        return None
    near = (cv2.dilate(faint, np.ones((_NEAR // 2,) * 2, np.uint8)) > 0) & (strong == 0)
    result = pixels.copy()
    result[near] = _stretched(pixels, near)[near]
    return result


def _share(mask: npt.NDArray[np.generic]) -> Numbers:
    return np.asarray(cv2.blur(mask.astype(np.float32), (_NEAR, _NEAR)), np.float32)


def _stretched(pixels: Pixels, near: npt.NDArray[np.bool]) -> Pixels:
    """How far each pixel is from what surrounds it, the farthest black on white paper.

    On dark paper it is white on black.
    """
    inside = near.astype(np.float32)
    total = np.maximum(_share(near), 1e-6)
    around = cv2.blur(pixels.astype(np.float32) * inside[:, :, None], (_NEAR, _NEAR))
    around = around / total[:, :, None]
    distance = np.abs(pixels - around).max(axis=2) * inside
    farthest = cv2.dilate(distance, np.ones((_NEAR, _NEAR), np.uint8))
    ink = np.clip(distance / np.maximum(farthest, 0.1) * 1.5 - 0.5, 0, 1) * 255
    grey = np.where(around.mean(axis=2) < 128, ink, 255 - ink).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)
