"""A worksheet read: cells by column and row, formulas beside their values.

Source: ECMA-376-1 §18.3.1.4 (c), §18.3.1.40 (f), §18.17 (formula grammar).
"""

from __future__ import annotations

import re

from gateway.formats._ooxml.package import Part
from gateway.formats._ooxml.paragraph import Paragraph
from gateway.formats._ooxml.part import Verdicts
from gateway.formats._ooxml.text import Escape, Piece, Rule, Slot
from gateway.formats._ooxml.xlsx_book import (
    Cell,
    CellSlot,
    Workbook,
    column_letters,
    column_number,
    decoded,
)
from gateway.formats._ooxml.xlsx_lean import LeanReader
from gateway.formats._ooxml.xlsx_parts import phonetics, refined
from gateway.formats._ooxml.xlsx_values import LONG, Values
from gateway.formats._ooxml.xml import Kind, Tag
from gateway.model import Role

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PLAIN_FORMULA = re.compile(r"[A-Z0-9$:;,.()+\-*/^&<>=% ]{1,200}")
# String constants that are put together: ="138"&"12345678", CONCAT("138","12345678").
_JOINED = re.compile(r'"(?:[^"]|"")*"(?:\s*(?:&amp;|,)\s*"(?:[^"]|"")*")+')
_CONSTANT = re.compile(r'"((?:[^"]|"")*)"')


class SheetReader(LeanReader):
    """A worksheet, or a sheet of macros, which is made alike."""

    def __init__(self, part: Part, workbook: Workbook) -> None:
        super().__init__(part)
        self._workbook = workbook
        self._header_rows = workbook.header_rows.get(self.name, set())
        self._values = Values(self.name, self.address, workbook, self.share)
        self._row = self._column = 0
        self._cell: Cell | None = None
        self._tag: Tag | None = None

    def finish(self) -> None:
        """The values of all cells."""
        self._values.finish(
            lambda pieces, context, place, column: self.emit(
                pieces, self.role, context, place, column
            )
        )

    def verdicts(self, tag: Tag) -> Verdicts:
        """Some attributes are names."""
        return refined(tag, super().verdicts(tag))

    # Cells of the common shape.

    def on_item(self, match: re.Match[str]) -> None:
        """A row begins, or a whole cell."""
        column, line, style, kind, inside, formula, value = match.group(
            "column", "line", "style", "kind", "inside", "formula", "value"
        )
        if column is None:
            self._new_row(match["number"] or "")
            return
        self._column = column_number(column)
        if inside is None:
            return
        cell = Cell(self.name, int(line), self._column, match.start(), match.end("inside"))
        cell.end = match.end()
        self._note(cell)
        if formula:
            cell.formula = match.span("formula")
            if match["group"] == "shared":
                self._join(cell, match["index"] or "")
            if calculation := match["calculation"]:
                self._formula(cell, *match.span("calculation"), calculation)
        if value is not None:
            if (kind or "n") == "s":
                self._index(cell, *match.span("value"), value)
            else:
                self._values.value(cell, kind or "n", *match.span("value"), value, style or "")
        elif match["text"] is not None:
            start, end = match.span("text")
            space_at = -1 if match["kept"] else start - 1
            self._values.string(cell, start, end, decoded(match["text"]), Rule.FREE, space_at)

    # All others.

    def on_open(self, tag: Tag, at: int) -> None:
        """Rows and cells are counted, since their references are optional."""
        super().on_open(tag, at)
        if tag.local == "row":
            self._new_row(tag.get("r"))
        elif (
            tag.local == "c"
            and len(self.stack) > 1
            and self.stack[-2].local in {"row", "sheetData"}
        ):
            match = _REFERENCE.fullmatch(tag.get("r"))
            self._column = column_number(match[1]) if match else self._column + 1
            self._tag = tag
            self._cell = (
                Cell(self.name, self._row, self._column, at, at + len(tag.raw))
                if tag.kind is Kind.START
                else None
            )
        elif tag.local == "f" and self._cell:
            self._cell.formula = (at, at + len(tag.raw))
            if tag.get("t") == "shared":
                self._join(self._cell, tag.get("si"))

    def on_close(self, tag: Tag, at: int) -> None:
        """A formula's end is noted; a cell is complete."""
        super().on_close(tag, at)
        cell = self._cell
        if cell is None:
            return
        if tag.local == "f" and tag.kind is Kind.END and cell.formula:
            cell.formula = (cell.formula[0], at + len(tag.raw))
        elif tag.local == "c":
            cell.end = at + len(tag.raw)
            self._note(cell)
            self._cell = None

    def on_paragraph(self, paragraph: Paragraph) -> None:
        """An inline string has ended."""
        views = paragraph.views()
        if pieces := phonetics(paragraph):
            self.emit(pieces, self.role, (), "phonetic")
        if views and self._cell:
            self._values.seen(self._column, "".join(text for text, _ in views[-1]))

    def context(self) -> tuple[str, ...]:
        """The first text of the column, and the nearest text to the left."""
        return self._values.context(self._column) if self._cell else super().context()

    def column(self) -> str:
        """The letters of the column."""
        return column_letters(self._column) if self._cell else super().column()

    def on_text(self, slot: Slot, parent: Tag) -> bool:
        """The value and the formula of a cell."""
        cell = self._cell
        if cell is None or parent.local not in {"v", "f"}:
            return False
        raw = self.source.text[slot.start : slot.end]
        if slot.escape is Escape.LITERAL:  # a CDATA section, where no escape counts
            self._literal(cell, slot, parent)
        elif parent.local == "f":
            self._formula(cell, slot.start, slot.end, raw)
        elif self._kind() == "s":
            self._index(cell, slot.start, slot.end, raw)
        else:
            style = self._tag.get("s") if self._tag else ""
            self._values.value(
                cell, self._kind(), slot.start, slot.end, raw, style if style.isdecimal() else ""
            )
        return True

    def _kind(self) -> str:
        return self._tag.get("t", "n") if self._tag else "n"

    def _literal(self, cell: Cell, slot: Slot, parent: Tag) -> None:
        rule = Rule.FORMULA if parent.local == "f" else Rule.CELL
        whole = self._slot(slot.start, slot.end, slot.text, rule, cell, slot.escape)
        self.emit(((slot.text, (whole,)),), self.role, self.context(), "text", self.column())

    def _new_row(self, number: str) -> None:
        self._row = int(number) if re.fullmatch("[0-9]{1,7}", number) else self._row + 1
        self._column = 0
        self._values.new_row()

    def _note(self, cell: Cell) -> None:
        """A table may need its header cell."""
        if cell.row in self._header_rows:
            self._workbook.headers[self.name, cell.row, cell.column] = cell

    def _join(self, cell: Cell, group: str) -> None:
        cell.group = group
        self._workbook.shared.setdefault((self.name, group), []).append(cell)

    def _index(self, cell: Cell, start: int, end: int, raw: str) -> None:
        number = raw.strip()
        index = int(number) if re.fullmatch("[0-9]{1,9}", number) else -1
        if 0 <= index < len(self._workbook.strings):
            self._values.shared_string(cell.column, index)
            return
        fixed = Slot(self.name, start, end, decoded(raw), Escape.XSTRING, Rule.FIXED)
        self.emit(((fixed.text, (fixed,)),), Role.HIDDEN, place="index")

    def _formula(self, cell: Cell, start: int, end: int, raw: str) -> None:
        text = decoded(raw)
        slot = self._slot(start, end, text, Rule.FORMULA, cell)
        if _PLAIN_FORMULA.fullmatch(text) and not LONG.search(text):
            self.share("formulas", (text, (slot,)), Role.HIDDEN)
            return
        place = f"{column_letters(cell.column)}{cell.row}/formula"
        context = self._values.context(cell.column)
        self.emit(((text, (slot,)),), Role.HIDDEN, context, place)
        # What constants of a formula spell together, which nobody may have calculated yet.
        for chain in _JOINED.finditer(self.source.text, start, end):
            pieces: list[Piece] = []
            for constant in _CONSTANT.finditer(self.source.text, *chain.span()):
                part = self._slot(*constant.span(1), decoded(constant[1]), Rule.CONSTANT, cell)
                pieces.append((part.text, (part,)))
            self.emit(tuple(pieces), Role.HIDDEN, context, place)

    def _slot(
        self,
        start: int,
        end: int,
        text: str,
        rule: Rule,
        cell: Cell,
        escape: Escape = Escape.XSTRING,
    ) -> CellSlot:
        return CellSlot(self.name, start, end, text, escape, rule, cell=cell)
