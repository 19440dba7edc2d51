"""Days and times as cells show them.

Source: ECMA-376-1 §18.8.31 (date codes), §18.17.4.1 (date systems). In the 1900 system day 60 is
a 29 February that never was, so that days before it stand one later than a calendar says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Protocol

DATE_LETTERS = r"AM/PM|A/P|上午/下午|y+|m+|d+|h+|s+|a{3,4}|e+(?![-+])|g+|b+"
_MORNING = {"am/pm": ("AM", "PM"), "a/p": ("A", "P"), "上午/下午": ("上午", "下午")}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_ZH_NUMBERS = "一二三四五六七八九十"
_ZH_MONTHS = tuple(f"{n}月" for n in (*_ZH_NUMBERS, "十一", "十二"))
_ZH_DAYS = "一二三四五六日"
_CHINESE = 0x04  # primary language of LCIDs 0804, 0404, 0C04, 1004 ([MS-LCID] §2.2)
_LAST_DAY = 2_958_465  # 9999-12-31
_DAY_SECONDS = 86_400
_TIME_CODES = re.compile("[hs]", re.IGNORECASE)


class _Token(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def text(self) -> str: ...


def is_date(tokens: Sequence[_Token]) -> bool:
    """Whether a section shows a date or a time."""
    return any(token.kind in {"date", "elapsed"} for token in tokens)


def day_of(value: Decimal, *, date1904: bool) -> date | None:
    """The day that a number stands for, or ``None`` if it is out of the calendar."""
    if not 0 <= value < _LAST_DAY + 1:
        return None
    days = int(value)
    if date1904:
        start = date(1904, 1, 1)
    else:
        start = date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    try:
        return start + timedelta(days)
    except OverflowError:
        return None


def other_ways(day: date) -> tuple[str, ...]:
    """A day as people write it in English and Chinese, whatever its cell shows."""
    year, month, number = day.year, day.month, day.day
    return (
        f"{year}-{month:02}-{number:02}",
        f"{year}年{month}月{number}日",
        f"{month:02}/{number:02}/{year}",
        f"{number:02}/{month:02}/{year}",
        f"{year}/{month}/{number}",
    )


def show_date(
    tokens: Sequence[_Token], language: int, value: Decimal, *, date1904: bool
) -> str | None:
    """A number of days as a section for dates shows it; ``None`` if it cannot."""
    places = _second_places(tokens)
    step = Decimal(1).scaleb(-places)
    seconds = (value * _DAY_SECONDS).quantize(step, ROUND_HALF_UP)
    whole = seconds.to_integral_value(ROUND_FLOOR)
    day = day_of(Decimal(int(whole) // _DAY_SECONDS), date1904=date1904)
    if day is None:
        return None
    clock = _Clock(int(whole), seconds - whole, day, chinese=language & 0x3FF == _CHINESE)
    return clock.show(tokens)


def _second_places(tokens: Sequence[_Token]) -> int:
    """How many digits of a second are shown: the zeros after a point."""
    text = "".join(token.text for token in tokens if token.kind == "mark")
    found = re.search(r"\.(0{1,3})", text)
    return len(found[1]) if found else 0


class _Clock:
    """A moment, shown code by code."""

    def __init__(self, total: int, fraction: Decimal, day: date, *, chinese: bool) -> None:
        self.total, self.fraction, self.day, self.chinese = total, fraction, day, chinese
        self.hour, rest = divmod(total % _DAY_SECONDS, 3600)
        self.minute, self.second = divmod(rest, 60)
        self.halves: tuple[str, str] | None = None

    def show(self, tokens: Sequence[_Token]) -> str:
        codes = [i for i, token in enumerate(tokens) if token.kind in {"date", "elapsed"}]
        for token in tokens:
            self.halves = _MORNING.get(token.text.lower()) or self.halves
        shown: list[str] = []
        zeros = False
        for i, token in enumerate(tokens):
            if token.kind == "date":
                before = next((tokens[j].text for j in reversed(codes) if j < i), "")
                after = next((tokens[j].text for j in codes if j > i), "")
                near = before[:1].lower() == "h" or after[:1].lower() == "s"
                shown.append(self._code(token.text.lower(), minutes=near))
            elif token.kind == "elapsed":
                unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
                shown.append(f"{self.total // unit:0{len(token.text)}}")
            elif token.kind == "mark" and token.text == "0" and zeros:
                continue
            elif token.kind == "mark" and token.text == "." and self._zero_follows(tokens, i):
                shown.append(f"{self.fraction:f}"[1:])
                zeros = True
                continue
            elif token.kind in {"literal", "mark"}:
                shown.append(token.text)
            zeros = False
        return "".join(shown).strip()

    @staticmethod
    def _zero_follows(tokens: Sequence[_Token], i: int) -> bool:
        return i + 1 < len(tokens) and tokens[i + 1].text == "0"

    def _code(self, code: str, *, minutes: bool) -> str:
        length = len(code)
        if code in _MORNING and self.halves:
            return self.halves[self.hour >= 12]
        if code[0] == "m" and minutes and length <= 2:
            return f"{self.minute:0{length}}"
        if code[0] == "h":
            hour = (self.hour % 12 or 12) if self.halves else self.hour
            return f"{hour:0{min(length, 2)}}"
        if code[0] == "s":
            return f"{self.second:0{min(length, 2)}}"
        return self._of_day(code, length)

    def _of_day(self, code: str, length: int) -> str:
        day = self.day
        weekday = ("星期" if length == 4 else "周") + _ZH_DAYS[day.weekday()]
        if code[0] == "a":
            return weekday
        if code[0] == "y":
            return f"{day.year % 100:02}" if length <= 2 else f"{day.year:04}"
        if code[0] == "e":
            return str(day.year)
        if code[0] == "b":
            return str(day.year + 543)
        if code[0] == "m":
            name = _ZH_MONTHS[day.month - 1] if self.chinese else _MONTHS[day.month - 1]
            short = name if self.chinese else name[:3]
            return {1: str(day.month), 2: f"{day.month:02}", 3: short, 5: name[:1]}.get(
                length, name
            )
        if code[0] == "d":
            name = weekday if self.chinese else _DAYS[day.weekday()]
            short = name if self.chinese else name[:3]
            return {1: str(day.day), 2: f"{day.day:02}", 3: short}.get(length, name)
        return ""
