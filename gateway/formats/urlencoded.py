"""Web forms: application/x-www-form-urlencoded (WHATWG URL Standard, section 5).

Only when the sender says so *and* the bytes keep the grammar: clients post raw files under this
type. Names and values are segments with percent-encoding undone; untouched bytes stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple
from urllib.parse import parse_qsl, quote_plus

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Descend, Document, Opener, edit_text, splice
from gateway.formats._children import Children
from gateway.formats._embedded import Embedded, find_document
from gateway.formats._encoding import declared_charset
from gateway.formats._json_scan import is_plain_name
from gateway.model import Edit, Hint, Role, Segment, Unread

_STRICT = re.compile(
    rb"[\w.~*%+\-\[\]!'()$:@,/]+=[!#-;=?-~]*+(?:&[!#-;=?-~]*+)*+(?:\r?\n)?", re.ASCII
)
_LENIENT = re.compile(rb"[\w.~*%+\-\[\]!'()$:@,/]+=[^\x00-\x1f\x7f]*+(?:\r?\n)?", re.ASCII)
_UNIT = re.compile(rb"%[0-9A-Fa-f]{2}|.", re.DOTALL)
_ENCODINGS = ("utf-8", "gb18030")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A name or a value: ``data[start:end]``, and the characters it stands for."""

    start: int
    end: int
    text: str = field(repr=False)
    encoding: str


class _Field(NamedTuple):
    name: _Piece
    value: _Piece | None
    number: int

    @property
    def address(self) -> str:
        """As "field 2 (prompt)", the name only if it is a schema word."""
        name = self.name.text
        return f"field {self.number} ({name})" if is_plain_name(name) else f"field {self.number}"


class _Target(NamedTuple):
    """What an own segment shows: a name, a value, or the label of the document in a value."""

    piece: _Piece
    embedded: Embedded | None = None
    address: str = ""


@dataclass(slots=True)
class UrlencodedDocument:
    """The names and values of one form."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _children: Children = field(repr=False)
    _targets: list[_Target] = field(default_factory=list, repr=False)
    _embedded: dict[str, tuple[_Piece, Embedded]] = field(default_factory=dict, repr=False)

    def segments(self) -> Sequence[Segment]:
        """Names and values in order, then what stands in embedded documents."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The form with the edits spliced in, percent-encoded.

        Raises:
            CannotEdit: the form is in an encoding that lacks a character of a replacement.
        """
        own, data = self._children.apply(edits)
        labels: dict[str, str] = {}
        changes: list[tuple[int, int, bytes]] = []
        for index, group in own.items():
            target = self._targets[index]
            if target.embedded:
                labels[target.address] = edit_text(target.embedded.label, group)
            else:
                changes += self._changes(target.piece, group)
        for address in {*data, *labels}:
            piece, embedded = self._embedded[address]
            new = embedded.rebuild(data.get(address), labels.get(address))
            changes.append((piece.start, piece.end, _encode(new, piece.encoding)))
        return splice(self._data, changes)

    def _changes(self, piece: _Piece, group: list[Edit]) -> Iterator[tuple[int, int, bytes]]:
        """Edits of characters as edits of the percent-encoded bytes they stand in."""
        units = [unit.start() for unit in _UNIT.finditer(self._data, piece.start, piece.end)]
        units.append(piece.end)
        for edit in group:
            start, end = (
                units[len(piece.text[:at].encode(piece.encoding))] for at in (edit.start, edit.end)
            )
            yield start, end, _encode(edit.replacement, piece.encoding)

    def add(self, entry: _Field, open_child: Opener) -> None:
        """Take in one name and its value."""
        name, value = entry.name, entry.value
        self._own(_Target(name), name.text, entry.address, Role.KEY)
        if value is None:
            return
        try:
            embedded = _find(value.text, name.text)
        except Unreadable as error:
            self._children.unread.append(Unread(entry.address, str(error)))
            return
        if embedded is None:
            self._own(_Target(value), value.text, entry.address, Role.BODY, name.text)
            return
        if embedded.label:
            target = _Target(value, embedded, entry.address)
            self._own(target, embedded.label, entry.address, Role.METADATA, name.text)
        self._embedded[entry.address] = (value, embedded)
        self._children.open(entry.address, embedded.data, embedded.hint, open_child)

    def _own(self, target: _Target, text: str, part: str, role: Role, *context: str) -> None:
        self._targets.append(target)
        self._children.own.append(Segment(text, part, role, context))


def _encode(text: str, encoding: str) -> bytes:
    try:
        return quote_plus(text, safe="*-._", encoding=encoding, errors="strict").encode("ascii")
    except UnicodeEncodeError as error:
        raise CannotEdit("a form in an encoding that lacks a character") from error


def _find(text: str, name: str) -> Embedded | None:
    """The document in a value; base64 whose plus signs were left bare arrives with spaces."""
    if " " in text and (mended := find_document(text.replace(" ", "+"), (name,))):
        return mended
    return find_document(text, (name,))


def _fields(data: bytes, declared: str) -> Iterator[_Field]:
    """The fields of a form in order.

    Raises:
        Unreadable: a name or value is text in no known encoding.
    """
    at, number, end = 0, 0, len(data.rstrip(b"\r\n"))
    while at < end:
        stop = data.find(b"&", at, end)
        stop = end if stop < 0 else stop
        if stop > at:
            number += 1
            middle = data.find(b"=", at, stop)
            name = _piece(data, at, stop if middle < 0 else middle, declared)
            value = None if middle < 0 else _piece(data, middle + 1, stop, declared)
            yield _Field(name, value, number)
        at = stop + 1


def _piece(data: bytes, start: int, end: int, declared: str) -> _Piece:
    raw = data[start:end].replace(b"+", b" ")
    decoded = re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes((int(m[1], 16),)), raw)
    return _Piece(start, end, *_decode(decoded, declared))


def _decode(raw: bytes, declared: str) -> tuple[str, str]:
    """The text of a name or value, and its encoding."""
    for encoding in filter(None, (*_ENCODINGS, declared)):
        try:
            text = raw.decode(encoding)
            if text.encode(encoding) == raw:
                return text, encoding
        except (UnicodeError, LookupError):
            continue
    raise Unreadable("a form field in an unknown encoding")


class _Urlencoded:
    name: ClassVar[str] = "urlencoded"

    def score(self, data: bytes, hint: Hint) -> float:
        if hint.essence != "application/x-www-form-urlencoded":
            return -1.0
        if _STRICT.fullmatch(data):
            return 1.0
        return 0.6 if _LENIENT.fullmatch(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        children = Children()
        document = UrlencodedDocument(self.name, children.unread, data, children)
        for entry in _fields(data, declared_charset(hint)):
            document.add(entry, open_child)
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """By the standard library's parser."""
        body = data.decode("latin-1").rstrip("\r\n")
        for pair in parse_qsl(body, keep_blank_values=True, encoding="latin-1"):
            name, value = (
                _decode(part.encode("latin-1"), declared_charset(hint))[0] for part in pair
            )
            yield name
            yield value
            if embedded := _find(value, name):
                yield embedded.label
                yield from descend(embedded.data, embedded.hint)


FORMAT = _Urlencoded()
