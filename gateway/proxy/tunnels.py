"""What a connection carries, and whether it is ours to look into.

A tunnel to a host outside the profiles stays a tunnel: its bytes are passed on as they come. The
strictest of CONNECT host, SNI and Host header decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, ServerTLSLayer, TCPLayer
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.layers.tls import parse_client_hello

from gateway.proxy.layers import GuardedHttp, Rules
from gateway.proxy.targets import normalise

# As much of a plain-text request as is awaited before its Host header must have come.
_PEEK_BYTES = 64 * 1024
_REQUEST_LINE = re.compile(rb"[A-Z]{3,20} [^\r\n]* HTTP/\d\.\d\r?\n")
_PERHAPS_REQUEST_LINE = re.compile(rb"[A-Z]{1,20}(?: [^\r\n]*)?\r?")
_HOST = re.compile(rb"(?im)^host[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r?$")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


class Tunnels:
    """The addon that chooses the next protocol layer.

    Args:
        covers: whether a host belongs to a service profile.
        rules: for the HTTP layers.
    """

    def __init__(self, covers: Callable[[str], bool], rules: Rules) -> None:
        self._covers = covers
        self._rules = rules

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """Choose; leaving it open means waiting for more bytes."""
        if nextlayer.layer:
            return
        context = nextlayer.context
        try:
            nextlayer.layer = self._choose(
                context, nextlayer.data_client(), bool(nextlayer.data_server())
            )
        except Exception:
            nextlayer.layer = Closed(context)
            raise

    def _choose(self, context: Context, data: bytes, server_spoke: bool) -> layer.Layer | None:  # noqa: FBT001
        if len(context.layers) == 1:
            return GuardedHttp(context, HTTPMode.regular, self._rules)
        if isinstance(context.layers[-1], ClientTLSLayer):
            return GuardedHttp(context, HTTPMode.transparent, self._rules)
        assert context.server.address
        covered = self._covers(normalise(context.server.address[0]))
        if starts_like_tls_record(data):
            return self._choose_for_tls(context, data, covered=covered)
        if covered:
            # Whatever is not HTTP is refused there.
            return None if b"\x16\x03".startswith(data) else self._plain(context)
        if server_spoke:
            return TCPLayer(context, ignore=True)
        return self._choose_for_plain(context, data)

    def _choose_for_tls(
        self, context: Context, data: bytes, *, covered: bool
    ) -> layer.Layer | None:
        try:
            hello = parse_client_hello(data)
        except ValueError:
            sni = None  # to a covered host this fails in the handshake
        else:
            if hello is None:
                return None
            sni = hello.sni
        if not covered and not (sni and self._covers(normalise(sni))):
            return TCPLayer(context, ignore=True)
        server_tls = ServerTLSLayer(context)
        server_tls.child_layer = ClientTLSLayer(context)
        return server_tls

    def _choose_for_plain(self, context: Context, data: bytes) -> layer.Layer | None:
        if len(data) < _PEEK_BYTES:
            if b"\x16\x03".startswith(data) or _PERHAPS_REQUEST_LINE.fullmatch(data):
                return None
            if _REQUEST_LINE.match(data) and not _END_OF_HEAD.search(data):
                return None
        if _REQUEST_LINE.match(data):
            head = _END_OF_HEAD.split(data, 1)[0]
            hosts = [found.decode("latin-1") for found in _HOST.findall(head)]
            if any(self._covers(normalise(host)) for host in hosts):
                return self._plain(context)
        return TCPLayer(context, ignore=True)

    def _plain(self, context: Context) -> layer.Layer:
        return GuardedHttp(context, HTTPMode.transparent, self._rules)


class Closed(layer.Layer):
    """A connection that nobody understood."""

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.Start | events.DataReceived):
            yield commands.CloseConnection(self.context.client)
