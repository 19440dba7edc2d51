"""What the recognisers for Chinese, Japanese and Korean share: lines by script, spans, results."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from recognizers import Pieces

type Strictness = Literal["relaxed", "normal", "strict"]

ENTITIES = ("PERSON", "ORGANIZATION", "LOCATION", "ADDRESS")

HAN = "\u3400-\u9fff"
_CJK = re.compile("[\u3041-\u30fa\u3400-\u9fff\uac00-\ud7a3]")
_HAN_RUN = re.compile(f"[{HAN}々]+")
_KANA_RUN = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]+")
_HANGUL_RUN = re.compile("[\uac00-\ud7a3]+")
_LINE = re.compile(r"[^\n\r\0]+")
_SHORT_LINE = 40
# Rules look at all words of a line for some: a longer line is read in parts, so that it stays linear.
_LONG_LINE = 600
_PAUSE = re.compile(r"[。!?！？;；,，、 ](?=[^。!?！？;；,，、 ]*\Z)")
_WHOLES = frozenset(("ORGANIZATION", "ADDRESS"))
_MEANING = 2
# A kana or two is a decoration in Chinese text (の); so many in a hundred ideographs are a language.
_MIXED = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A name and how sure it is, 0 to 1."""

    start: int
    end: int
    entity: str
    score: float

    def moved(self, by: int) -> Found:
        """The same further on."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one segment.

    Args:
        start: where it begins in the analysed text.
        text: the line.
        labels: the segment's labels.
        whole: whether it is all that stands in the segment (a cell, a field).
    """

    start: int
    text: str
    labels: str = ""
    whole: bool = False


class CjkNames(LocalRecognizer):
    """Finds names in the lines that are in one language.

    Args:
        supported_language: Presidio's language code.
    """

    language: ClassVar[str]
    """ISO 639-1 code of the names that it knows."""

    name: str

    def __init__(self, supported_language: str = "en") -> None:
        super().__init__(
            list(ENTITIES), name=f"names ({self.language})", supported_language=supported_language
        )
        self.strictness: Strictness = "normal"

    def load(self) -> None:
        """Nothing yet: the model is read when the first line in its language comes."""

    def tune(self, strictness: Strictness, languages: Collection[str]) -> None:
        """How readily a word is taken for a name."""
        del languages
        self.strictness = strictness

    def names(self, lines: Sequence[Line]) -> Iterator[tuple[Line, list[Found]]]:
        """The names in each line, by places in the line."""
        raise NotImplementedError

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find names of people, organisations and places, and addresses."""
        if not _CJK.search(text):
            return []
        pieces = (
            nlp_artifacts.pieces() if isinstance(nlp_artifacts, Pieces) else [(0, len(text), "")]
        )
        wanted = set(entities) if entities else set(ENTITIES)
        lines = list(lines_in(self.language, text, pieces))
        return [
            self._result(found.moved(line.start))
            for line, names in (self.names(lines) if lines else ())
            for found in names
            if found.entity in wanted
        ]

    def _result(self, found: Found) -> RecognizerResult:
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        return RecognizerResult(
            found.entity, found.start, found.end, found.score, recognition_metadata=metadata
        )


def lines_in(language: str, text: str, pieces: Iterable[tuple[int, int, str]]) -> Iterator[Line]:
    """The lines that may be in a language, by their script.

    Kana make a line Japanese, Hangul makes it Korean, ideographs without many of them Chinese. A
    short line of ideographs is Japanese too where the whole text is rich in kana.
    """
    japanese = (
        _length(_KANA_RUN, text) * 10 > _length(_HAN_RUN, text) if language == "ja" else False
    )
    for start, end, labels in pieces:
        if not _CJK.search(text, start, end):
            continue
        for match in _LINE.finditer(text, start, end):
            line = match.group()
            if _is_in(language, line, japanese=japanese):
                for first, last in _parts(line):
                    whole = last - first == end - start
                    yield Line(match.start() + first, line[first:last], labels, whole)


def resolved(found: Iterable[Found]) -> list[Found]:
    """Names without overlaps: the surer one stays, and of a less sure one what sticks out.

    Of two organisations or addresses that overlap, the whole is one; what remains of another kind
    stays if it is long enough to mean something.
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (-each.score, each.start - each.end, each.start)):
        rest: Found | None = one
        for other in list(kept):
            if rest is None or other.end <= rest.start or rest.end <= other.start:
                continue
            if other.entity == rest.entity and rest.entity in _WHOLES:
                kept.remove(other)
                start, end = min(rest.start, other.start), max(rest.end, other.end)
                rest = replace(other, start=start, end=end)
            else:
                rest = _outside(rest, other)
        if rest is not None:
            kept.append(rest)
    return sorted(kept, key=lambda each: each.start)


def _parts(line: str) -> Iterator[tuple[int, int]]:
    """A long line in parts that end at a pause where there is one."""
    start = 0
    while len(line) - start > _LONG_LINE:
        pause = _PAUSE.search(line[start + _LONG_LINE // 2 : start + _LONG_LINE])
        end = start + (_LONG_LINE // 2 + pause.end() if pause else _LONG_LINE)
        yield start, end
        start = end
    yield start, len(line)


def _outside(one: Found, other: Found) -> Found | None:
    """The longer part of one name that lies outside another."""
    before, after = other.start - one.start, one.end - other.end
    if max(before, after) < _MEANING:
        return None
    return replace(one, end=other.start) if before >= after else replace(one, start=other.end)


def _is_in(language: str, line: str, *, japanese: bool) -> bool:
    han, kana, hangul = (_length(run, line) for run in (_HAN_RUN, _KANA_RUN, _HANGUL_RUN))
    match language:
        case "ja":
            if kana:
                return japanese or kana * _MIXED * 2 > han
            return japanese and han > 0 and len(line) <= _SHORT_LINE
        case "ko":
            return hangul > 0
        case _:
            return han > 0 and (kana + hangul) * _MIXED <= han


def _length(run: re.Pattern[str], text: str) -> int:
    return sum(map(len, run.findall(text)))
