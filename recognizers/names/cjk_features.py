"""What the Japanese and Korean models see of each token.

A token is one ideograph, kana or syllable, a Latin word, a number, or one mark.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

_TOKEN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|[0-9]+(?:[.,][0-9]+)*|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。!?！？\n\r\0]+[。!?！？]*")
_LONGEST_SENTENCE = 240
_LONGEST_WORD = 10


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Known words of a language, each with a one-letter kind.

    Args:
        words: the words; s surname, g given name, p place, o ending of an organisation, t title.
        first: the characters with which they begin.
    """

    words: Mapping[str, str]
    first: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", frozenset(word[0] for word in self.words))


@cache
def lexicon(language: str) -> Lexicon:
    """The words that are shipped: lines of a kind and its words."""
    text = lzma.decompress((DATA / f"{language}.txt.xz").read_bytes()).decode()
    words: dict[str, str] = {}
    for line in text.splitlines():
        kind, *rest = line.split(" ")
        for word in rest:
            words.setdefault(word, kind)
    return Lexicon(words)


def split(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence; one that is too long is cut."""
    found: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        for at in range(start, end, _LONGEST_SENTENCE):
            stop = min(end, at + _LONGEST_SENTENCE)
            if not text[at:stop].isspace():
                found.append((at, stop))
    return found


def features(sentence: str, known: Lexicon) -> tuple[list[int], list[int], list[list[str]]]:
    """Where the tokens of a sentence start and end, and their features."""
    tokens: list[str] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(sentence):
        tokens.append(match.group())
        starts.append(match.start())
    ends = [start + len(token) for start, token in zip(starts, tokens, strict=True)]
    marks = _known(sentence, known)
    chars = [token if len(token) == 1 else _shape(token) for token in tokens]
    kinds = [_kind(char) for char in chars]
    known_at = [marks[start] for start in starts]
    runs = _runs(kinds)
    words = _spaced_words(sentence)
    rows: list[list[str]] = []
    c3, c2, c1, d1, d2, d3 = (_shifted(chars, by) for by in (-3, -2, -1, 1, 2, 3))
    t2, t1, u1, u2 = (_shifted(kinds, by) for by in (-2, -1, 1, 2))
    g1, h1, h2 = (_shifted(known_at, by) for by in (-1, 1, 2))
    for at, c in enumerate(chars):
        ca, cb, cd, ce = c1[at], c2[at], d1[at], d2[at]
        k = known_at[at]
        row = [
            "c" + c,
            "a" + ca,
            "b" + cb,
            "d" + cd,
            "e" + ce,
            "i" + c3[at],
            "j" + d3[at],
            "x" + ca + c,
            "y" + c + cd,
            "v" + cb + ca,
            "w" + cd + ce,
            "V" + c3[at] + cb + ca,
            "W" + cd + ce + d3[at],
            "z" + ca + "_" + cd,
            "X" + cb + ca + c,
            "Y" + c + cd + ce,
            "t" + t2[at] + t1[at] + kinds[at] + u1[at] + u2[at],
            "r" + runs[at],
            "k" + k,
            "l" + g1[at] + "/" + k + "/" + h1[at] + "/" + h2[at],
        ]
        if words:
            word, place, following = words[starts[at]]
            row += ("P" + place, "Q" + word, "R" + following, "T" + place + word[-2:])
        rows.append(row)
    return starts, ends, rows


def _known(sentence: str, known: Lexicon) -> list[str]:
    """For each character: the kind of the longest known word that it is a part of, and where."""
    marks = [""] * len(sentence)
    at = 0
    while at < len(sentence):
        step = 1
        if sentence[at] in known.first:
            for length in range(min(_LONGEST_WORD, len(sentence) - at), 0, -1):
                kind = known.words.get(sentence[at : at + length])
                if kind:
                    for place in range(at, at + length):
                        marks[place] = kind + ("B" if place == at else "I")
                    marks[at + length - 1] += "E"
                    step = length
                    break
        at += step
    return marks


def _kind(char: str) -> str:
    if len(char) > 1:
        return char[0]
    if "\u3041" <= char <= "\u3096":
        return "h"
    if "\u30a1" <= char <= "\u30fc":
        return "k"
    if "\u3400" <= char <= "\u9fff" or char == "々":
        return "c"
    if "\uac00" <= char <= "\ud7a3":
        return "s"
    if char.isspace():
        return "_"
    return "9" if char.isdigit() else "A" if char.isalpha() else "."


def _shape(token: str) -> str:
    if token[0].isdigit():
        return f"9{min(len(token), 5)}"
    return "xx" if token.islower() else "XX" if token.isupper() else "Xx"


def _runs(kinds: Sequence[str]) -> list[str]:
    """For each token: how far it is into its run of one script, and how long the run is."""
    runs: list[str] = []
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == kinds[at]:
            end += 1
        size = min(end - at, 9)
        runs += [f"{kinds[at]}{min(place, 5)}:{size}" for place in range(end - at)]
        at = end
    return runs


def _spaced_words(sentence: str) -> list[tuple[str, str, str]]:
    """For each character, where words are set apart by spaces (Korean): its word, its place, the next."""
    if not any("\uac00" <= char <= "\ud7a3" for char in sentence):
        return []
    found = list(re.finditer(r"\S+", sentence))
    places = [("", "", "")] * len(sentence)
    for number, match in enumerate(found):
        following = found[number + 1].group() if number + 1 < len(found) else ""
        size = min(match.end() - match.start(), 9)
        for at in range(*match.span()):
            place = f"{min(at - match.start(), 5)}:{size}"
            places[at] = (match.group()[:12], place, following[:6])
    return places


def _shifted(values: list[str], by: int) -> list[str]:
    """The values of the neighbour ``by`` tokens away."""
    if by < 0:
        return ([""] * -by + values)[: len(values)]
    return (values + [""] * by)[by:]
