"""A JSON tokenizer that keeps every position (RFC 8259), so that edits can be spliced in.

:func:`scan` lists the places of a text where a value or a key stands, without recursion and
without turning digits into numbers: ``json.loads`` fails on deep nesting and on integers of 5000
digits, and tells no positions. Beyond the RFC it takes raw control characters inside strings and
``NaN``/``Infinity`` literals, which many writers emit; anything else that is not JSON is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

from gateway.errors import LimitExceeded, Unreadable

MAX_DEPTH = 500
"""Deeper nesting is refused; real documents stay below 50."""

_LONGEST_PATH = 200
_LONGEST_CONTEXT = 100

_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
      "([^"\\]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\]*+)*+)"(?:[ \t\n\r]*+(:))?
    | (-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?(?![0-9A-Za-z_.+-]))
    | ((?:true|false|null|NaN|-?Infinity)(?![0-9A-Za-z_]))
    | ([{\[])
    | ([}\]])
    | (,)
    | \Z
    | (.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))"
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_MUST_ESCAPE = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')
_ASCII_ESCAPE = re.compile(r'["\\\x00-\x1f]|[^\x00-\x7f]')
_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]{1,3}))?")


class Malformed(Unreadable):
    """The text is not JSON."""


class Kind(Enum):
    """What stands at a place."""

    KEY = 1
    STRING = 2
    NUMBER = 3


class Tag(IntEnum):
    """What a key says about its siblings."""

    NONE = 0
    LABEL = 1
    VALUE = 2
    FILENAME = 3
    MEDIA_TYPE = 4
    TYPE = 5


_TAGS = {
    Tag.LABEL: "name key field fieldname label title question header column columnname property"
    " displayname 名称 字段 字段名 标题 列名 题目",
    Tag.VALUE: "value values val text data answer answers stringvalue textvalue content 值 内容 答案 数据",
    Tag.FILENAME: "filename",
    Tag.MEDIA_TYPE: "mimetype mediatype contenttype",
    Tag.TYPE: "type",
}
_TAG_OF = {name: tag for tag, names in _TAGS.items() for name in names.split()}


def simple_name(key: str) -> str:
    """A key without case, hyphens and underscores: ``file_data``, ``fileData`` → ``filedata``."""
    return key.replace("_", "").replace("-", "").lower()


def tag_of(key: str) -> Tag:
    """What a key says about its siblings."""
    return _TAG_OF.get(simple_name(key), Tag.NONE)


def is_plain_name(key: str) -> bool:
    """Whether a key is a schema word, fit to stand in an address that is logged.

    A plain identifier of at most 40 characters; more than four digits make it somebody's number
    or key.
    """
    return bool(_PLAIN.fullmatch(key)) and sum(c.isdigit() for c in key) <= 4


@dataclass(slots=True)
class Frame:
    """An object or array that is being, or was, read.

    ``keys`` are the nearest keys that lead to it, nearest first; ``told`` holds what its members
    say about their siblings ({"name": "phone", "value": …}).
    """

    is_object: bool
    path: str
    keys: tuple[str, ...] = field(repr=False)
    parent: Frame | None = field(repr=False)
    count: int = 0
    key: str = field(default="", repr=False)
    tag: Tag = Tag.NONE
    step: str = ""
    told: dict[Tag, str] = field(default_factory=dict, repr=False)


class Place(NamedTuple):
    """Where a key, string or number stands: ``text[start:end]``, quotes included.

    ``key`` is the key of the value, or of its array, and ``tag`` what it says; for a key, the key
    itself.
    """

    kind: Kind
    start: int
    end: int
    part: str
    frame: Frame | None
    key: str
    tag: Tag

    def context(self) -> tuple[str, ...]:
        """Words near the value: the sibling that names it, its key, the key above."""
        frame = self.frame
        if frame is None:
            return ()
        if self.kind is Kind.KEY:
            return frame.keys
        near = (self.key[:_LONGEST_CONTEXT], *frame.keys[:1]) if frame.is_object else frame.keys
        if self.tag is Tag.VALUE:
            owner = frame if frame.is_object else frame.parent
            if owner and Tag.LABEL in owner.told:
                return (owner.told[Tag.LABEL], *near)
        return near


def scan(text: str, start: int = 0, end: int | None = None, root: str = "$") -> list[Place]:
    """All keys, strings and numbers of one JSON value, in order.

    Args:
        text: the text that holds it.
        start: where the value begins (white space may stand before it).
        end: where it ends (white space may stand after it); the end of the text by default.
        root: what addresses begin with.

    Raises:
        Malformed: not exactly one JSON value.
        LimitExceeded: nested more than ``MAX_DEPTH`` deep.
    """
    return _Scanner(text, root).run(start, len(text) if end is None else end)


class _Scanner:
    """Reads tokens one after another; ``_value_may`` and ``_key_may`` are the grammar's state."""

    __slots__ = ("_depth", "_end_may", "_frame", "_frames", "_key_may", "_root", "_steps", "_text",
                 "_value_may", "places")  # fmt: skip

    def __init__(self, text: str, root: str) -> None:
        self.places: list[Place] = []
        self._text = text
        self._root = root
        self._frame: Frame | None = None
        self._frames = 0
        self._depth = 0
        self._value_may = True
        self._key_may = False
        self._end_may = False  # after a value, or in an empty container
        self._steps: dict[str, tuple[str, Tag]] = {}

    def run(self, start: int, end: int) -> list[Place]:
        handlers: tuple[Callable[[re.Match[str]], None], ...] = (
            self._end, self._string, self._key, self._number, self._literal, self._open,
            self._close, self._comma, self._error,
        )  # fmt: skip
        for match in _TOKEN.finditer(self._text, start, end):
            handlers[match.lastindex or 0](match)
        return self.places

    def _end(self, _match: re.Match[str]) -> None:
        if self._depth or self._value_may:
            raise Malformed("malformed JSON: ends too early")

    def _error(self, _match: re.Match[str]) -> None:
        raise Malformed("malformed JSON")

    def _key(self, match: re.Match[str]) -> None:
        frame = self._frame
        if not self._key_may or frame is None:
            raise Malformed("malformed JSON")
        raw = match[1]
        key = unescape(raw) if "\\" in raw else raw
        known = self._steps.get(key)
        if known is None:
            step = "." + key if is_plain_name(key) else ""
            known = self._steps[key] = (step, tag_of(key))
        frame.key, frame.tag = key, known[1]
        frame.step = known[0] or f".{{{frame.count}}}"
        frame.count += 1
        first, last = match.span(1)
        part = frame.path + frame.step
        self.places.append(Place(Kind.KEY, first - 1, last + 1, part, frame, key, known[1]))
        self._key_may, self._end_may, self._value_may = False, False, True

    def _part(self) -> tuple[str, str, Tag]:
        """The address of the value that begins here, its key, and what that says."""
        frame = self._frame
        if not self._value_may:
            raise Malformed("malformed JSON")
        self._value_may, self._end_may = False, True
        if frame is None:
            return self._root, "", Tag.NONE
        if frame.is_object:
            return frame.path + frame.step, frame.key, frame.tag
        frame.count += 1
        return f"{frame.path}[{frame.count - 1}]", frame.key, frame.tag

    def _string(self, match: re.Match[str]) -> None:
        part, key, tag = self._part()
        first, last = match.span(1)
        frame = self._frame
        self.places.append(Place(Kind.STRING, first - 1, last + 1, part, frame, key, tag))
        if tag and frame is not None and frame.is_object and last - first <= _LONGEST_CONTEXT:
            frame.told.setdefault(tag, unescape(match[1]))

    def _number(self, match: re.Match[str]) -> None:
        part, key, tag = self._part()
        self.places.append(Place(Kind.NUMBER, *match.span(3), part, self._frame, key, tag))

    def _literal(self, _match: re.Match[str]) -> None:
        self._part()

    def _open(self, match: re.Match[str]) -> None:
        path, key, tag = self._part()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise LimitExceeded(f"JSON nested more than {MAX_DEPTH} deep")
        self._frames += 1
        if len(path) > _LONGEST_PATH:
            path = f"{self._root}…#{self._frames}"
        parent = self._frame
        keys: tuple[str, ...] = parent.keys if parent else ()
        if parent and parent.is_object:
            keys = (key[:_LONGEST_CONTEXT], *keys[:1])
        is_object = match[5] == "{"
        self._frame = Frame(is_object, path, keys, parent)
        if not is_object:
            self._frame.key, self._frame.tag = key, tag
        self._key_may, self._value_may = is_object, not is_object

    def _close(self, match: re.Match[str]) -> None:
        frame = self._frame
        if not self._end_may or frame is None or frame.is_object != (match[6] == "}"):
            raise Malformed("malformed JSON")
        self._frame = frame.parent
        self._depth -= 1
        self._key_may = self._value_may = False

    def _comma(self, _match: re.Match[str]) -> None:
        frame = self._frame
        if frame is None or not self._end_may or self._value_may or self._key_may:
            raise Malformed("malformed JSON")
        self._key_may, self._value_may, self._end_may = frame.is_object, not frame.is_object, False


def unescape(raw: str) -> str:
    """The characters of a JSON string, given without its quotes; lone surrogates are kept."""
    return _ESCAPE.sub(_resolve, raw) if "\\" in raw else raw


def _resolve(match: re.Match[str]) -> str:
    high, low, unit, short = match.groups()
    if unit:
        return chr(int(unit, 16))
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return _SHORT.get(short, short)


def source_offsets(raw: str, offsets: Iterable[int]) -> dict[int, int]:
    """Where characters of ``unescape(raw)`` stand in ``raw``."""
    found: dict[int, int] = {}
    at_text = at_raw = 0
    escapes = _ESCAPE.finditer(raw)
    escape = next(escapes, None)
    for wanted in sorted(set(offsets)):
        while escape is not None and at_text + escape.start() - at_raw < wanted:
            at_text += escape.start() - at_raw + 1
            at_raw = escape.end()
            escape = next(escapes, None)
        found[wanted] = at_raw + wanted - at_text
    return found


def escape(text: str, *, only_ascii: bool) -> str:
    """Text as it may stand between the quotes of a JSON string."""
    pattern = _ASCII_ESCAPE if only_ascii else _MUST_ESCAPE
    return pattern.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    if char in '"\\':
        return "\\" + char
    for letter, meaning in _SHORT.items():
        if char == meaning:
            return "\\" + letter
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def expand_number(written: str) -> str:
    """The digits of a long whole number that is written as a float, or an empty string.

    Spreadsheets write an ID number as ``1.1010519491231E+17``; its reader sees digits. Fewer than
    six significant digits are a measurement, not somebody's number.
    """
    match = _NUMBER.fullmatch(written)
    if match is None or written.lstrip("-").isdecimal():
        return ""
    sign, whole, fraction, exponent = match.group(1), match[2], match[3] or "", int(match[4] or 0)
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + exponent - (len(whole + fraction) - len(digits))
    significant = digits.rstrip("0")
    if len(significant) < 6 or not len(significant) <= point <= 40 or point < 7:
        return ""
    return sign + significant.ljust(point, "0")
