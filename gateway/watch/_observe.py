"""The file system's own events, as hints: supervised, and never the only source.

watchdog's observer dies with a handler's exception, loses events when the kernel's queue
overflows, and sees nothing more once the watched folder was replaced. So the handler only notes
paths, :meth:`Observation.check` restarts what stopped, and the watcher looks at the whole tree
from time to time whatever the events say.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, override

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from gateway.watch._folders import identity

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

_POLL_SECONDS = 1.0
_QUIET = frozenset({"opened", "closed_no_write"})


class _Handler(FileSystemEventHandler):
    """Passes paths on, and does nothing else that could fail or take time."""

    def __init__(self, note: Callable[[Path], None]) -> None:
        self._note = note

    @override
    def dispatch(self, event: FileSystemEvent) -> None:
        if event.event_type not in _QUIET:
            for path in (event.src_path, event.dest_path):
                if path:
                    self._note(Path(os.fsdecode(path)))


class Observation:
    """Watches one folder tree for as long as it is asked to.

    Args:
        root: the folder.
        note: called, from another thread, with each path that something happened to.
    """

    def __init__(self, root: Path, note: Callable[[Path], None]) -> None:
        self._root = root
        self._note = note
        self._observer: BaseObserver | None = None
        self._identity: tuple[int, int] | None = None

    def check(self) -> bool:
        """Start or restart where needed.

        Returns:
            whether events may have been missed, so that the whole tree must be looked at.
        """
        now = identity(self._root)
        if self._alive() and now == self._identity:
            return False
        self.stop()
        if now is None:
            return False
        self._identity = now
        self._observer = self._start(Observer()) or self._start(
            PollingObserver(timeout=_POLL_SECONDS)
        )
        return True

    def stop(self) -> None:
        """Stop watching."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()

    def _start(self, observer: BaseObserver) -> BaseObserver | None:
        observer.daemon = True
        try:
            observer.schedule(_Handler(self._note), str(self._root), recursive=True)
            observer.start()
        except Exception:  # noqa: BLE001 - each platform fails in its own way; the rescan remains
            observer.stop()
            return None
        return observer

    def _alive(self) -> bool:
        observer = self._observer
        return (
            observer is not None
            and observer.is_alive()
            and all(emitter.is_alive() for emitter in observer.emitters)
        )
