"""Rows, cells and strings that stand as every writer puts them, taken in one step each.

A large sheet is a million tokens, nearly all of which spell the same few shapes. One expression
matches a whole cell; only what it does not match letter for letter (rich text, unknown
attributes, comments in between) is read token by token.

Source: ECMA-376-1 §18.3.1.4 (c), §18.3.1.73 (row), §18.4.8 (si).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

_ROW = (
    r"""<{p}row(?:\ (?:r="(?P<number>[0-9]{{0,7}})"|(?:spans|s|ht|hidden|collapsed|outlineLevel|ph|"""
    r"""[\w.]+:dyDescent|(?:custom|thick)(?:Height|Format|Top|Bot))="(?:[0-9]{{0,7}}"""
    r"""(?:\.[0-9]{{0,17}})?|true|false|[0-9]{{1,5}}:[0-9]{{1,5}})"))*+\s?(?P<closed>/)?>"""
)
_CELL = r"""<{p}c\ r="(?P<column>[A-Z]{{1,3}})(?P<line>[0-9]{{1,7}})"
(?:\ s="(?P<style>[0-9]{{1,6}})"|\ t="(?P<kind>s|n|b|e|str|inlineStr|d)"|\ (?:cm|vm|ph)="[0-9]{{1,6}}")*+\s?
(?:/>|(?P<inside>>)
(?:(?P<formula><{p}f(?:\ (?:t="(?P<group>normal|array|shared)"|si="(?P<index>[0-9]{{1,6}})"|
ref="[A-Z]{{1,3}}[0-9]{{1,7}}(?::[A-Z]{{1,3}}[0-9]{{1,7}})?"|(?:ca|aca|bx)="[01]"))*+\s?(?:/>|>(?P<calculation>[^<]*)</{p}f>)))?
(?:<{p}v(?:\ xml:space="preserve")?(?:\s?/>|>(?P<value>[^<]*)</{p}v>)|
<{p}is><{p}t(?P<kept>\ xml:space="preserve")?>(?P<text>[^<]*)</{p}t></{p}is>)?
</{p}c>)"""
_STRING = r"""<{p}si><{p}t(?P<kept>\ xml:space="preserve")?>(?P<text>[^<]*)</{p}t></{p}si>"""

_OUTER = re.compile(r"<(?P<prefix>(?:[\w.-]+:)?)(?P<local>sheetData|sst)(?:\s[^<>]*)?(?<!/)>")
_TAG = re.compile("<[^>]*>")

type Stretch = tuple[int, int, int, str]
"""Where it starts, how many elements and attributes it has, and its raw text."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What was taken whole.

    Args:
        items: rows (the group ``row`` matched), cells (``c``) and strings (``si``), in order.
        ranges: where they stand, neighbours and the white space between them in one.
    """

    items: list[re.Match[str]] = field(default_factory=list, repr=False)
    ranges: list[tuple[int, int]] = field(default_factory=list)

    def stretches(self, source: str) -> Iterator[Stretch]:
        """What a parser would count in each range; at the end one that starts nowhere."""
        for start, end in self.ranges:
            raw = source[start:end]
            text = _TAG.sub("", raw)
            elements = raw.count("<") - raw.count("</")
            yield start, elements, raw.count('="') - text.count('="'), text
        yield len(source) + 1, 0, 0, ""


@dataclass(frozen=True, slots=True)
class Found:
    """The inside of the element whose children have common shapes.

    Args:
        start: where it begins.
        end: where its end tag begins.
        shapes: what was taken whole.
        others: all other tokens with their positions and the text before them; an empty token
            stands for text before a shape.
    """

    start: int
    end: int
    shapes: Shapes
    others: list[tuple[str, int, str]] = field(repr=False)


@cache
def _pattern(prefix: str, local: str, token: re.Pattern[str]) -> re.Pattern[str]:
    """Shapes, or else any token, for one namespace prefix."""
    p = re.escape(prefix)
    if local == "sst":
        shapes = f"(?P<si>{_STRING.format(p=p)})"
    else:
        shapes = f"(?P<c>{_CELL.format(p=p)})|(?P<row>{_ROW.format(p=p)})|(?P<end></{p}row>)"
    return re.compile(f"{shapes}|(?P<token>(?-x:{token.pattern}))", re.VERBOSE | re.DOTALL)


def scan(source: str, token: re.Pattern[str]) -> Found | None:
    """The shapes of a sheet or of shared strings; ``None`` where they do not stand as they should.

    Args:
        source: a well-formed part.
        token: matches any token.
    """
    outer = _OUTER.search(source)
    if outer is None:
        return None
    scanning = _Scanning(source, outer)
    pattern = _pattern(outer["prefix"], outer["local"], token)
    for match in pattern.finditer(source, outer.end()):
        shape = match.lastgroup != "token"
        if not (scanning.takes(match) if shape else scanning.keeps(match)):
            return None
        if scanning.end >= 0:
            ranges = [found for found in scanning.ranges if found[0] < found[1]]
            shapes = Shapes(scanning.items, ranges)
            return Found(outer.end(), scanning.end, shapes, scanning.others)
    return None


class _Scanning:
    """Where a scan stands.

    Attributes:
        end: where the end tag of the outer element begins; -1 as long as it was not met.
    """

    def __init__(self, source: str, outer: re.Match[str]) -> None:
        self.items: list[re.Match[str]] = []
        self.others: list[tuple[str, int, str]] = []
        self.ranges: list[tuple[int, int]] = [(outer.end(), outer.end())]
        self.end = -1
        self._source = source
        self._close = f"</{outer['prefix']}{outer['local']}"
        self._row_tag = re.compile(rf"<{re.escape(outer['prefix'])}row[\s/>]")
        self._done = outer.end()
        self._depth = 0  # of other elements; rows do not count
        self._row = ""  # how the row that is open was met

    def takes(self, match: re.Match[str]) -> bool:
        """A shape; false if it stands where it does not belong."""
        kind = match.lastgroup
        if self._depth or (kind != "si" and (kind == "row") == bool(self._row)):
            return False
        if kind == "end":
            kept, self._row = self._row == "kept", ""
            if kept:
                self._other(match)
                return True
        else:
            self.items.append(match)
            if kind == "row" and not match["closed"]:
                self._row = "taken"
        at, end = match.span()
        start, last = self.ranges[-1]
        if at > self._done and not self._source[self._done : at].isspace():
            self.others.append(("", at, self._source[self._done : at]))
            self.ranges.append((at, end))
        elif last == self._done:
            self.ranges[-1] = (start, end)
        else:
            self.ranges.append((self._done, end))
        self._done = end
        return True

    def keeps(self, match: re.Match[str]) -> bool:
        """Any other token; false if shapes cannot be told from now on."""
        raw = match.group()
        if raw[1] == "/":
            if self._depth:
                self._depth -= 1
            else:
                self.end = match.start()
                if self._done < self.end:
                    self.others.append(("", self.end, self._source[self._done : self.end]))
                return not self._row and raw.startswith(self._close)
        elif raw[1] not in "!?":
            if "xmlns" in raw:
                return False
            if raw[-2] != "/":
                if not self._depth and not self._row and self._row_tag.match(raw):
                    self._row = "kept"
                else:
                    self._depth += 1
        self._other(match)
        return True

    def _other(self, match: re.Match[str]) -> None:
        at, end = match.span()
        self.others.append((match.group(), at, self._source[self._done : at]))
        self._done = end
