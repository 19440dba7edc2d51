"""HTTP/1 heads, read without the leniencies that let two parsers disagree."""

from __future__ import annotations

import re

from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._base import HttpEvent, ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._http1 import Http1Server

from gateway.proxy import answers

# A head is refused when it is larger. Cookies of office services reach 16 KiB.
_HEAD_BYTES = 128 * 1024
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 §5.6.2

type _Commands = layer.CommandGenerator[None]


class StrictHttp1(Http1Server):
    """HTTP/1 from a client, without the leniencies that let two parsers disagree."""

    def __init__(self, context: Context, *, to_proxy: bool) -> None:
        super().__init__(context)
        self._to_proxy = to_proxy

    def read_headers(self, event: events.ConnectionEvent) -> _Commands:
        """Look at the raw head before it is parsed."""
        if isinstance(event, events.DataReceived):
            why = fault_of_head(bytes(self.buf), to_proxy=self._to_proxy)
            if why:
                yield from self._refuse(why)
                return
        yield from super().read_headers(event)

    def read_body(self, event: events.Event) -> _Commands:
        """Read a body; a trailer section (RFC 9112 §7.1.2) is refused."""
        try:
            yield from super().read_body(event)
        except NotImplementedError:  # so mitmproxy says that there are trailers
            yield from self._refuse("trailers after the body cannot be inspected")
            code = ErrorCode.GENERIC_CLIENT_ERROR
            yield ReceiveHttp(RequestProtocolError(self.stream_id, "trailers", code))

    def send(self, event: HttpEvent) -> _Commands:
        """Send an answer; mitmproxy's own error pages become ours."""
        if isinstance(event, ResponseProtocolError) and not self.response:
            status = event.code.http_status_code()
            if status and self.conn.state & ConnectionState.CAN_WRITE:
                page = answers.raw_page(event.message, status)
                yield commands.SendData(self.conn, page)
                yield commands.CloseConnection(self.conn)
                return
        yield from super().send(event)

    def _refuse(self, why: str) -> _Commands:
        yield commands.SendData(
            self.conn, answers.raw_page(answers.sentence(why, answers.new_reference()), 400)
        )
        yield commands.CloseConnection(self.conn)
        self.state = self.done


def fault_of_head(data: bytes, *, to_proxy: bool) -> str:
    """Why a head, or what has come of it, is refused; empty when it may be parsed.

    Args:
        data: from the first byte of the request on.
        to_proxy: the request is to the proxy itself, not inside a tunnel.
    """
    data = data.lstrip(b"\r\n")
    end = _END_OF_HEAD.search(data)
    head = data[: end.end()] if end else data
    if len(head) > _HEAD_BYTES:
        return f"the head of the request is larger than {_HEAD_BYTES // 1024} KiB"
    first = head[:24].partition(b" ")[0]
    if head and not _TOKEN.fullmatch(first):
        return "this is not HTTP, and other protocols cannot be inspected"
    if not end:
        return ""
    if b"\0" in head or re.search(rb"(?<!\r)\n|\r(?!\n)", head):
        return "the head of the request holds bare line ends or NUL (RFC 9112 §2.2)"
    if re.search(rb"\n[ \t]", head):
        return "the head of the request folds a line (RFC 9112 §5.2)"
    method, _, rest = head.partition(b" ")
    if to_proxy and method != b"CONNECT" and rest[:1] in (b"/", b"*"):
        return "this is a proxy; it takes whole addresses and CONNECT only"
    return ""
