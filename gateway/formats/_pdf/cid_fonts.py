"""Composite fonts: codes of several bytes, mostly Chinese, Japanese and Korean.

Source: ISO 32000-2:2020, 9.7.
"""

from __future__ import annotations

import re
from typing import Any

from gateway.formats._pdf.cmap import CMap, codec_of, parse_cmap, split_codes
from gateway.formats._pdf.font import Font
from gateway.formats._pdf.values import (
    get,
    integer_of,
    is_array,
    items,
    name_of,
    number_of,
    numbers_of,
    stream_bytes,
)


def composite_font(font: Any, to_unicode: CMap) -> Font:
    """Read a Type 0 font dictionary, given its ToUnicode map."""
    reading = _Composite(font, to_unicode)
    return Font(
        reading.split,
        reading.text_of,
        reading.width_of,
        vertical=reading.vertical,
        simple=False,
        cid_of=reading.cid_of,
    )


class _Composite:
    """What a Type 0 font and its descendant say about codes."""

    def __init__(self, font: Any, to_unicode: CMap) -> None:
        descendants = items(font.get("/DescendantFonts"))
        descendant = descendants[0] if descendants else None
        encoding = font.get("/Encoding")
        self._unicode = to_unicode
        self._cmap = parse_cmap(stream_bytes(encoding))
        self._name = self._cmap.uses or name_of(encoding)
        self._codec = codec_of(self._name)
        self.vertical = self._cmap.vertical or self._name.endswith("-V") or self._name == "V"
        self._widths = _cid_metrics(get(descendant, "/W"), 1)
        self._width = number_of(get(descendant, "/DW"), 1000.0)
        self._heights = _cid_metrics(get(descendant, "/W2"), 3)
        heights = numbers_of(get(descendant, "/DW2"))
        self._height = heights[1] if len(heights) == 2 else -1000.0

    def split(self, data: bytes) -> list[tuple[int, int]]:
        if self._cmap.code_spaces:
            return _split_by_spaces(data, self._cmap.code_spaces)
        if self._codec:
            return split_codes(data, self._codec)
        return [(at, min(at + 2, len(data))) for at in range(0, len(data), 2)]

    def text_of(self, code: int, raw: bytes) -> str | None:
        text = self._unicode.text(code)
        if text or not self._codec:
            return text
        return raw.decode(self._codec, "ignore") or None

    def width_of(self, code: int, text: str | None) -> float:
        cid = self._cid(code, text)
        if self.vertical:
            return self._heights.get(cid, self._height) / 1000
        return self._widths.get(cid, self._width) / 1000

    def cid_of(self, code: int) -> int | None:
        """The CID of a code; of the predefined maps only the identity is known."""
        if self._codec or (self._name and not self._name.startswith("Identity")):
            return self._cmap.cids.get(code)
        return self._cmap.cid(code) if self._cmap.cids or self._cmap.ranges else code

    def _cid(self, code: int, text: str | None) -> int:
        if self._cmap.cids or self._cmap.ranges:
            return self._cmap.cid(code)
        return _cid_of_ascii(text, self._name) if self._codec else code


def _cid_of_ascii(text: str | None, cmap_name: str) -> int:
    """The CID of an ASCII character in the Adobe collections; 0 for all other characters.

    Only these have widths of their own in practice; ideographs have the default width. The
    proportional set begins at CID 1; the half-width set of Adobe-GB1 at 814, of Adobe-Japan1 at
    231, of Adobe-Korea1 at 8094, of Adobe-CNS1 at 13648 (Technical Notes 5079, 5078, 5093, 5080).
    """
    if text is None or len(text) != 1 or not " " <= text <= "~":
        return 0
    half_width = {
        r"GBK?-EUC|GBK2K": 814,
        r"(90ms|Ext|Add|83pv)?-?RKSJ|EUC|.*UniJIS.*-HW": 231,
        r"KSCms-UHC-HW": 8094,
        r"(ETen|B5).*": 13648,
    }
    stem = cmap_name.removesuffix("-H").removesuffix("-V")
    for pattern, first in half_width.items():
        if re.fullmatch(pattern, stem):
            return first + ord(text) - 0x20
    return 1 + ord(text) - 0x20


def _split_by_spaces(data: bytes, spaces: list[tuple[int, bytes, bytes]]) -> list[tuple[int, int]]:
    """Byte ranges of codes by code space ranges, ISO 32000-2, 9.7.6.3."""
    shortest = min(length for length, _, _ in spaces)
    ranges: list[tuple[int, int]] = []
    at = 0
    while at < len(data):
        length = shortest
        for size, low, high in spaces:
            code = data[at : at + size]
            if len(code) == size and all(
                first <= byte <= last for first, byte, last in zip(low, code, high, strict=False)
            ):
                length = size
                break
        ranges.append((at, min(at + length, len(data))))
        at += length
    return ranges


def _cid_metrics(array: Any, numbers: int) -> dict[int, float]:
    """The ``W`` (one number a CID) or ``W2`` array (three, the first is the advance) by CID."""
    metrics: dict[int, float] = {}
    entries = items(array)
    at = 0
    while at + 1 < len(entries) and len(metrics) < 70_000:
        first = integer_of(entries[at], 0)
        if is_array(entries[at + 1]):
            values = numbers_of(entries[at + 1])
            for offset, value in enumerate(values[::numbers]):
                metrics[first + offset] = value
            at += 2
        else:
            last = min(integer_of(entries[at + 1], first), first + 0xFFFF)
            if at + 2 >= len(entries):
                break
            value = number_of(entries[at + 2], 1000.0)
            for cid in range(first, last + 1):
                metrics[cid] = value
            at += 2 + numbers
    return metrics
