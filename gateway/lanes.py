"""The queue before the workers: a large document never stands in the way of small requests."""

from __future__ import annotations

import threading
from collections import deque
from enum import StrEnum


class Takes(StrEnum):
    """Which tasks a taker takes."""

    ANY = "any"
    SMALL = "small ones only"
    LARGE = "large ones, and small ones between"

    @classmethod
    def of(cls, number: int, count: int) -> Takes:
        """What the taker of a number (from 0) takes, of so many."""
        if count == 1:
            return cls.ANY
        return cls.LARGE if number else cls.SMALL


class Lanes[T]:
    """A queue of small and large tasks, from which some takers take small ones only.

    Takers of both take what came first, so that neither kind waits for ever.
    """

    def __init__(self) -> None:
        self._small: deque[tuple[int, T]] = deque()
        self._large: deque[tuple[int, T]] = deque()
        self._count = 0
        self._ended = False
        self._changed = threading.Condition()

    def put(self, task: T, *, large: bool) -> None:
        """Queue a task."""
        with self._changed:
            self._count += 1
            (self._large if large else self._small).append((self._count, task))
            if large:
                self._changed.notify_all()  # one alone might take small ones only
            else:
                self._changed.notify()

    def take(self, takes: Takes) -> T | None:
        """The next task, waiting for one; ``None`` after the end, once nothing is left."""
        with self._changed:
            while True:
                lanes = [self._small] if takes is Takes.SMALL else [self._small, self._large]
                full = [lane for lane in lanes if lane]
                if full:
                    return min(full, key=lambda lane: lane[0][0]).popleft()[1]
                if self._ended:
                    return None
                self._changed.wait()

    def clear(self) -> list[T]:
        """Take everything that waits, oldest first."""
        with self._changed:
            left = sorted((*self._small, *self._large), key=lambda entry: entry[0])
            self._small.clear()
            self._large.clear()
        return [task for _, task in left]

    def end(self) -> None:
        """Let all takers go home when nothing is left."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
