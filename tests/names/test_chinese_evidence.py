"""What speaks for a Chinese name that the model sees, and where it ends."""

from __future__ import annotations

import pytest

from recognizers.names.chinese_evidence import evident, has_name_form
from recognizers.names.chinese_words import word_list
from recognizers.names.cjk import Found


def kept(line: str, *candidates: tuple[str, float]) -> list[str]:
    """The candidates, with their probability, that are kept of a line."""
    known = word_list()
    found = [
        Found(line.index(value), line.index(value) + len(value), "PERSON", 0.5 + chance / 4)
        for value, chance in candidates
    ]
    names = evident(found, line, known.words(line), known, "normal")
    return [line[one.start : one.end] for one in names]


@pytest.mark.parametrize("value", ["周敏", "周敏华", "欧阳敏", "欧阳敏华"])
def test_a_surname_with_one_or_two_characters_has_the_form_of_a_name(value: str) -> None:
    assert has_name_form(value)


@pytest.mark.parametrize("value", ["周", "欧阳", "周敏华东", "的周敏"])
def test_anything_else_has_not(value: str) -> None:
    assert not has_name_form(value)


def test_a_common_word_needs_a_cue() -> None:
    assert [] == kept("窗外阳光很好", ("阳光", 1.0))


def test_a_rare_word_needs_a_high_probability() -> None:
    assert [] == kept("今天举办夏令营活动", ("夏令营", 0.6))


def test_a_word_with_a_place_word_behind_it_is_no_name() -> None:
    assert [] == kept("王国里的石头", ("王国里", 0.95))


def test_a_verb_behind_a_whole_name_does_not_belong_to_it() -> None:
    assert ["裴勇"] == kept("裴勇通报产量", ("裴勇通报", 1.0))


def test_a_word_before_a_surname_does_not_belong_to_the_name() -> None:
    assert ["凌晓菲"] == kept("另外凌晓菲来了", ("另外凌晓菲", 1.0))


def test_what_stands_in_a_list_with_people_is_a_person() -> None:
    assert ["周敏华", "晏子涵"] == kept("获奖者有周敏华、晏子涵。", ("周敏华", 1.0))


def test_a_province_in_a_case_number_is_no_person() -> None:
    assert [] == kept("(2024)苏05民终1号", ("苏", 0.8))
