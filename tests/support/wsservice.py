"""A WebSocket service on loopback, by the ``websockets`` package, that keeps every frame it gets."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve


def echo(connection: ServerConnection) -> None:
    """Send each message back as it came."""
    for message in connection:
        connection.send(message)


@dataclass
class SocketService:
    """``with SocketService(certificate) as service``; ``messages`` are whole, control frames apart."""

    certificate: Path | None = None
    handler: Callable[[ServerConnection], None] = echo
    options: dict[str, Any] = field(default_factory=dict)
    messages: list[str | bytes] = field(default_factory=list)
    control: list[Frame] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Response | None] = lambda _: None
    connections: int = 0
    opened: list[ServerConnection] = field(default_factory=list)

    def __enter__(self) -> Self:
        service = self

        class Recording(ServerConnection):
            def process_event(self, event: Any) -> None:
                if isinstance(event, Frame):
                    service.frames.append(event)
                    if event.opcode in (Opcode.PING, Opcode.PONG, Opcode.CLOSE):
                        service.control.append(event)
                super().process_event(event)

            def recv(self, *args: Any, **options: Any) -> Any:
                message = super().recv(*args, **options)
                service.messages.append(message)
                return message

        def look(connection: ServerConnection, request: Request) -> Response | None:
            service.connections += 1
            service.opened.append(connection)
            service.requests.append(request)
            return service.answer(request)

        def handle(connection: ServerConnection) -> None:
            with contextlib.suppress(ConnectionClosed):
                service.handler(connection)

        context = None
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
        options = {"max_size": None, "ping_interval": None, "close_timeout": 5, **self.options}
        self._server: Server = serve(
            handle,
            "127.0.0.1",
            0,
            ssl=context,
            process_request=look,
            create_connection=Recording,
            **options,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        for connection in self.opened:
            with contextlib.suppress(OSError):
                connection.socket.close()
        self._thread.join(5)

    @property
    def port(self) -> int:
        return int(self._server.socket.getsockname()[1])

    def holds(self, canary: bytes) -> bool:
        """Whether a value arrived in a message, a control frame or the handshake."""
        seen = [one.encode() if isinstance(one, str) else bytes(one) for one in list(self.messages)]
        seen += [bytes(frame.data) for frame in list(self.frames)]
        seen.append(b"".join(bytes(frame.data) for frame in list(self.frames)))
        seen += [f"{one.path}{list(one.headers.raw_items())}".encode() for one in self.requests]
        return any(canary in one for one in seen)
