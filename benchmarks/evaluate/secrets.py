"""Keys and passwords: another scanner's cases, and text that holds none."""

from __future__ import annotations

import json
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.evaluate import SHARED, Row
from gateway.detect import Detector, catalogue
from gateway.model import DetectionOptions, Finding, Segment

_SECRETS = frozenset(name for name, groups in catalogue().items() if "SECRETS" in groups)
_MILLION = 1_000_000
_CODE_SIZE = 8 * _MILLION
_WORST = 8


def rows() -> list[Row]:
    """Recall and alarms on the scanner's cases; alarms in prose and in program code."""
    # Secrets alone: this measures neither names nor how both are merged.
    detector = Detector(DetectionOptions(ignore=frozenset(catalogue()) - _SECRETS))
    return [*_cases(detector), *_quiet(detector)]


def _cases(detector: Detector) -> Iterator[Row]:
    path = SHARED / "data" / "cases" / "gitleaks_cases.jsonl"
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    missed: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    for case in cases:
        found = _found(detector, case["text"])
        if case["expect"] and not found:
            missed[f"missed: rule {case['rule']}"] += 1
        elif found and not case["expect"]:
            alarms[f"alarm: rule {case['rule']}, by {found[0].recognizer}"] += 1
    wanted = sum(case["expect"] for case in cases)
    recall = 1 - missed.total() / wanted
    yield Row("gitleaks cases (our half): recall", recall, 0.97, 0.985, worst=_worst(missed))
    yield Row(
        "gitleaks cases (our half): false positives",
        alarms.total(),
        4,
        13,
        lower_is_better=True,
        worst=_worst(alarms),
    )


def _quiet(detector: Detector) -> Iterator[Row]:
    for name, texts, reach, floor in (
        ("ordinary paragraphs (every tenth of train/)", _paragraphs(), 0, 0),
        ("text files of the corpus", _corpus(), 0, 0),
        ("Python's own source, its tests left out", _code(), 1, 1),
    ):
        size = 0
        alarms: Counter[str] = Counter()
        for text in texts:
            size += len(text)
            alarms.update(f"{f.entity} by {f.recognizer}" for f in _found(detector, text))
        yield Row(
            f"{name}: hits a million characters",
            alarms.total() * _MILLION / max(size, 1),
            reach,
            floor,
            lower_is_better=True,
            worst=_worst(alarms),
        )


def _found(detector: Detector, text: str) -> list[Finding]:
    return [f for f in detector.find([Segment(text, "x")]) if f.entity in _SECRETS]


def _worst(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{count} × {what}" for what, count in counts.most_common(_WORST))


def _paragraphs() -> Iterator[str]:
    for path in sorted((SHARED / "data" / "train").glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        yield "\n\n".join(json.loads(line)["text"] for line in lines[::10])


def _corpus() -> Iterator[str]:
    for path in sorted((SHARED / "corpus").rglob("*")):
        if path.suffix in {".txt", ".md", ".csv", ".tsv", ".html", ".xml", ".json", ".ics", ".vcf"}:
            yield path.read_text("utf-8", errors="replace")


def _code() -> Iterator[str]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    sizes = 0
    for path in sorted(folder.rglob("*.py")):
        if {"test", "tests", "idlelib", "site-packages"} & set(path.parts):
            continue
        text = path.read_text("utf-8", errors="replace")
        sizes += len(text)
        if sizes > _CODE_SIZE:
            return
        yield text
