"""One XML part of an Office package, read into passages.

Everything that can hold text is read: runs of paragraphs (joined, with the paragraph's deleted
and inserted views where it has tracked changes), field instructions, every other text node,
attributes as :mod:`attributes` judges them, comments, processing instructions, and the
names that a foreign schema gives to its elements. Elements are known by their local names, so
the transitional and the strict namespaces read alike.

Source: ECMA-376-1 §17.3 (runs), §17.13.5 (tracked changes), §17.16 (fields), §21.1 (DrawingML
text).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import batched

from gateway.formats._ooxml.attributes import is_known, judge
from gateway.formats._ooxml.headers import HEADERS, header_texts
from gateway.formats._ooxml.loose import (
    context_of_text,
    expanded,
    group_of_text,
    rule_of_text,
)
from gateway.formats._ooxml.paragraph import MARKS, Paragraph
from gateway.formats._ooxml.sharing import SHARED_AT_MOST, Shared, beside
from gateway.formats._ooxml.tables import Tables
from gateway.formats._ooxml.text import (
    Escape,
    Passage,
    Piece,
    Rule,
    Slot,
    decode,
)
from gateway.formats._ooxml.traces import trace_of, trace_of_text
from gateway.formats._ooxml.vocabulary import (
    HTML,
    INSTRUCTIONS,
    PARAGRAPHS,
    RUN_TEXTS,
    SPACED,
)
from gateway.formats._ooxml.xml import Attribute, Kind, Source, Tag
from gateway.model import Role, Segment

__all__ = ["PartReader", "Verdicts", "expanded"]

type Verdicts = list[tuple[Attribute, Rule, bool]]

_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "Choice": "\n", "Fallback": "\n"}

_DECLARATION = re.compile(
    r"""xml\s+version=["']1\.[01]["'](?:\s+encoding=["'][A-Za-z0-9._-]+["'])?"""
    r"""(?:\s+standalone=["'](?:yes|no)["'])?\s*"""
)


class PartReader:
    """Reads one part.

    Args:
        name: the part's name in the package.
        address: what it is called in addresses.
        role: what its running text is to a reader.
        source: the XML.
        xstrings: its strings may hold ``_xHHHH_`` (spreadsheets and document properties).
    """

    lean = False
    """Whether it looks at what was taken out of the tokens, see :mod:`shapes`."""

    def __init__(
        self, name: str, address: str, role: Role, source: Source, *, xstrings: bool = False
    ) -> None:
        self.name = name
        self.address = address
        self.role = role
        self.source = source
        self.text_escape = Escape.XSTRING if xstrings else Escape.TEXT
        self.attribute_escape = Escape.XATTRIBUTE if xstrings else Escape.ATTRIBUTE
        self.passages: list[Passage] = []
        self.stack: list[Tag] = []
        self.paragraphs: list[Paragraph] = []
        self._marks: list[int] = [0]
        self._tables = Tables()
        self._fields: list[list[str]] = []
        self._loose: list[Piece] = []
        self._shared = Shared()
        self._verdicts: dict[Tag, Verdicts] = {}
        self._foreign: dict[str, int] = {}
        self._count = 0

    def read(self) -> list[Passage]:
        """All passages of the part."""
        if self.source.shapes.items and not self.lean:
            raise TypeError("this reader would not see all of the part")
        steps: dict[Kind, Callable[[Tag, int], None]] = {
            Kind.START: self._open,
            Kind.EMPTY: self._empty,
            Kind.END: self._close,
            Kind.COMMENT: self._aside,
            Kind.PI: self._aside,
            Kind.CDATA: self._cdata,
        }
        for tag, at, before in self.source.tokens:
            if before:
                self._text(at - len(before), at, self.text_escape)
            if tag is not None:
                steps[tag.kind](tag, at)
        self._finish()
        return self.passages

    # What subclasses may add to.

    def on_open(self, tag: Tag, at: int) -> None:
        """An element begins."""

    def on_close(self, tag: Tag, at: int) -> None:
        """An element ends."""

    def on_text(self, slot: Slot, parent: Tag) -> bool:
        """A text node outside paragraphs; true if it has been dealt with."""
        del slot, parent
        return False

    def verdicts(self, tag: Tag) -> Verdicts:
        """The attributes of a tag that are text."""
        judged = ((attribute, judge(tag, attribute)) for attribute in tag.attributes)
        return [(attribute, *verdict) for attribute, verdict in judged if verdict]

    # Tokens.

    def _open(self, tag: Tag, at: int) -> None:
        self._flush_loose()
        self._attributes(tag, at)
        self.stack.append(tag)
        self._marks.append(self._marks[-1] | MARKS.get(tag.local, 0))
        local = tag.local
        self._tables.opened(local, tag)
        if local in PARAGRAPHS:
            self.paragraphs.append(Paragraph())
        elif local == "sdt":
            self._fields.append([])
        elif self.paragraphs and local in {"Choice", "Fallback", "br"}:
            self._add(("\n", ()))
        self.on_open(tag, at)

    def _close(self, tag: Tag, at: int) -> None:
        self._flush_loose()
        self.on_close(tag, at)
        local = tag.local
        if local in PARAGRAPHS:
            self._end_paragraph(self.paragraphs.pop())
        elif local == "sdt":
            self._fields.pop()
        self._tables.closed(local)
        self._marks.pop()
        self.stack.pop()

    def _empty(self, tag: Tag, at: int) -> None:
        self._flush_loose()
        self._attributes(tag, at)
        local = tag.local
        parent = self.stack[-1].local if self.stack else ""
        if local == "gridSpan":
            self._tables.spans(tag.get("val"))
        elif local in {"alias", "tag"} and parent == "sdtPr" and self._fields:
            self._fields[-1].append(tag.get("val"))
        elif self.paragraphs and parent in {"r", "p"}:
            self._character(tag, at)
        self.on_open(tag, at)
        self.on_close(tag, at)

    def _character(self, tag: Tag, at: int) -> None:
        """An empty element that a reader sees as a character."""
        if tag.local in _BREAKS:
            self._add((_BREAKS[tag.local], ()))
            return
        seen = "-" if tag.local == "noBreakHyphen" else ""
        if tag.local == "sym" and re.fullmatch("[0-9A-Fa-f]{1,4}", tag.get("char")):
            code = int(tag.get("char"), 16)
            # §17.3.3.30: symbol fonts are addressed in the private area from F000.
            seen = chr(code - 0xF000 if 0xF020 <= code <= 0xF0FF else code)
        if seen:
            slot = Slot(
                self.name, at, at + len(tag.raw), seen, Escape.LITERAL, Rule.ELEMENT, tag=tag.raw
            )
            self._add((seen, (slot,)))

    def _text(self, start: int, end: int, escape: Escape) -> None:
        raw = self.source.text[start:end]
        parent = self.stack[-1] if self.stack else None
        if parent is None:
            return
        blank = raw.isspace()
        in_paragraph = bool(self.paragraphs) and (
            parent.local in RUN_TEXTS or parent.local in INSTRUCTIONS
        )
        direct = self.paragraphs and parent.local in PARAGRAPHS
        if blank and (not in_paragraph or direct):
            return
        slot = self.slot(start, end, escape)
        if parent.local in INSTRUCTIONS and self.paragraphs:
            self.paragraphs[-1].instructions.append((slot.text, (slot,)))
        elif in_paragraph:
            self._add((slot.text, (slot,)))
        else:
            self._loose.append((slot.text, (slot,)))

    def slot(self, start: int, end: int, escape: Escape, rule: Rule = Rule.FREE) -> Slot:
        """The text between two positions, in the innermost open element."""
        parent = self.stack[-1]
        space_at = -1
        drops_space = "/drawingml/" not in parent.namespace and parent.local in SPACED
        if drops_space and "xml:space" not in parent.raw:
            opened = self.source.text.rfind("<", 0, start)
            if self.source.text.startswith(parent.raw, opened):
                space_at = opened + len(parent.raw) - 1
        text = decode(self.source.text[start:end], escape)
        return Slot(self.name, start, end, text, escape, rule, space_at)

    def _cdata(self, tag: Tag, at: int) -> None:
        self._text(at + 9, at + len(tag.raw) - 3, Escape.LITERAL)

    def _aside(self, tag: Tag, at: int) -> None:
        """A comment or processing instruction."""
        lead, tail = (4, 3) if tag.kind is Kind.COMMENT else (2, 2)
        start, end = at + lead, at + len(tag.raw) - tail
        raw = self.source.text[start:end]
        if raw.isspace() or not raw or (start < 5 and _DECLARATION.fullmatch(raw)):
            return
        slot = Slot(self.name, start, end, decode(raw, Escape.LITERAL), Escape.LITERAL)
        self.emit(((slot.text, (slot,)),), Role.HIDDEN, place="comment")

    # Passages.

    def emit(
        self,
        pieces: tuple[Piece, ...],
        role: Role,
        context: tuple[str, ...] = (),
        place: str = "",
        column: str = "",
    ) -> None:
        """Add a passage; ``column`` names the column of a table of this part."""
        text = "".join(piece[0] for piece in pieces)
        part = f"{self.address}/{place}" if place else self.address
        column = f"{self.address}!{column}" if column else ""
        self.passages.append(Passage(Segment(text, part, role, context, column), pieces))

    def share(self, group: str, piece: Piece, role: Role, context: tuple[str, ...] = ()) -> None:
        """Put a value of low interest into a passage that it shares with others of its group."""
        self._shared.add(group, piece, role, context)

    def _add(self, piece: Piece) -> None:
        self.paragraphs[-1].pieces.append((piece, self._marks[-1]))

    def _end_paragraph(self, paragraph: Paragraph) -> None:
        self._count += 1
        context, column = self.context(), self.column()
        views = paragraph.views()
        for view in (*views, *paragraph.stretches()):
            self.emit(view, self.role, context, f"p[{self._count}]", column)
        if views:
            self._tables.add("".join(text for text, _ in views[-1]))
        if any(text.strip() for text, _ in paragraph.instructions):
            place = f"p[{self._count}]/field"
            self.emit(tuple(paragraph.instructions), Role.HIDDEN, context, place)
        self.on_paragraph(paragraph)

    def context(self) -> tuple[str, ...]:
        """What stands near the text that is being read and says what it is."""
        labels = tuple(label for labels in self._fields for label in labels if label)
        return self._tables.context() + labels

    def column(self) -> str:
        """Names the column of the table cell that is being read."""
        return self._tables.column()

    def on_paragraph(self, paragraph: Paragraph) -> None:
        """A paragraph has ended."""

    def _flush_loose(self) -> None:
        """End a text node outside paragraphs (comments and CDATA may have cut it)."""
        if not self._loose:
            return
        pieces, self._loose = tuple(self._loose), []
        parent = self.stack[-1]
        if len(pieces) == 1 and self.on_text(pieces[0][1][0], parent):
            return
        if parent.local in HEADERS:
            self._header(pieces)
        text = "".join(text for text, _ in pieces)
        rule = rule_of_text(self.stack, text)
        context = context_of_text(self.stack)
        if rule is None:
            return
        if trace := trace_of_text(self.stack):
            slots = [replace(slot, trace=trace) for _, (slot,) in pieces]
            self.emit(tuple((slot.text, (slot,)) for slot in slots), Role.TRACE, context, "text")
            return
        if len(pieces) == 1 and rule is not Rule.FREE:
            old = pieces[0][1][0]
            shown = text if rule is Rule.EXPRESSION else expanded(text)
            slot = Slot(self.name, old.start, old.end, shown, old.escape, rule)
            pieces = ((shown, (slot,)),)
        if len(pieces) > 1:
            kept = rule if rule is Rule.FREE else Rule.FIXED
            whole = tuple((shown, (replace(slot, rule=kept),)) for shown, (slot,) in pieces)
            self.emit(whole, self.role, context, "text")
            return
        shown = pieces[0][0]
        group = group_of_text(self.stack, text, shown, rule)
        self.share(group, pieces[0], self.role, context)

    def _header(self, pieces: tuple[Piece, ...]) -> None:
        """A page header without its codes."""
        found: list[Piece] = []
        for _, (old,) in pieces:
            for start, end, between in header_texts(self.source.text[old.start : old.end]):
                slot = self.slot(old.start + start, old.start + end, old.escape)
                found += [(between, ()), (slot.text, (slot,))]
        if found:
            self.emit(tuple(found), self.role, place="header")

    def _attributes(self, tag: Tag, at: int) -> None:
        found = self._verdicts.get(tag)
        if found is None:
            found = self._verdicts[tag] = self.verdicts(tag)
            self._note_foreign(tag, at)
        for attribute, rule, own in found:
            start, end = at + attribute.start, at + attribute.end
            raw = self.source.text[start:end]
            shown = decode(raw, self.attribute_escape)
            if rule is Rule.NUMBER:
                shown = expanded(shown)
            slot = Slot(self.name, start, end, shown, self.attribute_escape, rule, tag=tag.raw)
            if trace := trace_of(tag, attribute.local):
                slot = replace(slot, trace=trace)
                self._shared.add(
                    f"@{trace}={shown}", (shown, (slot,)), Role.TRACE, (attribute.local,)
                )
                continue
            name = tag.get("name") if attribute.local in {"val", "value"} else ""
            group = f"@{attribute.local}" + (f"={shown}" if own else "")
            context: tuple[str, ...] = (attribute.local,)
            if name:
                context = (name, *context)
            if attribute.local in {"val", "value", "name"} or tag.local == "label":
                context += (tag.local,)
            self.share(group, (shown, (slot,)), Role.METADATA, context)
            if "_" in shown and (rule is Rule.IDENTIFIER or tag.local == "bookmarkStart"):
                # Names may not have spaces, so Emily Carter's is Emily_Carter.
                spaced = shown.replace("_", " ")
                self.share(f"@{spaced}", (spaced, (slot,)), Role.METADATA, context)
            if rule is Rule.URI and "%" in raw:
                self._unquoted(start, end, tag, context)

    def _unquoted(self, start: int, end: int, tag: Tag, context: tuple[str, ...]) -> None:
        text = decode(self.source.text[start:end], Escape.PERCENT)
        slot = Slot(self.name, start, end, text, Escape.PERCENT, Rule.URI, tag=tag.raw)
        self.share(f"%{text}", (text, (slot,)), Role.METADATA, context)

    def _note_foreign(self, tag: Tag, at: int) -> None:
        """Names that no Office schema has: addresses of namespaces, elements, attributes."""
        names = [a.value for a in tag.declared if a.value and not is_known(a.value)]
        if not is_known(tag.namespace):
            names.append(tag.local)
            names += [attribute.local for attribute in tag.attributes]
        for name in names:
            if tag.namespace or name not in HTML:
                self._foreign.setdefault(name, at)

    def _finish(self) -> None:
        for segment, pieces in self._shared.passages(self.role):
            self.emit(pieces, *segment)
        names: list[Piece] = [
            (name, (Slot(self.name, at, at, name, Escape.LITERAL, Rule.FIXED),))
            for name, at in self._foreign.items()
        ]
        for some in batched(names, SHARED_AT_MOST, strict=False):
            self.emit(beside(some), Role.KEY, place="names")
