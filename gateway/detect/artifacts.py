"""What stands where Presidio has an NLP pipeline: no tokens, but the segments of the text.

Tokens would be the dearest step of all, and nothing here needs them; context words are looked for
in the text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from gateway.detect.context import Scope, Surroundings

# All recognisers run on all text; which languages run is settled when they are loaded.
LANGUAGE = "any"


class Surrounded(NlpArtifacts):
    """Empty artifacts that carry the segments of the analysed text.

    Args:
        text: what is analysed.
        scopes: the segments' places in it.
        explain: recognisers shall say in their results what made the score.
    """

    def __init__(self, text: str, scopes: Sequence[Scope], *, explain: bool = False) -> None:
        super().__init__([], cast("Any", None), [], [], None, LANGUAGE)
        self.explain = explain
        self.surroundings = Surroundings(text, scopes)
        self.torn: list[tuple[int, int]] = []

    def pieces(self) -> Iterator[tuple[int, int, str]]:
        """Start, end and labels (lower-case words) of each segment in the text."""
        for scope in self.surroundings.scopes:
            yield scope.start, scope.end, scope.labels

    def labels_at(self, position: int) -> str:
        """The labels of the segment in which a position stands."""
        return self.surroundings.scope(position).labels

    def seen(self, span: tuple[int, int]) -> None:
        """Remember a match, valid or not, that crosses from one segment into another.

        It may have hidden another match, so that these segments must be analysed alone.
        """
        if span[1] > self.surroundings.scope(span[0]).end:
            self.torn.append(span)


class NoTokens(NlpEngine):
    """An NLP engine that makes no tokens."""

    engine_name = "none"
    is_available = True

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Always."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """The text as one segment without labels."""
        del language
        return Surrounded(text, [Scope(0, len(text))])

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        **_: Any,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Each text as one segment without labels."""
        del batch_size, n_process
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """No words are known."""
        del word, language
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """No punctuation is known."""
        del word, language
        return False

    def get_supported_entities(self) -> list[str]:
        """None: the engine itself finds nothing."""
        return []

    def get_supported_languages(self) -> list[str]:
        """The one that stands for all."""
        return [LANGUAGE]
