"""What an edit does to a package, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.formats._ooxml.text import Range


@dataclass(slots=True)
class Plan:
    """Changes of sources, and parts that go."""

    changes: dict[str, list[Range]] = field(default_factory=dict, repr=False)
    dropped: set[str] = field(default_factory=set, repr=False)

    def add(self, part: str, changes: Sequence[Range]) -> None:
        """Changes of one part's source."""
        self.changes.setdefault(part, []).extend(changes)
