"""``gateway services key``: keys of the user's own with which requests may be signed again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli._output import message, result, shown
from gateway.errors import UsageError

if TYPE_CHECKING:
    from gateway.system.signing_keys import SigningKeyFile

app = typer.Typer(
    help="Keys with which the gateway may sign a request again after something was taken out of "
    "it. Without one, signed requests that would have to change are refused. Supported: AWS "
    "Signature 4 (S3, Bedrock and S3-compatible stores), Azure Shared Key, Alibaba Cloud OSS.",
    no_args_is_help=True,
)

KeyId = Annotated[
    str, typer.Argument(metavar="ID", help="The access key id (AKIA…) or the account's name.")
]


@app.command()
def add(key_id: KeyId) -> None:
    """Add a key. The secret is asked for, or read from standard input; it is never an argument."""
    replaced = _file().add(key_id, _secret())
    result(f"{shown(key_id)}: {'replaced' if replaced else 'added'}.")
    message("Requests signed with it are signed again from now on when they have to change.")


@app.command("list")
def list_keys() -> None:
    """List the ids, and when they were added."""
    stored = _file().stored()
    if not stored:
        message("There are no signing keys. Add one with: gateway services key add ID")
    for one in stored:
        result(f"{shown(one.key_id)}  added {shown(one.added)}")


@app.command()
def remove(key_id: KeyId) -> None:
    """Remove a key: its requests are no longer signed again."""
    if not _file().remove(key_id):
        raise UsageError(f"there is no key {shown(key_id)}", "see: gateway services key list")
    result(f"{shown(key_id)}: removed.")


def _file() -> SigningKeyFile:
    from gateway.settings import Settings
    from gateway.system.signing_keys import SigningKeyFile

    return SigningKeyFile(Settings.from_environ().signing_keys_file)


def _secret() -> str:
    if sys.stdin is None:
        raise UsageError("standard input is closed", "run it in a terminal, or pipe the secret in")
    if sys.stdin.isatty():
        return str(typer.prompt("Secret", hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()
