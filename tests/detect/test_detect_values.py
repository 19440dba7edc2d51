"""ValueMatcher: whole values, whatever their case, width or spacing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detect import ValueMatcher
from gateway.detect.text import View, fold


def found(values: list[str], text: str) -> list[str]:
    return [text[start:end] for start, end, _ in ValueMatcher(values).find(text)]


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("Ann", "Annual Ann, joann ANN.", ["Ann", "ANN"]),
        ("Ann", "请找Ann谈", ["Ann"]),
        ("张三", "联系张三丰和张三。", ["张三", "张三"]),
        ("张三", "姓名：张　三", ["张　三"]),
        ("Acme Corp", "ACME\n  corp and Acme\u00a0Corp", ["ACME\n  corp", "Acme\u00a0Corp"]),
        ("Straße", "STRASSE strasse Straße", ["STRASSE", "strasse", "Straße"]),
        ("José", "Jose\u0301 JOSÉ Jose", ["Jose\u0301", "JOSÉ"]),
        ("secret", "se\u00adcret s\u200becret", ["se\u00adcret", "s\u200becret"]),
        ("abc12", "ＡＢＣ１２", ["ＡＢＣ１２"]),
        ("user_1", "the user_1 and user_12", ["user_1"]),
        ("C++", "C++ and C++17 c++", ["C++", "C++", "c++"]),
        ("-x-", "a-x-b", ["-x-"]),
        ("김철수", "김철수는", ["김철수"]),
        ("Иван", "Иванов ИВАН", ["ИВАН"]),
    ],
)
def test_a_value_is_found_whole_in_every_form(value, text, expected) -> None:
    assert expected == found([value], text)


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("13812345678", "138 1234 5678 138-1234-5678 138.1234.5678", 3),
        ("138-1234-5678", "13812345678", 1),
        ("13812345678", "138123456789 113812345678 a13812345678", 0),
        ("13812345678", "电话13812345678号，１３８１２３４５６７８", 2),
        ("4111 1111 1111 1111", "4111-1111-1111-1111 4111111111111111", 2),
        ("(021) 5555 1234", "02155551234, 021-5555-1234", 2),
        ("12345", "12-345 1 2 3 4 5", 0),
        ("11010519491231002X", "110105 19491231 002x", 1),
    ],
)
def test_separators_do_not_hide_a_number(value, text, expected) -> None:
    assert expected == len(found([value], text))


def test_the_value_is_reported_as_it_was_listed() -> None:
    assert [(0, 3, "Ann")] == ValueMatcher(["Ann", "ANN"]).find("ann")


def test_no_hit_lies_within_another() -> None:
    assert ["Acme Corp Ltd"] == found(
        ["Acme", "Acme Corp", "Corp", "Acme Corp Ltd"], "Acme Corp Ltd"
    )


def test_hits_that_overlap_are_both_reported() -> None:
    assert ["Acme Corp", "Corp Ltd"] == found(["Acme Corp", "Corp Ltd"], "Acme Corp Ltd")


@pytest.mark.parametrize("values", [[], [""], ["  ", "\u200b"]])
def test_empty_values_match_nothing(values) -> None:
    assert [] == ValueMatcher(values).find("some text  here")
    assert not ValueMatcher(values)


TEXT = st.text(st.sampled_from("aZ9é张三ß １Ａ-.\n\u00ad\u200b\u0301　ﬁİ한가'"), max_size=60)


@given(TEXT, st.sampled_from(["Zoe", "王小明", "9876543", "x-1"]), TEXT)
def test_a_planted_value_is_always_covered(before: str, value: str, after: str) -> None:
    text = f"{before}|{value}|{after}"
    place = len(before) + 1
    hits = ValueMatcher([value]).find(text)
    assert any(start <= place and place + len(value) <= end for start, end, _ in hits)


@given(TEXT)
def test_a_text_contains_itself(text: str) -> None:
    form = View(text).text.strip()
    hits = ValueMatcher([text]).find(text)
    assert bool(form) == bool(hits)


@given(TEXT)
def test_a_view_maps_every_character_into_the_text(text: str) -> None:
    view = View(text)
    spans = [view.span(place, place + 1) for place in range(len(view.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(max_size=80))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(text) == len(fold(text))


def test_folding_makes_odd_forms_ascii() -> None:
    assert "Tel:138-1234 (a@b.cn)" == fold("Ｔｅｌ：１３８‑１２３４　（ａ＠ｂ．ｃｎ）")


def test_ten_thousand_values_are_each_found() -> None:
    values = [f"customer {number:05d}" for number in range(10_000)]
    text = ", ".join(values)
    assert values == [value for _, _, value in ValueMatcher(values).find(text)]


@pytest.mark.parametrize("before", ["%20", "%2C", "\\u0020", "&#32;", "%3D"])
def test_a_value_that_touches_a_spelling_is_found(before):
    """In the source its neighbour is a letter or digit of the escape; as it is read, a space."""
    text = f"to{before}13912345678"
    found = ValueMatcher(["13912345678"]).find(text)
    assert [(len(text) - 11, len(text), "13912345678")] == found
