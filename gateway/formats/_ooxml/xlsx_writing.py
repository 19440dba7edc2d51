"""Workbooks edited so that they stay workbooks.

* A number that gets text becomes a string cell, and its formula goes: it would bring the value
  back. So does a formula that is edited itself; its cached value stays as a typed value. With a
  shared formula its whole group goes, and with any formula the calculation chain, which would
  name cells that have none.
* Sheets and defined names keep the characters they may have, stay unique, and are renamed in all
  formulas that mention them.
* A formula outside cells (a defined name, a list for validation, a chart's reference) becomes a
  string constant, unless the edit lies in one already or only renames.

Source: ECMA-376-1 §18.3.1.4, §18.3.1.40, §18.6 (calculation chain), §18.2.5 (defined names).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.formats._ooxml.package import Dealt, Plan
from gateway.formats._ooxml.text import (
    Passage,
    Range,
    Rule,
    Slot,
    basic_changes,
    encode,
    raw_ranges,
    replaced,
    united,
)
from gateway.formats._ooxml.xlsx_formulas import identifier, only_in_literals, renamed, sheet_name
from gateway.formats._ooxml.xlsx_reading import Cell, Workbook

_NAMES = frozenset({Rule.SHEET, Rule.SHEET_REFERENCE, Rule.IDENTIFIER})
_FORMULAS = frozenset({Rule.EXPRESSION, Rule.FORMULA})


@dataclass(slots=True)
class _Edit:
    """One application of edits to a workbook."""

    workbook: Workbook
    sources: dict[str, str] = field(repr=False)
    passages: Sequence[Passage] = field(repr=False)
    dealt: Dealt = field(repr=False)
    plan: Plan
    sheets: dict[str, str] = field(default_factory=dict, repr=False)
    names: dict[str, str] = field(default_factory=dict, repr=False)
    gone: set[int] = field(default_factory=set)

    def run(self) -> None:
        self._rename()
        for slot, ranges in self.dealt.items():
            if slot.rule is Rule.CELL:
                self._cell(slot, ranges)
            elif slot.rule is Rule.CONSTANT:
                self._drop_formula(slot.part, self.workbook.cells[slot])
            elif slot.rule not in _NAMES | _FORMULAS:
                changes = basic_changes(self.sources[slot.part], slot, ranges)
                self.plan.add(slot.part, changes)
        formulas = self._slots(_FORMULAS)
        for slot in formulas:
            if slot.rule is Rule.FORMULA and self._beyond_names(slot):
                self._drop_formula(slot.part, self.workbook.cells[slot])
        for slot in formulas:
            self._rewrite_formula(slot)
        if self.gone:
            chains = {name for name in self.sources if name.lower().endswith("/calcchain.xml")}
            self.plan.dropped |= chains

    def _slots(self, rules: frozenset[Rule]) -> list[Slot]:
        """Slots with such a rule: all if something was renamed, else those with edits."""
        if not self.sheets and not self.names:
            return [slot for slot in self.dealt if slot.rule in rules]
        pieces = (piece for passage in self.passages for piece in passage.pieces)
        slots = (slot for _, slots in pieces for slot in slots if slot.rule in rules)
        return list(dict.fromkeys(slots))

    def _rename(self) -> None:
        """Decide new names, then write them wherever the old ones stand as names."""
        for slot, ranges in self.dealt.items():
            old = slot.text.casefold()
            if slot.rule in {Rule.SHEET, Rule.SHEET_REFERENCE} and old not in self.sheets:
                taken = self._taken(Rule.SHEET, self.sheets)
                self.sheets[old] = sheet_name(replaced(slot.text, ranges), taken)
            elif slot.rule is Rule.IDENTIFIER and old not in self.names:
                taken = self._taken(Rule.IDENTIFIER, self.names)
                self.names[old] = identifier(replaced(slot.text, ranges), taken)
        if not self.sheets and not self.names:
            return
        for slot in self._slots(_NAMES):
            table = self.names if slot.rule is Rule.IDENTIFIER else self.sheets
            new = table.get(slot.text.casefold())
            if new is not None:
                text = encode(new, slot.escape, slot.rule)
                self.plan.add(slot.part, [(slot.start, slot.end, text)])

    def _taken(self, rule: Rule, new: dict[str, str]) -> set[str]:
        pieces = (piece for passage in self.passages for piece in passage.pieces)
        old = {slot.text for _, slots in pieces for slot in slots if slot.rule is rule}
        return old | set(new.values())

    def _cell(self, slot: Slot, ranges: list[Range]) -> None:
        cell = self.workbook.cells[slot]
        text = encode(replaced(slot.text, ranges), slot.escape, slot.rule)
        tag = re.sub(r"""\s(?:t|cm|vm)=(?:"[^"]*"|'[^']*')""", "", cell.tag.raw)
        self.plan.add(
            slot.part,
            [
                (slot.start, slot.end, text),
                (cell.at, cell.at + len(cell.tag.raw), tag[:-1] + ' t="str">'),
            ],
        )
        self._drop_formula(slot.part, cell)

    def _drop_formula(self, part: str, cell: Cell) -> None:
        if cell.formula is None or cell.formula_tag is None or id(cell) in self.gone:
            return
        self.gone.add(id(cell))
        self.plan.add(part, [(*cell.formula, "")])
        if cell.formula_tag.get("t") == "shared" and cell.formula_text is not None:
            for other in self.workbook.shared[part, cell.formula_tag.get("si")]:
                self._drop_formula(part, other)

    def _beyond_names(self, slot: Slot) -> list[Range]:
        """The edits of a formula that are not done by renaming."""
        names = list(renamed(slot.text, self.sheets, self.names))
        edits = self.dealt.get(slot, [])
        return [edit for edit in edits if not any(_within(edit, name) for name in names)]

    def _rewrite_formula(self, slot: Slot) -> None:
        moved = list(renamed(slot.text, self.sheets, self.names))
        left = self._beyond_names(slot)
        dropped = slot.rule is Rule.FORMULA and id(self.workbook.cells[slot]) in self.gone
        if dropped or not (left or moved):
            return
        source = self.sources[slot.part]
        if only_in_literals(slot.text, left):
            kept = [(start, end, new.replace('"', '""')) for start, end, new in left]
            self.plan.add(slot.part, raw_ranges(source, slot, united(kept + moved)))
        else:
            self.plan.add(slot.part, basic_changes(source, slot, united(left + moved)))


def _within(edit: Range, name: Range) -> bool:
    return name[0] <= edit[0] and edit[1] <= name[1]


def plan_workbook(
    workbook: Workbook,
    sources: dict[str, str],
    passages: Sequence[Passage],
    dealt: Dealt,
    plan: Plan,
) -> None:
    """Fill the plan with what these edits mean for a workbook."""
    _Edit(workbook, sources, passages, dealt, plan).run()
