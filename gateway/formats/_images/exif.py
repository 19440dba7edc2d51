"""Image file directories: the tags of TIFF and Exif, in whole files or inside other containers.

Source: TIFF 6.0 (Adobe 1992) §2, BigTIFF, Exif 3.0 (CIPA DC-008-2023). Each tag is taken as it
stands, known or not.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from gateway.errors import Unreadable

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8,
          17: 8, 18: 8, 129: 1}  # fmt: skip
_DIRECTORIES = {0x014A: "SubIFD", 0x8769: "Exif", 0x8825: "GPS", 0xA005: "Interoperability"}
_MOST_DIRECTORIES = 5000
_MOST_ENTRIES = 2000
_THUMBNAIL, _THUMBNAIL_SIZE = 0x0201, 0x0202
_TURN = 0x0112
_STRIPS = ((0x0111, 0x0117), (0x0144, 0x0145), (_THUMBNAIL, _THUMBNAIL_SIZE))


@dataclass(frozen=True, slots=True)
class Tag:
    """One entry of a directory.

    Args:
        directory: "0", "1" … for those of the chain, or "Exif", "GPS" …
        number: of the tag.
        kind: its TIFF type.
        body: its value.
        order: "<" or ">".
    """

    directory: str
    number: int
    kind: int
    body: bytes = field(repr=False)
    order: str = "<"

    def numbers(self) -> list[float]:
        """The value as numbers; empty if it is none."""
        if self.kind in (5, 10):
            sign = "I" if self.kind == 5 else "i"
            pairs = struct.iter_unpack(f"{self.order}2{sign}", self.body)
            return [top / bottom if bottom else 0.0 for top, bottom in pairs]
        code = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 18: "Q"}
        if self.kind not in code:
            return []
        return [number for (number,) in struct.iter_unpack(self.order + code[self.kind], self.body)]


@dataclass(frozen=True, slots=True)
class Directories:
    """All directories of a file.

    Args:
        tags: in order.
        previews: JPEG pictures that directories point to as thumbnails.
        unused: bytes that no directory, value, strip or tile claims.
        hidden: how many directories with pixels stand outside the chain of pages.
        pages: how many directories the chain has.
    """

    tags: tuple[Tag, ...]
    previews: tuple[bytes, ...] = field(repr=False)
    unused: bytes = field(repr=False)
    hidden: int
    pages: int


def read_directories(data: bytes) -> Directories:
    """Walk all directories.

    Args:
        data: from the byte order mark on.

    Raises:
        Unreadable: it is no TIFF structure, or one with more directories than makes sense.
    """
    return _Walk(data).result()


class _Walk:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._tags: list[Tag] = []
        self._used: list[tuple[int, int]] = []
        self._previews: list[bytes] = []
        self._hidden = 0
        self._seen: set[int] = set()
        if data[:4] in (b"II*\0", b"II+\0"):
            self._order = "<"
        elif data[:4] in (b"MM\0*", b"MM\0+"):
            self._order = ">"
        else:
            raise Unreadable("image: its metadata is damaged")
        self._big = 43 in data[2:4]
        self._word = "Q" if self._big else "I"
        head = 16 if self._big else 8
        self._used.append((0, head))
        self.pages = 0
        at = self._number(head - struct.calcsize(self._word), self._word)
        while at and at not in self._seen:
            at = self._directory(at, str(self.pages))
            self.pages += 1

    def result(self) -> Directories:
        return Directories(
            tuple(self._tags), tuple(self._previews), self._unused(), self._hidden, self.pages
        )

    def _number(self, at: int, code: str) -> int:
        try:
            return int(struct.unpack_from(self._order + code, self._data, at)[0])
        except struct.error:
            raise Unreadable("image: its metadata is damaged") from None

    def _directory(self, at: int, name: str) -> int:
        """Read a directory; where the next of its chain stands."""
        self._seen.add(at)
        if len(self._seen) > _MOST_DIRECTORIES:
            raise Unreadable(f"image: more than {_MOST_DIRECTORIES} directories")
        head, size = (8, 20) if self._big else (2, 12)
        count = self._number(at, "Q" if self._big else "H")
        if count > _MOST_ENTRIES:
            raise Unreadable("image: its metadata is damaged")
        end = at + head + count * size
        self._used.append((at, end + struct.calcsize(self._word)))
        own = [self._entry(at + head + n * size, name) for n in range(count)]
        tags = [tag for tag in own if tag is not None]
        self._tags += tags
        self._claim(tags)
        for tag in tags:
            if tag.number in _DIRECTORIES and tag.kind in (4, 13, 16, 18):
                self._below(tag)
        return self._number(end, self._word) if end < len(self._data) else 0

    def _below(self, tag: Tag) -> None:
        for place in tag.numbers():
            at = int(place)
            while at and at not in self._seen and at < len(self._data):
                self._hidden += tag.number == 0x014A
                at = self._directory(at, _DIRECTORIES[tag.number])

    def _entry(self, at: int, name: str) -> Tag | None:
        number, kind = self._number(at, "H"), self._number(at + 2, "H")
        count = self._number(at + 4, self._word)
        inline = struct.calcsize(self._word)
        size = _SIZES.get(kind, 0) * count
        start = at + 4 + inline
        if size > inline:
            start = self._number(start, self._word)
        if not size or start + size > len(self._data):
            return None  # what nobody can find is no text; the bytes count as unused
        if size > inline:
            self._used.append((start, start + size))
        return Tag(name, number, kind, self._data[start : start + size], self._order)

    def _claim(self, tags: list[Tag]) -> None:
        """Note where a directory's pixels stand."""
        by_number = {tag.number: [int(n) for n in tag.numbers()] for tag in tags}
        for places, sizes in _STRIPS:
            pairs = zip(by_number.get(places, ()), by_number.get(sizes, ()), strict=False)
            for start, size in pairs:
                self._used.append((start, start + size))
                if places == _THUMBNAIL:
                    self._previews.append(self._data[start : start + size])

    def _unused(self) -> bytes:
        pieces, at = [], 0
        for start, end in sorted(self._used):
            if start > at:
                pieces.append(self._data[at:start])
            at = max(at, end)
        return b"\0".join([*pieces, self._data[at:]]).strip(b"\0")


def turn_only(exif: bytes) -> bytes:
    """Exif that says nothing but how to turn the picture; nothing if it need not be turned."""
    try:
        found = read_directories(exif.removeprefix(b"Exif\0\0"))
    except Unreadable:
        return b""
    turns = [tag.numbers() for tag in found.tags if tag.directory == "0" and tag.number == _TURN]
    if not turns or not turns[0] or not 2 <= turns[0][0] <= 8:
        return b""
    return struct.pack("<4sIHHHIHHI", b"II*\0", 8, 1, _TURN, 3, 1, int(turns[0][0]), 0, 0)
