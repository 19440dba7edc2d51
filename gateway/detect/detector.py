"""Finding what matters in the segments of a document.

The road of a segment: folded (full-width and odd characters as ASCII, same offsets) → joined with
others or cut, and once more with its spellings undone → Presidio's engine with our recognisers →
threshold and allow-list → overlaps resolved → table columns judged as a whole → names only where a
name can stand → every found value searched for again in all segments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.detect.batch import TEXT_SIZE, Batch, Chunk, batches, chunk, join
from gateway.detect.catalogue import catalogue
from gateway.detect.columns import Columns, context_words
from gateway.detect.context import Scope, spread
from gateway.detect.overlaps import JUDGED, Span, resolve, tidied
from gateway.detect.placement import placed
from gateway.detect.propagation import Propagation
from gateway.detect.spellings import Undone
from gateway.detect.text import comparable, fold
from gateway.detect.values import ValueMatcher
from gateway.model import UNIQUE_ID, DetectionOptions, Finding, Role, Segment

if TYPE_CHECKING:
    from presidio_analyzer import RecognizerResult

_EXACT = "EXACT_VALUE"

type _Hit = tuple[Span, tuple[int, int]]  # and all that was looked at to find it


class Detector:
    """Finds entities. Make one and keep it: making it loads Presidio.

    Args:
        options: what policy asks for.
        extra: a folder with recognisers of the user's own.
        key: the user's own, under which ``options.indexes`` were made.

    Raises:
        PolicyError: a recogniser's definition or an index cannot be used.
    """

    def __init__(
        self, options: DetectionOptions, extra: Path | None = None, key: bytes = b""
    ) -> None:
        from gateway.detect.engine import build_engine

        self._options = options
        self._engine = build_engine(options, extra, key)
        self._allowed = frozenset(comparable(value) for value in options.allow_list)
        self._values = ValueMatcher(options.values)
        groups = catalogue(extra)
        self._columns = Columns(context_words(self._engine.registry.recognizers), groups)
        self._again = Propagation(groups)

    def find(self, segments: Sequence[Segment]) -> list[Finding]:
        """All findings at or above their threshold.

        Args:
            segments: a document's segments, in its order.

        Returns:
            Findings by segment and start; none overlaps another of its segment.

        Raises:
            LimitExceeded: a recogniser could not finish; nothing may be concluded.
        """
        spelled: set[int] = set()
        recognised = self._recognised(segments, spelled)
        judged = self._columns.judge(segments, recognised, self._recognised, self._counts)
        resolved = placed(judged, segments)
        for more in (self._misread(segments), self._again.find(resolved, segments, spelled)):
            for position, spans in more.items():
                resolved[position] = resolve([*resolved.get(position, []), *spans])
        return [
            _finding(span, position, segments[position], explain=self._options.explain)
            for position in sorted(resolved)
            for span in tidied(resolved[position], segments[position].text)
        ]

    def scan(self, text: str) -> int:
        """Only the scan for all patterns at once, for who wants to know what it costs.

        Returns:
            how many patterns and context words may stand in the text.
        """
        return self._engine.scan(text)

    def _recognised(
        self, segments: Sequence[Segment], changed: set[int] | None = None
    ) -> dict[int, list[Span]]:
        """What the recognisers find, by segment, overlaps resolved.

        Args:
            segments: are searched.
            changed: where to put the positions of those in which spellings were undone.
        """
        shown = list(segments)
        spelled: list[tuple[int, Undone]] = []
        for position, segment in enumerate(segments):
            if plain := Undone(segment.text):
                spelled.append((position, plain))
                shown.append(replace(segment, text=plain.text))
        if changed is not None:
            changed.update(position for position, _ in spelled)
        texts = [fold(segment.text) for segment in shown]
        found: dict[int, list[Span]] = {}
        for batch in batches(texts):
            for place, span in self._batch_spans(batch, texts, shown):
                if not self._counts(span, shown[place]):
                    continue
                if place < len(segments):
                    found.setdefault(place, []).append(span)
                    continue
                position, plain = spelled[place - len(segments)]
                if span.entity in JUDGED and not plain.changed(span.start, span.end):
                    continue  # the same words were weighed in the original, with more around them
                start, end = plain.span(span.start, span.end)
                found.setdefault(position, []).append(replace(span, start=start, end=end))
        return {position: resolve(spans) for position, spans in found.items()}

    def _counts(self, span: Span, segment: Segment) -> bool:
        text, options = segment.text, self._options
        if span.entity == "PASSWORD" and segment.role is Role.KEY:
            return False  # a key below "password" is a word of a schema
        if span.entity == _EXACT:
            return True
        if span.entity in options.ignore:
            return False
        if span.entity == "EMAIL_ADDRESS" and segment.context[:1] == (UNIQUE_ID,):
            return False
        if span.score < options.thresholds.get(span.entity, options.threshold):
            return False
        return not self._allowed or comparable(text[span.start : span.end]) not in self._allowed

    def _batch_spans(
        self, batch: Batch, texts: Sequence[str], segments: Sequence[Segment]
    ) -> Iterator[tuple[int, Span]]:
        """Spans by segment; segments between which something was found are analysed alone."""
        scopes = [
            Scope(start, start + len(texts[member]), _labels(segments[member]))
            for member, start in zip(batch.members, batch.starts, strict=True)
        ]
        crossing: list[tuple[int, int]] = []
        hits = list(self._long_hits(batch.text, scopes, crossing))
        torn = _torn(crossing, scopes) if len(scopes) > 1 else set()
        for place in torn:
            member = batch.members[place]
            yield from self._batch_spans(join(texts, [member]), texts, segments)
        for span, place in _placed(hits, scopes):
            if place not in torn:
                start = scopes[place].start
                yield batch.members[place], _moved(span, -start)

    def _long_hits(
        self, text: str, scopes: Sequence[Scope], crossing: list[tuple[int, int]]
    ) -> Iterator[_Hit]:
        """Hits in a text of any length, a stretch at a time; spans over a seam go to ``crossing``."""
        if len(text) <= 2 * TEXT_SIZE:
            yield from self._hits(text, scopes, crossing)
            return
        core, size = 0, TEXT_SIZE
        while core < len(text):
            part = chunk(text, core, size)
            inside = [
                Scope(max(0, scope.start - part.start), scope.end - part.start, scope.labels)
                for scope in scopes
            ]
            hits = [
                (_moved(span, part.start), (start + part.start, end + part.start))
                for span, (start, end) in self._hits(text[part.start : part.end], inside, [])
            ]
            if part.end < len(text) and any(_goes_on(seen, part) for _, seen in hits):
                size *= 2  # something may go on behind the end: take more at once
                continue
            yield from (
                hit for hit in hits if part.core <= hit[0].start and hit[1][0] < part.core_end
            )
            core, size = part.core_end, TEXT_SIZE

    def _hits(
        self, text: str, scopes: Sequence[Scope], crossing: list[tuple[int, int]]
    ) -> Iterator[_Hit]:
        from gateway.detect.artifacts import LANGUAGE, Surrounded
        from recognizers import MATCH

        artifacts = Surrounded(text, scopes, explain=self._options.explain)
        results = self._engine.analyze(text, LANGUAGE, nlp_artifacts=artifacts)
        for result in results:
            metadata = result.recognition_metadata
            span = Span(
                result.start,
                result.end,
                result.entity_type,
                result.score,
                metadata[result.RECOGNIZER_NAME_KEY],
                why=_why(result) if self._options.explain else (),
            )
            looked_at = metadata.get(MATCH, (result.start, result.end))
            artifacts.seen(looked_at)
            yield span, looked_at
        crossing += artifacts.torn

    def _misread(self, segments: Sequence[Segment]) -> dict[int, list[Span]]:
        """Where listed values stand in text that was read from pixels."""
        return {
            position: [
                Span(start, end, _EXACT, 1.0, "exact values")
                for start, end, _ in self._values.find_blurred(segment.text)
            ]
            for position, segment in enumerate(segments)
            if self._values and segment.role is Role.PICTURE
        }


def _goes_on(seen: tuple[int, int], part: Chunk) -> bool:
    """Whether a hit of the core reaches so far into the overlap that it may be cut short."""
    return part.core <= seen[0] < part.core_end and seen[1] > (part.core_end + part.end) // 2


def _labels(segment: Segment) -> str:
    return " | ".join(spread(label) for label in segment.context)


def _moved(span: Span, by: int) -> Span:
    return replace(span, start=span.start + by, end=span.end + by) if by else span


def _placed(hits: Iterable[_Hit], scopes: Sequence[Scope]) -> Iterator[tuple[Span, int]]:
    """Each span with the place of the scope it lies in."""
    place = 0
    for span, _ in sorted(hits, key=lambda hit: hit[0].start):
        while place + 1 < len(scopes) and scopes[place + 1].start <= span.start:
            place += 1
        yield span, place


def _torn(crossing: Iterable[tuple[int, int]], scopes: Sequence[Scope]) -> set[int]:
    """Places of scopes that some span shares with another."""
    torn: set[int] = set()
    place = 0
    for start, end in sorted(set(crossing)):
        while place + 1 < len(scopes) and scopes[place + 1].start <= start:
            place += 1
        if end > scopes[place].end:
            last = place
            while last + 1 < len(scopes) and scopes[last + 1].start < end:
                last += 1
            torn.update(range(place, last + 1))
    return torn


def _why(result: RecognizerResult) -> tuple[str, ...]:
    """What made the score, in sentences without the value."""
    explanation = result.analysis_explanation
    said = explanation.textual_explanation if explanation is not None else None
    name = result.recognition_metadata[result.RECOGNIZER_NAME_KEY]
    return (f"found by {name!r}", *(said or f"which scores it {result.score:.2f}").split("\n"))


def _finding(span: Span, position: int, segment: Segment, *, explain: bool) -> Finding:
    why = span.why
    if explain and not why:
        why = (f"it stands elsewhere in the document too: {span.recognizer}, {span.score:.2f}",)
    return Finding(
        entity=span.entity,
        score=span.score,
        segment=position,
        start=span.start,
        end=span.end,
        part=segment.part,
        role=segment.role,
        recognizer=span.recognizer,
        why=why,
    )
