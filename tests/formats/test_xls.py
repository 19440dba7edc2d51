"""Excel 97 workbooks: strings over records, numbers that become text, sheets that stay whole."""

import io
import struct
import warnings
from datetime import date

import pytest
import xlrd
import xlwt

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.formats._ole import biff
from gateway.formats._ole.cfb import ROOT, STREAM, Node, read_compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.model import Edit, Hint

WORD = "Quixotrel7"


def book(fill):
    made = xlwt.Workbook()
    fill(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def redact(data, value, new="[GONE]"):
    document = open_document(data, Hint("a.xls"))
    edits = []
    for index, segment in enumerate(document.segments()):
        at = segment.text.find(value)
        while at >= 0:
            edits.append(Edit(index, at, at + len(value), new))
            at = segment.text.find(value, at + 1)
    assert edits
    return document.apply(edits)


def cells(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        return {s.name: [s.row_values(row) for row in range(s.nrows)] for s in opened.sheets()}


def texts(data):
    return [segment.text for segment in open_document(data, Hint("a.xls")).segments()]


def many(made):
    sheet = made.add_sheet("Many")
    for row in range(3000):
        sheet.write(
            row,
            0,
            f"{'第' if row % 3 else 'No. '}{row} {WORD if row % 50 == 7 else 'words'} end{row}",
        )


def test_strings_that_go_on_in_further_records_are_read_whole():
    data = book(many)
    found = [
        text for text in texts(data) if text.endswith(tuple(f"end{row}" for row in range(3000)))
    ]
    assert 3000 == len(found)
    assert 60 == sum(WORD in text for text in found)


def test_a_value_is_replaced_in_all_records_and_xlrd_reads_the_rest_unchanged():
    data = book(many)
    before, after = cells(data), cells(redact(data, WORD, "[NAME]"))
    assert [[row[0].replace(WORD, "[NAME]    ")] for row in before["Many"]] == after["Many"]


def test_a_string_cut_by_a_record_is_replaced_on_both_sides():
    raw = book(lambda made: made.add_sheet("A").write(0, 0, "x"))
    nodes = read_compound(raw).nodes
    (stream,) = [n for n in nodes if n.name == "Workbook"]
    records = biff.read_records(stream.data)
    (sst,) = [r for r in records if r.kind == biff.SST]
    first = struct.pack("<IIHB", 1, 1, 12, 0) + b"Quixo"  # then wide, in the next record
    second = b"\1" + "trel7!!".encode("utf-16-le")
    new = struct.pack("<2H", biff.SST, len(first)) + first
    new += struct.pack("<2H", biff.CONTINUE, len(second)) + second
    data = biff.laid_out(stream.data, records, {sst.at: new})
    data = write_compound([Node((), ROOT), Node(("Workbook",), STREAM, data=data)])
    assert {"A": [["Quixotrel7!!"]]} == cells(data)
    assert {"A": [["[GONE]    !!"]]} == cells(redact(data, WORD))


def numbers(made):
    sheet = made.add_sheet("Numbers")
    as_date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write(0, 0, "Telephone")
    sheet.write(1, 0, 13870465829)
    sheet.write(1, 1, 42.5)
    sheet.write(2, 0, 1234567)
    sheet.write(2, 1, date(1987, 6, 5), as_date)
    for column in range(3, 8):
        sheet.write(2, column, 5550000 + column)
    sheet.write(3, 0, xlwt.Formula('"Quixo"&"trel7"'))


def test_numbers_are_read_as_they_are_shown_under_the_head_of_their_column():
    document = open_document(book(numbers), Hint("a.xls"))
    found = {segment.text: segment.context for segment in document.segments()}
    assert ("Telephone",) == found["13870465829"]
    assert "1987-06-05" in found


@pytest.mark.parametrize(
    ("value", "row", "column"),
    [("13870465829", 1, 0), ("1234567", 2, 0), ("1987-06-05", 2, 1), ("5550005", 2, 5)],
)
def test_a_number_becomes_text_and_every_other_cell_stays(value, row, column):
    before, after = cells(book(numbers))["Numbers"], cells(redact(book(numbers), value))["Numbers"]
    before[row][column] = "[GONE]"
    assert before == after


def test_places_that_point_into_the_stream_are_corrected():
    def fill(made):
        numbers(made)
        made.add_sheet("Second").write(0, 0, "still here")

    assert [["still here"]] == cells(redact(book(fill), "13870465829"))["Second"]


def test_text_in_a_formula_is_replaced():
    data = redact(book(numbers), "Quixo", "[A]")
    assert not any("Quixo" in text for text in [*texts(data), *layers(data, Hint("a.xls"))])


def test_a_workbook_with_a_password_is_refused():
    data = book(lambda made: made.add_sheet("A").write(0, 0, "x"))
    (stream,) = [n.data for n in read_compound(data).nodes if n.name == "Workbook"]
    records = biff.read_records(stream)
    locked = struct.pack("<2H", biff.FILEPASS, 6) + bytes(6)
    new = biff.laid_out(stream, records, {records[1].at: locked})
    data = write_compound([Node((), ROOT), Node(("Workbook",), STREAM, data=new)])
    with pytest.raises(Unreadable, match="encrypted: take its password off first"):
        open_document(data, Hint("a.xls"))
