"""What one item and everything inside it has used up, and what was done to it.

One ledger goes with an item through all its nested parts: their openers and descenders carry
it. Whatever costs time or memory is spent here *before* the work is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.errors import LimitExceeded
from gateway.model import Rung
from gateway.settings import Limits

_SMALL = 1_000_000


@dataclass(slots=True)
class Ledger:
    """The budgets of one item, and the lowest rung that a part of it was put on.

    Every ``spend`` method raises ``LimitExceeded`` with the name of the limit.
    """

    limits: Limits = field(default_factory=Limits)
    rung: Rung = Rung.NATIVE
    _entries: int = 0
    _opened: int = 0
    _pages: int = 0
    _pictures: int = 0
    _pixels: int = 0

    def spend_child(self, size: int, depth: int, container: int) -> None:
        """A child of ``size`` bytes is opened, ``depth`` levels down, in ``container`` bytes."""
        limits = self.limits
        self._entries += 1
        self._opened += size
        if depth > limits.depth:
            raise LimitExceeded(f"nested more than {limits.depth} deep")
        if self._entries > limits.entries:
            raise LimitExceeded(f"more than {limits.entries} parts")
        if self._opened > limits.opened_bytes:
            raise LimitExceeded(f"opens into more than {limits.opened_bytes} bytes")
        if size > _SMALL and size > limits.ratio * max(container, 1):
            raise LimitExceeded(f"a part expands more than {limits.ratio} times")

    def spend_unpacked(self, size: int, container: int) -> None:
        """``size`` bytes came out of ``container`` bytes that were packed: a stream, a member.

        Called while unpacking, with what has come out so far counted by the caller; nothing is
        added up here. The bytes of a child are counted when it is opened.
        """
        limits = self.limits
        if self._opened + size > limits.opened_bytes:
            raise LimitExceeded(f"opens into more than {limits.opened_bytes} bytes")
        if size > _SMALL and size > limits.ratio * max(container, 1):
            raise LimitExceeded(f"a part expands more than {limits.ratio} times")

    def spend_pages(self, count: int) -> None:
        """A document of so many pages, slides or sheets is read."""
        self._pages += count
        if self._pages > self.limits.pages:
            raise LimitExceeded(f"more than {self.limits.pages} pages")

    def spend_pixels(self, width: int, height: int) -> None:
        """A picture (or page of one) of this size is decoded and looked at."""
        limits = self.limits
        self._pictures += 1
        self._pixels += width * height
        if width * height > limits.picture_pixels:
            raise LimitExceeded(f"a picture of more than {limits.picture_pixels} pixels")
        if self._pictures > limits.pictures:
            raise LimitExceeded(f"more than {limits.pictures} pictures")
        if self._pixels > limits.pixels:
            raise LimitExceeded(f"pictures of more than {limits.pixels} pixels together")

    def took(self, rung: Rung) -> None:
        """Some part was put on this rung; the lowest of all is the item's."""
        order = tuple(Rung)
        self.rung = max(self.rung, rung, key=order.index)
