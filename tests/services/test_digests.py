"""Digests and integrity headers, against published values and slow definitions."""

import base64
import hashlib
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import CannotEdit
from gateway.services.digests import blocks, digest, is_integrity, names, recomputed
from gateway.services.wire import Call

CHECK = b"123456789"
MIB = 1024 * 1024
OLD, NEW = b'{"hello": "world"}\n', b'{"hello": "[NAME]"}\n'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # The check values of the CRC catalogue (CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME, CRC-64/XZ).
        ("crc32:hex", "cbf43926"),
        ("crc32c:hex", "e3069283"),
        ("crc64nvme:hex", "ae8b14860a799888"),
        ("crc64ecma:hex", "995dc9bbdf1939fa"),
        ("crc64ecma:decimal", "11051210869376104954"),
        ("adler32:hex", "091e01de"),
        ("md5:hex", "25f9e794323b453885f5181f1b624d0b"),
        ("md5:HEX", "25F9E794323B453885F5181F1B624D0B"),
        ("md5:base64", "JfnnlDI7RTiF9RgfG2JNCw=="),
    ],
)
def test_digests_are_those_of_the_catalogues(name, expected):
    assert expected == digest(name, [CHECK])


def test_an_empty_content_has_digests_too():
    assert "d41d8cd98f00b204e9800998ecf8427e" == digest("md5:hex", [])
    assert hashlib.sha256().hexdigest() == digest("dropbox:hex", [])
    assert "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" == digest("git:hex", [])
    assert "Fto5o-5ea0sNMlW_75VgGJCv2AcJ" == digest("qiniu:base64url", [])  # qetag of nothing
    assert "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" == digest("quickxor:base64", [])


@pytest.mark.parametrize("name", ["md5", "md5:", "md5:hexx", "md4:hex", "", ":hex"])
def test_an_unknown_name_is_an_error(name):
    with pytest.raises(ValueError, match="no digest named"):
        digest(name, [b""])


def slow_crc(bits, polynomial, data):
    register = (1 << bits) - 1
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (polynomial if register & 1 else 0)
    return f"{register ^ (1 << bits) - 1:0{bits // 4}x}"


@given(st.binary(max_size=40), st.integers(0, 130))
def test_crcs_are_their_definition_at_any_length(seed, times):
    data = (seed + b"\x01") * times
    assert slow_crc(32, 0x82F63B78, data) == digest("crc32c:hex", [data])
    assert slow_crc(64, 0x9A6C9329AC4BC9B5, data) == digest("crc64nvme:hex", [data])


@pytest.mark.parametrize("size", [1023, 1024, 2047, 2048, 3 * 1024, 40_000])
def test_crcs_are_their_definition_around_the_lanes(size):
    data = bytes(i * 7 % 251 for i in range(size))
    assert slow_crc(64, 0xC96C5795D7870F42, data) == digest("crc64ecma:hex", [data])


def slow_quickxor(data):
    """OneDrive's hash as its documentation has it: bit by bit around a ring of 160."""
    ring = 0
    for at, byte in enumerate(data):
        place = at * 11 % 160
        shifted = byte << place
        ring ^= shifted & (1 << 160) - 1 ^ shifted >> 160
    raw = bytearray(ring.to_bytes(20, "little"))
    for at, byte in enumerate(len(data).to_bytes(8, "little")):
        raw[12 + at] ^= byte
    return base64.b64encode(bytes(raw)).decode()


@given(st.binary(max_size=700))
def test_quickxor_is_its_definition(data):
    assert slow_quickxor(data) == digest("quickxor:base64", [data])


def test_block_digests_are_over_blocks_of_four_mebibytes():
    data = bytes(9 * MIB)
    parts = [data[: 4 * MIB], data[: 4 * MIB], data[:MIB]]
    dropbox = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts))
    qiniu = b"\x96" + hashlib.sha1(b"".join(hashlib.sha1(part).digest() for part in parts)).digest()
    assert dropbox.hexdigest() == digest("dropbox:hex", [data])
    assert base64.urlsafe_b64encode(qiniu).decode() == digest("qiniu:base64url", [data])
    assert hashlib.md5(data[: 256 * 1024]).hexdigest() == digest("md5-256k:hex", [data])


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=20))
def test_the_pieces_do_not_matter(data, cuts):
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(data[at : at + cut])
        at += cut
    pieces.append(data[at:])
    for name in names():
        assert digest(name, [data]) == digest(name, pieces), name


@given(st.lists(st.binary(max_size=50)), st.integers(1, 16))
def test_blocks_hold_everything_and_are_full(pieces, size):
    found = list(blocks(pieces, size))
    assert b"".join(pieces) == b"".join(found)
    assert all(len(block) == size for block in found[:-1])


def test_ten_megabytes_take_no_seconds():
    data = bytes(range(256)) * 40_000
    for name in ("crc32c:hex", "crc64nvme:hex", "quickxor:base64"):
        began = time.process_time()
        digest(name, [data])
        assert time.process_time() - began < 2, name


def of(name, body):
    return digest(name, [body])


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-MD5", lambda body: of("md5:base64", body)),
        ("Content-Md5", lambda body: of("md5:hex", body)),  # Kingsoft
        ("Digest", lambda body: f"SHA-256={of('sha256:base64', body)}"),
        ("Digest", lambda body: f"md5={of('md5:base64', body)}, SHA={of('sha1:base64', body)}"),
        # RFC 9530 §2 and Appendix B.
        ("Content-Digest", lambda body: f"sha-256=:{of('sha256:base64', body)}:"),
        (
            "Repr-Digest",
            lambda body: (
                f"sha-256=:{of('sha256:base64', body)}:, sha-512=:{of('sha512:base64', body)}:"
            ),
        ),
        ("x-goog-hash", lambda body: f"crc32c={of('crc32c:base64', body)}"),
        (
            "X-Goog-Hash",
            lambda body: f"crc32c={of('crc32c:base64', body)},md5={of('md5:base64', body)}",
        ),
        ("OC-Checksum", lambda body: f"SHA1:{of('sha1:hex', body)}"),
        ("OC-Checksum", lambda body: f"ADLER32:{of('adler32:hex', body)}"),
        ("Upload-Checksum", lambda body: f"sha1 {of('sha1:base64', body)}"),
        ("x-ms-content-crc64", lambda body: of("crc64nvme:base64-le", body)),
        ("x-ms-blob-content-md5", lambda body: of("md5:base64", body)),
        ("x-amz-checksum-crc32", lambda body: of("crc32:base64", body)),
        ("x-amz-checksum-crc32c", lambda body: of("crc32c:base64", body)),
        ("x-amz-checksum-crc64nvme", lambda body: of("crc64nvme:base64", body)),
        ("x-amz-checksum-sha1", lambda body: of("sha1:base64", body)),
        ("x-amz-checksum-sha256", lambda body: of("sha256:base64", body)),
        ("x-amz-content-sha256", lambda body: of("sha256:hex", body)),
        ("x-checksum-sha1", lambda body: of("sha1:hex", body)),
        ("Content-Crc32", lambda body: of("crc32:hex", body)),
    ],
)
def test_an_integrity_header_is_made_right_for_the_new_body(header, value):
    call = Call(((header, value(OLD)), ("X-Other", "kept")), OLD, "PUT", "https://a.example/")
    assert ((header, value(NEW)), ("X-Other", "kept")) == recomputed(call, OLD, NEW).headers


def test_the_example_of_rfc_9530_is_right():
    value = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    call = Call((("Repr-Digest", value),), OLD, "PUT", "https://a.example/")
    assert value == recomputed(call, OLD, OLD).header("repr-digest")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-MD5", "x"),
        ("Content-MD5", ""),
        ("Content-MD5", of("md5:base64", NEW)),
        ("Digest", f"SHA-256={of('sha256:base64', NEW)}"),
        ("Digest", f"id-sha-256={of('sha256:base64', OLD)}"),
        ("Digest", f"md5={of('md5:base64', OLD)}, UNIXsum=30637"),
        ("Content-Digest", f"sha-256={of('sha256:base64', OLD)}"),
        ("Content-Digest", "sha-512/256=:AAAA:"),
        ("X-Goog-Hash", f"crc32c={of('crc32c:base64', OLD)},sha9=AA=="),
        ("OC-Checksum", "SHA1"),
        ("x-amz-checksum-xxhash128", "AAAA"),
        ("x-ms-content-crc64", of("crc64nvme:base64", OLD)),
        ("Upload-Checksum", "sha1"),
    ],
)
def test_what_was_not_right_or_is_unknown_is_an_error(header, value):
    call = Call(((header, value),), OLD, "PUT", "https://a.example/")
    with pytest.raises(CannotEdit, match="not right for the body"):
        recomputed(call, OLD, NEW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("x-amz-checksum-type", "FULL_OBJECT"),
        ("x-amz-checksum-algorithm", "CRC32"),
        ("x-amz-sdk-checksum-algorithm", "CRC32"),
        ("want-digest", "sha-256"),
        ("etag", '"d41d8cd98f00b204e9800998ecf8427e"'),
    ],
)
def test_words_about_digests_are_none(name, value):
    assert not is_integrity(name, value)


def test_the_error_does_not_repeat_an_odd_header_name():
    name = f"x-{'a' * 60}-content-sha256"
    call = Call(((name, "0" * 64),), OLD, "PUT", "https://a.example/")
    with pytest.raises(CannotEdit) as error:
        recomputed(call, OLD, NEW)
    assert "a" * 60 not in str(error.value)


def test_crc32_is_zlibs():
    assert f"{zlib.crc32(OLD):08x}" == digest("crc32:hex", [OLD])
