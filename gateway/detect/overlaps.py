"""From raw spans to findings that do not overlap, without losing a character.

Spans of a kind that overlap become one: it covers all of them and takes the entity of the best. The
best has the higher score, then is longer, then starts earlier; an exact value is the best of all.

Kinds are not merged with one another. What is written by rule (a number, a key, a title) keeps its
own extent; after it a marking, which a policy may block; then a name, a place, a date, whose extent is
somebody's judgement; last a URL, which only carries other things. Each is cut around what comes before
it, and the pieces remain findings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched

_EXACT = "EXACT_VALUE"
_MARKS = frozenset({"CONFIDENTIALITY_MARKING", "STATE_SECRET_MARKING", "SENSITIVITY_LABEL"})
# What else stands in a name belongs to it ("British" in a company's); it never names the whole.
_MINOR = frozenset({"DATE_TIME", "AGE", "NRP"})
JUDGED = frozenset({"PERSON", "ORGANIZATION", "LOCATION", "ADDRESS"}) | _MINOR
_CARRIERS = frozenset({"URL"})
# A form of address may be cut off a person; what is left is still the whole name.
_STAYS_WHOLE = frozenset({"PERSON"})
_MERGED = "it overlaps"


@dataclass(frozen=True, slots=True)
class Span:
    """A recognised span of one segment.

    ``cut`` tells a piece; ``whole`` is false for one that is no value by itself. ``why`` says what made the score, if asked for.
    """

    start: int
    end: int
    entity: str
    score: float
    recognizer: str
    whole: bool = True
    cut: bool = False
    why: tuple[str, ...] = ()


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Spans of one segment, in order, none overlapping another; what was covered stays covered."""
    kinds: tuple[list[Span], ...] = ([], [], [], [])
    for span in spans:
        kinds[_kind(span)].append(span)
    settled: list[Span] = []
    for kind in kinds:
        pieces = [piece for span in _merge(kind) for piece in _cut(span, settled)]
        settled = sorted([*settled, *pieces], key=lambda span: span.start)
    return settled


def tidied(spans: Iterable[Span], text: str) -> Iterator[Span]:
    """The spans, pieces of names without the space and punctuation at which they were cut."""
    for span in spans:
        if span.entity not in JUDGED or not span.cut:
            yield span
            continue
        places = [at for at in range(span.start, span.end) if text[at].isalnum()]
        if places:
            yield replace(span, start=places[0], end=places[-1] + 1)


def _kind(span: Span) -> int:
    if span.entity in _MARKS:
        return 1
    if span.entity in JUDGED:
        return 2
    return 3 if span.entity in _CARRIERS else 0


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    best: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.entity)):
        if merged and span.start < merged[-1].end:
            other, best[-1] = sorted((best[-1], span), key=_rank)
            end = max(merged[-1].end, span.end)
            why = _why_merged(best[-1], other, merged[-1])
            merged[-1] = replace(best[-1], start=merged[-1].start, end=end, why=why)
        else:
            merged.append(span)
            best.append(span)
    return merged


def _why_merged(best: Span, other: Span, so_far: Span) -> tuple[str, ...]:
    """The reasons of the best, and which others it was merged with."""
    if not best.why:
        return ()
    told = [reason for reason in so_far.why if reason.startswith(_MERGED)]
    if (best.entity, best.recognizer) != (other.entity, other.recognizer):
        told.append(f"{_MERGED} {other.entity} ({other.recognizer}, {other.score:.2f})")
    return tuple(dict.fromkeys((*best.why, *told)))


def _rank(span: Span) -> tuple[int, float, int, int, str, str]:
    length = span.end - span.start
    standing = (span.entity == _EXACT) - (span.entity in _MINOR)
    return (standing, span.score, length, -span.start, span.entity, span.recognizer)


def _cut(span: Span, others: Sequence[Span]) -> list[Span]:
    """The pieces of a span that nothing else covers.

    Args:
        span: what is cut.
        others: in order, none overlapping another.
    """
    first = bisect_right(others, span.start, key=lambda other: other.end)
    last = bisect_left(others, span.end, key=lambda other: other.start)
    if first >= last:
        return [span]
    whole = span.whole and span.entity in _STAYS_WHOLE
    edges = [span.start, *(at for o in others[first:last] for at in (o.start, o.end)), span.end]
    return [
        replace(span, start=start, end=end, whole=whole, cut=True)
        for start, end in batched(edges, 2, strict=True)
        if start < end
    ]
