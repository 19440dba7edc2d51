"""The values of an index as a Presidio recogniser."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.detect.index.file import read_index
from gateway.detect.index.matcher import IndexMatcher

ENTITY = "EXACT_VALUE"


class IndexedValueRecognizer(LocalRecognizer):
    """Finds the values of the user's indexes.

    Args:
        paths: the indexes' files.
        key: the user's own, under which they were made.
        language: Presidio's language code.

    Raises:
        PolicyError: an index cannot be used.
    """

    def __init__(self, paths: Iterable[str], key: bytes, language: str) -> None:
        self._matchers = [IndexMatcher(read_index(Path(path), key)) for path in paths]
        super().__init__([ENTITY], name="exact data", supported_language=language)

    def load(self) -> None:
        """Loaded already."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find the values."""
        del entities, nlp_artifacts
        return [
            RecognizerResult(ENTITY, start, end, self.MAX_SCORE)
            for matcher in self._matchers
            for start, end in matcher.find(text)
        ]
