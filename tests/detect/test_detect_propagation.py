"""What is a name once is a name everywhere in the document, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detect.overlaps import Span
from gateway.detect.propagation import Propagation
from gateway.model import Segment

PROPAGATION = Propagation(
    {
        "PERSON": frozenset({"PERSONAL"}),
        "ORGANIZATION": frozenset({"BUSINESS"}),
        "LOCATION": frozenset({"INDIRECT"}),
        "ADDRESS": frozenset({"PERSONAL"}),
        "EMAIL_ADDRESS": frozenset({"PERSONAL"}),
        "CONFIDENTIALITY_MARKING": frozenset({"MARKINGS"}),
    }
)


def again(entity: str, value: str, *others: str, score: float = 0.8) -> list[list[str]]:
    """What is found in other segments after a value was found in the first."""
    segments = [Segment(f"… {value} …", "x"), *(Segment(text, "x") for text in others)]
    found = {0: [Span(2, 2 + len(value), entity, score, "a recogniser")]}
    more = PROPAGATION.find(found, segments)
    return [
        [text[span.start : span.end] for span in more.get(place, [])]
        for place, text in enumerate(others, 1)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("then Mr Carter said", ["Carter"]),
        ("E. Carter signed", ["E. Carter"]),
        ("signed by E.J. Carter", ["E.J. Carter"]),
        ("EMILY CARTER", ["EMILY CARTER"]),
        ("emily carter wrote", ["emily carter"]),
        ("Emily said so", ["Emily"]),
        ("Carter's view", ["Carter"]),
        ("CARTER", ["CARTER"]),
        ("the carter drove", []),
        ("Carterville is a town", []),
        ("McCarter and Emilys", []),
        ("Plan B. Carter left", ["B. Carter"]),
    ],
)
def test_a_surname_or_a_given_name_alone_stands_for_the_whole_name(text, expected) -> None:
    assert [expected] == again("PERSON", "Emily Carter", text)


@pytest.mark.parametrize(
    "text",
    [
        "Will it rain?",
        "It rained. Will you come?",
        "May 12",
        "in May 2024",
        "WILL",
        "mark my words",
    ],
)
def test_a_name_that_is_a_plain_word_does_not_count_where_any_word_has_a_capital(text) -> None:
    assert [[]] == again("PERSON", "Will May", text)
    assert [[]] == again("PERSON", "Mark Will", text)


def test_a_name_that_is_a_plain_word_counts_within_a_sentence() -> None:
    assert [["Baker"]] == again("PERSON", "Emily Baker", "then Mrs Baker agreed")


@pytest.mark.parametrize("particle", ["van", "de", "von", "Jr"])
def test_particles_are_no_names(particle) -> None:
    assert [[]] == again(
        "PERSON", f"Anna {particle} Xyloski", f"so {particle} it is {particle.title()}"
    )


@pytest.mark.parametrize("entity", ["ORGANIZATION", "LOCATION"])
def test_organisations_and_places_are_not_taken_apart(entity) -> None:
    assert [["Acme Xyla"], []] == again(entity, "Acme Xyla", "of Acme Xyla", "of Acme or Xyla")


def test_an_organisation_without_its_company_suffix_is_the_same() -> None:
    expected = [["ACME XYLA"], []]
    assert expected == again(
        "ORGANIZATION", "ACME XYLA, INC.", "by ACME XYLA today", "an acme xyla"
    )


def test_one_word_of_an_organisation_counts_with_a_capital_only() -> None:
    assert [["Xyla"], []] == again("ORGANIZATION", "Xyla", "at Xyla", "a xyla")


def test_an_unsure_name_is_not_taken_apart() -> None:
    assert [[], ["Xerx Yolo"]] == again("PERSON", "Xerx Yolo", "Mr Yolo", "Xerx Yolo", score=0.6)


def test_a_name_within_another_finding_does_not_rename_it() -> None:
    text = "Carter & Sons Ltd"
    segments = [Segment("Emily Carter", "x"), Segment(text, "x")]
    found = {
        0: [Span(0, 12, "PERSON", 0.85, "r")],
        1: [Span(0, len(text), "ORGANIZATION", 0.6, "r")],
    }
    assert {} == PROPAGATION.find(found, segments)


def test_other_values_are_found_in_any_case_and_markings_stay() -> None:
    assert [["A@EXAMPLE.COM"]] == again("EMAIL_ADDRESS", "a@example.com", "A@EXAMPLE.COM")
    assert [[]] == again("CONFIDENTIALITY_MARKING", "CONFIDENTIAL", "CONFIDENTIAL")


def test_chinese_names_of_three_characters_are_found_again_and_shorter_ones_are_not() -> None:
    assert [["张小明"]] == again("PERSON", "张小明", "联系张小明先生")
    assert [[]] == again("PERSON", "高峰", "用电高峰时段")


@given(
    st.lists(
        st.sampled_from(["Emily Carter", "Carter", "x", "E. Carter", "Acme Xyla Ltd", "\n", " "])
    )
)
def test_spans_lie_in_their_segment(words) -> None:
    text = " ".join(words)
    segments = [Segment("Emily Carter", "x"), Segment(text, "x")]
    more = PROPAGATION.find({0: [Span(0, 12, "PERSON", 0.85, "r")]}, segments)
    for spans in more.values():
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)
            assert "Carter" in text[span.start : span.end]


@pytest.mark.parametrize(
    ("whole", "acronym"), [("Generic RGB", "RGB"), ("Southern XQZ Group", "XQZ")]
)
def test_a_few_capitals_in_a_name_do_not_stand_for_it(whole, acronym) -> None:
    assert [[]] == again("PERSON", whole, f"the {acronym} file")


def test_a_surname_in_capitals_stands_for_the_whole_name() -> None:
    assert [["DUPONT"]] == again("PERSON", "DUPONT Jeanne", "by DUPONT today")


@pytest.mark.parametrize(
    ("entity", "expected"), [("ORGANIZATION", ["PERSON"]), ("EMAIL_ADDRESS", [])]
)
def test_what_was_taken_for_a_firm_is_a_person_if_it_is_a_surname_here(entity, expected) -> None:
    segments = [Segment("Tahsin Erdemli", "x"), Segment("Later Erdemli left.", "x")]
    found = {0: [Span(0, 14, "PERSON", 0.8, "a")], 1: [Span(6, 13, entity, 0.85, "a")]}
    more = PROPAGATION.find(found, segments)
    assert expected == [span.entity for span in more.get(1, [])]
    assert all(span.score > 0.85 for span in more.get(1, []))
