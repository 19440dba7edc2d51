"""Check digits of devices and vehicles.

Named in the ``check:`` key of the YAML files; each function takes the match as it stands.
"""

from __future__ import annotations

from recognizers.arithmetic import digits, luhn_holds, plain, repeated, weighted

# ISO 3779 leaves out I, O and Q; 49 CFR 565.15 (c) gives each letter its value.
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)
) | {str(value): value for value in range(10)}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def imei(text: str) -> bool:
    """An IMEI (3GPP TS 23.003 §6.2.1): 15 digits with a Luhn digit, or 16 with a version."""
    number = digits(text)
    if repeated(number):
        return False
    return len(number) == 16 or (len(number) == 15 and luhn_holds(number))


def iccid(text: str) -> bool:
    """The number of a SIM card (ITU-T E.118): 89, 19 or 20 digits, a Luhn digit.

    Many issuers use 20 characters without a check digit in the last place; these pass.
    """
    number = digits(text)
    return number[:2] == [8, 9] and (len(number) != 19 or luhn_holds(number))


def vin(text: str) -> bool:
    """A vehicle number with the check digit of North America and China.

    Sources: 49 CFR 565.15 (c), GB 16735; the alphabet of ISO 3779.
    """
    number = plain(text)
    if not vin_shape(number):
        return False
    remainder = weighted([_VIN_VALUES[char] for char in number], _VIN_WEIGHTS) % 11
    return "0123456789X"[remainder] == number[8]


def vin_shape(text: str) -> bool:
    """Seventeen characters of ISO 3779, letters and digits both, the serial with digits."""
    number = plain(text)
    return (
        len(number) == 17
        and all(char in _VIN_VALUES for char in number)
        and not number.isdecimal()
        and sum(char.isdecimal() for char in number) >= 4
        and len(set(number)) > 4
    )


def imo_number(text: str) -> bool:
    """A ship's number: six digits weighted 7 to 2, the last digit of the sum (IMO A.1117(30))."""
    number = digits(text)
    return len(number) == 7 and weighted(number, range(7, 1, -1)) % 10 == number[6]
