"""Collecting what a preview shows: every segment before and after, and renderings of pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from gateway.errors import Unreadable
from gateway.formats import open_document, renderings
from gateway.model import Hint, Item, Mark, Outcome, Passage, Preview, Role, Segment
from gateway.settings import Limits

_MOST_CHARACTERS = 2_000_000
_MOST_PICTURES = 20


def look(
    item: Item,
    segments: Sequence[Segment],
    marks: Mapping[int, Sequence[Mark]],
    outcome: Outcome,
    limits: Limits,
) -> Preview:
    """The preview of one item.

    What is shown as "after" is read from the new bytes themselves, not worked out from the
    edits: a person looks at what would leave.

    Args:
        item: what was judged.
        segments: its name, then the segments of its document.
        marks: the findings by segment.
        outcome: what was made of it.
        limits: budgets for reading the result.
    """
    after = _after(outcome, limits)
    counted: dict[tuple[str, Role], int] = defaultdict(int)
    passages: list[Passage] = []
    characters = more = 0
    for index, segment in enumerate(segments):
        place = (segment.part, segment.role)
        position = counted[place]
        counted[place] += 1
        if segment.role is Role.DISPENSABLE or not segment.text.strip():
            continue
        characters += len(segment.text)
        if characters > _MOST_CHARACTERS and index not in marks:
            more += 1
            continue
        texts = after.get(place, ())
        now = texts[position] if position < len(texts) else None
        if index == 0 and outcome.data is not None:
            now = Hint(outcome.name).stem
        shown = tuple(sorted(marks.get(index, ()), key=lambda mark: mark.start))
        passages.append(Passage(segment.part, segment.role, segment.text, now, shown))
    return Preview(tuple(passages), _pictures(item, outcome), more)


def _after(outcome: Outcome, limits: Limits) -> dict[tuple[str, Role], list[str]]:
    """Texts of the result by place."""
    texts: dict[tuple[str, Role], list[str]] = defaultdict(list)
    if outcome.data is not None:
        for segment in open_document(outcome.data, Hint(outcome.name), limits).segments():
            texts[segment.part, segment.role].append(segment.text)
    return texts


def _pictures(item: Item, outcome: Outcome) -> tuple[tuple[bytes | None, bytes | None], ...]:
    before = _rendered(item.data)
    after = _rendered(outcome.data) if outcome.data is not None else []
    return tuple(zip_longest(before, after))


def _rendered(data: bytes) -> list[bytes]:
    try:
        return renderings(data, _MOST_PICTURES)
    except Unreadable:
        return []
