"""Names, organisations, places and addresses in text in Latin scripts.

A tagger proposes, rules add what a document says by its form (:mod:`latin_rules`,
:mod:`latin_addresses`), stop lists take away what are roles and not names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from recognizers import Pieces
from recognizers.names.latin_addresses import addresses, joined_addresses
from recognizers.names.latin_context import (
    addressed,
    bridged,
    named_in_passing,
    named_without_capitals,
    people_again,
)
from recognizers.names.latin_features import FeatureMaker, blocks, tokens
from recognizers.names.latin_gazetteer import gazetteer
from recognizers.names.latin_labels import label_prefix, labelled_cell
from recognizers.names.latin_rules import ruled
from recognizers.names.latin_spans import (
    ADDRESS,
    LOCATION,
    ORGANIZATION,
    PERSON,
    Found,
    beside,
    in_code,
    is_acronym,
    is_plain,
    tidy,
    united,
)
from recognizers.names.tagger import Tagger

LANGUAGES = frozenset({"en", "de", "fr", "es", "nl", "pt", "it", "pl", "sv", "da", "fi"})

_BIAS = {"relaxed": 0.5, "normal": 0.3, "strict": 0.1}
_CAPITAL = re.compile("[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017d]")
# Where a contract names its parties, a name is likelier than elsewhere.
_PARTIES = re.compile(
    r"""(?i)(?<!\w)(?:by and (?:between|among)[ \n]|for and on behalf of|hereinafter|is made (?:by|between)|\((?:the |each an? )?["“])"""
)
_FAVOUR = 0.2  # a person taken for an organisation is left to stand by most policies
_LOWEST = 0.5
# A place or a firm gives way to what is known better: a nationality, a person, an address.
_RANGES = {PERSON: 0.35, ADDRESS: 0.35, ORGANIZATION: 0.2, LOCATION: 0.08}
_CELL = 200  # characters; a longer labelled piece is running text
_WORDS = 12  # characters; a shorter piece is no sentence


class LatinNames(LocalRecognizer):
    """Finds ``PERSON``, ``ORGANIZATION``, ``LOCATION`` and ``ADDRESS``.

    Args:
        supported_language: Presidio's language code.
    """

    name: str

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(
            [PERSON, ORGANIZATION, LOCATION, ADDRESS],
            name="names (Latin scripts)",
            supported_language=supported_language,
        )
        self._bias = _BIAS["normal"]
        self._runs = True

    def load(self) -> None:
        """Read the model, once for all instances."""
        _tagger()

    def tune(
        self, strictness: Literal["relaxed", "normal", "strict"], languages: Collection[str]
    ) -> None:
        """Set how readily a word is taken for a name; run only where a language wants it."""
        self._bias = _BIAS[strictness]
        self._runs = not LANGUAGES.isdisjoint(languages)

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find names, piece by piece."""
        del entities
        if not self._runs:
            return []
        pieces = (
            nlp_artifacts.pieces() if isinstance(nlp_artifacts, Pieces) else [(0, len(text), "")]
        )
        return [
            self._result(found)
            for start, end, labels in pieces
            for found in self._piece(text, start, end, labels)
        ]

    def _piece(self, text: str, start: int, end: int, labels: str) -> Iterator[Found]:
        if not _CAPITAL.search(text, start, end):
            yield from labelled_cell(text, start, end, labels)
            if end - start > _WORDS:
                small = text[start:end]
                for one in (*named_in_passing(small), *named_without_capitals(small)):
                    if not in_code(small, one):
                        yield replace(one, start=one.start + start, end=one.end + start)
            return
        cell = labels and end - start <= _CELL
        piece = text[start:end]
        shown = label_prefix(labels) + piece if cell else piece
        shift = len(shown) - len(piece)
        found = [
            one
            for one in self._tagged(shown)
            if not (in_code(shown, one) or is_acronym(shown, one) or is_plain(shown, one))
        ]
        found += beside(found, [*ruled(shown), *addresses(shown)])
        passing = [*named_in_passing(shown), *(addressed(shown) if "@" in shown else ())]
        found += beside(found, (one for one in passing if not in_code(shown, one)))
        tidied = [kept for one in found if one.start >= shift and (kept := tidy(shown, one))]
        whole = people_again(shown, bridged(shown, united(shown, tidied)))
        for one in joined_addresses(shown, whole):
            yield replace(one, start=one.start - shift + start, end=one.end - shift + start)
        if cell:
            yield from labelled_cell(text, start, end, labels)

    def _tagged(self, text: str) -> Iterator[Found]:
        maker, tagger = _maker(), _tagger()
        bias = _BIAS["strict"] if _PARTIES.search(text) else self._bias
        for start, end in blocks(text, 0, len(text)):
            found = tokens(text, start, end)
            candidates = [word[0].isupper() or word[0].isdigit() for _, _, word in found]
            if not any(candidates):
                continue
            for tagged in tagger.tag(
                maker.features(text, found),
                bias,
                candidates=candidates,
                favoured=PERSON,
                favour=_FAVOUR,
            ):
                score = _LOWEST + _RANGES[tagged.label] * tagged.score
                yield Found(found[tagged.first][0], found[tagged.last][1], tagged.label, score)

    def _result(self, found: Found) -> RecognizerResult:
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        return RecognizerResult(
            found.label, found.start, found.end, found.score, recognition_metadata=metadata
        )


@cache
def _tagger() -> Tagger:
    return Tagger(Path(str(files("recognizers.names") / "data" / "latin.crf")))


@cache
def _maker() -> FeatureMaker:
    return FeatureMaker(*gazetteer())
