"""What is left alone: tables and texts in which nobody is named."""

from collections import Counter

import pytest

from benchmarks.evaluate._quiet_tables import tables
from benchmarks.evaluate._quiet_texts import texts
from benchmarks.evaluate.tables import INDIRECT, NAMES, WRITTEN, alarms, segments_of
from gateway.detect import Detector
from gateway.model import DetectionOptions, Segment

MOST_ALARMS = 5
SEEDS = (4, 11)


@pytest.fixture(scope="module")
def detector() -> Detector:
    """Without names and addresses, which models find; their own tests say how quiet they are."""
    return Detector(DetectionOptions(ignore=NAMES | INDIRECT))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", WRITTEN)
def test_seven_hundred_lines_of_tables_raise_five_alarms_at_most(
    detector: Detector, name: str, seed: int
) -> None:
    made = tables(seed)
    segments = [segments_of(WRITTEN[name](table), name) for table in made]
    found: Counter[str] = Counter()
    for table, some in zip(made, segments, strict=True):
        found.update(f"{table.name}: {f.entity}" for f in alarms(detector, some))
    assert sum(len(table.rows) + 1 for table in made) >= 721
    assert found.total() <= MOST_ALARMS, found


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_of_tables_one_by_one_raise_five_alarms_at_most(
    detector: Detector, seed: int
) -> None:
    lines = [line for table in tables(seed) for line in table.written("\t").splitlines()]
    segments = [Segment(line, "x") for line in lines]
    found = Counter(finding.entity for finding in alarms(detector, segments))
    assert found.total() <= MOST_ALARMS, found


@pytest.mark.parametrize("kind", texts())
def test_ordinary_text_raises_no_alarm(detector: Detector, kind: str) -> None:
    for seed in SEEDS:
        segments = [Segment(texts(seed)[kind], "x")]
        found = Counter(finding.entity for finding in alarms(detector, segments))
        assert {} == found
