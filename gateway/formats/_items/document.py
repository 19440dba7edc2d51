"""The document of a self-describing message: texts spliced in place, files in its byte strings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._base import Opener, edit_text, splice
from gateway.formats._children import Children
from gateway.formats._embedded import (
    Embedded,
    find_document,
    is_sealed,
    may_hold_document,
    may_say_base64,
)
from gateway.formats._items.tree import Item, What
from gateway.formats._json_document import column_of, hint_of, keys_of, told
from gateway.formats._json_scan import Tag
from gateway.formats._payload import OPAQUE, is_clean, is_file, runs
from gateway.model import Edit, Hint, Role, Segment, Unread

type WriteBytes = Callable[[bytes, Item], bytes]
"""Writes new bytes in the place of an item."""


class _Target(NamedTuple):
    """What one of the document's own segments shows: an item, or the label of a document in it."""

    item: Item
    embedded: Embedded | None = None


@dataclass(slots=True)
class ItemsDocument:
    """One message.

    Args:
        format: name of the format.
        data: the message.
        write_text: writes a text as an item.
        write_bytes: writes bytes as an item like another.
    """

    format: str
    data: bytes = field(repr=False)
    write_text: Callable[[str], bytes]
    write_bytes: WriteBytes
    unread: Sequence[Unread] = field(init=False)
    _children: Children = field(default_factory=Children, repr=False)
    _targets: list[_Target] = field(default_factory=list, repr=False)
    _inside: dict[str, tuple[Item, Embedded | None]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.unread = self._children.unread

    def segments(self) -> Sequence[Segment]:
        """Keys, texts and numbers in order, then what stands in files."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The message with the edited items written anew; a number that is edited becomes a text.

        Raises:
            CannotEdit: an edit of bytes that are no file, or of a number that is written in bytes.
        """
        own, children = self._children.apply(edits)
        labels: dict[str, str] = {}
        changes: list[tuple[int, int, bytes]] = []
        for index, group in own.items():
            item, embedded = self._targets[index]
            new = edit_text(self._children.own[index].text, group)
            if embedded:
                labels[item.place.part] = new
            elif item.what is What.BYTES:
                raise CannotEdit(f"a finding in bytes of a {self.format} message")
            else:
                changes.append((item.place.start, item.place.end, self.write_text(new)))
        for part in {*children, *labels}:
            item, embedded = self._inside[part]
            data = children.get(part)
            if embedded:
                written = self.write_text(embedded.rebuild(data, labels.get(part)))
            else:
                assert data is not None  # only embedded documents have labels
                written = self.write_bytes(data, item)
            changes.append((item.place.start, item.place.end, written))
        return splice(self.data, changes)

    def add(self, item: Item, open_child: Opener) -> None:
        """Take in one item."""
        if isinstance(item.value, bytes):
            self._bytes(item, item.value, open_child)
        elif item.what is What.TEXT and (
            may_hold_document(item.value) or may_say_base64(item.place.key)
        ):
            self._text(item, item.value, open_child)
        else:
            self._own(item, item.value, Role.KEY if item.what is What.KEY else Role.BODY)

    def _own(self, item: Item, text: str, role: Role, embedded: Embedded | None = None) -> None:
        place = item.place
        column = column_of(place) if role is Role.BODY else ""
        self._targets.append(_Target(item, embedded))
        self._children.own.append(Segment(text, place.part, role, place.context(), column))

    def _text(self, item: Item, text: str, open_child: Opener) -> None:
        place = item.place
        try:
            embedded = find_document(
                text, keys_of(place), hint=hint_of(place.frame), kind=told(place.frame, Tag.TYPE)
            )
        except LimitExceeded:
            raise
        except Unreadable as error:
            self._children.unread.append(Unread(place.part, str(error)))
            return
        if embedded is None:
            self._own(item, text, Role.BODY)
            return
        if embedded.label:
            self._own(item, embedded.label, Role.METADATA, embedded)
        self._open(item, embedded, embedded.data, open_child)

    def _bytes(self, item: Item, data: bytes, open_child: Opener) -> None:
        """Bytes: a file, text, or a short id, hash or key."""
        file = bool(item.media_type) or is_file(data)
        sealed = is_sealed(keys_of(item.place))
        if file or (not sealed and (is_clean(data) or len(data) > OPAQUE)):
            self._open(item, None, data, open_child)
        elif seen := runs(data):
            self._own(item, seen, Role.HIDDEN)

    def _open(self, item: Item, embedded: Embedded | None, data: bytes, open_child: Opener) -> None:
        part = item.place.part
        if part in self._inside:  # a key may be repeated
            part = f"{part}#{len(self._inside)}"
            item = item._replace(place=item.place._replace(part=part))
        self._inside[part] = (item, embedded)
        hint = embedded.hint if embedded else hint_of(item.place.frame)
        if item.media_type:
            hint = Hint("", item.media_type)
        self._children.open(part, data, hint, open_child)
