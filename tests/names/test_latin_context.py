"""What the words around a name say: cues, acts, particles, a surname that stands alone."""

import pytest

from recognizers.names.latin_context import (
    addressed,
    bridged,
    named_in_passing,
    named_without_capitals,
    people_again,
)
from recognizers.names.latin_spans import LOCATION, ORGANIZATION, PERSON, Found


def spans(text: str, *values: tuple[str, str]) -> list[Found]:
    return [
        Found(text.index(value), text.index(value) + len(value), label, 0.7)
        for value, label in values
    ]


def shown(text: str, found: list[Found]) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.label) for one in found]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I asked my sister hannah about it", "hannah"),
        ("our landlord gary mccluskey never came", "gary mccluskey"),
        ("my name is joana and I need help", "joana"),
        ("a boy named tobias", "tobias"),
    ],
)
def test_a_name_without_capitals_is_found_behind_a_cue(text, name) -> None:
    assert [(name, PERSON)] == shown(text, list(named_in_passing(text)))


@pytest.mark.parametrize(
    "text",
    [
        "my manager said no",
        "my boss will call",
        "my friend and I",
        "a file named report",
        "my name is on the list",
    ],
)
def test_a_plain_word_behind_a_cue_is_no_name(text) -> None:
    assert [] == list(named_in_passing(text))


def test_given_name_and_surname_are_found_in_a_text_without_capitals() -> None:
    text = "the transfer to dmitri volkov bounced again"
    assert [("dmitri volkov", PERSON)] == shown(text, list(named_without_capitals(text)))


def test_particles_join_the_parts_of_a_name() -> None:
    text = "Met Jeroen ter Braak and Anna"
    found = spans(text, ("Jeroen", PERSON), ("Braak", PERSON), ("Anna", PERSON))
    assert [("Jeroen ter Braak", PERSON), ("Anna", PERSON)] == shown(text, bridged(text, found))


def test_a_body_takes_the_name_before_it() -> None:
    text = "the Rice Millers' Association said"
    found = spans(text, ("Rice Millers", PERSON), ("Association", ORGANIZATION))
    assert [("Rice Millers' Association", ORGANIZATION)] == shown(text, bridged(text, found))


def test_a_place_or_firm_that_is_a_surname_in_the_text_is_a_person() -> None:
    text = "Tahsin Erdemli spoke. Later Erdemli left."
    at = text.rindex("Erdemli")
    found = [*spans(text, ("Tahsin Erdemli", PERSON)), Found(at, at + 7, ORGANIZATION, 0.55)]
    assert [("Tahsin Erdemli", PERSON), ("Erdemli", PERSON)] == shown(
        text, people_again(text, found)
    )


def test_who_acts_is_a_person_and_a_country_is_not() -> None:
    text = "Emeka wept. France said no."
    found = spans(text, ("Emeka", LOCATION), ("France", LOCATION))
    assert [("Emeka", PERSON), ("France", LOCATION)] == shown(text, people_again(text, found))


def test_a_word_of_an_e_mail_address_is_a_name_elsewhere() -> None:
    text = "Ask Truscott, gavin.truscott@mail.example, about it"
    assert [("Truscott", PERSON)] == shown(text, list(addressed(text)))


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ([], "the quick brown fox jumps over the lazy dog"),
        ([], "a brown fox came by"),
        ([("dmitri volkov", PERSON)], "ask the patient dmitri volkov"),
    ],
)
def test_an_article_makes_words_of_names_unless_it_is_that_of_a_role(expected, text) -> None:
    assert expected == shown(text, list(named_without_capitals(text)))
