"""Check digits of European firms and of their value added tax. See :mod:`recognizers.checksums`."""

from __future__ import annotations

from collections.abc import Callable

from recognizers.arithmetic import (
    digits,
    luhn_holds,
    mod_11_10_holds,
    number_of,
    plain,
    repeated,
    weighted,
)


def eu_vat_id(text: str) -> bool:
    """A VAT number with the prefix of its member state (Directive 2006/112/EC, article 215).

    The check digits are those that VIES documents; of Bulgaria, Lithuania, Latvia, Ireland,
    Cyprus, Spain and Romania only the form is checked.
    """
    code = plain(text)
    check = _VAT.get(code[:2])
    return check is not None and check(code[2:])


def uk_vat(text: str) -> bool:
    """A British VAT number: nine digits, the last two from a sum mod 97, in one of three series."""
    number = number_of(plain(text).removeprefix("GB").removeprefix("XI")[:9], 9)
    if not number or repeated(number):
        return False
    rest = weighted(number[:7], range(8, 1, -1)) + int(number[7:])
    return rest % 97 in {0, 42, 55}


def uk_utr(text: str) -> bool:
    """A unique taxpayer reference: check digit mod 11 in front of nine digits (HMRC)."""
    number = number_of(text, 10)
    rest = weighted(number[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11
    return bool(number) and not repeated(number) and "21987654321"[rest] == number[0]


def fr_siren(text: str) -> bool:
    """A SIREN (nine digits) or a SIRET (fourteen): Luhn; those of the post office differ."""
    number = number_of(text, 9, 14)
    if number.startswith("356000000"):
        return True
    whole = bool(number) and not repeated(number) and luhn_holds(digits(number))
    return whole and luhn_holds(digits(number[:9]))


def be_enterprise_number(text: str) -> bool:
    """A Belgian enterprise number: 0 or 1, nine digits, 97 less the rest by 97."""
    number = number_of(text, 10)
    known = number[:1] in {"0", "1"} and not repeated(number)
    return known and (int(number[:8]) + int(number[8:])) % 97 == 0


def ch_uid(text: str) -> bool:
    """A Swiss UID: CHE, nine digits, check digit mod 11 (BFS)."""
    number = number_of(text, 9)
    rest = -weighted(number[:8], (5, 4, 3, 2, 7, 6, 5, 4)) % 11
    return bool(number) and not repeated(number) and rest == int(number[8])


def pl_nip(text: str) -> bool:
    """A NIP: ten digits, check digit mod 11 (Ministry of Finance)."""
    number = number_of(text, 10)
    rest = weighted(number[:9], (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
    return bool(number) and not repeated(number) and rest == int(number[9])


def pl_regon(text: str) -> bool:
    """A REGON: nine digits, or fourteen of a branch, check digit mod 11 (GUS)."""
    number = number_of(text, 9, 14)
    if not number or repeated(number):
        return False
    if weighted(number[:8], (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10 != int(number[8]):
        return False
    long = weighted(number[:13], (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)) % 11 % 10
    return len(number) == 9 or long == int(number[13])


def cz_ico(text: str) -> bool:
    """A Czech or Slovak IČO: eight digits, check digit mod 11 (ČSÚ)."""
    number = number_of(text, 8)
    rest = (11 - weighted(number[:7], range(8, 1, -1)) % 11) % 10
    return bool(number) and not repeated(number) and rest == int(number[7])


def hr_oib(text: str) -> bool:
    """A Croatian OIB: eleven digits, ISO 7064 MOD 11,10."""
    number = number_of(text, 11)
    return bool(number) and not repeated(number) and mod_11_10_holds(digits(number))


def ro_cui(text: str) -> bool:
    """A Romanian CUI: up to ten digits, check digit mod 11 (ANAF)."""
    number = "".join(map(str, digits(text)))
    if not 5 <= len(number) <= 10 or repeated(number):
        return False
    total = weighted(number[:-1].rjust(9, "0"), (7, 5, 3, 2, 1, 7, 5, 3, 2))
    return total * 10 % 11 % 10 == int(number[-1])


def gr_afm(text: str) -> bool:
    """A Greek AFM: nine digits, powers of two, mod 11 (AADE)."""
    number = number_of(text, 9)
    total = weighted(number[:8], (256, 128, 64, 32, 16, 8, 4, 2))
    return bool(number) and not repeated(number) and total % 11 % 10 == int(number[8])


def pt_nif(text: str) -> bool:
    """A Portuguese NIF: nine digits, check digit mod 11 (AT)."""
    number = number_of(text, 9)
    if not number or number[0] == "0" or repeated(number):
        return False
    return -weighted(number[:8], range(9, 1, -1)) % 11 % 10 == int(number[8])


def es_cif(text: str) -> bool:
    """A Spanish CIF: letter of the legal form, seven digits, Luhn digit or its letter (AEAT)."""
    code = plain(text)
    if len(code) != 9 or code[0] not in "ABCDEFGHJNPQRSUVW" or not code[1:8].isdecimal():
        return False
    total = 0
    for place, digit in enumerate(code[1:8]):
        value = int(digit) * (2 - place % 2)
        total += value // 10 + value % 10
    check = -total % 10
    if code[0] in "PQRSNW":
        return code[8] == "JABCDEFGHI"[check]
    return code[8] in {str(check), "JABCDEFGHI"[check]}


def dk_cvr(text: str) -> bool:
    """A Danish CVR number: eight digits, mod 11 (Erhvervsstyrelsen)."""
    number = number_of(text, 8)
    total = weighted(number, (2, 7, 6, 5, 4, 3, 2, 1))
    return bool(number) and number[0] != "0" and not repeated(number) and total % 11 == 0


def fi_business_id(text: str) -> bool:
    """A Finnish Y-tunnus: seven digits, check digit mod 11 (PRH)."""
    number = number_of(text, 8)
    rest = -weighted(number[:7], (7, 9, 10, 5, 8, 4, 2)) % 11
    return bool(number) and not repeated(number) and rest == int(number[7])


def no_organisation_number(text: str) -> bool:
    """A Norwegian organisation number: 8 or 9, eight digits more, check digit mod 11."""
    number = number_of(text, 9)
    rest = -weighted(number[:8], (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return number[:1] in {"8", "9"} and rest == int(number[8])


def ru_inn(text: str) -> bool:
    """A Russian INN: ten digits of a firm or twelve of a person, check digits mod 11 (FNS)."""
    number = number_of(text, 10, 12)
    if not number or repeated(number):
        return False
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    places = (9,) if len(number) == 10 else (10, 11)
    return all(
        weighted(number[:place], weights[11 - place :]) % 11 % 10 == int(number[place])
        for place in places
    )


def _at_vat(code: str) -> bool:
    number = number_of(code, 8)
    total = sum(
        value // 10 + value % 10
        for value in (int(d) * (1 + place % 2) for place, d in enumerate(number[:7]))
    )
    return len(code) == 9 and code[0] == "U" and bool(number) and (6 - total) % 10 == int(number[7])


def _hu_vat(code: str) -> bool:
    number = number_of(code, 8)
    total = weighted(number[:7], (9, 7, 3, 1, 9, 7, 3))
    return len(code) == 8 and bool(number) and -total % 10 == int(number[7])


def _lu_vat(code: str) -> bool:
    return len(code) == 8 and code.isdecimal() and int(code[:6]) % 89 == int(code[6:])


def _mt_vat(code: str) -> bool:
    if len(code) != 8 or not code.isdecimal():
        return False
    return (weighted(code[:6], (3, 4, 6, 7, 8, 9)) + int(code[6:])) % 37 == 0


def _nl_vat(code: str) -> bool:
    """Nine digits, B, two digits: mod 11 of the nine, or (since 2020) mod 97 of all."""
    if len(code) != 12 or code[9] != "B" or not (code[:9] + code[10:]).isdecimal():
        return False
    old = weighted(code[:9], (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0
    return old or int("".join(str(int(char, 36)) for char in "NL" + code)) % 97 == 1


def _si_vat(code: str) -> bool:
    if len(code) != 8 or not code.isdecimal() or code[0] == "0":
        return False
    return -weighted(code[:7], range(8, 1, -1)) % 11 % 10 == int(code[7])


def _sk_vat(code: str) -> bool:
    return len(code) == 10 and code.isdecimal() and int(code) % 11 == 0


def _ee_vat(code: str) -> bool:
    if len(code) != 9 or not code.isdecimal():
        return False
    return weighted(code, (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0


def _fr_vat(code: str) -> bool:
    if len(code) != 11 or not fr_siren(code[2:]) or not code[2:].isdecimal():
        return False
    return not code[:2].isdecimal() or (12 + 3 * (int(code[2:]) % 97)) % 97 == int(code[:2])


def _it_vat(code: str) -> bool:
    return len(code) == 11 and code.isdecimal() and not repeated(code) and luhn_holds(digits(code))


def _se_vat(code: str) -> bool:
    return len(code) == 12 and code.endswith("01") and luhn_holds(digits(code[:10]))


def _de_vat(code: str) -> bool:
    return len(code) == 9 and code.isdecimal() and mod_11_10_holds(digits(code))


def _cz_vat(code: str) -> bool:
    return cz_ico(code) if len(code) == 8 else len(code) in {9, 10} and code.isdecimal()


def _formed(*shapes: tuple[int, int]) -> Callable[[str], bool]:
    """A number of so many characters with so many digits at least."""

    def check(code: str) -> bool:
        return any(len(code) == size and len(digits(code)) >= least for size, least in shapes)

    return check


_VAT: dict[str, Callable[[str], bool]] = {
    "AT": _at_vat,
    "BE": be_enterprise_number,
    "BG": _formed((9, 9), (10, 10)),
    "CY": _formed((9, 8)),
    "CZ": _cz_vat,
    "DE": _de_vat,
    "DK": dk_cvr,
    "EE": _ee_vat,
    "EL": gr_afm,
    "ES": _formed((9, 7)),
    "FI": fi_business_id,
    "FR": _fr_vat,
    "HR": hr_oib,
    "HU": _hu_vat,
    "IE": _formed((8, 6), (9, 7)),
    "IT": _it_vat,
    "LT": _formed((9, 9), (12, 12)),
    "LU": _lu_vat,
    "LV": _formed((11, 11)),
    "MT": _mt_vat,
    "NL": _nl_vat,
    "PL": pl_nip,
    "PT": pt_nif,
    "RO": ro_cui,
    "SE": _se_vat,
    "SI": _si_vat,
    "SK": _sk_vat,
    "XI": uk_vat,
}
