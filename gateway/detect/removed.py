"""Looking for what was removed: before redacted bytes leave, nothing of it may be left.

Numbers, keys, addresses and listed values may stand nowhere. A name of one word is also a font, a key,
a plain word ("Georgia", "max_tokens", "may"): it must be gone where people read, written as it
was removed, and may stand where detection, having seen it there, let it stand.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from gateway.detect.placement import NAMES, is_identifier, is_structure
from gateway.detect.values import Match, ValueMatcher
from gateway.model import Finding, Role, Segment

_ONE_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SHORT = 2  # ideographs that make many a word


class Removed:
    """Values that were removed, and what stands in their place.

    Args:
        fillings: what stands in the place of each value.
        names: those that are names of one word, looked for only where people read.
    """

    def __init__(self, fillings: Mapping[str, str], names: Collection[str] = ()) -> None:
        self.fillings = dict(fillings)
        self.names = frozenset(names)
        self._all = ValueMatcher(fillings)
        self._certain = ValueMatcher(self.certain)
        ordered = sorted({new for new in fillings.values() if new}, key=len, reverse=True)
        self._placeholders = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    @property
    def certain(self) -> list[str]:
        """The values that may stand nowhere."""
        return [value for value in self.fillings if value not in self.names]

    def find(self, segment: Segment) -> list[Match]:
        """Where a removed value stands in a segment still; what is in placeholders does not count.

        Args:
            segment: of the redacted document.
        """
        text = self._blanked(segment.text)
        if segment.role is Role.PICTURE:
            hits = self._all.find_blurred(text)
        elif is_structure(segment):
            return self._certain.find(text)
        else:
            hits = self._all.find(text)
        return [hit for hit in hits if hit[2] not in self.names or _is_name(text, hit)]

    def stands_in(self, text: str) -> bool:
        """Whether a value that may stand nowhere stands in a text of any kind."""
        return bool(self._certain.find(self._blanked(text)))

    def _blanked(self, text: str) -> str:
        """Without placeholders: they may read like a listed word."""
        if self._placeholders is None:
            return text
        return self._placeholders.sub(lambda found: "\0" * len(found.group()), text)


def removed(
    fillings: Mapping[str, str], findings: Collection[Finding], segments: Sequence[Segment]
) -> Removed:
    """What must be gone, by what it was found as.

    Args:
        fillings: what stands in the place of each value.
        findings: what was removed, of the document as it was.
        segments: of the document as it was.
    """
    certain: set[str] = set()
    judged: set[str] = set()
    spans: dict[int, list[tuple[int, int]]] = {}
    for finding in findings:
        spans.setdefault(finding.segment, []).append((finding.start, finding.end))
        value = segments[finding.segment].text[finding.start : finding.end]
        (judged if finding.entity in NAMES else certain).add(value)
    names = {value for value in judged - certain if _ONE_WORD.fullmatch(value)} & set(fillings)
    if not names:
        return Removed(fillings)
    matcher = Removed(dict.fromkeys(names, ""), names)
    standing: set[str] = set()
    structural: set[str] = set()
    seen = ValueMatcher(names)
    for position, segment in enumerate(segments):
        if is_structure(segment):
            structural.update(value for _, _, value in seen.find(segment.text))
            continue
        covered = _merged(spans.get(position, []))
        for start, end, value in matcher.find(segment):
            before = bisect_left(covered, (end, 0))
            if not before or covered[before - 1][1] <= start:
                standing.add(value)
    latin = {value for value in names if not _IDEOGRAPH.search(value)}
    short = {value for value in names & structural if len(value) <= _SHORT}
    kept = {value: new for value, new in fillings.items() if value not in latin & standing}
    return Removed(kept, (latin - standing) | short)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places in order, none of which meets another."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _is_name(text: str, hit: Match) -> bool:
    """Whether a name of one word is written here as it was removed."""
    start, end, value = hit
    if _IDEOGRAPH.search(value):
        return True
    return text[start:end] == value and not is_identifier(text, start, end)
