"""The listening proxy: mitmproxy's core with our addons and our listener, nothing else.

mitmproxy's default addons are left out: no console, no scripts, no recording, no mitm.it page,
no certificate store of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.options import Options

from gateway.errors import UsageError
from gateway.model import Inspector, Item, Outcome
from gateway.proxy import answers, quiet
from gateway.proxy.ca import CertificateAuthority
from gateway.proxy.connection import GuardedConnection, Targets
from gateway.proxy.gate import DenyFirst, Gate
from gateway.proxy.handshake import Handshake
from gateway.proxy.inspection import Inspection
from gateway.proxy.layers import Rules
from gateway.proxy.messages import Messages
from gateway.proxy.observing import SeesAnswers, SeesRequests, TakesNotes
from gateway.proxy.sending import Sender
from gateway.proxy.targets import ConnectTo, Resolver
from gateway.proxy.tunnels import Tunnels
from gateway.services import Catalog
from gateway.services.signatures import SigningKeys
from gateway.settings import Limits

_log = logging.getLogger(__name__)
_LOOPBACK_NAMES = {"localhost": "127.0.0.1"}
_STOP_SECONDS = 10


class ProxyServer:
    """A proxy on loopback, run by :meth:`run` or, from another thread, by :meth:`running`.

    Args:
        inspector: gives verdicts.
        catalog: the services whose hosts are intercepted; all others pass as raw tunnels.
        ca: vouches for those hosts towards clients.
        host: a loopback address.
        port: 0 lets the system choose.
        connect_to: hosts to be reached elsewhere.
        upstream_ca: PEM roots to trust besides those of the system and certifi.
        limits: budgets for one item.
        record: called with each refusal that the inspector does not know of.
        spool: a folder for uploads that are held and large.
        signing_keys: those of the user with which requests may be signed again.
        observer: is told of each request to a covered host and its answer.

    Raises:
        UsageError: ``host`` is not loopback, or ``upstream_ca`` holds no certificate.
    """

    def __init__(
        self,
        inspector: Inspector,
        catalog: Catalog,
        ca: CertificateAuthority,
        *,
        host: str = "127.0.0.1",
        port: int,
        connect_to: Sequence[ConnectTo] = (),
        upstream_ca: Path | None = None,
        limits: Limits | None = None,
        record: Callable[[Item, Outcome], None] | None = None,
        spool: Path | None = None,
        signing_keys: Callable[[], SigningKeys] = SigningKeys,
        observer: TakesNotes | None = None,
    ) -> None:
        self._host = _loopback(host)
        self._wanted_port = port
        limits = limits or Limits()
        self.gate = Gate(catalog.covers)
        self._resolver = Resolver(catalog.covers, connect_to)
        trusted = ca.upstream_bundle(upstream_ca)
        sender = Sender(catalog.covers, trusted)
        self.inspection = Inspection(
            inspector,
            catalog,
            self.gate,
            self._resolver,
            limits,
            record,
            sender,
            spool,
            signing_keys,
        )
        rules = Rules(self.gate, limits.item_bytes, self.inspection.too_large)
        before = (SeesRequests(self.gate, limits),) if observer else ()
        after = (SeesAnswers(observer, limits),) if observer else ()
        self._addons = (
            DenyFirst(lambda flow: answers.plain("there is no verdict on this request", 503, flow)),
            Targets(self._resolver),
            Tunnels(catalog.covers, rules),
            Handshake(ca, trusted),
            *before,
            self.inspection,
            *after,
            Messages(inspector, catalog, self.gate, limits, record),
        )
        self._master: Master | None = None
        self._thread: threading.Thread | None = None
        self._started = threading.Event()
        self._failure: BaseException | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; known once started."""
        if not self._resolver.own_port:
            raise UsageError("the proxy is not running", "start it first")
        return self._resolver.own_port

    async def run(self) -> None:
        """Listen and serve until :meth:`stop` or cancellation.

        Raises:
            UsageError: the port is taken.
        """
        quiet.silence()
        loop = asyncio.get_running_loop()
        master = self._master = Master(_options(), loop)
        connections: dict[GuardedConnection, asyncio.Task[Any] | None] = {}

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = GuardedConnection(master, reader, writer, self.gate)
            connections[connection] = asyncio.current_task()
            try:
                await connection.handle_client()
            finally:
                del connections[connection]

        try:
            listener = await asyncio.start_server(
                accept, self._host, self._wanted_port, start_serving=False
            )
        except OSError as error:
            raise UsageError(
                f"port {self._wanted_port} on {self._host} cannot be used ({error.strerror})",
                "end the other program, or choose another port with --port",
            ) from error
        self._resolver.own_port = listener.sockets[0].getsockname()[1]
        started = Started(listener, self._started)
        master.addons.add(*self._addons, started)
        try:
            with self._resolver.installed(loop):
                await master.run()
        finally:
            listener.close()
            await _end(connections)
            self._resolver.own_port = 0

    def start(self) -> None:
        """Run in a thread of its own; returns when connections are accepted.

        Raises:
            UsageError: the port is taken.
        """

        def serve() -> None:
            try:
                asyncio.run(self.run())
            except BaseException as error:  # noqa: BLE001 - told to the starter
                self._failure = error
            finally:
                self._started.set()

        self._failure = None
        self._started.clear()
        self._thread = threading.Thread(target=serve, name="proxy", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """End it from any thread; returns when it has ended."""
        if self._master:
            with contextlib.suppress(RuntimeError):  # its loop is closed already
                self._master.shutdown()
        if self._thread:
            self._thread.join(_STOP_SECONDS)

    def wait(self) -> None:
        """Wait until it ends, whoever ends it; Ctrl-C gets through.

        Raises:
            BaseException: what ended it, if that was a failure.
        """
        while self._thread and self._thread.is_alive():
            self._thread.join(0.5)
        if self._failure:
            raise self._failure

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """Start, and stop at the end."""
        self.start()
        try:
            yield self
        finally:
            self.stop()


class Started:
    """The addon that opens the door when everything else stands."""

    def __init__(self, listener: asyncio.Server, started: threading.Event) -> None:
        self._listener = listener
        self._started = started

    async def running(self) -> None:
        """Accept connections."""
        await self._listener.start_serving()
        self._started.set()


async def _end(connections: dict[GuardedConnection, asyncio.Task[Any] | None]) -> None:
    """Close all connections, and give up on those that will not close."""
    tasks = [task for task in connections.values() if task]
    for connection in tuple(connections):
        connection.end()
    if tasks:
        _, stuck = await asyncio.wait(tasks, timeout=_STOP_SECONDS / 2)
        for task in stuck:
            task.cancel()


def _options() -> Options:
    options = Options()
    # Proxyserver is not used to listen, but to define the options that the core reads.
    Proxyserver().load(_OptionLoader(options))
    options.update(
        server=False,
        rawtcp=False,
        websocket=False,
        http3=False,
        connection_strategy="lazy",
        upstream_cert=False,
    )
    return options


class _OptionLoader:
    """As much of mitmproxy's loader as defining options needs."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def add_option(self, name: str, *definition: Any, **more: Any) -> None:
        self._options.add_option(name, *definition, **more)


def _loopback(host: str) -> str:
    address = _LOOPBACK_NAMES.get(host, host)
    try:
        if ipaddress.ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise UsageError(
        f"the proxy listens on this computer only, and {host} is not a loopback address",
        "use 127.0.0.1 or ::1; anybody who reaches the proxy could use it",
    )
