"""What can be told from the tree into which Python's own ``re`` parses a pattern.

Which characters one item stands for, what stands at the edges of a sequence, and how far lookaround
can see.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.detect.scan.charsets import DIGITS, NEWLINE, Charset, charset, outside

ENDLESS = 1 << 40  # wider than any text

parser: Any = importlib.import_module("re._parser")
codes: Any = importlib.import_module("re._constants")

_SPACES = [(9, 13), (32, 32)]
_WORDS = [*DIGITS, (65, 90), (95, 95), (97, 122)]
_CATEGORIES = {
    "CATEGORY_DIGIT": DIGITS,
    "CATEGORY_SPACE": charset(_SPACES),
    "CATEGORY_WORD": charset(_WORDS),
    "CATEGORY_NOT_DIGIT": outside(DIGITS),
    "CATEGORY_NOT_SPACE": outside(charset(_SPACES)),
    "CATEGORY_NOT_WORD": outside(charset(_WORDS)),
}

type Item = tuple[Any, Any]

REPEATS = frozenset({codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT})
LOOKAROUND = frozenset({codes.ASSERT, codes.ASSERT_NOT})
_GROUPS = frozenset(
    {codes.SUBPATTERN, codes.ATOMIC_GROUP, codes.BRANCH, codes.GROUPREF, codes.GROUPREF_EXISTS}
)
_UNDERSTOOD = REPEATS | _GROUPS | {codes.AT}


class NoGateError(Exception):
    """Something in the pattern cannot be weakened."""


@dataclass(slots=True)
class View:
    """What lookahead can see at most, and the characters that a match can go across.

    ``ahead`` is the sum of all bounded lookahead, more than any can see; endless lookahead counts
    by the characters that it goes across.
    """

    ahead: int = 0
    endless: bool = False
    crossed: set[Charset] = field(default_factory=set)


def look(items: Any, view: View, any_char: Charset, *, across: bool) -> None:
    """Note what matches and lookahead can see.

    Args:
        items: a part of the pattern.
        view: what is added to.
        any_char: what a dot stands for.
        across: whether the characters of the part belong to what is looked across.

    Raises:
        NoGateError: there is something in it that is not understood.
    """
    for code, given in items:
        chars = single([(code, given)], any_char)
        if chars is not None:
            if across:
                view.crossed.add(chars)
            continue
        inside = across
        if code in LOOKAROUND:
            direction, inner = given
            width = inner.getwidth()[1] if direction > 0 else 0
            inside = width >= ENDLESS
            view.endless |= inside
            view.ahead += 0 if inside else width
        elif code is codes.SUBPATTERN and (given[1] | given[2]) & ~re.IGNORECASE:
            raise NoGateError  # other flags for a part of a pattern: too rare to be followed
        elif code not in _UNDERSTOOD:
            raise NoGateError
        for inner in children(code, given):
            look(inner, view, any_char, across=inside)


def single(items: Sequence[Item], any_char: Charset) -> Charset | None:
    """The set of characters that some items stand for, if they stand for just one character."""
    if len(items) != 1:
        return None
    code, given = items[0]
    if code is codes.LITERAL:
        return ((given, given),)
    if code is codes.NOT_LITERAL:
        return outside(((given, given),))
    if code is codes.ANY:
        return any_char
    if code is codes.IN:
        return _class(given)
    if code is codes.SUBPATTERN and not given[1] and not given[2]:
        return single(list(given[3]), any_char)
    return None


def outermost(items: Sequence[Item], side: int, any_char: Charset) -> Charset | None:
    """What the first (0) or last (-1) character of these can be, if that is easily told."""
    if not items:
        return None
    code, given = items[side]
    chars = single([items[side]], any_char)
    if chars is not None:
        return chars
    if code in REPEATS and int(given[0]):
        return outermost(list(given[2]), side, any_char)
    if code is codes.SUBPATTERN:
        return outermost(list(given[3]), side, any_char)
    if code is codes.BRANCH:
        return _union(outermost(list(branch), side, any_char) for branch in given[1])
    return None


def beyond_edge(item: Item, side: int, any_char: Charset) -> Charset | None:
    """What can stand before (0) or behind (-1) a place, by an item that has no width.

    Lines and text ends count as a line feed, since whoever asks allows for the end of a text anyway.
    ``None`` if it is not easily told, or if the item has a width.
    """
    code, given = item
    if code is codes.AT:
        return NEWLINE if str(given) in _ENDS[side] else None
    if code is codes.ASSERT and (given[0] < 0) == (side == 0):
        return _seen(list(given[1]), side, any_char)
    if code is codes.ASSERT_NOT and (given[0] < 0) == (side == 0):
        chars = single(list(given[1]), any_char)
        return None if chars is None else outside(chars)
    if code is codes.SUBPATTERN and len(given[3]) == 1:
        return beyond_edge(given[3][0], side, any_char)
    if code is codes.BRANCH:
        return _union(
            beyond_edge(branch[0], side, any_char) if len(branch) == 1 else None
            for branch in given[1]
        )
    return None


def _seen(items: Sequence[Item], side: int, any_char: Charset) -> Charset | None:
    """The character at an edge that lookaround sees: the last before it, or the first behind it."""
    if len(items) == 1 and zero_width(items[0]):
        return beyond_edge(items[0], side, any_char)
    if len(items) == 1 and items[0][0] is codes.BRANCH:
        return _union(_seen(list(branch), side, any_char) for branch in items[0][1][1])
    return outermost(items, -1 if side == 0 else 0, any_char)


def flat(items: Sequence[Item]) -> list[Item]:
    """The items, with what stands in a mere group in place of the group."""
    found: list[Item] = []
    for code, given in items:
        if code is codes.SUBPATTERN and not given[1] and not given[2]:
            found += flat(list(given[3]))
        else:
            found.append((code, given))
    return found


_ENDS = {
    0: {"AT_BEGINNING", "AT_BEGINNING_STRING"},
    -1: {"AT_END", "AT_END_STRING"},
}


def _union(sets: Any) -> Charset | None:
    known: list[tuple[int, int]] = []
    for chars in sets:
        if chars is None:
            return None
        known += chars
    return charset(known)


def zero_width(item: Item) -> bool:
    """Whether the item consumes nothing."""
    code, given = item
    if code is codes.AT or code in LOOKAROUND:
        return True
    if code is codes.SUBPATTERN:
        return bool(given[3]) and all(map(zero_width, given[3]))
    return code is codes.BRANCH and all(b and all(map(zero_width, b)) for b in given[1])


def children(code: Any, given: Any) -> list[Any]:
    """The sequences of items within an item."""
    if code in REPEATS:
        return [given[2]]
    if code is codes.SUBPATTERN:
        return [given[3]]
    if code is codes.ATOMIC_GROUP:
        return [given]
    if code is codes.BRANCH:
        return list(given[1])
    if code in LOOKAROUND:
        return [given[1]]
    if code is codes.GROUPREF_EXISTS:
        return [branch for branch in given[1:] if branch is not None]
    return []


def _class(items: Any) -> Charset:
    ranges: list[tuple[int, int]] = []
    negated = False
    for code, given in items:
        if code is codes.NEGATE:
            negated = True
        elif code is codes.LITERAL:
            ranges.append((given, given))
        elif code is codes.RANGE:
            ranges.append(given)
        elif code is codes.CATEGORY:
            ranges += _CATEGORIES[str(given)]
        else:
            raise NoGateError
    return outside(charset(ranges)) if negated else charset(ranges)
