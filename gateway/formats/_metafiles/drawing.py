"""What EMF and WMF have in common: records, the strings in them, the pictures in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.model import Role

WIDE = "utf-16-le"

# Code pages by LOGFONT.lfCharSet, [MS-WMF] §2.1.1.5.
_CHARSETS = {
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_RUN_8 = re.compile(rb"[\x20-\x7e]{4,}")
# Pairs of bytes that are letters of ASCII, of Latin to Arabic, or of Chinese and Japanese.
_RUN_16 = re.compile(
    rb"(?:[\x20-\x7e]\x00|[\xa0-\xff]\x00|[\x00-\xff][\x01-\x06]|[^\x00-\x1f][\x4e-\x9f]|[^\x00]\x30){3,}"
)


@dataclass(frozen=True, slots=True)
class Text:
    """One string of one record.

    Args:
        record: the number of the record.
        item: the number of the string in it.
        text: what it says.
        codec: how it is written.
        role: BODY if it is drawn.
        spot: where it is drawn: x, y, and the x where it ends; ``None`` if it is not drawn.
    """

    record: int
    item: int
    text: str = field(repr=False)
    codec: str = WIDE
    role: Role = Role.BODY
    spot: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or drawing in a record, as a file of its own; ``ending`` says of which kind."""

    record: int
    item: int
    data: bytes = field(repr=False)
    ending: str = ".bmp"


@dataclass(slots=True)
class Drawing:
    """A metafile taken apart.

    Args:
        records: every record, header included.
        texts: strings in the order in which they are drawn.
        pictures: what is opened as a child.
        private: records that draw nothing, hold bytes nobody knows, and can go.
        unread: why some of it could not be read.
        tail: bytes behind the last record.
    """

    records: list[bytes] = field(default_factory=list, repr=False)
    texts: list[Text] = field(default_factory=list, repr=False)
    pictures: list[Picture] = field(default_factory=list, repr=False)
    private: set[int] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    tail: bytes = field(default=b"", repr=False)


def codec_of(charset: int) -> str:
    """The codec of a font's character set; Western where nothing better is known."""
    return _CHARSETS.get(charset, "cp1252")


def encoded(text: str, codec: str) -> bytes:
    """Text for a record; what the font's code page lacks becomes a question mark."""
    return text.encode(codec, "replace")


def decoded(raw: bytes, codec: str) -> str:
    """The text of a record, without the zeros behind it."""
    return raw.decode(codec, "replace").split("\0", 1)[0] if raw else ""


def runs(data: bytes) -> Iterator[str]:
    """Runs of letters in bytes that nobody knows."""
    for run in _RUN_8.finditer(data):
        yield run.group().decode("ascii")
    for run in _RUN_16.finditer(data):
        if 0 in run.group() or not run.group().isascii():  # else letters read in pairs
            yield run.group().decode(WIDE, "replace")


def padded(data: bytes, unit: int) -> bytes:
    """Bytes filled up with zeros to a multiple of ``unit``."""
    return data + bytes(-len(data) % unit)
