"""The folder watcher: outbox to synced folder, journalled.

Originals stay in the outbox, untouched. Each settled file is judged; what may leave appears in
the synced folder, whole, under its redacted name; what may not gets a note beside the original.
It refuses to follow links, to overwrite what it did not write, and to publish bytes without a
verdict.
"""

from gateway.watch._events import EventKind, Report, WatchEvent
from gateway.watch.watcher import Watcher

__all__ = ["EventKind", "Report", "WatchEvent", "Watcher"]
