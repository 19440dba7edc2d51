"""Findings never overlap, and no character that a recogniser covered is lost."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.detect.overlaps import Span, resolve, tidied

SPANS = st.lists(
    st.builds(
        lambda start, length, entity, score: Span(start, start + length, entity, score, "r"),
        st.integers(0, 40),
        st.integers(1, 15),
        st.sampled_from(
            ["PHONE_NUMBER", "EXACT_VALUE", "URL", "CONFIDENTIALITY_MARKING", "PERSON", "NRP"]
        ),
        st.sampled_from([0.5, 0.85, 1.0]),
    ),
    max_size=12,
)


def _covered(spans) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


@given(SPANS)
def test_every_covered_character_stays_covered_and_nothing_else(spans) -> None:
    assert _covered(spans) == _covered(resolve(spans))


@given(SPANS)
def test_no_two_results_overlap(spans) -> None:
    resolved = resolve(spans)
    assert all(a.end <= b.start for a, b in pairwise(resolved))


@given(SPANS, st.randoms(use_true_random=False))
def test_the_order_of_the_spans_makes_no_difference(spans, random) -> None:
    shuffled = list(spans)
    random.shuffle(shuffled)
    assert resolve(spans) == resolve(shuffled)


def test_the_higher_score_names_the_merged_span() -> None:
    weak = Span(0, 20, "PHONE_NUMBER", 0.5, "a")
    strong = Span(5, 21, "CREDIT_CARD", 0.9, "b")
    assert [Span(0, 21, "CREDIT_CARD", 0.9, "b")] == resolve([weak, strong])


def test_of_equal_scores_the_longer_names_the_merged_span() -> None:
    short = Span(0, 5, "PHONE_NUMBER", 0.9, "a")
    long = Span(3, 12, "CREDIT_CARD", 0.9, "b")
    assert ["CREDIT_CARD"] == [span.entity for span in resolve([short, long])]


def test_an_address_in_a_link_keeps_its_extent_and_the_link_its_rest() -> None:
    url = Span(0, 40, "URL", 0.9, "u")
    email = Span(20, 35, "EMAIL_ADDRESS", 0.6, "e")
    resolved = [(span.entity, span.start, span.end) for span in resolve([url, email])]
    assert [("URL", 0, 20), ("EMAIL_ADDRESS", 20, 35), ("URL", 35, 40)] == resolved


def _shown(spans: list[Span]) -> list[tuple[str, int, int]]:
    return [(span.entity, span.start, span.end) for span in resolve(spans)]


def test_a_marking_survives_a_name_that_swallows_it() -> None:
    marking = Span(5, 26, "CONFIDENTIALITY_MARKING", 0.7, "m")
    name = Span(0, 26, "ORGANIZATION", 0.9, "n")
    assert [("ORGANIZATION", 0, 5), ("CONFIDENTIALITY_MARKING", 5, 26)] == _shown([marking, name])


def test_a_marking_is_cut_around_a_number_since_a_policy_may_let_the_marking_stand() -> None:
    marking = Span(0, 9, "CONFIDENTIALITY_MARKING", 1.0, "m")
    number = Span(5, 12, "PHONE_NUMBER", 0.5, "p")
    assert [("CONFIDENTIALITY_MARKING", 0, 5), ("PHONE_NUMBER", 5, 12)] == _shown([marking, number])


def test_a_number_in_an_address_keeps_its_extent_whatever_the_scores() -> None:
    address = Span(0, 40, "ADDRESS", 0.95, "n")
    phone = Span(25, 36, "PHONE_NUMBER", 0.5, "p")
    expected = [("ADDRESS", 0, 25), ("PHONE_NUMBER", 25, 36), ("ADDRESS", 36, 40)]
    assert expected == _shown([address, phone])


def test_a_person_without_the_title_is_still_a_whole_name_and_a_cut_address_is_none() -> None:
    person, address = Span(0, 16, "PERSON", 0.9, "n"), Span(20, 40, "ADDRESS", 0.9, "n")
    title, phone = Span(0, 3, "TITLE", 0.9, "t"), Span(30, 40, "PHONE_NUMBER", 0.9, "p")
    whole = {(s.entity, s.start): s.whole for s in resolve([person, address, title, phone])}
    assert (True, False) == (whole["PERSON", 3], whole["ADDRESS", 20])


def test_a_nationality_in_a_name_belongs_to_the_name() -> None:
    assert [("ORGANIZATION", 0, 15)] == _shown(
        [Span(0, 7, "NRP", 0.9, "n"), Span(0, 15, "ORGANIZATION", 0.6, "o")]
    )


def test_an_exact_value_names_what_it_overlaps() -> None:
    assert [("EXACT_VALUE", 0, 12)] == _shown(
        [Span(0, 11, "EXACT_VALUE", 1.0, "x"), Span(1, 12, "PHONE_NUMBER", 1.0, "p")]
    )


def test_a_piece_of_a_name_loses_the_punctuation_at_which_it_was_cut() -> None:
    text = "12 Elm St, tel. 0123456789."
    pieces = resolve([Span(0, 27, "ADDRESS", 0.9, "n"), Span(16, 26, "PHONE_NUMBER", 0.9, "p")])
    assert ["12 Elm St, tel", "0123456789"] == [text[s.start : s.end] for s in tidied(pieces, text)]
