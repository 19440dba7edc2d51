"""Presidio recognisers made from definitions, run so that nothing is ever skipped.

Presidio drops a pattern that takes too long with no more than a log line. Here it raises: what
could not be searched is undecided. A recogniser runs over a whole text, as any of Presidio's does,
or only in the windows of it in which a scan says that it can match, with the same results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import regex
from presidio_analyzer import (
    AnalysisExplanation,
    LocalRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.detect.artifacts import LANGUAGE, Surrounded
from gateway.detect.definitions import Definition, PatternDefinition
from gateway.detect.scan import EVERYWHERE, Gate, Window, gate
from gateway.detect.values import ValueMatcher
from gateway.errors import LimitExceeded
from recognizers import MATCH, NEEDS_CONTEXT

PATTERN_SECONDS = 60
WITH_CONTEXT_ONLY = 0.3
"""The score of what counts only beside a context word."""
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
        everywhere = dict.fromkeys(range(len(self.patterns)), EVERYWHERE)
        return self.analyze_windows(text, everywhere, nlp_artifacts)

    def analyze_windows(
        self,
        text: str,
        windows: Mapping[int, Sequence[Window]],
        nlp_artifacts: NlpArtifacts | None = None,
    ) -> list[RecognizerResult]:
        """Find the matches that begin in windows of the text.

        Args:
            text: the whole text.
            windows: for each pattern that can match, by its place, where it can.
            nlp_artifacts: as for :meth:`analyze`.

        Raises:
            LimitExceeded: as for :meth:`analyze`.
        """
        literals = self.definition.literals
        if literals and not any(literal in text for literal in literals):
            return []
        surrounded = nlp_artifacts if isinstance(nlp_artifacts, Surrounded) else None
        results: list[RecognizerResult] = []
        for place, some in windows.items():
            score, needs = self.patterns[place].score, self._needs[place]
            for match, valid in self._matches(place, text, some):
                if surrounded:
                    surrounded.seen(match.span())
                if valid is not False and match.end() > match.start():
                    result = self._result(match, self.MAX_SCORE if valid else score, needs=needs)
                    if surrounded and surrounded.explain:
                        result.analysis_explanation = self._explanation(place, valid=valid)
                    results.append(result)
        return results

    def _matches(
        self, place: int, text: str, windows: Iterable[Window]
    ) -> Iterator[tuple[Any, bool | None]]:
        """All matches of a pattern and what validation says of them.

        A short one that validation refutes is searched again from its second character on: the
        number before a card must not hide the card ("4512 4111 1111 1111 1111").
        """
        search = self._program(place).search
        at = 0
        try:
            for first, limit, end in windows:
                at = max(at, first)
                while at < limit and (match := search(text, at, end, timeout=PATTERN_SECONDS)):
                    start, stop = match.span()
                    if start >= limit:
                        break
                    valid = self._valid(match)
                    yield match, valid
                    refuted = valid is False and stop - start <= _SHORT
                    at = start + 1 if refuted or stop == start else stop
        except TimeoutError as error:
            raise LimitExceeded(
                f"recogniser {self.name!r} needed more than {PATTERN_SECONDS} s"
            ) from error

    def gates(self) -> list[Gate | None]:
        """For each pattern what must stand in a text for it to match; ``None`` if that is unknown."""
        flags = self.global_regex_flags & (regex.IGNORECASE | regex.MULTILINE)
        return [gate(pattern.regex, flags) for pattern in self.patterns]

    @property
    def counts_without_context(self) -> bool:
        """Whether some pattern counts though no context word stands near."""
        return not all(self._needs)

    def _program(self, place: int) -> Any:
        """A compiled pattern; most are never needed, as nothing in a text looks like them."""
        programs = self._programs
        if programs[place] is None:
            programs[place] = regex.compile(self.patterns[place].regex, self.global_regex_flags)
        return programs[place]

    @cached_property
    def _programs(self) -> list[Any]:
        return [None] * len(self.patterns)

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

    def _explanation(self, place: int, *, valid: bool | None) -> AnalysisExplanation:
        pattern = self.patterns[place]
        checked = self.definition.check is not None or valid is not None
        return AnalysisExplanation(
            recognizer=self.name,
            original_score=self.MAX_SCORE if valid else pattern.score,
            pattern_name=pattern.name,
            pattern=pattern.regex,
            validation_result=checked,
            textual_explanation=f"pattern {place + 1}, which is worth {pattern.score:.2f}"
            + (", and its check holds" if checked else "")
            + (f", which makes {self.MAX_SCORE:.2f}" if valid else ""),
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
    least = WITH_CONTEXT_ONLY if definition.context_required else 0.0
    return tuple(PatternDefinition(p.regex, max(p.score, least)) for p in vars(adopted)["patterns"])
