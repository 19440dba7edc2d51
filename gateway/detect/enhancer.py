"""Scores after context: Presidio's enhancer, looking at windows of text and at labels."""

from __future__ import annotations

from presidio_analyzer import ContextAwareEnhancer, EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from gateway.detect.artifacts import Surrounded
from gateway.detect.context import ContextWords, Scope, Surroundings, spread
from recognizers import NEEDS_CONTEXT


class WindowContext(ContextAwareEnhancer):
    """Raises scores by context words near the hit; drops hits that need one and have none.

    The factors are those of Presidio's own enhancer.
    """

    def __init__(self) -> None:
        super().__init__(
            context_similarity_factor=0.35,
            min_score_with_context_similarity=0.4,
            context_prefix_count=0,
            context_suffix_count=0,
        )
        self._words: dict[str, ContextWords] = {}

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The results with their scores after context."""
        if isinstance(nlp_artifacts, Surrounded):
            surroundings = nlp_artifacts.surroundings
        else:
            surroundings = Surroundings(text, [Scope(0, len(text))])
        given = " | ".join(spread(word) for word in context or ())
        by_id = {recognizer.id: recognizer for recognizer in recognizers}
        return [
            result for result in raw_results if self._supported(result, by_id, surroundings, given)
        ]

    def _supported(
        self,
        result: RecognizerResult,
        recognizers: dict[str, EntityRecognizer],
        surroundings: Surroundings,
        given: str,
    ) -> bool:
        """Raise the score if there is context; ``False`` if it was needed and is missing."""
        metadata = result.recognition_metadata
        needed = bool(metadata.get(NEEDS_CONTEXT))
        recognizer = recognizers.get(metadata[RecognizerResult.RECOGNIZER_IDENTIFIER_KEY])
        if recognizer is None or not recognizer.context:
            return not needed
        words = self._words_of(recognizer)
        labels = f"{surroundings.scope(result.start).labels} | {given}"
        found = words.in_words(labels)
        definition = getattr(recognizer, "definition", None)
        if not found and not (definition and definition.label_required):
            found = words.in_words(surroundings.near(result.start, result.end))
        if found:
            raised = result.score + self.context_similarity_factor
            raised = max(raised, self.min_score_with_context_similarity)
            result.score = min(raised, self.MAX_SCORE)
        return found or not needed

    def _words_of(self, recognizer: EntityRecognizer) -> ContextWords:
        if recognizer.id not in self._words:
            self._words[recognizer.id] = ContextWords(recognizer.context)
        return self._words[recognizer.id]
