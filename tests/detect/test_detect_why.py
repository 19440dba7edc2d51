"""With ``explain``, a finding says what made its score, and never what was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.detect import Detector
from gateway.model import DetectionOptions, Finding, Segment

NAMES = frozenset(
    {"PERSON", "LOCATION", "ORGANIZATION", "ADDRESS", "NRP", "TITLE", "AGE", "DATE_TIME"}
)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DetectionOptions(ignore=NAMES, explain=True))


def only(detector: Detector, *segments: Segment) -> Finding:
    (finding,) = [f for f in detector.find(segments) if f.segment == 0]
    return finding


def test_pattern_check_and_word_are_told(detector: Detector) -> None:
    finding = only(detector, Segment("卡号 4111111111111111 已扣款", "text"))
    assert "found by 'payment card'" == finding.why[0]
    assert "pattern 1, which is worth 0.90, and its check holds" in finding.why[1]
    assert "the word '卡号' before it raises it to 1.00" == finding.why[2]


@pytest.mark.parametrize(
    ("text", "labels", "where"),
    [
        ("mail jane@example.com", (), "before it"),
        ("jane@example.com (e-mail)", (), "behind it"),
        ("jane@example.com", ("userEmail",), "in the label"),
    ],
)
def test_it_is_told_where_the_word_stands(
    detector: Detector, text: str, labels: tuple[str, ...], where: str
) -> None:
    finding = only(detector, Segment(text, "text", context=labels))
    assert any(where in reason for reason in finding.why)


def test_what_was_found_elsewhere_says_so(detector: Detector) -> None:
    found = detector.find(
        [Segment("passport no. 912803456, US passport", "a"), Segment("again 912803456", "b")]
    )
    assert any("elsewhere in the document" in f.why[0] for f in found if f.segment == 1)


def test_no_reason_holds_a_value(detector: Detector) -> None:
    values = ["4111111111111111", "jane@example.com", "+1 415-555-2671"]
    for finding in detector.find([Segment(f"card or mail: {value}", "t") for value in values]):
        assert finding.why
        assert not any(value in reason for value in values for reason in finding.why)


def test_nothing_is_told_unless_asked_for() -> None:
    quiet = Detector(DetectionOptions(ignore=NAMES))
    assert () == only(quiet, Segment("mail jane@example.com", "text")).why


def test_reasons_change_nothing_else(detector: Detector) -> None:
    quiet = Detector(DetectionOptions(ignore=NAMES))
    segments = [Segment("卡号 4111111111111111, mail jane@example.com or +1 415-555-2671", "t")]
    assert quiet.find(segments) == [replace(f, why=()) for f in detector.find(segments)]


def test_a_low_threshold_shows_what_lacks_its_context() -> None:
    text = [Segment("2125550134", "text")]
    everything = Detector(DetectionOptions(ignore=NAMES, threshold=0.2))
    assert [] == Detector(DetectionOptions(ignore=NAMES)).find(text)
    assert everything.find(text)
