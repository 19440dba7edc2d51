"""Zips: everything in them is seen, what is ambiguous is refused, what is untouched stays."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._zip.reading import read_archive
from gateway.formats._zip.writing import rebuild
from gateway.model import Edit, Hint, Role


def archive(members, *, method=zipfile.ZIP_DEFLATED, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as target:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2020, 5, 6, 7, 8, 10))
            info.compress_type = method
            target.writestr(info, content)
        target.comment = comment
    return stream.getvalue()


def streamed(members):
    """A zip whose members have data descriptors, as written to a pipe."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.parts = []

        def writable(self):
            return True

        def write(self, data):
            self.parts.append(bytes(data))
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return b"".join(pipe.parts)


def edits(data, value, new="[X]"):
    document = open_document(data, Hint("a.zip"))
    found = [
        Edit(index, start, start + len(value), new)
        for index, segment in enumerate(document.segments())
        for start in range(len(segment.text))
        if segment.text.startswith(value, start)
    ]
    return document, found


PLAIN = {"notes/a.txt": "call Zhang Wei today", "b.txt": "nothing here"}


def test_members_names_and_comments_are_segments():
    data = archive({"张伟.txt": "hello", "b/": b""}, comment="for 张伟".encode())
    document = open_document(data, Hint())
    found = [(s.text, s.part, s.role) for s in document.segments()]
    assert ("张伟.txt", "member 1", Role.NAME) in found
    assert ("for 张伟", "comment", Role.HIDDEN) in found
    assert "hello" in [
        text for text, part, _ in found if part.startswith("member 1/") or part == "member 1"
    ]


def test_without_edits_the_bytes_are_the_original():
    data = archive(PLAIN)
    assert data == open_document(data, Hint()).apply([])


def test_an_edit_changes_its_member_only():
    data = archive(PLAIN)
    document, found = edits(data, "Zhang Wei")
    with zipfile.ZipFile(io.BytesIO(document.apply(found))) as result:
        assert b"call [X] today" == result.read("notes/a.txt")
        assert (2020, 5, 6, 7, 8, 10) == result.getinfo("notes/a.txt").date_time
    old, new = read_archive(data), read_archive(document.apply(found))
    record = old.members[1].record
    moved = new.members[1].record
    assert data[slice(*record)] == new.data[slice(*moved)]


@pytest.mark.parametrize("maker", [archive, streamed])
def test_rebuilding_keeps_order_method_and_content(maker):
    data = maker(PLAIN)
    source = read_archive(data)
    again = rebuild(source, {member.index: source.read(member) for member in source.members})
    with zipfile.ZipFile(io.BytesIO(again)) as result:
        assert result.testzip() is None
        assert list(PLAIN) == result.namelist()
        assert PLAIN["b.txt"].encode() == result.read("b.txt")
    assert again == rebuild(source, {m.index: source.read(m) for m in source.members})


def test_renamed_members_stay_unique_and_safe():
    data = archive({"Zhang Wei.txt": "1", "Li Na.txt": "2", "x/Li Na.txt": "3"})
    document = open_document(data, Hint())
    names = [(i, s.text) for i, s in enumerate(document.segments()) if s.role is Role.NAME]
    changes = [Edit(i, t.rfind("/") + 1, t.rfind("."), "[A/B:C]") for i, t in names]
    with zipfile.ZipFile(io.BytesIO(document.apply(changes))) as result:
        assert ["[A_B_C].txt", "[A_B_C]-2.txt", "x/[A_B_C].txt"] == result.namelist()
        assert [b"1", b"2", b"3"] == [result.read(name) for name in result.namelist()]


def test_a_touched_comment_or_extra_field_is_left_out():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        info = zipfile.ZipInfo("a.txt")
        info.extra = struct.pack("<2H", 0x6666, 9) + b"Zhang Wei"
        info.comment = b"by Zhang Wei"
        target.writestr(info, "x")
        target.comment = b"from Zhang Wei"
    document, found = edits(stream.getvalue(), "Zhang Wei")
    assert len(found) >= 3
    result = document.apply(found)
    assert b"Zhang" not in result
    with zipfile.ZipFile(io.BytesIO(result)) as again:
        assert b"x" == again.read("a.txt")


def test_zips_in_zips_are_read_and_rebuilt():
    inner = archive({"deep.txt": "Zhang Wei"})
    document, found = edits(archive({"inner.zip": inner}), "Zhang Wei")
    result = document.apply(found)
    assert not any("Zhang" in text for text in layers(result, Hint()))
    with (
        zipfile.ZipFile(io.BytesIO(result)) as outer,
        zipfile.ZipFile(io.BytesIO(outer.read("inner.zip"))) as deep,
    ):
        assert b"[X]" == deep.read("deep.txt")


def test_a_member_nobody_can_read_is_noted():
    document = open_document(archive({"a.bin": bytes(range(256)) * 20, "b.txt": "b"}), Hint())
    assert ["member 1"] == [unread.part for unread in document.unread]


def test_an_encrypted_member_is_noted_not_guessed():
    data = bytearray(archive({"a.txt": "secret"}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    document = open_document(bytes(data), Hint())
    assert [("member 1", "encrypted: take its password off first")] == [
        (u.part, u.why) for u in document.unread
    ]


def test_names_without_the_unicode_flag_are_read_as_gbk():
    data = archive({"AAAA.txt": "x"}).replace(b"AAAA", "张伟".encode("gb18030"))
    assert "张伟.txt" == open_document(data, Hint()).segments()[0].text


GOOD = archive({"a.txt": "aaa", "b.txt": "bbb"}, method=zipfile.ZIP_STORED)


def orphan_member():
    """A local header that the directory does not list."""
    hidden = archive({"secret.txt": "Zhang Wei"}, method=zipfile.ZIP_STORED)
    local = hidden[: hidden.index(b"PK\1\2")]
    start = GOOD.index(b"PK\1\2")
    end = bytearray(GOOD[start:])
    at = end.index(b"PK\5\6") + 16
    end[at : at + 4] = struct.pack("<I", start + len(local))
    return GOOD[:start] + local + bytes(end)


def lying(offset, value, *, central):
    """The zip with four bytes of a header changed."""
    data = bytearray(GOOD)
    at = (data.index(b"PK\1\2") if central else 0) + offset
    data[at : at + 4] = struct.pack("<I", value)
    return bytes(data)


HOSTILE = {
    "bytes before the archive": b"MZ junk" + GOOD,
    "bytes after the archive": GOOD + b"trailing text",
    "a member only the local headers know": orphan_member(),
    "cut off": GOOD[:-10],
    "no directory": GOOD[: GOOD.index(b"PK\1\2")],
    "size lies in the directory": lying(24, 2, central=True),
    "size lies in the local header": lying(22, 2, central=False),
    "checksum lies in the directory": lying(16, 1, central=True),
    "two members at one place": lying(42, 0, central=True)[: GOOD.index(b"PK\1\2")]
    + GOOD[GOOD.index(b"PK\1\2") :].replace(struct.pack("<I", 38), struct.pack("<I", 0)),
    "names disagree": GOOD.replace(b"a.txt", b"z.txt", 1),
    "methods disagree": lying(8, 8, central=False),
    "parent folder": archive({"../a.txt": "x"}),
    "absolute path": archive({"/etc/passwd": "x"}),
    "drive letter": archive({"C:/a.txt": "x"}),
    "same name twice": archive({"a.txt": "x", "b.txt": "y"}).replace(b"b.txt", b"a.txt"),
    "only the magic": b"PK\3\4",
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_what_two_readers_would_read_differently_is_refused(trick):
    with pytest.raises(Unreadable):
        open_document(HOSTILE[trick], Hint("a.zip"))


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(LimitExceeded, match="200 times"):
        open_document(archive({"zeros.txt": bytes(30_000_000)}), Hint())


def test_a_lying_size_never_unpacks_more_than_declared():
    data = bytearray(archive({"a.txt": bytes(5_000_000)}))
    for at in (22, data.index(b"PK\1\2") + 24):
        data[at : at + 4] = struct.pack("<I", 100)
    document = open_document(bytes(data), Hint())
    assert ["member 1"] == [unread.part for unread in document.unread]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_zips_are_refused_or_read_but_never_crash(data):
    broken = bytearray(streamed(PLAIN) if data.draw(st.booleans()) else archive(PLAIN))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        source = read_archive(bytes(broken))
        contents = {member.index: source.read(member) for member in source.members}
    except Unreadable:
        return
    with zipfile.ZipFile(io.BytesIO(rebuild(source, contents))) as result:
        assert len(contents) == len(result.namelist())
