"""Single values in JSON text, replaced where they stand: everything else stays as it was written.

A text that is read and written anew loses what its reader leaves out: a name that stands twice,
digits of a long number. What was judged would then not be what leaves (RFC 8259 §4 and §6 leave
both to the reader).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()

type Way = Sequence[str | int | tuple[str, str]]
"""Names and numbers on the way to a value; a pair is the first item that says so of itself."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands.

    Args:
        start: of the value.
        end: behind it.
        first: of its name, or of the value itself in a list.
        name: of it in an object.
        value: what it says.
    """

    start: int
    end: int
    first: int
    name: str | None
    value: Any = field(repr=False, compare=False)


class JsonText:
    """JSON text whose values are looked up; what was passed on the way is not read twice.

    Args:
        text: JSON.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        start = _skip(text, 0)
        value, end = _DECODER.raw_decode(text, start)
        self._whole = Span(start, end, start, None, value)
        self._inner: dict[int, list[Span]] = {}

    def find(self, way: Way) -> Span:
        """Where a value stands.

        Raises:
            LookupError: nothing stands there.
        """
        found = self._whole
        for step in way:
            found = self._within(found, step)
        return found

    def count(self, way: Way) -> int:
        """How many items the list there has; none where there is no list."""
        try:
            found = self.find(way)
        except LookupError:
            return 0
        return len(found.value) if isinstance(found.value, list) else 0

    def replaced(self, values: Mapping[Span, str]) -> str:
        """The text with other values, which are JSON themselves, none of them within another."""
        text = self.text
        for span in sorted(values, key=lambda span: span.start, reverse=True):
            text = text[: span.start] + values[span] + text[span.end :]
        return text

    def removed(self, span: Span) -> str:
        """The text without a member of an object or item of a list, and without its comma."""
        end = _skip(self.text, span.end)
        if self.text[end] == ",":
            return self.text[: span.first] + self.text[_skip(self.text, end + 1) :]
        before = self.text[: span.first].rstrip(" \t\n\r")
        return before.removesuffix(",") + self.text[span.end :]

    def _within(self, span: Span, step: str | int | tuple[str, str]) -> Span:
        inner = self._members(span)
        match step:
            case int() if isinstance(span.value, list):
                return inner[step]
            case str():
                # Of a name that stands twice, readers take the last.
                return [one for one in inner if one.name == step][-1]
            case (key, wanted) if isinstance(span.value, list):
                fitting = [one for one in inner if _says(one.value, key, wanted)]
                return fitting[0]
        raise LookupError(step)

    def _members(self, span: Span) -> list[Span]:
        if not isinstance(span.value, dict | list):
            return []
        if span.start not in self._inner:
            self._inner[span.start] = list(_members(self.text, span.start))
        return self._inner[span.start]


def _says(value: Any, key: str, wanted: str) -> bool:
    return isinstance(value, dict) and str(value.get(key)) == wanted


def _members(text: str, at: int) -> Iterator[Span]:
    """What stands in the object or list that begins there."""
    closing = "}" if text[at] == "{" else "]"
    at = _skip(text, at + 1)
    while text[at] != closing:
        first, name = at, None
        if closing == "}":
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        value, end = _DECODER.raw_decode(text, at)
        yield Span(at, end, first, name, value)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found
    return found.end()
