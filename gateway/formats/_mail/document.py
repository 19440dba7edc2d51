"""One message as a document: headers as segments, bodies as children, edits spliced in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.errors import Unreadable
from gateway.formats._base import Opener, splice
from gateway.formats._children import Children
from gateway.formats._mail.bodies import decode_body, is_known, packed_end
from gateway.formats._mail.fields import Change, Header
from gateway.formats._mail.leaf import Leaf
from gateway.formats._mail.looks import start_of
from gateway.formats._mail.parameters import Parameters
from gateway.formats._mail.signatures import signature_text, wrapped
from gateway.formats._mail.structure import (
    Entity,
    envelope_line,
    newline_of,
    read_entity,
    transfer_encoding,
)
from gateway.model import Edit, Role, Rung, Segment, Unread

_TEXT = Parameters("text/plain")


@dataclass(slots=True)
class MailDocument:
    """An opened message; see :class:`gateway.formats._base.Document`."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _open_child: Opener = field(repr=False)
    _children: Children = field(repr=False)
    _headers: list[tuple[int, Header]] = field(default_factory=list, repr=False)
    _leaves: list[tuple[Header, Leaf]] = field(default_factory=list, repr=False)
    _gaps: list[Leaf] = field(default_factory=list, repr=False)
    _envelope: tuple[int, int] = (0, 0)
    _signed: list[Entity] = field(default_factory=list, repr=False)
    _signatures: list[Entity] = field(default_factory=list, repr=False)
    _charsets: tuple[str, ...] = ()
    _newline: bytes = b"\r\n"

    def segments(self) -> Sequence[Segment]:
        """Fields of all headers, then what the bodies hold."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The message with the edits made, and without signatures, which no longer hold.

        Raises:
            CannotEdit: a file in running text would have to become another kind.
        """
        if not edits:
            return self._data
        own, changed = self._children.apply(edits)
        changes: list[Change] = []
        endings = {id(header): leaf.ending(self._children.endings) for header, leaf in self._leaves}
        unsigned = {id(entity) for entity in self._signed}
        for first, header in self._headers:
            count = len(header.segments)
            mine = {i - first: own[i] for i in range(first, first + count) if i in own}
            kind = "multipart/mixed" if id(header.entity) in unsigned else ""
            changes += header.changes(mine, endings.get(id(header), ""), kind)
        for leaf in (*(leaf for _, leaf in self._leaves), *self._gaps):
            changes += leaf.changes(changed)
        start, end = self._envelope
        if start < end and 0 in own:
            changes += _in_envelope(start, own[0])
        return splice(self._data, [*self._without_signatures(changes)])

    def _without_signatures(self, changes: Sequence[Change]) -> Iterator[Change]:
        dropped = [entity.lines for entity in self._signatures]
        if dropped:
            self._open_child.ledger.took(Rung.DROPPED)
        yield from ((start, end, b"") for start, end in dropped)
        for change in changes:
            if not any(start <= change[0] < end for start, end in dropped):
                yield change

    def _read(self, entity: Entity, address: str) -> None:
        header = Header(self._data, entity, address, self._charsets, self._newline)
        self._headers.append((len(self._children.own), header))
        self._children.own += header.segments
        if not (entity.parts or entity.gaps):
            self._read_body(entity, header, address or "body")
            return
        if entity.kind.lead == "multipart/encrypted":
            why = "encrypted: a mail that only its receiver can read; send it decrypted"
            self._children.unread.append(Unread(address or "body", why))
            return
        for number, (start, end) in enumerate(entity.gaps, 1):
            place = "body" if not entity.parts else f"gap {number}"
            self._read_gap(f"{address}, {place}" if address else place, start, end)
        signatures = len(self._signatures)
        for number, part in enumerate(entity.parts, 1):
            self._read(part, f"{address}.{number}" if address else f"part {number}")
        if entity.kind.lead == "multipart/signed" and len(self._signatures) > signatures:
            self._signed.append(entity)

    def _read_body(self, entity: Entity, header: Header, address: str) -> None:
        encoding = transfer_encoding(self._data, entity.fields)
        kind = entity.kind
        if not is_known(encoding):
            why = "malformed mail: an unknown transfer encoding"
            self._children.unread.append(Unread(address, why))
            return
        raw = self._data[entity.body : entity.end]
        try:
            end = entity.body + packed_end(raw, encoding)
        except Unreadable as error:
            self._children.unread.append(Unread(address, str(error)))
            return
        content = decode_body(self._data[entity.body : end], encoding)
        signature = signature_text(kind.lead, content)
        if signature is not None:
            self._signatures.append(entity)
            self._children.own.append(Segment(signature, address, Role.TRACE))
            return
        if why := _closed(kind, content):
            self._children.unread.append(Unread(address, why))
            return
        leaf = Leaf(address, entity.body, end, encoding, self._newline, kind, header.filename)
        self._leaves.append((header, leaf))
        leaf.open(self._data, self._children, self._open_child)
        if end < entity.end:
            self._read_gap(f"{address}, after it", end, entity.end)

    def _read_gap(self, address: str, start: int, end: int) -> None:
        """Text that belongs to no part."""
        leaf = Leaf(address, start, end, "", self._newline, _TEXT)
        self._gaps.append(leaf)
        leaf.open(self._data, self._children, self._open_child)


def open_mail(name: str, data: bytes, open_child: Opener) -> MailDocument:
    """Open one message.

    Args:
        name: the format's name.
        data: the message, with or without an mbox line before it.
        open_child: opens the bodies.

    Raises:
        Unreadable: two programs could read its structure differently.
    """
    root = read_entity(data, start_of(data))
    children = Children(renames=True)
    charsets = tuple(dict.fromkeys(_charsets_of(root)))
    start, end = envelope_line(data, root.start, len(data))
    document = MailDocument(
        name,
        children.unread,
        data,
        open_child,
        children,
        _envelope=(start, end),
        _charsets=charsets,
        _newline=newline_of(data, root),
    )
    if end > start:
        children.own.append(Segment(data[start:end].decode("latin-1"), "envelope", Role.METADATA))
    document._read(root, "")  # noqa: SLF001 - still being made
    return document


def _closed(kind: Parameters, content: bytes) -> str:
    """Why a body cannot be read by anybody here, or nothing."""
    if kind.lead == "message/partial":
        return "partial: one piece of a mail that was cut up; put it together first"
    if kind.lead == "application/pgp-encrypted":
        return "encrypted: PGP; send it decrypted"
    if kind.lead == "application/pgp-keys":
        return "PGP key: its packets are not read"
    return wrapped(kind.lead, content)


def _charsets_of(entity: Entity) -> Iterator[str]:
    if charset := entity.kind.get("charset"):
        yield charset
    for part in entity.parts:
        yield from _charsets_of(part)


def _in_envelope(first: int, edits: Sequence[Edit]) -> Iterator[Change]:
    """Edits of the mbox line, whose segment is Latin-1: a character for each byte."""
    for edit in edits:
        new = edit.replacement.encode("ascii", "replace").replace(b"\n", b" ")
        yield first + edit.start, first + edit.end, new
