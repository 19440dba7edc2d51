"""HEIF files (HEIC, AVIF), box by box.

Sources: ISO/IEC 14496-12 §4.2 (boxes), ISO/IEC 23008-12 (HEIF). Exif and XMP stand among the
coded pictures; the decoder finds them by the item table.
"""

from __future__ import annotations

from gateway.errors import Unreadable
from gateway.formats._images.parts import Holds, Part

_BRANDS = frozenset({
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis",
})  # fmt: skip
_CODED = frozenset({b"mdat", b"ftyp"})


def is_heif(data: bytes) -> bool:
    """Whether the file's first box says so."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


def decoder_of(data: bytes) -> str:
    """Which decoder reads it: the brands name the codec."""
    brands = data[8 : min(int.from_bytes(data[:4]), 256)]
    return "AVIF" if b"avif" in brands or b"avis" in brands else "HEIF"


def heif_parts(data: bytes) -> tuple[Part, ...]:
    """All boxes; words in those that hold no coded pictures are found.

    Raises:
        Unreadable: the boxes do not follow each other as they must.
    """
    parts: list[Part] = []
    at = 0
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        end = at + size if size else len(data)
        if not kind.isascii() or end > len(data) or end < at + 8:
            if at and parts[-1].name == "mdat":
                parts.append(Part("trailer", at, len(data), holds=Holds.TRAILER, body=data[at:]))
                break
            raise Unreadable("image: damaged (cut short)")
        holds = Holds.NOTHING if kind in _CODED else Holds.UNKNOWN
        parts.append(Part(kind.decode("ascii"), at, end, holds, data[at + 8 : end]))
        at = end
    return tuple(parts)
