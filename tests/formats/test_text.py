"""Plain text."""

import base64
from hashlib import sha256
from itertools import pairwise

import pytest

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.formats._plain import LONGEST
from gateway.formats.text import FORMAT
from gateway.model import Edit, Hint

TXT = Hint("a.txt")


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04rest", b"%PDF-1.7\n", b"\n\n%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08\0", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\0",
        b"RIFF\x10\0\0\0WEBP", b"BM\x10\0\0\0\0\0\0\0\x36", b"II*\0", b"\x7fELF\x02", b"MZ\x90\0\x03",
        b"SQLite format 3\0", b"\0\0\0\x18ftypheic", b"%!PS-Adobe-3.0\n",
        b"note\nContent-Transfer-Encoding: base64\n\nMTM4\n",
        b"see\nbegin 644 a.txt\n#0V%T\n`\nend\n", b"=ybegin line=128 size=3 name=a\nabc\n=yend\n",
    ],
)  # fmt: skip
def test_binary_and_encoded_content_is_declined(data):
    assert FORMAT.score(data, TXT) < 0
    with pytest.raises(Unreadable):
        open_document(data, Hint("a.unknown"))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"From: a@b.c\nTo: d@e.f\nSubject: x\nMIME-Version: 1.0\n\nbody", "eml"),
        (b"From a@b.c Mon Nov  2\nFrom: a\nTo: b\nSubject: c\nDate: d\n\nx", "mbox"),
    ],
)
def test_mail_is_no_text(data, name):
    assert FORMAT.score(data, TXT) < 0
    assert name == open_document(data, Hint("a.unknown")).format


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.md", "# 标题\n\n<p>x</p>"), ("a.py", "x = {'a': 1}\n"), ("a.log", "\x1b[31m2026 error\n"),
     ("a.txt", "Subject: hello\nno mail"), ("key.pem", "-----BEGIN PRIVATE KEY-----\nMIIE\n"), ("x", "你好")],
)  # fmt: skip
def test_prose_source_and_logs_are_text(name, text):
    document = open_document(text.encode(), Hint(name))
    assert "text" == document.format
    assert [text] == [s.text for s in document.segments()]


def test_an_edit_changes_its_bytes_only():
    document = open_document("致：张伟\r\n电话 138\r\n".encode("gb18030"), TXT)
    assert "致：张伟\r\n电话 [X]\r\n".encode("gb18030") == document.apply([Edit(0, 9, 12, "[X]")])


def test_unicode_escapes_in_source_are_read_and_written_as_escapes():
    document = open_document(b'name = "\\u5f20\\u4f1f", tel \\u138123456', Hint("a.properties"))
    assert 'name = "张伟", tel \\u138123456' == document.segments()[0].text
    assert b'name = "\\u738b", tel \\u138123456' == document.apply([Edit(0, 8, 10, "王")])
    assert any("张伟" in text for text in layers(b'"\\u5f20\\u4f1f"', TXT))


@pytest.mark.parametrize("end", ["\n\n", "\n", "。", ". "])
def test_long_text_is_cut_where_no_value_can_stand(end):
    sentence = "客户电话 138 1234 5678 请回复" + end
    document = open_document((sentence * 20_000).encode(), TXT)
    texts = [s.text for s in document.segments()]
    assert sentence * 20_000 == "".join(texts)
    assert len(texts) > 1
    assert max(map(len, texts)) <= LONGEST
    assert all(a.endswith(end.strip(" ")) for a, _ in pairwise(texts))


def test_text_without_ends_is_not_cut():
    assert 1 == len(open_document(b"1" * 300_000, TXT).segments())


def test_a_private_key_is_not_cut():
    lines = (sha256(bytes([i])).digest() + sha256(bytes([i, i])).digest()[:16] for i in range(30))
    body = "".join(base64.b64encode(line).decode() + "\n" for line in lines)
    key = f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n"
    text = "line\n" * 19_900 + key + "line\n" * 1000
    document = open_document(text.encode(), TXT)
    assert any(key in s.text for s in document.segments())


@pytest.mark.parametrize("width", [0, 76])
def test_documents_in_base64_are_opened_and_changed(width):
    body = base64.b64encode(("客户张伟的电话是 13812345678。\n" * 12).encode()).decode()
    wrapped = "\n".join(body[i : i + width] for i in range(0, len(body), width)) if width else body
    document = open_document(f"see below\n\n{wrapped}\n\nend".encode(), TXT)
    index, segment = next((i, s) for i, s in enumerate(document.segments()) if "张伟" in s.text)
    assert "embedded 1/text 1" == segment.part
    result = document.apply([Edit(index, 2, 4, "[X]")])
    assert result.startswith(b"see below\n\n")
    assert result.endswith(b"\n\nend")
    again = open_document(result, TXT).segments()[index].text
    assert segment.text.replace("张伟", "[X]", 1) == again
    assert any("[X]的电话" in text for text in layers(result, TXT))


def test_an_image_in_a_data_url_is_unread():
    url = (
        "data:image/webp;base64," + base64.b64encode(b"RIFF\x10\0\0\0WEBPVP8 " + bytes(90)).decode()
    )
    document = open_document(f"![x]({url})".encode(), Hint("a.md"))
    assert ["embedded 1"] == [u.part for u in document.unread]
