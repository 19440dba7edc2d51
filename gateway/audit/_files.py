"""The files that make up a log, and writing in a way that lasts.

Beside ``audit.jsonl`` stand ``audit-0001.jsonl`` … (full, never changed again), ``audit.head``
(the last sequence and hash, with a mac) and ``audit.lock``.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from gateway.audit.record import NO_HASH, mac
from gateway.errors import AuditError

LOCK_SECONDS: Final = 30.0
"""How long an append waits for others to finish theirs."""

_TRIES = 10
_PAUSE_SECONDS = 0.02

_BINARY = getattr(os, "O_BINARY", 0)


def rotated(path: Path) -> list[Path]:
    """The full files of a log, oldest first."""
    pattern = re.compile(re.escape(path.stem) + r"-(\d{4,})" + re.escape(path.suffix))
    found = []
    with suppress(FileNotFoundError):
        for entry in path.parent.iterdir():
            match = pattern.fullmatch(entry.name)
            if match:
                found.append((int(match[1]), entry))
    return [entry for _, entry in sorted(found)]


def rotate(path: Path) -> None:
    """Give the log's file the next number. Where a reader holds it open (Windows), not yet."""
    full = rotated(path)
    last = int(full[-1].stem.rpartition("-")[2]) if full else 0
    with suppress(PermissionError):
        path.rename(path.with_name(f"{path.stem}-{last + 1:04d}{path.suffix}"))
        sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, if there is none."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def open_private(path: Path, flags: int) -> int:
    """A file handle; a file that is made anew is readable and writable by its owner only."""
    return os.open(path, flags | os.O_CREAT | _BINARY, 0o600)


def no_room() -> NoReturn:
    """Say that the system took only a part of what was written.

    Raises:
        OSError: always.
    """
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a loss of power. Windows does so by itself."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: the last record that stands before the next one."""

    sequence: int = 0
    hash: str = NO_HASH


def head_path(path: Path) -> Path:
    """Where the head of a log is kept."""
    return path.with_suffix(".head")


def read_head(path: Path, key: bytes) -> Link | None:
    """The head that belongs to a log; ``None`` if there is none.

    Raises:
        ValueError: there is one, but not as it was written.
    """
    try:
        data = head_path(path).read_bytes()[:400]
    except FileNotFoundError:
        return None
    fields = json.loads(data)
    fields = fields if isinstance(fields, dict) else {}
    link = Link(fields.get("sequence", 0), fields.get("hash", ""))
    expected = _head_mac(link, key).encode()
    if not hmac.compare_digest(str(fields.get("mac")).encode(), expected):
        raise ValueError("not made with this key")
    return link


def write_head(path: Path, link: Link, key: bytes) -> None:
    """Replace the head as a whole. It may fall behind the log in a crash, never run ahead."""
    fields = {"sequence": link.sequence, "hash": link.hash, "mac": _head_mac(link, key)}
    new = path.with_suffix(".head-new")
    handle = open_private(new, os.O_WRONLY | os.O_TRUNC)
    try:
        data = json.dumps(fields).encode()
        if os.write(handle, data) != len(data):
            no_room()
    finally:
        os.close(handle)
    _replace(new, head_path(path))


def _replace(new: Path, old: Path) -> None:
    """Replace a file; on Windows wait for a reader that holds it open for a moment."""
    for _ in range(_TRIES):
        try:
            new.replace(old)
        except PermissionError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    new.replace(old)


def _head_mac(link: Link, key: bytes) -> str:
    return mac(key, b"audit head\0", f"{link.sequence}:{link.hash}")


def head_digest(link: Link) -> str:
    """A short text that names a head, to be noted somewhere else."""
    digest = hashlib.sha256(f"{link.sequence}:{link.hash}".encode()).hexdigest()
    return f"{link.sequence}:{digest[:16]}"


class Lock:
    """Lets one process and thread at a time append.

    The lock is a transaction on an empty SQLite database. It works alike on Windows, macOS and
    Linux, and the system lifts it when its holder dies, which a lock file would not. A folder
    on a network drive may not support it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            AuditError: somebody held it for longer than ``LOCK_SECONDS``, or it cannot be used.
        """
        os.close(open_private(self._path, os.O_RDWR))
        try:
            database = sqlite3.connect(self._path, timeout=LOCK_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        with closing(database):
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise self._unusable(error) from None
            yield

    def _unusable(self, error: sqlite3.Error) -> AuditError:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return AuditError(
            f"the audit log's lock cannot be taken ({name})",
            f"check that {self._path} can be written and that no process hangs",
        )
