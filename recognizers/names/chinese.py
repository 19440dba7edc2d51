"""Chinese names, simplified and traditional: the model, and the rules beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import ClassVar

from recognizers.names.chinese_address import address_cell, addresses, labelled_addresses
from recognizers.names.chinese_evidence import evident
from recognizers.names.chinese_features import sentences
from recognizers.names.chinese_lexicon import (
    COMPOUND_SURNAMES,
    HONORIFICS,
    ROLES,
    SURNAMES,
    TITLES,
)
from recognizers.names.chinese_rules import (
    Words,
    firms,
    is_name_like,
    labelled_cell,
    parties,
    people,
)
from recognizers.names.chinese_sentences import split
from recognizers.names.chinese_words import DATA, WordList, word_list
from recognizers.names.cjk import CjkNames, Found, Line, Strictness, resolved
from recognizers.names.tagger import Tagger

# A token that the best path leaves outside is looked at from this probability on; then what comes
# out must be this probable, by how much it looks like a name.
_BIAS: dict[Strictness, float] = {"relaxed": 1.0, "normal": 0.04, "strict": 0.03}
_LIKELY: dict[Strictness, float] = {"relaxed": 0.0, "normal": 0.3, "strict": 0.15}
_LEAST = 0.5
_SPREAD = 0.25
_BLOCK = 20_000
_SURE = 0.95
_BODIES = {"ns": "LOCATION", "nt": "ORGANIZATION"}
_LATIN_BEFORE = re.compile("[^\u3400-\u9fff]+(?=[\u3400-\u9fff])")
_SHORT_TITLES = frozenset("总工董局")


class ChineseNames(CjkNames):
    """Finds ``PERSON``, ``ORGANIZATION``, ``LOCATION`` and ``ADDRESS`` in Chinese lines."""

    language: ClassVar[str] = "zh"

    def names(self, lines: Sequence[Line]) -> Iterator[tuple[Line, list[Found]]]:
        """The names in each line."""
        known = word_list()
        for block in _blocks(lines):
            normals = [known.normal(line.text) for line in block]
            cut = known.words_by_line(normals)
            tagged = self._tagged(block, known)
            for line, normal, words, names in zip(block, normals, cut, tagged, strict=True):
                found = [
                    *evident(names, normal, words, known, self.strictness),
                    *people(normal, words, known),
                    *addresses(normal, words),
                    *labelled_addresses(normal),
                ]
                if line.labels and line.whole:
                    found += labelled_cell(normal, line.labels, known)
                    found += address_cell(normal, line.labels)
                found += _firms(normal, words, found)
                if self.strictness != "relaxed":
                    found += _listed(words, places=self.strictness == "strict")
                yield line, _joined(resolved(found), normal)

    def _tagged(self, lines: Sequence[Line], known: WordList) -> list[list[Found]]:
        """What the model finds in each line."""
        places = [(number, *span) for number, line in enumerate(lines) for span in split(line.text)]
        made = sentences([lines[number].text[start:end] for number, start, end in places], known)
        found: list[list[Found]] = [[] for _ in lines]
        bias = _BIAS[self.strictness]
        for (number, offset, _), sentence in zip(places, made, strict=True):
            for tagged in _tagger().tag(sentence.features, bias):
                start = offset + sentence.starts[tagged.first]
                end = offset + sentence.ends[tagged.last]
                value = known.normal(lines[number].text[start:end])
                if tagged.label == "PERSON":
                    if latin := _LATIN_BEFORE.match(value):
                        start += latin.end()
                        value = value[latin.end() :]
                    end -= _title_length(value)
                    value = value[: end - start]
                if self._counts(value, tagged.label, tagged.score, known):
                    score = _LEAST + _SPREAD * tagged.score
                    found[number].append(Found(start, end, tagged.label, score))
        return found

    def _counts(self, value: str, label: str, score: float, known: WordList) -> bool:
        """Not a role, a title or a mere surname that the model takes for a name."""
        likely = score >= _LIKELY[self.strictness]
        han = sum("\u3400" <= char <= "\u9fff" for char in value)
        if not han:
            return score > _SURE and " " in value  # a name in Latin letters, first and last
        if value in ROLES or value in TITLES or known.kind(value) == "title":
            return False
        if label != "PERSON":
            return likely and (score > 0.6 or not value[-1].isdigit())
        if len(value) == 1:
            return value in SURNAMES and score > 0.5
        return True


@cache
def _tagger() -> Tagger:
    return Tagger(DATA / "chinese.crf")


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines together up to a size: enough to look words up at once, not too much to keep."""
    block: list[Line] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line.text)
        if size >= _BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block


def _title_length(name: str) -> int:
    """How many characters at the end of what the model calls a person are a title."""
    for size in (3, 2):
        if len(name) > size and name[-size:] in HONORIFICS:
            return size
    surname = name[:-1]
    if name[-1] in _SHORT_TITLES and (
        (len(surname) == 1 and surname in SURNAMES) or surname in COMPOUND_SURNAMES
    ):
        return 1
    return 0


def _firms(line: str, words: Words, found: Sequence[Found]) -> Iterator[Found]:
    """Organisations by their ending or label, where the model does not see them; no person is swallowed."""
    for firm in (*firms(line, words), *parties(line, words)):
        start = firm.start
        rivals = [one for one in found if one.start < firm.end and start < one.end]
        if any(one.entity == "ORGANIZATION" and one.end >= firm.end for one in rivals):
            continue
        for one in rivals:
            person = one.entity == "PERSON" and is_name_like(line[one.start : one.end])
            if person and one.score > _LEAST + _SPREAD / 2 and one.end < firm.end:
                start = max(start, one.end)
        yield replace(firm, start=start)


def _listed(words: Words, *, places: bool) -> Iterator[Found]:
    """Bodies, and places if wanted, that the word list knows, for where the model is unsure."""
    for start, end, kind in words:
        entity = _BODIES.get(kind, "")
        if entity and end - start > 1 and (places or entity != "LOCATION"):
            yield Found(start, end, entity, _LEAST)


def _joined(found: Iterable[Found], line: str) -> list[Found]:
    """An address with the place that stands right before it as one."""
    joined: list[Found] = []
    for one in found:
        last = joined[-1] if joined else None
        if (
            last is not None
            and one.entity == "ADDRESS"
            and last.entity in {"LOCATION", "ADDRESS"}
            and line[last.end : one.start].strip(" ,") == ""
            and one.start - last.end <= 1
        ):
            joined[-1] = replace(one, start=last.start)
        else:
            joined.append(one)
    return joined
