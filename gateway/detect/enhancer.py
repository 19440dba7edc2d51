"""Scores after context: Presidio's enhancer, looking at windows of text and at labels."""

from __future__ import annotations

from presidio_analyzer import (
    AnalysisExplanation,
    ContextAwareEnhancer,
    EntityRecognizer,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.detect.artifacts import Surrounded
from gateway.detect.context import ContextWords, Scope, Surroundings, spread
from recognizers import NEEDS_CONTEXT


class WindowContext(ContextAwareEnhancer):
    """Raises scores by context words near the hit; drops hits that need one and have none.

    The factors are those of Presidio's own enhancer.

    Args:
        keep_weak: keep the hits that need a word and have none, at the score of their pattern.
    """

    def __init__(self, *, keep_weak: bool = False) -> None:
        super().__init__(
            context_similarity_factor=0.35,
            min_score_with_context_similarity=0.4,
            context_prefix_count=0,
            context_suffix_count=0,
        )
        self._keep_weak = keep_weak
        self._words: dict[str, ContextWords] = {}
        self._known: list[EntityRecognizer] = []
        self._by_id: dict[str, EntityRecognizer] = {}

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The results with their scores after context."""
        if not raw_results:
            return []
        if isinstance(nlp_artifacts, Surrounded):
            surroundings = nlp_artifacts.surroundings
        else:
            surroundings = Surroundings(text, [Scope(0, len(text))])
        if recognizers is not self._known or len(recognizers) != len(self._by_id):
            self._known = recognizers
            self._by_id = {recognizer.id: recognizer for recognizer in recognizers}
        given = " | ".join(spread(word) for word in context or ())
        return [result for result in raw_results if self._supported(result, surroundings, given)]

    def _supported(self, result: RecognizerResult, surroundings: Surroundings, given: str) -> bool:
        """Raise the score if there is context; ``False`` if it was needed and is missing."""
        metadata = result.recognition_metadata
        counts = self._keep_weak or not metadata.get(NEEDS_CONTEXT)
        recognizer = self._by_id.get(metadata[RecognizerResult.RECOGNIZER_IDENTIFIER_KEY])
        if recognizer is None or not recognizer.context:
            return counts
        found = self._context(result, recognizer, surroundings, given)
        if not found:
            return counts
        raised = result.score + self.context_similarity_factor
        raised = max(raised, self.min_score_with_context_similarity)
        result.score = min(raised, self.MAX_SCORE)
        if result.analysis_explanation is not None:
            _explain(result.analysis_explanation, result.score, *found)
        return True

    def _context(
        self,
        result: RecognizerResult,
        recognizer: EntityRecognizer,
        surroundings: Surroundings,
        given: str,
    ) -> tuple[str, str] | None:
        """The context word that speaks of the hit, and where it stands."""
        words = self._words_of(recognizer)
        labels = surroundings.scope(result.start).labels
        if (labels or given) and (found := words.find(f"{labels} | {given}")):
            return found.group(), "in the label"
        definition = getattr(recognizer, "definition", None)
        if definition and definition.label_required:
            return None
        before, after = surroundings.near(result.start, result.end)
        if found := words.find(before):
            return found.group(), "before it"
        if found := words.find(after):
            return found.group(), "behind it"
        return None

    def _words_of(self, recognizer: EntityRecognizer) -> ContextWords:
        if recognizer.id not in self._words:
            self._words[recognizer.id] = ContextWords(recognizer.context)
        return self._words[recognizer.id]


def _explain(explanation: AnalysisExplanation, score: float, word: str, where: str) -> None:
    """Say in an explanation which word raised the score; the word is one of the recogniser's."""
    explanation.set_supportive_context_word(word)
    explanation.set_improved_score(score)
    explanation.append_textual_explanation_line(
        f"the word {word!r} {where} raises it to {score:.2f}"
    )
