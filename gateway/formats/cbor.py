"""CBOR (RFC 8949) and sequences of it (RFC 8742): texts, keys and numbers in place, files as children."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import WRAPS, Descend, Document, Opener
from gateway.formats._items.cbor import SELF_DESCRIBED, scan, write_bytes, write_text
from gateway.formats._items.document import ItemsDocument
from gateway.formats._items.layers import object_layers
from gateway.formats._items.tree import is_evident
from gateway.model import Hint

_MAPS = range(0xA1, 0xC0)


class _Cbor:
    name: ClassVar[str] = "cbor"

    def score(self, data: bytes, hint: Hint) -> float:
        """Declared, marked (RFC 8949 §3.4.6), or a map of plain names to the last byte."""
        declared = _is_declared(hint)
        marked = data.startswith(SELF_DESCRIBED)
        if not data or not (declared or marked or data[0] in _MAPS):
            return -1.0
        try:
            tree = scan(data, sequence=_may_be_sequence(data, hint))
        except Unreadable:
            return 0.2 if declared else -1.0
        if declared:
            return WRAPS
        return 0.95 if marked else 0.6 if is_evident(tree) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        document = ItemsDocument(
            self.name, data, write_text, lambda content, _: write_bytes(content)
        )
        for item in scan(data, sequence=_may_be_sequence(data, hint)).items:
            document.add(item, open_child)
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """By the cbor2 library, which gives dates, addresses and the like as objects."""
        import cbor2

        del hint
        stream = BytesIO(data)
        try:
            while stream.tell() < len(data):
                # One that is given twice would hide the first.
                decoder = cbor2.CBORDecoder(stream, allow_duplicate_keys=False)
                yield from object_layers(decoder.decode(), descend)
        except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError) as error:
            raise Unreadable("cbor2 cannot read it") from error


def _is_declared(hint: Hint) -> bool:
    kind = hint.essence
    return kind.endswith(("/cbor", "+cbor", "/cbor-seq", "+cbor-seq", "/x-cbor"))


def _may_be_sequence(data: bytes, hint: Hint) -> bool:
    return _is_declared(hint) or data.startswith(SELF_DESCRIBED)


FORMAT = _Cbor()
