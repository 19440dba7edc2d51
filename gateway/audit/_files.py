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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from gateway.audit.record import NO_HASH, mac
from gateway.errors import AuditError

LOCK_SECONDS: Final = 30.0
"""How long an append waits for others to finish theirs."""

_HEAD_BYTES = 256

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
        data = head_path(path).read_bytes()[:_HEAD_BYTES]
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
    """Write the head over the one before, always of the same size and within one sector.

    It may fall behind the log in a crash, never run ahead. (Renaming a new file over it would
    have the system wait for the disk a second time.)
    """
    fields = {"sequence": link.sequence, "hash": link.hash, "mac": _head_mac(link, key)}
    handle = open_private(head_path(path), os.O_WRONLY)
    try:
        data = json.dumps(fields).encode().ljust(_HEAD_BYTES)
        if os.write(handle, data) != len(data):
            no_room()
        os.ftruncate(handle, len(data))
    finally:
        os.close(handle)


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
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; one thread of a process at a time.

        Raises:
            AuditError: somebody held it for longer than ``LOCK_SECONDS``, or it cannot be used.
        """
        try:
            database = self._opened()
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self.close()
            raise self._unusable(error) from None
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                database.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file."""
        if self._database:
            self._database.close()
        self._database = None

    def __del__(self) -> None:
        self.close()

    def _opened(self) -> sqlite3.Connection:
        """The database in the file that is there now: somebody may have removed the one before."""
        os.close(open_private(self._path, os.O_RDWR))
        status = self._path.stat()
        if self._database is None or self._file != (status.st_dev, status.st_ino):
            self.close()
            self._database = sqlite3.connect(
                self._path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._file = (status.st_dev, status.st_ino)
        return self._database

    def _unusable(self, error: sqlite3.Error) -> AuditError:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return AuditError(
            f"the audit log's lock cannot be taken ({name})",
            f"check that {self._path} can be written and that no process hangs",
        )
