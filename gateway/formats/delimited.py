"""Tables in text: CSV (RFC 4180) and its kin with tabs, semicolons or bars.

Each cell is a segment that knows its column header and its row label. Cells are found by an own
scanner because edits need their exact place; lines of unequal length are left to the text format.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.errors import CannotEdit
from gateway.formats._base import Descend, Document, Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._embedded import Embedded
from gateway.formats._encoding import Decoded, declared_charset, decode, peek
from gateway.formats._plain import LEAST_BLOCK, files
from gateway.formats._sniff import is_binary, is_running_text
from gateway.model import Edit, Hint, Role, Segment, Unread

_TYPES = ("text/csv", "text/tab-separated-values", "application/csv", "application/vnd.ms-excel")
_HEAD = 16_384
_HEADER_CELL = re.compile(r"[^\d@]{1,60}(?:\d{1,3}[^\d@]{0,20})?")
_LABEL = re.compile(r"(?!\s)[^\d@]{1,40}")


class _Delimited:
    name: ClassVar[str] = "csv"

    def score(self, data: bytes, hint: Hint) -> float:
        if is_binary(data):
            return -1.0
        head = peek(data, _HEAD)
        named = hint.suffix in (".csv", ".tsv", ".tab") or hint.essence in _TYPES
        if head[:1] in ("{", "[", "<") or not _delimiter(head, named=named):
            return -1.0
        if not is_running_text(data):
            return -1.0
        return 0.95 if named else 0.4

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        return DelimitedDocument(decode(data, declared_charset(hint)), open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:  # noqa: ARG002 - as above
        text = decode(data, declared_charset(hint)).text
        yield text
        csv.field_size_limit(2**31 - 1)
        rows = csv.reader(
            io.StringIO(text, newline=""), delimiter=_delimiter(text[:_HEAD], named=True) or ","
        )
        for row in rows:
            yield "\n".join(row)


@dataclass(slots=True)
class DelimitedDocument:
    """A table. Cells of nothing but space have no segment."""

    decoded: Decoded
    open_child: Opener = field(repr=False)
    format: str = "csv"
    unread: Sequence[Unread] = field(init=False)
    _delimiter: str = field(init=False)
    _children: Children = field(default_factory=Children, repr=False)
    _files: dict[str, tuple[int, int, Embedded]] = field(default_factory=dict, repr=False)
    # Where each segment's cell stands, quotes included: two arrays, for a million cells.
    _starts: array[int] = field(default_factory=lambda: array("q"), repr=False)
    _ends: array[int] = field(default_factory=lambda: array("q"), repr=False)

    def __post_init__(self) -> None:
        self.unread = self._children.unread
        self._delimiter = _table_delimiter(self.decoded.text)
        self._read()

    def segments(self) -> Sequence[Segment]:
        """One for each cell with something in it, row by row; then those of files in cells."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """Splice edits into their cells; a cell is quoted when its new text needs it.

        Raises:
            CannotEdit: the new table would be read with another delimiter.
        """
        own, changed = self._children.apply(edits)
        changes = []
        for index, group in own.items():
            start, end = self._starts[index], self._ends[index]
            changes += self._change(start, end, self._children.own[index].text, group)
        for part, data in changed.items():
            start, end, found = self._files[part]
            changes.append((start, end, found.rebuild(data)))
        result = self.decoded.replace(changes)
        if (
            changes
            and _table_delimiter(decode(result, self.decoded.encoding).text) != self._delimiter
        ):
            raise CannotEdit("a table whose columns would be read differently")
        return result

    def _change(
        self, start: int, end: int, text: str, edits: Sequence[Edit]
    ) -> list[tuple[int, int, str]]:
        raw = self.decoded.text[start:end]
        if raw == text:
            new = edit_text(text, edits)
            fresh = "".join(e.replacement for e in edits)
            if not new.startswith('"') and not re.search(r"[\t,;|\r\n]", fresh):
                return [(start + e.start, start + e.end, e.replacement) for e in edits]
        elif raw == _quoted(text):
            at = start + 1
            return [
                (
                    at + e.start + text.count('"', 0, e.start),
                    at + e.end + text.count('"', 0, e.end),
                    e.replacement.replace('"', '""'),
                )
                for e in edits
            ]
        return [(start, end, _quoted(edit_text(text, edits)))]

    def _read(self) -> None:
        names: dict[int, tuple[str, ...]] = {}
        columns: dict[int, str] = {}
        label: tuple[str, ...] = ()
        header = _has_header(self.decoded.text, self._delimiter)
        add, starts, ends = self._children.own.append, self._starts.append, self._ends.append
        for row, column, start, end, text in _cells(self.decoded.text, self._delimiter):
            if column == 1:
                label = (text.strip(),) if _LABEL.fullmatch(text) and row > header else ()
            if not text or text.isspace():
                continue
            starts(start)
            ends(end)
            part = f"row {row}, column {column}"
            self._open_files(part, start, end)
            if row == header:
                names[column] = (text.strip(),)
                add(Segment(text, part, Role.KEY))
            else:
                context = names.get(column, ())
                context = context if column == 1 else context + label
                place = columns.setdefault(column, f"column {column}")
                add(Segment(text, part, Role.BODY, context, place))

    def _open_files(self, part: str, start: int, end: int) -> None:
        """Open the files that stand as base64 in a cell, beside the cell's own segment."""
        if end - start < LEAST_BLOCK:
            return
        for number, (first, last, found) in enumerate(files(self.decoded.text[start:end]), 1):
            address = f"{part}, file {number}"
            if self._children.open(address, found.data, found.hint, self.open_child):
                self._files[address] = (start + first, start + last, found)


def _cells(text: str, delimiter: str) -> Iterator[tuple[int, int, int, int, str]]:
    """All cells: row and column (from 1), start and end in the text, value.

    A quote that is never closed runs to the end of the text, as in the csv module; characters
    after a closing quote belong to the cell.
    """
    cell = re.compile(
        rf'(?:"([^"]*+(?:""[^"]*+)*+)("|\Z))?+([^{re.escape(delimiter)}\r\n]*+)(\r\n|{re.escape(delimiter)}|[\r\n]|\Z)'
    )
    row = column = 1
    at, size = 0, len(text)
    while at < size or (column > 1 and at == size):
        match = cell.match(text, at)
        assert match  # every text is a row of cells to this pattern
        inner, _, rest, stop = match.groups()
        value = rest if inner is None else inner.replace('""', '"') + rest
        yield row, column, at, match.start(4), value
        at = match.end()
        if stop == delimiter:
            column += 1
        elif stop:
            row, column = row + 1, 1
        else:
            return


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _has_header(text: str, delimiter: str) -> int:
    """The number of the header row: 1, or 0 when the first row is data."""
    cells: list[str] = []
    for row, _, _, _, value in _cells(text, delimiter):
        if row > 1 or len(cells) > 1000:
            break
        cells.append(value)
    named = [c for c in cells if c.strip()]
    return int(bool(named) and all(_HEADER_CELL.fullmatch(c) for c in named))


def _table_delimiter(text: str) -> str:
    return _delimiter(text[:_HEAD], named=True) or ","


def _delimiter(head: str, *, named: bool = False) -> str:
    """The delimiter of a table, or nothing when the text has no such shape.

    Args:
        head: the beginning of the text.
        named: whether its name says that it is a table: a few lines may differ then, and one
            column is enough.
    """
    lines = [line for line in _logical_lines(head) if line.strip()]
    for delimiter in "\t,;|":
        counts = [line.count(delimiter) for line in lines]
        usual = max(counts, key=counts.count, default=0)
        share = counts.count(usual) / max(len(counts), 1)
        if usual and ((named and share >= 0.8) or (len(lines) > 2 and share == 1)):
            return delimiter
    if named and lines and not re.search(r"[\t,;|]", "".join(lines)):
        return ","
    return ""


def _logical_lines(head: str) -> list[str]:
    """Lines with their quoted stretches blanked, so that only structure is counted."""
    bare = re.sub(r'(?<![^\t,;|\r\n])"[^"]*+(?:""[^"]*+)*+(?:"|\Z)', "q", head)
    lines = re.split(r"\r\n|\r|\n", bare)
    return lines[:-1] if len(lines) > 1 and len(head) >= _HEAD else lines


FORMAT = _Delimited()
