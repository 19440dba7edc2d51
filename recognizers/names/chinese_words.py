"""A Chinese word list, and text cut into its likeliest words.

The list is an ``.npz`` file (``training/chinese_words.py`` makes it): sorted 64-bit hashes of the
words with a cost (minus log probability) and a kind (part of speech, or kind of name) each, in 4 MB
instead of the 60 MB that a dictionary of strings takes. All words in a text are looked up at once.
Traditional characters are read as the simplified ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognizers.names.cjk_lists import listed

DATA = Path(__file__).parent / "data"

KINDS = tuple(listed("none n nr nrt ns nt nz v vn a d m q r p c u f t l x title speech role g"))
"""Kinds of words: those of ICTCLAS (n noun, nr person, ns place, nt body …), and three of our own."""

LONGEST = 8
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio (Knuth)
_MASK = 2**64 - 1
_COST_STEP = 0.1
_COMMON_COST = 12.5
_UNKNOWN = 17.0
_FIRST, _LAST = 0x3400, 0x9FFF

# Marks that mean the same, as one; the length stays.
_MARKS = dict(
    zip(
        map(ord, "，：；！？（）“”「」『』﹁﹂‘’、．・•‧･﹒＆"),
        ',:;!?()""""""""\'\'、.·····&',
        strict=True,
    )
)


class WordList:
    """The words, and what is known of them.

    Args:
        path: an ``.npz`` with ``hashes``, ``costs``, ``kinds``, and the characters ``traditional``
            and ``simplified``.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as arrays:
            self._hashes: NDArray[np.uint64] = arrays["hashes"]
            self._costs: NDArray[np.uint8] = arrays["costs"]
            self._kinds: NDArray[np.uint8] = arrays["kinds"]
            pairs = zip(arrays["traditional"].tolist(), arrays["simplified"].tolist(), strict=True)
        self._normal: dict[int, str | int] = {**_MARKS, **dict(pairs)}

    def normal(self, text: str) -> str:
        """The text in simplified characters and with one form of each mark; the same length."""
        return text.translate(self._normal)

    def words(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and kind of each word of the likeliest cut; what is no ideograph is left out.

        Args:
            text: normal text (:meth:`normal`), of any length; the cost is linear.
        """
        codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        han = (codes >= _FIRST) & (codes <= _LAST)
        if not han.any():
            return []
        size = len(codes)
        entries: list[list[tuple[int, float, int]]] = [[] for _ in range(size)]
        for length, starts, found in self._matches(codes, han):
            costs = (self._costs[found] * _COST_STEP).tolist()
            for start, cost, kind in zip(starts, costs, self._kinds[found].tolist(), strict=True):
                entries[start].append((length, cost, kind))
        return _cheapest(entries, han.tolist())

    def words_by_line(self, lines: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        """:meth:`words` of each of many lines, looked up together."""
        by_line: list[list[tuple[int, int, str]]] = [[] for _ in lines]
        number = base = 0
        for start, end, kind in self.words("\n".join(lines)):
            while start > base + len(lines[number]):
                base += len(lines[number]) + 1
                number += 1
            by_line[number].append((start - base, end - base, kind))
        return by_line

    def kind(self, word: str) -> str:
        """The kind of one word; empty when it is not in the list."""
        if not word:
            return ""
        wanted = np.uint64(_hash(word))
        at = int(np.searchsorted(self._hashes, wanted))
        if at < len(self._hashes) and self._hashes[at] == wanted:
            return KINDS[int(self._kinds[at])]
        return ""

    def is_common(self, word: str) -> bool:
        """Whether one word is in the list and often met: some four times in a million words."""
        wanted = np.uint64(_hash(word))
        at = int(np.searchsorted(self._hashes, wanted))
        found = at < len(self._hashes) and self._hashes[at] == wanted
        return bool(found) and float(self._costs[at]) * _COST_STEP < _COMMON_COST

    def _matches(
        self, codes: NDArray[np.uint64], han: NDArray[np.bool_]
    ) -> list[tuple[int, list[int], NDArray[np.intp]]]:
        """For each length: where words of the list begin, and their places in it."""
        matches = []
        starts = np.nonzero(han)[0]
        running = np.zeros(len(starts), dtype=np.uint64)
        for length in range(1, LONGEST + 1):
            inside = starts + length - 1 < len(codes)
            starts, running = starts[inside], running[inside]
            following = codes[starts + length - 1]
            ideograph = (following >= _FIRST) & (following <= _LAST)
            starts = starts[ideograph]
            running = _step(running[ideograph], following[ideograph])
            if not len(starts):
                break
            places = np.searchsorted(self._hashes, running)
            places[places == len(self._hashes)] = 0
            known = self._hashes[places] == running
            matches.append((length, starts[known].tolist(), places[known]))
        return matches


def hashes(words: list[str]) -> NDArray[np.uint64]:
    """The hash of each word, not empty."""
    results = np.zeros(len(words), dtype=np.uint64)
    for position in range(max(map(len, words), default=0)):
        long = np.array([len(word) > position for word in words])
        chars = np.array([ord(word[position]) for word in words if len(word) > position], np.uint64)
        results[long] = _step(results[long], chars)
    return results


def _hash(word: str) -> int:
    """The same for one word, without the price of arrays."""
    running = 0
    for char in word:
        running = ((running ^ ord(char)) * int(_MULTIPLIER)) & _MASK
        running ^= running >> 29
    return running


def cost_byte(probability: float) -> int:
    """A word's cost as the list stores it."""
    return min(255, round(-float(np.log(probability)) / _COST_STEP))


@cache
def word_list() -> WordList:
    """The list that is shipped, loaded once."""
    return WordList(DATA / "chinese.npz")


def _step(running: NDArray[np.uint64], following: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed: NDArray[np.uint64] = (running ^ following) * _MULTIPLIER  # wraps, as it should
    return mixed ^ (mixed >> np.uint64(29))


def _cheapest(
    entries: list[list[tuple[int, float, int]]], han: list[bool]
) -> list[tuple[int, int, str]]:
    """The cut whose words cost least, from the end to the beginning (Viterbi over a word graph)."""
    size = len(entries)
    totals = [0.0] * (size + 1)
    steps = [1] * size
    kinds = [0] * size
    for at in range(size - 1, -1, -1):
        if not han[at]:
            totals[at] = totals[at + 1]
            continue
        best, step, chosen = totals[at + 1] + _UNKNOWN, 1, 0
        for length, cost, kind in entries[at]:
            total = totals[at + length] + cost
            if total < best:
                best, step, chosen = total, length, kind
        totals[at], steps[at], kinds[at] = best, step, chosen
    words: list[tuple[int, int, str]] = []
    at = 0
    while at < size:
        step = steps[at]
        if han[at]:
            words.append((at, at + step, KINDS[kinds[at]]))
        at += step
    return words
