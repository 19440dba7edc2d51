"""What every format must hold, run on a sample of each. A new format adds one line to SAMPLES."""

import bz2
import gzip
import io
import json
import lzma
import random
import sqlite3
import tarfile
from contextlib import closing

import cbor2
import msgpack
import py7zr
import pytest
import zstandard
from support import compounds, outlook, pictures, wires, xlsbs
from support.binary_parts import emf, emr_text, wmf, wmf_text

from gateway.cli._demo import plants
from gateway.errors import CannotEdit, Unreadable
from gateway.formats import ending_after, format_names, layers, open_document
from gateway.formats._convert import libreoffice
from gateway.model import Edit, Hint

CANARY = "Quixotrel7"
TOKEN = "[GONE]"

OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"


def opendocument(kind, body):
    """The least package that is one."""
    content = (
        f'<office:document-content xmlns:office="{OPEN_DOCUMENT}office:1.0" xmlns:text="{OPEN_DOCUMENT}'
        f'text:1.0" xmlns:table="{OPEN_DOCUMENT}table:1.0"><office:body><office:{kind}>{body}'
        f"</office:{kind}></office:body></office:document-content>"
    )
    kind = "graphics" if kind == "drawing" else kind
    return plants.archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": content.encode(),
        }
    )


def packed_tar(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def packed_7z(members):
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(content, name)
    return stream.getvalue()


def database(*texts):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t(a)")
        connection.executemany("INSERT INTO t VALUES(?)", [(text,) for text in texts])
        return connection.serialize()


BOUNDARY = "multipart/form-data; boundary=frontier"
SAMPLES: dict[str, tuple[bytes, Hint]] = {
    "7z": (packed_7z({"a.txt": f"to {CANARY}".encode()}), Hint("a.7z")),
    "bz2": (bz2.compress(f"to {CANARY}".encode()), Hint("a.txt.bz2")),
    "cbor": (b"\xd9\xd9\xf7" + cbor2.dumps({"to": CANARY, "n": [1, 2.5, None]}), Hint("a.cbor")),
    "connect": (
        wires.envelope(f'{{"to": "{CANARY}"}}'.encode()) + wires.envelope(b'{"n": 1}'),
        Hint(media_type="application/connect+json"),
    ),
    "csv": (f"name,city\r\n{CANARY},Paris\r\nBob,Rome\r\n".encode(), Hint("a.csv")),
    "docx": (plants.docx(), Hint("a.docx")),
    "eml": (
        f"From: a@b.example\r\nTo: {CANARY} <c@d.example>\r\nDate: today\r\n\r\nhello\r\n".encode(),
        Hint("a.eml"),
    ),
    "emf": (emf(emr_text(84, f"to {CANARY} now")), Hint("a.emf")),
    "empty": (b"", Hint("a.txt")),
    "epub": (
        plants.archive(
            {
                "mimetype": b"application/epub+zip",
                "a.opf": f"<package><title>{CANARY}</title></package>".encode(),
            }
        ),
        Hint("a.epub"),
    ),
    "eventstream": (
        f'event: a\ndata: {{"to": "{CANARY}"}}\n\ndata: {{"n": 1}}\n\n'.encode(),
        Hint(media_type="text/event-stream"),
    ),
    "fsshttpb": (
        wires.cell_request(wires.archive({"word/document.xml": f"<p>{CANARY}</p>".encode()})),
        Hint(media_type="application/octet-stream"),
    ),
    "gz": (gzip.compress(f"to {CANARY}".encode(), mtime=0), Hint("a.txt.gz")),
    "html": (f"<p>To <b>{CANARY}</b> &amp; more</p>".encode(), Hint("a.html")),
    "http": (
        b"POST /v1/notes HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
        + f'{{"to": "{CANARY}"}}'.encode(),
        Hint(media_type="application/http"),
    ),
    "ics": (
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{CANARY}\r\nLOCATION:Rome\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n".encode(),
        Hint("a.ics"),
    ),
    "ipynb": (
        json.dumps(
            {
                "cells": [
                    {"cell_type": "raw", "id": "a", "metadata": {}, "source": [f"{CANARY}\n", "b"]}
                ],
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        ).encode(),
        Hint("a.ipynb"),
    ),
    "json": (json.dumps({"to": CANARY, "n": [1, 2.5, None]}).encode(), Hint("a.json")),
    "mbox": (
        f"From a@b.example Tue May 10 11:28:07 2005\nFrom: {CANARY}\nTo: b\nDate: c\n\nhi\n".encode(),
        Hint("a.mbox"),
    ),
    "msg": (outlook.msg(properties={0x0037: CANARY, 0x0E04: "Bob"}), Hint("a.msg")),
    "msgpack": (
        msgpack.dumps({"to": CANARY, "n": [1, 2.5, None]}),
        Hint(media_type="application/msgpack"),
    ),
    "multipart": (
        f'--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n{CANARY}\r\n'
        "--frontier--\r\n".encode(),
        Hint(media_type=BOUNDARY),
    ),
    "ndjson": (f'{{"to": "{CANARY}"}}\n{{"to": "Bob"}}\n'.encode(), Hint("a.ndjson")),
    "odg": (
        opendocument("graphics", f"<text:p>{CANARY}</text:p><text:p>b</text:p>"),
        Hint("a.odg"),
    ),
    "odp": (
        opendocument("presentation", f"<text:p>{CANARY}</text:p><text:p>b</text:p>"),
        Hint("a.odp"),
    ),
    "ods": (
        opendocument(
            "spreadsheet",
            f"<table:table><table:table-row><table:table-cell><text:p>{CANARY}</text:p>"
            "</table:table-cell></table:table-row></table:table>",
        ),
        Hint("a.ods"),
    ),
    "odt": (
        opendocument("text", f"<text:p>To <text:span>{CANARY}</text:span></text:p>"),
        Hint("a.odt"),
    ),
    "pdf": (plants.pdf(), Hint("a.pdf")),
    "pptx": (plants.pptx(), Hint("a.pptx")),
    "protobuf": (
        wires.field(1, f"a note to {CANARY}, in so many words") + wires.field(14, "hello all"),
        Hint(media_type="application/x-protobuf"),
    ),
    "rtf": (f"{{\\rtf1\\ansi Dear {{\\b {CANARY}}}, hello\\par}}".encode(), Hint("a.rtf")),
    "sqlite": (database(f"to {CANARY}", "hello"), Hint("a.db")),
    "tar": (packed_tar({"a.txt": f"to {CANARY}".encode(), "b.txt": b"b"}), Hint("a.tar")),
    "text": (f"Dear {CANARY},\nhello.\n".encode(), Hint("a.txt")),
    "tnef": (outlook.tnef((1, 0x00018004, f"{CANARY}\0".encode())), Hint("winmail.dat")),
    "toml": (f'to = "{CANARY}"  # b\n[c]\nd = 1\n'.encode(), Hint("a.toml")),
    "urlencoded": (
        f"to={CANARY}&text=hello+there".encode(),
        Hint(media_type="application/x-www-form-urlencoded"),
    ),
    "vcf": (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{CANARY}\r\nTITLE:b\r\nEND:VCARD\r\n".encode(),
        Hint("a.vcf"),
    ),
    "xlsb": (xlsbs.small(f"to {CANARY}"), Hint("a.xlsb")),
    "wmf": (wmf(wmf_text(f"to {CANARY} now")), Hint("a.wmf")),
    "xlsx": (plants.xlsx(), Hint("a.xlsx")),
    "xml": (f"<note><to>{CANARY}</to><copy d='e'/></note>".encode(), Hint("a.xml")),
    "xz": (lzma.compress(f"to {CANARY}".encode()), Hint("a.txt.xz")),
    "yaml": (f"to: {CANARY}\nnote: 'plain'\n".encode(), Hint("a.yaml")),
    "zip": (plants.archive({"a.txt": f"to {CANARY}".encode()}), Hint("a.zip")),
    "zst": (zstandard.ZstdCompressor().compress(f"to {CANARY}".encode()), Hint("a.txt.zst")),
    "doc": (compounds.word([(f"to {CANARY} now", False)]), Hint("a.doc")),
    "xls": (compounds.excel(f"to {CANARY} now"), Hint("a.xls")),
    "ppt": (compounds.slides(f"to {CANARY} now"), Hint("a.ppt")),
    "oleobject": (compounds.embedded(f"to {CANARY} now"), Hint("oleObject1.bin")),
    **pictures.samples(CANARY),
}
# In the demonstration's documents the value to remove is one of their own.
VALUES = {"docx": "northwind", "xlsx": "李晓梅", "pptx": "Falcon", "pdf": "Invoice"}

# A finding there can only block.
NEVER_CHANGED = {"fsshttpb"}

each_format = pytest.mark.parametrize("name", sorted(SAMPLES))


def test_every_format_has_a_sample():
    assert set(format_names()) == set(SAMPLES)


@each_format
def test_the_content_is_recognised_without_a_name(name):
    data, hint = SAMPLES[name]
    by_content = {
        "csv": "text",
        "toml": "text",
        "yaml": "text",
        "urlencoded": "text",
        "ndjson": "ndjson",
        "http": "text",
        "protobuf": "text",  # nearly anything is a protobuf message
    }
    document = open_document(data, Hint())
    assert document.format in {name, by_content.get(name, name)}
    assert name == open_document(data, hint).format


@each_format
def test_no_edits_give_the_same_bytes(name):
    data, hint = SAMPLES[name]
    assert data == open_document(data, hint).apply([])


@each_format
def test_segments_are_the_same_at_every_call(name):
    data, hint = SAMPLES[name]
    document = open_document(data, hint)
    assert list(document.segments()) == list(document.segments())


@each_format
def test_an_edited_value_is_gone_for_both_readers_and_the_rest_stays(name):
    if name == "empty":
        return
    data, hint = SAMPLES[name]
    value = VALUES.get(name, CANARY)
    document = open_document(data, hint)
    before = [segment.text for segment in document.segments()]
    edits = [
        Edit(index, at, at + len(value), TOKEN)
        for index, text in enumerate(before)
        if (at := text.find(value)) >= 0
    ]
    assert edits, "the sample does not show its value"
    if name in NEVER_CHANGED:
        with pytest.raises(CannotEdit):
            document.apply(edits)
        return
    new = document.apply(edits)
    again = open_document(new, hint)
    converted = bool(ending_after(document))
    assert converted or name == again.format
    assert not [s for s in again.segments() if value in s.text]
    assert not [text for text in layers(new, hint) if value in text]
    untouched = [text for text in before if value not in text]
    after = [segment.text for segment in again.segments()]
    if name != "pdf" and not converted:  # its labels are text of their own
        assert untouched == [text for text in after if text in untouched]


@each_format
def test_damaged_bytes_are_read_or_refused_but_never_raise_anything_else(name, monkeypatch):
    monkeypatch.setattr(libreoffice, "_office", str)  # converting each would take minutes
    data, hint = SAMPLES[name]
    chance = random.Random(7)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = bytes(damaged[: chance.randint(0, len(damaged))])
        for broken in (bytes(damaged), cut):
            try:
                document = open_document(broken, hint)
                document.segments()
                assert broken == document.apply([])
            except Unreadable:
                pass


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"\xff\xd8\xff\xe0" + bytes(64),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        gzip.compress(b"hello", mtime=0)[:-4],
        b"7z\xbc\xaf\x27\x1c" + bytes(64),
        b"Rar!\x1a\x07\x01\x00" + bytes(64),
        b"SQLite format 3\x00" + bytes(100),
        b"\x7fELF" + bytes(64),
        bytes(range(256)),
    ],
    ids=["png", "jpeg", "ole", "gzip", "7z", "rar", "sqlite", "elf", "binary"],
)
@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.json", ""])
def test_what_no_format_reads_is_unreadable_whatever_it_is_called(data, name):
    with pytest.raises(Unreadable):
        open_document(data, Hint(name, "text/plain"))
