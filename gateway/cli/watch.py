"""``gateway watch``: from an outbox to a synced folder, redacted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._common import (
    PolicyOption,
    ToOption,
    ValuesOption,
    destination,
    read_values,
    until_ended,
)
from gateway.cli._output import message
from gateway.errors import ExitCode

if TYPE_CHECKING:
    from gateway.watch import WatchEvent


def watch(
    outbox: Annotated[Path, typer.Argument(metavar="OUTBOX", help="Where you put files.")],
    synced: Annotated[Path, typer.Argument(metavar="SYNCED", help="Folder of the sync client.")],
    policy: PolicyOption = "default",
    values: ValuesOption = None,
    to: ToOption = "",
    once: Annotated[
        bool, typer.Option("--once", help="Treat what is there now, then end; exit 3 if blocked.")
    ] = False,
) -> None:
    """Publish a redacted copy of each settled file of OUTBOX in SYNCED.

    Originals stay where they are. A blocked file gets a note beside it that says why.
    """
    goal = destination(to)
    exact = read_values(values)
    from gateway.app import Gateway
    from gateway.settings import Settings
    from gateway.watch import Watcher

    settings = Settings.from_environ()
    with Gateway(settings, policy, exact, tell=message) as gateway:
        watcher = Watcher(
            outbox,
            synced,
            gateway,
            settings.home,
            destination=goal,
            on_event=_tell,
            limits=settings.limits,
        )
        if once:
            report = watcher.run_once()
            message(
                f"{report.published} published, {report.unchanged} unchanged, "
                f"{report.blocked} blocked, {report.waiting} still being written"
            )
            if report.blocked:
                raise typer.Exit(ExitCode.BLOCKED)
            return
        message(f"Watching {outbox}; redacted copies go to {synced}. (Ctrl-C ends)")
        with until_ended():
            watcher.run()


def _tell(event: WatchEvent) -> None:
    # What a verdict says is a whole sentence; the rest needs to be told what kind of news it is.
    message(event.message if event.kind in {"published", "blocked"} else str(event))
