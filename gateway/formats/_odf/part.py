"""One XML part of an OpenDocument file, read into passages.

Everything that can hold text is read: paragraphs (spans joined, with the deleted text put back
where it stood), every other text node, attributes as :mod:`vocabulary` judges them, comments,
processing instructions, and the names that a foreign schema gives to its elements. Elements are
known by their local names, so OpenOffice.org 1.x files read alike.

Source: OASIS OpenDocument 1.3, part 3: §5.1 (paragraphs), §5.5 (tracked changes), §6 (fields),
§9 (tables), §4.3 (metadata), §19 (attributes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import batched
from urllib.parse import unquote

from gateway.formats._odf.attributes import Verdict, judge
from gateway.formats._odf.paragraph import DELETED, INSERTED, Paragraph
from gateway.formats._odf.reading import Name, Part, Reading, Typed, attribute_span
from gateway.formats._odf.tables import Tables
from gateway.formats._odf.traces import NEUTRAL_DATE, Trace, trace_of
from gateway.formats._odf.vocabulary import (
    PARAGRAPHS,
    SPACES,
    TYPED,
    is_dull,
    is_own,
    spoken,
    stands_apart,
)
from gateway.formats._ooxml.text import BESIDE, Escape, Passage, Piece, Rule, Slot, decode
from gateway.formats._ooxml.xml import Attribute, Kind, Tag
from gateway.model import Role, Segment

_MATH = "http://www.w3.org/1998/Math/MathML"
_DECLARATION = re.compile(
    r"""xml\s+version=["']1\.[01]["'](?:\s+encoding=["'][A-Za-z0-9._-]+["'])?"""
    r"""(?:\s+standalone=["'](?:yes|no)["'])?\s*"""
)
_JOINT = re.compile(r'"\s*&\s*"')
_PROGRAM = re.compile(
    r"(?:LibreOffice|OpenOffice(?:\.org)?|LibreOfficeDev|Collabora_?Office|MicrosoftOffice)[/0-9.]{2,20}"
    r"(?:\$[A-Za-z0-9_]{1,20} [A-Za-z_.]{1,30}/[A-Za-z0-9.$ _-]{1,60}| MicrosoftWord| MicrosoftExcel)?"
)
_SHORT = re.compile(r"(?!.*[0-9]{7})[A-Za-z0-9 _.-]{0,24}")
_VALUED = TYPED | {"formula", "value-type"}
_ROLES = {
    "annotation": Role.COMMENT,
    "tracked-changes": Role.HIDDEN,
    "deletion": Role.HIDDEN,
}
_SHARED_AT_MOST = 500


class PartReader:
    """Reads one part into a :class:`Reading`."""

    def __init__(self, part: Part, reading: Reading) -> None:
        self._part = part
        self._source = part.source.text
        self._reading = reading
        self._stack: list[Tag] = []
        self._starts: list[int] = []
        self._flows: list[Paragraph | None] = [None]
        self._typed: list[Typed | None] = [None]
        self._roles: list[Role] = [part.role]
        self._loose: list[Piece] = []
        self._removed: dict[str, list[Piece]] = {}
        self._region = ""
        self._inserting: set[str] = set()
        self._insertions: set[str] = set()
        self._tables = Tables()
        self._shared: dict[tuple[str, Role], dict[str, list[Slot]]] = {}
        self._contexts: dict[tuple[str, Role], tuple[str, ...]] = {}
        self._verdicts: dict[Tag, list[tuple[Attribute, Verdict]]] = {}
        self._foreign: dict[str, int] = {}
        self._traces: dict[int, tuple[Slot, list[tuple[str, tuple[int, int, str]]]]] = {}
        self._objects: set[int] = set()
        self._count = 0

    def read(self) -> None:
        """Add all that the part holds to the reading."""
        steps: dict[Kind, Callable[[Tag, int], None]] = {
            Kind.START: self._open,
            Kind.EMPTY: self._empty,
            Kind.END: self._close,
            Kind.COMMENT: self._aside,
            Kind.PI: self._aside,
            Kind.CDATA: self._cdata,
        }
        for tag, at, before in self._part.source.tokens:
            if before:
                self._text(at - len(before), at, Escape.TEXT)
            if tag is not None:
                steps[tag.kind](tag, at)
        self._finish()

    # Elements.

    def _open(self, tag: Tag, at: int) -> None:
        self._flush_loose()
        self._stack.append(tag)
        self._starts.append(at)
        local, apart = tag.local, stands_apart(tag.namespace, tag.local)
        flow, typed, role = self._flows[-1], self._typed[-1], self._roles[-1]
        if any(attribute.local in _VALUED for attribute in tag.attributes):
            typed = Typed(self._part.name, at, tag)
        elif apart:
            typed = None
        if local in PARAGRAPHS or (tag.namespace == _MATH and local in {"math", "annotation"}):
            flow = Paragraph(typed)
        elif apart:
            flow = None
        if tag.namespace != _MATH:
            role = _ROLES.get(local, role)
        self._flows.append(flow)
        self._typed.append(typed)
        self._roles.append(role)
        self._attributes(tag, at)
        self._note(tag)
        self._tables.opened(tag)

    def _note(self, tag: Tag) -> None:
        """Keep in mind what later elements need to know of this one."""
        if tag.local == "changed-region":
            self._region = tag.get("change-id") or tag.get("id")
        elif tag.local in {"object", "object-ole"}:
            self._objects.add(self._innermost_frame())
        elif tag.local == "insertion" and self._region:
            self._insertions.add(self._region)
        elif tag.local == "change-start":
            self._change(tag)

    def _close(self, tag: Tag, at: int) -> None:
        self._flush_loose()
        flow = self._flows.pop()
        self._typed.pop()
        if flow is not None and flow is not self._flows[-1]:
            self._end_paragraph(flow)
        self._roles.pop()
        opened = self._stack.pop()
        self._starts.pop()
        if trace := self._traces.pop(len(self._stack), None):
            slot, ranges = trace
            if not ranges:  # the element as a whole
                ranges.append((self._part.name, (slot.start, at + len(tag.raw), "")))
        if opened.local == "changed-region":
            self._region = ""
        self._tables.closed(opened)

    def _empty(self, tag: Tag, at: int) -> None:
        flow, local = self._flows[-1], tag.local
        if flow is not None and local in SPACES and not stands_apart(tag.namespace, local):
            count = min(int(tag.get("c")), 1000) if re.fullmatch("[0-9]{1,4}", tag.get("c")) else 1
            text = SPACES[local] * max(count, 1)
            slots = () if text.strip(" ") or not text else (self._spaces(tag, at, text),)
            flow.add((text, slots), self._marks())
            return
        if local in {"change", "change-start", "change-end"}:
            self._change(tag)
            return
        self._open(tag, at)
        self._close(Tag(Kind.END, "", tag.namespace, local), at + len(tag.raw))

    def _spaces(self, tag: Tag, at: int, text: str) -> Slot:
        """``<text:s/>``, whose spaces an edit can only take away."""
        slot = Slot(self._part.name, at, at + len(tag.raw), text, Escape.TEXT, tag=tag.raw)
        self._reading.spaces[slot] = None
        return slot

    def _change(self, tag: Tag) -> None:
        """A place of a tracked change: deleted text stood here, or inserted text begins or ends."""
        region = tag.get("change-id")
        flow = self._flows[-1]
        if tag.local == "change-start":
            self._inserting.add(region)
        elif tag.local == "change-end":
            self._inserting.discard(region)
        elif flow is not None:
            for piece in self._removed.get(region, ()):
                flow.add(piece, DELETED)

    def _marks(self) -> int:
        return INSERTED if self._inserting & self._insertions else 0

    # Text.

    def _text(self, start: int, end: int, escape: Escape) -> None:
        raw = self._source[start:end]
        if not self._stack:
            return
        flow = self._flows[-1]
        parent = self._stack[-1]
        if flow is None:
            if not raw.isspace():
                self._loose.append((decode(raw, escape), (self._slot(start, end, escape),)))
            return
        if parent.namespace == _MATH and raw.isspace():
            return
        slot = self._slot(start, end, escape)
        flow.add((slot.text, (slot,)), self._marks())
        if self._typed[-1] is not None:
            self._typed[-1].shown.append(slot)
            self._reading.typed[slot] = self._typed[-1]

    def _slot(self, start: int, end: int, escape: Escape, rule: Rule = Rule.FREE) -> Slot:
        return Slot(
            self._part.name, start, end, decode(self._source[start:end], escape), escape, rule
        )

    def _cdata(self, tag: Tag, at: int) -> None:
        self._text(at + 9, at + len(tag.raw) - 3, Escape.LITERAL)

    def _aside(self, tag: Tag, at: int) -> None:
        """A comment or processing instruction."""
        lead, tail = (4, 3) if tag.kind is Kind.COMMENT else (2, 2)
        start, end = at + lead, at + len(tag.raw) - tail
        raw = self._source[start:end]
        if raw.strip() and not (start < 5 and _DECLARATION.fullmatch(raw)):
            slot = self._slot(start, end, Escape.LITERAL)
            self._emit(((slot.text, (slot,)),), Role.HIDDEN, place="comment")

    def _flush_loose(self) -> None:
        """End a text node outside paragraphs (comments and CDATA may have cut it)."""
        if not self._loose:
            return
        pieces, self._loose = tuple(self._loose), []
        parent = self._stack[-1]
        slots = [slot for _, (slot,) in pieces]
        if parent.local == "binary-data":
            span = (self._part.name, slots[0].start, slots[-1].end)
            preview = self._innermost_frame() in self._objects
            (self._reading.previews if preview else self._reading.binaries).append(span)
            return
        text = "".join(text for text, _ in pieces)
        if parent.local == "ruby-text":
            self._rubies(pieces)
            return
        if (trace := trace_of(parent, [tag.local for tag in self._stack[-3:-1]])) and slots:
            self._trace(trace, text, slots)
            return
        if is_dull(text.strip()) or (parent.local == "note-citation" and len(text) < 6):
            return
        if parent.get("name") == "ActiveTable" and parent.local == "config-item":
            self._reading.names[slots[0]] = Name.SHEET
        if self._typed[-1] is not None:
            for slot in slots:
                self._typed[-1].shown.append(slot)
                self._reading.typed[slot] = self._typed[-1]
        self._emit(pieces, self._roles[-1], self._context_of(parent), "text")

    def _innermost_frame(self) -> int:
        """Where the frame that is being read begins, or -1."""
        pairs = zip(reversed(self._stack), reversed(self._starts), strict=True)
        return next((start for tag, start in pairs if tag.local == "frame"), -1)

    def _rubies(self, pieces: Iterable[Piece]) -> None:
        outer = next((flow for flow in reversed(self._flows) if flow is not None), None)
        if outer is not None:
            outer.rubies += pieces

    def _context_of(self, parent: Tag) -> tuple[str, ...]:
        named = [tag.get("name") for tag in self._stack[-2:] if len(tag.get("name")) < 60]
        return (*(name for name in named if name), parent.local)

    def _trace(self, trace: Trace, text: str, slots: list[Slot]) -> None:
        """Text that tells who made the document or when."""
        start = self._starts[-1]
        whole = Slot(self._part.name, start, slots[-1].end, text, Escape.TEXT)
        ranges: list[tuple[str, tuple[int, int, str]]] = []
        if trace is Trace.EMPTIED:
            ranges += [(slot.part, (slot.start, slot.end, "")) for slot in slots]
        elif trace is Trace.DATED:
            ranges += [(slot.part, (slot.start, slot.end, "")) for slot in slots[1:]]
            ranges.append((slots[0].part, (slots[0].start, slots[0].end, NEUTRAL_DATE)))
        else:
            self._traces[len(self._stack) - 1] = (whole, ranges)
        if _PROGRAM.fullmatch(text):  # its version would read as an IP address
            slots = [Slot(self._part.name, start, start, "", Escape.LITERAL)]
        pieces = tuple((slot.text, (slot,)) for slot in slots)
        for slot in slots:
            self._reading.removals[slot] = ranges
        self._emit(pieces, Role.TRACE, self._context_of(self._stack[-1]), "text")

    # Passages.

    def _end_paragraph(self, paragraph: Paragraph) -> None:
        self._count += 1
        role = self._roles[-1]
        context, column = self._tables.context(), self._tables.place()
        for view in paragraph.views():
            self._emit(view, role, context, f"p[{self._count}]", column)
        if self._region and role is Role.HIDDEN:
            removed = self._removed.setdefault(self._region, [])
            removed += [("\n", ())] if removed else []
            removed += [piece for piece, _ in paragraph.pieces]
        self._tables.add(paragraph.text())

    def _emit(
        self,
        pieces: tuple[Piece, ...],
        role: Role,
        context: tuple[str, ...] = (),
        place: str = "",
        column: str = "",
    ) -> None:
        text = "".join(piece[0] for piece in pieces)
        part = f"{self._part.address}/{place}" if place else self._part.address
        column = f"{self._part.address}!{column}" if column else ""
        self._reading.passages.append(Passage(Segment(text, part, role, context, column), pieces))

    def _share(self, group: str, piece: Piece, role: Role, context: tuple[str, ...]) -> None:
        """Put a value into a passage that it shares with its like; equal values are one."""
        self._shared.setdefault((group, role), {}).setdefault(piece[0], []).extend(piece[1])
        self._contexts.setdefault((group, role), context)

    # Attributes.

    def _attributes(self, tag: Tag, at: int) -> None:
        found = self._verdicts.get(tag)
        if found is None:
            found = [(a, verdict) for a in tag.attributes if (verdict := judge(tag, a))]
            self._verdicts[tag] = found
            self._note_foreign(tag, at)
        for attribute, verdict in found:
            if verdict is Verdict.REVISION:
                start, end = attribute_span(at, tag, attribute)
                self._reading.revisions.append((self._part.name, (start, end, "")))
            else:
                self._attribute(tag, at, attribute, verdict)

    def _attribute(self, tag: Tag, at: int, attribute: Attribute, verdict: Verdict) -> None:
        start, end = at + attribute.start, at + attribute.end
        rule = Rule.URI if verdict is Verdict.ADDRESS else Rule.FREE
        rule = Rule.FIXED if verdict is Verdict.FIXED else rule
        slot = self._slot(start, end, Escape.ATTRIBUTE, rule)
        reading, shown = self._reading, slot.text
        typed = self._typed[-1] if self._typed[-1] and self._typed[-1].at == at else None
        if verdict in {Verdict.TYPED, Verdict.FORMULA} and typed:
            reading.typed[slot] = typed
            reading.values.setdefault(typed, []).append(slot)
        if verdict is Verdict.FORMULA:
            reading.formulas[slot] = None
        elif verdict is Verdict.EXPRESSION:
            reading.expressions[slot] = None
        if verdict is Verdict.STYLE:
            shown = spoken(shown)
            slot = Slot(self._part.name, start, end, shown, Escape.ATTRIBUTE)
        if verdict in _NAMED:
            reading.names[slot] = _NAMED[verdict]
        role = Role.TRACE if verdict is Verdict.TRACE else Role.METADATA
        if verdict is Verdict.TRACE:
            reading.removals[slot] = [(self._part.name, (start, end, ""))]
        context = tuple(w for w in (attribute.local, tag.local, tag.get("property-name")) if w)
        if verdict is Verdict.TYPED:
            context = (*self._tables.context(), *context)
            role = self._roles[-1]
        group = f"@{attribute.local} {tag.local} {context}"
        if not _SHORT.fullmatch(shown) and verdict not in {Verdict.TYPED, Verdict.STYLE}:
            group += shown
        self._share(group, (shown, (slot,)), role, context)
        self._other_views(shown, slot, verdict, context)

    def _other_views(
        self, shown: str, slot: Slot, verdict: Verdict, context: tuple[str, ...]
    ) -> None:
        """Spellings of an attribute that hide what it says."""
        if verdict is Verdict.TYPED and (digits := _digits(shown)) != shown:
            self._whole(digits, slot, context)
        elif verdict in {Verdict.FORMULA, Verdict.EXPRESSION} and _JOINT.search(shown):
            self._whole(_JOINT.sub("", shown), slot, context)
        elif verdict is Verdict.RANGE and "_" in shown:  # names may have no spaces
            self._whole(shown.replace("_", " "), slot, context)
        elif slot.rule is Rule.URI and "%" in shown and unquote(shown) != shown:
            text = decode(self._source[slot.start : slot.end], Escape.PERCENT)
            quoted = Slot(slot.part, slot.start, slot.end, text, Escape.PERCENT, Rule.URI)
            self._share(f"%{text}", (text, (quoted,)), Role.METADATA, context)

    def _whole(self, text: str, slot: Slot, context: tuple[str, ...]) -> None:
        """Another spelling of a slot; an edit of it counts for the slot as a whole."""
        other = Slot(slot.part, slot.start, slot.end, text, slot.escape, slot.rule)
        reading = self._reading
        reading.respelt[other] = slot
        role = self._roles[-1] if slot in reading.typed else Role.METADATA
        self._share(f"~{text}", (text, (other,)), role, context)

    def _note_foreign(self, tag: Tag, at: int) -> None:
        """Names that no schema has: addresses of namespaces, elements, attributes."""
        names = [a.value for a in tag.declared if a.value and not is_own(a.value)]
        if not is_own(tag.namespace):
            names.append(tag.local)
            names += [attribute.local for attribute in tag.attributes]
        for name in names:
            self._foreign.setdefault(name, at)

    def _finish(self) -> None:
        for (group, role), values in self._shared.items():
            context = self._contexts[group, role]
            for batch in batched(values.items(), _SHARED_AT_MOST, strict=False):
                pieces = _beside((text, tuple(slots)) for text, slots in batch)
                self._emit(pieces, role, context, "attribute")
        names: list[Piece] = [
            (name, (Slot(self._part.name, at, at, name, Escape.LITERAL, Rule.FIXED),))
            for name, at in self._foreign.items()
        ]
        for some in batched(names, _SHARED_AT_MOST, strict=False):
            self._emit(_beside(some), Role.KEY, place="names")


_NAMED = {Verdict.STYLE: Name.STYLE, Verdict.SHEET: Name.SHEET, Verdict.RANGE: Name.RANGE}


def _beside(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    result: list[Piece] = []
    for piece in pieces:
        result += [(BESIDE, ()), piece]
    return tuple(result[1:])


def _digits(number: str) -> str:
    """A number as a cell shows it without a format: no exponent (part 3, §18.3.11 ``double``)."""
    if re.fullmatch(r"[-+]?[0-9.]+[eE]\+?[0-9]{1,2}", number):
        return f"{float(number):.0f}"
    return number
