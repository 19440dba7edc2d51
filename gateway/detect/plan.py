"""Which recognisers have to run on a text, and where.

One scan answers for all recognisers that are made of patterns; what it rules out costs nothing.
Recognisers that only count beside a context word are ruled out as well where none of their words
stands in the text or its labels. All other recognisers (classes, models, those that others plug
in) run on the whole text, unless they have a ``gate``: a pattern without which they find nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from presidio_analyzer import EntityRecognizer, RecognizerResult

from gateway.detect.artifacts import Surrounded
from gateway.detect.context import ContextWords
from gateway.detect.defined import DefinedRecognizer
from gateway.detect.scan import (
    CONTEXT,
    EVERYWHERE,
    LETTERS_FROM_AFAR,
    Backend,
    Gate,
    Places,
    Scanner,
    Window,
    gate,
    windows,
    word_gate,
)

_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE
_FROM_AFAR = re.compile(f"[{LETTERS_FROM_AFAR}]")


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A recogniser of patterns: its gates, their numbers, and those of the words it needs."""

    recognizer: DefinedRecognizer
    gates: tuple[tuple[Gate, int] | None, ...]
    words: frozenset[int]
    label_only: bool


class Plan:
    """The recognisers of an engine, ready to be run together.

    Args:
        recognizers: all of them.
        backend: what scans.
        weak_hits_count: a hit that lacks the context word it needs counts nevertheless.

    Attributes:
        recognizers: the same.
        enhancing: some have an enhancement of their own.
        ordinary: none has thresholds of its own.
    """

    def __init__(
        self, recognizers: Sequence[EntityRecognizer], backend: Backend, *, weak_hits_count: bool
    ) -> None:
        self.recognizers = list(recognizers)
        self.ordinary = all(not recognizer.score_thresholds for recognizer in recognizers)
        self.enhancing = any(map(enhances, recognizers))
        self._entities = list(
            dict.fromkeys(entity for each in recognizers for entity in each.supported_entities)
        )
        self._numbers: dict[str, int] = {}
        self._kinds: dict[str, str] = {}
        self._served: dict[int, list[int]] = {}
        self._always: list[int] = []
        self._steps: list[_Scanned | EntityRecognizer] = []
        for recognizer in recognizers:
            if isinstance(recognizer, DefinedRecognizer):
                self._add_scanned(recognizer, weak_hits_count=weak_hits_count)
            else:
                self._add_class(recognizer)
        self._scanner = Scanner(self._kinds, backend)

    def run(self, text: str, artifacts: Surrounded) -> list[RecognizerResult]:
        """What all recognisers find, before context.

        Args:
            text: what is analysed.
            artifacts: its segments.

        Raises:
            LimitExceeded: a pattern took too long.
        """
        gates = self._scanner.places(text)
        steps = set(self._always)
        for number in gates:
            steps.update(self._served[number])
        words = _Words(self._scanner, text, artifacts)
        results: list[RecognizerResult] = []
        for place in sorted(steps):
            step = self._steps[place]
            if not isinstance(step, _Scanned):
                results += _analyzed(step, text, self._entities, artifacts)
            elif not step.words or words.possible(step.words, label_only=step.label_only):
                where = _where(step, gates, text)
                results += step.recognizer.analyze_windows(text, where, artifacts)
        return results

    def scan(self, text: str) -> int:
        """How many patterns and context words may stand in a text."""
        return len(self._scanner.places(text)) + len(self._scanner.context(text))

    def _add_scanned(self, recognizer: DefinedRecognizer, *, weak_hits_count: bool) -> None:
        gates = [
            (its_gate, self._number(its_gate.expression, its_gate.kind)) if its_gate else None
            for its_gate in recognizer.gates()
        ]
        words: frozenset[int] = frozenset()
        if not (weak_hits_count or recognizer.counts_without_context):
            forms = ContextWords(recognizer.context or ()).forms
            words = frozenset(self._number(word_gate(form), CONTEXT) for form in forms)
        step = _Scanned(recognizer, tuple(gates), words, recognizer.definition.label_required)
        self._add(step, [its_gate[1] if its_gate else None for its_gate in gates])

    def _add_class(self, recognizer: EntityRecognizer) -> None:
        pattern = _proposal(recognizer)
        its_gate = gate(pattern.pattern, pattern.flags & _FLAGS) if pattern else None
        number = self._number(its_gate.expression, its_gate.kind) if its_gate else None
        self._add(recognizer, [number])

    def _add(self, step: _Scanned | EntityRecognizer, numbers: Iterable[int | None]) -> None:
        for number in numbers:
            if number is None:
                self._always.append(len(self._steps))
            else:
                self._served.setdefault(number, []).append(len(self._steps))
        self._steps.append(step)

    def _number(self, expression: str, kind: str) -> int:
        self._kinds.setdefault(expression, kind)
        return self._numbers.setdefault(expression, len(self._numbers))


def enhances(recognizer: EntityRecognizer) -> bool:
    """Whether it has an enhancement of its own, as few have."""
    default = EntityRecognizer.enhance_using_context
    return type(recognizer).enhance_using_context is not default


class _Words:
    """The context words that stand in a text and in its labels; looked for when first asked for."""

    def __init__(self, scanner: Scanner, text: str, artifacts: Surrounded) -> None:
        self._scanner = scanner
        self._text = text
        self._artifacts = artifacts

    def possible(self, words: frozenset[int], *, label_only: bool) -> bool:
        """Whether one of the words can be found."""
        if not words.isdisjoint(self._in_labels):
            return True
        if label_only:
            return False
        return self._from_afar or not words.isdisjoint(self._in_text)

    @cached_property
    def _in_labels(self) -> set[int]:
        scopes = self._artifacts.surroundings.scopes
        labels = dict.fromkeys(scope.labels for scope in scopes if scope.labels)
        return self._scanner.context(" | ".join(labels)) if labels else set()

    @cached_property
    def _in_text(self) -> set[int]:
        return self._scanner.context(self._text)

    @cached_property
    def _from_afar(self) -> bool:
        return not self._text.isascii() and bool(_FROM_AFAR.search(self._text))


def _where(step: _Scanned, places: Mapping[int, Places], text: str) -> dict[int, Sequence[Window]]:
    """For each pattern that can match, the windows in which it can."""
    where: dict[int, Sequence[Window]] = {}
    for place, its_gate in enumerate(step.gates):
        if its_gate is None:
            where[place] = EVERYWHERE
        elif (its_places := places.get(its_gate[1])) is not None:
            where[place] = windows(its_gate[0], its_places, text)
    return where


def _proposal(recognizer: EntityRecognizer) -> re.Pattern[str] | None:
    """The pattern by which a class finds its candidates, if it says so."""
    proposal: re.Pattern[str] | None = getattr(recognizer, "gate", None)
    return proposal


def _analyzed(
    recognizer: EntityRecognizer, text: str, entities: list[str], artifacts: Surrounded
) -> list[RecognizerResult]:
    """What Presidio's engine does with one recogniser."""
    if not recognizer.is_loaded:
        recognizer.load()
        recognizer.is_loaded = True
    results: list[RecognizerResult] = recognizer.analyze(
        text=text, entities=entities, nlp_artifacts=artifacts
    )
    name: str = vars(recognizer)["name"]
    for result in results or ():
        metadata = result.recognition_metadata = result.recognition_metadata or {}
        metadata.setdefault(RecognizerResult.RECOGNIZER_IDENTIFIER_KEY, recognizer.id)
        metadata.setdefault(RecognizerResult.RECOGNIZER_NAME_KEY, name)
    return results or []
