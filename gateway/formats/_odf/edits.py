"""OpenDocument files edited so that they stay what they are.

* A cell or field whose value is a number, date or truth value becomes a string when the value or
  the text that shows it is edited; its formula goes, for it would bring the value back. So does
  a formula that is edited itself.
* Sheets, named ranges and styles keep the characters they may have, stay unique, and are renamed
  wherever they are mentioned.

Source: OASIS OpenDocument 1.3, part 3, §9.1.4 (cells), §19.385 (value types), §19.642 (formula).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.errors import CannotEdit
from gateway.formats._odf.names import range_name, renamed, sheet_name, within_constants
from gateway.formats._odf.reading import Name, Reading, Typed, attribute_span
from gateway.formats._odf.vocabulary import FORMULAS, TYPED, style_name
from gateway.formats._ooxml.text import (
    Escape,
    Range,
    Rule,
    Slot,
    basic_changes,
    encode,
    raw_ranges,
    replaced,
    united,
)

_WITH_FORMULA = FORMULAS | {"number-matrix-columns-spanned", "number-matrix-rows-spanned"}

type Dealt = dict[Slot, list[Range]]
type Changes = dict[str, list[Range]]


def changes_of(reading: Reading, sources: Mapping[str, str], dealt: Dealt) -> Changes:
    """The changes of each part's source that make the edits of slots.

    Raises:
        CannotEdit: an edit stands where only structure may.
    """
    return _Edit(reading, sources, dict(dealt)).run()


@dataclass(slots=True)
class _Edit:
    """One application of edits."""

    reading: Reading
    sources: Mapping[str, str] = field(repr=False)
    dealt: Dealt = field(repr=False)
    changes: Changes = field(default_factory=dict, repr=False)
    new_names: dict[Name, dict[str, str]] = field(default_factory=dict, repr=False)
    gone: set[Slot] = field(default_factory=set, repr=False)

    def run(self) -> Changes:
        self._unite_spellings()
        self._rename()
        for typed in self._typed_ones():
            self._retype(typed)
        for slot in self._mentioning():
            self._rewrite(slot)
        for slot, ranges in self.dealt.items():
            self._write(slot, ranges)
        return self.changes

    def _add(self, part: str, changes: Sequence[Range]) -> None:
        self.changes.setdefault(part, []).extend(changes)

    def _unite_spellings(self) -> None:
        """An edit of another spelling of a slot replaces the slot's text as a whole."""
        for other in [slot for slot in self.dealt if slot in self.reading.respelt]:
            ranges = self.dealt.pop(other)
            slot = self.reading.respelt[other]
            if slot not in self.dealt:
                self.dealt[slot] = [(0, len(slot.text), replaced(other.text, ranges))]

    # Names.

    def _rename(self) -> None:
        names = self.reading.names
        for kind in Name:
            table = self.new_names[kind] = {}
            own = [slot for slot in names if names[slot] is kind]
            edited = [slot for slot in own if slot in self.dealt]
            if not edited:
                continue
            taken = {slot.text for slot in own}
            for slot in edited:
                ranges = self.dealt.pop(slot)
                if slot.text.casefold() not in table:
                    new = _named(kind, replaced(slot.text, ranges), taken)
                    table[slot.text.casefold()] = new
                    taken.add(new)
            for slot in own:
                if (name := table.get(slot.text.casefold())) is not None:
                    written = style_name(name) if kind is Name.STYLE else name
                    text = encode(written, slot.escape, Rule.FREE)
                    self._add(slot.part, [(slot.start, slot.end, text)])

    def _places(self, slot: Slot) -> list[Range]:
        """Where a formula or address mentions a name that is new."""
        sheets, ranges = self.new_names[Name.SHEET], self.new_names[Name.RANGE]
        return list(renamed(slot.text, sheets, ranges)) if sheets or ranges else []

    def _beyond_names(self, slot: Slot) -> list[Range]:
        """The edits of a slot that renaming does not make."""
        places = self._places(slot)
        return [
            (start, end, new)
            for start, end, new in self.dealt.get(slot, ())
            if not any(a <= start and end <= b for a, b, _ in places)
        ]

    def _mentioning(self) -> list[Slot]:
        """Formulas and addresses to look at: all if something was renamed."""
        every = (*self.reading.formulas, *self.reading.expressions)
        if self.new_names[Name.SHEET] or self.new_names[Name.RANGE]:
            return list(every)
        return [slot for slot in every if slot in self.dealt]

    def _rewrite(self, slot: Slot) -> None:
        moved, left = self._places(slot), self._beyond_names(slot)
        self.dealt.pop(slot, None)
        if slot in self.gone or not (moved or left):
            return
        if within_constants(slot.text, left):
            left = [(start, end, new.replace('"', '""')) for start, end, new in left]
        else:
            left = [(start, end, new.translate(_QUOTES)) for start, end, new in left]
        source = self.sources[slot.part]
        self._add(slot.part, raw_ranges(source, slot, united([*moved, *left])))

    # Typed values.

    def _typed_ones(self) -> list[Typed]:
        """Elements whose value, formula or shown text is edited."""
        found = {
            typed: None
            for slot in self.dealt
            if (typed := self.reading.typed.get(slot))
            and (slot not in self.reading.formulas or self._beyond_names(slot))
        }
        return list(found)

    def _retype(self, typed: Typed) -> None:
        """Make the value a string if it is none, and drop its formula."""
        values = [
            slot
            for slot in self.reading.values.get(typed, ())
            if slot in self.dealt and slot not in self.reading.formulas
        ]
        gone = _WITH_FORMULA if typed.is_string else _WITH_FORMULA | TYPED
        spans = [
            attribute_span(typed.at, typed.tag, attribute)
            for attribute in typed.tag.attributes
            if attribute.local in gone
        ]
        for slot in self.reading.values.get(typed, ()):
            if slot in self.reading.formulas:
                self.gone.add(slot)
        if typed.is_string:
            self._add(typed.part, [(*span, "") for span in spans])
            return
        text = "".join(replaced(slot.text, self.dealt[slot]) for slot in values[:1])
        for slot in values:
            self.dealt.pop(slot)
        kept = ""
        if values and not typed.shown:
            prefix = _prefix(typed)
            kept = f' {prefix}string-value="{encode(text, Escape.ATTRIBUTE, Rule.FREE)}"'
        elif values and not any(slot in self.dealt for slot in typed.shown):
            for number, slot in enumerate(typed.shown):
                self.dealt[slot] = [(0, len(slot.text), "" if number else text)]
        changes = [(*span, kept if not number else "") for number, span in enumerate(spans)]
        changes += [
            (typed.at + a.start, typed.at + a.end, "string")
            for a in typed.tag.attributes
            if a.local == "value-type"
        ]
        self._add(typed.part, changes)

    # All other slots.

    def _write(self, slot: Slot, ranges: list[Range]) -> None:
        removal = self.reading.removals.get(slot)
        if removal is not None and not replaced(slot.text, ranges):
            for part, change in removal:
                self._add(part, [change])
        elif slot in self.reading.spaces:
            self._add(
                slot.part, [(slot.start, slot.end, _spaced(slot, replaced(slot.text, ranges)))]
            )
        elif slot.rule is Rule.FIXED:
            raise CannotEdit("structure of the file")
        else:
            self._add(slot.part, basic_changes(self.sources[slot.part], slot, ranges))


_QUOTES = str.maketrans(dict.fromkeys("'\"", "_"))


def _named(kind: Name, text: str, taken: set[str]) -> str:
    if kind is Name.SHEET:
        return sheet_name(text, taken)
    if kind is Name.RANGE:
        return range_name(text, taken)
    number, new = 1, text
    while new in taken:
        number += 1
        new = f"{text} {number}"
    return new


def _prefix(typed: Typed) -> str:
    """The prefix that the element's value attributes have, with its colon."""
    for attribute in typed.tag.attributes:
        if attribute.local in TYPED:
            start, end = attribute_span(0, typed.tag, attribute)
            name = typed.tag.raw[start:end].partition("=")[0].strip()
            return name.rpartition(":")[0] + ":" if ":" in name else ""
    return ""


def _spaced(slot: Slot, text: str) -> str:
    """What stands in the place of an element of spaces."""
    prefix = slot.tag[1:].split()[0].rstrip("/").removesuffix("s")
    before = text[: len(text) - len(text.lstrip(" "))]
    rest = text[len(before) :]
    spaces = f'<{prefix}s {prefix}c="{len(before)}"/>' if before else ""
    return spaces + encode(rest, Escape.TEXT, Rule.FREE)
