"""Whatever fails while a message is judged: it does not leave, and the connection ends in words.

Each failure kind (``KINDS``) is injected at each stage of a message's way (``STAGES``); then each
of the three lines of ``gate.py`` is held against the others' absence.
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future

import pytest
from mitmproxy.exceptions import AddonHalt, OptionsError
from mitmproxy.proxy.layers.websocket import WebSocketMessageInjected
from mitmproxy.websocket import WebSocketMessage
from support.proxyharness import CANARY, HOST, Replacing, eventually
from support.rawsocket import CLOSE, TEXT, Got, RawSocket, frame
from support.wsservice import SocketService
from wsproto.frame_protocol import Opcode

from gateway.errors import AuditError, LimitExceeded, NotReleasable, Unreadable
from gateway.proxy import messages, websocket
from gateway.proxy.connection import GuardedConnection
from gateway.proxy.endpoint import Endpoint
from gateway.proxy.gate import Gate
from gateway.proxy.websocket import WebSocketRelay

WORD = CANARY.decode()
SENTENCE = "Blocked by Redaction Gateway"

KINDS = {
    "ValueError": lambda: ValueError("x"),
    "KeyError": lambda: KeyError("x"),
    "AssertionError": AssertionError,
    "MemoryError": MemoryError,
    "RecursionError": lambda: RecursionError("x"),
    "StopIteration": StopIteration,
    "StopAsyncIteration": StopAsyncIteration,
    "TimeoutError": TimeoutError,
    "OSError": lambda: OSError(28, "x"),
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", b"x", 0, 1, "x"),
    "ExceptionGroup": lambda: ExceptionGroup("x", [ValueError("x")]),
    "Unreadable": lambda: Unreadable("x"),
    "LimitExceeded": lambda: LimitExceeded("x"),
    "NotReleasable": lambda: NotReleasable("x"),
    "AuditError": lambda: AuditError("x"),
    "AddonHalt": AddonHalt,
    "OptionsError": lambda: OptionsError("x"),
    "CancelledError": asyncio.CancelledError,
    "GeneratorExit": GeneratorExit,
    "SystemExit": lambda: SystemExit(3),
    "KeyboardInterrupt": KeyboardInterrupt,
}


class Fault:
    """Raises the wanted kind wherever it is planted, once it is armed."""

    kind = "ValueError"
    armed = False

    def fail(self):
        if self.armed:
            raise KINDS[self.kind]()  # noqa: RSE102 - some are factories


class Broken(Replacing):
    """An inspector that fails as told."""

    def __init__(self, how, fault):
        super().__init__()
        self._how, self._fault = how, fault

    def submit(self, item):
        if self._how == "submit":
            self._fault.fail()
        if self._how == "future" and self._fault.armed:
            future: Future = Future()
            future.set_exception(KINDS[self._fault.kind]())
            return future
        return super().submit(item)


def _wrapped(owner, name, *, after=False):
    """Fail in a function, before or after its work."""

    def plant(running, fault, monkeypatch):
        real = getattr(owner, name)

        def broken(*args, **options):
            if not after:
                fault.fail()
            result = real(*args, **options)
            fault.fail()
            return result

        monkeypatch.setattr(owner, name, broken)

    return plant


def _hook(*, after):
    def plant(running, fault, monkeypatch):
        addon = running.server._addons[-1]
        real = addon.websocket_outgoing

        async def broken(message):
            if not after:
                fault.fail()
            await real(message)
            await asyncio.sleep(0)
            fault.fail()

        monkeypatch.setattr(addon, "websocket_outgoing", broken)

    return plant


class HalfDone:
    """An addon that decides for itself and then fails."""

    def __init__(self, fault):
        self._fault = fault

    async def websocket_outgoing(self, message):
        if self._fault.armed:
            message.payload = message.data
        await asyncio.sleep(0)
        self._fault.fail()


def _addon(position):
    def plant(running, fault, monkeypatch):
        manager = running.server._master.addons
        chain = list(manager.chain)
        chain.insert(position if position >= 0 else len(chain), HalfDone(fault))
        monkeypatch.setattr(manager, "chain", chain)

    return plant


# "closed" stages end in a Close frame; "cut" ones in the end of the connection, as the protocol
# core itself has failed; after "unhurt" ones our own verdict comes all the same.
STAGES = {
    "inspector.submit": ("closed", "submit"),
    "inspector's future": ("closed", "future"),
    "splitting": ("closed", _wrapped(messages.frames, "split")),
    "joining": ("closed", _wrapped(messages.frames, "join")),
    "hinting": ("closed", _wrapped(messages.frames, "hint")),
    "gate.release_message": ("closed", _wrapped(Gate, "release_message")),
    "gate.release_message, afterwards": ("closed", _wrapped(Gate, "release_message", after=True)),
    "the hook": ("closed", _hook(after=False)),
    "the hook, after its work": ("unhurt", _hook(after=True)),
    "an addon before us": ("unhurt", _addon(0)),
    "an addon after us": ("closed", _addon(-1)),
    "gate.may_send": ("cut", _wrapped(Gate, "may_send")),
    "sending": ("cut", _wrapped(WebSocketRelay, "_forward")),
    "framing": ("cut", _wrapped(Endpoint, "message")),
    "settling": ("cut", _wrapped(WebSocketRelay, "_settle")),
    "reading": ("cut", _wrapped(Endpoint, "take")),
}


@pytest.fixture
def service(test_authority):
    with SocketService(test_authority.issue(HOST)) as one:
        yield one


@pytest.mark.parametrize("stage", list(STAGES))
def test_no_failure_lets_a_message_out(open_gateway, service, stage, monkeypatch, caplog):
    expected, plant = STAGES[stage]
    fault = Fault()
    to = {f"{HOST}:443": service.port}
    if isinstance(plant, str):
        running = open_gateway(to, Broken(plant, fault))
    else:
        running = open_gateway(to)
        plant(running, fault, monkeypatch)
    for kind, make in KINDS.items():
        if expected == "cut" and not issubclass(type(make()), Exception):
            continue  # in the protocol core only programming errors can occur
        fault.kind = kind
        with RawSocket(running) as raw:
            fault.armed = True
            raw.say("hello " + WORD)
            heard = []
            while (got := raw.hear()) is not None and not (
                isinstance(got, Got) and got.opcode == CLOSE
            ):
                heard.append(got)
                if expected == "unhurt":
                    break
            fault.armed = False
        if expected == "closed":
            assert got is not None, (stage, kind)
            assert 1008 == got.code, (stage, kind)
            assert SENTENCE in got.reason, (stage, kind)
            assert "ref G-" in got.reason, (stage, kind)
        if expected == "cut":
            assert got is None or got.code == 1008, (stage, kind)
        assert not service.holds(CANARY), (stage, kind)
        if expected != "unhurt":
            assert [] == heard, (stage, kind)
            assert [] == service.messages, (stage, kind)
    assert WORD not in caplog.text


def test_a_hook_that_is_cancelled_lets_nothing_out(open_gateway, service, monkeypatch):
    tasks = []

    class Silent(Replacing):
        def submit(self, item):
            if item.data.startswith(b"path:"):
                return super().submit(item)
            return Future()

    running = open_gateway({f"{HOST}:443": service.port}, Silent())
    real = running.server._addons[-1].websocket_outgoing

    async def noted(message):
        tasks.append((asyncio.get_running_loop(), asyncio.current_task()))
        await real(message)

    monkeypatch.setattr(running.server._addons[-1], "websocket_outgoing", noted)
    with RawSocket(running) as raw:
        raw.say(WORD)
        assert eventually(lambda: len(tasks) == 1)
        ((loop, task),) = tasks
        loop.call_soon_threadsafe(task.cancel)
        assert eventually(task.done)
        raw.send(frame(CLOSE))
    assert [] == service.messages
    assert not service.holds(CANARY)


def test_a_refusal_that_cannot_be_recorded_is_still_one(open_gateway, service):
    def record(item, outcome):
        raise AuditError("x")

    running = open_gateway({f"{HOST}:443": service.port}, record=record)
    with RawSocket(running) as raw:
        raw.send(frame(TEXT, b"\xff"))
        assert 1008 == raw.until_close().code


def test_a_template_that_fails_closes_the_connection(open_gateway, service, monkeypatch):
    def fail(*_):
        raise KeyError("x")

    running = open_gateway({f"{HOST}:443": service.port})
    monkeypatch.setattr("gateway.services.frames.answer", fail)
    with RawSocket(running) as raw:
        raw.say("BLOCKME")
        assert 1008 == raw.until_close().code
    assert [] == service.messages


# The lines of gate.py, each by itself.


def _deciding(running, monkeypatch, decide):
    """Put ``decide(message, gate)`` in the place of the addon that judges messages."""

    async def websocket_outgoing(message):
        decide(message, running.server.gate)

    monkeypatch.setattr(running.server._addons[-1], "websocket_outgoing", websocket_outgoing)


def _unreleased(message, gate):
    message.payload = message.data


def _swapped_payload(message, gate):
    gate.release_message(message, b"harmless")
    message.payload = message.data


def _swapped_message(message, gate):
    gate.release_message(message, message.data)
    message.data = bytes(bytearray(message.data))


def _revoked(message, gate):
    gate.release_message(message, message.data)
    gate._messages.pop(message)


def _of_another(message, gate):
    gate._messages[message] = object()
    message.payload = message.data


def _nothing(message, gate):
    pass


@pytest.mark.parametrize(
    "decide", [_unreleased, _swapped_payload, _swapped_message, _revoked, _of_another, _nothing]
)
def test_only_what_was_released_passes_the_last_point(open_gateway, service, monkeypatch, decide):
    running = open_gateway({f"{HOST}:443": service.port})
    _deciding(running, monkeypatch, decide)
    with RawSocket(running) as raw:
        raw.say(WORD)
        got = raw.hear()
        assert got is None or (got.code == 1008 and "no verdict on this message" in got.reason)
    assert [] == service.messages
    assert not service.holds(CANARY)


def test_the_connection_takes_back_what_a_failed_hook_released(open_gateway, service, monkeypatch):
    running = open_gateway({f"{HOST}:443": service.port})

    def decide(message, gate):
        gate.release_message(message, message.data)
        raise SystemExit  # the one kind that mitmproxy's manager lets through

    _deciding(running, monkeypatch, decide)
    with RawSocket(running) as raw:
        raw.say(WORD)
        assert 1008 == raw.until_close().code
    assert [] == service.messages


def test_an_injected_message_is_not_sent(open_gateway, service, monkeypatch):
    """mitmproxy's own way of adding messages goes past every addon's eyes."""
    connections, flows = [], []
    accept = GuardedConnection.handle_client
    start = WebSocketRelay.__init__

    async def noted(self):
        connections.append(self)
        await accept(self)

    def begun(self, context, flow, *rest):
        flows.append(flow)
        start(self, context, flow, *rest)

    monkeypatch.setattr(GuardedConnection, "handle_client", noted)
    monkeypatch.setattr(WebSocketRelay, "__init__", begun)
    running = open_gateway({f"{HOST}:443": service.port})
    with RawSocket(running) as raw:
        raw.say("hello")
        assert "hello" == raw.hear()
        for from_client in (True, False):
            injected = WebSocketMessageInjected(
                flows[0], WebSocketMessage(Opcode.TEXT, from_client, CANARY, injected=True)
            )
            asyncio.run_coroutine_threadsafe(
                connections[0].server_event(injected), running.server._master.event_loop
            ).result(10)
        raw.say("again")
        assert "again" == raw.hear()
    assert ["hello", "again"] == service.messages


def test_mitmproxys_own_layer_is_never_used(open_gateway, service, monkeypatch):
    """With the option off, a 101 that is not ours would end the connection there, too."""
    made = []
    monkeypatch.setattr(
        "mitmproxy.proxy.layers.websocket.WebsocketLayer.__init__",
        lambda *_: made.append(1),
    )
    running = open_gateway({f"{HOST}:443": service.port})
    options = running.server._master.options
    assert (False, False) == (options.websocket, options.rawtcp)
    with RawSocket(running) as raw:
        raw.say("hello")
        assert "hello" == raw.hear()
    assert [] == made


def test_nothing_of_a_message_is_logged(open_gateway, service, caplog):
    caplog.set_level(0)
    running = open_gateway({f"{HOST}:443": service.port})
    with RawSocket(running) as raw:
        raw.say(WORD)
        raw.hear()
        raw.send(frame(TEXT, CANARY, rsv=2))
        with contextlib.suppress(AssertionError):
            raw.until_close()
    assert WORD not in caplog.text
    assert WORD not in repr(websocket.Outgoing(CANARY, False, 0, None, None, None))
