"""What the check functions of identifiers share: digits, weights, remainders and calendar days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

_LOWEST_YEAR = 1880
_LAST_YEAR = 2099


def digits(text: str) -> list[int]:
    """The decimal digits of a text, separators left out."""
    return [int(char) for char in text if char.isdecimal()]


def plain(text: str) -> str:
    """ASCII letters and digits only, upper case."""
    return "".join(char for char in text.upper() if char.isascii() and char.isalnum())


def number_of(text: str, *sizes: int) -> str:
    """The digits of a text as a string if their count is one of ``sizes``, else nothing."""
    number = "".join(char for char in text if char.isdecimal())
    return number if len(number) in sizes else ""


def weighted(values: Iterable[int | str], weights: Iterable[int]) -> int:
    """The sum of values times weights, as far as both go."""
    return sum(int(value) * weight for value, weight in zip(values, weights, strict=False))


def luhn_holds(values: Sequence[int]) -> bool:
    """Whether the last digit is right by ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(values)):
        value = digit * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return bool(values) and total % 10 == 0


def verhoeff_holds(values: Sequence[int]) -> bool:
    """Whether the last digit is right by Verhoeff's dihedral check (Aadhaar, Luxembourg)."""
    check = 0
    for place, digit in enumerate(reversed(values)):
        check = _DIHEDRAL[check][_permuted(digit, place % 8)]
    return bool(values) and check == 0


def mod_11_10_holds(values: Sequence[int]) -> bool:
    """Whether the last digit is right by ISO 7064 MOD 11,10."""
    check = 10
    for digit in values[:-1]:
        check = ((check + digit) % 10 or 10) * 2 % 11
    return bool(values) and (check + values[-1]) % 10 == 1


def mod_97(text: str) -> int:
    """The remainder by 97 of letters and digits, letters counted from A = 10 (ISO 7064)."""
    return int("".join(str(int(char, 36)) for char in text)) % 97


def is_day(year: int, month: int, day: int) -> bool:
    """A day between 1880 and 2099; a year of two digits counts from 1900."""
    full = year if year > 99 else 1900 + year
    try:
        date(full, month, day)
    except ValueError:
        return False
    return _LOWEST_YEAR <= full <= _LAST_YEAR


def is_short_day(year: int | str, month: int | str, day: int | str) -> bool:
    """A day whose year has two digits and whose century is not known."""
    short = int(year) % 100
    return any(is_day(century + short, int(month), int(day)) for century in (1900, 2000))


def is_date(text: str) -> bool:
    """Eight digits that are a day: year, month, day."""
    whole = len(text) == 8 and text.isdecimal()
    return whole and is_day(int(text[:4]), int(text[4:6]), int(text[6:]))


def repeated(values: Sequence[object]) -> bool:
    """One and the same character over and over: a filler, whatever the arithmetic says."""
    return len(set(values)) < 2


def _permuted(digit: int, times: int) -> int:
    for _ in range(times):
        digit = _PERMUTATION[digit]
    return digit


_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
# The dihedral group of order 10: rotations 0-4, reflections 5-9.
_DIHEDRAL = tuple(
    tuple(
        (one + other) % 5 + (5 if other > 4 else 0)
        if one < 5
        else ((one - other) % 5 + (5 if other < 5 else 0))
        for other in range(10)
    )
    for one in range(10)
)
