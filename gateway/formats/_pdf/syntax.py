"""The syntax of PDF content streams: tokens with their byte ranges, so that edits can splice.

Source: ISO 32000-2:2020, 7.2 (lexical conventions), 7.3.4 (strings), 7.8.2 (content streams) and
8.9.7 (inline images). Parsing is lenient as readers are: what cannot be a token is skipped, never
an error. Path and colour operators, which carry no text, are skipped in one regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_SPACE = rb"\x00\t\n\f\r "
_DELIMITER = rb"()<>\[\]{}/%"
_REGULAR = rb"[^" + _SPACE + _DELIMITER + rb"]"
_END = rb"(?=[" + _SPACE + _DELIMITER + rb"]|$)"
_PAINT = (
    rb"(?:[+\-.\d]++[" + _SPACE + rb"]++){0,6}+"
    rb"(?:re|[fBbW]\*|RG|rg|SCN?|scn?|[mlcvyhSsfFBbnWwJjMiGgKk])" + _END
)
_TOKEN = re.compile(
    rb"(?:[" + _SPACE + rb"]++|%[^\r\n]*+|" + _PAINT + rb")++"
    rb"|(?P<number>[+\-]?+(?:\d++\.?+\d*+|\.\d++)" + _END + rb")"
    rb"|(?P<word>" + _REGULAR + rb"++)"
    rb"|/(?P<name>" + _REGULAR + rb"*+)"
    rb"|\((?P<string>(?:[^()\\]++|\\.)*+)\)"
    rb"|<(?P<hex>[^<>]*+)>"
    rb"|(?P<open>\[|<<)"
    rb"|(?P<close>\]|>>)"
    rb"|(?P<paren>\()"
    rb"|.",
    re.DOTALL,
)
_NUMBER_START = re.compile(rb"[+\-]*(\d*\.?\d*)")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_COMMENT = re.compile(rb"\((?:[^()\\]++|\\.)*+\)|%([^\r\n]*)", re.DOTALL)
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ODD_NAME = re.compile(rb"/" + _REGULAR + rb"*?(?:#|[\x80-\xff]|\d{5})")
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]++")
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_IMAGE_END = re.compile(rb"[" + _SPACE + rb"]EI(?=[" + _SPACE + rb"]|$)")

# Operators whose effect on text, graphics state or resources the interpreter follows.
_KEPT = frozenset(b"BI q Q cm BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \" Do gs".split())


class Name(bytes):
    """A name object without its slash, ``#xx`` resolved."""

    __slots__ = ()


class Text(NamedTuple):
    """A string object: its byte range in the stream, brackets included, and its bytes."""

    start: int
    end: int
    value: bytes


type Operand = float | Name | Text | list[Operand] | None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operator with its operands; ``start`` is where the operands begin, in bytes."""

    operator: bytes
    operands: list[Operand]
    start: int
    end: int


def parse_content(data: bytes) -> list[Instruction]:
    """The instructions of a content stream that matter for text.

    Kept are text, state and ``Do`` operators, any operator with a string among its operands,
    and inline images as operator ``BI`` with their dictionary flattened.
    """
    return _Parser(data).parse()


def names_in(data: bytes) -> list[Text]:
    """The names in a content stream that may be text: their byte ranges, and what they say."""
    if not _ODD_NAME.search(data):
        return []
    parser = _NameParser(data)
    parser.parse()
    return parser.names


class _Parser:
    """Operands gather until their operator comes; arrays and dictionaries gather in lists."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._found: list[Instruction] = []
        self._operands: list[Operand] = []
        self._outer: list[list[Operand]] = []
        self._first = -1
        self._has_string = False

    def parse(self) -> list[Instruction]:
        at: int | None = 0
        while at is not None:
            at = self._parse_from(at)
        return self._found

    def _parse_from(self, start: int) -> int | None:
        """Parse until tokens cannot tell where the next one begins; returns where it does."""
        for match in _TOKEN.finditer(self._data, start):
            kind = match.lastgroup
            if kind is None:
                continue
            if self._first < 0:
                self._first = match.start()
            if kind == "number":
                self._operands.append(float(match["number"]))
            elif kind == "word":
                resume = self._word(match["word"], match.end())
                if resume is not None:
                    return resume
            elif kind == "paren":
                end = _string_end(self._data, match.start())
                raw = self._data[match.start() + 1 : end - 1]
                self._string(match.start(), end, unescape(raw))
                return end
            else:
                self._operand(kind, match)
        return None

    def _operand(self, kind: str, match: re.Match[bytes]) -> None:
        if kind == "string":
            self._string(match.start(), match.end(), unescape(match["string"]))
        elif kind == "hex":
            self._string(match.start(), match.end(), unhex(match["hex"]))
        elif kind == "name":
            self._operands.append(to_name(match["name"]))
        elif kind == "open":
            self._outer.append(self._operands)
            self._operands = []
        elif self._outer:
            inner, self._operands = self._operands, self._outer.pop()
            self._operands.append(inner)

    def _string(self, start: int, end: int, value: bytes) -> None:
        self._operands.append(Text(start, end, value))
        self._has_string = True

    def _word(self, word: bytes, end: int) -> int | None:
        """An operator, or an operand that is spelled like one."""
        if word in (b"true", b"false", b"null"):
            self._operands.append(None)
            return None
        if word[0] in b"+-.0123456789":
            self._operands.append(_odd_number(word))
            return None
        if self._outer:  # an unclosed array or dictionary ends with its operator
            self._operands = [*self._outer[0], self._operands]
            self._outer.clear()
        if word == b"BI":
            self._operands, self._has_string = [], False
            return None
        resume = None
        if word == b"ID":
            word, end = b"BI", _image_end(self._data, end)
            resume = end
        if word in _KEPT or self._has_string:
            self._found.append(Instruction(word, self._operands, self._first, end))
        self._operands, self._first, self._has_string = [], -1, False
        return resume


class _NameParser(_Parser):
    """Keeps where the names stand."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.names: list[Text] = []

    def _operand(self, kind: str, match: re.Match[bytes]) -> None:
        super()._operand(kind, match)
        if kind == "name":
            self.names.append(Text(match.start(), match.end(), to_name(match["name"])))


def _odd_number(word: bytes) -> float:
    """A number that is written wrongly (``--5``, ``1.2.3``), as readers take it."""
    found = _NUMBER_START.match(word)
    digits = found[1] if found else b""
    value = float(digits) if digits.strip(b".") else 0.0
    return -value if word.startswith(b"-") else value


def _string_end(data: bytes, start: int) -> int:
    """Where a string with nested brackets ends (after its last bracket)."""
    depth = 0
    for match in _BRACKET.finditer(data, start):
        if match[0] == b"(":
            depth += 1
        elif match[0] == b")":
            depth -= 1
            if not depth:
                return match.end()
    return len(data)


def _image_end(data: bytes, start: int) -> int:
    """Where the data of an inline image ends: an ``EI`` that is followed by text, not by pixels."""
    for match in _IMAGE_END.finditer(data, start):
        following = data[match.end() : match.end() + 24]
        if all(byte in b"\t\n\f\r\0" or 32 <= byte < 127 for byte in following):
            return match.end()
    return len(data)


def unescape(raw: bytes) -> bytes:
    """The bytes of a literal string, given what stands between its brackets."""
    if b"\\" not in raw and b"\r" not in raw:
        return raw

    def replace(match: re.Match[bytes]) -> bytes:
        escape = match[1]
        if escape is None:
            return b"\n"
        if escape[0] in b"01234567":
            return bytes((int(escape, 8) & 0xFF,))
        if escape in (b"\n", b"\r", b"\r\n"):
            return b""
        return _ESCAPED.get(escape, escape)

    return _ESCAPE.sub(replace, raw)


def unhex(raw: bytes) -> bytes:
    """The bytes of a hexadecimal string; an odd last digit is followed by 0."""
    digits = _NOT_HEX.sub(b"", raw)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def to_name(raw: bytes) -> Name:
    """A name from its written form."""
    if b"#" in raw:
        raw = _NAME_ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), raw)
    return Name(raw)


def write_hex(value: bytes) -> bytes:
    """A string object in hexadecimal."""
    return b"<" + value.hex().encode("ascii") + b">"


def write_name(value: bytes) -> bytes:
    """A name object, all but letters and figures as ``#xx`` (7.3.5)."""
    shown = (
        b"%c" % byte if chr(byte).isalnum() and byte < 128 else b"#%02X" % byte for byte in value
    )
    return b"/" + b"".join(shown)


def write_number(value: float) -> bytes:
    """A number object with at most three decimals and no exponent."""
    written = f"{value:.3f}".rstrip("0").rstrip(".")
    return b"0" if written == "-0" else written.encode("ascii")


def comments(data: bytes) -> Iterator[Text]:
    """Comments, which no reader shows: from their percent sign to the end of the line."""
    for match in _COMMENT.finditer(data):
        if match[1] and not match[1].isspace():
            yield Text(match.start(), match.end(), match[1])


def texts(operand: Operand) -> Iterator[Text]:
    """All strings in an operand, nested ones included."""
    stack = [operand]
    while stack:
        item = stack.pop()
        if isinstance(item, Text):
            yield item
        elif isinstance(item, list):
            stack += reversed(item)
