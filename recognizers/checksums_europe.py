"""Check digits of persons' numbers in Europe. See :mod:`recognizers.checksums`."""

from __future__ import annotations

from recognizers.arithmetic import (
    digits,
    is_day,
    is_short_day,
    luhn_holds,
    number_of,
    plain,
    repeated,
    verhoeff_holds,
    weighted,
)


def fr_nir(text: str) -> bool:
    """A NIR: sex, year, month, place (2A and 2B in Corsica), serial, key 97 less the rest (INSEE)."""
    code = plain(text)
    body = code[:13].replace("2A", "19").replace("2B", "18")
    if len(code) != 15 or not body.isdecimal() or not code[13:].isdecimal():
        return False
    month = int(code[3:5])
    known = 1 <= month <= 12 or 20 <= month <= 42 or month >= 50
    return body[0] in "123478" and known and 97 - int(body) % 97 == int(code[13:])


def fr_tax_number(text: str) -> bool:
    """A tax number of a person: 0 to 3, twelve digits more, the last three the rest by 511."""
    number = number_of(text, 13)
    return (
        number[:1] in {"0", "1", "2", "3"}
        and not repeated(number)
        and int(number[:10]) % 511 == int(number[10:])
    )


def nl_bsn(text: str) -> bool:
    """A BSN: nine digits, weights 9 to 2 and -1, mod 11 (RvIG)."""
    number = number_of(text, 8, 9).rjust(9, "0")
    total = weighted(number, (9, 8, 7, 6, 5, 4, 3, 2, -1))
    return not repeated(number) and total % 11 == 0


def be_national_number(text: str) -> bool:
    """A national register number: birth date, serial, 97 less the rest by 97 (2 in front if 2000+).

    BIS numbers add 20 or 40 to the month; a month or day may be unknown (00).
    """
    number = number_of(text, 11)
    if not number:
        return False
    month, day = int(number[2:4]) % 20, int(number[4:6])
    if month > 12 or day > 31:
        return False
    check = int(number[9:])
    return any(97 - int(century + number[:9]) % 97 == check for century in ("", "2"))


def lu_matricule(text: str) -> bool:
    """A matricule: birth date, serial of three, a Luhn and a Verhoeff digit (CTIE)."""
    number = number_of(text, 13)
    if not number or not is_day(int(number[:4]), int(number[4:6]), int(number[6:8])):
        return False
    return luhn_holds(digits(number[:12])) and verhoeff_holds(digits(number[:11] + number[12]))


def at_svnr(text: str) -> bool:
    """An Austrian insurance number: serial, check digit mod 11, birth date (Hauptverband).

    The month may exceed 12 where a day's serials are used up.
    """
    number = number_of(text, 10)
    if not number or number[0] == "0" or not 1 <= int(number[4:6]) <= 31:
        return False
    if not 1 <= int(number[6:8]) <= 15:
        return False
    rest = weighted(number, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11
    return rest == int(number[3])


def ch_ahv(text: str) -> bool:
    """A Swiss insurance number: 756 and an EAN-13 check digit (ZAS)."""
    number = number_of(text, 13)
    return number[:3] == "756" and weighted(number, (1, 3) * 6 + (1,)) % 10 == 0


def ie_ppsn(text: str) -> bool:
    """A PPS number: seven digits, check letter mod 23, perhaps a second letter (DSP)."""
    code = plain(text)
    if len(code) not in {8, 9} or not code[:7].isdecimal() or not code[7:].isalpha():
        return False
    second = code[8:].replace("W", "") or "@"
    total = weighted(code[:7], range(8, 1, -1)) + 9 * (ord(second) - 64)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == code[7]


def pl_id_card(text: str) -> bool:
    """A Polish identity card: three letters, check digit, five digits; weights 7 3 1 (MSWiA)."""
    code = plain(text)
    if len(code) != 9 or not code[:3].isalpha() or not code[3:].isdecimal():
        return False
    values = [int(char, 36) for char in code]
    return weighted(values, (7, 3, 1, 9, 7, 3, 1, 7, 3)) % 10 == 0


def pl_passport(text: str) -> bool:
    """A Polish passport: two letters, check digit, six digits; weights 7 3 9 1 (MSWiA)."""
    code = plain(text)
    if len(code) != 9 or not code[:2].isalpha() or not code[2:].isdecimal():
        return False
    return weighted((int(char, 36) for char in code), (7, 3, 9, 1, 7, 3, 1, 7, 3)) % 10 == 0


def cz_birth_number(text: str) -> bool:
    """A Czech or Slovak birth number: date (month + 50 for women, + 20 if full), mod 11."""
    number = number_of(text, 9, 10)
    if not number:
        return False
    month = int(number[2:4]) % 50
    if not is_short_day(number[:2], month - 20 if month > 20 else month, number[4:6]):
        return False
    if len(number) == 9:  # before 1954: no check digit
        return number[6:] != "000" and int(number[:2]) < 54
    return int(number[:9]) % 11 % 10 == int(number[9])


def hu_taj(text: str) -> bool:
    """A Hungarian insurance number: nine digits, weights 3 7, mod 10 (NEAK)."""
    number = number_of(text, 9)
    total = weighted(number[:8], (3, 7) * 4)
    return bool(number) and not repeated(number) and total % 10 == int(number[8])


def hu_tax_id(text: str) -> bool:
    """A Hungarian person's tax number: 8, eight digits, check digit mod 11 (NAV)."""
    number = number_of(text, 10)
    return number[:1] == "8" and weighted(number[:9], range(1, 10)) % 11 == int(number[9])


def hu_personal_id(text: str) -> bool:
    """A Hungarian personal number: sex, birth date, serial, check digit mod 11."""
    number = number_of(text, 11)
    if not number or not _yymmdd(number[1:7]):
        return False
    ways = (range(1, 11), range(10, 0, -1))  # born before 1997, and since
    return any(weighted(number[:10], way) % 11 == int(number[10]) for way in ways)


def ro_cnp(text: str) -> bool:
    """A Romanian CNP: sex and century, birth date, county, serial, check digit mod 11."""
    number = number_of(text, 13)
    if not number or number[0] == "0" or not _yymmdd(number[1:7]):
        return False
    if not (1 <= int(number[7:9]) <= 48 or number[7:9] in {"51", "52", "70"} or number[7] == "8"):
        return False
    rest = weighted(number[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return rest % 10 + (rest == 10) == int(number[12])


def bg_egn(text: str) -> bool:
    """A Bulgarian EGN: date (month + 20 or + 40 by century), serial, check digit mod 11."""
    number = number_of(text, 10)
    if not number or not is_short_day(number[:2], int(number[2:4]) % 20, number[4:6]):
        return False
    return weighted(number[:9], (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(number[9])


def jmbg(text: str) -> bool:
    """A JMBG or EMŠO of the countries of former Yugoslavia: birth date, region, sex, mod 11."""
    number = number_of(text, 13)
    if not number or not is_day(_jmbg_year(number), int(number[2:4]), int(number[:2])):
        return False
    rest = -weighted(number[:12], (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return rest % 10 == int(number[12])


def gr_amka(text: str) -> bool:
    """A Greek AMKA: birth date, serial, Luhn digit (IDIKA)."""
    number = number_of(text, 11)
    dated = bool(number) and is_short_day(number[4:6], number[2:4], number[:2])
    return dated and luhn_holds(digits(number))


def baltic_code(text: str) -> bool:
    """An Estonian or Lithuanian personal code: century and sex, date, check digit mod 11 twice."""
    number = number_of(text, 11)
    if not number or number[0] not in "12345678" or not _yymmdd(number[1:7]):
        return False
    rest = weighted(number[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if rest == 10:
        rest = weighted(number[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return rest == int(number[10])


def lv_personal_code(text: str) -> bool:
    """A Latvian personal code: birth date and check digit mod 11; since 2017 it begins with 32."""
    number = number_of(text, 11)
    if number[:2] == "32":
        return True
    if not number or not is_short_day(number[4:6], number[2:4], number[:2]):
        return False
    total = 1 + weighted(number[:10], (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))
    return total % 11 % 10 == int(number[10])


def dk_cpr(text: str) -> bool:
    """A Danish CPR number: birth date; its check digit has not been kept to since 2007."""
    number = number_of(text, 10)
    return bool(number) and is_short_day(number[4:6], number[2:4], number[:2])


def no_fodselsnummer(text: str) -> bool:
    """A Norwegian number: birth date (D-numbers: day + 40), serial, two check digits mod 11."""
    number = number_of(text, 11)
    if not number:
        return False
    day, month = int(number[:2]) % 40, int(number[2:4]) % 40
    if not is_short_day(number[4:6], month, day):
        return False
    first = -weighted(number[:9], (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(number[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return f"{first}{second}" == number[9:]


def is_kennitala(text: str) -> bool:
    """An Icelandic number: date (companies: day + 40), serial, check digit mod 11, century."""
    number = number_of(text, 10)
    if not number or number[9] not in "089":
        return False
    if not is_short_day(number[4:6], number[2:4], int(number[:2]) % 40):
        return False
    return -weighted(number[:8], (3, 2, 7, 6, 5, 4, 3, 2)) % 11 == int(number[8])


def pt_citizen_card(text: str) -> bool:
    """A Portuguese citizen card: eight digits, one, two characters, a digit; Luhn (AMA)."""
    code = plain(text)
    if len(code) != 12 or not code[:9].isdecimal() or not code[11].isdecimal() or repeated(code):
        return False
    return _luhn_of_letters(code)


def pt_niss(text: str) -> bool:
    """A Portuguese insurance number: 1 or 2, ten digits more, check digit mod 10."""
    number = number_of(text, 11)
    total = weighted(number[:10], (29, 23, 19, 17, 13, 11, 7, 5, 3, 2))
    return number[:1] in {"1", "2"} and 9 - total % 10 == int(number[10])


def es_social_security(text: str) -> bool:
    """A Spanish insurance number: province, eight digits, two of the rest by 97 (TGSS)."""
    number = number_of(text, 12)
    if not number or not (1 <= int(number[:2]) <= 53 or number[:2] == "66"):
        return False
    province, serial = number[:2], number[2:10]
    body = province + serial.removeprefix("0")  # a first 0 of the serial does not count
    return int(body) % 97 == int(number[10:])


def es_nif(text: str) -> bool:
    """A Spanish DNI or NIE: eight digits (X, Y, Z for the first: 0, 1, 2), letter mod 23."""
    code = plain(text)
    number = code[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    if len(code) != 9 or not number.isdecimal():
        return False
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == code[8]


def ru_snils(text: str) -> bool:
    """A SNILS: nine digits and two of a weighted sum by 101 (Pension Fund)."""
    number = number_of(text, 11)
    rest = weighted(number[:9], range(9, 0, -1)) % 101 % 100
    return bool(number) and not repeated(number) and rest == int(number[9:])


def ua_rntrc(text: str) -> bool:
    """A Ukrainian taxpayer's number: days since 1900, serial, check digit mod 11."""
    number = number_of(text, 10)
    total = weighted(number[:9], (-1, 5, 7, 9, 4, 6, 10, 5, 7))
    return bool(number) and not repeated(number) and total % 11 % 10 == int(number[9])


def uk_nhs(text: str) -> bool:
    """An NHS or CHI number: ten digits, check digit mod 11 (NHS Data Dictionary)."""
    number = number_of(text, 10)
    rest = -weighted(number[:9], range(10, 1, -1)) % 11
    return bool(number) and not repeated(number) and rest == int(number[9])


def _yymmdd(number: str) -> bool:
    return is_short_day(number[:2], number[2:4], number[4:6])


def _jmbg_year(number: str) -> int:
    year = int(number[4:7])
    return year + (1000 if year >= 800 else 2000)


def _luhn_of_letters(code: str) -> bool:
    """Luhn over letters and digits, letters from A = 10, doubled ones less 9 above 9."""
    total = 0
    for place, char in enumerate(reversed(code)):
        value = int(char, 36)
        if place % 2:
            value *= 2
            value -= 9 if value > 9 else 0
        total += value
    return total % 10 == 0
