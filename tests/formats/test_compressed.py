"""Compressed files: one document in each, all streams, and the text beside them."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Role


def zstd(data):
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def unzstd(data):
    return (
        zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    )


KINDS = {
    "gz": (lambda d: gzip.compress(d, mtime=0), gzip.decompress),
    "bz2": (bz2.compress, bz2.decompress),
    "xz": (lzma.compress, lzma.decompress),
    "zst": (zstd, unzstd),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def replaced(data, name, value="Zhang Wei"):
    document = open_document(data, Hint(name))
    edits = [
        Edit(i, at, at + len(value), "[X]")
        for i, s in enumerate(document.segments())
        if (at := s.text.find(value)) >= 0
    ]
    assert edits
    return document.apply(edits)


@each_kind
def test_the_content_is_one_document_under_its_own_name(kind):
    pack, unpack = KINDS[kind]
    data = pack(b"name,city\nZhang Wei,Paris\n")
    document = open_document(data, Hint(f"people.csv.{kind}"))
    assert kind == document.format
    assert ("name",) in [s.context for s in document.segments() if s.text == "Zhang Wei"]
    new = replaced(data, f"people.csv.{kind}")
    assert b"name,city\n[X],Paris\n" == unpack(new)
    assert new == replaced(data, f"people.csv.{kind}")


@each_kind
def test_all_streams_are_read_as_one(kind):
    pack, unpack = KINDS[kind]
    data = pack(b"to Zhang") + pack(b" Wei, and more")
    new = replaced(data, f"a.txt.{kind}")
    assert b"to [X], and more" == unpack(new)


@each_kind
def test_bytes_behind_the_end_are_refused(kind):
    data = KINDS[kind][0](b"hello")
    for behind in (b"Zhang Wei", b"PK\3\4 more"):
        with pytest.raises(Unreadable, match=r"bytes follow|damaged"):
            open_document(data + behind, Hint(f"a.{kind}"))


@each_kind
def test_a_cut_off_stream_is_refused(kind):
    data = KINDS[kind][0](b"hello, this is some text " * 50)
    for length in (len(data) - 1, len(data) - 9, len(data) // 2):
        with pytest.raises(Unreadable):
            open_document(data[:length], Hint(f"a.{kind}"))


@each_kind
def test_a_bomb_stops_early_and_names_its_limit(kind):
    with pytest.raises(LimitExceeded, match="200 times"):
        open_document(KINDS[kind][0](bytes(60_000_000)), Hint(f"a.{kind}"))


@each_kind
def test_archives_nest(kind):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("deep/Zhang Wei.txt")
        member.size = 9
        archive.addfile(member, io.BytesIO(b"Zhang Wei"))
    pack, unpack = KINDS[kind]
    new = replaced(pack(stream.getvalue()), f"a.tar.{kind}")
    with tarfile.open(fileobj=io.BytesIO(unpack(new))) as archive:
        assert ["deep/[X].txt"] == archive.getnames()
        assert b"[X]" == archive.extractfile("deep/[X].txt").read()


@each_kind
@given(data=st.data())
def test_damaged_streams_are_read_or_refused_and_kept(kind, data):
    broken = bytearray(KINDS[kind][0](b"hello Zhang Wei, hello" * 5))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert bytes(broken) == open_document(bytes(broken), Hint(f"a.txt.{kind}")).apply([])
        list(layers(bytes(broken), Hint(f"a.txt.{kind}")))
    except Unreadable:
        pass


def gzip_with(name=b"", comment=b"", extra=b"", content=b"hello"):
    flags = 8 * bool(name) | 16 * bool(comment) | 4 * bool(extra) | 2
    head = b"\x1f\x8b\x08" + bytes((flags,)) + b"\x01\x02\x03\x04\x00\x03"
    head += (struct.pack("<H", len(extra)) + extra if extra else b"") + (
        name + b"\0" if name else b""
    )
    head += comment + b"\0" if comment else b""
    head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    return head + gzip.compress(content, mtime=0)[10:]


def test_the_header_of_a_gzip_file_is_text_and_its_date_goes():
    data = gzip_with("张伟.txt".encode("gb18030"), b"by Zhang Wei", b"ZW\x09\x00Zhang Wei")
    segments = open_document(data, Hint("a.gz")).segments()
    assert "张伟.txt" in [s.text for s in segments if s.role is Role.NAME]
    assert 2 == len([s for s in segments if s.role is Role.HIDDEN and "Zhang Wei" in s.text])
    new = replaced(replaced(data, "a.gz"), "a.gz", "张伟")
    assert b"Zhang" not in new
    assert bytes(4) == new[4:8]
    assert b"hello" == gzip.decompress(new)
    assert "[X].txt" == open_document(new, Hint("a.gz")).segments()[0].text


def test_a_gzip_file_keeps_its_name_when_its_content_changes():
    new = replaced(gzip_with(b"note.txt", content=b"Zhang Wei"), "a.gz")
    assert b"note.txt\0" in new


@pytest.mark.parametrize(
    ("name", "inner"),
    [("a.svgz", b"<svg xmlns='http://www.w3.org/2000/svg'><text>Zhang Wei</text></svg>")],
)
def test_a_drawing_is_read_under_the_ending_of_its_kind(name, inner):
    assert inner.replace(b"Zhang Wei", b"[X]") == gzip.decompress(
        replaced(gzip.compress(inner, mtime=0), name)
    )


def test_skippable_frames_are_text_and_go_when_something_changes():
    skippable = b"\x5a\x2a\x4d\x18" + struct.pack("<I", 9) + b"Zhang Wei"
    for data in (skippable + zstd(b"hello"), zstd(b"hello") + skippable):
        assert "zst" == open_document(data, Hint("a.zst")).format
        assert any("Zhang Wei" in text for text in layers(data, Hint("a.zst")))
        new = replaced(data, "a.zst")
        assert b"Zhang" not in new
        assert b"hello" == unzstd(new)


def test_a_dictionary_that_is_elsewhere_is_refused():
    samples = [f"user {n} said hello to user {n + 1}".encode() for n in range(2000)]
    dictionary = zstandard.train_dictionary(2000, samples)
    data = zstandard.ZstdCompressor(dict_data=dictionary).compress(b"user 5 said hello")
    with pytest.raises(Unreadable, match="dictionary"):
        open_document(data, Hint("a.zst"))


def test_an_empty_file_is_empty():
    for kind, (pack, _) in KINDS.items():
        assert kind == open_document(pack(b""), Hint(f"a.{kind}")).format
