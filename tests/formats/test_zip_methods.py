"""Zip: rare methods, converted members, bombs of every make."""

import io
import random
import struct
import zipfile
import zlib

import pytest
import zstandard

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._zip.reading import read_archive
from gateway.model import Edit, Hint
from gateway.settings import Limits

HINT = Hint("a.zip")


def archive(members, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return stream.getvalue()


def by_hand(name, content, packed, method):
    """A zip with one member, packed by a method that zipfile does not write."""
    told = (zlib.crc32(content), len(packed), len(content), len(name), 0)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 63, 0, method, 0, 33, *told) + name + packed
    central = struct.pack("<4s6H3I5H2I", b"PK\1\2", 63, 63, 0, method, 0, 33, *told, 0, 0, 0, 0, 0)
    central += name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


TEXT = b"to Zhang Wei " + b"and others " * 40
METHODS = {
    "bzip2": archive({"a.txt": TEXT}, zipfile.ZIP_BZIP2),
    "lzma": archive({"a.txt": TEXT}, zipfile.ZIP_LZMA),
    "zstd": by_hand(b"a.txt", TEXT, zstandard.ZstdCompressor().compress(TEXT), 93),
}


def edited(data, value="Zhang Wei"):
    document = open_document(data, HINT)
    return document.apply(
        [
            Edit(i, at, at + len(value), "[X]")
            for i, s in enumerate(document.segments())
            if (at := s.text.find(value)) >= 0
        ]
    )


@pytest.mark.parametrize("method", METHODS)
def test_rare_methods_are_read_and_written_as_deflate(method):
    data = METHODS[method]
    assert any("Zhang Wei" in text for text in layers(data, HINT))
    assert data == open_document(data, HINT).apply([])
    with zipfile.ZipFile(io.BytesIO(edited(data))) as result:
        assert TEXT.replace(b"Zhang Wei", b"[X]") == result.read("a.txt")
        assert zipfile.ZIP_DEFLATED == result.getinfo("a.txt").compress_type


@pytest.mark.parametrize("method", [9, 98, 97])
def test_other_methods_are_noted_as_unread(method):
    document = open_document(by_hand(b"a.txt", TEXT, zlib.compress(TEXT), method), HINT)
    assert [f"compressed by method {method}, which is not read"] == [u.why for u in document.unread]


@pytest.mark.parametrize("method", METHODS)
def test_damage_in_a_rare_method_is_noted_unless_it_changes_nothing(method):
    source = METHODS[method]
    packed = read_archive(source).members[0].packed
    chance = random.Random(3)
    for _ in range(40):
        broken = bytearray(source)
        broken[chance.randrange(*packed)] ^= 1 << chance.randrange(8)
        document = open_document(bytes(broken), HINT)
        texts = [s.text for s in document.segments()]
        assert ["member 1"] == [u.part for u in document.unread] or TEXT.decode() in texts


def test_a_lying_size_never_unpacks_more_than_declared():
    zeros = bytes(3_000_000)
    data = by_hand(b"a.txt", zeros[:9], zstandard.ZstdCompressor().compress(zeros), 93)
    document = open_document(data, HINT)
    assert ["member 1"] == [u.part for u in document.unread]


class Converted:
    """A child that can only be written as another kind."""

    format = "heic"
    unread = ()
    ending = ".jpg"

    def segments(self):
        from gateway.model import Segment

        return [Segment("Zhang Wei", "")]

    def apply(self, edits):
        return b"new" if edits else b"old"


def test_a_converted_member_gets_the_name_of_its_kind():
    from gateway.formats._ledger import Ledger
    from gateway.formats.zip import ZipDocument

    class Opener:
        ledger = Ledger()

        def __call__(self, data, hint):
            return Converted()

    members = {"d/photo.heic": b"1", "d/photo.jpg": b"2"}
    document = ZipDocument(archive(members), Opener())
    at = [i for i, s in enumerate(document.segments()) if s.text == "Zhang Wei"]
    with zipfile.ZipFile(io.BytesIO(document.apply([Edit(at[0], 0, 9, "[X]")]))) as result:
        assert ["d/photo-2.jpg", "d/photo.jpg"] == result.namelist()
        assert b"new" == result.read("d/photo-2.jpg")


def nested(levels, width):
    data = archive({"zeros": bytes(900_000)})
    for _ in range(levels):
        data = archive({f"{n}.zip": data for n in range(width)})
    return data


def test_zips_nested_too_deep_are_refused():
    with pytest.raises(LimitExceeded, match="6 deep"):
        open_document(nested(7, 1), HINT)


def test_zips_that_multiply_are_refused_by_their_total():
    with pytest.raises(LimitExceeded, match="opens into more than 50000000 bytes"):
        open_document(nested(4, 8), HINT, Limits(opened_bytes=50_000_000))


def test_too_many_members_are_refused():
    with pytest.raises(LimitExceeded, match="10000"):
        open_document(archive({f"{n}": b"" for n in range(10_001)}, zipfile.ZIP_STORED), HINT)


def test_members_that_overlap_are_refused():
    """A zip in whose directory two names share one body (David Fifield, 2019)."""
    good = archive({"a.txt": b"x" * 50}, zipfile.ZIP_STORED)
    start = good.index(b"PK\1\2")
    end = good.index(b"PK\5\6")
    entry = good[start:end]
    central = entry + entry.replace(b"a.txt", b"b.txt")
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2, 2, len(central), start, 0)
    with pytest.raises(Unreadable):
        open_document(good[:start] + central + tail, HINT)
