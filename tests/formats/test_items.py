"""CBOR and MessagePack: cbor2 and msgpack write what is read, and read what is written."""

import datetime as dt
import struct

import cbor2
import msgpack
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.wires import archive

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role

SECRET = "Quixotrel7"
CBOR = Hint(media_type="application/cbor")
PACKED = Hint(media_type="application/msgpack")
KINDS = {"cbor": (CBOR, cbor2.dumps, cbor2.loads), "msgpack": (PACKED, msgpack.dumps, None)}


def loads(kind, data):
    return cbor2.loads(data) if kind == "cbor" else msgpack.loads(data, strict_map_key=False)


each_kind = pytest.mark.parametrize("kind", list(KINDS))


def open_(kind, value):
    hint, dumps, _ = KINDS[kind]
    return open_document(dumps(value), hint)


def texts(document):
    return [segment.text for segment in document.segments()]


def edits_of(document, old, new):
    found = []
    for index, segment in enumerate(document.segments()):
        at = segment.text.find(old)
        while at >= 0:
            found.append(Edit(index, at, at + len(old), new))
            at = segment.text.find(old, at + len(old))
    return found


def replaced(kind, value, old=SECRET, new="[GONE]"):
    document = open_(kind, value)
    edits = edits_of(document, old, new)
    assert edits, "nothing to see"
    return loads(kind, document.apply(edits))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
SAYING = st.one_of(TEXTS, st.builds("{}{}{}".format, TEXTS, st.just(SECRET), TEXTS))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    SAYING,
    SAYING.map(str.encode),
    st.binary(max_size=70),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(SAYING, st.integers()), inner)
    ),
    max_leaves=12,
).map(lambda value: value if isinstance(value, list | dict) else [value])


def mapped(value, change):
    match value:
        case str():
            return change(value)
        case bytes():
            return value.replace(SECRET.encode(), change(SECRET).encode())
        case list():
            return [mapped(one, change) for one in value]
        case dict():
            new = {mapped(key, change): mapped(one, change) for key, one in value.items()}
            assume(len(new) == len(value))
            return new
        case _:
            return value


@each_kind
@given(value=VALUES, new=st.sampled_from(["", "[GONE]", "〔删〕" * 30]))
def test_what_is_written_is_the_same_value_with_the_new_texts_or_is_refused(kind, value, new):
    try:
        document = open_(kind, value)
    except OverflowError:  # MessagePack has no larger keys
        assume(condition=False)
    hint, dumps, _ = KINDS[kind]
    assert dumps(value) == document.apply([])
    if document.unread:
        return
    try:
        written = document.apply(edits_of(document, SECRET, new))
    except CannotEdit:
        return
    assert mapped(value, lambda text: text.replace(SECRET, new)) == loads(kind, written)
    assert not any(SECRET in text for text in layers(written, hint))


@each_kind
@given(value=VALUES)
def test_every_text_is_seen_by_both_readers_or_is_unread(kind, value):
    try:
        document = open_(kind, value)
    except OverflowError:
        assume(condition=False)
    hint, dumps, _ = KINDS[kind]
    said = repr(value).count(SECRET)
    seen = sum(text.count(SECRET) for text in texts(document))
    assert seen >= said or document.unread
    assert bool(said) is any(SECRET in text for text in layers(dumps(value), hint))


@each_kind
@pytest.mark.parametrize("length", [0, 22, 23, 24, 30, 31, 32, 254, 255, 256, 65_534, 65_536])
def test_lengths_are_written_anew_in_as_many_bytes_as_they_need(kind, length):
    value = {"before": "a", "text": f"x{SECRET}", "bytes": SECRET.encode(), "after": [1, "b"]}
    new = "é" * (length // 2) + "y" * (length % 2)
    assert {**value, "text": f"x{new}", "bytes": new.encode()} == replaced(kind, value, new=new)


@each_kind
def test_keys_are_seen_and_changed(kind):
    value = {SECRET: 1, "to": {f"{SECRET}@acme.example": [None]}}
    assert {"[GONE]": 1, "to": {"[GONE]@acme.example": [None]}} == replaced(kind, value)
    roles = [one.role for one in open_(kind, value).segments() if SECRET in one.text]
    assert [Role.KEY, Role.KEY] == roles


@each_kind
def test_items_are_addressed_like_json(kind):
    value = {"to": [{"name": "Ann"}, {"name": "Bob"}], "note": "hello"}
    found = {one.text: (one.part, one.column) for one in open_(kind, value).segments()}
    assert ("$.to[1].name", "$.to[*].name") == found["Bob"]
    assert ("$.note", "") == found["hello"]


@each_kind
def test_a_long_number_is_seen_and_becomes_a_text(kind):
    value = {"card": 4111111111111111, "less": -13912345678, "size": 12, "rate": 0.5}
    assert "4111111111111111" in texts(open_(kind, value))
    assert {**value, "card": "[CARD]"} == replaced(kind, value, "4111111111111111", "[CARD]")
    assert {**value, "less": "-[TEL]"} == replaced(kind, value, "13912345678", "[TEL]")


@each_kind
def test_files_in_bytes_are_opened_and_written_back(kind):
    value = {"name": "a.zip", "data": archive({"a.txt": f"to {SECRET}".encode()}), "n": 1}
    new = replaced(kind, value)
    assert {"name": "a.zip", "n": 1} == {key: new[key] for key in ("name", "n")}
    assert "to [GONE]" in texts(open_document(new["data"], Hint()))


@each_kind
def test_a_name_does_not_hide_a_file(kind):
    value = {"signature": archive({"a.txt": f"to {SECRET}".encode()})}
    assert any(SECRET in text for text in texts(open_(kind, value)))


@each_kind
def test_ids_and_signatures_pass_and_long_unknown_bytes_do_not(kind):
    noise = bytes((n * 37 + 129) % 256 for n in range(200))
    assert not open_(kind, {"id": noise[:64], "signature": noise}).unread
    unread = open_(kind, {"to": "Ann", "memo": noise}).unread
    assert ["$.memo"] == [one.part for one in unread]


@each_kind
def test_what_can_be_read_in_unknown_bytes_is_seen_and_cannot_be_changed(kind):
    document = open_(kind, {"id": b"\x80\x01\x99" + SECRET.encode() + b"\x80"})
    with pytest.raises(CannotEdit):
        document.apply(edits_of(document, SECRET, ""))


@each_kind
def test_json_and_base64_in_texts_are_read_through(kind):
    value = {"body": '{"to": "Quixotrel\\u0037"}', "bytes": "UXVpeG90cmVsNw=="}
    new = replaced(kind, value)
    assert {"body": '{"to": "[GONE]"}', "bytes": "W0dPTkVd"} == new


@each_kind
def test_deep_nesting_is_refused_with_a_limit(kind):
    deep = b"\x81" * 5000 + b"\x01" if kind == "cbor" else b"\x91" * 5000 + b"\x01"
    with pytest.raises(LimitExceeded):
        open_document(deep, KINDS[kind][0])


@each_kind
@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data + b"\xc1\xff"])
def test_what_does_not_parse_to_the_last_byte_is_refused(kind, damage):
    data = KINDS[kind][1]({"to": SECRET, "n": "0123456789"})
    with pytest.raises(Unreadable):
        open_document(damage(data), KINDS[kind][0])


@each_kind
def test_counts_without_items_cost_nothing(kind):
    with pytest.raises(Unreadable):
        open_document(
            b"\x9b" + b"\xff" * 8 if kind == "cbor" else b"\xdd\xff\xff\xff\xff", KINDS[kind][0]
        )


ORDINARY = st.one_of(
    st.binary(min_size=1, max_size=300),
    st.text(min_size=1, max_size=100).map(lambda text: text.encode("utf-8", "ignore")),
    st.text(
        st.characters(codec="gb18030", min_codepoint=0x20, max_codepoint=0x9FFF), max_size=100
    ).map(lambda text: text.encode("gb18030")),
)


@given(ORDINARY)
@example("，。！？（）".encode("gbk"))
@example("的一是了我不人在他有这个上们来到时大地为".encode("gbk"))
def test_ordinary_bytes_are_not_taken_for_messages(data):
    """A map of plain names to the last byte is not what chance makes."""
    try:
        document = open_document(data, Hint())
    except Unreadable:
        return
    assert document.format not in {"cbor", "msgpack", "connect", "protobuf", "fsshttpb"}


@each_kind
@pytest.mark.parametrize("text", ["4111111111111111", f"to {SECRET}", "你好 13912345678", "-1"])
def test_a_text_that_is_said_to_be_a_message_is_refused(kind, text):
    """Each of its letters is a whole number in one of these forms."""
    with pytest.raises(Unreadable):
        open_document(text.encode(), KINDS[kind][0])


@each_kind
def test_json_that_is_said_to_be_a_message_is_read_as_json(kind):
    assert ["to", SECRET] == texts(open_document(f'{{"to": "{SECRET}"}}'.encode(), KINDS[kind][0]))


@each_kind
def test_a_map_with_names_needs_no_declaration(kind):
    data = KINDS[kind][1]({"event": "send", "text": f"to {SECRET}"})
    assert kind == open_document(data, Hint()).format


@each_kind
def test_what_nobody_declares_and_nothing_shows_is_refused(kind):
    data = KINDS[kind][1]([1, "abc", f"to {SECRET}", b"\xff\x01\x02"])
    with pytest.raises(Unreadable):
        open_document(data, Hint(media_type="application/octet-stream"))


# CBOR alone.


def test_a_value_cut_into_pieces_of_indefinite_length_is_found():
    data = b"\xbf\x62to\x7f\x65Quixo\x65trel7\xff\x61b\x5f\x44\x00\x01\x02\x03\x41\x04\xff\xff"
    document = open_document(data, CBOR)
    written = document.apply(edits_of(document, SECRET, "[GONE]"))
    assert {"to": "[GONE]", "b": bytes(range(5))} == cbor2.loads(written)


def test_a_sequence_is_read_to_its_end():
    data = cbor2.dumps({"a": "hello"}) + cbor2.dumps([f"to {SECRET}"])
    document = open_document(data, Hint(media_type="application/cbor-seq"))
    written = document.apply(edits_of(document, SECRET, "[GONE]"))
    assert cbor2.dumps({"a": "hello"}) + cbor2.dumps(["to [GONE]"]) == written
    assert ["a", "hello", f"to {SECRET}"] == texts(open_document(b"\xd9\xd9\xf7" + data, Hint()))


def test_cbor_in_a_byte_string_is_opened():
    value = {"inner": cbor2.CBORTag(24, cbor2.dumps({"to": f"{SECRET}, hello"}))}
    (inner,) = replaced("cbor", value).values()
    assert {"to": "[GONE], hello"} == cbor2.loads(inner.value if hasattr(inner, "value") else inner)


def test_what_was_a_date_or_an_address_is_an_ordinary_text_when_it_is_changed():
    when = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)
    value = {"when": when, "mail": cbor2.CBORTag(32, f"mailto:{SECRET}"), "kept": when}
    written = replaced("cbor", value)
    assert {"when": when, "mail": "mailto:[GONE]", "kept": when} == written
    written = replaced("cbor", {"when": when, "epoch": cbor2.CBORTag(1, 1773489600)}, "1773489600")
    assert {"when": when, "epoch": "[GONE]"} == written


def test_the_mark_of_cbor_stays():
    document = open_document(b"\xd9\xd9\xf7" + cbor2.dumps(SECRET), Hint())
    written = document.apply(edits_of(document, SECRET, "[GONE]"))
    assert b"\xd9\xd9\xf7" + cbor2.dumps("[GONE]") == written


@pytest.mark.parametrize("number", [62220211199001011234567, -62220211199001011234567])
def test_digits_of_a_number_in_a_byte_string_are_seen_and_cannot_be_changed(number):
    document = open_("cbor", {"n": number})
    assert str(number) in texts(document)
    with pytest.raises(CannotEdit):
        document.apply(edits_of(document, "62220211199001011234567", ""))


def test_arrays_of_numbers_are_no_unread_bytes():
    measures = struct.pack("<50d", *(n / 7 for n in range(50)))
    assert not open_("cbor", {"embedding": cbor2.CBORTag(86, measures)}).unread


def test_strings_that_refer_to_each_other_are_refused():
    with pytest.raises(Unreadable):
        open_document(cbor2.dumps([SECRET] * 5, string_referencing=True), CBOR)


# MessagePack alone.


def test_several_messages_are_read():
    data = msgpack.dumps({"a": 1}) + msgpack.dumps({"to": SECRET})
    document = open_document(data, PACKED)
    assert any(SECRET == text for text in texts(document))
    written = document.apply(edits_of(document, SECRET, "x"))
    assert msgpack.dumps({"a": 1}) + msgpack.dumps({"to": "x"}) == written


def test_a_text_in_another_encoding_is_seen_and_stays_in_it():
    old = msgpack.dumps({"to": "我的名字是张小三，请回信".encode("gbk")}, use_bin_type=False)
    document = open_document(old, PACKED)
    assert "我的名字是张小三，请回信" in texts(document)
    written = document.apply(edits_of(document, "张小三", "某"))
    assert "我的名字是某，请回信".encode("gbk") == msgpack.loads(written, raw=True)[b"to"]


@pytest.mark.parametrize("kind", [5, 127, -1, -2, -128])
def test_extensions_are_read_as_bytes_whatever_their_type_says(kind):
    """Only a timestamp has four, eight or twelve bytes of type -1."""
    said = f"{SECRET}, hello".encode()
    head = b"\xc7" + bytes((len(said),)) + struct.pack(">b", kind)
    document = open_document(b"\x81\xa1a" + head + said, PACKED)
    written = document.apply(edits_of(document, SECRET, "[GONE]"))
    new = b"[GONE], hello"
    assert b"\x81\xa1a\xc7" + bytes((len(new),)) + struct.pack(">b", kind) + new == written


def test_a_timestamp_passes():
    when = dt.datetime(2026, 3, 14, 12, 0, 0, 5, tzinfo=dt.UTC)
    data = msgpack.dumps({"when": when, "to": "Ann"}, datetime=True)
    document = open_document(data, PACKED)
    assert not document.unread
    assert ["when", "to", "Ann"] == texts(document)
