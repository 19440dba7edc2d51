"""A picture as a document: what its pixels say, and all that stands in its file beside them.

An edit of text in the pixels paints it over and writes a new picture from pixels only, so nothing
of the old metadata stays. Where metadata alone is edited, all of it goes and the pixels stay as
they are, byte for byte, where the kind of file allows that.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from gateway.errors import Unreadable
from gateway.formats._base import Opener, by_segment
from gateway.formats._children import Children
from gateway.formats._images.codes import Code
from gateway.formats._images.frames import frames
from gateway.formats._images.kinds import Container, cut_up
from gateway.formats._images.layout import Block
from gateway.formats._images.ocr import Polygon
from gateway.formats._images.painting import paint
from gateway.formats._images.reading import Origin, Reading, read_pixels
from gateway.formats._ledger import Ledger
from gateway.model import Edit, Hint, Role, Rung, Segment, Unread

_REMEMBERED = 1000
_KEPT = 120_000_000  # bytes of pixels that were handed to lossy encoders

_readings: OrderedDict[bytes, tuple[Reading, ...]] = OrderedDict()
_origins: OrderedDict[bytes, tuple[Origin, ...]] = OrderedDict()

# What makes a file behind a picture one that another program may open instead.
_ARCHIVES = (b"PK\x05\x06", b"%PDF-", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_ARCHIVE_END = 65_557  # a zip's directory ends in the last so many bytes


@dataclass(slots=True)
class _Shown:
    """A block or code, and the frames that show it alike."""

    what: Block | Code
    frames: list[int] = field(default_factory=list)

    def boxes(self, start: int, end: int) -> list[Polygon]:
        if isinstance(self.what, Code):
            return [self.what.corners]
        return self.what.boxes(start, end)


class ImageDocument:
    """An opened picture; see :class:`gateway.formats._base.Document`.

    Args:
        kind: "png", "jpeg" …
        data: the file.
        open_child: opens smaller pictures in it, and what stands behind its end.

    Raises:
        Unreadable: it is damaged, or a file of two kinds.
        LimitExceeded: a budget ran out.
    """

    def __init__(self, kind: str, data: bytes, open_child: Opener) -> None:
        self.format = kind
        self.ending = ""
        # What cannot be read beside the pixels can be left out; otherwise all of it is refused.
        self.unread: Sequence[Unread] = ()
        self._data = data
        self._ledger: Ledger = open_child.ledger
        self._container = cut_up(kind, data, self._ledger)
        _refuse_second_file(data, self._container)
        self._shown = _shown(read_frames(self._container, self._ledger))
        self._children = Children()
        self._list_own()
        self._open_others(open_child)

    def segments(self) -> Sequence[Segment]:
        """Blocks of text, codes, metadata, what can only be left out; then smaller pictures."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The picture painted over where edits say so, without any metadata."""
        if not edits:
            return self._data
        paints: dict[int, list[tuple[list[Polygon], str]]] = {}
        for index, group in by_segment(edits).items():
            if index < len(self._shown):
                shown = self._shown[index]
                done = [(shown.boxes(edit.start, edit.end), edit.replacement) for edit in group]
                for number in shown.frames:
                    paints.setdefault(number, []).extend(done)
        if self._loses_pictures:
            self._ledger.took(Rung.DROPPED)
        bare = self._container.without_metadata()
        if not paints and bare is not None:
            return bare
        return self._painted(paints)

    def _painted(self, paints: dict[int, list[tuple[list[Polygon], str]]]) -> bytes:
        images: list[Image.Image] = []
        origins: list[Origin] = []
        readings = read_frames(self._container, self._ledger)
        decoded = frames(self._container.image(), Ledger(self._ledger.limits))
        for number, (frame, reading) in enumerate(zip(decoded, readings, strict=True)):
            boxes: list[Polygon] = []
            image = frame
            for places, label in paints.get(number, ()):
                image = paint(image, places, label)
                boxes += places
            images.append(image)
            origins.append(Origin(image, reading, tuple(boxes)))
        data = self._container.written(images)
        self.ending = self._container.ending
        if self.ending:
            self._ledger.took(Rung.CONVERTED)
        _remember_origins(data, origins)
        return data

    def _list_own(self) -> None:
        own = self._children.own
        for shown in self._shown:
            part = f"frame {shown.frames[0] + 1}"
            if isinstance(shown.what, Code):
                own.append(Segment(shown.what.text, f"{part}, code", Role.HIDDEN))
            else:
                own.append(Segment(shown.what.text, part, Role.PICTURE, shown.what.context))
        own += [
            Segment(words.text, f"metadata {number}", words.role, (words.field,))
            for number, words in enumerate(self._container.told.words, 1)
        ]

    def _open_others(self, open_child: Opener) -> None:
        """Previews and what stands behind the end are documents; what is none can go."""
        others = [
            (f"preview {number}", "preview: not read", body, Hint("preview.jpg"))
            for number, body in enumerate(self._container.told.previews, 1)
        ]
        if trailer := self._container.trailer:
            others.append(("trailer", "bytes behind the picture: not read", trailer, Hint()))
        self._loses_pictures = False
        for part, why, body, hint in others:
            opened = self._children.open(part, body, hint, open_child)
            self._loses_pictures |= opened and part == "trailer"
            if self._children.unread:  # all of it, or something in it
                self._children.unread.clear()
                self._children.own.append(Segment("", part, Role.DISPENSABLE, (why,)))


def read_frames(container: Container, ledger: Ledger) -> tuple[Reading, ...]:
    """What each frame of a picture says; the same file is read, and paid for, once.

    Raises:
        Unreadable: it is damaged.
        LimitExceeded: a budget ran out.
    """
    digest = hashlib.sha256(container.data).digest()
    if digest not in _readings:
        origins = _origins.get(digest, ())
        found = [
            read_pixels(frame, origins[number] if number < len(origins) else None)
            for number, frame in enumerate(frames(container.image(), ledger))
        ]
        _readings[digest] = tuple(found)
        if len(_readings) > _REMEMBERED:
            _readings.popitem(last=False)
    _readings.move_to_end(digest)
    return _readings[digest]


def _shown(readings: Sequence[Reading]) -> list[_Shown]:
    """Blocks and codes of all frames; what several frames show alike stands once."""
    known: dict[Block | Code, _Shown] = {}
    for number, reading in enumerate(readings):
        shown: tuple[Block | Code, ...] = (*reading.blocks, *reading.codes)
        for what in shown:
            known.setdefault(what, _Shown(what)).frames.append(number)
    return list(known.values())


def _remember_origins(data: bytes, origins: Sequence[Origin]) -> None:
    _origins[hashlib.sha256(data).digest()] = tuple(origins)
    while len(_origins) > 1 and sum(map(_weight, _origins.values())) > _KEPT:
        _origins.popitem(last=False)


def _weight(origins: Sequence[Origin]) -> int:
    return sum(origin.image.width * origin.image.height * 4 for origin in origins)


def _refuse_second_file(data: bytes, container: Container) -> None:
    end = data[-_ARCHIVE_END:]
    directory = end.rfind(b"PK\x05\x06")
    zipped = directory >= 0 and b"PK\x01\x02" in data
    if zipped or any(sign in container.trailer for sign in _ARCHIVES):
        raise Unreadable("polyglot: a picture with another file in it")
