"""Presidio recognisers made from definitions, run so that nothing is ever skipped.

Presidio drops a pattern that takes too long with no more than a log line. Here it raises: what
could not be searched is undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import regex
from presidio_analyzer import LocalRecognizer, Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.detect.artifacts import LANGUAGE, Surrounded
from gateway.detect.context import ContextWords
from gateway.detect.definitions import Definition, PatternDefinition
from gateway.detect.values import ValueMatcher
from gateway.errors import LimitExceeded
from recognizers import MATCH, NEEDS_CONTEXT

PATTERN_SECONDS = 60
_WITH_CONTEXT_ONLY = 0.3
_SHORT = 64


class DefinedRecognizer(PatternRecognizer):
    """A recogniser made from a definition.

    Args:
        definition: what to find.
        adopted: a Presidio recogniser whose patterns and validation stand behind it, or ``None``.

    Raises:
        ValueError: a pattern is no regular expression.
    """

    name: str
    patterns: list[Pattern]

    def __init__(self, definition: Definition, adopted: PatternRecognizer | None = None) -> None:
        patterns = definition.patterns
        words: Iterable[str] = definition.context
        if adopted is not None:
            patterns = _adopted_patterns(definition, adopted)
            words = words or adopted.context or ()
        super().__init__(
            supported_entity=definition.entity,
            name=definition.name,
            supported_language=LANGUAGE,
            patterns=[
                Pattern(f"{definition.name} {number}", pattern.regex, pattern.score)
                for number, pattern in enumerate(patterns, 1)
            ],
            context=list(words),
            global_regex_flags=regex.MULTILINE
            | regex.ASCII
            | (0 if definition.case_sensitive else regex.IGNORECASE),
        )
        self.definition = definition
        self._adopted = adopted
        self._words = ContextWords(words)
        self._needs = [
            definition.context_required or pattern.context_required for pattern in patterns
        ]
        if definition.boundary and adopted is None:
            for pattern in self.patterns:
                pattern.regex = _bounded(pattern.regex)

    def validate_result(self, pattern_text: str) -> bool | None:
        """What the adopted recogniser says; recognisers of our own have a ``check`` instead."""
        return self._adopted.validate_result(pattern_text) if self._adopted else None

    def invalidate_result(self, pattern_text: str) -> bool | None:
        """Whether the match fails its check."""
        check = self.definition.check
        if check is not None and not check(pattern_text):
            return True
        return self._adopted.invalidate_result(pattern_text) if self._adopted else None

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,
        regex_flags: int | None = None,
    ) -> list[RecognizerResult]:
        """Find matches.

        Raises:
            LimitExceeded: one match took longer than :data:`PATTERN_SECONDS` to find.
        """
        del entities, regex_flags
        if not self._possible(text, nlp_artifacts):
            return []
        results: list[RecognizerResult] = []
        rows = zip(self.patterns, self._programs, self._needs, strict=True)
        for pattern, program, needs in rows:
            for match, valid in self._matches(program, text):
                if isinstance(nlp_artifacts, Surrounded):
                    nlp_artifacts.seen(match.span())
                if valid is not False and match.end() > match.start():
                    score = self.MAX_SCORE if valid else pattern.score
                    results.append(self._result(match, score, needs=needs))
        return results

    def _matches(self, program: Any, text: str) -> Iterator[tuple[Any, bool | None]]:
        """All matches and what validation says of them.

        A short one that validation refutes is searched again from its second character on: the
        number before a card must not hide the card ("4512 4111 1111 1111 1111").
        """
        at = 0
        try:
            while match := program.search(text, at, timeout=PATTERN_SECONDS):
                start, end = match.span()
                valid = self._valid(match)
                yield match, valid
                refuted = valid is False and end - start <= _SHORT
                at = start + 1 if refuted or end == start else end
        except TimeoutError as error:
            raise LimitExceeded(
                f"recogniser {self.name!r} needed more than {PATTERN_SECONDS} s"
            ) from error

    def _possible(self, text: str, artifacts: NlpArtifacts | None) -> bool:
        """Refuses quickly where nothing can be found: the place for a scan over all patterns."""
        literals = self.definition.literals
        if literals and not any(literal in text for literal in literals):
            return False
        if self.definition.context_required and isinstance(artifacts, Surrounded):
            return self._words.possible_in(artifacts.surroundings.lowered)
        return True

    @cached_property
    def _programs(self) -> list[Any]:
        """The compiled patterns; many recognisers are refused quickly and never need them."""
        return [regex.compile(pattern.regex, self.global_regex_flags) for pattern in self.patterns]

    def _valid(self, match: Any) -> bool | None:
        """``True`` vouched for by Presidio's validation, ``False`` refuted, ``None`` plausible."""
        found = match.string[slice(*_value_span(match))]
        valid = self.validate_result(found)
        return False if valid is not False and self.invalidate_result(found) else valid

    def _result(self, match: Any, score: float, *, needs: bool) -> RecognizerResult:
        start, end = _value_span(match)
        return RecognizerResult(
            self.definition.entity,
            start,
            end,
            score,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                MATCH: match.span(),
                NEEDS_CONTEXT: needs,
            },
        )


class ExactValueRecognizer(LocalRecognizer):
    """Values that the user listed.

    Args:
        values: what must be found wherever it stands.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._matcher = ValueMatcher(values)
        super().__init__(["EXACT_VALUE"], name="exact values", supported_language=LANGUAGE)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find the values."""
        del entities, nlp_artifacts
        return [
            RecognizerResult("EXACT_VALUE", start, end, self.MAX_SCORE)
            for start, end, _ in self._matcher.find(text)
        ]


def _value_span(match: Any) -> tuple[int, int]:
    span: tuple[int, int] = match.span("value" if "value" in match.re.groupindex else 0)
    return span


def _bounded(pattern: str) -> str:
    r"""The pattern between ASCII boundaries, which, unlike ``\b``, work beside ideographs."""
    return f"(?<![0-9A-Za-z])(?:{pattern})(?![0-9A-Za-z])"


def _adopted_patterns(
    definition: Definition, adopted: PatternRecognizer
) -> tuple[PatternDefinition, ...]:
    """Presidio's patterns; where context is required, none too weak for context to lift it."""
    least = _WITH_CONTEXT_ONLY if definition.context_required else 0.0
    return tuple(PatternDefinition(p.regex, max(p.score, least)) for p in vars(adopted)["patterns"])
