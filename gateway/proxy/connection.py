"""One connection of a client, and the second line of ``gate.py``."""

# mitmproxy is typed in parts only.
# mypy: allow-untyped-calls

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from mitmproxy import http
from mitmproxy.connection import Connection
from mitmproxy.master import Master
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.layers import modes
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from gateway.proxy import answers
from gateway.proxy.gate import Gate
from gateway.proxy.outgoing import Outgoing, Queue
from gateway.proxy.targets import Refused, Resolver
from gateway.proxy.tunnels import Closed

_log = logging.getLogger(__name__)


class Targets:
    """The addon that refuses connections back to this proxy."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Look at literal addresses; names are looked at when they are resolved."""
        assert data.server.address
        try:
            self._resolver.check(*data.server.address[:2])
        except Refused as refused:
            data.server.error = str(refused)


class GuardedConnection(ProxyConnectionHandler):
    """One connection of a client.

    After every hook it looks whether the addons left things as they must be: an addon that
    raised, halted the others or was cancelled cannot let anything out.
    """

    def __init__(
        self,
        master: Master,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        gate: Gate,
    ) -> None:
        super().__init__(master, reader, writer, master.options, ProxyMode.parse("regular"))
        self.layer = modes.HttpProxy(self.layer.context)
        self._gate = gate
        self._queue: Queue | None = None

    async def hook_task(self, hook: commands.StartHook) -> None:
        """Run a hook and go on, also after the one exception that skips all handlers below."""
        with contextlib.suppress(GeneratorExit):
            await self.handle_hook(hook)
        if hook.blocking:
            await self.server_event(events.HookCompleted(hook))

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Run the addons, then check.

        Even SystemExit ends here: the client is owed an answer, and a library that calls
        ``sys.exit`` must not take the protection down with it.
        """
        (subject,) = hook.args()
        if isinstance(subject, Outgoing):
            self._queue = subject.queue
        try:
            await super().handle_hook(hook)
        except BaseException as error:
            self._deny(hook.name, subject)
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task and task.cancelling():
                raise  # the client has gone, or the proxy ends
            _log.error("the %s hook failed: %s", hook.name, type(error).__name__)
        if (
            hook.name == "request"
            and subject.response is None
            and not self._gate.may_forward(subject)
        ):
            self._deny(hook.name, subject)

    def _deny(self, name: str, subject: object) -> None:
        """Make sure that a failed hook ends in a refusal."""
        why = "there is no verdict on this request"
        match subject:
            case http.HTTPFlow() if name == "responseheaders":
                subject.kill()
            case http.HTTPFlow():
                self._gate.revoke(subject)
                subject.response = answers.plain(why, 503, subject)
            case ServerConnectionHookData():
                subject.server.error = "the gateway failed at this connection"
            case Outgoing():
                self._gate.revoke_message(subject)
            case layer.NextLayer():
                subject.layer = subject.layer or Closed(subject.context)
            case _:
                pass  # TLS without a connection object fails by itself

    async def drain_writers(self) -> None:
        """Wait before more is read; for the client also until its messages have been judged."""
        await super().drain_writers()
        own = self.transports.get(self.client)
        if self._queue and own and own.handler is asyncio.current_task():
            await self._queue.room()

    async def handle_connection(self, connection: Connection) -> None:
        """Serve a connection and close it, also when it ends in the middle of an event."""
        try:
            await super().handle_connection(connection)
        finally:
            left = self.transports.pop(connection, None)
            if left and left.writer:
                left.writer.close()

    def end(self) -> None:
        """Close the client's connection, and with it those to services."""
        if self.client in self.transports:
            self.close_connection(self.client)

    def log(self, message: str, level: int = logging.INFO, exc_info: Any = None) -> None:
        """Pass nothing on; a crash of the protocol core ends the connection."""
        super().log(message, level, exc_info)
        if exc_info:
            self.end()
