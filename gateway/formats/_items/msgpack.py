"""Where the items of MessagePack stand (https://github.com/msgpack/msgpack/blob/master/spec.md)."""

from __future__ import annotations

import struct

from gateway.errors import Unreadable
from gateway.formats._items.tree import Item, Tree, What
from gateway.formats._json_scan import expand_number

_FEWEST_DIGITS = 5
_CONTAINERS = frozenset((*range(0x80, 0xA0), *range(0xDC, 0xE0)))
_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_LENGTHS = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4, 0xDC: 2, 0xDD: 4, 0xDE: 2,
            0xDF: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4}  # fmt: skip
_TIMESTAMP, _TIMESTAMP_SIZES = -1, (4, 8, 12)
_STRING, _BINARY = 1000, 1001
"""Forms beside the types of extensions, which are -128 to 127."""


def scan(data: bytes) -> Tree:
    """The items of one map or array after the other.

    Raises:
        Unreadable: not MessagePack to the last byte, or values outside of maps and arrays: every
            ASCII text is a row of such, its letters small numbers.
        LimitExceeded: too deep, or too many items.
    """
    reader = _Reader(data)
    try:
        at = number = 0
        while at < len(data):
            if data[at] not in _CONTAINERS:
                raise Unreadable("malformed MessagePack: neither a map nor an array")
            reader.tree.begin(number)
            at = reader.value(at)
            number += 1
    except (IndexError, struct.error):
        raise Unreadable("malformed MessagePack") from None
    if at != len(data):
        raise Unreadable("malformed MessagePack: cut off")
    return reader.tree


def write_text(text: str) -> bytes:
    """A string."""
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) < 32:
        return bytes((0xA0 | len(encoded),)) + encoded
    return _sized(encoded, 0xD9)


def write_bytes(content: bytes, item: Item) -> bytes:
    """Bytes as the item was: binary, an old-style raw string, or an extension of its type."""
    if item.form == _STRING:
        return _sized(content, 0xD9)
    if item.form == _BINARY:
        return _sized(content, 0xC4)
    sized = _sized(content, 0xC7)
    head = len(sized) - len(content)
    return sized[:head] + struct.pack(">b", item.form) + content


def _sized(content: bytes, first: int) -> bytes:
    """A head with a length of one, two or four bytes, and the content."""
    for step, form in enumerate((">BB", ">BH", ">BI")):
        if len(content) < 1 << 8 * (struct.calcsize(form) - 1):
            return struct.pack(form, first + step, len(content)) + content
    raise AssertionError("longer than any memory")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.tree = Tree()
        self._data = data

    def value(self, at: int) -> int:
        """Report one value; where it ends."""
        first = self._data[at]
        if first < 0x80 or first >= 0xE0 or first in (0xC0, 0xC2, 0xC3):
            self.tree.skip()
            return at + 1
        if 0x80 <= first < 0xA0:
            return self._entries(at + 1, first & 15, is_map=first < 0x90)
        if first < 0xC0:
            return self._string(at, at + 1, first & 31, _STRING)
        if first in _NUMBERS:
            return self._number(at, _NUMBERS[first])
        if 0xD4 <= first <= 0xD8:
            return self._extension(at, at + 1, 1 << first - 0xD4)
        return self._sized(at, first)

    def _sized(self, at: int, first: int) -> int:
        """A value whose length stands behind its first byte."""
        width = _LENGTHS.get(first, 0)
        after = at + 1 + width
        if not width or after > len(self._data):
            raise IndexError
        size = int.from_bytes(self._data[at + 1 : after])
        if first >= 0xDC:
            return self._entries(after, size, is_map=first >= 0xDE)
        if first >= 0xD9:
            return self._string(at, after, size, _STRING)
        if first >= 0xC7:
            return self._extension(at, after, size)
        return self._string(at, after, size, _BINARY)

    def _string(self, at: int, start: int, size: int, form: int) -> int:
        end = start + size
        if end > len(self._data):
            raise IndexError
        content = self._data[start:end]
        text = _text(content) if form == _STRING else None
        if text is not None:
            self.tree.add(What.TEXT, at, end, text)
        elif content:
            self.tree.add(What.BYTES, at, end, content, form)
        else:
            self.tree.skip()
        return end

    def _extension(self, at: int, start: int, size: int) -> int:
        (kind,) = struct.unpack_from(">b", self._data, start)
        end = start + 1 + size
        if end > len(self._data):
            raise IndexError
        if not size or (kind == _TIMESTAMP and size in _TIMESTAMP_SIZES):
            self.tree.skip()
        else:
            self.tree.add(What.BYTES, at, end, self._data[start + 1 : end], kind)
        return end

    def _number(self, at: int, form: str) -> int:
        (value,) = struct.unpack_from(form, self._data, at + 1)
        end = at + 1 + struct.calcsize(form)
        digits = expand_number(repr(value)) if isinstance(value, float) else str(value)
        if len(digits) >= _FEWEST_DIGITS:
            self.tree.add(What.NUMBER, at, end, digits)
        else:
            self.tree.skip()
        return end

    def _entries(self, at: int, count: int, *, is_map: bool) -> int:
        with self.tree.inside(is_object=is_map):
            for _ in range(count):
                if is_map:
                    at = self._key(at)
                at = self.value(at)
        return at

    def _key(self, at: int) -> int:
        """A key; one that is no text is read as a value of its own."""
        first = self._data[at]
        if 0xA0 <= first < 0xC0 or 0xD9 <= first <= 0xDB:
            width = _LENGTHS.get(first, 0)
            start = at + 1 + width
            size = int.from_bytes(self._data[at + 1 : start]) if width else first & 31
            text = _text(self._data[start : start + size])
            if text is not None and start + size <= len(self._data):
                self.tree.key(at, start + size, text)
                return start + size
        self.tree.key(at, at, None)
        return self.value(at)


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
