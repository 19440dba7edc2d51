"""Messages of a WebSocket: judged whole, in order, and nothing else of the client's passes."""

from __future__ import annotations

import json
import socket
import struct
import threading
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.proxyharness import CANARY, GONE, HOST, eventually
from support.rawsocket import (
    BINARY,
    CLOSE,
    DEFLATE,
    MORE,
    PING,
    PONG,
    TEXT,
    Got,
    RawSocket,
    Squeezer,
    frame,
    handshake,
)
from support.sockets import LIVE, Held, live_catalog
from support.wsservice import SocketService

from gateway.proxy import websocket
from gateway.settings import MIB

WORD = CANARY.decode()
SENTENCE = "Blocked by Redaction Gateway"


@pytest.fixture
def service(test_authority):
    with SocketService(test_authority.issue(HOST)) as one:
        yield one


@pytest.fixture
def gateway(open_gateway, service):
    return open_gateway({f"{HOST}:443": service.port, f"{HOST}:80": service.port})


@pytest.fixture
def live_service(test_authority):
    with SocketService(test_authority.issue(LIVE)) as one:
        yield one


@pytest.fixture
def live(open_gateway, live_service, tmp_path):
    return open_gateway({f"{LIVE}:443": live_service.port}, catalog=live_catalog(tmp_path))


def at(target, *extra, **changed):
    return handshake(*extra, target=target, host=LIVE, **changed)


def gone(message):
    return (
        message.replace(WORD, GONE.decode())
        if isinstance(message, str)
        else (message.replace(CANARY, GONE))
    )


# Any way of sending a message is the same message.

chunks = st.one_of(
    st.text(max_size=12), st.sampled_from([WORD, "你好", "\N{SLIGHTLY SMILING FACE}", "x" * 70_000])
)
contents = st.one_of(
    st.lists(chunks, max_size=3).map("".join),
    st.lists(st.one_of(st.binary(max_size=9), st.just(CANARY)), max_size=3).map(b"".join),
)


@st.composite
def sendings(draw):
    """A message, and where it is cut, whether it is compressed and where pings stand in between."""
    content = draw(contents)
    size = len(content.encode() if isinstance(content, str) else content)
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=4)))
    return content, cuts, draw(st.booleans()), draw(st.lists(st.integers(0, 5), max_size=2))


def frames_of(content, cuts, squeeze, pings):
    data = content.encode() if isinstance(content, str) else content
    if squeeze:
        data = squeeze(data)
        cuts = [min(cut, len(data)) for cut in cuts]
    edges = [0, *cuts, len(data)]
    opcode = TEXT if isinstance(content, str) else BINARY
    for number, (start, end) in enumerate(pairwise(edges)):
        for ping in pings:
            if ping == number:
                yield frame(PING, CANARY + bytes([number]))
        yield frame(
            MORE if number else opcode,
            data[start:end],
            fin=number == len(edges) - 2,
            rsv=4 if squeeze and not number else 0,
        )


class Line:
    """A connection that serves all examples, and is opened anew after one that failed."""

    def __init__(self, gateway, compression):
        self._gateway, self.compression = gateway, compression
        self._raw = None

    def __enter__(self):
        if self._raw is None:
            offer = [f"Sec-WebSocket-Extensions: {DEFLATE}"] if self.compression else []
            self._raw = RawSocket(self._gateway, handshake(*offer))
            assert self.compression is ("sec-websocket-extensions" in self._raw.headers)
            self.squeezer = Squeezer()
        return self._raw

    def __exit__(self, kind, *_):
        if kind:
            self.close()

    def close(self):
        self._raw.socket.close()
        self._raw = None


@pytest.fixture(params=[True, False], ids=["deflate", "plain"])
def line(request, gateway):
    line = Line(gateway, request.param)
    yield line
    line.close()


@given(st.lists(sendings(), min_size=1, max_size=4))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_fragments_compression_and_pings_give_the_same_messages(line, service, sent):
    service.messages.clear()
    with line as raw:
        pings = 0
        for content, cuts, squeeze, between in sent:
            pings += sum(one < len(cuts) + 1 for one in between)
            squeezer = line.squeezer if squeeze and line.compression else None
            raw.send(*frames_of(content, cuts, squeezer, between))
        wanted = [gone(content) for content, *_ in sent]
        echoed, pongs = [], 0
        while len(echoed) < len(wanted) or pongs < pings:
            got = raw.hear()
            if isinstance(got, Got):
                assert PONG == got.opcode
                assert CANARY == got.data[:-1]
                pongs += 1
            else:
                echoed.append(got)
        assert wanted == echoed
        assert wanted == service.messages
        assert not service.holds(CANARY)
        service.frames.clear()


def test_a_canary_cut_by_a_fragment_is_found(gateway, service):
    with RawSocket(gateway) as raw:
        raw.send(frame(TEXT, CANARY[:9], fin=False), frame(PING), frame(MORE, CANARY[9:]))
        assert PONG == raw.hear().opcode
        assert GONE.decode() == raw.hear()
    assert [GONE.decode()] == service.messages


def test_nothing_leaves_before_a_message_is_whole(gateway, service):
    with RawSocket(gateway) as raw:
        raw.send(frame(TEXT, b"begun", fin=False), frame(PING))
        assert PONG == raw.hear().opcode  # so the service has read all that was sent so far
        assert eventually(lambda: service.frames)
        assert [PING] == [one.opcode for one in service.frames]


def test_each_message_is_an_item_with_its_destination(gateway, service):
    with RawSocket(gateway) as raw:
        for message in ('{"type":"response.create"}', "plain", b"\x00\x01"):
            raw.say(message)
            raw.hear()
    path, *items = gateway.inspector.seen
    assert b"path: /v1/responses\n" == path.data
    assert [b'{"type":"response.create"}', b"plain", b"\x00\x01"] == [one.data for one in items]
    assert [
        "application/json",
        "text/plain; charset=utf-8",
        "application/octet-stream",
    ] == [one.hint.media_type for one in items]
    assert {("openai", HOST, "chat", "responses-websocket")} == {
        (one.service, one.host, one.purpose, one.step)
        for one in (item.destination for item in items)
    }


def test_small_fragments_are_joined_and_large_ones_kept_apart(gateway, service):
    data = ("说" * 20_000).encode()
    with RawSocket(gateway) as raw:
        pieces = [data[start : start + 5000] for start in range(0, len(data), 5000)]
        raw.send(frame(TEXT, pieces[0], fin=False))
        raw.send(*(frame(MORE, piece, fin=False) for piece in pieces[1:-1]))
        raw.send(frame(MORE, pieces[-1]))
        assert data.decode() == raw.hear()
        raw.send(*(frame(bool(not n), b"a", fin=n == 99) for n in range(100)))
        assert "a" * 100 == raw.hear()
    sizes = [len(one.data) for one in service.frames if one.opcode in (TEXT, MORE)]
    assert max(sizes[:-1]) <= 5000
    assert 100 == sizes[-1]
    for one in service.frames:
        if one.opcode in (TEXT, MORE):
            one.data.decode()  # no character is cut


def test_large_messages_pass_both_ways(gateway, service):
    text = json.dumps({"data": ["x" * 50, WORD] * 40_000})
    head = handshake(f"Sec-WebSocket-Extensions: {DEFLATE}")
    with RawSocket(gateway, head) as raw:
        raw.say(text)
        assert gone(text) == raw.hear()
    assert not service.holds(CANARY)


# While a verdict is pending.


@pytest.fixture
def held(open_gateway, service):
    return open_gateway({f"{HOST}:443": service.port}, Held())


def test_order_is_kept_while_a_verdict_is_pending(held, service):
    with RawSocket(held) as raw:
        raw.say("one WAIT")
        for number in range(6):
            raw.say(f"then {number}")
        raw.send(frame(PING, b"there?"))
        assert Got(PONG, b"there?") == raw.hear()  # control frames overtake
        assert [] == service.messages
        held.inspector.free.set()
        wanted = ["one WAIT", *(f"then {number}" for number in range(6))]
        assert wanted == [raw.hear() for _ in wanted]
    assert wanted == service.messages


def test_the_service_is_heard_while_a_verdict_is_pending(held, service):
    def speak(connection):
        for number in range(3):
            connection.send(f"news {number}")
        for message in connection:
            connection.send(message)

    service.handler = speak
    with RawSocket(held) as raw:
        raw.say("WAIT")
        assert ["news 0", "news 1", "news 2"] == [raw.hear() for _ in range(3)]
        assert [] == service.messages
        held.inspector.free.set()
        assert "WAIT" == raw.hear()


def test_a_close_waits_for_the_messages_before_it(held, service):
    with RawSocket(held) as raw:
        raw.say("last words WAIT")
        raw.send(frame(CLOSE, struct.pack("!H", 3000)))
        held.inspector.free.set()
        while (got := raw.hear()) and not isinstance(got, Got):
            assert "last words WAIT" == got
        assert 3000 == got.code
        assert raw.hear() is None
    assert ["last words WAIT"] == service.messages
    assert [3000] == [struct.unpack("!H", one.data)[0] for one in service.control]


def test_a_refused_message_before_a_close_is_told(held, service):
    with RawSocket(held, handshake(target="/v1/responses")) as raw:
        raw.say("BLOCKME WAIT")
        raw.send(frame(CLOSE, struct.pack("!H", 1000)))
        held.inspector.free.set()
        assert "BLOCKME" not in (told := raw.hear())
        assert SENTENCE in told
        assert 1000 == raw.hear().code
    assert [] == service.messages


def test_a_client_that_has_gone_sends_nothing_more(held, service):
    with RawSocket(held) as raw:
        raw.say("WAIT")
        assert eventually(lambda: len(held.inspector.seen) == 2)
    assert eventually(lambda: service.opened[0].protocol.state.name == "CLOSED")
    held.inspector.free.set()
    with RawSocket(held) as raw:
        raw.say("another")
        assert "another" == raw.hear()
    assert ["another"] == service.messages


def test_a_verdict_that_comes_after_the_service_has_gone_sends_nothing(held, service):
    service.handler = lambda connection: connection.close(1012, "we restart")
    with RawSocket(held) as raw:
        raw.say("WAIT")
        got = raw.until_close()
        assert (1012, "we restart") == (got.code, got.reason)
        held.inspector.free.set()
        assert raw.hear() is None
    assert [] == service.messages


def test_a_verdict_that_never_comes_closes_the_connection(held, service):
    held.server._addons[-1].deadline = 0.2
    with RawSocket(held) as raw:
        raw.say("WAIT")
        got = raw.until_close()
    assert 1008 == got.code
    assert "there was no verdict within" in got.reason
    assert [] == service.messages
    assert ["block"] == [outcome.verdict for _, outcome in held.recorded]


def test_a_client_that_is_faster_than_verdicts_is_slowed(held, service):
    messages = [f"{number} WAIT {'x' * 30_000}" for number in range(120)]
    with RawSocket(held) as raw:

        def send():
            for message in messages:
                raw.say(message)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        assert eventually(lambda: len(held.inspector.seen) >= 8)
        held.inspector.free.set()
        assert messages == [raw.hear() for _ in messages]
        thread.join(10)
    assert messages == service.messages
    assert held.inspector.most <= 8


def test_a_service_that_is_faster_than_its_client_is_slowed(gateway, service):
    sent = []

    def flood(connection):
        for number in range(80):
            connection.send(bytes(MIB))
            sent.append(number)

    service.handler = flood
    with RawSocket(gateway) as raw:
        assert eventually(lambda: len(sent) > 4)
        for heard in range(1, 81):
            assert MIB == len(raw.hear())
            assert len(sent) - heard < 40  # what the buffers of both connections take


# Control frames carry nothing of the client's.


def test_a_ping_reaches_the_service_without_its_content(gateway, service):
    with RawSocket(gateway) as raw:
        raw.send(frame(PING, CANARY), frame(PING, b"b"), frame(PING))
        assert [Got(PONG, CANARY), Got(PONG, b"b"), Got(PONG)] == [raw.hear() for _ in range(3)]
    assert [1, 2, 3] == [int.from_bytes(one.data) for one in service.control[:3]]


def test_one_pong_may_answer_several_pings(gateway, service):
    def last_only(connection):
        assert "now" == connection.recv()
        with connection.protocol_mutex:
            connection.protocol.send_pong((3).to_bytes(8))
            for data in connection.protocol.data_to_send():
                connection.socket.sendall(data)
        connection.recv()

    service.handler = last_only
    with RawSocket(gateway) as raw:
        raw.send(*(frame(PING, name) for name in (b"a", b"b", b"c")))
        assert [b"a", b"b", b"c"] == [raw.hear().data for _ in range(3)]
        raw.say("now")
        assert Got(PONG, (3).to_bytes(8)) == raw.hear()  # nobody waits for it any more: as it came


def test_a_pong_says_what_the_service_asked_or_nothing(gateway, service):
    pinged = threading.Event()

    def ask(connection):
        answered = connection.ping(b"still there?")
        assert answered.wait(10)
        pinged.set()
        connection.recv()

    service.handler = ask
    with RawSocket(gateway) as raw:
        assert Got(PING, b"still there?") == raw.hear()
        raw.send(frame(PONG, CANARY), frame(PONG, b"still there?"))
        assert pinged.wait(10)
    assert [b"", b"still there?"] == [
        bytes(one.data) for one in service.control if one.opcode == PONG
    ]


@pytest.mark.parametrize(("data", "code"), [(b"", None), (struct.pack("!H", 4321) + CANARY, 4321)])
def test_a_close_goes_on_without_its_reason(gateway, service, data, code):
    with RawSocket(gateway) as raw:
        raw.send(frame(CLOSE, data))
        got = raw.hear()
        assert CLOSE == got.opcode
        assert raw.hear() is None
    (sent,) = service.control
    assert (b"" if code is None else struct.pack("!H", code)) == sent.data
    assert not service.holds(CANARY)


def test_the_services_close_is_passed_on_with_its_reason(gateway, service):
    service.handler = lambda connection: connection.close(4001, "会话已过期")
    with RawSocket(gateway) as raw:
        got = raw.until_close()
        assert (4001, "会话已过期") == (got.code, got.reason)
        assert raw.hear() is None


def test_a_service_that_breaks_off_ends_the_connection(gateway, service):
    # Closing alone would wait for the thread that reads from it.
    service.handler = lambda connection: connection.socket.shutdown(socket.SHUT_RDWR)
    with RawSocket(gateway) as raw:
        assert raw.hear() is None


def test_a_client_that_never_answers_a_close_is_let_go(live, live_service, monkeypatch):
    monkeypatch.setattr(websocket, "_CLOSING_SECONDS", 0.1)
    with RawSocket(live, at("/text"), host=LIVE) as raw:
        raw.say("BLOCKME")
        assert CLOSE == raw.hear().opcode
        assert raw.hear() is None
