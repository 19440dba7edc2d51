"""Recognisers of Presidio's whose check says no more than their pattern.

Presidio gives a match that passes its ``validate_result`` the full score. Where that looks at the
shape alone (so many digits, a letter among them) such a match would beat a number whose check digit
holds. Here it keeps the score of its pattern, which is enough beside a word that names it.
"""

from __future__ import annotations

from presidio_analyzer import Pattern, PatternRecognizer, predefined_recognizers

_LEAST = 0.25


class Modest(PatternRecognizer):
    """A match that fails the adopted recogniser's check is none; one that passes gains nothing.

    Args:
        adopted: the name of one of Presidio's recognisers.
        supported_language: Presidio's language code.
    """

    def __init__(self, adopted: str, supported_language: str = "en") -> None:
        self._adopted: PatternRecognizer = getattr(predefined_recognizers, adopted)()
        super().__init__(
            self._adopted.supported_entities[0],
            patterns=[
                Pattern(pattern.name, pattern.regex, max(pattern.score, _LEAST))
                for pattern in self._adopted.patterns
            ],
            supported_language=supported_language,
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        """False for what the adopted recogniser refuses; otherwise no opinion."""
        return False if self._adopted.validate_result(pattern_text) is False else None
