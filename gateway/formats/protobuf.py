"""Protocol Buffers, read without a schema (https://protobuf.dev/programming-guides/encoding/).

Only where the sender says so: nearly anything short parses as a message. Texts are segments
addressed by field numbers (``1.3[2]``), files are children, numbers of five and more digits can be
seen and not changed. All else stays as it is, byte for byte.

Not seen through: numbers written as ``sint`` (zigzag) types, whose digits are doubled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import WRAPS, Descend, Document, Opener
from gateway.formats._protobuf.document import read
from gateway.formats._protobuf.layers import message_layers
from gateway.formats._protobuf.wire import read_fields
from gateway.model import Hint

_TYPES = frozenset(
    f"application/{name}"
    for name in ("protobuf", "x-protobuf", "vnd.google.protobuf", "x-google-protobuf", "proto")
)


class _Protobuf:
    name: ClassVar[str] = "protobuf"

    def score(self, data: bytes, hint: Hint) -> float:
        declared = hint.essence in _TYPES or hint.essence.endswith("+proto")
        if not declared or not data:
            return -1.0
        return WRAPS if read_fields(data, 0, len(data)) is not None else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        del hint
        return read(self.name, data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        del hint
        yield from message_layers(data, descend)


FORMAT = _Protobuf()
