"""Undone: what each spelling says, where it stands, and what is no spelling."""

import base64
import gzip
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detect.layers import SEAM, Layer, settled
from gateway.detect.spellings import Undone, undone

PLAIN = [
    ("j%61ne%40x.org", "jane@x.org"),
    ("%2561%2540", "a@"),
    ("%u5F20%u4F1F", "张伟"),
    ("%D5%C5%CE%B0", "张伟"),  # GB 18030
    ("\\u5f20\\u4f1f", "张伟"),
    ("\\\\u0031\\\\u0033", "13"),
    ("\\ud83d\\ude00", "😀"),
    ("\\x31\\x33", "13"),
    ("\\u{31}\\u{1F600}", "1😀"),
    ("\\U00000031", "1"),
    ("\\N{DIGIT ONE}", "1"),
    ("\\000031\\000033", "13"),
    ("\\31 \\33 ", "13"),
    ("\\061\\063", "13"),
    ("\\345\\274\\240", "张"),
    ("\\'d5\\'c5", "张"),
    ("\\u24352?\\u20255?", "张伟"),
    ("jane\\_doe\\@x", "jane_doe@x"),
    ("Jos\\'{e}", "José"),
    ("&#49;&#x33", "13"),
    ("&amp;amp;#49;", "1"),
    ("a&commat;b", "a@b"),
    ("x&shy;y", "xy"),
    ("=E5=BC=A0=E4=BC=9F", "张伟"),
    ("jane=40x=2Eorg", "jane@x.org"),
    ("exa=\r\nmple", "example"),
    ("=?utf-8?B?5byg?=\r\n =?utf-8?B?5Lyf?=", "张伟"),
    ("=?utf-8?Q?Jos=C3=A9?=", "José"),
    ('name*0="Emi"; name*1="ly"', 'name*0="Emily"'),
    ("+AGoAYQBuAGU-", "jane"),
    ("+XyA-", "张"),
    ("NTM2LTIyLTg3MjY=", "536-22-8726"),
    ("5byg5Lyf", "张伟"),
    ("xn--fsqu00a.org", "例子.org"),
    ("6a616e6540782e6f7267", "jane@x.org"),
    ("6a 61 6e 65 40 78 2e 6f", "jane@x.o"),
    ("NJQW4ZKAPAXG64TH", "jane@x.org"),
    ("String.fromCharCode(74,97,110)", "Jan"),
    ("CHR(74)||CHR(97)||CHR(110)", "Jan"),
    ("U+0031 U+0033 U+0038 U+0031", "1381"),
    ("00110001 00110011 00111000 00110001 00110010 00110011 00110100", "1381234"),
    ("138<br/>1234", "1381234"),
    ("ᴇᴍɪʟʏ", "emily"),
    ("<b>138</b>1234", "<b>1381234"),
    ("138<wbr>1234", "1381234"),
    ("Emily</b> <i>Carter", "Emily Carter"),
    ("13<!-- no -->8", "138"),
    ("ja]]><![CDATA[ne", "jane"),
    ("**Em**ily", "Emily"),
    ("138*1234*567", "1381234567"),
    ('"sk-" + "abc"', '"sk-abc"'),
    ('"sk-" "abc"', '"sk-abc"'),
    ("'ja'\"ne\"", "'jane\""),
    ("O''Brien", "O'Brien"),
    ('CONCAT("138", "1234")', "1381234"),
    ("?q=Emily+Carter", "?q=Emily Carter"),
    ("\u202eenaj\u202c", "jane"),
    ("1\u200b3\u00ad8", "138"),
    ("1️⃣3️⃣", "13"),
    ("①③⑧", "138"),
    ("⑴⑶⑻", "138"),
    ("❶❸❽", "138"),
    ("ⓙⓐⓝⓔ", "jane"),
    ("🇯🇦🇳🇪", "JANE"),
    ("x²³", "x23"),
    ("jаnе", "jane"),
    ("e\u0301te", "éte"),
    ("1\u0336\u03213\u0336", "13"),
    ("\u1100\u1161\u11a8", "각"),
    ("⽅正", "方正"),
    ("ａ！ｂ", "ａ!ｂ"),
    ("a" + "".join(chr(0xE0000 + ord(c)) for c in "13812"), "a 13812 "),
]  # fmt: skip


@pytest.mark.parametrize(("spelled", "plain"), PLAIN)
def test_a_spelling_says_what_a_program_makes_of_it(spelled, plain):
    assert plain == undone(spelled)


READ = [
    ("j a n e @ x . o r g", "jane@x.org"),
    ("E m i l y   C a r t e r", "Emily Carter"),
    ("1-3-8-1-2-3-4-5-6-7-8", "13812345678"),
    ("1 3 8 - 1 2 3 4 - 5 6 7 8", "13812345678"),
    ("138.1234.5678", "13812345678"),
    ("138/1234/5678", "13812345678"),
    ("536/22/8726", "536 22 8726"),
    ("DE89.3704.0044.0532.0130.00", "DE89370400440532013000"),
    ("jane dot doe at x dot org", "jane.doe@x.org"),
    ("jane[at]x[dot]org", "jane@x.org"),
    ("jane (at) x.org", "jane@x.org"),
    ("zhang艾特qq点com", "zhang@qq.com"),
    ("jane @ x . org", "jane@x.org"),
    ("jane#x.org（把#换成@）", "jane@x.org（把#换成@）"),
    ("203[.]0[.]113[.]77", "203.0.113.77"),
    ("hxxps://x.org", "https://x.org"),
    ("(1)(3)(8)(1)(2)(3)(4)", "(1381234)"),
    ("1、3、8、1、2、3、4", "1381234"),
    ("1\n3\n8\n1\n2\n3\n4", "1381234"),
    ("1★3★8★1★2★3★4", "1381234"),
    ("欧.阳.建.国", "欧阳建国"),
    ("jane.doe at example.com", "jane.doe@example.com"),
    ("203点0点113点77", "203.0.113.77"),
    ("幺三八幺两三四五六拐洞", "13812345670"),
    ("一三八一二三四五六七八", "13812345678"),
    ("壹叁捌壹贰叁肆伍陆柒捌", "13812345678"),
    ("one three eight one two three four", "1381234"),
    ("jane@exam-\nple.com", "jane@example.com"),
    ("4403011990\r\n03077712", "440301199003077712"),
    ("4403011990 |\n| 03077712", "440301199003077712"),
    ("> 4403011990\n> 03077712", "> 440301199003077712"),
    ("203.0.\n113.77", "203.0.113.77"),
    ("sk-proj-Ab3dEf6h\nIj9kLm2nOp", "sk-proj-Ab3dEf6hIj9kLm2nOp"),
    ("phone: l38I2345O78", "phone: 13812345078"),
]


@pytest.mark.parametrize(("spelled", "plain"), READ)
def test_a_disguise_reads_as_a_person_reads_it(spelled, plain):
    assert plain in Undone(spelled).text.split("\n\0\n")


NOT_SPELLED = [
    "An ordinary sentence of 2024, with 50% off & more; a < b and c > d.",
    "The file index.html at example.com and the news at bbc.com",
    "[1][2] and a[0][1][2], f(1)(2)",
    "Meet at example.com on Monday at 9, dot your i's.",
    "1.2.3.4 and 10.15.7.19042",
    "north: 13.394789727, west: -109.45487",
    "2024-01-15 10:30, $12,345.67",
    "全年产量一百二十万台，二〇二四年完成，单价（含税）。",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "550e8400-e29b-41d4-a716-446655440000",
    "StrictnessOption CancelledError firstContext administration",
    "31,28,31,30,31,30,31,31,30,31,30,31",
    "https://example.com/a/b?c=d",
    "i = i + 1; j = j * 2; k = a[i] == b[j]",
    "в Москве",
    "Привет из Windows.",
    "I love it ❤️ 👨‍👩‍👧",
    "phone: 2125550134",
    "word-\nNext, end.\n2. Then",
    "see it on page 12\n34 people came",
]


@pytest.mark.parametrize("text", NOT_SPELLED)
def test_ordinary_text_has_no_second_reading(text):
    assert "" == Undone(text).text


@pytest.mark.parametrize("separator", [" ", "  ", "\t", ", ", ",", " | ", ";"])
@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 7, 8, 9])
def test_rows_of_numbers_are_not_joined(separator, width):
    rng = random.Random(width)
    low, high = 10 ** (width - 1), 10**width - 1
    rows = [separator.join(str(rng.randint(low, high)) for _ in range(12)) for _ in range(40)]
    readings = Undone("\n".join(rows)).text
    assert not any(len(word) > 2 * width for word in readings.replace(separator, " ").split())


def test_a_column_of_numbers_is_not_joined():
    rng = random.Random(1)
    for width in (4, 6, 8, 9, 11):
        lines = [str(rng.randint(10 ** (width - 1), 10**width - 1)) for _ in range(50)]
        assert "" == Undone("\n".join(lines)).text


ANY = st.text(
    st.sampled_from("aZ9é张三ß ①Ａ-.@%\\&=+*'\"<b>/x31u\n\u00ad\u200b\u0301\u202eаο一七{}#;~`"),
    max_size=80,
)


@given(st.one_of(ANY, st.text(max_size=80)))
def test_every_place_of_a_reading_leads_into_the_text(text):
    plain = Undone(text)
    for place, char in enumerate(plain.text):
        if char not in "\n\0":
            start, end = plain.span(place, place + 1)
            assert 0 <= start < end <= len(text)


@given(ANY)
def test_a_span_of_a_reading_is_never_wider_than_its_ends_say(text):
    plain = Undone(text)
    for reading in plain.text.split("\n\0\n"):
        at = plain.text.find(reading)
        if reading:
            start, end = plain.span(at, at + len(reading))
            assert 0 <= start <= end <= len(text)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=8),
    st.none() | st.integers(0, 9),
)
def test_a_layer_leads_back_to_the_text_beneath(places, near):
    beneath = "".join(chr(0x4E00 + place) for place in range(40))
    spellings = settled((start, start + size, "x") for start, size in places)
    layer = Layer(beneath, spellings, near)
    for place, char in enumerate(layer.text):
        if char > "x":
            start, end = layer.span(place, place + 1)
            assert char == beneath[start:end]
        elif char == "x":
            assert layer.span(place, place + 1) in {(s, e) for s, e, _ in spellings}


def test_encodings_are_undone_four_deep_and_no_deeper():
    text = "mail jane.doe@example.com today"
    for depth in range(1, 6):
        text = base64.b64encode(text.encode()).decode()
        assert ("jane.doe@example.com" in Undone(text).text) == (depth <= 4)


def test_what_a_packed_text_unpacks_to_is_bounded():
    bomb = base64.b64encode(gzip.compress(b"jane@example.com " + b"0" * 50_000_000)).decode()
    shown = Undone(bomb).text
    assert shown.startswith("jane@example.com")
    assert len(shown) < 2_000_000


UNITS = [
    "%25", "%41", "\\", "\\u0041", "&amp;", "&#65;", "=41", "=\n", "<b>", "<!--", "*a*", "**", "`", "'", '" "',
    '"+"', "1.", "1 ", "1-2-", "a ", "a@", "@", " at ", " dot ", "[at]", "一", "一 ", "one ", "five ", "+AGE-", "QUJD",
    "5byg", "6a ", "6a616e65", "\u200b", "a\u0301", "\u202e", "①", "а", "аa", "1\n", "a-\n", "a@b\n", "\n>", "{", "((",
    "=?utf-8?B?", "]]>", "<~", "xn--a.", "x*0=", "concat(", "join([", "fromCharCode(", "O0", "phone: O0", "ａ！",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_repetition_makes_no_more_text_than_a_few_copies(unit):
    for count in (2_000, 20_000):
        text = unit * (count // len(unit))
        assert len(Undone(text).text) <= 4 * len(text) + 100


def test_json_in_json_is_undone():
    inner = json.dumps({"name": "张伟"})
    assert "张伟" in undone(json.dumps({"a": inner}))


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("to jane%40x.org and Emily", "jane@x.org", True),
        ("to jane%40x.org and Emily", "Emily", False),
        ("tel 1 3 8 1 2 3 4 and Emily", "1381234", True),
        ("tel 1 3 8 1 2 3 4 and Emily", "Emily", False),
        ("%25316%2527 and Emily", "16'", True),
    ],
)
def test_a_reading_tells_what_it_changed(text, word, expected):
    plain = Undone(text)
    at = plain.text.index(word)
    assert expected == plain.changed(at, at + len(word))


def test_a_stretch_that_runs_on_into_the_next_reading_ends_with_its_own() -> None:
    text = "请核对地址：" + "\u200b".join("42 Larkspur Lane") + "，周五前回复。"
    plain = Undone(text)
    assert SEAM in plain.text
    start = plain.text.index("42")
    assert plain.span(start, len(plain.text))[1] <= len(text)
