"""Styles of a workbook: which number format a cell has, and the words in format codes.

A code such as ``"Emily Carter"0`` puts words before every number. They stand in quotes, behind
backslashes or in a currency's bracket, one character at a time if need be, so that they are
read joined, and what is new is put in quotes.

Source: ECMA-376-1 §18.8.30 (numFmt), §18.8.10 (cellXfs), §18.2.28 (date1904).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.formats._ooxml.package import Part
from gateway.formats._ooxml.part import PartReader, Verdicts
from gateway.formats._ooxml.text import Escape, Piece, Slot, decode
from gateway.formats._ooxml.xlsx_formats import (
    BUILT_IN,
    NumberFormat,
    number_format,
    tokens_of,
)
from gateway.formats._ooxml.xml import Attribute, Kind, Tag
from gateway.model import Role

_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Styles:
    """The number formats of cells, by style number, and where days are counted from."""

    formats: tuple[NumberFormat, ...]
    date1904: bool = False

    def format_of(self, style: str) -> NumberFormat:
        """The format of cells with this style; that of unformatted ones if there is none."""
        number = int(style) if style else 0
        return self.formats[number] if number < len(self.formats) else number_format("")


def styles_of(parts: Sequence[Part]) -> Styles:
    """What the parts of a workbook say of number formats and dates."""
    formats: tuple[NumberFormat, ...] = ()
    date1904 = False
    for part in parts:
        if part.root == "styleSheet":
            formats = _formats(part)
        elif part.root == "workbook":
            date1904 |= any(
                tag.get("date1904") in {"1", "true"}
                for tag, _, _ in part.source.tokens
                if tag and tag.local == "workbookPr"
            )
    return Styles(formats, date1904)


def _formats(part: Part) -> tuple[NumberFormat, ...]:
    codes = dict(BUILT_IN)
    numbers: list[int] = []
    inside = ""
    for tag, _, _ in part.source.tokens:
        if tag is None or tag.kind not in {Kind.START, Kind.EMPTY, Kind.END}:
            continue
        if tag.local in {"numFmts", "cellXfs"}:
            inside = tag.local if tag.kind is Kind.START else ""
        elif tag.kind is Kind.END:
            continue
        elif inside == "numFmts" and tag.local == "numFmt":
            codes[_number(tag.get("numFmtId"))] = tag.get("formatCode")
        elif inside == "cellXfs" and tag.local == "xf":
            numbers.append(_number(tag.get("numFmtId")))
    return tuple(number_format(codes.get(number, "")) for number in numbers)


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else -1


@dataclass(frozen=True, slots=True, eq=False)
class LiteralSlot(Slot):
    """Words in a format code; edited, they are put in quotes again."""


def quoted_literal(text: str) -> str:
    """Words as a format code must have them (a quote cannot stand in them)."""
    return '"' + text.replace('"', "'") + '"' if text else ""


class StylesReader(PartReader):
    """The part of styles, and any other with format codes."""

    def __init__(self, part: Part) -> None:
        super().__init__(part.name, part.address, part.role, part.source, xstrings=True)

    def on_open(self, tag: Tag, at: int) -> None:
        """The words of a format code."""
        super().on_open(tag, at)
        for attribute in tag.attributes:
            if attribute.local == "formatCode":
                self._code(attribute, at)

    def verdicts(self, tag: Tag) -> Verdicts:
        """Codes are read word by word."""
        return [entry for entry in super().verdicts(tag) if entry[0].local != "formatCode"]

    def _code(self, attribute: Attribute, at: int) -> None:
        start, end = at + attribute.start, at + attribute.end
        places = _places(self.source.text[start:end], self.attribute_escape.value)
        pieces: list[Piece] = []
        for token in tokens_of("".join(char for char, _ in places)):
            if token.kind != "literal":
                pieces.append((" ", ()))
                continue
            first, last = (start + _place(places, n, end - start) for n in (token.start, token.end))
            slot = LiteralSlot(self.name, first, last, token.text, self.attribute_escape)
            pieces.append((token.text, (slot,) if token.text else ()))
        text = "".join(text for text, _ in pieces)
        if len(_WORD.findall(text)) > 1:
            self.emit(tuple(pieces), Role.METADATA, place="number format")


def _places(raw: str, escapes: re.Pattern[str]) -> list[tuple[str, int]]:
    """Each character of an attribute's value with its place in the source."""
    places: list[tuple[str, int]] = []
    at = 0
    for match in escapes.finditer(raw):
        places += [(raw[i], i) for i in range(at, match.start())]
        character = decode(match.group(), Escape.XATTRIBUTE)
        places += [(char, match.start()) for char in character]
        at = match.end()
    return places + [(raw[i], i) for i in range(at, len(raw))]


def _place(places: Sequence[tuple[str, int]], index: int, end: int) -> int:
    return places[index][1] if index < len(places) else end
