"""Binary workbooks: records read and rewritten so that the workbook stays one."""

import contextlib
import io
import re
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.xlsbs import (
    book,
    cell,
    formula_number,
    formula_string,
    item,
    joined,
    name,
    packed,
    real,
    record,
    rk,
    row,
    shared,
    sheet,
    small,
    string,
    strings,
    styles,
    wide,
)

import gateway
from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._xlsb.part import BinaryPart, Common
from gateway.formats._xlsb.records import Record, read_records, written
from gateway.model import Edit, Hint, Verdict

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "xlsb"


def segments(data):
    return open_document(data, Hint("a.xlsb")).segments()


def texts(data):
    return [segment.text for segment in segments(data)]


def replaced(data, value, new="[X]"):
    document = open_document(data, Hint("a.xlsb"))
    edits = [
        Edit(index, match.start(), match.end(), new)
        for index, segment in enumerate(document.segments())
        for match in re.finditer(re.escape(value), segment.text)
    ]
    assert edits
    return document.apply(edits)


def records_of(data, part):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return read_records(archive.read(part))


def cells(data, kinds=range(1, 12)):
    return [r for r in records_of(data, "xl/worksheets/sheet1.bin") if r.kind in kinds]


@given(st.lists(st.tuples(st.integers(0, 0x3FFF), st.binary(max_size=400))))
def test_records_are_written_as_they_were_read(made):
    data = b"".join(record(kind, body) for kind, body in made)
    again = read_records(data)
    assert made == [(each.kind, each.body) for each in again]
    assert data == b"".join(map(written, again))


@given(st.binary(max_size=60))
def test_any_bytes_are_records_or_refused(data):
    with contextlib.suppress(Unreadable):
        assert data == b"".join(data[r.start : r.end] for r in read_records(data))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 19, 39, 44, 62, 156, 479, 637]),
            st.one_of(
                st.binary(max_size=40),
                st.builds(
                    lambda a, b, c: a + wide(b) + c,
                    st.binary(max_size=17),
                    st.text(max_size=9),
                    st.binary(max_size=17),
                ),
            ),
        ),
        max_size=6,
    )
)
def test_damaged_records_are_read_or_refused(made):
    data = b"".join(record(kind, body) for kind, body in made)
    try:
        document = BinaryPart(data, Common())
    except Unreadable:
        return
    for index, segment in enumerate(document.segments()):
        with contextlib.suppress(CannotEdit):
            edited = document.apply([Edit(index, 0, len(segment.text), "[X]")])
            BinaryPart(edited, Common())


def test_a_record_grows_beyond_one_byte_of_size():
    data = replaced(small("Zhang Wei"), "Zhang Wei", "x" * 300)
    assert [Record(6, cell(0) + wide("x" * 300))] == cells(data)


def test_without_edits_it_is_untouched():
    data = small("Zhang Wei")
    assert data == open_document(data, Hint()).apply([])


def test_numbers_are_read_as_cells_show_them_and_become_text():
    looks = styles(["000-0000-0000", 'yyyy"年"m"月"d"日"'])
    rows = sheet(
        row(0),
        *(string(0, "Phone"), string(1, "Birthday"), string(2, "ID"), string(3, "Price")),
        row(1),
        *(real(0, 13812345678, 1), rk(1, 31113, 2), real(2, 1.1010519491231e17)),
        record(2, cell(3) + struct.pack("<I", (1234 << 2 & 0xFFFFFFFF) | 3)),
    )
    data = packed(book("Sheet1"), [rows], looks=looks)
    found = {s.text: s.context for s in segments(data)}
    assert ("Phone",) == found["138-1234-5678 | 13812345678"][:1]
    assert "Birthday" in found["1985年3月7日"]
    assert "110105194912310000" in found
    assert any("12.34" in text for text in found)
    for value in ("138-1234-5678", "1985-03-07", "110105194912310000", "12.34"):
        result = replaced(data, value)
        assert value not in " ".join(texts(result))
        assert [6] == [each.kind for each in cells(result) if wide("[X]") in each.body]


def test_a_formula_goes_with_its_constants_and_leaves_its_value():
    tokens = joined("Emily", " Carter")
    rows = sheet(row(0), formula_string(0, "Emily Carter", tokens), formula_number(1, 7.0, tokens))
    data = replaced(packed(book("Sheet1"), [rows]), "Emily Carter")
    assert [6, 5] == [each.kind for each in cells(data)]
    assert not [text for text in texts(data) if "Emily" in text]
    assert struct.pack("<d", 7.0) == cells(data)[1].body[8:]


def test_a_rich_string_keeps_its_first_font():
    table = strings(item("Emily Carter", runs=((0, 3), (6, 4)), phonetic="エミリー"))
    data = packed(book("Sheet1"), [sheet(row(0), shared(0, 0))], table)
    assert "エミリー" in texts(data)
    (again,) = [
        r for r in records_of(replaced(data, "Emily"), "xl/sharedStrings.bin") if r.kind == 19
    ]
    assert b"\1" + wide("[X] Carter") + struct.pack("<IHH", 1, 0, 3) == again.body


def test_sheets_that_become_alike_stay_apart():
    data = packed(book("Emily", "Emily 2"), [sheet(), sheet()])
    found = [
        r.body for r in records_of(replaced(data, "Emily"), "xl/workbook.bin") if r.kind == 156
    ]
    assert [wide("(X)"), wide("(X) 2")] == [body[8 + 4 + 8 :] for body in found]


def test_a_page_header_is_read_without_its_codes():
    nothing = struct.pack("<I", 0xFFFFFFFF)
    tail = record(479, bytes(2) + wide("&CEmily Carter") + nothing * 5) + record(480)
    data = packed(book("Sheet1"), [sheet(tail=tail)])
    assert "Emily Carter" in [text.strip() for text in texts(data)]
    (again,) = [
        r
        for r in records_of(replaced(data, "Emily Carter"), "xl/worksheets/sheet1.bin")
        if r.kind == 479
    ]
    assert bytes(2) + wide("&C[X]") + nothing * 5 == again.body


def test_a_string_in_a_record_nobody_knows_is_seen_and_blocks():
    data = packed(book("Sheet1"), [sheet(tail=record(3000, b"\7" + wide("Emily Carter")))])
    assert "Emily Carter" in texts(data)
    with pytest.raises(CannotEdit, match=r"\.xlsx"):
        replaced(data, "Emily Carter")


def test_the_row_index_goes_when_rows_move():
    index = {"binaryIndex1": record(42, bytes(24)) + record(277)}
    data = packed(book("Sheet1"), [sheet(row(0), string(0, "Emily"))], more=index)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for each in old.infolist():
            content = old.read(each)
            new.writestr(each.filename, content.replace(b'/binaryIndex"', b'/xlBinaryIndex"'))
    with zipfile.ZipFile(io.BytesIO(replaced(stream.getvalue(), "Emily"))) as archive:
        assert not [n for n in archive.namelist() if "binaryIndex" in n]
        assert b"binaryIndex" not in archive.read("[Content_Types].xml")


def full():
    """A workbook with a value in each place, and those values."""
    places = {}

    def c(place):
        return places.setdefault(place, f"Kanari{len(places):02d}vogel")

    places["number"], places["day"], places["phone"] = "13870000001", "1985-03-07", "139-1234-5678"
    places["cached value"], places["joined"] = "Kanarigerechnet", "Kanarizusammen"
    nothing = struct.pack("<I", 0xFFFFFFFF)
    looks = styles(["000-0000-0000", "yyyy\\-mm\\-dd", f'"{c("number format")}"0'])
    tail = b"".join(
        (
            record(479, bytes(2) + wide("&C" + c("page header")) + nothing * 5),
            record(480),
            record(
                494,
                struct.pack("<4I", 0, 0, 0, 0)
                + nothing
                + wide(c("link place"))
                + wide(c("tip"))
                + wide(c("shown")),
            ),
        )
    )
    rows = sheet(
        row(0),
        *(string(0, c("string")), shared(1, 0), shared(2, 1), real(3, 13870000001.0)),
        *(rk(4, 31113, 2), real(5, 13912345678.0, 1), rk(6, 5, 3)),
        formula_string(7, "Kanarigerechnet", joined("x", "y")),
        formula_string(8, "z", joined("Kanari", "zusammen")),
        record(62, cell(9) + b"\0" + wide(c("rich cell"))),
        tail=tail,
    )
    table = strings(
        item(c("shared string")), item(c("rich"), ((0, 0),), c("phonetic")), item(c("unused"))
    )
    comments = b"".join(
        (
            *(record(628), record(630), record(632, wide(c("author"))), record(631), record(633)),
            record(635, struct.pack("<I4I", 0, 0, 0, 0, 0) + bytes(16)),
            record(637, b"\1" + wide(c("note")) + struct.pack("<IHH", 1, 0, 0)),
            *(record(636), record(634), record(629)),
        )
    )
    main = book(
        c("sheet name"), defined=name(c("defined"), "x", c("comment of a name")), path=c("path")
    )
    return packed(main, [rows], table, looks, {"comments1": comments}), places


def test_no_canary_survives_the_pipeline_and_nothing_is_blocked():
    data, places = full()
    outcome = gateway.redact(data, name="a.xlsb", values=list(places.values()))
    assert Verdict.REDACT == outcome.verdict, outcome.reason
    with zipfile.ZipFile(io.BytesIO(outcome.data)) as archive:
        raw = b"".join(archive.read(each) for each in archive.namelist())
    seen = [*texts(outcome.data), *layers(outcome.data, Hint("a.xlsb"))]
    left = {
        place
        for place, value in places.items()
        if any(value in text for text in seen) or value.encode("utf-16-le") in raw
    }
    assert set() == left


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.timeout(180)
def test_libreoffice_shows_a_redacted_workbook(tmp_path):
    data, places = full()
    outcome = gateway.redact(data, name="a.xlsb", values=list(places.values()))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    for stem, content in (("before", data), ("after", outcome.data)):
        (tmp_path / f"{stem}.xlsb").write_bytes(content)
        subprocess.run(
            [*command, "--convert-to", "csv", "--outdir", tmp_path, tmp_path / f"{stem}.xlsb"],
            check=True,
            capture_output=True,
            timeout=170,
        )
    before, after = ((tmp_path / f"{stem}.csv").read_text() for stem in ("before", "after"))
    assert places["shared string"] in before
    assert 8 == after.count("[EXACT_VALUE")
    assert not [place for place, value in places.items() if value in after]


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpus is not beside the checkout")
def test_real_files_are_read_and_untouched():
    for path in CORPUS.glob("*.xlsb"):
        document = open_document(path.read_bytes(), Hint(path.name))
        assert () == tuple(document.unread)
        assert path.read_bytes() == document.apply([])
