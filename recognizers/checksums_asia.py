"""Check digits of Asia, Oceania and Africa, China apart. See :mod:`recognizers.checksums`."""

from __future__ import annotations

from recognizers.arithmetic import (
    digits,
    is_date,
    is_short_day,
    luhn_holds,
    number_of,
    plain,
    repeated,
    weighted,
)


def jp_my_number(text: str) -> bool:
    """An individual number: eleven digits and a check digit mod 11 (Ordinance 85 of 2014)."""
    number = number_of(text, 12)
    if not number or repeated(number):
        return False
    rest = weighted(reversed(number[:11]), (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)) % 11
    return int(number[11]) == (0 if rest < 2 else 11 - rest)


def jp_corporate_number(text: str) -> bool:
    """A corporate number: a check digit mod 9 in front of twelve digits (National Tax Agency)."""
    number = number_of(text, 13)
    total = weighted(reversed(number[1:]), (1, 2) * 6)
    return bool(number) and not repeated(number) and 9 - total % 9 == int(number[0])


def kr_corporate_number(text: str) -> bool:
    """A corporation's registration number: six and seven digits, weights 1 2, mod 10."""
    number = number_of(text, 13)
    total = weighted(number[:12], (1, 2) * 6)
    return bool(number) and not repeated(number) and -total % 10 == int(number[12])


def sg_nric(text: str) -> bool:
    """An NRIC or FIN: letter for the kind, seven digits, check letter mod 11 (ICA)."""
    code = plain(text)
    if len(code) != 9 or code[0] not in "STFGM" or not code[1:8].isdecimal():
        return False
    total = weighted(code[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"S": 0, "F": 0, "M": 3}.get(code[0], 4)
    if code[0] == "M":
        return "XWUTRQPNJLK"[total % 11] == code[8]
    return ("JZIHGFEDCBA" if code[0] in "ST" else "XWUTRQPNMLK")[total % 11] == code[8]


def my_nric(text: str) -> bool:
    """A MyKad number: birth date, place of birth that exists, four digits (JPN)."""
    number = number_of(text, 12)
    place = int(number[6:8] or 0)
    known = 1 <= place <= 16 or 21 <= place <= 68 or 71 <= place <= 93 or place in {98, 99}
    return known and is_short_day(number[:2], number[2:4], number[4:6])


def id_nik(text: str) -> bool:
    """A NIK: province 11-96, regency, district, birth date with 40 added for women, serial."""
    number = number_of(text, 16)
    if not number or not 11 <= int(number[:2]) <= 96 or number[12:] == "0000":
        return False
    return is_short_day(number[10:12], number[8:10], int(number[6:8]) % 40)


def vn_citizen_id(text: str) -> bool:
    """A citizen's number: province 001-096, century and sex, year, six digits (Circular 59/2021)."""
    number = number_of(text, 12)
    return bool(number) and 1 <= int(number[:3]) <= 96 and number[3] in "0123"


def vn_tax_code(text: str) -> bool:
    """A tax code: ten digits with a check digit mod 11, perhaps a branch of three."""
    number = number_of(text, 10, 13)
    total = weighted(number[:9], (31, 29, 23, 19, 17, 13, 7, 5, 3))
    return bool(number) and not repeated(number) and 10 - total % 11 == int(number[9])


def nz_ird(text: str) -> bool:
    """An IRD number: eight or nine digits, check digit mod 11 with two weightings."""
    number = number_of(text, 8, 9).rjust(9, "0")
    if not 10_000_000 < int(number) < 150_000_000:
        return False
    for weights in ((3, 2, 7, 6, 5, 4, 3, 2), (7, 4, 3, 2, 5, 2, 7, 6)):
        rest = -weighted(number[:8], weights) % 11
        if rest != 10:
            return rest == int(number[8])
    return False


def nz_nhi(text: str) -> bool:
    """A national health index: three letters, four digits; the last mod 11 (HISO 10046).

    The newer kind ends in two digits and a letter, mod 23.
    """
    code = plain(text)
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    if len(code) != 7 or any(char not in alphabet for char in code[:3]):
        return False
    if not code[3:5].isdecimal():
        return False
    values = [alphabet.index(char) + 1 for char in code[:3]]
    values += [int(char) for char in code[3:6] if char.isdecimal()]
    if len(values) != 6:
        return False
    total = weighted(values, range(7, 1, -1))
    if code[6].isdecimal():
        return total % 11 != 0 and (11 - total % 11) % 10 == int(code[6])
    return code[6] in alphabet and alphabet[23 - total % 23] == code[6]


def il_id(text: str) -> bool:
    """An identity number: up to nine digits, a Luhn digit."""
    number = number_of(text, 8, 9).rjust(9, "0")
    return not repeated(number) and luhn_holds(digits(number))


def ae_emirates_id(text: str) -> bool:
    """An Emirates ID: 784, a year of birth, eight digits, of which the last is a Luhn digit."""
    number = number_of(text, 15)
    return number[:3] == "784" and 1900 <= int(number[3:7]) <= 2099 and luhn_holds(digits(number))


def sa_national_id(text: str) -> bool:
    """A Saudi number: 1 for citizens or 2 for residents, a Luhn digit at the end."""
    number = number_of(text, 10)
    return number[:1] in {"1", "2"} and luhn_holds(digits(number))


def eg_national_id(text: str) -> bool:
    """An Egyptian number: century, birth date, governorate, serial, check digit mod 11."""
    number = number_of(text, 14)
    if number[:1] not in {"2", "3"}:
        return False
    century = "19" if number[0] == "2" else "20"
    if not is_date(century + number[1:7]) or not ("01" <= number[7:9] <= "35" or number[7] == "8"):
        return False
    weights = (2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    return (11 - weighted(number[:13], weights) % 11) % 10 == int(number[13])


def kz_iin(text: str) -> bool:
    """A Kazakh IIN: birth date, century and sex, serial, check digit mod 11 in two rounds."""
    number = number_of(text, 12)
    if not number or number[6] not in "123456" or not _yymmdd(number):
        return False
    rest = weighted(number[:11], range(1, 12)) % 11
    if rest == 10:
        rest = weighted(number[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return rest == int(number[11])


def th_tax_id(text: str) -> bool:
    """A thirteen-digit number of a Thai person or company, check digit mod 11."""
    number = number_of(text, 13)
    rest = (11 - weighted(number[:12], range(13, 1, -1)) % 11) % 10
    return bool(number) and not repeated(number) and rest == int(number[12])


def _yymmdd(number: str) -> bool:
    return is_short_day(number[:2], number[2:4], number[4:6])
