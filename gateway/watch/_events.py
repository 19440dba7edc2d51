"""What the watcher tells its owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class EventKind(StrEnum):
    """What happened."""

    PUBLISHED = "published"
    BLOCKED = "blocked"
    HELD = "held"
    CLEARED = "cleared"
    WATCHING = "watching"


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One thing that happened to one file, or to the watching itself.

    Args:
        kind: what happened.
        name: the file's name with findings removed; empty while nobody has inspected it.
        message: a sentence for people, without values.
        reference: the id of the audit record; empty when there is none.
        path: the file in the outbox. Its name may hold a value, so it is not printed.
        target: the published copy.
    """

    kind: EventKind
    name: str = ""
    message: str = ""
    reference: str = ""
    path: Path | None = field(default=None, repr=False)
    target: Path | None = field(default=None, repr=False)

    def __str__(self) -> str:
        about = f" {self.name}" if self.name else ""
        return f"{self.kind}{about}" + (f": {self.message}" if self.message else "")


@dataclass(frozen=True, slots=True)
class Report:
    """What one pass did.

    Args:
        published: copies placed in the synced folder.
        blocked: files that stay in the outbox: a verdict, a link, a full disk.
        unchanged: files that were published before and are as they were.
        waiting: files that are still being written.
        events: what happened, in order.
    """

    published: int = 0
    blocked: int = 0
    unchanged: int = 0
    waiting: int = 0
    events: tuple[WatchEvent, ...] = ()
