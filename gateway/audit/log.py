"""Writing the audit log: one record an item, on disk before anything is released.

What the log shows: any change, insertion, removal or reordering of lines (the chain and the
macs), and lines cut off at the end (the head). What it does not show: the user's own programs
can read the key, so malware under the same account can rewrite log and head together; and
who puts back an *older* copy of both makes the log end earlier. Only a head noted elsewhere
(:attr:`VerifyReport.head`) shows that.

A crash can leave the last line unfinished. The next append removes the torn bytes and says so
in a record of kind "repair". It does the same when records or the head are missing: the log
goes on, and ``verify`` reports the loss ever after.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.audit._files import (
    Link,
    Lock,
    head_path,
    make_folder,
    no_room,
    open_private,
    read_head,
    rotate,
    rotated,
    sync_folder,
    write_head,
)
from gateway.audit.record import (
    TORN,
    AuditRecord,
    Fields,
    decode,
    is_sealed,
    item_fields,
    repair_fields,
    seal,
)
from gateway.errors import AuditError
from gateway.model import Item, Outcome

MAX_FILE_BYTES: Final = 50 * 1024 * 1024
MAX_LINE_BYTES: Final = 128 * 1024
"""Longer than any record can be."""

_TAIL_BYTES = 8 * 1024


@dataclass(slots=True, eq=False)
class _Entry:
    """A record on its way to the disk."""

    fields: Fields
    sealed: Fields | None = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _End:
    """What this process wrote last, and how the files looked then.

    As long as they look the same, nothing in them need be read again.
    """

    link: Link
    files: tuple[tuple[int, int, int], ...]


class AuditLog:
    """Appends records. Any number of threads and processes may do so at the same time.

    Threads that come while another one writes go to the disk together: one wait for the disk is
    enough for all of them.

    Args:
        path: the log's file; its folder is made if need be.
        key: 32 bytes, for digests, macs and the head.
        max_file_bytes: size from which on the file gets a number and a new one begins.
    """

    def __init__(self, path: Path, key: bytes, *, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self._path = path
        self._key = key
        self._max = max_file_bytes
        self._lock = Lock(path.with_suffix(".lock"))
        self._queue: list[_Entry] = []
        self._queued = threading.Lock()
        self._writing = threading.Lock()
        self._end: _End | None = None

    def append(
        self, item: Item, outcome: Outcome, policy_name: str, policy_fingerprint: str
    ) -> AuditRecord:
        """Write the record of one item and wait until it is on disk.

        Args:
            item: what wanted to leave.
            outcome: what became of it.
            policy_name: the policy that was in force.
            policy_fingerprint: which content that policy had.

        Raises:
            AuditError: it could not be written (disk full, no permission). The item must not
                be released.
        """
        entry = _Entry(item_fields(item, outcome, policy_name, policy_fingerprint, self._key))
        with self._queued:
            self._queue.append(entry)
        with self._writing:
            if entry.sealed is None and entry.error is None:
                self._write_queue()
        if isinstance(entry.error, OSError):
            raise AuditError(
                f"the audit log cannot be written: {entry.error.strerror or 'system error'}",
                f"make room, or make {self._path} writable",
            )
        if entry.error or entry.sealed is None:
            raise entry.error or AuditError("the audit log was not written", "try again")
        return AuditRecord.from_fields(entry.sealed)

    def _write_queue(self) -> None:
        """Write all that wait, or tell each why not."""
        with self._queued:
            batch, self._queue = self._queue, []
        try:
            make_folder(self._path.parent)
            with self._lock.held():
                sealed = self._append([entry.fields for entry in batch])
        except BaseException as error:  # noqa: BLE001 - told to everybody who waits
            self._end = None
            for entry in batch:
                entry.error = error
        else:
            for entry, fields in zip(batch, sealed, strict=True):
                entry.sealed = fields

    def _append(self, records: list[Fields]) -> list[Fields]:
        self._prepare()
        handle = open_private(self._path, os.O_RDWR | os.O_APPEND)
        try:
            if self._end and self._end.files == self._look(handle):
                link, end = self._end.link, os.fstat(handle).st_size
                repairs: list[Fields] = []
            else:
                link, end, repairs = self._read_end(handle)
            sealed, data = self._chained([*repairs, *records], link)
            self._write(handle, end, data)
            link = Link(sealed[-1]["sequence"], sealed[-1]["hash"])
            write_head(self._path, link, self._key)
            self._end = _End(link, self._look(handle))
        finally:
            os.close(handle)
        return sealed[len(repairs) :]

    def _read_end(self, handle: int) -> tuple[Link, int, list[Fields]]:
        """Where the chain goes on in the file, after mending what is torn."""
        end, last, torn = _tail(handle)
        if last is None:
            last = self._last_of_rotated()
        link, repairs = self._continue_from(last)
        if torn:
            os.ftruncate(handle, end)
            note = f"{torn} bytes of an unfinished record were removed"
            repairs.insert(0, repair_fields(TORN, note))
        return link, end, repairs

    def _look(self, handle: int) -> tuple[tuple[int, int, int], ...]:
        """How log and head look from outside."""
        try:
            both = (os.fstat(handle), head_path(self._path).stat())
        except FileNotFoundError:
            return ()
        return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in both)

    def _prepare(self) -> None:
        """A first file, or a new one when the last is full."""
        if not self._path.exists():
            if not rotated(self._path) and not head_path(self._path).exists():
                # Before the first record, so that a log without a head is never innocent.
                write_head(self._path, Link(), self._key)
            os.close(open_private(self._path, os.O_WRONLY))
            sync_folder(self._path.parent)
        elif self._path.stat().st_size >= self._max:
            rotate(self._path)

    def _last_of_rotated(self) -> bytes | None:
        full = rotated(self._path)
        if not full:
            return None
        handle = os.open(full[-1], os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return _tail(handle)[1]
        finally:
            os.close(handle)

    def _continue_from(self, last: bytes | None) -> tuple[Link, list[Fields]]:
        """Where the chain goes on, and what must be said about it first."""
        repairs: list[Fields] = []
        try:
            head = read_head(self._path, self._key)
            if head is None:
                repairs.append(repair_fields("head", "the head of the log was missing"))
        except ValueError:
            head = None
            repairs.append(repair_fields("head", "the head of the log was damaged"))
        link = Link() if last is None else self._link(last)
        if link is None:
            repairs.append(repair_fields("damaged", "the last record was damaged"))
            return head or Link(), repairs
        if head is not None and head.sequence > link.sequence:
            missing = f"records {link.sequence + 1} to {head.sequence} were missing"
            repairs.append(repair_fields("missing", missing))
            return head, repairs
        return link, repairs

    def _link(self, line: bytes) -> Link | None:
        fields = decode(line) if is_sealed(line, self._key) else None
        return Link(fields["sequence"], fields["hash"]) if fields else None

    def _chained(self, records: list[Fields], link: Link) -> tuple[list[Fields], bytes]:
        """The records as they were sealed, and their lines."""
        sealed: list[Fields] = []
        data = b""
        for record in records:
            fields, line = seal(record, link.sequence + 1, link.hash, self._key)
            link = Link(fields["sequence"], fields["hash"])
            sealed.append(fields)
            data += line + b"\n"
        return sealed, data

    def _write(self, handle: int, end: int, data: bytes) -> None:
        """All of the data on disk, or none of it."""
        try:
            if os.write(handle, data) != len(data):
                no_room()
            os.fsync(handle)
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, end)
            raise


def _tail(handle: int) -> tuple[int, bytes | None, int]:
    """Where the last complete line ends, that line, and how many torn bytes follow it."""
    size = os.lseek(handle, 0, os.SEEK_END)
    span = _TAIL_BYTES
    while True:
        start = max(0, size - span)
        os.lseek(handle, start, os.SEEK_SET)
        data = os.read(handle, size - start)
        newline = data.rfind(b"\n")
        before = data.rfind(b"\n", 0, max(newline, 0))
        if start == 0 or before >= 0:
            break
        span *= 8
    if newline < 0:
        return start, None, len(data)
    return start + newline + 1, data[before + 1 : newline], len(data) - newline - 1
