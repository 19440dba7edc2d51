"""What stands in the way: links, full disks, failing parts, folders in one another."""

import errno
import os
import sqlite3
import stat
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

from gateway.errors import UsageError
from gateway.model import Item, Outcome
from gateway.settings import Limits
from gateway.watch import Watcher, _publish

CANARY = "CANARY-4111-1111"


def test_a_hard_link_is_held_until_it_is_gone(place, tmp_path):
    (place.outbox / "a.txt").write_text("x")
    (tmp_path / "elsewhere").hardlink_to(place.outbox / "a.txt")

    report = place.once()
    assert (0, 1) == (report.published, report.blocked)
    assert "hard link" in (place.outbox / "a.txt.blocked.txt").read_text("utf-8")

    (tmp_path / "elsewhere").unlink()
    assert 1 == place.once().published
    assert [] == place.notes()


def test_links_are_noted_and_not_followed(place, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "b.txt").write_text(CANARY)
    (place.outbox / "file").symlink_to(secret / "b.txt")
    (place.outbox / "folder").symlink_to(secret, target_is_directory=True)
    (place.outbox / "dangling").symlink_to(tmp_path / "nowhere")

    report = place.once()

    assert 3 == report.blocked
    assert {} == place.out()
    assert [] == place.inspector.judged
    assert 3 == len(place.notes())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_noted_and_does_not_stop_the_pass(place):
    os.mkfifo(place.outbox / "pipe")
    (place.outbox / "a.txt").write_text("x")

    report = place.once()

    assert (1, 1) == (report.published, report.blocked)
    assert "not an ordinary file" in (place.outbox / "pipe.blocked.txt").read_text("utf-8")


def test_a_file_swapped_for_a_link_after_it_settled_is_not_read(place, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    file = place.outbox / "a.txt"
    file.write_text("x" * len(CANARY))

    class Swapping:
        def submit(self, item: Item):
            if file.is_symlink() or not file.exists():
                return place.inspector.submit(item)
            file.unlink()
            file.symlink_to(secret)
            return place.inspector.submit(item)

    (place.outbox / "0.txt").write_text("first")
    watcher = Watcher(
        place.outbox,
        place.synced,
        Swapping(),
        place.home,
        clock=lambda: place.now,
        sleep=place.sleep,
    )
    watcher.run_once()

    assert {"0.txt": b"first"} == place.out()
    assert ["0.txt"] == place.inspector.judged


def test_a_file_over_the_limit_is_held(place):
    (place.outbox / "big.txt").write_bytes(b"x" * 101)

    report = place.once(limits=Limits(item_bytes=100))

    assert 1 == report.blocked
    assert "larger than 100 bytes" in (place.outbox / "big.txt.blocked.txt").read_text("utf-8")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_costs_nothing_and_is_tried_again(place, monkeypatch, code):
    (place.outbox / "a.txt").write_text(f"x {CANARY}")

    def fail(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(_publish.os, "fsync", fail)
        assert 1 == place.once().blocked
    note = (place.outbox / "a.txt.blocked.txt").read_text("utf-8")

    assert ("disk is full" in note) is (code == errno.ENOSPC)
    assert {} == place.out()
    assert 1 == place.once().published
    assert {"a.txt": b"x [CARD]"} == place.out()
    assert [] == place.notes()


def test_a_full_disk_on_a_new_version_leaves_the_earlier_copy(place, monkeypatch):
    file = place.outbox / "a.txt"
    file.write_text("one")
    place.once()
    file.write_text("two")

    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(_publish.os, "fsync", fail)
        place.once()
    assert {"a.txt": b"one"} == place.out()
    place.once()
    assert {"a.txt": b"two"} == place.out()


@pytest.mark.parametrize("point", ["judged", "written", "staged", "renamed", "published"])
def test_an_error_at_any_step_ends_with_one_copy_after_the_next_pass(place, point):
    def fail(step: str) -> None:
        if step == point:
            raise sqlite3.OperationalError("disk I/O error")

    (place.outbox / "a.txt").write_text(f"x {CANARY}")
    place.once(checkpoint=fail)
    assert place.out() in ({}, {"a.txt": b"x [CARD]"})

    place.once()
    place.once()

    assert {"a.txt": b"x [CARD]"} == place.out()
    assert [] == place.notes()


def test_an_inspector_that_fails_means_held(place):
    class Broken:
        def submit(self, item: Item):
            raise RuntimeError(CANARY)

    (place.outbox / "a.txt").write_text("x")
    watcher = Watcher(
        place.outbox, place.synced, Broken(), place.home, clock=lambda: place.now, sleep=place.sleep
    )

    assert 1 == watcher.run_once().blocked
    note = (place.outbox / "a.txt.blocked.txt").read_text("utf-8")
    assert "RuntimeError" in note
    assert CANARY not in note


def test_bytes_that_do_not_match_their_verdict_are_not_published(place):
    class Lying:
        def submit(self, item: Item):
            future = place.inspector.submit(item)
            true = future.result()
            lie: Future[Outcome] = Future()
            lie.set_result(
                Outcome(
                    true.verdict,
                    b"other bytes",
                    true.name,
                    sha256=true.sha256,
                    item_sha256=true.item_sha256,
                )
            )
            return lie

    (place.outbox / "a.txt").write_text("x")
    watcher = Watcher(
        place.outbox, place.synced, Lying(), place.home, clock=lambda: place.now, sleep=place.sleep
    )

    assert 1 == watcher.run_once().blocked
    assert {} == place.out()


def test_a_synced_folder_that_went_away_is_not_made_again(place):
    (place.outbox / "a.txt").write_text("x")
    place.during_sleep = [place.synced.rmdir]

    report = place.once()

    assert 1 == report.blocked
    assert not place.synced.exists()


def test_a_link_in_the_synced_folder_does_not_lead_the_copy_elsewhere(place, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (place.synced / "sub").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (place.outbox / "sub").mkdir()
    (place.outbox / "sub" / "a.txt").write_text("x")

    assert 1 == place.once().blocked
    assert [] == list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    ("outbox", "synced", "home"),
    [
        ("a", "a", "h"),
        ("a", "a/b", "h"),
        ("a/b", "a", "h"),
        ("link", "a", "h"),
        ("link/b", "a", "h"),
        ("a", "c", "c/home"),
        ("a", "c", "a"),
        ("a/../c", "c", "h"),
    ],
)
def test_folders_that_lie_in_one_another_are_refused(tmp_path, place, outbox, synced, home):
    for folder in ("a/b", "c/home", "h"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a", target_is_directory=True)

    with pytest.raises(UsageError) as error:
        Watcher(tmp_path / outbox, tmp_path / synced, place.inspector, tmp_path / home)
    assert error.value.remedy


@pytest.mark.parametrize("missing", ["outbox", "synced"])
def test_a_missing_folder_is_refused_and_not_made(place, missing):
    (place.root / missing).rmdir()

    with pytest.raises(UsageError, match="not there"):
        place.watcher()
    assert not (place.root / missing).exists()


def test_two_watchers_do_not_share_a_pair_of_folders(place):
    first = place.watcher()
    first.start()
    try:
        with pytest.raises(UsageError, match="in use"):
            place.once()
    finally:
        first.stop()
    assert place.once().published == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such permission bits")
def test_journal_and_staging_are_for_the_user_alone(place):
    (place.outbox / "a.txt").write_text("x")
    modes: list[int] = []

    def look(step: str) -> None:
        if step == "written":
            store = place.home / "watch"
            modes.extend(stat.S_IMODE(p.stat().st_mode) for p in (store, *store.rglob("*")))

    place.once(checkpoint=look)

    assert modes
    assert all(mode & 0o077 == 0 for mode in modes)


def test_nothing_of_a_document_or_its_name_is_kept_in_the_journal(place):
    (place.outbox / f"{CANARY}.txt").write_text(f"x {CANARY}")
    seen: list[bytes] = []
    store = place.home / "watch"

    def look(_step: str) -> None:
        seen.extend(p.read_bytes() for p in store.rglob("*") if p.is_file())

    place.once(checkpoint=look)

    assert seen
    assert not any(CANARY.encode() in data for data in seen)


def test_nothing_but_whole_copies_is_ever_in_the_synced_folder(place):
    file = place.outbox / "a.txt"
    seen: set[tuple[str, bytes]] = set()

    def look(_step: str) -> None:
        seen.update(place.out().items())

    for words in (f"one {CANARY}", "two"):
        file.write_text(words)
        place.once(checkpoint=look)

    assert {("a.txt", b"one [CARD]"), ("a.txt", b"two")} == seen


def test_staging_folders_beside_the_synced_folder_are_left_empty(place):
    (place.outbox / "a.txt").write_text("x")
    place.once()

    assert {"outbox", "synced", "home"} == {path.name for path in place.root.iterdir()}
    assert [] == list(place.home.rglob("*.staging"))


def test_a_listener_that_fails_does_not_stop_the_pass(place):
    for name in ("a.txt", "b.txt"):
        (place.outbox / name).write_text("x")

    def fail(_event: object) -> None:
        raise BrokenPipeError

    assert 2 == place.once(on_event=fail).published


def test_permissions_of_the_original_are_kept_without_execution(place):
    file = place.outbox / "run.sh"
    file.write_text("x")
    file.chmod(0o754)
    place.once()

    assert Path(place.synced / "run.sh").stat().st_mode & 0o111 == 0
