"""PowerPoint 97 presentations: all texts of all slides, what is left of old ones, passwords."""

import io
import shutil
import struct
import subprocess
import zipfile
import zlib

import pptx
import pytest
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from support.compounds import word

from gateway.detect import catalogue
from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.formats._ole.cfb import ROOT, STREAM, Node, read_compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

HINT = Hint("a.ppt")
OFFICE = shutil.which("soffice")
CHARS, BYTES, STRING, OBJECT, SOUND = 0x0FA0, 0x0FA8, 0x0FBA, 0x1011, 0x07E7
DOCUMENT, SLIDE, COMMENT, COMMENT_ATOM, LINK = 0x03E8, 0x03EE, 0x2EE0, 0x2EE1, 0x0FD7


def atom(kind, content, instance=0):
    return struct.pack("<HHI", instance << 4, kind, len(content)) + content


def box(kind, *inside):
    return struct.pack("<HHI", 0xF, kind, sum(map(len, inside))) + b"".join(inside)


def wide(text):
    return text.encode("utf-16-le")


def show(*records, extra=()):
    stream = b"".join(records)
    nodes = [Node((), ROOT), Node(("PowerPoint Document",), STREAM, data=stream), *extra]
    return write_compound(nodes)


def found(data, role=None):
    return [s.text for s in open_document(data, HINT).segments() if role in {None, s.role}]


def redact(data, value, new="[NAME]"):
    document = open_document(data, HINT)
    edits = [
        Edit(index, at, at + len(value), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(value)) >= 0
    ]
    assert edits
    return document.apply(edits)


def main_stream(data):
    return read_compound(data).stream("PowerPoint Document")


def test_a_text_of_two_bytes_and_of_one_byte_a_letter_is_read_and_replaced():
    data = show(box(SLIDE, atom(CHARS, wide("客户张伟雄 Emily")), atom(BYTES, b"Dear Emily")))
    assert ["客户张伟雄 Emily", "Dear Emily"] == found(data, Role.BODY)
    after = redact(data, "Emily")
    assert ["客户张伟雄 [NAM]", "Dear [NAM]"] == found(after, Role.BODY)
    assert len(main_stream(data)) == len(main_stream(after))


def test_a_slide_that_a_quick_save_left_behind_is_read_and_goes():
    old, new = box(SLIDE, atom(BYTES, b"by Emily Carter")), box(SLIDE, atom(BYTES, b"by nobody"))
    after = redact(show(old, new), "Emily Carter")
    assert b"Emily" not in after
    assert "by nobody" in found(after)


def test_who_wrote_a_comment_and_when_is_a_trace_and_its_text_a_comment():
    dated = struct.pack("<I8H2I", 1, *range(8), 0, 0)
    strings = [atom(STRING, wide(text), i) for i, text in enumerate(("Emily", "call Bob", "EC"))]
    data = show(box(SLIDE, box(COMMENT, *strings, atom(COMMENT_ATOM, dated))))
    assert ["call Bob"] == found(data, Role.COMMENT)
    assert ["Emily", "EC", ""] == found(data, Role.TRACE)
    document = open_document(data, HINT)
    traces = [
        Edit(i, 0, len(s.text), "")
        for i, s in enumerate(document.segments())
        if s.role is Role.TRACE
    ]
    left = main_stream(document.apply(traces))
    assert wide("Emily") not in left
    assert wide("call Bob") in left
    assert bytes(16) in left


def test_a_link_is_metadata():
    data = show(box(LINK, atom(STRING, wide("http://emily.example/"), 1)))
    assert ["http://emily.example/"] == found(data, Role.METADATA)


def test_a_header_of_a_record_is_no_letter_of_the_text_before_it():
    odd = atom(0x0FFF, bytes(8) + b"Emily") + atom(0x41, b"", 0x414)
    assert "Emily" in found(show(odd))


def test_a_sound_is_named_as_unread():
    document = open_document(show(box(SLIDE, atom(SOUND, b"RIFF" + bytes(99)))), HINT)
    assert ["sound or film: cannot be read"] == [u.why for u in document.unread]


def packed_object(content):
    raw = struct.pack("<I", len(content)) + zlib.compress(content)
    return atom(OBJECT, raw + bytes(300), 1)


def test_an_embedded_document_is_opened_and_redacted_in_its_place():
    data = show(box(DOCUMENT, packed_object(word([("Emily inside\r", False)]))))
    assert ["Emily inside"] == found(data, Role.BODY)
    after = redact(data, "Emily")
    assert ["[NAM] inside"] == found(after, Role.BODY)
    assert not any("Emily" in text for text in layers(after, HINT))


def test_macros_can_be_left_out_and_what_is_left_can_be_read_again():
    project = [Node((), ROOT), Node(("PROJECT",), STREAM, data=b"Emily Carter" * 40)]
    data = show(box(DOCUMENT, packed_object(write_compound(project))))
    document = open_document(data, HINT)
    (index,) = [i for i, s in enumerate(document.segments()) if s.role is Role.DISPENSABLE]
    assert ("macros: not read",) == document.segments()[index].context
    after = document.apply([Edit(index, 0, 0, "")])
    assert [] == list(open_document(after, HINT).unread)
    assert not any("Emily" in text for text in layers(after, HINT))


def test_an_object_with_nothing_in_it_hinders_nobody():
    data = show(box(DOCUMENT, packed_object(write_compound([Node((), ROOT)]))))
    assert [] == list(open_document(data, HINT).unread)


def user(name, token=0xE391C05F):
    head = struct.pack("<IIIHHBBH", 20, token, 0, len(name), 1012, 3, 0, 0)
    head = struct.pack("<HHI", 0, 0x0FF6, len(head)) + head
    stream = head + name.encode() + struct.pack("<I", 8) + wide(name)
    return Node(("Current User",), STREAM, data=stream)


def test_who_saved_last_is_a_trace_in_both_encodings():
    assert ["Emily", "Emily"] == found(show(extra=[user("Emily")]), Role.TRACE)


@pytest.mark.parametrize(
    "data",
    [
        show(bytes(range(1, 200)), extra=[user("Emily", 0xF3D1C4DF)]),
        show(box(0x2F14, bytes(8))),
        show(b"", extra=[Node(("EncryptedSummary",), STREAM, data=b"x")]),
    ],
    ids=["token", "session", "summary"],
)
def test_a_password_is_noticed_however_it_shows(data):
    with pytest.raises(Unreadable, match="encrypted: take its password off first"):
        open_document(data, HINT)


def test_records_nested_without_end_are_refused():
    nested = atom(BYTES, b"x")
    for _ in range(70):
        nested = box(SLIDE, nested)
    with pytest.raises(Unreadable):
        open_document(show(nested), HINT)


PLACES = (
    *("title", "bullet", "table", "group", "off the slide", "hidden slide", "wave", "notes"),
    *("footer", "link text", "link", "comment", "comment author", "chart label"),
)
WORDS = {place: f"Kolibri{number:02d}specht" for number, place in enumerate(PLACES)}


def with_comment(data):
    """python-pptx writes no comments: parts of our own."""
    kinds = ("commentAuthors", "comments")
    types = "".join(
        f'<Override PartName="/ppt/{kind}.xml" ContentType="application/vnd.openxmlformats-'
        f'officedocument.presentationml.{kind}+xml"/>'
        for kind in kinds
    )
    relation = (
        '<Relationship Id="rIdOf{0}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/{0}" Target="/ppt/{0}.xml"/></Relationships>'
    )
    p = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"</Types>", f"{types}</Types>".encode())
            for kind, part in zip(kinds, ("presentation", "slides/slide1"), strict=True):
                folder, _, leaf = f"ppt/{part}".rpartition("/")
                if name == f"{folder}/_rels/{leaf}.xml.rels":
                    end = relation.format(kind).encode()
                    content = content.replace(b"</Relationships>", end)
            new.writestr(name, content)
        author = f'<p:cmAuthor id="0" name="{WORDS["comment author"]}" initials="K" lastIdx="1" clrIdx="0"/>'
        new.writestr("ppt/commentAuthors.xml", f"<p:cmAuthorLst {p}>{author}</p:cmAuthorLst>")
        text = f'<p:pos x="1" y="1"/><p:text>{WORDS["comment"]}</p:text>'
        comment = f'<p:cm authorId="0" dt="2020-01-01T00:00:00.000" idx="1">{text}</p:cm>'
        new.writestr("ppt/comments.xml", f"<p:cmLst {p}>{comment}</p:cmLst>")
    return out.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A presentation as LibreOffice writes it."""
    if not OFFICE:
        pytest.skip("LibreOffice is not on this machine")
    folder = tmp_path_factory.mktemp("ppt")
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text = WORDS["title"], WORDS["bullet"]
    table = first.shapes.add_table(1, 2, 0, 0, Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = WORDS["table"], "stays here"
    run = first.shapes.add_textbox(0, 0, 99, 99).text_frame.paragraphs[0].add_run()
    run.text, run.hyperlink.address = WORDS["link text"], f"http://{WORDS['link']}.example/"
    first.notes_slide.notes_text_frame.text = WORDS["notes"]
    footer = first.shapes.add_textbox(0, Inches(7), Inches(3), Inches(1))
    place = '<p:ph xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" type="ftr" idx="11"/>'
    footer._element.nvSpPr.nvPr.append(etree.fromstring(place))
    footer.text_frame.text = WORDS["footer"]
    second = deck.slides.add_slide(deck.slide_layouts[6])
    second._element.set("show", "0")
    second.shapes.add_textbox(0, 0, 99, 99).text_frame.text = WORDS["hidden slide"]
    away = second.shapes.add_textbox(Inches(40), 0, 99, 99)
    away.text_frame.text = WORDS["off the slide"]
    group = second.shapes.add_group_shape().shapes.add_textbox(0, 0, 99, 99)
    group.text_frame.text = WORDS["group"]
    wave = second.shapes.add_textbox(0, 0, Inches(3), Inches(1))
    wave.text_frame.text = WORDS["wave"]
    warp = '<a:prstTxWarp xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" prst="textWave1"><a:avLst/></a:prstTxWarp>'
    wave.text_frame._txBody.bodyPr.append(etree.fromstring(warp))
    data = CategoryChartData()
    data.categories = [WORDS["chart label"], "B"]
    data.add_series("S", (1, 2))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(9), Inches(6), data)
    stream = io.BytesIO()
    deck.save(stream)
    source = folder / "made.pptx"
    source.write_bytes(with_comment(stream.getvalue()))
    subprocess.run(
        [
            OFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "ppt:MS PowerPoint 97"),
            *("--outdir", str(folder), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    return (folder / "made.ppt").read_bytes()


def test_every_text_of_every_slide_is_seen(made):
    texts = found(made)
    assert [] == [place for place, word in WORDS.items() if not any(word in t for t in texts)]


def test_every_text_of_every_slide_goes_and_the_rest_stays(made):
    policy = load_policy("default", catalogue())
    outcome = build(policy, bytes(32), Limits(), sorted(WORDS.values())).process(Item(made, HINT))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    texts = [*found(outcome.data), *layers(outcome.data, HINT)]
    assert [] == [place for place, word in WORDS.items() if any(word in t for t in texts)]
    assert "stays here" in found(outcome.data)
