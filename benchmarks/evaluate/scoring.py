"""Comparing predicted spans with marked ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

type Marked = tuple[int, int, str]
"""Start, end and label."""


@dataclass(slots=True)
class Score:
    """Counts over many texts.

    ``strict`` counts the same span and label; ``overlap`` the same label and a shared character.
    A marked mention leaks when one of its characters lies under no prediction, whatever its label.
    """

    marked: int = 0
    predicted: int = 0
    strict: int = 0
    overlap_marked: int = 0
    overlap_predicted: int = 0
    leaked: int = 0

    def add(self, marked: Sequence[Marked], predicted: Sequence[Marked]) -> None:
        """Count one text."""
        self.marked += len(marked)
        self.predicted += len(predicted)
        self.strict += len(set(marked) & set(predicted))
        self.overlap_marked += sum(any(_meet(one, other) for other in predicted) for one in marked)
        self.overlap_predicted += sum(
            any(_meet(one, other) for other in marked) for one in predicted
        )
        covered = {at for start, end, _ in predicted for at in range(start, end)}
        self.leaked += sum(not covered.issuperset(range(start, end)) for start, end, _ in marked)

    @property
    def leak(self) -> float:
        """Share of marked mentions that are not wholly covered."""
        return self.leaked / self.marked if self.marked else 0.0

    @property
    def recall(self) -> float:
        """Share of marked mentions that a prediction of the same label touches."""
        return self.overlap_marked / self.marked if self.marked else 0.0

    @property
    def precision(self) -> float:
        """Share of predictions that touch a marked mention of the same label."""
        return self.overlap_predicted / self.predicted if self.predicted else 0.0

    @property
    def strict_f1(self) -> float:
        """F1 of exact spans and labels."""
        both = self.marked + self.predicted
        return 2 * self.strict / both if both else 0.0

    def f(self, beta: float = 2.0) -> float:
        """F-beta of overlaps; 2 weighs recall four times."""
        precision, recall = self.precision, self.recall
        below = beta * beta * precision + recall
        return (1 + beta * beta) * precision * recall / below if below else 0.0


def only(spans: Iterable[Marked], labels: Iterable[str]) -> list[Marked]:
    """The spans with one of these labels."""
    wanted = set(labels)
    return [span for span in spans if span[2] in wanted]


def _meet(one: Marked, other: Marked) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]
