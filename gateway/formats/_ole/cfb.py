"""Compound files: storages and streams in one file, laid out in sectors like a small disk.

The reader is strict: chains that loop, end early or share sectors are refused, because two
programs would read such a file differently. It also knows which bytes belong to nobody (free
sectors, the ends of last sectors, deleted directory entries): old text survives there.

Source: [MS-CFB] Compound File Binary File Format.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.errors import Unreadable

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER_SIZE = 512
ENTRY_SIZE = 128
MINI_SECTOR = 64
MINI_CUTOFF = 4096
END = 0xFFFFFFFE
LAST_SECTOR = 0xFFFFFFFA
NO_ENTRY = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
_FAT_SECTORS_IN_HEADER = 109
_MOST_ENTRIES = 20_000
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Node:
    """A storage or stream.

    Args:
        path: names from the root down; the root's is empty.
        kind: ``STORAGE``, ``STREAM`` or ``ROOT``.
        clsid: which program the storage belongs to.
        state: bits that the program keeps there.
        data: the content of a stream.
    """

    path: tuple[str, ...] = field(repr=False)
    kind: int
    clsid: bytes = bytes(16)
    state: int = 0
    data: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str = field(repr=False)
    kind: int
    left: int
    right: int
    child: int
    clsid: bytes
    state: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Compound:
    """An opened compound file: its nodes, storages before what is in them, and its leftovers.

    ``leftovers`` are the stretches of bytes that no stream and no table owns.
    """

    nodes: Sequence[Node]
    leftovers: Sequence[bytes] = field(default=(), repr=False)

    def stream(self, *path: str) -> bytes | None:
        """The content of a stream, whatever the case of its name."""
        wanted = tuple(name.casefold() for name in path)
        for node in self.nodes:
            if node.kind == STREAM and tuple(n.casefold() for n in node.path) == wanted:
                return node.data
        return None

    def below(self, path: tuple[str, ...]) -> Compound:
        """The storage at ``path`` as a compound file of its own."""
        depth = len(path)
        nodes = [
            Node(n.path[depth:], ROOT if n.path == path else n.kind, n.clsid, n.state, n.data)
            for n in self.nodes
            if n.path[:depth] == path
        ]
        return Compound(nodes)


def is_compound(data: bytes) -> bool:
    """Whether the bytes begin as a compound file does."""
    return data.startswith(MAGIC) and len(data) > HEADER_SIZE


def root_names(data: bytes) -> frozenset[str]:
    """Names of what stands directly below the root, in lower case; none if it cannot be read."""
    if not is_compound(data):
        return frozenset()
    try:
        reader = _Reader(data)
        return frozenset(e.name.lower() for path, e in reader.walk() if len(path) == 1)
    except Unreadable:
        return frozenset()


def is_empty(data: bytes) -> bool:
    """Whether this is a compound file with nothing in it, such as an object that was left out."""
    if not is_compound(data):
        return False
    try:
        return len(list(_Reader(data).walk())) == 1
    except Unreadable:
        return False


def read_compound(data: bytes) -> Compound:
    """Read a compound file whole.

    Raises:
        Unreadable: it is damaged, or built so that two readers would see different things.
    """
    if not is_compound(data):
        raise Unreadable("damaged: not a compound file")
    reader = _Reader(data)
    nodes = [
        Node(
            path,
            entry.kind,
            entry.clsid,
            entry.state,
            reader.content(entry) if entry.kind == STREAM else b"",
        )
        for path, entry in reader.walk()
    ]
    if len({tuple(n.casefold() for n in node.path) for node in nodes}) != len(nodes):
        raise Unreadable("damaged: two streams have the same name")
    return Compound(nodes, tuple(reader.leftovers()))


class _Reader:
    def __init__(self, data: bytes) -> None:
        (minor, major, order, shift, mini_shift) = struct.unpack_from("<5H", data, 24)
        del minor
        if order != 0xFFFE or (major, shift) not in {(3, 9), (4, 12)} or mini_shift != 6:
            raise Unreadable("damaged: the header of the compound file")
        self._data = data
        self._size: int = 1 << shift
        self._count = max(0, -(-(len(data) - self._size) // self._size))
        self._owned = bytearray(len(data))
        self._own(0, HEADER_SIZE)
        first_dir, _, cutoff, first_mini, _, first_difat, _ = struct.unpack_from("<7I", data, 48)
        if cutoff != MINI_CUTOFF:
            raise Unreadable("damaged: the header of the compound file")
        self._fat = self._table(self._fat_sectors(first_difat))
        directory = self._chain(first_dir)
        self._entries = self._read_entries(directory)
        self._used: set[int] = set()
        self._mini_fat = self._table(self._chain(first_mini))
        root = self._entries[0]
        self._mini_sectors = self._chain(root.start) if root.size else []
        if len(self._mini_sectors) * self._size < root.size:
            raise Unreadable("damaged: a stream ends early")
        self._mini_owned: set[int] = set()
        self._mini = b"".join(self._sector(s) for s in self._mini_sectors)[: root.size]

    def _own(self, start: int, end: int) -> None:
        end = min(end, len(self._data))
        if end > start:
            self._owned[start:end] = b"\1" * (end - start)

    def _offset(self, sector: int) -> int:
        return (sector + 1) * self._size

    def _sector(self, number: int) -> bytes:
        start = self._offset(number)
        return self._data[start : start + self._size].ljust(self._size, b"\0")

    def _take(self, sector: int) -> None:
        """Own a whole sector, which nobody else may."""
        if sector >= self._count:
            raise Unreadable("damaged: a sector outside the file")
        start = self._offset(sector)
        if self._owned[start]:
            raise Unreadable("damaged: two parts share a sector")
        self._own(start, start + self._size)

    def _fat_sectors(self, first: int) -> list[int]:
        listed = list(struct.unpack_from(f"<{_FAT_SECTORS_IN_HEADER}I", self._data, 76))
        sector = first
        while sector < LAST_SECTOR:
            self._take(sector)
            *more, sector = struct.unpack(f"<{self._size // 4}I", self._sector(sector))
            listed += more
        sectors = [s for s in listed if s < LAST_SECTOR]
        for number in sectors:
            self._take(number)
        return sectors

    def _table(self, sectors: Sequence[int]) -> array[int]:
        table = array("I")
        assert table.itemsize == 4
        for number in sectors:
            table.extend(struct.unpack(f"<{self._size // 4}I", self._sector(number)))
        return table

    def _chain(self, start: int) -> list[int]:
        sectors: list[int] = []
        sector = start
        while sector < LAST_SECTOR:
            self._take(sector)  # refuses a loop too
            sectors.append(sector)
            if sector >= len(self._fat):
                raise Unreadable("damaged: a sector outside the table")
            sector = self._fat[sector]
        return sectors

    def _read_entries(self, directory: Sequence[int]) -> list[_Entry]:
        data = b"".join(self._sector(s) for s in directory)
        entries = [_entry(data, at) for at in range(0, len(data), ENTRY_SIZE)]
        if not entries or entries[0].kind != ROOT or len(entries) > _MOST_ENTRIES:
            raise Unreadable("damaged: the directory of the compound file")
        per_sector = self._size // ENTRY_SIZE
        self._places = [
            self._offset(directory[i // per_sector]) + i % per_sector * ENTRY_SIZE
            for i in range(len(entries))
        ]
        for place in self._places:  # until the walk comes by, an entry belongs to nobody
            self._owned[place : place + ENTRY_SIZE] = bytes(
                len(self._owned[place : place + ENTRY_SIZE])
            )
        return entries

    def walk(self) -> Iterator[tuple[tuple[str, ...], _Entry]]:
        """All entries that can be reached, in directory order, parents first."""
        self._visit(0)
        yield (), self._entries[0]
        yield from self._storage((), self._entries[0].child)

    def _visit(self, number: int) -> _Entry:
        if number >= len(self._entries) or number in self._used:
            raise Unreadable("damaged: the directory of the compound file")
        self._used.add(number)
        place, entry = self._places[number], self._entries[number]
        # What stands behind the name in its field may be left of a longer one.
        self._own(place, place + 2 * len(entry.name) + 2)
        self._own(place + 64, place + ENTRY_SIZE)
        return entry

    def _storage(self, path: tuple[str, ...], top: int) -> Iterator[tuple[tuple[str, ...], _Entry]]:
        if len(path) > _DEEPEST:
            raise Unreadable("damaged: storages nested too deep")
        pending: list[int] = []
        number = top
        while pending or number != NO_ENTRY:
            while number != NO_ENTRY:
                if len(pending) > _MOST_ENTRIES or number in pending:
                    raise Unreadable("damaged: the directory of the compound file")
                pending.append(number)
                if number >= len(self._entries):
                    raise Unreadable("damaged: the directory of the compound file")
                number = self._entries[number].left
            number = pending.pop()
            entry = self._visit(number)
            if entry.kind not in {STORAGE, STREAM}:
                raise Unreadable("damaged: the directory of the compound file")
            here = (*path, entry.name)
            yield here, entry
            if entry.kind == STORAGE:
                yield from self._storage(here, entry.child)
            number = entry.right

    def content(self, entry: _Entry) -> bytes:
        """The bytes of a stream."""
        if not entry.size:
            return b""
        return self._small(entry) if entry.size < MINI_CUTOFF else self._large(entry)

    def _large(self, entry: _Entry) -> bytes:
        sectors = self._chain(entry.start)
        if len(sectors) * self._size < entry.size:
            raise Unreadable("damaged: a stream ends early")
        spare = len(sectors) * self._size - entry.size
        data = b"".join(self._sector(s) for s in sectors)
        for number in reversed(sectors):
            end = self._offset(number) + self._size
            slack = min(spare, self._size)
            stretch = slice(end - slack, min(end, len(self._data)))
            self._owned[stretch] = bytes(len(self._owned[stretch]))
            spare -= slack
        return data[: entry.size]

    def _small(self, entry: _Entry) -> bytes:
        pieces: list[bytes] = []
        sector, left = entry.start, entry.size
        while left > 0:
            start = sector * MINI_SECTOR
            if sector >= len(self._mini_fat) or start >= len(self._mini):
                raise Unreadable("damaged: a stream ends early")
            if sector in self._mini_owned:
                raise Unreadable("damaged: two parts share a sector")
            self._mini_owned.add(sector)
            piece = self._mini[start : start + min(MINI_SECTOR, left)]
            pieces.append(piece)
            left -= len(piece)
            if left > 0 and len(piece) < MINI_SECTOR:
                raise Unreadable("damaged: a stream ends early")
            self._slack_of_mini(start + len(piece), start + MINI_SECTOR)
            sector = self._mini_fat[sector]
        return b"".join(pieces)

    def _slack_of_mini(self, start: int, end: int) -> None:
        if end > start:
            at = self._offset(self._mini_sectors[start // self._size]) + start % self._size
            stretch = slice(at, min(at + end - start, len(self._data)))
            self._owned[stretch] = bytes(len(self._owned[stretch]))

    def leftovers(self) -> Iterator[bytes]:
        """Bytes that nobody owns and that are not empty; to be called after all was read."""
        for number in range(len(self._mini_sectors) * self._size // MINI_SECTOR):
            if number not in self._mini_owned:
                self._slack_of_mini(number * MINI_SECTOR, (number + 1) * MINI_SECTOR)
        start = self._owned.find(0)
        while start >= 0:
            end = self._owned.find(1, start)
            end = len(self._owned) if end < 0 else end
            stretch = self._data[start:end]
            if stretch.strip(b"\0\xff"):
                yield stretch
            start = self._owned.find(0, end)


def _entry(data: bytes, at: int) -> _Entry:
    length, kind = struct.unpack_from("<HB", data, at + 64)
    left, right, child = struct.unpack_from("<3I", data, at + 68)
    (state,) = struct.unpack_from("<I", data, at + 96)
    start, size = struct.unpack_from("<II", data, at + 116)
    name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    clsid = data[at + 80 : at + 96]
    return _Entry(name.split("\0")[0], kind, left, right, child, clsid, state, start, size)
