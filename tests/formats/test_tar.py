"""tar: names, links, owners and remarks are text; every byte belongs to something."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._archives.tar_reading import checksum, read_records, write_records
from gateway.model import Edit, Hint, Role
from gateway.settings import Limits

HINT = Hint("a.tar")
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
each_format = pytest.mark.parametrize("kind", FORMATS)


def tar(members, kind="pax", **extra):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=FORMATS[kind], **extra) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.mtime, member.uname, member.uid = 1_600_000_000, "zhangwei", 1000
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def edited(data, value, new="[X]", roles=tuple(Role)):
    document = open_document(data, HINT)
    return document.apply(
        [
            Edit(i, at, at + len(value), new)
            for i, s in enumerate(document.segments())
            if s.role in roles and (at := s.text.find(value)) >= 0
        ]
    )


def listed(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {
            m.name: archive.extractfile(m).read() if m.isreg() else m.linkname
            for m in archive.getmembers()
        }


LONG = "d" * 90 + "/" + "e" * 60


@each_format
def test_names_links_and_contents_are_edited_and_the_rest_stays(kind):
    members = {
        "keep.txt": b"k" * 700,
        "Zhang Wei.txt": b"to Zhang Wei",
        f"{LONG}/x.txt": b"long",
        "link": "Zhang Wei.txt",
    }
    data = tar(members, kind)
    new = edited(data, "Zhang Wei")
    assert {
        "keep.txt": b"k" * 700,
        "[X].txt": b"to [X]",
        f"{LONG}/x.txt": b"long",
        "link": "[X].txt",
    } == listed(new)
    start = data.index(b"keep.txt")
    assert data[start : start + 1536] in new
    assert new == edited(data, "Zhang Wei")


@each_format
def test_a_chinese_or_long_new_name_fits_whatever_the_format(kind):
    data = tar({"Zhang Wei.txt": b"x"}, kind)
    for new in ("张伟" * 40, "n" * 300, "[甲]"):
        assert {f"{new}.txt": b"x"} == listed(edited(data, "Zhang Wei", new))


@each_format
def test_names_in_chinese_are_read(kind):
    data = tar({"张伟.txt": b"x"}, kind)
    assert "张伟.txt" == open_document(data, HINT).segments()[0].text


def test_new_names_stay_unique():
    new = edited(tar({"A1.txt": b"1", "d/A1.txt": b"2", "[X].txt": b"3"}), "A1")
    assert {"[X]-2.txt": b"1", "d/[X].txt": b"2", "[X].txt": b"3"} == listed(new)


@each_format
def test_owners_are_one_trace(kind):
    data = tar({"a.txt": b"x", "b.txt": b"y"}, kind)
    traces = [s.text for s in open_document(data, HINT).segments() if s.role is Role.TRACE]
    assert ["zhangwei"] == traces
    with tarfile.open(fileobj=io.BytesIO(edited(data, "zhangwei", ""))) as archive:
        assert [("", 0), ("", 0)] == [(m.uname, m.uid) for m in archive.getmembers()]


def test_remarks_in_extended_headers_are_hidden_text():
    data = tar({"a.txt": b"x"}, pax_headers={"comment": "by Zhang Wei"})
    new = edited(data, "Zhang Wei")
    with tarfile.open(fileobj=io.BytesIO(new)) as archive:
        assert {"comment": "by [X]"} == archive.pax_headers


def hidden_in(offset, where="header"):
    data = bytearray(tar({"a.txt": b"x"}, "ustar"))
    data[offset : offset + 9] = b"Zhang Wei"
    if where == "header":
        data[148:156] = f"{checksum(bytes(data[:512])):06o}\0 ".encode()
    return bytes(data)


SLACK = {
    "behind the name": hidden_in(50),
    "behind the owner": hidden_in(280),
    "in the rest": hidden_in(501),
    "behind the content": hidden_in(700, "padding"),
}


@pytest.mark.parametrize("place", SLACK)
def test_what_stands_where_no_reader_looks_is_read_and_goes(place):
    data = SLACK[place]
    assert any("Zhang Wei" in text for text in layers(data, HINT))
    new = edited(data, "Zhang Wei", "")
    assert b"Zhang" not in new
    assert {"a.txt": b"x"} == listed(new)


GOOD = tar({"a.txt": b"aaa"}, "ustar")
HOSTILE = {
    "bytes behind the end": GOOD + b"Zhang Wei",
    "cut off in the content": GOOD[:513],
    "cut off in a header": tar({"a": b"x" * 512, "b": b"y"}, "ustar")[:1300],
    "a damaged second header": tar({"a": b"x", "b": b"y"}, "ustar").replace(b"b\0\0\0", b"c\0\0\0"),
    "a record that lies about its length": tar({"张" * 80: b"x"}).replace(b" path=", b"1path=", 1),
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_what_readers_would_read_differently_is_refused(trick):
    with pytest.raises(Unreadable):
        open_document(HOSTILE[trick], HINT)


def test_sparse_members_are_refused():
    data = bytearray(GOOD)
    data[156:157] = b"S"
    data[148:156] = f"{checksum(bytes(data[:512])):06o}\0 ".encode()
    with pytest.raises(Unreadable, match="sparse"):
        open_document(bytes(data), HINT)


def test_more_members_than_allowed_are_refused():
    data = tar({f"{n}": b"" for n in range(50)}, "ustar")
    with pytest.raises(LimitExceeded, match="more than 20 parts"):
        open_document(data, HINT, Limits(entries=20))


def test_devices_and_paths_that_lead_outside_are_only_names():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for kind in (tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            member = tarfile.TarInfo(f"../{kind.decode()}")
            member.type = kind
            archive.addfile(member)
    document = open_document(stream.getvalue(), HINT)
    assert ["../3", "../6", "../5"] == [s.text.rstrip("/") for s in document.segments()]
    assert [] == list(document.unread)


@given(
    st.dictionaries(
        st.text(
            st.characters(exclude_characters="=", exclude_categories=("Cs",)),
            min_size=1,
            max_size=99,
        ),
        st.binary(max_size=200),
        max_size=5,
    )
)
def test_records_read_back_as_they_were_written(records):
    assert records == read_records(write_records(records))


@given(st.data())
def test_damaged_archives_are_read_or_refused_and_kept(data):
    kind = data.draw(st.sampled_from(sorted(FORMATS)))
    broken = bytearray(tar({"张伟.txt": b"hello", f"{LONG}/x.txt": b"y", "l": "张伟.txt"}, kind))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(broken[: data.draw(st.integers(len(broken) // 2, len(broken)))])
    for sample in (bytes(broken), cut):
        try:
            assert sample == open_document(sample, HINT).apply([])
            list(layers(sample, HINT))
        except Unreadable:
            pass
