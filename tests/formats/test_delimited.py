"""CSV and its kin."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import layers, open_document
from gateway.formats.delimited import FORMAT
from gateway.model import Edit, Hint, Role

CSV = Hint("a.csv")
CELLS = st.text("ab1张\"',;\t|\n\r ", max_size=6).map(lambda text: "x" + text)


def read(source, hint=CSV):
    return open_document(source.encode(), hint)


def test_a_cell_knows_its_column_and_its_row():
    segments = read('姓名,电话,备注\r\n张伟,138,"a ""b"""\r\n李娜,139,\r\n').segments()
    assert ["姓名", "电话", "备注", "张伟", "138", 'a "b"', "李娜", "139"] == [
        s.text for s in segments
    ]
    assert [Role.KEY] * 3 + [Role.BODY] * 5 == [s.role for s in segments]
    assert ("电话", "张伟") == segments[4].context
    assert ("姓名",) == segments[3].context
    assert "row 2, column 2" == segments[4].part


def test_a_first_row_of_data_is_no_header():
    assert Role.BODY is read("张伟,13812345678\n李娜,13912345678\n").segments()[0].role


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=3, max_size=6))
def test_cells_are_those_of_the_csv_module(delimiter, rows):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    document = read(out.getvalue(), Hint("a.csv"))
    assert "csv" == document.format
    assert [c for row in rows for c in row] == [s.text for s in document.segments()]


@pytest.mark.parametrize(
    ("source", "edit", "expected"),
    [
        ("a,b\nc,d138\n", Edit(3, 1, 4, "[X]"), "a,b\nc,d[X]\n"),
        ("a,b\nc,138\n", Edit(3, 0, 3, "x, y"), 'a,b\nc,"x, y"\n'),
        ('a,b\nc,"1""38"\n', Edit(3, 2, 4, '"'), 'a,b\nc,"1"""""\n'),
        ('a,b\nc,"138, x"\n', Edit(3, 0, 3, "[X]"), 'a,b\nc,"[X], x"\n'),
        ('a;b\nc;x"138\n', Edit(3, 0, 1, ""), 'a;b\nc;"""138"\n'),
        ('a,b\nc,"138', Edit(3, 0, 3, "[X]"), 'a,b\nc,"[X]"'),
    ],
)
def test_an_edit_quotes_only_when_it_must(source, edit, expected):
    assert expected == read(source).apply([edit]).decode()


def test_lines_of_unequal_length_are_text():
    assert "text" == read("a,b\nc\nd,e,f\ng,h,i,j\n").format


def test_one_column_is_a_table_when_its_name_says_so():
    assert [(), ("身份证号",)] == [
        s.context for s in read("身份证号\n110101199003074578\n").segments()
    ]


def test_tables_without_a_name_are_recognised():
    assert "csv" == read("a\tb\nc\td\ne\tf\n", Hint()).format


def test_layers_give_the_cells_without_quotes():
    assert any('a "b", c' in text for text in layers(b'x,y\n1,"a ""b"", c"\n', CSV))


def test_a_large_table_has_a_segment_for_each_cell():
    source = "name,phone\n" + "".join(f"n{i},{i}\n" for i in range(50_000))
    document = FORMAT.open(source.encode(), CSV, open_document)
    assert 100_002 == len(document.segments())
    assert source.replace("n7,7\n", "n7,[X]\n").encode() == document.apply([Edit(17, 0, 1, "[X]")])
