"""What several commands share: options, reading inputs, and one JSON shape for results."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.errors import UsageError

if TYPE_CHECKING:
    from gateway.model import Destination, Outcome

PolicyOption = Annotated[
    str, typer.Option("--policy", "-p", metavar="NAME|FILE", help="Policy: a name or a YAML file.")
]
ValuesOption = Annotated[
    Path | None,
    typer.Option(
        "--values",
        metavar="FILE",
        help="Exact values, one a line, that must go wherever they stand.",
    ),
]
ToOption = Annotated[
    str, typer.Option("--to", metavar="SERVICE", help="Judge as if on its way to this service.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a file, on stdout.")]

_MAX_VALUES_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One input: ``path`` is ``None`` for standard input; ``inside`` is relative to its argument."""

    path: Path | None
    inside: Path

    @property
    def shown(self) -> str:
        """How the user called it."""
        return "-" if self.path is None else str(self.path)

    def read(self, limit: int) -> bytes:
        """The bytes, at most one more than ``limit`` (which then blocks)."""
        if self.path is None:
            return sys.stdin.buffer.read(limit + 1)
        with self.path.open("rb") as stream:
            return stream.read(limit + 1)


def sources(paths: Sequence[str]) -> list[Source]:
    """Files behind the arguments; folders are walked in name order, links not followed.

    Raises:
        UsageError: a path does not exist, or ``-`` is given twice.
    """
    result: list[Source] = []
    for text in paths:
        path = Path(text)
        if text == "-":
            if any(s.path is None for s in result):
                raise UsageError("standard input (-) can be read only once")
            result.append(Source(None, Path("-")))
        elif path.is_dir():
            result += [Source(file, file.relative_to(path)) for file in _walk(path)]
        elif path.is_file():
            result.append(Source(path, Path(path.name)))
        else:
            raise UsageError(
                f"no such file: {text}", "give files, folders, or - for standard input"
            )
    return result


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                yield path


def read_values(path: Path | None) -> tuple[str, ...]:
    """Exact values from a file, one a line, blank lines left out.

    Raises:
        UsageError: the file is missing, too large or not UTF-8 text.
    """
    if path is None:
        return ()
    try:
        if path.stat().st_size > _MAX_VALUES_BYTES:
            raise UsageError(f"{path} is larger than {_MAX_VALUES_BYTES} bytes")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{path} is not UTF-8 text", "save it as UTF-8, one value a line"
        ) from None
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def destination(service: str) -> Destination:
    """The destination that ``--to`` names; nowhere known when it is empty.

    Raises:
        UsageError: no profile has that name.
    """
    from gateway.model import Destination

    if not service:
        return Destination()
    from gateway.app import destination_for
    from gateway.services import Catalog
    from gateway.settings import Settings

    return destination_for(Catalog.load(Settings.from_environ().services_dir), service)


def as_json(source: Source, outcome: Outcome, output: str | None) -> str:
    """One result as a line of JSON. It holds types and places, never values."""
    record: dict[str, Any] = {
        "path": source.shown,
        "output": output,
        "verdict": outcome.verdict.value,
        "format": outcome.format,
        "reason": outcome.reason,
        "findings": [
            {
                "entity": f.entity,
                "score": round(f.score, 3),
                "part": f.part,
                "start": f.start,
                "end": f.end,
                "role": f.role.value,
            }
            for f in outcome.findings
        ],
        "counts": dict(outcome.counts),
        "unread": [{"part": u.part, "why": u.why} for u in outcome.unread],
        "ms": round(outcome.milliseconds, 1),
    }
    return json.dumps(record, ensure_ascii=False)


def message(text: str) -> None:
    """Say something on stderr; stdout is for results."""
    print(text, file=sys.stderr, flush=True)
