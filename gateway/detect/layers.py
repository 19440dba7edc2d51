"""A text in which some stretches say what they stand for, and the way back.

A spelling is a stretch of a text and its meaning: ``(start, end, meaning)``. A :class:`Layer` is
the text with meanings in place of spellings; spans found in it lead back to the text beneath.
Layers lie on one another: base64 in a URL in JSON is three.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

SEAM = "\n\0\n"  # as between segments: nothing is found across it

type Spelling = tuple[int, int, str]


def settled(spellings: Iterable[Spelling]) -> list[Spelling]:
    """Spellings in order; of those that overlap the first, and of these the longest."""
    kept: list[Spelling] = []
    for spelling in sorted(spellings, key=lambda s: (s[0], -s[1])):
        if not kept or spelling[0] >= kept[-1][1]:
            kept.append(spelling)
    return kept


def replaced(text: str, spellings: Iterable[Spelling]) -> str:
    """The text with meanings in place of spellings, which are in order and do not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end, meaning in spellings:
        pieces += (text[at:start], meaning)
        at = end
    return "".join((*pieces, text[at:]))


class Layer:
    """A text with meanings in place of spellings.

    Args:
        beneath: any text.
        spellings: in order, none overlapping another.
        near: how many characters around a spelling are shown; what is further away from any is
            left out. ``None`` shows all.
    """

    __slots__ = ("_ends", "_places", "_spelled", "_starts", "text")

    def __init__(self, beneath: str, spellings: Sequence[Spelling], near: int | None) -> None:
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

        def literal(start: int, end: int, *, first: bool, last: bool) -> None:
            if near is None or end - start <= near * (2 - first - last):
                if start < end:
                    add(beneath[start:end], start, end, spelled=False)
                return
            if not first:
                add(beneath[start : start + near], start, start + near, spelled=False)
            if not first and not last:
                add(SEAM, start + near, end - near, spelled=False)
            if not last:
                add(beneath[end - near : end], end - near, end, spelled=False)

        for start, end, meaning in spellings:
            literal(at, start, first=at == 0, last=False)
            add(meaning, start, end, spelled=True)
            at = end
        literal(at, len(beneath), first=False, last=True)
        self.text = "".join(shown)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the text beneath; spellings in it count whole."""
        first = bisect_right(self._places, start) - 1
        last = bisect_right(self._places, end - 1) - 1
        left, right = self._starts[first], self._ends[last]
        if not self._spelled[first]:
            left += start - self._places[first]
        if not self._spelled[last]:
            right = self._starts[last] + end - self._places[last]
        return left, right

    def changed(self, start: int, end: int) -> bool:
        """Whether a spelling stands in ``text[start:end]``."""
        first = bisect_right(self._places, start) - 1
        last = bisect_right(self._places, end - 1) - 1
        return any(self._spelled[first : last + 1])
