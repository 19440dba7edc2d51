"""Base64 dialects and data URLs: found, decoded, written back in the same dialect."""

import base64
import hashlib
import os
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats._base64 import (
    decode_base64,
    decode_candidate,
    encode_like,
    has_magic,
    is_text,
    parse_data_url,
)

TEXT = "客户张伟，手机 13800138000，身份证 11010519491231002X。".encode() * 2


def dialects(data: bytes) -> list[str]:
    standard = base64.b64encode(data).decode()
    urlsafe = base64.urlsafe_b64encode(data).decode()
    wrapped = base64.encodebytes(data).decode()
    return [
        standard,
        standard.rstrip("="),
        urlsafe,
        urlsafe.rstrip("="),
        wrapped,
        wrapped.replace("\n", "\r\n"),
        "\n".join(textwrap.wrap(standard, 64)),
        f"  {standard}\n",
    ]


@pytest.mark.parametrize("tail", [b"", b"x", b"xy", b"\xff\xfe\xfb"])
def test_every_dialect_is_decoded_and_encoded_back_to_itself(tail):
    data = TEXT + tail
    for written in dialects(data):
        assert data == decode_candidate(written)
        assert data == decode_candidate(encode_like(written, data))
        assert written.count("\n") == encode_like(written, data).count("\n")
        assert written.count("=") in (0, encode_like(written, data).count("="))


@given(st.binary(min_size=60, max_size=400), st.binary(max_size=300), st.integers(0, 7))
def test_new_bytes_read_back_from_the_dialect_of_the_old(old, new, number):
    assert new == decode_base64(encode_like(dialects(old)[number], new))


@pytest.mark.parametrize(
    "word",
    [
        hashlib.sha256(b"x").hexdigest(),
        hashlib.sha512(b"x").hexdigest().upper(),
        "a" * 64,
        "this-is-a-very-long-slug-of-a-web-page-that-has-only-small-letters-in-it",
        "Hello world, this sentence is longer than sixty-four characters in all.",
        base64.b64encode(TEXT).decode().rstrip("=")[:-2][: 4 * 20 + 1],
        base64.b64encode(TEXT).decode() + "=",
        base64.b64encode(b"short").decode(),
        "张" * 64,
        "",
    ],
)
def test_hashes_words_and_damaged_base64_are_not_candidates(word):
    assert decode_candidate(word) is None


def test_mixed_alphabets_are_not_base64():
    assert decode_base64("ab+/-_ab") is None


@pytest.mark.parametrize(
    ("url", "media_type", "data"),
    [
        ("data:text/plain;base64,aGVsbG8=", "text/plain", b"hello"),
        ("data:text/plain;charset=utf-8;base64,aGVsbG8=", "text/plain", b"hello"),
        ("DATA:Application/PDF;BASE64,aGVsbG8", "Application/PDF", b"hello"),
        ("data:,hello%20%E5%BC%A0", "", "hello 张".encode()),
        ("data:text/html,<b>x</b>", "text/html", b"<b>x</b>"),
        ("data:;base64,aGVs\r\nbG8=", "", b"hello"),
        ("data:image/png;base64,a", "image/png", None),
    ],
)
def test_data_urls_are_read(url, media_type, data):
    found = parse_data_url(url)
    assert found is not None
    assert (media_type, data) == (found.media_type, found.data)
    assert url == found.text()


@pytest.mark.parametrize("text", ["data: see below, please", "database,x", "data:", "metadata:,x"])
def test_prose_is_not_a_data_url(text):
    assert parse_data_url(text) is None


def test_a_file_name_in_a_data_url_is_shown_and_can_be_replaced():
    found = parse_data_url("data:application/pdf;name=%E5%BC%A0.pdf;base64,aGVsbG8=")
    assert found is not None
    assert ";name=张.pdf" == found.parameters
    again = parse_data_url(found.text(b"bye", ";name=[X].pdf"))
    assert again is not None
    assert (b"bye", ";name=[X].pdf") == (again.data, again.parameters)


def test_hashes_and_keys_are_hardly_ever_taken_for_text_or_files():
    taken = [n for n in range(20_000) if _looks(hashlib.sha512(n.to_bytes(4)).digest())]
    assert [] == taken


def _looks(data: bytes) -> bool:
    return is_text(data) or has_magic(data)


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16", "utf-16-le"])
def test_text_is_known_in_the_encodings_that_occur(encoding):
    text = "电话 13800138000" if encoding != "utf-16-le" else "phone 13800138000"
    assert is_text(text.encode(encoding))


def test_magic_is_known():
    assert has_magic(b"PK\x03\x04" + os.urandom(8))
    assert not has_magic(b"hello")
