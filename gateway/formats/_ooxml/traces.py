"""Who made a document and when: where it stands, and what may stand there instead.

Authors of comments and changes stay tellable apart ("Author 1", "Author 2"), the same one by
the same number all over the package. Dates become the first that every Office reads. Ids of
editing sessions go: they are optional everywhere.

Source: ECMA-376-1 §17.13.4-5 (comments, tracked changes), §17.15.1.72 (rsids), §19.4 (comments of
slides), §22.2 (properties), ECMA-376-2 §11 (core properties), [MS-DOCX] §2.2.4 and §2.6 (people,
docId), [MS-PPTX] §2.2 (modern comments), [MS-XLSX] §2.4 (threaded comments, persons).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.formats._ooxml.attributes import is_office
from gateway.formats._ooxml.plan import Plan
from gateway.formats._ooxml.text import Dealt, Escape, Passage, Range, Rule, Slot, encode
from gateway.formats._ooxml.xml import Kind, Source, Tag
from gateway.model import Role, Segment

_DAY = "1980-01-01T00:00:00Z"

# Elements of which an attribute names a person, and what that is.
_BY_ATTRIBUTE = {
    "author": "author",
    "initials": "initials",
    "oldAuthor": "author",
    "userName": "author",
    "refreshedBy": "author",
    "lastModifiedBy": "author",
}
_BY_ELEMENT = {
    ("presenceInfo", "userId"): "user",
    ("cmAuthor", "name"): "author",
    ("author", "name"): "author",
    ("author", "userId"): "user",
    ("person", "userId"): "user",
    ("person", "displayName"): "author",
    ("userInfo", "name"): "author",
    ("absPath", "url"): "nothing",
}
_NOT_PEOPLE = frozenset({"taskpane", "property", "webextension"})

# Elements of the document properties, and what a neutral one holds.
_BY_TEXT = {
    "creator": "nothing",
    "lastModifiedBy": "nothing",
    "Template": "nothing",
    "Company": "nothing",
    "Manager": "nothing",
    "TotalTime": "0",
    "revision": "1",
    "created": _DAY,
    "modified": _DAY,
    "lastPrinted": _DAY,
}
_USER_PROPERTY = re.compile(
    r"author|owner|user|e-?mail|editor|creator|modifiedby|reviewcycle|siteid|actionid",
    re.IGNORECASE,
)

_SESSION = re.compile(r"""\s(?:[\w.-]+:)?rsid\w*=(?:"[0-9A-Fa-f]{8}"|'[0-9A-Fa-f]{8}')""")
_WHEN = re.compile(
    r"""(\s(?:(?:[\w.-]+:)?(?:date|dateUtc)|dT|dt|created|dateTime)=)"""
    r"""(?:"[0-9]{4}-[0-9]{2}-[0-9]{2}T[^"]*"|'[0-9]{4}-[0-9]{2}-[0-9]{2}T[^']*')"""
)
_SETTINGS = frozenset({"rsids", "docId"})


def trace_of(tag: Tag, local: str) -> str:
    """What kind of trace an attribute is; empty if it is none."""
    if not is_office(tag.namespace):
        return ""
    kind = _BY_ELEMENT.get((tag.local, local), "")
    if not kind and local in _BY_ATTRIBUTE and tag.local not in _NOT_PEOPLE:
        kind = _BY_ATTRIBUTE[local]
    if local == "Target" and tag.get("Type").endswith("/attachedTemplate"):
        return "Normal.dotm" if tag.get("TargetMode") == "External" else ""
    return kind


def trace_of_text(stack: Sequence[Tag]) -> str:
    """What kind of trace the text of the innermost element is; empty if it is none."""
    parent = stack[-1]
    if len(stack) == 2 and stack[0].local in {"coreProperties", "Properties"}:
        return _BY_TEXT.get(parent.local, "")
    if len(stack) == 3 and stack[1].local == "property" and parent.local in {"lpwstr", "lpstr"}:
        return "nothing" if _USER_PROPERTY.search(stack[1].get("name")) else ""
    if parent.local == "author" and len(stack) > 1 and stack[-2].local == "authors":
        return "author"
    return ""


def sweeps(name: str, address: str, source: Source) -> Iterator[Passage]:
    """One passage without text for the ids and dates that are strewn all over a part."""
    text = source.text
    if "rsid" not in text and "docId" not in text and not _WHEN.search(text):
        return
    slot = Slot(name, 0, 0, "", Escape.LITERAL, Rule.SWEEP)
    context = ("when it was edited, and in which sessions",)
    yield Passage(Segment("", address, Role.TRACE, context), (("", (slot,)),))


def _swept(source: Source) -> Iterator[Range]:
    """The changes that make a part forget its editing sessions and their dates."""
    began = -1
    for tag, at, _ in source.tokens:
        if tag is None or tag.raw[1] in "!?":
            continue
        if tag.local in _SETTINGS:
            end = at + len(tag.raw)
            if tag.kind is Kind.START:
                began = at
            elif tag.kind is Kind.EMPTY and began < 0:
                yield at, end, ""
            elif tag.kind is Kind.END and began >= 0:
                yield began, end, ""
                began = -1
        elif tag.attributes and began < 0:
            raw = tag.raw
            for found in _SESSION.finditer(raw) if "rsid" in raw else ():
                yield at + found.start(), at + found.end(), ""
            dated = "T" in raw and is_office(tag.namespace)
            for found in _WHEN.finditer(raw) if dated else ():
                yield at + found.start(), at + found.end(), f'{found[1]}"{_DAY}"'


def neutralise(
    sources: Mapping[str, Source], passages: Iterable[Passage], dealt: Dealt, plan: Plan
) -> Dealt:
    """Make the edits that take whole traces out; give back the others.

    Args:
        sources: the XML parts.
        passages: all passages, for the order of people.
        dealt: edits by slot.
        plan: is filled with the changes.
    """
    whole = {slot for slot, ranges in dealt.items() if _is_whole(slot, ranges)}
    numbers: dict[tuple[str, str], int] = {}
    for passage in passages if whole else ():
        for _, slots in passage.pieces:
            for slot in slots:
                if slot.trace in {"author", "initials", "user"}:
                    same = (slot.trace, slot.text)
                    count = sum(kind == slot.trace for kind, _ in numbers)
                    numbers.setdefault(same, count + 1)
    for slot in whole:
        if slot.rule is Rule.SWEEP:
            plan.add(slot.part, list(_swept(sources[slot.part])))
            continue
        new = _neutral(slot, numbers.get((slot.trace, slot.text), 1))
        plan.add(slot.part, [(slot.start, slot.end, encode(new, slot.escape, Rule.FREE))])
    return {slot: ranges for slot, ranges in dealt.items() if slot not in whole}


def _is_whole(slot: Slot, ranges: Sequence[Range]) -> bool:
    if slot.rule is Rule.SWEEP:
        return True
    return bool(slot.trace) and list(ranges) == [(0, len(slot.text), "")]


def _neutral(slot: Slot, number: int) -> str:
    words = {
        "author": f"Author {number}",
        "user": f"Author {number}",
        "initials": f"A{number}",
        "nothing": "",
    }
    return words.get(slot.trace, slot.trace)
