"""Saves of Office to SharePoint: members are read wherever they stand, and a finding can only block."""

import base64
import io
import struct
import zipfile

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.wires import archive, cell_request

from gateway.detect import catalogue
from gateway.errors import CannotEdit
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

SECRET = "Quixotrel7"
HINT = Hint(media_type="application/octet-stream")


def word(*paragraphs, author=""):
    made = io.BytesIO()
    document = docx.Document()
    document.core_properties.author = author
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(made)
    return made.getvalue()


def shown(data):
    return [segment.text for segment in open_document(data, HINT).segments()]


def sees(data, value=SECRET):
    """By both readers."""
    return any(value in text for text in shown(data)) and any(
        value in text for text in layers(data, HINT)
    )


def test_a_document_is_seen_whole_and_nothing_of_it_is_unread():
    data = cell_request(word("Dear Ann", f"the code is {SECRET}"))
    document = open_document(data, HINT)
    assert "fsshttpb" == document.format
    assert [] == list(document.unread)
    assert any("Dear Ann" in one.text for one in document.segments())
    assert sees(data)


def test_only_what_has_changed_is_sent_and_seen():
    data = cell_request(word(f"the code is {SECRET}"), {"word/document.xml"})
    assert sees(data)
    assert [] == list(open_document(data, HINT).unread)
    assert not sees(cell_request(word(f"the code is {SECRET}"), {"word/styles.xml"}))


@given(st.integers(0, 200), st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]))
def test_any_gap_between_chunks_and_any_method(gap, method):
    packed = archive({"a.xml": b"<p>hello</p>", "b.xml": f"<p>{SECRET}</p>".encode()}, method)
    data = cell_request(packed, gap=gap)
    assert sees(data)
    assert [] == list(open_document(data, HINT).unread)


def streamed(members):
    """A zip written to what cannot be wound back: its checksums stand behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return pipe.data


def test_members_whose_checksum_stands_behind_them_are_found():
    packed = streamed({"a.xml": b"<p>hello</p>", "b.xml": f"<p>{SECRET}</p>".encode()})
    assert struct.unpack_from("<H", packed, 6)[0] & 8
    data = cell_request(word("x"))[:36] + packed
    assert sees(data)
    assert [] == list(open_document(data, HINT).unread)


def test_a_finding_can_only_block():
    document = open_document(cell_request(word(f"the code is {SECRET}")), HINT)
    assert document.apply([])
    for index, segment in enumerate(document.segments()):
        if SECRET in segment.text:
            with pytest.raises(CannotEdit, match="save a copy"):
                document.apply([Edit(index, 0, 4, "")])


def test_names_of_members_that_are_not_sent_are_seen_in_the_directory():
    packed = archive({"a.xml": b"<p/>", f"media/{SECRET}.png": b"x" * 50})
    assert sees(cell_request(packed, {"a.xml"}))


START = cell_request(archive({"a.xml": b"<p/>"}))


@pytest.mark.parametrize(
    "said",
    [
        SECRET.encode(),
        f"Dear {SECRET}, 你好".encode(),
        f"to {SECRET}".encode("utf-16-le"),
    ],
)
@pytest.mark.parametrize("parity", [b"", b"\x80"])
def test_text_between_members_is_seen(said, parity):
    assert sees(START + parity + b"\x81\x01" + said + b"\x00\x05\x91\x00")


@pytest.mark.parametrize(
    "text", ["张伟的身份证", "Größe und Übermaß", "Иван Петров", "김철수 입니다"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_text_of_any_script_between_members_is_seen(text, encoding):
    seen = shown(START + b"\x81\x00\x01" + text.encode(encoding) + b"\x05\x00\x91\x00")
    assert "".join(text.split()) in "".join("".join(seen).split())


def test_the_extra_fields_of_a_header_are_seen():
    packed = bytearray(archive({"a.xml": b"<p/>"}))
    extra = b"\x20\xa2" + struct.pack("<H", len(SECRET)) + SECRET.encode()
    packed[28:30] = struct.pack("<H", len(extra))
    at = 30 + len("a.xml")
    packed[at:at] = extra
    assert sees(START[:36] + bytes(packed))


NOISE = bytes((n * n * 31 + n * 7) % 256 for n in range(20_000))


def member_that_is(change):
    packed = bytearray(archive({"a.xml": f"<p>{SECRET} and more</p>".encode() * 9}))
    change(packed)
    return START[:36] + bytes(packed)


def cut_off(packed):
    del packed[40:]


def enciphered(packed):
    packed[6] |= 1
    packed[40:50] = NOISE[:10]


def of_another_method(packed):
    packed[8:10] = struct.pack("<H", 14)


def with_another_checksum(packed):
    packed[14:18] = b"\1\2\3\4"


@pytest.mark.parametrize("change", [cut_off, enciphered, of_another_method, with_another_checksum])
def test_a_member_that_cannot_be_read_is_unread_however_small(change):
    assert open_document(member_that_is(change), HINT).unread


def test_what_is_no_member_and_not_small_is_unread():
    assert open_document(START + NOISE, HINT).unread
    assert not open_document(START + NOISE[:2000], HINT).unread


def test_a_large_member_in_more_than_one_chunk_is_unread():
    packed = archive({"a.bin": NOISE * 60}, zipfile.ZIP_STORED)
    middle = len(packed) // 2
    assert open_document(START[:36] + packed[:middle] + b"\x15" * 30 + packed[middle:], HINT).unread


def test_a_zip_behind_the_signature_is_read_by_its_members():
    assert sees(START[:36] + archive({"a.txt": f"to {SECRET}".encode()}))


def test_who_saves_is_no_finding():
    """Office writes the name of the account into each document it saves."""
    assert not any(SECRET in text for text in shown(cell_request(word("x", author=SECRET))))


def test_it_is_found_in_a_soap_envelope_and_in_a_mime_part():
    data = cell_request(word(f"the code is {SECRET}"))
    soap = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><SubRequestData '
        f'Etag="">{base64.b64encode(data).decode()}</SubRequestData></s:Body></s:Envelope>'
    ).encode()
    mime = (
        b"--b\r\nContent-Type: application/xop+xml\r\n\r\n<a/>\r\n--b\r\nContent-ID: <1>\r\n"
        b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--b--\r\n"
    )
    for body, kind in (
        (soap, "text/xml; charset=utf-8"),
        (mime, 'multipart/related; boundary=b; type="application/xop+xml"'),
    ):
        document = open_document(body, Hint(media_type=kind))
        assert any(SECRET in segment.text for segment in document.segments())
        assert not document.unread


@pytest.fixture(scope="module")
def pipe():
    return build(load_policy("default", catalogue()), bytes(32), Limits())


def test_a_save_with_a_value_is_blocked_and_one_without_passes_untouched(pipe):
    changed = {"word/document.xml", "docProps/core.xml"}
    secret = cell_request(word("Mail zhang.wei@acme-mail.com about it."), changed)
    outcome = pipe.process(Item(secret, HINT))
    assert Verdict.BLOCK is outcome.verdict
    assert "save a copy" in outcome.reason
    clean = cell_request(word("We meet in the large room and talk about new chairs."), changed)
    outcome = pipe.process(Item(clean, HINT))
    assert (Verdict.ALLOW, clean) == (outcome.verdict, outcome.data)


def test_a_save_that_cannot_be_read_whole_is_blocked(pipe):
    outcome = pipe.process(Item(START + NOISE, HINT))
    assert Verdict.BLOCK is outcome.verdict
