"""The verifier's reading of a workbook in few long texts: a sheet has a million short ones.

Source: ECMA-376-1 §18.3.1.4 (c).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.formats._ooxml.text import BESIDE

_LONG = 50_000
_SCHEMA_WORDS = frozenset({"true", "false"})  # a cell's TRUE is stored as 1


def gathered(texts: Iterable[str]) -> Iterator[str]:
    """The texts side by side, the same one once in each; long ones stand alone."""
    some: dict[str, None] = {}
    size = 0
    for text in texts:
        if len(text) >= _LONG:
            yield text
        elif text and text not in some and text not in _SCHEMA_WORDS:
            some[text] = None
            size += len(text)
        if size >= _LONG:
            yield BESIDE.join(some)
            some, size = {}, 0
    if some:
        yield BESIDE.join(some)
