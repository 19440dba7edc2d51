"""A world of services that check signatures, behind the real proxy, and the user's signing keys."""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.app import Gateway, signing_keys
from gateway.proxy import ConnectTo, ProxyServer
from gateway.proxy.ca import CertificateAuthority
from gateway.services import Catalog
from gateway.settings import Settings
from gateway.system.signing_keys import SigningKeyFile
from support import nodejs
from support.proxyharness import LIMITS, Replacing, Running
from support.standins.azure_blob import AzureBlob
from support.standins.bedrock import Bedrock
from support.standins.oss import Oss
from support.standins.s3 import S3
from support.upstream import TestAuthority, Upstream

KEY_ID, SECRET = "AKIAIOSFODNN7TESTING", "wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEYa"
OSS_ID, OSS_SECRET = "LTAI5tTestingTestingTest", "oT3stingT3stingT3stingT3stingT"
ACCOUNT, ACCOUNT_KEY = "testaccount", base64.b64encode(b"k" * 64).decode()

S3_HOST = "docs.s3.eu-central-1.amazonaws.com"
BEDROCK_HOST = "bedrock-runtime.eu-central-1.amazonaws.com"
AZURE_HOST = f"{ACCOUNT}.blob.core.windows.net"
OSS_HOST = "docs.oss-cn-hangzhou.aliyuncs.com"


@dataclass
class World:
    """The proxy, what is behind it, and the user's signing keys."""

    running: Running
    s3: S3
    bedrock: Bedrock
    azure: AzureBlob
    oss: Oss
    upstreams: dict[str, Any]
    keys: SigningKeyFile
    settings: Settings
    clients: list[Any] = field(default_factory=list)

    def until_cleared(self, client: Any) -> Any:
        """A client that is closed when the world is cleared, or ends."""
        self.clients.append(client)
        return client

    def close_clients(self) -> None:
        while self.clients:
            self.clients.pop().close()

    @property
    def proxies(self) -> dict[str, str]:
        return {"https": self.running.url}

    @property
    def bundle(self) -> str:
        return str(self.running.ca.bundle_path)

    def received(self, host: str) -> bytes:
        return b"".join(map(bytes, self.upstreams[host].received))

    def last_audit(self) -> dict[str, Any]:
        return json.loads(self.settings.audit_log.read_text().splitlines()[-1])


@contextlib.contextmanager
def started(folder: Path, *, real: bool = True, azurite: bool = False) -> Iterator[World]:
    """The world: with the whole gateway, or with an inspector that knows canaries only.

    Args:
        folder: for everything that is kept.
        real: with workers, detection, policy and audit.
        azurite: Microsoft's stand-in of Azure Storage is behind the proxy in the place of ours.
    """
    root = TestAuthority(folder)
    settings = Settings(home=folder / "home", workers=1)
    catalog = Catalog.load()
    services = {
        S3_HOST: S3({KEY_ID: SECRET}),
        BEDROCK_HOST: Bedrock({KEY_ID: SECRET}),
        AZURE_HOST: AzureBlob(ACCOUNT, ACCOUNT_KEY),
        OSS_HOST: Oss({OSS_ID: OSS_SECRET}),
    }
    with contextlib.ExitStack() as stack:
        upstreams = {
            host: stack.enter_context(Upstream(root.issue(host), answer=service))
            for host, service in services.items()
        }
        ports = {host: upstream.port for host, upstream in upstreams.items()}
        if azurite:
            account = f"{ACCOUNT}:{ACCOUNT_KEY}"
            pem = str(root.issue(AZURE_HOST))
            serving = nodejs.serving("azurite.mjs", account, pem, packages="azurite.json")
            ports[AZURE_HOST] = stack.enter_context(serving)
        if real:
            gateway = stack.enter_context(Gateway(settings))
            gateway.warm()
        inspector = gateway if real else Replacing()
        authority = CertificateAuthority.load_or_create(settings.ca_dir, catalog.hosts())
        keys = signing_keys(settings)
        server = ProxyServer(
            inspector,
            catalog,
            authority,
            port=0,
            upstream_ca=root.path,
            limits=settings.limits if real else LIMITS,
            record=gateway.record if real else None,
            spool=folder / "spool",
            signing_keys=keys.current,
            connect_to=[
                ConnectTo.parse(f"{host}:443:127.0.0.1:{port}") for host, port in ports.items()
            ],
        )
        stack.enter_context(server.running())
        running = Running(server, authority, inspector, [])
        world = World(running, *services.values(), upstreams, keys, settings)
        stack.callback(_collect)
        stack.callback(world.close_clients)
        yield world


def _collect() -> None:
    """botocore drops a connection, unclosed, on which it was refused before it sent the body."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def cleared(world: World) -> World:
    """No keys, nothing stored, nothing received, no open connections."""
    world.close_clients()
    for key_id in (KEY_ID, OSS_ID, ACCOUNT):
        world.keys.remove(key_id)
    world.oss.parts.clear()
    for service in (world.s3, world.oss):
        service.objects.clear()
        service.refused.clear()
    world.azure.blobs.clear()
    world.azure.refused.clear()
    world.bedrock.asked.clear()
    for upstream in world.upstreams.values():
        for raw in upstream.received:
            raw.clear()
    return world


def s3_client(world: World, **config: Any) -> Any:
    """boto3's client of S3."""
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        region_name="eu-central-1",
        verify=world.bundle,
        config=Config(
            proxies=world.proxies,
            retries={"max_attempts": 1},
            s3={"addressing_style": "virtual", **config.pop("s3", {})},
            **config,
        ),
    )
    return world.until_cleared(client)


def shared_access(blob: str) -> str:
    """A shared access signature for one blob."""
    import datetime as dt

    from azure.storage.blob import BlobSasPermissions, generate_blob_sas

    return generate_blob_sas(
        ACCOUNT,
        "docs",
        blob,
        account_key=ACCOUNT_KEY,
        permission=BlobSasPermissions(write=True, create=True),
        expiry=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1),
    )


def bucket(world: World, version: int = 4) -> Any:
    """oss2's client of OSS."""
    import oss2

    auth = (oss2.AuthV4 if version == 4 else oss2.Auth)(OSS_ID, OSS_SECRET)
    session = oss2.Session()
    session.session.verify = world.bundle
    session.session.trust_env = False
    world.until_cleared(session.session)
    return oss2.Bucket(
        auth,
        "https://oss-cn-hangzhou.aliyuncs.com",
        "docs",
        session=session,
        region="cn-hangzhou",
        proxies=world.proxies,
    )


def blob_client(world: World, credential: str, blob: str = "a.txt", block: int = 0) -> Any:
    """Azure's client of one blob; with ``block`` it sends blocks of so many bytes."""
    from azure.storage.blob import BlobClient

    sizes = {"max_single_put_size": 10, "max_block_size": block} if block else {}
    client = BlobClient(
        f"https://{AZURE_HOST}",
        "docs",
        blob,
        credential=credential,
        proxies=world.proxies,
        connection_verify=world.bundle,
        retry_total=0,
        **sizes,
    )
    return world.until_cleared(client)
