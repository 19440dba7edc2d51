"""What cells show: number formats, days, and the words in format codes."""

import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.table import Table

import gateway
from gateway.formats import open_document
from gateway.formats._ooxml.xlsx_formats import number_format, tokens_of
from gateway.formats._ooxml.xlsx_values import ways_of
from gateway.model import Edit, Hint, Verdict

SHOWN = [
    ("1234.50", "0.00", "1234.5"),
    ("1,234,567.89", "#,##0.00", "1234567.891"),
    ("1,000", "#,###", "1000"),
    ("138-1234-5678", "000-0000-0000", "13812345678"),
    ("012-34-5678", "000-00-0000", "12345678"),
    ("(415) 555-1234", "[<=9999999]###-####;(###) ###-####", "4155551234"),
    ("555-1234", "[<=9999999]###-####;(###) ###-####", "5551234"),
    ("26%", "0%", "0.256"),
    ("1.10E+17", "0.00E+00", "110105194912310000"),
    ("12.3E+3", "##0.0E+0", "12345"),
    ("1 1/2", "# ?/?", "1.5"),
    ("1/3", "# ??/??", "0.3333333"),
    ("25/100", "?/100", "0.25"),
    ("1985年3月7日", 'yyyy"年"m"月"d"日"', "31113"),
    ("1985-03-07", "yyyy-mm-dd", "31113"),
    ("March 7, 1985", "[$-409]mmmm d, yyyy;@", "31113"),
    ("星期四", "[$-804]aaaa", "31113"),
    ("三月", "[$-804]mmmm", "31113"),
    ("Thursday", "dddd", "31113"),
    ("36:00", "[h]:mm", "1.5"),
    ("6:00 PM", "h:mm AM/PM", "0.75"),
    ("下午6时00分", '上午/下午h"时"mm"分"', "0.75"),
    ("00:01.0", "mm:ss.0", "0.00001157"),
    ("1985-03-07 12:00:00", "yyyy-mm-dd hh:mm:ss", "31113.5"),
    ("Emily Carter5", '"Emily Carter"0', "5"),
    ("Em5", "\\E\\m0", "5"),
    ("12.3", "0.0,,", "12345678"),
    ("(1,234)", "#,##0;(#,##0)", "-1234"),
    ("zero", '0;0;"zero"', "0"),
    ("", ";;;", "5"),
    ("SSN 123-45-6789", '"SSN "000\\-00\\-0000', "123456789"),
    ("6222 0212 3456 7890", "0000 0000 0000 0000", "6222021234567890"),
    ("$1,234.50", '_("$"* #,##0.00_)', "1234.5"),
    ("¥1,234.50", "[$¥-804]#,##0.00", "1234.5"),
    ("big", '[>=100]"big";0', "150"),
    (None, "General", "5"),
    (None, "@", "5"),
    (None, "0.00", "not a number"),
    (None, "yyyy-mm-dd", "-5"),
]


@pytest.mark.parametrize(("shown", "code", "number"), SHOWN)
def test_a_number_is_shown_by_its_format(shown, code, number):
    assert shown == number_format(code).show(number, date1904=False)


def test_the_1904_system_counts_from_another_day():
    assert "1985-03-07" == number_format("yyyy-mm-dd").show("29651", date1904=True)


def test_days_before_the_february_that_never_was_stand_one_later():
    form = number_format("yyyy-mm-dd")
    assert ["1900-02-28", "1900-03-01"] == [form.show(n, date1904=False) for n in ("59", "61")]


@given(st.integers(0, 10**15))
def test_thousands_are_parted_as_python_parts_them(number):
    assert f"{number:,}" == number_format("#,##0").show(str(number), date1904=False)


@given(st.decimals(0, 10**9, places=4))
def test_no_digit_is_lost_between_literals(number):
    shown = number_format("0\\-0\\-0\\-0.0000").show(str(number), date1904=False)
    assert f"{number:08.4f}".zfill(9).replace(".", "").lstrip("0") == re.sub(
        r"\D", "", shown
    ).lstrip("0")


@given(st.text(max_size=40), st.floats(allow_nan=False, allow_infinity=False))
def test_no_code_and_no_number_fails(code, number):
    form = number_format(code)
    assert form.show(repr(number), date1904=False) is None or not form.is_general
    assert code == "".join(code[t.start : t.end] for t in tokens_of(code))


def test_a_day_is_read_in_the_ways_people_write_it():
    ways, others = ways_of("31113", number_format("d\\-mmm\\-yy"), date1904=False)
    assert ("7-Mar-85", "1985-03-07") == ways
    assert ("1985年3月7日", "03/07/1985", "07/03/1985", "1985/3/7") == others


def saved(workbook):
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def redacted(data, *values):
    outcome = gateway.redact(data, name="a.xlsx", values=values)
    assert Verdict.REDACT == outcome.verdict, outcome.reason
    return outcome.data


def formatted(number, code):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Value", "Other"])
    workbook.active["A2"] = number
    workbook.active["A2"].number_format = code
    workbook.active["B2"] = 7
    return saved(workbook)


@pytest.mark.parametrize(
    "value", ["1985-03-07", "1985年3月7日", "03/07/1985", "1985/3/7", "07/03/1985"]
)
def test_a_day_is_removed_however_it_was_listed(value):
    codes = ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy", "d-mmm"]
    workbook = openpyxl.Workbook()
    for number, code in enumerate(codes, 1):
        workbook.active.cell(1, number, 31113).number_format = code
        workbook.active.cell(2, number, 31114).number_format = code
    cells = openpyxl.load_workbook(io.BytesIO(redacted(saved(workbook), value))).active
    assert ["s"] * 4 == [cell.data_type for cell in cells[1]]
    assert codes == [cell.number_format for cell in cells[1]]
    assert ["d"] * 4 == [cell.data_type for cell in cells[2]]


@pytest.mark.parametrize("value", ["138-1234-5678", "13812345678", "138 1234 5678"])
def test_a_phone_number_is_removed_as_shown_and_as_stored(value):
    result = redacted(formatted(13812345678, "000-0000-0000"), value)
    assert "s" == openpyxl.load_workbook(io.BytesIO(result)).active["A2"].data_type


def test_a_birthday_stored_as_a_number_is_found_by_its_header():
    workbook = openpyxl.Workbook()
    workbook.active.append(["Name", "Date of birth", "Invoice date"])
    workbook.active.append(["x", 31113, 45000])
    for place in ("B2", "C2"):
        workbook.active[place].number_format = "yyyy\\-mm\\-dd"
    outcome = gateway.scan(saved(workbook), name="a.xlsx")
    assert {"DATE_OF_BIRTH": 1} == {
        k: v for k, v in _counts(outcome.findings).items() if k == "DATE_OF_BIRTH"
    }


def _counts(findings):
    names = [finding.entity for finding in findings]
    return {name: names.count(name) for name in names}


@pytest.mark.parametrize(
    "code",
    [
        '"Emily Carter"0',
        "\\E\\m\\i\\l\\y\\ \\C\\a\\r\\t\\e\\r0",
        '"Emily"\\ "Carter"0',
        "[$Emily Carter-409]0",
    ],
)
def test_words_of_a_format_code_go_and_the_code_stays_one(code):
    result = redacted(formatted(5, code), "Emily Carter")
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert "Emily" not in re.sub(r"\\|&quot;", "", styles)
    (new,) = re.findall(r'formatCode="([^"]*)"', styles)
    assert "[EXACT_VALUE]5" == number_format(new.replace("&quot;", '"')).show("5", date1904=False)


def test_booleans_are_text_as_shown():
    data = formatted(True, "General")
    document = open_document(data, Hint("a.xlsx"))
    (index,) = [i for i, s in enumerate(document.segments()) if "TRUE" in s.text]
    sheet = openpyxl.load_workbook(io.BytesIO(document.apply([Edit(index, 0, 4, "[X]")]))).active
    assert ("[X]", "s") == (sheet["A2"].value, sheet["A2"].data_type)


def test_headers_of_a_table_that_become_alike_stay_apart():
    workbook = openpyxl.Workbook()
    workbook.active.append(["Emily", "Carter", "Sum"])
    workbook.active.append([1, 2, 3])
    workbook.active.add_table(Table(displayName="T", ref="A1:C2"))
    result = redacted(saved(workbook), "Emily", "Carter")
    sheet = openpyxl.load_workbook(io.BytesIO(result)).active
    names = [column.name for column in sheet.tables["T"].tableColumns]
    assert ["[EXACT_VALUE]", "[EXACT_VALUE]2", "Sum"] == names
    assert names == [cell.value for cell in sheet[1]]


def retyped(data, change):
    """The workbook with the XML of its sheet changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for each in old.infolist():
            content = old.read(each)
            sheet = each.filename.startswith("xl/worksheets/sheet")
            new.writestr(each.filename, change(content) if sheet else content)
    return stream.getvalue()


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.sampled_from(["Emily Carter", "李晓梅", " a & b ", "_x0041_", "=1+1", '="x"&"y"', "#N/A"]),
)


@settings(max_examples=20)
@given(st.lists(st.lists(VALUES, max_size=4), max_size=5))
def test_common_cells_and_all_others_read_alike(rows):
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    fast = saved(workbook)
    slow = retyped(fast, lambda xml: re.sub(rb' r="([A-Z]+[0-9]+)"', rb" r='\1'", xml))
    texts = [{s.text for s in open_document(data, Hint()).segments()} for data in (fast, slow)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "disguise",
    [
        lambda xml: xml.replace(b"<v>", b"<!-- Emily Carter --><v>", 1),
        lambda xml: xml.replace(b"</row>", b"Emily Carter</row>", 1),
        lambda xml: xml.replace(b"<c ", b"Emily Carter<c ", 1),
        lambda xml: xml.replace(b"<sheetData>", b"<sheetData>Emily Carter", 1),
        lambda xml: xml.replace(b"<row ", b'<row note="Emily Carter" ', 1),
        lambda xml: xml.replace(b"<v>", b'<f ref="Emily Carter">1</f><v>', 1),
        lambda xml: xml.replace(
            b"<row ", b'<row><c r="Z9" t="str"><v>Emily Carter</v></c></row><row ', 1
        ),
        lambda xml: xml.replace(b"<v>", b"<v><![CDATA[Emily Carter]]>", 1),
        lambda xml: xml.replace(b"<row ", b'<c r="Z9" t="str"><v>Emily Carter</v></c><row ', 1),
    ],
)
def test_what_stands_between_common_cells_is_read(disguise):
    workbook = openpyxl.Workbook()
    workbook.active.append([1, 2])
    data = retyped(saved(workbook), disguise)
    texts = [segment.text for segment in open_document(data, Hint("a.xlsx")).segments()]
    assert any("Emily Carter" in text for text in texts)
