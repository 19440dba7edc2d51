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

_BEFORE = 100
_AFTER = 40

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

    __slots__ = ("_pattern", "_stems")

    def __init__(self, words: Iterable[str]) -> None:
        forms = [" ".join(_JOINER.sub(" ", word).lower().split()) for word in words]
        spaced = sorted({form for form in forms if form.isascii()}, key=len, reverse=True)
        glued = sorted({form for form in forms if not form.isascii()}, key=len, reverse=True)
        branches = [re.escape(form) for form in glued]
        if spaced:
            alternatives = "|".join(re.escape(form) for form in spaced)
            branches.append(f"(?<![a-z0-9])(?:{alternatives})s?(?![a-z0-9])")
        self._pattern = re.compile("|".join(branches))
        self._stems = {form.split()[0] for form in forms if form}

    def in_words(self, words: str) -> bool:
        """One of them stands in a text that :func:`spread` made."""
        return self._pattern.search(words) is not None

    def possible_in(self, lowered: str) -> bool:
        """``False`` only if none of them can stand in this lower-case text: a quick refusal."""
        return any(stem in lowered for stem in self._stems)


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
        labels = " ".join(scope.labels for scope in scopes)
        self.lowered = f"{text.lower()} {labels}"

    def scope(self, start: int) -> Scope:
        """The segment in which a position stands."""
        return self.scopes[max(0, bisect_right(self._starts, start) - 1)]

    def near(self, start: int, end: int) -> str:
        """The words before and after a hit that can speak of it."""
        scope = self.scope(start)
        before = self._text[max(scope.start, start - _BEFORE) : start]
        after = self._text[end : min(scope.end, end + _AFTER)]
        return f"{spread(_speaking_before(before))} | {spread(_speaking_after(after))}"


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
