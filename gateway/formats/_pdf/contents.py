"""What was read of a PDF: its segments, and for each a *target* that says where its text stands."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, field

import pikepdf

from gateway.errors import Unreadable
from gateway.formats._children import Children
from gateway.formats._pdf.block import Block
from gateway.formats._pdf.content import Reader
from gateway.formats._pdf.objects import Place
from gateway.formats._pdf.sheet import Sheet, Source, SourceKey
from gateway.formats._pdf.syntax import Text
from gateway.formats._pdf.values import DECODE_ERRORS, ObjectId
from gateway.model import Role, Segment, Unread

# qpdf's complaints may quote the file; none of it belongs in a log.
_QPDF_LOG = logging.getLogger("pikepdf._core")
_QPDF_LOG.propagate = False
_QPDF_LOG.addHandler(logging.NullHandler())

BROKEN = (
    *DECODE_ERRORS,
    ArithmeticError,
    AttributeError,
    IndexError,
    RecursionError,
    MemoryError,
)
"""What reading a broken file may raise."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Text drawn on a sheet."""

    sheet: Sheet
    block: Block


@dataclass(frozen=True, slots=True)
class Property:
    """A string among the operands of a content stream (ActualText of marked content)."""

    source: Source
    text: Text


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in a content stream."""

    source: Source
    text: Text


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A name object."""

    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextStream:
    """A stream that is text as a whole."""

    object_id: ObjectId


@dataclass(frozen=True, slots=True)
class Metadata:
    """A metadata stream, which goes as a whole (14.3.2): it names authors, programs and dates."""

    object_id: ObjectId


@dataclass(frozen=True, slots=True)
class Private:
    """A stream that nobody can read, and that can be emptied."""

    object_id: ObjectId


@dataclass(frozen=True, slots=True)
class Seen:
    """Text that only pdfium sees on a page, which can go with the page only."""

    page: int


@dataclass(frozen=True, slots=True)
class BesidePixels:
    """A comment or camera data in the JPEG data of an image."""

    object_id: ObjectId


type Target = (
    Drawn
    | Property
    | Comment
    | Place
    | SpokenName
    | TextStream
    | Metadata
    | Private
    | Seen
    | BesidePixels
    | None
)
"""Where a segment's text stands; ``None`` for what an edited file never carries."""


@dataclass(slots=True)
class PictureAt:
    """A picture that was opened as a document, and all places that show it.

    Args:
        objects: image objects with the same data.
        inline: inline images: their stream, and the byte range in it.
        page: the page that is this picture as a whole, or -1.
        data: the image file that was opened.
    """

    objects: list[ObjectId] = field(default_factory=list)
    inline: list[tuple[SourceKey, int, int]] = field(default_factory=list)
    page: int = -1
    data: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Contents:
    """All that was read of one revision.

    Args:
        children: the segments of the file itself, and the documents in it.
        targets: where the text of each of the file's own segments stands.
        data: the file.
        streams: the stream that holds each child, by its part.
        pictures: the pictures that were opened, by their part.
        known_pictures: by digest, those of other revisions included.
        reader: the content streams.
        sheets: all sheets read.
        encrypted: the file is enciphered (and its user password is empty).
    """

    data: bytes = field(default=b"", repr=False)
    children: Children = field(default_factory=Children)
    targets: list[Target] = field(default_factory=list)
    streams: dict[str, ObjectId] = field(default_factory=dict)
    pictures: dict[str, PictureAt] = field(default_factory=dict)
    known_pictures: dict[bytes, str] = field(default_factory=dict)
    reader: Reader = field(default_factory=Reader)
    sheets: list[Sheet] = field(default_factory=list)
    encrypted: bool = False

    def add(self, segment: Segment, target: Target) -> None:
        """Add a segment of the file's own."""
        self.children.own.append(segment)
        self.targets.append(target)

    def drop(self, part: str, why: str) -> None:
        """Name a part that nobody can read, and that no edited file carries."""
        self.add(Segment("", part, Role.DISPENSABLE, (why,)), None)

    def unread(self, part: str, why: str) -> None:
        """Name a part that could not be read, once."""
        note = Unread(part, why)
        if note not in self.children.unread:
            self.children.unread.append(note)


def load(data: bytes, *, recover: bool = True) -> pikepdf.Pdf:
    """Open a file with qpdf.

    Files that only their owner's password protects open without one: the text can be read by
    anyone, so it is inspected like any other.

    Raises:
        Unreadable: it is encrypted or damaged.
    """
    try:
        pdf = pikepdf.open(io.BytesIO(data), attempt_recovery=recover)
        len(pdf.pages)  # a looped or broken page tree shows here
    except pikepdf.PasswordError:
        raise Unreadable("encrypted", "remove the password and send the file again") from None
    except BROKEN:
        raise Unreadable("damaged PDF") from None
    return pdf
