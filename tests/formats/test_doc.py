"""Word 97 documents made byte by byte: pieces, fields, what stands in no piece, encryption."""

import struct
from contextlib import suppress

import pytest
from support.compounds import word

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._ole.cfb import STORAGE, STREAM, Node, read_compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.formats._ole.passage import fitted
from gateway.model import Edit, Hint, Role

HINT = Hint("a.doc")


def texts(data, role=None):
    segments = open_document(data, HINT).segments()
    return [s.text for s in segments if role in {None, s.role}]


def redact(data, value, new="[NAME]"):
    document = open_document(data, HINT)
    edits = [
        Edit(index, at, at + len(value), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(value)) >= 0
    ]
    assert edits
    return document.apply(edits)


def test_a_value_over_pieces_of_both_widths_is_one_text_and_goes_from_both():
    data = word([("Dear Emily C", False), ("arter 张伟\rnext\r", True)])
    assert ["Dear Emily Carter 张伟", "next"] == texts(data, Role.BODY)
    after = redact(data, "Emily Carter")
    assert ["Dear [NAME]       张伟", "next"] == texts(after, Role.BODY)


def test_a_document_without_edits_is_byte_for_byte_itself():
    data = word([("Dear Emily\r", False)])
    assert data == open_document(data, HINT).apply([])


def test_marks_of_fields_and_notes_do_not_cut_a_word():
    text = "Emi\x02ly \x13HYPERLINK http://secret.example/\x14Car\x01ter\x15 lives\r"
    data = word([(text, False)])
    assert ["Emily Carter lives"] == texts(data, Role.BODY)
    assert "HYPERLINK http://secret.example/" in texts(data, Role.HIDDEN)


def test_text_in_no_piece_is_seen_and_goes():
    data = word([("Dear all\r", False)], forgotten=bytes(9) + b"Emily Carter was here")
    assert any("Emily Carter" in text for text in texts(data, Role.HIDDEN))
    after = redact(data, "Emily Carter")
    assert b"Emily" not in after
    assert not any("Emily" in text for text in layers(after, HINT))


def test_a_password_is_noticed():
    with pytest.raises(Unreadable, match="encrypted: take its password off first"):
        open_document(word([("x\r", False)], flags=0x0300), HINT)


def test_macros_can_be_left_out():
    extra = [
        Node(("Macros",), STORAGE),
        Node(("Macros", "PROJECT"), STREAM, data=b"Emily Carter"),
    ]
    data = word([("Dear all\r", False)], extra=extra)
    document = open_document(data, HINT)
    (index,) = [i for i, s in enumerate(document.segments()) if s.role is Role.DISPENSABLE]
    assert ("macros: not read",) == document.segments()[index].context
    left = read_compound(document.apply([Edit(index, 0, 0, "")]))
    assert [("1Table",), ("WordDocument",)] == sorted(n.path for n in left.nodes if n.path)


def test_an_odd_name_of_a_stream_is_text_that_cannot_change():
    data = word([("x\r", False)], extra=[Node(("Emily Carter",), STREAM, data=b"x")])
    assert ["Emily Carter"] == texts(data, Role.NAME)
    with pytest.raises(CannotEdit):
        redact(data, "Emily Carter")


def test_an_embedded_object_is_opened_and_put_back():
    inner = word([("Emily inside\r", False)])
    extra = [Node(("ObjectPool",), STORAGE), Node(("ObjectPool", "_99"), STORAGE)]
    extra += [
        Node(("ObjectPool", "_99", *n.path), n.kind, data=n.data)
        for n in read_compound(inner).nodes
        if n.path
    ]
    after = redact(word([("Dear all\r", False)], extra=extra), "Emily")
    assert ["Dear all", "[NAM] inside"] == texts(after, Role.BODY)


def test_a_stream_of_packed_bytes_is_named_as_unread():
    import random

    noise = Node(("Stuff",), STREAM, data=random.Random(3).randbytes(20_000))
    document = open_document(word([("x\r", False)], extra=[noise]), HINT)
    assert ["embedded data: packed or enciphered, not read"] == [u.why for u in document.unread]


@pytest.mark.parametrize(
    ("text", "room", "fits"),
    [
        ("[PERSON]", 10, "[PERSON]  "),
        ("[PERSON]", 5, "[PER]"),
        ("[PERSON]", 2, "**"),
        ("*****", 3, "***"),
    ],
)
def test_a_label_takes_the_room_of_the_value(text, room, fits):
    assert fits == fitted(text, room)


@pytest.mark.parametrize("cut", [700, 1536, 2100])
def test_a_file_cut_short_is_refused_or_converted_never_a_crash(cut):
    data = word([("Dear Emily\r", False)])[:cut]
    with suppress(Unreadable):
        open_document(data, HINT)


def with_table(data, number, strings):
    """The document with a table of strings where a pair of the head points ([MS-DOC] §2.2.4)."""
    packed = b"\xff\xff" + struct.pack("<HH", len(strings), 0)
    for text in strings:
        packed += struct.pack("<H", len(text)) + text.encode("utf-16-le")
    nodes = []
    for node in read_compound(data).nodes:
        content = bytearray(node.data)
        if node.name == "1Table":
            content += packed
        elif node.name == "WordDocument":
            (start,) = struct.unpack_from("<I", content, 154 + 8 * 33 + 4)
            struct.pack_into("<II", content, 154 + 8 * number, start, len(packed))
        nodes.append(Node(node.path, node.kind, data=bytes(content)))
    return write_compound(nodes)


def test_the_count_before_the_next_string_of_a_table_is_no_letter_of_the_one_before():
    long = "about the meeting ".ljust(65, ".")  # 65 is an "A"
    data = with_table(word([("x\r", False)]), 21, ["Emily", long, "Bob"])
    assert {"Emily", long, "Bob"} <= set(texts(data, Role.HIDDEN))
    assert ["[NAM]", long, "Bob"] == texts(redact(data, "Emily"), Role.HIDDEN)[:3]


def test_a_password_of_word_95_is_noticed():
    nodes = [
        Node(
            n.path,
            n.kind,
            data=n.data[:2] + b"\x68\0" + n.data[4:] if n.data[:2] == b"\xec\xa5" else n.data,
        )
        for n in read_compound(word([("x\r", False)], flags=0x0100)).nodes
    ]
    with pytest.raises(Unreadable, match="encrypted: take its password off first"):
        open_document(write_compound(nodes), HINT)
