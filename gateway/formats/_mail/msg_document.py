"""An Outlook message as a document: each property a segment, bodies and attachments children."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.errors import Unreadable
from gateway.formats._base import Opener, edit_text
from gateway.formats._base64 import has_magic
from gateway.formats._children import Children
from gateway.formats._mail import mapi
from gateway.formats._mail.lzfu import pack_rtf, unpack_rtf
from gateway.formats._mail.msg_store import (
    HOLDER,
    NAMED,
    PROPERTIES,
    Fixed,
    Path,
    Streams,
    Value,
    is_known_storage,
    value_of,
)
from gateway.formats._mail.printable import printable
from gateway.formats._ole.cfb import STORAGE, Compound, read_compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.formats._ole.residue import holds_files
from gateway.model import Edit, Hint, Role, Segment, Unread

_NAME_STRINGS = (NAMED, "__substg1.0_00040102")
_OUTLOOK_HEADERS = "Microsoft Mail Internet Headers"
_OPAQUE = 16_384
"""Bytes of a value without text from which on it is unread: no key or date is as large."""

type Write = Callable[[Streams, Sequence[Edit]], None]
type Fill = Callable[[Streams, bytes, str], None]


@dataclass(slots=True)
class MsgDocument:
    """An opened message file; see :class:`gateway.formats._base.Document`."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _compound: Compound = field(repr=False)
    _open_child: Opener = field(repr=False)
    _children: Children = field(repr=False)
    _streams: Streams = field(repr=False)
    _writes: list[Write] = field(default_factory=list, repr=False)
    _fills: dict[str, Fill] = field(default_factory=dict, repr=False)

    def segments(self) -> Sequence[Segment]:
        """Properties of the message, its recipients and attachments; then what they hold."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The message with the edits made, written anew without leftovers."""
        if not edits:
            return self._data
        own, changed = self._children.apply(edits)
        streams = Streams(self._compound.nodes)
        for index, group in own.items():
            self._writes[index](streams, group)
        for part, data in changed.items():
            self._fills[part](streams, data, self._children.endings.get(part, ""))
        return streams.packed()

    def read(self) -> None:
        """List all segments, open all children."""
        self._read_names()
        self._read_storages()
        for path in self._streams.data:
            if not self._is_inside_object(path) and path[0] != NAMED:
                self._read_stream(path)
        for leftover in self._compound.leftovers:
            if holds_files(leftover):
                why = ("unused space: not read",)
                self._children.own.append(Segment("", "unused space", Role.DISPENSABLE, why))
                self._writes.append(lambda _streams, _edits: None)
            text = "\n".join(printable(leftover))
            self._add(text, "unused space", Role.HIDDEN, lambda _streams, _edits: None)

    def _read_storages(self) -> None:
        for node in self._compound.nodes:
            if node.kind != STORAGE or self._is_inside_object(node.path):
                continue
            if self._is_object(node.path):
                self._read_object(node.path)
            elif not is_known_storage(node.name):
                self._children.unread.append(Unread("storage", "a storage of unknown kind"))

    def _read_stream(self, path: Path) -> None:
        value = value_of(path)
        if path[-1] == PROPERTIES:
            for entry in self._streams.fixed(path):
                self._read_fixed(entry)
        elif value:
            self._read_value(value)
        else:
            self._read_unknown(path)

    def _add(self, text: str, part: str, role: Role, write: Write, *context: str) -> None:
        if text.strip("\0 \t\r\n"):
            self._children.own.append(Segment(text, part, role, context))
            self._writes.append(write)

    def _is_object(self, path: Path) -> bool:
        """Whether a storage is an attached object that is no message."""
        is_attached = path[-1].lower().startswith("__substg1.0_3701000d")
        return is_attached and (*path, PROPERTIES) not in self._streams.data

    def _is_inside_object(self, path: Path) -> bool:
        return any(self._is_object(path[:end]) for end in range(1, len(path)))

    def _read_names(self) -> None:
        """Names that programs gave to properties (section 2.2.3.1.3), written in equal length."""
        data = self._streams.data.get(_NAME_STRINGS, b"")
        at = 0
        while at + 4 <= len(data):
            size = struct.unpack_from("<I", data, at)[0]
            start, end = at + 4, min(at + 4 + size, len(data))
            name = data[start:end].decode("utf-16-le", "replace")

            def write(
                streams: Streams, edits: Sequence[Edit], where: int = start, old: str = name
            ) -> None:
                new = edit_text(old, edits)[: len(old)].ljust(len(old), "_")
                room = len(old.encode("utf-16-le"))
                raw = bytearray(streams.data[_NAME_STRINGS])
                raw[where : where + room] = new.encode("utf-16-le", "replace")[:room].ljust(
                    room, b"\0"
                )
                streams.data[_NAME_STRINGS] = bytes(raw)

            self._add(name, "name of a property", Role.KEY, write)
            at = end + (-size % 4)

    def _read_fixed(self, entry: Fixed) -> None:
        text = mapi.fixed_text(entry.kind, entry.value)
        role = Role.TRACE if entry.identity in mapi.TRACES else Role.METADATA

        def write(streams: Streams, _edits: Sequence[Edit]) -> None:
            streams.remove_entry(entry.table, entry.at)

        self._add(
            text, _part(entry.table, entry.identity), role, write, mapi.name_of(entry.identity)
        )

    def _read_value(self, value: Value) -> None:
        raw = self._streams.data[value.path]
        kind = value.kind & ~mapi.MULTIPLE
        if kind in mapi.STRINGS and (value.index is not None or not value.kind & mapi.MULTIPLE):
            self._read_string(value, raw, kind)
        elif value.kind == mapi.BINARY or value.index is not None:
            self._read_binary(value, raw)
        elif value.kind == mapi.MULTIPLE | mapi.TIME:
            times = (mapi.fixed_text(mapi.TIME, raw[i : i + 8]) for i in range(0, len(raw), 8))
            self._add(
                "\n".join(times), _part(value.path, value.identity), Role.METADATA, _removing(value)
            )

    def _read_string(self, value: Value, raw: bytes, kind: int) -> None:
        holder = _holder(value.path)
        codepage = self._streams.codepage(holder)
        whole = mapi.decode_string(raw, kind, codepage)
        text = whole.rstrip("\0")
        tail = whole[len(text) :]
        part = _part(value.path, value.identity)
        if value.identity in (mapi.BODY, mapi.HTML, mapi.HEADERS) and text.strip():
            first = text.find("\n") + 1 if text.startswith(_OUTLOOK_HEADERS) else 0
            child = text[first:].encode("utf-8", "surrogatepass")
            hint = Hint("", f"{_KINDS[value.identity]}; charset=utf-8")

            def fill(streams: Streams, data: bytes, _ending: str) -> None:
                new = text[:first] + data.decode("utf-8", "surrogatepass") + tail
                streams.write(value, mapi.encode_string(new, kind, codepage))

            self._open(part, child, hint, fill)
            return

        def write(streams: Streams, edits: Sequence[Edit]) -> None:
            new = edit_text(text, edits) + tail
            streams.write(value, mapi.encode_string(new, kind, codepage))

        attachment = "__attach" in "".join(value.path[-2:-1])
        role = mapi.role_of(value.identity, attachment=attachment)
        self._add(text, part, role, write, mapi.name_of(value.identity))

    def _read_binary(self, value: Value, raw: bytes) -> None:
        part = _part(value.path, value.identity)
        attached = value.path[-2].startswith("__attach") if len(value.path) > 1 else False
        if value.identity == mapi.RTF and raw:
            self._read_rich_text(value, raw, part)
        elif value.identity == mapi.HTML and raw.strip(b"\0"):
            charset = mapi.charset_of(self._streams.codepage(_holder(value.path)))
            hint = Hint("", f"text/html; charset={charset}" if charset else "text/html")
            body = raw.rstrip(b"\0")
            tail = raw[len(body) :]
            self._open(part, body, hint, lambda s, data, _: s.write(value, data + tail))
        elif attached and value.identity == mapi.ATTACHED and raw:
            holder = value.path[:-1]

            def fill(streams: Streams, data: bytes, ending: str) -> None:
                streams.write(value, data)
                self._rename(streams, holder, ending)

            self._open(part, raw, self._hint(holder), fill)
        elif has_magic(raw):
            self._open(part, raw, Hint(), lambda s, data, _: s.write(value, data))
        else:
            text = "\n".join(printable(raw))
            if len(raw) >= _OPAQUE and len(text) < len(raw) / 20:
                self._children.unread.append(Unread(part, "a binary value: not read"))
                return
            role = Role.TRACE if value.identity in mapi.TRACES else Role.METADATA
            self._add(text, part, role, _removing(value), mapi.name_of(value.identity))

    def _read_rich_text(self, value: Value, raw: bytes, part: str) -> None:
        try:
            rtf = unpack_rtf(raw)
        except Unreadable as error:
            self._children.unread.append(Unread(part, str(error)))
            return
        self._open_child.ledger.spend_unpacked(len(rtf), len(raw))
        if rtf.strip(b"\0"):
            self._open(
                part,
                rtf,
                Hint("", "application/rtf"),
                lambda s, data, _: s.write(value, pack_rtf(data)),
            )

    def _read_object(self, path: Path) -> None:
        """An attached object with storages of its own, as a file of its own."""
        part = _part(path, mapi.ATTACHED)

        def fill(streams: Streams, data: bytes, _ending: str) -> None:
            streams.graft(path, read_compound(data))

        inside = write_compound(self._compound.below(path).nodes)
        self._open(part, inside, self._hint(path[:-1]), fill)

    def _read_unknown(self, path: Path) -> None:
        text = "\n".join(printable(self._streams.data[path]))

        def write(streams: Streams, _edits: Sequence[Edit]) -> None:
            del streams.data[path]

        self._add(text, "unknown stream", Role.HIDDEN, write)

    def _open(self, part: str, data: bytes, hint: Hint, fill: Fill) -> None:
        if self._children.open(part, data, hint, self._open_child):
            self._fills[part] = fill

    def _names(self, streams: Streams, holder: Path) -> dict[int, tuple[Value, str]]:
        """What an attachment says of itself, by property."""
        codepage = streams.codepage(_holder(holder))
        found: dict[int, tuple[Value, str]] = {}
        for identity in (
            mapi.LONG_NAME,
            mapi.SHORT_NAME,
            mapi.DISPLAY_NAME,
            mapi.EXTENSION,
            mapi.MIME_TYPE,
        ):
            for kind in mapi.STRINGS:
                path = (*holder, f"__substg1.0_{identity:04X}{kind:04X}")
                value = value_of(path)
                if path in streams.data and value:
                    text = mapi.decode_string(streams.data[path], kind, codepage)
                    found[identity] = (value, text.rstrip("\0"))
        return found

    def _hint(self, holder: Path) -> Hint:
        names = {
            identity: text for identity, (_, text) in self._names(self._streams, holder).items()
        }
        name = (
            names.get(mapi.LONG_NAME)
            or names.get(mapi.SHORT_NAME)
            or names.get(mapi.DISPLAY_NAME, "")
        )
        return Hint(name.replace("\\", "/").rpartition("/")[2], names.get(mapi.MIME_TYPE, ""))

    def _rename(self, streams: Streams, holder: Path, ending: str) -> None:
        """Give a converted attachment the ending of its new kind."""
        if not ending:
            return
        codepage = streams.codepage(_holder(holder))
        for identity, (value, text) in self._names(streams, holder).items():
            if identity == mapi.MIME_TYPE:
                streams.remove(value)
                continue
            stem = "" if identity == mapi.EXTENSION else text.rpartition(".")[0] or text
            streams.write(value, mapi.encode_string(stem + ending, value.kind, codepage))


_KINDS = {mapi.BODY: "text/plain", mapi.HTML: "text/html", mapi.HEADERS: "message/rfc822"}


def open_msg(name: str, data: bytes, open_child: Opener) -> MsgDocument:
    """Open a message file.

    Raises:
        Unreadable: it is damaged.
    """
    compound = read_compound(data)
    children = Children(renames=True)
    streams = Streams(compound.nodes)
    document = MsgDocument(name, children.unread, data, compound, open_child, children, streams)
    document.read()
    return document


def _removing(value: Value) -> Write:
    """What cannot be changed in part is taken away: ids with an address in them."""
    return lambda streams, _edits: streams.remove(value)


def _holder(path: Path) -> Path:
    """The message that a stream belongs to: the file's own or an embedded one."""
    for end in range(len(path), 0, -1):
        if path[end - 1].lower().startswith("__substg1.0_3701000d"):
            return path[:end]
    return ()


def _part(path: Path, identity: int) -> str:
    """An address: "attachment 1/recipient 2/display name"."""
    words: list[str] = []
    for name in path[:-1]:
        if holder := HOLDER.fullmatch(name):
            label = "attachment" if holder[1] == "attach" else "recipient"
            words.append(f"{label} {int(holder[2], 16) + 1}")
    value = value_of(path)
    several = f" {value.index + 1}" if value and value.index is not None else ""
    kind8 = " (8 bit)" if value and value.kind & ~mapi.MULTIPLE == mapi.STRING8 else ""
    return "/".join((*words, mapi.name_of(identity) + several + kind8))
