"""Masks that take no more room than what they hide, for documents that must keep their size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from gateway.model import Edit, Segment
from gateway.redaction._values import folded

# None of them separates the digits of a number, and none begins a formula.
_CHARACTERS = "*#~"
_SHORTEST = 3


def same_bytes(value: str) -> int:
    """As many characters of one byte as the value has bytes in UTF-8."""
    return len(value.encode("utf-8", "surrogatepass"))


def at_most_three(value: str) -> int:
    """For where a mask is written with more beside it than the value was: quotes, an escape."""
    return min(len(value), _SHORTEST)


LENGTHS: Sequence[Callable[[str], int]] = (same_bytes, len, at_most_three)
"""How long a mask is for a value, from the one that keeps the place to the one that always fits."""


def masked(edits: Sequence[Edit], segments: Sequence[Segment]) -> Iterator[list[Edit]]:
    """The same edits with masks in place of their replacements, shorter each time.

    Edits that leave something out stay as they are. Nothing is given if each character for masks
    stands in one of the values: a mask must not be taken for a value, nor hide one.

    Args:
        edits: what was to be done.
        segments: those of the document, which the edits count.
    """
    values = [segments[edit.segment].text[edit.start : edit.end] for edit in edits]
    hidden = folded("".join(v for v, edit in zip(values, edits, strict=True) if edit.replacement))
    character = next((c for c in _CHARACTERS if c not in hidden), "")
    last: list[Edit] = []
    for length in LENGTHS if character and hidden else ():
        new = [
            replace(edit, replacement=character * length(value)) if edit.replacement else edit
            for value, edit in zip(values, edits, strict=True)
        ]
        if new != last:
            yield new
        last = new
