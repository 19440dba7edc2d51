"""Bytes to characters and back."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._encoding import declared_charset, decode, peek
from gateway.model import Hint

LETTERS = st.text(st.characters(exclude_categories=("C",), exclude_characters="~+"), max_size=3000)
ZH = "今天我们讨论了项目的进展情况，客户张伟的电话是13812345678。"
TW = "客戶王小明的電話是0912345678，請於明天回覆。"
JA = "田中さんの電話番号は090-1234-5678です。よろしくお願いします。"
KO = "김철수의 전화번호는 010-1234-5678 입니다."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-32"])
@given(text=LETTERS)
def test_unicode_text_decodes_to_itself(encoding, text):
    assert text == decode(text.encode(encoding)).text


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
@given(text=LETTERS)
def test_marked_utf_16_decodes_to_itself(mark, text):
    body = text.encode(mark)
    assume(b"\0" in body or not body.isascii() or len(body) < 32)
    assert text == decode("\ufeff".encode(mark) + body).text


@settings(max_examples=50)
@given(text=LETTERS)
def test_declared_gb18030_decodes_to_itself(text):
    data = text.encode("gb18030")
    assume("utf-8" != decode(data, "gb18030").encoding)  # some signs are valid in both
    assert text == decode(data, "gb18030").text


@settings(max_examples=50)
@given(
    text=st.text(st.characters(codec="big5", exclude_categories=("C",)), min_size=1, max_size=300)
)
def test_declared_big5_decodes_to_itself(text):
    data = text.encode("big5")
    assume("utf-8" != decode(data, "big5").encoding)
    assert text == decode(data, "big5").text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ZH, "gb18030"), ("张伟", "gbk"), (ZH, "utf-16-le"), (ZH, "utf-16-be"), (ZH, "utf-32-be"), (ZH, "hz"),
        (TW, "big5"), (TW, "gb18030"), (JA, "shift_jis"), (JA, "euc_jp"), (JA, "iso2022_jp"),
        (KO, "euc_kr"), (KO, "iso2022_kr"), ("Müller, größer, Straße, für Übung", "cp1252"),
        ("Телефон Ивана Петрова в договоре номер", "cp1251"),
    ],
)  # fmt: skip
def test_undeclared_text_is_recognised(text, encoding):
    assert text == decode(text.encode(encoding)).text


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-8", "utf-16", "utf-16-be", "utf-32", "gb18030"]
)
@given(data=st.data())
def test_a_span_is_the_bytes_of_its_characters(encoding, data):
    text = "电话 " + data.draw(st.text("a1 张伟𠮷é\n", max_size=2500)) + " end, ok"
    source = text.encode(encoding)
    decoded = decode(source, encoding.removesuffix("-sig"))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = decoded.span(start, end)
    codec = decoded.encoding
    assert text[start:end] == source[first:last].decode(codec)
    assert text[:start] == source[len(decoded.bom) : first].decode(codec)


def test_a_replacement_keeps_the_encoding_and_all_other_bytes():
    source = ZH.encode("gb18030")
    at = ZH.index("张伟")
    assert ZH.replace("张伟", "[姓名]").encode("gb18030") == decode(source).replace(
        [(at, at + 2, "[姓名]")]
    )


@pytest.mark.parametrize("encoding", ["hz", "iso2022_jp"])
def test_shifting_encodings_are_replaced_as_a_whole(encoding):
    text = "電話 12 の人" if encoding == "iso2022_jp" else "电话 12 的人"
    decoded = decode(text.encode(encoding))
    assert text.replace("12", "[X]") == decoded.replace([(3, 5, "[X]")]).decode(encoding)
    with pytest.raises(CannotEdit):
        decoded.span(0, 1)


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [("【é＊】", "cp1252", "[é*]"), ("张", "cp1252", "_"), ("Ａ①", "iso8859-2", "A1")],
)
def test_a_sign_that_the_encoding_lacks_gets_a_plain_one(text, encoding, expected):
    source = "Müller straße à la café".encode(encoding, "replace")
    decoded = decode(source, encoding)
    assert encoding == decoded.encoding
    assert expected == decoded.encode(text).decode(encoding)


@pytest.mark.parametrize(
    "declared",
    ["utf-16", "utf-16-le", "utf-32", "cp037", "cp500", "utf-7x", "base64", "rot13", "idna", "\0"],
)
def test_a_false_declaration_does_not_turn_ascii_into_noise(declared):
    source = b"id 110101199003074578 of a customer "
    assert source.decode() == decode(source, declared).text


def test_utf_7_is_read_only_when_declared():
    assert "+AGE-" == decode(b"+AGE-").text
    assert "a" == decode(b"+AGE-", "utf-7").text


def test_utf_8_wins_over_a_declared_latin_charset():
    assert "张伟 é" == decode("张伟 é".encode(), "iso-8859-1").text


def test_a_declared_east_asian_charset_wins_over_accidental_utf_8():
    assert "隆" == decode("隆".encode("gbk"), "gbk").text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a\0b\0\0c\0", "unknown format"),
        (bytes(range(256)) * 4, "unknown format"),
        (b"\x01\x02\x03 text", "unknown format"),
        ("张伟的电话".encode() + b"\xff", "damaged UTF-8 text"),
        ("张伟的电话".encode() + "张".encode("gbk"), "damaged UTF-8 text"),
        (b"\xff\xfe" + b"ID 110101199003074578 ", "two encodings"),
        (b"~{110101199003074578~} x", "two encodings"),
        (b"\x1b$B110101199003074578\x1b(B", "two encodings"),
        (b"\x1b$)A\x0e1234\x0f", "unknown encoding"),
        (b"\xff\xfe\x00\xd8a\0", "unknown"),
        (b"ID 110101199003074578\0", "unknown format"),
        ("客户张伟的电话\0".encode(), "unknown format"),
        ("客户张伟的电话\0x".encode("gbk"), "unknown format"),
    ],
)
def test_what_cannot_be_read_whole_is_refused(data, why):
    with pytest.raises(Unreadable, match=why):
        decode(data)


def test_the_charset_of_a_media_type_is_found():
    assert "gb2312" == declared_charset(Hint("", 'text/html; charset="gb2312"; x=y'))
    assert "" == declared_charset(Hint("", "text/html"))


def test_latin_1_declared_over_chinese_is_not_believed():
    assert ZH == decode(ZH.encode("gbk"), "iso-8859-1").text
    assert "élève à côté" == decode("élève à côté".encode("cp1252"), "iso-8859-1").text


def test_a_nul_behind_a_mark_is_refused():
    with pytest.raises(Unreadable, match="unknown format"):
        decode("\ufeff138\x001234".encode())


def test_wide_text_that_begins_in_chinese_is_peeked_at():
    assert "张伟 <p>" == peek("张伟 <p>".encode("utf-16-le"))


@pytest.mark.parametrize("name", ["欧阳若曦", "张伟", "陈静怡", "翟天临"])
@pytest.mark.parametrize(
    "sentence",
    ["Kunde: {} 号\n– fine weather", "客户“{}”，电话见附件", "Contact {} – see file", "{}…"],
)
def test_few_chinese_signs_among_english_are_read_as_gb18030(name, sentence):
    text = sentence.format(name)
    assert text == decode(text.encode("gb18030")).text


@pytest.mark.parametrize("codec", ["big5", "cp932"])
def test_short_big5_and_shift_jis_are_told_from_gb18030(codec):
    text = {"big5": "客戶：張偉 先生的地址", "cp932": "氏名：山田太郎 様"}[codec]
    assert (codec, text) == ((d := decode(text.encode(codec))).encoding, d.text)


@pytest.mark.parametrize("text", ["Name: 欧阳若曦 号\n", "氏名,山田太郎\n", '"이름": {홍길동}\n'])
def test_utf7_that_nobody_declared_is_read_where_it_is_plain(text):
    assert text == decode(text.encode("utf-7")).text


@pytest.mark.parametrize(
    "text",
    ["1+1=2, a+b=c", "key=abc+def/ghi+jkl==", "+8613812345678", "q=foo+bar+bazz+quxx-", "C++"],
)
def test_plus_signs_of_other_kinds_are_no_utf7(text):
    assert (text, "utf-8") == ((d := decode(text.encode())).text, d.encoding)
