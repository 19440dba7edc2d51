"""Telephone numbers: found however they are written, and nothing else is taken for one."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from gateway.detect import Detector, catalogue
from gateway.model import DetectionOptions, Segment
from recognizers.phones import GATE, REGIONS


@pytest.fixture(scope="module")
def detector() -> Detector:
    others = frozenset(catalogue()) - {"PHONE_NUMBER"}
    return Detector(DetectionOptions(ignore=others))


def _found(detector: Detector, text: str, *labels: str) -> list[str]:
    findings = detector.find([Segment(text, "x", context=labels)])
    return [text[finding.start : finding.end] for finding in findings]


@pytest.mark.parametrize("region", [*REGIONS, "CN"])
def test_a_number_with_plus_is_found_in_every_country(detector: Detector, region: str) -> None:
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    assert number is not None
    for form in (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164):
        written = phonenumbers.format_number(number, form)
        assert [written] == _found(detector, f"请拨打{written}咨询。")


@pytest.mark.parametrize("region", [region for region in REGIONS if region not in {"KZ", "HU"}])
def test_a_national_number_is_found_beside_its_label(detector: Detector, region: str) -> None:
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.FIXED_LINE)
    assert number is not None
    written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    assert [written] == _found(detector, written, "telephone")


@pytest.mark.parametrize("text", [
    "«+86 (0)10-6234 5678»", "«+44 (0)20 7946 0958»", "«+49 (0)30 12345678»", "«010-62345678转802»",
    "«(021)62345678»", "手机«13812345678»。", "«212-555-0134 x45»", "«(212) 555-0134, ext. 12»",
    "«0171 1234567»", "«090-1234-5678»", "«010-1234-5678»", "«(11) 98456-5666»", "«400-820-1234»",
    "Suite 12 «(212) 555-0134» 2024", "ring «01 42 68 53 00» now", "邮编100084 电话«010-62345678»",
])  # fmt: skip
def test_a_written_number_is_found_whole(detector: Detector, text: str) -> None:
    expected = re.findall("«(.+?)»", text)
    assert expected == _found(detector, text.replace("«", "").replace("»", ""))


@pytest.mark.parametrize("text", [
    "2024-01-15 10:30", "15.01.2024", "20240115123456", "2019-2024", "1700000000", "1700000000123",
    "192.0.2.146", "10.15.7.19042", "978-3-16-148410-0", "9783161484100", "4111 1111 1111 1111",
    "550e8400-e29b-41d4-a716-446655440000", "1,250,000", "1 250 000 000", "1.250.000,00",
    "$ 212 555 0134.50", "40.712776, -74.005974", "31.2304 121.4737", "94105-1234", "94105-94110",
    "212 430 2024", "17 531 212 555 0134 88 12 9", "123.456.789-09", "536-22-8714", "12.5 %",
    "ABC-212-555-0134", "0x2125550134", "2125550134", "1Z999AA10123456784", "3.14159265358979",
])  # fmt: skip
def test_what_only_looks_like_a_number_is_left_alone(detector: Detector, text: str) -> None:
    assert [] == _found(detector, f"value {text} end")


def test_a_number_at_the_end_of_a_long_log_is_found(detector: Detector) -> None:
    line = "2024-01-15T12:30:07.123Z INFO request 550e8400-e29b-41d4 took 17 ms at 1700000000123\n"
    assert ["+1 212 555 0134"] == _found(detector, line * 12_000 + "call +1 212 555 0134")


@given(st.text(st.sampled_from("0123456789 -./()+,:ax转\n"), max_size=80))
def test_nothing_is_found_where_the_gate_is_shut(text: str) -> None:
    from recognizers.phones import WorldPhones

    found = WorldPhones().analyze(text, ["PHONE_NUMBER"])
    assert not found or re.search(GATE, text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
