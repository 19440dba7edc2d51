"""``gateway scan``: what is in files, without changing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._common import (
    JsonOption,
    LocaleOption,
    PolicyOption,
    StrictnessOption,
    ToOption,
    ValuesOption,
    as_json,
    destination,
    read_values,
    sources,
    tuning,
)
from gateway.cli._output import message, result, shown
from gateway.errors import ExitCode

if TYPE_CHECKING:
    from gateway.model import Finding


def scan(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, or -.")],
    policy: PolicyOption = "default",
    values: ValuesOption = None,
    to: ToOption = "",
    locale: LocaleOption = "",
    strictness: StrictnessOption = "",
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Tell for each finding where it stands and what made it."),
    ] = False,
    json_lines: JsonOption = False,
) -> None:
    """List what is found: types, counts and places, never values.

    The exit code is 1 when something was found, 3 when a file or a part of it could not be read.
    """
    found = sources(paths)
    if not found:
        message("There is nothing to do: no files were found.")
    goal = destination(to)
    exact = read_values(values)
    asked = tuning(locale, strictness, explain=explain)
    from gateway.app import Gateway
    from gateway.cli._judge import judge
    from gateway.model import Wanted, count_entities
    from gateway.settings import Settings

    code = ExitCode.DONE
    settings = Settings.from_environ()
    workers = min(settings.workers, len(found)) or 1
    with Gateway(settings, policy, exact, workers=workers, tuning=asked) as gateway:
        for source, outcome in judge(gateway, found, goal, wanted=Wanted.VERDICT, quiet=json_lines):
            if outcome.unread:
                code = ExitCode.BLOCKED
            elif outcome.findings and code is ExitCode.DONE:
                code = ExitCode.FINDINGS
            if json_lines:
                result(as_json(source, outcome, None))
                continue
            counts = count_entities(outcome.findings)
            listed = ", ".join(f"{n} × {entity}" for entity, n in counts.items())
            none = "not read" if outcome.unread else "nothing found"
            result(f"{source.shown}: {listed or none}")
            for finding in outcome.findings if explain else ():
                result(_explained(finding))
            for part in outcome.unread:
                where = f" ({shown(part.part)})" if part.part else ""
                message(f"{source.shown}: not read{where}: {part.why}")
    if code:
        raise typer.Exit(code)


def _explained(finding: Finding) -> str:
    """Where a finding stands and what made it, without the value."""
    part = f"{shown(finding.part)}, " if finding.part else ""
    lines = [
        f"  {finding.entity} {finding.score:.2f}  {part}characters {finding.start}-{finding.end}, "
        f"by {finding.recognizer!r}"
    ]
    return "\n".join([*lines, *(f"      {reason}" for reason in finding.why)])
