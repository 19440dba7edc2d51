"""The streams of an Outlook message: property tables, sizes, and how both follow a change.

Source: [MS-OXMSG] Outlook Item (.msg) File Format, section 2.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.formats._mail.mapi import BINARY, INTERNET_CODEPAGE, LONG, MESSAGE_CODEPAGE, MULTIPLE
from gateway.formats._ole.cfb import STORAGE, STREAM, Compound, Node
from gateway.formats._ole.cfb_write import write_compound

type Path = tuple[str, ...]

PROPERTIES = "__properties_version1.0"
NAMED = "__nameid_version1.0"
_VALUE = re.compile(r"__substg1\.0_([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})(?:-([0-9A-Fa-f]{8}))?")
HOLDER = re.compile(r"__(attach|recip)_version1\.0_#([0-9A-Fa-f]{8})")
"""Names of the storages of attachments and recipients."""

_OBJECT = re.compile(r"__substg1\.0_[0-9A-Fa-f]{4}000[dD]")
_ENTRY = 16
_TOP_HEADER, _EMBEDDED_HEADER, _OTHER_HEADER = 32, 24, 8


@dataclass(frozen=True, slots=True)
class Value:
    """One stream that holds a property's value, or one of its several values."""

    path: Path
    identity: int
    kind: int
    index: int | None

    @property
    def table(self) -> Path:
        """The property table that states its size."""
        return (*self.path[:-1], PROPERTIES)

    @property
    def lengths(self) -> Path:
        """The stream with the lengths of several values."""
        return (*self.path[:-1], self.path[-1].rpartition("-")[0])


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that stands in the table itself, at ``at``."""

    table: Path
    at: int
    identity: int
    kind: int
    value: bytes = field(repr=False)


def value_of(path: Path) -> Value | None:
    """What a stream's name says, or ``None`` if it is no value."""
    match = _VALUE.fullmatch(path[-1])
    if not match:
        return None
    index = int(match[3], 16) if match[3] else None
    return Value(path, int(match[1], 16), int(match[2], 16), index)


def is_known_storage(name: str) -> bool:
    """Whether a storage is one that messages have; other names could be text."""
    return name == NAMED or bool(HOLDER.fullmatch(name) or _OBJECT.fullmatch(name))


def header_size(table: Path) -> int:
    """Bytes before the first entry of a table (section 2.4.1)."""
    if len(table) == 1:
        return _TOP_HEADER
    holder = table[-2].lower()
    return _EMBEDDED_HEADER if holder.startswith("__substg1.0_3701000d") else _OTHER_HEADER


@dataclass(slots=True)
class Streams:
    """All streams of a message, to be changed and written again."""

    nodes: Sequence[Node] = field(repr=False)
    data: dict[Path, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.data = {node.path: node.data for node in self.nodes if node.kind == STREAM}

    def fixed(self, table: Path) -> Iterator[Fixed]:
        """The entries of a table whose values stand in it."""
        data = self.data.get(table, b"")
        for at in range(header_size(table), len(data) - _ENTRY + 1, _ENTRY):
            kind, identity = struct.unpack_from("<2H", data, at)
            yield Fixed(table, at, identity, kind, data[at + 8 : at + 16])

    def codepage(self, holder: Path) -> int:
        """The code page of 8-bit strings of the message at ``holder``; 0 if it states none."""
        found = {f.identity: f for f in self.fixed((*holder, PROPERTIES)) if f.kind == LONG}
        for identity in (MESSAGE_CODEPAGE, INTERNET_CODEPAGE):
            if identity in found:
                return int.from_bytes(found[identity].value[:4], "little")
        return 0

    def write(self, value: Value, new: bytes) -> None:
        """Give a value new bytes, and state their length where it is stated."""
        old = len(self.data[value.path])
        self.data[value.path] = new
        if value.index is None:
            self._restate(value, len(new) - old)
            return
        lengths = bytearray(self.data.get(value.lengths, b""))
        width = 8 if value.kind == MULTIPLE | BINARY else 4
        at = value.index * width
        if at + 4 <= len(lengths):
            stated = int.from_bytes(lengths[at : at + 4], "little")
            lengths[at : at + 4] = max(0, stated + len(new) - old).to_bytes(4, "little")
            self.data[value.lengths] = bytes(lengths)

    def remove(self, value: Value) -> None:
        """Take a value away, with its entry in the table."""
        if value.index is not None:
            self.write(value, b"")
            return
        self.data.pop(value.path, None)
        for at in self._entries(value):
            self.remove_entry(value.table, at)

    def remove_entry(self, table: Path, at: int) -> None:
        """Blank an entry: a null property of type "unspecified", which readers pass over."""
        data = bytearray(self.data[table])
        data[at : at + _ENTRY] = bytes(_ENTRY)
        self.data[table] = bytes(data)

    def compacted(self) -> None:
        """Take blanked entries out of all tables."""
        for table in [path for path in self.data if path[-1] == PROPERTIES]:
            data, start = self.data[table], header_size(table)
            entries = [data[at : at + _ENTRY] for at in range(start, len(data), _ENTRY)]
            self.data[table] = data[:start] + b"".join(e for e in entries if e.strip(b"\0"))

    def graft(self, holder: Path, inside: Compound) -> None:
        """Put other nodes in the place of those of a storage."""
        depth = len(holder)
        kept = [n for n in self.nodes if n.path[:depth] != holder]
        new = [
            Node((*holder, *n.path), n.kind if n.path else STORAGE, n.clsid, n.state, n.data)
            for n in inside.nodes
        ]
        self.nodes = [*kept, *new]
        self.data = {path: data for path, data in self.data.items() if path[:depth] != holder}
        self.data |= {node.path: node.data for node in new if node.kind == STREAM}

    def packed(self) -> bytes:
        """The message as a compound file; no leftovers of the old one."""
        self.compacted()
        nodes = [
            Node(n.path, n.kind, n.clsid, n.state, self.data.get(n.path, b""))
            for n in self.nodes
            if n.kind != STREAM or n.path in self.data
        ]
        return write_compound(nodes)

    def _entries(self, value: Value) -> Iterator[int]:
        for entry in self.fixed(value.table):
            if (entry.identity, entry.kind) == (value.identity, value.kind):
                yield entry.at

    def _restate(self, value: Value, growth: int) -> None:
        for at in self._entries(value):
            data = bytearray(self.data[value.table])
            stated = int.from_bytes(data[at + 8 : at + 12], "little")
            data[at + 8 : at + 12] = max(0, stated + growth).to_bytes(4, "little")
            self.data[value.table] = bytes(data)
