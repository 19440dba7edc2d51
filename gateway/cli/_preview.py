"""``gateway redact --preview``: the page that shows the files before and after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gateway.cli._common import Source

ENDING = ".preview.html"


def place(sources: Sequence[Source], output: str, out_dir: Path | None) -> Path:
    """Where the page goes: beside the one result, or for several into their folder.

    Args:
        sources: what is redacted.
        output: what ``-o`` says.
        out_dir: what ``--out-dir`` says.
    """
    beside = Path(output).parent if output not in ("", "-") else None
    only = sources[0].path if len(sources) == 1 else None
    folder = out_dir or beside or (only.parent if only else Path())
    return folder / (only.stem + ENDING if only else "gateway" + ENDING)


def is_page(path: Path) -> bool:
    """Whether a file is such a page."""
    return path.name.endswith(ENDING)
