"""Where strings stand in the records that workbooks have, and which of them may be changed.

A record that is not listed is searched for anything that looks like a string; what is found
there can be seen but not changed.

Source: [MS-XLSB] §2.4, one section for each record.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from gateway.errors import Unreadable
from gateway.formats._xlsb.records import (
    Record,
    Text,
    any_wide,
    constants,
    read_wide,
    skip_formula,
)
from gateway.model import Role

ROW, RK, ERROR, BOOL, REAL, STRING, SHARED = 0, 2, 3, 4, 5, 6, 7
FORMULA_STRING, FORMULA_NUMBER, FORMULA_BOOL, FORMULA_ERROR = 8, 9, 10, 11
SHARED_ITEM, NAME, FORMAT, XF, RICH_CELL = 19, 39, 44, 47, 62
BOOK_PROPERTIES, SHEET, BEGIN_XFS, END_XFS = 153, 156, 617, 618
COMMENT_AUTHOR, COMMENT, ABSOLUTE_PATH = 632, 637, 2071
HEADERS = 479

CELL_HEAD = 8
"""Column, style and flags of a cell (§2.5.9)."""

RICH = {SHARED_ITEM: 0, RICH_CELL: CELL_HEAD, COMMENT: 0}
"""Records with rich strings, and where those begin."""

PLAIN_CELLS = {
    FORMULA_STRING: STRING,
    FORMULA_NUMBER: REAL,
    FORMULA_BOOL: BOOL,
    FORMULA_ERROR: ERROR,
}
"""What a cell with a formula is without it."""

# Bytes before the strings, and how many strings follow one another.
_ROWS = {
    STRING: (CELL_HEAD, 1),
    24: (0, 1),  # item of a pivot cache
    43: (21, 1),  # font
    FORMAT: (2, 1),
    48: (8, 1),  # style
    147: (19, 1),  # code name of a sheet
    BOOK_PROPERTIES: (8, 1),  # code name of the workbook
    SHEET: (8, 2),  # relationship, name
    168: (0, 1),  # value of a filter
    HEADERS: (2, 6),
    494: (16, 4),  # link: relationship, place, tip, what it shows
    COMMENT_AUTHOR: (0, 1),
    ABSOLUTE_PATH: (0, 1),
}
# Relationship ids lead nowhere else when changed.
_RELATIONS = {(SHEET, 0), (494, 0)}
# Strings among fields of fixed sizes: validation, table, column of a table, filter.
_LOOSE = frozenset({64, 174, 343, 347})
# Records of numbers alone, by their sizes.
_SIZES = {RK: 12, ERROR: 9, BOOL: 9, REAL: 16, SHARED: 12, 1: 8, 45: 68, 46: 51, XF: 16, 60: 18}
_ROLES = {
    NAME: Role.METADATA,
    43: Role.METADATA,
    48: Role.METADATA,
    FORMAT: Role.METADATA,
    147: Role.METADATA,
    BOOK_PROPERTIES: Role.METADATA,
    COMMENT: Role.COMMENT,
    COMMENT_AUTHOR: Role.TRACE,
    ABSOLUTE_PATH: Role.TRACE,
}


class Way(Enum):
    """How a string is changed."""

    STRING = "in its place"
    RICH = "in its place, and its runs become one"
    CELL = "the record becomes that of a string cell"
    CONSTANT = "the formula goes"
    FIXED = "not at all"


@dataclass(frozen=True, slots=True)
class Found:
    """A string of a record, and how it is changed."""

    text: Text
    way: Way
    role: Role = Role.BODY


def found_in(record: Record) -> Iterator[Found]:
    """The strings of a record; numbers are left to the reader of cells.

    Raises:
        Unreadable: the record is not what its type says.
    """
    kind, body = record.kind, record.body
    if kind in _ROWS:
        yield from _row(kind, body)
    elif kind in RICH:
        yield from _rich(body, RICH[kind], _ROLES.get(kind, Role.BODY))
    elif kind in PLAIN_CELLS:
        yield from _formula_cell(kind, body)
    elif kind == NAME:
        yield from _name(body)
    elif kind in _LOOSE:
        yield from (Found(text, Way.STRING, Role.HIDDEN) for text in any_wide(body))
    elif len(body) != _SIZES.get(kind):
        yield from _unknown(body, 0)


def _row(kind: int, body: bytes) -> Iterator[Found]:
    """Strings that follow one another behind fields of a fixed size."""
    at, count = _ROWS[kind]
    for number in range(count):
        text = read_wide(body, at)
        at = text.end if text else at + 4
        if text and text.text and (kind, number) not in _RELATIONS:
            yield Found(text, Way.STRING, _ROLES.get(kind, Role.BODY))
    yield from _unknown(body, at)


def _formula_cell(kind: int, body: bytes) -> Iterator[Found]:
    """The value of a cell, if it is a string, and the constants of its formula."""
    at = CELL_HEAD + (8 if kind == FORMULA_NUMBER else 1)
    if kind == FORMULA_STRING:
        text = read_wide(body, CELL_HEAD)
        if text is None:
            raise Unreadable("binary workbook: a cell has no value")
        yield Found(text, Way.CELL)
        at = text.end
    yield from _formula(body, at)


def _rich(body: bytes, at: int, role: Role) -> Iterator[Found]:
    text = read_wide(body, at + 1)
    if text is None:
        raise Unreadable("binary workbook: a string is missing")
    yield Found(text, Way.RICH, role)
    end = text.end
    if body[at] & 1:
        (runs,) = struct.unpack_from("<I", body, end) if end + 4 <= len(body) else (0,)
        end += 4 + 4 * runs
    if body[at] & 2:
        phonetic = read_wide(body, end)
        if phonetic and phonetic.text:
            yield Found(phonetic, Way.RICH, Role.HIDDEN)


def _formula(body: bytes, at: int) -> Iterator[Found]:
    """Constants of a cell's formula, which stands behind two bytes of flags."""
    for text in constants(body, at + 2, len(body)):
        yield Found(text, Way.CONSTANT, Role.HIDDEN)


def _name(body: bytes) -> Iterator[Found]:
    """A defined name: the name, its formula, its comment and texts of old macros."""
    name = read_wide(body, 9)
    if name is None:
        raise Unreadable("binary workbook: a name is missing")
    yield Found(name, Way.STRING, Role.METADATA)
    end = skip_formula(body, name.end)
    for text in constants(body, name.end, end):
        yield Found(text, Way.FIXED, Role.HIDDEN)
    while end + 4 <= len(body):
        remark = read_wide(body, end)
        if remark and remark.text:
            yield Found(remark, Way.STRING, Role.METADATA)
        end = remark.end if remark else end + 4


def _unknown(body: bytes, at: int) -> Iterator[Found]:
    for text in any_wide(body, at):
        if len(text.text) > 1:
            yield Found(text, Way.FIXED, Role.HIDDEN)
    for text in constants(body, at, len(body)):
        if len(text.text) > 2:
            yield Found(text, Way.FIXED, Role.HIDDEN)
