"""From raw spans to findings that do not overlap, without losing a character.

Spans that overlap become one: it covers all of them and takes the entity of the best. The best has
the higher score, then is longer, then starts earlier; a URL or a marking never outranks what
stands in it. Only a URL around something else is not merged: it is cut, so that an address inside
a link keeps its own extent, and the pieces of the URL remain findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# What only carries other things; its pieces stay findings of their own.
CARRIERS = frozenset({"URL"})
_LAST = CARRIERS | {"CONFIDENTIALITY_MARKING"}


@dataclass(frozen=True, slots=True)
class Span:
    """A recognised span of one segment. ``whole`` is false for a piece that was cut."""

    start: int
    end: int
    entity: str
    score: float
    recognizer: str
    whole: bool = True


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Spans of one segment, in order, none overlapping another; what was covered stays covered."""
    carriers: list[Span] = []
    others: list[Span] = []
    for span in spans:
        (carriers if span.entity in CARRIERS else others).append(span)
    merged = _merge(others)
    pieces = [piece for carrier in _merge(carriers) for piece in _cut(carrier, merged)]
    return sorted([*merged, *pieces], key=lambda span: span.start)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    best: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end, span.entity)):
        if merged and span.start < merged[-1].end:
            best[-1] = max(best[-1], span, key=_rank)
            end = max(merged[-1].end, span.end)
            merged[-1] = replace(best[-1], start=merged[-1].start, end=end)
        else:
            merged.append(span)
            best.append(span)
    return merged


def _rank(span: Span) -> tuple[bool, float, int, int, str, str]:
    length = span.end - span.start
    last = span.entity in _LAST
    return (not last, span.score, length, -span.start, span.entity, span.recognizer)


def _cut(carrier: Span, others: Sequence[Span]) -> list[Span]:
    """The pieces of a carrier that nothing else covers."""
    inside = [span for span in others if span.start < carrier.end and carrier.start < span.end]
    if not inside:
        return [carrier]
    pieces: list[Span] = []
    at = carrier.start
    for span in inside:
        if at < span.start:
            pieces.append(replace(carrier, start=at, end=span.start, whole=False))
        at = max(at, span.end)
    if at < carrier.end:
        pieces.append(replace(carrier, start=at, end=carrier.end, whole=False))
    return pieces
