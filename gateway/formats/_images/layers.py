"""The second look at a picture, for the verifier.

Metadata as Pillow tells it, where the first reader cuts up the file itself. The pixels are read by
the same networks in the same way: a second reading of another sort (inverted, enlarged) would cost
as much again as all the rest, and there is no other reader. What was read a moment ago is known
already; what was painted over has been read anew from the new file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend
from gateway.formats._images.document import read_frames
from gateway.formats._images.frames import count_frames, decoding
from gateway.formats._images.kinds import cut_up
from gateway.formats._images.metadata import decoded
from gateway.formats._raw import raw_layers
from gateway.model import Hint

_DEEPEST = 6


def image_layers(kind: str, data: bytes, descend: Descend) -> Iterator[str]:
    """All text of a picture.

    Raises:
        Unreadable: it is damaged.
        LimitExceeded: a budget ran out.
    """
    container = cut_up(kind, data, descend.ledger)
    for reading in read_frames(container, descend.ledger):
        yield from (block.text for block in reading.blocks)
        yield from (line.text for line in reading.lines)
        yield from (code.text for code in reading.codes)
    image = container.image()
    for number in range(count_frames(image)):
        with decoding():
            if number:
                image.seek(number)
            told = list(_told(image))
        yield from told
    for body in (*container.told.previews, container.trailer):
        if body:
            yield from _child(body, descend)


def _child(body: bytes, descend: Descend) -> Iterator[str]:
    try:
        yield from descend(body, Hint())
    except LimitExceeded:
        raise
    except Unreadable:
        yield from raw_layers(body)


def _told(image: Image.Image) -> Iterator[str]:
    """Everything that Pillow knows beside the pixels."""
    yield from _texts(image.info, 0)
    exif = image.getexif()
    yield from _texts(dict(exif), 0)
    for directory in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.Interop):
        yield from _texts(dict(exif.get_ifd(directory)), 0)
    for name in ("text", "tag_v2"):
        yield from _texts(dict(getattr(image, name, None) or {}), 0)
    yield from _texts(getattr(image, "applist", None) or [], 0)
    if isinstance(image, ImageFile.ImageFile):
        yield from _texts(IptcImagePlugin.getiptcinfo(image) or {}, 0)


def _texts(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield decoded(value)
        yield value.decode("utf-16-le", "replace")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(key, depth + 1)
            yield from _texts(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, depth + 1)
