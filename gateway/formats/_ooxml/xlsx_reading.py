"""Workbooks read: shared strings, cells with their headers and labels, formulas.

A cell's value stands in up to three places (the shared string, the cached value, the formula),
and its meaning in others: the first text of its column and the label to its left. Values are
shown as an unformatted cell shows them; number formats are not applied yet.

Source: ECMA-376-1 §18.3.1.4 (c), §18.3.1.40 (f), §18.4 (shared strings).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gateway.formats._ooxml.package import Part, reader_of
from gateway.formats._ooxml.paragraph import Paragraph
from gateway.formats._ooxml.part import PartReader, expanded
from gateway.formats._ooxml.text import Passage, Piece, Rule, Slot
from gateway.formats._ooxml.xml import Kind, Tag
from gateway.model import Role

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LONG = re.compile(r"[0-9]{7}")
_PLAIN_FORMULA = re.compile(r"[A-Z0-9$:;,.()+\-*/^&<>=% ]{1,200}")
# String constants that are put together: ="138"&"12345678".
_JOINED = re.compile(r'"(?:[^"]|"")*"(?:\s*&amp;\s*"(?:[^"]|"")*")+')
_CONSTANT = re.compile(r'"((?:[^"]|"")*)"')
_ERROR = re.compile(r"#[A-Z/0!?_]{2,14}")
_LABEL_LENGTH = 80
_CONTEXTS = 4


@dataclass(slots=True)
class Cell:
    """One cell of a sheet, as far as an edit may need it."""

    row: int
    column: int
    tag: Tag
    at: int
    value: Slot | None = None
    formula: tuple[int, int] | None = None
    formula_tag: Tag | None = None
    formula_text: Slot | None = None


@dataclass(slots=True)
class Workbook:
    """What the parts of a workbook know of one another.

    Args:
        cells: the cell of each slot that is a cell's value or formula.
        shared: formulas by sheet and group number (``f`` with ``t="shared"``).
        strings: the shared strings, in order.
        contexts: headers and labels of the cells that use a shared string.
    """

    cells: dict[Slot, Cell] = field(default_factory=dict)
    shared: dict[tuple[str, str], list[Cell]] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list, repr=False)
    contexts: dict[int, list[str]] = field(default_factory=dict, repr=False)

    def read(self, parts: Sequence[Part], names: frozenset[str]) -> list[Passage]:
        """All passages of all parts; shared strings come first."""
        tables = [part for part in parts if part.root == "sst"]
        strings: list[tuple[int, Passage]] = []
        for part in tables:
            strings += _StringsReader(part, self).read_indexed()
        rest: list[Passage] = []
        for part in parts:
            if part.root == "worksheet":
                rest += SheetReader(part, self).read()
            elif part not in tables:
                rest += reader_of(part, names).read()
        return [self._placed(index, passage) for index, passage in strings] + rest

    def _placed(self, index: int, passage: Passage) -> Passage:
        context = tuple(self.contexts.get(index, ()))
        segment = passage.segment
        return replace(passage, segment=replace(segment, context=segment.context + context))


class _StringsReader(PartReader):
    """The shared strings, used or not."""

    def __init__(self, part: Part, workbook: Workbook) -> None:
        super().__init__(part.name, part.address, part.role, part.source, xstrings=True)
        self._workbook = workbook
        self._indexes: list[int] = []

    def read_indexed(self) -> list[tuple[int, Passage]]:
        """Passages with the number of the shared string that they belong to."""
        passages = self.read()
        self._indexes += [-1] * (len(passages) - len(self._indexes))
        return list(zip(self._indexes, passages, strict=True))

    def on_paragraph(self, paragraph: Paragraph) -> None:
        """One ``si`` has ended."""
        strings = self._workbook.strings
        self._indexes += [len(strings)] * (len(self.passages) - len(self._indexes))
        views = paragraph.views()
        strings.append("".join(text for text, _ in views[-1]) if views else "")

    def on_close(self, tag: Tag, at: int) -> None:
        """An ``si`` without content still counts."""
        del at
        if tag.kind is Kind.EMPTY and tag.local == "si":
            self._workbook.strings.append("")


class SheetReader(PartReader):
    """A worksheet."""

    def __init__(self, part: Part, workbook: Workbook) -> None:
        super().__init__(part.name, part.address, part.role, part.source, xstrings=True)
        self._workbook = workbook
        self._heads: dict[int, str] = {}
        self._left = ""
        self._row = self._column = 0
        self._cell: Cell | None = None
        self._seen = ""

    def on_open(self, tag: Tag, at: int) -> None:
        """Rows and cells are counted, since their references are optional."""
        if tag.local == "row":
            number = tag.get("r")
            self._row = int(number) if re.fullmatch("[0-9]{1,7}", number) else self._row + 1
            self._column, self._left = 0, ""
        elif tag.local == "c" and len(self.stack) > 1 and self.stack[-2].local == "row":
            match = _REFERENCE.fullmatch(tag.get("r"))
            self._column = _column(match[1]) if match else self._column + 1
            self._cell = Cell(self._row, self._column, tag, at) if tag.kind is Kind.START else None
            self._seen = ""
        elif tag.local == "f" and self._cell:
            self._cell.formula = (at, at + len(tag.raw))
            self._cell.formula_tag = tag
            if tag.get("t") == "shared":
                key = self.name, tag.get("si")
                self._workbook.shared.setdefault(key, []).append(self._cell)

    def on_close(self, tag: Tag, at: int) -> None:
        """A formula's end is noted; a cell is complete."""
        cell = self._cell
        if cell is None:
            return
        if tag.local == "f" and tag.kind is Kind.END and cell.formula:
            cell.formula = (cell.formula[0], at + len(tag.raw))
        elif tag.local == "c":
            if self._seen:
                self._heads.setdefault(cell.column, self._seen)
                self._left = self._seen
            self._cell = None

    def on_paragraph(self, paragraph: Paragraph) -> None:
        """An inline string has ended."""
        views = paragraph.views()
        if views:
            self._seen = "".join(text for text, _ in views[-1])[:_LABEL_LENGTH]

    def context(self) -> tuple[str, ...]:
        """The first text of the column, and the nearest text to the left."""
        if self._cell is None:
            return super().context()
        head = self._heads.get(self._cell.column, "")
        return tuple(text for text in (head, self._left) if text)

    def on_text(self, slot: Slot, parent: Tag) -> bool:
        """The value and the formula of a cell."""
        cell = self._cell
        if cell is None or parent.local not in {"v", "f"}:
            return False
        if parent.local == "f":
            self._formula(cell, slot)
        elif cell.tag.get("t", "n") == "s":
            self._shared_string(slot)
        else:
            self._value(cell, slot)
        return True

    def _formula(self, cell: Cell, old: Slot) -> None:
        slot = replace(old, rule=Rule.FORMULA, space_at=-1)
        cell.formula_text = slot
        self._workbook.cells[slot] = cell
        if _PLAIN_FORMULA.fullmatch(slot.text) and not _LONG.search(slot.text):
            self.share("formulas", (slot.text, (slot,)), Role.HIDDEN)
        else:
            self.emit(((slot.text, (slot,)),), Role.HIDDEN, self.context(), "formula")
            self._joined(cell, slot)

    def _joined(self, cell: Cell, whole: Slot) -> None:
        """What constants of a formula spell together, which nobody may have calculated yet."""
        for chain in _JOINED.finditer(self.source.text, whole.start, whole.end):
            pieces: list[Piece] = []
            for constant in _CONSTANT.finditer(self.source.text, *chain.span()):
                slot = self.slot(*constant.span(1), whole.escape, Rule.CONSTANT)
                self._workbook.cells[slot] = cell
                pieces.append((slot.text, (slot,)))
            self.emit(tuple(pieces), Role.HIDDEN, self.context(), "formula")

    def _shared_string(self, slot: Slot) -> None:
        workbook = self._workbook
        number = slot.text.strip()
        index = int(number) if re.fullmatch("[0-9]{1,9}", number) else -1
        if not 0 <= index < len(workbook.strings):
            fixed = replace(slot, rule=Rule.FIXED)
            self.emit(((slot.text, (fixed,)),), Role.HIDDEN, place="index")
            return
        known = workbook.contexts.setdefault(index, [])
        known += [text for text in self.context() if text not in known][: _CONTEXTS - len(known)]
        self._seen = workbook.strings[index][:_LABEL_LENGTH].strip()

    def _value(self, cell: Cell, old: Slot) -> None:
        kind = cell.tag.get("t", "n")
        text = old.text
        if (kind == "b" and text in {"0", "1"}) or (kind == "e" and _ERROR.fullmatch(text)):
            return
        shown = expanded(text) if kind == "n" else text
        slot = replace(old, text=shown, rule=Rule.CELL, space_at=-1)
        cell.value = slot
        self._workbook.cells[slot] = cell
        place = f"{_letters(cell.column)}{cell.row}"
        if kind == "n" and not _LONG.search(shown.partition(".")[0]):
            head = self._heads.get(cell.column, "")
            group = f"column {cell.column}"
            self.share(group, (shown, (slot,)), Role.BODY, (head,) if head else ())
            return
        self.emit(((shown, (slot,)),), self.role, self.context(), place)
        if kind == "str":
            self._seen = shown[:_LABEL_LENGTH].strip()


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
