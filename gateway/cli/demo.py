"""``gateway demo``: see it work, end to end, without a network."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._common import plainly
from gateway.cli._output import shown
from gateway.errors import ExitCode, MissingDependency, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.app import Gateway
    from gateway.cli._demo.cases import Result, Scene


def demo(
    report: Annotated[
        Path, typer.Option("--report", metavar="FILE", help="Where the HTML report goes.")
    ] = Path("gateway-demo-report.html"),
) -> None:
    """Send real uploads through the gateway to a stand-in cloud, and show what arrived.

    Everything stays on this computer. The exit code is 1 if one planted value arrived.
    """
    if not (find_spec("openai") and find_spec("requests")):
        raise MissingDependency(
            "the demonstration needs the openai and requests packages",
            "install them with: pip install 'redaction-gateway[demo]'",
        )
    from rich.console import Console

    from gateway.cli._demo.cases import cases
    from gateway.cli._demo.report import render

    try:
        report.touch()
    except OSError as error:
        raise UsageError(
            f"cannot write the report {shown(report)}: {plainly(error)}",
            "choose another place with --report",
        ) from None
    console = Console()
    started = time.monotonic()
    results: list[Result] = []
    with ExitStack() as stack:
        with console.status("Starting a stand-in cloud, the proxy and the workers ..."):
            scene = stack.enter_context(_scene())
        for case in cases():
            with console.status(f"{case.title}: {case.way} ..."):
                result = case.run(scene, case)
            results.append(result)
            _show(console, result)
    report.write_text(render(results), "utf-8")
    _table(console, results)
    leaked = sum(len(r.arrived) for r in results)
    wrong = sum(not r.as_expected for r in results)
    console.print(f"Report: {report.resolve()}   ({time.monotonic() - started:.0f} s)")
    if leaked or wrong:
        raise typer.Exit(ExitCode.FINDINGS)


@contextmanager
def _scene() -> Iterator[Scene]:
    """The cloud, the proxy before it and a place for files, all thrown away afterwards."""
    from gateway.app import Gateway, open_proxy
    from gateway.cli._demo import plants
    from gateway.cli._demo.cases import HOSTS, Scene
    from gateway.cli._demo.cloud import running_cloud
    from gateway.proxy.ca import CertificateAuthority
    from gateway.services import Catalog
    from gateway.settings import Settings

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-demo-")))
        environment = {**os.environ, "GATEWAY_HOME": str(folder / "home")}
        settings = Settings.from_environ(environment)
        cloud = stack.enter_context(running_cloud(HOSTS, folder))
        gateway = stack.enter_context(Gateway(settings, "default", plants.NAMES))
        routes = [f"{host}:443:127.0.0.1:{cloud.port}" for host in HOSTS]
        proxy = open_proxy(gateway, 0, routes, cloud.ca_file)
        running = stack.enter_context(proxy.running())
        gateway.warm()
        values = folder / "values.txt"
        values.write_text("\n".join(plants.NAMES), "utf-8")
        authority = CertificateAuthority.load_or_create(
            settings.ca_dir, Catalog.load(settings.services_dir).hosts()
        )
        yield Scene(
            cloud,
            f"http://127.0.0.1:{running.port}",
            Path(authority.bundle_path),
            folder,
            environment,
            values,
            lambda outbox, synced: _watch(gateway, outbox, synced, settings.home),
        )


def _watch(gateway: Gateway, outbox: Path, synced: Path, home: Path) -> None:
    """Let a real watcher take what lies in the outbox, until all of it is out."""
    from gateway.watch import Watcher

    expected = sum(path.is_file() for path in outbox.iterdir())
    watcher = Watcher(outbox, synced, gateway, home, settle_seconds=0.3, rescan_seconds=0.5)
    watcher.start()
    try:
        deadline = time.monotonic() + 20
        while sum(path.is_file() for path in synced.iterdir()) < expected:
            if time.monotonic() > deadline:
                raise RuntimeError("the watcher did not publish in time")
            time.sleep(0.05)
    finally:
        watcher.stop()


def _show(console: Console, result: Result) -> None:
    """What left and what arrived, side by side."""
    from rich.columns import Columns
    from rich.panel import Panel
    from rich.text import Text

    def panel(title: str, body: str) -> Panel:
        text = Text(body if len(body) < 420 else body[:419] + "…", overflow="fold")
        text.highlight_regex(r"[\[(][A-Z][A-Z_]+[\])]", "bold green")
        text.highlight_words(result.planted, "black on yellow")
        return Panel(text, title=title, width=max(30, console.width // 2 - 1))

    right = result.received or result.told
    console.rule(f"{result.title} · {result.way}", align="left")
    console.print(
        Columns(
            [
                panel("what was sent", result.sent),
                panel(
                    "what arrived" if result.received else "nothing left; the sender is told", right
                ),
            ]
        )
    )


def _table(console: Console, results: list[Result]) -> None:
    from rich.table import Table

    table = Table("Case", "Way", "Planted", "Arrived", "Verdict", title="What arrived at the cloud")
    for result in results:
        bad = result.arrived or not result.as_expected
        table.add_row(
            result.title,
            result.way,
            str(len(result.planted)),
            str(len(result.arrived)),
            f"[{'red' if bad else 'green'}]{result.verdict}",
        )
    console.print(table)
    leaked, planted = sum(len(r.arrived) for r in results), sum(len(r.planted) for r in results)
    console.print(
        f"{leaked} of {planted} planted values arrived.", style="red" if leaked else "green"
    )
