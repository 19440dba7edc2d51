"""Property sets: title, author, company and dates of an old Office file.

Source: [MS-OLEPS]; [MS-OSHARED] §2.3.3 for what the numbers mean.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from gateway.errors import Unreadable
from gateway.formats._ole.passage import UTF16, Blank, Buffer, Passage, Path
from gateway.model import Role, Segment

_SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
_DOCUMENT = bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae")
_USER = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")

# Who made it, when, and with what.
_TRACES = {
    _SUMMARY: frozenset({4, 7, 8, 9, 10, 11, 12, 13, 18}),
    _DOCUMENT: frozenset({14, 15, 26, 28}),
}
_THUMBNAIL = 17
_DICTIONARY, _CODE_PAGE = 0, 1
_I2, _I4, _R8, _BSTR, _LPSTR, _LPWSTR, _FILETIME, _BLOB, _CF = 2, 3, 5, 8, 30, 31, 64, 65, 71
_VECTOR, _VARIANT = 0x1000, 12
_MOST = 10_000


class _Section(NamedTuple):
    kind: bytes
    start: int
    codec: str
    values: dict[int, int]


def property_passages(data: bytes, stream: Path, part: str) -> Iterator[Passage]:
    """All strings, dates and previews of a property set.

    Raises:
        Unreadable: it is none, or damaged.
    """
    try:
        for section in _sections(data):
            yield from _section_passages(data, section, stream, part)
    except (struct.error, IndexError):
        raise Unreadable("damaged: a property set") from None


def _sections(data: bytes) -> Iterator[_Section]:
    if data[:2] != b"\xfe\xff":
        raise Unreadable("damaged: a property set")
    (count,) = struct.unpack_from("<I", data, 24)
    if count > 2:
        raise Unreadable("damaged: a property set")
    for number in range(count):
        kind = data[28 + 20 * number : 44 + 20 * number]
        (start,) = struct.unpack_from("<I", data, 44 + 20 * number)
        _, how_many = struct.unpack_from("<II", data, start)
        if how_many > _MOST:
            raise Unreadable("damaged: a property set")
        values = {}
        for index in range(how_many):
            identity, at = struct.unpack_from("<II", data, start + 8 + 8 * index)
            values[identity] = start + at
        yield _Section(kind, start, _codec(data, values.get(_CODE_PAGE)), values)


def _codec(data: bytes, at: int | None) -> str:
    if at is None:
        return "cp1252"
    (page,) = struct.unpack_from("<H", data, at + 4)
    known = {1200: UTF16, 65001: "utf-8", 936: "gb18030", 10000: "mac-roman", 0: "cp1252"}
    name = known.get(page, f"cp{page}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name


def _section_passages(data: bytes, section: _Section, stream: Path, part: str) -> Iterator[Passage]:
    names: dict[int, str] = {}
    if section.kind == _USER and _DICTIONARY in section.values:
        for identity, passage in _names(data, section, stream, part):
            names[identity] = passage.segment.text
            yield passage
    for identity, at in section.values.items():
        if identity in {_DICTIONARY, _CODE_PAGE}:
            continue
        trace = identity in _TRACES.get(section.kind, ())
        role = Role.TRACE if trace else Role.METADATA
        place = f"{part}/property {identity}"
        context = (names[identity],) if identity in names else ()
        if section.kind == _SUMMARY and identity == _THUMBNAIL:
            yield from _preview(data, at, stream, place)
        else:
            yield from _value(data, at, section.codec, stream, (place, role, context))


def _names(
    data: bytes, section: _Section, stream: Path, part: str
) -> Iterator[tuple[int, Passage]]:
    at = section.values[_DICTIONARY]
    (count,) = struct.unpack_from("<I", data, at)
    at += 4
    for _ in range(min(count, _MOST)):
        identity, length = struct.unpack_from("<II", data, at)
        at += 8
        size = length * 2 if section.codec == UTF16 else length
        for passage in _string(data, (at, size), section.codec, stream, (part, Role.KEY, ())):
            yield identity, passage
        at += size + (-size % 4 if section.codec == UTF16 else 0)


type _Told = tuple[str, Role, tuple[str, ...]]


def _string(
    data: bytes, where: tuple[int, int], codec: str, stream: Path, told: _Told
) -> Iterator[Passage]:
    start, size = where
    if start + size > len(data):
        raise Unreadable("damaged: a property set")
    text = data[start : start + size].decode(codec, "replace")
    shown, _, behind = text.partition("\0")
    if behind.strip("\0"):  # left there by a longer string
        shown = text.replace("\0", " ").strip()
    part, role, context = told
    if shown.strip():
        yield Passage(Segment(shown, part, role, context), Buffer(stream, start, size, codec))


def _value(data: bytes, at: int, codec: str, stream: Path, told: _Told) -> Iterator[Passage]:
    (kind,) = struct.unpack_from("<H", data, at)
    if kind & _VECTOR:
        yield from _vector(data, at, codec, stream, told)
        return
    yield from _scalar(data, kind, at + 4, codec, stream, told)[0]


def _vector(data: bytes, at: int, codec: str, stream: Path, told: _Told) -> Iterator[Passage]:
    kind, count = struct.unpack_from("<HxxI", data, at)
    at += 8
    if kind & ~_VECTOR not in {_LPSTR, _LPWSTR, _VARIANT}:
        return
    for _ in range(min(count, _MOST)):
        inner = kind & ~_VECTOR
        if inner == _VARIANT:
            (inner,) = struct.unpack_from("<H", data, at)
            at += 4
        passages, size = _scalar(data, inner, at, codec, stream, told)
        yield from passages
        if not size:
            return
        at += size


def _scalar(
    data: bytes, kind: int, at: int, codec: str, stream: Path, told: _Told
) -> tuple[list[Passage], int]:
    """Passages of one value, and how many bytes it takes; 0 if that is not known."""
    part, role, context = told
    if kind in {_LPSTR, _BSTR, _LPWSTR}:
        (length,) = struct.unpack_from("<I", data, at)
        size = length * 2 if kind == _LPWSTR else length
        used = UTF16 if kind == _LPWSTR else codec
        aligned = size + (-size % 4 if kind == _LPWSTR or codec == UTF16 else 0)
        return list(_string(data, (at + 4, size), used, stream, told)), 4 + aligned
    if kind == _FILETIME:
        dated = role is Role.TRACE and any(data[at : at + 8])
        blank = Blank(stream, at, at + 8)
        return [Passage(Segment("", part, role), blank)] if dated else [], 8
    if kind in {_I4, _R8} and context:
        size, form = (4, "<i") if kind == _I4 else (8, "<d")
        (number,) = struct.unpack_from(form, data, at)
        blank = Blank(stream, at, at + size)
        return [Passage(Segment(f"{number:.15g}", part, role, context), blank)], size
    return [], 4 if kind in {_I2, _I4} else 0


def _preview(data: bytes, at: int, stream: Path, part: str) -> Iterator[Passage]:
    """The thumbnail: its format word and its picture become zeros."""
    kind, size = struct.unpack_from("<HxxI", data, at)
    end = at + 8 + size
    if kind == _CF and size > 4 and end <= len(data) and any(data[at + 12 : end]):
        segment = Segment("", part, Role.DISPENSABLE, ("preview: not read",))
        yield Passage(segment, Blank(stream, at + 12, end))
