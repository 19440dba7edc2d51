"""Rows, cells and strings that stand as every writer puts them, taken in one step each.

A large sheet is a million tokens, nearly all of which spell the same few shapes. One expression
matches a whole cell; only what it does not match letter for letter (rich text, unknown
attributes, comments in between) is read token by token.

Source: ECMA-376-1 §18.3.1.4 (c), §18.3.1.73 (row), §18.4.8 (si).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from gateway.formats._ooxml.attributes import is_office
from gateway.formats._ooxml.package import Part
from gateway.formats._ooxml.part import PartReader
from gateway.formats._ooxml.text import Passage
from gateway.formats._ooxml.xml import Kind, Source, Tag

type Token = tuple[Tag | None, int, str]

_ROW = r"""<{p}row(?P<row>(?: (?:r|spans|s|ht|hidden|collapsed|outlineLevel|ph|[\w.]+:dyDescent|
(?:custom|thick)(?:Height|Format|Top|Bot))="(?:[0-9]{{0,7}}(?:\.[0-9]{{0,17}})?|true|false|[0-9]{{1,5}}:[0-9]{{1,5}})")*+)\s?/?>"""
_CELL = r"""<{p}c\ r="(?P<column>[A-Z]{{1,3}})(?P<line>[0-9]{{1,7}})"
(?:\ s="(?P<style>[0-9]{{1,6}})"|\ t="(?P<kind>s|n|b|e|str|inlineStr|d)"|\ (?:cm|vm|ph)="[0-9]{{1,6}}")*+\s?
(?:/>|(?P<inside>>)
(?:(?P<formula><{p}f(?:\ (?:t="(?P<group>normal|array|shared)"|si="(?P<number>[0-9]{{1,6}})"|
ref="[A-Z]{{1,3}}[0-9]{{1,7}}(?::[A-Z]{{1,3}}[0-9]{{1,7}})?"|(?:ca|aca|bx)="[01]"))*+\s?(?:/>|>(?P<calculation>[^<]*)</{p}f>)))?
(?:<{p}v(?:\ xml:space="preserve")?(?:\s?/>|>(?P<value>[^<]*)</{p}v>)|
<{p}is><{p}t(?P<kept>\ xml:space="preserve")?>(?P<text>[^<]*)</{p}t></{p}is>)?
</{p}c>)"""
_STRING = r"""<{p}si><{p}t(?P<kept>\ xml:space="preserve")?>(?P<text>[^<]*)</{p}t></{p}si>"""


@cache
def _shapes(prefix: str) -> dict[str, re.Pattern[str]]:
    """The shapes of elements, by their local names, for one namespace prefix."""
    p = re.escape(prefix)
    shapes = {"c": _CELL, "si": _STRING}
    found = {name: re.compile(shape.format(p=p), re.VERBOSE) for name, shape in shapes.items()}
    row = _ROW.replace("\n", "").format(p=p)
    return {"row": re.compile(row), **found}


class LeanReader(PartReader):
    """A part reader that takes common shapes in one step.

    Args:
        part: the part.
        outer: the element whose children are looked at.
    """

    def __init__(self, part: Part, outer: str) -> None:
        thinning = _Thinning(part.source, outer)
        source = replace(part.source, tokens=list(thinning.tokens()))
        self._items = thinning.items
        super().__init__(part.name, part.address, part.role, source, xstrings=True)
        self._next = 0
        self._next_at = self._items[0].start() if self._items else len(source.text)

    def read(self) -> list[Passage]:
        """All passages of the part."""
        super().read()
        self.advance(len(self.source.text))
        self.finish()
        return self.passages

    def finish(self) -> None:
        """Everything has been handed out."""

    def on_item(self, match: re.Match[str]) -> None:
        """A row, cell or string of a common shape."""

    def advance(self, at: int) -> None:
        """Hand out the shapes that stand before a place."""
        while self._next_at < at:
            self.on_item(self._items[self._next])
            self._next += 1
            more = self._next < len(self._items)
            self._next_at = self._items[self._next].start() if more else len(self.source.text)

    def on_open(self, tag: Tag, at: int) -> None:
        """Shapes come before what stands after them."""
        del tag
        self.advance(at)

    def on_close(self, tag: Tag, at: int) -> None:
        """Shapes come before what stands after them."""
        del tag
        self.advance(at)


class _Thinning:
    """Takes common shapes out of the tokens of a part.

    Attributes:
        items: what was taken out, in order.
    """

    def __init__(self, source: Source, outer: str) -> None:
        self.items: list[re.Match[str]] = []
        self._source = source
        self._outer = outer
        self._shapes: dict[str, re.Pattern[str]] = {}
        self._depth = -1  # of kept elements below the outer one; rows do not count
        self._rows: list[bool] = []  # the open row, and whether its tags were taken
        self._skip = 0

    def tokens(self) -> Iterator[Token]:
        """The tokens that are left."""
        for token in self._source.tokens:
            tag, at, before = token
            if at < self._skip:
                continue
            if tag is None or tag.kind > Kind.END or self._stays(tag, at):
                yield token
            elif before and not before.isspace():
                yield None, at, before

    def _stays(self, tag: Tag, at: int) -> bool:
        if self._depth < 0:
            if tag.local == self._outer and tag.kind is Kind.START and is_office(tag.namespace):
                self._depth, self._rows = 0, []
                self._shapes = _shapes(tag.raw[1:].partition(self._outer)[0])
            return True
        if tag.kind is Kind.END:
            return self._ends(tag)
        match = self._match(tag, at)
        if match:
            self.items.append(match)
            self._skip = match.end()
        if tag.local == "row" and self._depth == 0 and not self._rows and tag.kind is Kind.START:
            self._rows.append(match is not None)
        elif match is None and tag.kind is Kind.START:
            self._depth += 1
        return match is None

    def _ends(self, tag: Tag) -> bool:
        if tag.local == "row" and self._rows and self._depth == 0:
            return not self._rows.pop()
        self._depth -= 1
        return True

    def _match(self, tag: Tag, at: int) -> re.Match[str] | None:
        """The shape that begins here, if it is one and stands where it belongs."""
        shape = self._shapes.get(tag.local)
        in_place = self._depth == 0 and bool(self._rows) == (tag.local == "c")
        if shape is None or not in_place or tag.declared or not is_office(tag.namespace):
            return None
        return shape.match(self._source.text, at)
