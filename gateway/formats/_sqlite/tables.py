"""Which tables a database has, how a row of each is found again, and the texts of its schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.formats._sqlite.connection import Database, quoted

# Comments and string literals of SQL (sqlite.org/lang_comment.html); names stand between.
_SPOKEN = re.compile(r"--([^\n]*)|/\*(.*?)(?:\*/|\Z)|'((?:[^']|'')*)'", re.DOTALL)
ROWIDS = frozenset({"rowid", "_rowid_", "oid"})
"""The names under which SQLite gives a row's number."""
_SHADOWS = {
    "fts5": ("data", "idx", "docsize", "config"),
    "fts4": ("segments", "segdir", "docsize", "stat"),
    "fts3": ("segments", "segdir", "docsize", "stat"),
    "rtree": ("node", "parent"),
    "rtree_i32": ("node", "parent"),
}
_MODULE = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE\s.*?\sUSING\s+(\w+)", re.IGNORECASE | re.DOTALL)
_OUTSIDE = re.compile(r"[(,]\s*content\s*=\s*(\"[^\"]*\"|'[^']*'|[\w.]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that has rows of its own.

    Args:
        name: its name.
        columns: its columns, generated ones left out.
        key: the columns that find a row: the rowid, or the primary key.
        fixed: a column that is the number of the row itself.
    """

    name: str = field(repr=False)
    columns: tuple[str, ...] = field(repr=False)
    key: tuple[str, ...] = field(repr=False)
    fixed: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class FullText:
    """A full-text table: its text stands in ``content``, or outside of it.

    Args:
        name: of the virtual table.
        module: fts3, fts4 or fts5.
        content: the table that holds its texts, or empty.
        columns: the virtual table's own names of the columns there.
    """

    name: str = field(repr=False)
    module: str
    content: str = field(repr=False)
    columns: tuple[str, ...] = field(repr=False)
    textless: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """What the schema table says."""

    rows: list[tuple[str, str, str, str]] = field(repr=False)
    tables: list[Table] = field(repr=False)
    full_text: list[FullText] = field(repr=False)
    unknown: list[str] = field(repr=False)


def read_schema(database: Database) -> Schema:
    """The tables of a database.

    Raises:
        Unreadable: it is damaged.
    """
    raw = database.rows("SELECT type, name, tbl_name, sql, rootpage FROM sqlite_schema")
    rows = [(str(r[0]), str(r[1]), str(r[2]), str(r[3] or "")) for r in raw]
    full_text: list[FullText] = []
    unknown: list[str] = []
    derived: set[str] = set()
    for _, name, _, sql in rows:
        if not (found := _MODULE.match(sql)):
            continue
        module = found[1].lower()
        if module not in _SHADOWS:
            unknown.append(name)
            continue
        derived |= {f"{name}_{suffix}" for suffix in _SHADOWS[module]}
        if module.startswith("fts"):
            full_text.append(_full_text(database, name, module, sql))
    tables = [
        _table(database, name)
        for kind, name, _, sql in rows
        if kind == "table" and not _MODULE.match(sql) and name not in derived
    ]
    return Schema(rows, tables, full_text, unknown)


def _table(database: Database, name: str) -> Table:
    listed = database.rows("SELECT name, pk, hidden, type FROM pragma_table_xinfo(?)", name)
    columns = tuple(str(column) for column, _, hidden, _ in listed if not hidden)
    primary = sorted((int(str(pk)), str(column)) for column, pk, *_ in listed if pk)
    without = database.rows("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'", name)
    if without and without[0][0]:
        return Table(name, columns, tuple(column for _, column in primary))
    taken = {column.lower() for column in columns}
    rowid = next((word for word in ("rowid", "_rowid_", "oid") if word not in taken), "")
    alias = [str(c) for c, pk, _, kind in listed if pk and str(kind).upper() == "INTEGER"]
    fixed = frozenset(alias) if len(primary) == 1 else frozenset()
    return Table(name, columns, (rowid,) if rowid else columns, fixed)


def _full_text(database: Database, name: str, module: str, sql: str) -> FullText:
    outside = _OUTSIDE.search(sql)
    source = outside[1].strip("'\"") if outside else None
    columns = tuple(
        str(row[0])
        for row in database.rows("SELECT name, hidden FROM pragma_table_xinfo(?)", name)
        if not row[1]
    )
    content = f"{name}_content" if source is None else ""
    return FullText(name, module, content, columns, textless=source == "")


def spoken(sql: str) -> list[tuple[int, int]]:
    """Where a statement has comments and string literals, their marks left out."""
    spans: list[tuple[int, int]] = []
    for found in _SPOKEN.finditer(sql):
        spans += [found.span(group) for group in (1, 2, 3) if found[group] is not None]
    return [(start, end) for start, end in spans if sql[start:end].strip()]


def select(table: Table) -> str:
    """The query for all rows of a table: its key, then its columns."""
    wanted = ", ".join(word if word in ROWIDS else quoted(word) for word in table.key)
    return f"SELECT {wanted}, {', '.join(map(quoted, table.columns))} FROM {quoted(table.name)}"  # noqa: S608 - names are quoted
