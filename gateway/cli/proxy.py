"""``gateway proxy``: the local HTTPS proxy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli._common import PolicyOption, ValuesOption, read_values, until_ended
from gateway.cli._output import message

_ENV = (
    "gateway env --shell powershell --port {} | Invoke-Expression"
    if os.name == "nt"
    else 'eval "$(gateway env --port {})"'
)


def proxy(
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
    """Run the proxy on 127.0.0.1 until Ctrl-C; "gateway env" points clients at it."""
    exact = read_values(values)
    from gateway.app import Gateway, open_proxy
    from gateway.settings import Settings

    settings = Settings.from_environ()
    with Gateway(settings, policy, exact, tell=message) as gateway:
        server = open_proxy(gateway, port or settings.proxy_port, connect_to or (), upstream_ca)
        message("Starting the workers ...")
        gateway.warm()
        with until_ended(), server.running() as running:
            message(f"Listening on 127.0.0.1:{running.port} with policy {gateway.policy.name}.")
            message(f"Point clients at it with: {_ENV.format(running.port)}   (Ctrl-C ends)")
            running.wait()
