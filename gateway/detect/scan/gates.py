r"""From a pattern to its gate: a simpler pattern that is found wherever the pattern is.

Scanners that search for hundreds of patterns at once know neither lookaround nor backreferences,
and want no long repetitions. A gate leaves out what they do not know, and ends where enough of the
pattern was seen; so it may be found where the pattern is not, never the other way round.
Boundaries are kept where they can be: ``(?<![0-9])`` at the beginning becomes
``(?:^|[^0-9])``, which consumes a character but is found in the same place.

The pattern is read by the parser of Python's own ``re``. What that does not understand (things
only the ``regex`` module knows) has no gate, and is searched for everywhere.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.detect.scan.charsets import (
    ALPHANUMERIC,
    DIGITS,
    END_MARK,
    LAST,
    NEWLINE,
    Charset,
    holds,
    in_bytes,
    in_either_case,
    outside,
    shape,
    within,
    written,
)
from gateway.detect.scan.syntax import (
    ENDLESS,
    LOOKAROUND,
    REPEATS,
    Item,
    NoGateError,
    View,
    beyond_edge,
    children,
    codes,
    flat,
    look,
    outermost,
    parser,
    single,
    zero_width,
)

LONGEST = 254
"""Characters that a gate may span, what its boundaries consume included."""
WITH_DIGITS = frozenset({"digits", "letters and digits"})
NEAR_DIGITS = 64
"""Bytes around a digit in which a gate with a digit lies, if it is of a kind in
:data:`WITH_DIGITS`."""
COMMON = "common"
"""The kind of gates that any words pass: it is enough to know that there are some."""
_ORDINARY = b"Please bring translations of both chapters tomorrow."
_ONE_LETTER = len("[Aa]")
_ENOUGH = 16  # characters after which a gate tells its pattern from all else

_DIGIT = in_bytes(DIGITS)
_DIGITS_REPEATED = re.compile(re.escape(_DIGIT) + r"(?:\{[0-9,]+\}|\?)?")
_SEPARATORS = "\n \0\t,;\"'<>|"
_MANY = 8  # repetitions of one character that are not counted any more


@dataclass(frozen=True, slots=True)
class Gate:
    """What a scanner looks for in place of a pattern, and how far the pattern itself can look.

    Args:
        expression: of bytes, in the syntax that hyperscan and RE2 share.
        reach: characters from the beginning of a match that can have a say in it, or ``None`` if
            there is no bound.
        beyond: characters behind a separator that can have a say in a match before it.
        separators: characters that no match can hold or look across endlessly.
        kind: gates of a kind are much alike, so that they are best looked for together; one whose
            kind is in :data:`WITH_DIGITS` stands within :data:`NEAR_DIGITS` of a digit.
        width: characters from the beginning of a match to the end of the gate, at most.
        floating: the gate leaves out the beginning, which may be of any length.
    """

    expression: str
    reach: int | None
    beyond: int
    separators: str
    kind: str
    width: int
    floating: bool = False


class _FloatsError(Exception):
    """The pattern begins with something of any length, which may be missing."""


def gate(pattern: str, flags: int) -> Gate | None:
    """The gate of a pattern, or ``None`` if there is none.

    Args:
        pattern: a pattern of the ``regex`` module.
        flags: of the ``re`` module's ``IGNORECASE``, ``MULTILINE``, ``DOTALL`` and ``VERBOSE``; the
            pattern is compiled with ``ASCII`` as well.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a set within a set, which regex would read otherwise
            tree = parser.parse(pattern, flags | re.ASCII)
        try:
            return _Reader(tree).gate()
        except _FloatsError:
            return _Reader(tree, floating=True).gate()
    except (re.error, ValueError, Warning, NoGateError, RecursionError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class _Edges:
    """Whether nothing was consumed before a part, and nothing will be after it."""

    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class _Room:
    """What a part may still take: characters in all, and those until it is enough."""

    width: int
    need: int

    def after(self, part: _Part) -> _Room:
        return _Room(self.width - part.width, self.need - part.least)


type _Token = tuple[str, int, int | None]
"""Something that matches one thing, and how many times at least and at most."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of a gate: the fewest and most characters it matches; not ``whole`` if cut off.

    ``digit`` says that it holds one.
    """

    tokens: tuple[_Token, ...] = ()
    least: int = 0
    width: int = 0
    whole: bool = True
    digit: bool = False

    @property
    def text(self) -> str:
        """As a pattern."""
        return "".join(f"{atom}{_times(least, most)}" for atom, least, most in self.tokens)

    @property
    def atom(self) -> str:
        """As something that can be repeated."""
        return f"(?:{self.text})"


class _Reader:
    """Walks the tree of one pattern."""

    def __init__(self, tree: Any, *, floating: bool = False) -> None:
        self._tree = tree
        self._floating = floating
        self._ignore_case = bool(tree.state.flags & re.IGNORECASE)
        self._any = outside(()) if tree.state.flags & re.DOTALL else outside(NEWLINE)
        self._lines = bool(tree.state.flags & re.MULTILINE)
        self._groups: dict[int, Any] = {}

    def gate(self) -> Gate | None:
        self._note_groups(self._tree)
        least, width = self._tree.getwidth()
        edges = _Edges(first=not self._floating, last=True)
        part = _without_edge(self._sequence(list(self._tree), _Room(LONGEST, _ENOUGH), edges))
        view = View(endless=width >= ENDLESS)
        look(self._tree, view, self._any, across=True)
        separators = "".join(c for c in _SEPARATORS if not any(holds(s, c) for s in view.crossed))
        if not least or not part.least or (self._floating and not separators):
            return None
        part = _shortest(part)
        return Gate(
            expression=part.text,
            reach=None if view.endless else width + view.ahead + 1,
            beyond=view.ahead + 1,
            separators=separators,
            kind=_kind(part),
            width=part.width,
            floating=self._floating,
        )

    def _note_groups(self, items: Any) -> None:
        for code, given in items:
            if code is codes.SUBPATTERN and given[0] is not None:
                self._groups[given[0]] = given[3]
            for inner in children(code, given):
                self._note_groups(inner)

    def _sequence(self, items: Sequence[Item], room: _Room, edges: _Edges) -> _Part:
        items = self._with_one_edge(flat(items), edges)
        tokens: list[_Token] = []
        left = room
        whole, digit = True, False
        at_start, may_end = edges.first, edges.last
        for place, item in enumerate(items):
            rest = items[place + 1 :]
            if zero_width(item):
                at_end = may_end and all(map(zero_width, rest))
                inside = (items[:place], rest)
                part, bounds = self._assertion(item, left, _Edges(at_start, at_end), inside)
                if bounds:  # it consumes a character, after which no other edge can be told
                    at_start = False
                    may_end = may_end and not at_end
            elif left.need <= 0:
                whole = False
                break
            else:
                around = _Edges(at_start, may_end and not rest)
                part = self._item(self._shaped(items, place), left, around)
                at_start = False
            _extend(tokens, part.tokens)
            left = left.after(part)
            digit |= part.digit
            if not part.whole:
                whole = False
                break
        return _Part(tuple(tokens), room.need - left.need, room.width - left.width, whole, digit)

    def _with_one_edge(self, items: list[Item], edges: _Edges) -> list[Item]:
        """At each side only the assertion that tells most: one character can stand for one."""
        for at_edge, side in ((edges.first, 0), (edges.last, -1)):
            outer: list[Item] = []
            while at_edge and items and zero_width(items[side]):
                outer.append(items.pop(side))
            if outer:
                best = min(outer, key=lambda item: self._edge_size(item, side))
                items.insert(0 if side == 0 else len(items), best)
        return items

    def _edge_size(self, item: Item, side: int) -> int:
        chars = beyond_edge(item, side, self._any)
        return LAST if chars is None else sum(high - low + 1 for low, high in chars)

    def _shaped(self, items: Sequence[Item], place: int) -> Item:
        """A digit among digits as any digit; one in a word ("v1") remains what it is."""
        code, given = items[place]
        if code is not codes.LITERAL or not within(((given, given),), DIGITS):
            return items[place]
        beside = [*items[max(0, place - 1) : place], *items[place + 1 : place + 2]]
        if any(c is codes.LITERAL and not within(((g, g),), DIGITS) for c, g in beside):
            return items[place]
        return (codes.IN, [(codes.RANGE, DIGITS[0])])

    def _assertion(
        self,
        item: Item,
        room: _Room,
        edges: _Edges,
        beside: tuple[Sequence[Item], Sequence[Item]],
    ) -> tuple[_Part, bool]:
        """What can be kept of it, and whether that is an edge which consumes."""
        code, given = item
        if code is codes.AT:
            return self._place(str(given), room, edges, beside)
        if code not in LOOKAROUND:
            return self._either_edge(item, room, edges)
        direction, inner = given
        chars = single(list(inner), self._any)
        negative = code is codes.ASSERT_NOT
        behind = direction < 0
        if not (edges.first if behind else edges.last) or room.width < 1:
            return _Part(), False
        if chars is not None:
            atom = in_bytes(chars)
            if negative:
                atom = _edge("^" if behind else "$", outside(chars))
            return _Part(((atom, 1, 1),), width=1), True
        if negative or (inner.getwidth()[1] > room.width and not behind):
            return _Part(), False
        if behind:
            return self._either_edge(item, room, edges)
        if not inner.getwidth()[0]:
            return self._either_edge(item, room, edges)
        part = self._sequence(list(inner), room, _Edges(last=True))
        return replace(part, tokens=((part.atom, 1, 1),), least=0), True

    def _either_edge(self, item: Item, room: _Room, edges: _Edges) -> tuple[_Part, bool]:
        """One of several edges: the beginning of the text, or of a line, or a certain character."""
        for at_edge, text_edge, side in ((edges.first, "^", 0), (edges.last, "$", -1)):
            chars = beyond_edge(item, side, self._any) if at_edge and room.width else None
            if chars:
                atom = _edge(text_edge, in_either_case(chars))
                return _Part(((atom, 1, 1),), width=1), True
        return _Part(), False

    def _place(
        self,
        place: str,
        room: _Room,
        edges: _Edges,
        beside: tuple[Sequence[Item], Sequence[Item]],
    ) -> tuple[_Part, bool]:
        if room.width < 1:
            return _Part(), False
        if place == "AT_BOUNDARY":
            for at_edge, side, chars in (
                (edges.first, "^", outermost(beside[1], 0, self._any)),
                (edges.last, "$", outermost(beside[0], -1, self._any)),
            ):
                if at_edge and chars is not None and within(chars, ALPHANUMERIC):
                    atom = _edge(side, outside(ALPHANUMERIC))
                    return _Part(((atom, 1, 1),), width=1), True
            floats = self._floating and room.need == _ENOUGH
            return _Part(() if floats else ((r"\b", 1, 1),)), False
        if place == "AT_BEGINNING" and self._lines and edges.first:
            return _Part(((_edge("^", NEWLINE), 1, 1),), width=1), True
        if place == "AT_END" and self._lines and edges.last:
            return _Part(((_edge("$", NEWLINE), 1, 1),), width=1), True
        return _Part(), False

    def _item(self, item: Item, room: _Room, edges: _Edges) -> _Part:
        code, given = item
        chars = single([item], self._any)
        if chars is not None:
            if not room.width:
                return _Part(whole=False)
            digit = within(chars, DIGITS)
            return _Part(((written(self._cased(chars)), 1, 1),), 1, 1, digit=digit)
        if code in REPEATS:
            return self._repeat(given, room)
        if code is codes.SUBPATTERN:
            return self._group(given, room, edges)
        if code is codes.ATOMIC_GROUP:
            return self._sequence(list(given), room, edges)
        if code is codes.BRANCH:
            return self._branch([list(branch) for branch in given[1]], room, edges)
        if code is codes.GROUPREF and given in self._groups:
            return self._sequence(list(self._groups[given]), room, _Edges())
        if code is codes.GROUPREF_EXISTS:
            return _Part(whole=False)
        raise NoGateError

    def _cased(self, chars: Charset) -> Charset:
        return shape(in_either_case(chars) if self._ignore_case else chars)

    def _group(self, given: Any, room: _Room, edges: _Edges) -> _Part:
        _, added, removed, inner = given
        before = self._ignore_case
        self._ignore_case = bool(added) or (before and not removed)
        part = self._sequence(list(inner), room, edges)
        self._ignore_case = before
        return part

    def _branch(self, branches: Sequence[list[Item]], room: _Room, edges: _Edges) -> _Part:
        parts = [self._sequence(branch, room, edges) for branch in branches]
        different = list(dict.fromkeys(part.tokens for part in parts))
        tokens = different[0]
        if len(different) > 1:
            texts = (_Part(branch).text for branch in different)
            tokens = ((f"(?:{'|'.join(texts)})", 1, 1),)
        return _Part(
            tokens,
            min(part.least for part in parts),
            max(part.width for part in parts),
            whole=all(part.whole for part in parts),
            digit=all(part.digit for part in parts),
        )

    def _repeat(self, given: Any, room: _Room) -> _Part:
        least, most, inner = int(given[0]), int(given[1]), list(given[2])
        fewest, width = given[2].getwidth()
        if width == 0:
            return _Part()
        if not least and width * most > room.width and room.need == _ENOUGH:
            if not self._floating:
                raise _FloatsError
            return _Part()
        chars = single(inner, self._any)
        enough = -(-room.need // fewest) if fewest else least
        if width * most > room.width or enough < least:
            return self._begun(inner, min(least, enough, max(room.width // width, 1)), room)
        if chars is not None:
            bytes_each = 4 if chars[-1][1] >= 128 else 1
            upper = None if most - least > _MANY else most * bytes_each
            digit = least > 0 and within(chars, DIGITS)
            atom = in_bytes(self._cased(chars))
            return _Part(((atom, least, upper),), least, most, digit=digit)
        part = self._sequence(inner, _Room(room.width, ENDLESS), _Edges())
        tokens = ((part.atom, least, most),)
        digit = least > 0 and part.digit
        return _Part(tokens, part.least * least, part.width * most, digit=digit)

    def _begun(self, inner: Sequence[Item], times: int, room: _Room) -> _Part:
        """The beginning of a repetition: so many times, and nothing is known of what follows."""
        if not times or not room.width:
            return _Part(whole=False)
        chars = single(inner, self._any)
        if chars is not None:
            tokens: tuple[_Token, ...] = ((in_bytes(self._cased(chars)), times, times),)
            return _Part(tokens, times, times, whole=False, digit=within(chars, DIGITS))
        part = self._sequence(inner, room, _Edges(last=times == 1))
        if not part.whole or times == 1:
            return replace(part, whole=False)
        least, width = part.least * times, part.width * times
        tokens = ((part.atom, times, times),)
        return _Part(tokens, least, width, whole=False, digit=part.digit)


def _edge(side: str, chars: Charset) -> str:
    """The beginning or end of the text, or a character of the set."""
    text = in_bytes(chars)
    return f"(?:{side}|{text})" if END_MARK in text else f"(?:{side}|{text}|{END_MARK})"


def _without_edge(part: _Part) -> _Part:
    """A gate that begins with a word needs no edge before it: words are what is found fastest."""
    first, second = (*(token[0] for token in part.tokens), "", "")[:2]
    if first.startswith("(?:^") and len(second) <= _ONE_LETTER:
        return replace(part, tokens=part.tokens[1:])
    return part


def _shortest(part: _Part) -> _Part:
    """A gate is found as soon as its shortest form is: what may follow need not be looked for."""
    tokens = list(part.tokens)
    while tokens and not tokens[-1][1]:
        tokens.pop()
    if tokens:
        atom, least, _ = tokens[-1]
        tokens[-1] = (atom, least, least)
    return replace(part, tokens=tuple(tokens))


def _kind(part: _Part) -> str:
    if re.search(part.text.encode("latin-1"), _ORDINARY):
        return COMMON
    first = next(atom for atom, _, _ in part.tokens if not atom.startswith("(?:^"))
    if part.digit and _beside_digits(part.text) <= NEAR_DIGITS:
        return "digits" if first == _DIGIT else "letters and digits"
    return "words" if len(first) <= _ONE_LETTER or first.startswith("(") else "letters"


def _beside_digits(expression: str) -> int:
    """How many bytes of an expression are no digits, at most."""
    rest = _DIGITS_REPEATED.sub("", expression)
    return min(int(parser.parse(rest).getwidth()[1]), ENDLESS)


def _extend(tokens: list[_Token], more: Sequence[_Token]) -> None:
    """Add tokens; one that repeats the last only adds to its count."""
    for atom, least, most in more:
        if tokens and tokens[-1][0] == atom:
            _, before, limit = tokens[-1]
            upper = None if most is None or limit is None else most + limit
            tokens[-1] = (atom, least + before, upper)
        else:
            tokens.append((atom, least, most))


def _times(least: int, most: int | None) -> str:
    if least == most:
        return "" if least == 1 else f"{{{least}}}"
    if least == 0 and most == 1:
        return "?"
    return f"{{{least},{'' if most is None else most}}}"
