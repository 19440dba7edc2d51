"""Every recogniser keeps what its own examples promise."""

import pytest

from gateway.detect import Detector, catalogue
from gateway.detect.definitions import Definition, Example, load_definitions
from gateway.model import DetectionOptions, Segment

DEFINITIONS = load_definitions()


def _cases(kind: str) -> list:
    return [
        pytest.param(definition, example, id=f"{definition.name}-{number}")
        for definition in DEFINITIONS
        for number, example in enumerate(getattr(definition, kind), 1)
    ]


# What a tagger says of the words around a value depends on its training; it has tests of its own.
NAMES = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "ADDRESS"})


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DetectionOptions())


@pytest.fixture(scope="module")
def without_names() -> Detector:
    return Detector(DetectionOptions(ignore=NAMES))


@pytest.mark.parametrize(("definition", "example"), _cases("positive"))
def test_a_positive_example_is_found_with_its_exact_span(
    detector: Detector, without_names: Detector, definition: Definition, example: Example
) -> None:
    segment = Segment(example.text, "x", context=example.context)
    if definition.entity in NAMES:
        start = example.text.index(example.value)
        end = start + len(example.value)
        findings = [f for f in detector.find([segment]) if f.entity == definition.entity]
        assert any(f.start <= start and end <= f.end for f in findings)
        return
    found = {(f.entity, f.start, f.end) for f in without_names.find([segment])}
    shown = {(entity, example.text[start:end]) for entity, start, end in found}
    assert (definition.entity, example.value) in shown


@pytest.mark.parametrize(("definition", "example"), _cases("negative"))
def test_a_negative_example_is_left_alone(
    detector: Detector, without_names: Detector, definition: Definition, example: Example
) -> None:
    judged = detector if definition.entity in NAMES else without_names
    findings = judged.find([Segment(example.text, "x", context=example.context)])
    assert definition.entity not in {finding.entity for finding in findings}


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_every_recogniser_has_examples_of_both_kinds(definition: Definition) -> None:
    assert definition.positive
    assert definition.negative


def test_every_entity_of_the_catalogue_is_found_by_some_recogniser() -> None:
    found = {entity for one in DEFINITIONS for entity in one.entities} | {"EXACT_VALUE"}
    assert set(catalogue()) == found


def test_a_recogniser_without_words_or_check_is_worth_no_alarm_by_digits_alone(
    detector: Detector,
) -> None:
    for digits in range(4, 25):
        text = "".join(str((7 * place + 3) % 10) for place in range(digits))
        assert [] == detector.find([Segment(f"value {text} end", "x")])
