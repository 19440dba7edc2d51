"""Workbooks: values seen as cells show them, edited so that the workbook stays one."""

import io
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName

from gateway.errors import CannotEdit
from gateway.formats import layers, open_document
from gateway.formats._ooxml.part import expanded
from gateway.formats._ooxml.xlsx_formulas import identifier, only_in_literals, renamed, sheet_name
from gateway.model import Edit, Hint


def book(rows, *, title="Data"):
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    return workbook


def saved(workbook):
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_rows(xml):
    """A workbook whose first sheet has these rows."""
    parts = parts_of(saved(book([[1]])))
    name = "xl/worksheets/sheet1.xml"
    sheet = re.sub(
        r"<sheetData>.*</sheetData>", f"<sheetData>{xml}</sheetData>", parts[name].decode()
    )
    parts[name] = sheet.encode()
    return packed(parts)


def segments(data):
    return open_document(data, Hint("a.xlsx")).segments()


def replaced(data, value, new="[X]"):
    document = open_document(data, Hint("a.xlsx"))
    result = document.apply(
        [
            Edit(index, match.start(), match.end(), new)
            for index, segment in enumerate(document.segments())
            for match in re.finditer(re.escape(value), segment.text)
        ]
    )
    assert not any(value in layer for layer in layers(result, Hint()))
    return result


def loaded(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_a_workbook_without_edits_is_untouched():
    data = saved(book([["Name", "Phone"], ["Zhang", 13800138000]]))
    assert data == open_document(data, Hint()).apply([])


def test_a_column_header_and_a_label_are_context():
    data = saved(
        book([["姓名", "身份证号"], ["李晓梅", 110105194912310025], ["Phone", "13800138000"]])
    )
    found = {s.text: s.context for s in segments(data)}
    assert ("身份证号", "李晓梅") == found["110105194912310000"][-2:]
    assert {"身份证号", "Phone"} <= set(found["13800138000"])


def test_a_long_number_is_seen_and_becomes_text():
    data = saved(book([["Phone"], [13800138000], [7]]))
    sheet = loaded(replaced(data, "13800138000")).active
    assert ["Phone", "[X]", 7] == [cell.value for cell in sheet["A"]]


def test_numbers_with_exponents_are_seen_in_full():
    data = with_rows('<row r="1"><c r="A1"><v>1.1010519491231E+17</v></c></row>')
    assert "110105194912310000" in [s.text for s in segments(data)]
    assert "[X]" == loaded(replaced(data, "110105194912310000")).active["A1"].value


@given(st.integers(-(10**20), 10**20))
def test_whole_numbers_keep_every_digit(number):
    assert str(number) == expanded(str(number))


@pytest.mark.parametrize(
    ("shown", "stored"),
    [("0.1", "0.1"), ("0.333333333", "0.33333333333333331"), ("12.5", "1.25E1"), ("x", "x")],
)
def test_fractions_show_no_noise(shown, stored):
    assert shown == expanded(stored)


def test_short_numbers_of_a_column_share_a_segment():
    data = saved(book([["Age"], [31], [42], [31]]))
    found = [s for s in segments(data) if "31" in s.text and s.context == ("Age",)]
    assert ["31 | 42"] == [s.text for s in found]
    sheet = loaded(replaced(data, "31")).active
    assert ["Age", "[X]", 42, "[X]"] == [cell.value for cell in sheet["A"]]


def test_a_formula_goes_with_the_value_it_would_bring_back():
    data = with_rows(
        '<row r="1"><c r="A1" t="str"><f>"Zh"&amp;"ang"</f><v>Zhang</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>'
    )
    sheet = loaded(replaced(data, "Zhang")).active
    assert ("[X]", "=1+1") == (sheet["A1"].value, sheet["B1"].value)


def test_an_edited_formula_leaves_its_value():
    data = with_rows('<row r="1"><c r="A1"><f>LEN("Zhang")</f><v>5</v></c></row>')
    assert 5 == loaded(replaced(data, "Zhang")).active["A1"].value


def test_a_shared_formula_goes_as_a_group():
    data = with_rows(
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">LEN("Zhang")</f><v>5</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>5</v></c></row>'
    )
    assert [5, 5] == [cell.value for cell in loaded(replaced(data, "Zhang")).active["A"]]


def test_the_calculation_chain_goes_with_a_formula():
    parts = parts_of(with_rows('<row r="1"><c r="A1"><f>LEN("Zhang")</f><v>5</v></c></row>'))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    parts["xl/calcChain.xml"] = b"<calcChain/>"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'.encode(),
    )
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(
        b"</Relationships>",
        b'<Relationship Id="rZ" Type="x/calcChain" Target="calcChain.xml"></Relationship></Relationships>',
    )
    result = parts_of(replaced(packed(parts), "Zhang"))
    assert "xl/calcChain.xml" not in result
    assert b"calcChain" not in result[rels] + result["[Content_Types].xml"]
    assert b"rZ" not in result[rels]


def test_a_renamed_sheet_keeps_its_formulas():
    workbook = book([[1]], title="Zhang Wei")
    workbook.create_sheet("Other")["A1"] = "='Zhang Wei'!A1+1"
    workbook.defined_names["area"] = DefinedName("area", attr_text="'Zhang Wei'!$A$1")
    result = loaded(replaced(saved(workbook), "Zhang Wei", "[PERSON]"))
    assert ["(PERSON)", "Other"] == result.sheetnames
    assert "='(PERSON)'!A1+1" == result["Other"]["A1"].value
    assert "'(PERSON)'!$A$1" == result.defined_names["area"].attr_text


def test_sheets_that_become_alike_stay_apart():
    workbook = book([[1]], title="Zhang")
    workbook.create_sheet("Li")
    data = saved(workbook)
    document = open_document(data, Hint())
    names = {s.text: i for i, s in enumerate(document.segments()) if "sheet" in s.context}
    result = document.apply([Edit(names["Zhang"], 0, 5, "[P]"), Edit(names["Li"], 0, 2, "[P]")])
    assert ["(P)", "(P)_2"] == loaded(result).sheetnames


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=5)))
def test_new_sheet_names_are_valid_and_new(text, taken):
    name = sheet_name(text, taken)
    assert 0 < len(name) <= 31
    assert not set(name) & set("[]:*?/\\")
    assert name.casefold() not in {each.casefold() for each in taken}


@given(st.text(max_size=40))
def test_new_defined_names_are_identifiers(text):
    assert re.fullmatch(r"[^\W\d][\w.]*", identifier(text, ()))


@pytest.mark.parametrize(
    ("new", "formula"),
    [
        ("'N M'!A1", "Old!A1"),
        ("'N M'!A1+'Old'", "'Old'!A1+'Old'"),
        ("\"Old!A1\"&'N M'!A1", '"Old!A1"&Old!A1'),
        ("SUM('N M:Last'!A1)", "SUM(Old:Last!A1)"),
        ("[1]Old!A1", "[1]Old!A1"),
        ('fresh*2+LEN("stale")', 'stale*2+LEN("stale")'),
    ],
)
def test_renaming_in_formulas_touches_names_only(new, formula):
    text = formula
    for start, end, put in sorted(
        renamed(formula, {"old": "N M"}, {"stale": "fresh"}), reverse=True
    ):
        text = text[:start] + put + text[end:]
    assert new == text


def test_only_edits_inside_string_constants_stay_in_a_formula():
    assert only_in_literals('IF(A1,"Zhang","x")', [(7, 12, "")])
    assert not only_in_literals("Zhang+1", [(0, 5, "")])


def test_a_list_for_validation_stays_a_list():
    from openpyxl.worksheet.datavalidation import DataValidation

    workbook = book([["x"]])
    workbook.active.add_data_validation(DataValidation("list", formula1='"Zhang,Li"', sqref="A1"))
    result = loaded(replaced(saved(workbook), "Zhang"))
    assert '"[X],Li"' == result.active.data_validations.dataValidation[0].formula1


def test_an_escaped_string_is_read_as_shown():
    data = with_rows(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>_x005A_hang _x005F_x0041_</t></is></c></row>'
    )
    assert "Zhang _x0041_" in [s.text for s in segments(data)]
    result = replaced(data, "Zhang", "_x0042_")
    assert "_x0042_ _x0041_" in [s.text for s in segments(result)]


def test_an_index_beyond_the_shared_strings_is_not_passed_over():
    data = with_rows('<row r="1"><c r="A1" t="s"><v>13800138000</v></c></row>')
    assert "13800138000" in [s.text for s in segments(data)]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.timeout(180)
def test_libreoffice_shows_a_redacted_workbook(tmp_path):
    data = saved(book([["Name", "Phone"], ["Zhang Wei", 13800138000]], title="Zhang Wei"))
    data = replaced(replaced(data, "Zhang Wei", "[PERSON]"), "13800138000", "[PHONE]")
    (tmp_path / "a.xlsx").write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "csv", "--outdir", tmp_path, tmp_path / "a.xlsx"],
        check=True,
        capture_output=True,
        timeout=170,
    )
    assert "Name,Phone\n[PERSON],[PHONE]\n" == (tmp_path / "a.csv").read_text()


def test_a_number_cut_by_a_comment_is_seen_whole_and_never_half_edited():
    data = with_rows('<row r="1"><c r="A1"><v>138001<!-- -->38000</v></c></row>')
    assert "13800138000" in [s.text for s in segments(data)]
    with pytest.raises(CannotEdit):
        replaced(data, "13800138000")


@pytest.mark.parametrize(
    ("header", "seen", "written"),
    [
        ("&CEmily Carter", "Emily Carter", "&C[X]"),
        ('&L&"Arial,Bold"&12Emily&B Carter&RPage &P', "Emily Carter\nPage ", None),
        ("&LTel&R13812345678", "Tel\n13812345678", None),
        ("&CBlue && Co", "Blue && Co", None),
    ],
)
def test_page_header_is_read_without_its_codes(header, seen, written):
    source = book([[1]])
    source.active.oddHeader.center.text = "PLACE"
    parts = parts_of(saved(source))
    name = "xl/worksheets/sheet1.xml"
    escaped = header.replace("&", "&amp;").encode()
    parts[name] = parts[name].replace(b"&amp;CPLACE", escaped)
    data = packed(parts)
    texts = [segment.text.strip() for segment in segments(data)]
    assert seen.strip() in texts
    if written:
        result = parts_of(replaced(data, "Emily Carter"))[name].decode()
        assert f"<oddHeader>{written.replace('&', '&amp;')}</oddHeader>" in result


def test_defined_name_with_underscores_is_read_with_spaces_and_renamed_in_formulas():
    source = book([[5], ["=Emily_Carter*2"]])
    source.defined_names["Emily_Carter"] = DefinedName("Emily_Carter", attr_text="Data!$A$1")
    result = replaced(saved(source), "Emily Carter")
    assert b"Emily" not in b"".join(parts_of(result).values())
    (name,) = loaded(result).defined_names
    assert f"={name}*2" == loaded(result)["Data"]["A2"].value


def test_constants_that_a_formula_joins_are_read_as_one_text():
    data = saved(book([['="138"&"12345678"'], ['=A1&" ok"']]))
    assert "13812345678" in [segment.text for segment in segments(data)]
    result = loaded(replaced(data, "13812345678"))["Data"]
    assert result["A1"].value is None
    assert '=A1&" ok"' == result["A2"].value
