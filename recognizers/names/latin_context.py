"""What the words around a name say: who acts is a person, and who is a person once stays one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from recognizers.names.latin_features import LATIN, key
from recognizers.names.latin_gazetteer import gazetteer
from recognizers.names.latin_spans import LOCATION, ORGANIZATION, PERSON, Found
from recognizers.names.latin_words import (
    CALENDAR,
    NO_NAMES,
    ORGANISATION_WORDS,
    ROLES,
    STREET_WORDS,
    TITLES,
)

_SPOKEN_OF = 0.7
_SURE = 0.6
_LETTERS = rf"(?:(?!_)[{LATIN}])"
_SMALL = rf"{_LETTERS}{{2,20}}"

# What people do and firms and places do not, or seldom.
_ACTS = re.compile(
    r"""(?x)[ ](?:(?:has|had|who|will|still|just|also|then|never)[ ])?(?:said|says|told|asked|replied|laughed|wept|smiled|recalled|thinks|thought|wrote|
      phoned|rang|arrived|married|resigned|was[ ]born|died|grew[ ]up|walked|sent[ ]me|asked[ ]me|told[ ]me|visited[ ]on|
      sagte|erzählte|meinte|a[ ]dit|a[ ]déclaré|dijo|contó|ha[ ]detto|zei)(?!\w)"""
)
_KIN = (
    r"(?:sister|brother|mother|mum|mom|father|dad|wife|husband|son|daughter|aunt|uncle|cousin|niece|nephew|grandmother|grandfather|girlfriend|boyfriend|"
    r"partner|flatmate|roommate|neighbour|neighbor|friend|mate|boss|manager|landlord|landlady|colleague|coworker|co-worker|teacher|tutor|doctor|dentist|lawyer|"
    r"therapist|supervisor|fiancé|fiancée|fiancee|ex)"
)
# Behind these stands a name, even without capitals; the second part is what a sentence goes on with.
_CUES = re.compile(
    rf"""(?x)(?<!\w)(?i:my|our|his|her|their)[ ](?:late[ ]|older[ ]|younger[ ]|little[ ]|best[ ])?{_KIN}[ ](?P<kin>{_SMALL}(?:[ ]{_SMALL})?)
      | (?<!\w)(?i:name[ ]is|name['’]?s|named|he['’]?s[ ]called|she['’]?s[ ]called|me[ ]llamo|mi[ ]chiamo|je[ ]m['’]appelle|ich[ ]hei(?:ß|ss)e|ik[ ]heet|soy)[ ](?P<called>{_SMALL}(?:[ ]{_SMALL})?)"""
)
_PAIR = re.compile(rf"(?<![\w.@/_-])({_SMALL}) ({_SMALL})(?![\w@/_(=-]|\.\w)")
_ARTICLE = re.compile(rf"(?<!{_LETTERS})(?:the|an?) (?:({_LETTERS}+) )?\Z")
_GAP = re.compile(r" (?:(?:van|von|der|den|de|la|ter|ten|te|zu|del|della|di|da|dos|bin|ibn|al|el|y|of) ){1,2}")  # fmt: skip
_LEADING = re.compile(r"(?:Van|Von|De|Der|Den|Ter|Ten|Du|Della|Di|Dos)\Z")
_LOCAL_PART = re.compile(r"(?<![\w.+-])([A-Za-z][\w.+-]{2,40})@[\w-]+\.")
_MAIL_MARKS = frozenset("@._-+/")
_NO_PART = ROLES | NO_NAMES | CALENDAR | TITLES | STREET_WORDS | ORGANISATION_WORDS
_WORD = re.compile(rf"{_LETTERS}+(?:-{_LETTERS}+)*")


def named_in_passing(text: str) -> Iterator[Found]:
    """Names typed without capitals behind "my sister" or "called"."""
    for match in _CUES.finditer(text):
        kind = "kin" if match["kin"] else "called"
        first, _, second = match[kind].partition(" ")
        if not _may_name(first, sure=False):
            continue
        end = match.start(kind) + len(first)
        if second and _may_name(second, sure=True):
            end += 1 + len(second)
        yield Found(match.start(kind), end, PERSON, _SPOKEN_OF)


def named_without_capitals(text: str) -> Iterator[Found]:
    """Given name with surname in a text that has no capital at all."""
    at = 0
    while match := _PAIR.search(text, at):
        at = match.end(1)
        if (
            _is_listed(match[1], "F")
            and _is_listed(match[2], "L")
            and not _is_described(text, match.start())
        ):
            yield Found(match.start(), match.end(), PERSON, _SPOKEN_OF)


def _is_described(text: str, at: int) -> bool:
    """Whether an article stands before, a word between at most ("the quick brown fox")."""
    article = _ARTICLE.search(text, max(0, at - 32), at)
    return article is not None and key(article[1] or "") not in ROLES


def _may_name(word: str, *, sure: bool) -> bool:
    """Whether a word without a capital is a name; one that nobody listed may be one, if not sure."""
    letters = gazetteer()[0].get(key(word), "")
    if "W" in letters or not word.islower() or len(word) < 3:
        return False
    return bool({"F", "L"} & set(letters)) or not (sure or letters)


def _is_listed(word: str, letter: str) -> bool:
    letters = gazetteer()[0].get(key(word), "")
    return letter in letters and "W" not in letters and len(word) > 2


def bridged(text: str, spans: Sequence[Found]) -> list[Found]:
    """The spans with the parts of a name joined over its particles ("Jeroen ter Braak")."""
    kept: list[Found] = []
    for span in spans:
        last = kept[-1] if kept else None
        if (
            last
            and last.label == PERSON
            and (span.label == PERSON or _LEADING.search(text, last.start, last.end))
            and _GAP.fullmatch(text, last.end, span.start)
        ):
            kept[-1] = replace(last, end=span.end, score=max(last.score, span.score))
        elif last and _is_its_kind(text, last, span):
            kept[-1] = replace(span, start=last.start)
        else:
            kept.append(span)
    return kept


def _is_its_kind(text: str, first: Found, second: Found) -> bool:
    """Whether the second is what kind of body the first is ("Rice Millers' Association")."""
    if second.label != ORGANIZATION or first.label not in (PERSON, ORGANIZATION):
        return False
    word = _WORD.match(text, second.start, second.end)
    return (
        word is not None
        and key(word.group()) in ORGANISATION_WORDS
        and text[first.end : second.start] in {" ", "' ", "’ ", "'s ", "’s "}
    )


def addressed(text: str) -> Iterator[Found]:
    """Capitalised words that are a part of an e-mail address in the same text."""
    parts = {
        key(part)
        for local in _LOCAL_PART.finditer(text)
        for part in re.split(r"[._+-]|\d+", local[1])
        if len(part) > 2
    }
    for word in _WORD.finditer(text) if parts else ():
        form = key(word.group())
        if form in parts and word.group()[0].isupper() and "W" not in gazetteer()[0].get(form, ""):
            before, after = text[word.start() - 1 : word.start()], text[word.end() : word.end() + 1]
            if form not in _NO_PART and before not in _MAIL_MARKS and after not in _MAIL_MARKS:
                yield Found(word.start(), word.end(), PERSON, _SPOKEN_OF)


def people_again(text: str, spans: Iterable[Found]) -> list[Found]:
    """The spans; firms and places of one word that act, or are a part of a person's name, are people."""
    spans = list(spans)
    parts = {
        part
        for span in spans
        if span.label == PERSON and span.score >= _SURE
        for part in _WORD.findall(text[span.start : span.end])[-2:]
        if " " in text[span.start : span.end] and len(part) > 2
    }
    return [
        replace(span, label=PERSON, score=max(span.score, _SURE + 0.05))
        if span.label in (LOCATION, ORGANIZATION) and _is_person(text, span, parts)
        else span
        for span in spans
    ]


def _is_person(text: str, span: Found, parts: set[str]) -> bool:
    value = text[span.start : span.end]
    if " " in value or value.isupper():
        return False
    if value in parts and not _is_country(value):
        return True
    if _ACTS.match(text, span.end) is None:
        return False
    letters = gazetteer()[0]
    listed = [letters.get(key(word), "") for word in re.split(r"[-'’]", value) if word]
    if _is_country(value) or any("W" in one for one in listed):
        return False
    return any("F" in one or "L" in one for one in listed) or (
        span.label == LOCATION and not any(listed)
    )


def _is_country(value: str) -> bool:
    return "N" in gazetteer()[0].get(key(value), "")
