"""Windows metafiles of the old kind, record by record.

Source: [MS-WMF] §2.3 (records), §2.3.2.2-3 (headers), §2.3.3.5 and §2.3.3.20 (text), §2.3.6 (escapes),
§2.3.6.17 (an enhanced metafile in comments), §3.1.4 (the object table).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._metafiles import dib
from gateway.formats._metafiles.drawing import (
    Drawing,
    Picture,
    Text,
    codec_of,
    decoded,
    encoded,
    padded,
    runs,
)
from gateway.model import Role

_PLACEABLE = b"\xd7\xcd\xc6\x9a"
_EOF = 0x0000
_TEXT_OUT, _EXT_TEXT_OUT = 0x0521, 0x0A32
_ESCAPE, _FONT, _SELECT, _DELETE = 0x0626, 0x02FB, 0x012D, 0x01F0
_BRUSH_DIB, _BRUSH_DDB = 0x0142, 0x01F9
# Records that put something into the object table: brush, pattern brushes, pen, palette, region.
_CREATE = frozenset({0x02FC, 0x02FA, 0x00F7, 0x06FF, _BRUSH_DIB, _BRUSH_DDB, _FONT})
# Where a record's bitmap begins, and its colour use.
_BITMAPS = {
    0x0F43: (28, 10),
    0x0B41: (26, 0),
    0x0940: (22, 0),
    0x0D33: (24, 6),
    _BRUSH_DIB: (10, 8),
}
_DEVICE_BITMAPS = frozenset({0x0922, 0x0B23, _BRUSH_DDB})
_WITH_RECTANGLE = 6  # ETO_OPAQUE | ETO_CLIPPED
_GLYPHS = 0x10
_COMMENT_ESCAPE = 15
_ENHANCED = b"WMFC"
_QUIET = 64


def is_wmf(data: bytes) -> bool:
    """Whether the bytes begin with a header of this kind, placeable or not."""
    head = data[22:40] if data[:4] == _PLACEABLE else data[:18]
    if len(head) < 18:
        return False
    kind, words, version = struct.unpack_from("<3H", head)
    return kind in {1, 2} and words == 9 and version in {0x100, 0x300}


def records_of(data: bytes) -> Iterator[bytes]:
    """The headers as one record, then all records up to the last.

    Raises:
        Unreadable: they do not fill the file.
    """
    at = 40 if data[:4] == _PLACEABLE else 18
    yield data[:at]
    while at + 6 <= len(data):
        words, kind = struct.unpack_from("<IH", data, at)
        if words < 3 or at + 2 * words > len(data):
            break
        yield data[at : at + 2 * words]
        at += 2 * words
        if kind == _EOF:
            return
    raise Unreadable("drawing: its records are damaged or cut off")


def read(data: bytes) -> Drawing:
    """Take a metafile apart.

    Raises:
        Unreadable: it is damaged.
    """
    drawing = Drawing(list(records_of(data)))
    drawing.tail = data[sum(map(len, drawing.records)) :]
    fonts = _Fonts()
    enhanced: list[bytes] = []
    first = -1
    for number, record in enumerate(drawing.records[1:], 1):
        (kind,) = struct.unpack_from("<H", record, 4)
        try:
            fonts.follow(kind, record)
            if kind == _ESCAPE:
                piece = _read_escape(drawing, number, record)
                first = number if piece and first < 0 else first
                enhanced += [piece] if piece else []
            elif kind in _BITMAPS:
                _read_bitmap(drawing, number, record, kind)
            elif kind in _DEVICE_BITMAPS and len(record) > 40:
                drawing.unread.append("image: a bitmap of a device in the drawing is not read")
            if kind in {_TEXT_OUT, _EXT_TEXT_OUT, _FONT}:
                _read_string(drawing, number, record, fonts.codec)
        except (struct.error, IndexError):
            raise Unreadable("drawing: a record is damaged") from None
    if enhanced:
        drawing.pictures.append(Picture(first, 0, b"".join(enhanced), ".emf"))
    return drawing


class _Fonts:
    """The object table, in which a new object takes the lowest free place; fonts have a codec."""

    def __init__(self) -> None:
        self.codec = "cp1252"
        self._objects: dict[int, str] = {}

    def follow(self, kind: int, record: bytes) -> None:
        """Note what a record makes, selects or deletes."""
        if kind in _CREATE:
            free = next(n for n in range(len(self._objects) + 1) if n not in self._objects)
            self._objects[free] = codec_of(record[6 + 13]) if kind == _FONT else ""
        elif kind == _SELECT:
            self.codec = self._objects.get(_u16(record, 6), "") or self.codec
        elif kind == _DELETE:
            self._objects.pop(_u16(record, 6), None)


def _u16(record: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", record, at)[0])


def _string(record: bytes) -> tuple[int, int, int, int, int]:
    """Where the record's string begins and ends, where it is drawn, and the end of its advances."""
    kind = _u16(record, 4)
    if kind == _FONT:
        return 6 + 18, len(record), 0, 0, len(record)
    if kind == _TEXT_OUT:
        size = _u16(record, 6)
        y, x = struct.unpack_from("<hh", record, 8 + size + size % 2)
        return 8, 8 + size, x, y, len(record)
    y, x, size, options = struct.unpack_from("<hhhH", record, 6)
    start = 22 if options & _WITH_RECTANGLE else 14
    if size < 0 or start + size > len(record):
        raise Unreadable("drawing: a record is damaged")
    return start, start + size, x, y, start + size + size % 2


def _read_string(drawing: Drawing, number: int, record: bytes, codec: str) -> None:
    start, end, x, y, rest = _string(record)
    kind = _u16(record, 4)
    if kind == _EXT_TEXT_OUT and _u16(record, 12) & _GLYPHS:
        drawing.unread.append("drawing: text by glyph numbers is not read")
        return
    if kind == _FONT:
        codec = codec_of(record[6 + 13])
    text = decoded(record[start:end], codec)
    if not text.strip():
        return
    if kind == _FONT:
        drawing.texts.append(Text(number, 0, text, codec, Role.METADATA))
        return
    count = (len(record) - rest) // 2
    width = sum(struct.unpack_from(f"<{count}h", record, rest)) if kind == _EXT_TEXT_OUT else 0
    drawing.texts.append(Text(number, 0, text, codec, Role.BODY, (x, y, x + width)))


def _read_escape(drawing: Drawing, number: int, record: bytes) -> bytes:
    """The piece of an enhanced metafile that a comment holds; other comments are looked at."""
    function, size = struct.unpack_from("<HH", record, 6)
    body = record[10 : 10 + size]
    if function == _COMMENT_ESCAPE and body[:4] == _ENHANCED and len(body) >= 34:
        (length,) = struct.unpack_from("<I", body, 22)
        return body[34 : 34 + length]
    text = "\n".join(runs(body))
    if text:
        drawing.texts.append(Text(number, 0, text, "", Role.HIDDEN))
    if len(body) > _QUIET:
        drawing.private.add(number)
    return b""


def _read_bitmap(drawing: Drawing, number: int, record: bytes, kind: int) -> None:
    at, usage = _BITMAPS[kind]
    if len(record) < at + 16:  # the form without a bitmap
        return
    packed = record[at:]
    head = dib.packed_head(packed)
    try:
        colours = _u16(record, usage) if usage else 0
        file, ending = dib.file_of(packed[:head], packed[head:], colours)
    except Unreadable as error:
        drawing.unread.append(str(error))
        return
    if file:
        drawing.pictures.append(Picture(number, 0, file, ending))


def rewritten(record: bytes, texts: Mapping[int, tuple[str, str]]) -> bytes:
    """A record with another string; empty if it goes."""
    kind = _u16(record, 4)
    if kind == _ESCAPE:
        return b""
    text, codec = texts[0]
    start, end, _, _, rest = _string(record)
    raw = encoded(text, codec)
    if kind == _FONT:
        raw = raw[: end - start - 1]
        return record[:start] + raw + bytes(end - start - len(raw))
    if kind == _TEXT_OUT:
        tail = record[8 + (end - start) + (end - start) % 2 :]
        return _sized(record[:6] + struct.pack("<H", len(raw)) + padded(raw, 2) + tail)
    advances = struct.unpack_from(f"<{(len(record) - rest) // 2}h", record, rest)
    dx = b""
    if advances and raw:
        dx = struct.pack("<h", max(sum(advances), 0) // len(raw)) * len(raw)
    head = record[:10] + struct.pack("<H", len(raw)) + record[12:start]
    return _sized(head + padded(raw, 2) + dx)


def _sized(record: bytes) -> bytes:
    return struct.pack("<I", len(record) // 2) + record[4:]


def with_picture(record: bytes, item: int, file: bytes) -> bytes:
    """A record with another bitmap in it."""
    del item
    kind = _u16(record, 4)
    if kind == _ESCAPE:
        raise CannotEdit("an enhanced drawing inside the old one")
    at, _ = _BITMAPS[kind]
    head, bits = dib.parts_of(file)
    return _sized(padded(record[:at] + head + bits, 2))


def without_enhanced(records: list[bytes]) -> list[bytes]:
    """The records without the enhanced copy in comments: the same drawing once more."""
    return [record for record in records if not _is_enhanced(record)]


def _is_enhanced(record: bytes) -> bool:
    return len(record) > 14 and _u16(record, 4) == _ESCAPE and record[10:14] == _ENHANCED


def joined(records: list[bytes]) -> bytes:
    """The file that some records make, its header counting them."""
    kept = [record for record in records if record]
    head = bytearray(kept[0])
    size = sum(map(len, kept)) - (22 if head[:4] == _PLACEABLE else 0)
    at = len(head) - 18
    struct.pack_into("<I", head, at + 6, size // 2)
    longest = max((len(record) for record in kept[1:]), default=6)
    struct.pack_into("<I", head, at + 12, longest // 2)
    return b"".join((bytes(head), *kept[1:]))
