"""The handshake of a WebSocket: where it may be, what goes to the service of it, and what comes back."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http

import h2.config
import h2.connection
import h2.events
import pytest
from support.proxyharness import CANARY, GONE, HOST, eventually
from support.rawsocket import (
    CLOSE,
    DEFLATE,
    KEY,
    PING,
    TEXT,
    RawSocket,
    Squeezer,
    frame,
    handshake,
)
from support.upstream import Upstream
from support.wsservice import SocketService
from websockets.datastructures import Headers
from websockets.http11 import Response

WORD = CANARY.decode()


def accept(key):
    digest = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    return base64.b64encode(digest).decode()


@pytest.fixture
def service(test_authority):
    with SocketService(test_authority.issue(HOST)) as one:
        yield one


@pytest.fixture
def gateway(open_gateway, service):
    return open_gateway({f"{HOST}:443": service.port})


def refused(gateway, service, head):
    """The sentence of a refusal, after which nothing of the connection reaches the service."""
    with RawSocket(gateway, head) as raw:
        answer = raw.body()
        with contextlib.suppress(OSError):
            raw.send(frame(TEXT, CANARY))
    assert 400 == answer.status, answer
    assert 0 == service.connections
    return answer.body.decode()


# Where it may be.


@pytest.mark.parametrize(
    "target", ["/v1/chat/completions", "/v1/files", "/", "/v1//responses", "/v1/%72esponses"]
)
def test_only_a_step_of_frames_becomes_a_websocket(gateway, service, target):
    assert "protocol upgrades cannot be inspected here" in refused(
        gateway, service, handshake(target=target)
    )
    assert ["block"] == [outcome.verdict for _, outcome in gateway.recorded]


@pytest.mark.parametrize(
    "head",
    [
        handshake(Upgrade="x"),
        handshake(Upgrade="websocket, x"),
        handshake(Upgrade="h2c", Connection="Upgrade, HTTP2-Settings").replace(
            b"\r\n\r\n", b"\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
        ),
        handshake(Upgrade=None),
    ],
)
def test_no_other_protocol_is_switched_to(gateway, service, head):
    assert "protocol upgrades cannot be inspected here" in refused(gateway, service, head)


MALFORMED = {
    "no key": handshake(Sec_WebSocket_Key=None),
    "a short key": handshake(Sec_WebSocket_Key=base64.b64encode(b"short").decode()),
    "text for a key": handshake(Sec_WebSocket_Key=WORD),
    "two keys": handshake(f"Sec-WebSocket-Key: {KEY}"),
    "no version": handshake(Sec_WebSocket_Version=None),
    "another version": handshake(Sec_WebSocket_Version="8"),
    "two versions": handshake("Sec-WebSocket-Version: 13"),
    "no Connection": handshake(Connection=None),
    "another Connection": handshake(Connection="keep-alive"),
    "HTTP/1.0": handshake().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a body": handshake("Content-Length: 5") + b"hello",
    "a chunked body": handshake("Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "a subprotocol of two words": handshake("Sec-WebSocket-Protocol: a b"),
    "settings of HTTP/2": handshake("HTTP2-Settings: AAMAAABk"),
}


@pytest.mark.parametrize("case", list(MALFORMED))
def test_a_malformed_handshake_is_refused(gateway, service, case):
    assert "handshake is malformed" in refused(gateway, service, MALFORMED[case])


def test_a_post_becomes_no_websocket(gateway, service):
    refused(gateway, service, handshake().replace(b"GET", b"POST"))


def test_the_step_is_an_ordinary_one_without_an_upgrade(open_gateway, test_authority):
    with Upstream(test_authority.issue(HOST)) as upstream:
        gateway = open_gateway({f"{HOST}:443": upstream.port})
        head = f"GET /v1/responses HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
        assert 200 == gateway.send(head.encode()).status
    assert "GET" == upstream.requests[0].method


# What goes to the service.


@pytest.mark.parametrize(
    "head",
    [
        handshake(target=f"/v1/responses?note={WORD}"),
        handshake(f"X-Note: {WORD}"),
        handshake(f"Sec-WebSocket-Protocol: chat, {WORD}"),
        handshake("Sec-WebSocket-Protocol: chat", f"Sec-WebSocket-Protocol: a.{WORD}.b"),
        handshake(f"Sec-WebSocket-Protocol: my-key.{WORD}"),
        handshake(f"Sec-WebSocket-Note: {WORD}"),
        handshake(f"Origin: https://a.example\r\nX-Filename: {WORD}.txt"),
    ],
)
def test_a_finding_in_the_head_is_refused(gateway, service, head):
    assert "in the address or a header" in refused(gateway, service, head)


def test_an_own_credential_in_a_subprotocol_passes(gateway, service):
    """As the documentation of the realtime API has it for browsers."""
    offered = "realtime, openai-insecure-api-key.ek_68af296e8e408191a1120ab6383263c2"
    service.options["subprotocols"] = ["realtime"]
    with RawSocket(gateway, handshake(f"Sec-WebSocket-Protocol: {offered}")) as raw:
        assert 101 == raw.status
    assert offered == service.requests[0].headers["Sec-WebSocket-Protocol"]
    said = gateway.inspector.seen[0].data
    assert b"sec-websocket-protocol: openai-insecure-api-key\n" in said
    assert b"ek_68af" not in said


def test_nothing_of_the_clients_own_handshake_goes_on(gateway, service):
    head = handshake(
        f"Sec-WebSocket-Extensions: x-{WORD}; a={WORD}, {DEFLATE}; server_no_context_takeover",
        f"Keep-Alive: {WORD}",
        Connection=f"keep-alive, Upgrade, x-{WORD}",
    )
    with RawSocket(gateway, head) as raw:
        assert 101 == raw.status
        assert accept(KEY) == raw.headers["sec-websocket-accept"]
        assert (
            "permessage-deflate; server_no_context_takeover"
            == raw.headers["sec-websocket-extensions"]
        )
    (sent,) = service.requests
    assert KEY != sent.headers["Sec-WebSocket-Key"]
    assert 16 == len(base64.b64decode(sent.headers["Sec-WebSocket-Key"]))
    assert DEFLATE == sent.headers["Sec-WebSocket-Extensions"]
    assert "Upgrade" == sent.headers["Connection"]
    assert not service.holds(CANARY)
    assert {"host", "connection", "upgrade"} | {
        f"sec-websocket-{name}" for name in ("version", "key", "extensions")
    } == {name.lower() for name in sent.headers}


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        ("permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits=9", "permessage-deflate"),
        (
            "permessage-deflate; client_no_context_takeover; server_max_window_bits=10",
            "permessage-deflate; client_no_context_takeover; server_max_window_bits=10",
        ),
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; unknown=1", None),
        ("permessage-deflate; server_max_window_bits=16", None),
        ("permessage-deflate; client_no_context_takeover=1", None),
        ("permessage-deflate; server_max_window_bits", None),
        ("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10", None),
        ("permessage-bzip2", None),
        ("bbf-usp-protocol, x-webkit-deflate-frame", None),
        ("", None),
    ],
)
def test_only_compression_that_can_be_followed_is_agreed_on(gateway, service, offer, answer):
    with RawSocket(gateway, handshake(f"Sec-WebSocket-Extensions: {offer}")) as raw:
        assert 101 == raw.status
        assert answer == raw.headers.get("sec-websocket-extensions")
        raw.say("hello " + WORD)
        assert f"hello {GONE.decode()}" == raw.hear()
    assert (answer is not None) is ("Sec-WebSocket-Extensions" in service.requests[0].headers)


def test_a_service_without_compression_leaves_the_client_without(open_gateway, test_authority):
    options = {"compression": None}
    with SocketService(test_authority.issue(HOST), options=options) as service:
        gateway = open_gateway({f"{HOST}:443": service.port})
        with RawSocket(gateway, handshake(f"Sec-WebSocket-Extensions: {DEFLATE}")) as raw:
            assert "sec-websocket-extensions" not in raw.headers
            raw.send(frame(TEXT, Squeezer()(CANARY), rsv=4))
            assert 1008 == raw.until_close().code
        assert [] == service.messages


# What comes with it, or too early.


def test_messages_sent_with_the_handshake_are_judged(gateway, service):
    with RawSocket(gateway, handshake() + frame(TEXT, CANARY) + frame(PING, b"a")) as raw:
        assert 101 == raw.status
        heard = [raw.hear(), raw.hear()]
    assert GONE.decode() in heard
    assert [GONE.decode()] == service.messages


def test_messages_sent_before_a_refusal_of_the_service_go_nowhere(gateway, service):
    service.answer = lambda _: Response(
        http.HTTPStatus.FORBIDDEN, "Forbidden", Headers({"Content-Length": "2"}), b"no"
    )
    with RawSocket(gateway, handshake() + frame(TEXT, CANARY)) as raw:
        answer = raw.body()
    assert (403, b"no") == (answer.status, answer.body)
    assert [] == service.messages
    assert not service.holds(CANARY)


def test_what_the_service_sends_with_its_answer_arrives(open_gateway, test_authority):
    def answer(request):
        head = (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n"
            f"Sec-WebSocket-Accept: {accept(request.header('sec-websocket-key'))}\r\n"
            'Alt-Svc: h3=":443"\r\nSet-Cookie: a=b\r\nX-Models-Etag: 7\r\n\r\n'
        )
        return head.encode() + frame(TEXT, b"welcome", mask=False)

    with Upstream(test_authority.issue(HOST), answer) as upstream:
        gateway = open_gateway({f"{HOST}:443": upstream.port})
        with RawSocket(gateway) as raw:
            assert ("a=b", "7") == (raw.headers["set-cookie"], raw.headers["x-models-etag"])
            assert "alt-svc" not in raw.headers
            assert "welcome" == raw.hear()


FALSE = {
    "another accept": {"Sec-WebSocket-Accept": accept(KEY)},
    "no accept": {"Sec-WebSocket-Accept": None},
    "another protocol": {"Upgrade": "x"},
    "no Upgrade": {"Upgrade": None},
    "no Connection": {"Connection": None},
    "an extension nobody asked for": {"Sec-WebSocket-Extensions": "x-copy"},
    "compression nobody asked for": {"Sec-WebSocket-Extensions": "permessage-deflate"},
    "a subprotocol nobody asked for": {"Sec-WebSocket-Protocol": "other"},
}


@pytest.mark.parametrize("case", list(FALSE))
def test_a_false_answer_of_the_service_ends_the_exchange(open_gateway, test_authority, case):
    def answer(request):
        lines = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Accept": accept(request.header("sec-websocket-key")),
            **FALSE[case],
        }
        head = [f"{name}: {value}" for name, value in lines.items() if value]
        return "\r\n".join(["HTTP/1.1 101 Switching Protocols", *head, "", ""]).encode()

    with Upstream(test_authority.issue(HOST), answer) as upstream:
        gateway = open_gateway({f"{HOST}:443": upstream.port})
        with RawSocket(gateway, handshake("Sec-WebSocket-Protocol: chat")) as raw:
            answered = raw.body()
            with contextlib.suppress(OSError):
                raw.send(frame(TEXT, CANARY))
        assert 502 == answered.status
        assert b"WebSocket" in answered.body
        assert not upstream.holds(CANARY)
        assert 1 == len(upstream.requests)


@pytest.mark.parametrize(
    "answer", ["permessage-deflate; client_max_window_bits", "permessage-deflate, x-copy"]
)
def test_compression_that_was_not_offered_so_ends_the_exchange(
    open_gateway, test_authority, answer
):
    def answered(request):
        return (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Accept: {accept(request.header('sec-websocket-key'))}\r\n"
            f"Sec-WebSocket-Extensions: {answer}\r\n\r\n"
        ).encode()

    with Upstream(test_authority.issue(HOST), answered) as upstream:
        gateway = open_gateway({f"{HOST}:443": upstream.port})
        with RawSocket(gateway, handshake(f"Sec-WebSocket-Extensions: {DEFLATE}")) as raw:
            assert 502 == raw.status


@pytest.mark.parametrize("bits", [8, 9, 15])
def test_the_window_that_the_service_asks_for_is_kept(open_gateway, test_authority, bits):
    """zlib cannot write for a window of 8 bits; then nothing is compressed, which is allowed."""

    def answer(request):
        yield (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Accept: {accept(request.header('sec-websocket-key'))}\r\n"
            f"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits={bits}\r\n\r\n"
        ).encode()

    with Upstream(test_authority.issue(HOST), answer) as upstream:
        gateway = open_gateway({f"{HOST}:443": upstream.port})
        with RawSocket(gateway, handshake(f"Sec-WebSocket-Extensions: {DEFLATE}")) as raw:
            raw.say("hello")
            head = b"\r\n\r\n"
            assert eventually(
                lambda: len(bytes(upstream.received[0]).partition(head)[2]) >= 11 - (bits != 8)
            )
        first = bytes(upstream.received[0]).partition(head)[2][0]
        assert (bits != 8) is bool(first & 0x40)


# HTTP/2.


def test_extended_connect_is_neither_offered_nor_taken(gateway, service):
    """RFC 8441."""
    with gateway.tls(alpn=("h2",)) as client:
        connection = h2.connection.H2Connection(
            h2.config.H2Configuration(
                header_encoding="utf-8",
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        connection.initiate_connection()
        connection.send_headers(
            1,
            [
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":scheme", "https"),
                (":authority", HOST),
                (":path", "/v1/responses"),
                ("sec-websocket-version", "13"),
            ],
        )
        connection.send_data(1, frame(TEXT, CANARY))
        client.sendall(connection.data_to_send())
        ended = False
        with contextlib.suppress(OSError):
            while not ended and (data := client.recv(65536)):
                for event in connection.receive_data(data):
                    ended |= isinstance(
                        event,
                        h2.events.StreamReset
                        | h2.events.ConnectionTerminated
                        | h2.events.StreamEnded,
                    )
                    if isinstance(event, h2.events.ResponseReceived):
                        assert int(dict(event.headers)[":status"]) >= 400
        assert 0 == connection.remote_settings.enable_connect_protocol
    assert 0 == service.connections


def test_a_client_that_prefers_http1_gets_it_to_the_service_too(open_gateway, test_authority):
    """An upgrade cannot travel over HTTP/2."""
    with Upstream(test_authority.issue(HOST), alpn=("h2", "http/1.1")) as upstream:
        gateway = open_gateway({f"{HOST}:443": upstream.port})
        with gateway.tls(alpn=("http/1.1", "h2")) as client:
            assert "http/1.1" == client.selected_alpn_protocol()
            client.sendall(handshake())
            assert client.recv(65536)
    assert "websocket" == upstream.requests[0].header("upgrade")
    assert "/v1/responses" == upstream.requests[0].target


def test_a_close_right_after_the_handshake_is_passed_on(gateway, service):
    with RawSocket(gateway, handshake() + frame(CLOSE)) as raw:
        assert CLOSE == raw.hear().opcode
        assert raw.hear() is None
    assert [b""] == [one.data for one in service.control]
