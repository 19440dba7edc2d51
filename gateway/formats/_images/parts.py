"""What a container consists of beside its pixels, byte for byte.

Each kind of file is cut into :class:`Part` s that cover all of it: nothing stands between them. A
part says whether the pixels need it, and which text it holds (:mod:`metadata` reads that).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto


class Holds(Enum):
    """What a part's body is."""

    NOTHING = auto()  # numbers that draw the picture
    TEXT = auto()
    TRACE = auto()  # text that says who or when
    EXIF = auto()
    XMP = auto()
    IPTC = auto()
    PHOTOSHOP = auto()
    PROFILE = auto()  # a colour profile
    UNKNOWN = auto()  # searched for text
    PREVIEW = auto()  # another picture of the same
    TRAILER = auto()  # what stands behind the picture's end


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file.

    Args:
        name: of the chunk or segment.
        start: offset of its first byte.
        end: offset behind its last byte.
        holds: what ``body`` is.
        body: its content, decoded.
        instead: what takes the part's place once metadata goes.
        needed: whether the picture cannot be shown as it is without it.
    """

    name: str
    start: int
    end: int
    holds: Holds = Holds.NOTHING
    body: bytes = field(default=b"", repr=False)
    instead: bytes | None = field(default=None, repr=False)
    needed: bool = False


def without_metadata(data: bytes, parts: tuple[Part, ...]) -> bytes:
    """The file with nothing but the parts that the pixels need; no pixel is encoded anew."""
    kept: list[bytes] = []
    for part in parts:
        if part.instead is not None:
            kept.append(part.instead)
        elif part.needed:
            kept.append(data[part.start : part.end])
    return b"".join(kept)
