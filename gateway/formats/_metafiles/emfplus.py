"""EMF+ records, which stand in comments of an EMF.

Source: [MS-EMFPLUS] §2.3.4 (drawing), §2.3.5 (objects), §2.2.1.3-4 (fonts, images), §2.2.2.2 and
§2.2.2.27 (bitmaps, metafiles), §2.3.3.3 (header).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._metafiles.drawing import (
    WIDE,
    Drawing,
    Picture,
    Text,
    decoded,
    encoded,
    padded,
    runs,
)
from gateway.model import Role

_HEADER, _COMMENT, _OBJECT, _DRAW_STRING, _DRIVER_STRING = 0x4001, 0x4003, 0x4008, 0x401C, 0x4036
_LAST_KNOWN = 0x403A
_CONTINUED = 0x8000
_IMAGE, _FONT = 5, 6
_BITMAP, _METAFILE = 1, 2
_COMPRESSED = 1
_IN_CHARACTERS = 1  # of a driver string: characters, not glyphs
_ENDINGS = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"BM": ".bmp"}


def _records(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Type, flags, position and data of each record.

    Raises:
        Unreadable: they do not fill the comment.
    """
    at = 0
    while at + 12 <= len(data):
        kind, flags, size, used = struct.unpack_from("<HHII", data, at)
        if size < 12 or at + size > len(data) or used > size - 12:
            raise Unreadable("drawing: an EMF+ record is damaged")
        yield kind, flags, at, data[at + 12 : at + 12 + used]
        at += size
    if data[at:].strip(b"\0"):
        raise Unreadable("drawing: an EMF+ record is damaged")


class Reader:
    """Reads the EMF+ comments of one metafile, whose objects may go over several of them."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._dual = False
        self._comments: list[int] = []
        self._obstacle = ""
        self._begun: list[bytes] = []

    def read(self, number: int, data: bytes) -> None:
        """One comment."""
        self._comments.append(number)
        try:
            for item, (kind, flags, _, body) in enumerate(_records(data)):
                self._record(number, item, kind, flags, body)
        except (Unreadable, struct.error) as error:
            self._obstacle = (
                str(error)
                if isinstance(error, Unreadable)
                else ("drawing: an EMF+ record is damaged")
            )

    def finish(self) -> None:
        """If some of it could not be read, it may go where the drawing stands twice."""
        if not self._obstacle:
            return
        if self._dual:
            self._drawing.private.update(self._comments)
        else:
            self._drawing.unread.append(self._obstacle)

    def _record(self, number: int, item: int, kind: int, flags: int, body: bytes) -> None:
        found = self._drawing
        if kind == _HEADER:
            self._dual = bool(flags & 1)
        elif kind == _DRAW_STRING:
            count, x, y, width = struct.unpack_from("<Ifff", body, 8)
            text = decoded(body[28 : 28 + 2 * count], WIDE)
            if text.strip():
                found.texts.append(Text(number, item, text, WIDE, Role.BODY, (x, y, x + width)))
        elif kind == _DRIVER_STRING:
            self._driver_string(number, item, body)
        elif kind == _OBJECT:
            self._object(number, item, flags, body)
        elif kind == _COMMENT:
            text = "\n".join(runs(body))
            if text:
                found.texts.append(Text(number, item, text, "", Role.HIDDEN))
        elif kind > _LAST_KNOWN:
            self._obstacle = "drawing: a record of an unknown kind"

    def _driver_string(self, number: int, item: int, body: bytes) -> None:
        _, options, _, count = struct.unpack_from("<IIII", body)
        if not count:
            return
        if not options & _IN_CHARACTERS:
            self._obstacle = "drawing: text by glyph numbers is not read"
            return
        text = decoded(body[16 : 16 + 2 * count], WIDE)
        if text.strip():
            x, y = struct.unpack_from("<ff", body, 16 + 2 * count)
            self._drawing.texts.append(Text(number, item, text, WIDE, Role.BODY, (x, y, x)))

    def _object(self, number: int, item: int, flags: int, body: bytes) -> None:
        """Fonts have names, images have pixels; other objects are numbers."""
        kind = flags >> 8 & 0x7F
        if flags & _CONTINUED:
            (total,) = struct.unpack_from("<I", body)
            self._begun.append(body[4:])
            if sum(map(len, self._begun)) < total:
                return
            body, self._begun = b"".join(self._begun), []
            item = -2  # over several comments: can be read, not changed
        if kind == _FONT:
            (count,) = struct.unpack_from("<I", body, 20)
            text = decoded(body[24 : 24 + 2 * count], WIDE)
            if text.strip():
                self._drawing.texts.append(Text(number, item, text, WIDE, Role.METADATA))
        elif kind == _IMAGE:
            self._image(number, item, body)

    def _image(self, number: int, item: int, body: bytes) -> None:
        _, kind = struct.unpack_from("<II", body)
        if kind == _METAFILE:
            form, size = struct.unpack_from("<II", body, 8)
            ending = ".wmf" if form in {1, 2} else ".emf"
            self._drawing.pictures.append(Picture(number, item, body[16 : 16 + size], ending))
            return
        if kind != _BITMAP:
            self._obstacle = "image: of an unknown kind in the drawing"
            return
        width, height, stride, pixels, form = struct.unpack_from("<iiiII", body, 8)
        data = body[28:]
        if form != _COMPRESSED:
            data = _bitmap(width, height, stride, pixels, data)
        ending = next((e for mark, e in _ENDINGS.items() if data.startswith(mark)), ".tif")
        self._drawing.pictures.append(Picture(number, item, data, ending))


def _bitmap(width: int, height: int, stride: int, pixels: int, data: bytes) -> bytes:
    """Raw pixels as a bitmap file, which counts its lines from above."""
    bits = pixels >> 8 & 0xFF
    if bits not in {24, 32} or stride < 0 or len(data) < stride * height:
        raise Unreadable("image: pixels of a kind in the drawing that is not read")
    size = stride * height
    head = struct.pack("<IiiHHIIiiII", 40, width, -height, 1, bits, 0, size, 2835, 2835, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 54 + size, 0, 0, 54) + head + data[:size]


def rewritten(record: bytes, texts: Mapping[int, tuple[str, str]]) -> bytes:
    """A comment with new strings in its EMF+ records."""
    if any(item < 0 for item in texts):
        raise CannotEdit("a name in a drawing")

    def changed(item: int, kind: int, body: bytes) -> bytes:
        if item not in texts:
            return body
        text = texts[item][0]
        raw = encoded(text, WIDE)
        count = len(raw) // 2
        if kind == _DRAW_STRING:
            return body[:8] + struct.pack("<I", count) + body[12:28] + raw
        if kind == _DRIVER_STRING:
            return _driver(body, raw, count)
        if kind == _OBJECT:
            return body[:20] + struct.pack("<I", count) + raw
        return b""

    return _remade(record, changed)


def _driver(body: bytes, raw: bytes, count: int) -> bytes:
    """A driver string with other letters, spread evenly over the old positions."""
    _, options, _, old = struct.unpack_from("<IIII", body)
    at = 16 + 2 * old
    spots = struct.unpack_from(f"<{2 * old}f", body, at)
    rest = body[at + 8 * old :]
    last = spots[-2] - spots[0]
    new: list[float] = []
    if options & 4:  # only the first position is given
        new = list(spots[:2]) * count
    else:
        for n in range(count):
            new += [spots[0] + last * n / max(count - 1, 1), spots[1]]
    head = body[:12] + struct.pack("<I", count)
    return head + raw + struct.pack(f"<{len(new)}f", *new) + rest


def with_picture(record: bytes, item: int, file: bytes) -> bytes:
    """A comment with another picture in one of its objects."""
    if item < 0:
        raise CannotEdit("a picture in a drawing that stands in several pieces")

    def changed(number: int, kind: int, body: bytes) -> bytes:
        if number != item:
            return body
        del kind
        (form,) = struct.unpack_from("<I", body, 4)
        if form == _METAFILE:
            return body[:12] + struct.pack("<I", len(file)) + file
        return body[:24] + struct.pack("<I", _COMPRESSED) + file

    return _remade(record, changed)


def _remade(record: bytes, change: Callable[[int, int, bytes], bytes]) -> bytes:
    (size,) = struct.unpack_from("<I", record, 8)
    out = bytearray(b"EMF+")
    for item, (kind, flags, _, body) in enumerate(_records(record[16 : 12 + size])):
        new = change(item, kind, body)
        filled = padded(new, 4)
        out += struct.pack("<HHII", kind, flags, 12 + len(filled), len(filled)) + filled
    whole = padded(bytes(out), 4)
    return struct.pack("<III", 70, 12 + len(whole), len(out)) + whole
