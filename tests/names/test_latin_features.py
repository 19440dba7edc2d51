"""Tokens, blocks and features: what the tagger for Latin scripts is told."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognizers.names.latin_features import LONGEST_BLOCK, FeatureMaker, blocks, key, tokens
from recognizers.names.latin_gazetteer import gazetteer
from recognizers.names.tagger import Tagger


def words(text: str) -> list[str]:
    return [word for _, _, word in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Emily Carter's", ["Emily", "Carter", "'s"]),
        (
            "O'Brien l'avocat d'Angelo D'Angelo",
            ["O'Brien", "l'", "avocat", "d'", "Angelo", "D'Angelo"],
        ),
        ("Jean-Pierre", ["Jean", "-", "Pierre"]),
        ("联系Emily，谢谢", ["联系", "Emily", "，", "谢谢"]),
        ("a.b@example.com, x", ["a.b@example.com", ",", "x"]),
        ("see https://example.org/A?b now", ["see", "https://example.org/A?b", "now"]),
        ("my_Name 12B", ["my_Name", "12B"]),
    ],
)
def test_words_and_signs(text, expected) -> None:
    assert expected == words(text)


def test_letters_with_separate_marks_stay_one_word() -> None:
    assert [unicodedata.normalize("NFD", "José")] == words(unicodedata.normalize("NFD", "José"))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("JOSÉ", "jose"),
        ("O’Neil", "o'neil"),
        ("Åsa", "asa"),
    ],
)
def test_lists_know_no_case_and_no_accents(word, expected) -> None:
    assert expected == key(word)


@given(st.text(st.sampled_from("aB \n.1é张'-@_"), max_size=300))
def test_tokens_stand_in_order_where_they_say(text) -> None:
    at = 0
    for start, end, word in tokens(text):
        assert at <= start < end
        assert word == text[start:end]
        at = end


@settings(deadline=None)
@given(st.text(st.sampled_from("aB \n."), max_size=4000))
def test_blocks_follow_one_another_and_leave_out_no_capital(text) -> None:
    at = 0
    for start, end in blocks(text, 0, len(text)):
        assert at <= start < end <= start + LONGEST_BLOCK
        assert "B" not in text[at:start]
        at = end
    assert "B" not in text[at:]


def test_a_word_far_from_anything_like_a_name_is_described_in_short() -> None:
    maker = FeatureMaker({"emily": "F"}, frozenset())
    text = "one two three four five six Emily said"
    rows = maker.features(text, tokens(text))
    assert ["wone", "far"] == rows[0]
    assert len(rows[6]) > 15
    assert "7F" in rows[6]


def test_two_words_that_name_a_place_know_of_each_other() -> None:
    maker = FeatureMaker({}, frozenset({"new xork"}))
    rows = maker.features("in New Xork", tokens("in New Xork"))
    assert [False, True, False] == ["phrase1" in row for row in rows]
    assert [False, False, True] == ["phrase2" in row for row in rows]


def test_what_stands_behind_a_label_knows_it() -> None:
    maker = FeatureMaker({}, frozenset())
    rows = maker.features("Name: Xara\nof", tokens("Name: Xara\nof"))
    assert "hname" in rows[2]
    assert not any(feature.startswith("h") for feature in rows[3])


def test_the_gazetteer_holds_names_places_and_words() -> None:
    listed, phrases = gazetteer()
    assert "F" in listed["emily"]
    assert "L" in listed["nguyen"]
    assert "N" in listed["kenya"]
    assert "W" in listed["between"]
    assert "san francisco" in phrases


def test_only_candidates_are_lifted_by_the_bias(tmp_path) -> None:
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    for label in ("O", "O", "B-X"):
        trainer.append([["a"]], [label])
    trainer.train(str(tmp_path / "m.crf"))
    tagger = Tagger(tmp_path / "m.crf")
    rows = [["a"], ["a"]]
    assert [] == tagger.tag(rows, 0.5)
    assert 2 == len(tagger.tag(rows, 0.01))
    assert [1] == [one.first for one in tagger.tag(rows, 0.01, candidates=[False, True])]
