"""Judging a table column as a whole, so that one odd cell neither escapes nor raises an alarm.

A column holds one kind of thing. Where most of its cells are telephone numbers, the one with a
digit missing is a telephone number too; where one order number in eleven happens to satisfy the
check digit of a health service, none of them is a patient. What a column is follows from its
header and from its cells; a few cells decide nothing. Nothing that stands for itself (an e-mail
address, a key, a resident number with its date and check digit) and nothing that a header or label
names is ever taken back.

Where neither a header nor a word beside the cells names an identifier that is no more than digits,
its check digits can: see :mod:`gateway.detect.tables.vouching`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gateway.detect.context import spread
from gateway.detect.overlaps import Span, resolve
from gateway.detect.tables.entities import Entities
from gateway.detect.tables.headers import names_people
from gateway.detect.tables.judging import Counts, Judgement
from gateway.detect.tables.texttables import SOME_LINES, TextCells, TextTable, moved, text_tables
from gateway.detect.tables.vouching import Ask
from gateway.model import Role, Segment

_BARE = re.compile(r"[\d\s.,:/()-]+")


class Columns:
    """Judges the columns of a document's tables.

    Args:
        words: the context words of all recognisers of an entity; see :func:`context_words`.
        groups: the groups of each entity.
    """

    def __init__(
        self, words: Mapping[str, Iterable[str]], groups: Mapping[str, frozenset[str]]
    ) -> None:
        self._entities = Entities(words, groups)

    def judge(
        self,
        segments: Sequence[Segment],
        resolved: Mapping[int, list[Span]],
        ask: Ask,
        counts: Counts,
    ) -> dict[int, list[Span]]:
        """What is found when each column has been judged as a whole.

        The cost is linear in the number of cells. The second question is about a few cells of a
        column only; in running text, about those that a header names as well.

        Args:
            segments: a document's segments, in its order.
            resolved: what the recognisers found, by position, overlaps resolved.
            ask: the recognisers, for a second question.
            counts: whether a span may be a finding of its segment (thresholds, allow-list).

        Returns:
            all that is found, by position; outside of tables it is as it was.
        """
        judgement = Judgement(self._entities, segments, resolved, counts)
        judgement.judge(_columns(segments), ask)
        whole, rest = TextCells(), list[TextTable]()
        for table in text_tables(segments, judgement.found):
            if table.holds_any(judgement.found) or any(map(self._speaks, table.heads)):
                whole.add(table)
            else:
                rest.append(table)
        whole = self._with_telling(whole, rest, ask, counts)
        if whole.cells:
            self._judge_text(whole, segments, judgement.found, ask, counts)
        return judgement.found

    def _speaks(self, head: str) -> bool:
        words = spread(head)
        return self._entities.any_named(words) or names_people(words)

    def _with_telling(
        self, whole: TextCells, rest: Sequence[TextTable], ask: Ask, counts: Counts
    ) -> TextCells:
        """The cells, and those of tables of which some rows tell that there is something in them."""
        some = TextCells()
        for table in rest:
            some.add(table.part())
        judgement = Judgement(self._entities, some.cells, {}, counts)
        judgement.judge(_columns(some.cells), ask)
        for number in sorted({some.tables[cell] for cell in judgement.found}):
            whole.add(rest[number])
        return whole

    def _judge_text(
        self,
        tables: TextCells,
        segments: Sequence[Segment],
        found: dict[int, list[Span]],
        ask: Ask,
        counts: Counts,
    ) -> None:
        """Judge tables in running text; ``found`` is changed.

        What is no more than digits is asked again, cell by cell: a number that goes on from one
        column into the next is none, and words of another column do not speak of it.
        """
        within, across = tables.found_in(found)
        gone: dict[int, set[Span]] = {}
        asked = {number for number in within if self._is_bare(tables.cells[number].text)}
        for number, spans in across.items():
            position = tables.places[number].position
            text = segments[position].text
            bare = {
                span
                for span in spans
                if not self._entities.is_certain(span.entity)
                and self._is_bare(text[span.start : span.end])
            }
            if bare:
                gone.setdefault(position, set()).update(bare)
                asked.add(number)
        cells = {number: spans for number, spans in within.items() if number not in asked}
        for number, some in self._ask(tables, asked, within, ask).items():
            cells[number] = resolve([*cells.get(number, ()), *some])
        judgement = Judgement(self._entities, tables.cells, cells, counts)
        judgement.judge(_columns(tables.cells), ask)
        more: dict[int, list[Span]] = {}
        for number in within.keys() | judgement.found.keys():
            position, start, _ = tables.places[number]
            old, new = within.get(number, []), judgement.found.get(number, [])
            if old != new:
                gone.setdefault(position, set()).update(moved(span, start) for span in old)
                more.setdefault(position, []).extend(moved(span, start) for span in new)
        for position, dropped in gone.items():
            kept = [span for span in found.get(position, ()) if span not in dropped]
            found[position] = resolve([*kept, *more.get(position, ())])
            if not found[position]:
                del found[position]

    def _ask(
        self, tables: TextCells, asked: set[int], found: Mapping[int, Sequence[Span]], ask: Ask
    ) -> dict[int, Sequence[Span]]:
        """What is found in cells by themselves, by number of the cell.

        Of a column whose header names something some cells are asked, and the others if that
        brought something to light.

        Args:
            tables: the cells.
            asked: cells that are asked whatever their header says.
            found: what was found in cells; they are not asked.
            ask: the recognisers.
        """
        names = {head: self._entities.any_named(spread(head)) for head in set(tables.headers)}
        columns: dict[str, list[int]] = {}
        for number, head in enumerate(tables.headers):
            if names[head] and number not in found and number not in asked:
                columns.setdefault(tables.cells[number].column, []).append(number)
        answers: dict[int, Sequence[Span]] = {}
        wanted = sorted(asked)
        for column in columns.values():
            wanted += column[:: max(1, len(column) // SOME_LINES)]
        for _ in range(2):
            answer = ask([tables.cells[number] for number in wanted]) if wanted else {}
            answers |= {wanted[place]: spans for place, spans in answer.items()}
            seen = set(wanted)
            wanted = [
                number
                for column in columns.values()
                if any(number in answers for number in column)
                for number in column
                if number not in seen
            ]
        return answers

    @staticmethod
    def _is_bare(text: str) -> bool:
        """Whether it is no more than digits and what parts them."""
        return _BARE.fullmatch(text.strip()) is not None


def context_words(recognizers: Iterable[object]) -> dict[str, list[str]]:
    """The context words of Presidio recognisers, by entity."""
    words: dict[str, list[str]] = {}
    for recognizer in recognizers:
        for entity in getattr(recognizer, "supported_entities", ()):
            words.setdefault(entity, []).extend(getattr(recognizer, "context", None) or ())
    return words


def _columns(segments: Sequence[Segment]) -> Iterable[list[int]]:
    """The positions of the cells of each column."""
    columns: dict[str, list[int]] = {}
    for position, segment in enumerate(segments):
        if segment.column and segment.role is not Role.KEY:
            columns.setdefault(segment.column, []).append(position)
    return columns.values()
