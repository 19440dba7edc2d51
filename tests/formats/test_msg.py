"""Outlook messages: every property is text, sizes follow edits, attachments are documents."""

import io
import struct
from pathlib import Path

import olefile
import oxmsg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import outlook, pictures

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.formats._mail.lzfu import pack_rtf, unpack_rtf
from gateway.model import Edit, Hint, Role

MSG = Hint("a.msg")


def replaced(data, value, new="[X]"):
    document = open_document(data, MSG)
    edits = [
        Edit(index, at, at + len(value), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(value)) >= 0
    ]
    assert edits, "the value was not seen"
    return document.apply(edits)


def texts(data):
    return [segment.text for segment in open_document(data, MSG).segments()]


def sizes(data):
    """Stated and real size of each value of the message itself."""
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        table = file.openstream("__properties_version1.0").read()
        for at in range(32, len(table), 16):
            kind, identity, _, size = struct.unpack_from("<2HII", table, at)
            name = f"__substg1.0_{identity:04X}{kind:04X}"
            if file.exists(name):
                yield size - file.get_size(name), kind


def test_the_specification_s_example_of_compressed_rich_text_is_read():
    # [MS-OXRTFCP] section 3.1.1.1 (compressed) and 3.2.1 (a run that repeats itself)
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c09002062770"
        "5b06c647d0a800fa0".replace(" ", "")
    )
    assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" == unpack_rtf(simple)
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}" == unpack_rtf(crossing)


@given(st.binary(max_size=9000))
def test_rich_text_packed_either_way_comes_back(rtf):
    assert rtf == unpack_rtf(pack_rtf(rtf))
    assert rtf == unpack_rtf(outlook.lzfu(rtf))


@pytest.mark.parametrize("data", [b"", b"LZFu", bytes(40), outlook.lzfu(b"{abc}")[:-4]])
def test_damaged_rich_text_is_refused(data):
    with pytest.raises(Unreadable):
        unpack_rtf(data)


def test_stated_sizes_follow_the_edit():
    data = outlook.msg(
        properties={0x0037: "for Emily", 0x0C1A: ("Emily B", "cp1252"), 0x1013: b"<p>Emily</p>"}
    )
    expected = {(2, 0x001F), (1, 0x001E), (0, 0x0102)}
    assert expected == set(sizes(data)) == set(sizes(replaced(data, "Emily", "a much longer word")))


def test_8_bit_strings_are_read_in_the_code_page_of_the_message():
    page = [(0x3FFD, 0x0003, struct.pack("<I", 936))]
    data = outlook.msg(properties={0x0037: ("给王小明的信", "gbk")}, fixed=page)
    assert "给王小明的信" in texts(data)
    assert "给[X]的信" in texts(replaced(data, "王小明"))


def test_several_values_keep_their_number_and_lengths():
    data = outlook.msg(properties={0x0037: "x"}, several=[(0x8001, ["red", "Emily"])])
    new = replaced(data, "Emily")
    with olefile.OleFileIO(io.BytesIO(new)) as file:
        assert struct.pack("<2I", 8, 8) == file.openstream("__substg1.0_8001101F").read()
    assert {"red", "[X]"} <= set(texts(new))


def test_a_birthday_is_text_and_can_be_taken_away():
    data = outlook.msg(
        properties={0x0037: "x"}, fixed=[(0x3A42, outlook.TIME, outlook.time_of(140_000))]
    )
    assert "1984-04-23 00:00:00" in texts(data)
    assert not [t for t in texts(replaced(data, "1984-04-23 00:00:00", "")) if "1984" in t]


def test_who_changed_the_message_last_is_a_trace():
    data = outlook.msg(properties={0x3FFA: "Emily", 0x0037: "x"})
    assert [Role.TRACE] == [
        s.role for s in open_document(data, MSG).segments() if s.text == "Emily"
    ]


def test_an_attachment_is_a_document_and_its_name_is_text():
    own = {0x3707: "Emily.txt", 0x3701: b"dear Emily"}
    new = replaced(outlook.msg(properties={0x0037: "x"}, attachments=[own]), "Emily")
    (attachment,) = oxmsg.Message.load(io.BytesIO(new)).attachments
    assert ("[X].txt", b"dear [X]") == (attachment.file_name, attachment.file_bytes)


def test_an_attachment_that_becomes_another_kind_gets_its_ending():
    own = {0x3707: "scan.heic", 0x3703: ".heic", 0x370E: "image/heic"}
    own[0x3701] = pictures.samples("Quixotrel7")["heic"][0]
    document = open_document(outlook.msg(properties={0x0037: "x"}, attachments=[own]), MSG)
    edits = [
        Edit(index, 0, len(segment.text), "[X]")
        for index, segment in enumerate(document.segments())
        if segment.role is Role.PICTURE
    ]
    assert edits
    (attachment,) = oxmsg.Message.load(io.BytesIO(document.apply(edits))).attachments
    assert "scan.jpg" == attachment.file_name
    assert attachment.file_bytes.startswith(b"\xff\xd8\xff")


def test_an_attachment_nobody_reads_is_named():
    own = {0x3707: "a.bin", 0x3701: b"\1\2\3\4" * 99}
    document = open_document(outlook.msg(properties={0x0037: "x"}, attachments=[own]), MSG)
    assert ["attachment 1/content"] == [unread.part for unread in document.unread]


def test_a_large_value_without_text_is_unread():
    data = outlook.msg(properties={0x0037: "x", 0x8001: b"\x81\x02\x93" * 9000})
    assert ["a binary value: not read"] == [u.why for u in open_document(data, MSG).unread]


def test_the_same_edit_gives_the_same_bytes():
    data = outlook.msg(properties={0x0037: "for Emily", 0x1000: "Emily"})
    assert replaced(data, "Emily") == replaced(data, "Emily")


CORPUS = sorted((Path(__file__).parents[2].parent / "shared/corpus/msg").glob("*"))


@pytest.mark.skipif(not CORPUS, reason="the shared corpus is not beside the checkout")
def test_real_messages_are_read_whole_and_redacted_without_a_trace():
    for path in CORPUS:
        data = path.read_bytes()
        document = open_document(data, MSG)
        assert data == document.apply([])
        senders = {s.text for s in document.segments() if s.part in ("sender", "sender (8 bit)")}
        for sender in {s for s in senders if len(s) > 4}:
            new = replaced(data, sender)
            again = open_document(new, MSG)
            assert not [s.part for s in again.segments() if sender in s.text]
            assert not [text for text in layers(new, MSG) if sender in text]
            with olefile.OleFileIO(io.BytesIO(new)) as file:
                assert [] == file.parsing_issues
            assert sender not in oxmsg.Message.load(io.BytesIO(new)).sender
