"""An opened database: each cell, each name and each stretch of slack is a segment.

Edits are made by SQLite itself, on the copy in memory; then the database is vacuumed, so that
nothing of the old rows stays in free pages or gaps.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._base import Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._sqlite.connection import Database, open_copy, quoted
from gateway.formats._sqlite.pages import Pages
from gateway.formats._sqlite.tables import (
    ROWIDS,
    FullText,
    Schema,
    Table,
    read_schema,
    select,
    spoken,
)
from gateway.model import Edit, Hint, Role, Segment, Unread

_SHORTEST_NUMBER = 5
_SMALL_BLOB = 64
_MOST_ATTEMPTS = 10_000
_FIXED, _SLACK = "fixed", "slack"  # places that cannot be edited; that go with any edit
_STATISTICS = ("sqlite_stat3", "sqlite_stat4")  # samples of indexed values, for the planner


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where the value of a segment stands."""

    table: int
    column: str = field(repr=False)
    key: tuple[object, ...] = field(repr=False)
    blob: bool = False


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A comment or literal in the statement of one schema row."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    """The name of a table, or of a column of it."""

    table: int
    column: str = field(default="", repr=False)


type _Place = _Cell | _Spoken | _Name | str


@dataclass(slots=True)
class SqliteDocument:
    """See :class:`gateway.formats._base.Document`."""

    data: bytes = field(repr=False)
    open_child: Opener
    format: str = "sqlite"
    unread: Sequence[Unread] = field(init=False)
    _schema: Schema = field(init=False)
    _children: Children = field(default_factory=Children)
    _places: list[_Place] = field(default_factory=list)
    _blobs: dict[str, _Cell] = field(default_factory=dict)
    _characters: int = 0

    def __post_init__(self) -> None:
        self.unread = self._children.unread
        pages = Pages(self.data)
        for _ in pages.records():
            pass  # the walk proves that all is sound, and finds the slack
        database = open_copy(self.data)
        try:
            self._schema = read_schema(database)
            self._read_schema()
            waiting: list[tuple[str, bytes, _Cell]] = []
            for number, table in enumerate(self._schema.tables):
                waiting += self._read_table(database, number, table)
            self._read_terms(database)
        finally:
            database.close()
        for number, text in enumerate(dict.fromkeys(pages.slack()), 1):
            self._own(text, f"deleted {number}", Role.HIDDEN, _SLACK)
        for part, blob, cell in waiting:
            if self._children.open(part, blob, Hint(), self.open_child):
                self._blobs[part] = cell

    def segments(self) -> Sequence[Segment]:
        """Schema, cells, deleted text, then the segments of documents in cells."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The database with the edits made, vacuumed.

        Raises:
            CannotEdit: SQLite refuses a change (a key, a constraint), or a name cannot be changed.
        """
        if not edits:
            return self.data
        own, nested = self._children.apply(edits)
        database = open_copy(self.data)
        try:
            database.trust()
            return self._applied(database, own, nested)
        except (sqlite3.Error, UnicodeError) as error:
            raise CannotEdit(
                f"database: SQLite refuses the change ({type(error).__name__})"
            ) from None
        finally:
            database.close()

    def _applied(
        self, database: Database, own: dict[int, list[Edit]], nested: dict[str, bytes]
    ) -> bytes:
        connection = database.connection
        connection.execute("BEGIN")
        for (table, key), values in self._rows(own, nested).items():
            self._update(connection, self._schema.tables[table], key, values)
        for name in _STATISTICS:
            if any(row[1] == name for row in self._schema.rows):
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a constant
        connection.execute("COMMIT")
        for full in self._schema.full_text:
            if not full.textless:
                name = quoted(full.name)
                connection.execute(f"INSERT INTO {name}({name}) VALUES('rebuild')")
        self._change_schema(connection, own)
        connection.execute("VACUUM")
        return database.bytes()

    def _rows(
        self, own: dict[int, list[Edit]], nested: dict[str, bytes]
    ) -> dict[tuple[int, tuple[object, ...]], dict[str, object]]:
        """The new values by row, all columns of a row together: its key may be among them."""
        rows: dict[tuple[int, tuple[object, ...]], dict[str, object]] = defaultdict(dict)
        for index, group in own.items():
            place, text = self._places[index], edit_text(self._children.own[index].text, group)
            if isinstance(place, _Cell):
                rows[place.table, place.key][place.column] = text.encode() if place.blob else text
        for part, content in nested.items():
            cell = self._blobs[part]
            rows[cell.table, cell.key][cell.column] = content
        return rows

    def _change_schema(self, connection: sqlite3.Connection, own: dict[int, list[Edit]]) -> None:
        statements: dict[int, list[tuple[_Spoken, str]]] = defaultdict(list)
        names: list[tuple[_Name, str]] = []
        for index, group in own.items():
            place, text = self._places[index], edit_text(self._children.own[index].text, group)
            if isinstance(place, _Spoken):
                statements[place.row].append((place, text))
            elif isinstance(place, _Name):
                names.append((place, text))
            elif place == _FIXED:
                raise CannotEdit("database: the name of an index, trigger or view")
        if statements:
            self._rewrite(connection, statements)
            connection.execute("REINDEX")  # the condition of a partial index may have changed
        for name, new in names:
            self._rename(connection, name, new)

    def _update(
        self,
        connection: sqlite3.Connection,
        table: Table,
        key: tuple[object, ...],
        values: dict[str, object],
    ) -> None:
        """Change one row."""
        if table.fixed & values.keys():
            raise CannotEdit("database: a number that is the key of its row")
        target, words = table.name, table.key
        full = next((f for f in self._schema.full_text if f.content == table.name), None)
        if full is not None:  # by way of the index, which must follow
            values = {_virtual(full, table, column): value for column, value in values.items()}
            target, words = full.name, ("rowid",)
        sets = ", ".join(f"{quoted(column)} = ?" for column in values)
        found = " AND ".join(f"{word if word in ROWIDS else quoted(word)} IS ?" for word in words)
        statement = f"UPDATE {quoted(target)} SET {sets} WHERE {found}"  # noqa: S608 - names are quoted
        for attempt in range(1, _MOST_ATTEMPTS):
            new = [_numbered(value, attempt) for value in values.values()]
            try:
                cursor = connection.execute(statement, (*new, *key))
            except sqlite3.IntegrityError as error:
                if "UNIQUE" not in str(error):
                    raise
                continue
            if cursor.rowcount < 1:
                raise CannotEdit("database: a row that cannot be found again")
            return
        raise CannotEdit("database: values that must be unique")

    def _rewrite(
        self,
        connection: sqlite3.Connection,
        statements: dict[int, list[tuple[_Spoken, str]]],
    ) -> None:
        """Change comments and literals of the schema; names and tables must stay the same."""
        before = connection.execute("SELECT type, name, tbl_name FROM sqlite_schema").fetchall()
        connection.execute("PRAGMA writable_schema = ON")
        for row, changes in statements.items():
            kind, name, _, sql = self._schema.rows[row]
            for place, text in sorted(changes, key=lambda c: -c[0].start):
                clean = text.replace("'", "’").replace("*/", "* /").replace("\n", " ")
                sql = sql[: place.start] + clean + sql[place.end :]
            connection.execute(
                "UPDATE sqlite_schema SET sql = ? WHERE type = ? AND name = ?", (sql, kind, name)
            )
        connection.execute("PRAGMA writable_schema = RESET")
        after = connection.execute("SELECT type, name, tbl_name FROM sqlite_schema").fetchall()
        if before != after:
            raise CannotEdit("database: its schema would mean something else")

    def _rename(self, connection: sqlite3.Connection, place: _Name, new: str) -> None:
        table = self._schema.tables[place.table].name
        if any(f.content == table for f in self._schema.full_text) or table.startswith("sqlite_"):
            raise CannotEdit("database: a name of a full-text table")
        new = new.strip() or "_"
        if place.column:
            connection.execute(
                f"ALTER TABLE {quoted(table)} RENAME COLUMN {quoted(place.column)} TO {quoted(new)}"
            )
            return
        connection.execute(f"ALTER TABLE {quoted(table)} RENAME TO {quoted(new)}")

    def _own(
        self,
        text: str,
        part: str,
        role: Role,
        place: _Place,
        context: tuple[str, ...] = (),
        column: str = "",
    ) -> None:
        if not text.strip():
            return
        self._characters += len(text)
        if self._characters > self.open_child.ledger.limits.characters:
            limit = self.open_child.ledger.limits.characters
            raise LimitExceeded(f"more than {limit} characters of text")
        self._children.own.append(Segment(_readable(text), part, role, context, column))
        self._places.append(place)

    def _read_schema(self) -> None:
        names = {name for _, name, _, _ in self._schema.rows}
        names |= {column for table in self._schema.tables for column in table.columns}
        numbers = {table.name: number for number, table in enumerate(self._schema.tables)}
        for row, (kind, name, _, sql) in enumerate(self._schema.rows):
            part = f"schema {row + 1}"
            if name in numbers:
                table = numbers[name]
                # Columns before their table, so that renaming finds it.
                for column in self._schema.tables[table].columns:
                    self._own(column, part, Role.KEY, _Name(table, column))
                self._own(name, part, Role.KEY, _Name(table))
            elif not name.startswith("sqlite_autoindex_") and kind != "table":
                self._own(name, part, Role.KEY, _FIXED)
            for start, end in spoken(sql):
                if sql[start:end] in names:
                    continue  # a name in quotation marks
                self._own(sql[start:end], part, Role.HIDDEN, _Spoken(row, start, end))
        for full in self._schema.full_text:
            if full.textless:
                why = "database: a full-text index without its text is not read"
                self._children.unread.append(Unread("schema", why))

    def _read_table(
        self, database: Database, number: int, table: Table
    ) -> list[tuple[str, bytes, _Cell]]:
        blobs: list[tuple[str, bytes, _Cell]] = []
        if not table.columns or not table.key:
            return blobs
        width = len(table.key)
        places = [f"table {number + 1} column {n}" for n in range(1, len(table.columns) + 1)]
        for row, values in enumerate(database.rows(select(table)), 1):
            key = values[:width]
            for position, value in enumerate(values[width:]):
                column = table.columns[position]
                part = f"table {number + 1} row {row} column {position + 1}"
                if isinstance(value, str):
                    cell = _Cell(number, column, key)
                    self._own(value, part, Role.BODY, cell, (column,), places[position])
                elif isinstance(value, int | float):
                    text = str(value)
                    if len(text) >= _SHORTEST_NUMBER:
                        cell = _Cell(number, column, key)
                        self._own(text, part, Role.BODY, cell, (column,), places[position])
                elif isinstance(value, bytes) and value:
                    cell = _Cell(number, column, key, blob=True)
                    self._blob(value, part, cell, blobs)
        return blobs

    def _blob(
        self, value: bytes, part: str, cell: _Cell, blobs: list[tuple[str, bytes, _Cell]]
    ) -> None:
        """A short one is text or a number of some kind; a longer one is a document."""
        if len(value) > _SMALL_BLOB:
            blobs.append((part, value, cell))
            return
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            return
        if text.isprintable():
            self._own(text, part, Role.BODY, cell, (cell.column,))

    def _read_terms(self, database: Database) -> None:
        """Words that only a full-text index still knows."""
        if not self._schema.full_text:
            return
        known = "\n".join(segment.text for segment in self._children.own).casefold()
        for number, full in enumerate(self._schema.full_text):
            if full.textless:
                continue
            vocabulary = "fts5vocab" if full.module == "fts5" else "fts4aux"
            what = f"main, {quoted(full.name)}" + (", 'row'" if full.module == "fts5" else "")
            try:
                database.rows(f"CREATE VIRTUAL TABLE temp.terms{number} USING {vocabulary}({what})")
                rows = database.rows(f"SELECT DISTINCT term FROM temp.terms{number}")  # noqa: S608
            except LimitExceeded:
                raise
            except Unreadable:
                why = "database: a full-text index that cannot be read here"
                self._children.unread.append(Unread("schema", why))
                continue
            for (term,) in rows:
                if str(term) not in known:
                    self._own(str(term), f"index {number + 1}", Role.HIDDEN, _SLACK)


def _virtual(full: FullText, table: Table, column: str) -> str:
    """The full-text table's own name of a column of its content table."""
    position = table.columns.index(column) - 1  # the first is the number of the document
    if not 0 <= position < len(full.columns):
        raise CannotEdit("database: a number of a full-text table")
    return full.columns[position]


def _readable(text: str) -> str:
    """Text without the marks that stand for bytes that are no UTF-8."""
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def _numbered(value: object, attempt: int) -> object:
    """The value, told from others of its kind where they must be unique."""
    return f"{value} {attempt}" if attempt > 1 and isinstance(value, str) else value
