"""Arithmetic of identifiers: valid numbers pass, and a wrong digit is noticed."""

import importlib
import inspect
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizers import checksums, checksums_america, checksums_asia, checksums_china
from recognizers import checksums_europe as europe
from recognizers import checksums_firms as firms

america, asia, china = checksums_america, checksums_asia, checksums_china

VALID = [
    (china.cn_resident_id, "11010519491231002X"),
    (china.cn_uscc, "91110108MA01ABCD2H"),
    (china.hk_id, "A123456(3)"),
    (china.tw_national_id, "A123456789"),
    (china.unionpay_card, "6222021000112233449"),
    (checksums.iban, "GB82WEST12345698765432"),
    (checksums.luhn, "4111111111111111"),
    (checksums.payment_card, "378282246310005"),
    (america.br_cpf, "390.533.447-05"),
    (america.br_cnpj, "11.222.333/0001-81"),
    (america.cl_rut, "30.686.957-4"),
    (america.mx_clabe, "032180000118359719"),
    (asia.ae_emirates_id, "784-1980-1234567-8"),
    (asia.jp_corporate_number, "5835678256246"),
    (asia.my_nric, "770305-02-1234"),
    (europe.be_national_number, "85.07.30-033.28"),
    (europe.fr_nir, "2 95 10 99 126 111 93"),
    (europe.nl_bsn, "111222333"),
    (europe.no_fodselsnummer, "15108695088"),
    (firms.eu_vat_id, "DE136695976"),
    (firms.pl_nip, "8567346215"),
]
# A Luhn digit or two of mod 11 see every change; those below let a few through.
_LOOSE = {asia.my_nric, america.br_cpf, america.br_cnpj, china.tw_national_id}


@pytest.mark.parametrize(("check", "valid"), VALID)
def test_a_valid_number_passes(check, valid) -> None:
    assert check(valid)


@pytest.mark.parametrize(("check", "valid"), [pair for pair in VALID if pair[0] not in _LOOSE])
def test_every_single_changed_digit_fails(check, valid) -> None:
    assert [] == [changed for changed in _changed(valid) if check(changed)]


@pytest.mark.parametrize("check", [america.br_cpf, america.br_cnpj, china.tw_national_id])
def test_nearly_every_single_changed_digit_fails(check) -> None:
    valid = next(valid for other, valid in VALID if other is check)
    passing = [changed for changed in _changed(valid) if check(changed)]
    assert len(passing) <= 0.1 * len(_changed(valid))


def _changed(valid: str) -> list[str]:
    return [
        valid[:place] + other + valid[place + 1 :]
        for place, char in enumerate(valid)
        if char.isdecimal()
        for other in sorted(set(string.digits) - {char})
    ]


@pytest.mark.parametrize("number", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567",
                                    "123-45-0000", "078-05-1120"])  # fmt: skip
def test_a_social_security_number_that_was_never_issued_fails(number: str) -> None:
    assert not america.us_ssn(number)


CHECKS = [
    function
    for module in (checksums, china, america, asia, europe, firms)
    for name, function in inspect.getmembers(importlib.import_module(module.__name__))
    if inspect.isfunction(function)
    and function.__module__ == module.__name__
    and not name.startswith("_")
]


def test_there_are_checks_of_all_parts_of_the_world() -> None:
    assert len(CHECKS) > 80


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@given(text=st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=24))
def test_no_check_breaks_on_odd_text(check, text: str) -> None:
    assert check(text) in (True, False)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("size", range(22))
def test_no_check_breaks_on_any_number_of_digits(check, size: int) -> None:
    for text in ("0" * size, "1" * size, "9" * size, "1234567890123456789012"[:size]):
        assert check(text) in (True, False)


@pytest.mark.parametrize("check", [c for c in CHECKS if c not in {
    checksums.verhoeff, checksums.luhn}], ids=lambda check: check.__name__)  # fmt: skip
def test_a_number_of_zeros_is_none(check) -> None:
    assert not any(check("0" * size) for size in range(20))
