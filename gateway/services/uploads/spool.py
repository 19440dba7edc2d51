"""The bytes of a held upload, as they come in: any order, any overlap."""

from __future__ import annotations

import heapq
import weakref
from collections.abc import Sequence

from gateway.errors import LimitExceeded, Unreadable
from gateway.services.uploads.store import Kept, Store

_SMALL = 1 << 20


class Spool:
    """Pieces of one document.

    Args:
        most: bytes that all pieces together may have, repetitions included twice over.
        store: holds them.
    """

    def __init__(self, most: int, store: Store | None = None) -> None:
        self._most = most
        self._store = store or Store()
        self._pieces: list[tuple[int, Kept]] = []
        self._numbered: dict[int, Kept] = {}
        self._written = 0
        self._received = 0
        self._end = 0
        self._lowest = self._highest = 0
        self._later: list[tuple[int, int]] = []
        self._kept: list[Kept] = []
        self._closed = False
        # An upload may never be heard of again.
        weakref.finalize(self, self._store.dropped.extend, self._kept)

    @property
    def written(self) -> int:
        """Bytes that are held, repetitions included."""
        return self._written

    def put(self, start: int, data: bytes) -> None:
        """Take bytes of the document at an offset; what comes later counts.

        Raises:
            LimitExceeded: the document is too large to be held.
            Unreadable: the document is not held any longer.
        """
        end = start + len(data)
        if start < 0 or end > self._most:
            raise LimitExceeded(f"the upload is larger than {self._most:,} bytes")
        self._pieces.append((start, self._keep(data)))
        self._end = max(self._end, end)
        heapq.heappush(self._later, (start, end))
        while self._later and self._later[0][0] <= self._received:
            self._received = max(self._received, heapq.heappop(self._later)[1])

    def put_number(self, number: int, data: bytes) -> None:
        """Take the part of that number; a later one of the same number counts.

        Raises:
            LimitExceeded: the document is too large to be held.
            Unreadable: the document is not held any longer.
        """
        before = self._numbered.get(number)
        self._received += len(data) - (before.length if before else 0)
        self._lowest = min(self._lowest, number) if self._numbered else number
        self._highest = max(self._highest, number) if self._numbered else number
        self._numbered[number] = self._keep(data)

    def received(self) -> int:
        """Bytes from the beginning of the document without a gap."""
        if self._numbered:
            gaps = self._highest - self._lowest + 1 - len(self._numbered)
            return 0 if gaps else self._received
        return self._received

    def whole(self, order: Sequence[int] | None = None) -> bytes:
        """The document.

        Args:
            order: of the numbered parts; by their numbers when not given.

        Raises:
            Unreadable: there is a gap in it, or it is not held any longer.
        """
        self._check_held()
        if self._numbered:
            if self._pieces or not set(order or ()) <= self._numbered.keys():
                raise Unreadable("its parts do not make one document")
            wanted = sorted(self._numbered) if order is None else order
            return b"".join(self._store.read(self._numbered[number]) for number in wanted)
        if self._received != self._end:
            raise Unreadable("a part of the upload is missing")
        document = bytearray(self._end)
        for start, kept in self._pieces:
            document[start : start + kept.length] = self._store.read(kept)
        return bytes(document)

    def number(self, number: int) -> bytes:
        """The part of that number as it came in; empty where there is none.

        Raises:
            Unreadable: the document is not held any longer.
        """
        self._check_held()
        kept = self._numbered.get(number)
        return self._store.read(kept) if kept else b""

    def close(self) -> None:
        """Forget everything, and be no document any more."""
        self._closed = True
        while self._kept:
            self._store.forget(self._kept.pop())
        self._pieces.clear()
        self._numbered.clear()
        self._later.clear()
        self._written = self._received = self._end = 0

    def _check_held(self) -> None:
        if self._closed:
            raise Unreadable("the upload is not held any longer; send it again")

    def _keep(self, data: bytes) -> Kept:
        self._check_held()
        if self._written + len(data) > 2 * self._most + _SMALL:
            raise LimitExceeded(f"the upload is larger than {self._most:,} bytes")
        self._written += len(data)
        kept = self._store.keep(data, small=self._written <= _SMALL)
        self._kept.append(kept)
        return kept
