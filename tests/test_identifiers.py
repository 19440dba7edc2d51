"""Identifiers by country: at home, abroad, beside labels, and what is none."""

import json
import random
import string
from pathlib import Path

import pytest

from gateway.detect import Detector, catalogue
from gateway.detect.definitions import load_definitions
from gateway.model import DetectionOptions, Segment

CASES = Path(__file__).parents[2] / "shared" / "data" / "cases" / "presidio_recognizer_cases.jsonl"
# What other files of recognisers find; here it would only blur the picture.
OTHERS = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "ADDRESS", "DATE_TIME"})
DEFINITIONS = load_definitions()
LOCAL = [definition for definition in DEFINITIONS if definition.locales]


@pytest.fixture(scope="module")
def abroad() -> Detector:
    return Detector(DetectionOptions(ignore=OTHERS))


@pytest.fixture(scope="module")
def at_home() -> Detector:
    return Detector(DetectionOptions(locales=("br", "de", "fr", "pl", "uk"), ignore=OTHERS))


def _entities(detector: Detector, text: str, *labels: str) -> set[str]:
    return {finding.entity for finding in detector.find([Segment(text, "x", context=labels)])}


@pytest.mark.parametrize(("entity", "number"), [
    ("FR_NIR", "295109912611193"), ("PL_PESEL", "44051401359"), ("BR_CPF", "39053344705"),
    ("DE_TAX_ID", "86095742719"), ("DE_SOCIAL_SECURITY", "15070649C103"),
])  # fmt: skip
def test_a_strong_check_needs_no_label_at_home_but_abroad(
    at_home: Detector, abroad: Detector, entity: str, number: str
) -> None:
    assert entity in _entities(at_home, f"see {number} there")
    assert entity not in _entities(abroad, f"see {number} there")


@pytest.mark.parametrize("number", ["4010232137", "8567346215", "94010232137"])
def test_one_check_digit_is_not_enough_without_a_label_even_at_home(
    at_home: Detector, number: str
) -> None:
    assert set() == _entities(at_home, f"see {number} there")


def test_a_locale_that_is_not_named_is_not_looked_for() -> None:
    assert "PL_NIP" in {definition.entity for definition in load_definitions(locales=("pl",))}
    assert "PL_NIP" not in {definition.entity for definition in load_definitions(locales=("us",))}


@pytest.mark.parametrize(("text", "entity"), [
    ("身份證號碼：11010519491231002X", "CN_RESIDENT_ID"), ("護照號碼E12345678", "CN_PASSPORT"),
    ("港澳居民来往内地通行证H1234567801", "CN_HOME_RETURN_PERMIT"), ("台胞证01234567", "CN_TAIWAN_PERMIT"),
    ("香港身份证A123456(3)", "HK_ID"), ("身分證字號A123456789", "TW_NATIONAL_ID"),
    ("微信号：lilei_2024", "CN_WECHAT_ID"), ("车牌粤BD12345", "CN_LICENSE_PLATE"),
    ("ＱＱ：１２３４５６７８９", "CN_QQ"), ("社保卡号A12345678", "CN_SOCIAL_SECURITY"),
    ("医保卡号B10023456789", "CN_MEDICAL_INSURANCE"), ("军官证：军字第2001988号", "CN_MILITARY_ID"),
    ("驾驶证档案编号440112345678", "CN_DRIVER_LICENSE"), ("账号：0200049609024512345", "CN_BANK_CARD"),
])  # fmt: skip
def test_a_chinese_identifier_is_found_glued_to_its_label(
    abroad: Detector, text: str, entity: str
) -> None:
    assert {entity} == _entities(abroad, text)
    assert {entity} == _entities(abroad, f"他的{text}已登记")


def test_parts_orders_and_sums_are_no_identifiers_anywhere(abroad: Detector) -> None:
    rng = random.Random(11)
    lines = [
        f"SO{rng.randint(10**6, 10**7)} PN-{rng.randint(1000, 9999)}-A{rng.randint(10, 99)}"
        f" qty {rng.randint(1, 999)} EAN 40{rng.randint(10**10, 10**11 - 1)}"
        f" at {rng.randint(16 * 10**8, 18 * 10**8)} ref {rng.randint(10**9, 10**10)}"
        f" {rng.uniform(0, 10**6):,.2f} 1Z{rng.randint(10**15, 10**16)} 订单{rng.randint(10**14, 10**15)}"
        f" {rng.choice(string.ascii_uppercase)}{rng.randint(10**6, 10**8)}"
        for _ in range(400)
    ]
    findings = abroad.find([Segment(line, "x") for line in lines])
    alarms = [(f.entity, lines[f.segment][f.start : f.end]) for f in findings]
    assert [] == [alarm for alarm in alarms if alarm[0] != "INVOICE_NUMBER"]


def test_every_recogniser_of_presidio_for_a_country_is_here() -> None:
    import presidio_analyzer.predefined_recognizers as theirs
    from presidio_analyzer import EntityRecognizer

    known = set(catalogue())
    for name in dir(theirs):
        made = getattr(theirs, name)
        if isinstance(made, type) and issubclass(made, EntityRecognizer):
            country = ".country_specific." in made.__module__
            if country and name != "UkPostcodeRecognizer":
                recognizer = vars(theirs)[name](supported_language="en")
                assert set(recognizer.supported_entities) <= known


def test_presidios_own_cases_are_decided_as_presidio_decides_them() -> None:
    if not CASES.exists():
        pytest.skip(f"{CASES} is not there")
    from gateway.detect.artifacts import LANGUAGE
    from gateway.detect.engine import build_engine

    locales = tuple({code for definition in LOCAL for code in definition.locales})
    engine = build_engine(DetectionOptions(locales=locales, threshold=0.01, ignore=OTHERS))
    ours = {entity for definition in LOCAL for entity in definition.entities}
    wrong: list[str] = []
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    cases = [case for case in cases if case["entity"] in ours]
    for case in cases:
        results = engine.analyze(case["text"], LANGUAGE)
        found = {(r.start, r.end) for r in results if r.entity_type == case["entity"]}
        spans = {tuple(span) for span in case["spans"]}
        if not spans <= found or (found and not spans):
            wrong.append(case["entity"])
    assert len(cases) > 300
    assert len(wrong) <= 0.02 * len(cases), wrong
