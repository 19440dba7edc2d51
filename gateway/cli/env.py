"""``gateway env``: the variables that point each family of clients at the proxy."""

from __future__ import annotations

import os
import re
import shlex
from enum import StrEnum
from typing import Annotated

import typer

from gateway.cli._output import result


class Shell(StrEnum):
    """How variables are set."""

    SH = "sh"
    POWERSHELL = "powershell"
    CMD = "cmd"


def _assignment(shell: Shell, name: str, value: str) -> str:
    """One variable, set so that no shell reads anything into its value."""
    match shell:
        case Shell.SH:
            return f"export {name}={shlex.quote(value)}"
        case Shell.POWERSHELL:
            # A typographic quote ends a string there as well as a straight one.
            return f"$env:{name} = '{re.sub('([\u2018-\u201b\x27])', r'\1\1', value)}'"
        case Shell.CMD:
            # A file name on Windows cannot hold a double quote; a prompt leaves a lone % alone.
            return f'set "{name}={value}"'


def env(
    shell: Annotated[Shell, typer.Option(help="Whose syntax to print.")] = (
        Shell.POWERSHELL if os.name == "nt" else Shell.SH
    ),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the proxy; 0 is the configured one.")
    ] = 0,
) -> None:
    """Print the variables that point each family of clients at the proxy.

    sh: eval "$(gateway env)"

    PowerShell: gateway env --shell powershell | Invoke-Expression

    cmd: gateway env --shell cmd > env.cmd, then call env.cmd
    """
    from gateway.cli.ca import _authority
    from gateway.settings import Settings

    authority = _authority()
    proxy = f"http://127.0.0.1:{port or Settings.from_environ().proxy_port}"
    bundle, own = str(authority.bundle_path), str(authority.cert_path)
    local = "localhost,127.0.0.1,::1"
    groups = {
        "the proxy (curl, requests, httpx, Go, Java tools, most command lines)": {
            "HTTPS_PROXY": proxy,
            "HTTP_PROXY": proxy,
            "https_proxy": proxy,
            "http_proxy": proxy,
            "NO_PROXY": local,
            "no_proxy": local,
        },
        "OpenSSL users: httpx, openai, anthropic, google-genai, slack_sdk, Ruby, Go on Linux": {
            "SSL_CERT_FILE": bundle
        },
        "requests, boto3, dropbox, azure-storage": {"REQUESTS_CA_BUNDLE": bundle},
        "curl, git": {"CURL_CA_BUNDLE": bundle, "GIT_SSL_CAINFO": bundle},
        "google-api-python-client (httplib2)": {"HTTPLIB2_CA_CERTS": bundle},
        "gRPC clients": {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": bundle},
        "Node.js: Claude Code, Codex, gemini-cli": {
            "NODE_EXTRA_CA_CERTS": own,
            "NODE_USE_ENV_PROXY": "1",
        },
    }
    remark = "rem" if shell is Shell.CMD else "#"
    for title, variables in groups.items():
        result(f"{remark} {title}")
        for name, value in variables.items():
            result(_assignment(shell, name, value))
