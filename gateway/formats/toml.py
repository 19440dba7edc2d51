"""TOML: strings of all four kinds, keys, comments, numbers and dates.

Source: TOML 1.0.0 (https://toml.io/en/v1.0.0). A file is spliced on its own text; the standard
library's parser judges it before and after.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import ClassVar

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import Decoded, declared_charset, decode
from gateway.formats._pieces import Piece, PiecedDocument, embedded_in, embedded_layers
from gateway.formats._plain import embed_files
from gateway.model import Hint, Role

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
      | "{3}(?P<long>(?:[^\\"]|\\.|"{1,2}(?!"))*"{0,2})"{3}
      | '{3}(?P<raw_long>.*?'{0,2})'{3}(?!')
      | "(?P<basic>(?:[^\\"\r\n]|\\.)*)"
      | '(?P<literal>[^'\r\n]*)'
      | (?P<bare>[A-Za-z0-9_+.:-]+(?:[ ][0-9]{2}:[0-9]{2}[0-9:.Z+-]*)?)
      | (?P<sign>[=,\[\]{}\n])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([ \t]*\r?\n\s*)|(.))", re.DOTALL)
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}
_MUST_ESCAPE = re.compile(r'["\\\x00-\x08\x0a-\x1f\x7f]')
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BOOLEAN = frozenset({"true", "false", "inf", "nan", "+inf", "-inf", "+nan", "-nan"})
_FIRST_BREAK = re.compile(r"\r?\n")


class Toml:
    """toml."""

    name: ClassVar[str] = "toml"

    def score(self, data: bytes, hint: Hint) -> float:
        """Claims what is called TOML and is; without its name it is read as text."""
        if hint.suffix != ".toml" and hint.essence not in {"application/toml", "text/toml"}:
            return -1.0
        try:
            _parsed(decode(data, declared_charset(hint)).text)
        except Unreadable:
            return -1.0
        return 0.95

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the file."""
        decoded = decode(data, declared_charset(hint))
        _parsed(decoded.text)
        return _Reader(self.name, decoded, open_child).read()

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """The text as it stands, and keys and values as the standard library reads them."""
        text = decode(data, declared_charset(hint)).text
        yield text
        stack: list[object] = [_parsed(text)]
        while stack:
            value = stack.pop()
            if isinstance(value, dict):
                yield from map(str, value)
                stack += value.values()
            elif isinstance(value, list):
                stack += value
            else:
                yield str(value)
                if isinstance(value, str):
                    yield from embedded_layers(value, descend)


def _parsed(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError):
        raise Unreadable("malformed TOML") from None


class _Reader:
    """Reads tokens into a document, knowing which of them are keys."""

    def __init__(self, name: str, decoded: Decoded, open_child: Opener) -> None:
        self._text = decoded.text
        self._document = PiecedDocument(name, decoded, _escape, _check)
        self._open_child = open_child
        self._brackets: list[str] = []
        self._is_value = False
        self._key = ""
        self._count = 0

    def read(self) -> PiecedDocument:
        for match in _TOKEN.finditer(self._text):
            kind = match.lastgroup
            if kind == "sign":
                self._sign(match["sign"])
            elif kind == "comment":
                span = match.start() + 1, match.end()
                self._add([_whole(self._text, *span, "comment")], Role.COMMENT)
            elif kind is not None:
                self._token(kind, *match.span(kind), match.span())
        return self._document

    def _sign(self, sign: str) -> None:
        if sign == "=":
            self._is_value = True
        elif sign in "[{" and self._is_value:
            self._brackets.append(sign)
            self._is_value = sign == "["
        elif sign in "]}" and self._brackets:
            self._brackets.pop()
            self._is_value = self._brackets[-1:] == ["["]
        elif sign == "," or (sign == "\n" and not self._brackets):
            self._is_value = self._brackets[-1:] == ["["]

    def _token(self, kind: str, start: int, end: int, whole: tuple[int, int]) -> None:
        pieces: list[Piece]
        if kind == "bare":
            self._bare(start, end)
            return
        if kind in {"long", "raw_long"} and (cut := _FIRST_BREAK.match(self._text, start, end)):
            start = cut.end()  # a line break right after the quotes is no part of the string
        if kind in {"basic", "long"}:
            pieces = list(_unescaped(self._text, start, end))
        else:
            pieces = [_whole(self._text, start, end, kind)]
        text = "".join(piece.text for piece in pieces)
        if not self._is_value:
            self._key = text[:60]
            self._add(pieces, Role.KEY)
            return
        found = embedded_in(text, (self._key,))
        if found is None:
            self._add(pieces, Role.BODY)
        else:
            part = f"value {self._count + 1}"
            self._count += 1
            self._document.embed(part, whole, found, self._open_child, "bare")

    def _bare(self, start: int, end: int) -> None:
        text = self._text[start:end]
        if self._is_value:
            if text not in _BOOLEAN:
                shown = text.replace("_", "")
                self._add([Piece(shown, start, end, "bare", literal=False)], Role.BODY)
            return
        at = start
        for name in text.split("."):  # dotted keys
            if name:
                self._add([Piece(name, at, at + len(name), "bare", literal=False)], Role.KEY)
                self._key = name[:60]
            at += len(name) + 1

    def _add(self, pieces: Sequence[Piece], role: Role) -> None:
        self._count += 1
        part = f"{role.value} {self._count}"
        context = (self._key,) if role is Role.BODY and self._key else ()
        self._document.add(pieces, part, role, context)
        embed_files(self._document, pieces, part, self._open_child)


def _whole(text: str, start: int, end: int, place: str) -> Piece:
    return Piece(text[start:end], start, end, place)


def _unescaped(text: str, start: int, end: int) -> Iterator[Piece]:
    """A basic string: literal stretches, and each escape by itself."""
    at = start
    for match in _ESCAPE.finditer(text, start, end):
        if at < match.start():
            yield Piece(text[at : match.start()], at, match.start(), "basic")
        code = match[1] or match[2]
        shown = chr(int(code, 16)) if code else ""
        if not code and match[3] is None:
            shown = _SHORT.get(match[4], match[4])
        yield Piece(shown, match.start(), match.end(), "basic", literal=False)
        at = match.end()
    if at < end:
        yield Piece(text[at:end], at, end, "basic")


def _escape(place: str, text: str) -> str:
    """Text as it must be written at a place, so that a parser reads it again."""
    if place == "comment":
        return _CONTROL.sub(" ", text)
    if place == "literal":
        return _CONTROL.sub(" ", text.replace("'", "’"))
    if place == "raw_long":
        return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text.replace("'", "’"))
    escaped = _MUST_ESCAPE.sub(_escaped, text)
    return f'"{escaped}"' if place == "bare" else escaped


def _escaped(match: re.Match[str]) -> str:
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
    return short.get(match[0], f"\\u{ord(match[0]):04X}")


def _check(data: bytes, expected: Sequence[str]) -> None:
    """Prove an edit: two keys could have become one."""
    del expected
    try:
        _parsed(decode(data).text)
    except Unreadable:
        raise CannotEdit("two keys of the TOML file would be the same") from None


FORMAT = Toml()
