"""One pass of the watcher after another, on a clock that only moves when told to."""

import os

import pytest

from gateway.watch import EventKind

CANARY = "CANARY-4111-1111"


def test_a_settled_file_becomes_a_redacted_copy_and_stays_as_it_is(place):
    original = place.outbox / "a.txt"
    original.write_text(f"card {CANARY} end")

    report = place.once()

    assert {"a.txt": b"card [CARD] end"} == place.out()
    assert f"card {CANARY} end" == original.read_text()
    assert (1, 0, 0, 0) == (report.published, report.blocked, report.unchanged, report.waiting)


def test_a_second_pass_does_nothing(place):
    (place.outbox / "a.txt").write_text("clean")
    place.once()
    before = (place.synced / "a.txt").stat()

    report = place.once()

    assert (0, 1) == (report.published, report.unchanged)
    assert before == (place.synced / "a.txt").stat()
    assert ["a.txt"] == place.inspector.judged


def test_a_file_that_is_still_growing_waits(place):
    file = place.outbox / "a.txt"
    file.write_text("begin")

    def grow() -> None:
        with file.open("a") as out:
            out.write(" more")

    place.during_sleep = [grow] * 20

    report = place.once()

    assert {} == place.out()
    assert (0, 1) == (report.published, report.waiting)
    place.during_sleep = []
    place.once()
    assert [b"begin" + b" more" * (file.stat().st_size // 5 - 1)] == list(place.out().values())


@pytest.mark.parametrize(
    "name",
    [
        "~$report.docx",
        ".~lock.report.odt#",
        "report.docx.tmp",
        "film.mp4.part",
        "x.crdownload",
        "X.CRDOWNLOAD",
        ".report.txt.swp",
        "report.txt~",
        ".DS_Store",
        "Thumbs.db",
        "._report.docx",
    ],
)
def test_a_passing_file_is_not_touched(place, name):
    (place.outbox / name).write_text(CANARY)

    assert 0 == place.once().published
    assert {} == place.out()
    assert [] == place.inspector.judged


def test_the_empty_place_holder_of_a_download_waits_for_its_end(place):
    (place.outbox / "film.txt").touch()
    (place.outbox / "film.txt.part").write_text(CANARY)
    assert 0 == place.once().published

    (place.outbox / "film.txt.part").replace(place.outbox / "film.txt")
    assert 1 == place.once().published


def test_an_empty_file_is_published_too(place):
    (place.outbox / "empty.txt").touch()

    assert 1 == place.once().published
    assert {"empty.txt": b""} == place.out()


def test_subfolders_are_mirrored_under_redacted_names(place):
    folder = place.outbox / f"client {CANARY}" / "合同"
    folder.mkdir(parents=True)
    (folder / f"{CANARY} 报告.txt").write_text("x")

    place.once()

    assert {"client [CARD]/合同/[CARD] 报告.txt": b"x"} == place.out()


def test_a_blocked_folder_name_blocks_the_file(place):
    (place.outbox / "BLOCKME").mkdir()
    (place.outbox / "BLOCKME" / "a.txt").write_text("x")

    assert 1 == place.once().blocked
    assert {} == place.out()


def test_a_blocked_file_stays_with_a_note_in_both_languages_and_without_values(place):
    (place.outbox / "a.txt").write_text(f"{CANARY} BLOCKME")

    report = place.once()

    note = (place.outbox / "a.txt.blocked.txt").read_text("utf-8")
    assert 1 == report.blocked
    assert {} == place.out()
    for words in ("1 × WORD", "no-words", "G-1", "was not published", "未被发布"):
        assert words in note
    assert CANARY not in note
    assert CANARY not in repr(report) + str(report.events[0])


def test_the_note_goes_when_the_file_is_mended(place):
    file = place.outbox / "a.txt"
    file.write_text("BLOCKME")
    place.once()
    file.write_text("fine")

    place.once()

    assert [] == place.notes()
    assert {"a.txt": b"fine"} == place.out()


def test_the_note_goes_when_the_file_is_taken_away(place):
    file = place.outbox / "a.txt"
    file.write_text("BLOCKME")
    place.once()
    file.unlink()

    report = place.once()

    assert [] == place.notes()
    assert [EventKind.CLEARED] == [event.kind for event in report.events]


def test_the_note_goes_when_policy_lets_the_file_pass(place):
    (place.outbox / "a.txt").write_text("BLOCKME")
    place.once()
    place.inspector.block = b"something else"

    place.once()

    assert [] == place.notes()
    assert {"a.txt": b"BLOCKME"} == place.out()


def test_a_note_never_replaces_a_file_of_the_user_and_is_never_published(place):
    (place.outbox / "a.txt").write_text("BLOCKME")
    (place.outbox / "a.txt.blocked.txt").write_text("my own words")

    place.once()
    place.once()

    assert "my own words" == (place.outbox / "a.txt.blocked.txt").read_text()
    assert ["a.txt.blocked.2.txt", "a.txt.blocked.txt"] == place.notes()
    assert {} == place.out()


def test_a_very_long_name_gets_a_note_that_lasts_until_the_file_goes(place):
    file = place.outbox / ("报" * 83 + ".txt")
    file.write_text("BLOCKME")
    place.once()
    notes = place.notes()
    assert 1 == len(notes)

    place.once()
    assert notes == place.notes()
    file.unlink()
    place.once()
    assert [] == place.notes()


def test_a_new_version_replaces_the_earlier_copy(place):
    file = place.outbox / "a.txt"
    file.write_text("one")
    place.once()
    file.write_text("two, longer")

    place.once()

    assert {"a.txt": b"two, longer"} == place.out()


def test_an_editor_that_saves_by_renaming_makes_a_new_version(place):
    file = place.outbox / "a.txt"
    file.write_text("one")
    place.once()
    (place.outbox / ".a.txt.swp").write_text(f"two {CANARY}")
    (place.outbox / ".a.txt.swp").replace(file)

    place.once()

    assert {"a.txt": b"two [CARD]"} == place.out()


def test_a_file_saved_again_as_it_was_is_not_published_again(place):
    file = place.outbox / "a.txt"
    file.write_text("same")
    place.once()
    file.write_text("same")
    os.utime(file, (1, 1))

    report = place.once()

    assert (0, 1) == (report.published, report.unchanged)
    assert ["a.txt"] == place.inspector.judged


def test_a_change_that_keeps_size_and_time_is_still_seen(place):
    file = place.outbox / "a.txt"
    file.write_text("one")
    times = file.stat()
    place.once()
    file.write_text("two")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    place.once()

    assert {"a.txt": b"two"} == place.out()


def test_a_copy_that_somebody_changed_is_kept_beside_the_new_version(place):
    file = place.outbox / "a.txt"
    file.write_text("one")
    place.once()
    (place.synced / "a.txt").write_text("a colleague's words")
    file.write_text("two")

    place.once()
    file.write_text("three")
    place.once()

    assert {"a.txt": b"a colleague's words", "a (2).txt": b"three"} == place.out()


def test_a_copy_that_somebody_deleted_comes_back_with_the_next_version_only(place):
    file = place.outbox / "a.txt"
    file.write_text("one")
    place.once()
    (place.synced / "a.txt").unlink()

    place.once()
    assert {} == place.out()
    file.write_text("two")
    place.once()
    assert {"a.txt": b"two"} == place.out()


def test_a_file_saved_anew_after_its_copy_was_deleted_is_published_again(place):
    file = place.outbox / "a.txt"
    file.write_text("one")
    place.once()
    (place.synced / "a.txt").unlink()
    file.unlink()
    file.write_text("one")
    place.once()
    assert {"a.txt": b"one"} == place.out()


def test_a_stranger_in_the_synced_folder_is_never_overwritten(place):
    (place.synced / "a.txt").write_text("theirs")
    (place.outbox / "a.txt").write_text("ours")

    place.once()

    assert {"a.txt": b"theirs", "a (2).txt": b"ours"} == place.out()


def test_a_stranger_who_comes_at_the_last_moment_is_not_overwritten(place):
    (place.outbox / "a.txt").write_text("ours")

    def come(step: str) -> None:
        if step == "staged":
            (place.synced / "a.txt").write_text("theirs")

    place.once(checkpoint=come)
    assert {"a.txt": b"theirs", "a (2).txt": b"ours"} == place.out()
    (place.outbox / "a.txt").write_text("ours again")
    place.once()

    assert {"a.txt": b"theirs", "a (2).txt": b"ours again"} == place.out()


def test_names_that_differ_only_in_case_are_kept_apart(place):
    (place.synced / "REPORT.txt").write_text("theirs")
    (place.outbox / "Report.txt").write_text("ours")

    place.once()

    assert {"REPORT.txt": b"theirs", "Report (2).txt": b"ours"} == place.out()


def test_two_originals_with_one_redacted_name_are_both_published(place):
    (place.outbox / f"{CANARY}.txt").write_text("same")
    (place.outbox / "[CARD].txt").write_text("same")

    place.once()
    place.once()

    assert {"[CARD].txt": b"same", "[CARD] (2).txt": b"same"} == place.out()


def test_a_lost_journal_takes_over_the_copies_that_are_there(place):
    (place.outbox / "a.txt").write_text(f"x {CANARY}")
    place.once()
    for file in (place.home / "watch").glob("*.db*"):
        file.unlink()

    place.once()

    assert {"a.txt": b"x [CARD]"} == place.out()


def test_a_blocked_new_version_leaves_the_earlier_copy_and_later_replaces_it(place):
    file = place.outbox / "a.txt"
    for words in ("one", "BLOCKME", "three"):
        file.write_text(words)
        place.once()
        assert {"a.txt": b"three" if words == "three" else b"one"} == place.out()
