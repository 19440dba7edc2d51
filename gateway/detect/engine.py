"""Presidio's ``AnalyzerEngine``, set up for a gateway.

Imported only when a detector is made: Presidio brings spaCy, which costs most of a second. Nothing
here asks the network, loads a model or makes tokens. Presidio's logger, which would tell values
at its lower levels, is kept to warnings; a warning that something was skipped raises.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeGuard

from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    PatternRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.detect.artifacts import LANGUAGE, NoTokens, Surrounded
from gateway.detect.defined import WITH_CONTEXT_ONLY, DefinedRecognizer, ExactValueRecognizer
from gateway.detect.definitions import Definition, load_definitions
from gateway.detect.enhancer import WindowContext
from gateway.detect.plan import Plan, enhances
from gateway.detect.scan import Backend, best_backend
from gateway.errors import LimitExceeded, PolicyError
from gateway.model import DetectionOptions
from recognizers import Tunable


class GatewayEngine(AnalyzerEngine):
    """Presidio's engine, with one scan in place of a pass of every recogniser over the text.

    The recognisers stay what they are, in a registry to which others can be added. Asked for more
    than plain findings (some entities only, recognisers for one text, thresholds of its own), it
    runs the way it always did, with the same results.

    Args:
        registry: the recognisers.
        backend: what scans; by default the best that is installed.
        keep_weak: hits that lack the context word they need count nevertheless.
    """

    def __init__(
        self,
        registry: RecognizerRegistry,
        backend: Backend | None = None,
        *,
        keep_weak: bool = False,
    ) -> None:
        super().__init__(
            registry=registry,
            nlp_engine=NoTokens(),
            supported_languages=[LANGUAGE],
            context_aware_enhancer=WindowContext(keep_weak=keep_weak),
        )
        self._backend = backend or best_backend()
        self._keep_weak = keep_weak
        self._registered: list[EntityRecognizer] = []
        self._plan = self._planned()

    def analyze(
        self,
        text: str,
        language: str,
        *args: Any,
        nlp_artifacts: NlpArtifacts | None = None,
        **more: Any,
    ) -> list[RecognizerResult]:
        """As Presidio's.

        Raises:
            LimitExceeded: a pattern took too long.
        """
        if self.registry.recognizers != self._registered:
            self._plan = self._planned()
        artifacts = nlp_artifacts or self.nlp_engine.process_text(text, language)
        plan = self._plan
        if args or more or not plan.ordinary or not isinstance(artifacts, Surrounded):
            more["nlp_artifacts"] = artifacts
            return super().analyze(text, language, *args, **more)
        results = plan.run(text, artifacts)
        if results:
            results = self._enhance_using_context(text, results, artifacts, plan.recognizers)
        return EntityRecognizer.remove_duplicates(results) if results else []

    def scan(self, text: str) -> int:
        """How many patterns and context words may stand in a text."""
        return self._plan.scan(text)

    def _planned(self) -> Plan:
        self._registered = list(self.registry.recognizers)
        running = self.registry.get_recognizers(language=LANGUAGE, all_fields=True)
        return Plan(running, self._backend, weak_hits_count=self._keep_weak)

    def _enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """Presidio's, without its step of recognisers times results.

        Presidio hands every recogniser all results for enhancement. Here only those are asked that
        have an enhancement of their own.
        """
        if recognizers is self._plan.recognizers:
            enhancing = self._plan.enhancing
        else:
            enhancing = any(map(enhances, recognizers))
        if enhancing:
            return super()._enhance_using_context(
                text, raw_results, nlp_artifacts, recognizers, context
            )
        return self.context_aware_enhancer.enhance_using_context(
            text, raw_results, nlp_artifacts, recognizers, context
        )


def build_engine(
    options: DetectionOptions,
    extra: Path | None = None,
    key: bytes = b"",
    backend: Backend | None = None,
) -> GatewayEngine:
    """An engine with every recogniser that the options ask for.

    Raises:
        PolicyError: a recogniser's definition cannot be used.
    """
    _guard_log()
    registry = RecognizerRegistry(recognizers=[], supported_languages=[LANGUAGE])
    for definition in load_definitions(options.languages, extra, options.locales):
        if not options.ignore.issuperset(definition.entities):
            registry.add_recognizer(_recognizer(definition, options))
    if any(value.strip() for value in options.values):
        registry.add_recognizer(ExactValueRecognizer(options.values))
    if options.indexes:
        from gateway.detect.index.recognizer import IndexedValueRecognizer

        registry.add_recognizer(IndexedValueRecognizer(options.indexes, key, LANGUAGE))
    return GatewayEngine(registry, backend, keep_weak=options.threshold <= WITH_CONTEXT_ONLY)


def _recognizer(definition: Definition, options: DetectionOptions) -> EntityRecognizer:
    try:
        if not definition.implementation:
            return DefinedRecognizer(definition)
        recognizer = _instance(definition)
        for entity in definition.entities:
            if entity not in recognizer.supported_entities:
                raise _unusable(definition, f"the class does not find {entity}")
        if isinstance(recognizer, Tunable):
            recognizer.tune(options.strictness, options.languages)
        if _runs_patterns(recognizer):
            return DefinedRecognizer(definition, recognizer)
    except ValueError as error:  # Presidio's word for a pattern that does not compile
        raise _unusable(definition, "a pattern is no regular expression") from error
    if definition.check or definition.literals or definition.context_required:
        raise _unusable(definition, "a class with its own analyze() takes name and context only")
    settings = {"name": definition.name, "context": list(definition.context)}
    vars(recognizer).update({key: value for key, value in settings.items() if value})
    return recognizer


def _instance(definition: Definition) -> EntityRecognizer:
    module, _, name = definition.implementation.rpartition(".")
    try:
        made: Callable[..., EntityRecognizer] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise _unusable(definition, f"no class {definition.implementation}") from error
    try:
        return made(supported_language=LANGUAGE, **definition.arguments)
    except (ImportError, OSError, TypeError) as error:
        why = f"{definition.implementation} could not be made ({type(error).__name__})"
        raise _unusable(definition, why) from error


def _runs_patterns(recognizer: EntityRecognizer) -> TypeGuard[PatternRecognizer]:
    """Whether it is Presidio's plain pattern loop that finds things."""
    return (
        isinstance(recognizer, PatternRecognizer)
        and type(recognizer).analyze is PatternRecognizer.analyze
    )


def _unusable(definition: Definition, problem: str) -> PolicyError:
    return PolicyError(f"{definition.source}: recogniser {definition.name!r}: {problem}")


class _RefuseSkips(logging.Filter):
    """Raises on the warning by which Presidio says that it skipped a pattern."""

    def filter(self, record: logging.LogRecord) -> bool:
        if "timed out" in str(record.msg):
            raise LimitExceeded("Presidio skipped a pattern that took too long")
        return True


def _guard_log() -> None:
    logger = logging.getLogger("presidio-analyzer")
    logger.setLevel(logging.WARNING)
    if not any(isinstance(entry, _RefuseSkips) for entry in logger.filters):
        logger.addFilter(_RefuseSkips())
