"""A gate is found wherever its pattern is, and the windows hold every match."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.detect.context import ContextWords, Surroundings, spread
from gateway.detect.defined import DefinedRecognizer
from gateway.detect.definitions import load_definitions
from gateway.detect.scan import (
    CONTEXT,
    Hyperscan,
    NoEngine,
    Re2,
    Scanner,
    scanner,
    windows,
    word_gate,
)
from gateway.detect.scan import gate as made

PATTERNS = [
    r"(?<![0-9A-Za-z])(?:[1-9][0-9]{5,7})(?![0-9A-Za-z])",
    r"\b[A-Z]{2}\d{3}\b",
    r"^[ab]+$",
    r"(?:x[ ]*)?(?P<value>ab{2,3}c?)(?=[ \n])",
    r"([ab])-\1",
    r"(?<=a)[bc]{2}(?!c)",
    r"[a-c]{1,300}@(?:[a-c]\.)+c",
    r"a(?=.*b)[0-9]+",
    r"(?:中|文)[国ab]?1",
    r"(?:ab|a\b|1{3,})+?c",
    r"[^a-z\s]{2,5}é",
    r"^[ ]{0,40}[a-c0-9]{2,4}[ ]{0,9}$",
    r"(?<![0-9A-Za-z])(?:^[ ]{0,40}([a-c]{2,4})$)(?![0-9A-Za-z])",
    r"(?:\A|(?<=\x00\n))[ ]{0,3}[a-c]{2,9}(?=\n\x00|\Z)",
    r"(?P<q>-)?[ab](?(q)-|@)",
    r"(?:[a-c]{1,63}\.(?=[a-c])){1,9}[bc]",
]
FLAGS = re.MULTILINE | re.IGNORECASE
text = st.text("abcxyABC019 -@.\n\0中国文éÉ_", max_size=60)


@given(text=text, pattern=st.sampled_from(PATTERNS), case=st.sampled_from([0, re.IGNORECASE]))
@settings(max_examples=400, deadline=None)
def test_a_gate_is_found_with_its_pattern(text: str, pattern: str, case: int) -> None:
    gate = made(pattern, re.MULTILINE | case)
    assert gate is not None
    if regex.search(pattern, text, regex.ASCII | regex.MULTILINE | case):
        assert re.search(gate.expression.encode("latin-1"), text.encode())


@pytest.mark.parametrize("backend", [Hyperscan, Re2])
@given(text=text, pattern=st.sampled_from(PATTERNS))
@settings(max_examples=300, deadline=None)
def test_windows_hold_every_match_and_all_that_decides_on_it(
    backend: type[Hyperscan | Re2], text: str, pattern: str
) -> None:
    gate = made(pattern, FLAGS)
    assert gate is not None
    program = regex.compile(pattern, FLAGS | regex.ASCII)
    expected = [match.span() for match in program.finditer(text)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "BLOCK", 8)
        places = Scanner({gate.expression: gate.kind}, backend()).places(text).get(0, [])
        found = [
            match.span()
            for first, limit, end in windows(gate, places, text)
            for match in program.finditer(text, first, end)
            if match.start() < limit
        ]
    assert expected == found


@pytest.mark.parametrize(
    "pattern",
    [
        r"a*",
        r"(?u)a\w",
        r"[[:alpha:]]b",
        r"\p{L}+1",
        r"(a)?(?(1)b|c)",
        r"[ab",
        r"\b(?i)ab",
    ],
)
def test_a_pattern_that_cannot_be_read_or_may_be_empty_has_no_gate(pattern: str) -> None:
    assert made(pattern, 0) is None


def test_nearly_all_recognisers_have_gates_for_all_their_patterns() -> None:
    definitions = [d for d in load_definitions() if not d.implementation]
    without = {d.name for d in definitions if None in DefinedRecognizer(d).gates()}
    assert len(without) <= len(definitions) * 0.02, sorted(without)


@pytest.mark.parametrize("backend", [Hyperscan, Re2], ids=["hyperscan", "re2"])
def test_engines_say_which_expressions_stand_in_which_block(
    backend: type[Hyperscan | Re2],
) -> None:
    searched = Scanner({"[0-9]{9}": "digits", "foo": "words", "bar": CONTEXT}, backend())
    filling = "." * scanner.BLOCK
    text = f"foo{filling}{filling}123456789 bar"
    found = searched.places(text)
    assert found.keys() == {0, 1}
    assert all(low <= 3 <= high for low, high in found[1])
    assert all(low <= text.index(" ") <= high for low, high in found[0])
    assert {2} == searched.context(text)


def test_hyperscan_tells_the_very_place_in_any_script() -> None:
    searched = Scanner({"[0-9]{9}": "digits", "foo": "words"}, Hyperscan())
    text = "五个字 é😀foo " + "中" * 300 + "123456789"
    places = searched.places(text)
    assert {0: [(len(text), len(text))], 1: [(9, 9)]} == places


def test_where_there_are_too_many_places_hyperscan_says_that_there_are_some() -> None:
    text = "1" * scanner.BLOCK
    assert {0: [(0, len(text))]} == Scanner({"[0-9]{9}": "digits"}, Hyperscan()).places(text)


def test_without_an_engine_everything_may_be_anywhere() -> None:
    assert {0: [(0, 3)]} == Scanner({"foo": "words"}, NoEngine()).places("bar")


def test_windows_that_meet_are_one() -> None:
    gate = made("[0-9]{9}", 0)
    assert gate is not None
    ((first, limit, end),) = windows(gate, [(30, 30), (34, 34)], "." * 100)
    assert (20, 35) == (first, limit)
    assert limit + 9 <= end <= 50


WORDS = ["ssn", "id number", "driver's license", "passport", "账号", "numéro", "d.o.b", "pan card"]
near = st.lists(
    st.one_of(st.sampled_from([*WORDS, "SSN", "userSsn", "idNumber", "NUMÉRO", "Pan", "s"]),
              st.text("aS1 ._-:\n账é", max_size=3)),
    max_size=8,
).map("".join)  # fmt: skip


@given(before=near, after=near, word=st.sampled_from(WORDS))
@settings(max_examples=400, deadline=None)
def test_a_context_word_near_a_hit_is_seen_by_its_gate(before: str, after: str, word: str) -> None:
    words = ContextWords([word])
    whole = f"{before}123-45-6789{after}"
    start = len(before)
    sides = Surroundings(whole, scopes_of(whole)).near(start, start + 11)
    if any(map(words.in_words, sides)) or words.in_words(spread(before)):
        expression = word_gate(words.forms[0]).encode("latin-1")
        assert re.search(expression, whole.encode())


def scopes_of(whole: str) -> list[object]:
    from gateway.detect.context import Scope

    return [Scope(0, len(whole))]


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        ("ssn ", "", True),
        ("SSN", "", True),
        ("userSsn: ", "", True),
        ("x" * 200 + "ssn" + " " * 97, "", False),  # the window begins within a word
        ("", " ssn", True),
        ("", " " * 38 + "ssnless", False),
    ],
)
def test_context_words_are_whole_words(before: str, after: str, *, heard: bool) -> None:
    whole = f"{before}123456789{after}"
    start = len(before)
    sides = Surroundings(whole, scopes_of(whole)).near(start, start + 9)
    assert heard == any(map(ContextWords(["ssn"]).in_words, sides))
