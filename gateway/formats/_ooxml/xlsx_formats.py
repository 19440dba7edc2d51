"""Number formats: what a cell with a number shows.

A code has up to four sections (positive; negative; zero; text), each a row of placeholders,
literals and codes in brackets. Dates are numbers of days.

Source: ECMA-376-1 §18.8.30 (numFmt and the codes that go without one), §18.8.31 (numFmts, the
grammar), §18.17.4 (dates, the 1900 and 1904 systems, and the 29 February 1900 that never was).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from gateway.formats._ooxml.xlsx_dates import DATE_LETTERS, is_date, show_date
from gateway.formats._ooxml.xlsx_numbers import show_number

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)"
    r"|_(?P<pad>.)"
    r"|\*(?P<fill>.)"
    r"|\[(?P<bracket>[^\]]*)\]"
    r"|(?P<general>General|G/通用格式)"
    rf"|(?P<date>{DATE_LETTERS})"
    r"|(?P<exponent>E[-+])"
    r"|(?P<mark>[0#?.,%@/])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")
_COMPARISONS = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
    "=": lambda a, b: a == b,
}
_GENERAL = "General"
_CACHED = 4096


@dataclass(frozen=True, slots=True)
class Token:
    """One sign of a format code.

    Args:
        kind: "literal", "date", "elapsed", "exponent", "mark", "general", "condition",
            "language", ";", or "" for what shows nothing.
        text: what it shows, or the code itself.
        start: where it begins in the code.
        end: where it ends.
    """

    kind: str
    text: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a code, with its condition and language, if it names any."""

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    language: int = 0


class NumberFormat:
    """A format code, understood.

    Args:
        code: as it stands in a workbook.
    """

    def __init__(self, code: str) -> None:
        self.sections = tuple(_sections(code))
        first = self.sections[0].tokens
        plain = {token.kind for token in first} <= {"general", ""}
        self.is_general = len(self.sections) == 1 and (
            plain or first == (Token("mark", "@", 0, 1),)
        )
        self.is_date = any(is_date(section.tokens) for section in self.sections)

    def show(self, number: str, *, date1904: bool) -> str | None:
        """What a cell shows, or ``None`` where that is nothing but the number itself.

        Args:
            number: the value as it is stored.
            date1904: the workbook counts days from 1904.
        """
        try:
            value = Decimal(number)
        except InvalidOperation:
            return None
        if self.is_general or not value.is_finite() or value.adjusted() > 30:
            return None
        section, magnitude = self._chosen(value)
        if is_date(section.tokens):
            return show_date(section.tokens, section.language, value, date1904=date1904)
        return show_number(section.tokens, magnitude)

    def _chosen(self, value: Decimal) -> tuple[Section, Decimal]:
        """The section for a value, and the value that it shows (a sign may be implied)."""
        sections = self.sections[:3]
        if any(section.condition for section in sections):
            for section in sections:
                if section.condition is None:
                    return section, value
                sign, limit = section.condition
                if _COMPARISONS[sign](value, limit):
                    return section, value
            return sections[-1], value
        if value < 0 and len(sections) > 1:
            return sections[1], -value
        if value == 0 and len(sections) > 2:
            return sections[2], value
        return sections[0], value


@lru_cache(_CACHED)
def number_format(code: str) -> NumberFormat:
    """The format of a code."""
    return NumberFormat(code)


def tokens_of(code: str) -> Iterator[Token]:
    """The signs of a code, in order; a semicolon ends a section and has the kind ";"."""
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "", match.group()
        span = match.span()
        if kind in {"quoted", "escaped"}:
            yield Token("literal", match[kind], *span)
        elif kind == "pad":
            yield Token("literal", " ", *span)
        elif kind == "bracket":
            yield _bracket(match["bracket"], span)
        elif kind == "other":
            yield Token(";" if text == ";" else "literal", text, *span)
        else:
            yield Token("" if kind == "fill" else kind, text, *span)


def _bracket(inner: str, span: tuple[int, int]) -> Token:
    if re.fullmatch("h+|m+|s+", inner, re.IGNORECASE):
        return Token("elapsed", inner.lower(), *span)
    if inner.startswith("$-"):
        return Token("language", inner[2:], *span)
    if inner.startswith("$"):  # a currency, with or without a language
        return Token("literal", inner[1:].rpartition("-")[0] or inner[1:].rstrip("-"), *span)
    return Token("condition" if _CONDITION.fullmatch(inner) else "", inner, *span)


def _sections(code: str) -> Iterator[Section]:
    tokens: list[Token] = []
    for token in [*tokens_of(code or _GENERAL), Token(";", ";")]:
        if token.kind != ";":
            tokens.append(token)
            continue
        told = next((_CONDITION.fullmatch(t.text) for t in tokens if t.kind == "condition"), None)
        language = next((t.text for t in tokens if t.kind == "language"), "")
        number = int(language, 16) & 0xFFFF if re.fullmatch("[0-9A-Fa-f]{1,8}", language) else 0
        yield Section(tuple(tokens), (told[1], Decimal(told[2])) if told else None, number)
        tokens = []


_ZH_DATE, _ZH_MONTH, _ZH_DAY = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', 'm"月"d"日"'
_ZH_TIME, _ZH_SECONDS = 'h"时"mm"分"', 'h"时"mm"分"ss"秒"'

# Those that no workbook spells out. 14 to 22 follow the language of the system, here as in the
# United States; 27 to 36 and 50 to 58 are the Chinese ones.
BUILT_IN = {
    0: _GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);("$"#,##0.00)',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "m/d/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yyyy h:mm",
    27: _ZH_MONTH,
    28: _ZH_DAY,
    29: _ZH_DAY,
    30: "m-d-yy",
    31: _ZH_DATE,
    32: _ZH_TIME,
    33: _ZH_SECONDS,
    34: f"上午/下午{_ZH_TIME}",
    35: f"上午/下午{_ZH_SECONDS}",
    36: _ZH_MONTH,
    37: "#,##0_);(#,##0)",
    38: "#,##0_);(#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);(#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: _ZH_MONTH,
    51: _ZH_DAY,
    52: _ZH_MONTH,
    53: _ZH_DAY,
    54: _ZH_DAY,
    55: f"上午/下午{_ZH_TIME}",
    56: f"上午/下午{_ZH_SECONDS}",
    57: _ZH_MONTH,
    58: _ZH_DAY,
}
