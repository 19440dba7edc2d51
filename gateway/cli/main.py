"""The ``gateway`` command: assembles the sub-commands and maps errors to exit codes.

This module and all command modules import nothing heavy, so that ``--help`` is instant: each
command imports what it needs when it runs.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer

from gateway import __version__
from gateway.cli import audit, ca, demo, env, match, policy, proxy, redact, scan, services, watch
from gateway.cli._common import plainly
from gateway.cli._output import message, result, shown, tolerant_streams
from gateway.errors import ExitCode, GatewayError

app = typer.Typer(
    name="gateway",
    help="Keep personal data, secrets and confidential content from leaving this computer.\n\n"
    "Exit codes: 0 done, 1 findings (scan only), 2 usage, 3 blocked or unreadable, "
    "4 bad policy, 5 missing dependency, 70 internal.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("redact")(redact.redact)
app.command("scan")(scan.scan)
app.command("proxy")(proxy.proxy)
app.command("watch")(watch.watch)
app.command("demo")(demo.demo)
app.command("env")(env.env)
app.add_typer(policy.app, name="policy")
app.add_typer(match.app, name="match")
app.add_typer(services.app, name="services")
app.add_typer(audit.app, name="audit")
app.add_typer(ca.app, name="ca")


def _show_version(value: bool) -> None:
    if value:
        result(f"redaction-gateway {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name.

    Returns:
        the exit code, see :class:`gateway.errors.ExitCode`.
    """
    tolerant_streams()
    try:
        with _ended_in_good_order():
            app(list(arguments), prog_name="gateway")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except GatewayError as error:
        _explain(str(error), error.remedy)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        _explain(_unforeseen(error), "GATEWAY_TRACEBACK=1 shows where; it may show document text.")
        if os.environ.get("GATEWAY_TRACEBACK"):
            raise
        return ExitCode.INTERNAL
    return ExitCode.DONE


def _unforeseen(error: Exception) -> str:
    """What failed. The message of an unforeseen error may quote a document: its type must do."""
    if isinstance(error, OSError):
        where = f" ({shown(error.filename)})" if error.filename else ""
        return f"the system refused: {plainly(error)}{where}"
    return f"internal error ({type(error).__name__})"


def _explain(what: str, remedy: str) -> None:
    message(f"gateway: {what}")
    for line in remedy.splitlines():
        message(f"  {line}")


@contextmanager
def _ended_in_good_order() -> Iterator[None]:
    """Let "terminate" and "the terminal is gone" end the program as Ctrl-C does, workers too."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    wanted = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, _end) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
