"""winmail.dat: attributes and properties are text, a change keeps lengths and checksums."""

import struct

import pytest
from support import outlook

from gateway.errors import Unreadable
from gateway.formats import layers, open_document
from gateway.formats._mail.tnef_store import read_attributes
from gateway.model import Edit, Hint

TNEF = Hint("winmail.dat")
SUBJECT = (1, 0x00018004, b"for Emily\0")


def replaced(data, value, new="[X]", hint=TNEF):
    document = open_document(data, hint)
    edits = [
        Edit(index, at, at + len(value), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(value)) >= 0
    ]
    assert edits, "the value was not seen"
    return document.apply(edits)


def test_an_edit_changes_one_attribute_and_its_checksum():
    rest = (1, 0x00078008, b"IPM.Note\0")
    expected = outlook.tnef((1, 0x00018004, b"for [X]\0"), rest)
    assert expected == replaced(outlook.tnef(SUBJECT, rest), "Emily")


@pytest.mark.parametrize("value", ["Emily", "a value whose length is no multiple of four"])
def test_properties_are_padded_to_four_bytes(value):
    def stream(text):
        properties = outlook.tnef_properties(
            outlook.tnef_property(0x0037, f"to {text}"), outlook.tnef_property(0x0070, "after it")
        )
        return outlook.tnef((1, 0x00069003, properties))

    assert stream("Emily's friend") == replaced(stream(value), value, "Emily's friend")


def test_an_attached_file_is_a_document_named_by_its_title():
    data = outlook.tnef(
        (2, 0x00069002, bytes(14)), (2, 0x00018010, b"a.csv\0"), (2, 0x0006800F, b"name\nEmily\n")
    )
    assert b"name\n[X]\n" in replaced(data, "Emily")


def test_in_a_mail_it_stays_an_attachment():
    import base64
    import email

    data = (
        b"From: a@b.example\r\nTo: c\r\nDate: d\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(outlook.tnef(SUBJECT))
    )
    new = replaced(data, "Emily", hint=Hint("a.eml"))
    content = email.message_from_bytes(new).get_payload(decode=True)
    assert outlook.tnef((1, 0x00018004, b"for [X]\0")) == content


def test_the_verifier_finds_packed_rich_text_by_itself():
    rtf = outlook.lzfu(b"{\\rtf1 dear Emily}")
    data = outlook.tnef(
        (1, 0x00069003, outlook.tnef_properties(outlook.tnef_property(0x1009, rtf)))
    )
    assert [text for text in layers(data, TNEF) if "dear Emily" in text]
    assert not [text for text in layers(replaced(data, "Emily"), TNEF) if "Emily" in text]


@pytest.mark.parametrize(
    "data",
    [
        outlook.tnef(SUBJECT)[:-4],
        outlook.tnef(SUBJECT) + b"more",
        outlook.tnef((1, 0x00069003, struct.pack("<I", 9))),
        outlook.tnef((1, 0x00069003, struct.pack("<I2H", 1, 0x0777, 1) + bytes(9))),
        outlook.tnef((1, 0x00069004, struct.pack("<I", 0xFFFFFFFF))),
    ],
)
def test_damaged_streams_are_refused(data):
    with pytest.raises(Unreadable, match="damaged"):
        open_document(data, TNEF)


def test_all_attributes_come_back_as_they_were():
    data = outlook.tnef(SUBJECT, (1, 0x00069007, bytes(8)), (2, 0x00069002, bytes(14)))
    assert data[6:] == b"".join(attribute.written({}) for attribute in read_attributes(data))
