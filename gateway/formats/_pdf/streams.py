"""What each stream of a file is, so that none stays unread.

Source: ISO 32000-2:2020, 7.3.8 and the types named below. A stream is known by its own dictionary
or by the key that something refers to it under. What is neither drawing, font data, numbers nor
pixels is read as text, or else named as unread.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from gateway.formats._pdf.strings import decode_text_stream
from gateway.formats._pdf.values import get, integer_of, is_array, is_dict, name_of, stream_bytes


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
    "/Contents": Kind.DRAWING,
    "/CharProcs": Kind.DRAWING,
    "/EF": Kind.FILE,
    "/RF": Kind.FILE,
    "/Metadata": Kind.METADATA,
    "/XFA": Kind.XFA,
    "/JS": Kind.SCRIPT,
    "/Sound": Kind.MEDIA,
}
SMALLEST_PICTURE = 40
"""Images under this width or height in pixels are taken for decoration."""


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


def is_picture(stream: Any, uses: set[str]) -> bool:
    """Whether an image can show something to read; masks belong to the image they mask."""
    if uses and uses <= {"/SMask", "/Mask"}:
        return False
    width = integer_of(get(stream, "/Width"), SMALLEST_PICTURE)
    height = integer_of(get(stream, "/Height"), SMALLEST_PICTURE)
    return width >= SMALLEST_PICTURE and height >= SMALLEST_PICTURE


def has_unread_metadata(stream: Any) -> bool:
    """Whether a JPEG in the file carries comments or EXIF/XMP blocks (ISO/IEC 10918-1, B.2.4).

    Photographs keep their camera's, and their author's, data inside PDF too.
    """
    filters = get(stream, "/Filter")
    last = filters[-1] if is_array(filters) and len(filters) else filters
    if name_of(last) != "DCTDecode" or is_dict(last):
        return False
    raw = bytes(stream.read_raw_bytes())
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF and raw[at + 1] != 0xDA:
        length = int.from_bytes(raw[at + 2 : at + 4], "big")
        if raw[at + 1] in (0xE1, 0xED, 0xFE) and length > 2:
            return True
        at += 2 + length
    return False
