"""Words near a hit that say what it is.

The words are looked for in the segment's own labels (column header, JSON key, form field), in the
line before the hit and shortly after it, as whole words (ideographs: anywhere). Cost is constant
for each hit.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_letters

_BEFORE = 100
_AFTER = 40

_ALPHANUMERIC = re.compile(r"[0-9A-Za-z]")
_TWO_LETTERS = re.compile(r"[A-Za-z]{2}")
_GAP = re.compile(r"[^0-9A-Za-z]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_JOINER = re.compile(r"[\W_]+")
# Another number ends what a label can speak of, if words of its own follow it.
_NUMBER = re.compile(r"[0-9](?:[ .\-/]?[0-9]){5,}")
_LISTING = re.compile(r"(?:[\W_]|\b(?:and|or)\b|[和与或及、])*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"')]?\s+(?=[A-Z])|[。！？；;]")
_AFTER_END = re.compile(r"[\n\t|,;，；。、0-9]|\.\s")


def spread(label: str) -> str:
    """A label as words: ``userSsn``, ``user_ssn`` and ``user-ssn`` are all "user ssn"."""
    return _JOINER.sub(" ", _CAMEL.sub(" ", label)).lower().strip()


def _plain(word: str) -> str:
    """As it is written in lower case or capitals, in which capitals begin no words."""
    return _JOINER.sub(" ", word).lower().strip()


@dataclass(frozen=True, slots=True)
class Scope:
    """One segment's place in the text that is being analysed, and its labels."""

    start: int
    end: int
    labels: str = ""


class ContextWords:
    """A recogniser's context words, ready to be looked for.

    Args:
        words: words or phrases in any script.
    """

    __slots__ = ("_pattern", "forms")

    def __init__(self, words: Iterable[str]) -> None:
        forms = [form for word in words for form in (_plain(word), spread(word))]
        self.forms = tuple(dict.fromkeys(form for form in forms if form))
        spaced = sorted({form for form in forms if form.isascii()}, key=len, reverse=True)
        glued = sorted({form for form in forms if not form.isascii()}, key=len, reverse=True)
        branches = [re.escape(form) for form in glued]
        if spaced:
            alternatives = "|".join(re.escape(form) for form in spaced)
            branches.append(f"(?<![a-z0-9])(?:{alternatives})s?(?![a-z0-9])")
        self._pattern = re.compile("|".join(branches))

    def in_words(self, words: str) -> bool:
        """One of them stands in a text that :func:`spread` made."""
        return self._pattern.search(words) is not None

    def find(self, words: str) -> re.Match[str] | None:
        """The first of them that stands in a text that :func:`spread` made."""
        return self._pattern.search(words)


class Surroundings:
    """The text around hits, segment by segment.

    Args:
        text: what is analysed: one segment, or several joined.
        scopes: the segments' places in it, in order.
    """

    def __init__(self, text: str, scopes: Sequence[Scope]) -> None:
        self._text = text
        self.scopes = scopes
        self._starts = [scope.start for scope in scopes]
        self._near: dict[tuple[int, int], tuple[str, str]] = {}

    def scope(self, start: int) -> Scope:
        """The segment in which a position stands."""
        return self.scopes[max(0, bisect_right(self._starts, start) - 1)]

    def near(self, start: int, end: int) -> tuple[str, str]:
        """The words before and after a hit that can speak of it; whole words only."""
        known = self._near.get((start, end))
        if known is None:
            known = self._near[start, end] = self._words_near(start, end)
        return known

    def _words_near(self, start: int, end: int) -> tuple[str, str]:
        scope = self.scope(start)
        text = self._text
        first, last = max(scope.start, start - _BEFORE), min(scope.end, end + _AFTER)
        if first > scope.start and _joins(text, first):
            first = _first_gap(text, first, start)
        if last < scope.end and _joins(text, last):
            last = _last_gap(text, end, last)
        before, after = text[first:start], text[end:last]
        if before and _letters_meet(text, start):
            before = before.rstrip(ascii_letters)
        if after and _letters_meet(text, end):
            after = after.lstrip(ascii_letters)
        return spread(_speaking_before(before)), spread(_speaking_after(after))


def _joins(text: str, at: int) -> bool:
    """Whether a cut would go through a word."""
    return bool(_ALPHANUMERIC.match(text, at - 1) and _ALPHANUMERIC.match(text, at))


def _letters_meet(text: str, at: int) -> bool:
    return bool(_TWO_LETTERS.match(text, at - 1)) if at else False


def _first_gap(text: str, start: int, end: int) -> int:
    gap = _GAP.search(text, start, end)
    return gap.start() if gap else end


def _last_gap(text: str, start: int, end: int) -> int:
    while end > start and _ALPHANUMERIC.match(text, end - 1):
        end -= 1
    return end


def _speaking_before(before: str) -> str:
    line = before.rpartition("\n")[2]
    if not any(char.isalnum() for char in line):
        line = before.rstrip().rpartition("\n")[2] + line  # the label stands in the line above
    for number in reversed(list(_NUMBER.finditer(line))):
        rest = line[number.end() :]
        if not _LISTING.fullmatch(rest):
            line = rest
            break
    ends = [end.end() for end in _SENTENCE_END.finditer(line)]
    sentences = [line[start:] for start in (*reversed(ends), 0)]
    return next((part for part in sentences if any(char.isalpha() for char in part)), line)


def _speaking_after(after: str) -> str:
    end = _AFTER_END.search(after)
    words = after[: end.start()] if end else after
    return "" if ":" in words else words  # "Tel:" speaks of what follows it
