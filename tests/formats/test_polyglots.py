"""Files that are two kinds at once are refused: another program may open them as the other."""

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import zipfile

import pytest
from PIL import Image
from support import compounds, outlook

from gateway.detect import catalogue
from gateway.errors import Unreadable
from gateway.formats import open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits


def zipped(text=b"Zhang Wei", method=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a.txt", text)
    return stream.getvalue()


def image(kind):
    stream = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(stream, kind)
    return stream.getvalue()


def tar(name):
    stream = io.BytesIO()
    with tarfile.open(
        fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT, encoding="latin-1"
    ) as archive:
        member = tarfile.TarInfo(name)
        member.size = 5
        archive.addfile(member, io.BytesIO(b"hello"))
    return stream.getvalue()


def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t(a)")
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
POLYGLOTS = {
    "gif and zip": image("GIF") + zipped(),
    "png and zip": image("PNG") + zipped(),
    "jpeg and zip": image("JPEG") + zipped(),
    "pdf and zip": PDF + zipped(),
    "program and zip": b"MZ" + bytes(200) + zipped(),
    "text and zip": b"#!/bin/sh\nexit 0\n" + zipped(),
    "rtf and zip": b"{\\rtf1 hello}" + zipped(),
    "gzip and zip": gzip.compress(b"hello") + zipped(),
    "bzip2 and zip": bz2.compress(b"hello") + zipped(),
    "xz and zip": lzma.compress(b"hello") + zipped(),
    "gzip and more": gzip.compress(b"hello") + b"Zhang Wei",
    "database and zip": database() + zipped(),
    "tar that begins as a png": tar("\x89PNG\r\n\x1a\n"),
    "tar that begins as a gif": tar("GIF89a"),
    "tar that begins as rtf": tar("{\\rtf1 x"),
    "tar that begins as a pdf": tar("%PDF-1.4"),
    "tar and zip": tar("a.txt") + zipped(),
}
NAMES = ("", "a.zip")


@pytest.fixture(scope="module")
def pipe():
    return build(load_policy("default", catalogue()), bytes(32), Limits(), ("Zhang Wei",))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", POLYGLOTS)
def test_a_polyglot_never_leaves_with_a_second_document_in_it(kind, name, pipe):
    outcome = pipe.process(Item(POLYGLOTS[kind], Hint(name)))
    assert Verdict.ALLOW is not outcome.verdict
    if outcome.data is not None:  # what was hidden was read, or dropped
        assert b"Zhang Wei" not in outcome.data
        assert b"PK\5\6" not in outcome.data


@pytest.mark.parametrize("kind", ["gif and zip", "pdf and zip", "rtf and zip", "gzip and zip",
                                  "database and zip", "tar that begins as rtf"])  # fmt: skip
def test_it_is_refused_as_what_it_is(kind):
    with pytest.raises(Unreadable):
        open_document(POLYGLOTS[kind], Hint("a.bin"))


OLE = {
    "doc": compounds.word([("to all", False)]),
    "xls": compounds.excel("to all"),
    "ppt": compounds.slides("to all"),
    "msg": outlook.msg(properties={0x0037: "to all", 0x0E04: "all"}),
}


@pytest.mark.parametrize("behind", [b"\n", bytes(700)])
@pytest.mark.parametrize("kind", OLE)
def test_packed_files_behind_a_compound_file_do_not_leave_with_it(kind, behind, pipe):
    packed = zipped(b"Zhang Wei " * 50, zipfile.ZIP_DEFLATED)
    outcome = pipe.process(Item(OLE[kind] + packed + behind, Hint(f"a.{kind}")))
    assert outcome.data is None or b"PK\3\4" not in outcome.data


@pytest.mark.parametrize("kind", OLE)
def test_a_compound_file_with_nothing_behind_it_leaves_as_it_is(kind, pipe):
    assert Verdict.ALLOW is pipe.process(Item(OLE[kind], Hint(f"a.{kind}"))).verdict


def test_a_zip_in_the_middle_of_a_pdf_makes_no_polyglot(pipe):
    stream = b"2 0 obj<</Length 500>>stream\n" + zipped() + b"\nendstream endobj\n"
    data = PDF.replace(b"trailer", stream + b"trailer")
    assert "polyglot" not in pipe.process(Item(data, Hint("a.pdf"))).reason
