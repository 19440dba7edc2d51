r"""The text behind spellings that a program at the far side undoes.

Percent-encoding, ``\u`` and ``\x`` escapes, HTML references, RFC 2047 words, base64 of text, and
characters that nobody sees. A format resolves what its own grammar says; this is for what stands
inside its text: HTML in a chat message, a URL in a note, JavaScript in a page.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header

_BASE64 = (
    r"(?<![\w+/.%-])(?>[A-Za-z0-9+/_-]{16,}"
    r"(?:(?<=[A-Za-z0-9+/_-]{40})\r?\n[ \t]*[A-Za-z0-9+/_-]{4,})*)={0,2}"
)
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SPELLED = re.compile(
    r"(?P<units>(?:(?:(?<!\\)\\++|%(?:25)*+)u[0-9A-Fa-f]{4})+)"
    r"|(?P<percent>(?:%(?:25)*[0-9A-Fa-f]{2})+)"
    r"|(?P<bytes>(?:(?<!\\)\\++x[0-9A-Fa-f]{2})+)"
    r"|(?P<braces>(?<!\\)\\++u\{0*[0-9A-Fa-f]{1,6}\})"
    r"|&(?:amp;)*(?P<reference>#[xX]0*[0-9A-Fa-f]{1,6};?|#0*[0-9]{1,7};?|[A-Za-z]{2,8};)"
    r"|(?P<word>=\?[^?\s]{1,40}\?[bqBQ]\?[^?\s]*\?=)"
    rf"|(?P<unseen>[{_UNSEEN}]+)"
    rf"|(?P<base64>{_BASE64})",
    re.ASCII,
)
_SIGN = re.compile(rf"[%&\\{_UNSEEN}]|=\?")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{16}")
_UNIT = re.compile(r"(?:\\+|%(?:25)*)u[0-9A-Fa-f]{4}|%(?:25)*[0-9A-Fa-f]{2}|\\+x..")
_NEAR = 200
_SEAM = "\n\0\n"  # as between segments: nothing is found across it

type _Piece = tuple[str, int, int]


class Undone:
    """A text with its spellings undone, where there are any, and the way back.

    Args:
        original: any text. Only what stands near a spelling is shown, the rest left out.
    """

    __slots__ = ("_ends", "_places", "_spelled", "_starts", "text")

    def __init__(self, original: str) -> None:
        self._places: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._spelled: list[bool] = []
        shown: list[str] = []
        size = at = 0

        def add(text: str, start: int, end: int, *, spelled: bool) -> None:
            nonlocal size
            self._places.append(size)
            self._starts.append(start)
            self._ends.append(end)
            self._spelled.append(spelled)
            shown.append(text)
            size += len(text)

        def literal(start: int, end: int) -> None:
            if end - start > 2 * _NEAR:
                if start:
                    add(original[start : start + _NEAR], start, start + _NEAR, spelled=False)
                add(_SEAM, start + _NEAR, end - _NEAR, spelled=False)
                start = end - _NEAR
            if start < end:
                add(original[start:end], start, end, spelled=False)

        for text, start, end in _spellings(original):
            literal(at, start)
            add(text, start, end, spelled=True)
            at = end
        if at:
            literal(at, min(len(original), at + _NEAR))
        self.text = "".join(shown)

    def __bool__(self) -> bool:
        return bool(self._places)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original; spellings in it count whole."""
        first = bisect_right(self._places, start) - 1
        last = bisect_right(self._places, end - 1) - 1
        left, right = self._starts[first], self._ends[last]
        if not self._spelled[first]:
            left += start - self._places[first]
        if not self._spelled[last]:
            right = self._starts[last] + end - self._places[last]
        return left, right


def undone(text: str) -> str:
    """The text with all its spellings undone."""
    pieces: list[str] = []
    at = 0
    for shown, start, end in _spellings(text):
        pieces += (text[at:start], shown)
        at = end
    return "".join((*pieces, text[at:]))


def _spellings(text: str) -> Iterator[_Piece]:
    """What stands for something else, in order: its meaning, start and end."""
    if not _SIGN.search(text) and not _RUN.search(text):
        return  # most text, at a fraction of the cost
    for match in _SPELLED.finditer(text):
        kind = match.lastgroup
        raw, start = match[0], match.start()
        if kind in ("percent", "units", "bytes"):
            yield from _characters(raw, start)
            continue
        if kind == "base64":
            if (
                text[match.end() : match.end() + 1] == "."
                and text[match.end() + 1 : match.end() + 2].isalnum()
            ):
                continue  # a part of a token (JWT): that is found as a whole
            yield from _from_base64(raw, start)
            continue
        if kind == "unseen":
            meaning = ""
        elif kind == "braces":
            code = int(raw[raw.index("{") + 1 : -1], 16)
            meaning = chr(code) if code < 0x110000 else raw
        elif kind == "reference":
            meaning = html.unescape("&" + match["reference"])
        else:
            meaning = _word(raw)
        if meaning != raw and (meaning or kind == "unseen"):
            yield meaning, start, match.end()


def _characters(raw: str, start: int) -> Iterator[_Piece]:
    """The characters of a run of encoded bytes or UTF-16 units, each with its own place."""
    units = [(unit.start(), unit.end(), unit[0]) for unit in _UNIT.finditer(raw)]
    wide = "u" in raw
    octets = b"".join(bytes.fromhex(unit[-4:] if wide else unit[-2:]) for *_, unit in units)
    for encoding in ("utf-16-be",) if wide else ("utf-8", "gb18030"):
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        at = 0
        for char in text:
            count = len(char.encode(encoding)) // (2 if wide else 1)
            yield char, start + units[at][0], start + units[at + count - 1][1]
            at += count
        return


def _word(raw: str) -> str:
    try:
        return str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        return raw


def _from_base64(raw: str, start: int) -> Iterator[_Piece]:
    """Text in base64: the whole run, or without a first or last line that is only a word."""
    lines = [line.span() for line in re.finditer(r"[^\s=]+", raw)]
    count = len(lines)
    stretches = [(0, count), (0, count - 1), (1, count), (1, count - 1)][: 4 if count > 1 else 1]
    for first, last in stretches:
        if first < last:
            left, right = lines[first][0], lines[last - 1][1]
            if text := _base64_text(raw[left:right]):
                yield text, start + left, start + (len(raw) if last == count else right)
                return
    if count > 1:
        for left, right in lines:
            if text := _base64_text(raw[left:right]):
                yield text, start + left, start + right


def _base64_text(raw: str) -> str:
    """What base64 says if it is text beyond doubt; else nothing."""
    compact = "".join(raw.split()).replace("-", "+").replace("_", "/")
    if compact.upper() == compact or compact.lower() == compact:
        return ""  # a number or a word far more often
    try:
        octets = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except binascii.Error:
        return ""
    wide = octets.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in octets[:2]
    for encoding in ("utf-16",) if wide else ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            text = octets.decode(encoding)
            if all(char.isprintable() or char in "\t\r\n" for char in text):
                return text
    return ""
