"""Text of old Office files: where it stands, and how it is written over without moving anything.

These formats count characters everywhere (runs, fields, bookmarks), so new text takes exactly
the room of the old: it is cut or padded to fit, and all formatting stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from gateway.errors import CannotEdit
from gateway.formats._base import edit_text
from gateway.model import Edit, Role, Segment

type Path = tuple[str, ...]
"""A stream's names from the root down."""

UTF16 = "utf-16-le"
_LABEL_LEAST = 4  # below this not even "[XY]" fits


class Span(NamedTuple):
    """Characters of one encoding that stand side by side in a stream.

    ``text`` has one character for each ``width`` bytes, except in a ``codec`` of several bytes.
    """

    text: str
    stream: Path
    start: int
    codec: str = UTF16

    @property
    def width(self) -> int:
        """Bytes of the smallest unit."""
        return 2 if self.codec == UTF16 else 1

    def offset(self, index: int) -> int:
        """Where character ``index`` stands in the stream."""
        if self.codec == UTF16:
            beyond = sum(c > "\uffff" for c in self.text[:index])
            return self.start + 2 * (index + beyond)
        if self.codec in {"cp1252", "latin-1"}:
            return self.start + index
        return self.start + len(self.text[:index].encode(self.codec, "replace"))


@dataclass(slots=True)
class Streams:
    """The streams of a file while it is changed, and what leaves it.

    ``later`` are edited places that only the finisher of the format can write, with their text.
    """

    content: dict[Path, bytearray] = field(repr=False)
    dropped: set[Path] = field(default_factory=set, repr=False)
    later: list[tuple[Place, str, Sequence[Edit]]] = field(default_factory=list, repr=False)

    def write(self, stream: Path, start: int, new: bytes) -> None:
        """Put bytes over those that stand there."""
        content = self.content[stream]
        if not 0 <= start <= start + len(new) <= len(content):
            raise CannotEdit("text that stands nowhere in the file")
        content[start : start + len(new)] = new


class Place(Protocol):
    """Where a passage stands, and how it is changed."""

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Make the edits of ``text``."""
        ...


class Passage(NamedTuple):
    """A segment and its place."""

    segment: Segment
    place: Place


@dataclass(frozen=True, slots=True)
class Inline:
    """Running text in spans, each character in its own place."""

    spans: Sequence[Span] = field(repr=False)

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Write each replacement over what it replaces."""
        del text
        for edit in edits:
            self._write_one(streams, edit)

    def _write_one(self, streams: Streams, edit: Edit) -> None:
        touched: list[tuple[Span, int, int]] = []
        first = 0
        for span in self.spans:
            start = max(edit.start - first, 0)
            end = min(edit.end - first, len(span.text))
            if start < end:
                touched.append((span, span.offset(start), span.offset(end)))
            first += len(span.text)
        room = sum((end - start) // span.width for span, start, end in touched)
        new = fitted(edit.replacement, room)
        for span, start, end in touched:
            units = (end - start) // span.width
            share, new = new[:units], new[units:]
            streams.write(span.stream, start, encoded(share, span.codec, end - start))


@dataclass(frozen=True, slots=True)
class Buffer:
    """A string in a field of its own with so many bytes of room, ended by a zero."""

    stream: Path = field(repr=False)
    start: int
    size: int
    codec: str

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Write the whole string anew; what is left of the room is zeros."""
        new = edit_text(text, edits)
        width = 2 if self.codec == UTF16 else 1
        room = self.size - width  # the last zero stays
        while new and len(new.encode(self.codec, "replace")) > room:
            new = new[:-1]
        data = new.encode(self.codec, "replace")[: self.size]
        streams.write(self.stream, self.start, data.ljust(self.size, b"\0"))


@dataclass(frozen=True, slots=True)
class Blank:
    """Bytes that any edit turns into zeros: a date of making, a preview."""

    stream: Path = field(repr=False)
    start: int
    end: int

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Blank them."""
        del text, edits
        streams.write(self.stream, self.start, bytes(self.end - self.start))


@dataclass(frozen=True, slots=True)
class Drop:
    """A storage or stream that any edit takes out of the file."""

    path: Path = field(repr=False)

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Take it out."""
        del text, edits
        streams.dropped.add(self.path)


@dataclass(frozen=True, slots=True)
class Gone:
    """Text in no stream (free sectors): writing the file anew leaves it out."""

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Nothing is to be done."""
        del streams, text, edits


@dataclass(frozen=True, slots=True)
class Fixed:
    """Text that the file's structure needs."""

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Refuse."""
        del streams, text, edits
        raise CannotEdit("a name that the document's structure needs")


def inline(
    spans: Sequence[Span], part: str, role: Role = Role.BODY, context: tuple[str, ...] = ()
) -> list[Passage]:
    """One passage of the spans, or none if there is nothing but space in them."""
    text = "".join(span.text for span in spans)
    if not text.strip(" \t\r\n\0"):
        return []
    return [Passage(Segment(text, part, role, context), Inline(tuple(spans)))]


def fitted(text: str, room: int) -> str:
    """A replacement in exactly ``room`` characters: "[PERSON_1]" becomes "[PERS]" or "***"."""
    if len(text) <= room:
        return text.ljust(room)
    if not text.startswith("["):
        return text[:room]
    return text[: room - 1] + "]" if room >= _LABEL_LEAST else "*" * room


def encoded(text: str, codec: str, size: int) -> bytes:
    """A text in exactly ``size`` bytes; what the encoding does not have is a question mark."""
    if codec == UTF16:
        text = "".join(c if c <= "\uffff" else "?" for c in text)
        return text.encode(UTF16, "replace").ljust(size, b" ")[:size]
    while len(text.encode(codec, "replace")) > size:
        text = text[:-1]
    return text.encode(codec, "replace").ljust(size, b" ")


def covered_by(place: Place) -> list[tuple[Path, int, int]]:
    """The bytes of which streams a place stands on."""
    if isinstance(place, Inline):
        return [(s.stream, s.start, s.offset(len(s.text))) for s in place.spans]
    if isinstance(place, Buffer):
        return [(place.stream, place.start, place.start + place.size)]
    if isinstance(place, Blank):
        return [(place.stream, place.start, place.end)]
    return []
