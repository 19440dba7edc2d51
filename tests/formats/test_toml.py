"""TOML: every kind of string, and files that stay TOML."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import CannotEdit
from gateway.formats import open_document
from gateway.model import Edit, Hint

HINT = Hint("a.toml")


def replaced(text, old, new):
    document = open_document(text.encode(), HINT)
    assert "toml" == document.format
    edits = [
        Edit(index, at, at + len(old), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(old)) >= 0
    ]
    assert edits
    return document.apply(edits).decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('a = "x Quixotrel y"', 'a = "x [GONE] y"'),
        ("a = 'x Quixotrel'", "a = 'x [GONE]'"),
        ('a = """\nx Quix\\\n   otrel y"""', 'a = """\nx [GONE] y"""'),
        ("a = '''\nx Quixotrel'''", "a = '''\nx [GONE]'''"),
        ('a = "\\u0051uixotrel"', 'a = "[GONE]"'),
        ('a = "\\U00000051uixotrel"', 'a = "[GONE]"'),
        ("# of Quixotrel\na = 1", "# of [GONE]\na = 1"),
        ("Quixotrel = 1", '"[GONE]" = 1'),
        ("a.Quixotrel.b = 1", 'a."[GONE]".b = 1'),
        ("[Quixotrel]\na = 1", '["[GONE]"]\na = 1'),
        ("[[x.Quixotrel]]\na = 1", '[[x."[GONE]"]]\na = 1'),
        ("a = [1, {b = 'Quixotrel'}]", "a = [1, {b = '[GONE]'}]"),
    ],
)
def test_an_edit_changes_its_own_place_and_nothing_else(old, new):
    assert new == replaced(old, "Quixotrel", "[GONE]")
    tomllib.loads(new)


@pytest.mark.parametrize("number", ["13800012345", "1_380_001_2345", "1980-03-12", "0x1234567"])
def test_a_number_or_date_becomes_a_string(number):
    shown = number.replace("_", "")
    assert {"a": "[GONE]", "b": 2} == tomllib.loads(
        replaced(f"a = {number}\nb = 2", shown, "[GONE]")
    )


def test_two_keys_that_would_be_the_same_cannot_be_edited():
    document = open_document(b"Anna = 1\nBert = 2\n", HINT)
    with pytest.raises(CannotEdit):
        document.apply([Edit(0, 0, 4, "x"), Edit(2, 0, 4, "x")])


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        ['a = "Quixotrel"', 'a = """Quixotrel"""', "a = 'Quixotrel'", "a = '''Quixotrel'''"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)
def test_any_text_can_stand_in_the_place_of_a_string(source, text):
    found = tomllib.loads(replaced(source, "Quixotrel", text).replace("\r\n", "\n"))["a"]
    if '"' in source:
        assert text.replace("\r\n", "\n") == found.replace("\r\n", "\n")
    else:
        assert len(text) == len(found)
