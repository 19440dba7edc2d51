"""What was found once is found everywhere in the document.

A value is searched for as it is. Of a person's name the surname alone and the given name alone count
as well ("Mr Carter" after "Emily Carter", "E. Carter"), where they are written like a name; a name
that is also a plain word ("Will", "Baker") does not count where any word has a capital.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.detect.overlaps import Span
from gateway.detect.placement import is_identifier, is_structure
from gateway.detect.text import comparable, squeezed
from gateway.detect.values import Match, ValueMatcher, sought
from gateway.model import Role, Segment

_SHORTEST = 4
_SHORTEST_NAME = 3
_LONGEST_ACRONYM = 4
_SHORTEST_IDEOGRAPHS = 3
_FEW = 50  # values that are counted before a text is read closely
_SURE = 0.65  # a name that was found with less is not taken apart, and not alone
_MORE = 0.01  # so much surer than what stood there
_NO_PEOPLE = frozenset({"ORGANIZATION", "LOCATION"})
_NAMES = frozenset({"PERSON", "ORGANIZATION", "LOCATION"})

_PART = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?:-[^\W\d_]+)*")
_NO_SURNAMES = frozenset({
    "jr", "sr", "ii", "iii", "iv", "esq", "phd", "md", "van", "von", "der", "den", "de", "del", "della", "di",
    "da", "dos", "das", "du", "la", "le", "bin", "ibn", "bint", "al", "el",
})  # fmt: skip
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ \u00a0]?){1,3}\Z")
_SENTENCE_START = re.compile(r"(?:\A|[\n.!?:;\"“”„«»(•*|>-])[\s\"'“‘(\[]*\Z")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_COMPANY_SUFFIX = re.compile(
    r",?\s+(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Limited|LIMITED|Corp|CORP|Corporation|CORPORATION|LLP|L\.P|LP|PLC|plc|GmbH|AG|S\.A|SA|N\.V|B\.V|Co|CO|Company|COMPANY)\.?\Z"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A value to look for, and how it must be written to count."""

    origin: Span
    named: bool = False  # with a capital where it was found, so with one elsewhere
    piece: bool = False  # stands for more than itself: never inside another finding
    word: bool = False  # is a plain word too: not where every word has a capital

    @property
    def person(self) -> bool:
        """Whether initials before it belong to it."""
        return self.piece and self.origin.entity == "PERSON"


class Propagation:
    """Searches all segments again for the values that were found in some.

    Args:
        groups: the groups of each entity; markings stay where they are.
    """

    def __init__(self, groups: Mapping[str, frozenset[str]]) -> None:
        self._lasting = frozenset(
            entity for entity, its_groups in groups.items() if its_groups != {"MARKINGS"}
        )

    def find(
        self,
        resolved: Mapping[int, Iterable[Span]],
        segments: Sequence[Segment],
        spelled: Container[int] = (),
    ) -> dict[int, list[Span]]:
        """Where the values that were found stand again.

        Args:
            resolved: what was found, by position of the segment.
            segments: the document's.
            spelled: positions of the segments that say something in other spellings too.

        Returns:
            Further spans by position; none is a finding already.
        """
        known = self._known(resolved, segments)
        matcher = ValueMatcher(known)
        forms = {sought(value): entry.piece for value, entry in known.items()}
        surnames = {value for value, entry in known.items() if entry.person and not entry.word}
        again: dict[int, list[Span]] = {}
        for position, segment in enumerate(segments) if matcher else ():
            structure: bool | None = None
            there = sorted(resolved.get(position, ()), key=lambda span: span.start)
            if (
                position not in spelled
                and _all_found(forms, segment, there)
                and not any(_is_surname(span, segment, surnames) for span in there)
            ):
                continue
            starts = [span.start for span in there]
            ends = [span.end for span in there]
            places = {(span.start, span.end): span for span in there}
            for start, end, value in _found(matcher, segment):
                entry = known[value]
                same = places.get((start, end))
                if same is not None and not _gives_way(same, entry):
                    continue  # a finding already
                if (
                    entry.piece
                    and same is None
                    and bisect_right(ends, start) < bisect_left(starts, end)
                ):
                    continue
                if entry.piece:
                    structure = is_structure(segment) if structure is None else structure
                    if structure or is_identifier(segment.text, start, end):
                        continue
                if _counts(entry, segment.text, start, end):
                    first = _with_initials(segment.text, start) if entry.person else start
                    origin = entry.origin
                    score = max(origin.score, same.score + _MORE) if same else origin.score
                    again.setdefault(position, []).append(
                        Span(first, end, origin.entity, score, "propagated")
                    )
        return again

    def _known(
        self, resolved: Mapping[int, Iterable[Span]], segments: Sequence[Segment]
    ) -> dict[str, _Known]:
        """What to look for; a piece of a name only where it is not a value by itself."""
        known: dict[str, _Known] = {}
        pieces: dict[str, _Known] = {}
        for position, spans in resolved.items():
            for span in spans:
                if not span.whole or span.entity not in self._lasting:
                    continue
                value = segments[position].text[span.start : span.end]
                if span.entity in _NAMES:
                    for name, entry in _names(value, span):
                        (pieces if entry.piece else known).setdefault(name, entry)
                elif len(comparable(value)) >= _SHORTEST:
                    known.setdefault(value, _Known(span))
        return {**pieces, **known}


def _all_found(forms: Mapping[str, bool], segment: Segment, found: Sequence[Span]) -> bool:
    """Whether the values stand nowhere but where they were found: a quick refusal.

    Args:
        forms: what is sought; true for a piece, which does not count within any finding.
        segment: is searched.
        found: the findings in it.
    """
    if len(forms) > _FEW or segment.role is Role.PICTURE:
        return False
    text = squeezed(segment.text)
    inside = [squeezed(segment.text[span.start : span.end]) for span in found]
    joined, exact = "\0".join(inside), Counter(form.lstrip("+") for form in inside)
    return bool(text) and all(
        form and _count(form, text) <= (_count(form, joined) if piece else exact[form.lstrip("+")])
        for form, piece in forms.items()
    )


def _count(form: str, text: str) -> int:
    """How often a form stands in a text, overlapping itself or not."""
    count, at = 0, text.find(form)
    while at >= 0:
        count += 1
        at = text.find(form, at + 1)
    return count


def _names(value: str, span: Span) -> Iterable[tuple[str, _Known]]:
    """The value of a name and what else stands for it."""
    if _IDEOGRAPH.search(value):
        if len(value.strip()) >= _SHORTEST_IDEOGRAPHS:
            yield value, _Known(span)
        return
    parts = _PART.findall(value)
    named = value[:1].isupper()
    if len(parts) > 1:
        yield value, _Known(span, named=named and span.entity != "PERSON")
    elif len(value) >= _SHORTEST_NAME and named and span.score >= _SURE:
        yield value, _Known(span, named=True, piece=True, word=_is_word(value))
    if span.entity == "PERSON" and len(parts) > 1 and span.score >= _SURE:
        for part in {parts[0], *parts[-2:]}:
            if (
                len(part) >= _SHORTEST_NAME
                and part[0].isupper()
                and part.lower() not in _NO_SURNAMES
                and not _is_acronym(part, value)
            ):
                yield part, _Known(span, named=True, piece=True, word=_is_word(part))
    if span.entity == "ORGANIZATION":
        bare = _COMPANY_SUFFIX.sub("", value)
        if bare != value and len(_PART.findall(bare)) > 1:
            yield bare, _Known(span, named=True, piece=True)


def _is_acronym(part: str, whole: str) -> bool:
    """Whether a few capitals in a name are not the surname ("Generic RGB Profile"; "LEE Jean" is one)."""
    if not part.isupper() or len(part) > _LONGEST_ACRONYM or whole.isupper():
        return False
    return not {"F", "L"} & set(_listed(part))


def _is_word(name: str) -> bool:
    """Whether the name is a plain word, a month or a day as well."""
    from recognizers.names.latin_features import key
    from recognizers.names.latin_words import CALENDAR

    return key(name) in CALENDAR or "W" in _listed(name)


def _listed(name: str) -> str:
    from recognizers.names.latin_features import key
    from recognizers.names.latin_gazetteer import gazetteer

    return gazetteer()[0].get(key(name), "")


def _counts(entry: _Known, text: str, start: int, end: int) -> bool:
    """Whether a place where a value stands is written as that name would be."""
    if not entry.named:
        return True
    written = text[start:end]
    if not written[:1].isupper():
        return False
    if not entry.word:
        return True
    if written.isupper() or _SENTENCE_START.search(text, max(0, start - 6), start):
        return False
    return not text[end : end + 2].strip().isdigit()  # "May 12"


def _with_initials(text: str, start: int) -> int:
    """Where a name begins with the initials before it ("E. Carter")."""
    initials = _INITIALS.search(text, max(0, start - 9), start)
    if initials is None:
        return start
    before = text[initials.start() - 1 : initials.start()] if initials.start() else ""
    return start if before.isalnum() or not initials.group()[:1].isupper() else initials.start()


def _gives_way(found: Span, entry: _Known) -> bool:
    """Whether what was taken for a firm or a place is a piece of a person's name ("Erdemli")."""
    return entry.person and not entry.word and found.entity in _NO_PEOPLE


def _is_surname(span: Span, segment: Segment, surnames: set[str]) -> bool:
    return span.entity in _NO_PEOPLE and segment.text[span.start : span.end] in surnames


def _found(matcher: ValueMatcher, segment: Segment) -> list[Match]:
    """Places of the values; letters read from pixels may be others that look alike."""
    if segment.role is Role.PICTURE:
        return matcher.find_blurred(segment.text)
    return matcher.find(segment.text)
