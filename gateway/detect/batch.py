"""Segments into texts worth analysing, and spans back to segments.

Analysing has a fixed price, so that many small segments are joined; its memory grows with the
text, so that a long segment is cut. Neither changes what is found: what crosses a seam between
segments is analysed again one by one, and a cut has enough overlap, or is moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SEPARATOR = "\n\x00\n"  # no run of white space and no run of anything else goes across
TEXT_SIZE = 100_000
OVERLAP = 2_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Segments joined into one text.

    Args:
        members: positions of the segments.
        starts: where each begins in ``text``.
        text: the joined text.
    """

    members: tuple[int, ...]
    starts: tuple[int, ...]
    text: str


def batches(texts: Sequence[str]) -> Iterator[Batch]:
    """All non-empty texts, joined up to :data:`TEXT_SIZE`; a longer one stands alone."""
    members: list[int] = []
    size = 0
    for position, text in enumerate(texts):
        if not text or text.isspace():
            continue
        if members and size + len(text) > TEXT_SIZE:
            yield join(texts, members)
            members, size = [], 0
        members.append(position)
        size += len(text) + len(SEPARATOR)
    if members:
        yield join(texts, members)


def join(texts: Sequence[str], members: Sequence[int]) -> Batch:
    """The texts at these positions as one batch."""
    starts: list[int] = []
    at = 0
    for member in members:
        starts.append(at)
        at += len(texts[member]) + len(SEPARATOR)
    return Batch(tuple(members), tuple(starts), SEPARATOR.join(texts[member] for member in members))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a long text: analysed from ``start`` to ``end``, believed from ``core`` on."""

    start: int
    core: int
    core_end: int
    end: int


def chunk(text: str, core: int, size: int) -> Chunk:
    """The stretch that begins at ``core``, cut at a line or word end where there is one.

    Args:
        text: a long text.
        core: where the previous chunk's core ended.
        size: how many characters the core should have.
    """
    core_end = _soft_end(text, core, min(core + size, len(text)))
    start = max(0, core - OVERLAP)
    if start:
        start = max(start, text.find("\n", start, start + OVERLAP // 2) + 1)
    return Chunk(start, core, core_end, min(len(text), core_end + OVERLAP))


def _soft_end(text: str, core: int, end: int) -> int:
    if end == len(text):
        return end
    half = core + (end - core) // 2
    for border in ("\n", " "):
        found = text.rfind(border, half, end)
        if found >= 0:
            return found + 1
    return end
