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
    before, after = cells(data), cells(redact(data, WORD, "[LONG_NAME_1]"))
    assert [[row[0].replace(WORD, "[LONG_NAME_1]")] for row in before["Many"]] == after["Many"]


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
    assert {"A": [["[GONE]!!"]]} == cells(redact(data, WORD))


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


def workbook(data):
    """The main stream and its records."""
    (stream,) = [n.data for n in read_compound(data).nodes if n.name == "Workbook"]
    return stream, biff.read_records(stream)


def with_records(data, new):
    stream, records = workbook(data)
    made = biff.laid_out(stream, records, new)
    return write_compound([Node((), ROOT), Node(("Workbook",), STREAM, data=made)])


@pytest.mark.parametrize("value", ["张伟", "Li", WORD])
def test_a_label_stands_whole_in_a_cell_however_short_the_value_was(value):
    data = book(lambda made: made.add_sheet("A").write(0, 0, f"a {value} b"))
    assert {"A": [["a [PERSON_NAME] b"]]} == cells(redact(data, value, "[PERSON_NAME]"))


def test_bold_and_plain_letters_stay_so_behind_a_value():
    def fill(made):
        bold = xlwt.easyfont("bold true")
        made.add_sheet("A").write_rich_text(0, 0, [f"a {WORD} ", ("bold", bold), " plain"])

    data = redact(book(fill), WORD, "[LONGER_THAN_IT]")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    text = opened.sheet_by_index(0).cell_value(0, 0)
    runs = opened.sheet_by_index(0).rich_text_runlist_map[(0, 0)]
    assert "a [LONGER_THAN_IT] bold plain" == text
    assert ["bold", " plain"] == [text[runs[0][0] : runs[1][0]], text[runs[1][0] :]]


def test_the_index_of_shared_strings_tells_where_they_stand_now():
    raw = book(many)
    stream, records = workbook(raw)
    sst = next(i for i, r in enumerate(records) if r.kind == biff.SST)
    after = next(r for r in records[sst + 1 :] if r.kind != biff.CONTINUE)
    index = biff.record(biff.EXTSST, struct.pack("<H", 8) + bytes(8 * 375))
    data = with_records(raw, {after.at: index + stream[after.at : after.end]})
    stream, records = workbook(redact(data, WORD, "[LONG_NAME]"))
    (index,) = [r for r in records if r.kind == biff.EXTSST]
    places = list(struct.iter_unpack("<IHH", stream[index.start + 2 : index.end]))
    strings = [row[0].replace(WORD, "[LONG_NAME]") for row in cells(raw)["Many"]]
    for number, (place, in_record, _) in enumerate(places):
        count, flags = struct.unpack_from("<HB", stream, place)
        raw_text = stream[place + 3 : place + 3 + count * (1 + flags)]
        assert strings[8 * number].startswith(
            raw_text.decode("utf-16-le" if flags else "latin-1")[:5]
        )
        assert place - in_record in {r.at for r in records}


def test_names_of_sheets_stay_allowed_and_unlike_each_other():
    def fill(made):
        for name in (WORD, f"{WORD} 2", "Rest"):
            made.add_sheet(name).write(0, 0, "x")

    names = list(cells(redact(book(fill), WORD, "[NAME]")))
    assert ["(NAME)", "(NAME) 2", "Rest"] == names
    same = book(lambda made: [made.add_sheet(n).write(0, 0, "x") for n in ("Emily", "Carter")])
    document = open_document(same, Hint("a.xls"))
    edits = [
        Edit(i, 0, len(s.text), "[NAME]")
        for i, s in enumerate(document.segments())
        if s.text in {"Emily", "Carter"}
    ]
    assert ["(NAME)", "(NAME)_2"] == list(cells(document.apply(edits)))


def formula_with(text, result):
    """A workbook with a formula of one text whose result is a text."""
    raw = book(lambda made: made.add_sheet("A").write(0, 0, xlwt.Formula(f'"{text}"&"x"')))
    stream, records = workbook(raw)
    (cell,) = [r for r in records if r.kind == biff.FORMULA]
    content = bytearray(stream[cell.start : cell.end])
    content[6:14] = b"\0\0\0\0\0\0\xff\xff"
    shown = struct.pack("<HB", len(result), 0) + result.encode()
    new = biff.record(biff.FORMULA, content) + biff.record(biff.STRING, shown)
    following = records[records.index(cell) + 1]
    new = {cell.at: new, **({following.at: b""} if following.kind == biff.STRING else {})}
    return with_records(raw, new)


def test_a_value_that_a_formula_joins_to_other_letters_goes_from_the_result_too():
    data = formula_with(WORD, f"{WORD}keep")
    assert {"A": [["[GONE]keep"]]} == cells(redact(data, WORD))


def test_a_formula_whose_result_has_nothing_of_the_value_stays_a_formula():
    stream, records = workbook(redact(formula_with(WORD, "other"), WORD))
    assert biff.FORMULA in {r.kind for r in records}
    assert WORD.encode() not in stream


def test_a_long_number_in_a_formula_is_read_and_goes():
    def fill(made):
        made.add_sheet("A").write(0, 0, xlwt.Formula("IF(B1=13870465829;1;2)"))

    data = redact(book(fill), "13870465829")
    assert struct.pack("<d", 13870465829) not in workbook(data)[0]


def test_the_head_of_the_next_record_is_no_letter_of_a_word_before_it():
    raw = book(lambda made: made.add_sheet("A").write(0, 0, "x"))
    stream, records = workbook(raw)
    last = next(r for r in records[::-1] if r.kind == biff.EOF)
    odd = biff.record(0x009E, bytes(24) + WORD.encode()) + biff.record(0x0055, b"\x08\0")
    data = with_records(raw, {last.at: odd + stream[last.at : last.end]})
    assert WORD in texts(data)
    assert any(WORD in text.split("\0") for text in layers(data, Hint("a.xls")))
