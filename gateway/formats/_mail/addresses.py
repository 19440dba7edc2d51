"""Edits of fields that hold addresses, written so that the field still follows the grammar.

A replacement such as ``[NAME]`` is no word of the grammar: brackets may stand in quotes only. What
replaces an address must be an address.

Source: RFC 5322 §3.2.4 (quoted strings), §3.2.5 (phrases), §3.4 (addresses); RFC 2606 §2
(``.invalid``, a domain that nobody can ever have).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

_NOWHERE = "redacted.invalid"
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = rf"{_ATEXT}(?:\.{_ATEXT})*"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_DOMAIN = re.compile(rf"{_DOT_ATOM}|\[[!-Z^-~]*\]")
_ADDRESS = re.compile(rf"(?:{_DOT_ATOM}|{_QUOTED})@(?:{_DOMAIN.pattern})")
_PHRASE = re.compile(rf"(?:{_ATEXT}|[ .])*")
_UNIT = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"|\((?P<comment>(?:[^()\\]|\\.)*)\)|<(?P<angle>[^<>]*)>'
    r'|(?P<plain>(?:[^"(<,;:]|:(?=[^\s"(<,;:]*@))+)|.',
    re.DOTALL,
)


class Place(Enum):
    """Where in an address field a character stands."""

    NAME = auto()
    QUOTED = auto()
    COMMENT = auto()
    ADDRESS = auto()


class Stretch(NamedTuple):
    """A stretch of a field; quotes, parentheses and angle brackets stand outside of it."""

    place: Place
    start: int
    end: int


def stretches(text: str) -> Iterator[Stretch]:
    """What the field's text consists of, separators left out.

    Args:
        text: the field, unfolded, with encoded words decoded.
    """
    for unit in _UNIT.finditer(text):
        if unit["quoted"] is not None and text[unit.end() : unit.end() + 1] == "@":
            yield Stretch(Place.ADDRESS, unit.start(), _address_end(text, unit.end()))
        elif unit["quoted"] is not None:
            yield Stretch(Place.QUOTED, *unit.span("quoted"))
        elif unit["comment"] is not None:
            yield Stretch(Place.COMMENT, *unit.span("comment"))
        elif unit["angle"] is not None:
            yield Stretch(Place.ADDRESS, *unit.span("angle"))
        elif plain := (unit["plain"] or "").strip():
            start = unit.start() + unit["plain"].index(plain)
            end = start + len(plain)
            is_bare = "@" in plain and text[unit.end() : unit.end() + 1] != "<"
            if is_bare and not (plain.startswith("@") and text[start - 1 : start] == '"'):
                yield Stretch(Place.ADDRESS, start, end)
            elif not is_bare:
                yield Stretch(Place.NAME, start, end)


def fitted(
    text: str, ranges: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str, Place]]:
    """Edits of a field's text as edits that keep the grammar: of addresses as a whole.

    Args:
        text: the field.
        ranges: start, end and new text; in order, not overlapping.

    Yields:
        start, end, the new text and where it stands; in order.
    """
    rest = list(ranges)
    for stretch in stretches(text):
        inside = [r for r in rest if r[0] < stretch.end and stretch.start < r[1]]
        if not inside:
            continue
        yield from ((*r, Place.NAME) for r in rest if r[1] <= stretch.start)
        rest = [r for r in rest if r[0] >= stretch.end]
        if inside[-1][1] > stretch.end:  # goes on in the next stretch, which only loses text
            rest.insert(0, (stretch.end, inside[-1][1], ""))
        clipped = [(max(s, stretch.start), min(e, stretch.end), new) for s, e, new in inside]
        if stretch.place is Place.ADDRESS:
            new = _edited(text[stretch.start : stretch.end], clipped, stretch.start)
            yield stretch.start, stretch.end, address(new), Place.ADDRESS
        else:
            yield from ((*r, stretch.place) for r in clipped)
    yield from ((*r, Place.NAME) for r in rest)


def address(text: str) -> str:
    """The text itself if it is an address, else one that nobody has and that quotes it."""
    if _ADDRESS.fullmatch(text) or not text:
        return text
    local, _, domain = text.rpartition("@")
    if not (local and _DOMAIN.fullmatch(domain)):
        local, domain = text, _NOWHERE
    if not local.isascii() or not local.isprintable():
        return f"redacted@{_NOWHERE}"
    local = local.removeprefix('"').removesuffix('"')
    return f"{_quoted(local)}@{domain}"


def worded(text: str, place: Place) -> str:
    """Text of ASCII for a place that is no address, as the grammar has it there."""
    if place is Place.NAME:
        return text if _PHRASE.fullmatch(text) else _quoted(text)
    if place is Place.QUOTED:
        return _escaped(text, '"')
    return _escaped(text, "()") if place is Place.COMMENT else text


def _address_end(text: str, at: int) -> int:
    end = re.compile(r"[\s,;<>(]|\Z").search(text, at)
    assert end is not None  # the end of the text, if nothing else
    return end.start()


def _edited(text: str, ranges: Sequence[tuple[int, int, str]], first: int) -> str:
    for start, end, new in reversed(ranges):
        text = text[: start - first] + new + text[end - first :]
    return text


def _quoted(text: str) -> str:
    return f'"{_escaped(text, chr(34))}"'


def _escaped(text: str, special: str) -> str:
    return re.sub(rf"[\\{re.escape(special)}]", lambda match: f"\\{match[0]}", text)
