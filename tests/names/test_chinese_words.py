"""The Chinese word list and the cutting of text into words."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers.names.chinese_sentences import LONGEST, split
from recognizers.names.chinese_words import WordList, hashes, word_list


def cut(text: str) -> list[str]:
    normal = word_list().normal(text)
    return [normal[start:end] for start, end, _ in word_list().words(normal)]


def test_text_is_cut_into_its_likeliest_words() -> None:
    assert ["我们", "在", "北京大学", "学习", "计算机"] == cut("我们在北京大学学习计算机")


def test_a_name_is_no_word_and_falls_into_characters() -> None:
    assert ["约", "了", "沈", "棠", "溪", "吃饭"] == cut("约了沈棠溪吃饭")


def test_traditional_characters_are_read_as_simplified_ones_at_the_same_places() -> None:
    text = "臺灣國際機場，張偉「您好」"
    normal = word_list().normal(text)
    assert len(text) == len(normal)
    assert "台湾国际机场,张伟" == normal[:9]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("北京", "ns"),
        ("国务院", "nt"),
        ("总经理", "title"),
        ("甲方", "role"),
        ("高兴", "a"),
        ("", ""),
        ("棠溪沈", ""),
    ],
)
def test_the_list_knows_what_kind_a_word_is(word, kind) -> None:
    assert kind == word_list().kind(word)


@given(st.text(alphabet="张伟在北京的国务院,. a1\n😀", max_size=60))
def test_the_words_cover_every_ideograph_once_and_nothing_else(text: str) -> None:
    places = [at for start, end, _ in word_list().words(text) for at in range(start, end)]
    assert [at for at, char in enumerate(text) if "\u3400" <= char <= "\u9fff"] == places


def test_the_hash_of_a_word_does_not_depend_on_its_neighbours() -> None:
    together = hashes(["北京", "上", "国务院"])
    assert [int(hashes([word])[0]) for word in ("北京", "上", "国务院")] == together.tolist()


def test_a_list_of_one_word_finds_that_word_alone(tmp_path: Path) -> None:
    path = tmp_path / "small.npz"
    np.savez(
        path,
        hashes=hashes(["李树"]),
        costs=np.array([10], np.uint8),
        kinds=np.array([1], np.uint8),
        traditional=np.array([ord("樹")], np.uint32),
        simplified=np.array([ord("树")], np.uint32),
    )
    small = WordList(path)
    assert [(0, 1, "none"), (1, 3, "n"), (3, 4, "none")] == small.words(small.normal("大李樹下"))


def test_the_whole_list_is_read_in_little_time() -> None:
    before = time.process_time()
    WordList(Path(__file__).parents[2] / "recognizers" / "names" / "data" / "chinese.npz")
    assert time.process_time() - before < 3  # a tenth of this; no dictionary is built


@given(st.text(alphabet="张，。；\n a", max_size=900))
def test_sentences_are_short_and_leave_out_only_ends_of_lines(text: str) -> None:
    places = split(text)
    assert all(0 < end - start <= LONGEST + 3 for start, end in places)
    covered = {at for start, end in places for at in range(start, end)}
    assert all(char in "\n 。；" for at, char in enumerate(text) if at not in covered)


def test_many_lines_are_cut_as_each_alone() -> None:
    lines = ["张伟在北京", "", "no ideographs", "国务院", "高兴"]
    assert [word_list().words(line) for line in lines] == word_list().words_by_line(lines)
