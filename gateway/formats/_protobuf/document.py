"""A protobuf message as a document: its texts as segments, its files as children, its lengths kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._base import Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._embedded import Embedded, find_document, may_hold_document
from gateway.formats._payload import OPAQUE, is_clean, is_file, runs
from gateway.formats._protobuf.nature import Nature, number, packed
from gateway.formats._protobuf.reading import DEEPEST, Node, read_message
from gateway.formats._protobuf.wire import GROUP, LEN, Field, read_fields, varint
from gateway.model import Edit, Hint, Role, Segment, Unread

_ORDINAL = re.compile(r"\[[0-9]+\]")
_FEWEST_CHARACTERS = 4
_NUMBER = "a finding in a number of a protobuf message"
_BYTES = "a finding in bytes of a protobuf message"
_TWO_READINGS = "a finding in a protobuf field that can be read in two ways"


class _Target(NamedTuple):
    """What one of the document's own segments shows.

    Args:
        node: the field.
        start: where the text stands in the data, if that is the text itself.
        embedded: the document whose label is shown.
        why: why it cannot be edited for itself; such a segment is a second view of bytes that
            are seen and edited elsewhere, or a number.
    """

    node: Node
    start: int = -1
    embedded: Embedded | None = None
    why: str = ""


@dataclass(slots=True)
class ProtobufDocument:
    """One message and all messages in it."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    top: list[Node] = field(default_factory=list, repr=False)
    _children: Children = field(default_factory=Children, repr=False)
    _targets: list[_Target] = field(default_factory=list, repr=False)
    _inside: dict[str, tuple[Node, Embedded | None]] = field(default_factory=dict, repr=False)

    def segments(self) -> Sequence[Segment]:
        """Texts and long numbers in order, then what stands in files."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The message with the edits made and every length around them recomputed.

        Raises:
            CannotEdit: an edit of a number, or of bytes that can be read in two ways.
        """
        own, children = self._children.apply(edits)
        new: dict[int, bytes] = {}
        labels: dict[str, str] = {}
        spans: list[tuple[int, int]] = []
        for index, group in own.items():
            target, text = self._targets[index], self._children.own[index].text
            if target.why:
                continue
            if target.embedded:
                labels[target.node.address] = edit_text(text, group)
            else:
                spans += _spans(target.start, text, group)
                settled = target.node.guess is None or target.node.guess.settled
                fitted = group if settled else [_as_long(edit, text) for edit in group]
                new[id(target.node)] = edit_text(text, fitted).encode("utf-8")
        self._check_seconds(own, spans)
        for address in {*children, *labels}:
            node, embedded = self._inside[address]
            data = children.get(address)
            if embedded:
                data = embedded.rebuild(data, labels.get(address)).encode("utf-8")
            assert data is not None  # only embedded documents have labels
            new[id(node)] = data
        return self._rebuilt(self.top, 0, len(self._data), new) if new else self._data

    def _check_seconds(self, own: dict[int, list[Edit]], spans: list[tuple[int, int]]) -> None:
        """See that what is edited in a second view goes by the edits of the first as well."""
        for index, group in own.items():
            target = self._targets[index]
            if not target.why:
                continue
            for first, last in _spans(target.start, self._children.own[index].text, group):
                if target.start < 0 or not any(a <= first < last <= b for a, b in spans):
                    raise CannotEdit(target.why)

    def _rebuilt(self, nodes: Sequence[Node], start: int, end: int, new: dict[int, bytes]) -> bytes:
        """``data[start:end]``, in which the fields ``nodes`` stand, with the new contents."""
        pieces: list[bytes] = []
        at = start
        for node in nodes:
            entry = node.entry
            content = new.get(id(node))
            if content is None and node.is_message:
                content = self._rebuilt(node.parts, entry.start, entry.end, new)
            old = self._data[entry.start : entry.end]
            if content is None or content == old:
                continue
            if node.guess and not node.guess.settled and len(content) != len(old):
                raise CannotEdit(_TWO_READINGS)
            pieces.append(self._data[at : entry.after_tag])
            pieces += [varint(len(content))] if entry.wire == LEN else []
            pieces.append(content)
            at = entry.end
        return b"".join([*pieces, self._data[at:end]])

    def add(self, node: Node, open_child: Opener) -> None:
        """Take in a field and what stands in it."""
        entry, found = node.entry, node.guess
        if node.is_message:
            for part in node.parts:
                self.add(part, open_child)
            if found and not found.settled:
                self._second(node, entry.start, found.text or "")
        elif found is None:
            self._number(node, number(self._data, entry))
        else:
            if found.nature is Nature.TEXT and found.text is not None:
                self._text(node, found.text, open_child)
            else:
                self._bytes(node, open_child)
            if found.fields:
                for at, text in _texts_in(self._data, entry.start, found.fields):
                    self._second(node, at, text)

    def add_as_text(self) -> None:
        """Show the whole as the text that it could be."""
        size = len(self._data)
        whole = Node(Field(0, LEN, 0, 0, size), "", "")
        self._second(whole, 0, self._data.decode("utf-8"))

    def _own(self, target: _Target, text: str, role: Role) -> None:
        address = target.node.address
        column, count = _ORDINAL.subn("[*]", address)
        shown = column if count and role is Role.BODY else ""
        self._targets.append(target)
        self._children.own.append(Segment(text, address, role, column=shown))

    def _second(self, node: Node, start: int, text: str) -> None:
        """Another reading of bytes that are read already."""
        if len(text) >= _FEWEST_CHARACTERS:
            self._own(_Target(node, start, why=_TWO_READINGS), text, Role.HIDDEN)

    def _number(self, node: Node, digits: str) -> None:
        if digits:
            self._own(_Target(node, why=_NUMBER), digits, Role.HIDDEN)

    def _text(self, node: Node, text: str, open_child: Opener) -> None:
        try:
            embedded = find_document(text) if may_hold_document(text) else None
        except LimitExceeded:
            raise
        except Unreadable as error:
            self._children.unread.append(Unread(node.address, str(error)))
            return
        if embedded is None:
            if any(character.isprintable() for character in text):
                self._own(_Target(node, node.entry.start), text, Role.BODY)
            return
        if embedded.label:
            self._own(_Target(node, embedded=embedded), embedded.label, Role.METADATA)
        self._inside[node.address] = (node, embedded)
        self._children.open(node.address, embedded.data, embedded.hint, open_child)

    def _bytes(self, node: Node, open_child: Opener) -> None:
        """Bytes that are a file, numbers one after the other, or a short id."""
        data = self._data[node.entry.start : node.entry.end]
        file = is_file(data)
        if file or len(data) > OPAQUE:
            unread = self._children.unread
            before = len(unread)
            self._inside[node.address] = (node, None)
            if self._children.open(node.address, data, Hint(), open_child):
                return
            if is_clean(data):
                del unread[before:]
                self._own(_Target(node, node.entry.start), data.decode("utf-8"), Role.BODY)
                return
            if file or packed(data) is None:
                return
            del unread[before:]
        for digits in packed(data) or ():
            self._number(node, digits)
        if seen := runs(data):
            self._own(_Target(node, why=_BYTES), seen, Role.HIDDEN)


def read(name: str, data: bytes, open_child: Opener) -> ProtobufDocument:
    """Open a message.

    Raises:
        Unreadable: the bytes are no message.
        LimitExceeded: too many fields, or too deep.
    """
    children = Children()
    document = ProtobufDocument(name, children.unread, data, read_message(data), children)
    for node in document.top:
        document.add(node, open_child)
    if is_clean(data):  # the sender may be wrong: a text, whose letters are tags and numbers
        document.add_as_text()
    return document


def _as_long(edit: Edit, text: str) -> Edit:
    """An edit that takes as many bytes as before: right whether the length is one or a letter.

    Raises:
        CannotEdit: it takes more.
    """
    gone, new = text[edit.start : edit.end].encode("utf-8"), edit.replacement.encode("utf-8")
    if len(new) > len(gone):
        raise CannotEdit(_TWO_READINGS)
    return replace(edit, replacement=edit.replacement + " " * (len(gone) - len(new)))


def _spans(start: int, text: str, edits: Sequence[Edit]) -> list[tuple[int, int]]:
    """Where edits of a text that stands at ``start`` stand in the data."""
    return [
        (
            start + len(text[: edit.start].encode("utf-8")),
            start + len(text[: edit.end].encode("utf-8")),
        )
        for edit in edits
    ]


def _texts_in(
    data: bytes, base: int, fields: Sequence[Field], depth: int = 0
) -> Iterator[tuple[int, str]]:
    """Where each text stands in a message that bytes could be, and the text."""
    for entry in fields:
        start, end = base + entry.start, base + entry.end
        if entry.wire not in (LEN, GROUP) or depth > DEEPEST:
            continue
        if entry.wire == LEN and is_clean(data[start:end]):
            yield start, data[start:end].decode("utf-8")
        inside = read_fields(data, start, end)
        if inside:
            yield from _texts_in(data, 0, inside, depth + 1)
