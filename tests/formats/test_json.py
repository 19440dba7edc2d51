"""JSON and NDJSON: every place is seen, edits are spliced, what is malformed is refused."""

import base64
import hashlib
import io
import json
import re
import string
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._json_scan import (
    Malformed,
    escape,
    expand_number,
    scan,
    source_offsets,
    unescape,
)
from gateway.model import Edit, Hint, Role

SECRET = "13800138000"
JSON = Hint("", "application/json")
LONG = "客户张伟的手机号码是 13800138000，请勿外传；地址是北京市海淀区中关村大街。".encode()


def texts(data: bytes, hint: Hint = JSON) -> list[str]:
    return [segment.text for segment in open_document(data, hint).segments()]


def replace_all(data: bytes, old: str, new: str, hint: Hint = JSON) -> bytes:
    document = open_document(data, hint)
    edits = [
        Edit(index, match.start(), match.end(), new)
        for index, segment in enumerate(document.segments())
        for match in re.finditer(re.escape(old), segment.text)
    ]
    assert edits
    return document.apply(edits)


# --- the scanner against the standard library ---------------------------------------------------

LETTERS = st.text(
    st.characters(codec="utf-8") | st.sampled_from('"\\/\n\t\x00\x1f😀张'), max_size=12
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def written(value, draw) -> str:
    """JSON in a random style: ASCII or not, escaped slashes, escapes for ASCII letters, space."""
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.none() | st.just(1)))
    if draw(st.booleans()):
        text = text.replace("/", "\\/")
    if draw(st.booleans()):
        letter = draw(st.sampled_from(string.ascii_lowercase.replace("u", "")))
        text = re.sub(
            r'"(?:[^"\\]|\\.)*"',
            lambda m: re.sub(
                rf"(?<!\\){letter}", f"\\\\u{ord(letter):04X}", m[0]
            ) if "\\" not in m[0] else m[0],
            text,
        )  # fmt: skip
    return text


def leaves(value) -> list[str]:
    """Keys, strings and numbers in document order, as the scanner lists them."""
    if isinstance(value, dict):
        return [leaf for key, member in value.items() for leaf in (key, *leaves(member))]
    if isinstance(value, list):
        return [leaf for member in value for leaf in leaves(member)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


class Number(str):
    __slots__ = ()


@given(VALUES, st.data())
def test_the_scanner_reads_what_the_standard_library_reads(value, data):
    text = written(value, data.draw)
    expected = leaves(json.loads(text, parse_int=Number, parse_float=Number))
    found = [
        unescape(text[p.start + 1 : p.end - 1]) if text[p.start] == '"' else text[p.start : p.end]
        for p in scan(text)
    ]
    assert expected == found


@given(st.text(alphabet='{}[]",:\\ 0123456789.-+eEtrufalsn\nu/bx', max_size=25))
def test_the_scanner_accepts_and_refuses_as_the_standard_library(text):
    def loads():
        try:
            json.loads(text, strict=False)
        except ValueError:
            return False
        return True

    try:
        scan(text)
        accepted = True
    except Malformed:
        accepted = False
    assert loads() == accepted


@pytest.mark.parametrize(
    "bad",
    ["", " ", "{", "[", '{"a":}', "[1,]", '{"a":1,}', "01", "1 2", '{"a" 1}', "[}", "{]", "[1 2]",
     '{"a":1 "b":2}', '{"a":1}}', '"a', "{1:2}", "[,1]", "[1,,2]", "{,}", r'"\x"', "nul", "-", "1.",
     '"a":1', '["a":1]', "[:]", "[1]]", "// c\n{}", "{} {}", "{'a':1}", "[+1]", "[.5]", "nulll",
     "[1e]", "[0x1]", '{"a":1}\x00', "\ufeff{}"],
)  # fmt: skip
def test_what_is_not_json_is_refused(bad):
    with pytest.raises(Malformed):
        scan(bad)


def test_nesting_beyond_the_limit_is_refused_by_its_name():
    scan("[" * 500 + "]" * 500)
    with pytest.raises(LimitExceeded, match="500"):
        scan("[" * 501 + "]" * 501)
    with pytest.raises(LimitExceeded, match="500"):
        open_document(b"[" * 100_000, Hint())


def test_text_at_the_limit_of_nesting_can_still_be_verified():
    data = b"[" * 500 + b'"deep"' + b"]" * 500
    assert ["deep"] == [text for text in layers(data, JSON) if text]


def test_deep_paths_stay_short():
    depth = 490
    text = '{"abcdefgh":' * depth + "1" + "}" * depth
    assert max(len(place.part) for place in scan(text)) < 250


@given(LETTERS)
def test_escaping_is_undone_by_unescaping(text):
    for only_ascii in (True, False):
        raw = escape(text, only_ascii=only_ascii)
        assert text == unescape(raw) == json.loads(f'"{raw}"')
        assert raw.isascii() or not only_ascii


def test_lone_surrogates_are_kept():
    assert "\ud83dx\ude00" == unescape(r"\ud83dx\uDE00")
    assert "😀" == unescape(r"\uD83D\ude00")
    assert r"\ud83d" == escape("\ud83d", only_ascii=False)


@given(
    st.lists(
        st.sampled_from(["a", "张", r"\n", r"\u5f20", r"\ud83d\ude00", r"\"", "😀"]), max_size=8
    )
)
def test_source_offsets_cut_the_source_where_the_text_is_cut(units):
    raw = "".join(units)
    offsets = source_offsets(raw, range(len(units) + 1))
    assert [sum(map(len, units[:n])) for n in range(len(units) + 1)] == list(offsets.values())


@pytest.mark.parametrize(
    ("as_written", "digits"),
    [("1.1010519491231E+17", "110105194912310000"), ("-1.38001380005e10", "-13800138000.5"[:0]),
     ("13800138000.0", "13800138000"), ("110101194912310021e0", "110101194912310021"),
     ("6.2220212345678901e18", "6222021234567890100"), ("138001380001", ""), ("1.38E10", ""),
     ("1E999", ""), ("1E999999999999", ""), ("3.14159265358979", ""), ("0.00001380013800E15", "13800138000")],
)  # fmt: skip
def test_long_whole_numbers_written_as_floats_are_also_seen_as_digits(as_written, digits):
    assert digits == expand_number(as_written)


# --- documents ----------------------------------------------------------------------------------


def test_addresses_roles_and_contexts():
    data = json.dumps(
        {"messages": [{"role": "user", "content": "hi"}], "a b": {"13800138000": [7]}}
    ).encode()
    assert [
        ("$.messages", Role.KEY, (), "messages"),
        ("$.messages[0].role", Role.KEY, ("messages",), "role"),
        ("$.messages[0].role", Role.BODY, ("role", "messages"), "user"),
        ("$.messages[0].content", Role.KEY, ("messages",), "content"),
        ("$.messages[0].content", Role.BODY, ("content", "messages"), "hi"),
        ("$.{1}", Role.KEY, (), "a b"),
        ("$.{1}.{0}", Role.KEY, ("a b",), "13800138000"),
        ("$.{1}.{0}[0]", Role.BODY, ("13800138000", "a b"), "7"),
    ] == [(s.part, s.role, s.context, s.text) for s in open_document(data, JSON).segments()]


@pytest.mark.parametrize(
    "pair",
    ['{"name":"phone","value":"138"}', '{"value":"138","name":"phone"}',
     '{"key":"phone","values":["138"]}', '{"标题":"phone","内容":138}'],
)  # fmt: skip
def test_a_sibling_that_names_a_field_is_context_of_its_value(pair):
    segments = open_document(pair.encode(), JSON).segments()
    (value,) = [segment for segment in segments if segment.text == "138"]
    assert "phone" == value.context[0]


def test_keys_that_may_be_values_do_not_stand_in_addresses():
    keys = ["张伟", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "x" * 41, "a.b", "a-b", "tel13800138000"]
    data = json.dumps(dict.fromkeys(keys, "v")).encode()
    parts = {segment.part for segment in open_document(data, JSON).segments()}
    assert {f"$.{{{n}}}" for n in range(len(keys))} == parts


def test_repeated_keys_are_all_seen_and_edited():
    data = (
        b'{"a":"13800138000","a":"{\\"x\\":\\"13800138000\\"}","a":"{\\"x\\":\\"13800138000\\"}"}'
    )
    out = replace_all(data, SECRET, "[X]")
    assert b'{"a":"[X]","a":"{\\"x\\":\\"[X]\\"}","a":"{\\"x\\":\\"[X]\\"}"}' == out


PLACES = {
    "value": {"a": f"call {SECRET} now"},
    "key": {SECRET: 1},
    "nested key": {"a": [{"b": {SECRET: None}}]},
    "number": {"a": int(SECRET)},
    "list number": [1, int(SECRET)],
    "json in a string": {"arguments": json.dumps({"phone": SECRET})},
    "number in json in a string": {"arguments": json.dumps({"phone": int(SECRET)})},
    "json in json in a string": {"a": json.dumps([json.dumps({"b": SECRET})])},
    "base64 text": {"x": base64.b64encode(LONG).decode()},
    "urlsafe base64": {"x": base64.urlsafe_b64encode(LONG).decode().rstrip("=")},
    "wrapped base64": {"x": base64.encodebytes(LONG).decode()},
    "base64 gb2312": {"x": base64.b64encode(LONG.decode().encode("gb2312")).decode()},
    "base64 json": {"x": base64.b64encode(json.dumps({"k": [SECRET] * 5}).encode()).decode()},
    "data url": {"x": "data:text/plain;base64," + base64.b64encode(SECRET.encode()).decode()},
    "percent data url": {"x": f"data:text/plain,a%20{SECRET}"},
    "data url name": {"x": f"data:text/plain;name={SECRET}.txt;base64,aGVsbG8="},
    "text around a data url": {
        "x": "see ![](data:text/plain;base64," + base64.b64encode(LONG).decode() + ") there"
    },
}
STYLES = {
    "plain": lambda text: text.encode(),
    "escaped digits": lambda text: re.sub("1(?=38)", r"\\u0031", text).encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-32": lambda text: text.encode("utf-32"),
    "utf-16-le without mark": lambda text: text.encode("utf-16-le"),
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("style", STYLES)
def test_a_secret_in_any_position_is_seen_and_removed(place, style):
    text = json.dumps(PLACES[place])
    if style == "escaped digits" and ("number" in place or "base64" in place or "url" in place):
        style = "plain"
    data = STYLES[style](text)
    assert any(SECRET in seen for seen in texts(data))
    out = replace_all(data, SECRET, "〔手机〕")
    assert not any(SECRET in layer for layer in layers(out, JSON))
    assert not any(SECRET in seen for seen in texts(out))
    assert any("〔手机〕" in seen for seen in texts(out))


def test_gb18030_json_is_read_and_kept_in_its_encoding():
    data = '{"姓名":"张伟","电话":"13800138000","备注":"请联系客户"}'.encode("gb18030")
    out = replace_all(data, SECRET, "〔手机〕", Hint("a.json"))
    assert '{"姓名":"张伟","电话":"〔手机〕","备注":"请联系客户"}' == out.decode("gb18030")


def test_a_character_that_the_encoding_lacks_is_escaped():
    data = '{"téléphone":"13800138000","é":"à bientôt, café"}'.encode("cp1252")
    out = replace_all(data, SECRET, "张", Hint("a.json", "application/json; charset=windows-1252"))
    assert {"téléphone": "张", "é": "à bientôt, café"} == json.loads(out.decode("cp1252"))


def test_a_replaced_number_becomes_a_string():
    data = b'{"id": 1.1010519491231E+17, "n": [13800138000 ,2]}'
    out = replace_all(data, "11010519491231", "<ID>")
    assert b'{"id": "<ID>0000", "n": [13800138000 ,2]}' == out
    assert b'{"id": 1.1010519491231E+17, "n": ["<TEL>" ,2]}' == replace_all(data, SECRET, "<TEL>")


def test_a_number_edited_in_both_its_views_keeps_nothing_of_either():
    document = open_document(b"[1.1010519491231E+17]", JSON)
    assert ["1.1010519491231E+17", "110105194912310000"] == [s.text for s in document.segments()]
    assert b'["<B>"]' == document.apply([Edit(0, 0, 4, "<A>"), Edit(1, 4, 10, "<B>")])


def test_numbers_of_any_length_are_text():
    assert ["1" * 6000] == texts(b"[" + b"1" * 6000 + b"]")


SIMPLE = st.recursive(
    st.none() | st.integers() | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=10,
).filter(leaves).map(lambda value: [value])  # fmt: skip


@given(SIMPLE, st.data())
def test_an_edit_changes_its_own_characters_and_no_other_byte(value, data):
    text = written(value, data.draw)
    raw = text.encode()
    document = open_document(raw, JSON)
    before = [segment.text for segment in document.segments()]
    assert raw == document.apply([])
    index = data.draw(st.integers(0, len(before) - 1))
    start = data.draw(st.integers(0, len(before[index])))
    end = data.draw(st.integers(start, len(before[index])))
    new = data.draw(st.sampled_from(["<X>", '<"\\\n>', "<删除😀>"]))
    out = document.apply([Edit(index, start, end, new)])
    expected = list(before)
    expected[index] = before[index][:start] + new + before[index][end:]
    if len(document.segments()) == len(scan(text)):  # no child documents: places are segments
        place = scan(text)[index]
        assert out.startswith(text[: place.start].encode())
        assert out.endswith(text[place.end :].encode())
    assert expected == texts(out)


# --- what stands in strings ---------------------------------------------------------------------

BLOB = hashlib.sha512(b"blob").digest() * 3
B64 = base64.b64encode(BLOB).decode()
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + BLOB).decode()


@pytest.mark.parametrize(
    "value",
    [
        {"contentBytes": B64},
        {"file_data": B64.replace("/", "_").replace("+", "-").rstrip("=")},
        {"source": {"type": "base64", "data": B64}},
        {"inlineData": {"x": [B64]}},
        {"x": "data:application/octet-stream;base64," + B64},
        {"x": "data:application/pdf;base64,!!!!"},
        {"anything": base64.b64encode(b"\x1f\x8b\x08" + BLOB).decode()},
    ],
)
def test_data_that_nobody_can_open_is_unread_and_not_text(value):
    document = open_document(json.dumps(value).encode(), JSON)
    assert 1 == len(document.unread)
    assert not any(len(segment.text) > 30 for segment in document.segments())


@pytest.mark.parametrize(
    "value",
    [
        {"image_url": {"url": "data:image/png;base64," + PNG}},
        {"inline_data": {"mime_type": "image/png", "data": PNG}},
        {"anything": PNG},
    ],
)
def test_pictures_are_children_and_not_text(value):
    document = open_document(json.dumps(value).encode(), JSON)
    assert not any(PNG[:40] in segment.text for segment in document.segments())


@pytest.mark.parametrize(
    "value",
    [
        {"signature": B64},
        {"encrypted_content": B64},
        {"type": "redacted_thinking", "data": B64},
        {"id": B64},
        {"sha": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
        {"data": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    ],
)
def test_signatures_hashes_and_sealed_blobs_stay_plain_strings(value):
    document = open_document(json.dumps(value).encode(), JSON)
    assert () == tuple(document.unread)
    assert max(value.values(), key=len) in [segment.text for segment in document.segments()]


def test_a_zip_in_base64_is_opened_and_written_back():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", f"phone {SECRET}\n")
    data = json.dumps(
        {"file": {"filename": "a.zip", "file_data": base64.b64encode(packed.getvalue()).decode()}}
    )
    out = replace_all(data.encode(), SECRET, "<TEL>")
    with zipfile.ZipFile(
        io.BytesIO(base64.b64decode(json.loads(out)["file"]["file_data"]))
    ) as archive:
        assert b"phone <TEL>\n" == archive.read("notes.txt")


def test_json_in_a_string_keeps_its_untouched_bytes():
    data = rb'{"arguments":"{\"a\": \"\\u5f20\\/\", \"b\": \"13800138000\", \"c\":  1.50}"}'
    out = replace_all(data, SECRET, "<TEL>")
    assert data.replace(SECRET.encode(), b"<TEL>") == out


def test_the_depth_budget_holds_for_json_in_strings():
    value: object = SECRET
    for _ in range(12):
        value = json.dumps({"a": value})
    with pytest.raises(LimitExceeded, match="deep"):
        open_document(str(value).encode(), JSON)


# --- what is and what is not JSON ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "hint", "format_name"),
    [
        (b'{"a": 1}', Hint(), "json"),
        (b" \r\n[1, 2]\n", Hint("x.txt"), "json"),
        (b"{}", Hint("", "application/octet-stream"), "json"),
        (b'"a\\u0031"', Hint(), "json"),
        (b"13800138000", JSON, "json"),
        (b'{"a":1}\n{"a":2}\n', Hint(), "ndjson"),
        (b'{"a":1}\r\n\r\n[2]', Hint("x.json"), "ndjson"),
        (b"[link](http://x) and text", Hint("x.md"), "text"),
        (b"[2024-01-01] started\n[2024-01-02] stopped\n", Hint("x.log"), "text"),
        (b"13800138000", Hint("x.txt"), "text"),
        (b"the end", JSON, "text"),
        (b'{\n // comment\n "a": 1,\n}', Hint("tsconfig.json"), "text"),
        (b"true story", JSON, "text"),
    ],
)  # fmt: skip
def test_the_content_decides_what_is_json(data, hint, format_name):
    assert format_name == open_document(data, hint).format


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b'{"a": 1', JSON),
        (b'{"a": 1,}', JSON),
        (b'[{"a": "\\u0031"},]', Hint("", "application/vnd.api+json; charset=utf-8")),
        (b'{"a": "\\u0031\\u0033", // c\n}', Hint("tsconfig.json")),
        (b'{"a": "\\u0031\\u0033", // c\n}', Hint("notes.txt")),
        (b'{"a": 1}\n{"a": \n', Hint("", "application/x-ndjson")),
    ],
)
def test_malformed_json_that_hides_text_or_is_declared_is_unreadable(data, hint):
    with pytest.raises(Unreadable, match="malformed JSON"):
        open_document(data, hint)


def test_lines_of_ndjson_are_addressed_by_their_number():
    data = b'{"a":"x"}\n\n[13800138000]\r\n{"a":{"b":"y"}}'
    parts = [segment.part for segment in open_document(data, Hint()).segments()]
    assert ["line 1: $.a"] * 2 + ["line 3: $[0]"] + [
        "line 4: $.a",
        "line 4: $.a.b",
        "line 4: $.a.b",
    ] == parts
    assert b'{"a":"x"}\n\n["<T>"]\r\n{"a":{"b":"y"}}' == replace_all(data, SECRET, "<T>", Hint())
    assert SECRET in set(layers(data, Hint()))


@given(st.binary(max_size=80), st.sampled_from([JSON, Hint(), Hint("a.json")]))
def test_arbitrary_bytes_are_read_or_refused_never_worse(data, hint):
    try:
        document = open_document(data, hint)
    except Unreadable:
        return
    assert data == document.apply([])


@given(
    st.recursive(
        st.none() | LETTERS, lambda x: st.lists(x) | st.dictionaries(LETTERS, x), max_leaves=8
    )
)
def test_layers_hold_every_key_and_string(value):
    data = json.dumps([value]).encode()
    found = set(layers(data, JSON))
    assert set(leaves(value)) <= found
