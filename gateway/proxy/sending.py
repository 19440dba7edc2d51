"""Requests that the gateway makes itself, in the place of a client whose upload it held.

They go where the client's own would have gone, with its credentials; the name is resolved and the
certificate verified as for any other request. Only :mod:`gateway.proxy.uploads` has a sender.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import h11

from gateway.errors import Unreadable
from gateway.proxy.decode import codings, decode
from gateway.services.wire import Call, Reply
from gateway.settings import Limits

_CONNECT_SECONDS = 30.0
_IDLE_SECONDS = 120.0
_ANSWER_SECONDS = 300.0
_STEP = 256 * 1024
_MOST_ANSWER = 8 * 1024 * 1024

# They belong to one connection (RFC 9110 §7.6.1), or are made anew. The answer is read here, so it
# must come as it is.
_OF_THE_CONNECTION = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip


class Unsent(Exception):
    """The service could not be asked; the message is for people."""


class Sender:
    """Sends released requests.

    Args:
        covers: whether a host belongs to a service profile; others get nothing.
        trusted: a PEM file with the roots for services.
    """

    def __init__(self, covers: Callable[[str], bool], trusted: Path) -> None:
        self._covers = covers
        self._context = ssl.create_default_context(cafile=str(trusted))
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.hostname_checks_common_name = False
        self._context.set_alpn_protocols(["http/1.1"])

    def covers(self, host: str) -> bool:
        """Whether requests to a host come to the gateway, and may be made by it."""
        return self._covers(host)

    async def send(self, call: Call) -> Reply:
        """Send a request and read the whole answer.

        Args:
            call: the request; what it carries was released.

        Raises:
            Unsent: the service could not be reached, or answered nothing that can be read.
        """
        if not self._covers(call.host):
            raise Unsent("the service named an address outside its profile")
        secure = urlsplit(call.url).scheme == "https"
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(
                    call.host, call.port, ssl=self._context if secure else None
                )
        except (OSError, TimeoutError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise Unsent(f"{call.host} could not be reached ({why})") from error
        try:
            return await _exchanged(call, reader, writer)
        except (OSError, TimeoutError, h11.ProtocolError) as error:
            raise Unsent(f"{call.host} broke off ({type(error).__name__})") from error
        finally:
            writer.close()


async def _exchanged(
    call: Call, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Reply:
    connection = h11.Connection(h11.CLIENT)
    headers = _headers(call)
    request = h11.Request(method=call.method, target=call.target.encode(), headers=headers)
    writing = asyncio.create_task(_write(connection, request, call.body, writer))
    answer = asyncio.create_task(_answer(connection, reader))
    try:
        # A service may say no before it has read everything, and hang up; then that counts.
        await asyncio.wait({writing, answer}, return_when=asyncio.FIRST_COMPLETED)
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await answer
    finally:
        for task in (writing, answer):
            task.cancel()
        await asyncio.wait({writing, answer})


async def _write(
    connection: h11.Connection, request: h11.Request, body: bytes, writer: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(OSError, h11.ProtocolError):  # what is wrong shows in the answer
        writer.write(connection.send(request) or b"")
        for at in range(0, len(body), _STEP):
            writer.write(connection.send(h11.Data(body[at : at + _STEP])) or b"")
            async with asyncio.timeout(_IDLE_SECONDS):
                await writer.drain()
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        await writer.drain()


def _headers(call: Call) -> list[tuple[bytes, bytes]]:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in call.headers
        if name.lower() not in {*_OF_THE_CONNECTION, "cookie"} and not name.startswith(":")
    ]
    # HTTP/2 has them in crumbs, HTTP/1.1 in one line (RFC 9113 §8.2.3).
    crumbs = [value for name, value in call.headers if name.lower() == "cookie"]
    headers += [(b"cookie", "; ".join(crumbs).encode("latin-1"))] * bool(crumbs)
    host = urlsplit(call.url).netloc.rpartition("@")[2]
    headers += [(b"host", host.encode("idna")), (b"connection", b"close")]
    headers += [(b"accept-encoding", b"identity")]
    if call.body or call.method in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", str(len(call.body)).encode()))
    return headers


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader) -> Reply:
    head: h11.Response | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_STEP))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _MOST_ANSWER:
                raise h11.RemoteProtocolError("an answer without end")
        elif isinstance(event, h11.EndOfMessage):
            break
        elif not isinstance(event, h11.InformationalResponse):
            raise h11.RemoteProtocolError("no answer")
    assert head
    found = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in head.headers
        if name.decode("latin-1").lower()
        not in _OF_THE_CONNECTION | {"alt-svc", "content-encoding"}
    )
    packed = [
        value.decode("latin-1") for name, value in head.headers if name == b"content-encoding"
    ]
    try:  # some services do not heed "identity"
        data = decode(bytes(body), codings(packed), Limits(item_bytes=_MOST_ANSWER)).data
    except Unreadable as error:
        raise h11.RemoteProtocolError("an answer in an unknown coding") from error
    return Reply(found, data, head.status_code)
