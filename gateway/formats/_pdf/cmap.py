"""Character maps: from codes in strings to Unicode (ToUnicode) and to CIDs (Encoding).

Source: ISO 32000-2:2020, 9.7.5 and 9.10.3; Adobe Technical Notes 5014 (CMap files) and 5411 (ToUnicode).
The predefined CJK maps are not shipped: those whose codes are Unicode or a national character
set are decoded with Python's codec of that set, which gives the text without the CID.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.formats._pdf.syntax import unhex

_MOST_ENTRIES = 200_000
_BLOCK = re.compile(
    rb"begin(bfchar|bfrange|cidchar|cidrange|codespacerange)\b(.*?)end\1", re.DOTALL
)
_ITEM = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])|(\d+)|/([^\s<>\[\]/]+)")
_WRITING_MODE = re.compile(rb"/WMode\s+(\d)")
_USES = re.compile(rb"/([^\s/<>\[\]()]+)\s+usecmap")

type _Item = bytes | int | list[_Item]


@dataclass(slots=True)
class CMap:
    """One parsed map.

    Args:
        unicode: text by code (the code as a number, its length ignored as readers do).
        unicode_ranges: ``(first, last, UTF-16BE text of the first)``.
        cids: CID by code, where it is not given by ``ranges``.
        ranges: ``(first, last, cid of the first)``.
        code_spaces: ``(length in bytes, lowest, highest)`` of valid codes.
        vertical: whether the map says writing mode 1.
        uses: the name of the map it builds on.
    """

    unicode: dict[int, str] = field(default_factory=dict)
    unicode_ranges: list[tuple[int, int, bytes]] = field(default_factory=list)
    cids: dict[int, int] = field(default_factory=dict)
    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    code_spaces: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    vertical: bool = False
    uses: str = ""

    def text(self, code: int) -> str | None:
        """The text of a code, or ``None`` where there is none."""
        if code in self.unicode:
            return self.unicode[code]
        for first, last, text in self.unicode_ranges:
            if first <= code <= last:
                return _moved(text, code - first) or None
        return None

    def cid(self, code: int) -> int:
        """The CID of a code; 0 (the "not defined" glyph) where there is none."""
        if code in self.cids:
            return self.cids[code]
        for first, last, cid in self.ranges:
            if first <= code <= last:
                return cid + code - first
        return 0


def parse_cmap(data: bytes) -> CMap:
    """Read a CMap stream; what is malformed in it is left out."""
    cmap = CMap()
    if mode := _WRITING_MODE.search(data):
        cmap.vertical = mode[1] == b"1"
    if uses := _USES.search(data):
        cmap.uses = uses[1].decode("latin-1")
    for block in _BLOCK.finditer(data):
        _FILL[block[1]](cmap, _items(block[2]))
    return cmap


def _fill_characters(cmap: CMap, items: list[_Item]) -> None:
    for code, text in _groups(items, 2):
        _put(cmap, code, text, 0)


def _fill_ranges(cmap: CMap, items: list[_Item]) -> None:
    for first, last, text in _groups(items, 3):
        _put_range(cmap, first, last, text)


def _fill_cids(cmap: CMap, items: list[_Item]) -> None:
    for code, cid in _groups(items, 2):
        if isinstance(code, bytes) and isinstance(cid, int):
            cmap.cids[_number(code)] = cid


def _fill_cid_ranges(cmap: CMap, items: list[_Item]) -> None:
    for first, last, cid in _groups(items, 3):
        if isinstance(first, bytes) and isinstance(last, bytes) and isinstance(cid, int):
            cmap.ranges.append((_number(first), _number(last), cid))


def _fill_code_spaces(cmap: CMap, items: list[_Item]) -> None:
    for low, high in _groups(items, 2):
        if isinstance(low, bytes) and isinstance(high, bytes) and low:
            cmap.code_spaces.append((len(low), low, high))


_FILL = {
    b"bfchar": _fill_characters,
    b"bfrange": _fill_ranges,
    b"cidchar": _fill_cids,
    b"cidrange": _fill_cid_ranges,
    b"codespacerange": _fill_code_spaces,
}


def _items(data: bytes) -> list[_Item]:
    items: list[_Item] = []
    inner: list[_Item] | None = None
    for match in _ITEM.finditer(data):
        target = items if inner is None else inner
        if match[1] is not None:
            target.append(unhex(match[1]))
        elif match[2]:
            inner = []
        elif match[3]:
            if inner is not None:
                items.append(inner)
            inner = None
        elif match[4]:
            target.append(int(match[4][:9]))
        else:  # a glyph name; ToUnicode maps may give one, no reader we know follows it
            target.append(b"")
    return items


def _groups(items: list[_Item], size: int) -> Iterator[list[_Item]]:
    for at in range(0, len(items) - size + 1, size):
        yield items[at : at + size]


def _number(code: bytes) -> int:
    return int.from_bytes(code, "big")


def _put(cmap: CMap, code: _Item, text: _Item, offset: int) -> None:
    """Map a code to UTF-16BE text."""
    if isinstance(code, bytes) and isinstance(text, bytes) and len(cmap.unicode) < _MOST_ENTRIES:
        decoded = _moved(text, 0)
        if decoded:
            cmap.unicode[_number(code) + offset] = decoded


def _put_range(cmap: CMap, first: _Item, last: _Item, text: _Item) -> None:
    if not isinstance(first, bytes) or not isinstance(last, bytes):
        return
    if isinstance(text, list):
        count = max(_number(last) - _number(first) + 1, 0)
        for offset, each in enumerate(text[:count]):
            _put(cmap, first, each, offset)
    elif isinstance(text, bytes) and text:
        cmap.unicode_ranges.append((_number(first), _number(last), text))


def _moved(text: bytes, offset: int) -> str:
    """UTF-16BE text whose last unit is moved on."""
    if len(text) == 1:
        text = b"\0" + text
    last = (_number(text[-2:]) + offset) & 0xFFFF
    return (text[:-2] + last.to_bytes(2, "big")).decode("utf-16-be", "ignore")


_CODECS = (
    (re.compile(r"Uni.*-(UCS2|UTF16)(-HW)?"), "utf-16-be"),
    (re.compile(r"Uni.*-UTF8"), "utf-8"),
    (re.compile(r"Uni.*-UTF32"), "utf-32-be"),
    (re.compile(r"GB.*"), "gb18030"),
    (re.compile(r"(ET|B5|HK).*"), "big5hkscs"),
    (re.compile(r".*RKSJ"), "cp932"),
    (re.compile(r"EUC"), "euc_jp"),
    (re.compile(r"KSC(-EUC|ms-UHC|ms-UHC-HW|pc-EUC)"), "cp949"),
)


def codec_of(cmap_name: str) -> str | None:
    """The Python codec whose bytes are the codes of a predefined CMap, or ``None``.

    Source: ISO 32000-2:2020, table 116. ``GB-H``, ``KSC-H``, ``H`` (7-bit codes), ``CNS-EUC-H``
    and ``Identity-H`` have none.
    """
    stem = cmap_name.removesuffix("-H").removesuffix("-V")
    if stem in ("GB", "GBT", "KSC", "CNS1", "CNS2", "Identity"):
        return None
    for pattern, codec in _CODECS:
        if pattern.fullmatch(stem):
            return codec
    return None


def split_codes(data: bytes, codec: str) -> list[tuple[int, int]]:
    """Byte ranges of the codes in a string of one of those codecs."""
    if codec == "utf-32-be":
        return [(at, min(at + 4, len(data))) for at in range(0, len(data), 4)]
    ranges: list[tuple[int, int]] = []
    at = 0
    while at < len(data):
        length = _code_length(data, at, codec)
        ranges.append((at, min(at + length, len(data))))
        at += length
    return ranges


def _code_length(data: bytes, at: int, codec: str) -> int:
    lead = data[at]
    if codec == "utf-16-be":
        return 4 if 0xD8 <= lead < 0xDC else 2
    if codec == "utf-8":
        return 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    if lead < 0x80 or (codec == "cp932" and 0xA0 <= lead < 0xE0):
        return 1
    if codec == "gb18030" and at + 1 < len(data) and 0x30 <= data[at + 1] <= 0x39:
        return 4
    if codec == "euc_jp" and lead == 0x8F:
        return 3
    return 2
