"""mitmproxy's HTTP layers with our rules in them.

They parse heads strictly, refuse early without storing what is refused, explain failures in our
words, and hold the third line of ``gate.py``: the one place where a request goes out.
"""

# mitmproxy is typed in parts only.
# mypy: allow-untyped-calls

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

from mitmproxy import http
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import (
    DropStream,
    GetHttpConnection,
    HttpLayer,
    HTTPMode,
    HttpStream,
    SendHttp,
    validate_request,
)
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestEndOfMessage,
    RequestHeaders,
    RequestProtocolError,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)

from gateway.proxy import answers, upgrade
from gateway.proxy.gate import Gate
from gateway.proxy.strict import StrictHttp1
from gateway.proxy.websocket import WebSocketRelay

_log = logging.getLogger(__name__)

type _Commands = layer.CommandGenerator[None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the layers ask of the rest of the proxy.

    Args:
        gate: knows what was released.
        body_bytes: the largest body that is held.
        too_large: makes the refusal of a larger one.
    """

    gate: Gate
    body_bytes: int
    too_large: Callable[[http.HTTPFlow], http.Response]


class GuardedHttp(HttpLayer):
    """HTTP on one connection of a client."""

    def __init__(self, context: Context, mode: HTTPMode, rules: Rules) -> None:
        super().__init__(context, mode)
        self._rules = rules

    def _handle_event(self, event: events.Event) -> _Commands:
        if isinstance(event, events.Start) and self.context.client.alpn != b"h2":
            # HttpLayer keeps a connection object that is there already.
            strict = StrictHttp1(self.context.fork(), to_proxy=self.mode is HTTPMode.regular)
            self.connections[self.context.client] = strict
        yield from super()._handle_event(event)

    def make_stream(self, stream_id: int) -> _Commands:
        """Begin a request."""
        self.streams[stream_id] = GuardedStream(self.context.fork(), stream_id, self._rules)
        yield from self.event_to_child(self.streams[stream_id], events.Start())


class GuardedStream(HttpStream):
    """One request and its answer."""

    def __init__(self, context: Context, stream_id: int, rules: Rules) -> None:
        super().__init__(context, stream_id)
        self._rules = rules

    def state_wait_for_request_headers(self, event: RequestHeaders) -> _Commands:
        """Answer at once when the head alone is reason to refuse."""
        yield from super().state_wait_for_request_headers(event)
        if self.client_state == self.state_consume_request_body and self.flow.response:
            yield from self._answer_early()

    def state_consume_request_body(self, event: events.Event) -> _Commands:
        """Hold the body, up to the limit."""
        most = self._rules.body_bytes
        if isinstance(event, RequestData) and len(self.request_body_buf) + len(event.data) > most:
            self.request_body_buf.clear()
            self.flow.response = self._too_large()
            yield from self._answer_early()
            return
        yield from super().state_consume_request_body(event)

    def _too_large(self) -> http.Response:
        try:
            return self._rules.too_large(self.flow)
        except Exception as error:  # noqa: BLE001 - a refusal must not fail
            _log.error("a refusal could not be made: %s", type(error).__name__)
            return answers.plain("the upload is too large to be inspected", 413, self.flow)

    def _answer_early(self) -> _Commands:
        """Send the refusal now; what still comes of the body is thrown away.

        Many clients read no answer before they have sent everything, so it is all accepted.
        """
        self.client_state = self._drain
        yield from self.send_response()
        if self.client_state == self._drain:  # else the client has gone
            yield SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)

    def _drain(self, event: events.Event) -> _Commands:
        if isinstance(event, RequestEndOfMessage):
            self.client_state = self.state_done
            self.flow.live = False
            yield DropStream(self.stream_id)

    def make_server_connection(self) -> layer.CommandGenerator[bool]:
        """The one point from which a request goes out: only released ones pass."""
        flow = self.flow
        if not self._rules.gate.may_forward(flow):
            _log.error("a request without release was stopped on its way out")
            yield from self._fail("there is no verdict on this request", 503)
            return False
        connected, error = yield GetHttpConnection(
            (flow.request.host, flow.request.port),
            flow.request.scheme == "https",
            flow.server_conn.via,
            flow.server_conn.transport_protocol,
        )
        if error:
            yield from self._fail(_why_unreachable(flow.request.host, error), 502)
            return False
        self.context.server = flow.server_conn = connected
        return True

    def _fail(self, why: str, status: int) -> _Commands:
        """Answer in the place of a service that was not asked."""
        if self.client_state == self.state_done:
            self.flow.response = answers.plain(why, status, self.flow)
            yield from self.send_response()
        else:  # the client is still sending, and nobody is listening
            message = answers.sentence(why, answers.new_reference())
            code = ErrorCode.CONNECT_FAILED
            yield from super().handle_protocol_error(
                ResponseProtocolError(self.stream_id, message, code)
            )

    def state_wait_for_response_headers(self, event: ResponseHeaders) -> _Commands:
        """Take an answer, but no half-answer (1xx) other than to a handshake of ours."""
        if why := self._why_not_passed(event.response):
            yield commands.CloseConnection(self.context.server)
            self.flow.response = answers.plain(why, 502, self.flow)
            yield from self.send_response()
            return
        yield from super().state_wait_for_response_headers(event)

    def _why_not_passed(self, response: http.Response) -> str:
        if response.status_code >= 200:
            return ""
        asked = upgrade.of(self.flow)
        if asked and response.status_code == 101:
            return asked.conclude(response)
        return f"the service answered with status {response.status_code}, which cannot be passed on"

    def flow_done(self) -> _Commands:
        """An exchange is over; a handshake goes on as a WebSocket."""
        asked = upgrade.of(self.flow)
        if not asked or not asked.done:
            yield from super().flow_done()
            return
        self.child_layer = WebSocketRelay(self.context, self.flow, asked, self._rules.gate)
        self._handle_event = self.passthrough
        yield from self.child_layer.handle_event(events.Start())
        yield SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> _Commands:
        """Explain a failure of the service, if the client has had no answer yet."""
        waiting = (
            isinstance(event, ResponseProtocolError)
            and self.client_state == self.state_done
            and self.server_state == self.state_wait_for_response_headers
        )
        if waiting:
            yield from self._fail(f"the service broke off ({_words(event.message)})", 502)
        else:
            yield from super().handle_protocol_error(event)

    def check_invalid(self, request: bool) -> layer.CommandGenerator[bool]:  # noqa: FBT001 - as in the base
        """Refuse malformed heads, in our words."""
        if not request:
            return (yield from super().check_invalid(request))
        fault = validate_request(self.mode, self.flow.request, True)  # noqa: FBT003
        if fault is None:
            return False
        why = "the request is malformed or nested in another tunnel, and could be misread"
        message = answers.sentence(why, answers.new_reference())
        yield SendHttp(
            ResponseProtocolError(self.stream_id, message, ErrorCode.REQUEST_VALIDATION_FAILED),
            self.context.client,
        )
        self.flow.live = False
        self.client_state = self.server_state = self.state_errored
        return True

    def handle_connect_regular(self) -> _Commands:
        """Open a tunnel: at once to hosts that we pass, to others only after a verdict."""
        if not self.flow.response and self._rules.gate.may_forward(self.flow):
            error = yield commands.OpenConnection(self.context.server)
            if error:
                why = _why_unreachable(self.flow.request.host, error)
                self.flow.response = answers.plain(why, 502)
        self.child_layer = layer.NextLayer(self.context)
        yield from self.handle_connect_finish()


_CERTIFICATE = re.compile(r"Certificate verify failed: (.*)")


def _why_unreachable(host: str, error: str) -> str:
    if found := _CERTIFICATE.search(error):
        return (
            f"the certificate of {host} could not be verified ({_words(found[1])}); nothing was "
            "sent. A company root can be added with --upstream-ca"
        )
    return f"{host} could not be reached ({_words(error)}); nothing was sent"


def _words(error: str) -> str:
    """A cause in one short line."""
    return " ".join(error.split())[:200].rstrip(". ")
