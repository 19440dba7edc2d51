"""SQLite itself, opened on a copy in memory and held on a short lead.

The schema of a stranger's database is code: triggers, views and virtual tables run when they are
touched. So triggers and views are off, functions of the schema are not trusted, nothing can be
attached or loaded, and the number of steps is limited.

Source: sqlite.org/security.html ("Untrusted SQLite Database Files").
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from gateway.errors import LimitExceeded, Unreadable

_STEPS_AT_ONCE = 20_000
_MOST_CALLS = 20_000  # together 400 million steps of the virtual machine: some ten seconds
_WAL = b"\2\2"
_MODES = slice(18, 20)  # the format versions for writing and reading; 2 says WAL
_DENIED = frozenset(
    (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_CREATE_TRIGGER,
     sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
     sqlite3.SQLITE_CREATE_TEMP_VIEW)
)  # fmt: skip
_FUNCTIONS = frozenset(("load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"))


@dataclass(slots=True)
class Database:
    """A connection to a copy of the database."""

    connection: sqlite3.Connection
    modes: bytes
    calls: int = field(default=0)

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """All rows of a query of ours.

        Raises:
            Unreadable: SQLite cannot run it on this database.
            LimitExceeded: it needed too many steps.
        """
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise LimitExceeded("database: reading it takes too many steps") from None
            raise Unreadable("database: damaged, or made for another version") from None
        except (sqlite3.Error, UnicodeError, OverflowError, MemoryError):
            raise Unreadable("database: damaged") from None

    def trust(self) -> None:
        """Let our own statements change the schema, and vacuum."""
        self.connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, False)  # noqa: FBT003
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)  # VACUUM works on the side
        self.connection.set_authorizer(None)

    def close(self) -> None:
        """Let go of the copy."""
        self.connection.close()

    def bytes(self) -> bytes:
        """The database as a file, in the journal mode that it had."""
        raw = bytearray(self.connection.serialize())
        raw[_MODES] = self.modes
        return bytes(raw)


def open_copy(data: bytes) -> Database:
    """Open a copy in memory.

    Args:
        data: a database file; a write-ahead log beside it is not part of it.

    Raises:
        Unreadable: SQLite does not take it.
    """
    copy = bytearray(data)
    modes = bytes(copy[_MODES])
    if modes == _WAL:
        copy[_MODES] = b"\1\1"
    connection = sqlite3.connect(":memory:", isolation_level=None)
    database = Database(connection, modes)
    try:
        connection.deserialize(bytes(copy))
        for switch, on in (
            (sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True),
            (sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA, False),
            (sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False),
            (sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False),
            (sqlite3.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, False),
            (sqlite3.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, False),
        ):
            connection.setconfig(switch, on)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100)
        connection.setlimit(sqlite3.SQLITE_LIMIT_VDBE_OP, 250_000)
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        connection.set_authorizer(_authorize)

        def count() -> int:
            database.calls += 1
            return int(database.calls > _MOST_CALLS)

        connection.set_progress_handler(count, _STEPS_AT_ONCE)
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except (sqlite3.Error, UnicodeError):
        connection.close()
        raise Unreadable("database: damaged, or made for another version") from None
    return database


def _authorize(
    action: int, first: str | None, second: str | None, _base: str | None, _inner: str | None
) -> int:
    del first
    if action in _DENIED or (action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def quoted(name: str) -> str:
    """A name of the schema inside a statement."""
    return '"' + name.replace('"', '""') + '"'
