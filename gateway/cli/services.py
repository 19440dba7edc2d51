"""``gateway services``: what is known of each cloud service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._output import result

if TYPE_CHECKING:
    from gateway.services import Catalog

app = typer.Typer(help="List and show the cloud services that are covered.", no_args_is_help=True)


@app.command("list")
def list_services() -> None:
    """List the services and their hosts."""
    catalog = _catalog()
    for name in catalog.names():
        profile = catalog.get(name)
        hosts = ", ".join(profile.hosts) or "hosts that a profile of yours may name"
        result(f"{name:20} {profile.title}\n{'':20} {hosts}")


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="SERVICE")]) -> None:
    """Show the steps of one service: what is inspected, and what is refused."""
    from gateway.model import Purpose

    profile = _catalog().get(name)
    result(f"{profile.title} ({profile.service})")
    for host in profile.hosts:
        result(f"  {host}")
    for step in profile.steps:
        purpose = step.purpose or profile.purpose
        treated = f"refused: {step.refused_because}" if step.refused_because else "inspected"
        if purpose is Purpose.SIGN_IN:
            treated = "passed without inspection"
        result(f"\n{step.name}: {purpose}, {treated}")
        for pattern in step.patterns:
            result(f"  {pattern}")
    result(f"\nany other request: {profile.purpose}, inspected")
    for text in profile.unseen:
        result(f"not seen: {text}")


def _catalog() -> Catalog:
    from gateway.services import Catalog
    from gateway.settings import Settings

    return Catalog.load(Settings.from_environ().services_dir)
