"""The watcher's memory: what became of each file, so that a crash neither loses nor repeats.

SQLite in WAL mode; the database is held exclusively, so two watchers never share a folder pair.
A path is kept as a digest, because a file name can hold a value; targets are redacted already.

States: ``judged`` (a verdict, nothing written), ``staged`` (the copy lies whole on the disk, the
rename may have happened), ``published``, ``blocked``. What a file was before ``judged`` (seen,
settled) is only in memory: nothing of it needs to survive.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from pathlib import Path

from gateway.errors import UsageError
from gateway.watch._folders import Signature

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    size INTEGER, modified INTEGER, changed INTEGER, device TEXT, inode TEXT,
    item_sha256 TEXT NOT NULL,
    target TEXT NOT NULL,
    output_sha256 TEXT NOT NULL,
    staged TEXT NOT NULL,
    previous_sha256 TEXT NOT NULL
) WITHOUT ROWID
"""
_COLUMNS = (
    "key, state, size, modified, changed, device, inode, "
    "item_sha256, target, output_sha256, staged, previous_sha256"
)


class State(StrEnum):
    """How far a file has come."""

    JUDGED = "judged"
    STAGED = "staged"
    PUBLISHED = "published"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of one file.

    Args:
        key: digest of its path in the outbox.
        state: how far it has come.
        signature: of the file that was judged.
        item_sha256: of the bytes that were judged.
        target: path of the copy in the synced folder, with slashes; empty before there is one.
        output_sha256: of the copy.
        staged: name in the staging folder, while there is one.
        previous_sha256: of the earlier copy that is being replaced; empty when there is none.
    """

    key: str
    state: State
    signature: Signature
    item_sha256: str
    target: str = field(default="", repr=False)
    output_sha256: str = ""
    staged: str = ""
    previous_sha256: str = ""


def key_of(path: Path) -> str:
    """The key of a path relative to the outbox."""
    return hashlib.sha256(path.as_posix().encode("utf-8", "surrogateescape")).hexdigest()


class Journal:
    """All entries, in memory and on the disk; the disk first.

    Args:
        file: the database; its folder must exist.

    Raises:
        UsageError: another process holds it, or it is damaged.
    """

    def __init__(self, file: Path) -> None:
        file.touch(mode=0o600)
        # A short wait: whoever holds these folders holds them for long.
        self._database = sqlite3.connect(
            file, timeout=0.5, isolation_level=None, check_same_thread=False
        )
        try:
            rows = self._open()
        except sqlite3.OperationalError as error:
            self._database.close()
            raise UsageError(
                "the journal of these folders is in use or cannot be written",
                "end the other gateway that watches them, or look at the disk",
            ) from error
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise UsageError(
                f"the journal is damaged: {file}",
                "move it away; published copies are then recognised by their content",
            ) from error
        self._entries = {row[0]: _entry(row) for row in rows}
        self._owners = {e.target: e.key for e in self._entries.values() if e.target}

    def _open(self) -> list[tuple[str, ...]]:
        for statement in (
            "PRAGMA locking_mode=EXCLUSIVE",
            "PRAGMA journal_mode=WAL",
            # Without a sync at each commit a power cut can forget the last entries; then the
            # copy in the synced folder is found to be the same bytes, and taken over.
            "PRAGMA synchronous=NORMAL",
            "BEGIN IMMEDIATE",
            _SCHEMA,
            "COMMIT",
        ):
            self._database.execute(statement)
        return self._database.execute(f"SELECT {_COLUMNS} FROM files").fetchall()  # noqa: S608 - a constant

    def get(self, key: str) -> Entry | None:
        """What is remembered under a key."""
        return self._entries.get(key)

    def owner(self, target: str) -> str:
        """The key whose copy stands at a target; empty when nobody's does."""
        return self._owners.get(target, "")

    def put(self, entry: Entry) -> None:
        """Remember, in place of what was there."""
        signature = entry.signature
        row = (
            entry.key,
            entry.state,
            *astuple(signature)[:3],
            # Windows gives inode numbers that SQLite's 64 signed bits cannot hold.
            str(signature.device),
            str(signature.inode),
            entry.item_sha256,
            entry.target,
            entry.output_sha256,
            entry.staged,
            entry.previous_sha256,
        )
        marks = ", ".join("?" * len(row))
        self._database.execute(f"REPLACE INTO files ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608 - constants
        old = self._entries.get(entry.key)
        if old and old.target != entry.target and self._owners.get(old.target) == entry.key:
            del self._owners[old.target]
        self._entries[entry.key] = entry
        if entry.target:
            self._owners[entry.target] = entry.key

    def forget(self, key: str) -> None:
        """Remember nothing of a file."""
        self._database.execute("DELETE FROM files WHERE key = ?", (key,))
        old = self._entries.pop(key, None)
        if old and self._owners.get(old.target) == key:
            del self._owners[old.target]

    def unfinished(self) -> Iterator[Entry]:
        """Entries whose publishing was interrupted."""
        yield from [e for e in self._entries.values() if e.state in {State.JUDGED, State.STAGED}]

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _entry(row: tuple[str, ...]) -> Entry:
    key, state, size, modified, changed, device, inode, *rest = row
    numbers = (int(number) for number in (size, modified, changed, device, inode))
    return Entry(key, State(state), Signature(*numbers), *rest)
