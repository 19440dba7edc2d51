"""``gateway redact --preview``: the page that shows the files before and after."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from gateway.cli._common import Source

ENDING = ".preview.html"


def place(sources: Sequence[Source]) -> Path:
    """Where the page goes: to the originals, never to the results, which are on their way out.

    Args:
        sources: what is redacted; the page is put where the first of them was found.
    """
    first = sources[0]
    folder = first.path.parents[len(first.inside.parts) - 1] if first.path else Path()
    stem = first.path.stem if first.path and len(sources) == 1 else "gateway"
    inputs = {source.path.absolute() for source in sources if source.path}
    for number in count(1):
        page = folder / f"{stem}{f' ({number})' if number > 1 else ''}{ENDING}"
        if page.absolute() not in inputs:
            return page
    raise AssertionError  # counting has no end


def is_page(path: Path) -> bool:
    """Whether a file is such a page."""
    return path.name.endswith(ENDING)
