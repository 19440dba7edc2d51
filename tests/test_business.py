"""Numbers that a label explains, addresses of machines, wallets, groups of people."""

import hashlib
import ipaddress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.detect import Detector, catalogue
from gateway.detect.definitions import load_definitions
from gateway.model import DetectionOptions, Segment
from recognizers import banks, devices, labels, network, wallets

FILES = frozenset(
    {"business.yaml", "health.yaml", "devices.yaml", "vehicles.yaml", "wallets.yaml"}
    | {"network.yaml", "indirect.yaml"}
)
WANTED = frozenset(d.entity for d in load_definitions() if d.source in FILES)
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(DetectionOptions(ignore=frozenset(catalogue()) - WANTED - {"EXACT_VALUE"}))


def _found(detector: Detector, text: str, *context: str) -> list[tuple[str, str]]:
    findings = detector.find([Segment(text, "x", context=context)])
    return [(finding.entity, text[finding.start : finding.end]) for finding in findings]


@pytest.mark.parametrize(
    ("label", "value", "entity"),
    [
        ("Invoice Number", "INV-2024-0081", "INVOICE_NUMBER"),
        ("发票号码", "24442000000012345678", "INVOICE_NUMBER"),
        ("contractNo", "HT-2024-00123", "CONTRACT_NUMBER"),
        ("合同编号", "HT-2024-00123", "CONTRACT_NUMBER"),
        ("employee_id", "E10482", "EMPLOYEE_ID"),
        ("工号", "A00317", "EMPLOYEE_ID"),
        ("学号", "2019012345", "STUDENT_ID"),
        ("Customer No.", "C-100482", "CUSTOMER_ID"),
        ("MRN", "00482913", "MEDICAL_RECORD_NUMBER"),
        ("住院号", "20240315001", "MEDICAL_RECORD_NUMBER"),
        ("policyNumber", "PL-2024-00381", "POLICY_NUMBER"),
        ("保单号", "PDAA20243101000001", "POLICY_NUMBER"),
        ("Base Salary", "145,000.00", "SALARY"),
        ("月薪", "18500", "SALARY"),
        ("username", "jdoe_84", "USERNAME"),
        ("SWIFT code", "DEUTDEFF500", "SWIFT_CODE"),
        ("cvv", "845", "CARD_DETAILS"),
        ("deviceId", "4F2A91C77B03", "DEVICE_ID"),
        ("车架号", "1M8GDM9AXKP042788", "VIN"),
        ("longitude", "121.473701", "GEO_COORDINATES"),
    ],
)
def test_a_value_counts_behind_its_label_and_below_it_but_not_alone(
    detector: Detector, label: str, value: str, entity: str
) -> None:
    assert [(entity, value)] == _found(detector, value, label)
    assert (entity, value) in _found(detector, f"{label}: {value}")
    if entity != "VIN":  # whose check digit speaks for itself
        assert [] == _found(detector, value)
        assert [] == _found(detector, value, "remark")


@pytest.mark.parametrize(
    "text",
    [
        "Invoices are numbered, and the contract number is on page 2.",
        "The employee number of the firm grew to about 1,200 people.",
        "Our policy is that no claim is left open for 30 days.",
        "The salary is paid on the 25th; wages rose 4.5 % in 2023.",
        "Each account is checked; on account of rain 12 games were moved.",
        "工资于每月15日发放，合同自签订之日起生效，发票随货同行。",
        "user = User(name, id)  # username: str, customer_id: int",
        "student numbers rose by 1200, member states 27",
        "Please sign in with your user name and password.",
        "设备运行3年，序列号见铭牌。",
        "class Employee: id = 0; staff = []; badge = None",
    ],
)
def test_the_words_of_labels_in_running_text_raise_no_alarm(detector: Detector, text: str) -> None:
    assert [] == [value for value in _found(detector, text) if value[0] != "NRP"]


@given(st.ip_addresses(v=4))
def test_an_address_is_public_or_private_as_the_registry_has_it(
    address: ipaddress.IPv4Address,
) -> None:
    text = str(address)
    assert network.any_public_ipv4(text) == (address.is_global and not address.is_multicast)
    assert not (network.any_public_ipv4(text) and network.private_ipv4(text))
    assert (
        network.any_public_ipv4(text)
        or network.private_ipv4(text)
        or text.startswith(("255.", "0."))
    )


@given(st.ip_addresses(v=6))
def test_any_written_ipv6_address_is_found_whole(
    detector: Detector, address: ipaddress.IPv6Address
) -> None:
    written = [group for group in str(address).split(":") if group]
    assume(len(written) >= 3 and any(char.isdecimal() for char in str(address)))
    assert [str(address)] == [value for _, value in _found(detector, f"from {address} to")]


@pytest.mark.parametrize(
    "text",
    [
        "LibreOffice 7.4.7.2", "Version 10.0.19041.1", "1.2.840.113549.1.1.11", "see 3.2.1.4 Scope",
        '"version": "93.184.216.34"', "Mozilla/5.0 Chrome/91.0.44.124 Safari", "pkg==20.4.60.1",
        "mask 255.255.255.0", "12:30:45", "std::vector::begin", "第3.2.1.4条", "xs[::1]",
        "report.doc and readme.md", "node.js", "os.path.join(a.Th)", "ASP.NET and 2.1.Pro",
        "550e8400-e29b-41d4-a716-446655440000", "http://schemas.microsoft.com/office/2020",
        'xmlns:dc="http://purl.org/dc/elements/1.1/"', "http://www.w3.org/2000/svg", "a.b.c",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0.1234, 0.5678",
    ],
)  # fmt: skip
def test_versions_files_hashes_and_schemas_are_no_addresses(detector: Detector, text: str) -> None:
    assert [] == _found(detector, text)


@given(st.binary(min_size=20, max_size=20), st.sampled_from([0, 5, 0x30, 0x1E, 0x41]))
def test_base58check_holds_for_what_it_made_and_for_no_typing_mistake(
    payload: bytes, version: int
) -> None:
    body = bytes([version]) + payload
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(body), ""
    while number:
        number, place = divmod(number, 58)
        text = BASE58[place] + text
    text = "1" * (len(body) - len(body.lstrip(b"\0"))) + text
    assert wallets.base58check(text)
    wrong = BASE58[(BASE58.index(text[-1]) + 1) % 58]
    assert not wallets.base58check(text[:-1] + wrong)


def test_the_published_examples_of_eip55_and_bech32_hold() -> None:
    for good in (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):
        assert wallets.eip55(good)
        assert not wallets.eip55(good.swapcase().replace("0X", "0x"))
        assert not wallets.eip55(good.lower())
    assert wallets.bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
    assert not wallets.bech32("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4")


def test_check_digits_of_devices_and_vehicles() -> None:
    assert devices.imei("49-015420-323751-8")
    assert not devices.imei("490154203237519")
    assert not devices.imei("000000000000000")
    assert devices.vin("1M8GDM9AXKP042788")
    assert not devices.vin("1M8GDM9A1KP042788")
    assert devices.vin_shape("WVWZZZ1JZXW000010")
    assert not devices.vin_shape("11111111111111111")
    assert devices.imo_number("9074729")
    assert not devices.imo_number("9074728")
    assert banks.swift_code("DEUTDEFF")
    assert not banks.swift_code("PROGRAMS")
    assert labels.label_name("Board Only")
    assert not labels.label_name("2024-03-12")


@given(st.text(max_size=40))
def test_checks_survive_any_text(text: str) -> None:
    for check in (
        devices.imei, devices.iccid, devices.vin, devices.vin_shape, devices.imo_number,
        wallets.base58check, wallets.ripple, wallets.solana, wallets.bech32, banks.swift_code,
        network.public_ipv6, network.any_private_ipv6, network.web_address, labels.label_name,
        network.hardware_address,
    ):  # fmt: skip
        assert check(text) in {True, False}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a Norwegian citizen", "Norwegian"), ("the two Danes won", "Danes"),
        ("my Jewish neighbour", "Jewish"), ("She votes Democrat.", "Democrat"),
        ("an African-American family", "African-American"), ("他是韩国人，", "韩国人"),
        ("李某，女，回族，", "回族"), ("民族：维吾尔族", "维吾尔族"), ("信奉佛教", "佛教"),
        ("政治面貌：群众", "群众"), ("Nationality: Kenyan", "Kenyan"), ("国籍：加拿大", "加拿大"),
    ],
)  # fmt: skip
def test_nations_beliefs_and_parties_are_found(detector: Detector, text: str, value: str) -> None:
    assert [("NRP", value)] == _found(detector, text)


@pytest.mark.parametrize(
    "text",
    [
        "French fries and Swiss cheese", "speaks English", "translated into German", "Danish pastry",
        "the Russian language", 'lang = "French"', "Locale.Italian", "polish the silver",
        "中国人民银行", "中国人寿保险", "宁夏回族自治区", "水族馆", "written in Chinese", "Korean.txt",
    ],
)  # fmt: skip
def test_languages_dishes_and_names_of_things_are_no_groups(detector: Detector, text: str) -> None:
    assert [] == [value for value in _found(detector, text) if value[0] == "NRP"]


@pytest.mark.parametrize("title", ["Mr.", "Mrs", "Ms.", "Miss", "Dr.", "Prof.", "Frau", "Mme"])
def test_a_form_of_address_is_found_without_the_name(detector: Detector, title: str) -> None:
    assert [("TITLE", title)] == _found(detector, f"Please ask {title} Carter about it")
