"""Macros: their sources are read; they leave with what was found in them, or stay as they are."""

import contextlib
import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.binary_parts import ovba, vba_project

from gateway.cli._demo import plants
from gateway.detect import catalogue
from gateway.errors import Unreadable
from gateway.formats import open_document
from gateway.formats._vba.compression import decompressed
from gateway.formats._vba.project import read_project
from gateway.model import Hint, Item, Role, Rung, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

REAL = Path(__file__).parents[2].parent / "shared" / "corpus" / "docm"
SOURCE = 'Sub Hello()\r\nMsgBox "Zhang Wei, 张伟"\r\nEnd Sub\r\n'
RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def with_macros(project: bytes) -> bytes:
    """A .docm with this project."""
    source = zipfile.ZipFile(io.BytesIO(plants.docx()))
    parts = {name: source.read(name) for name in source.namelist()}
    types = parts["[Content_Types].xml"].decode()
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    ).replace(
        "</Types>",
        '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.'
        'vbaProject"/><Override PartName="/word/vbaData.xml" ContentType="application/vnd.ms-word.'
        'vbaData+xml"/></Types>',
    )
    parts["[Content_Types].xml"] = types.encode()
    rels = parts.get(
        "word/_rels/document.xml.rels",
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b"</Relationships>",
    )
    relation = f'<Relationship Id="rIdV" Type="{RELATION}" Target="vbaProject.bin"/>'
    parts["word/_rels/document.xml.rels"] = rels.replace(
        b"</Relationships>", relation.encode() + b"</Relationships>"
    )
    parts["word/_rels/vbaProject.bin.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.microsoft.com/office/2006/relationships/'
        b'wordVbaData" Target="vbaData.xml"/></Relationships>'
    )
    parts["word/vbaData.xml"] = (
        b'<wne:vbaSuppData xmlns:wne="http://schemas.microsoft.com/office/word/2006/wordml"/>'
    )
    parts["word/vbaProject.bin"] = project
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def names(data: bytes) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(data)).namelist())


@pytest.fixture
def macros_allowed(tmp_path):
    """The default policy, but macros may leave."""
    text = (Path(__file__).parents[2] / "policies" / "default.yaml").read_text("utf-8")
    rules = "unreadable:\n  - {kinds: [macros], action: allow}\n  - {action: block}\n"
    path = tmp_path / "macros.yaml"
    path.write_text(text.replace("unreadable: block\n", rules), "utf-8")
    return load_policy(str(path), catalogue())


def process(data, values, rules=None):
    rules = rules or load_policy("default", catalogue())
    pipe = build(rules, bytes(32), Limits(), values)
    return pipe.process(Item(data, Hint("a.docm")))


@given(st.binary(max_size=9000))
def test_what_was_compressed_by_the_book_is_decompressed(data):
    assert data == decompressed(ovba(data), 100_000)


def test_copies_are_followed():
    # The example of [MS-OVBA] §3.2.3: "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa".
    packed = bytes.fromhex(
        "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D"
        " 6E 6F 70 06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C"
    )
    expected = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    assert expected == decompressed(packed, 4096)


def test_a_source_larger_than_the_limit_is_refused():
    with pytest.raises(Unreadable):
        decompressed(ovba(bytes(5000)), 4000)


@given(st.binary(max_size=400))
def test_damaged_sources_are_refused_and_nothing_else(data):
    with contextlib.suppress(Unreadable):
        decompressed(b"\x01" + data, 10_000)


def test_sources_settings_and_forms_are_read_in_their_code_page():
    texts = {t.place: t.text for t in read_project(vba_project(SOURCE, form="Formular des 张伟"))}
    assert texts["module 1"].startswith(SOURCE)
    assert any("Formular des" in text for text in texts.values())


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared corpus is not beside the checkout")
def test_a_project_that_word_wrote_is_read():
    with zipfile.ZipFile(REAL / "poi__1e2fc57c.docm") as package:
        texts = read_project(package.read("word/vbaProject.bin"))
    assert "Sub Macro1()" in "".join(text.text for text in texts)


def test_a_module_is_hidden_text():
    document = open_document(with_macros(vba_project(SOURCE)), Hint("a.docm"))
    assert [] == list(document.unread)
    assert [Role.HIDDEN] == [s.role for s in document.segments() if "MsgBox" in s.text]


def test_macros_stay_behind_with_all_that_leads_to_them():
    outcome = process(with_macros(vba_project(SOURCE)), ("northwind",))
    assert (Verdict.REDACT, Rung.DROPPED) == (outcome.verdict, outcome.rung)
    package = zipfile.ZipFile(io.BytesIO(outcome.data))
    assert [] == [name for name in package.namelist() if "vba" in name.lower()]
    assert b"vba" not in package.read("[Content_Types].xml")
    assert b"vba" not in package.read("word/_rels/document.xml.rels")
    # A .docm must say that it is one, or Word does not open it.
    assert b"macroEnabled.main" in package.read("[Content_Types].xml")


def test_permitted_macros_without_a_finding_stay(macros_allowed):
    data = with_macros(vba_project("Sub A()\r\nEnd Sub\r\n"))
    outcome = process(data, ("northwind",), macros_allowed)
    assert Verdict.REDACT is outcome.verdict
    assert {"word/vbaProject.bin", "word/vbaData.xml"} <= names(outcome.data)


def test_permitted_macros_with_a_finding_go(macros_allowed):
    outcome = process(with_macros(vba_project(SOURCE)), ("Zhang Wei",), macros_allowed)
    assert Verdict.REDACT is outcome.verdict
    assert not {name for name in names(outcome.data) if "vba" in name.lower()}


def test_a_damaged_project_can_still_be_left_out():
    outcome = process(with_macros(b"\xd0\xcf\x11\xe0 broken"), ("northwind",))
    assert Verdict.REDACT is outcome.verdict
    assert "word/vbaProject.bin" not in names(outcome.data)


def test_the_document_opens_without_its_macros():
    outcome = process(with_macros(vba_project(SOURCE)), ("northwind",))
    package = zipfile.ZipFile(io.BytesIO(outcome.data))
    parts = {name: package.read(name) for name in package.namelist()}
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace(
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ).encode()  # python-docx opens no .docm
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    assert docx.Document(io.BytesIO(out.getvalue())).paragraphs
