"""The common part of the Japanese and the Korean recogniser: a model, and rules beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from recognizers.names.cjk import CjkNames, Found, Line, Strictness, resolved
from recognizers.names.cjk_features import DATA, features, lexicon, split
from recognizers.names.tagger import Tagger

_BIAS: dict[Strictness, float] = {"relaxed": 1.0, "normal": 0.3, "strict": 0.1}
_LIKELY: dict[Strictness, float] = {"relaxed": 0.0, "normal": 0.35, "strict": 0.15}
_LEAST = 0.5
_SPREAD = 0.25


class SpokenNames(CjkNames):
    """A model ``data/<name>.crf`` with its words ``data/<name>.txt.xz``, and rules."""

    model: str
    """The name of the language in English, lower case."""

    def names(self, lines: Sequence[Line]) -> Iterator[tuple[Line, list[Found]]]:
        """The names in each line."""
        for line in lines:
            found = [*self._tagged(line.text), *self.rules(line)]
            yield line, resolved(found)

    def rules(self, line: Line) -> Iterator[Found]:
        """What the form of the line gives away."""
        raise NotImplementedError

    def counts(self, text: str, start: int, end: int, label: str) -> bool:
        """Whether what the model found in a line can be a name at all."""
        raise NotImplementedError

    def _tagged(self, text: str) -> Iterator[Found]:
        known = lexicon(self.model)
        tagger = _tagger(self.model)
        for offset, end in split(text):
            starts, ends, rows = features(text[offset:end], known)
            for tagged in tagger.tag(rows, _BIAS[self.strictness]):
                first, last = offset + starts[tagged.first], offset + ends[tagged.last]
                likely = tagged.score >= _LIKELY[self.strictness]
                if likely and self.counts(text, first, last, tagged.label):
                    score = _LEAST + _SPREAD * tagged.score
                    yield Found(first, last, tagged.label, score)


@cache
def _tagger(model: str) -> Tagger:
    return Tagger(DATA / f"{model}.crf")
