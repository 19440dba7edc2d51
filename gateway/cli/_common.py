"""What several commands share: options, reading inputs, and one JSON shape for results."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli._output import message, shown, speaks_unicode
from gateway.errors import UsageError

if TYPE_CHECKING:
    from gateway.model import Destination, Outcome, Tuning

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
LocaleOption = Annotated[
    str,
    typer.Option(
        "--locale",
        metavar="cn,us,..|all",
        help="Countries whose identifiers are looked for, instead of the policy's.",
    ),
]
StrictnessOption = Annotated[
    str,
    typer.Option(
        "--strictness",
        metavar="relaxed|normal|strict",
        help="How readily a word is taken for a name, instead of the policy's.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a file, on stdout.")]

_MAX_VALUES_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One input.

    Args:
        path: where it stands; ``None`` for standard input.
        inside: the same, relative to the argument that led to it.
        problem: why it cannot be read, where that is known already.
        walked: it was found in a folder, not named.
    """

    path: Path | None
    inside: Path
    problem: str = ""
    walked: bool = False

    @property
    def shown(self) -> str:
        """How the user called it, for people."""
        return "standard input" if self.path is None else shown(self.path)

    def read(self, limit: int) -> bytes:
        """The bytes, at most one more than ``limit`` (which then blocks).

        Raises:
            OSError: it cannot be read.
        """
        if self.path is None:
            return sys.stdin.buffer.read(limit + 1)
        with self.path.open("rb") as stream:
            return stream.read(limit + 1)


def sources(paths: Sequence[str], left_out: Path | None = None) -> list[Source]:
    """Files behind the arguments; folders are walked in name order, links in them not followed.

    Args:
        paths: files, folders, or ``-``.
        left_out: a folder that is not walked: the one where results go.

    Raises:
        UsageError: a path does not exist, or ``-`` is given twice.
    """
    result: dict[Path, Source] = {}
    stdin = Path("-")
    for text in paths:
        path = Path(text)
        if text == "-":
            if stdin in result:
                raise UsageError("standard input (-) can be read only once")
            if sys.stdin is None:
                raise UsageError("standard input is closed", "pipe something into the command")
            result[stdin] = Source(None, stdin)
        elif (kind := _kind(path)) is None:
            raise UsageError(
                f"no such file: {shown(text)}", "give files, folders, or - for standard input"
            )
        elif stat.S_ISDIR(kind):
            for source in _walk(path, left_out):
                result.setdefault(_key(source), source)
        elif stat.S_ISREG(kind):
            source = Source(path, Path(path.name))
            result[_key(source)] = source
        else:
            raise UsageError(
                f"{shown(text)} is neither a file nor a folder",
                "pipe it into the command and give - for standard input",
            )
    return list(result.values())


def _key(source: Source) -> Path:
    assert source.path is not None
    return source.path.absolute()


def _kind(path: Path) -> int | None:
    """The file's mode; ``None`` when there is none. What a closed folder hides passes for a file."""
    try:
        return path.stat().st_mode
    except PermissionError:
        return stat.S_IFREG  # reading it will say why not
    except (OSError, ValueError):
        return None


def _walk(top: Path, left_out: Path | None) -> Iterator[Source]:
    """Files first, then folders; what is passed over is named on stderr."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        if left_out and left_out.exists() and folder.samefile(left_out) and folder != top:
            message(f"{shown(folder)}: left out, results go there")
            continue
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Source(folder, folder.relative_to(top), plainly(error), walked=True)
            continue
        folders: list[Path] = []
        for entry in entries:
            path = folder / entry.name
            if entry.is_symlink() or entry.is_junction():
                message(f"{shown(path)}: left out, links are not followed")
            elif entry.is_dir():
                folders.append(path)
            elif entry.is_file():
                yield Source(path, path.relative_to(top), walked=True)
            else:
                message(f"{shown(path)}: left out, it is neither a file nor a folder")
        waiting += reversed(folders)


def plainly(error: OSError) -> str:
    """What the system said, as part of a sentence."""
    text = error.strerror or "the system refused"
    return text[0].lower() + text[1:]


@contextmanager
def until_ended() -> Iterator[None]:
    """For what runs until somebody ends it: Ctrl-C and "terminate" are no failures then."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        message("Ending ...")


def read_values(path: Path | None) -> tuple[str, ...]:
    """Exact values from a file, one a line, blank lines left out.

    Raises:
        UsageError: the file is missing, too large or not UTF-8 text.
    """
    if path is None:
        return ()
    try:
        if path.stat().st_size > _MAX_VALUES_BYTES:
            raise UsageError(
                f"{shown(path)} is larger than {_MAX_VALUES_BYTES} bytes", "split it, or shorten it"
            )
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"cannot read {shown(path)}: {plainly(error)}",
            "--values takes a text file with one value a line",
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            f"{shown(path)} is not UTF-8 text", "save it as UTF-8, one value a line"
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


def tuning(locale: str, strictness: str, *, explain: bool = False) -> Tuning:
    """What the options ask of detection.

    Raises:
        UsageError: one is not as it should be.
    """
    from gateway.model import STRICTNESSES, Tuning

    locales = tuple(part.strip().lower() for part in locale.split(",") if part.strip())
    for part in locales:
        if part != "all" and not (len(part) == 2 and part.isascii() and part.isalpha()):
            raise UsageError(
                f"--locale takes countries of two letters, and {shown(part)} is none",
                "for example: --locale cn,us",
            )
    wanted = next((one for one in STRICTNESSES if one == strictness), None)
    if strictness and wanted is None:
        raise UsageError(
            f"{shown(strictness)} is no strictness", f"it is one of: {', '.join(STRICTNESSES)}"
        )
    return Tuning(locales, wanted, explain)


def as_json(source: Source, outcome: Outcome, output: str | None) -> str:
    """One result as a line of JSON. It holds types and places, never values."""
    record: dict[str, Any] = {
        "path": "-" if source.path is None else str(source.path),
        "output": output,
        "verdict": outcome.verdict.value,
        "format": outcome.format,
        "rung": outcome.rung.value,
        "reason": outcome.reason,
        "findings": [
            {
                "entity": f.entity,
                "score": round(f.score, 3),
                "part": f.part,
                "start": f.start,
                "end": f.end,
                "role": f.role.value,
                "recognizer": f.recognizer,
                **({"why": list(f.why)} if f.why else {}),
            }
            for f in outcome.findings
        ],
        "counts": dict(outcome.counts),
        "unread": [{"part": u.part, "why": u.why} for u in outcome.unread],
        "ms": round(outcome.milliseconds, 1),
    }
    return json.dumps(record, ensure_ascii=not speaks_unicode())
