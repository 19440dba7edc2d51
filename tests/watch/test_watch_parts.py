"""The small parts: names, exclusive renames, settling, notes, signatures."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.watch import _rename
from gateway.watch._folders import Candidate, Signature, walk
from gateway.watch._names import folded, is_variant, legal, variants
from gateway.watch._notes import Reason, find, is_note_name, named_file, remove, says, write
from gateway.watch._read import NotSettled, Obstacle, read
from gateway.watch._rename import rename_exclusive
from gateway.watch._settle import Settling


@settings(deadline=None)
@given(st.text(max_size=300))
@example("..")
@example("../../etc/passwd")
@example("a/b\\c:d")
@example("con.txt")
@example("NUL")
@example("名" * 200 + ".docx")
@example("x." + "y" * 400)
@example("\ud800.txt")
def test_any_redacted_name_becomes_a_legal_one(name):
    made = legal(name)

    assert made
    assert len(made.encode()) <= 240
    assert not set(made) & set('<>:"/\\|?*\0\n')
    assert made not in {".", ".."}
    assert not made.endswith((".", " "))
    assert made.split(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1"}


@pytest.mark.parametrize(
    "name", ["report.docx", "报告 2024.xlsx", ".env", "a.tar.gz", "[PERSON_1].pdf", "no ending"]
)
def test_an_ordinary_name_stays_as_it_is(name):
    assert name == legal(name)


def test_place_holders_in_angle_brackets_become_square():
    assert "letter to [PERSON].txt" == legal("letter to <PERSON>.txt")


def test_variants_count_from_two_and_keep_the_ending():
    numbered = variants("a.b.docx")

    assert ["a.b.docx", "a.b (2).docx", "a.b (3).docx"] == [next(numbered) for _ in range(3)]
    assert is_variant("a.b (17).docx", "a.b.docx")
    assert not is_variant("a.b (x).docx", "a.b.docx")
    assert not is_variant("a.b.doc", "a.b.docx")


@given(st.text(max_size=20))
def test_folding_sees_through_case_and_normal_forms(name):
    assert folded(name) == folded(unicodedata.normalize("NFD", name))
    assert folded(name.upper()) == folded(name.upper().lower().upper())


@pytest.mark.parametrize("native", [True, False])
def test_an_exclusive_rename_moves_to_a_free_name_only(tmp_path, monkeypatch, native):
    if not native:
        monkeypatch.setattr(_rename, "_native", lambda: None)
    source, target = tmp_path / "源", tmp_path / "目标"
    source.write_text("ours")
    rename_exclusive(source, target)
    assert ("ours", False) == (target.read_text(), source.exists())

    source.write_text("second")
    with pytest.raises(FileExistsError):
        rename_exclusive(source, target)
    assert ("ours", "second") == (target.read_text(), source.read_text())


def test_an_exclusive_rename_works_where_there_are_no_links(tmp_path, monkeypatch):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(1, "no links on this file system")

    monkeypatch.setattr(_rename, "_native", lambda: None)
    monkeypatch.setattr(_rename.os, "link", refuse)
    source, target = tmp_path / "s", tmp_path / "t"
    source.write_text("ours")
    rename_exclusive(source, target)
    assert "ours" == target.read_text()

    source.write_text("second")
    with pytest.raises(FileExistsError):
        rename_exclusive(source, target)


def test_an_exclusive_rename_of_nothing_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        rename_exclusive(tmp_path / "none", tmp_path / "t")


def candidate(size: int = 1, modified: int = 1) -> Candidate:
    return Candidate(Path("a"), Signature(size, modified, 0, 0, 0))


def test_a_file_settles_only_after_keeping_still_for_the_whole_time():
    settling = Settling(1.0)
    settling.see(candidate(), 10.0)
    settling.see(candidate(), 10.9)
    assert [] == list(settling.settled(10.99))
    settling.see(candidate(modified=2), 10.99)
    assert [] == list(settling.settled(11.5))
    assert [Path("a")] == [path for path, _ in settling.settled(11.99)]


def test_an_empty_file_waits_longer():
    settling = Settling(1.0)
    settling.see(candidate(size=0), 10.0)

    assert [] == list(settling.settled(12.9))
    assert 1 == len(list(settling.settled(13.0)))


def test_files_settle_in_the_order_in_which_they_kept_still():
    settling = Settling(1.0)
    for at, name in enumerate("cab"):
        settling.see(Candidate(Path(name), Signature(1, 1, 0, 0, 0)), float(at))

    assert ["c", "a", "b"] == [path.name for path, _ in settling.settled(9.0)]


def test_notes_are_found_renewed_and_removed(tmp_path):
    file = tmp_path / "a.txt"
    first, second = Reason("because"), Reason("because", "rule-1", "G-1")

    note = write(file, first)
    assert note == tmp_path / "a.txt.blocked.txt" == find(file)
    assert says(file, first)
    assert not says(file, second)
    assert note == write(file, second)
    assert says(file, second)
    assert file == named_file(note)
    assert remove(file)
    assert not remove(file)


def test_a_link_called_like_a_note_is_not_written_through(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "a.txt.blocked.txt").symlink_to(victim)

    assert tmp_path / "a.txt.blocked.2.txt" == write(tmp_path / "a.txt", Reason("because"))
    assert "mine" == victim.read_text()


@pytest.mark.parametrize(
    ("name", "is_note"),
    [
        ("a.docx.blocked.txt", True),
        ("a.docx.blocked.2.txt", True),
        ("blocked.txt", False),
        (".blocked.txt", False),
        ("a.blocked.txt.docx", False),
    ],
)
def test_what_is_called_like_a_note(name, is_note):
    assert is_note is is_note_name(name)


def test_reading_refuses_a_file_that_changed_since_it_settled(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"one")
    signature = Signature.of(file.lstat())
    assert b"one" == read(file, signature, 10).data

    file.write_bytes(b"two")
    with pytest.raises(NotSettled):
        read(file, signature, 10)


def test_reading_refuses_a_file_that_changes_meanwhile(tmp_path, monkeypatch):
    file = tmp_path / "a"
    file.write_bytes(b"one")
    signature = Signature.of(file.lstat())
    true_read = os.read

    def meddle(descriptor: int, count: int) -> bytes:
        data = true_read(descriptor, count)
        if data:  # the same size, and the same time of change
            file.write_bytes(b"two")
            os.utime(file, ns=(signature.modified, signature.modified))
        return data

    monkeypatch.setattr("gateway.watch._read.os.read", meddle)
    with pytest.raises(NotSettled):
        read(file, signature, 100)


def test_reading_does_not_follow_a_link(tmp_path):
    (tmp_path / "secret").write_text("x")
    (tmp_path / "a").symlink_to(tmp_path / "secret")

    with pytest.raises((Obstacle, NotSettled)):
        read(tmp_path / "a", Signature.of((tmp_path / "secret").stat()), 100)


def test_walking_stays_in_the_outbox(tmp_path):
    (tmp_path / "out" / "in").mkdir(parents=True)
    (tmp_path / "out" / "in" / "a.txt").write_text("x")
    (tmp_path / "out" / "up").symlink_to(tmp_path, target_is_directory=True)

    found = {c.path.as_posix(): bool(c.obstacle) for c in walk(tmp_path / "out")}
    assert {"in/a.txt": False, "up": True} == found
