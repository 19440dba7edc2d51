"""Web forms: decoded, spliced, and never taken for what they are not."""

import base64
import json
import re
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

SECRET = "13800138000"
FORM = Hint("", "application/x-www-form-urlencoded; charset=UTF-8")
CHARACTERS = st.text(st.characters(codec="utf-8"), max_size=12)


def texts(data: bytes, hint: Hint = FORM) -> list[str]:
    return [segment.text for segment in open_document(data, hint).segments()]


def replace_all(data: bytes, old: str, new: str, hint: Hint = FORM) -> bytes:
    document = open_document(data, hint)
    edits = [
        Edit(index, match.start(), match.end(), new)
        for index, segment in enumerate(document.segments())
        for match in re.finditer(re.escape(old), segment.text)
    ]
    assert edits
    return document.apply(edits)


def test_addresses_roles_and_contexts():
    data = b"prompt=hi+there&%E5%BC%A0=1&&flag"
    assert [
        ("field 1 (prompt)", Role.KEY, (), "prompt"),
        ("field 1 (prompt)", Role.BODY, ("prompt",), "hi there"),
        ("field 2", Role.KEY, (), "张"),
        ("field 2", Role.BODY, ("张",), "1"),
        ("field 3 (flag)", Role.KEY, (), "flag"),
    ] == [(s.part, s.role, s.context, s.text) for s in open_document(data, FORM).segments()]


POSITIONS = {
    "value": urlencode({"a": f"call {SECRET}"}),
    "name": urlencode({f"a{SECRET}": "x"}),
    "every digit escaped": "a=" + "".join(f"%{ord(c):02x}" for c in SECRET),
    "json": urlencode({"f.req": json.dumps([None, json.dumps([[SECRET], 1])])}),
    "data url": urlencode({"img": "data:text/plain;base64," + base64.b64encode(SECRET.encode()).decode()}),
    "base64": urlencode({"d": base64.b64encode(f"电话 {SECRET}。".encode() * 4).decode()}),
    "base64 with bare plus": "d=" + base64.b64encode(b"\xc3\xbb\xc3\xaf\xc3\xbe>?" * 8 + SECRET.encode()).decode(),
    "gbk": "name=" + quote(f"张伟{SECRET}", encoding="gbk"),
    "raw utf-8 and spaces": f"text=请打电话 {SECRET}",
    "stray percent": f"text=100%+{SECRET}",
    "second of two": f"a=1&a={SECRET}&a=3",
}  # fmt: skip


@pytest.mark.parametrize("position", POSITIONS)
def test_a_secret_in_any_position_is_seen_and_removed(position):
    data = ("keep=%7e%41+x&" + POSITIONS[position] + "&keep=%7e%41+x").encode()
    assert data == open_document(data, FORM).apply([])
    assert any(SECRET in seen for seen in texts(data))
    assert any(SECRET in layer for layer in layers(data, FORM))
    out = replace_all(data, SECRET, "〔电话〕")
    assert any("〔电话〕" in seen for seen in texts(out))
    assert not any(SECRET in layer for layer in layers(out, FORM))
    assert out.startswith(b"keep=%7e%41+x&")
    assert out.endswith(b"&keep=%7e%41+x")


@given(st.lists(st.tuples(CHARACTERS.filter(bool), CHARACTERS), min_size=1, max_size=5), st.data())
def test_an_edit_changes_its_own_characters_and_no_other_byte(pairs, data):
    quoting = data.draw(st.sampled_from([quote_plus, quote]))
    raw = urlencode(pairs, quote_via=quoting).encode()
    document = open_document(raw, FORM)
    before = [segment.text for segment in document.segments()]
    assert raw == document.apply([])
    assume([part for pair in pairs for part in pair] == before)  # no value was a document
    index = data.draw(st.integers(0, len(before) - 1))
    start = data.draw(st.integers(0, len(before[index])))
    end = data.draw(st.integers(start, len(before[index])))
    out = document.apply([Edit(index, start, end, "<&=+ 删>")])
    expected = list(before)
    expected[index] = before[index][:start] + "<&=+ 删>" + before[index][end:]
    flat = [part for pair in parse_qsl(out.decode(), keep_blank_values=True) for part in pair]
    assert expected == flat == texts(out)
    units = re.split("[&=]", raw.decode()), re.split("[&=]", out.decode())
    assert [n for n in range(len(units[0])) if units[0][n] != units[1][n]] in ([index], [])


@pytest.mark.parametrize(
    ("data", "format_name"),
    [
        (b'{"text": "hello"}', "json"),
        (b"just a line of text", "text"),
        (b"line one\nkey=value\n", "text"),
        (b"-- a note --\r\nof two lines", "text"),
        (b"token=x&text=hello", "urlencoded"),
        (b"token=x&text=hello\r\n", "urlencoded"),
    ],
)
def test_the_content_decides_since_clients_send_files_under_this_type(data, format_name):
    assert format_name == open_document(data, FORM).format


def test_the_grammar_alone_is_not_enough():
    assert "urlencoded" != open_document(b"a=b&c=d", Hint("notes.txt")).format


def test_a_value_in_no_known_encoding_is_unreadable():
    with pytest.raises(Unreadable):
        open_document(b"a=%ff%fe%fd%80", FORM)


def test_many_edits_of_one_long_value_are_made_in_one_pass():
    data = b"a=" + b"%E5%BC%A0+13800138000%2C" * 3000
    out = replace_all(data, SECRET, "<T>")
    assert "张 <T>," * 3000 == texts(out)[1]


def test_nothing_is_an_empty_document():
    document = open_document(b"", FORM)
    assert ("empty", 0, b"") == (document.format, len(document.segments()), document.apply([]))
    assert [] == list(layers(b"", FORM))
