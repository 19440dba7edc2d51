"""``gateway services record``: a session through the proxy becomes the skeleton of a profile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli._common import PolicyOption, ValuesOption, plainly, read_values, until_ended
from gateway.cli._output import message, result, shown
from gateway.errors import UsageError


def record(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="NAME.yaml", help="Where the profile goes.")
    ],
    host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help='A host that no profile names yet, also "*.example.com"; repeat it.',
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 is the configured one.")
    ] = 0,
    policy: PolicyOption = "default",
    values: ValuesOption = None,
    connect_to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST:PORT:ADDR:PORT", help="Reach HOST:PORT at ADDR:PORT, as curl does."
        ),
    ] = None,
    upstream_ca: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM roots to trust upstream besides the system's."),
    ] = None,
) -> None:
    """Run the proxy until Ctrl-C and write down how clients speak to services, as a profile.

    Uploads are inspected, redacted and refused as always. The file holds names of paths and
    fields, never values.
    """
    _check_free(out)
    exact = read_values(values)
    from gateway.app import Gateway, open_proxy, sensitive_words
    from gateway.services import Catalog
    from gateway.services.recording import Recorder, recorded_hosts, skeleton
    from gateway.settings import Settings

    settings = Settings.from_environ()
    own = Catalog.load(settings.services_dir)
    with recorded_hosts(settings.services_dir, host or ()) as new_hosts:
        recorder = Recorder(Catalog.load(settings.services_dir).pattern_of)
        with Gateway(settings, policy, exact, tell=message) as gateway:
            server = open_proxy(
                gateway, port or settings.proxy_port, connect_to or (), upstream_ca, recorder
            )
            message("Starting the workers ...")
            sensitive = sensitive_words(settings)
            gateway.warm()
            with until_ended(), server.running() as running:
                message(f"Recording on 127.0.0.1:{running.port} with policy {gateway.policy.name}.")
                for pattern in new_hosts:
                    message(f"  also {pattern}")
                message(
                    f"Point clients at it with: gateway env --port {running.port}   (restart "
                    "those that run already; Ctrl-C ends and writes the file)"
                )
                running.wait()
        made = skeleton(recorder, own.profiles(), new_hosts, out.stem, sensitive)
    _write(out, made.yaml)
    for line in made.summary:
        result(line)
    result(f"{shown(out)}: {len(made.summary)} kinds of requests; look it through before using it")


def _check_free(out: Path) -> None:
    if out.exists():
        raise UsageError(f"{shown(out)} exists already", "choose another name for --out")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {shown(out.absolute().parent)}", "make it first")


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(
            f"cannot write {shown(out)}: {plainly(error)}", "choose another place for --out"
        ) from None
