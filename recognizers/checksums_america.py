"""Check digits of the Americas. See :mod:`recognizers.checksums`."""

from __future__ import annotations

from recognizers.arithmetic import (
    digits,
    is_short_day,
    luhn_holds,
    number_of,
    plain,
    repeated,
    weighted,
)


def us_ssn(text: str) -> bool:
    """A Social Security number that can have been issued (SSA, randomization since 2011).

    Never area 000, 666 or 900-999, group 00, serial 0000; nor the two numbers that advertising
    made famous.
    """
    number = number_of(text, 9)
    area, group, serial = number[:3], number[3:5], number[5:]
    if not number or area in {"000", "666"} or area[0] == "9":
        return False
    if group == "00" or serial == "0000" or repeated(number):
        return False
    return number not in {"078051120", "219099999"}


def us_ein(text: str) -> bool:
    """An employer identification number whose prefix a campus of the IRS gives out."""
    number = number_of(text, 9)
    return number[:2] not in _EIN_NEVER and bool(number) and not repeated(number)


def ca_business_number(text: str) -> bool:
    """A Canadian business number: nine digits with a Luhn digit, then a programme account."""
    number = digits(plain(text)[:9])
    return len(number) == 9 and not repeated(number) and luhn_holds(number)


def ca_ohip(text: str) -> bool:
    """An Ontario health card number: ten digits, the last a Luhn digit, with a version code."""
    number = digits(plain(text)[:10])
    return len(number) == 10 and not repeated(number) and luhn_holds(number)


def br_cpf(text: str) -> bool:
    """A CPF: eleven digits, two check digits mod 11 (Receita Federal)."""
    number = number_of(text, 11)
    return bool(number) and not repeated(number) and _br_pair(number, 11, 12)


def br_cnpj(text: str) -> bool:
    """A CNPJ: twelve letters or digits (letters since July 2026) and two check digits mod 11.

    A character counts as its ASCII code less 48 (Receita Federal, IN RFB 2229/2024).
    """
    code = plain(text)
    if len(code) != 14 or not code[12:].isdecimal() or repeated(code):
        return False
    values = [ord(char) - 48 for char in code]
    for size in (12, 13):
        weights = [2 + place % 8 for place in range(size)][::-1]
        rest = weighted(values[:size], weights) % 11
        if values[size] != (0 if rest < 2 else 11 - rest):
            return False
    return True


def br_pis(text: str) -> bool:
    """A PIS, PASEP or NIT number: eleven digits, check digit mod 11."""
    number = number_of(text, 11)
    rest = -weighted(number[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return bool(number) and not repeated(number) and rest % 10 == int(number[10])


def br_cnh(text: str) -> bool:
    """A driving licence's registration: eleven digits, two check digits mod 11 (Denatran)."""
    number = number_of(text, 11)
    if not number or repeated(number):
        return False
    first = weighted(number[:9], range(9, 0, -1)) % 11
    less = 2 if first > 9 else 0
    second = weighted(number[:9], range(1, 10)) % 11
    second = 0 if second > 9 else second - less
    return number[9:] == f"{first % 10 if first < 10 else 0}{second + 11 if second < 0 else second}"


def mx_curp(text: str) -> bool:
    """A CURP: letters of the name, birth date, sex, state, check digit mod 10 (RENAPO)."""
    code = plain(text)
    if len(code) != 18 or not code[4:10].isdecimal() or code[11:13] not in _MX_STATES:
        return False
    if not is_short_day(code[4:6], code[6:8], code[8:10]) or not code[17].isdecimal():
        return False
    alphabet = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ"  # & stands in the place of Ñ
    total = weighted((alphabet.index(char) for char in code[:17]), range(18, 1, -1))
    return -total % 10 == int(code[17])


def mx_rfc(text: str) -> bool:
    """A taxpayer's RFC: three or four letters, a date, a homoclave of three (SAT).

    Its last character is not checked: many that the authority gave out do not keep to it.
    """
    code = "".join(char for char in text.upper() if char.isalnum() or char == "&")
    day = code[-9:-3]
    return len(code) in {12, 13} and day.isdecimal() and is_short_day(day[:2], day[2:4], day[4:])


def mx_clabe(text: str) -> bool:
    """A CLABE: 17 digits and a check digit, weights 3 7 1, each product mod 10 (Banxico)."""
    number = number_of(text, 18)
    total = sum(int(d) * (3, 7, 1)[place % 3] % 10 for place, d in enumerate(number[:17]))
    return bool(number) and not repeated(number) and -total % 10 == int(number[17])


def ar_cuit(text: str) -> bool:
    """A CUIT or CUIL: type, eight digits, check digit mod 11 (AFIP)."""
    number = number_of(text, 11)
    if number[:2] not in {"20", "23", "24", "25", "26", "27", "30", "33", "34"}:
        return False
    rest = weighted(number[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return "012345678990"[11 - rest if rest else 0] == number[10]


def cl_rut(text: str) -> bool:
    """A RUT: seven or eight digits, check character mod 11 or K (Registro Civil)."""
    code = plain(text)
    if len(code) not in {8, 9} or not code[:-1].isdecimal() or repeated(code):
        return False
    return _mod_11_reversed(code[:-1], (2, 3, 4, 5, 6, 7)) == code[-1]


def co_nit(text: str) -> bool:
    """A NIT: nine or ten digits, the last a check digit mod 11 (DIAN)."""
    number = number_of(text, 9, 10)
    if not number or repeated(number):
        return False
    weights = (3, 7, 13, 17, 19, 23, 29, 37, 41)
    return "01987654321"[weighted(reversed(number[:-1]), weights) % 11] == number[-1]


def pe_ruc(text: str) -> bool:
    """A RUC: eleven digits that begin with 10, 15, 16, 17 or 20, check digit mod 11 (SUNAT)."""
    number = number_of(text, 11)
    if number[:2] not in {"10", "15", "16", "17", "20"}:
        return False
    rest = 11 - weighted(number[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return rest % 10 == int(number[10])


def ec_cedula(text: str) -> bool:
    """A cédula: province, a third digit below 6, a Luhn digit (Registro Civil)."""
    number = number_of(text, 10)
    known = number[:2] == "30" or "01" <= number[:2] <= "24"
    return known and number[2] < "6" and luhn_holds(digits(number))


def uy_cedula(text: str) -> bool:
    """A cédula: seven or eight digits, the last a check digit mod 10."""
    number = number_of(text, 7, 8).rjust(8, "0")
    total = weighted(number[:7], (2, 9, 8, 7, 6, 3, 4))
    return not repeated(number) and -total % 10 == int(number[7])


def _br_pair(number: str, first: int, second: int) -> bool:
    """Both check digits, whose weights go down from these minus one to 2."""
    for place, start in ((9, first - 1), (10, second - 1)):
        rest = weighted(number[:place], range(start, 1, -1)) * 10 % 11 % 10
        if rest != int(number[place]):
            return False
    return True


def _mod_11_reversed(number: str, weights: tuple[int, ...]) -> str:
    total = sum(
        int(digit) * weights[place % len(weights)] for place, digit in enumerate(reversed(number))
    )
    return "0K987654321"[total % 11]


# Prefixes that no campus of the IRS gives out.
_EIN_NEVER = frozenset({
    "00", "07", "08", "09", "17", "18", "19", "28", "29", "49", "69", "70", "78", "79", "89",
    "96", "97",
})  # fmt: skip

_MX_STATES = frozenset({
    "AS", "BC", "BS", "CC", "CL", "CM", "CS", "CH", "DF", "DG", "GT", "GR", "HG", "JC", "MC",
    "MN", "MS", "NT", "NL", "OC", "PL", "QT", "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ",
    "YN", "ZS", "NE",
})  # fmt: skip
