"""What happens to a settled file: read once, judged, then published, noted or tried again."""

from __future__ import annotations

import errno
import hashlib
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

from gateway.errors import NotReleasable
from gateway.model import Destination, Hint, Inspector, Item, Outcome, Surface, Verdict
from gateway.watch import _notes
from gateway.watch._events import EventKind, WatchEvent
from gateway.watch._folders import Signature
from gateway.watch._journal import Entry, Journal, State, key_of
from gateway.watch._notes import Reason
from gateway.watch._publish import Copy, Publisher
from gateway.watch._read import NotSettled, Obstacle, Snapshot, read

_IN_FLIGHT = 4
_IN_FLIGHT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What treating a file needs of its watcher.

    Args:
        outbox: the folder of originals.
        inspector: judges.
        destination: what policy is told.
        most: bytes; a larger file is held.
        tell: takes every event; the flag says whether it is news.
        ring: wakes the watcher, from any thread.
    """

    outbox: Path
    inspector: Inspector
    destination: Destination
    most: int
    tell: Callable[[WatchEvent, bool], None]
    ring: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Flight:
    """A file under judgement, and the judgements on the names of the folders above it."""

    path: Path = field(repr=False)
    snapshot: Snapshot
    item: Item
    verdict: Future[Outcome]
    above: tuple[Future[Outcome], ...]

    def landed(self) -> bool:
        return self.verdict.done() and all(one.done() for one in self.above)


class Treatment:
    """Files under judgement, in the order in which they settled."""

    def __init__(self, around: Surroundings, journal: Journal, publisher: Publisher) -> None:
        self._around = around
        self._journal = journal
        self._publisher = publisher
        self._flights: deque[_Flight] = deque()
        self._rejudged: set[str] = set()
        self._folder_names: dict[str, Future[Outcome]] = {}

    def new_pass(self) -> None:
        """Ask again about the names of folders; policy may have changed."""
        self._folder_names.clear()

    def is_known(self, path: Path, signature: Signature) -> bool:
        """Whether this very file was treated before, or is being treated now.

        A blocked file is judged again once after each start, as policy may have changed, and
        whenever its note is gone.
        """
        if any(f.path == path and f.snapshot.signature == signature for f in self._flights):
            return True
        key = key_of(path)
        entry = self._journal.get(key)
        if entry is None or entry.signature != signature:
            return False
        if entry.state is State.PUBLISHED:
            return True
        has_note = key in self._rejudged and _notes.find(self._around.outbox / path) is not None
        return entry.state is State.BLOCKED and has_note

    def is_published(self, path: Path, signature: Signature) -> bool:
        """Whether a copy of this very file was published."""
        entry = self._journal.get(key_of(path))
        return entry is not None and entry.state is State.PUBLISHED and entry.signature == signature

    def begin(self, path: Path, signature: Signature) -> bool:
        """Read a settled file and hand it to the inspector.

        Returns:
            false when the file has not settled after all.
        """
        if any(flight.path == path for flight in self._flights):
            self.land_all()  # an earlier version of it goes first
        while self._full():
            self._land(self._flights.popleft())
        try:
            snapshot = read(self._around.outbox / path, signature, self._around.most)
            if not self._is_same_again(path, snapshot):
                self._flights.append(self._take_off(path, snapshot))
        except NotSettled:
            return False
        except Exception as error:  # noqa: BLE001 - whatever failed, the file stays and is noted
            self.hold(path, _reason(error))
        return True

    def land_finished(self) -> None:
        """Carry out the verdicts that are there, without waiting."""
        while self._flights and self._flights[0].landed():
            self._land(self._flights.popleft())

    def land_all(self) -> None:
        """Wait for all verdicts and carry them out."""
        while self._flights:
            self._land(self._flights.popleft())

    def hold(self, path: Path, reason: Reason) -> None:
        """Keep a file that got no verdict; it is news only when the reason is."""
        file = self._around.outbox / path
        news = not _notes.says(file, reason)
        if news:
            _notes.write(file, reason)
        self._around.tell(WatchEvent(EventKind.HELD, message=reason.why, path=file), news)

    def _full(self) -> bool:
        waiting = sum(len(flight.item.data) for flight in self._flights)
        return len(self._flights) >= _IN_FLIGHT or waiting > _IN_FLIGHT_BYTES

    def _is_same_again(self, path: Path, snapshot: Snapshot) -> bool:
        """Whether a published file was only touched, or saved again as it was."""
        entry = self._journal.get(key_of(path))
        if entry is None or entry.state is not State.PUBLISHED:
            return False
        if entry.item_sha256 != hashlib.sha256(snapshot.data).hexdigest():
            return False
        if not self._publisher.has_copy(entry):
            return False  # saved anew after its copy was taken away: its owner wants one
        self._journal.put(replace(entry, signature=snapshot.signature))
        _notes.remove(self._around.outbox / path)
        return True

    def _take_off(self, path: Path, snapshot: Snapshot) -> _Flight:
        item = self._item(path.name, snapshot.data)
        above = tuple(self._judged_name(name) for name in path.parts[:-1])
        return _Flight(path, snapshot, item, self._submit(item), above)

    def _judged_name(self, name: str) -> Future[Outcome]:
        """The name of a folder, as that of an empty document."""
        if name not in self._folder_names:
            self._folder_names[name] = self._submit(self._item(name, b""))
        return self._folder_names[name]

    def _item(self, name: str, data: bytes) -> Item:
        return Item(data, Hint(name), self._around.destination, Surface.WATCH)

    def _submit(self, item: Item) -> Future[Outcome]:
        future = self._around.inspector.submit(item)
        future.add_done_callback(lambda _: self._around.ring())
        return future

    def _land(self, flight: _Flight) -> None:
        try:
            self._carry_out(flight)
        except Exception as error:  # noqa: BLE001 - whatever failed, the file stays and is noted
            self.hold(flight.path, _reason(error))

    def _carry_out(self, flight: _Flight) -> None:
        outcome = flight.verdict.result()
        above = [one.result() for one in flight.above]
        if outcome.verdict is Verdict.BLOCK:
            self._block(flight, outcome, outcome.reason)
            return
        for judged in above:
            if judged.verdict is Verdict.BLOCK:
                self._block(flight, judged, f"the name of its folder: {judged.reason}")
                return
        key = key_of(flight.path)
        entry = self._journal.get(key)
        if entry is not None and entry.state in {State.JUDGED, State.STAGED}:
            self._publisher.resume(entry)
        folder = tuple(one.name for one in above)
        data = outcome.release(flight.item)
        copy = Copy(key, flight.snapshot, outcome.item_sha256, folder, outcome.name, data)
        target = self._publisher.publish(copy)
        _notes.remove(self._around.outbox / flight.path)
        self._announce(flight, outcome, target)

    def _announce(self, flight: _Flight, outcome: Outcome, target: Path) -> None:
        message = f"published as {target.name}"
        if outcome.verdict is Verdict.REDACT:
            removed = ", ".join(f"{count} × {entity}" for entity, count in outcome.counts.items())
            message += f", without {removed}"
        path = self._around.outbox / flight.path
        event = WatchEvent(
            EventKind.PUBLISHED, outcome.name, message, outcome.reference, path, target
        )
        self._around.tell(event, True)  # noqa: FBT003 - it is news

    def _block(self, flight: _Flight, outcome: Outcome, why: str) -> None:
        key = key_of(flight.path)
        entry = self._journal.get(key)
        if entry is not None and entry.state in {State.JUDGED, State.STAGED}:
            self._publisher.resume(entry)
            entry = self._journal.get(key)
        self._journal.put(
            Entry(
                key,
                State.BLOCKED,
                flight.snapshot.signature,
                flight.verdict.result().item_sha256,
                # What was published of an earlier version stays ours.
                entry.target if entry else "",
                entry.output_sha256 if entry else "",
            )
        )
        self._rejudged.add(key)
        path = self._around.outbox / flight.path
        _notes.write(path, Reason(why, outcome.rule, outcome.reference))
        event = WatchEvent(EventKind.BLOCKED, outcome.name, why, outcome.reference, path)
        self._around.tell(event, True)  # noqa: FBT003 - it is news


def _reason(error: Exception) -> Reason:
    """An exception in words for people, without values."""
    match error:
        case Obstacle() | NotReleasable():
            why = str(error)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            why = "the disk is full"
        case OSError(strerror=str(said)):
            why = f"it could not be written ({said})"
        case sqlite3.Error():
            why = f"the journal could not be written ({type(error).__name__})"
        case _:
            why = f"treating it failed ({type(error).__name__})"
    return Reason(why, retry=True)
