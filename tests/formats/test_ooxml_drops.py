"""Parts that show an earlier state, or that nobody can read, are left out of what changes."""

import io
import re
import zipfile
from dataclasses import replace

import olefile
import openpyxl
import pptx
import pytest
from PIL import Image, ImageDraw, ImageFont
from support.binary_parts import compound

from gateway.detect import catalogue
from gateway.formats import open_document
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

DEVICE = "Quiet LaserJet 4"
SETTINGS = DEVICE.encode("utf-16-le").ljust(64, b"\0") + bytes(range(1, 9)) * 40
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture(scope="module")
def presentation() -> bytes:
    """A clean presentation with the preview that PowerPoint puts in each file."""
    deck, out = pptx.Presentation(), io.BytesIO()
    deck.core_properties.last_modified_by = ""
    deck.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def workbook() -> bytes:
    """A workbook whose sheet points to printer settings, as Excel on Windows writes it."""
    book, plain = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Item", "Pieces"])
    book.save(plain)
    source = zipfile.ZipFile(plain)
    parts = {name: source.read(name) for name in source.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(
        b"</worksheet>",
        f'<pageSetup orientation="portrait" r:id="rId1" xmlns:r="{RELATION}"/></worksheet>'.encode(),
    )
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/printerSettings" '
        'Target="../printerSettings/printerSettings1.bin"/></Relationships>'
    ).encode()
    parts["xl/printerSettings/printerSettings1.bin"] = SETTINGS
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(
        b"<Override",
        b'<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.printerSettings"/><Override',
        1,
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def dropped(data: bytes, name: str) -> bytes:
    document = open_document(data, Hint(name))
    assert not document.unread
    where = [i for i, s in enumerate(document.segments()) if s.role is Role.DISPENSABLE]
    assert where
    return document.apply([Edit(index, 0, 0, "") for index in where])


def changed(data: bytes, name: str) -> bytes:
    """What an edit of nothing at all makes of a file."""
    document = open_document(data, Hint(name))
    where = next(i for i, s in enumerate(document.segments()) if s.role is Role.BODY and s.text)
    return document.apply([Edit(where, 0, 1, "x")])


def test_a_preview_goes_with_what_points_to_it(presentation):
    package = zipfile.ZipFile(io.BytesIO(changed(presentation, "a.pptx")))
    assert [] == [name for name in package.namelist() if "thumbnail" in name]
    assert b"thumbnail" not in package.read("_rels/.rels")
    pptx.Presentation(package.fp)


def test_printer_settings_go_and_the_page_set_up_stays(workbook):
    new = changed(workbook, "a.xlsx")
    package = zipfile.ZipFile(io.BytesIO(new))
    assert [] == [name for name in package.namelist() if "printerSettings" in name]
    setup = re.search(rb"<pageSetup[^>]*>", package.read("xl/worksheets/sheet1.xml"))
    assert b"portrait" in setup[0]
    assert b":id=" not in setup[0]
    assert "portrait" == openpyxl.load_workbook(io.BytesIO(new)).active.page_setup.orientation


@pytest.mark.parametrize("name", ["a.pptx", "a.xlsx"])
def test_a_clean_file_with_a_preview_or_printer_settings_leaves_as_it_is(request, name):
    data = request.getfixturevalue({"a.pptx": "presentation", "a.xlsx": "workbook"}[name])
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits())
    outcome = pipe.process(Item(data, Hint(name)))
    assert (Verdict.ALLOW, "untouched") == (outcome.verdict, outcome.rung)
    assert data == outcome.data


def test_what_printer_settings_say_is_read(workbook):
    document = open_document(workbook, Hint("a.xlsx"))
    assert [] == list(document.unread)
    assert [Role.TRACE] == [s.role for s in document.segments() if DEVICE in s.text]


def test_a_value_in_printer_settings_takes_them_out(workbook):
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), (DEVICE,))
    outcome = pipe.process(Item(workbook, Hint("a.xlsx")))
    package = zipfile.ZipFile(io.BytesIO(outcome.data))
    assert [] == [name for name in package.namelist() if "printerSettings" in name]


def test_a_file_hidden_in_printer_settings_does_not_leave_with_a_clean_workbook(workbook):
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "Quarterly Zebra " * 20)
    package = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(package, "w") as target:
        for name in source.namelist():
            extra = hidden.getvalue() if "printerSettings1" in name and name[-4:] == ".bin" else b""
            target.writestr(name, source.read(name) + extra)
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits())
    outcome = pipe.process(Item(package.getvalue(), Hint("a.xlsx")))
    assert (Verdict.REDACT, "part dropped") == (outcome.verdict, outcome.rung)
    assert hidden.getvalue() not in outcome.data


def test_a_value_in_a_preview_takes_it_out_even_where_traces_are_kept(presentation):
    picture = Image.new("RGB", (500, 120), "white")
    font = ImageFont.load_default(40)
    ImageDraw.Draw(picture).text((20, 30), "Quarterly Zebra", font=font, fill="black")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    source = zipfile.ZipFile(io.BytesIO(presentation))
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as target:
        for name in source.namelist():
            new = out.getvalue() if name.endswith("thumbnail.jpeg") else source.read(name)
            target.writestr(name, new)
    policy = load_policy("default", catalogue())
    content = policy.content.model_copy(update={"metadata": "keep"})
    pipe = build(replace(policy, content=content), bytes(32), Limits(), ("Quarterly Zebra",))
    outcome = pipe.process(Item(package.getvalue(), Hint("a.pptx")))
    left = zipfile.ZipFile(io.BytesIO(outcome.data)).namelist()
    assert [] == [name for name in left if "thumbnail" in name]


def test_a_preview_deep_in_an_archive_leaves_with_a_clean_file_only(presentation):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("slides.pptx", presentation)
        archive.writestr("a.txt", "hello")
    for values, kept in (((), True), (("Click to edit",), False)):
        pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
        outcome = pipe.process(Item(out.getvalue(), Hint("a.zip")))
        inner = zipfile.ZipFile(io.BytesIO(outcome.data)).read("slides.pptx")
        names = zipfile.ZipFile(io.BytesIO(inner)).namelist()
        assert kept == ("docProps/thumbnail.jpeg" in names)


def test_an_embedded_object_nobody_reads_is_emptied_and_its_pointers_stay(presentation):
    source = zipfile.ZipFile(io.BytesIO(presentation))
    parts = {name: source.read(name) for name in source.namelist()}
    parts["ppt/embeddings/oleObject1.bin"] = compound({"Contents": bytes(5000)})[:700]
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(
        b"</Types>",
        b'<Override PartName="/ppt/embeddings/oleObject1.bin" ContentType="application/vnd.'
        b'openxmlformats-officedocument.oleObject"/></Types>',
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    new = dropped(out.getvalue(), "a.pptx")
    package = zipfile.ZipFile(io.BytesIO(new))
    assert b"oleObject1" in package.read(types)
    left = package.read("ppt/embeddings/oleObject1.bin")
    assert [] == olefile.OleFileIO(io.BytesIO(left)).listdir()
    again = open_document(new, Hint("a.pptx"))
    assert [] == list(again.unread)
    assert not [s for s in again.segments() if s.role is Role.DISPENSABLE]
