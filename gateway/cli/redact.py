"""``gateway redact``: redacted copies of files, trees, or standard input."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._common import (
    JsonOption,
    PolicyOption,
    Source,
    ToOption,
    ValuesOption,
    as_json,
    destination,
    message,
    read_values,
    sources,
)
from gateway.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from gateway.model import Outcome


def redact(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, or -.")],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE|-", help="Where the one result goes.")
    ] = "",
    out_dir: Annotated[
        Path | None, typer.Option("--out-dir", metavar="DIR", help="Folder for the results.")
    ] = None,
    policy: PolicyOption = "default",
    values: ValuesOption = None,
    to: ToOption = "",
    json_lines: JsonOption = False,
) -> None:
    """Write redacted copies; inputs are never changed.

    The copy of report.docx is report.redacted.docx beside it, unless -o or --out-dir says
    otherwise. A blocked or unreadable file gets no copy, and the exit code is 3.
    """
    found = _plan(paths, output, out_dir, json_lines=json_lines)
    goal = destination(to)
    exact = read_values(values)
    from gateway.app import Gateway
    from gateway.cli._judge import judge
    from gateway.model import Verdict
    from gateway.settings import Settings

    blocked = 0
    inputs = {s.path.resolve() for s in found if s.path}
    settings = Settings.from_environ()
    workers = min(settings.workers, len(found))
    with Gateway(settings, policy, exact, workers=workers or 1) as gateway:
        for source, outcome in judge(gateway, found, goal, quiet=json_lines):
            written: str | None = None
            if outcome.verdict is Verdict.BLOCK or outcome.data is None:
                blocked += 1
                message(f"{source.shown}: {outcome.reason}")
            else:
                written = _write(_target(source, outcome, output, out_dir), outcome.data, inputs)
                if not json_lines and written != "-":
                    print(f"{source.shown} -> {written}  {_summary(outcome)}")
            if json_lines:
                print(as_json(source, outcome, written), flush=True)
    if blocked:
        raise typer.Exit(ExitCode.BLOCKED)


def _plan(
    paths: Sequence[str], output: str, out_dir: Path | None, *, json_lines: bool
) -> list[Source]:
    """The inputs, once the options are known to fit them."""
    if output and out_dir:
        raise UsageError("-o and --out-dir exclude each other")
    found = sources(paths)
    if output and len(found) != 1:
        raise UsageError("-o takes exactly one input", "use --out-dir for several")
    if output == "-" and json_lines:
        raise UsageError("-o - and --json both want stdout", "give -o a file name")
    if output == "" and out_dir is None:
        made_here = [s for s in found if _is_own_output(s)]
        for source in made_here:
            message(f"{source.shown}: left out, it is a redacted copy of the file beside it")
        found = [s for s in found if s not in made_here]
        if any(s.path is None for s in found) and json_lines:
            raise UsageError("--json with - needs -o FILE", "stdout cannot hold both")
    return found


def _is_own_output(source: Source) -> bool:
    if source.path is None:
        return False
    stem, marker, suffix = source.path.name.rpartition(".redacted")
    return bool(marker) and source.path.with_name(stem + suffix).exists()


def _target(source: Source, outcome: Outcome, output: str, out_dir: Path | None) -> Path | None:
    """Where the copy goes; ``None`` is stdout."""
    if output:
        return None if output == "-" else Path(output)
    if source.path is None:
        return out_dir / "stdin.redacted" if out_dir else None
    if out_dir:
        return out_dir / source.inside.parent / outcome.name
    name = Path(outcome.name)
    return source.path.with_name(f"{name.stem}.redacted{name.suffix}")


def _write(target: Path | None, data: bytes, inputs: set[Path]) -> str:
    """Write a file whole or not at all.

    Raises:
        UsageError: the target is one of the inputs, or cannot be written.
    """
    if target is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return "-"
    if target.resolve() in inputs or any(
        target.exists() and target.samefile(p) for p in inputs if p.exists()
    ):
        raise UsageError(f"{target} is an input; inputs are never overwritten", "choose another -o")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".gateway-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}") from None
    return str(target)


def _summary(outcome: Outcome) -> str:
    if not outcome.counts:
        return "(nothing to remove)"
    return "(removed " + ", ".join(f"{n} × {entity}" for entity, n in outcome.counts.items()) + ")"
