"""A unique word in every place of a database where text can hide: all are seen, none survives."""

import sqlite3
from contextlib import closing

import pytest

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits


class Canaries:
    """Hands out a unique value for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"kanari{len(self.places):02d}vogel")

    def number(self, place):
        return int(self.places.setdefault(place, f"13870{len(self.places):06d}"))


def fill(c, connection):
    run = connection.execute
    run(f"CREATE TABLE {c('table name')}({c('column name')} TEXT, b)")
    run(f"INSERT INTO {c('table name')} VALUES('x', 'y')")
    run(
        f"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT DEFAULT '{c('default')}', n INT, r REAL,"
        f" blob BLOB CHECK (blob IS NOT '{c('check')}'), g TEXT AS (upper(a)) STORED"
        f" -- {c('line comment')}\n /* {c('block comment')} */)"
    )
    run("INSERT INTO t(a, n, blob) VALUES(?, ?, ?)", (c("text"), c.number("integer"), b"1"))
    run("INSERT INTO t(a, n) VALUES(?, ?)", ("x" * 9000 + " " + c("overflow page"), 5))
    run("INSERT INTO t(a, blob) VALUES('1', ?)", (c("short blob").encode(),))
    run("INSERT INTO t(a, blob) VALUES('2', ?)", (f"<p>{c('long blob')}</p>".encode().ljust(90),))
    run("CREATE INDEX i ON t(a, n)")
    run(f"CREATE INDEX part ON t(n) WHERE a <> '{c('partial index')}'")
    run(f"CREATE VIEW v AS SELECT a FROM t WHERE a = '{c('view')}'")
    run(f"CREATE TRIGGER g AFTER DELETE ON t BEGIN UPDATE t SET a = '{c('trigger')}'; END")
    run("CREATE TABLE kv(k TEXT PRIMARY KEY, v) WITHOUT ROWID")
    run("INSERT INTO kv VALUES(?, ?)", (c("primary key"), c("without rowid")))
    for module in ("fts3", "fts4", "fts5"):
        run(f"CREATE VIRTUAL TABLE {module} USING {module}(title, body)")
        run(
            f"INSERT INTO {module} VALUES(?, ?)",
            (c(f"{module} title"), f"to {c(module + ' body')}"),
        )
    run("CREATE VIRTUAL TABLE stale USING fts5(a, content='t', content_rowid='id')")
    run("INSERT INTO stale(rowid, a) VALUES(1, ?)", (c("word of the index alone"),))
    run("CREATE TABLE seq(id INTEGER PRIMARY KEY AUTOINCREMENT, a)")
    run("INSERT INTO seq(a) VALUES(1)")
    run("CREATE TABLE gone(a)")
    for n in range(40):
        run("INSERT INTO gone VALUES(?)", (f"row {n} {c('deleted row')} " + "z" * 300,))
    run("CREATE TABLE dropped(a)")
    run("INSERT INTO dropped VALUES(?)", (c("dropped table") + "d" * 3000,))
    run("INSERT INTO kv VALUES('short', ?)", (c("overwritten value") + "y" * 200,))
    run("UPDATE kv SET v = 'now' WHERE k = 'short'")
    run("ANALYZE")
    run("DELETE FROM gone")
    run("DROP TABLE dropped")  # last, or its pages would be used again


def database(c, encoding="UTF-8"):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute(f"PRAGMA encoding = '{encoding}'")
        fill(c, connection)
        return connection.serialize()


def dumped(data):
    """Everything that SQLite shows."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        yield from connection.iterdump()
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                yield " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in row)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
def test_no_canary_of_a_database_is_unseen_or_survives(encoding):
    canaries = Canaries()
    data = database(canaries, encoding)
    shown = "\n".join(s.text for s in open_document(data, Hint("a.db")).segments())
    assert set() == {place for place, value in canaries.places.items() if value not in shown}
    values = tuple(canaries.places.values())
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    outcome = pipe.process(Item(data, Hint("a.db")))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    texts = [
        *dumped(outcome.data),
        *layers(outcome.data, Hint("a.db")),
        *(outcome.data.decode(codec, "replace") for codec in ("latin-1", "utf-16-le", "utf-16-be")),
        outcome.data[1:].decode("utf-16-le", "replace"),
    ]
    assert set() == {
        place for place, value in canaries.places.items() if any(value in t.lower() for t in texts)
    }
    assert len(values) >= 26
    assert outcome.data == pipe.process(Item(data, Hint("a.db"))).data
