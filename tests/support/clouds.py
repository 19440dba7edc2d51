"""The road from a client to the stand-in of a service: straight, or through the gateway.

Either way the client is set up alike, by environment variables or its own arguments, and believes
that it talks to the service's real host name at port 443::

    def test_an_upload(reach, road):              # both from tests/e2e/conftest.py
        with OneDrive(authority) as service:
            cloud = reach(service, road)          # "direct", "gateway" or "real"
            httpx.put(url, proxy=cloud.proxy, verify=cloud.ssl_context())
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from gateway.model import Item, Outcome
from gateway.proxy import ConnectTo, ProxyServer
from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog
from gateway.settings import MIB, Limits
from support.proxyharness import CANARY
from support.standins.base import StandIn
from support.upstream import TestAuthority

type Road = Literal["direct", "gateway", "real"]
"""Straight; through the proxy with an inspector in this process (``proxyharness.Replacing``);
through the proxy with workers, Presidio, policy and audit."""

LIMITS = Limits(item_bytes=64 * MIB, wall_seconds=60)
SENTENCE = "Blocked by Redaction Gateway"
BECAUSE = f"{SENTENCE}.*1 × CODE_WORD"
"""Our sentence, as a pattern, when ``proxyharness.Replacing`` met a BLOCKME in the content."""
OPEN_CONNECTIONS = "ignore:unclosed:ResourceWarning"
"""A warning filter for clients that never close their connections."""

_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
_NO_PROXY_VARIABLES = ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy")
# What each client reads is in docs and was tried: OpenSSL and httpx; requests; curl; httplib2;
# botocore; Node; gRPC.
_CA_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTPLIB2_CA_CERTS",
    "AWS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
)


@dataclass
class Cloud:
    """A service in a client's reach.

    Args:
        service: the stand-in.
        road: how it is reached.
        proxy: URL of the HTTP proxy to use.
        ca: PEM file to trust.
        recorded: refusals that only the proxy knows of.
        inspector: what gives verdicts; ``None`` when reached straight.
    """

    service: StandIn
    road: Road
    proxy: str
    ca: Path
    recorded: list[tuple[Item, Outcome]] = field(default_factory=list)
    inspector: Any = None

    def environ(self) -> dict[str, str]:
        """Variables that lead any client this way."""
        return {
            **dict.fromkeys(_PROXY_VARIABLES, self.proxy),
            **dict.fromkeys(_NO_PROXY_VARIABLES, ""),
            **dict.fromkeys(_CA_VARIABLES, str(self.ca)),
        }

    def set_environ(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Set :meth:`environ` for this process until the test ends."""
        for name, value in self.environ().items():
            if value:
                monkeypatch.setenv(name, value)
            else:
                monkeypatch.delenv(name, raising=False)

    def ssl_context(self) -> ssl.SSLContext:
        """For clients that take one."""
        return ssl.create_default_context(cafile=str(self.ca))


def direct(service: StandIn, authority: TestAuthority) -> Cloud:
    """No gateway in between."""
    return Cloud(service, "direct", service.proxy_url, authority.path)


@contextlib.contextmanager
def through(
    service: StandIn,
    authority: TestAuthority,
    ca: CertificateAuthority,
    inspector: Any,
    road: Road = "gateway",
    **options: Any,
) -> Iterator[Cloud]:
    """The gateway in between.

    Args:
        service: to be reached under all its names.
        authority: signed the service's certificates.
        ca: the gateway's own.
        inspector: gives verdicts; a ``Gateway`` also takes the audit records.
        road: which inspector that is.
        options: for :class:`ProxyServer`.
    """
    recorded: list[tuple[Item, Outcome]] = []

    def record(item: Item, outcome: Outcome) -> None:
        recorded.append((item, outcome))
        if hasattr(inspector, "record"):
            inspector.record(item, outcome)

    settings = {
        "port": 0,
        "upstream_ca": authority.path,
        "limits": LIMITS,
        "record": record,
        "connect_to": [
            ConnectTo.parse(f"{host}:443:127.0.0.1:{service.port}") for host in service.hosts
        ],
        **options,
    }
    catalog = settings.pop("catalog", None) or Catalog.load()
    with ProxyServer(inspector, catalog, ca, **settings).running() as server:
        url = f"http://127.0.0.1:{server.port}"
        yield Cloud(service, road, url, ca.bundle_path, recorded, inspector)


def sized(size: int, canary_at: int | None = None) -> bytes:
    """Lines of text of a given size, a canary at some place in them."""
    line = b"%07d the quick brown fox jumps over the lazy dog\n"
    data = b"".join(line % at for at in range(size // 40 + 1))[:size]
    if canary_at is None:
        return data
    assert canary_at + len(CANARY) <= size
    return data[:canary_at] + CANARY + data[canary_at + len(CANARY) :]
