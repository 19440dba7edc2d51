"""SQLite: each cell, name and remark is read; what is edited or was deleted is gone from the file."""

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._sqlite.pages import Pages
from gateway.model import Edit, Hint, Role
from gateway.settings import Limits

HINT = Hint("a.db")


def database(*statements, pragmas=()):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for pragma in ("secure_delete = OFF", *pragmas):
            connection.execute(f"PRAGMA {pragma}")
        for statement in statements:
            connection.execute(*statement) if isinstance(statement, tuple) else connection.execute(
                statement
            )
        return connection.serialize()


def rows(data, sql):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        return connection.execute(sql).fetchall()


def edited(data, value="Zhang Wei", new="[X]"):
    document = open_document(data, HINT)
    edits = [
        Edit(i, at, at + len(value), new)
        for i, s in enumerate(document.segments())
        if (at := s.text.find(value)) >= 0
    ]
    assert edits
    return document.apply(edits)


PEOPLE = "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, phone INT, score REAL, note)"


def test_cells_are_read_with_the_name_of_their_column():
    data = database(PEOPLE, "INSERT INTO people VALUES(1, 'Zhang Wei', 13900001111, 2.5, NULL)")
    found = [
        (s.text, s.context) for s in open_document(data, HINT).segments() if s.role is Role.BODY
    ]
    assert [("Zhang Wei", ("name",)), ("13900001111", ("phone",))] == found
    assert data == open_document(data, HINT).apply([])


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_an_edit_changes_its_cell_and_leaves_no_trace_of_the_old_value(encoding):
    data = database(
        PEOPLE,
        *(("INSERT INTO people VALUES(?, ?, ?, ?, ?)", (n, f"somebody {n}", n, 1.5, b"\1\2")) for n in range(300)),
        "UPDATE people SET name = '张伟 Zhang Wei', phone = 13900001111 WHERE id = 7",
        pragmas=(f"encoding = '{encoding}'",),
    )  # fmt: skip
    new = edited(edited(data, "张伟 Zhang Wei"), "13900001111")
    expected = [(n, f"somebody {n}", n, 1.5, b"\1\2") for n in range(300)]
    expected[7] = (7, "[X]", "[X]", 1.5, b"\1\2")
    assert expected == rows(new, "SELECT * FROM people ORDER BY id")
    for codec in ("utf-8", "utf-16-le", "utf-16-be"):
        assert "Zhang Wei".encode(codec) not in new
    assert new == edited(edited(data, "张伟 Zhang Wei"), "13900001111")


def test_deleted_rows_are_read_and_gone_after_any_edit():
    data = database(
        PEOPLE,
        *(("INSERT INTO people VALUES(?, ?, 1, 1, 1)", (n, f"Zhang Wei the {n}th" + "x" * 400)) for n in range(60)),
        "DELETE FROM people WHERE id > 3",
    )  # fmt: skip
    texts = [s.text for s in open_document(data, HINT).segments() if s.role is Role.HIDDEN]
    assert any("Zhang Wei the 40th" in text for text in texts)
    assert any("Zhang Wei the 40th" in text for text in layers(data, HINT))
    new = edited(data, "Zhang Wei the 50th")
    assert b"the 40th" not in new
    assert 4 == rows(new, "SELECT count(*) FROM people")[0][0]
    assert len(new) < len(data)


def test_tables_without_rowid_and_their_keys_are_edited():
    data = database(
        "CREATE TABLE kv(k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID",
        "INSERT INTO kv VALUES('Zhang Wei', 'to Zhang Wei'), ('b', 'c')",
    )
    assert [("[X]", "to [X]"), ("b", "c")] == rows(edited(data), "SELECT * FROM kv ORDER BY k")


def test_values_that_must_be_unique_are_numbered():
    data = database(
        "CREATE TABLE t(mail TEXT UNIQUE)",
        "INSERT INTO t VALUES('Zhang Wei'), (' Zhang Wei'), ('other')",
    )
    document = open_document(data, HINT)
    changes = [
        Edit(i, 0, len(s.text), "[X]")
        for i, s in enumerate(document.segments())
        if "Zhang Wei" in s.text
    ]
    assert [("[X]",), ("[X] 2",), ("other",)] == rows(document.apply(changes), "SELECT mail FROM t")


REFUSED = {
    "a key number": ("CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES(13900001111)"),
    "a strict table": ("CREATE TABLE t(n INT) STRICT", "INSERT INTO t VALUES(13900001111)"),
    "a check": (
        "CREATE TABLE t(n CHECK (typeof(n) = 'integer'))",
        "INSERT INTO t VALUES(13900001111)",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_the_database_refuses_is_said(why):
    with pytest.raises(CannotEdit, match="database"):
        edited(database(*REFUSED[why]), "13900001111")


def test_generated_columns_follow():
    data = database(
        "CREATE TABLE t(a TEXT, b TEXT GENERATED ALWAYS AS (upper(a)) STORED)",
        "INSERT INTO t(a) VALUES('zhang wei')",
    )
    assert [("[x]", "[X]")] == rows(edited(data, "zhang wei", "[x]"), "SELECT a, b FROM t")


def test_a_document_in_a_blob_is_opened_and_edited():
    blob = json.dumps({"to": "Zhang Wei", "filler": "y" * 80}).encode()
    data = database("CREATE TABLE t(b BLOB)", ("INSERT INTO t VALUES(?)", (blob,)))
    assert [(blob.replace(b"Zhang Wei", b"[X]"),)] == rows(edited(data), "SELECT b FROM t")


def test_a_blob_nobody_reads_is_noted():
    data = database("CREATE TABLE t(b BLOB)", ("INSERT INTO t VALUES(?)", (bytes(range(256)) * 3,)))
    unread = open_document(data, HINT).unread
    assert ["table 1 row 1 column 1"] == [u.part for u in unread]


@pytest.mark.parametrize("module", ["fts3", "fts4", "fts5"])
def test_full_text_tables_are_edited_and_their_index_follows(module):
    data = database(
        f"CREATE VIRTUAL TABLE f USING {module}(title, body)",
        "INSERT INTO f VALUES('Zhangweiname', 'hello'), ('b', 'c Zhangweiname')",
    )
    new = edited(data, "Zhangweiname")
    assert [("[X]", "hello"), ("b", "c [X]")] == rows(new, "SELECT title, body FROM f")
    assert [] == rows(new, "SELECT * FROM f WHERE f MATCH 'zhangweiname'")
    assert [("b",)] == rows(new, "SELECT title FROM f WHERE f MATCH 'c'")
    assert b"zhangwei" not in new.lower()


def test_words_that_only_the_index_knows_are_read():
    data = database(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, body)",
        "CREATE VIRTUAL TABLE f USING fts5(body, content='t', content_rowid='id')",
        "INSERT INTO t VALUES(1, 'hello')",
        "INSERT INTO f(rowid, body) VALUES(1, 'zhangweiname hello')",
    )
    assert b"zhangweiname" not in edited(data, "zhangweiname")


def test_a_full_text_index_without_its_text_is_noted():
    data = database(
        "CREATE VIRTUAL TABLE f USING fts5(a, content='')", "INSERT INTO f(a) VALUES('x')"
    )
    assert ["database: a full-text index without its text is not read"] == [
        u.why for u in open_document(data, HINT).unread
    ]


def test_remarks_defaults_and_literals_of_the_schema_are_edited():
    data = database(
        "CREATE TABLE t(a TEXT DEFAULT 'Zhang Wei', -- asked by Zhang Wei\n b /* Zhang Wei's */)",
        "CREATE VIEW v AS SELECT a FROM t WHERE a = 'Zhang Wei'",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = 'Zhang Wei'; END",
    )
    new = edited(data, new="O'X*/")
    assert b"Zhang" not in new
    assert [("v",)] == rows(new, "SELECT name FROM sqlite_schema WHERE type = 'view'")


def test_names_of_tables_and_columns_are_renamed_where_they_are_used():
    data = database(
        "CREATE TABLE zhangwei(zhangwei_phone TEXT, other)",
        "CREATE INDEX i ON zhangwei(zhangwei_phone)",
        "CREATE VIEW v AS SELECT zhangwei_phone FROM zhangwei",
        "INSERT INTO zhangwei VALUES('1', '2')",
    )
    new = edited(data, "zhangwei", "[X]")
    assert b"zhangwei" not in new
    assert [("1",)] == rows(new, "SELECT * FROM v")


def test_triggers_do_not_run_and_nothing_is_attached(tmp_path):
    target = tmp_path / "stolen.db"
    data = database(
        PEOPLE,
        "CREATE TABLE log(a)",
        "CREATE TRIGGER g AFTER UPDATE ON people BEGIN INSERT INTO log VALUES(new.name); END",
        f"CREATE VIEW v AS SELECT load_extension('{target}')",
        "INSERT INTO people VALUES(1, 'Zhang Wei', 1, 1, 1)",
    )
    assert [] == rows(edited(data), "SELECT * FROM log")
    assert not target.exists()


def test_a_file_in_write_ahead_mode_is_read_and_stays_so(tmp_path):
    path = tmp_path / "wal.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t(a)")
        connection.execute("INSERT INTO t VALUES('Zhang Wei')")
        connection.commit()
    new = edited(path.read_bytes())
    assert b"\2\2" == new[18:20]
    path.write_bytes(new)
    with closing(sqlite3.connect(path)) as connection:
        assert [("[X]",)] == connection.execute("SELECT a FROM t").fetchall()


def test_bytes_behind_the_last_page_are_refused():
    data = database("CREATE TABLE t(a)")
    for broken in (data + b"Zhang Wei", data + bytes(4096), data[:-100], data[:4096]):
        with pytest.raises(Unreadable):
            open_document(broken, HINT)


def test_too_much_text_is_refused():
    data = database(PEOPLE, "INSERT INTO people(name) VALUES(hex(zeroblob(5000)))")
    with pytest.raises(LimitExceeded, match="1000 characters"):
        open_document(data, HINT, Limits(characters=1000))


VALUES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False)),
        st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=6000),
        st.binary(max_size=6000),
    ),
    max_size=12,
)


@given(VALUES, st.sampled_from([512, 1024, 4096]))
def test_the_second_reader_sees_what_sqlite_wrote(values, size):
    data = database(
        "CREATE TABLE t(a, b, c)",
        *(("INSERT INTO t VALUES(?, ?, ?)", row) for row in values),
        pragmas=(f"page_size = {size}",),
    )
    pages = Pages(data)
    seen = [tuple(record) for root, record in pages.records() if root != 1]
    assert sorted(map(repr, values)) == sorted(map(repr, seen))


SAMPLE = database(
    PEOPLE,
    *(("INSERT INTO people VALUES(?, ?, 5, 1.5, NULL)", (n, f"Zhang Wei {n}")) for n in range(20)),
    "CREATE INDEX i ON people(name)",
    pragmas=("page_size = 512",),
)


@given(st.data())
def test_damaged_databases_are_read_or_refused_and_kept(data):
    broken = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(broken[: data.draw(st.integers(0, len(broken)))])
    for sample in (bytes(broken), cut):
        try:
            document = open_document(sample, HINT)
            assert sample == document.apply([])
            list(layers(sample, HINT))
            if document.segments():
                document.apply([Edit(0, 0, 1, "[X]")])
        except (Unreadable, CannotEdit):
            pass
