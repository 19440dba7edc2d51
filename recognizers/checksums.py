"""Check digits and other arithmetic that identifiers of all countries carry.

Each function takes a match as it stands in the text, separators included, and says whether the
arithmetic holds. They are named in the ``check:`` key of the recognisers' YAML files, as are those
of the modules beside this one that hold a part of the world each.
"""

from __future__ import annotations

from recognizers.arithmetic import digits, luhn_holds, mod_97, plain, verhoeff_holds


def luhn(text: str) -> bool:
    """Mod 10 check digit of payment cards, IMEI and others (ISO/IEC 7812-1, annex B)."""
    return luhn_holds(digits(text))


def verhoeff(text: str) -> bool:
    """Verhoeff's check digit, as Aadhaar numbers have it (UIDAI)."""
    return verhoeff_holds(digits(text))


def payment_card(text: str) -> bool:
    """A card number of the international schemes: issuer range, length and Luhn digit.

    Ranges from the schemes' published BIN tables (ISO/IEC 7812-1 registry): Visa 4; Mastercard
    51-55 and 2221-2720; American Express 34 and 37; Diners 300-305, 36, 38, 39; Discover 6011,
    644-649, 65; JCB 3528-3589; Maestro 50, 56-58, 6304, 6759, 6761-6763. UnionPay (62) has its
    own check.
    """
    number = "".join(map(str, digits(text)))
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


def iban(text: str) -> bool:
    """An IBAN: length by country (ISO 13616 registry) and ISO 7064 MOD 97-10.

    Its letters are all capitals or, as some type it, all small. Dashes stand between capitals and
    after every fourth character, unlike those of a UUID (RFC 9562).
    """
    number = plain(text)
    if text not in {text.upper(), text.lower()}:
        return False
    *groups, _ = text.split("-")
    if groups and (text != text.upper() or any(len(group) != _GROUP for group in groups)):
        return False
    if _IBAN_LENGTHS.get(number[:2]) != len(number):
        return False
    return mod_97(number[4:] + number[:4]) == 1


_GROUP = 4
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
