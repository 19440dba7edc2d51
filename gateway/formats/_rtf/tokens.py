"""RTF cut into tokens.

Source: Rich Text Format (RTF) Specification 1.9.1, "RTF Syntax" and "Control Word".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

_TOKEN = re.compile(
    rb"\\([A-Za-z]+)(-?[0-9]+)?( )?"
    rb"|\\'([0-9A-Fa-f]{2})"
    rb"|\\(\r\n|[\s\S])"
    rb"|([{}])"
    rb"|([^\\{}]+)"
    rb"|\\"
)
_LONGEST_NUMBER = 10


class Kind(IntEnum):
    """What a token is; the figures are the groups of the pattern."""

    WORD = 1
    BYTE = 4
    SYMBOL = 5
    BRACE = 6
    TEXT = 7


class Token(NamedTuple):
    r"""One token and its range in the source.

    Args:
        kind: what it is.
        start: where it begins.
        end: where it ends; a control word takes the space that delimits it, and ``\bin`` its
            data.
        name: of a control word or symbol; ``{`` or ``}``.
        number: the parameter of a control word, or the value of ``\'xx``; -1 if there is none.
        spaced: a control word that a space delimits.
        digits: how many digits the parameter has.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    number: int = -1
    spaced: bool = False
    digits: int = 0


def tokens(data: bytes, at: int = 0) -> Iterator[Token]:
    """The tokens of some RTF, without a gap."""
    match_at = _TOKEN.match
    while found := match_at(data, at):
        start, at = at, found.end()
        last = found.lastindex
        if last in {1, 2, 3}:
            name = found[1].decode("ascii")
            figure = found[2] or b""
            digits = len(figure.lstrip(b"-"))
            number = int(figure) if 0 < digits <= _LONGEST_NUMBER else -1
            if name == "bin" and number > 0:
                at = min(at + number, len(data))
            yield Token(Kind.WORD, start, at, name, number, found[3] is not None, digits)
        elif last == Kind.BYTE:
            yield Token(Kind.BYTE, start, at, "'", int(found[4], 16))
        elif last == Kind.SYMBOL:
            yield Token(Kind.SYMBOL, start, at, found[5].decode("latin-1"))
        elif last == Kind.BRACE:
            yield Token(Kind.BRACE, start, at, found[6].decode("ascii"))
        elif last == Kind.TEXT:
            yield Token(Kind.TEXT, start, at)
