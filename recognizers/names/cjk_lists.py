"""Lists of words, written as one reads them."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, split at white space."""
    return tuple(text.split())
