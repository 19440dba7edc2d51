"""``gateway services``: what is known of each cloud service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import record, services_key
from gateway.cli._output import message, result
from gateway.errors import UsageError

if TYPE_CHECKING:
    from gateway.services import Catalog

app = typer.Typer(
    help="List, show, check and record profiles of cloud services.", no_args_is_help=True
)
app.command("record")(record.record)
app.add_typer(services_key.app, name="key")


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
    from gateway.services.describe import treatment

    profile = _catalog().get(name)
    result(f"{profile.title} ({profile.service})")
    for host in profile.hosts:
        result(f"  {host}")
    for step in profile.steps:
        purpose = step.purpose or profile.purpose
        result(f"\n{step.name}: {purpose}, {treatment(step, purpose)}")
        for pattern in step.patterns:
            result(f"  {pattern}")
    result(f"\nany other request: {profile.purpose}, inspected")
    if profile.verified:
        result(f"checked against: {profile.verified.by} ({profile.verified.how})")
    for text in profile.unseen:
        result(f"not seen: {text}")


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...", help="Profiles; those in your services folder if none."
        ),
    ] = None,
) -> None:
    """Say whether profiles can be used beside all others; a mistake is named with its line."""
    from gateway.services.check import check_profiles
    from gateway.settings import Settings

    folder = Settings.from_environ().services_dir
    checked = check_profiles(files or (), folder)
    for profile in checked:
        steps = f"{len(profile.steps)} step{'s' * (len(profile.steps) != 1)}"
        result(f"{profile.service}: {', '.join(profile.hosts)}; {steps}, no mistakes")
    if not checked:
        result(f"no profiles of yours in {folder}; the built-in ones have no mistakes")


@app.command()
def optout(
    name: Annotated[str, typer.Argument(metavar="[VENDOR]")] = "",
    system: Annotated[
        str,
        typer.Option(
            "--for", metavar="windows|macos|admin|person", help="Only the settings of one place."
        ),
    ] = "",
) -> None:
    """Print a vendor's own settings that stop it from reading along or training."""
    from gateway.services.optout import optouts

    known = optouts()
    if not name:
        for one in known.values():
            result(f"{one.optout}: {one.title} ({', '.join(way.system for way in one.ways)})")
        return
    if name not in known:
        raise UsageError(f"no settings of {name!r} are known", f"one of: {', '.join(known)}")
    ways = [way for way in known[name].ways if system in ("", way.system)]
    if not ways:
        places = ", ".join(way.system for way in known[name].ways)
        raise UsageError(f"no settings of {name} for {system!r} are known", f"one of: {places}")
    if system:
        message(ways[0].how)
        result(ways[0].text.rstrip())
        return
    result(f"{known[name].title}\nSource: {known[name].source}")
    for way in ways:
        result(f"\n== {way.system}: {way.how}\n\n{way.text.rstrip()}")


def _catalog() -> Catalog:
    from gateway.services import Catalog
    from gateway.settings import Settings

    return Catalog.load(Settings.from_environ().services_dir)
