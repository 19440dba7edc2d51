"""A linear-chain CRF that labels tokens, and spans from its labels.

The models are files of CRFsuite (https://www.chokkan.org/software/crfsuite/), read by
python-crfsuite. Labels are ``O``, and ``B-X`` and ``I-X`` for the first and the further tokens of an
X (the BIO scheme).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pycrfsuite

OUTSIDE = "O"

type Features = Sequence[Sequence[str]]
"""The features of each token of a sentence."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tokens ``first`` to ``last`` (included) are one ``label``; ``score`` from 0 to 1."""

    first: int
    last: int
    label: str
    score: float


class Tagger:
    """A model, loaded once for each thread that uses it (CRFsuite's tagger keeps state).

    Args:
        path: the model's file.
    """

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self._own = threading.local()

    def tag(
        self,
        features: Features,
        bias: float = 0.5,
        *,
        candidates: Sequence[bool] | None = None,
        favoured: str = "",
        favour: float = 1.0,
    ) -> list[Tagged]:
        """The entities in a sentence.

        Args:
            features: of each token.
            bias: a token that the best path leaves outside still counts as its likeliest entity
                if it is outside with a probability below ``1 - bias``: lower finds more.
            candidates: which tokens may count by that; all, unless this is given.
            favoured: a kind of entity that it is worse to miss than any other.
            favour: tokens within another entity that are of the favoured kind with this
                probability or more are taken for it.

        Returns:
            Entities in order. The score is the mean probability of their tokens' labels.
        """
        if not features:
            return []
        tagger = self._tagger()
        tagger.set(features)
        labels: list[str] = tagger.tag()
        inside = [label for label in tagger.labels() if label != OUTSIDE]
        for at, label in enumerate(labels):
            if label != OUTSIDE or not (candidates is None or candidates[at]):
                continue
            if 1 - tagger.marginal(OUTSIDE, at) > bias:
                labels[at] = max(inside, key=lambda one: tagger.marginal(one, at))
        if favoured:
            _give_way(tagger, labels, favoured, favour)
        return [
            Tagged(first, last, label, _mean(tagger, labels, first, last))
            for first, last, label in _runs(labels)
        ]

    def _tagger(self) -> pycrfsuite.Tagger:
        tagger: pycrfsuite.Tagger | None = getattr(self._own, "tagger", None)
        if tagger is None:
            import pycrfsuite

            tagger = pycrfsuite.Tagger()
            tagger.open_inmemory(self._data)
            self._own.tagger = tagger
        return tagger


def _runs(labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """First token, last token and kind of each entity; an ``I`` after nothing begins one too."""
    first, kind = 0, ""
    for at, label in enumerate([*labels, OUTSIDE]):
        prefix, _, name = label.partition("-")
        if kind and (prefix != "I" or name != kind):
            yield first, at - 1, kind
            kind = ""
        if name and not kind:
            first, kind = at, name


def _give_way(tagger: pycrfsuite.Tagger, labels: list[str], favoured: str, favour: float) -> None:
    """Relabel the tokens of other entities that may well be of the favoured kind."""
    first, further = f"B-{favoured}", f"I-{favoured}"
    if first not in tagger.labels():
        return
    before = ""
    for at, label in enumerate(labels):
        kind = label[2:]
        if kind and kind != favoured:
            chances = tagger.marginal(first, at), tagger.marginal(further, at)
            if sum(chances) >= favour:
                labels[at] = further if before == favoured else first
        before = labels[at][2:]


def _mean(tagger: pycrfsuite.Tagger, labels: Sequence[str], first: int, last: int) -> float:
    chances = [tagger.marginal(labels[at], at) for at in range(first, last + 1)]
    return float(sum(chances)) / len(chances)
