"""The watcher at work, with the system's own events, without them, and when they fail."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gateway.errors import UsageError
from gateway.watch import EventKind, Watcher, _folders, _observe
from gateway.watch._observe import Observation

CANARY = "CANARY-4111-1111"


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that must come; the limit only ends a hopeless test."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.03)


@contextmanager
def running(watcher: Watcher) -> Iterator[Watcher]:
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.stop()


def test_files_are_published_as_they_come(place):
    events = []
    with running(place.watcher(settle_seconds=0.05, on_event=events.append)):
        (place.outbox / "报告.txt").write_text(CANARY)
        until(lambda: place.out() == {"报告.txt": b"[CARD]"}, "not published")
        (place.outbox / "报告.txt").write_text(f"new {CANARY}")
        until(lambda: place.out() == {"报告.txt": b"new [CARD]"}, "new version not published")
        (place.outbox / "b.txt").write_text("BLOCKME")
        until(lambda: place.notes() == ["b.txt.blocked.txt"], "no note")
        (place.outbox / "b.txt").unlink()
        until(lambda: place.notes() == [], "note still there")

    kinds = [event.kind for event in events]
    assert [EventKind.PUBLISHED, EventKind.PUBLISHED, EventKind.BLOCKED, EventKind.CLEARED] == kinds
    assert events[0].target == place.synced.resolve() / "报告.txt"


def test_deleting_the_note_has_the_file_judged_again(place):
    with running(place.watcher(settle_seconds=0.05)):
        (place.outbox / "a.txt").write_text("BLOCKME")
        until(lambda: place.notes() == ["a.txt.blocked.txt"], "no note")
        place.inspector.block = b"nothing"
        (place.outbox / "a.txt.blocked.txt").unlink()
        until(lambda: place.out() == {"a.txt": b"BLOCKME"}, "not judged again")


def test_a_folder_moved_in_is_published_whole(place, tmp_path):
    folder = tmp_path / "new"
    (folder / "deep").mkdir(parents=True)
    for number in range(50):
        (folder / "deep" / f"{number}.txt").write_text(f"{number} {CANARY}")
    with running(place.watcher(settle_seconds=0.05)):
        folder.rename(place.outbox / "new")
        until(lambda: len(place.out()) == 50, "files of the folder are missing")

    assert all(CANARY.encode() not in data for data in place.out().values())


def test_a_burst_of_2000_files_is_published_whole(place):
    with running(place.watcher(settle_seconds=0.05)):
        for number in range(2000):
            (place.outbox / f"{number}.txt").write_text(f"{number} {CANARY}")
        until(lambda: len(os.listdir(place.synced)) == 2000, "files are missing")

    assert {f"{n}.txt": f"{n} [CARD]".encode() for n in range(2000)} == place.out()
    assert 2000 == len(place.inspector.judged)


def test_without_any_events_the_rescan_finds_everything(place, monkeypatch):
    monkeypatch.setattr(Observation, "check", lambda _self: False)
    with running(place.watcher(settle_seconds=0.05, rescan_seconds=0.1)):
        for number in range(100):
            (place.outbox / f"{number}.txt").write_text(CANARY)
        until(lambda: len(place.out()) == 100, "missed")


def test_when_the_system_gives_no_events_polling_takes_over(place, monkeypatch):
    class Refusing(_observe.PollingObserver):
        def start(self) -> None:
            raise OSError(24, "inotify limit reached")

    monkeypatch.setattr(_observe, "Observer", Refusing)
    monkeypatch.setattr(_observe, "_POLL_SECONDS", 0.05)
    with running(place.watcher(settle_seconds=0.05, rescan_seconds=3600)):
        (place.outbox / "a.txt").write_text("x")
        until(lambda: place.out() == {"a.txt": b"x"}, "polling did not see it")


def test_a_dead_observer_is_started_again_and_nothing_is_missed(place, monkeypatch):
    started = []
    original = Observation._start

    def start(self, observer):
        started.append(observer)
        return original(self, observer)

    monkeypatch.setattr(Observation, "_start", start)
    with running(place.watcher(settle_seconds=0.05, rescan_seconds=3600)):
        until(lambda: bool(started) and started[-1].is_alive(), "never started")
        started[0].stop()
        (place.outbox / "a.txt").write_text("x")
        until(lambda: place.out() == {"a.txt": b"x"}, "missed while the observer was dead")
        until(lambda: len(started) > 1 and started[-1].is_alive(), "not restarted")
        (place.outbox / "b.txt").write_text("y")
        until(lambda: "b.txt" in place.out(), "missed after the restart")


def test_an_observer_killed_by_its_handler_is_started_again(place, monkeypatch):
    """watchdog's thread dies with a handler's exception; ours is made to raise one."""
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    broken = threading.Event()
    original = _observe._Handler.dispatch

    def dispatch(self, event):
        if not broken.is_set():
            broken.set()
            raise RuntimeError("a handler's bug")
        original(self, event)

    monkeypatch.setattr(_observe._Handler, "dispatch", dispatch)
    with running(place.watcher(settle_seconds=0.05, rescan_seconds=3600)):
        for number in range(20):
            (place.outbox / f"{number}.txt").write_text("x")
        until(broken.is_set, "the handler was never called")
        until(lambda: len(place.out()) == 20, "missed")


def test_a_replaced_outbox_is_watched_again(place, tmp_path):
    events = []
    watcher = place.watcher(settle_seconds=0.05, rescan_seconds=3600, on_event=events.append)
    with running(watcher):
        (place.outbox / "a.txt").write_text("x")
        until(lambda: "a.txt" in place.out(), "not published")
        place.outbox.rename(tmp_path / "old")
        until(lambda: any(e.message == "the outbox is gone" for e in events), "not noticed")
        place.outbox.mkdir()
        (place.outbox / "b.txt").write_text("y")
        until(lambda: "b.txt" in place.out(), "the new folder is not watched")


def test_a_failure_while_looking_is_told_and_nothing_is_missed(place, monkeypatch):
    events = []
    original = _folders.walk
    failures = iter([OSError, RuntimeError, MemoryError])

    def walk(*args):
        if failure := next(failures, None):
            raise failure
        return original(*args)

    monkeypatch.setattr(_folders, "walk", walk)
    (place.outbox / "a.txt").write_text("x")
    watcher = place.watcher(settle_seconds=0.05, rescan_seconds=3600, on_event=events.append)
    with running(watcher):
        until(lambda: place.out() == {"a.txt": b"x"}, "missed")

    assert 3 == sum("looking failed" in event.message for event in events)


def test_stop_finishes_what_is_under_way(place):
    gate = threading.Event()
    judge = place.inspector._judge

    def slow(item):
        gate.wait(60)
        return judge(item)

    place.inspector._judge = slow
    watcher = place.watcher(settle_seconds=0.01)
    watcher.start()
    (place.outbox / "a.txt").write_text(CANARY)
    until(lambda: bool(watcher._treatment._flights), "never begun")
    stopping = threading.Thread(target=watcher.stop)
    stopping.start()
    gate.set()
    stopping.join(60)

    assert {"a.txt": b"[CARD]"} == place.out()


def test_a_file_changed_while_it_is_judged_ends_as_its_last_version(place):
    judge = place.inspector._judge
    file = place.outbox / "a.txt"

    def meddling(item):
        if item.data == b"one":
            file.write_text("two")
        return judge(item)

    place.inspector._judge = meddling
    with running(place.watcher(settle_seconds=0.05)):
        file.write_text("one")
        until(lambda: place.out() == {"a.txt": b"two"}, "the last version is missing")


def test_run_ends_when_its_event_is_set(place):
    stop = threading.Event()
    watcher = place.watcher(settle_seconds=0.05)
    thread = threading.Thread(target=watcher.run, args=(stop,))
    thread.start()
    (place.outbox / "a.txt").write_text("x")
    until(lambda: "a.txt" in place.out(), "not published")
    stop.set()
    thread.join(60)

    assert not thread.is_alive()


def test_a_watcher_cannot_be_started_twice_but_again_after_a_stop(place):
    watcher = place.watcher(settle_seconds=0.05)
    with running(watcher), pytest.raises(UsageError):
        watcher.start()
    with running(watcher):
        (place.outbox / "a.txt").write_text("x")
        until(lambda: "a.txt" in place.out(), "not published after the second start")
