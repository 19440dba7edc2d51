"""Where a name can stand: in what people read, and in fields that are about people.

Taggers judge words by how they are written, and so does propagation. In a font table, a list of
styles, the keys and identifiers of JSON or the drawing commands of a page everything is written like a
name, and nothing there may change. There a name counts if a label says that a person stands behind it,
or if it is a given name and a surname beyond doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from gateway.detect.context import spread
from gateway.detect.overlaps import Span
from gateway.model import Role, Segment

NAMES = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "ADDRESS"})
"""Entities whose findings are somebody's judgement of words."""

# Who judges; what a pattern finds stands where it was found.
_JUDGES = frozenset(
    {"names (Latin scripts)", "Chinese names", "Japanese names", "Korean names", "propagated"}
)
_OF_A_DEVICE = ("colour profile",)
_TELLING = frozenset({
    "EMAIL_ADDRESS", "PHONE_NUMBER", "CN_RESIDENT_ID", "DATE_OF_BIRTH", "PERSON", "ADDRESS", "USERNAME", "US_SSN",
})  # fmt: skip
_READ = re.compile(
    r"(?i)subject|title|description|descr|keywords?|comments?|category|topic|conversation topic|alt|alttext|tooltip|caption|prompt|content|summary|text|"
    r"abstract|manager|company|value|string"
)
_CORRESPONDENT = re.compile(
    r"(?i)(?:resent )?(?:from|to|b?cc|sender)|reply to|(?:display|full) name|sent (?:for|by)|recipients?|attendee|organizer|fn|n|"
    r"participants?|members?|people|persons?|users?|employees?|customers?|contacts?|patients?|students?|authors?|owners?|assignees?|creators?|"
    r"editors?|reviewers?|attendees|guests?|passengers?|signers?|mention(?:ed|s)?|email addresses|email address"
)
_SOMEBODYS_NAME = re.compile(
    r"(?i)(?:.* )?(?:first|last|middle|full|given|family|maiden|legal|customer|client|patient|contact|employee|applicant|student|guest|passenger|"
    r"member|holder|cardholder|beneficiary|recipient|sender|author|buyer|seller|owner|driver|insured|candidate|billing|shipping|spouse|mother|"
    r"father|manager|doctor|physician|teacher|witness|signatory|print(?:ed)?|real|sur|fore|preferred|nick) ?names?"
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_FEWEST_WORDS = 4
_FEWEST_IDEOGRAPHS = 5
_MOSTLY = 0.6  # letters in running text
_LABEL = 4  # words in a field that may be a name, a title, one of a few choices
_TOO_FEW = 2  # words of an address without a label: "3rd Qtr"
_INITIAL = 2  # letters
_REPEATS = 4  # times each character, in the bytes of a program read as text
_SUFFIXES = frozenset({"Jr", "Sr", "Esq", "III", "PhD"})
_BEFORE = re.compile(r"[_$]\Z|(?<![^\W_])[a-z0-9][a-z0-9._-]*/\Z")
_AFTER = re.compile(r"[_=]|/[0-9a-z.]|\.[a-z]{2,4}\b(?! [a-z])|\(\w*\)?[:;]")


def is_structure(segment: Segment) -> bool:
    """Whether a segment's words are for programs: keys, styles, fonts, what is left of drawings.

    Args:
        segment: of any document.
    """
    if segment.role is Role.KEY:
        return not _is_running(segment.text)
    if segment.context[:1] == _OF_A_DEVICE:
        return True
    if segment.role not in (Role.METADATA, Role.HIDDEN):
        return False
    labels = [spread(label).strip() for label in segment.context[:1]]
    if any(_READ.fullmatch(label) or _is_about_people(label) for label in labels):
        return False
    return not _is_running(segment.text)


def is_identifier(text: str, start: int, end: int) -> bool:
    """Whether a word is a piece of an identifier, a path or a version ("lodash.js", "Safari/537")."""
    if any(char.isspace() for char in text[start:end]):
        return False
    return bool(_BEFORE.search(text, max(0, start - 24), start) or _AFTER.match(text, end))


def placed(
    resolved: Mapping[int, list[Span]], segments: Sequence[Segment]
) -> dict[int, list[Span]]:
    """What was found, without names where none can stand.

    Args:
        resolved: what was found, by position of the segment.
        segments: the document's.
    """
    records = {
        _record(segments[position])
        for position, spans in resolved.items()
        if _is_choice(segments[position])
        and any(span.entity in _TELLING and _is_sure(span, segments[position]) for span in spans)
    }
    return {
        position: [
            span
            for span in spans
            if span.recognizer not in _JUDGES
            or span.entity not in NAMES
            or _can_stand(span, segments[position], records)
        ]
        for position, spans in resolved.items()
    }


def _is_sure(span: Span, segment: Segment) -> bool:
    """Whether a field is nothing but something that only a person has."""
    if span.end - span.start + 2 < len(segment.text.strip()):
        return False
    if span.entity not in NAMES:
        return True
    return span.entity != "PERSON" or _is_full_name(segment.text[span.start : span.end])


def _can_stand(span: Span, segment: Segment, records: set[str]) -> bool:
    value = segment.text[span.start : span.end]
    if len(value) > _LABEL * _REPEATS and len(set(value)) * _REPEATS < len(value):
        return False
    if is_structure(segment):
        return span.entity == "PERSON" and _is_full_name(value)
    if span.entity not in ("PERSON", "ADDRESS"):
        return True
    labels = [spread(label).strip() for label in segment.context]
    if any(map(_is_about_people, labels[:1])):
        return True
    if _IDEOGRAPH.search(value):
        return segment.role is not Role.PICTURE or len(value) > 1
    if is_identifier(segment.text, span.start, span.end):
        return False
    cell = bool(segment.column or segment.context) and _has_few_words(segment.text)
    alone = len(value) + 2 >= len(segment.text.strip()) or segment.role is Role.PICTURE or cell
    if span.entity == "ADDRESS":
        misread = "\t" in value or (alone and len(value.split()) <= _TOO_FEW)  # cells of a table
        return not misread and not (_is_choice(segment) and "address" not in labels[0].lower())
    if not _may_be_person(value, alone=alone):
        return False
    return not _is_choice(segment) or _is_named_person(value, labels, segment, records)


def _is_named_person(value: str, labels: list[str], segment: Segment, records: set[str]) -> bool:
    """Whether a choice of a record is a person: by its words, or as the name of a person's record."""
    if _is_full_name(value):
        return True
    named = any(_is_about_people(label) for label in labels[1:])
    return labels[0].lower() == "name" and (named or _record(segment) in records)


def _is_choice(segment: Segment) -> bool:
    """Whether a segment is a short field of a record: a name, an id, or one of a few choices."""
    if segment.role is not Role.BODY or not segment.context:
        return False
    if segment.column and not segment.column.startswith("$"):
        return False  # a table's column is judged as a whole
    return _has_few_words(segment.text) and not re.search(
        r"[,.!?;:]\s|[.!?]\Z|[。，；：！？]", segment.text
    )


def _has_few_words(text: str) -> bool:
    return len(text.split(maxsplit=_LABEL)) <= _LABEL


def _is_about_people(label: str) -> bool:
    from recognizers.names.latin_labels import names_a_person

    if label.lower().endswith(("name", "names")):  # anything has a name
        return bool(_SOMEBODYS_NAME.fullmatch(label) or _CORRESPONDENT.fullmatch(label))
    return bool(_CORRESPONDENT.fullmatch(label)) or names_a_person(label)


def _is_full_name(value: str) -> bool:
    """Whether the words are a given name and a surname, in either order."""
    if _IDEOGRAPH.search(value):
        from recognizers.names.chinese_evidence import has_name_form, surname_length
        from recognizers.names.chinese_lexicon import GIVEN

        return has_name_form(value) and set(value[surname_length(value) :]) <= set(GIVEN)
    from recognizers.names.latin_features import key
    from recognizers.names.latin_gazetteer import gazetteer

    listed, _ = gazetteer()
    words = [word for word in _WORD.findall(value) if len(word) > 1]
    letters = [listed.get(key(word), "") for word in words if word[0].isupper()]
    if any("W" in one for one in letters) and len(letters) < 3:
        return False
    return any(
        ("F" in one and "L" in other) or ("L" in one and "F" in other)
        for one, other in pairwise(letters)
    )


def _may_be_person(value: str, *, alone: bool) -> bool:
    """Whether words can be a name; the lists of names must know those that stand in a cell alone.

    Args:
        value: what was taken for a person.
        alone: no sentence around it says more.
    """
    from recognizers.names.latin_features import key
    from recognizers.names.latin_gazetteer import gazetteer

    words = [word.rstrip(".") for word in _WORD.findall(value)]
    listed, _ = gazetteer()
    letters = [listed.get(key(word), "") for word in words if len(word) > 1]
    known = sum("F" in one or "L" in one for one in letters)
    plain = sum("W" in one for one in letters)
    if any(char.isdigit() or char == "\t" for char in value) and known < len(words):
        return False  # a part number, two cells
    if not known and all(len(word) <= _INITIAL or word in _SUFFIXES for word in words):
        return False  # "E.O.", "Jr."
    if not alone:
        return True
    if len(letters) == 1:
        return known == 1 and not plain
    return known > plain or (not plain and all(word[0].isupper() for word in words))


def _is_running(text: str) -> bool:
    """Whether a text is for readers: some words, most of it letters."""
    letters = sum(map(str.isalpha, text))
    seen = sum(not char.isspace() for char in text)
    if not seen or letters < _MOSTLY * seen or " | " in text or "{" in text:
        return False
    ideographs = _IDEOGRAPH.findall(text[:200])
    if len(ideographs) >= _FEWEST_IDEOGRAPHS:
        swapped = sum(not ord(char) & 0xFF for char in ideographs)  # "Untitled", read as UTF-16
        return len(set(ideographs)) * 2 > len(ideographs) and swapped * 2 < len(ideographs)
    words = _WORD.findall(text[:400])
    small = sum(word[0].islower() for word in words)
    return len(words) >= _FEWEST_WORDS and small >= 2


def _record(segment: Segment) -> str:
    """The address of the record that a field belongs to."""
    return segment.part.rpartition(".")[0]
