"""Spans of names in a text: trimmed, judged by stop lists, and put together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from recognizers.names.latin_features import LATIN, key
from recognizers.names.latin_gazetteer import gazetteer
from recognizers.names.latin_words import (
    CALENDAR,
    COMPANY_SUFFIXES,
    NO_NAMES,
    ROLES,
    TITLES,
    word_set,
)

PERSON, ORGANIZATION, LOCATION, ADDRESS = "PERSON", "ORGANIZATION", "LOCATION", "ADDRESS"

_EDGES = " \t\r\n,;:'\"“”„«»‘’()[]{}<>|*_-–—/\\.&@#=+•·!?"
_POSSESSIVE = re.compile(r"['’][sS]?$")
_SHORT_END = re.compile(
    r"(?:(?<![^\s.])[A-Z]|(?<=\.)\w|\b(?i:Jr|Sr|Inc|Ltd|Corp|Co|Bros|St|Ave|Rd|Blvd|Apt|N\.A|S\.A|B\.V|N\.V|L\.P|S\.p\.A|S\.r\.l|S\.L|A\.S|z o\.o|e\.V|C\.V))\.$"
)
_WORD = re.compile(rf"(?:(?!_)[{LATIN}])+(?:['’](?:(?!_)[{LATIN}])+)?")
_POSTCODE = re.compile(r"[0-9]{5}")
_ADDRESS_LIKE = re.compile(
    r"(?s)(?=.*(?:[0-9]|s/n))(?=.*(?:[A-Za-z\u00c0-\u024f]{4}|[a-z]{3}|Box))(?!.*[|={}<>])"
)
# Sp. z o.o., s.r.o., a.s., plc
_SMALL_SUFFIX = re.compile(r"[ .]*(?:z )?[a-z](?:\.[a-z]){0,3}\.?|[ ]?plc|\.? ?à ?r\. ?l\.?")
# A dose, a reading, a row of a table or a single mark: nobody lives there.
_NO_ADDRESS = re.compile(
    r"""(?x)(?s)\S+\Z | .*\d[ ]?(?:mg|mcg|µg|ml|mL|kg|cm|mm|mmHg|mmol|IU|bpm|%|GB|MB|ms)(?!\w) | .*\w,\w+,\w | Q[1-4][ ]
      | (?:[Tt]icket|[Oo]rder|[Ii]nvoice|[Ss]ection|[Pp]age|[Pp]art|[Ii]tem|[Tt]able|[Ff]igure|[Ll]ine|[Rr]ow|[Vv]ersion|[Ss]tep|[Cc]hapter|[Aa]rticle|[Cc]lause|[Ee]xhibit|[Cc]ontract|[Qq]uotation)[ ]\S+\Z"""
)
_BEHIND_ADDRESS = re.compile(
    r"[\s,;(]+(?:Attention|Attn|ATTN|Telecopy|Telecopier|Telephone|Tel|Fax|Facsimile|Phone|Email|E-mail|Mobile)(?!\w)"
)
_NOT_IN_NAMES = re.compile(r"[$=<>{}|\\_@#^~`]")
_NOT_IN_FIRMS = re.compile(r"[=<>{}\\\\]")
_RANDOM = re.compile(r"[A-Z]{4,}[a-z]{1,3}[A-Z]")  # an identifier's letters
_COMPASS = word_set(
    "north south east west northeast northwest southeast southwest region total central"
)
_LINE = 120
_ACRONYM = 4  # letters
_SURE_OF_PLAIN = {PERSON: 0.6, ORGANIZATION: 0.62, LOCATION: 0.55}
_QUOTES = "\"'“‘«„"
_CODE = re.compile(
    r"""(?x)[;{}]\s*$ | \w\((?!s\)|[0-9]{4})[^)]*\) | \w\($ | [=!]= | [-=]> | :: | \[\] | \w\.\w+\( | \w[ ]=[ ] | [\w\])][ ]\|[ ][A-Za-z]\w*[ ]=
    | ^\s*(?:def|class|import|from|return|if|elif|else|for|while|const|let|var|public|private|static|func|fn|type|export|raise|assert|try|except|with)\b.*[:({.=]
    """
)
_LETTER = re.compile(r"[^\W\d_]")
_LEADING = re.compile(
    r"(?:(?:the|The|THE|and|And|AND|by|By|of|Of|to|To|from|From|between|BETWEEN|with|a|A|an)\s+)+"
)


_PARTICLES = word_set(
    "van von der den de del della di da dos das du la le bin ibn al el ter ten zu d l"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A span that was taken for a name, and how sure that is (0 to 1)."""

    start: int
    end: int
    label: str
    score: float


def tidy(text: str, found: Found) -> Found | None:
    """The span without what does not belong to it; ``None`` if nothing of a name is left."""
    start, end = found.start, found.end
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES and not _ends_short(text, start, end):
        end -= 1
    possessive = _POSSESSIVE.search(text[start:end])
    if possessive:
        end = start + possessive.start()
    if found.label == ADDRESS:
        behind = _BEHIND_ADDRESS.search(text, start, end)
        start, end = _without_other_scripts(text, start, behind.start() if behind else end)
    elif not _POSTCODE.fullmatch(text, start, end):
        start, end = _without_small_words(text, start, end, found.label)
    if found.label == PERSON:
        start = _after_titles(text, start, end)
    elif found.label == ORGANIZATION:
        leading = _LEADING.match(text, start, end)
        if leading and leading.end() < end:
            start = leading.end()
    if end <= start or not _says_something(text[start:end], found.label):
        return None
    return replace(found, start=start, end=end)


def _without_small_words(text: str, start: int, end: int, label: str) -> tuple[int, int]:
    """The span from its first to its last word with a capital; nothing if it has none.

    A name typed without capitals counts where every word of it is a name and no plain word.
    """
    words = list(_WORD.finditer(text, start, end))
    large = [word for word in words if not word.group()[0].islower()]
    if not any(word.group()[0].isupper() for word in large):
        if label == ORGANIZATION or not words or not all(_is_name(word.group()) for word in words):
            return start, start
        return start, end
    first, last = large[0], large[-1]
    if (first is not words[0] and key(words[0].group()) not in _PARTICLES) or (
        first is words[0] and _has_letters(text, start, first.start())
    ):
        start = first.start()
    if label == ORGANIZATION and _SMALL_SUFFIX.fullmatch(text, last.end(), end):
        return start, end
    if last is not words[-1] or _has_letters(text, last.end(), end):
        end = last.end()
    return start, end


def _without_other_scripts(text: str, start: int, end: int) -> tuple[int, int]:
    words = list(_WORD.finditer(text, start, end))
    if words and _has_letters(text, start, words[0].start()):
        start = words[0].start()
    if words and _has_letters(text, words[-1].end(), end):
        end = words[-1].end()
    return start, end


def _has_letters(text: str, start: int, end: int) -> bool:
    """Whether words of another script have run into the span."""
    return any(char.isalpha() for char in text[start:end])


def _is_name(word: str) -> bool:
    letters = gazetteer()[0].get(key(word), "")
    return bool(letters) and "W" not in letters


def _ends_short(text: str, start: int, end: int) -> bool:
    """Whether the full stop at the end is a part of the name ("Carter Jr.", "Acme Inc.")."""
    if text[end - 1] == ")":
        return "(" in text[start:end]
    return text[end - 1] == "." and _SHORT_END.search(text, max(start, end - 8), end) is not None


def _after_titles(text: str, start: int, end: int) -> int:
    while match := _WORD.match(text, start, end):
        if key(match.group()) not in TITLES or text[match.start()].islower():
            break
        after = match.end()
        while after < end and text[after] in " .\n\t":
            after += 1
        if after >= end:
            return end  # a title alone is no name
        if after == match.end():
            break
        start = after
    return start


def _says_something(value: str, label: str) -> bool:
    if label == ADDRESS:
        return (
            len(value) >= 5
            and _ADDRESS_LIKE.search(value) is not None
            and _NO_ADDRESS.match(value) is None
        )
    if label == LOCATION and _POSTCODE.fullmatch(value):
        return True
    marks = _NOT_IN_FIRMS if label == ORGANIZATION else _NOT_IN_NAMES
    if not _LETTER.search(value) or marks.search(value) or _RANDOM.search(value):
        return False
    words = [key(word) for word in _WORD.findall(value)]
    phrase = " ".join(words)
    if phrase in ROLES or phrase in NO_NAMES:
        return False
    if (
        words[0] in {"the", "each", "such", "any", "a", "either", "no"}
        and " ".join(words[1:]) in ROLES
    ):
        return False
    if all(word in ROLES or word in CALENDAR or word in NO_NAMES for word in words):
        return False
    if label == LOCATION and all(word in _COMPASS for word in words):
        return False
    if label == PERSON:
        return len(value) > 1 and not (
            len(words) == 1 and (words[0] in TITLES or words[0] in CALENDAR) and value[0].islower()
        )
    if label == ORGANIZATION and all(word in COMPANY_SUFFIXES for word in words):
        return False
    return len(value) > 1


def united(text: str, spans: Iterable[Found]) -> list[Found]:
    """Spans in order; of those that overlap, one that covers all, with the surest's label.

    Two persons with nothing but a space between them are one ("Susana Martín", "Martín").
    """
    kept: list[Found] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if not kept or (span.start >= kept[-1].end and not _one_person(text, kept[-1], span)):
            kept.append(span)
            continue
        last = kept[-1]
        best = max(last, span, key=lambda one: (one.score, one.end - one.start))
        kept[-1] = replace(best, start=last.start, end=max(last.end, span.end))
    return kept


def _one_person(text: str, first: Found, second: Found) -> bool:
    return first.label == second.label == PERSON and text[first.end : second.start] == " "


def beside(tagged: Sequence[Found], ruled: Iterable[Found]) -> Iterator[Found]:
    """What rules add to what the tagger found: of a person, the tagger knows better where it ends."""
    people = sorted((one.start, one.end) for one in tagged if one.label == PERSON)
    ends = [end for _, end in people]
    for one in ruled:
        place = bisect_right(ends, one.start)
        known = place < len(people) and people[place][0] < one.end
        if one.label != PERSON or not known or people[place][0] > one.start:
            yield one


def is_acronym(text: str, found: Found) -> bool:
    """Whether a person is a few capitals that no list of names has ("RGB")."""
    value = text[found.start : found.end]
    if found.label != PERSON or len(value) > _ACRONYM or not value.isalpha() or not value.isupper():
        return False
    return not {"F", "L"} & set(gazetteer()[0].get(key(value), ""))


def is_plain(text: str, found: Found) -> bool:
    """Whether only plain words were taken for a name, and not surely ("Dark Mode")."""
    sure = _SURE_OF_PLAIN.get(found.label)
    if sure is None or found.score >= sure:
        return False
    words = [key(word) for word in _WORD.findall(text[found.start : found.end])]
    listed = gazetteer()[0]
    return bool(words) and all(
        "W" in (letters := listed.get(word, "")) and not {"F", "L", "N"} & set(letters)
        for word in words
    )


def in_code(text: str, found: Found) -> bool:
    """Whether a single word stands in a line of a program, outside quotes: no name."""
    if found.label == ADDRESS or " " in text[found.start : found.end]:
        return False
    before = text[max(0, found.start - 1) : found.start]
    if before in _QUOTES and before:
        return False
    start = text.rfind("\n", max(0, found.start - _LINE), found.start) + 1
    end = text.find("\n", found.end, found.end + _LINE)
    line = text[max(start, found.start - _LINE) : end if end >= 0 else found.end + _LINE]
    return _CODE.search(line) is not None
