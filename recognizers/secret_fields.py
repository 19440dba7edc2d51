"""Secrets and passwords that stand alone in a field whose label says what they are.

The labels are a JSON or YAML key, a column header, an attribute or a form field, the nearest
first. The same words count as in :mod:`recognizers.assignments`, and the same checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar

import regex
from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from recognizers import Pieces, assignments, entropy

_VALUE = re.compile(
    r"\s{0,20}(?:(?:bearer|token|basic|apikey)\s{1,3})?(\S{8,4000})\s{0,20}", re.IGNORECASE
)
_PASSWORD = re.compile(r"[ \t]{0,20}([!-~]{4,128})[ \t\r]{0,20}")
# A label that says nothing by itself; the one around it speaks.
_GENERIC = frozenset({"", "value", "data", "default", "content", "text", "string"})
_KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (assignments.QUALIFIED_NAME, entropy.key_material),
    (r"(?:^|[ _])authorization", entropy.key_material),
    (assignments.CHINESE_NAME, entropy.key_material),
    (assignments.LONE_NAME, entropy.token),
    (assignments.VENDOR_NAME, entropy.vendor_key),
    (assignments.OTHER_KEY_NAME, entropy.named_key),
)


class _Fields(LocalRecognizer):
    """Whole values of fields with a telling label."""

    SCORE: ClassVar[float] = 0.85
    ENTITY: ClassVar[str]
    VALUE: ClassVar[re.Pattern[str]]
    KINDS: ClassVar[tuple[tuple[str, Callable[[str], bool]], ...]]

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__([self.ENTITY], supported_language=supported_language)
        self._kinds = [
            (regex.compile(rf"(?:{name}){assignments.TAIL}$", regex.IGNORECASE), check)
            for name, check in self.KINDS
        ]
        self._checks: dict[str, tuple[Callable[[str], bool], ...]] = {}

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find the fields."""
        del entities
        pieces: object = nlp_artifacts
        return list(self._found(text, pieces)) if isinstance(pieces, Pieces) else []

    def _found(self, text: str, pieces: Pieces) -> Iterator[RecognizerResult]:
        for start, end, labels in pieces.pieces():
            checks = self._checks_for(labels) if labels else ()
            match = self.VALUE.fullmatch(text, start, end) if checks else None
            if match and any(check(match[1]) for check in checks):
                yield RecognizerResult(self.ENTITY, *match.span(1), self.SCORE)

    def _checks_for(self, labels: str) -> tuple[Callable[[str], bool], ...]:
        """The checks that a value under these labels may pass."""
        known = self._checks.get(labels)
        if known is None:
            parts = labels.split(" | ")
            name = next((part for part in parts if part not in _GENERIC), "")
            known = tuple(check for pattern, check in self._kinds if pattern.search(name))
            if len(self._checks) < _MOST_LABELS:
                self._checks[labels] = known
        return known


class SecretFields(_Fields):
    """Keys, tokens and secrets."""

    ENTITY = "API_KEY"
    VALUE = _VALUE
    KINDS = _KINDS


class PasswordFields(_Fields):
    """Passwords, which may be plain words."""

    ENTITY = "PASSWORD"
    VALUE = _PASSWORD
    KINDS = (
        (r"(?:^|[ _])(?:password|passwd|pwd|passphrase|passcode)", entropy.quoted_password),
        ("密码|口令|密碼", entropy.quoted_password),
    )


_MOST_LABELS = 10_000
