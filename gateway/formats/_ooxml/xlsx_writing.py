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

from gateway.formats._ooxml.plan import Plan
from gateway.formats._ooxml.text import (
    Dealt,
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
from gateway.formats._ooxml.xlsx_book import Cell, CellSlot, ColumnSlot, Workbook
from gateway.formats._ooxml.xlsx_formulas import identifier, only_in_literals, renamed, sheet_name
from gateway.formats._ooxml.xlsx_styles import LiteralSlot, quoted_literal
from gateway.formats._ooxml.xlsx_tables import rename_columns

_NAMES = frozenset({Rule.SHEET, Rule.SHEET_REFERENCE, Rule.IDENTIFIER})
_FORMULAS = frozenset({Rule.EXPRESSION, Rule.FORMULA})
_TYPE = re.compile(r"""\s(?:t|cm|vm)=(?:"[^"]*"|'[^']*')""")


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
        cells: dict[int, list[tuple[CellSlot, list[Range]]]] = {}
        for slot, ranges in self.dealt.items():
            if isinstance(slot, CellSlot) and slot.cell and slot.rule is Rule.CELL:
                cells.setdefault(id(slot.cell), []).append((slot, ranges))
            elif isinstance(slot, CellSlot) and slot.cell and slot.rule is Rule.CONSTANT:
                self._drop_formula(slot.cell)
            elif isinstance(slot, LiteralSlot):
                new = quoted_literal(replaced(slot.text, ranges))
                text = encode(new, slot.escape, slot.rule)
                self.plan.add(slot.part, [(slot.start, slot.end, text)])
            elif slot.rule not in _NAMES | _FORMULAS and not isinstance(slot, ColumnSlot):
                changes = basic_changes(self.sources[slot.part], slot, ranges)
                self.plan.add(slot.part, changes)
        for ways in cells.values():
            self._cell(*min(ways, key=_left_over))
        self._formulas()
        rename_columns(self.workbook, self.sources, self.dealt, self.plan)
        if self.gone:
            chains = {name for name in self.sources if name.lower().endswith("/calcchain.xml")}
            self.plan.dropped |= chains

    def _formulas(self) -> None:
        """Formulas of cells go if more than a name in them is edited; others are rewritten."""
        formulas = self._slots(_FORMULAS)
        for slot in formulas:
            if isinstance(slot, CellSlot) and slot.cell and self._beyond_names(slot):
                self._drop_formula(slot.cell)
        for slot in formulas:
            self._rewrite_formula(slot)

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
            old = _name(slot)
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
            new = table.get(_name(slot))
            if new is not None:
                text = encode(new, slot.escape, slot.rule)
                self.plan.add(slot.part, [(slot.start, slot.end, text)])

    def _taken(self, rule: Rule, new: dict[str, str]) -> set[str]:
        pieces = (piece for passage in self.passages for piece in passage.pieces)
        old = {slot.text for _, slots in pieces for slot in slots if slot.rule is rule}
        return old | set(new.values())

    def _cell(self, slot: CellSlot, ranges: list[Range]) -> None:
        cell = slot.cell
        assert cell is not None
        text = encode(replaced(slot.text, ranges), slot.escape, slot.rule)
        tag = self.sources[slot.part][cell.at : cell.opened]
        tag = _TYPE.sub("", tag)
        self.plan.add(
            slot.part,
            [(slot.start, slot.end, text), (cell.at, cell.opened, tag[:-1] + ' t="str">')],
        )
        self._drop_formula(cell)

    def _drop_formula(self, cell: Cell) -> None:
        if cell.formula is None or id(cell) in self.gone:
            return
        self.gone.add(id(cell))
        self.plan.add(cell.part, [(*cell.formula, "")])
        for other in self.workbook.shared.get((cell.part, cell.group), ()) if cell.group else ():
            self._drop_formula(other)

    def _beyond_names(self, slot: Slot) -> list[Range]:
        """The edits of a formula that are not done by renaming."""
        names = list(renamed(slot.text, self.sheets, self.names))
        edits = self.dealt.get(slot, [])
        return [edit for edit in edits if not any(_within(edit, name) for name in names)]

    def _rewrite_formula(self, slot: Slot) -> None:
        moved = list(renamed(slot.text, self.sheets, self.names))
        left = self._beyond_names(slot)
        dropped = isinstance(slot, CellSlot) and id(slot.cell) in self.gone
        if dropped or not (left or moved):
            return
        source = self.sources[slot.part]
        if only_in_literals(slot.text, left):
            kept = [(start, end, new.replace('"', '""')) for start, end, new in left]
            self.plan.add(slot.part, raw_ranges(source, slot, united(kept + moved)))
        else:
            self.plan.add(slot.part, basic_changes(source, slot, united(left + moved)))


def _name(slot: Slot) -> str:
    """A name as a key; Emily_Carter is also read as Emily Carter."""
    text = slot.text.casefold()
    return text.replace(" ", "_") if slot.rule is Rule.IDENTIFIER else text


def _left_over(entry: tuple[CellSlot, list[Range]]) -> int:
    """How much of one way to read a cell its edits leave; the way that shows least is written."""
    slot, ranges = entry
    return len(slot.text) - sum(end - start for start, end, _ in ranges)


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
