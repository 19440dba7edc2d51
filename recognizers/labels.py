"""Checks on the names of sensitivity labels. Named in the ``check:`` key of markings.yaml."""

from __future__ import annotations


def label_name(text: str) -> bool:
    """A name that somebody gave a label: it has a letter, and is no date, number or address."""
    return any(char.isalpha() for char in text) and not text[:4].isdecimal()
