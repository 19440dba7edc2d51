"""Findings never overlap, and no character that a recogniser covered is lost."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.detect.overlaps import Span, resolve

SPANS = st.lists(
    st.builds(
        lambda start, length, entity, score: Span(start, start + length, entity, score, "r"),
        st.integers(0, 40),
        st.integers(1, 15),
        st.sampled_from(["PHONE_NUMBER", "CREDIT_CARD", "URL", "CONFIDENTIALITY_MARKING"]),
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


def test_a_marking_never_outranks_what_it_touches() -> None:
    marking = Span(0, 9, "CONFIDENTIALITY_MARKING", 1.0, "m")
    name = Span(5, 12, "PHONE_NUMBER", 0.5, "p")
    assert ["PHONE_NUMBER"] == [span.entity for span in resolve([marking, name])]
