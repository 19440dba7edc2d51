"""The watcher: looks, waits until files settle, has them treated.

One thread does all of it, in the order in which files settled; only judging happens elsewhere.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from gateway.errors import UsageError
from gateway.model import Destination, Inspector
from gateway.settings import Limits
from gateway.watch import _folders, _notes
from gateway.watch._events import EventKind, Report, WatchEvent
from gateway.watch._folders import Candidate
from gateway.watch._journal import Journal
from gateway.watch._notes import Reason
from gateway.watch._observe import Observation
from gateway.watch._publish import Publisher
from gateway.watch._settle import Settling
from gateway.watch._treat import Surroundings, Treatment

_LONGEST_NAP = 0.25  # seconds; how soon stop() is heard
_ONCE_PATIENCE = 5  # settle times that run_once waits for files still being written
_BATCH = 200  # files between two looks at events and at stop()
_DIRTY_LIMIT = 10_000  # paths; beyond that, looking at the whole tree is cheaper

_log = logging.getLogger(__name__)


def _no_checkpoint(_step: str) -> None:
    """Nothing is injected."""


@dataclass(slots=True)
class _Changes:
    """Paths that something happened to, noted by other threads; each only once."""

    paths: set[Path] = field(default_factory=set)
    overflow: bool = False
    rung: bool = False
    wake: threading.Condition = field(default_factory=threading.Condition)

    def note(self, path: Path) -> None:
        with self.wake:
            self.overflow = self.overflow or len(self.paths) >= _DIRTY_LIMIT
            if not self.overflow:
                self.paths.add(path)
            self.wake.notify()

    def ring(self) -> None:
        with self.wake:
            self.rung = True
            self.wake.notify()

    def take(self) -> tuple[set[Path], bool]:
        with self.wake:
            paths, self.paths = self.paths, set()
            overflow, self.overflow = self.overflow, False
        return paths, overflow

    def wait(self, seconds: float) -> None:
        with self.wake:
            if not (self.paths or self.overflow or self.rung):
                self.wake.wait(seconds)
            self.rung = False


class Watcher:
    """Publishes a redacted copy of each settled file of a folder in another.

    Args:
        outbox: where the user puts files; they stay there, unchanged.
        synced: where copies appear; a sync client may watch it.
        inspector: judges.
        home: the gateway's own folder; the journal lies in ``home/watch``.
        destination: what policy is told.
        settle_seconds: how long a file must keep still.
        rescan_seconds: how often the whole outbox is looked at, whatever events say.
        on_event: told of everything that happens, from the watching thread.
        limits: only ``item_bytes`` is used here.
        clock: seconds, never going back.
        sleep: waits so many seconds of that clock in :meth:`run_once`.
        checkpoint: called after each step of publishing; for fault injection.

    Raises:
        UsageError: a folder is missing, or one lies in another.
    """

    def __init__(
        self,
        outbox: Path,
        synced: Path,
        inspector: Inspector,
        home: Path,
        *,
        destination: Destination = Destination(),  # noqa: B008 - frozen
        settle_seconds: float = 1.0,
        rescan_seconds: float = 30.0,
        on_event: Callable[[WatchEvent], None] | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        checkpoint: Callable[[str], None] = _no_checkpoint,
    ) -> None:
        _folders.check_apart(outbox, synced, home)
        self._outbox = outbox.resolve()
        self._synced = synced.resolve()
        self._rescan_seconds = rescan_seconds
        self._on_event = on_event
        self._clock = clock
        self._sleep = sleep
        self._checkpoint = checkpoint
        pair = hashlib.sha256(f"{self._outbox}\0{self._synced}".encode("utf-8", "surrogateescape"))
        self._store = home / "watch" / pair.hexdigest()[:16]
        self._changes = _Changes()
        self._settling = Settling(settle_seconds)
        self._around = Surroundings(
            self._outbox,
            inspector,
            destination,
            limits.item_bytes,
            self._tell,
            self._changes.ring,
        )
        self._events: list[WatchEvent] | None = None
        self._root_gone = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self) -> Report:
        """Look at the outbox, wait until its files settle, treat them, return.

        Raises:
            UsageError: these folders are being watched already.
        """
        with self._opened():
            events = self._events = []
            try:
                seen = self._look_everywhere()
                give_up = self._clock() + self._settling.seconds * _ONCE_PATIENCE
                while (due := self._settling.next_due()) is not None and due <= give_up:
                    self._sleep(max(due - self._clock(), 0.0))
                    self._look_again()
                    self._treat_settled()
                self._treatment.land_all()
            finally:
                self._events = None
            return _report(events, seen, len(self._settling.paths()))

    def start(self) -> None:
        """Watch in a thread of its own until :meth:`stop`.

        Raises:
            UsageError: these folders are being watched already.
        """
        if self._thread is not None:
            raise UsageError("the watcher runs already")
        self._stop.clear()
        # Opened here, so that the caller hears of what stands in the way.
        opened = ExitStack()
        opened.enter_context(self._opened())
        self._thread = threading.Thread(
            target=self._run_opened, args=(opened,), name="watcher", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, then end."""
        self._stop.set()
        self._changes.ring()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def run(self, stop: threading.Event | None = None) -> None:
        """Watch in this thread.

        Args:
            stop: ends the watching when set; :meth:`stop` ends it too.

        Raises:
            UsageError: these folders are being watched already.
        """
        with self._opened():
            self._watch(stop or self._stop)

    def _run_opened(self, opened: ExitStack) -> None:
        with opened:
            self._watch(self._stop)

    def _watch(self, stop: threading.Event) -> None:
        observation = Observation(self._outbox, self._changes.note)
        look_at = self._clock()
        try:
            while not (stop.is_set() or self._stop.is_set()):
                try:
                    look_at = self._turn(observation, look_at)
                except Exception as error:  # noqa: BLE001 - the watching itself must go on
                    message = f"looking failed ({type(error).__name__}); trying again"
                    self._tell(WatchEvent(EventKind.WATCHING, message=message))
                    look_at = self._clock() + _LONGEST_NAP
                self._nap(look_at)
        finally:
            observation.stop()
            self._treatment.land_all()

    def _turn(self, observation: Observation, look_at: float) -> float:
        """Look at what changed, and treat what settled; when to look at everything again."""
        missed = self._supervise(observation)
        changed, overflow = self._changes.take()
        if missed or overflow or self._clock() >= look_at:
            self._look_everywhere()
            look_at = self._clock() + self._rescan_seconds
        for path in changed:
            self._look_at(path)
        self._treat_settled(_BATCH)
        self._treatment.land_finished()
        return look_at

    @contextmanager
    def _opened(self) -> Iterator[None]:
        """Journal and publisher, for as long as the watcher works."""
        self._store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = Journal(self._store.with_suffix(".db"))
        try:
            stagings = [
                self._store.with_suffix(".staging"),
                self._synced.parent / f".gateway-staging-{self._store.name}",
                self._synced / ".gateway-staging",
            ]
            publisher = Publisher(self._synced, stagings, journal, self._checkpoint)
            publisher.recover()
            self._publisher = publisher
            self._treatment = Treatment(self._around, journal, publisher)
            self._settling.clear()
            yield
            publisher.close()
        finally:
            journal.close()

    def _supervise(self, observation: Observation) -> bool:
        missed = observation.check()
        gone = _folders.identity(self._outbox) is None
        if gone != self._root_gone:
            self._root_gone = gone
            message = "the outbox is gone" if gone else "the outbox is back"
            self._tell(WatchEvent(EventKind.WATCHING, message=message))
        return missed

    def _look_everywhere(self) -> int:
        """Consider the whole outbox; how many candidates it holds."""
        self._publisher.new_pass()
        self._treatment.new_pass()
        self._tidy_notes()
        seen = 0
        for candidate in _folders.walk(self._outbox):
            seen += 1
            self._consider(candidate)
        return seen

    def _look_at(self, path: Path) -> None:
        """One changed path; a folder is looked at whole, a lost note means its file."""
        if _notes.is_note_name(path.name):
            if path.exists(follow_symlinks=False):
                return
            path = _notes.named_file(path)
        try:
            below = path.relative_to(self._outbox)
        except ValueError:
            return
        if _folders.is_real_folder(path):
            for candidate in _folders.walk(self._outbox, below):
                self._consider(candidate)
            return
        self._consider_path(below)
        if not path.exists(follow_symlinks=False):
            self._clear_note(path, "its file is gone")

    def _look_again(self) -> None:
        """The files that are waited for, as they are now."""
        for path in self._settling.paths():
            self._consider_path(path)

    def _consider(self, candidate: Candidate) -> None:
        if candidate.obstacle:
            self._settling.forget(candidate.path)
            self._treatment.hold(candidate.path, Reason(candidate.obstacle))
        elif self._treatment.is_known(candidate.path, candidate.signature):
            self._settling.forget(candidate.path)
        else:
            self._settling.see(candidate, self._clock())

    def _consider_path(self, path: Path) -> None:
        if candidate := _folders.look(self._outbox, path):
            self._consider(candidate)
        else:
            self._settling.forget(path)

    def _treat_settled(self, most: int | None = None) -> None:
        for path, signature in list(islice(self._settling.settled(self._clock()), most)):
            if not self._treatment.begin(path, signature):
                self._consider_path(path)
            else:
                self._settling.forget(path)

    def _tidy_notes(self) -> None:
        """Take away notes whose file is gone, or was published meanwhile."""
        for path in list(self._outbox.rglob("*.txt")):
            if not _notes.is_note_name(path.name) or not _notes.is_ours(path):
                continue
            file = _notes.named_file(path)
            found = _folders.look(self._outbox, file.relative_to(self._outbox))
            if found is None:
                self._clear_note(file, "its file is gone")
            elif not found.obstacle and self._treatment.is_published(found.path, found.signature):
                self._clear_note(file, "its file was published")

    def _clear_note(self, file: Path, why: str) -> None:
        if _notes.remove(file):
            self._tell(WatchEvent(EventKind.CLEARED, message=why, path=file))

    def _tell(self, event: WatchEvent, news: bool = True) -> None:  # noqa: FBT001, FBT002 - a callback
        if self._events is not None:
            self._events.append(event)
        if news and self._on_event is not None:
            try:
                self._on_event(event)
            except Exception as error:  # noqa: BLE001 - a listener must not stop the watching
                _log.warning("a listener failed (%s)", type(error).__name__)

    def _nap(self, look_at: float) -> None:
        due = self._settling.next_due()
        until = look_at if due is None else min(due, look_at)
        self._changes.wait(min(max(until - self._clock(), 0.0), _LONGEST_NAP))


def _report(events: list[WatchEvent], seen: int, waiting: int) -> Report:
    stay = {e.path for e in events if e.kind in {EventKind.BLOCKED, EventKind.HELD}}
    published = {e.path for e in events if e.kind is EventKind.PUBLISHED}
    unchanged = max(seen - len(published) - len(stay) - waiting, 0)
    return Report(len(published), len(stay), unchanged, waiting, tuple(events))
