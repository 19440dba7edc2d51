"""The items of a self-describing message, addressed like the values of JSON.

CBOR and MessagePack say of each item where it ends and what it is. A reader reports them here in
order; each gets the address, the keys and the neighbours that it would have in JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NamedTuple

from gateway.errors import LimitExceeded
from gateway.formats._json_scan import Frame, Kind, Place, Tag, is_plain_name, tag_of

DEEPEST = 200
MOST_ITEMS = 2_000_000
_LONGEST_PATH = 200
_LONGEST_WORD = 100


class What(Enum):
    """What an item is."""

    KEY = 1
    TEXT = 2
    BYTES = 3
    NUMBER = 4


class Item(NamedTuple):
    """An item that can hold something to read: ``data[place.start:place.end]``, its head included.

    Args:
        what: its kind.
        place: where it stands, as for JSON.
        value: its text, its bytes, or its number as text.
        form: what its writer must know to write it again (a MessagePack extension's type).
        media_type: of bytes that are said to be of some kind.
    """

    what: What
    place: Place
    value: str | bytes
    form: int = 0
    media_type: str = ""

    @property
    def is_top(self) -> bool:
        """Whether it stands in the outermost map or array."""
        frame = self.place.frame
        return frame is not None and frame.parent is None


class Tree:
    """Collects items while a reader walks over them."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._frame: Frame | None = None
        self._root = "$"
        self._depth = 0
        self._count = 0

    def begin(self, number: int) -> None:
        """The next value of a sequence begins; the first is number 0."""
        self._root = f"item {number + 1}: $" if number else "$"

    @contextmanager
    def inside(self, *, is_object: bool) -> Iterator[None]:
        """While the entries of a map or an array are read.

        Raises:
            LimitExceeded: nested too deep.
        """
        path, key, tag = self._step()
        self._depth += 1
        if self._depth > DEEPEST:
            raise LimitExceeded(f"nested more than {DEEPEST} deep")
        parent = self._frame
        keys: tuple[str, ...] = parent.keys if parent else ()
        if parent and parent.is_object:
            keys = (key, *keys[:1])
        if len(path) > _LONGEST_PATH:
            path = f"{self._root}…#{self._count}"
        frame = self._frame = Frame(is_object, path, keys, parent)
        if not is_object:
            frame.key, frame.tag = key, tag
        try:
            yield
        finally:
            self._frame, self._depth = parent, self._depth - 1

    def key(self, start: int, end: int, name: str | None) -> None:
        """The key of the value that follows; ``None`` for one that is no text."""
        frame = self._frame
        assert frame is not None
        plain = name is not None and is_plain_name(name)
        frame.key = name[:_LONGEST_WORD] if name else ""
        frame.tag = tag_of(frame.key) if name else Tag.NONE
        frame.step = f".{name}" if plain else f".{{{frame.count}}}"
        frame.count += 1
        if name:
            part = frame.path + frame.step
            place = Place(Kind.KEY, start, end, part, frame, frame.key, frame.tag)
            self.items.append(Item(What.KEY, place, name))

    def add(
        self,
        what: What,
        start: int,
        end: int,
        value: str | bytes,
        form: int = 0,
        media_type: str = "",
    ) -> None:
        """A value that can hold something to read."""
        part, key, tag = self._step()
        frame = self._frame
        kind = Kind.NUMBER if what is What.NUMBER else Kind.STRING
        place = Place(kind, start, end, part, frame, key, tag)
        self.items.append(Item(what, place, value, form, media_type))
        if (
            tag
            and frame
            and frame.is_object
            and isinstance(value, str)
            and len(value) <= _LONGEST_WORD
        ):
            frame.told.setdefault(tag, value)

    def skip(self) -> None:
        """A value with nothing to read: true, false, nothing, a short number."""
        self._step()

    def _step(self) -> tuple[str, str, Tag]:
        """The address of the value that begins here, its key, and what that says."""
        self._count += 1
        if self._count > MOST_ITEMS:
            raise LimitExceeded(f"more than {MOST_ITEMS} items")
        frame = self._frame
        if frame is None:
            return self._root, "", Tag.NONE
        if frame.is_object:
            return frame.path + frame.step, frame.key, frame.tag
        frame.count += 1
        return f"{frame.path}[{frame.count - 1}]", frame.key, frame.tag


def is_evident(tree: Tree) -> bool:
    """Whether a map at the top shows by its names that it is one: chance gives no such bytes."""
    names = [item.value for item in tree.items if item.what is What.KEY and item.is_top]
    return bool(names) and all(isinstance(name, str) and is_plain_name(name) for name in names)
