"""Names count where people read, and in fields about people; nothing else is changed by them."""

import json

import pytest

from gateway.detect import Detector
from gateway.detect.placement import is_identifier, is_structure
from gateway.formats import open_document
from gateway.model import DetectionOptions, Hint, Role, Segment
from gateway.settings import Limits


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DetectionOptions())


def people(detector: Detector, segments: list[Segment]) -> list[str]:
    return [
        segments[f.segment].text[f.start : f.end]
        for f in detector.find(segments)
        if f.entity == "PERSON"
    ]


def people_in_json(detector: Detector, value: object) -> list[str]:
    body = json.dumps(value, ensure_ascii=False).encode()
    document = open_document(body, Hint(media_type="application/json"), Limits())
    return people(detector, list(document.segments()))


@pytest.mark.parametrize(
    "segment",
    [
        Segment("Georgia", "word/fontTable.xml/attribute", Role.METADATA, ("name", "font")),
        Segment("Cambria Math | Hans", "theme", Role.METADATA, ("typeface",)),
        Segment("max_tokens", "$.max_tokens", Role.KEY),
        Segment("0.18 0.2 rg /F1 18 Tf Jordan", "object 4 entry", Role.HIDDEN),
        Segment("Heading Char", "1table/run 3", Role.HIDDEN),
        Segment("宋体", "theme", Role.METADATA, ("typeface",)),
    ],
    ids=lambda segment: segment.text,
)
def test_fonts_styles_keys_and_drawing_commands_are_structure(segment):
    assert is_structure(segment)


@pytest.mark.parametrize(
    "segment",
    [
        Segment("Georgia", "text"),
        Segment("Georgia", "from", Role.METADATA, ("from",)),
        Segment("Contract with Georgia", "core.xml", Role.METADATA, ("title",)),
        Segment("this was written by Georgia and struck out", "run 3", Role.HIDDEN),
        Segment("这一段是张伟写的，后来删去了", "run 3", Role.HIDDEN),
        Segment("Georgia", "a.docx", Role.NAME),
    ],
    ids=lambda segment: segment.text,
)
def test_what_people_read_is_no_structure(segment):
    assert not is_structure(segment)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("jenkins/Jenkins:lts", "Jenkins"),
        ("Safari/537.36", "Safari"),
        ("Martin=None", "Martin"),
        ("see Lodash.js", "Lodash"),
        ("max_tokens", "max"),
    ],
)
def test_a_word_in_a_path_a_version_or_an_identifier_is_one(text, word):
    start = text.index(word)
    assert is_identifier(text, start, start + len(word))


@pytest.mark.parametrize("text", ["name=Carter", "Smith/Carter", "@Carter", "(Carter)", "Carter."])
def test_a_name_beside_punctuation_is_no_identifier(text):
    start = text.index("Carter")
    assert not is_identifier(text, start, start + len("Carter"))


@pytest.mark.parametrize(
    "value",
    [
        {"tools": [{"name": "Max", "description": "Gives the larger of two numbers."}]},
        {"model": "claude-sonnet-4", "voice": "Rachel", "deployment_name": "Ada"},
        {"fields": {"status": {"name": "In Review"}, "components": [{"name": "Jenkins"}]}},
        {"author": {"role": "User"}, "type": "Person", "enum": ["Unknown", "Known"]},
        {"dependencies": {"Jasmine": "1.0"}, "image": "jenkins/Jenkins:lts"},
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_word_in_a_field_that_is_not_about_people_is_no_person(detector, value):
    assert [] == people_in_json(detector, value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"first_name": "Ingrid", "last_name": "Bauer"}, ["Ingrid", "Bauer"]),
        ({"name": "Ingrid", "email": "ingrid@example.com"}, ["Ingrid"]),
        ({"user": {"name": "Ingrid"}}, ["Ingrid"]),
        ({"displayName": "Ingrid Bauer"}, ["Ingrid Bauer"]),
        ({"姓名": "张伟"}, ["张伟"]),
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_word_in_a_field_about_people_is_a_person(detector, value, expected):
    assert expected == people_in_json(detector, value)


def test_one_word_of_a_name_does_not_go_into_fonts_and_keys(detector):
    segments = [
        Segment("Please ask Ingrid Bauer, as Ingrid knows.", "text"),
        Segment("Ingrid", "fontTable", Role.METADATA, ("name", "font")),
        Segment("Ingrid_id", "$.Ingrid_id", Role.KEY),
    ]
    assert ["Ingrid Bauer", "Ingrid"] == people(detector, segments)


def test_a_full_name_is_found_in_structure_too(detector):
    segments = [Segment("Emily Carter", "xl/workbook.xml", Role.METADATA, ("name", "sheet"))]
    assert ["Emily Carter"] == people(detector, segments)
