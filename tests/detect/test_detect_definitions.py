"""A recogniser file that is not as it should be is refused by name."""

from pathlib import Path

import pytest

from gateway.detect import Detector, catalogue
from gateway.detect.definitions import load_definitions, parse_definitions
from gateway.errors import PolicyError
from gateway.model import DetectionOptions, Segment

GOOD = """
- name: badge
  entity: BADGE
  patterns: [{regex: 'B-[0-9]{6}', score: 0.9}]
"""


def parse(text: str):
    return parse_definitions(text, "my.yaml", {"BADGE"})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("entity: BADGE", "entity: BADGR"), "my.yaml: recogniser 'badge', entity"),
        (("patterns", "paterns"), "my.yaml: recogniser 'badge', patterns"),
        (("score: 0.9", "score: 1.9"), "my.yaml: recogniser 'badge', patterns"),
        (("score: 0.9", "scores: 0.9"), "my.yaml: recogniser 'badge', patterns"),
        (("name: badge", "nam: badge"), "my.yaml: every recogniser needs a name"),
        (("- name", "name"), "my.yaml:"),
        (("0.9}]", "0.9}]\n  check: lunh"), "'lunh' is neither"),
        (("0.9}]", "0.9}]\n  check: cache"), "'cache' is neither"),
        (("0.9}]", "0.9}]\n  contxt: [a]"), "contxt: unknown key"),
        (("0.9}]", "0.9}]\n  context_required: true"), "no context words"),
        (("0.9}]", "0.9}]\n  context_required: maybe"), "true, false, label or abroad"),
        (("0.9}]", "0.9}]\n  class: a.B"), "either patterns or a class"),
        (("0.9}]", "0.9}]\n  examples: {postive: [x]}"), "postive: unknown key"),
        (("0.9}]", "0.9}]\n  case_sensitive: 1"), "expected a bool"),
    ],
)
def test_a_typo_is_refused_with_file_recogniser_and_key(change, problem) -> None:
    with pytest.raises(PolicyError) as error:
        parse(GOOD.replace(*change))
    assert problem in str(error.value)


def test_a_syntax_error_is_refused_with_its_line() -> None:
    with pytest.raises(PolicyError, match=r"my\.yaml:3"):
        parse("- name: badge\n  entity: BADGE\n   patterns: [\n")


def test_a_broken_pattern_is_refused(tmp_path: Path) -> None:
    (tmp_path / "entities.yaml").write_text("BADGE: [PERSONAL]\n")
    (tmp_path / "my.yaml").write_text(GOOD.replace("B-[0-9]", "B-[0-9"))
    with pytest.raises(PolicyError, match="no regular expression"):
        Detector(DetectionOptions(), tmp_path)


def test_a_folder_of_ones_own_adds_entities_and_recognisers(tmp_path: Path) -> None:
    (tmp_path / "entities.yaml").write_text("BADGE: [PERSONAL]\n")
    (tmp_path / "my.yaml").write_text(GOOD)
    assert frozenset({"PERSONAL"}) == catalogue(tmp_path)["BADGE"]
    assert "BADGE" not in catalogue()
    findings = Detector(DetectionOptions(), tmp_path).find([Segment("工牌B-123456号", "x")])
    assert [("BADGE", 2, 10)] == [(f.entity, f.start, f.end) for f in findings]


def test_a_third_partys_recogniser_class_is_adopted(tmp_path: Path) -> None:
    (tmp_path / "entities.yaml").write_text("UUID: [NETWORK]\n")
    (tmp_path / "uuid.yaml").write_text(
        "- name: uuid\n  entity: UUID\n"
        "  class: presidio_analyzer.predefined_recognizers.UuidRecognizer\n"
    )
    text = "id 550e8400-e29b-41d4-a716-446655440000"
    findings = Detector(DetectionOptions(), tmp_path).find([Segment(text, "x")])
    assert [("UUID", 3, 39, "uuid")] == [(f.entity, f.start, f.end, f.recognizer) for f in findings]


@pytest.mark.parametrize("name", ["nowhere.Class", "presidio_analyzer.Nothing", "Plain"])
def test_a_class_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "my.yaml").write_text(f"- name: x\n  entity: URL\n  class: {name}\n")
    with pytest.raises(PolicyError, match="no class"):
        Detector(DetectionOptions(), tmp_path)


def test_two_recognisers_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(
        "- name: URL\n  entity: URL\n  patterns: [{regex: x, score: 1}]\n"
    )
    with pytest.raises(PolicyError, match="two recognisers are named 'URL'"):
        load_definitions(extra=tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such folder"):
        load_definitions(extra=tmp_path / "none")


def test_languages_choose_recognisers(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(
        "- name: x\n  entity: URL\n  languages: [fi]\n  patterns: [{regex: x, score: 1}]\n"
    )
    names = {definition.name for definition in load_definitions(("en",), tmp_path)}
    assert "x" not in names
    assert "x" in {definition.name for definition in load_definitions(("fi",), tmp_path)}


@pytest.mark.parametrize(
    "text", ["badge: [PERSONAL]", "BADGE: [PERSONNEL]", "BADGE: []", "- BADGE"]
)
def test_a_bad_entity_list_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "entities.yaml").write_text(text)
    with pytest.raises(PolicyError, match=r"entities\.yaml"):
        catalogue(tmp_path)
