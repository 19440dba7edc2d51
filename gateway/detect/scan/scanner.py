"""Where in a text which gates are found, and the windows that follow from it.

A text is cut into blocks, each searched together with one character before it and :data:`LONGEST`
behind it, so that a gate is found whole. Gates with a digit are looked for beside digits only. A
window is a stretch in which matches may begin; see :func:`windows`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from gateway.detect.scan.backends import SOMEWHERE, Backend, Finder
from gateway.detect.scan.gates import COMMON, LONGEST, NEAR_DIGITS, WITH_DIGITS, Gate

BLOCK = 4096
"""Characters in a block."""
CONTEXT = "context"
"""The kind of context words, beside the kinds of gates."""
_GROUP = 64  # gates that are compiled together; more make compiling slower than linear
_WORDS = 1000  # context words that are
_CLUSTER = re.compile(rb"[0-9](?:[^0-9]{0,%d}+[0-9])*+" % (2 * NEAR_DIGITS))
_WIDE = 40  # characters from which on it pays to look for where a match begins or ends
_SEAM = b"\xff"  # no byte of UTF-8; counts as a character that is neither letter nor digit
_CONTINUATION = bytes(range(0x80, 0xC0))

type Places = list[tuple[int, int]]
"""Where gates end: between the first and the second number, in characters of the text."""

type Window = tuple[int, int, int]
"""Where matches may begin: from, up to; and up to where the text can have a say in them."""

EVERYWHERE: tuple[Window, ...] = ((0, 1 << 62, 1 << 62),)
_NOWHERE: Window = (0, 0, -1)


class Scanner:
    """Searches for expressions.

    Args:
        expressions: with the kind of each; their places here are their numbers.
        backend: the engine.
    """

    def __init__(self, expressions: Mapping[str, str], backend: Backend) -> None:
        kinds: dict[str, list[tuple[int, str]]] = {}
        for number, (expression, kind) in enumerate(expressions.items()):
            kinds.setdefault(kind, []).append((number, expression))
        self._anywhere: list[tuple[Finder, list[int]]] = []
        self._near_digits: list[tuple[Finder, list[int]]] = []
        self._context: list[tuple[Finder, list[int]]] = []
        for kind, members in kinds.items():
            groups = self._near_digits if kind in WITH_DIGITS else self._anywhere
            size = _GROUP
            if kind == CONTEXT:
                groups, size = self._context, _WORDS
            for start in range(0, len(members), size):
                some = members[start : start + size]
                expressions_of = tuple(expression for _, expression in some)
                finder = backend.compile(expressions_of, once=kind in {CONTEXT, COMMON})
                groups.append((finder, [number for number, _ in some]))

    def places(self, text: str) -> dict[int, Places]:
        """Where each gate is found, by its number; gates that are not found are left out.

        Args:
            text: any text.
        """
        found: dict[int, Places] = {}
        if len(text) <= BLOCK + BLOCK // 2:
            self._search(text, 0, len(text), found)
        else:
            for start in range(0, len(text), BLOCK):
                self._search(text, max(0, start - 1), start + BLOCK + LONGEST, found)
        return found

    def context(self, text: str) -> set[int]:
        """The numbers of the context words that stand in a text."""
        data = text.encode("utf-8", "surrogatepass")
        return {numbers[place] for finder, numbers in self._context for place, _ in finder(data)}

    def _search(self, text: str, first: int, last: int, found: dict[int, Places]) -> None:
        piece = text[first:last]
        data = piece.encode("utf-8", "surrogatepass")
        place_of = _Ascii(first) if len(data) == len(piece) else _Utf8(first, data)
        whole = (first, first + len(piece))
        for finder, numbers in self._anywhere:
            for place, end in finder(data):
                where = whole if end == SOMEWHERE else place_of(end)
                found.setdefault(numbers[place], []).append(where)
        digits = _Clusters(data)
        if not digits.data:
            return
        known = {SOMEWHERE: whole}
        for finder, numbers in self._near_digits:
            for place, end in finder(digits.data):
                if end not in known:
                    known[end] = place_of(digits.place(end))
                found.setdefault(numbers[place], []).append(known[end])


class _Ascii:
    """Places in data that is one byte a character."""

    def __init__(self, first: int) -> None:
        self._first = first

    def __call__(self, byte: int) -> tuple[int, int]:
        return self._first + byte, self._first + byte


class _Utf8:
    """Places in data of several bytes a character; one within a character counts behind it."""

    def __init__(self, first: int, data: bytes) -> None:
        self._first = first
        self._data = data
        self._known = {0: 0}
        self._last = 0

    def __call__(self, byte: int) -> tuple[int, int]:
        if byte not in self._known:
            start = self._last if self._last < byte else 0
            more = len(self._data[start:byte].translate(None, _CONTINUATION))
            self._known[byte] = self._known[start] + more
            self._last = byte
        place = self._first + self._known[byte]
        return place, place


class _Clusters:
    """The stretches of data near digits, joined.

    Attributes:
        data: nothing if there is no digit.
    """

    def __init__(self, whole: bytes) -> None:
        self._starts: list[int] = []
        self._moved: list[int] = []
        pieces: list[bytes] = []
        size = 0
        for first, last in _clusters(whole):
            self._starts.append(size)
            self._moved.append(first - size)
            pieces.append(whole[first:last])
            size += last - first + 1
        self.data = _SEAM.join(pieces)

    def place(self, at: int) -> int:
        """Where something that ends here in ``data`` ends in the whole."""
        return at + self._moved[bisect_right(self._starts, at - 1) - 1]


def _clusters(data: bytes) -> Iterator[tuple[int, int]]:
    last = 0
    for match in _CLUSTER.finditer(data):
        first, last = max(last, match.start() - NEAR_DIGITS), match.end() + NEAR_DIGITS
        yield first, min(last, len(data))


def windows(gate: Gate, places: Iterable[tuple[int, int]], text: str) -> Sequence[Window]:
    """Where a pattern can match.

    A match begins at most the width of the gate before its end, and behind the last character that
    it cannot hold. It can go on behind it: by ``reach``
    characters if its pattern has a bound, and up to the next character that cannot be a part of
    it. The text up to there, and no more, decides on it. Windows that meet become one, so that no
    character is searched twice.

    Args:
        gate: of the pattern.
        places: where its gate ends.
        text: the text that was searched.
    """
    found: list[Window] = []
    separator = -1  # the next one, as long as it lies ahead
    for low, high in sorted(places):
        first, limit = max(0, low - gate.width - 1), high + 1
        before = found[-1] if found else _NOWHERE
        reach = gate.reach or len(text)
        if reach > _WIDE and gate.separators:
            if separator < limit:
                separator = _next_separator(gate.separators, text, limit)
            end = min(limit + reach, separator + gate.beyond)
        else:
            end = limit + reach
        if gate.floating:
            first = _last_separator(gate.separators, text, before[1], first)
        elif low == high and gate.width > _WIDE:
            first = _last_separator(gate.separators, text, first, max(0, low - gate.beyond))
        if first <= before[2]:
            found[-1] = (before[0], max(limit, before[1]), max(end, before[2]))
        else:
            found.append((first, limit, end))
    return found


def _next_separator(separators: str, text: str, start: int) -> int:
    separator = _any_of(separators).search(text, start)
    return separator.start() if separator else len(text) + 1


def _last_separator(separators: str, text: str, earliest: int, end: int) -> int:
    for separator in separators:
        earliest = max(earliest, text.rfind(separator, earliest, end) + 1)
    return earliest


@cache
def _any_of(chars: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(chars)}]")
