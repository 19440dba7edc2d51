"""7z: read into memory within limits, written anew when something changes."""

import io
import sys
from contextlib import suppress

import py7zr
import pytest

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint
from gateway.settings import Limits

HINT = Hint("a.7z")


def archive(members, **extra):
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", **extra) as target:
        for name, content in members.items():
            target.writestr(content, name)
    return stream.getvalue()


def edited(data, value, new="[X]"):
    document = open_document(data, HINT)
    return document.apply(
        [
            Edit(i, at, at + len(value), new)
            for i, s in enumerate(document.segments())
            if (at := s.text.find(value)) >= 0
        ]
    )


def contents(data):
    with py7zr.SevenZipFile(io.BytesIO(data)) as source:
        factory = py7zr.io.BytesIOFactory(10_000_000)
        source.extractall(factory=factory)
        names = [info.filename for info in source.list()]
    for product in factory.products.values():
        product.seek(0)
    return {n: factory.products[n].read() if n in factory.products else b"" for n in names}


def test_names_and_contents_are_edited_and_the_result_is_always_the_same():
    data = archive({"d/Zhang Wei.txt": b"to Zhang Wei", "empty.txt": b"", "b.txt": b"bbb"})
    new = edited(data, "Zhang Wei")
    assert {"d/[X].txt": b"to [X]", "empty.txt": b"", "b.txt": b"bbb"} == contents(new)
    assert new == edited(data, "Zhang Wei")
    assert not any("Zhang" in text for text in layers(new, HINT))


def test_new_names_stay_unique():
    new = edited(archive({"A1.txt": b"1", "[X].txt": b"2"}), "A1")
    assert {"[X]-2.txt": b"1", "[X].txt": b"2"} == contents(new)


@pytest.mark.parametrize("header", [False, True])
def test_an_encrypted_archive_says_so(header):
    data = archive({"a.txt": b"hello"}, password="secret", header_encryption=header)
    with pytest.raises(Unreadable, match="encrypted"):
        open_document(data, HINT)


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(LimitExceeded, match="200 times"):
        open_document(archive({"zeros": bytes(30_000_000)}), HINT)


def test_more_members_than_allowed_are_refused():
    data = archive({f"{n}.txt": b"x" for n in range(30)})
    with pytest.raises(LimitExceeded, match="20 parts"):
        open_document(data, HINT, Limits(entries=20))


def test_bytes_behind_the_end_are_refused():
    data = archive({"a.txt": b"hello"})
    for broken in (data + b"Zhang Wei", data[:-3], data[:20]):
        with pytest.raises(Unreadable, match=r"cut off|follow"):
            open_document(broken, HINT)


def test_damaged_bytes_are_refused_or_read_and_kept():
    data = archive({"a.txt": b"hello Zhang Wei" * 20, "b.txt": b"x"})
    for at in range(0, len(data), 3):
        broken = bytearray(data)
        broken[at] ^= 0x55
        with suppress(Unreadable):
            assert bytes(broken) == open_document(bytes(broken), HINT).apply([])


def test_without_the_library_it_says_what_is_missing(monkeypatch):
    data = archive({"a.txt": b"hello"})
    monkeypatch.setitem(sys.modules, "py7zr", None)
    with pytest.raises(Unreadable, match="needs the extra '7z'"):
        open_document(data, HINT)
