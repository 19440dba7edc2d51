"""Fixtures of the proxy's tests: a running gateway and a recording service, both on loopback."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.proxyharness import HOST, LIMITS, Replacing, Running
from support.upstream import TestAuthority, Upstream

from gateway.model import Item, Outcome
from gateway.proxy import ConnectTo, ProxyServer
from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog


@pytest.fixture(scope="session")
def test_authority(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return TestAuthority(tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture(scope="session")
def gateway_ca(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> CertificateAuthority:
    return CertificateAuthority.load_or_create(
        tmp_path_factory.mktemp("home") / "ca", catalog.hosts()
    )


@pytest.fixture
def upstream(test_authority: Any) -> Iterator[Any]:
    """A service for api.openai.com, HTTP/1.1 over TLS."""
    with Upstream(test_authority.issue(HOST)) as service:
        yield service


type Opener = Callable[..., Running]


@pytest.fixture
def open_gateway(
    gateway_ca: CertificateAuthority, catalog: Catalog, test_authority: Any
) -> Iterator[Opener]:
    """Starts proxies; ``to`` maps "host:port" to the port of a service on loopback."""
    with contextlib.ExitStack() as stack:

        def opener(
            to: dict[str, int] | None = None, inspector: Any = None, **options: Any
        ) -> Running:
            inspector = inspector or Replacing()
            if isinstance(inspector, Replacing):
                stack.callback(inspector.close)
            recorded: list[tuple[Item, Outcome]] = []
            settings = {
                "port": 0,
                "upstream_ca": test_authority.path,
                "limits": LIMITS,
                "record": lambda item, outcome: recorded.append((item, outcome)),
                "connect_to": [
                    ConnectTo.parse(f"{place}:127.0.0.1:{port}")
                    for place, port in (to or {}).items()
                ],
                **options,
            }
            server = ProxyServer(
                inspector,
                options.pop("catalog", catalog),
                gateway_ca,
                **{name: value for name, value in settings.items() if name != "catalog"},
            )
            running = stack.enter_context(server.running())
            return Running(running, gateway_ca, inspector, recorded)

        yield opener


@pytest.fixture
def gateway(open_gateway: Opener, upstream: Any) -> Running:
    """A proxy that reaches api.openai.com at the recording service."""
    return open_gateway({f"{HOST}:443": upstream.port, f"{HOST}:80": upstream.port})
