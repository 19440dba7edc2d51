"""Check digits of China, Hong Kong, Macao and Taiwan. See :mod:`recognizers.checksums`."""

from __future__ import annotations

from recognizers.arithmetic import (
    digits,
    is_date,
    luhn_holds,
    mod_11_10_holds,
    number_of,
    plain,
    repeated,
    weighted,
)


def cn_resident_id(text: str) -> bool:
    """An 18-character resident number (GB 11643-1999): region, birth date, ISO 7064 MOD 11-2.

    Residence permits of people from Hong Kong (81), Macao (82) and Taiwan (83) have the same form.
    """
    number = plain(text)
    return number[:2] in _CN_PROVINCES and _mod_11_2_with_birth(number)


def cn_resident_id_15(text: str) -> bool:
    """A 15-digit resident number of the first generation (GB 11643-1989): region and date."""
    number = number_of(text, 15)
    return number[:2] in _CN_PROVINCES and is_date("19" + number[6:12])


def cn_foreigner_id(text: str) -> bool:
    """A foreigner's permanent residence number since 2023.

    9, division (2), nationality (3, ISO 3166-1 numeric), birth date (8), sequence (3), ISO 7064
    MOD 11-2 (National Immigration Administration, 2023).
    """
    number = plain(text)
    return number[:1] == "9" and number[1:3] in _CN_PROVINCES and _mod_11_2_with_birth(number)


def cn_uscc(text: str) -> bool:
    """A unified social credit code (GB 32100-2015): division code and check character mod 31."""
    code = plain(text)
    if len(code) != 18 or any(char not in _USCC_ALPHABET for char in code):
        return False
    if code[2:4] not in _CN_PROVINCES and code[2:4] != "10":  # 10: registered with the ministry
        return False
    values = [_USCC_ALPHABET.index(char) for char in code]
    total = weighted(values[:17], (pow(3, place, 31) for place in range(17)))
    return -total % 31 == values[17]


def cn_organisation_code(text: str) -> bool:
    """An organisation code (GB 11714-1997): eight letters or digits, check character mod 11."""
    code = plain(text)
    if len(code) != 9 or repeated(code):
        return False
    total = weighted((int(char, 36) for char in code[:8]), (3, 7, 9, 10, 5, 8, 4, 2))
    return "0X987654321"[total % 11] == code[8]


def cn_business_registration(text: str) -> bool:
    """A business registration number (GS 15-2006): division, 15 digits, ISO 7064 MOD 11,10."""
    number = number_of(text, 15)
    known = number[:2] in _CN_PROVINCES or number[:3] == "100"
    return known and not repeated(number) and mod_11_10_holds(digits(number))


def cn_tax_number(text: str) -> bool:
    """A tax number of the years before 2015: division code (6) and an organisation code (9)."""
    code = plain(text)
    return len(code) == 15 and code[:2] in _CN_PROVINCES and cn_organisation_code(code[6:])


def unionpay_card(text: str) -> bool:
    """A Chinese bank card: issuer, 16 to 19 digits, Luhn digit (JR/T 0008, ISO/IEC 7812-1).

    62 is UnionPay's; 9558 (ICBC), 95595-95599 (Everbright, Minsheng, CMB, ABC), 60138x and
    60142x (Bank of China, BOCOM) are the national ranges that banks used before.
    """
    number = number_of(text, 16, 17, 18, 19)
    known = number.startswith(("62", "9558", "9559", "60138", "60142"))
    return known and len(set(number)) > 2 and luhn_holds(digits(number))


def hk_id(text: str) -> bool:
    """A Hong Kong identity card number: one or two letters, six digits, check digit mod 11.

    A missing first letter counts as 36 (Immigration Department).
    """
    number = plain(text).rjust(9)
    if len(number) != 9 or not number[1].isalpha():
        return False
    values = [36 if char == " " else int(char, 36) for char in number]
    return weighted(values, range(9, 0, -1)) % 11 == 0


def tw_national_id(text: str) -> bool:
    """A number of a Taiwan identity card or, with 8 or 9 or a letter second, a resident's.

    A letter for the place, then nine digits, the last of them a check digit mod 10 (Household
    Registration Office; the resident numbers of 2021 and of before).
    """
    number = plain(text)
    if len(number) != 10 or number[0] not in _TW_PLACES:
        return False
    place = _TW_PLACES.index(number[0]) + 10
    second = number[1]
    if second in "ABCD":
        second = str((_TW_PLACES.index(second) + 10) % 10)
    if not (second + number[2:]).isdecimal() or (number[1].isdecimal() and second not in "1289"):
        return False
    values = [place // 10, place % 10, int(second), *digits(number[2:])]
    return weighted(values, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def tw_business_number(text: str) -> bool:
    """A uniform business number: digit sums of weighted digits, mod 5 since 2023."""
    number = number_of(text, 8)
    if not number or repeated(number):
        return False
    products = [int(d) * w for d, w in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)]
    total = sum(product // 10 + product % 10 for product in products)
    return total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0)


def _mod_11_2_with_birth(number: str) -> bool:
    if len(number) != 18 or not number[:17].isdecimal() or not is_date(number[6:14]):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[weighted(number, weights) % 11] == number[17]


_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_TW_PLACES = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # in the order of their codes, from 10

# GB/T 2260: first two digits of a division code.
_CN_PROVINCES = frozenset(
    str(code)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)
