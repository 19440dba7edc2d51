"""Decoding pictures, frame by frame, within the budgets.

Every failure of the decoder is an ``Unreadable``: a picture of which a part cannot be decoded has
not been looked at.
"""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps

from gateway.errors import Unreadable
from gateway.formats._ledger import Ledger

_FAILURES = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, AttributeError,
    ArithmeticError, RuntimeError, NotImplementedError, struct.error, zlib.error,
    Image.DecompressionBombError,
)  # fmt: skip


@contextlib.contextmanager
def decoding() -> Iterator[None]:
    """What Pillow raises becomes ``Unreadable``; what it warns of does not stop it.

    Its warning of large pictures is not needed: the ledger is asked before anything is decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError:
        raise
    except _FAILURES as error:
        raise Unreadable(f"image: damaged ({type(error).__name__})") from None


def open_image(data: bytes, decoder: str) -> Image.Image:
    """A picture whose header is read and whose pixels are not yet.

    Args:
        data: the file.
        decoder: Pillow's name of the only kind that it may be.

    Raises:
        Unreadable: it cannot be read.
    """
    if decoder == "HEIF":
        import pi_heif

        pi_heif.register_heif_opener()
    with decoding():
        return Image.open(io.BytesIO(data), formats=[decoder])


def count_frames(image: Image.Image) -> int:
    """Frames or pages."""
    with decoding():
        return 1 if image.format in ("JPEG", "MPO") else int(getattr(image, "n_frames", 1))


def frames(image: Image.Image, ledger: Ledger) -> Iterator[Image.Image]:
    """Each frame as people see it, turned the way its Exif says; pixels and what draws them only.

    Raises:
        Unreadable: one of them cannot be decoded.
        LimitExceeded: a budget ran out.
    """
    for number in range(count_frames(image)):
        with decoding():
            if number:
                image.seek(number)
        ledger.spend_pixels(*image.size)
        with decoding():
            image.load()
            turned = ImageOps.exif_transpose(image)
            frame = turned.copy() if turned is image else turned
            kept: dict[str | tuple[int, int], Any] = {
                key: image.info[key]
                for key in ("duration", "transparency", "dpi")
                if key in image.info
            }
            frame.info = kept
        yield frame
    with decoding():
        image.seek(0)
