"""Where the items of CBOR stand (RFC 8949)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.errors import Unreadable
from gateway.formats._items.tree import Tree, What
from gateway.formats._json_scan import expand_number

SELF_DESCRIBED = b"\xd9\xd9\xf7"

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_INDEFINITE = 31
_BREAK = 0xFF
_FEWEST_DIGITS = 5
_EMBEDDED = 24  # the tag of a byte string that holds CBOR
_NO_TAG = -1
_REFERENCES = (25, 256)  # strings that stand for earlier ones
_ARRAYS_OF_NUMBERS = range(64, 88)  # RFC 8746
_MOST_TAGS = 8
_INSIDE = "application/cbor"
_BIGNUMS = (2, 3)  # a whole number in a byte string, as it is or as -1 minus it (RFC 8949 §3.4.3)
_LONGEST_BIGNUM = 512
_SAYS_WHAT_IT_IS = frozenset({0, 1, 32, 33, 34, 35, 36, 100, 1004})
"""Tags of dates, addresses, base64 and the like, which hold for no other text (RFC 8949 §3.4, 8943)."""


def scan(data: bytes, *, sequence: bool) -> Tree:
    """The items of one map or array, or of a sequence of them (RFC 8742).

    Raises:
        Unreadable: not CBOR to the last byte, or values outside of maps and arrays that no mark
            says to be CBOR: a row of digits in ASCII is such, each a small number.
        LimitExceeded: too deep, or too many items.
    """
    reader = _Reader(data)
    marked = data.startswith(SELF_DESCRIBED)
    try:
        at = number = 0
        while at < len(data) and (sequence or not number):
            if not marked and data[at] >> 5 not in (_ARRAY, _MAP, _TAG):
                raise Unreadable("malformed CBOR: neither a map nor an array")
            reader.tree.begin(number)
            at = reader.value(at)
            number += 1
    except (IndexError, struct.error, UnicodeDecodeError):
        raise Unreadable("malformed CBOR") from None
    if at != len(data):
        raise Unreadable("malformed CBOR: bytes after its end")
    return reader.tree


def write_text(text: str) -> bytes:
    """A text string of definite length."""
    encoded = text.encode("utf-8", "surrogatepass")
    return _head(_TEXT, len(encoded)) + encoded


def write_bytes(content: bytes) -> bytes:
    """A byte string of definite length."""
    return _head(_BYTES, len(content)) + content


def _head(major: int, argument: int) -> bytes:
    first = major << 5
    if argument < 24:
        return bytes((first | argument,))
    for code, form in ((24, ">BB"), (25, ">BH"), (26, ">BI"), (27, ">BQ")):
        if argument < 1 << 8 * (struct.calcsize(form) - 1):
            return struct.pack(form, first | code, argument)
    raise AssertionError("longer than any memory")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.tree = Tree()
        self._data = data

    def value(self, at: int, tag: int = _NO_TAG, tags: int = 0, tag_at: int = 0) -> int:
        """Report one value; where it ends.

        Args:
            at: where its head stands.
            tag: the tag before it.
            tags: how many stand before it.
            tag_at: where that tag stands.
        """
        major, argument, after = self._argument(at)
        start = tag_at if tag in _SAYS_WHAT_IT_IS else at
        match major:
            case 0 | 1:
                self._number(str(argument if major == _UNSIGNED else -1 - argument), start, after)
                return after
            case 2 | 3:
                content, end = self._string(at, major)
                if major == _TEXT:
                    self.tree.add(What.TEXT, start, end, content.decode("utf-8"))
                else:
                    self._bytes(at, end, content, tag)
                return end
            case 4 | 5:
                with self.tree.inside(is_object=major == _MAP):
                    return self._entries(after, argument, is_map=major == _MAP)
            case 6:  # a tag stays, whatever becomes of the value
                if argument in _REFERENCES or tags >= _MOST_TAGS:
                    raise Unreadable("CBOR with references between strings, or too many tags")
                return self.value(after, argument, tags + 1, at)
            case _:
                return self._simple(at, start, argument, after)

    def _bytes(self, start: int, end: int, content: bytes, tag: int) -> None:
        if tag in _BIGNUMS and len(content) <= _LONGEST_BIGNUM:
            value = int.from_bytes(content)
            self.tree.add(What.BYTES, start, end, str(value if tag == _BIGNUMS[0] else -1 - value))
        elif content and tag not in _ARRAYS_OF_NUMBERS:
            inside = _INSIDE if tag == _EMBEDDED else ""
            self.tree.add(What.BYTES, start, end, content, media_type=inside)
        else:
            self.tree.skip()

    def _number(self, digits: str, start: int, end: int) -> None:
        if len(digits) >= _FEWEST_DIGITS:
            self.tree.add(What.NUMBER, start, end, digits)
        else:
            self.tree.skip()

    def _simple(self, at: int, start: int, argument: int, after: int) -> int:
        if argument == _INDEFINITE:
            raise Unreadable("malformed CBOR: a break outside")
        width = after - at - 1
        if width in (4, 8):
            form = ">f" if width == 4 else ">d"
            (value,) = struct.unpack_from(form, self._data, at + 1)
            self._number(expand_number(repr(value)), start, after)
        else:
            self.tree.skip()
        return after

    def _entries(self, at: int, count: int, *, is_map: bool) -> int:
        for _ in self._counted(count):
            if count == -1 and self._data[at] == _BREAK:
                return at + 1
            if is_map:
                at = self._key(at)
            at = self.value(at)
        return at

    def _key(self, at: int) -> int:
        major, _, _ = self._argument(at)
        if major == _TEXT:
            content, end = self._string(at, major)
            self.tree.key(at, end, content.decode("utf-8"))
            return end
        # A number, or something odd that is read as a value of its own.
        self.tree.key(at, at, None)
        return self.value(at)

    def _counted(self, count: int) -> Iterator[int]:
        yield from range(count if count >= 0 else len(self._data))

    def _string(self, at: int, major: int) -> tuple[bytes, int]:
        """The content of a string, its pieces joined, and where it ends."""
        _, size, after = self._argument(at)
        if size >= 0:
            if after + size > len(self._data):
                raise IndexError
            return self._data[after : after + size], after + size
        pieces: list[bytes] = []
        while self._data[after] != _BREAK:
            inner, size, start = self._argument(after)
            if inner != major or size < 0 or start + size > len(self._data):
                raise IndexError
            pieces.append(self._data[start : start + size])
            after = start + size
        return b"".join(pieces), after + 1

    def _argument(self, at: int) -> tuple[int, int, int]:
        """The major type and argument of a head, and where it ends.

        An indefinite length is -1; the break is the simple value 31.
        """
        major, info = divmod(self._data[at], 32)
        if info < 24:
            return major, info, at + 1
        if info <= 27:
            width = 1 << info - 24
            if at + 1 + width > len(self._data):
                raise IndexError
            return major, int.from_bytes(self._data[at + 1 : at + 1 + width]), at + 1 + width
        if info == _INDEFINITE and major in (_BYTES, _TEXT, _ARRAY, _MAP):
            return major, -1, at + 1
        if info == _INDEFINITE and major == _SIMPLE:
            return major, _INDEFINITE, at + 1
        raise IndexError
