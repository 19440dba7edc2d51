"""Fixtures of the end-to-end tests with clients and stand-ins of cloud services."""

from __future__ import annotations

import contextlib
import gc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.clouds import Cloud, Road, direct, through
from support.proxyharness import Replacing
from support.standins.base import StandIn
from support.upstream import TestAuthority

from gateway.app import Gateway
from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog
from gateway.settings import Settings

type Reach = Callable[..., Cloud]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Signs the services' certificates."""
    return TestAuthority(tmp_path_factory.mktemp("services"))


@pytest.fixture(scope="session")
def cloud_catalog() -> Catalog:
    """The built-in profiles."""
    return Catalog.load()


@pytest.fixture(scope="session")
def cloud_ca(
    tmp_path_factory: pytest.TempPathFactory, cloud_catalog: Catalog
) -> CertificateAuthority:
    """The gateway's own authority."""
    folder = tmp_path_factory.mktemp("gateway") / "ca"
    return CertificateAuthority.load_or_create(folder, cloud_catalog.hosts())


@pytest.fixture(scope="session")
def real_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Workers, Presidio, policy and audit; started when the first test asks for it."""
    with Gateway(Settings(home=tmp_path_factory.mktemp("real-gateway"), workers=1)) as gateway:
        gateway.warm()
        yield gateway


@pytest.fixture(scope="module")
def clients_left_open() -> Iterator[None]:
    """For modules whose SDKs do not close their connections: collect them before others run.

    Such a module also needs ``OPEN_CONNECTIONS`` among its ``filterwarnings``.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def reach(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    authority: Any,
    cloud_catalog: Catalog,
    cloud_ca: CertificateAuthority,
) -> Iterator[Reach]:
    """Opens the road to a started service and points this process's environment at it."""
    with contextlib.ExitStack() as stack:

        def opener(service: StandIn, road: Road, **options: Any) -> Cloud:
            if road == "direct":
                cloud = direct(service, authority)
            else:
                if road == "real":
                    inspector: Any = request.getfixturevalue("real_gateway")
                else:
                    inspector = Replacing()
                    stack.callback(inspector.close)
                options.setdefault("catalog", cloud_catalog)
                opened = through(service, authority, cloud_ca, inspector, road, **options)
                cloud = stack.enter_context(opened)
            cloud.set_environ(monkeypatch)
            return cloud

        yield opener
