"""Waiting until nobody writes to a file any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gateway.watch._folders import Candidate, Signature

# An empty file is mostly about to be filled.
_EMPTY_FACTOR = 3


@dataclass(slots=True)
class _Track:
    signature: Signature
    since: float


@dataclass(slots=True)
class Settling:
    """Files that changed lately, and since when each has kept still.

    Args:
        seconds: how long a file must keep size, times and identity.
    """

    seconds: float
    _tracks: dict[Path, _Track] = field(default_factory=dict, repr=False)

    def see(self, candidate: Candidate, now: float) -> None:
        """Note how a file looks now, on a clock in seconds that never goes back."""
        track = self._tracks.get(candidate.path)
        if track is None or track.signature != candidate.signature:
            self._tracks[candidate.path] = _Track(candidate.signature, now)

    def forget(self, path: Path) -> None:
        """Wait for this file no longer."""
        self._tracks.pop(path, None)

    def clear(self) -> None:
        """Wait for nothing any longer."""
        self._tracks.clear()

    def settled(self, now: float) -> Iterator[tuple[Path, Signature]]:
        """Files that have kept still long enough, the earliest first."""
        ready = [(self._due(t), p, t) for p, t in self._tracks.items() if self._due(t) <= now]
        for _, path, track in sorted(ready, key=lambda entry: entry[:2]):
            yield path, track.signature

    def next_due(self) -> float | None:
        """When the next file may be ready; ``None`` when none is waited for."""
        return min((self._due(track) for track in self._tracks.values()), default=None)

    def paths(self) -> list[Path]:
        """All files that are waited for."""
        return list(self._tracks)

    def _due(self, track: _Track) -> float:
        factor = _EMPTY_FACTOR if track.signature.size == 0 else 1
        return track.since + self.seconds * factor
