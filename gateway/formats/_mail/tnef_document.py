"""A TNEF stream as a document: attributes and properties as segments, bodies and files children."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.errors import Unreadable
from gateway.formats._base import Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._mail import mapi
from gateway.formats._mail import tnef_store as store
from gateway.formats._mail.lzfu import pack_rtf, unpack_rtf
from gateway.formats._mail.printable import printable
from gateway.formats._mail.tnef_store import Attribute, Cell
from gateway.model import Edit, Hint, Role, Segment, Unread

_TEXTS = {0x0001, 0x0002, 0x0007}  # the type in the upper half of a tag: string, text, word
_IDENTIFIER = 16
_OPAQUE = 16_384
_HINTS = {mapi.BODY: "text/plain", mapi.HTML: "text/html", mapi.HEADERS: "message/rfc822"}

type Write = Callable[[Sequence[Edit]], bytes]


@dataclass(slots=True)
class TnefDocument:
    """An opened stream; see :class:`gateway.formats._base.Document`."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _open_child: Opener = field(repr=False)
    _children: Children = field(repr=False)
    _attributes: Sequence[Attribute] = field(repr=False)
    _codepage: int = 0
    _writes: list[tuple[Cell, Write]] = field(default_factory=list, repr=False)
    _fills: dict[str, tuple[Cell, Callable[[bytes], bytes]]] = field(
        default_factory=dict, repr=False
    )

    def segments(self) -> Sequence[Segment]:
        """Attributes and properties, then what bodies and attachments hold."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The stream with the edits made.

        Raises:
            CannotEdit: an attachment can only be redacted as another kind of file.
        """
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        changed: dict[Cell, bytes] = {}
        for index, group in own.items():
            cell, write = self._writes[index]
            changed[cell] = write(group)
        for part, data in nested.items():
            cell, fill = self._fills[part]
            changed[cell] = fill(data)
        return store.write_attributes(self._data, self._attributes, changed)

    def read(self) -> None:
        """List all segments, open all children."""
        attachment = 0
        names = _names(self._attributes, self._codepage)
        for attribute in self._attributes:
            attachment += attribute.tag == store.RENDERING
            inside = attribute.level == 2
            place = f"attachment {attachment}/" if inside else ""
            name = names.get(attachment, "") if inside else ""
            for number, cell in enumerate(attribute.cells, 1):
                row = f"recipient {cell.row}/" if cell.row else ""
                part = f"{place}{row}{number} " if cell.kind != -1 else place
                self._read(cell, part, name, inside=inside)

    def _add(self, cell: Cell, text: str, part: str, role: Role, write: Write) -> None:
        if text.strip("\0 \t\r\n"):
            self._children.own.append(Segment(text, part, role))
            self._writes.append((cell, write))

    def _open(
        self, cell: Cell, part: str, data: bytes, hint: Hint, fill: Callable[[bytes], bytes] = bytes
    ) -> None:
        if data and self._children.open(part, data, hint, self._open_child):
            self._fills[part] = (cell, fill)

    def _read(self, cell: Cell, place: str, name: str, *, inside: bool) -> None:
        if cell.kind == -1:
            self._read_attribute(cell, place, name)
            return
        part = f"{place}{mapi.name_of(cell.identity)}"
        if cell.kind == -2:
            self._read_string(cell, mapi.UNICODE, f"{part}, its name", Role.KEY)
        elif cell.kind in mapi.STRINGS:
            if cell.identity in _HINTS and cell.data.strip(b"\0"):
                self._read_body(cell, part)
            else:
                role = mapi.role_of(cell.identity, attachment=inside)
                self._read_string(cell, cell.kind, part, role)
        elif cell.kind in (mapi.BINARY, mapi.OBJECT):
            self._read_binary(cell, part, name, inside=inside)
        elif len(cell.data) == 8:
            text = mapi.fixed_text(cell.kind, cell.data)
            role = Role.TRACE if cell.identity in mapi.TRACES else Role.METADATA
            self._add(cell, text, part, role, lambda _: bytes(8))

    def _read_attribute(self, cell: Cell, place: str, name: str) -> None:
        part = f"{place}attribute {cell.tag & 0xFFFF:04X}"
        if cell.tag == store.DATA:
            self._open(cell, part, cell.data, Hint(name))
        elif cell.tag == store.BODY and cell.data.strip(b"\0"):
            charset = mapi.charset_of(self._codepage)
            body = cell.data.rstrip(b"\0")
            tail = cell.data[len(body) :]
            hint = Hint("", f"text/plain; charset={charset}" if charset else "text/plain")
            self._open(cell, part, body, hint, lambda data: data + tail)
        elif cell.tag >> 16 in _TEXTS:
            role = Role.NAME if cell.tag == store.TITLE else Role.METADATA
            self._read_string(cell, mapi.STRING8, part, role)
        else:
            role = Role.TRACE if cell.tag == store.METAFILE else Role.METADATA
            self._read_blob(cell, part, role)

    def _read_string(self, cell: Cell, kind: int, part: str, role: Role) -> None:
        whole = mapi.decode_string(cell.data, kind, self._codepage)
        text = whole.rstrip("\0")
        tail = whole[len(text) :]

        def write(edits: Sequence[Edit]) -> bytes:
            return mapi.encode_string(edit_text(text, edits) + tail, kind, self._codepage)

        self._add(cell, text, part, role, write)

    def _read_body(self, cell: Cell, part: str) -> None:
        whole = mapi.decode_string(cell.data, cell.kind, self._codepage)
        text = whole.rstrip("\0")
        tail = whole[len(text) :]

        def fill(data: bytes) -> bytes:
            new = data.decode("utf-8", "surrogatepass") + tail
            return mapi.encode_string(new, cell.kind, self._codepage)

        hint = Hint("", f"{_HINTS[cell.identity]}; charset=utf-8")
        self._open(cell, part, text.encode("utf-8", "surrogatepass"), hint, fill)

    def _read_binary(self, cell: Cell, part: str, name: str, *, inside: bool) -> None:
        data = cell.data
        if cell.kind == mapi.OBJECT:
            head = data[:_IDENTIFIER]
            self._open(cell, part, data[_IDENTIFIER:], Hint(name), lambda new: head + new)
        elif cell.identity == mapi.RTF and data:
            try:
                rtf = unpack_rtf(data)
            except Unreadable as error:
                self._children.unread.append(Unread(part, str(error)))
                return
            self._open_child.ledger.spend_unpacked(len(rtf), len(data))
            self._open(cell, part, rtf, Hint("", "application/rtf"), pack_rtf)
        elif cell.identity == mapi.HTML:
            self._open(cell, part, data.rstrip(b"\0"), Hint("", "text/html"))
        elif inside and cell.identity == mapi.ATTACHED:
            self._open(cell, part, data, Hint(name))
        else:
            role = Role.TRACE if cell.identity in mapi.TRACES else Role.METADATA
            self._read_blob(cell, part, role)

    def _read_blob(self, cell: Cell, part: str, role: Role) -> None:
        """Bytes that are searched for text, and blanked as a whole if it has to go."""
        text = "\n".join(printable(cell.data))
        if len(cell.data) >= _OPAQUE and len(text) < len(cell.data) / 20 and role is not Role.TRACE:
            self._children.unread.append(Unread(part, "a binary value: not read"))
            return
        size = 0 if cell.counted else len(cell.data)
        self._add(cell, text, part, role, lambda _: bytes(size))


def open_tnef(name: str, data: bytes, open_child: Opener) -> TnefDocument:
    """Open a TNEF stream.

    Raises:
        Unreadable: damaged.
    """
    attributes = store.read_attributes(data)
    children = Children()
    pages = [c.data[:4] for a in attributes if a.tag == store.CODEPAGE for c in a.cells]
    codepage = int.from_bytes(pages[0], "little") if pages else 0
    document = TnefDocument(name, children.unread, data, open_child, children, attributes, codepage)
    document.read()
    return document


def _names(attributes: Sequence[Attribute], codepage: int) -> dict[int, str]:
    """The file name of each attachment by its number; the long one if there is one."""
    names: dict[int, str] = {}
    number = 0
    for attribute in attributes:
        number += attribute.tag == store.RENDERING
        for cell in attribute.cells:
            if cell.tag == store.TITLE:
                text = mapi.decode_string(cell.data, mapi.STRING8, codepage)
            elif (
                cell.tag == store.ATTACHMENT
                and cell.identity == mapi.LONG_NAME
                and cell.kind in mapi.STRINGS
            ):
                text = mapi.decode_string(cell.data, cell.kind, codepage)
            else:
                continue
            names[number] = text.rstrip("\0")
    return names
