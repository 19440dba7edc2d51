"""``gateway audit``: what happened, and whether the log was changed."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli._output import message, result, shown
from gateway.errors import ExitCode

app = typer.Typer(help="Read and verify the audit log.", no_args_is_help=True)


@app.command()
def verify() -> None:
    """Check the hash chain of the audit log; exit 70 when it was changed."""
    from gateway.audit import verify as verify_log
    from gateway.redaction import load_key
    from gateway.settings import Settings

    settings = Settings.from_environ()
    report = verify_log(settings.audit_log, load_key(settings.key_file))
    for problem in report.problems:
        message(str(problem))
    result(f"{report.records} records, {'unchanged' if report.ok else 'NOT as they were written'}")
    if not report.ok:
        raise typer.Exit(ExitCode.INTERNAL)


@app.command("list")
def list_records(
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="How many, newest last.")] = 20,
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a record.")] = False,
) -> None:
    """List the newest records: types, counts and verdicts, never values."""
    from gateway.audit import entries
    from gateway.settings import Settings

    log = Settings.from_environ().audit_log
    none = True
    for record in entries(log, last):
        none = False
        result(record.to_json() if json_lines else record.to_line())
    if none:
        message(f"No records yet in {shown(log)}.")
