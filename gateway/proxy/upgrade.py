"""The handshake of a WebSocket (RFC 6455 §4), read strictly and written anew.

We are the server towards the client and a client towards the service: key, extensions and
``Connection`` are ours on each side. What the client says besides (path, query, headers,
subprotocols) has been inspected like the head of any request.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mitmproxy import http

from gateway.proxy import deflate
from gateway.proxy.deflate import Agreement, Deflate
from gateway.services import Route
from gateway.services.schema import Framing

if TYPE_CHECKING:  # it asks why_not
    from gateway.proxy.exchange import Exchange

_KEY = "gateway.upgrade"
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 §5.6.2
_PREFIX = "sec-websocket-"
_NOT_HERE = (
    "WebSocket and other protocol upgrades cannot be inspected here; most clients fall back to "
    "plain requests"
)
_MALFORMED = "the WebSocket handshake is malformed and could be misread (RFC 6455 §4.2.1)"


@dataclass(slots=True)
class Upgrade:
    """A handshake that was let through, and what came of it.

    Args:
        exchange: the request.
        framing: how the messages carry documents.
        client_key: what the client's answer is computed from.
        own_key: the same towards the service.
        offered: the compression that the client would like.
        protocols: the subprotocols that it offers.
        settled: the compression towards the service; with one the client is given its own.
        done: whether the service agreed.
    """

    exchange: Exchange
    framing: Framing
    client_key: str = field(repr=False)
    own_key: str = field(repr=False)
    offered: Agreement | None
    protocols: tuple[str, ...] = field(repr=False)
    settled: Agreement | None = None
    done: bool = False

    def conclude(self, response: http.Response) -> str:
        """Check the service's 101 (RFC 6455 §4.1) and turn it into ours for the client.

        Returns:
            why it is refused, or an empty string.
        """
        headers = response.headers
        protocols = headers.get_all("sec-websocket-protocol")
        if (
            self.done
            or response.http_version != "HTTP/1.1"
            or not _switches(headers)
            or headers.get_all("sec-websocket-accept") != [_accept(self.own_key)]
            or len(protocols) > 1
            or not set(protocols) <= set(self.protocols)
        ):
            return "the service's answer to the WebSocket handshake is malformed"
        try:
            self.settled = deflate.settled(headers.get_all("sec-websocket-extensions"))
        except ValueError:
            self.settled = self.offered = None
            return "the service answered with a WebSocket extension that was not offered"
        if self.settled and not self.offered:
            return "the service answered with a WebSocket extension that was not offered"
        for name in ("content-length", "transfer-encoding", "trailer"):
            headers.pop(name, None)
        _rewrite(headers)
        headers["Sec-WebSocket-Accept"] = _accept(self.client_key)
        if protocols:
            headers["Sec-WebSocket-Protocol"] = protocols[0]
        if self.settled and self.offered:
            headers["Sec-WebSocket-Extensions"] = self.offered.header()
        self.done = True
        return ""

    def deflates(self) -> tuple[Deflate | None, Deflate | None]:
        """The compression towards the client and towards the service."""
        if not (self.settled and self.offered):
            return None, None
        limits = self.exchange.limits
        return (
            Deflate(self.offered, as_server=True, limits=limits),
            Deflate(self.settled, as_server=False, limits=limits),
        )


def why_not(request: http.Request, route: Route) -> str:
    """Why a request that asks for another protocol is refused, or an empty string."""
    headers = request.headers
    if route.framing is None or _values(headers.get_all("upgrade")) != ["websocket"]:
        return _NOT_HERE
    keys = headers.get_all("sec-websocket-key")
    versions = headers.get_all("sec-websocket-version")
    protocols = headers.get_all("sec-websocket-protocol")
    sound = (
        request.method == "GET"
        and request.http_version == "HTTP/1.1"
        and _switches(headers)
        and len(keys) == 1
        and _is_key(keys[0])
        and versions == ["13"]
        and all(_TOKEN.fullmatch(one) for one in _values(protocols, fold=False))
        and "http2-settings" not in headers
        and "transfer-encoding" not in headers
        and headers.get("content-length", "0") == "0"
    )
    return "" if sound else _MALFORMED


def begin(exchange: Exchange) -> None:
    """Make a handshake ours before it goes to the service.

    Raises:
        ValueError: it is none that :func:`why_not` would let through.
    """
    request, route = exchange.request, exchange.route
    if route.framing is None or why_not(request, route):
        raise ValueError("no handshake that may go")
    headers = request.headers
    upgrade = Upgrade(
        exchange,
        route.framing,
        headers["sec-websocket-key"],
        base64.b64encode(secrets.token_bytes(16)).decode(),
        deflate.accepted(headers.get_all("sec-websocket-extensions")),
        tuple(_values(headers.get_all("sec-websocket-protocol"), fold=False)),
    )
    _rewrite(headers)
    headers["Sec-WebSocket-Version"] = "13"
    headers["Sec-WebSocket-Key"] = upgrade.own_key
    if upgrade.protocols:
        headers["Sec-WebSocket-Protocol"] = ", ".join(upgrade.protocols)
    if upgrade.offered:
        headers["Sec-WebSocket-Extensions"] = deflate.OFFER
    exchange.flow.metadata[_KEY] = upgrade


def of(flow: http.HTTPFlow) -> Upgrade | None:
    """The handshake that a request was let through as, if it was."""
    found = flow.metadata.get(_KEY)
    return found if isinstance(found, Upgrade) else None


def _rewrite(headers: http.Headers) -> None:
    """Take out all that concerns one connection only, and say again that it switches."""
    for name in {name.lower() for name in headers}:
        if name.startswith(_PREFIX) or name in ("connection", "keep-alive", "upgrade"):
            del headers[name]
    headers["Connection"] = "Upgrade"
    headers["Upgrade"] = "websocket"


def _switches(headers: http.Headers) -> bool:
    return "upgrade" in _values(headers.get_all("connection")) and _values(
        headers.get_all("upgrade")
    ) == ["websocket"]


def _values(headers: Sequence[str], *, fold: bool = True) -> list[str]:
    """The members of a list header, in lower case where case does not count."""
    found = [one.strip() for header in headers for one in header.split(",") if one.strip()]
    return [one.lower() for one in found] if fold else found


def _is_key(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _accept(key: str) -> str:
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
