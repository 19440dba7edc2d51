"""Reading the pictures of a file: each is opened as a document of its own, once.

Read are images wherever they are drawn, inline images, masks, and images that nothing draws. A page
is read as one picture where its text would not be seen otherwise: put together from tiles, or drawn
as outlines without fonts.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from gateway.errors import LimitExceeded
from gateway.formats._base import Opener
from gateway.formats._pdf.contents import BesidePixels, Contents, PictureAt
from gateway.formats._pdf.jpegs import telling_segments
from gateway.formats._pdf.objects import Inventory, roots
from gateway.formats._pdf.outlines import may_be_letters, new_outlines
from gateway.formats._pdf.pixels import is_plain_jpeg, picture_bytes, size_of
from gateway.formats._pdf.raster import render_page
from gateway.formats._pdf.sheet import Picture, Sheet, Source
from gateway.formats._pdf.streams import Kind, classify, is_picture, jpeg_in
from gateway.formats._pdf.strings import readings
from gateway.formats._pdf.values import (
    DECODE_ERRORS,
    ObjectId,
    entries,
    get,
    is_stream,
    name_of,
)
from gateway.model import Hint, Role, Segment
from gateway.settings import Limits

_MOST_PAGES = 200  # read as pictures; time ends before
_FEWEST_TILES = 4
_EDGE = 1.5  # points by which tiles may miss each other
_FEW_LETTERS = 40  # on a page whose drawing is looked at, too
_MANY_STROKES = 60  # curves, and lines by halves; a letter has about eight
_CURVE = re.compile(rb"(?<=\s)[cvy](?=\s)")
_LINE = re.compile(rb"(?<=\s)l(?=\s)")
_LARGE = 1_000_000  # pixels
_FIRST_PICTURES = 2  # large ones, read before any judgement of pace
_MARGIN = 1.5  # some pages are emptier than others
_TELL_APART = (
    "/Width",
    "/Height",
    "/BitsPerComponent",
    "/ColorSpace",
    "/Filter",
    "/Decode",
    "/DecodeParms",
    "/ImageMask",
)
_PICTURED_WORD = 100  # pixels; a wider glyph of a Type 3 font can be a whole word


@dataclass(slots=True)
class _Pace:
    """Whether all scanned pages can be read in time, judged by those that were.

    A worker that runs out of time is ended; this says so a minute earlier, and what it was.

    Args:
        limits: those of the item.
        total: large pictures to be read.
        done: how many of them were.
        wall: when reading began, as ``cpu``.
    """

    limits: Limits
    total: int = 0
    done: int = 0
    wall: float = field(default_factory=time.monotonic)
    cpu: float = field(default_factory=time.process_time)

    def step(self) -> None:
        """A large picture was read.

        Raises:
            LimitExceeded: the others would take too long.
        """
        self.done += 1
        if self.done < _FIRST_PICTURES:
            return
        share = self.total / self.done
        wall = (time.monotonic() - self.wall) * share
        cpu = (time.process_time() - self.cpu) * share
        if wall > _MARGIN * self.limits.wall_seconds or cpu > _MARGIN * self.limits.cpu_seconds:
            seconds = min(self.limits.wall_seconds, self.limits.cpu_seconds)
            raise LimitExceeded(
                f"{self.total} scanned pages: reading them takes more than {seconds} seconds"
            )


@dataclass(slots=True)
class _Pictures:
    pdf: pikepdf.Pdf
    contents: Contents
    open_child: Opener
    pace: _Pace
    shown: set[ObjectId] = field(default_factory=set)
    pages: int = 0
    outlines: set[bytes] = field(default_factory=set)

    def expect(self, objects: Sequence[tuple[ObjectId, Any]]) -> None:
        """Count the large pictures that will be read, each once."""
        large = {
            _digest(value)
            for _, value in objects
            if is_stream(value) and name_of(get(value, "/Subtype")) == "Image" and _is_large(value)
        }
        self.pace.total += len(large - self.contents.known_pictures.keys())

    def read_sheet(self, sheet: Sheet) -> None:
        tiled = _is_tiled(sheet)
        if sheet.page >= 0 and (_is_outlined(sheet, self.contents) or self._has_letters(sheet)):
            sheet.blind.add("text that may be drawn as outlines")
        wanted = sheet.blind or tiled
        if sheet.page >= 0 and wanted and self._read_page(sheet):
            sheet.blind.clear()
            if tiled:
                self.shown |= {p.object_id for p in sheet.pictures if p.object_id}
                return
        for why in sorted(sheet.blind):
            self.contents.unread(sheet.part, why)
        count = 0
        for picture in sheet.pictures:
            if picture.object_id in self.shown:
                continue
            count += 1
            part = f"{sheet.part} image {count}"
            if picture.object_id is None:
                if sheet.part.endswith("glyph") and picture.width < _PICTURED_WORD:
                    continue
                if is_picture((picture.width, picture.height)):
                    self._read_inline(part, picture)
            else:
                self.shown.add(picture.object_id)
                self._read_object(part, self.pdf.get_object(picture.object_id))

    def _has_letters(self, sheet: Sheet) -> bool:
        """Whether a page draws shapes that may be letters, and no page before it did."""
        found: list[bytes] = []
        for source in _sources(sheet, self.contents):
            found += new_outlines(source.data, self.outlines)
        return may_be_letters(found)

    def _read_page(self, sheet: Sheet) -> bool:
        if self.pages >= _MOST_PAGES:
            return False
        self.pages += 1
        try:
            data = render_page(self.contents.data, sheet.page, self.open_child.ledger.limits)
        except ValueError:
            return False
        part = f"{sheet.part} picture"
        self.pace.total += 1
        opened = self._open(part, data, PictureAt(data=data, page=sheet.page))
        self.pace.step()
        return opened

    def read_rest(self, inventory: Inventory, objects: Sequence[tuple[ObjectId, Any]]) -> None:
        """Previews, masks, and images that nothing draws."""
        for object_id, value in objects:
            if not is_stream(value):
                continue
            uses = inventory.uses.get(object_id, set())
            if "/Thumb" in uses:
                part = f"object {object_id[0]} page preview"
                segment = Segment("", part, Role.DISPENSABLE, ("preview: not read",))
                self.contents.add(segment, None)
            elif classify(value, uses) is Kind.IMAGE and object_id not in self.shown:
                self._read_object(f"object {object_id[0]} image", value)

    def _read_object(self, part: str, stream: Any) -> None:
        object_id = stream.objgen
        digest = _digest(stream)
        known = self.contents.known_pictures.get(digest)
        if known is not None:
            if known in self.contents.pictures:
                self.contents.pictures[known].objects.append(object_id)
            return
        self._read_beside(part, stream)
        if not is_picture(size_of(stream)):
            return
        self.contents.known_pictures[digest] = part
        self._read_stream(part, stream, PictureAt(objects=[object_id]))
        if _is_large(stream):
            self.pace.step()

    def _read_beside(self, part: str, stream: Any) -> None:
        """What JPEG data says beside its pixels, unless it is opened as a file of its own."""
        if is_plain_jpeg(stream) and is_picture(size_of(stream)):
            return
        jpeg = jpeg_in(stream)
        for start, end in telling_segments(jpeg):
            for text in readings(jpeg[start + 4 : end]):
                segment = Segment(text, f"{part} metadata", Role.METADATA)
                self.contents.add(segment, BesidePixels(stream.objgen))

    def _read_inline(self, part: str, picture: Picture) -> None:
        assert picture.source is not None
        stream = inline_stream(self.pdf, picture.source, picture.span)
        digest = _digest(stream) if stream is not None else b""
        place = (picture.source.key, *picture.span)
        known = self.contents.known_pictures.get(digest)
        if stream is None:
            self.contents.unread(part, "image: cannot be decoded")
        elif known is None:
            self.contents.known_pictures[digest] = part
            self._read_stream(part, stream, PictureAt(inline=[place]))
        elif known in self.contents.pictures and place not in (
            inline := self.contents.pictures[known].inline
        ):
            inline.append(place)

    def _read_stream(self, part: str, stream: Any, where: PictureAt) -> None:
        try:
            data = picture_bytes(stream, self.open_child.ledger.limits)
        except LimitExceeded:
            raise
        except (ValueError, *DECODE_ERRORS):
            self.contents.unread(part, "image: cannot be decoded")
            return
        if data is not None:
            where.data = data
            self._open(part, data, where)

    def _open(self, part: str, data: bytes, where: PictureAt) -> bool:
        hint = Hint("picture.jpg" if data.startswith(b"\xff\xd8") else "picture.png")
        if not self.contents.children.open(part, data, hint, self.open_child):
            return False
        self.contents.pictures[part] = where
        return True


def read_pictures(
    pdf: pikepdf.Pdf, contents: Contents, inventory: Inventory, open_child: Opener
) -> None:
    """Open every picture of a revision, or name it as unread.

    Raises:
        LimitExceeded: a budget ran out.
    """
    pictures = _Pictures(pdf, contents, open_child, _Pace(open_child.ledger.limits))
    objects = list(roots(pdf))  # before inline images are made objects
    pictures.expect(objects)
    for sheet in contents.sheets:
        pictures.read_sheet(sheet)
    pictures.read_rest(inventory, objects)


def _is_large(stream: Any) -> bool:
    """Whether a picture may be a scanned page."""
    width, height = size_of(stream)
    return width * height >= _LARGE


def _digest(stream: Any) -> bytes:
    """What makes two images the same: their data and how it is read."""
    said = hashlib.sha256(bytes(stream.read_raw_bytes()))
    for key in _TELL_APART:
        value = get(stream, key)
        said.update(value.unparse() if isinstance(value, pikepdf.Object) else repr(value).encode())
    return said.digest()


def inline_stream(pdf: pikepdf.Pdf, source: Source, span: tuple[int, int]) -> Any:
    """An inline image as an image object of the file, or ``None`` if it cannot be read (8.9.7)."""
    content = pdf.make_stream(source.data[span[0] : span[1]])
    try:
        for instruction in pikepdf.parse_content_stream(content):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                image = instruction.iimage
                stream = pdf.make_stream(image.read_raw_bytes())
                for key, value in entries(image.obj):
                    stream[key] = value
                stream["/Subtype"] = pikepdf.Name.Image
                return stream
    except DECODE_ERRORS:
        return None
    return None


def _is_tiled(sheet: Sheet) -> bool:
    """Whether a page is put together from pictures edge to edge."""
    frames = [_frame(picture) for picture in sheet.pictures]
    if len(frames) < _FEWEST_TILES:
        return False
    return sum(1 for at, one in enumerate(frames) if _touches_another(at, one, frames)) >= (
        _FEWEST_TILES
    )


type _Frame = tuple[float, float, float, float]


def _frame(picture: Picture) -> _Frame:
    a, b, c, d, e, f = picture.matrix
    across, up = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    return min(across), min(up), max(across), max(up)


def _touches_another(at: int, one: _Frame, frames: Sequence[_Frame]) -> bool:
    """Whether one frame shares a whole edge with one of those drawn just before or after it."""
    near = [*frames[max(at - 8, 0) : at], *frames[at + 1 : at + 9]]
    for other in near:
        for side in (0, 1):  # beside each other, or one above the other
            same = all(abs(one[k] - other[k]) < _EDGE for k in (1 - side, 3 - side))
            meets = min(abs(one[side] - other[side + 2]), abs(one[side + 2] - other[side])) < _EDGE
            if same and meets:
                return True
    return False


def _is_outlined(sheet: Sheet, contents: Contents) -> bool:
    """Whether a page draws a lot and writes next to nothing: letters may be drawn as outlines."""
    letters = 0
    for run in sheet.runs:
        letters += len(run.glyphs)
        if letters >= _FEW_LETTERS:
            return False
    drawn = 0
    for source in _sources(sheet, contents):
        drawn += len(_CURVE.findall(source.data)) + len(_LINE.findall(source.data)) // 2
    return drawn >= _MANY_STROKES


def _sources(sheet: Sheet, contents: Contents) -> Iterator[Source]:
    """The page's own stream, and the forms it may draw."""
    if sheet.root:
        yield sheet.root
        for key in sheet.forms:
            yield contents.reader.sources[key]
