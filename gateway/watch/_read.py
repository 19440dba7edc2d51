"""Reading a file of the outbox once, and only if nobody changes it meanwhile."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from gateway.watch._folders import Signature

_PIECE = 1 << 20
# ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION: another program still has the file open.
_IN_USE = frozenset({32, 33})


class NotSettled(Exception):
    """The file is being written, or is gone."""


class Obstacle(Exception):
    """The file cannot be read; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The bytes of a file at one moment."""

    data: bytes = field(repr=False)
    signature: Signature
    mode: int


def read(path: Path, expected: Signature, most: int) -> Snapshot:
    """Read a whole file through one descriptor.

    Args:
        path: the file.
        expected: the signature with which it settled.
        most: bytes; a larger file is an obstacle.

    Raises:
        NotSettled: it is not, or no longer, what settled.
        Obstacle: it may not be opened, or is too large.
    """
    # A link is not followed; opening a pipe does not wait for its other end.
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise NotSettled from error
    except OSError as error:
        if getattr(error, "winerror", None) in _IN_USE:
            raise NotSettled from error
        raise Obstacle(f"it cannot be opened ({error.strerror})") from error
    try:
        return _read(descriptor, expected, most)
    except OSError as error:
        raise Obstacle(f"it cannot be read ({error.strerror})") from error
    finally:
        os.close(descriptor)


def _read(descriptor: int, expected: Signature, most: int) -> Snapshot:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode) or Signature.of(before) != expected:
        raise NotSettled
    if before.st_nlink > 1:
        raise Obstacle("it has a second name elsewhere (a hard link)")
    if before.st_size > most:
        raise Obstacle(f"it is larger than {most} bytes")
    pieces: list[bytes] = []
    while piece := os.read(descriptor, _PIECE):
        pieces.append(piece)
        if len(pieces) > most // _PIECE + 2:
            raise NotSettled
    after = os.fstat(descriptor)
    data = b"".join(pieces)
    if Signature.of(after) != expected or after.st_nlink > 1 or len(data) != expected.size:
        raise NotSettled
    return Snapshot(data, expected, stat.S_IMODE(before.st_mode))
