"""A body of messages in envelopes: one byte of flags, four bytes of length, the message.

Sources: the Connect protocol reference (connectrpc.com/docs/protocol, "enveloped message"), gRPC
over HTTP/2 and gRPC-Web (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md and doc/PROTOCOL-WEB.md).
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterable
from typing import NamedTuple

COMPRESSED = 0x01
END_OF_STREAM = 0x02
"""Connect: the message is JSON that ends the stream."""
TRAILERS = 0x80
"""gRPC-Web: the message is a block of header lines that ends the stream."""

_HEAD = struct.Struct(">BI")
_FLAGS = frozenset({0, COMPRESSED, END_OF_STREAM, 3, TRAILERS, TRAILERS | COMPRESSED})
_PADDED = re.compile(rb"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class Envelope(NamedTuple):
    """One message of a body: ``body[start:end]``."""

    flags: int
    start: int
    end: int


def split(body: bytes) -> list[Envelope] | None:
    """The envelopes that a body consists of; ``None`` if it does not, or is cut off."""
    found: list[Envelope] = []
    at = 0
    while at < len(body):
        if at + _HEAD.size > len(body):
            return None
        flags, size = _HEAD.unpack_from(body, at)
        start = at + _HEAD.size
        at = start + size
        if flags not in _FLAGS or at > len(body):
            return None
        found.append(Envelope(flags, start, at))
    return found


def joined(body: bytes, changes: Iterable[tuple[Envelope, bytes]]) -> bytes:
    """The body with new messages in some of its envelopes."""
    pieces: list[bytes] = []
    at = 0
    for envelope, message in sorted(changes, key=lambda change: change[0].start):
        pieces.append(body[at : envelope.start - _HEAD.size])
        pieces += (_HEAD.pack(envelope.flags, len(message)), message)
        at = envelope.end
    return b"".join([*pieces, body[at:]])


def from_text(data: bytes) -> bytes | None:
    """The body of ``application/grpc-web-text``; ``None`` if it is not base64.

    Senders may encode piece by piece, so that padding stands in the middle.
    """
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        match = _PADDED.match(data, at)
        if match is None or match.end() == at:
            return None
        try:
            pieces.append(base64.b64decode(match[0], validate=True))
        except binascii.Error:
            return None
        at = match.end()
    return b"".join(pieces)
