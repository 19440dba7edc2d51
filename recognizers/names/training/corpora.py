"""Open text with marked names, as ``SOURCES.md`` lists it.

Files are JSON Lines: ``{"text", "spans": [[start, end, label], …], "lang", "src", "id"}``, offsets in
characters. A tenth of the lines, chosen by the hash of their id, is never trained on: ``dev``.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

type Part = Literal["train", "dev"]

_DEV_SHARE = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A text and the ``(start, end, label)`` of each entity in it."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    language: str
    source: str


def folder() -> Path:
    """Where the training text lies: ``GATEWAY_TRAINING_DATA``, or ``../shared/data``."""
    return Path(
        os.environ.get("GATEWAY_TRAINING_DATA", Path(__file__).parents[4] / "shared" / "data")
    )


def examples(name: str, part: Part) -> Iterator[Example]:
    """The examples of one file (without ``.jsonl``) that belong to a part.

    Raises:
        FileNotFoundError: the training text is not there.
    """
    with (folder() / "train" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if part_of(entry["id"]) == part:
                spans = tuple((start, end, label) for start, end, label in entry["spans"])
                yield Example(entry["text"], spans, entry["lang"], name)


def part_of(identity: str) -> Part:
    """Which part the example of that id belongs to."""
    digest = hashlib.sha256(identity.encode()).digest()
    return "dev" if digest[0] % _DEV_SHARE == 0 else "train"
