"""Finding the values of an index in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gateway.detect.index.file import Index
from gateway.detect.index.hashing import Places, Windows
from gateway.detect.text import View
from gateway.detect.values import DIGIT_WORD, GAP, LETTERS

_SHARE = 1_000_000  # characters that are hashed at once
_NUMBERS = re.compile(f"{DIGIT_WORD.pattern}(?:{GAP.pattern}{DIGIT_WORD.pattern})+")
_NOTHING = np.zeros(0, dtype=np.int64)


class IndexMatcher:
    """Finds whole values, as :class:`gateway.detect.values.ValueMatcher` does.

    Args:
        index: which values.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._longest = max(index.lengths, default=0)

    def find(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each value, in order; none lies within another."""
        view = View(text)
        hits = [view.span(start, end) for start, end in self._in_form(view.text)]
        hits += [view.span(start, end) for start, end in self._in_numbers(view.text)]
        kept: list[tuple[int, int]] = []
        for start, end in sorted(set(hits), key=lambda hit: (hit[0], -hit[1])):
            if not kept or end > kept[-1][1]:
                kept.append((start, end))
        return kept

    def _in_form(self, form: str) -> Iterator[tuple[int, int]]:
        """Values in a text in comparable form, an edge of letters not touching another."""
        for at in range(0, len(form), _SHARE):
            share = form[max(0, at - 1) : at + _SHARE + self._longest]
            before = min(at, 1)
            letters = _letters(share)
            joined = letters[:-1] & letters[1:]
            starts_free = np.concatenate([[True], ~joined]) & (np.arange(len(share)) >= before)
            ends_free = np.concatenate([[False], ~joined, [True]])
            starts_free &= _visible(share)
            starts = np.flatnonzero(starts_free)
            for start, length in self._windows(share, starts, ends_free):
                yield at - before + start, at - before + start + length

    def _in_numbers(self, form: str) -> Iterator[tuple[int, int]]:
        """Numbers that are written with other separators than the listed ones."""
        places: list[int] = []
        words: list[str] = []
        begins: list[int] = []
        size = 0
        for run in _NUMBERS.finditer(form):
            for word in DIGIT_WORD.finditer(run.group()):
                begins.append(size)
                words.append(word.group())
                places.extend(range(run.start() + word.start(), run.start() + word.end()))
                size += len(word.group())
            words.append("\0")
            places.append(run.end())
            size += 1
        if not words:
            return
        squeezed = "".join(words)
        ends_free = np.zeros(size + 1, dtype=np.bool_)
        ends_free[[*begins, size]] = True
        ends_free |= np.append(np.array([char == "\0" for char in squeezed]), False)
        starts = np.array(begins, dtype=np.int64)
        for start, length in self._windows(squeezed, starts, ends_free):
            yield places[start], places[start + length - 1] + 1

    def _windows(
        self, form: str, starts: Places, ends_free: NDArray[np.bool_]
    ) -> Iterator[tuple[int, int]]:
        """Start and length of the windows that are values."""
        windows = Windows(form, self._index.secrets)
        found_at, found_lengths = [_NOTHING], [_NOTHING]
        for length in self._index.lengths:
            fitting = starts[: np.searchsorted(starts, len(form) - length, side="right")]
            fitting = fitting[ends_free[fitting + length]]
            if not len(fitting):
                continue
            likely = fitting[self._index.may_hold(windows.hashes(fitting, length))]
            found_at.append(likely)
            found_lengths.append(np.full(len(likely), length, dtype=np.int64))
        at, lengths = np.concatenate(found_at), np.concatenate(found_lengths)
        pairs = list(zip(at.tolist(), lengths.tolist(), strict=True))
        digests = self._index.secrets.digests(form[start : start + n] for start, n in pairs)
        held = self._index.holds(digests)
        yield from (pair for pair, right in zip(pairs, held.tolist(), strict=True) if right)


_IS_LETTER = np.array([bool(re.match(f"[{LETTERS}]", chr(code))) for code in range(0x2000)])


def _letters(form: str) -> NDArray[np.bool_]:
    """Which characters are of a script that puts spaces between words."""
    codes = _codes(form)
    return _IS_LETTER[np.minimum(codes, 0x1FFF)] & (codes < 0x2000)


def _visible(form: str) -> NDArray[np.bool_]:
    codes = _codes(form)
    return codes > 0x20


def _codes(form: str) -> NDArray[np.uint32]:
    return np.frombuffer(form.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
