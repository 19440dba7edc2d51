"""The messages of a WebSocket, from both sides.

A message of the client waits in a queue until it has been judged (``messages.py``), and they leave
in the order in which they came. Messages of the service pass on at once, whole, also while some
of the client's are being judged. What is refused is answered in the service's own words, or the
connection is closed with 1008 and our sentence.

Nothing else of a client's passes: a ping goes on with a number of ours in the place of its content
and its pong comes back with the client's own, and a Close frame goes on without its reason. Both
could carry text, which would need a verdict each and help nobody.
"""

# mitmproxy is typed in parts only.
# mypy: allow-untyped-calls

from __future__ import annotations

import logging
from collections import deque
from enum import Enum

from mitmproxy import http
from mitmproxy.connection import Connection
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from wsproto.frame_protocol import CloseReason

from gateway.proxy import answers
from gateway.proxy.endpoint import Broken, Close, Endpoint, Message, Ping, Pong
from gateway.proxy.gate import Gate
from gateway.proxy.outgoing import Outgoing, Queue, WebsocketOutgoingHook
from gateway.proxy.upgrade import Upgrade

_log = logging.getLogger(__name__)

# How long a client may take to answer our Close frame.
_CLOSING_SECONDS = 5.0
_PINGS_REMEMBERED = 32

type _Commands = layer.CommandGenerator[None]


class _State(Enum):
    OPEN = "messages go both ways"
    BROKEN = "the client's frames cannot be read on; what came before is still judged"
    LEAVING = "the client has sent its Close frame, which waits for the messages before it"
    CLOSING = "the client has our Close frame, and nothing more goes to the service"
    DONE = "both connections are closed"


class WebSocketRelay(layer.Layer):
    """The two connections of a WebSocket.

    Args:
        context: holds both.
        flow: the handshake.
        upgrade: what was agreed in it.
        gate: knows which messages were released.
    """

    def __init__(self, context: Context, flow: http.HTTPFlow, upgrade: Upgrade, gate: Gate) -> None:
        super().__init__(context)
        self._flow = flow
        self._upgrade = upgrade
        self._gate = gate
        to_client, to_service = upgrade.deflates()
        most = upgrade.exchange.limits.item_bytes
        self._client = Endpoint(as_server=True, deflate=to_client, most=most)
        self._service = Endpoint(as_server=False, deflate=to_service, most=most)
        self._queue = Queue()
        self._state = _State.OPEN
        self._leaving_code: int = CloseReason.NO_STATUS_RCVD
        self._service_gone = False
        self._numbered = 0
        self._pings: deque[tuple[bytes, bytes]] = deque(maxlen=_PINGS_REMEMBERED)
        self._service_pings: deque[bytes] = deque(maxlen=_PINGS_REMEMBERED)

    def _handle_event(self, event: events.Event) -> _Commands:
        if self._state is _State.DONE:
            return
        match event:
            case events.DataReceived() if event.connection == self.context.client:
                self._client.receive(event.data)
                yield from self._read_client()
            case events.DataReceived():
                if self._state is not _State.CLOSING:
                    self._service.receive(event.data)
                    yield from self._read_service()
            case events.ConnectionClosed():
                # While the client is being told why, the service has been told that it is over.
                if self._state is not _State.CLOSING or event.connection == self.context.client:
                    yield from self._end()
            case events.HookCompleted() if isinstance(event.command, WebsocketOutgoingHook):
                event.command.message.judged = True
                yield from self._settle()
            case events.Wakeup():
                yield from self._end()
            case events.MessageInjected():
                _log.error("a message that was injected into a WebSocket is not sent")
            case _:
                pass

    # What comes from the client.

    def _read_client(self) -> _Commands:
        """Take in messages while there is room; what is not taken in stays unread."""
        while self._state in (_State.OPEN, _State.CLOSING) and not self._queue.full:
            try:
                event = self._client.take()
            except Broken as broken:
                self._state = _State.BROKEN
                yield from self._ask(Message(b"", text=False, fragment=0), broken.why)
                return
            if event is None:
                return
            if self._state is _State.CLOSING:
                if isinstance(event, Close):
                    yield from self._end()
                continue
            match event:
                case Message():
                    yield from self._ask(event)
                case Ping():
                    yield from self._ask_service(event.data)
                case Pong():
                    yield from self._answer_service(event.data)
                case Close():
                    self._state, self._leaving_code = _State.LEAVING, event.code
                    yield from self._leave()

    def _ask(self, message: Message, fault: str = "") -> _Commands:
        """Have a message judged, without waiting for it here."""
        outgoing = Outgoing(
            message.data,
            message.text,
            message.fragment,
            self._upgrade.exchange,
            self._upgrade.framing,
            self._queue,
            fault,
        )
        self._queue.put(outgoing)
        hook = WebsocketOutgoingHook(outgoing)
        # Its completion comes back as an event, and this layer goes on with the service's messages
        # meanwhile; True would hold up both directions.
        hook.blocking = self  # type: ignore[assignment] # StartHook narrows what Command allows
        yield hook

    def _settle(self) -> _Commands:
        """Carry out what has been decided, in order."""
        while self._state is not _State.CLOSING and (message := self._queue.judged()):
            yield from self._carry_out(message)
        yield from self._read_client()
        yield from self._leave()

    def _carry_out(self, message: Outgoing) -> _Commands:
        for answer in message.answers:
            frame = self._client.message(answer, text=True, fragment=len(answer))
            yield from self._send(self.context.client, frame)
        if message.payload is not None and not message.reason:
            yield from self._forward(message)
        elif message.reason or not message.answers:
            yield from self._refuse(message.reason)

    def _forward(self, message: Outgoing) -> _Commands:
        """The one point from which a client's message goes out: only released ones pass."""
        payload = message.payload
        if payload is None or not self._gate.may_send(message):
            _log.error("a message without release was stopped on its way out")
            yield from self._refuse("")
            return
        frame = self._service.message(payload, text=message.text, fragment=message.fragment)
        yield from self._send(self.context.server, frame)

    def _refuse(self, reason: str) -> _Commands:
        """Close both sides, with the sentence for the client and no word for the service."""
        if not reason:
            reference = answers.new_reference()
            reason = answers.sentence("there is no verdict on this message", reference)
        # It is hung up on in the end only: what it has still to send would reset the connection, and
        # the messages before this one could be lost with it.
        yield from self._tell_service(CloseReason.GOING_AWAY)
        yield from self._close_client(CloseReason.POLICY_VIOLATION, reason)

    def _ask_service(self, data: bytes) -> _Commands:
        """A client's ping, with a number in the place of its content."""
        self._numbered += 1
        number = self._numbered.to_bytes(8)
        self._pings.append((number, data))
        yield from self._send(self.context.server, self._service.ping(number))

    def _answer_service(self, data: bytes) -> _Commands:
        """A client's pong: the service's own words, or none."""
        known = next((one for one in self._service_pings if one == data), b"")
        while known in self._service_pings:
            self._service_pings.popleft()
        yield from self._send(self.context.server, self._service.pong(known))

    def _leave(self) -> _Commands:
        """Send the client's Close frame, without its reason, once all before it has been sent."""
        if self._state is _State.LEAVING and not len(self._queue) and not self._service.closed:
            yield from self._send(self.context.server, self._service.close(self._leaving_code))

    # What comes from the service.

    def _read_service(self) -> _Commands:
        while self._state not in (_State.CLOSING, _State.DONE):
            try:
                event = self._service.take()
            except Broken as broken:
                _log.warning("a service broke off a WebSocket: %s", broken.why)
                yield from self._close_service(broken.code)
                yield from self._close_client(
                    CloseReason.INTERNAL_ERROR, f"The service broke off: {broken.why}"
                )
                return
            match event:
                case None:
                    return
                case Message():
                    frame = self._client.message(
                        event.data, text=event.text, fragment=event.fragment
                    )
                    yield from self._send(self.context.client, frame)
                case Ping():
                    self._service_pings.append(event.data)
                    yield from self._send(self.context.client, self._client.ping(event.data))
                case Pong():
                    yield from self._answer_client(event.data)
                case Close():
                    yield from self._close_service(event.code)
                    yield from self._close_client(event.code, event.reason)

    def _answer_client(self, data: bytes) -> _Commands:
        """A pong of the service; it may answer the last of several pings only (§5.5.3)."""
        asked = [number for number, _ in self._pings]
        if data in asked:
            for _ in range(asked.index(data)):
                self._pings.popleft()
            _, data = self._pings.popleft()
        yield from self._send(self.context.client, self._client.pong(data))

    # How it ends.

    def _close_service(self, code: int) -> _Commands:
        yield from self._tell_service(code)
        yield from self._hang_up()

    def _tell_service(self, code: int) -> _Commands:
        """Send our Close frame, after which nothing goes to the service."""
        self._queue.close()
        if not self._service.closed:
            yield from self._send(self.context.server, self._service.close(code))

    def _close_client(self, code: int, reason: str) -> _Commands:
        """Send a Close frame; then wait for the client's, unless that has come already."""
        left = self._state is _State.LEAVING
        yield from self._send(self.context.client, self._client.close(code, reason))
        if left:
            yield from self._end()
            return
        # Closing at once could reset the connection, and the reason would be lost on the way.
        self._state = _State.CLOSING
        self._client.discard()
        yield commands.RequestWakeup(_CLOSING_SECONDS)
        yield from self._read_client()

    def _end(self) -> _Commands:
        """Close both connections."""
        self._state = _State.DONE
        self._queue.close()
        self._flow.live = False
        yield from self._hang_up()
        yield commands.CloseConnection(self.context.client)

    def _hang_up(self) -> _Commands:
        if not self._service_gone:
            self._service_gone = True
            yield commands.CloseConnection(self.context.server)

    def _send(self, connection: Connection, frame: bytes) -> _Commands:
        yield commands.SendData(connection, frame)
