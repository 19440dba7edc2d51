"""Two views of a text that searching works on, and the way back to the original.

* :func:`fold` keeps the length: full-width digits and letters, odd spaces and odd hyphens become
  their ASCII kin, so that a pattern written for ASCII finds them at the same offsets.
* :class:`View` is the form in which values are compared: without case, width, zero-width
  characters and kinds of white space; it maps spans back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_FULL_WIDTH_MARKS = "＠．＋：＝（）／＿＃＊"
_SMALL_MARKS = "﹒﹕﹙﹚﹟﹠﹡﹢﹤﹥﹦﹨﹩﹪﹫"
_STOPS = "\u2024\uff61"  # one dot leader, half-width ideographic full stop
# Digits, and blocks of letters in other styles: each has one form in ASCII, of the same length.
_FULL_WIDTH_ALPHANUMERICS = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
_STYLED = (*range(0x2102, 0x2140), *range(0x1D400, 0x1D800), *range(0x1FBF0, 0x1FBFA))
# Starts of ten consecutive decimal digits in the scripts of today (general category Nd).
_DIGIT_ZEROS = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
)  # fmt: skip


def _styled() -> dict[int, str]:
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for code in _STYLED}
    return {code: form for code, form in plain.items() if len(form) == 1 and form.isascii()}


_ALIKE: dict[int, str] = {
    **dict.fromkeys(map(ord, _HYPHENS), "-"),
    **dict.fromkeys(map(ord, _STOPS), "."),
    **{zero + value: str(value) for zero in _DIGIT_ZEROS for value in range(10)},
}
_FOLD: dict[int, str] = {
    **_ALIKE,
    **dict.fromkeys(map(ord, _SPACES), " "),
    **{ord(char): unicodedata.normalize("NFKC", char) for char in _FULL_WIDTH_MARKS + _SMALL_MARKS},
    **{code: chr(code - 0xFEE0) for code in _FULL_WIDTH_ALPHANUMERICS},
    **_styled(),
}
# Two classes: one for all planes would be slow.
_FOLDED = re.compile(f"[{re.escape(''.join(chr(code) for code in _FOLD if code < 0x10000))}]")
_FOLDED_ASTRAL = re.compile("[\U0001d400-\U0001d7ff\U0001fbf0-\U0001fbf9]")


def fold(text: str) -> str:
    """The text with full-width and other odd forms as ASCII; every offset stays the same."""
    if text.isascii():
        return text
    if _FOLDED_ASTRAL.search(text):
        return text.translate(_FOLD)
    return _FOLDED.sub(lambda match: _FOLD[ord(match[0])], text)


# Runs whose comparison form is their lower case, of the same length: words of the common European
# alphabets with single spaces between them; ideographs, kana and Hangul.
_LETTER = "!-~À-ÖØ-Þà-öø-þЀ-џ"
_PLAIN = re.compile(
    f"[{_LETTER}]+(?: [{_LETTER}]+)*"
    r"|[\u3001-\u3011\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uac00-\ud7a3]+"
)
_IGNORED = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
)


class View:
    """A text in the form in which values are compared.

    Case is folded, compatibility characters are normalised (NFKC, with combining marks), zero-width
    characters and soft hyphens left out, and every run of white space is one space, or nothing
    between two ideographs (Chinese wraps lines and pads names anywhere).

    Args:
        original: any text.
    """

    __slots__ = ("_ends", "_plain", "_starts", "_view_starts", "text")

    def __init__(self, original: str) -> None:
        self._view_starts: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._plain: list[bool] = []
        pieces: list[str] = []
        size = at = 0

        def add(piece: str, start: int, end: int, *, plain: bool) -> None:
            nonlocal size
            if not piece:
                return
            self._view_starts.append(size)
            self._starts.append(start)
            self._ends.append(end)
            self._plain.append(plain)
            pieces.append(piece)
            size += len(piece)

        while at < len(original):
            run = _PLAIN.match(original, at)
            end = run.end() if run else at + 1
            if run and end < len(original) and unicodedata.combining(original[end]):
                end -= 1  # the last character belongs to a cluster with marks
            if end > at and run:
                # File names and identifiers write a space as an underscore.
                add(original[at:end].lower().replace("_", " "), at, end, plain=True)
                at = end
                continue
            end = _cluster_end(original, at)
            cluster = original[at:end]
            if cluster.isspace():
                while end < len(original) and (
                    original[end].isspace() or original[end] in _IGNORED
                ):
                    end += 1
                before = pieces[-1][-1] if pieces else ""
                if not (_is_ideograph(before) and _is_ideograph(original[end : end + 1])):
                    add(" ", at, end, plain=False)
            else:
                add(_comparable(cluster), at, end, plain=False)
            at = end
        self.text = "".join(pieces)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original; whole characters only."""
        first = self._piece(start)
        last = self._piece(end - 1)
        left = self._starts[first]
        right = self._ends[last]
        if self._plain[first]:
            left += start - self._view_starts[first]
        if self._plain[last]:
            right = self._starts[last] + end - self._view_starts[last]
        return left, right

    def _piece(self, place: int) -> int:
        return bisect_right(self._view_starts, place) - 1


_SQUEEZED: dict[int, str | None] = {
    **_ALIKE,
    **dict.fromkeys([*map(ord, _IGNORED), *map(ord, " .-()_")]),
    **dict.fromkeys([*map(ord, _HYPHENS), *map(ord, _STOPS)]),
    **dict.fromkeys(code for code in range(0x3001) if chr(code).isspace()),
}
_SQUEEZED_ASCII = str.maketrans("", "", "".join(chr(c) for c in _SQUEEZED if c < 128))
_JOINING = re.compile(
    "[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]"
    "|[\\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]"
)


def squeezed(text: str) -> str:
    """A form that is made fast, for a quick refusal.

    If one text stands in the :class:`View` of another, or with other separators in it, then its
    squeezed form stands in the squeezed form of the other. Nothing for text with single jamo
    or marks on what is left out, which join across the clusters of a view.
    """
    if text.isascii():
        return text.lower().translate(_SQUEEZED_ASCII)
    if _JOINING.search(text):
        return ""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.translate(_SQUEEZED)


def comparable(text: str) -> str:
    """The form in which two values are compared, ends stripped."""
    return View(text).text.strip()


def _comparable(cluster: str) -> str:
    kept = "".join(char for char in cluster if char not in _IGNORED)
    if not kept:
        return ""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())
    folded = folded.translate(_ALIKE)
    return " ".join(folded.split()) if not folded.isspace() else " "


def _cluster_end(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _is_ideograph(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
