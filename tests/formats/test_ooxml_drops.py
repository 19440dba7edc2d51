"""Parts that nobody can read and nobody misses are left out of what leaves."""

import io
import re
import zipfile

import olefile
import openpyxl
import pptx
import pytest
from support.binary_parts import compound

from gateway.cli._demo.plants import xlsx as plain_workbook
from gateway.detect import catalogue
from gateway.formats import open_document
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

SETTINGS = b"\x00P\x00r\x00i\x00n\x00t\x00e\x00r" * 40
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture(scope="module")
def presentation() -> bytes:
    """A clean presentation with the preview that PowerPoint puts in each file."""
    out = io.BytesIO()
    pptx.Presentation().save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def workbook() -> bytes:
    """A workbook whose sheet points to printer settings, as Excel on Windows writes it."""
    source = zipfile.ZipFile(io.BytesIO(plain_workbook()))
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


def test_a_preview_goes_with_what_points_to_it(presentation):
    package = zipfile.ZipFile(io.BytesIO(dropped(presentation, "a.pptx")))
    assert [] == [name for name in package.namelist() if "thumbnail" in name]
    assert b"thumbnail" not in package.read("_rels/.rels")
    pptx.Presentation(package.fp)


def test_printer_settings_go_and_the_page_set_up_stays(workbook):
    new = dropped(workbook, "a.xlsx")
    package = zipfile.ZipFile(io.BytesIO(new))
    assert [] == [name for name in package.namelist() if "printerSettings" in name]
    setup = re.search(rb"<pageSetup[^>]*>", package.read("xl/worksheets/sheet1.xml"))
    assert b"portrait" in setup[0]
    assert b":id=" not in setup[0]
    assert "portrait" == openpyxl.load_workbook(io.BytesIO(new)).active.page_setup.orientation


@pytest.mark.parametrize(
    ("policy", "verdict", "rung"),
    [
        ("default", Verdict.REDACT, "part dropped"),
        ("observe", Verdict.ALLOW, "untouched"),
    ],
)
def test_a_clean_file_with_a_preview_leaves_without_it_unless_policy_lets_it_pass_unread(
    presentation, policy, verdict, rung
):
    pipe = build(load_policy(policy, catalogue()), bytes(32), Limits())
    outcome = pipe.process(Item(presentation, Hint("a.pptx")))
    assert (verdict, rung) == (outcome.verdict, outcome.rung)


def test_a_preview_deep_in_an_archive_is_left_out_too(presentation):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("slides.pptx", presentation)
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits())
    outcome = pipe.process(Item(out.getvalue(), Hint("a.zip")))
    inner = zipfile.ZipFile(io.BytesIO(outcome.data)).read("slides.pptx")
    assert [] == [n for n in zipfile.ZipFile(io.BytesIO(inner)).namelist() if "thumbnail" in n]


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
