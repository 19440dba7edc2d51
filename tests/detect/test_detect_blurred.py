"""Values in text that was read from pixels: misread letters, lost and made-up spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detect import Detector, ValueMatcher
from gateway.model import DetectionOptions, Role, Segment


def found(value, text):
    return [text[start:end] for start, end, _ in ValueMatcher([value]).find_blurred(text)]


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("ghp_aB3dE5fG7hIjKlMn9pQr", "token ghp_aB3dE5fG7hljKIMn9pQr.", "ghp_aB3dE5fG7hljKIMn9pQr"),
        ("13812345678", "电话l38I2345678，", "l38I2345678"),
        ("Emily Carter", "Name:EmilyCarter", "EmilyCarter"),
        ("Emily Carter", "DearEmily Carter,", "Emily Carter"),
        ("Emily Carter", "Ernily Carter", "Ernily Carter"),
        ("O0-51B8Z", "code 0O-51B8Z", "0O-51B8Z"),
        ("a.b@example.com", "a.b@exarnple.com", "a.b@exarnple.com"),
        ("中关村大街27号", "地址：中关村 大街 27号", "中关村 大街 27号"),
        ("1101051949123100", "身份证 11O1O51949 123100", "11O1O51949 123100"),
    ],
)
def test_a_misread_value_is_found(value, text, expected) -> None:
    assert [expected] == found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ian", "1an lan"),  # too short to be misread
        ("张伟", "张 玮"),
        ("12345678", "1234567 8912345678"),
        ("island", "islands"),
        ("illinois", "the millinois"),
        ("11011", "lloll"),  # a word of letters, not five digits misread
        ("therapist", "th er ap is t"),
    ],
)
def test_what_is_another_value_is_not_found(value, text) -> None:
    assert [] == found(value, text)


def test_what_the_plain_search_finds_is_found_too() -> None:
    text = "张 三, +86 138-1234-5678, ACME  corp"
    matcher = ValueMatcher(["张三", "13812345678", "Acme Corp"])
    assert {hit[2] for hit in matcher.find(text)} <= {hit[2] for hit in matcher.find_blurred(text)}


LETTERS = st.text(st.sampled_from("abcdehkpxyz34679"), min_size=8, max_size=20)
SWAPS = {"l": "I", "1": "l", "O": "0", "S": "5", "B": "8"}


@given(LETTERS, st.sampled_from(sorted(SWAPS)), LETTERS)
def test_one_misread_letter_never_hides_a_value(before, letter, after) -> None:
    value, shown = before + letter + after, before + SWAPS[letter] + after
    assert [shown] == found(value, f"see {shown} there")


def test_only_text_from_pixels_is_searched_so() -> None:
    detector = Detector(DetectionOptions(values=("ProjectIlluvium",)))
    segments = [
        Segment("about ProjectI11uvium", "text"),
        Segment("about ProjectIlIuvium", "frame 1", Role.PICTURE),
    ]
    assert [1] == [f.segment for f in detector.find(segments) if f.entity == "EXACT_VALUE"]


def test_what_is_found_in_text_is_found_misread_in_a_picture() -> None:
    detector = Detector(DetectionOptions())
    findings = detector.find(
        [
            Segment("mail to emily.carter1@northwind.example", "text"),
            Segment("emiIy.carterl@northwind example", "frame 1", Role.PICTURE),
        ]
    )
    assert {0} == {f.segment for f in findings if f.entity == "EMAIL_ADDRESS"}
    findings = detector.find(
        [
            Segment("card 4111 1111 1111 1111", "text"),
            Segment("41ll 1111 11I1 1111", "frame 1", Role.PICTURE),
        ]
    )
    assert {0, 1} == {f.segment for f in findings}
