"""RTF: what a reader sees is read, edits are spliced, and the rest of the bytes stays."""

import io
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from striprtf.striprtf import rtf_to_text

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

HINT = Hint("a.rtf")
SHARED = Path(__file__).parents[2].parent / "shared"


def wrap(body, head="\\ansi\\ansicpg1252"):
    return f"{{\\rtf1{head}{{\\fonttbl{{\\f0\\fcharset0 Arial;}}{{\\f1\\fcharset134 SimSun;}}}}{body}}}".encode(
        "latin-1"
    )


def texts(data, *roles):
    return [s.text for s in open_document(data, HINT).segments() if not roles or s.role in roles]


def replaced(data, value, new="[X]"):
    document = open_document(data, HINT)
    edits = [
        Edit(i, found.start(), found.end(), new)
        for i, s in enumerate(document.segments())
        for found in re.finditer(re.escape(value), s.text)
    ]
    assert edits
    return document.apply(edits)


READ = {
    "escaped braces": ("\\{a\\}\\\\", "{a}\\"),
    "hexadecimal": ("caf\\'e9", "café"),
    "raw bytes": ("caf\xe9", "café"),
    "unicode with one character beside": ("\\u20320?\\u22909?", "你好"),
    "unicode with none beside": ("\\uc0\\u20320\\u22909 x", "你好x"),
    "unicode with two beside": ("{\\uc2\\u20320\\'c4\\'e3}b", "你b"),
    "a control word beside": ("\\u8212\\emdash b", "—b"),
    "surrogates": ("\\u-10179?\\u-8704?", "😀"),
    "negative": ("\\u-10?", "\ufff6"),
    "beyond sixteen bits": ("\\u128512?", "😀"),
    "double bytes in a Chinese font": ("\\f1 \\'c4\\'e3\\'ba\\'c3", "你好"),
    "double bytes over two runs": ("\\f1 \\'c4{\\b \\'e3}", "你"),
    "a trail byte that is a letter": ("\\f1 \\'81@", "丂"),
    "a trail byte that is escaped": ("\\f1 \\'81\\\\", "乗"),
    "special characters": ("a\\~b\\_c\\emdash d\\ldblquote e", "a\xa0b\u2011c—d“e"),
    "line feeds mean nothing": ("Zhang\r\n Wei", "Zhang Wei"),
    "runs": ("Zh{\\b an}\\i g W\\i0 ei", "Zhang Wei"),
    "a link's text joins": ("a{\\field{\\*\\fldinst X}{\\fldrslt b}}c", "abc"),
}


@pytest.mark.parametrize("name", READ)
def test_a_reader_sees(name):
    body, shown = READ[name]
    head = "\\ansi\\ansicpg936" if "trail" in name else "\\ansi\\ansicpg1252"
    assert shown == texts(wrap(body, head), Role.BODY)[0]


@pytest.mark.parametrize("name", READ)
def test_what_is_seen_can_be_replaced_and_the_rest_stays(name):
    body, shown = READ[name]
    head = "\\ansi\\ansicpg936" if "trail" in name else "\\ansi\\ansicpg1252"
    data = wrap(f"before\\par {body}\\par after", head)
    new = replaced(data, shown, "[甲]{}\\")
    assert ["before", "[甲]{}\\", "after"] == [
        t.strip() for t in texts(new, Role.BODY) if t.strip() != "X"
    ]
    assert not any(shown in text for text in layers(new, HINT))


def test_an_edit_keeps_every_other_byte():
    data = wrap("\\pard Dear {\\b Zhang}{\\i  Wei}, hello\\par \\f1 next\\par")
    assert data.replace(b"Zhang}{\\i  Wei}", b"[X]}{\\i }") == replaced(data, "Zhang Wei")


@pytest.mark.parametrize("new", ["", "7", "x", " y", "-1"])
def test_a_replacement_never_joins_the_control_word_before_it(new):
    data = wrap("\\b\\'41\\'42 z\\par")
    assert [f"{new} z"] == texts(replaced(data, "AB", new), Role.BODY)


def test_who_wrote_it_and_when_is_a_trace_of_one_edit_each():
    data = wrap(
        "{\\info{\\author Zhang}{\\creatim\\yr2020}}{\\insrsid1234567 text}\\b\\rsid99999 x"
    )
    document = open_document(data, HINT)
    traces = [i for i, s in enumerate(document.segments()) if s.role is Role.TRACE]
    assert ["Zhang", ""] == [document.segments()[i].text for i in traces]
    new = document.apply([Edit(i, 0, len(document.segments()[i].text), "") for i in traces])
    assert wrap("{\\info{\\author }}{text}\\b x") == new


def test_a_cut_off_document_is_read_to_its_end():
    assert ["Zhang Wei"] == texts(wrap("{\\b Zhang Wei")[:-1], Role.BODY)


def test_braces_without_end_are_refused():
    with pytest.raises(Unreadable, match="10000 deep"):
        open_document(b"{\\rtf1" + b"{" * 20_000, HINT)


def test_text_behind_the_end_is_read_and_bytes_there_can_be_dropped():
    assert "hidden note" in texts(wrap("x") + b"\r\nhidden note", Role.HIDDEN)
    document = open_document(wrap("x") + b"PK\3\4\0\1\2\xff", HINT)
    at = [i for i, s in enumerate(document.segments()) if s.role is Role.DISPENSABLE]
    assert wrap("x") == document.apply([Edit(at[0], 0, 0, "")])


def test_what_was_deleted_is_read_with_and_without_it():
    found = texts(wrap("Zhang{\\deleted  not} Wei\\par"))
    assert {"Zhang not Wei", "Zhang Wei"} <= set(found)


def picture(kind="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["hex", "bin"])
def test_a_picture_is_opened_as_what_it_is(form, monkeypatch):
    from gateway.formats._ledger import Ledger
    from gateway.formats._rtf.document import RtfDocument

    seen = []

    class Opener:
        ledger = Ledger()

        def __call__(self, data, hint):
            seen.append((data, hint.name))
            raise Unreadable("image: for this test")

    png = picture()
    body = png.hex().encode() if form == "hex" else b"\\bin%d " % len(png) + png
    data = wrap("a{\\pict\\picw1\\pngblip ???}b").replace(b"???", body)
    document = RtfDocument(data, Opener())
    assert [(png, "picture.png")] == seen
    assert ["image: for this test"] == [u.why for u in document.unread]
    assert ["ab"] == [s.text for s in document.segments()]


def test_a_bitmap_without_its_header_is_opened_with_one():
    stream = io.BytesIO()
    Image.new("RGB", (9, 9), "white").save(stream, "BMP")
    from gateway.formats._rtf.objects import picture as inner

    found = inner(stream.getvalue()[14:], "dibitmap")
    assert (9, 9) == Image.open(io.BytesIO(found.data)).size
    assert stream.getvalue()[14:] == found.rebuild(found.data)


def test_a_link_to_another_document_is_noted_as_unread():
    linked = struct.pack("<2I", 0x501, 1) + struct.pack("<I", 5) + b"Word\0" + bytes(12)
    document = open_document(wrap(f"{{\\object{{\\*\\objdata {linked.hex()}}}}}"), HINT)
    assert ["object: a link to another document"] == [u.why for u in document.unread]


def test_hexadecimal_with_text_in_it_is_noted_as_unread():
    document = open_document(wrap("{\\pict\\pngblip 89504e Zhang Wei 47}"), HINT)
    assert ["damaged hexadecimal"] == [u.why for u in document.unread]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30))
def test_whatever_is_written_reads_back(text):
    data = wrap("a\\par MARK\\par b")
    new = replaced(data, "MARK", "." + text)
    assert ["a", "." + text, "b"] == texts(new, Role.BODY)
    assert any("." + text in layer for layer in layers(new, HINT)) or "\xa0" in text or "‑" in text


@given(st.data())
def test_damaged_documents_are_read_or_refused_and_kept(data):
    broken = bytearray(
        wrap(
            "\\f1 \\'c4\\'e3{\\info{\\title x}}\\u20320?{\\pict\\pngblip 8950}{\\*\\x y}\\bin4 abcd z"
        )
    )
    for _ in range(data.draw(st.integers(1, 5))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(broken[: data.draw(st.integers(0, len(broken)))])
    try:
        assert cut == open_document(cut, HINT).apply([])
        list(layers(cut, HINT))
    except Unreadable:
        pass


def corpus():
    return sorted((SHARED / "corpus" / "rtf").glob("*.rtf")) if SHARED.is_dir() else []


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.stem)
def test_the_second_words_of_real_documents_can_be_replaced(path):
    data = path.read_bytes()
    document = open_document(data, HINT)
    assert data == document.apply([])
    words = {w for t in texts(data, Role.BODY) for w in t.split() if len(w) > 4}
    for word in sorted(words)[:3]:
        new = replaced(data, word, "[GONE]")
        assert word not in " ".join(texts(new))
        plain = rtf_to_text(new.decode("latin-1"), errors="replace")
        assert word not in plain
        assert "[GONE]" in plain


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_opens_what_was_redacted(tmp_path):
    body = "\\pard Dear {\\b Zh}ang Wei\\par \\f1 \\'c4\\'e3 \\'ba\\'c3\\par {\\info{\\author Zhang}} end\\par"
    (tmp_path / "a.rtf").write_bytes(replaced(replaced(wrap(body), "Zhang Wei"), "你"))
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
         "txt:Text", "--outdir", str(tmp_path), str(tmp_path / "a.rtf")],
        check=True, capture_output=True, timeout=100, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert ["Dear [X]", "[X] 好", "end"] == [
        line.strip() for line in (tmp_path / "a.txt").read_text("utf-8-sig").splitlines() if line
    ]
