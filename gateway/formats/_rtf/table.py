r"""Where a paragraph stands in a table, so that its column and its row say what it is.

Source: RTF Specification 1.9.1, "Table Definitions": a row is its cells, each ended by ``\cell``,
and ``\row``; a paragraph belongs to it by ``\intbl``, which ``\pard`` takes back. Tables inside of
cells are not followed: their paragraphs stand in the cell around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.formats._rtf.paragraph import Paragraph

_MOST_COLUMNS = 64  # Word knows 63
_HEADER = re.compile(r"[^\d@]{1,60}(?:\d{1,3}[^\d@]{0,20})?")
_LABEL = re.compile(r"(?!\s)[^\d@]{1,40}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a table.

    Args:
        header: the first paragraph of its column in the first row; ``None`` in that row.
        label: the first paragraph of its row; ``None`` in the first column.
        column: names its column.
    """

    header: Paragraph | None
    label: Paragraph | None
    column: str = ""

    def context(self, page: str) -> tuple[str, ...]:
        """What column and row are called, if they are called anything.

        Args:
            page: the document's code page.
        """
        found: list[str] = []
        for paragraph, shape in ((self.header, _HEADER), (self.label, _LABEL)):
            views = paragraph.views(page)[:1] if paragraph else []
            found += [view.text.strip() for view in views if shape.fullmatch(view.text.strip())]
        return tuple(found)


@dataclass(slots=True)
class Table:
    """Follows rows and columns while the source is read.

    Args:
        inside: paragraphs from here on stand in a table.
    """

    inside: bool = False
    _headers: dict[int, Paragraph] = field(default_factory=dict)
    _first: bool = True
    _number: int = 0
    _column: int = 0
    _label: Paragraph | None = None

    def place(self, paragraph: Paragraph) -> Cell | None:
        """The place of the next paragraph of the body; ``None`` outside of tables."""
        if not self.inside:
            if self._column == 0:
                self._headers, self._first = {}, True  # what follows is another table
            return None
        column = min(self._column, _MOST_COLUMNS)
        if not self._headers:
            self._number += 1
        name = f"table {self._number} column {column + 1}"
        if self._first:
            self._headers.setdefault(column, paragraph)
            return Cell(None, None, name)
        label = self._label if column else None
        self._label = self._label or (paragraph if not column else None)
        return Cell(self._headers.get(column), label, name)

    def end(self, word: str) -> None:
        r"""A break was read: ``\cell`` and ``\row`` count, others do not."""
        if word == "cell":
            self._column += 1
        elif word == "row":
            self._column, self._label, self._first = 0, None, not self._headers
