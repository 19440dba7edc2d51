"""Values of Kubernetes secrets: base64 under ``data:`` of a manifest whose ``kind`` is Secret."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from recognizers import entropy

_KIND = re.compile(
    r"""^["' \t-]{0,20}kind["']?:[ \t]{0,3}["']?Secret["']?[ \t,]{0,3}\r?$""", re.MULTILINE
)
_BORDER = re.compile(r"^---|\x00", re.MULTILINE)
_SECTION = re.compile(
    r"^[ \t]{0,40}(?P<name>data|stringData)[ \t]{0,3}:[ \t]{0,3}\r?$", re.MULTILINE
)
_ENTRY = re.compile(
    r"""(?P<indent>[ \t]{0,60})["']?[A-Za-z0-9._-]{1,100}["']?:[ \t]{1,4}"""
    r"""(?P<quote>["']?)(?P<value>[^\s"'#{<][^\s"']{3,8000})(?P=quote)[ \t]{0,4}\r?"""
)
_REACH = 20_000  # a manifest is no longer than that before or behind its kind


class KubernetesSecrets(LocalRecognizer):
    """Each value of a secret's ``data`` (base64) and ``stringData`` (plain)."""

    SCORE = 0.85

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(["API_KEY"], supported_language=supported_language)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find the values."""
        del entities, nlp_artifacts
        spans: set[tuple[int, int]] = set()
        at = 0
        while kind := _KIND.search(text, at):
            start, end = _manifest(text, kind.start(), kind.end())
            spans.update(_values(text, start, end))
            at = max(end, kind.end())
        return [RecognizerResult("API_KEY", *span, self.SCORE) for span in sorted(spans)]


def _manifest(text: str, start: int, end: int) -> tuple[int, int]:
    """The document of a YAML stream in which a place stands."""
    borders = list(_BORDER.finditer(text, max(0, start - _REACH), start))
    after = _BORDER.search(text, end, end + _REACH)
    first = borders[-1].end() if borders else max(0, start - _REACH)
    return first, after.start() if after else min(len(text), end + _REACH)


def _values(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for section in _SECTION.finditer(text, start, end):
        indent = len(section[0]) - len(section[0].lstrip())
        at = text.find("\n", section.start(), end) + 1
        while at and (entry := _ENTRY.match(text, at, end)) and len(entry["indent"]) > indent:
            plain = section["name"] == "stringData"
            if entropy.password(entry["value"]) if plain else _encoded(entry["value"]):
                yield entry.span("value")
            at = text.find("\n", entry.end(), end) + 1


def _encoded(value: str) -> bool:
    """Base64 of something that is no placeholder."""
    try:
        said = base64.b64decode(value, validate=True)
    except ValueError:
        return False
    return len(said) >= _SHORTEST and not entropy.is_placeholder(said.decode("utf-8", "replace"))


_SHORTEST = 4
