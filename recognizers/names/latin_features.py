"""Text in Latin scripts as tokens, and what the tagger is told of each token.

Everything about a word by itself is worked out once and kept, so that a token costs a few look-ups.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recognizers.names.latin_words import (
    CALENDAR,
    COMPANY_SUFFIXES,
    LANGUAGE_WORDS,
    ORGANISATION_WORDS,
    STREET_WORDS,
    TITLES,
)

type Token = tuple[int, int, str]
"""Start, end, text."""

LONGEST_WORD = 40
LONGEST_BLOCK = 1_500  # characters, unless a line is longer

LATIN = (
    "0-9A-Za-z_\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"
)
_TOKEN = re.compile(
    rf"""(?x)
      [A-Za-z0-9._%+-]{{1,64}}@[A-Za-z0-9.-]{{1,64}}          # an e-mail address
    | (?:https?://|www\.)[^\s<>"']{{1,200}}
    | ['’][sS](?![{LATIN}])
    | (?:[lLdDjJnNsSmMtTcC]|[qQ]u|[dnsa]ell|[ads]all|[Uu]n)['’](?=[{LATIN}])(?<![A-Z]['’])   # elision: l'avocat
    | [{LATIN}]+(?:['’](?![sS](?![{LATIN}]))[{LATIN}]+)?
    | [^\W{LATIN}]+
    | [^\w\s]
    """
)
_CAPITAL = re.compile("[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017d]")
_DIGITS = re.compile("[0-9]")
_KEPT_WORDS = 60_000
_LABEL_REACH = 6  # tokens behind a colon


def key(word: str) -> str:
    """A word as the lists hold it: lower case, without accents."""
    if word.isascii():
        return word.lower()
    bare = unicodedata.normalize("NFD", word.lower()).translate(_BARE)
    return "".join(char for char in bare if not unicodedata.combining(char))


_BARE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"}
)


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words and signs of a stretch of text; places count from the text's start."""
    stop = len(text) if end is None else end
    return [(*match.span(), match.group()) for match in _TOKEN.finditer(text, start, stop)]


def blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches to tag at once: lines that follow one another without an empty one between.

    Only those with a capital letter. A line that is too long is cut after a sentence or a word.
    """
    at = start
    while at < end:
        stop = _block_end(text, at, end)
        if _CAPITAL.search(text, at, stop):
            yield at, stop
        at = stop


def _block_end(text: str, start: int, end: int) -> int:
    limit = min(end, start + LONGEST_BLOCK)
    gap = _EMPTY_LINE.search(text, start, limit)
    if gap:
        return gap.end()
    if limit == end:
        return end
    for border in ("\n", ". ", " "):
        found = text.rfind(border, start + LONGEST_BLOCK // 4, limit)
        if found >= 0:
            return found + len(border)
    return limit


_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")


@dataclass(frozen=True, slots=True)
class _Word:
    """What is known of a word by itself."""

    shape: str
    lists: str
    language: str
    own: tuple[str, ...]
    before: tuple[str, ...]  # what it says of the word after it
    after: tuple[str, ...]
    far_before: str
    far_after: str
    lower: str
    telling: bool  # may be a part of a name


class FeatureMaker:
    """Makes the features of tokens.

    Args:
        listed: for each word of the gazetteer, in the form of :func:`key`, a letter for each list.
        phrases: pairs of words, with a space, that name a place.
    """

    def __init__(self, listed: Mapping[str, str], phrases: frozenset[str]) -> None:
        self._listed = listed
        self._phrases = phrases
        self._words: dict[str, _Word] = {}

    def features(self, text: str, found: Sequence[Token]) -> list[list[str]]:
        """The features of the tokens of one block."""
        words = [self._word(token[2]) for token in found]
        votes = Counter(word.language for word in words if word.language)
        language = max(votes, key=lambda one: (votes[one], one)) if votes else ""
        gaps = [text[left[1] : right[0]] for left, right in itertools.pairwise(found)]
        near = _near([word.telling for word in words])
        rows: list[list[str]] = []
        label, label_age = "", _LABEL_REACH
        for at, word in enumerate(words):
            if not near[at]:
                rows.append([word.own[0], "far"])
                label_age = _LABEL_REACH
                continue
            row = [*word.own, f"l{language}{word.shape}"]
            self._look_back(row, words, gaps, at)
            self._look_ahead(row, words, gaps, at)
            if at == 0 or "\n" in gaps[at - 1]:
                label_age = _LABEL_REACH
            if word.lower == ":" and at:
                label, label_age = words[at - 1].lower, 0
            elif label_age < _LABEL_REACH:
                label_age += 1
                row += (f"h{label}", f"i{label_age}{word.shape}")
            rows.append(row)
        return rows

    def _look_back(
        self, row: list[str], words: Sequence[_Word], gaps: Sequence[str], at: int
    ) -> None:
        if not at:
            row.append("first")
            return
        word, other = words[at], words[at - 1]
        row += other.before
        row += (
            f"a{other.shape}|{word.shape}",
            f"b{other.lists}|{word.lists}",
            f"c{other.lower}|{word.shape}",
        )
        if not gaps[at - 1]:
            row.append("glue")
        elif "\n" in gaps[at - 1]:
            row.append("line")
        if at > 1:
            far = words[at - 2]
            row += (far.far_before, f"e{far.shape}|{other.shape}|{word.shape}")
        if other.shape and other.shape in ".?!":
            row.append("bos")
        if self._in_phrase(other, word):
            row.append("phrase2")

    def _look_ahead(
        self, row: list[str], words: Sequence[_Word], gaps: Sequence[str], at: int
    ) -> None:
        if at + 1 == len(words):
            row.append("last")
            return
        word, other = words[at], words[at + 1]
        row += other.after
        row += (f"f{word.shape}|{other.shape}", f"g{word.lists}|{other.lists}")
        if "\n" in gaps[at]:
            row.append("eol")
        if at + 2 < len(words):
            row.append(words[at + 2].far_after)
        if self._in_phrase(word, other):
            row.append("phrase1")

    def _in_phrase(self, first: _Word, second: _Word) -> bool:
        return (
            first.shape[:1] == "X"
            and second.shape[:1] == "X"
            and f"{first.lower} {second.lower}" in self._phrases
        )

    def _word(self, text: str) -> _Word:
        word = self._words.get(text)
        if word is None:
            if len(self._words) > _KEPT_WORDS:
                self._words.clear()
            word = self._describe(text)
            if len(text) <= LONGEST_WORD:
                self._words[text] = word
        return word

    def _describe(self, text: str) -> _Word:
        if len(text) > LONGEST_WORD or "@" in text[1:] or "://" in text:
            kind = "@mail" if "@" in text else "@url" if "/" in text else "@long"
            return _Word(
                kind,
                "",
                "",
                ("w" + kind,),
                ("p" + kind,),
                ("n" + kind,),
                "",
                "",
                kind,
                telling=False,
            )
        lower = key(text)
        shown = _DIGITS.sub("0", lower)
        shape = _shape(text)
        lists = self.lists_of(lower)
        capital = shape[:1] == "X"
        if not capital:
            lists = lists.lower()
        own = ["w" + shown, "s" + shape]
        if shape[-1:] in "Xx" and shape:
            own += ["2" + lower[-2:], "3" + lower[-3:], "4" + lower[-4:], "5" + lower[:3]]
            own.append("6" + lists + shape)
            own += ["7" + letter for letter in lists]
        before = ["p" + shown, "P" + shape]
        after = ["n" + shown, "N" + shape]
        if lists:
            before.append("Q" + lists)
            after.append("M" + lists)
        language = LANGUAGE_WORDS.get(lower, "") if not capital else ""
        return _Word(
            shape,
            lists,
            language,
            tuple(own),
            tuple(before),
            tuple(after),
            "o" + shown,
            "m" + shown,
            shown,
            telling=capital or (("f" in lists or "l" in lists) and "w" not in lists),
        )

    def lists_of(self, lower: str) -> str:
        """A letter for each list that a word (in the form of :func:`key`) stands in."""
        letters = self._listed.get(lower, "")
        for letter, words in _CLOSED:
            if lower in words:
                letters += letter
        return letters


_CLOSED = (
    ("T", TITLES),
    ("X", COMPANY_SUFFIXES),
    ("O", ORGANISATION_WORDS),
    ("S", STREET_WORDS),
    ("M", CALENDAR),
)


def _near(telling: Sequence[bool]) -> list[bool]:
    """Which tokens stand within two of a telling one; the others are not worth a description."""
    near = [False] * len(telling)
    for at, tells in enumerate(telling):
        if tells:
            near[max(0, at - 2) : at + 3] = [True] * len(near[max(0, at - 2) : at + 3])
    return near


def _shape(word: str) -> str:
    """Letters as X and x, digits as 0, repetitions shortened: "McKay" is "XxXx"."""
    shape = ""
    for char in word[:12]:
        kind = "X" if char.isupper() else "x" if char.islower() else "0" if char.isdigit() else char
        if unicodedata.combining(char):
            continue
        repeats = shape[-1:] == kind
        if not repeats or (len(shape) == 1 and kind in "X0") or (kind == "0" and len(shape) < 5):
            shape += kind
    return shape[:6]
