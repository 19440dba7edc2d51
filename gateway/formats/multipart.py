"""Multipart bodies: form data, related, mixed (RFC 7578, RFC 2387, RFC 2046).

Field names, file names, headers and text fields are segments; files are children. Only what an
edit touches is rewritten. A body that parsers could read in two ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Descend, Document, Opener, edit_text, splice
from gateway.formats._children import Children
from gateway.formats._embedded import Embedded, find_document
from gateway.formats._encoding import Decoded, declared_charset, decode
from gateway.formats._json_scan import is_plain_name
from gateway.formats._multipart_headers import Header, Parameter, malformed
from gateway.formats._multipart_layers import form_layers, other_layers
from gateway.formats._multipart_parse import Part, boundary_of, evident_boundary, parse_parts
from gateway.model import Edit, Hint, Role, Segment, Unread

_STRUCTURE = {
    "content-length": re.compile(r"[0-9]+"),
    "content-transfer-encoding": re.compile(r"[A-Za-z0-9-]+"),
    "mime-version": re.compile(r"1\.0"),
}
"""Headers that say how, not what; the parser has checked the first two."""

_KNOWN_HEADERS = frozenset(
    {"content-disposition", "content-type", "content-id", "content-range", "content-description",
     "content-location", "content-md5", "content-encoding", "content-language"}
)  # fmt: skip
_KINDS = frozenset({"form-data", "attachment", "inline", "file", ""})
_NOT_TEXT = 0.55
"""The claim on bytes that are only declared multipart: a zip or a PDF has a better one, text not."""

_CHARSET = re.compile(r"(?!.*[0-9]{7})[A-Za-z0-9._-]{1,30}")
_MEDIA_TYPE = re.compile(r"(?!.*[0-9]{7})[a-z]{1,20}/[a-z0-9.+-]{1,90}|")


@dataclass(slots=True)
class _Entry:
    """One part while the document is open: where it is addressed, and what its body holds.

    ``decoded`` is the text of a form field; ``embedded`` the document in that text; with neither,
    the whole body is a child.
    """

    part: Part
    address: str
    decoded: Decoded | None = field(default=None, repr=False)
    embedded: Embedded | None = field(default=None, repr=False)

    def content(self, data: bytes | None, label: str | None) -> bytes:
        """The body's new content, given what its child and the child's label became."""
        if self.embedded and self.decoded:
            new = self.embedded.rebuild(data, label)
            return self.decoded.replace([(0, len(self.decoded.text), new)])
        assert data is not None  # only embedded documents have labels
        return data


class _Target(NamedTuple):
    """What one of the document's own segments shows.

    A parameter of a header, the value of a header, the name of a header (``fixed``), the label of
    an embedded document, or, with nothing set, the text of a form field.
    """

    entry: _Entry
    header: Header | None = None
    parameter: Parameter | None = None
    fixed: bool = False
    is_label: bool = False


@dataclass(slots=True)
class MultipartDocument:
    """The parts of one body, each spliced in place."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _boundary: str = field(repr=False)
    _form: bool
    _entries: list[_Entry] = field(default_factory=list, repr=False)
    _targets: list[_Target] = field(default_factory=list, repr=False)
    _children: Children = field(default_factory=Children, repr=False)

    def segments(self) -> Sequence[Segment]:
        """Names, headers and text fields in order, then what the files hold."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The body with the edits spliced in.

        Raises:
            CannotEdit: an edit of a header's name, or one that would make parsers cut the body
                differently.
        """
        own, data = self._children.apply(edits)
        labels: dict[str, str] = {}
        contents: dict[str, bytes] = {}
        values: dict[tuple[str, Header], list[tuple[int, int, str]]] = {}
        for index, group in own.items():
            target, text = self._targets[index], self._children.own[index].text
            address = target.entry.address
            if target.fixed:
                raise CannotEdit("a finding in the name of a header")
            if target.header:
                values.setdefault((address, target.header), []).extend(_in_value(target, group))
            elif target.is_label:
                labels[address] = edit_text(text, group)
            elif target.entry.decoded:
                contents[address] = target.entry.decoded.replace(
                    (edit.start, edit.end, edit.replacement) for edit in group
                )
        changes = [
            (header.start, header.end, header.encode(_spliced(header.value, pieces)))
            for (_, header), pieces in values.items()
        ]
        for entry in self._entries:
            address = entry.address
            if address in data or address in labels:
                contents[address] = entry.content(data.get(address), labels.get(address))
            if address in contents:
                changes += self._body_changes(entry.part, contents[address])
        return self._checked(splice(self._data, changes), contents) if changes else self._data

    def _body_changes(self, part: Part, content: bytes) -> Iterator[tuple[int, int, bytes]]:
        body = part.encode(content, self._data[part.start : part.end])
        yield part.start, part.end, body
        if length := part.header("content-length"):
            yield length.start, length.end, str(len(body)).encode("ascii")

    def _checked(self, result: bytes, contents: dict[str, bytes]) -> bytes:
        """The result, once it is known to be cut into the same parts as before."""
        try:
            parts = parse_parts(result, self._boundary, form=self._form)
        except Unreadable:
            parts = ()
        expected = [contents.get(e.address, e.part.content) for e in self._entries]
        if [part.content for part in parts] != expected:
            raise CannotEdit(
                "a replacement that would be taken for structure of the multipart body"
            )
        return result

    def add(self, part: Part, address: str, charset: str, open_child: Opener) -> None:
        """Take in one part: its headers as segments, its body as text or child."""
        entry = _Entry(part, address)
        self._entries.append(entry)
        for header in part.headers:
            self._add_header(entry, header)
        if not part.is_file(form=self._form):
            self._add_field(entry, charset, open_child)
        else:
            hint = Hint(part.filename or "", part.media_type)
            self._children.open(address, part.content, hint, open_child)

    def _own(self, target: _Target, text: str, role: Role, *context: str) -> None:
        self._targets.append(target)
        self._children.own.append(Segment(text, target.entry.address, role, context))

    def _add_header(self, entry: _Entry, header: Header) -> None:
        name = header.name
        if name in _STRUCTURE and _STRUCTURE[name].fullmatch(header.value):
            return
        if name not in _KNOWN_HEADERS:
            self._own(_Target(entry, header, fixed=True), name, Role.KEY)
        if name not in ("content-disposition", "content-type"):
            self._own(_Target(entry, header), header.value, Role.METADATA, name)
            return
        if name == "content-disposition" and header.lead not in _KINDS:
            raise malformed("an unknown disposition")
        if name == "content-type" and not _MEDIA_TYPE.fullmatch(header.lead):
            raise malformed("an odd media type")
        for parameter in header.parameters:
            if name == "content-type" and _is_technical(parameter):
                continue
            is_name = parameter.name == ("filename" if name == "content-disposition" else "name")
            is_field = name == "content-disposition" and parameter.name == "name"
            role = Role.NAME if is_name else Role.KEY if is_field else Role.METADATA
            context = () if is_field else (parameter.name,)
            self._own(_Target(entry, header, parameter), parameter.text, role, *context)

    def _add_field(self, entry: _Entry, charset: str, open_child: Opener) -> None:
        part, name = entry.part, entry.part.name
        declared = declared_charset(Hint(media_type=part.media_type)) or charset
        try:
            entry.decoded = decode(part.content, declared)
            entry.embedded = find_document(entry.decoded.text, (name,))
        except Unreadable as error:
            if entry.decoded is None:
                self._children.open(entry.address, part.content, Hint(), open_child)
            else:
                self._children.unread.append(Unread(entry.address, str(error)))
            return
        embedded = entry.embedded
        if embedded is None:
            self._own(_Target(entry), entry.decoded.text, Role.BODY, name)
            return
        if embedded.label:
            self._own(_Target(entry, is_label=True), embedded.label, Role.METADATA, name)
        self._children.open(entry.address, embedded.data, embedded.hint, open_child)


def _is_technical(parameter: Parameter) -> bool:
    """Whether a parameter of a media type tells how to read, and holds nothing to read."""
    if parameter.name == "charset":
        return bool(_CHARSET.fullmatch(parameter.text))
    return parameter.name == "boundary"


def _in_value(target: _Target, group: list[Edit]) -> list[tuple[int, int, str]]:
    """Edits of a segment as edits of its header's value."""
    parameter = target.parameter
    if parameter is None:
        return [(edit.start, edit.end, edit.replacement) for edit in group]
    new = edit_text(parameter.text, group)
    return [(parameter.start, parameter.end, parameter.write(new))]


def _spliced(value: str, pieces: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(pieces, reverse=True):
        value = value[:start] + new + value[end:]
    return value


def _address(part: Part, number: int, kind: str) -> str:
    """As "file 1 (upload)", the field's name only if it is a schema word."""
    return f"{kind} {number} ({part.name})" if is_plain_name(part.name) else f"{kind} {number}"


class _Multipart:
    name: ClassVar[str] = "multipart"

    def score(self, data: bytes, hint: Hint) -> float:
        """Above 1.0 when the boundary is there: a wrapper outranks what is inside it.

        A PDF in a form shows its magic within the first kilobyte, a zip its directory at the end.
        """
        if not hint.essence.startswith("multipart/"):
            return 1.2 if evident_boundary(data) else -1.0
        try:
            boundary = boundary_of(hint.media_type).encode("ascii")
        except Unreadable:
            return _NOT_TEXT
        return 1.2 if data.lstrip(b"\r\n").startswith(b"--" + boundary) else _NOT_TEXT

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        boundary, form = _declaration(data, hint)
        parts = parse_parts(data, boundary, form=form)
        children = Children()
        document = MultipartDocument(
            self.name, children.unread, data, boundary, form, _children=children
        )
        default = [p.content for p in parts if p.name == "_charset_"]  # RFC 7578 section 4.6
        charset = default[0][:40].decode("latin-1") if len(default) == 1 else ""
        count = {"field": 0, "file": 0}
        for part in parts:
            kind = "file" if part.is_file(form=form) else "field"
            count[kind] += 1
            document.add(part, _address(part, count[kind], kind), charset, open_child)
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        boundary, form = _declaration(data, hint)
        yield from (form_layers if form else other_layers)(data, boundary, descend)


def _declaration(data: bytes, hint: Hint) -> tuple[str, bool]:
    """The boundary, and whether the body is a form; undeclared bodies that show one are forms."""
    if hint.essence.startswith("multipart/"):
        return boundary_of(hint.media_type), hint.essence == "multipart/form-data"
    boundary = evident_boundary(data)
    if not boundary:
        raise malformed("no boundary")
    return boundary, b"form-data" in data[:1000].lower()


FORMAT = _Multipart()
