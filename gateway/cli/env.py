"""``gateway env``: the variables that point each family of clients at the proxy."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer


class Shell(StrEnum):
    """How variables are set."""

    SH = "sh"
    POWERSHELL = "powershell"
    CMD = "cmd"


_FORMS = {
    Shell.SH: ("# {}", "export {}='{}'"),
    Shell.POWERSHELL: ("# {}", "$env:{} = '{}'"),
    Shell.CMD: ("rem {}", 'set "{}={}"'),
}


def env(
    shell: Annotated[Shell, typer.Option(help="Whose syntax to print.")] = (
        Shell.POWERSHELL if os.name == "nt" else Shell.SH
    ),
    port: Annotated[int, typer.Option(help="Port of the proxy; 0 is the configured one.")] = 0,
) -> None:
    """Print the variables that each client family needs; in sh: eval "$(gateway env)"."""
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
    remark, assignment = _FORMS[shell]
    for title, variables in groups.items():
        print(remark.format(title))
        for name, value in variables.items():
            print(assignment.format(name, value))
