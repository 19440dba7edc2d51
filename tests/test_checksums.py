"""Arithmetic of identifiers: each single wrong digit is noticed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers import checksums, shapes

VALID = [
    (checksums.cn_resident_id, "11010519491231002X"),
    (checksums.cn_uscc, "91110108MA01ABCD2H"),
    (checksums.iban, "GB82WEST12345698765432"),
    (checksums.luhn, "4111111111111111"),
    (checksums.payment_card, "378282246310005"),
    (checksums.unionpay_card, "6222021000112233449"),
]


@pytest.mark.parametrize(("check", "valid"), VALID)
def test_a_valid_number_passes(check, valid) -> None:
    assert check(valid)


@pytest.mark.parametrize(("check", "valid"), VALID)
def test_every_single_changed_digit_fails(check, valid) -> None:
    for place, char in enumerate(valid):
        if char.isdecimal():
            for other in set(string.digits) - {char}:
                assert not check(valid[:place] + other + valid[place + 1 :])


@pytest.mark.parametrize("number", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567",
                                    "123-45-0000", "078-05-1120"])  # fmt: skip
def test_a_social_security_number_that_was_never_issued_fails(number: str) -> None:
    assert not checksums.us_ssn(number)


@pytest.mark.parametrize("text", ["1985-06-12", "12/06/1985", "1985年6月12日", "June 12, 1985"])
def test_a_day_passes_in_any_order(text: str) -> None:
    assert checksums.birth_date(text)


@pytest.mark.parametrize("text", ["1985-13-42", "31/02/1985", "0000-00-00"])
def test_a_day_that_never_was_fails(text: str) -> None:
    assert not checksums.birth_date(text)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=40))
def test_no_check_breaks_on_odd_text(text: str) -> None:
    for check in (
        checksums.luhn, checksums.payment_card, checksums.unionpay_card, checksums.cn_resident_id,
        checksums.cn_resident_id_15, checksums.cn_uscc, checksums.iban, checksums.us_ssn,
        checksums.birth_date, shapes.jwt, shapes.password, shapes.quoted_password, shapes.varied,
        shapes.key_material, shapes.api_key, shapes.mixed_key, shapes.credentials_url,
        shapes.ipv6_address, shapes.email_domain,
    ):  # fmt: skip
        assert check(text) in (True, False)


@pytest.mark.parametrize("value", ["${VAR}", "<password>", "********", "your-password", "changeme",
                                   "None", "settings.PASSWORD", "getenv('X')", "{{ pw }}", "xxxxxx"])  # fmt: skip
def test_a_placeholder_is_no_password(value: str) -> None:
    assert not shapes.password(value)
    assert not shapes.quoted_password(value)


@pytest.mark.parametrize("value", ["hunter2", "Abc12345", "p@ss w0rd", "S0mething!"])
def test_what_somebody_could_log_in_with_is_a_password(value: str) -> None:
    assert shapes.password(value)
