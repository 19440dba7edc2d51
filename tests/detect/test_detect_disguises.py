"""Values in disguise: found, with the span of the disguise, and gone after the edit."""

import base64
import json
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.detect import Detector, ValueMatcher
from gateway.model import DetectionOptions, Segment

DIGITS = "0123456789"


def moved(first: int, low: str = "0", high: str = "9"):
    return lambda part: "".join(
        chr(first + ord(char) - ord(low)) if low <= char <= high else char for char in part
    )


def between(sign: str):
    return sign.join


def octets(form: str):
    return lambda part: "".join(form.format(octet) for octet in part.encode())


def each(form: str):
    return lambda part: "".join(form.format(ord(char)) for char in part)


# A disguise of any part of a value; those that end in a sign of their own need nothing behind them.
IN_PART = {
    "full width": moved(0xFF01, "!", "~"),
    "mathematical": moved(0x1D7CE),
    "Arabic": moved(0x660),
    "Thai": moved(0xE50),
    "zero width": between("\u200b"),
    "word joiner": between("\u2060"),
    "soft hyphen": between("\u00ad"),
    "marks": lambda part: "".join(char + "\u0332" for char in part),
    "percent": octets("%{:02X}"),
    "percent twice": octets("%25{:02X}"),
    "references": each("&#{};"),
    "hexadecimal references": each("&#x{:X};"),
    "references twice": each("&amp;#{};"),
    "JSON": each("\\u{:04x}"),
    "braces": each("\\u{{{:x}}}"),
    "wide": each("\\U{:08x}"),
}  # fmt: skip
ENCODED = [
    "JSON",
    "braces",
    "hexadecimal references",
    "percent",
    "percent twice",
    "references",
    "wide",
]
WHOLE = {
    "base64": lambda value: base64.b64encode(f"Note for you: {value}.".encode()).decode(),
    "base64 of JSON": lambda value: base64.b64encode(json.dumps([value]).encode()).decode(),
    "hexadecimal": lambda value: f"{value} ".encode().hex(),
    "base32": lambda value: base64.b32encode(f"note {value} end".encode()).decode(),
    "Ascii85": lambda value: base64.a85encode(f"note {value} end".encode(), adobe=True).decode(),
    "right to left": lambda value: f"\u202e{value[::-1]}\u202c",
    "bytes": octets("\\x{:02x}"),
    "octal": octets("\\{:03o}"),
    "quoted-printable": octets("={:02X}"),
}
MAILS = st.from_regex(
    r"[a-z]{3,8}\.[a-z]{3,8}[0-9]{0,3}@[a-z]{4,9}\.(?:com|org|cn)", fullmatch=True
)
NUMBERS = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
NAMES = st.sampled_from(
    ["Emily Carter", "Anne-Marie Dubois", "欧阳建国", "José García", "中关村大街27号"]
)
VALUES = st.one_of(MAILS, NUMBERS, NAMES)
FRAMES = st.sampled_from(
    [("Please see ", " by Friday."), ("请核对：", "，谢谢。"), ("", ""), ("a\n", "\nb")]
)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.sampled_from(sorted(IN_PART)), FRAMES, st.data())
def test_a_value_disguised_in_part_is_found_and_gone_after_the_edit(value, name, frame, data):
    first = data.draw(st.integers(0, len(value) - 1))
    last = data.draw(st.integers(first + 1, len(value)))
    shown = value[:first] + IN_PART[name](value[first:last]) + value[last:]
    check(value, shown, frame)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from(sorted(WHOLE)), FRAMES)
def test_a_value_disguised_as_a_whole_is_found_and_gone_after_the_edit(value, name, frame):
    check(value, WHOLE[name](value), frame)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from(sorted(IN_PART)), st.sampled_from(ENCODED), FRAMES)
def test_a_disguise_in_an_encoding_is_found(value, inner, outer, frame):
    check(value, IN_PART[outer](IN_PART[inner](value)), frame)


def check(value: str, shown: str, frame: tuple[str, str]) -> None:
    before, after = frame
    text = before + shown + after
    matcher = ValueMatcher([value])
    hits = matcher.find(text)
    assert [value] == [found for *_, found in hits]
    (start, end, _), stop = hits[0], len(before) + len(shown)
    assert len(before) <= start < end <= stop
    # Invisible characters and marks at an edge of the value may stay; nothing else.
    left = text[len(before) : start] + text[end:stop]
    assert not any(char.isalnum() for char in unicodedata.normalize("NFKC", left))
    assert [] == matcher.find(text[:start] + "█" + text[end:])


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DetectionOptions())


SHOWN = [
    "①③⑧①②③④⑤⑥⑦⑧",
    "1 3 8 1 2 3 4 5 6 7 8",
    "138.1234.5678",
    "1-3-8-1-2-3-4-5-6-7-8",
    "一三八一二三四五六七八",
    "1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    "<b>138</b>12345678",
    "**138**12345678",
    "jane dot doe at example dot com",
    "jane[at]example[dot]com",
    "jаnе@ехаmрlе.com",
    "jane@exam-\nple.com",
    "zhangsan艾特qq点com",
    "MTM4MTIzNDU2Nzg=",
    "11010519\n491231002X",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "203[.]0[.]113[.]77",
]


@pytest.mark.parametrize("frame", [("mobile or mail: ", " (see file)"), ("联系：", "，请查收")])
@pytest.mark.parametrize("shown", SHOWN)
def test_findings_cover_the_disguise(detector, shown, frame):
    text = shown.join(frame)
    covered = {
        place for f in detector.find([Segment(text, "x")]) for place in range(f.start, f.end)
    }
    inside = range(len(frame[0]), len(frame[0]) + len(shown))
    assert {place for place in inside if text[place].isalnum()} - covered <= tags(text)


def tags(text: str) -> set[int]:
    """Places of the letters of ``<b>`` and ``</b>``: the first may stay, it is no part of a number."""
    return {at for tag in ("<b>", "</b>") for at in range(text.find(tag), text.find(tag) + 4)}


# Found by weighing words, so that another window of the same text may change them; and links.
WORDS = {"URL", "PERSON", "ORGANIZATION", "LOCATION", "NRP", "ADDRESS", "TITLE", "DATE_TIME", "AGE"}
TRAIN = Path(__file__).parents[2].parent / "shared" / "data" / "train"


def test_a_second_reading_of_ordinary_text_finds_nothing_more(detector, monkeypatch):
    if not TRAIN.is_dir():
        pytest.skip(f"{TRAIN} is not there")
    texts = []
    for path in sorted(TRAIN.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()[5::60][:40]
        texts.append("\n".join(json.loads(line)["text"] for line in lines))
    texts.append(base64.encodebytes(random.Random(3).randbytes(20_000)).decode())
    segments = [Segment(text, "x") for text in texts]
    twice = covered(detector, segments)
    monkeypatch.setattr("gateway.detect.detector.Undone", _NoReading)
    monkeypatch.setattr("gateway.detect.values.Undone", _NoReading)
    once = covered(detector, segments)
    assert sum(map(len, texts)) > 80_000
    assert set() == twice - once


class _NoReading:
    text = ""

    def __init__(self, original: str) -> None:
        del original

    def __bool__(self) -> bool:
        return False


def covered(detector: Detector, segments: list[Segment]) -> set[tuple[int, int]]:
    return {
        (f.segment, place)
        for f in detector.find(segments)
        if f.entity not in WORDS
        for place in range(f.start, f.end)
    }
