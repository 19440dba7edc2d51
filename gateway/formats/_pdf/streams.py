"""What each stream of a file is, so that none stays unread.

Source: ISO 32000-2:2020, 7.3.8 and the types named below. A stream is known by its own dictionary
or by the key that something refers to it under. What is neither drawing, font data, numbers nor
pixels is read as text, or else named as unread.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from gateway.formats._pdf.strings import decode_text_stream
from gateway.formats._pdf.values import get, integer_of, is_array, name_of, stream_bytes


class Kind(Enum):
    """What a stream holds."""

    DRAWING = auto()
    IMAGE = auto()
    DATA = auto()
    METADATA = auto()
    FILE = auto()
    XFA = auto()
    SCRIPT = auto()
    MEDIA = auto()
    OTHER = auto()


_BY_TYPE = {
    "Metadata": Kind.METADATA,
    "EmbeddedFile": Kind.FILE,
    "XRef": Kind.DATA,
    "ObjStm": Kind.DATA,
    "CMap": Kind.DATA,
    "Halftone": Kind.DATA,
    "3D": Kind.MEDIA,
}
_BY_USE = {
    "/FontFile": Kind.DATA,
    "/FontFile2": Kind.DATA,
    "/FontFile3": Kind.DATA,
    "/ToUnicode": Kind.DATA,
    "/CIDToGIDMap": Kind.DATA,
    "/CIDSet": Kind.DATA,
    "/DestOutputProfile": Kind.DATA,
    "/Function": Kind.DATA,
    "/TR": Kind.DATA,
    "/TR2": Kind.DATA,
    "/BG": Kind.DATA,
    "/UCR": Kind.DATA,
    "/HT": Kind.DATA,
    "/Thumb": Kind.DATA,
    "/Indexed": Kind.DATA,  # a palette
    "/Contents": Kind.DRAWING,
    "/CharProcs": Kind.DRAWING,
    "/EF": Kind.FILE,
    "/RF": Kind.FILE,
    "/Metadata": Kind.METADATA,
    "/XFA": Kind.XFA,
    "/JS": Kind.SCRIPT,
    "/Sound": Kind.MEDIA,
}
SHORTEST_SIDE = 8
SMALLEST_PICTURE = 500
"""Images of fewer pixels, or lower or narrower than a letter, are taken for decoration."""


def classify(stream: Any, uses: set[str]) -> Kind:
    """The kind of a stream.

    Args:
        stream: the stream object.
        uses: the keys under which others refer to it.
    """
    subtype = name_of(get(stream, "/Subtype"))
    if subtype == "Image":
        return Kind.DATA if "/Thumb" in uses else Kind.IMAGE
    if subtype == "Form" or integer_of(get(stream, "/PatternType"), 0) == 1:
        return Kind.DRAWING
    declared = _BY_TYPE.get(name_of(get(stream, "/Type")))
    if declared:
        return declared
    for use in sorted(uses):
        if use in _BY_USE:
            return _BY_USE[use]
    if subtype == "XML":
        return Kind.METADATA
    return Kind.DATA if _is_numbers(stream, uses) else Kind.OTHER


def _is_numbers(stream: Any, uses: set[str]) -> bool:
    """Functions, shadings, colour profiles and font programs, known by their own entries."""
    if any(key in stream for key in ("/FunctionType", "/ShadingType", "/Length1", "/CMapName")):
        return True
    if name_of(get(stream, "/Subtype")) in ("Type1C", "CIDFontType0C", "OpenType"):
        return True
    if not uses and integer_of(get(stream, "/S"), -1) >= 0:  # linearisation hints, annex F.4
        return decode_text_stream(stream_bytes(stream)) is None
    # ICC profiles (8.6.5.5) have this signature in their header (ICC.1:2022, 7.2).
    return b"acsp" in stream_bytes(stream)[:64]


def is_picture(size: tuple[int, int]) -> bool:
    """Whether a picture of this size can show something to read."""
    return min(size) >= SHORTEST_SIDE and size[0] * size[1] >= SMALLEST_PICTURE


def jpeg_in(stream: Any) -> bytes:
    """The JPEG data of an image, or nothing if it is none, or packed once more."""
    filters = get(stream, "/Filter")
    if is_array(filters):
        filters = filters[0] if len(filters) == 1 else None
    return bytes(stream.read_raw_bytes()) if name_of(filters) == "DCTDecode" else b""
