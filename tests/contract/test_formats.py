"""What every format must hold, run on a sample of each. A new format adds one line to SAMPLES."""

import gzip
import json
import random

import pytest

from gateway.cli._demo import plants
from gateway.errors import Unreadable
from gateway.formats import format_names, layers, open_document
from gateway.model import Edit, Hint

CANARY = "Quixotrel7"
TOKEN = "[GONE]"

BOUNDARY = "multipart/form-data; boundary=frontier"
SAMPLES: dict[str, tuple[bytes, Hint]] = {
    "csv": (f"name,city\r\n{CANARY},Paris\r\nBob,Rome\r\n".encode(), Hint("a.csv")),
    "docx": (plants.docx(), Hint("a.docx")),
    "empty": (b"", Hint("a.txt")),
    "html": (f"<p>To <b>{CANARY}</b> &amp; more</p>".encode(), Hint("a.html")),
    "json": (json.dumps({"to": CANARY, "n": [1, 2.5, None]}).encode(), Hint("a.json")),
    "multipart": (
        f'--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n{CANARY}\r\n'
        "--frontier--\r\n".encode(),
        Hint(media_type=BOUNDARY),
    ),
    "ndjson": (f'{{"to": "{CANARY}"}}\n{{"to": "Bob"}}\n'.encode(), Hint("a.ndjson")),
    "pdf": (plants.pdf(), Hint("a.pdf")),
    "pptx": (plants.pptx(), Hint("a.pptx")),
    "text": (f"Dear {CANARY},\nhello.\n".encode(), Hint("a.txt")),
    "urlencoded": (
        f"to={CANARY}&text=hello+there".encode(),
        Hint(media_type="application/x-www-form-urlencoded"),
    ),
    "xlsx": (plants.xlsx(), Hint("a.xlsx")),
    "xml": (f"<note><to>{CANARY}</to><copy d='e'/></note>".encode(), Hint("a.xml")),
    "yaml": (f"to: {CANARY}\nnote: 'plain'\n".encode(), Hint("a.yaml")),
    "zip": (plants.archive({"a.txt": f"to {CANARY}".encode()}), Hint("a.zip")),
}
# In the demonstration's documents the value to remove is one of their own.
VALUES = {"docx": "northwind", "xlsx": "李晓梅", "pptx": "Falcon", "pdf": "Invoice"}

each_format = pytest.mark.parametrize("name", sorted(SAMPLES))


def test_every_format_has_a_sample():
    assert set(format_names()) == set(SAMPLES)


@each_format
def test_the_content_is_recognised_without_a_name(name):
    data, hint = SAMPLES[name]
    by_content = {"csv": "text", "yaml": "text", "urlencoded": "text", "ndjson": "ndjson"}
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
    new = document.apply(edits)
    again = open_document(new, hint)
    assert name == again.format
    assert not [s for s in again.segments() if value in s.text]
    assert not [text for text in layers(new, hint) if value in text]
    untouched = [text for text in before if value not in text]
    after = [segment.text for segment in again.segments()]
    if name != "pdf":  # its labels are text of their own
        assert untouched == [text for text in after if text in untouched]


@each_format
def test_damaged_bytes_are_read_or_refused_but_never_raise_anything_else(name):
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
        gzip.compress(b"hello", mtime=0),
        b"7z\xbc\xaf\x27\x1c" + bytes(64),
        b"Rar!\x1a\x07\x01\x00" + bytes(64),
        b"SQLite format 3\x00" + bytes(100),
        b"{\\rtf1\\ansi hello}",
        b"\x7fELF" + bytes(64),
        bytes(range(256)),
    ],
    ids=["png", "jpeg", "ole", "gzip", "7z", "rar", "sqlite", "rtf", "elf", "binary"],
)
@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.json", ""])
def test_what_no_format_reads_is_unreadable_whatever_it_is_called(data, name):
    with pytest.raises(Unreadable):
        open_document(data, Hint(name, "text/plain"))
