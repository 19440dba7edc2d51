"""MessagePack: texts, keys and numbers in place, files in binary items as children.

Source: https://github.com/msgpack/msgpack/blob/master/spec.md
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import WRAPS, Descend, Document, Opener
from gateway.formats._items.document import ItemsDocument
from gateway.formats._items.layers import object_layers
from gateway.formats._items.msgpack import scan, write_bytes, write_text
from gateway.formats._items.tree import is_evident
from gateway.model import Hint

_TYPES = frozenset({"application/msgpack", "application/x-msgpack", "application/vnd.msgpack"})
_MAPS = (*range(0x81, 0x90), 0xDE, 0xDF)


class _MessagePack:
    name: ClassVar[str] = "msgpack"

    def score(self, data: bytes, hint: Hint) -> float:
        """Declared, or a map of plain names to the last byte."""
        declared = hint.essence in _TYPES or hint.essence.endswith("+msgpack")
        if not data or not (declared or data[0] in _MAPS):
            return -1.0
        try:
            tree = scan(data)
        except Unreadable:
            return 0.2 if declared else -1.0
        if declared:
            return WRAPS
        return 0.55 if is_evident(tree) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        del hint
        document = ItemsDocument(self.name, data, write_text, write_bytes)
        for item in scan(data).items:
            document.add(item, open_child)
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """By the msgpack library; strings are taken as bytes, and pairs one by one."""
        import msgpack  # type: ignore[import-untyped] # it ships no types

        del hint
        unpacker = msgpack.Unpacker(
            raw=True,
            strict_map_key=False,
            object_pairs_hook=list,
            ext_hook=lambda _, content: content,
            max_buffer_size=len(data) or 1,
        )
        unpacker.feed(data)
        try:
            for value in unpacker:
                yield from object_layers(value, descend)
        except (msgpack.UnpackException, ValueError) as error:
            raise Unreadable("msgpack cannot read it") from error


FORMAT = _MessagePack()
