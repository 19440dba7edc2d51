"""The other parts of a workbook: attributes that are names, and tables.

Source: ECMA-376-1 §18.2.7 (consolidation), §18.5.1 (tables), §18.10.1 (pivot tables), [MS-XLSX]
§2.3.4 (slicers, timelines).
"""

from __future__ import annotations

from gateway.formats._ooxml.package import Part
from gateway.formats._ooxml.paragraph import MARKS, Paragraph
from gateway.formats._ooxml.part import PartReader, Verdicts
from gateway.formats._ooxml.text import Piece, Rule
from gateway.formats._ooxml.xml import Tag

# Names, beyond those that :mod:`attributes` knows.
_NAMES = {
    ("dataRef", "sheet"): Rule.SHEET_REFERENCE,
    ("rangeSet", "sheet"): Rule.SHEET_REFERENCE,
    ("dataRef", "name"): Rule.IDENTIFIER,
    ("rangeSet", "name"): Rule.IDENTIFIER,
    ("slicerCacheDefinition", "name"): Rule.IDENTIFIER,
    ("slicer", "cache"): Rule.IDENTIFIER,
    ("timelineCacheDefinition", "name"): Rule.IDENTIFIER,
    ("timeline", "cache"): Rule.IDENTIFIER,
}

_ROWS = ("headerRow", "data", "totalsRow")

# Free strings in attributes whose names mean something else elsewhere: captions of items in
# pivot tables and their caches, items of slicers, styles of a table's cells, ids of schemas.
_STRINGS = frozenset(
    {
        *(("item", "n"), ("i", "n"), ("i", "c"), ("selection", "n"), ("n", "c"), ("s", "c")),
        *(("d", "c"), ("b", "c"), ("e", "c"), ("m", "c"), ("main", "first"), ("undo", "dn")),
        *((tag, f"{rows}CellStyle") for tag in ("table", "tableColumn") for rows in _ROWS),
        *(("Schema", "ID"), ("Map", "SchemaID"), ("ddeItem", "name"), ("cellSmartTagPr", "val")),
    }
)


def refined(tag: Tag, found: Verdicts) -> Verdicts:
    """Judgements of attributes, with what workbooks know better."""
    result = [
        (attribute, _NAMES.get((tag.local, attribute.local), rule), own)
        for attribute, rule, own in found
    ]
    judged = {id(attribute) for attribute, _, _ in found}
    for attribute in tag.attributes:
        more = (tag.local, attribute.local) in _STRINGS and id(attribute) not in judged
        if more and attribute.value and not attribute.value.isspace():
            result.append((attribute, Rule.FREE, True))
    return result


def phonetics(paragraph: Paragraph) -> tuple[Piece, ...]:
    """How a text is said, by itself: it is stored right behind the text."""
    return tuple(piece for piece, marks in paragraph.pieces if marks & MARKS["rPh"])


class BookPartReader(PartReader):
    """Any part below ``xl/`` that has no reader of its own."""

    def __init__(self, part: Part) -> None:
        super().__init__(part.name, part.address, part.role, part.source, xstrings=True)

    def verdicts(self, tag: Tag) -> Verdicts:
        """Some attributes are names."""
        return refined(tag, super().verdicts(tag))

    def on_paragraph(self, paragraph: Paragraph) -> None:
        """How a text is said is a text too."""
        if pieces := phonetics(paragraph):
            self.emit(pieces, self.role, (), "phonetic")
