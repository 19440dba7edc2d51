"""Enhanced metafiles, record by record.

Source: [MS-EMF] §2.3 (records), §2.2.5 (EmrText), §2.2.13 (LogFont), §2.3.3 (comments),
§2.3.4.2 (header).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._metafiles import dib, emfplus
from gateway.formats._metafiles.drawing import (
    WIDE,
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

HEADER, EOF = 1, 14
_COMMENT = 70
_FONT = 82
_EXT_A, _EXT_W = 83, 84
_POLY_A, _POLY_W = 96, 97
_SMALL = 108
_SELECT = 37
# Escapes, colour profiles, colour spaces and OpenGL: they hold names or bytes of a driver's own.
_PRIVATE = frozenset({99, 102, 103, 105, 106, 110, 112, 113, 121, 122})
_LAST_KNOWN = 122
# Where records hold offset and size of a bitmap's header, then of its pixels; and its colour use.
_BITMAPS: dict[int, tuple[tuple[int, int], ...]] = {
    76: ((84, 80),),
    77: ((84, 80),),
    78: ((84, 80), (112, 108)),
    79: ((96, 92), (124, 120)),
    80: ((48, 64),),
    81: ((48, 64),),
    93: ((16, 12),),
    94: ((16, 12),),
    114: ((84, 80),),
    116: ((84, 80),),
}

_GLYPHS = 0x10
_NO_RECT, _SMALL_CHARS = 0x100, 0x200
_PAIRS = 0x2000

_COMMENT_PLUS = b"EMF+"
_COMMENT_PUBLIC = b"GDIC"
_BEGIN_GROUP, _END_GROUP = 2, 3
_WINDOWS_METAFILE = 0x80000001
_QUIET_COMMENT = 64


def is_emf(data: bytes) -> bool:
    """Whether the bytes begin with an EMF header."""
    return len(data) >= 88 and data[:4] == b"\1\0\0\0" and data[40:44] == b" EMF"


def records_of(data: bytes) -> Iterator[bytes]:
    """All records up to the last.

    Raises:
        Unreadable: they do not fill the file.
    """
    at = 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if size < 8 or size % 4 or at + size > len(data):
            break
        yield data[at : at + size]
        at += size
        if kind == EOF:
            return
    raise Unreadable("drawing: its records are damaged or cut off")


def read(data: bytes) -> Drawing:
    """Take a metafile apart.

    Raises:
        Unreadable: it is damaged.
    """
    drawing = Drawing(list(records_of(data)))
    drawing.tail = data[sum(map(len, drawing.records)) :]
    fonts: dict[int, str] = {}
    codec = "cp1252"
    plus = emfplus.Reader(drawing)
    for number, record in enumerate(drawing.records):
        (kind,) = struct.unpack_from("<I", record)
        try:
            if kind == _FONT:
                fonts[_u32(record, 8)] = codec_of(record[35])
                _read_strings(drawing, number, record, kind, codec)
            elif kind == _SELECT:
                codec = fonts.get(_u32(record, 8), codec)
            elif kind == _COMMENT:
                _read_comment(drawing, plus, number, record)
            elif kind in _BITMAPS:
                _read_bitmaps(drawing, number, record, kind)
            elif kind in _PRIVATE:
                _keep_private(drawing, number, record[8:])
            elif kind > _LAST_KNOWN or kind == 0:
                drawing.unread.append("drawing: a record of an unknown kind")
            else:
                _read_strings(drawing, number, record, kind, codec)
        except (struct.error, IndexError):
            raise Unreadable("drawing: a record is damaged") from None
    plus.finish()
    return drawing


def _read_strings(drawing: Drawing, number: int, record: bytes, kind: int, codec: str) -> None:
    if any(_glyphs(record, kind)):
        drawing.unread.append("drawing: text by glyph numbers is not read")
        return
    eight = kind in {_EXT_A, _POLY_A} or (kind == _SMALL and _u32(record, 20) & _SMALL_CHARS)
    own = codec if eight else WIDE
    for item, (start, end, spot) in enumerate(_strings(record, kind)):
        raw = record[start:end]
        text = decoded(raw, own)
        if kind == HEADER:  # the program and the title, a zero after each
            text = raw.decode(WIDE, "replace").strip("\0").replace("\0", "\n")
        if text.strip():
            role = Role.BODY if spot else Role.METADATA
            drawing.texts.append(Text(number, item, text, own, role, spot))


def _u32(record: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", record, at)[0])


def _glyphs(record: bytes, kind: int) -> Iterator[bool]:
    """Whether the record's strings are numbers of glyphs."""
    if kind in {_EXT_A, _EXT_W}:
        yield bool(_u32(record, 52) & _GLYPHS and _u32(record, 44))
    elif kind in {_POLY_A, _POLY_W}:
        for index in range(_count(record)):
            yield bool(_u32(record, 56 + 40 * index) & _GLYPHS)
    elif kind == _SMALL:
        yield bool(_u32(record, 20) & _GLYPHS)


def _count(record: bytes) -> int:
    count = _u32(record, 36)
    if 40 + 40 * count > len(record):
        raise Unreadable("drawing: a record is damaged")
    return count


type _String = tuple[int, int, tuple[float, float, float] | None]


def _strings(record: bytes, kind: int) -> list[_String]:
    """Where the strings of a record stand in it, and where they are drawn."""
    if kind == HEADER:
        count, offset = struct.unpack_from("<II", record, 60)
        return [_inside(record, offset, 2 * count, None)] if count and offset else []
    if kind == _FONT:
        names = [(40, 64), (104, 128), (232, 64)] if len(record) >= 296 else [(40, 64)]
        return [_inside(record, at, size, None) for at, size in names]
    if kind in {_EXT_A, _EXT_W}:
        return [_emr_text(record, 36, kind == _EXT_W)]
    if kind in {_POLY_A, _POLY_W}:
        return [_emr_text(record, 40 + 40 * n, kind == _POLY_W) for n in range(_count(record))]
    if kind == _SMALL:
        x, y, count, options = struct.unpack_from("<iiII", record, 8)
        start = 36 if options & _NO_RECT else 52
        width = count if options & _SMALL_CHARS else 2 * count
        return [_inside(record, start, width, (float(x), float(y), float(x)))]
    return []


def _inside(
    record: bytes, start: int, size: int, spot: tuple[float, float, float] | None
) -> _String:
    if start + size > len(record):
        raise Unreadable("drawing: a record is damaged")
    return start, start + size, spot


def _emr_text(record: bytes, at: int, wide: bool) -> _String:  # noqa: FBT001 - private
    x, y, count, offset, options = struct.unpack_from("<iiIII", record, at)
    (advances,) = struct.unpack_from("<I", record, at + 36)
    width = 0
    step = 8 if options & _PAIRS else 4
    if advances and advances + step * count <= len(record):
        width = sum(struct.unpack_from(f"<{step // 4 * count}i", record, advances)[:: step // 4])
    return _inside(record, offset, count * (2 if wide else 1), (x, y, x + width))


def _read_comment(drawing: Drawing, plus: emfplus.Reader, number: int, record: bytes) -> None:
    size = _u32(record, 8)
    body = record[12 : 12 + size]
    if len(body) < size:
        raise Unreadable("drawing: a comment is damaged")
    mark = body[:4]
    if mark == _COMMENT_PLUS:
        plus.read(number, body[4:])
        return
    if mark == _COMMENT_PUBLIC and len(body) >= 8:
        (kind,) = struct.unpack_from("<I", body, 4)
        if kind == _END_GROUP:
            return
        if kind == _BEGIN_GROUP:
            text = body[28:].decode(WIDE, "replace").strip("\0")
            if text.strip():
                drawing.texts.append(Text(number, 0, text, WIDE, Role.HIDDEN))
            return
        if kind == _WINDOWS_METAFILE and len(body) > 24:
            drawing.pictures.append(Picture(number, -1, body[24:], ".wmf"))
            return
    _keep_private(drawing, number, body)


def _keep_private(drawing: Drawing, number: int, body: bytes) -> None:
    """Bytes that draw nothing: their letters are shown; where there are many, they can go."""
    text = "\n".join(runs(body))
    if text:
        drawing.texts.append(Text(number, 0, text, "", Role.HIDDEN))
    if len(body) > _QUIET_COMMENT:
        drawing.private.add(number)


def _read_bitmaps(drawing: Drawing, number: int, record: bytes, kind: int) -> None:
    for item, (at, usage) in enumerate(_BITMAPS[kind]):
        head, head_size, bits, bits_size = struct.unpack_from("<4I", record, at)
        if not head_size or not bits_size:
            continue
        if head + head_size > len(record) or bits + bits_size > len(record):
            raise Unreadable("drawing: a bitmap is damaged")
        try:
            file, ending = dib.file_of(
                record[head : head + head_size],
                record[bits : bits + bits_size],
                _u32(record, usage),
            )
        except Unreadable as error:
            drawing.unread.append(str(error))
            continue
        if file:
            drawing.pictures.append(Picture(number, item, file, ending))


def rewritten(record: bytes, texts: Mapping[int, tuple[str, str]]) -> bytes:
    """A record with new strings.

    Args:
        record: the old one.
        texts: new text and its codec by the string's number.

    Returns:
        the new record; empty if it goes.
    """
    (kind,) = struct.unpack_from("<I", record)
    if kind == _COMMENT and record[12:16] == _COMMENT_PLUS:
        return emfplus.rewritten(record, texts)
    if kind == _COMMENT and record[12:20] == _COMMENT_PUBLIC + struct.pack("<I", _BEGIN_GROUP):
        return record[:40] + bytes(len(record) - 40)  # its end stands elsewhere
    if kind == _COMMENT:
        return b""
    if kind in _PRIVATE:
        return b""
    if kind in {HEADER, _FONT}:
        return _overwritten(record, kind, texts)
    if kind == _SMALL:
        return _small(record, *texts[0])
    return _drawn(record, kind, texts)


def _overwritten(record: bytes, kind: int, texts: Mapping[int, tuple[str, str]]) -> bytes:
    """Names of fixed length: cut, or filled up with zeros."""
    new = bytearray(record)
    for item, (text, _) in texts.items():
        start, end, _ = _strings(record, kind)[item]
        raw = text.replace("\n", "\0").encode(WIDE, "replace")[: end - start - 2]
        new[start:end] = raw + bytes(end - start - len(raw))
    return bytes(new)


def _small(record: bytes, text: str, codec: str) -> bytes:
    options = _u32(record, 20)
    start = 36 if options & _NO_RECT else 52
    raw = encoded(text, codec)
    count = len(raw) // (1 if options & _SMALL_CHARS else 2)
    new = padded(record[:start] + raw, 4)
    return new[:4] + struct.pack("<I", len(new)) + new[8:16] + struct.pack("<I", count) + new[20:]


def _drawn(record: bytes, kind: int, texts: Mapping[int, tuple[str, str]]) -> bytes:
    """ExtTextOut and PolyTextOut, laid out anew: new strings get even advances."""
    wide = kind in {_EXT_W, _POLY_W}
    poly = kind in {_POLY_A, _POLY_W}
    count = _count(record) if poly else 1
    first = 40 if poly else 36
    head = bytearray(record[: first + 40 * count])
    body = bytearray()
    for item in range(count):
        at = first + 40 * item
        old, offset, options = struct.unpack_from("<III", record, at + 8)
        (advances,) = struct.unpack_from("<I", record, at + 36)
        unit = 2 if wide else 1
        step = 8 if options & _PAIRS else 4
        raw = record[offset : offset + unit * old]
        dx = record[advances : advances + step * old] if advances else b""
        if item in texts:
            text, codec = texts[item]
            raw = encoded(text, codec)
            dx = _even(dx, step, len(raw) // unit)
        struct.pack_into("<II", head, at + 8, len(raw) // unit, len(head) + len(body))
        body += padded(raw, 4)
        struct.pack_into("<I", head, at + 36, len(head) + len(body) if advances else 0)
        body += dx
    new = bytes(head) + padded(bytes(body), 4)
    return new[:4] + struct.pack("<I", len(new)) + new[8:]


def _even(dx: bytes, step: int, count: int) -> bytes:
    """The same width, shared evenly: single advances would tell the letters."""
    if not dx or not count:
        return b""
    total = sum(struct.unpack(f"<{len(dx) // 4}i", dx)[:: step // 4])
    each = struct.pack("<i", max(total, 0) // count) + bytes(step - 4)
    return each * count


def with_picture(record: bytes, item: int, file: bytes) -> bytes:
    """A record with another bitmap in it."""
    (kind,) = struct.unpack_from("<I", record)
    if kind == _COMMENT and item == -1:
        return b""  # the same drawing once more, for programs that read WMF only
    if kind == _COMMENT:
        return emfplus.with_picture(record, item, file)
    at, _ = _BITMAPS[kind][item]
    old_head, old_head_size, old_bits, old_bits_size = struct.unpack_from("<4I", record, at)
    (compression,) = struct.unpack_from("<I", record, old_head + 16)
    if compression in {4, 5}:
        raise CannotEdit("a picture in a drawing")
    head, bits = dib.parts_of(file)
    new = bytearray(record)
    new[old_head : old_head + old_head_size] = bytes(old_head_size)
    new[old_bits : old_bits + old_bits_size] = bytes(old_bits_size)
    if len(head) <= old_head_size and len(bits) <= old_bits_size:
        places = old_head, old_bits
        new[old_head : old_head + len(head)] = head
        new[old_bits : old_bits + len(bits)] = bits
    else:
        places = len(new), len(new) + len(padded(head, 4))
        new += padded(head, 4) + padded(bits, 4)
        struct.pack_into("<I", new, 4, len(new))
    struct.pack_into("<4I", new, at, places[0], len(head), places[1], len(bits))
    return bytes(new)


def joined(records: list[bytes]) -> bytes:
    """The file that some records make, its header counting them."""
    kept = [record for record in records if record]
    size = sum(map(len, kept))
    head = bytearray(kept[0])
    struct.pack_into("<II", head, 48, size, len(kept))
    return b"".join((bytes(head), *kept[1:]))
