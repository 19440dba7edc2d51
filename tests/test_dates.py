"""Dates, dates of birth, ages: every usual form is found whole, and what only looks like one is not."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presidio_analyzer.predefined_recognizers import DateRecognizer

from gateway.detect import Detector, catalogue
from gateway.model import DetectionOptions, Segment
from recognizers.dates import DateTimeRecognizer, calendar_day

WANTED = frozenset({"DATE_TIME", "DATE_OF_BIRTH", "AGE"})
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
NUMERALS = "〇一二三四五六七八九"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DetectionOptions(ignore=frozenset(catalogue()) - WANTED - {"EXACT_VALUE"}))


def _found(detector: Detector, text: str, *labels: str) -> list[tuple[str, str]]:
    findings = detector.find([Segment(text, "x", context=labels)])
    return [(finding.entity, text[finding.start : finding.end]) for finding in findings]


def _spoken(number: int) -> str:
    """12 as 十二, as dates are read aloud."""
    tens, ones = divmod(number, 10)
    lead = "" if tens < 2 else NUMERALS[tens]
    return lead + ("十" if tens else "") + (NUMERALS[ones] if ones else "")


FORMS = {
    "ISO": "{0:%Y-%m-%d}",
    "slashes": "{0.month}/{0.day}/{0.year}",
    "dots": "{0:%d.%m.%Y}",
    "hyphens": "{0.day}-{0.month}-{0.year}",
    "year first": "{0:%Y/%m/%d}",
    "month in words": "{0:%B} {0.day}, {0.year}",
    "day first": "{0.day} {0:%b} {0.year}",
    "weekday": "{0:%A}, {0.day} {0:%B} {0.year}",
    "log": "{0.day:02}/{0:%b}/{0.year}:10:15:32 +0000",
    "Chinese": "{0.year}年{0.month}月{0.day}日",
    "Chinese with time": "{0.year}年{0.month}月{0.day}日下午3点半",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(day=DAYS)
def test_any_day_is_found_whole_in_every_form(detector: Detector, form: str, day: date) -> None:
    written = form.format(day)
    assert [("DATE_TIME", written)] == _found(detector, f"It is ({written}) here")


@given(day=DAYS)
def test_a_date_in_chinese_numerals_is_found_whole(detector: Detector, day: date) -> None:
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    written = f"{year}年{_spoken(day.month)}月{_spoken(day.day)}日"
    assert [("DATE_TIME", written)] == _found(detector, f"签订于{written}，生效")


@given(day=DAYS, form=st.sampled_from(["{0:%Y-%m-%d}", "{0:%d/%m/%Y}", "{0:%m/%d/%y}"]))
def test_what_presidio_finds_for_certain_is_found(day: date, form: str) -> None:
    text = f"Today is {form.format(day)}"
    ours = DateTimeRecognizer()
    theirs = [result for result in DateRecognizer().analyze(text, []) if result.score >= 0.6]
    mine = ours.analyze(text, ["DATE_TIME"])
    assert theirs
    assert all(any(m.start <= t.start and t.end <= m.end for m in mine) for t in theirs)


@given(st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2099-01-01")))
def test_a_timestamp_is_one_finding(detector: Detector, moment: datetime) -> None:
    written = moment.isoformat()
    assert [("DATE_TIME", written)] == _found(detector, f"at {written}, done")


@pytest.mark.parametrize(
    "text",
    [
        "version 2024.3.12 of the tool", "IP 10.12.19.20", "section 3.12.2", "ratio 3:2 and 16:9",
        "1,250,000 units at $12.75", "we may march 15 miles", "2024-13-45", "5/60/2021",
        "tel. 555-0134-22", "part 12-34-567", "第3.2.1条", "比分为3:2", "共2024人", "约3点意见",
        "e3b0c44298fc1c149afbf4c8996fb924", "b1a5d3c2-0924-4101-8472-13ab45cd89ef", "1/2 cup", "24/7",
        "RFC 2119", "ISO 8601-1:2019", "a 5.12 kg bag",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_date_is_left_alone(detector: Detector, text: str) -> None:
    assert [] == _found(detector, text)


@pytest.mark.parametrize(
    "text",
    [
        "DOB: {}", "Date of birth - {}", "He was born on {} in Leeds", "出生日期：{}", "geboren am {}",
        "née le {}", "Fecha de nacimiento: {}", "data di nascita: {}", "geboortedatum {}",
        "生日是{}", '"birthDate": "{}"', "patient_dob = {}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "written", ["1985-06-12", "12/06/1985", "12.06.1985", "12 June 1985", "1985年6月12日"]
)
def test_a_label_makes_any_date_a_date_of_birth(
    detector: Detector, text: str, written: str
) -> None:
    assert ("DATE_OF_BIRTH", written) in _found(detector, text.format(written))


@pytest.mark.parametrize("label", ["DOB", "birthDate", "date_of_birth", "出生日期", "Geburtsdatum"])
def test_the_head_of_a_column_makes_its_dates_dates_of_birth(
    detector: Detector, label: str
) -> None:
    for written in ("1985-06-12", "12/6/1985", "19850612", "12 Jun 1985"):
        assert [("DATE_OF_BIRTH", written)] == _found(detector, written, label)


@pytest.mark.parametrize(
    "text",
    ["Hired on 1985-06-12", "发生于1927年10月20日", "Issued: 12/06/1985", "有效期至2030-06-12"],
)
def test_another_date_is_no_date_of_birth(detector: Detector, text: str) -> None:
    assert "DATE_OF_BIRTH" not in {entity for entity, _ in _found(detector, text)}


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("a {}-year-old man", "43"), ("She is {} years old.", "7"), ("aged {}", "61"),
        ("Age: {}", "101"), ("{} yo female", "43"), ("he just turned {}.", "30"),
        ("今年{}岁", "43"), ("年龄：{}", "四十三"), ("{}周岁", "18"), ("享年{}岁", "九十三"),
        ("{} Jahre alt", "43"), ("una mujer de {} años", "56"), ("in his mid-{}", "40s"),
    ],
)  # fmt: skip
def test_an_age_is_found_as_the_number_alone(detector: Detector, text: str, age: str) -> None:
    written = text.format(age)
    ages = [value for entity, value in _found(detector, written) if entity == "AGE"]
    assert len(ages) == 1
    assert age == ages[0].removeprefix("mid-")


@pytest.mark.parametrize(
    "text",
    ["年满18周岁", "18 years or older", "ten years of experience", "10 years ago", "page 43",
     "I am 20 minutes late", "60岁以上", "满3年", "hace 10 años"],
)  # fmt: skip
def test_a_limit_or_a_duration_is_no_age(detector: Detector, text: str) -> None:
    assert "AGE" not in {entity for entity, _ in _found(detector, text)}


def test_the_calendar_decides_about_digits() -> None:
    assert calendar_day("2024-02-29")
    assert not calendar_day("2023-02-29")
    assert calendar_day("31/12/1999")
    assert not calendar_day("31/13/1999")
    assert calendar_day("March 3rd")
