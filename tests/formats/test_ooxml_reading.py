"""How parts are read: common shapes of sheets in one step, the same part once, names of schemas."""

import gc
import io
import zipfile

import docx
import openpyxl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.detect import catalogue
from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.formats._ooxml.attributes import is_known, is_office
from gateway.formats._ooxml.xml import read_xml
from gateway.model import Edit, Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PIECES = (
    '<row r="1" spans="1:3">',
    '<row r="2" custom="odd">',
    "</row>",
    '<row r="3"/>',
    '<c r="A1"><v>1.5</v></c>',
    '<c r="B1" t="s"><v>0</v></c>',
    '<c r="C1" t="str"><f>"a"&amp;"b>"</f><v>a="b</v></c>',
    '<c r="D1" t="inlineStr"><is><t>x &lt; y</t></is></c>',
    '<c r="E1" t="inlineStr"><is><r><t>rich</t></r></is></c>',
    '<c r="F1" odd="1"><v>7</v></c>',
    '<x:c xmlns:x="urn:other"><x:v>other</x:v></x:c>',
    "<!-- <c r='A1'/> -->",
    "<![CDATA[<row>]]>",
    " stray ",
    "\n",
)


def sheet(body: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData><a>b</a></worksheet>'.encode()


def pipe(*values):
    return build(load_policy("default", catalogue()), bytes(32), Limits(), values)


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_a_sheet_taken_in_shapes_counts_what_token_by_token_reading_counts(pieces):
    data = sheet("".join(pieces))
    try:
        plain = read_xml(data)
    except Unreadable:
        with pytest.raises(Unreadable):
            read_xml(data, lean=True)
        return
    lean = read_xml(data, lean=True)
    assert plain.tally() == lean.tally()
    kept = {at for tag, at, _ in lean.tokens if tag}
    taken = [match.span() for match in lean.shapes.items]
    rest = [at for tag, at, _ in plain.tokens if tag and at not in kept]
    ends = [at for at in rest if not any(start <= at < end for start, end in taken)]
    assert all(data.decode()[at:].startswith("</row>") for at in ends)


def test_cells_of_the_common_shape_are_taken_whole():
    body = '<row r="1"><c r="A1"><v>1</v></c></row>\n<row r="2"><c r="A2"><v>2</v></c></row>'
    source = read_xml(sheet(body), lean=True)
    assert ["row", "c", "row", "c"] == [match.lastgroup for match in source.shapes.items]
    assert "sheetData" == source.tokens[1][0].local
    assert 7 == len(source.tokens)


def test_a_sheet_named_in_a_comment_only_is_read_all_the_same():
    data = sheet("<row/>").replace(b"<sheetData>", b"<!-- <sheetData> --><sheetData>")
    assert (4, 0, "b") == read_xml(data, lean=True).tally()


def test_a_part_is_read_once_as_long_as_somebody_holds_it():
    data = sheet('<row r="9"/>')
    first = read_xml(data)
    assert first is read_xml(bytes(bytearray(data)))
    first.tokens.append((None, 0, "mark"))
    del first
    gc.collect()
    assert "mark" not in [before for _, _, before in read_xml(data).tokens]


def test_a_style_named_by_a_value_loses_the_id_made_of_it_too():
    document = docx.Document()
    document.styles.add_style("Zebrafish", WD_STYLE_TYPE.PARAGRAPH).font.bold = True
    document.add_paragraph("A quiet line", style="Zebrafish")
    out = io.BytesIO()
    document.save(out)
    outcome = pipe("Zebrafish").process(Item(out.getvalue(), Hint("a.docx")))
    assert Verdict.REDACT is outcome.verdict
    assert [] == [n for n, part in parts_of(outcome.data).items() if b"Zebrafish" in part]
    paragraph = docx.Document(io.BytesIO(outcome.data)).paragraphs[0]
    assert ("A quiet line", True) == (paragraph.text, paragraph.style.font.bold)


def test_an_attribute_that_another_suite_adds_is_text():
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("A quiet line")
    document.save(out)
    parts = parts_of(out.getvalue())
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        b"<w:t>",
        b'<w:t xmlns:k="http://www.wps.cn/officeDocument/2013/wpsCustomData" k:note="Zebrafish">',
    )
    outcome = pipe("Zebrafish").process(Item(packed(parts), Hint("a.docx")))
    assert Verdict.REDACT is outcome.verdict
    assert b"Zebrafish" not in parts_of(outcome.data)["word/document.xml"]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://schemas.libreoffice.org/",
        "http://customooxmlschemas.google.com/",
        "http://www.wps.cn/officeDocument/2013/wpsCustomData",
    ],
)
def test_the_words_of_other_suites_are_no_text(namespace):
    assert (True, False) == (is_known(namespace), is_office(namespace))


def test_the_number_of_a_shared_string_is_no_text_that_survived():
    book, out = openpyxl.Workbook(), io.BytesIO()
    for number in range(1200):
        book.active.append([f"item {number}"])
    book.active["C1"] = 1100
    book.save(out)
    outcome = pipe("1100").process(Item(out.getvalue(), Hint("a.xlsx")))
    assert Verdict.REDACT is outcome.verdict
    cells = openpyxl.load_workbook(io.BytesIO(outcome.data)).active
    assert ("[EXACT_VALUE]", "item 1099") == (cells["C1"].value, cells["A1100"].value)


def test_texts_of_neighbouring_cells_are_searched_one_by_one():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append([1234567, 7654321, 1111111])
    book.save(out)
    assert any("7654321" in text.split(" | ") for text in layers(out.getvalue(), Hint()))


def test_an_address_of_a_drawing_layout_that_office_on_macos_writes_is_no_text():
    layout = "urn:microsoft.com/office/officeart/2005/8/layout/process1"
    assert is_office(layout)


def test_a_redacted_package_reads_as_a_fresh_process_would_read_it():
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("Zebrafish and others")
    document.add_paragraph("A quiet line")
    document.save(out)
    held = open_document(out.getvalue(), Hint("a.docx"))
    where = next(i for i, s in enumerate(held.segments()) if s.text.startswith("Zebrafish"))
    new = held.apply([Edit(where, 0, 9, "[X]")])
    warm = [segment.text for segment in open_document(new, Hint("a.docx")).segments()]
    del held
    gc.collect()
    assert warm == [segment.text for segment in open_document(new, Hint("a.docx")).segments()]
    assert "[X] and others" in warm
