r"""Sets of characters as ranges of code points, and how a pattern of bytes writes them.

Scanners read UTF-8 as bytes, which makes them much smaller than reading characters would. So a
large set of characters beyond ASCII is written as "any such character".
"""

from __future__ import annotations

from collections.abc import Iterable

type Charset = tuple[tuple[int, int], ...]
"""Ranges of code points, first and last included, in order, none touching the next."""

LAST = 0x10FFFF
NEWLINE: Charset = ((10, 10),)
_ASCII = 128
_FEW = 48  # characters beyond ASCII that are written one by one
_BEYOND_ASCII = r"[\xc2-\xf4][\x80-\xbf]{1,3}"  # RFC 3629 §4; surrogates included


def charset(ranges: Iterable[tuple[int, int]]) -> Charset:
    """The union of ranges."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def outside(chars: Charset) -> Charset:
    """All characters but these."""
    gaps: list[tuple[int, int]] = []
    at = 0
    for low, high in chars:
        if at < low:
            gaps.append((at, low - 1))
        at = high + 1
    if at <= LAST:
        gaps.append((at, LAST))
    return tuple(gaps)


END_MARK = r"\xff"
"""Stands for the end of a text where an engine needs one; UTF-8 has no such byte."""
DIGITS: Charset = ((48, 57),)
ALPHANUMERIC: Charset = ((48, 57), (65, 90), (97, 122))
_KINDS: tuple[Charset, ...] = (DIGITS, ((65, 90),), ((97, 122),), ((65, 90), (97, 122)))
_SHAPES = (*_KINDS, ((48, 57), (65, 90)), ((48, 57), (97, 122)), ALPHANUMERIC)
_SPECIFIC = 4  # letters that are told from one another


def within(chars: Charset, larger: Charset) -> bool:
    """Whether all characters of a set belong to another."""
    return all(any(a <= low and high <= b for a, b in larger) for low, high in chars)


def in_either_case(chars: Charset) -> Charset:
    """The set with the other case of its ASCII letters."""
    both = list(chars)
    for low, high in chars:
        for first, last, by in ((65, 90, 32), (97, 122, -32)):
            if max(low, first) <= min(high, last):
                both.append((max(low, first) + by, min(high, last) + by))
    return charset(both)


def shape(chars: Charset) -> Charset:
    """All digits for some digits, all letters for some letters: many patterns become alike."""
    if not within(chars, ALPHANUMERIC):
        return chars
    count = sum(high - low + 1 for low, high in chars)
    if count <= _SPECIFIC and not within(chars, DIGITS):
        return chars
    return next(kind for kind in _SHAPES if within(chars, kind))


def holds(chars: Charset, char: str) -> bool:
    """Whether a character belongs to the set."""
    return any(low <= ord(char) <= high for low, high in chars)


def written(chars: Charset) -> str:
    """One character of the set as a pattern of bytes; perhaps more characters, never fewer."""
    count = sum(high - max(low, _ASCII) + 1 for low, high in chars if high >= _ASCII)
    if not count:
        return in_bytes(chars)
    branches = [in_bytes(_ascii(chars))] if _ascii(chars) else []
    if count > _FEW:
        branches.append(_BEYOND_ASCII)
    else:
        branches += [
            "".join(f"\\x{byte:02x}" for byte in chr(code).encode("utf-8", "surrogatepass"))
            for low, high in chars
            for code in range(max(low, _ASCII), high + 1)
        ]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def in_bytes(chars: Charset) -> str:
    """One byte of a character of the set: to be repeated, or to stand at an edge."""
    ascii_part = _ascii(chars)
    if ascii_part != chars:
        ascii_part = (*ascii_part, (_ASCII, 255))
    if len(ascii_part) == 1 and ascii_part[0][0] == ascii_part[0][1]:
        return _byte(ascii_part[0][0])
    ranges = (
        _byte(low) if low == high else f"{_byte(low)}-{_byte(high)}" for low, high in ascii_part
    )
    return f"[{''.join(ranges)}]"


def _ascii(chars: Charset) -> Charset:
    return tuple((low, min(high, _ASCII - 1)) for low, high in chars if low < _ASCII)


def _byte(code: int) -> str:
    char = chr(code)
    return char if char.isascii() and char.isalnum() else f"\\x{code:02x}"
