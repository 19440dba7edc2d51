"""The detector: spans, context, thresholds, batches, propagation, and what must not fail open."""

import logging
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.detect import Detector
from gateway.detect import batch as batching
from gateway.errors import LimitExceeded
from gateway.model import DetectionOptions, Finding, Role, Segment

VALUES = {
    "CN_RESIDENT_ID": "11010519491231002X",
    "CN_BANK_CARD": "6222021000112233449",
    "CN_LICENSE_PLATE": "粤B12345",
    "PHONE_NUMBER": "13812345678",
    "EMAIL_ADDRESS": "zhang.wei@example.com",
    "IBAN_CODE": "DE89370400440532013000",
    "CREDIT_CARD": "4111111111111111",
    "US_SSN": "536-22-8714",
    "CN_USCC": "91110108MA01ABCD2H",
    "IP_ADDRESS": "91.198.174.192",
    "MAC_ADDRESS": "00:1A:2B:3C:4D:5E",
    "URL": "https://example.com/a?b=1",
    "CRYPTO": "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ",
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJlLWhlcmU",
    "API_KEY": "ghp_9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT9uV8wX",
    "CONNECTION_STRING": "mysql://root:Abc_123@10.0.0.8/erp",
    "UK_NINO": "AA123456B",
    "IT_FISCAL_CODE": "RSSMRA85M41H501U",
}


@pytest.fixture(scope="module")
def detector() -> Detector:
    # Dates and names stand beside everything; what finds them has tests of its own.
    return Detector(DetectionOptions(ignore=frozenset({"DATE_TIME", "PERSON", "ORGANIZATION"})))


def spans(findings: list[Finding], texts: list[str]) -> list[tuple[str, str]]:
    return [(f.entity, texts[f.segment][f.start : f.end]) for f in findings]


def find(detector: Detector, *texts: str, context: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    segments = [Segment(text, "x", context=context) for text in texts]
    return spans(detector.find(segments), list(texts))


@pytest.mark.parametrize(("entity", "value"), VALUES.items())
def test_a_value_glued_between_chinese_characters_has_its_exact_span(
    detector: Detector, entity: str, value: str
) -> None:
    assert [(entity, value)] == find(detector, f"请核对{value}这一项，谢谢")


@pytest.mark.parametrize(("entity", "value"), VALUES.items())
def test_a_value_in_english_has_its_exact_span(detector: Detector, entity: str, value: str) -> None:
    assert [(entity, value)] == find(detector, f"Please check ({value}), thanks.")


@pytest.mark.parametrize(
    ("label", "value", "entity"),
    [
        ("身份证号", "110105491231002", "CN_RESIDENT_ID"),
        ("手机", "2125550134", "PHONE_NUMBER"),
        ("SSN", "536228714", "US_SSN"),
        ("employee_ssn", "536228714", "US_SSN"),
        ("customerPassportNumber", "E12345678", "CN_PASSPORT"),
        ("bank-routing-number", "121042882", "ABA_ROUTING_NUMBER"),
        ("dateOfBirth", "1985-06-12", "DATE_OF_BIRTH"),
        ("出生日期", "1985年6月12日", "DATE_OF_BIRTH"),
        ("dbPassword", "letmein99", "PASSWORD"),
        ("NHS number", "4010232137", "UK_NHS"),
    ],
)
def test_a_label_alone_gives_context(detector: Detector, label, value, entity) -> None:
    assert [(entity, value)] == find(detector, value, context=(label,))
    assert [] == find(detector, value)


@pytest.mark.parametrize(
    "text",
    [
        "SSN 536228714",
        "SSN\n536228714",
        "536228714 (SSN)",
        "SSNs: 536228714",
        "Her SSN, as far as the file goes, is 536228714.",
        "user.ssn=536228714",
        "SSN No. 536228714",
    ],
)
def test_a_word_near_a_hit_gives_context(detector: Detector, text: str) -> None:
    assert [("US_SSN", "536228714")] == find(detector, text)


@pytest.mark.parametrize(
    "text",
    [
        "assn 536228714",
        "The SSN is missing. Order 536228714 was sent.",
        "SSN: none\nOrder: 536228714",
        "SSN 123456789 invoice 536228714",
        "536228714 SSN: none",
        "SSN " + "and so on " * 12 + "536228714",
    ],
)
def test_a_word_that_speaks_of_something_else_gives_none(detector: Detector, text: str) -> None:
    assert "536228714" not in [value for _, value in find(detector, text)]


def test_context_of_one_segment_does_not_reach_another(detector: Detector) -> None:
    assert [] == find(detector, "SSN", "536228714")


def test_part_role_and_recogniser_are_filled(detector: Detector) -> None:
    segment = Segment("mail a@example.com", "word/comments.xml", Role.COMMENT)
    finding = detector.find([Segment("", "y"), segment])[0]
    assert (1, "word/comments.xml", Role.COMMENT) == (finding.segment, finding.part, finding.role)
    assert finding.recognizer == "e-mail address"


def test_what_is_found_once_is_found_everywhere(detector: Detector) -> None:
    texts = [
        "SSN 536228714",
        "ref 536228714 and 536 228 714",
        "5362287145",
        "密码：Zz998877",
        "用Zz998877登录",
    ]
    assert [
        ("US_SSN", "536228714"),
        ("US_SSN", "536228714"),
        ("US_SSN", "536 228 714"),
        ("PASSWORD", "Zz998877"),
        ("PASSWORD", "Zz998877"),
    ] == find(detector, *texts)


def test_a_propagated_finding_says_so(detector: Detector) -> None:
    findings = detector.find([Segment("SSN 536228714", "x"), Segment("ref 536228714", "x")])
    assert ["US Social Security number", "propagated"] == [f.recognizer for f in findings]


def test_a_marking_is_not_searched_for_elsewhere(detector: Detector) -> None:
    texts = ["CONFIDENTIAL", "it is confidential"]
    assert [("CONFIDENTIALITY_MARKING", "CONFIDENTIAL")] == find(detector, *texts)


def test_the_allow_list_is_compared_without_case_or_width() -> None:
    detector = Detector(DetectionOptions(allow_list=("Info@Example.com", "13812345678")))
    assert [] == find(detector, "write info@example.COM or １３８１２３４５６７８")


def test_thresholds_by_entity_beat_the_general_one() -> None:
    options = DetectionOptions(threshold=0.99, thresholds={"EMAIL_ADDRESS": 0.5})
    found = find(Detector(options), "13812345678 a@example.com")
    assert [("EMAIL_ADDRESS", "a@example.com")] == found


def test_exact_values_are_always_found_even_if_allowed() -> None:
    options = DetectionOptions(
        threshold=1.0, allow_list=("Project Falcon",), values=("Project Falcon", "张三", " ")
    )
    texts = ["the PROJECT\u00a0FALCON plan", "联系张三。"]
    expected = [("EXACT_VALUE", "PROJECT\u00a0FALCON"), ("EXACT_VALUE", "张三")]
    assert expected == find(Detector(options), *texts)


PIECES = st.sampled_from(
    [
        "SSN", "536228714", "13812345678", "a@example.com", "password:", "hunter2", "机密", "护照",
        "E12345678", "-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "4111",
        "1111 1111", "\n", " ", "。", "x", "-----END PRIVATE KEY-----", "https://", "u:pw@h.example",
        "secret = '", "'", "10.0.0.1", "\x00", "Confidential",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=8))
def test_segments_analysed_together_give_what_each_gives_alone(texts: list[str]) -> None:
    detector = _shared()
    together = detector._recognised([Segment(text, "x") for text in texts])
    alone = {}
    for position, text in enumerate(texts):
        for spans in detector._recognised([Segment(text, "x")]).values():
            alone[position] = spans
    assert alone == together


@settings(max_examples=25, deadline=None)
@given(st.lists(PIECES, min_size=100, max_size=150).map(" ".join), st.integers(250, 400))
def test_a_long_text_in_stretches_loses_no_character(text: str, size: int) -> None:
    detector = _shared()
    segment = Segment(text, "x")
    whole = detector._recognised([segment])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.detect.detector.TEXT_SIZE", size)
        patch.setattr(batching, "OVERLAP", 400)
        cut = detector._recognised([segment])
    assert _covered(whole) <= _covered(cut)


_DETECTORS: list[Detector] = []


def _shared() -> Detector:
    if not _DETECTORS:
        _DETECTORS.append(Detector(DetectionOptions()))
    return _DETECTORS[0]


def _covered(resolved) -> set[int]:
    return {place for spans in resolved.values() for s in spans for place in range(s.start, s.end)}


def test_a_finding_at_the_end_of_a_long_text_is_found(detector: Detector) -> None:
    text = "line 1 of a log, nothing in it\n" * 20_000 + "电话13812345678"
    assert [("PHONE_NUMBER", "13812345678")] == find(detector, text)


def test_a_key_longer_than_a_stretch_is_one_finding(detector: Detector) -> None:
    body = "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7abcd"] * 6000)
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
    assert [("PRIVATE_KEY", key)] == find(detector, f"before\n{key}\nafter")


def test_a_hit_across_a_seam_is_judged_segment_by_segment(detector: Detector) -> None:
    head = "-----BEGIN PRIVATE KEY-----\n"
    texts = [head, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "-----END PRIVATE KEY-----"]
    assert [("PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----")] == find(detector, *texts)


@pytest.mark.parametrize(
    "unit", ["1.", "a.", "a@", "a@b.", "1", "-----BEGIN PRIVATE KEY-----\n", "eyJa."]
)
def test_hostile_repetition_is_finished_and_a_value_behind_it_found(
    detector: Detector, unit: str
) -> None:
    text = unit * (60_000 // len(unit)) + "\n电话13812345678"
    assert ("PHONE_NUMBER", "13812345678") in find(detector, text)


def test_a_pattern_that_takes_too_long_raises(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "slow.yaml").write_text(
        "- name: slow\n  entity: URL\n  patterns: [{regex: '(?:x+x+)+y', score: 0.9}]\n"
    )
    slow = Detector(DetectionOptions(), tmp_path)
    monkeypatch.setattr("gateway.detect.defined.PATTERN_SECONDS", 0.1)
    with pytest.raises(LimitExceeded, match="'slow'"):
        slow.find([Segment("x" * 5000, "x")])


def test_a_skip_that_presidio_only_logs_raises(detector: Detector) -> None:
    with pytest.raises(LimitExceeded):
        logging.getLogger("presidio-analyzer").warning("Regex pattern '%s' timed out", "p")


def test_no_value_is_logged(detector: Detector, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        find(detector, "SSN 536-22-8714, a@example.com")
    assert "536-22-8714" not in caplog.text
    assert "a@example.com" not in caplog.text


def test_no_socket_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = find(Detector(DetectionOptions()), "a@example.co.uk https://example.com 91.198.174.192")
    assert ["EMAIL_ADDRESS", "URL", "IP_ADDRESS"] == [entity for entity, _ in found]


def test_empty_input_gives_nothing(detector: Detector) -> None:
    assert [] == detector.find([])
    assert [] == find(detector, "", "  \n", "\x00")


def test_importing_the_package_and_reading_the_catalogue_loads_no_presidio() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from gateway.detect import catalogue; catalogue();"
        "print([m for m in ('presidio_analyzer', 'spacy', 'regex', 'phonenumbers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("to Emily%2C13912345678", "13912345678"),
        ("x\\u002013912345678", "13912345678"),
        ("%E6%89%8B%E6%9C%BA 13912345678", "13912345678"),
        ("ssn%3A 536228726", "536228726"),
    ],
)
def test_what_touches_a_spelling_or_has_its_context_in_one_is_found(text, value):
    findings = Detector(DetectionOptions()).find([Segment(text, "t")])
    assert value in [text[f.start : f.end] for f in findings]


def test_an_id_that_looks_like_an_address_is_none_unless_the_same_address_is_found_elsewhere():
    ids = Segment("<20261121.4711@mail.northwind-demo.com>", "Message-ID", context=("unique id",))
    assert [] == Detector(DetectionOptions()).find([ids])
    body = Segment("write to 20261121.4711@mail.northwind-demo.com please", "body")
    assert [0, 1] == [f.segment for f in Detector(DetectionOptions()).find([ids, body])]
