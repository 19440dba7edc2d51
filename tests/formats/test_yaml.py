"""YAML."""

import base64

import pytest
from ruamel.yaml import YAML

from gateway.errors import CannotEdit
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

YML = Hint("a.yml")
SOURCE = """\
# 联系人 张伟
users:
  - name: 张伟   # inline
    phone: 13812345678
    note: "a\\u4e2d\\tb 138"
    q: 'it''s 138'
    flow: [a, {b: 138, "c": x}]
pem: |  # header
    -----BEGIN
    abc
    -----END
fold: >-
  one
  two
"""


def find(document, text):
    return next(
        (i, s, s.text.index(text)) for i, s in enumerate(document.segments()) if text in s.text
    )


def test_scalars_have_their_key_path_and_comments_their_role():
    document = open_document(SOURCE.encode(), YML)
    by_text = {s.text: s for s in document.segments()}
    assert ("phone", "users") == by_text["13812345678"].context
    assert Role.KEY is by_text["phone"].role
    assert {" 联系人 张伟", " inline", " header"} == {
        s.text for s in document.segments() if s.role is Role.COMMENT
    }
    assert {"a中\tb 138", "it's 138", "-----BEGIN\nabc\n-----END", "one two"} <= set(by_text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("13812345678", "<PHONE_1>", "phone: <PHONE_1>\n"),
        ("13812345678", "[PHONE]", 'phone: "[PHONE]"\n'),
        ("it's 138", "it's", "q: 'it''s'\n"),
        ("中", "王", 'note: "a王\\tb 138"\n'),
        (" inline", " [X]", "name: 张伟   # [X]\n"),
        ("-----BEGIN\nabc\n-----END", "[KEY]", "pem: |  # header\n    [KEY]\n"),
        ("one two", "[X]", "fold: >-\n  [X]\n"),
    ],
)
def test_an_edit_keeps_the_style_of_its_scalar(old, new, expected):
    document = open_document(SOURCE.encode(), YML)
    index, segment, at = find(document, old)
    result = document.apply([Edit(index, at, at + len(old), new)]).decode()
    assert expected in result
    YAML(typ="safe", pure=True).load(result)
    assert segment.text.replace(old, new) in [
        s.text for s in open_document(result.encode(), YML).segments()
    ]


def test_an_anchor_with_a_number_is_shown_and_cannot_change():
    document = open_document(b"a: &a13812345678 x\nb: *a13812345678\n", YML)
    index, _, _ = find(document, "13812345678")
    with pytest.raises(CannotEdit):
        document.apply([Edit(index, 1, 13, "[X]")])


@pytest.mark.parametrize("source", ["a: {{ x }}: y 138\n", "a:\n\t- 138\n", "a: 'open 138"])
def test_what_does_not_scan_is_read_as_text(source):
    document = open_document(source.encode(), YML)
    index, _, at = find(document, "138")
    assert source.replace("138", "[X]").encode() == document.apply([Edit(index, at, at + 3, "[X]")])
    assert any("138" in text for text in layers(source.encode(), YML))


def test_aliases_are_not_expanded():
    source = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert 10 == len(open_document(source.encode(), YML).segments())
    assert sum(len(text) for text in layers(source.encode(), YML)) < 1000


def test_a_document_in_a_value_is_opened():
    secret = base64.b64encode("客户张伟的电话是 13812345678，请回复。\n".encode() * 2).decode()
    document = open_document(f"data:\n  note: {secret}\n".encode(), YML)
    index, segment, at = find(document, "张伟")
    assert "value at 14/text 1" == segment.part
    result = document.apply([Edit(index, at, at + 2, "[X]")])
    assert segment.text.replace("张伟", "[X]", 1) in [
        s.text for s in open_document(result, YML).segments()
    ]


def test_deep_nesting_takes_no_stack():
    source = "x: " + "[" * 5000 + "138"
    assert ["x", "138"] == [s.text for s in open_document(source.encode(), YML).segments()]
    assert any("138" in text for text in layers(source.encode(), YML))
