"""What was found once is found everywhere in the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gateway.detect.overlaps import Span
from gateway.detect.text import comparable
from gateway.detect.values import Match, ValueMatcher
from gateway.model import Role, Segment

_SHORTEST = 4


class Propagation:
    """Searches all segments again for the values that were found in some.

    Args:
        groups: the groups of each entity; markings stay where they are.
    """

    def __init__(self, groups: Mapping[str, frozenset[str]]) -> None:
        self._lasting = frozenset(
            entity for entity, its_groups in groups.items() if its_groups != {"MARKINGS"}
        )

    def find(
        self, resolved: Mapping[int, Iterable[Span]], segments: Sequence[Segment]
    ) -> dict[int, list[Span]]:
        """Where the values that were found stand again.

        Args:
            resolved: what was found, by position of the segment.
            segments: the document's.

        Returns:
            Further spans by position; none is a finding already.
        """
        known: dict[str, Span] = {}
        for position, spans in resolved.items():
            for span in spans:
                value = segments[position].text[span.start : span.end]
                if span.whole and span.entity in self._lasting:
                    known.setdefault(value, span)
        matcher = ValueMatcher(value for value in known if len(comparable(value)) >= _SHORTEST)
        again: dict[int, list[Span]] = {}
        for position, segment in enumerate(segments) if matcher else ():
            covered = {at for span in resolved.get(position, ()) for at in (span.start, span.end)}
            for start, end, value in _found(matcher, segment):
                if start in covered and end in covered:
                    continue  # a finding already
                origin = known[value]
                again.setdefault(position, []).append(
                    Span(start, end, origin.entity, origin.score, "propagated")
                )
        return again


def _found(matcher: ValueMatcher, segment: Segment) -> list[Match]:
    """Places of the values; letters read from pixels may be others that look alike."""
    if segment.role is Role.PICTURE:
        return matcher.find_blurred(segment.text)
    return matcher.find(segment.text)
