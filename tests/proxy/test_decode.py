"""Content encodings, undone within bounds."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import LimitExceeded, Unreadable
from gateway.proxy.decode import Decoded, codings, decode
from gateway.settings import MIB, Limits

LIMITS = Limits(item_bytes=4 * MIB, ratio=200)


def _bare(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(ENCODERS)), max_size=4))
def test_what_was_encoded_comes_back(data, applied):
    raw = data
    for coding in applied:
        raw = ENCODERS[coding](raw)
    assert data == decode(raw, applied, LIMITS).data


@given(st.binary(max_size=2000))
def test_a_bare_deflate_stream_is_known(data):
    assert data == decode(_bare(data), ["deflate"], LIMITS).data


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5))
def test_all_members_and_frames_are_read(parts):
    whole = b"".join(parts)
    assert whole == decode(b"".join(map(gzip.compress, parts)), ["gzip"], LIMITS).data
    assert whole == decode(b"".join(map(zstandard.compress, parts)), ["zstd"], LIMITS).data


@given(
    st.sampled_from(sorted(ENCODERS)), st.binary(min_size=1, max_size=50), st.binary(max_size=99)
)
def test_no_byte_after_the_end_is_skipped(coding, tail, data):
    raw = ENCODERS[coding](data)
    with contextlib.suppress(Unreadable):
        assert len(decode(raw + tail, [coding], LIMITS).data) > len(data)


@given(st.sampled_from(sorted(ENCODERS)), st.data())
def test_a_cut_stream_is_refused(coding, data):
    raw = ENCODERS[coding](b"the quick brown fox " * 20)
    with pytest.raises(Unreadable):
        decode(raw[: data.draw(st.integers(0, len(raw) - 1))], [coding], LIMITS)


@given(st.sampled_from(sorted(ENCODERS)), st.binary(max_size=400))
def test_garbage_is_refused_or_decoded_but_nothing_else_is_raised(coding, raw):
    with contextlib.suppress(Unreadable):
        assert isinstance(decode(raw, [coding], LIMITS), Decoded)


@pytest.mark.parametrize("coding", sorted(ENCODERS))
@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 300_000, MIB])
def test_sizes_around_the_steps(coding, size):
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert data == decode(ENCODERS[coding](data), [coding], LIMITS).data


@pytest.mark.parametrize("coding", sorted(ENCODERS))
def test_more_than_the_limit_is_refused(coding):
    noise = bytes(byte * 7 % 251 for byte in range(251)) * 20_000  # 5 MB
    with pytest.raises(LimitExceeded, match="unpacks to more than 4,194,304 bytes"):
        decode(ENCODERS[coding](noise), [coding], Limits(item_bytes=4 * MIB, ratio=100_000))


@pytest.mark.parametrize("coding", sorted(ENCODERS))
def test_more_than_the_ratio_is_refused(coding):
    raw = ENCODERS[coding](bytes(3 * MIB))
    with pytest.raises(LimitExceeded):
        decode(raw, [coding], Limits(item_bytes=4 * MIB, ratio=2))
    small = ENCODERS[coding](bytes(MIB))
    assert MIB == len(decode(small, [coding], Limits(item_bytes=4 * MIB, ratio=2)).data)


def test_names_in_gzip_headers_are_told():
    def member(name: str) -> bytes:
        out = io.BytesIO()
        with gzip.GzipFile(name, "wb", fileobj=out, mtime=0) as file:
            file.write(b"x")
        return out.getvalue()

    decoded = decode(member("first.txt") + member("second.txt"), ["gzip"], LIMITS)
    assert Decoded(b"xx", ("first.txt", "second.txt")) == decoded


@pytest.mark.parametrize("frame", range(16))
def test_every_skippable_zstd_frame_is_refused(frame):
    skippable = (0x184D2A50 + frame).to_bytes(4, "little") + b"\x02\0\0\0hi"
    for raw in (skippable + zstandard.compress(b"x"), zstandard.compress(b"x") + skippable):
        with pytest.raises(Unreadable):
            decode(raw, ["zstd"], LIMITS)


def test_a_zstd_window_beyond_the_webs_is_refused():
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    engine = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    raw = engine.compress(b"hello") + engine.flush()
    with pytest.raises(Unreadable):
        decode(raw, ["zstd"], LIMITS)


@pytest.mark.parametrize(
    "coding", ["rot13", "compress", "x-compress", "aws-chunked", "dcb", "é", "*"]
)
def test_an_unknown_coding_is_named_and_refused(coding):
    with pytest.raises(Unreadable, match="cannot be inspected"):
        decode(b"x", [coding], LIMITS)


def test_a_long_unknown_coding_is_not_repeated():
    with pytest.raises(Unreadable) as caught:
        decode(b"x", ["secret" * 9], LIMITS)
    assert "secret" not in str(caught.value)


def test_codings_are_read_over_all_headers_in_order():
    assert ("gzip", "br", "zstd") == codings([" GZIP , br", "identity", "zstd,"])
