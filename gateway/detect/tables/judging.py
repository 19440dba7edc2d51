"""The judgement on columns, one after the other; see :mod:`gateway.detect.columns`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.detect.context import spread
from gateway.detect.overlaps import Span
from gateway.detect.tables.entities import NAMELIKE, PERSON, Entities
from gateway.detect.tables.headers import (
    is_harmless,
    looks_like_a_name,
    may_name_people,
    names_people,
    names_things,
    says_nothing,
)
from gateway.detect.tables.likeness import Likeness, shape
from gateway.detect.tables.vouching import FEWEST, Ask, are_numeric, sample_of, vouched
from gateway.model import Segment

RECOGNIZER = "table column"

type Counts = Callable[[Span, Segment], bool]
"""Whether a span may be a finding of its segment (thresholds, allow-list)."""

_LEAST = 5  # cells that can speak for a column
_MOST_OF_IT = 0.8
_MOST_IF_NAMED = 0.5  # where the header says the same
_HALF = 0.5
_MAJORITY = 0.6
_SOME_PEOPLE = 0.3
_BY_CHANCE = 0.2
_SAME_SHAPE = 8  # cells of one shape among which a hit may be chance
_COVERED = 0.6  # of a cell's text
_SAMPLE = 40
_BESIDE = " | "  # between the ways in which a cell is read
_MOST_ASKED = 64  # columns
_VOUCHED_SCORE = 0.75
_NAME_SCORE = 0.7
# What the accounts of a ledger are called, which have few digits.
_BOOKKEEPING = frozenset({"account", "accounts", "acct", "konto", "账户"})
_SHORTEST_ACCOUNT = 8


@dataclass(slots=True)
class _Column:
    """A column, what its header says, and what was found in it.

    Args:
        cells: the positions of its cells that hold something, header cells left out.
        header: its header as words; empty if it has none.
        whole: the cells that are nothing but an entity, by entity.
    """

    cells: list[int]
    header: str = field(default="", repr=False)
    whole: dict[str, list[int]] = field(default_factory=dict)

    def share(self, entity: str) -> float:
        """How much of it is an entity."""
        return len(self.whole.get(entity, ())) / len(self.cells)


class Judgement:
    """The judgement on the columns of one document.

    Args:
        entities: what is known of them.
        segments: cells, and maybe others.
        found: what the recognisers found, by position; what is left of it, and what is added,
            stands in ``found``.
        counts: see :data:`Counts`.
    """

    def __init__(
        self,
        entities: Entities,
        segments: Sequence[Segment],
        found: Mapping[int, Sequence[Span]],
        counts: Counts,
    ) -> None:
        self.found = {position: list(spans) for position, spans in found.items()}
        self._entities = entities
        self._segments = segments
        self._counts = counts
        self._words: dict[str, str] = {}

    def judge(self, columns: Iterable[Sequence[int]], ask: Ask) -> None:
        """Judge all columns.

        Args:
            columns: the positions of the cells of each.
            ask: the recognisers, for a second question.
        """
        doubtful = [
            column for cells in columns if (column := self._column(cells)) and self._decide(column)
        ]
        if not doubtful:
            return
        doubtful = sorted(doubtful, key=lambda column: -len(column.cells))[:_MOST_ASKED]
        samples = [sample_of(self._texts(column.cells)) for column in doubtful]
        answers = vouched(samples, ask, self._entities.labels)
        for column, sample, answer in zip(doubtful, samples, answers, strict=True):
            self._settle(column, sample, answer)

    def _column(self, cells: Sequence[int]) -> _Column | None:
        """A column with its header and its whole cells; ``None`` if it has too few cells."""
        if len(cells) < _LEAST:
            return None
        labels = self._header(cells)
        heads = [p for p in cells[:3] if self._segments[p].text.strip() in labels]
        cells = [p for p in cells if p not in heads] if heads else list(cells)
        column = _Column(cells, " | ".join(map(self._spread, labels)))
        hits = [position for position in cells if position in self.found]
        if hits:
            column.cells = [
                position
                for position in cells
                if position in self.found or not says_nothing(self._segments[position].text.strip())
            ]
            for position in hits:
                for entity in self._made_of(position):
                    column.whole.setdefault(entity, []).append(position)
        return column if len(column.cells) >= _LEAST else None

    def _decide(self, column: _Column) -> bool:
        """Judge by what was found; true if the check digits must be asked."""
        undecided = [entity for entity in list(column.whole) if self._drop_chance(column, entity)]
        self._people(column)
        if self._complete(column):
            return False
        return bool(undecided) or self._may_be_numbers(column)

    # What is chance.

    def _drop_chance(self, column: _Column, entity: str) -> bool:
        """Drop hits of an entity that are chance; true if only the check digits can tell."""
        entities = self._entities
        if entities.is_certain(entity) or not entities.makes_columns(entity):
            return False
        if entity == "USERNAME" and names_things(column.header) and column.share(entity) < _HALF:
            words = [p for p in column.whole[entity] if self._segments[p].text.strip().isalpha()]
            self._drop(column, entity, words)  # "account name": of a ledger, if most have spaces
            return False
        if entities.named(entity, column.header):
            if column.header in _BOOKKEEPING and entity == "BANK_ACCOUNT":
                self._drop(column, entity, self._short(column.whole[entity]))
            return False
        hits = [p for p in column.whole[entity] if self._rests_on_shape(column, entity, p)]
        if entity == PERSON:
            if names_things(column.header) and column.share(PERSON) < _HALF:
                self._drop(column, entity, hits)
        elif is_harmless(column.header):
            if column.share(entity) >= _MOST_OF_IT and entities.has_number(entity):
                return True
            self._drop(column, entity, hits)
        elif hits and column.share(entity) < _MAJORITY:
            self._drop(column, entity, self._like_their_fellows(column, hits))
        return False

    def _short(self, positions: Sequence[int]) -> list[int]:
        """All of the cells, if none of them is as long as a bank account."""
        longest = max(sum(map(str.isdigit, text)) for text in self._texts(positions))
        return list(positions) if longest < _SHORTEST_ACCOUNT else []

    def _rests_on_shape(self, column: _Column, entity: str, position: int) -> bool:
        """Whether nothing but its shape, and maybe a check digit, speaks for a cell."""
        text = self._segments[position].text
        if entity != PERSON and ("+" in text or not any(char.isdigit() for char in text)):
            return False
        if is_harmless(column.header) and text.strip().isdecimal():
            return True  # whatever its row is called
        labels = " | ".join(map(self._spread, self._segments[position].context))
        return not self._entities.named(entity, labels)

    def _like_their_fellows(self, column: _Column, hits: list[int]) -> list[int]:
        """The hits whose cells look like many others of the column that are none."""
        shapes = Counter(map(shape, self._texts(column.cells)))
        own = dict(zip(hits, map(shape, self._texts(hits)), strict=True))
        hit_shapes = Counter(own.values())
        return [
            position
            for position, looks in own.items()
            if shapes[looks] >= _SAME_SHAPE and hit_shapes[looks] < _BY_CHANCE * shapes[looks]
        ]

    def _drop(self, column: _Column, entity: str, positions: Iterable[int]) -> None:
        gone = set(positions)
        for position in gone:
            left = [span for span in self.found[position] if span.entity != entity]
            if left:
                self.found[position] = left
            else:
                del self.found[position]
        column.whole[entity] = [p for p in column.whole[entity] if p not in gone]

    # What is odd.

    def _complete(self, column: _Column) -> bool:
        """Take odd cells for what most of the column is; true if it is of one kind."""
        kinds = {
            entity: positions
            for entity, positions in column.whole.items()
            if entity != PERSON and self._entities.makes_columns(entity)
        }
        if not kinds:
            return False
        usual = max(kinds, key=lambda entity: len(kinds[entity]))
        named = self._entities.named(usual, column.header)
        if is_harmless(column.header) and not named:
            return False
        least = _MOST_IF_NAMED if named else _MOST_OF_IT
        covered = {position for positions in kinds.values() for position in positions}
        if len(covered) < least * len(column.cells) or len(kinds[usual]) * 2 < len(covered):
            return False
        if len(kinds[usual]) < _LEAST - 1 - named:
            return False
        spans = (span for position in kinds[usual] for span in self.found[position])
        score = min(span.score for span in spans if span.entity == usual)
        self._take(column, Likeness(usual, self._texts(kinds[usual])), usual, score)
        return True

    def _people(self, column: _Column) -> None:
        """Take all names for people's where the header or most cells say so."""
        share = column.share(PERSON)
        if names_people(column.header):
            least = 0.0
        elif may_name_people(column.header):
            least = _SOME_PEOPLE
        else:
            least = _MOST_OF_IT if names_things(column.header) else _MAJORITY
        if share < least or (share == 0.0 and not self._look_like_names(column)):
            return
        for position in column.cells:
            entities = {span.entity for span in self.found.get(position, ())}
            text = self._segments[position].text.strip()
            if entities <= NAMELIKE and PERSON not in entities and looks_like_a_name(text):
                self._add(position, PERSON, _NAME_SCORE)

    def _look_like_names(self, column: _Column) -> bool:
        texts = [text.strip() for text in self._texts(_some(column.cells))]
        texts = [text for text in texts if not says_nothing(text)]
        like = sum(map(looks_like_a_name, texts))
        return like >= _LEAST and like >= _MOST_OF_IT * len(texts) and len(set(texts)) * 2 > like

    def _take(self, column: _Column, likeness: Likeness, entity: str, score: float) -> None:
        """Take cells in which nothing was found, and that are alike, for an entity."""
        for position in column.cells:
            if self._is_free(position) and likeness.holds(self._segments[position].text):
                self._add(position, entity, score)

    def _is_free(self, position: int) -> bool:
        """Whether nothing of which columns are made was found there."""
        spans = self.found.get(position, ())
        return not any(self._entities.makes_columns(span.entity) for span in spans)

    def _add(self, position: int, entity: str, score: float) -> None:
        """Take a whole cell for an entity."""
        text = self._segments[position].text
        start = len(text) - len(text.lstrip())
        span = Span(start, len(text.rstrip()), entity, score, RECOGNIZER)
        if self._counts(span, self._segments[position]):
            self.found[position] = [span]

    # What check digits say.

    def _may_be_numbers(self, column: _Column) -> bool:
        """Whether it may be a column of identifiers that nothing names."""
        if is_harmless(column.header) or len(column.cells) < FEWEST:
            return False
        found = sum(position in self.found for position in column.cells) if column.whole else 0
        return found <= _BY_CHANCE * len(column.cells) and are_numeric(
            sample_of(self._texts(_some(column.cells)))
        )

    def _settle(self, column: _Column, sample: list[str], answer: Mapping[str, int]) -> None:
        """Judge by what check digits vouch for, and for how many of a sample of the cells."""
        if is_harmless(column.header):
            for entity in list(column.whole):
                if entity not in answer and not self._entities.is_certain(entity):
                    hits = column.whole[entity]
                    weak = [p for p in hits if self._rests_on_shape(column, entity, p)]
                    self._drop(column, entity, weak)
            return
        known = {e: count for e, count in answer.items() if self._entities.has_number(e)}
        if known:
            best = max(known, key=lambda entity: (known[entity], entity))
            self._take(column, Likeness(best, sample), best, _VOUCHED_SCORE)

    # Reading cells.

    def _texts(self, positions: Sequence[int]) -> list[str]:
        return [self._segments[position].text for position in positions]

    def _header(self, cells: Sequence[int]) -> list[str]:
        """The labels that nearly all cells share: the header, and not the names of rows."""
        sample = _some(cells)
        counted = Counter(label for p in sample for label in set(self._segments[p].context))
        return [label for label, count in counted.items() if count >= _MOST_OF_IT * len(sample)]

    def _spread(self, label: str) -> str:
        known = self._words.get(label)
        if known is None:
            known = self._words[label] = spread(label)
        return known

    def _made_of(self, position: int) -> set[str]:
        """The entities that make up the cell, or one of the ways in which it is read."""
        spans, at = self.found[position], 0
        entities: set[str] = set()
        for way in self._segments[position].text.split(_BESIDE):
            end = at + len(way)
            lengths: dict[str, int] = {}
            for span in spans:
                if at <= span.start and span.end <= end:
                    lengths[span.entity] = lengths.get(span.entity, 0) + span.end - span.start
            least = _COVERED * len(way.strip())
            entities |= {entity for entity, length in lengths.items() if length >= least}
            at = end + len(_BESIDE)
        return entities


def _some(cells: Sequence[int]) -> Sequence[int]:
    """Some of them from the beginning to the end."""
    return cells[:: max(1, len(cells) // _SAMPLE)][:_SAMPLE]
