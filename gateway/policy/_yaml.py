"""YAML as plain values, with the line on which each of them stands.

Reads the part of YAML 1.2 that a policy needs: mappings with text keys, lists, text, numbers,
true/false. Refuses anchors and aliases (they can blow up a small file), tags, duplicate keys, keys
without a value, several documents, and anything too large or too deep.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import PolicyError

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 16

type Location = tuple[str | int, ...]
"""The way from the top of a file to a value: keys and list positions."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,15})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_NOTHING = frozenset({"", "~", "null"})
_CONSTANTS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Tree:
    """The values of a file, and the line (from 1) of each value by its location."""

    value: object = field(repr=False)
    lines: Mapping[Location, int] = field(repr=False)

    def line(self, location: Location) -> int:
        """The line of a value; of the nearest one around it if the file does not hold it."""
        return nearest_line(self.lines, location)


def nearest_line(lines: Mapping[Location, int], location: Location) -> int:
    """The line of ``location``, or of the nearest enclosing value that has one."""
    while location and location not in lines:
        location = location[:-1]
    return lines.get(location, 1)


def read_yaml(text: str, source: str) -> Tree:
    """Read one YAML document.

    Args:
        text: the file's text.
        source: what to call the file in messages.

    Raises:
        PolicyError: it is not YAML, or uses a part of YAML that is refused; names the line.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(text) > MAX_CHARACTERS:
        raise PolicyError(f"{source}: longer than {MAX_CHARACTERS} characters", "shorten it")
    reader = _Reader(source)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reader.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise PolicyError(
            f"{source}:{line}: not valid YAML: {error.problem or 'cannot be read'}",
            "check indentation, brackets and quotes on that line and the one above",
        ) from None
    except YAMLError:
        raise PolicyError(
            f"{source}: holds a character that YAML does not allow", "save it as UTF-8 text"
        ) from None
    return Tree(reader.value, reader.lines)


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read."""

    value: dict[str, object] | list[object]
    location: Location
    key: str | None = None


class _Reader:
    """Builds values from the parser's events, without recursion."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.value: object = None
        self.lines: dict[Location, int] = {}
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take the next event of the parser."""
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise self._error(line, "a second document begins here", "remove the '---' line")
        elif kind == "AliasEvent" or getattr(event, "anchor", None):
            raise self._error(
                line, "anchors (&) and aliases (*) are not supported", "write the value out"
            )
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._open.pop()
        elif kind in {"ScalarEvent", "MappingStartEvent", "SequenceStartEvent"}:
            if event.tag is not None:
                raise self._error(line, "tags (!) are not supported", "remove the tag")
            self._value(kind, event, line)

    def _value(self, kind: str, event: Any, line: int) -> None:
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.value, dict) and inside.key is None:
            self._key(inside, kind, event, line)
            return
        value: object
        if kind == "ScalarEvent":
            plain = bool(event.implicit[0])
            if plain and event.value.lower() in _NOTHING:
                self._empty(inside, line)
            value = _scalar(event.value, plain=plain)
        else:
            value = {} if kind == "MappingStartEvent" else []
        location = self._put(inside, value)
        self.lines.setdefault(location, line)
        if isinstance(value, dict | list):
            if len(self._open) == MAX_DEPTH:
                raise self._error(line, f"nested more than {MAX_DEPTH} deep", "write it flatter")
            self._open.append(_Open(value, location))

    def _key(self, inside: _Open, kind: str, event: Any, line: int) -> None:
        if kind != "ScalarEvent":
            raise self._error(line, "a key must be plain text", "write 'key: value'")
        assert isinstance(inside.value, dict)
        if event.value in inside.value:
            raise self._error(
                line, f"the key '{_shown(event.value)}' occurs twice", "keep one of them"
            )
        inside.key = event.value
        self.lines[*inside.location, event.value] = line

    def _put(self, inside: _Open | None, value: object) -> Location:
        if inside is None:
            self.value = value
            return ()
        if isinstance(inside.value, list):
            inside.value.append(value)
            return (*inside.location, len(inside.value) - 1)
        assert inside.key is not None
        inside.value[inside.key] = value
        location = (*inside.location, inside.key)
        inside.key = None
        return location

    def _empty(self, inside: _Open | None, line: int) -> None:
        what = "an entry"
        if inside is not None and inside.key is not None:
            # The parser notices on the next line that nothing follows the key.
            line = self.lines[*inside.location, inside.key]
            what = f"'{_shown(inside.key)}'"
        raise self._error(line, f"{what} has no value", "give it one, or remove it")

    def _error(self, line: int, what: str, remedy: str) -> PolicyError:
        return PolicyError(f"{self.source}:{line}: {what}", remedy)


def _scalar(text: str, *, plain: bool) -> object:
    """A value by YAML 1.2's core schema, less its odd number forms (``010`` stays text)."""
    if not plain:
        return text
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _shown(key: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in key[:40])
