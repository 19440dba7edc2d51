"""Places in the XML of a part where text stands, and the way back from an edit to source.

A *slot* is one text node or attribute value: a range of the part's source, and the text a
reader sees there. A *passage* is one segment: pieces of text in reading order, each of which
comes from a slot (or, where the same value stands several times, from several) or is a mere
separator. So text that Word has cut into runs is found whole, and an edit of a passage is dealt
out to its slots: the first slot touched gets the replacement, and with it the first run's
formatting; the others only lose their share.

One slot may belong to several passages (a paragraph as it is, without its deletions, without
its insertions). The pipeline then sends the same edit several times, cut differently; ranges of
one slot that overlap are united, and the first replacement in them counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote

from gateway.errors import CannotEdit
from gateway.formats._ooxml.xml import resolve
from gateway.model import Edit, Segment

type Range = tuple[int, int, str]
"""Start, end and what stands there instead."""

type Piece = tuple[str, tuple[Slot, ...]]
"""Text, and the slots it comes from; none for a separator."""

BESIDE = " | "
"""Between values that share a passage only to save passages."""


class Escape(Enum):
    """How characters are written in the source, as a pattern of all that is not literal."""

    TEXT = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));|\r\n?")
    # ECMA-376-1 §22.9.2.19 ST_Xstring: any UTF-16 unit may stand as _xHHHH_.
    XSTRING = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));|\r\n?|_x([0-9A-Fa-f]{4})_")
    ATTRIBUTE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));|\r\n|[\t\n\r]")
    XATTRIBUTE = re.compile(
        r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));|\r\n|[\t\n\r]|_x([0-9A-Fa-f]{4})_"
    )
    PERCENT = re.compile(
        r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));"
        r"|%[0-7]\w|%[CDcd]\w%\w\w|%[Ee]\w(?:%\w\w){2}|%[Ff]\w(?:%\w\w){3}"
    )
    LITERAL = re.compile(r"\r\n?")


class Rule(Enum):
    """What may be written into a slot."""

    FREE = "any text"
    FIXED = "nothing: it is structure"
    URI = "an address; what is new is percent-encoded"
    NUMBER = "a number; edited, it becomes 0"
    DATE = "a date; edited, it becomes the first that the format knows"
    ELEMENT = "an empty element that stands for one character"
    SHEET = "the name of a sheet"
    SHEET_REFERENCE = "a sheet's name where another part repeats it"
    IDENTIFIER = "a name that formulas use"
    EXPRESSION = "a formula outside cells"
    FORMULA = "the formula of a cell"
    CONSTANT = "a string constant in the formula of a cell; edited, the formula goes"
    CELL = "the value of a cell"
    CONTAINER = "a remark of the zip; edited, it is left out"
    PART = "nothing; edited, the part it stands in is left out"
    PART_NAME = "nothing; edited, the part gets another name"
    SWEEP = "no text: traces strewn over a part; edited, they go"


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A range of a part's source.

    Args:
        part: the part's name in the package.
        start: where the raw text begins.
        end: where it ends.
        text: what a reader sees.
        escape: how it is written.
        rule: what may be written.
        space_at: where ``xml:space="preserve"`` can be put into the element's start tag when
            the new text begins or ends with a space; -1 where that is not needed.
        tag: the element's raw start tag, for slots whose rule needs it.
        trace: what kind of trace it is, see :mod:`traces`; empty for all that is content.
    """

    part: str = field(repr=False)
    start: int
    end: int
    text: str = field(repr=False)
    escape: Escape
    rule: Rule = Rule.FREE
    space_at: int = -1
    tag: str = field(default="", repr=False)
    trace: str = field(default="", repr=False)


type Dealt = dict[Slot, list[Range]]
"""Edits by slot, united."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment and the pieces it is made of."""

    segment: Segment
    pieces: tuple[Piece, ...] = field(repr=False)


def decode(raw: str, escape: Escape) -> str:
    """The text a reader sees."""
    pattern: re.Pattern[str] = escape.value
    return pattern.sub(lambda match: _character(match, escape), raw)


def encode(text: str, escape: Escape, rule: Rule) -> str:
    """New text as it must be written into the source."""
    text = _ILLEGAL.sub("", text)
    if rule is Rule.URI:
        return quote(text, safe="")
    if escape is Escape.LITERAL:
        return text.replace("--", "- -").replace("]]>", "]] >").replace("?>", "? >")
    if escape in {Escape.XSTRING, Escape.XATTRIBUTE}:
        text = _XSTRING.sub(r"_x005F_\1", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if escape in {Escape.TEXT, Escape.XSTRING}:
        return text
    return text.replace('"', "&quot;").replace("'", "&apos;").replace("\n", "&#10;")


# XML 1.0 §2.2 leaves these out.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XSTRING = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


def _character(match: re.Match[str], escape: Escape) -> str:
    found = match.group()
    if found[0] == "&":
        return resolve(match)
    if found[0] == "%":
        try:
            return bytes.fromhex(found.replace("%", "")).decode()
        except ValueError:
            return found
    if found[0] == "_":
        return chr(int(found[2:6], 16))
    return " " if escape in {Escape.ATTRIBUTE, Escape.XATTRIBUTE} else "\n"


def raw_ranges(source: str, slot: Slot, ranges: Iterable[Range]) -> list[Range]:
    """Ranges of a slot's text as ranges of the part's source, written as the source must be."""
    raw = source[slot.start : slot.end]
    escaped = raw != slot.text
    return [
        (
            slot.start + (_raw_offset(raw, slot.escape, start) if escaped else start),
            slot.start + (_raw_offset(raw, slot.escape, end) if escaped else end),
            encode(new, slot.escape, slot.rule),
        )
        for start, end, new in ranges
    ]


def _raw_offset(raw: str, escape: Escape, offset: int) -> int:
    """Where in the source the character at ``offset`` of the text begins."""
    at = seen = 0
    pattern: re.Pattern[str] = escape.value
    for match in pattern.finditer(raw):
        literal = match.start() - at
        if offset <= seen + literal:
            break
        seen += literal + len(_character(match, escape))
        at = match.end()
        if offset <= seen:
            return at
    return at + offset - seen


def united(ranges: Iterable[Range]) -> list[Range]:
    """Ranges in order, overlapping ones made one; the first replacement in it counts."""
    result: list[Range] = []
    for start, end, new in sorted(ranges, key=lambda entry: entry[:2]):
        if result and (start < result[-1][1] or (start, end) == result[-1][:2]):
            first, last, text = result[-1]
            result[-1] = (first, max(last, end), text or new)
        else:
            result.append((start, end, new))
    return result


def replaced(text: str, ranges: Iterable[Range], at: int = 0) -> str:
    """Text, whose first character has the position ``at``, with united ranges replaced."""
    pieces: list[str] = []
    done = at
    for start, end, new in ranges:
        pieces += (text[done - at : start - at], new)
        done = end
    return "".join((*pieces, text[done - at :]))


def deal(passages: Sequence[Passage], edits: Iterable[Edit]) -> dict[Slot, list[Range]]:
    """The edits of passages, dealt out to their slots, united.

    Raises:
        CannotEdit: an edit touches no slot, or one that is structure.
    """
    dealt: dict[Slot, list[Range]] = {}
    for edit in sorted(edits, key=lambda edit: (edit.segment, edit.start)):
        passage = passages[edit.segment]
        for slot, change in _touched(passage, edit):
            if slot.rule is Rule.FIXED:
                raise CannotEdit(f"structure of the file in {passage.segment.part}")
            dealt.setdefault(slot, []).append(change)
    return {slot: united(ranges) for slot, ranges in dealt.items()}


def _touched(passage: Passage, edit: Edit) -> list[tuple[Slot, Range]]:
    result: list[tuple[Slot, Range]] = []
    at = 0
    new = edit.replacement
    for text, slots in passage.pieces:
        start, end = max(edit.start - at, 0), min(edit.end - at, len(text))
        here = start < end or (edit.start == edit.end and start == end and not result)
        if slots and here:
            result += [(slot, (start, end, new)) for slot in slots]
            new = ""
        at += len(text)
    if not result:
        raise CannotEdit(f"an edit between two values in {passage.segment.part}")
    return result


def basic_changes(source: str, slot: Slot, ranges: Sequence[Range]) -> list[Range]:
    """The changes of a part's source that make these edits of one slot."""
    start, end = slot.start, slot.end
    if slot.rule is Rule.NUMBER:
        return [(start, end, "0")]
    if slot.rule is Rule.DATE:
        return [(start, end, "1980-01-01T00:00:00Z")]
    new = replaced(slot.text, ranges)
    if slot.rule is Rule.ELEMENT:
        return [(start, end, _run_text(slot, new))]
    if slot.rule is Rule.EXPRESSION:
        return [(start, end, encode(quoted(new), slot.escape, slot.rule))]
    changes = raw_ranges(source, slot, ranges)
    if slot.space_at >= 0 and new != new.strip():
        changes.append((slot.space_at, slot.space_at, ' xml:space="preserve"'))
    return changes


def quoted(text: str) -> str:
    """A string constant for a formula."""
    return '"' + text.replace('"', '""') + '"'


def _run_text(slot: Slot, text: str) -> str:
    """What takes the place of an element that stood for a character."""
    prefix = slot.tag[1:].partition(":")[0] + ":" if ":" in slot.tag.split()[0] else ""
    if not text:
        return ""
    body = encode(text, Escape.TEXT, Rule.FREE)
    return f'<{prefix}t xml:space="preserve">{body}</{prefix}t>'
