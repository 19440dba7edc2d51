"""Check digits and other arithmetic that identifiers carry.

Each function takes a match as it stands in the text, separators included, and says whether the
arithmetic holds. They are named in the ``check:`` key of the recognisers' YAML files.
"""

from __future__ import annotations

from datetime import date

_LOWEST_YEAR = 1880


def luhn(text: str) -> bool:
    """Mod 10 check digit of payment cards, IMEI and others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(_digits(text))):
        value = digit * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def payment_card(text: str) -> bool:
    """A card number of the international schemes: issuer range, length and Luhn digit.

    Ranges from the schemes' published BIN tables (ISO/IEC 7812-1 registry): Visa 4; Mastercard
    51-55 and 2221-2720; American Express 34 and 37; Diners 300-305, 36, 38, 39; Discover 6011,
    644-649, 65; JCB 3528-3589; Maestro 50, 56-58, 6304, 6759, 6761-6763. UnionPay (62) has its
    own check.
    """
    number = "".join(str(digit) for digit in _digits(text))
    size, four = len(number), int(number[:4] or 0)
    known = (
        (number.startswith("4") and size in {13, 16, 19})
        or (size == 16 and (5100 <= four <= 5599 or 2221 <= four <= 2720))
        or (size == 15 and number[:2] in {"34", "37"})
        or (size in {14, 16} and (3000 <= four <= 3059 or number[:2] in {"36", "38", "39"}))
        or (16 <= size <= 19 and (four == 6011 or 6440 <= four <= 6599 or 3528 <= four <= 3589))
        or (
            12 <= size <= 19
            and (number[:2] in {"50", "56", "57", "58"} or four in {6304, 6759, 6761, 6762, 6763})
        )
    )
    return known and len(set(number)) > 1 and luhn(number)


def unionpay_card(text: str) -> bool:
    """A UnionPay card: BIN 62, 16 to 19 digits, Luhn digit (JR/T 0008, ISO/IEC 7812-1)."""
    number = "".join(str(digit) for digit in _digits(text))
    return number.startswith("62") and 16 <= len(number) <= 19 and luhn(number)


def cn_resident_id(text: str) -> bool:
    """An 18-character resident number (GB 11643-1999): region, birth date, ISO 7064 MOD 11-2."""
    number = text.upper().replace(" ", "").replace("-", "")
    if len(number) != 18 or not number[:17].isdecimal() or number[:2] not in _CN_PROVINCES:
        return False
    if not _is_date(number[6:14]):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[17]


def cn_resident_id_15(text: str) -> bool:
    """A 15-digit resident number of the first generation (GB 11643-1989): region and date."""
    return text[:2] in _CN_PROVINCES and _is_date("19" + text[6:12])


def cn_uscc(text: str) -> bool:
    """A unified social credit code (GB 32100-2015): division code and check character mod 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    code = text.upper()
    if len(code) != 18 or any(char not in alphabet for char in code):
        return False
    if code[2:4] not in _CN_PROVINCES and code[2:4] != "10":  # 10: registered with the ministry
        return False
    total = sum(alphabet.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return alphabet[-total % 31] == code[17]


def iban(text: str) -> bool:
    """An IBAN: length by country (ISO 13616 registry) and ISO 7064 MOD 97-10."""
    number = "".join(char for char in text.upper() if char.isalnum())
    if _IBAN_LENGTHS.get(number[:2]) != len(number):
        return False
    turned = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def us_ssn(text: str) -> bool:
    """A Social Security number that can have been issued (SSA, randomization since 2011).

    Never area 000, 666 or 900-999, group 00, serial 0000; nor the two numbers that advertising
    made famous.
    """
    digits = "".join(char for char in text if char.isdecimal())
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if len(digits) != 9 or area in {"000", "666"} or area[0] == "9":
        return False
    if group == "00" or serial == "0000" or len(set(digits)) == 1:
        return False
    return digits not in {"078051120", "219099999"}


def birth_date(text: str) -> bool:
    """A real day between 1880 and today plus a year, in any common order, or one with words."""
    parts = "".join(char if char.isdecimal() else " " for char in text).split()
    if len(parts) != 3:
        return True  # a month in words: the pattern has seen to it
    numbers = [int(part) for part in parts]
    orders = ((0, 1, 2), (2, 1, 0), (2, 0, 1))
    return any(_is_day(*(numbers[place] for place in order)) for order in orders)


def _digits(text: str) -> list[int]:
    return [int(char) for char in text if char.isdecimal()]


def _is_date(text: str) -> bool:
    return (
        len(text) == 8
        and text.isdecimal()
        and _is_day(int(text[:4]), int(text[4:6]), int(text[6:8]))
    )


def _is_day(year: int, month: int, day: int) -> bool:
    full = year if year > 99 else 1900 + year
    try:
        date(full, month, day)
    except ValueError:
        return False
    return _LOWEST_YEAR <= full <= 2099


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

# SWIFT, IBAN Registry (ISO 13616): length by country.
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO",
        "16": "BE BI",
        "18": "DK FI FO GL NL SD",
        "19": "MK SI",
        "20": "AT BA EE KZ LT LU XK",
        "21": "CH HR LI LV",
        "22": "BG BH CR DE GB GE IE ME RS VA",
        "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ DZ ES MD PK RO SA SE SK TN VG",
        "25": "AO CV GW LY MZ PT ST",
        "26": "IS TR",
        "27": "CF CG CM DJ FR GA GQ GR IT KM MC MG MR SM TD",
        "28": "AL AZ BF BJ BY CI CY DO GT HN HU LB ML NE NI PL SN SV",
        "29": "BR EG PS QA UA",
        "30": "JO KW MU YE",
        "31": "MT SC",
        "32": "LC",
        "33": "RU",
    }.items()
    for country in countries.split()
}
