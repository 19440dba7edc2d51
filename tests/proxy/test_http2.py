"""HTTP/2 on both sides."""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import pytest
from support.proxyharness import CANARY, GONE, HOST
from support.upstream import Upstream

_TEXT = CANARY.decode()
_HEADS = [(":method", "POST"), (":scheme", "https"), (":authority", HOST), (":path", "/v1/x")]


@dataclass
class Got:
    status: int = 0
    body: bytes = b""
    reset: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Client:
    """One HTTP/2 connection that validates nothing it sends."""

    def __init__(self, client: ssl.SSLSocket) -> None:
        self._client = client
        self.connection = h2.connection.H2Connection(
            h2.config.H2Configuration(
                client_side=True,
                header_encoding="utf-8",
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        self.connection.initiate_connection()

    def ask(self, headers, body=b"", trailers=None) -> Got:
        stream = self.connection.get_next_available_stream_id()
        self.connection.send_headers(stream, headers, end_stream=not body and not trailers)
        if body:
            self.connection.send_data(stream, body, end_stream=not trailers)
        if trailers:
            self.connection.send_headers(stream, trailers, end_stream=True)
        return self.read(stream)

    def read(self, stream: int) -> Got:
        got = Got()
        with contextlib.suppress(OSError):
            self._client.sendall(self.connection.data_to_send())
            while data := self._client.recv(65536):
                for event in self.connection.receive_data(data):
                    match event:
                        case h2.events.ResponseReceived(stream_id=one) if one == stream:
                            got.headers = dict(event.headers)
                            got.status = int(got.headers[":status"])
                        case h2.events.DataReceived(stream_id=one) if one == stream:
                            got.body += event.data
                        case h2.events.StreamEnded(stream_id=one) if one == stream:
                            return got
                        case h2.events.StreamReset() | h2.events.ConnectionTerminated():
                            got.reset = True
                            return got
                self._client.sendall(self.connection.data_to_send())
        got.reset = True
        return got


@pytest.fixture(params=[("h2", "http/1.1"), ("http/1.1",)], ids=["to h2", "to h1"])
def service(request, test_authority):
    with Upstream(test_authority.issue(HOST), alpn=request.param) as one:
        yield one


@pytest.fixture
def client(open_gateway, service):
    gateway = open_gateway({f"{HOST}:443": service.port})
    with gateway.tls(alpn=("h2",)) as connection:
        assert "h2" == connection.selected_alpn_protocol()
        yield Client(connection)


def test_a_body_without_declared_length_arrives_whole(client, service):
    """Sent on as HTTP/1.1 without a length it would arrive empty."""
    assert 200 == client.ask(_HEADS, b"hello").status
    assert [b"hello"] == [request.body for request in service.requests]
    assert "5" == service.requests[0].header("content-length")


def test_findings_are_taken_out(client, service):
    assert 200 == client.ask(_HEADS, b"a " + CANARY).status
    assert [b"a " + GONE] == [request.body for request in service.requests]
    assert not service.holds(CANARY)


def test_a_refusal_has_the_services_shape(client, service):
    got = client.ask(_HEADS, b"BLOCKME")
    assert 400 == got.status
    assert b'"error"' in got.body
    assert 0 == service.connections


def test_trailers_are_inspected(client, service):
    got = client.ask(_HEADS, b"hello", [("x-note", _TEXT)])
    assert 400 == got.status
    assert b"in the address or a header" in got.body
    assert 0 == service.connections


def test_trailers_do_not_outlive_the_body_they_were_about(client, service):
    assert 200 == client.ask(_HEADS, CANARY, [("x-checksum", "abc")]).status
    assert () == service.requests[0].trailers


def test_pseudo_headers_are_inspected(client, service):
    heads = [*_HEADS[:3], (":path", f"/v1/x?q={_TEXT}")]
    assert 400 == client.ask(heads, b"hello").status
    assert 0 == service.connections


def test_requests_of_one_connection_are_judged_each(client, service):
    assert [200, 400, 200] == [
        client.ask(_HEADS, body).status for body in (CANARY, b"BLOCKME", b"hello")
    ]
    assert [GONE, b"hello"] == [request.body for request in service.requests]


MALFORMED = {
    "length mismatch": [*_HEADS, ("content-length", "3")],
    "transfer-encoding": [*_HEADS, ("transfer-encoding", "chunked")],
    "connection header": [*_HEADS, ("connection", "upgrade")],
    "upgrade": [*_HEADS, ("upgrade", "websocket")],
    "CRLF in a value": [*_HEADS, ("x-a", f"b\r\nX-B: {_TEXT}")],
    "LF in a name": [*_HEADS, ("x-a\nx-b", "c")],
    "upper case name": [*_HEADS, ("X-A", "b")],
    "host differs": [*_HEADS, ("host", "other.example")],
    "authority differs": [*_HEADS[:2], (":authority", "other.example"), _HEADS[3]],
    "no authority": [*_HEADS[:2], _HEADS[3]],
    "extended CONNECT": [(":method", "CONNECT"), (":protocol", "websocket"), *_HEADS[1:]],
    "CONNECT": [(":method", "CONNECT"), (":authority", f"{HOST}:443")],
    "unknown pseudo header": [*_HEADS, (":x", "y")],
    "pseudo header twice": [*_HEADS, (":path", "/v1/y")],
    "pseudo header late": [("x-a", "b"), *_HEADS],
    "CRLF in the path": [*_HEADS[:3], (":path", f"/v1/x HTTP/1.1\r\nX-B: {_TEXT}\r\n\r\n")],
    "space in the method": [(":method", "POST /"), *_HEADS[1:]],
}


@pytest.mark.parametrize("case", list(MALFORMED))
def test_malformed_http2_is_refused(client, service, case):
    got = client.ask(MALFORMED[case], CANARY)
    assert got.reset or 400 <= got.status < 500, got
    assert not service.holds(CANARY)
    assert 0 == service.connections


def test_a_large_body_is_refused_unread(client, service):
    stream = client.connection.get_next_available_stream_id()
    client.connection.send_headers(stream, [*_HEADS, ("content-length", "999999999")])
    got = client.read(stream)
    assert 400 == got.status
    assert b"larger than" in got.body
    assert 0 == service.connections
