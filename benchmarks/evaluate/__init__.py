"""How good detection is: ``make eval`` (``python -m benchmarks.evaluate``).

Each module beside this one measures one area and has a function ``rows()``; the command prints
them all and fails when one is worse than its ``floor``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Args:
        measure: what was measured, on which data.
        value: what came out.
        reach: what the project wants to reach.
        floor: what it must not be worse than; what it was when last looked at, or nearly.
        lower_is_better: for counts of alarms about nothing, and for leaks.
        worst: the worst misses and false alarms, as types and contexts, without values.
    """

    measure: str
    value: float
    reach: float
    floor: float
    lower_is_better: bool = False
    worst: tuple[str, ...] = field(default=())

    @property
    def reached(self) -> bool:
        """Whether it is as good as it should be."""
        return self.value <= self.reach if self.lower_is_better else self.value >= self.reach

    @property
    def held(self) -> bool:
        """Whether it is no worse than its floor."""
        return self.value <= self.floor if self.lower_is_better else self.value >= self.floor
