"""The contract that every format keeps, and the one way to change bytes.

A format is one module with a ``FORMAT`` object. It turns bytes into a :class:`Document`, whose
text is listed by ``segments()`` and changed by ``apply()``. It refuses (``Unreadable``) what it
cannot read whole; it never guesses, and it never changes a byte that no edit touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Protocol, runtime_checkable

from gateway.formats._ledger import Ledger
from gateway.model import Edit, Hint, Segment, Unread

WRAPS = 1.5
"""The score of a message whose sender declares it and whose structure holds to its last byte.

Whatever stands in it is inspected as a part of it. It outranks kinds that are known by their last
bytes: a message that ends with a zip is no polyglot.
"""


class Document(Protocol):
    """An opened item.

    ``segments()`` gives the same places in the same order at every call; ``Edit.segment`` is a
    position in it. ``unread`` is complete once the document is opened; parts with a
    ``DISPENSABLE`` segment are not in it: policy is asked about them by that segment.
    """

    format: str
    unread: Sequence[Unread]

    def segments(self) -> Sequence[Segment]: ...

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """New bytes in the same format with the edits made.

        No edits gives back the original bytes.

        Raises:
            CannotEdit: an edit stands where this format cannot change the text.
        """
        ...


@runtime_checkable
class Converting(Document, Protocol):
    """A document that ``apply`` may have to write as another kind.

    After ``apply``, ``ending`` is the file name ending of the new bytes (".jpg"), or empty if
    the kind is what it was.
    """

    ending: str


def ending_after(document: Document) -> str:
    """The new ending of a document that ``apply`` had to convert, or nothing."""
    return document.ending if isinstance(document, Converting) else ""


class Opener(Protocol):
    """Opens a child under the budgets of the whole item; raises ``Unreadable``."""

    @property
    def ledger(self) -> Ledger: ...

    def __call__(self, data: bytes, hint: Hint, /) -> Document: ...


class Descend(Protocol):
    """Yields the layers of a child for verification; raises ``Unreadable``."""

    @property
    def ledger(self) -> Ledger: ...

    def __call__(self, data: bytes, hint: Hint, /) -> Iterator[str]: ...


class Format(Protocol):
    """How one family of bytes is read and written."""

    name: ClassVar[str]

    def score(self, data: bytes, hint: Hint) -> float:
        """How sure this format is that the bytes are its own.

        Below 0 declines. From the content first; the hint only breaks ties. 1.0 is "the
        structure says so", 0.5 "could be, and the hint agrees", 0.1 "could be". All of the data
        is given because a zip's directory stands at its end; look at no more than needed.
        """
        ...

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the bytes.

        Raises:
            Unreadable: they cannot be read whole (damaged, encrypted, over a limit).
        """
        ...

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All text of already redacted bytes, for the verifier, by other means than ``open``.

        Where a second parser exists it is used here. Yields text with escapes resolved,
        metadata, names and attributes included, structure (tag and schema names) left out;
        children by ``yield from descend(child, hint)``.
        """
        ...


def splice(data: bytes, changes: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Replace byte ranges; all other bytes stay as they are.

    Args:
        data: the original.
        changes: ``(start, end, new)`` in any order, not overlapping.

    Raises:
        ValueError: two ranges overlap or one lies outside the data.
    """
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        if not at <= start <= end <= len(data):
            raise ValueError("byte ranges overlap or lie outside the data")
        pieces += (data[at:start], new)
        at = end
    pieces.append(data[at:])
    return b"".join(pieces)


def edit_text(text: str, edits: Iterable[Edit]) -> str:
    """The text of one segment with its edits made."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if not at <= edit.start <= edit.end <= len(text):
            raise ValueError("edits overlap or lie outside the segment")
        pieces += (text[at : edit.start], edit.replacement)
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)


def by_segment(edits: Iterable[Edit]) -> dict[int, list[Edit]]:
    """Edits grouped by the segment they belong to."""
    grouped: dict[int, list[Edit]] = {}
    for edit in edits:
        grouped.setdefault(edit.segment, []).append(edit)
    return grouped
