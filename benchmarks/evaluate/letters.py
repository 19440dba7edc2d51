"""Whole documents as people write them, with everything marked that must not leave.

``letters/*.txt`` hold invented documents, ``=====`` between them; ``{ENTITY:value}`` marks a value
that must go, ``{?ENTITY:value}`` one that may. They are written by hand and not used for training.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evaluate import Row
from benchmarks.evaluate.scoring import Marked

_MARK = re.compile(r"\{(\??[A-Z_]+):([^{}]*)\}")
_FOLDER = Path(__file__).with_name("letters")
# What need not be marked: it tells somebody only together with other things, or is public.
_UNMARKED = {"DATE_TIME", "AGE", "TITLE", "NRP", "LOCATION", "URL", "PRIVATE_IP_ADDRESS"}
_WORST = 12


@dataclass(frozen=True, slots=True)
class Letter:
    """A document and what is marked in it."""

    name: str
    text: str
    marks: tuple[Marked, ...]


def letters(language: str) -> Iterator[Letter]:
    """The documents of a language."""
    whole = (_FOLDER / f"{language}.txt").read_text("utf-8")
    for number, marked in enumerate(whole.split("=====\n"), 1):
        text, marks = unmarked(marked)
        yield Letter(f"{language} {number}", text, marks)


def unmarked(marked: str) -> tuple[str, tuple[Marked, ...]]:
    """A text without its marks, and what they mark."""
    pieces: list[str] = []
    marks: list[Marked] = []
    at = size = 0
    for mark in _MARK.finditer(marked):
        pieces += [marked[at : mark.start()], mark[2]]
        start = size + mark.start() - at
        size = start + len(mark[2])
        marks.append((start, size, mark[1]))
        at = mark.end()
    return "".join(pieces) + marked[at:], tuple(marks)


def rows() -> list[Row]:
    """Leak and false alarms, by language."""
    from gateway.detect import Detector
    from gateway.model import DetectionOptions, Segment

    detector = Detector(DetectionOptions())
    found: list[Row] = []
    for language in ("en", "zh"):
        marked = leaked = false = size = 0
        missed: Counter[str] = Counter()
        alarms: Counter[str] = Counter()
        for letter in letters(language):
            findings = detector.find([Segment(letter.text, "x")])
            covered = {at for f in findings for at in range(f.start, f.end)}
            size += len(letter.text)
            for start, end, entity in letter.marks:
                if entity.startswith("?"):
                    continue
                marked += 1
                if not covered.issuperset(range(start, end)):
                    leaked += 1
                    missed[f"missed in {letter.name}: {entity}"] += 1
            for f in findings:
                meets = any(start < f.end and f.start < end for start, end, _ in letter.marks)
                if not meets and f.entity not in _UNMARKED:
                    false += 1
                    alarms[f"false in {letter.name}: {f.entity} by {f.recognizer}"] += 1
        worst = [f"{n} × {what}" for what, n in (missed + alarms).most_common(_WORST)]
        found += [
            Row(
                f"{language} letters: marked values not wholly covered ({marked})",
                leaked / marked,
                reach=0.02,
                floor=0.06,
                lower_is_better=True,
            ),
            Row(
                f"{language} letters: false alarms per 1,000 characters",
                false * 1000 / size,
                reach=0.5,
                floor=2.0,
                lower_is_better=True,
                worst=tuple(worst),
            ),
        ]
    return found
