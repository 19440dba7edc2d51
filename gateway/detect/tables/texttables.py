"""Tables in running text: lines with the same number of fields between tabs, bars or spaces.

People paste tables into chats and notes, and logs and Markdown are full of them. Each field
becomes a segment of its own here, with its column and its header, so that it can be judged like
the cell of any other table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.detect.overlaps import Span
from gateway.model import Role, Segment

SOME_LINES = 48
"""Rows that tell what a table is, if nothing was found in it."""

_FEWEST_LINES = 6
_LONGEST_LINE = 1000
_LONGEST_FIELD = 80
_MOST_FIELDS = 100
_GAP = re.compile(r"\S(?: ?\S)*")
_FIELD = {sign: re.compile(f"[^{re.escape(sign)}]*") for sign in "\t|;,"}
_DIGIT = re.compile(r"\d")
_RULE = re.compile(r"[\s|+:=_-]+")
_LABEL = re.compile(r"[^\d@]{1,40}")
_HEADER = re.compile(r"[^\d@]{1,60}(?:\d{1,3}[^\d@]{0,20})?")


class Line(NamedTuple):
    """A line: the position of its segment, where it begins there, and its text."""

    position: int
    start: int
    text: str


class Place(NamedTuple):
    """Where a cell stands: the position of a segment, start and end in it."""

    position: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextTable:
    """Lines that are a table.

    Args:
        lines: its rows, without the header.
        sign: what stands between fields, or a space for two or more of them.
        heads: the header of each column; none if the first line is a row.
    """

    lines: Sequence[Line] = field(repr=False)
    sign: str
    heads: tuple[str, ...] = field(repr=False)

    def part(self) -> TextTable:
        """The table with some of its rows."""
        step = max(1, len(self.lines) // SOME_LINES)
        return replace(self, lines=self.lines[::step][:SOME_LINES])

    def holds_any(self, found: Mapping[int, Sequence[Span]]) -> bool:
        """Whether something was found in it.

        Args:
            found: spans by position of the segment, in order.
        """
        ends: dict[int, tuple[int, int]] = {}
        for position, start, text in self.lines:
            ends[position] = (ends.get(position, (start, 0))[0], start + len(text))
        for position, (start, end) in ends.items():
            spans = found.get(position, ())
            first = bisect_left(spans, start, key=lambda span: span.end)
            if first < len(spans) and spans[first].start < end:
                return True
        return False


@dataclass(slots=True)
class TextCells:
    """The cells of tables in running text.

    Args:
        cells: each as a segment, with its column; its context is its header, the name of its row
            and the label to its left.
        headers: the header of each.
        places: where each stands.
        tables: the number of the table of each, in the order in which they were added.
    """

    cells: list[Segment] = field(default_factory=list, repr=False)
    headers: list[str] = field(default_factory=list, repr=False)
    places: list[Place] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    _count: int = 0

    def add(self, table: TextTable) -> None:
        """Add the cells of a table."""
        for line in table.lines:
            self._add_row(line, _fields(line.text, table.sign), table.heads)
        self._count += 1

    def _add_row(self, line: Line, fields: Sequence[tuple[int, int]], heads: Sequence[str]) -> None:
        row = left = ""
        for number, (start, end) in enumerate(fields):
            if start == end:
                continue
            text = line.text[start:end]
            head = heads[number] if number < len(heads) else ""
            context = tuple(dict.fromkeys(label for label in (head, row, left) if label))
            column = f"{self._count}.{number}"
            self.cells.append(Segment(text, "", Role.BODY, context, column))
            self.headers.append(head)
            self.tables.append(self._count)
            self.places.append(Place(line.position, line.start + start, line.start + end))
            left = text if _LABEL.fullmatch(text) else ""
            row = row or left

    def found_in(
        self, resolved: Mapping[int, Sequence[Span]]
    ) -> tuple[dict[int, list[Span]], dict[int, list[Span]]]:
        """Spans of segments as spans of cells.

        Args:
            resolved: spans by position of the segment, in order, none overlapping another.

        Returns:
            by number of the cell: the spans that it holds whole, as spans of the cell; and those
            that it shares with other cells, as they are.
        """
        within: dict[int, list[Span]] = {}
        across: dict[int, list[Span]] = {}
        passed: dict[int, int] = {}
        for number, (position, start, end) in enumerate(self.places):
            spans = resolved.get(position)
            if not spans:
                continue
            place = passed.get(position, 0)
            while place < len(spans) and spans[place].end <= start:
                place += 1
            passed[position] = place
            while place < len(spans) and spans[place].start < end:
                span = spans[place]
                place += 1
                if start <= span.start and span.end <= end:
                    within.setdefault(number, []).append(moved(span, -start))
                else:
                    across.setdefault(number, []).append(span)
        return within, across


def moved(span: Span, by: int) -> Span:
    """The span so many characters further on."""
    return Span(
        span.start + by, span.end + by, span.entity, span.score, span.recognizer, span.whole
    )


def text_tables(
    segments: Sequence[Segment], resolved: Mapping[int, Sequence[Span]]
) -> Iterator[TextTable]:
    """All tables in segments that are no cells themselves.

    Args:
        segments: a document's.
        resolved: what was found in them, by position: commas and semicolons make a table only
            where something was found, since prose is full of them.
    """
    run: list[Line] = []
    kind = ("", 0)
    for line in _lines(segments, resolved):
        this = _kind(line.text, commas=line.position in resolved)
        if this != kind or (run and _begins_anew(run[-1], line)):
            if len(run) >= _FEWEST_LINES:
                yield _table(run, kind[0])
            run, kind = [], this
        if kind[1]:
            run.append(line)
    if len(run) >= _FEWEST_LINES:
        yield _table(run, kind[0])


def _table(run: Sequence[Line], sign: str) -> TextTable:
    first = run[0].text
    heads = tuple(first[start:end] for start, end in _fields(first, sign))
    if not all(map(_HEADER.fullmatch, filter(None, heads))):
        heads = ()
    lines = [line for line in run[bool(heads) :] if not _RULE.fullmatch(line.text)]
    return TextTable(lines, sign, heads)


def _begins_anew(before: Line, line: Line) -> bool:
    """Whether a line belongs to another table than the one before, though it has as many fields."""
    if before.position + 1 < line.position:
        return True
    if _DIGIT.search(line.text) or _RULE.fullmatch(line.text):
        return False
    return _DIGIT.search(before.text) is not None


def _lines(segments: Sequence[Segment], resolved: Mapping[int, Sequence[Span]]) -> Iterator[Line]:
    """The lines of segments in which a table may stand."""
    for position, segment in enumerate(segments):
        text = segment.text
        if segment.column or segment.role is not Role.BODY:
            continue
        if position not in resolved and "\t" not in text and "|" not in text and "  " not in text:
            continue
        at = 0
        for line in text.split("\n"):
            yield Line(position, at, line)
            at += len(line) + 1


def _kind(line: str, *, commas: bool) -> tuple[str, int]:
    """What stands between the fields of a line, and how many fields it has; 0 if it has none."""
    if not line or len(line) > _LONGEST_LINE:
        return "", 0
    for sign in "\t|":
        if count := line.count(sign):
            return (sign, count) if count < _MOST_FIELDS else ("", 0)
    if "  " in line.strip():
        count = sum(1 for _ in _GAP.finditer(line))
        return (" ", count) if count < _MOST_FIELDS else ("", 0)
    for sign in ";," if commas else "":
        if (count := line.count(sign)) > 1:
            return (sign, count) if count < _MOST_FIELDS else ("", 0)
    return "", 0


def _fields(line: str, sign: str) -> list[tuple[int, int]]:
    """Start and end of each field, without the spaces around it; long ones are no cells."""
    if sign == " ":
        found: Iterable[re.Match[str]] = _GAP.finditer(line)
        return [match.span() for match in found]
    spans: list[tuple[int, int]] = []
    at = 0
    for text in line.split(sign):
        start = at + len(text) - len(text.lstrip())
        end = at + len(text.rstrip())
        spans.append((start, max(start, end)) if end - start <= _LONGEST_FIELD else (at, at))
        at += len(text) + 1
    return spans
