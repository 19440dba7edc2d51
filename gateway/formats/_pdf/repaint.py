"""Pictures of an edited file: changed ones put back, and the two layers of a scan kept alike.

A scanned page often carries its text twice: in the pixels, and as an invisible layer over or under
them. What goes from one goes from the other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pikepdf
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from gateway.formats._pdf.boxes import Box, boxes_of
from gateway.formats._pdf.contents import Contents, PictureAt
from gateway.formats._pdf.pictures import inline_stream
from gateway.formats._pdf.pixels import decode, to_png, write_picture
from gateway.formats._pdf.remove import Removals
from gateway.formats._pdf.sheet import Glyph, Picture, Run, Sheet, SourceKey
from gateway.formats._pdf.values import integer_of, name_of

_CHANGED = 60  # levels; a JPEG written again changes every pixel a little
_MOSTLY = 0.5
_COVERED = 0.3  # share of a glyph's place that was painted over

type Points = list[tuple[float, float]]


class Repaint:
    """The new pixels of all pictures that change.

    Args:
        contents: what was read.
        changed: new image files by part.
    """

    def __init__(self, contents: Contents, changed: Mapping[str, bytes]) -> None:
        self._contents = contents
        self.new = {part: data for part, data in changed.items() if part in contents.pictures}
        self._by_object = {
            object_id: part
            for part, where in contents.pictures.items()
            for object_id in where.objects
        }
        self._by_span = {
            place: part for part, where in contents.pictures.items() for place in where.inline
        }

    def glyphs_under_paint(self) -> Iterator[tuple[Sheet, list[Glyph]]]:
        """Invisible text over places that were painted out of a picture, sheet by sheet."""
        masks: dict[str, Image.Image] = {}
        for sheet in self._contents.sheets:
            found: list[Glyph] = []
            for picture, part in self._drawn(sheet):
                if part not in self.new:
                    continue
                if part not in masks:
                    before = decode(self._contents.pictures[part].data)
                    masks[part] = _difference(before, decode(self.new[part]))
                for run in _unseen(sheet, picture):
                    found += [
                        glyph for glyph in run.glyphs if _is_painted(glyph, picture, masks[part])
                    ]
            if found:
                yield sheet, found

    def paint_under(self, removals: Removals) -> None:
        """Paint over the pixels below and above invisible text that goes."""
        for sheet in self._contents.sheets:
            gone = [run for run in sheet.runs if removals.touches(run)]
            if not gone:
                continue
            for picture, part in self._drawn(sheet):
                unseen = {id(run) for run in _unseen(sheet, picture)}
                glyphs = [
                    glyph
                    for run in gone
                    if id(run) in unseen
                    for glyph in run.glyphs
                    if removals.has(glyph)
                ]
                if glyphs:
                    self._paint(part, picture, boxes_of(glyphs))

    def _drawn(self, sheet: Sheet) -> Iterator[tuple[Picture, str]]:
        """The pictures of a sheet that were opened, with their parts."""
        for picture in sheet.pictures:
            if picture.object_id is not None:
                part = self._by_object.get(picture.object_id)
            elif picture.source is not None:
                part = self._by_span.get((picture.source.key, *picture.span))
            else:
                part = None
            if part is not None:
                yield picture, part

    def _paint(self, part: str, picture: Picture, boxes: Iterable[Box]) -> None:
        where = self._contents.pictures[part]
        pixels = decode(self.new.get(part, where.data))
        draw = ImageDraw.Draw(pixels)
        painted = False
        for box in boxes:
            points = _on_picture(box, picture, pixels.size)
            if points:
                draw.polygon(points, fill=0, outline=0)
                painted = True
        if painted:
            self.new[part] = to_png(pixels)

    def write(self, pdf: pikepdf.Pdf) -> Iterator[tuple[SourceKey, tuple[int, int], bytes]]:
        """Write the picture objects; gives back what to write in the place of inline images."""
        for part, new in self.new.items():
            where = self._contents.pictures[part]
            for object_id in where.objects:
                write_picture(pdf.get_object(object_id), new)
            yield from self._inline(pdf, where, new)

    def _inline(
        self, pdf: pikepdf.Pdf, where: PictureAt, new: bytes
    ) -> Iterator[tuple[SourceKey, tuple[int, int], bytes]]:
        for key, start, end in where.inline:
            source = self._contents.reader.sources[key]
            stream = inline_stream(pdf, source, (start, end))
            write_picture(stream, to_png(decode(new)))
            yield key, (start, end), _write_inline(stream)

    def pages(self) -> dict[int, tuple[bytes, bytes]]:
        """Pages that were read as one picture and changed: the new picture, and the old one."""
        found = ((self._contents.pictures[part], data) for part, data in self.new.items())
        return {where.page: (data, where.data) for where, data in found if where.page >= 0}


def _write_inline(stream: Any) -> bytes:
    """An image as inline image, in hexadecimal digits: no byte of it can look like its end."""
    entries = [b"/W %d /H %d" % (integer_of(stream.Width, 0), integer_of(stream.Height, 0))]
    if stream.get("/ImageMask") is True:
        entries.append(b"/IM true")
    else:
        grey = name_of(stream.ColorSpace) == "DeviceGray"
        entries.append(
            b"/BPC %d /CS %s" % (int(stream.BitsPerComponent), b"/G" if grey else b"/RGB")
        )
    packed = zlib.compress(bytes(stream.read_bytes()), 9).hex().encode("ascii")
    return b"BI %s /F [/AHx /Fl] ID %s> EI" % (b" ".join(entries), packed)


def _unseen(sheet: Sheet, picture: Picture) -> Iterator[Run]:
    """Runs that are invisible, or that the picture covers."""
    for order, run in enumerate(sheet.runs):
        if run.hidden or order < picture.above:
            yield run


def _difference(before: Image.Image, after: Image.Image) -> Image.Image:
    """White where a picture was painted over."""
    if before.size != after.size:
        return Image.new("L", before.size, 255)
    change = ImageChops.difference(before.convert("L"), after.convert("L"))
    return change.point(lambda level: 255 if level > _CHANGED else 0)


def painted_over(picture: Image.Image, before: Image.Image, after: Image.Image) -> Image.Image:
    """A picture with the paint that makes the difference between two others like it."""
    result = picture.convert("RGB")
    mask = _difference(before, after)
    if mask.size != result.size:
        mask = mask.resize(result.size)
        after = after.resize(result.size)
    # Letters that were as dark as the paint are inside of it: close the holes they left.
    mask = mask.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MinFilter(9))
    result.paste(after.convert("RGB"), (0, 0), mask)
    return result


def is_painted_too(old: Image.Image, new: Image.Image, shown: Image.Image) -> bool:
    """Whether wherever one picture was painted over, another like it was changed as well.

    Args:
        old: the picture before.
        new: with paint on it.
        shown: the other one; boxes on it may be a little smaller.
    """
    import cv2
    import numpy as np

    if shown.size != old.size:
        return False
    paint = np.asarray(_difference(old, new)) > 0
    changed = np.asarray(_difference(old, shown)) > 0
    around = np.asarray(cv2.dilate(paint.astype(np.uint8), np.ones((9, 9), np.uint8)))
    count, places = cv2.connectedComponents(around)
    painted = np.bincount(places[paint], minlength=count)
    covered = np.bincount(places[paint & changed], minlength=count)
    return bool((covered[1:] >= _MOSTLY * painted[1:]).all())


def _on_picture(box: Box, picture: Picture, size: tuple[int, int]) -> Points:
    """The corners of a box in pixels; nothing if its middle is not on the picture."""
    (x, y), (ax, ay), (ux, uy) = box.origin, box.along, box.up
    if picture.place(x + (ax + ux) / 2, y + (ay + uy) / 2) is None:
        return []
    a, b, c, d, e, f = picture.matrix
    determinant = a * d - b * c
    points = []
    corners = ((x, y), (x + ax, y + ay), (x + ax + ux, y + ay + uy), (x + ux, y + uy))
    for corner_x, corner_y in corners:
        px, py = corner_x - e, corner_y - f
        across, up = (px * d - py * c) / determinant, (py * a - px * b) / determinant
        points.append((across * size[0], (1 - up) * size[1]))
    return points


def _is_painted(glyph: Glyph, picture: Picture, mask: Image.Image) -> bool:
    points = _on_picture(boxes_of([glyph])[0], picture, mask.size)
    if not points:
        return False
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    area = mask.crop((int(left), int(top), max(int(right), int(left) + 1), int(bottom) + 1))
    white = area.histogram()[255]
    return white >= _COVERED * area.width * area.height
