"""Lists of words, and patterns made of them."""

from __future__ import annotations

from collections.abc import Iterable


def words(text: str) -> list[str]:
    """The words of a text, which is how long lists stay readable."""
    return text.split()


def one_of(alternatives: Iterable[str]) -> str:
    """A group that matches any of some patterns, the longest first."""
    ranked = sorted(set(alternatives), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(ranked)})"
