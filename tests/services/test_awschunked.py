"""The aws-chunked framing: Amazon's published example, properties, and what is refused."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import CannotEdit, Unreadable
from gateway.services.awschunked import Chunked, opened, parse
from gateway.services.wire import Call

MARK = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4)).decode()


def call(body, mode=UNSIGNED, **headers):
    pairs = {"x-amz-content-sha256": mode, "Content-Encoding": "aws-chunked", **headers}
    fields = tuple((name.replace("_", "-"), value) for name, value in pairs.items())
    return Call(fields, body, "PUT", "https://b.s3.amazonaws.com/k")


def botocore_frames(data, size=1024 * 1024):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    frames = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return frames + b"0\r\nx-amz-checksum-crc32:" + crc32(data).encode() + b"\r\n\r\n"


@given(st.binary(max_size=200), st.integers(1, 50))
def test_parsing_and_writing_is_the_identity(data, size):
    body = botocore_frames(data, size)
    found = parse(body)
    assert data == found.data
    assert body == found.encoded()
    assert (("x-amz-checksum-crc32", crc32(data)),) == found.trailers


@given(st.binary(max_size=200), st.binary(max_size=200), st.integers(1, 50))
def test_another_content_is_framed_with_its_own_checksum(data, other, size):
    found = parse(parse(botocore_frames(data, size)).with_data(other).encoded())
    assert other == found.data
    assert (("x-amz-checksum-crc32", crc32(other)),) == found.trailers


@given(st.binary(min_size=1, max_size=200), st.integers(1, 50))
def test_a_content_of_the_same_length_keeps_frames_and_length(data, size):
    body = botocore_frames(data, size)
    found = parse(body).with_data(bytes(len(data)))
    assert parse(body).sizes == found.sizes
    assert len(body) == len(found.encoded())


@given(st.binary(max_size=300))
def test_whatever_it_is_it_is_parsed_or_refused(body):
    try:
        found = parse(body)
    except Unreadable:
        return
    assert body.endswith(b"\r\n")
    assert len(found.data) == sum(found.sizes)


@given(st.binary(max_size=60), st.data())
def test_a_changed_byte_in_the_framing_is_never_passed_over(data, draw):
    """Either it is refused, or it shows in what was read."""
    body = bytearray(botocore_frames(data, 16))
    at = draw.draw(st.integers(0, len(body) - 1))
    body[at] ^= draw.draw(st.integers(1, 255))
    try:
        found = parse(bytes(body))
    except Unreadable:
        return
    right = parse(botocore_frames(data, 16))
    same_but_case = bytes(body).lower() == botocore_frames(data, 16).lower()
    assert same_but_case or (found.data, found.trailers) != (right.data, right.trailers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"0\r\n",
        b"5\r\nhello\r\n",
        b"5\r\nhello0\r\n\r\n",
        b"4\r\nhello\r\n0\r\n\r\n",
        b"6\r\nhello\r\n0\r\n\r\n",
        b"5\nhello\n0\n\n",
        b" 5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"5;name=value\r\nhello\r\n0\r\n\r\n",
        b"5;chunk-signature=abc\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello\r\n0\r\n\r\nmore",
        b"5\r\nhello\r\n0\r\n\r\n\r\n",
        b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32\r\n\r\n",
        b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AA==\r\n",
        b"5\r\nhello\r\n0\r\n" + b"x-a:b\r\n" * 9 + b"\r\n",
        b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        f"5;chunk-signature={MARK}\r\nhello\r\n0\r\n\r\n".encode(),
        f"5\r\nhello\r\n0;chunk-signature={MARK}\r\n\r\n".encode(),
    ],
)
def test_what_is_not_well_framed_is_refused(body):
    with pytest.raises(Unreadable):
        parse(body)


def test_a_trailer_may_end_as_amazons_page_has_it():
    found = parse(b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\n\r\n\r\n")
    assert (("x-amz-checksum-crc32", "NhCmhg=="),) == found.trailers


GOOD = botocore_frames(b"hello")
RIGHT = {"x_amz_trailer": "x-amz-checksum-crc32", "x_amz_decoded_content_length": "5"}


def test_framing_that_agrees_with_its_headers_is_opened():
    assert b"hello" == opened(call(GOOD, **RIGHT)).data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x_amz_decoded_content_length": "6"}, "not as long"),
        ({"x_amz_decoded_content_length": "5 "}, ""),
        ({"x_amz_trailer": "x-amz-checksum-sha256"}, "not those"),
        ({"x_amz_trailer": ""}, "not those"),
        ({"mode": SIGNED}, "not signed as"),
        ({"mode": "STREAMING-AWS4-HMAC-SHA256-EVENTS"}, "event stream"),
        ({"Content-Encoding": "aws-chunked, gzip"}, "encoded again"),
    ],
)
def test_framing_that_contradicts_its_headers_is_refused(change, words):
    settings = RIGHT | change
    if not words:
        assert b"hello" == opened(call(GOOD, **settings)).data
        return
    with pytest.raises(Unreadable, match=words):
        opened(call(GOOD, **settings))


def test_a_trailer_that_nobody_can_judge_is_refused():
    body = b"5\r\nhello\r\n0\r\nx-amz-meta-author:max\r\n\r\n"
    with pytest.raises(Unreadable, match="no known kind"):
        opened(call(body, x_amz_trailer="x-amz-meta-author"))


def test_a_checksum_that_was_wrong_is_not_made_right():
    body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    with pytest.raises(CannotEdit):
        parse(body).with_data(b"other")


def test_frames_are_not_larger_than_needed():
    assert (3,) == parse(GOOD).with_data(b"abc").sizes
    assert (64 * 1024, 1) == parse(GOOD).with_data(bytes(64 * 1024 + 1)).sizes
    assert () == parse(GOOD).with_data(b"").sizes
    assert b"0\r\n\r\n" == Chunked(b"").encoded()


def test_a_framed_body_shows_nothing_of_its_content():
    assert "hello" not in repr(parse(GOOD))
