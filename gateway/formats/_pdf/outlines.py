"""Letters drawn as outlines: filled shapes of many kinds, where charts repeat a few.

Source of the operators: ISO 32000-2:2020, 8.5 (paths).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_PATH = re.compile(
    rb"((?:[-+.\d\s]*+(?:re|[mlcvyh])(?=\s))++)\s*+(?:f\*?|F|B\*?|b\*?)(?=\s|$)",
)
_OPERATORS = re.compile(rb"[-+.\d\s]++")
_FEWEST_STEPS = 5  # an ``l`` has six
_MOST_STEPS = 150  # beyond are maps and drawings
_FEWEST_SHAPES = 5
_FEWEST_KINDS = 4


def new_outlines(data: bytes, known: set[bytes]) -> list[bytes]:
    """Kinds of the filled shapes in a content stream that may be letters, as their operators.

    Args:
        data: the stream.
        known: filled paths that were met before; a logo on every page is looked at once.
    """
    kinds: list[bytes] = []
    for path in _PATH.findall(data):
        if path in known:
            continue
        known.add(path)
        shapes = _OPERATORS.sub(b"", path).split(b"m")
        kinds += [shape for shape in shapes if _FEWEST_STEPS <= len(shape) <= _MOST_STEPS]
    return kinds


def may_be_letters(kinds: Iterable[bytes]) -> bool:
    """Whether so many kinds of shapes may be a word."""
    found = list(kinds)
    return len(found) >= _FEWEST_SHAPES and len(set(found)) >= _FEWEST_KINDS
