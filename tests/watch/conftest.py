"""Folders, and a clock that only moves when told to."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.canary_inspector import Inspector

from gateway.watch import Report, Watcher


@dataclass
class Place:
    """An outbox, a synced folder, and a watcher on them for each pass."""

    root: Path
    inspector: Any = field(default_factory=Inspector)
    now: float = 100.0
    during_sleep: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in (self.outbox, self.synced):
            folder.mkdir()

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def synced(self) -> Path:
        return self.root / "synced"

    @property
    def home(self) -> Path:
        return self.root / "home"

    def sleep(self, seconds: float) -> None:
        if self.during_sleep:
            self.during_sleep.pop(0)()
        self.now += seconds

    def watcher(self, **options: Any) -> Watcher:
        return Watcher(self.outbox, self.synced, self.inspector, self.home, **options)

    def once(self, **options: Any) -> Report:
        return self.watcher(clock=lambda: self.now, sleep=self.sleep, **options).run_once()

    def out(self) -> dict[str, bytes]:
        """What a sync client sees: every file below the synced folder."""
        return {
            path.relative_to(self.synced).as_posix(): path.read_bytes()
            for path in self.synced.rglob("*")
            if path.is_file()
        }

    def notes(self) -> list[str]:
        return sorted(path.name for path in self.outbox.rglob("*.blocked*.txt"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)
