"""Nothing at all: a request without a body, a file of no bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.model import Edit, Hint, Segment, Unread


@dataclass(slots=True)
class EmptyDocument:
    """A document in which nothing can stand."""

    format: str = "empty"
    unread: Sequence[Unread] = ()

    def segments(self) -> Sequence[Segment]:
        """No places."""
        return ()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """No bytes.

        Raises:
            ValueError: an edit for a place that does not exist.
        """
        if edits:
            raise ValueError("an empty document has nothing to edit")
        return b""


class _Empty:
    name: ClassVar[str] = "empty"

    def score(self, data: bytes, hint: Hint) -> float:  # noqa: ARG002 - the contract's signature
        return -1.0 if data else 1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:  # noqa: ARG002 - as above
        return EmptyDocument()

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:  # noqa: ARG002 - as above
        return iter(())


FORMAT = _Empty()
