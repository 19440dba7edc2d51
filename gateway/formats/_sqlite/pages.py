"""The pages of a SQLite database, read without SQLite: live records, and what lies between them.

Deleted rows stay in free pages and in the gaps of others until somebody vacuums. The walk visits
every b-tree and notes which bytes belong to a live record; all others are slack.

Source: SQLite, "Database File Format" (sqlite.org/fileformat2.html), §1.3 to §2.1.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.errors import Unreadable

MAGIC = b"SQLite format 3\0"
_HEADER = 100
_TABLE_LEAF, _TABLE_INNER, _INDEX_LEAF, _INDEX_INNER = 0x0D, 0x05, 0x0A, 0x02
_ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_DAMAGED = "database: damaged"
_RUN = re.compile(rb"[\x20-\x7e\x80-\xf4]{4,}")
_SOUND = re.compile(r"[^\W_]{3}|[\u3400-\u9fff]{2}")

type Value = str | int | float | bytes | None


@dataclass(slots=True)
class Pages:
    """A database file cut into pages.

    Args:
        data: the file.
        size: bytes of a page.
        usable: bytes of a page that records may use.
        encoding: the codec of its texts.
        covered: the ranges that belong to live records and page headers.
    """

    data: bytes = field(repr=False)
    size: int = 0
    usable: int = 0
    encoding: str = "utf-8"
    covered: list[tuple[int, int]] = field(default_factory=list, repr=False)
    _seen: set[int] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        data = self.data
        if len(data) < 512 or not data.startswith(MAGIC):
            raise Unreadable(_DAMAGED)
        (size,) = struct.unpack_from(">H", data, 16)
        self.size = 65_536 if size == 1 else size
        if self.size < 512 or self.size & (self.size - 1):
            raise Unreadable(_DAMAGED)
        self.usable = self.size - data[20]
        (encoding,) = struct.unpack_from(">I", data, 56)
        self.encoding = _ENCODINGS.get(encoding, "utf-8")
        change, count, valid_for = *struct.unpack_from(">2I", data, 24), data[92:96]
        told = count if count and struct.pack(">I", change) == valid_for else 0
        if len(data) % self.size or (told and told * self.size < len(data)):
            raise Unreadable("database: bytes follow its last page")
        if told * self.size > len(data) or self.usable < 480:
            raise Unreadable("database: cut off")

    def records(self) -> Iterator[tuple[int, list[Value]]]:
        """Every live record with the root page of its tree, the schema's first.

        Raises:
            Unreadable: a page or record is not what the format says.
        """
        roots: list[int] = []
        try:
            for payload in self._tree(1):
                values = self._values(payload)
                yield 1, values
                if len(values) > 3 and isinstance(values[3], int) and values[3] > 0:
                    roots.append(values[3])
            for root in roots:
                for payload in self._tree(root):
                    yield root, self._values(payload)
        except (struct.error, IndexError, OverflowError):
            raise Unreadable(_DAMAGED) from None

    def slack(self) -> Iterator[str]:
        """Runs of text outside of live records; call it after all records are read."""
        at = _HEADER
        for start, end in sorted(self.covered):
            if start > at:
                yield from self._runs(self.data[at:start])
            at = max(at, end)
        yield from self._runs(self.data[at:])

    def _runs(self, gap: bytes) -> Iterator[str]:
        if not gap.strip(b"\0"):
            return
        if self.encoding != "utf-8":
            yield from _wide_runs(gap, self.encoding)
        for run in _RUN.findall(gap):
            text = run.decode("utf-8", "ignore")
            if _SOUND.search(text):
                yield text

    def _tree(self, root: int) -> Iterator[bytes]:
        """The payloads of one b-tree."""
        waiting = [root]
        while waiting:
            number = waiting.pop()
            if number in self._seen or not 1 <= number <= len(self.data) // self.size:
                raise Unreadable(_DAMAGED)
            self._seen.add(number)
            start = (number - 1) * self.size
            head = start + (_HEADER if number == 1 else 0)
            kind, _, cells, _, _ = struct.unpack_from(">BHHHB", self.data, head)
            inner = kind in {_TABLE_INNER, _INDEX_INNER}
            if kind not in {_TABLE_LEAF, _INDEX_LEAF} and not inner:
                raise Unreadable(_DAMAGED)
            at = head + (12 if inner else 8)
            self.covered.append((head, at + 2 * cells))
            children: list[int] = []
            for offset in struct.unpack_from(f">{cells}H", self.data, at):
                cell = start + offset
                if inner:
                    children += struct.unpack_from(">I", self.data, cell)
                if kind == _TABLE_INNER:
                    _, end = _varint(self.data, cell + 4)
                    self.covered.append((cell, end))
                else:
                    yield self._payload(cell, kind)
            if inner:
                children += struct.unpack_from(">I", self.data, head + 8)
            waiting += reversed(children)

    def _payload(self, cell: int, kind: int) -> bytes:
        at = cell + (4 if kind == _INDEX_INNER else 0)
        size, at = _varint(self.data, at)
        if kind == _TABLE_LEAF:
            _, at = _varint(self.data, at)
        room = self.usable - 35 if kind == _TABLE_LEAF else (self.usable - 12) * 64 // 255 - 23
        if size > len(self.data):
            raise Unreadable(_DAMAGED)
        if size <= room:
            self.covered.append((cell, max(at + size, cell + 4)))
            return self.data[at : at + size]
        least = (self.usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (self.usable - 4)
        local = local if local <= room else least
        self.covered.append((cell, at + local + 4))
        chunks = [self.data[at : at + local]]
        (page,) = struct.unpack_from(">I", self.data, at + local)
        left = size - local
        while left > 0:
            if page in self._seen or not 1 < page <= len(self.data) // self.size:
                raise Unreadable(_DAMAGED)
            self._seen.add(page)
            start = (page - 1) * self.size
            take = min(left, self.usable - 4)
            self.covered.append((start, start + 4 + take))
            chunks.append(self.data[start + 4 : start + 4 + take])
            left -= take
            (page,) = struct.unpack_from(">I", self.data, start)
        return b"".join(chunks)

    def _values(self, payload: bytes) -> list[Value]:
        length, at = _varint(payload, 0)
        values: list[Value] = []
        body = length
        while at < length:
            kind, at = _varint(payload, at)
            value, body = self._value(payload, kind, body)
            values.append(value)
        return values

    def _value(self, payload: bytes, kind: int, at: int) -> tuple[Value, int]:
        if kind in _INTEGERS:
            end = at + _INTEGERS[kind]
            return int.from_bytes(payload[at:end], signed=True), end
        if kind == 7:
            return struct.unpack_from(">d", payload, at)[0], at + 8
        if kind in {8, 9}:
            return kind - 8, at
        if kind < 12:
            return None, at
        end = at + (kind - 12) // 2
        raw = payload[at:end]
        return (raw.decode(self.encoding, "replace") if kind % 2 else raw), end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, §1.6."""
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    raise AssertionError  # the ninth byte always ends it


def _wide_runs(gap: bytes, encoding: str) -> Iterator[str]:
    for offset in (0, 1):
        text = gap[offset:].decode(encoding, "ignore")
        for run in re.findall(r"[\x20-\x7e\u00a0-\u04ff\u3000-\u9fff\uff00-\uffef]{4,}", text):
            if _SOUND.search(run):
                yield run
