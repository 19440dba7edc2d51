"""``gateway services``: what is known of each cloud service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gateway.services import Catalog

app = typer.Typer(help="List and show the cloud services that are covered.", no_args_is_help=True)


@app.command("list")
def list_services() -> None:
    """List the services and their hosts."""
    catalog = _catalog()
    for name in catalog.names():
        profile = catalog.get(name)
        print(f"{name:20} {profile.title}\n{'':20} {', '.join(profile.hosts)}")


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="SERVICE")]) -> None:
    """Show the steps of one service: what is inspected, and what is refused."""
    profile = _catalog().get(name)
    print(f"{profile.title} ({profile.name}): {', '.join(profile.hosts)}")
    for step in profile.steps:
        print(f"  {step.name:24} {step.match:48} {step.purpose or profile.purpose}  {step.shape}")


def _catalog() -> Catalog:
    from gateway.services import Catalog
    from gateway.settings import Settings

    return Catalog.load(Settings.from_environ().services_dir)
