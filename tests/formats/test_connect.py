"""Envelopes of Connect, gRPC and gRPC-Web: several messages, compressed or not, each a document."""

import base64
import gzip
import json
import zlib

import brotli
import pytest
import zstandard
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st
from support.wires import envelope, varint

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._connect import snappy
from gateway.formats._ledger import Ledger
from gateway.model import Edit, Hint
from gateway.settings import MIB, Limits

SECRET = "Quixotrel7"
JSON = Hint(media_type="application/connect+json")
PROTO = Hint(media_type="application/connect+proto")
GRPC = Hint(media_type="application/grpc")
WEB_TEXT = Hint(media_type="application/grpc-web-text+proto")


def texts(data, hint):
    return [segment.text for segment in open_document(data, hint).segments()]


def replaced(data, hint, new="[GONE]"):
    document = open_document(data, hint)
    edits = [
        Edit(index, at, at + len(SECRET), new)
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(SECRET)) >= 0
    ]
    assert edits, "nothing to see"
    assert data == document.apply([])
    return document.apply(edits)


def split(body):
    """Read as the specification says, and by nothing of ours."""
    while body:
        size = int.from_bytes(body[1:5], "big")
        assert size <= len(body) - 5
        yield body[0], body[5 : 5 + size]
        body = body[5 + size :]


def struct(**values):
    message = Struct()
    message.update(values)
    return message.SerializeToString(deterministic=True)


def decoded(message):
    found = Struct()
    found.ParseFromString(message)
    return dict(found)


SAYING = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30)


@given(st.lists(st.tuples(SAYING, st.booleans(), st.booleans()), min_size=1, max_size=4))
def test_every_message_of_a_body_is_changed_and_its_length_with_it(messages):
    values = [f"{text}{SECRET * says}" for text, says, _ in messages]
    body = b"".join(
        envelope(gzip.compress(data, mtime=0), 1) if packed else envelope(data)
        for value, (_, _, packed) in zip(values, messages, strict=True)
        for data in [json.dumps({"text": value}).encode()]
    )
    document = open_document(body, JSON)
    edits = [
        Edit(index, at, at + len(SECRET), "〔删〕")
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(SECRET)) >= 0
    ]
    written = list(split(document.apply(edits)))
    assert [int(packed) for _, _, packed in messages] == [flags for flags, _ in written]
    assert [value.replace(SECRET, "〔删〕") for value in values] == [
        json.loads(gzip.decompress(data) if flags else data)["text"] for flags, data in written
    ]


def raw_deflate(data):
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def snappy_block(data):
    """Literals, then a copy of the last four bytes that says them again (format_description.txt)."""
    assert len(data) > 60
    repeated = data + data[-4:]
    pieces = varint(len(repeated))
    for at in range(0, len(data), 60):
        piece = data[at : at + 60]
        pieces += bytes(((len(piece) - 1) << 2,)) + piece
    return pieces + b"\x01\x04"


CODINGS = {
    "gzip": (lambda data: gzip.compress(data, mtime=0), gzip.decompress),
    "zstd": (
        lambda data: zstandard.ZstdCompressor().compress(data),
        lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    ),
    "deflate": (zlib.compress, zlib.decompress),
    "raw deflate": (raw_deflate, lambda data: zlib.decompress(data, -15)),
    "br": (brotli.compress, brotli.decompress),
}


@pytest.mark.parametrize("coding", list(CODINGS))
@pytest.mark.parametrize("hint", [PROTO, GRPC], ids=["connect", "grpc"])
def test_a_compressed_message_is_compressed_again_in_its_own_way(coding, hint):
    pack, unpack = CODINGS[coding]
    message = struct(text=f"a letter to {SECRET} and some more words " * 3)
    body = envelope(pack(message), 1) + envelope(struct(n=1))
    first, second = split(replaced(body, hint, "x"))
    assert (1, 0) == (first[0], second[0])
    assert struct(n=1) == second[1]
    assert f"a letter to x and some more words a letter to {SECRET}" in str(
        decoded(unpack(first[1]))
    )


def test_snappy_is_read_and_written():
    message = f'{{"text": "{"a letter to " + SECRET + " and some more words " * 3}  " }}'.encode()
    spaced = message[:-1] + b"     "
    for packed in (
        snappy_block(spaced + b"    }    "),
        snappy.pack_stream(spaced + b"    }    "),
    ):
        ((flags, written),) = split(replaced(envelope(packed, 1), JSON))
        assert 1 == flags
        read = snappy.unpack_stream if written.startswith(snappy.STREAM) else snappy.unpack_block
        content = read(written, Ledger())
        assert "[GONE]" in json.loads(content)["text"]
        assert SECRET.encode() not in written


@given(st.binary(max_size=200_000))
def test_snappy_gives_back_what_it_was_given(content):
    ledger = Ledger()
    assert content == snappy.unpack_block(snappy.pack_block(content), ledger)
    assert content == snappy.unpack_stream(snappy.pack_stream(content), ledger)


def test_the_checksum_of_snappy_is_the_one_of_its_specification():
    """The example of CRC-32C in RFC 3720 §B.4: 32 bytes of zeros; masked as framing_format.txt says."""
    crc = 0x8A9136AA
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    assert masked.to_bytes(4, "little") == snappy.pack_stream(bytes(32))[14:18]


@pytest.mark.parametrize(
    "packed",
    [
        b"\x01\x02\x03 no coding at all, and long enough to matter",
        gzip.compress(b"{}", mtime=0)[:-3],
        gzip.compress(b"{}", mtime=0) + b"hidden behind it",
        brotli.compress(b'{"text": "hello hello hello"}')[:-2],
        zlib.compress(b"{}") + b"hidden behind it",
        b"\xff\x06\x00\x00sNaPpY\x00\x05\x00\x00aaaa\x00",
    ],
)
def test_a_message_that_cannot_be_unpacked_is_unread(packed):
    document = open_document(envelope(b"{}") + envelope(packed, 1), JSON)
    assert ["message 1"] != [one.part for one in document.unread]
    assert 1 == len(document.unread)


def test_a_gzip_name_hides_nothing():
    named = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + SECRET.encode() + b"\0" + raw_deflate(b"{}")
    named += zlib.crc32(b"{}").to_bytes(4, "little") + (2).to_bytes(4, "little")
    assert b"{}" == gzip.decompress(named)
    assert open_document(envelope(named, 1), JSON).unread


@pytest.mark.parametrize("coding", list(CODINGS))
def test_a_bomb_is_refused(coding):
    packed = CODINGS[coding][0](bytes(64 * MIB))
    limits = Limits(item_bytes=8 * MIB, opened_bytes=32 * MIB)
    with pytest.raises(LimitExceeded):
        open_document(envelope(packed, 1), JSON, limits)


def test_the_end_of_a_stream_is_read_as_what_it_is():
    end = {"error": {"code": "canceled", "message": f"as {SECRET} asked"}, "metadata": {"a": ["b"]}}
    body = envelope(struct(a=1)) + envelope(json.dumps(end).encode(), 2)
    _, (flags, written) = split(replaced(body, PROTO))
    assert 2 == flags
    assert "as [GONE] asked" == json.loads(written)["error"]["message"]
    trailers = envelope(struct(a=1)) + envelope(f"grpc-message: {SECRET}\r\n".encode(), 0x80)
    _, (flags, written) = split(replaced(trailers, Hint(media_type="application/grpc-web+proto")))
    assert (0x80, b"grpc-message: [GONE]\r\n") == (flags, written)


@pytest.mark.parametrize("pieces", [1, 2])
def test_grpc_web_text_is_base64_of_the_body_in_one_or_more_pieces(pieces):
    body = envelope(struct(text=f"a letter to {SECRET}, my friend"))
    cut = 10 if pieces == 2 else len(body)  # padded in the middle
    sent = base64.b64encode(body[:cut]) + base64.b64encode(body[cut:])
    written = base64.b64decode(replaced(sent, WEB_TEXT))
    ((_, message),) = split(written)
    assert {"text": "a letter to [GONE], my friend"} == decoded(message)


@pytest.mark.parametrize(
    "data",
    [
        base64.b64encode(envelope(struct(text=SECRET)))[:-2],
        base64.encodebytes(envelope(struct(text=SECRET * 9))),
        b"just " + SECRET.encode(),
    ],
)
def test_what_is_said_to_be_base64_and_is_not_is_refused(data):
    """Read as text it would hide what stands in it."""
    with pytest.raises(Unreadable):
        open_document(data, WEB_TEXT)


@pytest.mark.parametrize("hint", [JSON, PROTO, GRPC])
@pytest.mark.parametrize(
    "data",
    [
        envelope(b'{"to": "Ann"}')[:-1],
        envelope(b'{"to": "Ann"}') + b"\x00\x00",
        envelope(b'{"to": "Ann"}', 4),
        b"\x00\xff\xff\xff\xff",
    ],
    ids=["cut off", "bytes behind", "unknown flag", "a length over the end"],
)
def test_envelopes_that_do_not_hold_are_refused(data, hint):
    with pytest.raises(Unreadable):
        open_document(data, hint)


def test_a_message_that_is_not_what_it_is_said_to_be_is_unread():
    document = open_document(envelope(b"\xff\x01 neither this nor that \x00\x80"), GRPC)
    assert ["message 1"] == [one.part for one in document.unread]


def test_empty_messages_pass():
    body = envelope(b"") * 3 + envelope(b"", 2)
    document = open_document(body, GRPC)
    assert not document.unread
    assert body == document.apply([])


def test_json_in_envelopes_needs_no_declaration():
    body = envelope(f'{{"to": "{SECRET}"}}'.encode()) + envelope(b"{}")
    assert [(0, b'{"to": "[GONE]"}'), (0, b"{}")] == list(split(replaced(body, Hint())))
    with pytest.raises(Unreadable):
        open_document(envelope(struct(text=SECRET)), Hint())


def test_the_second_reader_sees_every_message():
    packed = gzip.compress(struct(text=f"to {SECRET} and others"), mtime=0)
    body = envelope(packed, 1) + envelope(struct(text="hello hello"))
    seen = "\n".join(layers(body, GRPC))
    assert SECRET in seen
    assert "hello hello" in seen
