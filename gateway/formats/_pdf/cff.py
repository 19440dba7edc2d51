"""One question to a compact font program: does it use the standard encoding?

Source: Adobe Technical Note 5176 (CFF), 4 (DICT data), 5 (INDEX data) and 9 (Top DICT: operator 16 is
Encoding, 0 by default, which is StandardEncoding; operator 12 30 marks a CID-keyed font).
"""

from __future__ import annotations

from itertools import pairwise

_ENCODING = 16
_ESCAPE = 12
_CID_KEYED = 30


def has_standard_encoding(program: bytes) -> bool:
    """Whether a bare CFF font is encoded by StandardEncoding; ``False`` if it cannot be told."""
    try:
        names_end = _index(program, program[2])[1]
        fonts, _ = _index(program, names_end)
        return len(fonts) == 1 and _says_standard(fonts[0])
    except (IndexError, ValueError):
        return False


def _index(data: bytes, at: int) -> tuple[list[bytes], int]:
    """The objects of an INDEX, and where it ends."""
    count = int.from_bytes(data[at : at + 2], "big")
    if not count:
        return [], at + 2
    size = data[at + 2]
    first = at + 3
    offsets = [
        int.from_bytes(data[first + size * i : first + size * (i + 1)], "big")
        for i in range(count + 1)
    ]
    base = first + size * (count + 1) - 1
    objects = [data[base + a : base + b] for a, b in pairwise(offsets)]
    return objects, base + offsets[-1]


def _says_standard(top: bytes) -> bool:
    operand = 0
    at = 0
    while at < len(top):
        byte = top[at]
        if byte <= 21:  # an operator
            if byte == _ENCODING:
                return operand == 0
            if byte == _ESCAPE:
                at += 1
                if top[at] == _CID_KEYED:
                    return False
            at += 1
        else:
            operand, at = _operand(top, at)
    return True


def _operand(top: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends; the value of a real number does not matter here."""
    byte = top[at]
    if byte == 28:
        return int.from_bytes(top[at + 1 : at + 3], "big", signed=True), at + 3
    if byte == 29:
        return int.from_bytes(top[at + 1 : at + 5], "big", signed=True), at + 5
    if byte == 30:
        at += 1
        while top[at] & 0x0F != 0x0F and top[at] >> 4 != 0x0F:
            at += 1
        return 1, at + 1
    if byte <= 246:
        return byte - 139, at + 1
    if byte <= 250:
        return (byte - 247) * 256 + top[at + 1] + 108, at + 2
    return -(byte - 251) * 256 - top[at + 1] - 108, at + 2
