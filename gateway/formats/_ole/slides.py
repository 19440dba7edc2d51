"""The text of a PowerPoint presentation: a tree of records, old versions of slides included.

Saving quickly appends changed records and leaves the old ones where they are; every record in
the stream is read, whether a slide still uses it or not.

Source: [MS-PPT] §2.3 (records), §2.9 (text), §2.13.8 (record types), §2.10.34 (embedded objects).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._ole.cfb import ROOT, STREAM, Compound, Node, root_names
from gateway.formats._ole.cfb_write import write_compound
from gateway.formats._ole.officeart import inflated
from gateway.formats._ole.passage import UTF16, Blank, Passage, Path, Span, Streams, inline
from gateway.formats._ole.reading import Child, Reading
from gateway.formats._ole.residue import as_units, looks_packed
from gateway.model import Edit, Hint, Role, Segment, Unread

MAIN = frozenset({"powerpoint document", "current user", "pictures"})

_CHARS, _BYTES, _STRING = 0x0FA0, 0x0FA8, 0x0FBA
_OBJECT, _TAG_DATA, _SOUND, _CRYPT = 0x1011, 0x138B, 0x07E7, 0x2F14
_COMMENT, _COMMENT_ATOM, _LINK, _NOTES, _MACRO_INFO = 0x2EE0, 0x2EE1, 0x0FD7, 0x03F0, 0x0400
_ENCRYPTED_TOKEN = 0xF3D1C4DF
_DEEPEST = 64
_MOST_RECORDS = 2_000_000
_MACRO_STORAGE = frozenset({"vba", "project"})
_ARCHIVE = b"PK\3\4"
_BREAKS = str.maketrans({"\r": "\n", "\x0b": "\n"})


class Record(NamedTuple):
    """A record: its content, and the types of the records that it stands in."""

    kind: int
    instance: int
    start: int
    end: int
    inside: tuple[int, ...]


def read_slides(compound: Compound, reading: Reading) -> None:
    """Read the main streams.

    Raises:
        Unreadable: encrypted or damaged.
    """
    streams = {n.name.lower(): n for n in compound.nodes if n.kind == STREAM and len(n.path) == 1}
    if "encryptedsummary" in streams:
        raise Unreadable("encrypted: take its password off first")
    if node := streams.get("current user"):  # it tells whether the rest can be read
        reading.add(_user(node.data, node.path))
    if node := streams.get("powerpoint document"):
        _Show(node.data, node.path, reading).read()
    if node := streams.get("pictures"):
        reading.pictures(node.path, node.data, "pictures")


def records(data: bytes, reading: Reading | None = None) -> Iterator[Record]:
    """All records, those in containers after them.

    Raises:
        Unreadable: too many, or nested too deep.
    """
    pending: list[tuple[int, int, tuple[int, ...]]] = [(0, len(data), ())]
    count = 0
    while pending:
        at, stop, inside = pending.pop()
        while at + 8 <= stop:
            instance, kind, size = struct.unpack_from("<HHI", data, at)
            start, end = at + 8, at + 8 + size
            count += 1
            if end > stop or count > _MOST_RECORDS:
                filled = _after_zeros(data, at, stop)
                if filled > at and not inside:
                    at = filled
                    continue
                if data.startswith(_ARCHIVE, at):  # a theme: read as an archive
                    break
                if reading and looks_packed(data[at:stop]):
                    reading.unread.append(
                        Unread("record", "embedded data: packed or enciphered, not read")
                    )
                break
            yield Record(kind, instance >> 4, start, end, inside)
            if instance & 0xF == 0xF or kind == _TAG_DATA:
                if len(inside) > _DEEPEST:
                    raise Unreadable("damaged: records nested too deep")
                pending.append((end, stop, inside))
                pending.append((start, end, (*inside, kind)))
                break
            at = end


def _after_zeros(data: bytes, at: int, stop: int) -> int:
    """Where a container follows on zeros that fill up a gap; the same place if none does."""
    behind = stop - len(data[at:stop].lstrip(b"\0"))
    return behind if data.startswith(b"\x0f\0", behind) else at


class _Show:
    def __init__(self, data: bytes, path: Path, reading: Reading) -> None:
        self._data = data
        self._path = path
        self._reading = reading
        self._macro_flags: list[int] = []

    def read(self) -> None:
        """All passages and embedded objects."""
        found = list(records(self._data, self._reading))
        self._macro_flags = [
            r.start + 4 for r in found if r.kind == _MACRO_INFO and r.end - r.start == 12
        ]
        for number, record in enumerate(found):
            part = f"record {number}"
            self._reading.cover(self._path, record.start - 8, record.start)
            if record.kind in {_CHARS, _BYTES, _STRING}:
                self._reading.add(self._text(record, part))
            elif record.kind == _CRYPT:
                raise Unreadable("encrypted: take its password off first")
            elif record.kind == _SOUND:
                self._reading.unread.append(Unread(part, "sound or film: cannot be read"))
                self._reading.cover(self._path, record.start, record.end)
            elif record.kind == _COMMENT_ATOM and record.end - record.start >= 20:
                # Its number, and the date in 16 bytes ([MS-PPT] §2.4.20.4).
                blank = Blank(self._path, record.start + 4, record.start + 20)
                self._reading.add([Passage(Segment("", part, Role.TRACE), blank)])
            elif record.kind == _OBJECT:
                self._object(record, part)

    def _text(self, record: Record, part: str) -> list[Passage]:
        raw = self._data[record.start : record.end]
        if record.kind == _BYTES:
            text, codec = raw.decode("latin-1"), "latin-1"
        else:
            text, codec = as_units(raw), UTF16
            if any("\ud800" <= unit <= "\udfff" for unit in text):
                text = text.encode(UTF16, "surrogatepass").decode(UTF16, "replace")
        span = Span(text.translate(_BREAKS), self._path, record.start, codec)
        return inline([span], part, _role(record))

    def _object(self, record: Record, part: str) -> None:
        """An embedded storage, mostly deflated behind its size ([MS-PPT] §2.10.34)."""
        packed = record.instance == 1
        raw = self._data[record.start : record.end]
        self._reading.cover(self._path, record.start, record.end)
        try:
            data = inflated(raw[4:], self._reading.ledger) if packed else raw
        except LimitExceeded:
            raise
        except Unreadable as error:
            self._reading.unread.append(Unread(part, str(error)))
            return
        hole = _ObjectHole(self._path, record.start, record.end, packed)
        if root_names(data) & _MACRO_STORAGE:
            segment = Segment("", part, Role.DISPENSABLE, ("macros: not read",))
            self._reading.passages.append(Passage(segment, _Macros(hole, self._macro_flags)))
        else:
            hint = Hint("object.bin")
            self._reading.children.append(Child(part, data, hint, hole.fill, hole.empty))


@dataclass(frozen=True, slots=True)
class _ObjectHole:
    """Where an embedded storage stands; a new one has no more room."""

    stream: Path = field(repr=False)
    start: int
    end: int
    packed: bool

    def fill(self, streams: Streams, new: bytes) -> None:
        """Write the storage over the old one."""
        data = struct.pack("<I", len(new)) + zlib.compress(new, 9) if self.packed else new
        room = self.end - self.start
        if len(data) > room:
            raise CannotEdit("a redacted object is larger than the place of the old one")
        streams.write(self.stream, self.start, data.ljust(room, b"\0"))

    def empty(self, streams: Streams) -> None:
        """Write a storage with nothing in it over the old one."""
        self.fill(streams, write_compound([Node((), ROOT)]))


@dataclass(frozen=True, slots=True)
class _Macros:
    """A macro project: an empty storage takes its place, and the flag that announces it falls."""

    hole: _ObjectHole
    flags: Sequence[int]

    def write(self, streams: Streams, text: str, edits: Sequence[Edit]) -> None:
        """Leave the macros out."""
        del text, edits
        self.hole.empty(streams)
        for flag in self.flags:
            streams.write(self.hole.stream, flag, bytes(4))


def _role(record: Record) -> Role:
    if _COMMENT in record.inside:  # 0 the author, 1 the text, 2 the author's initials
        return Role.COMMENT if record.instance == 1 else Role.TRACE
    if _LINK in record.inside:
        return Role.METADATA
    return Role.BODY if record.kind != _STRING else Role.HIDDEN


def _user(data: bytes, path: Path) -> Iterator[Passage]:
    """Who saved last ([MS-PPT] §2.3.2), in one byte and in two bytes a character."""
    if len(data) < 28:
        return
    size, token = struct.unpack_from("<II", data, 8)
    if token == _ENCRYPTED_TOKEN:
        raise Unreadable("encrypted: take its password off first")
    (length,) = struct.unpack_from("<H", data, 20)
    at = 8 + size
    if at + length <= len(data):
        text = data[at : at + length].decode("cp1252", "replace")
        yield from inline([Span(text, path, at, "cp1252")], "user", Role.TRACE)
    at += length + 4
    if at + 2 * length <= len(data):
        text = as_units(data[at : at + 2 * length])
        if not any("\ud800" <= unit <= "\udfff" for unit in text):
            yield from inline([Span(text, path, at, UTF16)], "user name", Role.TRACE)


def object_layers(data: bytes, reading: Reading) -> Iterator[bytes]:
    """The embedded storages of a presentation's stream, unpacked, for the verifier."""
    for record in records(data):
        if record.kind == _OBJECT:
            raw = data[record.start : record.end]
            try:
                yield inflated(raw[4:], reading.ledger) if record.instance == 1 else raw
            except LimitExceeded:
                raise
            except Unreadable:
                continue
