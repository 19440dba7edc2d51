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
from typing import TypeGuard

from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    PatternRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.detect.artifacts import LANGUAGE, NoTokens
from gateway.detect.defined import DefinedRecognizer, ExactValueRecognizer
from gateway.detect.definitions import Definition, load_definitions
from gateway.detect.enhancer import WindowContext
from gateway.errors import LimitExceeded, PolicyError
from gateway.model import DetectionOptions
from recognizers import Tunable


class GatewayEngine(AnalyzerEngine):
    """Presidio's engine without its step of recognisers times results.

    Presidio hands every recogniser all results for enhancement. Here only those are asked that
    have an enhancement of their own.
    """

    def _enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        default = EntityRecognizer.enhance_using_context
        if any(type(entry).enhance_using_context is not default for entry in recognizers):
            return super()._enhance_using_context(
                text, raw_results, nlp_artifacts, recognizers, context
            )
        return self.context_aware_enhancer.enhance_using_context(
            text, raw_results, nlp_artifacts, recognizers, context
        )


def build_engine(options: DetectionOptions, extra: Path | None = None) -> AnalyzerEngine:
    """An ``AnalyzerEngine`` with every recogniser that the options ask for.

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
    return GatewayEngine(
        registry=registry,
        nlp_engine=NoTokens(),
        supported_languages=[LANGUAGE],
        context_aware_enhancer=WindowContext(),
    )


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
    return made(supported_language=LANGUAGE)


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
