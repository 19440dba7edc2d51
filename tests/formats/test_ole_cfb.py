"""Compound files: read strictly, with all that nobody owns, and written anew the same way twice."""

import io
import struct
from contextlib import suppress

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Unreadable
from gateway.formats._ole.cfb import ROOT, STORAGE, STREAM, Node, read_compound, root_names
from gateway.formats._ole.cfb_write import write_compound
from gateway.formats._ole.residue import text_runs

SMALL, LARGE = b"small" * 20, bytes(range(256)) * 40

names = st.text(
    st.characters(codec="utf-16-le", exclude_characters="/\\:!\0"), min_size=1, max_size=15
)


def tree(**streams):
    return [Node((), ROOT), *(Node((name,), STREAM, data=data) for name, data in streams.items())]


def spoilt(data, at, new):
    return data[:at] + new + data[at + len(new) :]


def test_what_is_written_is_read_again_with_storages_and_classes():
    nodes = [
        Node((), ROOT, clsid=b"\1" * 16),
        Node(("Store",), STORAGE, clsid=b"\2" * 16, state=7),
        Node(("Store", "Inner"), STORAGE),
        Node(("Store", "Inner", "Small"), STREAM, data=SMALL),
        Node(("Store", "Large"), STREAM, data=LARGE),
        Node(("Empty",), STREAM),
    ]
    compound = read_compound(write_compound(nodes))
    assert sorted(nodes, key=lambda n: n.path) == sorted(compound.nodes, key=lambda n: n.path)
    assert () == compound.leftovers


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(names, st.binary(max_size=9000), max_size=12))
def test_olefile_reads_every_stream_that_was_written(streams):
    folded = {name.casefold(): (name, data) for name, data in streams.items()}
    data = write_compound(tree(**dict(folded.values())))
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT) as file:
        assert len(folded) == len(file.listdir())
        for name, content in folded.values():
            assert content == file.openstream([name]).read()


def test_a_file_over_seven_megabytes_needs_a_second_table_of_tables():
    data = write_compound(tree(Big=bytes(7_200_000), Small=SMALL))
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        assert 7_200_000 == len(file.openstream("Big").read())
    assert SMALL == read_compound(data).stream("Small")


def test_the_same_nodes_give_the_same_bytes():
    assert write_compound(tree(A=SMALL, B=LARGE)) == write_compound(tree(B=LARGE, A=SMALL))


def test_text_in_free_sectors_and_behind_streams_is_left_over():
    data = write_compound(tree(Small=SMALL, Large=LARGE + b"x"))
    slack = data.index(LARGE + b"x") + len(LARGE) + 1
    data = spoilt(data, slack + 8, b"behind the stream")
    data += b"in a free sector".ljust(512, b"\0")
    found = [run.text for stretch in read_compound(data).leftovers for run in text_runs(stretch)]
    assert ["behind the stream", "in a free sector"] == found


def test_a_deleted_directory_entry_is_left_over():
    data = write_compound(tree(Small=SMALL))
    free = data.index("Small".encode("utf-16-le")) + 128  # entry 2 is unused
    data = spoilt(data, free, "Deleted name".encode("utf-16-le"))
    (stretch,) = read_compound(data).leftovers
    assert ["Deleted name"] == [run.text for run in text_runs(stretch)]


def test_what_stands_behind_a_shortened_name_is_left_over():
    data = write_compound(tree(Small=SMALL))
    field = data.index("Small".encode("utf-16-le"))
    data = spoilt(data, field + 14, "Longer name".encode("utf-16-le"))
    assert ["Longer name"] == [r.text for s in read_compound(data).leftovers for r in text_runs(s)]


def test_chains_that_loop_are_refused():
    data = write_compound(tree(Large=LARGE))
    fat = data.index(struct.pack("<3I", 1, 2, 3))
    with pytest.raises(Unreadable, match="share a sector"):
        read_compound(spoilt(data, fat + 8, struct.pack("<I", 0)))


def test_chains_that_end_early_are_refused():
    data = write_compound(tree(Large=LARGE))
    fat = data.index(struct.pack("<3I", 1, 2, 3))
    with pytest.raises(Unreadable, match="ends early"):
        read_compound(spoilt(data, fat + 8, struct.pack("<I", 0xFFFFFFFE)))


def test_entries_that_point_at_themselves_are_refused():
    data = write_compound(tree(A=SMALL, B=SMALL))
    entry = data.index("A\0".encode("utf-16-le"))
    with pytest.raises(Unreadable, match="directory"):
        read_compound(spoilt(data, entry + 68, struct.pack("<I", 1)))


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 12_000), st.binary(min_size=1, max_size=8))
def test_damage_is_refused_or_harmless_never_a_crash(at, new):
    data = spoilt(write_compound(tree(Small=SMALL, Large=LARGE)), at, new)
    root_names(data)
    with suppress(Unreadable):
        read_compound(data)
