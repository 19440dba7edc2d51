"""Workbooks read: which reader each part gets, and shared strings with what stands near them.

Source: ECMA-376-1 §18.4 (shared strings), §12.3 (parts of a workbook).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gateway.formats._ooxml.package import Part, reader_of
from gateway.formats._ooxml.paragraph import Paragraph
from gateway.formats._ooxml.part import PartReader
from gateway.formats._ooxml.text import Escape, Passage, Slot
from gateway.formats._ooxml.xlsx_book import Workbook, decoded
from gateway.formats._ooxml.xlsx_lean import LeanReader
from gateway.formats._ooxml.xlsx_parts import BookPartReader, phonetics
from gateway.formats._ooxml.xlsx_sheet import SheetReader
from gateway.formats._ooxml.xlsx_styles import StylesReader, styles_of
from gateway.formats._ooxml.xlsx_tables import ColumnsReader, note_tables
from gateway.formats._ooxml.xml import Kind, Tag

_SHEETS = frozenset({"worksheet", "macrosheet"})


def read_workbook(
    workbook: Workbook, parts: Sequence[Part], names: frozenset[str]
) -> list[Passage]:
    """All passages of all parts; shared strings come first.

    Args:
        workbook: is filled with what an edit needs to know.
        parts: the XML parts of the package.
        names: the names of all parts, in lower case.
    """
    workbook.styles = styles_of(parts)
    note_tables(workbook, parts)
    roots = {part.name: part.root for part in parts}
    strings: list[tuple[int, Passage]] = []
    for part in parts:
        if roots[part.name] == "sst":
            strings += _StringsReader(part, workbook).read_indexed()
    rest: list[Passage] = []
    for part in parts:
        root = roots[part.name]
        if root in _SHEETS:
            rest += SheetReader(part, workbook).read()
        elif root != "sst":
            rest += _reader_of(part, root, workbook, names).read()
    return [_placed(workbook, index, passage) for index, passage in strings] + rest


def _reader_of(part: Part, root: str, workbook: Workbook, names: frozenset[str]) -> PartReader:
    if not part.name.startswith("xl/") or part.name.endswith(".rels"):
        return reader_of(part, names)
    if root in {"table", "pivotCacheDefinition"}:
        return ColumnsReader(part, workbook)
    return StylesReader(part) if root == "styleSheet" else BookPartReader(part)


def _placed(workbook: Workbook, index: int, passage: Passage) -> Passage:
    segment = passage.segment
    context = (*segment.context, *workbook.contexts.get(index, ()))
    column = workbook.places.get(index, "")
    return replace(passage, segment=replace(segment, context=context, column=column))


class _StringsReader(LeanReader):
    """The shared strings, used or not."""

    def __init__(self, part: Part, workbook: Workbook) -> None:
        super().__init__(part)
        self._workbook = workbook
        self._indexes: list[int] = []

    def read_indexed(self) -> list[tuple[int, Passage]]:
        """Passages with the number of the shared string that they belong to."""
        passages = self.read()
        self._indexes += [-1] * (len(passages) - len(self._indexes))
        return list(zip(self._indexes, passages, strict=True))

    def on_item(self, match: re.Match[str]) -> None:
        """One ``si`` without runs."""
        start, end = match.span("text")
        text = decoded(match["text"])
        if text and not text.isspace():
            space_at = -1 if match["kept"] else start - 1
            slot = Slot(self.name, start, end, text, Escape.XSTRING, space_at=space_at)
            self.emit(((text, (slot,)),), self.role, (), f"si[{len(self._workbook.strings) + 1}]")
        self._ended(text)

    def on_paragraph(self, paragraph: Paragraph) -> None:
        """Any other ``si`` has ended."""
        views = paragraph.views()
        if pieces := phonetics(paragraph):
            self.emit(pieces, self.role, (), "phonetic")
        self._ended("".join(text for text, _ in views[-1]) if views else "")

    def on_close(self, tag: Tag, at: int) -> None:
        """An ``si`` without content still counts."""
        super().on_close(tag, at)
        if tag.kind is Kind.EMPTY and tag.local == "si":
            self._ended("")

    def _ended(self, text: str) -> None:
        strings = self._workbook.strings
        self._indexes += [len(strings)] * (len(self.passages) - len(self._indexes))
        strings.append(text)
