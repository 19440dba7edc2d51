"""Protobuf without a schema: the official runtime, which has one, reads what is left."""

import json
import struct

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.empty_pb2 import Empty
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import given
from hypothesis import strategies as st
from support.wires import archive, field, fixed64, varint

from gateway.detect import catalogue
from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._protobuf.wire import read_fields
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

SECRET = "Quixotrel7"
PHONE = "13912345678"
MAIL = "zhang.wei@acme-mail.com"
HINT = Hint(media_type="application/x-protobuf")


def _message_class():
    """message Node, with a field of each kind, built at run time."""
    file = descriptor_pb2.FileDescriptorProto(name="node.proto", package="t", syntax="proto3")
    node = file.message_type.add(name="Node")
    kinds = descriptor_pb2.FieldDescriptorProto
    for number, name, kind, repeated in (
        (1, "text", kinds.TYPE_STRING, False),
        (2, "blob", kinds.TYPE_BYTES, False),
        (3, "number", kinds.TYPE_INT64, False),
        (4, "children", kinds.TYPE_MESSAGE, True),
        (5, "measure", kinds.TYPE_DOUBLE, False),
        (6, "counts", kinds.TYPE_INT64, True),
        (8, "id", kinds.TYPE_FIXED64, False),
        (9, "small", kinds.TYPE_FIXED32, False),
        (16, "notes", kinds.TYPE_STRING, True),
    ):
        entry = node.field.add(name=name, number=number, type=kind)
        entry.label = kinds.LABEL_REPEATED if repeated else kinds.LABEL_OPTIONAL
        if kind == kinds.TYPE_MESSAGE:
            entry.type_name = ".t.Node"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Node"))


Node = _message_class()
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=150)
SAYING = st.one_of(TEXTS, st.builds("{}{}{}".format, TEXTS, st.just(SECRET), TEXTS))


@st.composite
def nodes(draw, depth=0):
    children = draw(st.lists(nodes(depth + 1), max_size=2)) if depth < 4 else []
    return Node(
        text=draw(SAYING),
        blob=draw(st.binary(max_size=20)),
        number=draw(st.integers(-(2**63), 2**63 - 1)),
        children=children,
        measure=draw(st.floats(allow_nan=False)),
        counts=draw(st.lists(st.integers(0, 10**12), max_size=5)),
        id=draw(st.integers(0, 2**64 - 1)),
        small=draw(st.integers(0, 2**32 - 1)),
        notes=draw(st.lists(SAYING, max_size=3)),
    )


def open_(data: bytes):
    return open_document(data, HINT)


def kind_of(data: bytes) -> str:
    """The format that claims the bytes, or nothing."""
    try:
        return open_(data).format
    except Unreadable:
        return ""


def texts(data: bytes) -> list[str]:
    return [segment.text for segment in open_(data).segments()]


def edits_of(document, old: str, new: str) -> list[Edit]:
    found = []
    for index, segment in enumerate(document.segments()):
        at = segment.text.find(old)
        while at >= 0:
            found.append(Edit(index, at, at + len(old), new))
            at = segment.text.find(old, at + len(old))
    return found


def replaced(data: bytes, old: str, new: str) -> bytes:
    document = open_(data)
    edits = edits_of(document, old, new)
    assert edits, "nothing to see"
    return document.apply(edits)


def mapped(node, change):
    """The message with all its texts changed, but for spaces: they may fill a text up."""
    copy = Node()
    copy.CopyFrom(node)
    copy.text = change(node.text).replace(" ", "")
    del copy.notes[:], copy.children[:]
    copy.notes.extend(change(note).replace(" ", "") for note in node.notes)
    copy.children.extend(mapped(child, change) for child in node.children)
    return copy


@given(nodes(), st.sampled_from(["", "[GONE]", "〔删〕" * 60]))
def test_what_is_written_parses_as_the_same_message_with_the_new_texts_or_is_refused(node, new):
    data = node.SerializeToString()
    if not data:
        return
    document = open_(data)
    assert data == document.apply([])
    try:
        written = document.apply(edits_of(document, SECRET, new))
    except CannotEdit:
        return
    expected = mapped(node, lambda text: text.replace(SECRET, new))
    assert expected == mapped(Node.FromString(written), str)
    assert not any(SECRET in text for text in layers(written, HINT) if SECRET not in new)


@given(nodes())
def test_every_text_is_seen_by_both_readers(node):
    data = node.SerializeToString()
    seen = "\0".join(texts(data)) if data else ""
    second = "\0".join(layers(data, HINT)) if data else ""
    stack = [node]
    while stack:
        one = stack.pop()
        stack += one.children
        for text in (one.text, *one.notes):
            if SECRET in text:
                assert text in second
                assert SECRET in seen


def chat(text: str, **more) -> bytes:
    """A request as a chat service would have it: the text two messages down."""
    return Node(
        children=[Node(text=text, number=7, notes=["en"])], number=1_700_000_000, **more
    ).SerializeToString()


@pytest.mark.parametrize("length", [1, 5, 22, 23, 60, 100, 117, 118, 500, 20_000])
def test_texts_of_every_length_can_be_edited(length):
    """Lengths of 32 to 126 are printable characters themselves, 128 takes a second byte."""
    data = chat(SECRET + " " + "x" * length)
    written = Node.FromString(replaced(data, SECRET, "[NAME_OF_SOMEBODY]"))
    assert "[NAME_OF_SOMEBODY] " + "x" * length == written.children[0].text
    assert (7, 1_700_000_000) == (written.children[0].number, written.number)


def test_a_message_with_nothing_but_one_text_can_be_edited_at_any_depth():
    data = field(1, field(1, field(1, f"to {SECRET}, who asked for 40 of them")))
    expected = field(1, field(1, field(1, "to [GONE], who asked for 40 of them")))
    assert expected == replaced(data, SECRET, "[GONE]")


def test_addresses_are_field_numbers_with_ordinals_where_a_field_is_repeated():
    data = field(1, field(3, "one two") + field(3, "three four") + field(5, 7)) + field(2, "five")
    assert [("1.3[0]", "1.3[*]"), ("1.3[1]", "1.3[*]"), ("2", "")] == [
        (segment.part, segment.column) for segment in open_(data).segments()
    ]


def test_groups_are_read_and_kept():
    inner = field(1, f"call {SECRET} tomorrow") + field(2, 5)
    data = varint(3 * 8 + 3) + inner + varint(3 * 8 + 4) + field(9, "after it")
    expected = field(1, "call [GONE] tomorrow") + field(2, 5)
    expected = varint(3 * 8 + 3) + expected + varint(3 * 8 + 4) + field(9, "after it")
    assert expected == replaced(data, SECRET, "[GONE]")


PLACES = {
    "json in a text": field(1, json.dumps({"a": f"to {SECRET}"})),
    "escaped json in a text": field(1, json.dumps({"a": "张伟 " + SECRET}).replace("Q", "\\u0051")),
    "a zip": field(2, archive({"a.txt": f"to {SECRET}".encode()})),
    "a zip at the end of a message": field(1, field(4, archive({"a.txt": SECRET.encode()}))),
    "text in GBK": field(2, f"请联系张伟和{SECRET}".encode("gbk")),
    "text in UTF-16": field(2, f"please ask {SECRET} about it".encode("utf-16-le")),
    "rtf in bytes": field(2, f"{{\\rtf1\\ansi Dear {{\\b {SECRET}}}, hello\\par}}".encode()),
    "a mail": field(2, f"From: {SECRET} <a@b.example>\r\nTo: c\r\nDate: d\r\n\r\nhi\r\n".encode()),
    "a data url": field(1, "data:text/plain;base64,UXVpeG90cmVsNyBhbmQgYWxsIHRoZSBvdGhlcnM="),
    "a map entry": field(7, field(1, SECRET) + field(2, "value")),
    "any": field(1, field(1, "type.googleapis.com/t.Node") + field(2, field(1, SECRET) + field(3, 1))),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_value_in_any_place_is_seen_and_removed_and_the_neighbours_stay(place):
    before, after = field(20, "kept as it is \x01"), field(21, 123) + fixed64(22, 4.5)
    data = before + PLACES[place] + after
    assert any(SECRET in text for text in layers(data, HINT))
    new = replaced(data, SECRET, "[GONE]")
    assert not any(SECRET in text for text in (*layers(new, HINT), *texts(new)))
    assert new.startswith(before)
    assert new.endswith(after)
    numbers = [entry.field_number for entry in UnknownFieldSet(Empty.FromString(new))]
    assert [20, *numbers[1:-2], 21, 22] == numbers


NUMBERS = {
    "varint": field(3, int(PHONE)),
    "negative varint": field(3, 2**64 - int(PHONE)),
    "fixed64": fixed64(8, int(PHONE)),
    "double": fixed64(5, float(PHONE)),
    "fixed32": varint(9 * 8 + 5) + struct.pack("<I", 2025550123),
    "packed varints": field(6, varint(int(PHONE)) + varint(13800138000)),
    "packed doubles": field(6, struct.pack("<3d", 1.5, float(PHONE), 0.0)),
    "packed fixed64": field(6, struct.pack("<20Q", *([7] * 19), int(PHONE))),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_digits_in_numbers_are_seen_and_cannot_be_edited(kind):
    wanted = "2025550123" if kind == "fixed32" else PHONE
    document = open_(field(4, field(1, "before")) + NUMBERS[kind])
    numbers = [n for n, s in enumerate(document.segments()) if s.text == wanted]
    assert 1 == len(numbers)
    assert Role.HIDDEN is document.segments()[numbers[0]].role
    with pytest.raises(CannotEdit):
        document.apply([Edit(numbers[0], 0, len(wanted), "[PHONE]")])
    assert any(wanted in text for text in layers(NUMBERS[kind], HINT)) or "packed" in kind


def test_measures_and_short_numbers_are_no_text():
    data = field(3, 9999) + fixed64(5, 0.25) + fixed64(5, -1e-7) + fixed64(8, 1_700_000_000 * 10**9)
    assert [] == texts(data)


# --- two readings -----------------------------------------------------------------------------


def test_text_that_could_be_a_message_stays_text_if_its_siblings_are_text():
    both = "hi"  # field 13, value 105
    data = field(1, field(2, f"to {SECRET} today")) + field(1, field(2, both))
    assert [f"to {SECRET} today", both] == texts(data)


def test_short_text_that_could_be_a_message_with_numbers_is_text():
    data = field(1, 5) + field(2, "hi")
    document = open_(data)
    (index,) = [n for n, s in enumerate(document.segments()) if s.text == "hi"]
    assert field(1, 5) + field(2, "bye") == document.apply([Edit(index, 0, 2, "bye")])


# Field 4, and its length is a character: a message of one text, or text that begins with '"'.
OPEN_QUESTION = field(4, f"{SECRET} asked for thirty of them")


def test_what_could_be_either_is_seen_as_both_and_takes_no_longer_text():
    data = field(1, 5) + field(2, OPEN_QUESTION)
    document = open_(data)
    seen = [s.text for s in document.segments()]
    assert OPEN_QUESTION.decode() in seen
    assert f"{SECRET} asked for thirty of them" in seen
    with pytest.raises(CannotEdit):
        document.apply(edits_of(document, SECRET, "[NAME_OF_SOMEBODY]"))


def test_a_shorter_text_is_filled_up_so_that_both_readings_stay_right():
    data = field(1, 5) + field(2, OPEN_QUESTION)
    expected = field(1, 5) + field(2, field(4, "[GONE]     asked for thirty of them"))
    assert expected == replaced(data, SECRET, "[GONE]")


def test_an_edit_of_the_second_reading_alone_is_refused():
    document = open_(field(1, 5) + field(2, OPEN_QUESTION))
    (index,) = [n for n, s in enumerate(document.segments()) if s.text.startswith(SECRET)]
    with pytest.raises(CannotEdit):
        document.apply([Edit(index, 0, len(SECRET), "x" * len(SECRET))])


def test_a_sibling_that_can_only_be_a_message_settles_the_question():
    other = field(2, field(1, 3) + field(4, "short"))
    data = field(1, 5) + field(2, OPEN_QUESTION) + other
    expected = field(1, 5) + field(2, field(4, "[GONE] asked for thirty of them")) + other
    assert expected == replaced(data, SECRET, "[GONE]")


def test_siblings_that_contradict_each_other_settle_nothing():
    either = field(1, f"{SECRET} asked for thirty of them")
    data = (
        field(2, "plain text, no message")
        + field(2, field(1, 3) + field(4, "a"))
        + field(2, either)
    )
    document = open_(data)
    with pytest.raises(CannotEdit):
        document.apply(edits_of(document, SECRET, "[GONE]"))


# --- what is not read -------------------------------------------------------------------------


def test_short_ids_and_hashes_pass_and_long_unknown_bytes_do_not():
    identity = bytes(range(180, 212))
    assert [] == list(open_(field(1, identity) + field(2, "text")).unread)
    unknown = bytes((n * 97 + 13) % 251 | 128 for n in range(300))
    assert ["2"] == [part.part for part in open_(field(1, "text") + field(2, unknown)).unread]


def test_what_can_be_seen_in_a_short_id_is_seen():
    document = open_(field(1, b"\xff\xfe\x01" + MAIL.encode() + b"\x00\xff"))
    (segment,) = document.segments()
    assert (MAIL, Role.HIDDEN) == (segment.text, segment.role)
    with pytest.raises(CannotEdit):
        document.apply([Edit(0, 0, 5, "x")])


def test_packed_measures_are_no_unread_bytes():
    many = struct.pack("<400d", *(n / 7 for n in range(400)))
    few = b"".join(varint(n) for n in range(1000))
    embedding = struct.pack("<500f", *((n % 19 - 9) / 100 for n in range(500)))
    document = open_(field(1, many) + field(2, few) + field(3, embedding))
    assert [] == list(document.unread)


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a\x05hell",  # cut off
        b"\x00\x01",  # field 0
        b"\x0f",  # wire type 7
        b"\x0b\x08\x01",  # a group without its end
        b"\x0b\x14",  # … with another's end
        b"\x08" + b"\x80" * 10 + b"\x01",  # a number without end
        b"\x0a\x01a\xff",
    ],
)
def test_what_does_not_parse_to_the_last_byte_is_not_protobuf(data):
    assert not read_fields(data, 0, len(data))
    assert "protobuf" != kind_of(data)


def test_only_the_sender_can_say_that_it_is_protobuf():
    data = chat(f"to {SECRET}")
    with pytest.raises(Unreadable):
        open_document(data, Hint("message.bin"))


def test_what_is_json_under_this_type_is_read_as_json():
    assert "json" == open_(json.dumps({"a": SECRET}).encode()).format


@pytest.mark.parametrize("text", ["I call 13912345678", "Hey tel 13912345678?"])
def test_a_text_that_is_said_to_be_protobuf_is_seen_as_the_text_it_is(text):
    """Its letters are the tags and values of numbers, none of them with so many digits."""
    assert read_fields(text.encode(), 0, len(text)) is not None
    document = open_(text.encode())
    assert "protobuf" == document.format
    assert text in texts(text.encode())
    with pytest.raises(CannotEdit):
        document.apply(edits_of(document, PHONE, ""))


def test_deep_nesting_is_refused_with_a_limit():
    data = b"\x08\x01"
    for _ in range(150):
        data = field(2, data)
    with pytest.raises(LimitExceeded):
        open_(data)


def test_nesting_as_deep_as_the_runtime_takes_is_edited():
    node = Node(text=f"to {SECRET}", number=1)
    for _ in range(90):
        node = Node(children=[node], number=1)
    written = Node.FromString(replaced(node.SerializeToString(), SECRET, "[GONE]"))
    while written.children:
        written = written.children[0]
    assert "to [GONE]" == written.text


# --- through the pipeline ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def pipe():
    return build(load_policy("default", catalogue()), bytes(32), Limits(), ("张伟",))


def test_a_chat_request_leaves_without_its_values_and_with_everything_else(pipe):
    text = f"Please write to {MAIL}, 或者打电话 {PHONE} 给张伟。"
    data = chat(text, blob=bytes(range(200, 216)), id=1_700_000_000 * 10**9)
    outcome = pipe.process(Item(data, HINT))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    expected = Node.FromString(data)
    expected.children[
        0
    ].text = "Please write to [EMAIL_ADDRESS], 或者打电话 [PHONE_NUMBER] 给[EXACT_VALUE]。"
    assert expected == Node.FromString(outcome.data)


def test_a_telephone_number_in_a_varint_blocks(pipe):
    outcome = pipe.process(Item(Node(number=int(PHONE)).SerializeToString(), HINT))
    assert Verdict.BLOCK is outcome.verdict
    assert "a number of a protobuf message" in outcome.reason


def test_telemetry_without_values_passes_untouched(pipe):
    """OTLP: trace ids, nanoseconds, short attributes."""
    span = (
        field(1, bytes((n * 37 + 11) % 256 for n in range(16)))
        + field(2, bytes((n * 91 + 7) % 256 for n in range(8)))
        + field(5, "HTTP GET")
        + fixed64(7, 1_700_000_000_123_456_789)
        + fixed64(8, 1_700_000_000_223_456_789)
        + field(9, field(1, "http.status_code") + field(2, field(3, 200)))
        + field(9, field(1, "net.host.name") + field(2, field(1, "localhost")))
    )
    data = field(1, field(1, field(1, "service.name")) + field(2, field(2, span) * 50))
    outcome = pipe.process(Item(data, HINT))
    assert (Verdict.ALLOW, data) == (outcome.verdict, outcome.data)
