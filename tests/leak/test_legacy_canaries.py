"""A unique word in every place of an old Office file where text can hide: none survives.

LibreOffice writes the files from documents made here; what it cannot make (embedded packages,
free sectors, forgotten text) is put in afterwards.
"""

import io
import shutil
import struct
import subprocess

import docx
import olefile
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from pptx.util import Inches

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.formats._ole.cfb import STORAGE, STREAM, Node, read_compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.model import Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(not OFFICE, reason="LibreOffice is not on this machine")


class Canaries:
    """Hands out a unique word for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"Kanari{len(self.places):02d}vogel")

    def chinese(self, place):
        return self.places.setdefault(
            place, f"金丝雀{'甲乙丙丁戊己庚辛'[len(self.places) % 8]}字号"
        )

    def number(self, place):
        return self.places.setdefault(place, f"1387046{len(self.places):04d}")


def by_office(data, ending, wanted, folder):
    source = folder / f"made.{ending}"
    source.write_bytes(data)
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [
            OFFICE,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            wanted,
            "--outdir",
            str(folder / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    return (folder / "out" / f"made.{wanted.partition(':')[0]}").read_bytes()


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def core(properties, c):
    properties.title, properties.subject = c("title"), c("subject")
    properties.author, properties.last_modified_by = c("author"), c("last author")
    properties.comments, properties.keywords = c("remarks"), c("keywords")


def word(c):
    document = docx.Document()
    core(document.core_properties, c)
    word_ = c("over runs")
    line = document.add_paragraph("before ")
    line.add_run(word_[:4]).bold = True
    line.add_run(word_[4:9]).italic = True
    line.add_run(word_[9:])
    document.add_paragraph(f"plain {c('body')} text")
    document.add_paragraph(f"客户 {c.chinese('chinese')} 先生 {c('beside chinese')}")
    document.add_paragraph().add_run(c("hidden text")).font.hidden = True
    document.add_heading(c("heading"), 1)
    document.add_table(1, 2).cell(0, 1).text = c("table")
    document.sections[0].header.paragraphs[0].text = c("header")
    document.sections[0].footer.paragraphs[0].text = c("footer")
    document.styles.add_style(c("style name"), 1)
    document.add_paragraph("styled", style=c("style name"))
    run = document.add_paragraph("see").add_run(" this")
    document.add_comment(run, text=c("comment"), author=c("comment author"), initials="KV")
    for kind, tag in (("ins", "w:t"), ("del", "w:delText")):
        change = (
            f'<w:{kind} {nsdecls("w")} w:id="9{len(kind)}" w:author="{c(kind + " author")}"'
            f' w:date="2020-01-01T00:00:00Z"><w:r><{tag}>{c(kind)}</{tag}></w:r></w:{kind}>'
        )
        document.add_paragraph("changed ")._p.append(parse_xml(change))
    code = f'HYPERLINK "http://{c("link address")}.example/"'
    field = f"<w:fldSimple {nsdecls('w')} w:instr='{code}'><w:r><w:t>{c('link text')}</w:t></w:r></w:fldSimple>"
    document.add_paragraph()._p.append(parse_xml(field))
    mark = (
        f'<w:bookmarkStart {nsdecls("w")} w:id="77" w:name="{c("bookmark")}"/>',
        f'<w:bookmarkEnd {nsdecls("w")} w:id="77"/>',
    )
    for xml in mark:
        document.paragraphs[0]._p.append(parse_xml(xml))
    return saved(document)


def native(name, path, content):
    """An embedded package as Windows writes it."""
    inner = struct.pack("<H", 2) + name.encode() + b"\0" + path.encode() + b"\0"
    inner += struct.pack("<HHI", 0, 3, len(path) + 1) + path.encode() + b"\0"
    inner += struct.pack("<I", len(content)) + content
    return struct.pack("<I", len(inner)) + inner


def stuffed(data, c, main):
    """What only hostile or old programs leave: packages, foreign streams, forgotten text."""
    nodes = list(read_compound(data).nodes)
    package = native(
        f"{c('package name')}.txt", f"C:\\{c('package path')}\\a.txt", c("package").encode()
    )
    item = f"<?xml version='1.0'?><note>{c('custom xml')}</note>".encode()
    nodes += [
        Node(("ObjectPool",), STORAGE),
        Node(("ObjectPool", "_1234567890"), STORAGE),
        Node(("ObjectPool", "_1234567890", "\x01Ole10Native"), STREAM, data=package),
        Node(("MsoDataStore",), STORAGE),
        Node(("MsoDataStore", "Item"), STREAM, data=item),
        Node(("WpsCustomData",), STREAM, data=b"\1\2" + c("unknown stream").encode("utf-16-le")),
        Node(("Revision Log",), STREAM, data=b"\0" * 9 + c("in bytes").encode() + b"\0" * 9),
    ]
    for index, node in enumerate(nodes):
        if node.name == main:
            left = bytes(64) + c("forgotten text").encode("utf-16-le") + bytes(512)
            nodes[index] = Node(node.path, STREAM, data=node.data + left)
    data = write_compound(nodes)
    return data + c("free sector").encode("utf-16-le").ljust(512, b"\0")


def excel(c):
    book = openpyxl.Workbook()
    core_ = book.properties
    core_.title, core_.creator, core_.lastModifiedBy = c("title"), c("author"), c("last author")
    core_.description, core_.keywords = c("remarks"), c("keywords")
    sheet = book.active
    sheet.title = c("sheet name")
    sheet["A1"], sheet["B1"] = "Telephone", "Name"
    sheet["A2"] = int(c.number("number"))
    sheet["A3"], sheet["A4"] = int(c.number("number beside")), int(c.number("number in a row"))
    sheet["C2"], sheet["D2"] = int(c.number("row 1")), int(c.number("row 2"))
    sheet["B2"], sheet["B3"] = c("cell"), c.chinese("chinese cell")
    sheet["B4"] = f'="{c("formula text")}"&"!"'
    sheet["B5"] = f'=IF(1=1,"{c("formula branch")}","")'
    sheet["C5"] = c("commented")
    sheet["C5"].comment = Comment(c("comment"), c("comment author"))
    sheet["E1"].hyperlink = f"http://{c('link address')}.example/"
    sheet["E1"] = c("link text")
    sheet.oddHeader.center.text, sheet.oddFooter.left.text = c("header"), c("footer")
    check = DataValidation(
        type="list", formula1=f'"{c("list")},other"', promptTitle="p", prompt=c("prompt")
    )
    check.showInputMessage = True
    sheet.add_data_validation(check)
    check.add("F1")
    book.defined_names["Named"] = DefinedName("Named", attr_text=f'"{c("constant")}"')
    hidden = book.create_sheet(c("hidden sheet"))
    hidden.sheet_state, hidden["A1"] = "hidden", c("hidden cell")
    for row in range(1, 400):  # so many that the strings go on in further records
        hidden.cell(row, 3, f"第{row}行 some words to fill the record {row}")
    hidden["D1"] = c("behind many strings")
    return saved(book)


def slides(c):
    show = pptx.Presentation()
    core(show.core_properties, c)
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = c("title of slide")
    slide.placeholders[1].text = f"客户{c.chinese('chinese')} {c('body')}"
    box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1))
    box.name = c("shape name")
    line = box.text_frame.paragraphs[0]
    word_ = c("over runs")
    for part in (word_[:5], word_[5:8], word_[8:]):
        line.add_run().text = part
    line.add_run().text = " "
    run = line.add_run()
    run.text, run.hyperlink.address = c("link text"), f"http://{c('link address')}.example/"
    slide.shapes.add_table(1, 1, 0, 0, Inches(2), Inches(1)).table.cell(0, 0).text = c("table")
    slide.notes_slide.notes_text_frame.text = c("notes")
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.title.text = c("hidden slide")
    hidden._element.set("show", "0")
    return saved(show)


MAKERS = {
    "doc": (word, "docx", "doc:MS Word 97", "WordDocument"),
    "xls": (excel, "xlsx", "xls:MS Excel 97", "Workbook"),
    "ppt": (slides, "pptx", "ppt:MS PowerPoint 97", "PowerPoint Document"),
}


@pytest.fixture(scope="module", params=sorted(MAKERS))
def made(request, tmp_path_factory):
    """The kind, its canaries, and a file with all of them that are in it."""
    maker, ending, wanted, main = MAKERS[request.param]
    canaries = Canaries()
    data = by_office(maker(canaries), ending, wanted, tmp_path_factory.mktemp(request.param))
    return request.param, canaries, stuffed(data, canaries, main)


def redacted(kind, data, values):
    policy = load_policy("default", catalogue())
    item = Item(data, Hint(f"made.{kind}"))
    return build(policy, bytes(32), Limits(), sorted(values)).process(item)


def stands(canary, data):
    """Whether the word stands in the bytes in any encoding that these files use."""
    low = data.lower()
    codecs = ("latin-1", "utf-16-le", "utf-8", "gb18030")
    forms = {canary.lower().encode(codec, "ignore") for codec in codecs}
    return any(form and form in low for form in forms if len(form) > 4)


def test_every_canary_is_seen_before(made):
    """Those that LibreOffice did not take over into the old file at all do not count."""
    kind, canaries, data = made
    document = open_document(data, Hint(f"made.{kind}"))
    assert [] == list(document.unread)
    texts = [segment.text for segment in document.segments()]
    unseen = {
        place for place, word_ in canaries.places.items() if not any(word_ in t for t in texts)
    }
    raw = {place for place in unseen if stands(canaries.places[place], data)}
    assert set() == raw
    assert 0.8 * len(canaries.places) <= len(canaries.places) - len(unseen)


def test_no_canary_survives(made):
    kind, canaries, data = made
    outcome = redacted(kind, data, canaries.places.values())
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    assert [] == [p for p, word_ in canaries.places.items() if stands(word_, outcome.data)]
    again = open_document(outcome.data, Hint(f"made.{kind}"))
    texts = [s.text for s in again.segments()] + list(layers(outcome.data, Hint(f"made.{kind}")))
    assert [] == [p for p, word_ in canaries.places.items() if any(word_ in t for t in texts)]
    with olefile.OleFileIO(io.BytesIO(outcome.data)) as file:
        streams = [file.openstream(path).read() for path in file.listdir()]
    assert [] == [p for p, w in canaries.places.items() if any(stands(w, s) for s in streams)]


def test_traces_go_with_the_first_redaction(made):
    kind, canaries, data = made
    outcome = redacted(kind, data, [canaries.places["title"]])
    left = open_document(outcome.data, Hint(f"made.{kind}")).segments()
    assert [] == [s.text for s in left if s.role is Role.TRACE and s.text.strip(" \0")]


def test_libreoffice_opens_the_result_and_shows_the_rest(made, tmp_path):
    kind, canaries, data = made
    outcome = redacted(kind, data, canaries.places.values())
    text = {"doc": "txt:Text (encoded):UTF8", "xls": "csv", "ppt": "pdf"}[kind]
    shown = by_office(outcome.data, kind, text, tmp_path)
    if kind == "ppt":
        shown = subprocess.run(
            ["pdftotext", "-", "-"], input=shown, capture_output=True, check=True
        ).stdout
    assert [] == [w for w in canaries.places.values() if w.encode() in shown]
    rest = {"doc": "客户", "xls": "Telephone", "ppt": "客户"}[kind]
    assert rest in shown.decode("utf-8", "replace")


def test_a_file_without_edits_is_byte_for_byte_itself(made):
    kind, _, data = made
    assert data == open_document(data, Hint(f"made.{kind}")).apply([])
