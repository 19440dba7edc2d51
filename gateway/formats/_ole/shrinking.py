"""Making a redacted picture fit where the old one stood: coarser, and at last empty.

Source: [MS-EMF] §2.3.4.2 (header), §2.3.4.1 (end); [MS-WMF] §2.3.2.2 (header), §2.3.2.1 (end).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

_QUALITIES = (85, 70, 50, 30, 15)
_COLOURS = (256, 64, 16, 4)
_EMF_HEADER = 88
_EMF_END = struct.pack("<5I", 14, 20, 0, 16, 20)
_WMF_END = struct.pack("<IH", 3, 0)


def smaller(picture: bytes, ending: str, room: int) -> Iterator[bytes]:
    """The picture, then ever smaller ones of the same kind and size on paper.

    Args:
        picture: the redacted picture.
        ending: its kind.
        room: bytes that there are; a picture that is not packed and fits comes alone.
    """
    yield picture
    if ending == "emf":
        yield _empty_emf(picture)
    elif ending == "wmf":
        yield _empty_wmf(picture)
    elif ending in {"jpg", "png"} and len(picture) > room:
        yield from _coarser(picture, ending)


def _empty_emf(picture: bytes) -> bytes:
    """The header, which tells the size of the picture, and the end."""
    header = bytearray(picture[:_EMF_HEADER])
    if len(header) < _EMF_HEADER:
        return picture
    size = _EMF_HEADER + len(_EMF_END)
    struct.pack_into("<I", header, 4, _EMF_HEADER)
    struct.pack_into("<IIH", header, 48, size, 2, 1)
    struct.pack_into("<II", header, 60, 0, 0)  # no description
    return bytes(header) + _EMF_END


def _empty_wmf(picture: bytes) -> bytes:
    header = bytearray(picture[:18])
    if len(header) < 18:
        return picture
    struct.pack_into("<I", header, 6, (18 + len(_WMF_END)) // 2)
    struct.pack_into("<I", header, 12, 3)
    return bytes(header) + _WMF_END


def _coarser(picture: bytes, ending: str) -> Iterator[bytes]:
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as opened:
        colours = opened.convert("RGB")
    if ending == "jpg":
        for quality in _QUALITIES:
            yield _saved(colours, "JPEG", quality=quality)
    else:
        for count in _COLOURS:
            yield _saved(colours.quantize(count), "PNG", optimize=True)
    blank = Image.new("RGB" if ending == "jpg" else "1", colours.size, 0)
    yield _saved(blank, "JPEG", quality=5) if ending == "jpg" else _saved(blank, "PNG")


def _saved(picture: object, kind: str, **options: object) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()
