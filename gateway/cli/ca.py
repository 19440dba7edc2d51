"""``gateway ca``: the certificate authority of this machine's gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._output import result

if TYPE_CHECKING:
    from gateway.proxy.ca import CertificateAuthority

app = typer.Typer(help="Show the gateway's own certificate authority.", no_args_is_help=True)


@app.command()
def show() -> None:
    """Show who it is, how long it lasts and which hosts it can vouch for."""
    result(_authority().describe())


@app.command()
def path(
    bundle: Annotated[
        bool, typer.Option("--bundle", help="The file with system roots and ours together.")
    ] = False,
) -> None:
    """Print the path of the certificate, for a browser or a client to trust."""
    authority = _authority()
    result(str(authority.bundle_path if bundle else authority.cert_path))


def _authority() -> CertificateAuthority:
    from gateway.proxy.ca import CertificateAuthority
    from gateway.services import Catalog
    from gateway.settings import Settings

    settings = Settings.from_environ()
    hosts = Catalog.load(settings.services_dir).hosts()
    return CertificateAuthority.load_or_create(settings.ca_dir, hosts)
