"""Comparing a value with what is to stand in its place."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """A text without the differences that a reader overlooks: width, case, ligatures."""
    return unicodedata.normalize("NFKC", text).casefold()


def same_value(value: str) -> str:
    """One form for all ways to write the same value.

    Width, case and runs of white space do not count; in a value without letters (a card
    number, a telephone number) separators do not count either.
    """
    text = " ".join(folded(value).split())
    if any(c.isalpha() for c in text):
        return text
    return "".join(c for c in text if c.isalnum()) or text


def shows(replacement: str, value: str) -> bool:
    """Whether a reader of ``replacement`` would see ``value`` in it, however it is written."""
    if value in replacement or folded(value) in folded(replacement):
        return True
    bare = letters_and_digits(value)
    return bool(bare) and bare in letters_and_digits(replacement)


def letters_and_digits(text: str) -> str:
    """The letters and digits of a text, folded."""
    return "".join(c for c in folded(text) if c.isalnum())
