"""Models that the user has joined to the recognisers: spaCy pipelines.

Not used by default and never downloaded: an entry in the user's own folder of recognisers names the
class and the model, which must be installed::

    - name: spaCy English
      entity: [PERSON, ORGANIZATION, LOCATION]
      class: recognizers.models.SpacyModel
      arguments: {model: en_core_web_lg}
      examples: {positive: [...], negative: [...]}

Presidio's own recognisers for transformers and GLiNER can be named in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from recognizers import Pieces

if TYPE_CHECKING:
    from spacy.language import Language

# Labels of OntoNotes 5 and of the WikiNER scheme, which spaCy's models use.
_ENTITIES = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "ORG": "ORGANIZATION",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "NORP": "NRP",
    "DATE": "DATE_TIME",
    "TIME": "DATE_TIME",
}
_STRETCH = 10_000  # characters; a pipeline refuses more than a million


class SpacyModel(LocalRecognizer):
    """Finds what a spaCy pipeline calls an entity.

    Args:
        model: the name of an installed package, or a folder.
        entities: which entity each of the model's labels means; the usual ones are known.
        score: what a finding is worth; spaCy gives none.
        supported_language: Presidio's language code.

    Raises:
        OSError: there is no such model; nothing is downloaded.
    """

    def __init__(
        self,
        model: str,
        entities: Mapping[str, str] | None = None,
        score: float = 0.7,
        supported_language: str = "en",
    ) -> None:
        import spacy

        self._entities = dict(entities or _ENTITIES)
        self._score = score
        self._pipeline: Language = spacy.load(model)
        super().__init__(
            sorted(set(self._entities.values())),
            name=f"spaCy {model}",
            supported_language=supported_language,
        )

    def load(self) -> None:
        """Loaded already."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find entities, each segment of the text by itself."""
        del entities
        pieces = (
            nlp_artifacts.pieces() if isinstance(nlp_artifacts, Pieces) else [(0, len(text), "")]
        )
        places = [place for start, end, _ in pieces for place in _stretches(text, start, end)]
        documents = self._pipeline.pipe(text[start:end] for start, end in places)
        return [
            RecognizerResult(
                self._entities[span.label_],
                start + span.start_char,
                start + span.end_char,
                self._score,
            )
            for (start, _), document in zip(places, documents, strict=True)
            for span in document.ents
            if span.label_ in self._entities
        ]


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A long segment in stretches that end at a line or a space where there is one."""
    while end - start > _STRETCH:
        half = start + _STRETCH // 2
        cut = max(text.rfind("\n", half, start + _STRETCH), text.rfind(" ", half, start + _STRETCH))
        cut = cut + 1 if cut >= 0 else start + _STRETCH
        yield start, cut
        start = cut
    yield start, end
