"""YAML 1.1 and 1.2, spliced: keys and values by their key path, and comments.

ruamel.yaml's scanner gives the tokens; nothing is composed, so aliases cost nothing. What stands
between tokens must be indicators or comments, or else the whole is read as plain text, as is
anything that does not scan (templates, tabs) or is too long for a scanner in Python.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gateway.errors import CannotEdit
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import Decoded, declared_charset, decode, peek
from gateway.formats._pieces import (
    FIXED,
    Piece,
    PiecedDocument,
    closed,
    embedded_in,
    embedded_layers,
    is_odd,
)
from gateway.formats._plain import plain_document, plain_layers
from gateway.formats._sniff import is_running_text
from gateway.model import Hint, Role

LONGEST = 1_000_000
"""Characters that are scanned; ruamel.yaml does about 600 000 in a second."""

_TYPES = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
_START = re.compile(r"(?:%YAML .*\n)?---[ \t]*\n(?:#.*\n)*[\w\"'.-]+:(?:\s|\Z)")
_GAP = re.compile(r"(?:\s|#[^\r\n]*|\.\.\.|[-?:,\[\]{}&*!])*+")
_COMMENT = re.compile(r"#([^\r\n]*)")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[^\r\nxuU])")
_NAMED = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f",
          "r": "\r", "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}  # fmt: skip
"""Single-letter escapes (YAML 1.2.2, section 5.7); any other character stands for itself."""

_PLAIN = re.compile(r"[\w<(/.~+=^$](?:[^\s:#,\[\]{}]|:(?=[^\s,\[\]{}])|(?<=\S)#|[ ](?=[^\s#]))*+")
"""Text that needs no quotes, in a flow collection either: narrower than YAML's own rule."""

_CONTROL = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OPENING = ("BlockSequenceStart", "BlockMappingStart", "FlowSequenceStart", "FlowMappingStart")
_CLOSING = ("BlockEnd", "FlowSequenceEnd", "FlowMappingEnd")


class _Yaml:
    name: ClassVar[str] = "yaml"

    def score(self, data: bytes, hint: Hint) -> float:
        named = hint.suffix in (".yaml", ".yml") or hint.essence in _TYPES
        if not (named or _START.match(peek(data))) or not is_running_text(data):
            return -1.0
        return 0.9 if named else 0.3

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        decoded = decode(data, declared_charset(hint))
        structured = _structured(decoded, open_child)
        return structured or plain_document(self.name, decoded, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        text = decode(data, declared_charset(hint)).text
        yield from plain_layers(text, descend)
        if len(text) <= LONGEST:
            for value in _composed(text):
                yield value
                yield from embedded_layers(value, descend)


def _structured(decoded: Decoded, open_child: Opener) -> PiecedDocument | None:
    """The document by its scalars and comments, or ``None`` when it is not YAML throughout."""
    reader = _Reader(decoded.text)
    if len(decoded.text) > LONGEST or not reader.read():
        return None

    def check(data: bytes, expected: Sequence[str]) -> None:
        again = _structured(decode(data, decoded.encoding), closed)
        kept = [text for text in expected if text and not text.isspace()]
        if again is None or [segment.text for segment in again.own] != kept:
            raise CannotEdit("a YAML value that cannot change without others")

    document = PiecedDocument("yaml", decoded, escape=_escape, check=check)
    for entry in sorted(reader.entries, key=lambda entry: entry.start):
        pieces = entry.pieces
        found = None
        if entry.role is Role.BODY and pieces and pieces[0].place != "block":
            found = embedded_in("".join(piece.text for piece in pieces), entry.context)
        if found:
            span = (pieces[0].start, pieces[-1].end)
            document.embed(entry.part, span, found, open_child, pieces[0].place)
        else:
            document.add(pieces, entry.part, entry.role, entry.context)
    return document


@dataclass(slots=True)
class _Entry:
    start: int
    pieces: Sequence[Piece] = field(repr=False)
    part: str
    role: Role
    context: tuple[str, ...] = field(default=(), repr=False)


@dataclass(slots=True)
class _Reader:
    """Turns tokens into entries, and proves that nothing lies between them."""

    text: str = field(repr=False)
    entries: list[_Entry] = field(default_factory=list, repr=False)
    _keys: list[str] = field(default_factory=list, repr=False)
    _in_key: bool = False
    _flow: int = 0
    _at: int = 0

    def read(self) -> bool:
        """Whether all of the text is accounted for."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        try:
            tokens = YAML(typ="safe", pure=True).scan(self.text)
            return all(map(self._take, tokens)) and self._gap(len(self.text))
        except YAMLError:
            return False

    def _take(self, token: Any) -> bool:
        start, end = token.start_mark.index, token.end_mark.index
        kind = type(token).__name__.removesuffix("Token")
        if kind == "Scalar":
            return self._gap(start) and self._scalar(token, start, end)
        if kind in ("Anchor", "Alias", "Tag", "Directive"):
            return self._gap(start) and self._name(start, end)
        if kind in ("Key", "Value"):
            self._in_key = kind == "Key"
        elif kind in _OPENING:
            self._keys.append("")
            self._flow += kind.startswith("Flow")
        elif kind in _CLOSING and self._keys:
            self._keys.pop()
            self._flow -= kind.startswith("Flow")
        return True

    def _name(self, start: int, end: int) -> bool:
        self._at = end
        if is_odd(self.text[start:end]):
            name = Piece(self.text[start:end], start, end, FIXED)
            self.entries.append(_Entry(start, [name], f"name at {start}", Role.KEY))
        return True

    def _scalar(self, token: Any, start: int, end: int) -> bool:
        self._at = end
        pieces = self._pieces(token, start, end)
        if pieces is None:
            return False
        if self._in_key and self._keys:
            self._keys[-1] = token.value
            self._in_key = False
            self.entries.append(_Entry(start, pieces, f"key at {start}", Role.KEY))
        else:
            context = tuple(key for key in self._keys[:-4:-1] if key)
            self.entries.append(_Entry(start, pieces, f"value at {start}", Role.BODY, context))
        return True

    def _gap(self, end: int) -> bool:
        """Read the comments before ``end``; whether there is nothing else."""
        start, self._at = self._at, end
        if start >= end or self.text[start:end].isspace():
            return True
        for comment in _COMMENT.finditer(self.text, start, end):
            self._comment(comment)
        return bool(_GAP.fullmatch(self.text, start, end))

    def _comment(self, comment: re.Match[str]) -> None:
        piece = Piece(comment[1], *comment.span(1), "comment")
        self.entries.append(_Entry(piece.start, [piece], f"comment at {piece.start}", Role.COMMENT))

    def _pieces(self, token: Any, start: int, end: int) -> Sequence[Piece] | None:
        raw, value = self.text[start:end], str(token.value)
        if _SURROGATE.search(value):
            return None
        if token.style in ("|", ">"):
            return self._block(value, start, end)
        if token.style == '"' and "\n" not in raw and "\r" not in raw:
            pieces = list(_double_quoted(raw[1:-1], start + 1))
            if "".join(piece.text for piece in pieces) == value:
                return pieces
        place = token.style or ("flow" if self._flow else "plain")
        return [Piece(value, start, end, place, literal=False)]

    def _block(self, value: str, start: int, end: int) -> Sequence[Piece] | None:
        """A literal or folded block by its lines; what joins two lines is a piece of its own."""
        header, *lines = re.split(r"(?<=\n)", self.text[start:end])
        if comment := _COMMENT.search(self.text, start, start + len(header)):
            self._comment(comment)
        pieces: list[Piece] = []
        at, seen = start + len(header), 0
        for line in lines:
            if body := line.strip():
                found = value.find(body, seen)
                if found < 0 or value[seen:found].strip():
                    return None
                first = at + line.index(body)
                if pieces:
                    pieces.append(
                        Piece(value[seen:found], pieces[-1].end, first, "break", literal=False)
                    )
                pieces.append(Piece(body, first, first + len(body), "block"))
                seen = found + len(body)
            at += len(line)
        return None if value[seen:].strip() else pieces


def _double_quoted(raw: str, start: int) -> Iterator[Piece]:
    """The inside of a double-quoted scalar of one line: literal stretches and escapes."""
    at = 0
    for match in _ESCAPE.finditer(raw):
        if at < match.start():
            yield Piece(raw[at : match.start()], start + at, start + match.start(), "double")
        code = match[0][1:]
        char = chr(int(code[1:], 16)) if len(code) > 1 else _NAMED.get(code, code)
        yield Piece(char, start + match.start(), start + match.end(), "double", literal=False)
        at = match.end()
    if at < len(raw):
        yield Piece(raw[at:], start + at, start + len(raw), "double")


def _escape(place: str, text: str) -> str:
    """How text is written in a scalar of a style; the style changes only when it must."""
    if place in ("plain", "flow") and _PLAIN.fullmatch(text):
        return text
    if place == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if place in ("comment", "block"):
        return re.sub(r"\s*[\r\n]\s*", " ", text)
    if place == "break":
        return text
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    inner = _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", inner)
    return inner if place == "double" else f'"{inner}"'


def _composed(text: str) -> Iterator[str]:
    """The scalars of all nodes, each once: an alias is not followed again."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    seen: set[int] = set()
    try:
        with warnings.catch_warnings(action="ignore"):  # they quote the document
            pending: list[Any] = list(YAML(typ="safe", pure=True).compose_all(text))
    except (YAMLError, RecursionError):
        return  # read as plain text when it was opened, too
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending += node
        elif node is not None and id(node) not in seen:
            seen.add(id(node))
            if isinstance(node.value, str):
                yield node.value
            else:
                pending += node.value


FORMAT = _Yaml()
