"""Names and addresses in whole documents, with all that the detector does, as a second author wrote them.

``latin/*.txt`` hold invented articles, contracts, letters and chats, marked like those of ``letters``;
``quiet.txt`` has no names. Rules are made with the first of each two texts in view; the second of each
pair is only measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.evaluate import Row
from benchmarks.evaluate.letters import unmarked
from benchmarks.evaluate.scoring import Marked, Score, only

if TYPE_CHECKING:
    from gateway.detect import Detector

_LABELS = ("PERSON", "ORGANIZATION", "LOCATION", "ADDRESS")
_PARTY_SHARE = 0.8  # of its characters under predictions, and a party counts as covered
_FOLDER = Path(__file__).with_name("latin")
_WORST = 8


@dataclass(slots=True)
class _Tally:
    """Counts over the texts of a kind."""

    score: Score = field(default_factory=Score)
    people: Score = field(default_factory=Score)
    parties: int = 0
    covered_parties: int = 0
    predictions: int = 0
    words: int = 0
    hits: int = 0
    worst: Counter[str] = field(default_factory=Counter)

    def add(self, text: str, marks: Sequence[Marked], found: Sequence[Marked]) -> None:
        """Count one text."""
        marked = [one for one in marks if one[2] in _LABELS]
        named = only(found, _LABELS)
        self.words += len(text.split())
        self.predictions += len(named)
        self.score.add(marked, found)
        self.people.add(only(marked, ["PERSON"]), only(found, ["PERSON"]))
        self.hits += sum(
            any(start < last and first < end for first, last, _ in marks) for start, end, _ in named
        )
        covered = {at for start, end, _ in found for at in range(start, end)}
        for start, end, label in marked:
            under = sum(at in covered for at in range(start, end))
            if label == "ORGANIZATION":
                self.parties += 1
                self.covered_parties += under >= _PARTY_SHARE * (end - start)
            if under < end - start:
                self.worst[f"{label} {'partly covered' if under else 'missed'}"] += 1
        for start, end, label in named:
            if not any(start < last and first < end for first, last, _ in marks):
                self.worst[f"{label} where nothing is"] += 1


def rows() -> list[Row]:
    """Measure, the texts that guided the rules apart from the others."""
    from gateway.detect import Detector
    from gateway.model import DetectionOptions

    detector = Detector(DetectionOptions())
    result: list[Row] = []
    for half, name in enumerate(("seen", "unseen")):
        news, contracts, letters, others, quiet = (
            _tally(detector, kind, half)
            for kind in ("news", "contracts", "business", "others", "quiet")
        )
        result += [
            *_leaks(f"news, {name}", news, 0.10),
            *_leaks(f"letters, {name}", letters, 0.05),
            *_leaks(f"de fr es it nl, {name}", others, 0.10),
            *_leaks(f"contracts, {name}", contracts, 0.05),
            Row(
                f"contracts, {name}: parties covered",
                contracts.covered_parties / contracts.parties,
                0.985,
                0.95,
            ),
            Row(
                f"no names, {name}: alarms in 1,000 words",
                1000 * quiet.predictions / quiet.words,
                3,
                (5, 22)[half],
                lower_is_better=True,
                worst=_top(quiet),
            ),
        ]
    return result


def _leaks(name: str, tally: _Tally, reach: float) -> Iterator[Row]:
    yield Row(
        f"{name}: leak", tally.score.leak, reach, 0.14, lower_is_better=True, worst=_top(tally)
    )
    yield Row(f"{name}: PERSON recall", tally.people.recall, 0.9, 0.85)
    yield Row(f"{name}: precision", tally.hits / max(1, tally.predictions), 0.7, 0.8)


def texts(kind: str, half: int) -> Iterator[tuple[str, tuple[Marked, ...]]]:
    """Every second text of a kind.

    Args:
        kind: the file's name without its suffix.
        half: 0 for the texts that guide the rules, 1 for those that only measure.
    """
    whole = (_FOLDER / f"{kind}.txt").read_text("utf-8").split("=====\n")
    for marked in whole[half::2]:
        yield unmarked(marked)


def _tally(detector: Detector, kind: str, half: int) -> _Tally:
    from gateway.model import Segment

    tally = _Tally()
    for text, marks in texts(kind, half):
        findings = detector.find([Segment(text, "text")])
        tally.add(text, marks, [(one.start, one.end, one.entity) for one in findings])
    return tally


def _top(tally: _Tally) -> tuple[str, ...]:
    return tuple(f"{times} × {what}" for what, times in tally.worst.most_common(_WORST))
