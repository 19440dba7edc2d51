"""Bodies of the Connect protocol, gRPC and gRPC-Web: messages in envelopes, each a document.

Sources: connectrpc.com/docs/protocol; github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md and
doc/PROTOCOL-WEB.md. Unary Connect calls have no envelopes: they are JSON or protobuf as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import WRAPS, Descend, Document, Opener
from gateway.formats._connect.document import is_web_text, messages, open_body, read_body
from gateway.formats._connect.envelopes import COMPRESSED
from gateway.formats._raw import raw_layers
from gateway.model import Hint


class _Connect:
    name: ClassVar[str] = "connect"

    def score(self, data: bytes, hint: Hint) -> float:
        """Declared, or evident: envelopes to the last byte, and JSON objects in all of them."""
        declared = hint.essence.startswith(("application/connect+", "application/grpc"))
        if not data or (not declared and data[0] > COMPRESSED):
            return -1.0
        body = read_body(data, hint)
        if declared:
            # Base64 that is malformed would be taken for text.
            return WRAPS if body or is_web_text(hint) else 0.2
        if body is None:
            return -1.0
        filled = [e for e in body.envelopes if e.start < e.end]
        are_json = all(data.startswith(b"{", e.start) for e in filled if not e.flags & COMPRESSED)
        return 0.9 if are_json and any(not e.flags & COMPRESSED for e in filled) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        return open_body(self.name, data, hint, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        body = read_body(data, hint)
        if body is None:
            raise Unreadable("malformed envelopes")
        for envelope, content, kind, _ in messages(body, hint, descend.ledger):
            if isinstance(content, bytes):
                yield from descend(content, kind)
            else:  # a part that policy let pass unread
                yield from raw_layers(body.data[envelope.start : envelope.end])


FORMAT = _Connect()
