"""Second readers of compressed streams, bounded like the first."""

from __future__ import annotations

from typing import Protocol

from gateway.formats._ledger import Ledger

_CHUNK = 1 << 20


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def bounded(stream: _Stream, ledger: Ledger, container: int) -> bytes:
    """All of a stream.

    Args:
        stream: decompresses while it is read.
        ledger: pays for what comes out.
        container: bytes of the compressed file.

    Raises:
        LimitExceeded: it opens into more than a budget allows.
    """
    chunks: list[bytes] = []
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        ledger.spend_unpacked(size, container)
        chunks.append(chunk)
    return b"".join(chunks)
