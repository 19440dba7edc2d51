"""Text in binary values: everything that could be some, each run once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.formats._ole.residue import text_runs

_BYTES = re.compile(rb"[\x20-\x7e]{4,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\0){4,}")


def printable(data: bytes) -> Iterator[str]:
    """Runs of text in bytes of unknown structure.

    Those in UTF-16 first, then once more those in one byte first: where a string in one byte
    ends and one in two begins, the two orders cut differently, and either may be right.
    """
    seen: set[str] = set()
    for run in (*(run.text for run in text_runs(data)), *_bytes_first(data)):
        text = run.strip()
        if len(text) >= 2 and text not in seen:
            seen.add(text)
            yield text


def _bytes_first(data: bytes) -> Iterator[str]:
    rest = bytearray(data)
    for run in _BYTES.finditer(data):
        yield run[0].decode("ascii")
        rest[run.start() : run.end()] = bytes(len(run[0]))
    for run in _WIDE.finditer(rest):
        yield run[0].decode("utf-16-le")
