"""RTF cut into tokens.

Source: Rich Text Format (RTF) Specification 1.9.1, "RTF Syntax" and "Control Word".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
_LONGEST_NUMBER, _LONG_NUMBER = 10, 9


class Kind(IntEnum):
    """What a token is; the figures are the groups of the pattern."""

    IDLE = 0
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


def tokens(  # noqa: C901 - one loop, in which each call would cost
    data: bytes, is_idle: Callable[[str], bool], bare: set[int]
) -> Iterator[Token]:
    """The tokens of some RTF.

    Nine of ten control words only format. A run of these is one token of the kind ``IDLE``, but
    at the beginning of a group, where any word may be its destination.

    Args:
        data: the source.
        is_idle: whether a control word of this name means nothing to the caller.
        bare: is given the ends of control words that no space delimits.
    """
    words: dict[bytes, tuple[str, bool]] = {}
    fresh, idle_from, at = True, -1, 0
    while at < len(data):
        for found in _TOKEN.finditer(data, at):
            start, at = found.span()
            last = found.lastindex or 0
            if 0 < last < Kind.BYTE:
                raw, figure, space = found.group(1, 2, 3)
                name, idle = words.get(raw) or _known(raw, words, is_idle)
                if space is None and name != "bin":
                    bare.add(at)
                if idle and not fresh and (figure is None or len(figure) < _LONG_NUMBER):
                    idle_from = start if idle_from < 0 else idle_from
                    continue
            if idle_from >= 0:
                yield Token(Kind.IDLE, idle_from, start)
                idle_from = -1
            if 0 < last < Kind.BYTE:
                fresh = False
                token = _word(found, name, len(data))
                yield token
                if token.end > at:
                    at = token.end
                    break  # go on behind the data
            elif mark := _mark(found, last):
                fresh = mark.name in {"{", "*"} or (fresh and not found[0].strip())
                yield mark
    if idle_from >= 0:
        yield Token(Kind.IDLE, idle_from, len(data))


def _known(
    raw: bytes, words: dict[bytes, tuple[str, bool]], is_idle: Callable[[str], bool]
) -> tuple[str, bool]:
    name = raw.decode("ascii")
    words[raw] = name, is_idle(name)
    return words[raw]


def _word(found: re.Match[bytes], name: str, length: int) -> Token:
    """A control word and its parameter; ``bin`` with the data behind it."""
    _, figure, space = found.group(1, 2, 3)
    start, end = found.span()
    digits = len(figure) - figure.startswith(b"-") if figure else 0
    number = int(figure) if figure and digits <= _LONGEST_NUMBER else -1
    if name == "bin" and number > 0:
        end = min(end + number, length)
    return Token(Kind.WORD, start, end, name, number, space is not None, digits)


def _mark(found: re.Match[bytes], kind: int) -> Token | None:
    """A token that is no control word; a last lone backslash is none."""
    start, end = found.span()
    if kind == Kind.BYTE:
        return Token(Kind.BYTE, start, end, "'", int(found[4], 16))
    if kind == Kind.SYMBOL:
        return Token(Kind.SYMBOL, start, end, found[5].decode("latin-1"))
    if kind == Kind.BRACE:
        return Token(Kind.BRACE, start, end, found[6].decode("ascii"))
    return Token(Kind.TEXT, start, end) if kind == Kind.TEXT else None
