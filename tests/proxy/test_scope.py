"""Whose traffic is looked into, and what passes untouched."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
from support.proxyharness import CANARY, HOST, LIMITS, Replacing, read_answer, read_head
from support.upstream import Upstream

from gateway.errors import UsageError
from gateway.proxy import ProxyServer

OTHER = "intranet.example"


def test_another_host_is_a_raw_tunnel(open_gateway, test_authority):
    """The certificate that the client sees is the service's own, and the bytes are untouched."""
    with Upstream(test_authority.issue(OTHER)) as service:
        gateway = open_gateway({f"{OTHER}:443": service.port})
        context = ssl.create_default_context(cafile=str(test_authority.path))
        with context.wrap_socket(gateway.tunnel(OTHER), server_hostname=OTHER) as client:
            head = f"POST /x HTTP/1.1\r\nhOsT: {OTHER}\r\nContent-Length: {len(CANARY)}\r\n\r\n"
            client.sendall(head.encode() + CANARY)
            assert 200 == read_answer(client).status
        assert head.encode() + CANARY == bytes(service.received[0])
    assert [] == gateway.inspector.seen


def test_a_raw_tunnel_carries_any_protocol_even_if_the_server_speaks_first(open_gateway):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        got = []

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(b"220 ready\r\n")
                got.append(client.recv(100))
                client.sendall(b"250 \x00\xff\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        gateway = open_gateway({f"{OTHER}:25": listener.getsockname()[1]})
        with gateway.tunnel(OTHER, 25) as client:
            assert b"220 ready\r\n" == client.recv(100)
            client.sendall(b"EHLO x\r\n")
            assert b"250 \x00\xff\r\n" == client.recv(100)
        thread.join()
    assert [b"EHLO x\r\n"] == got


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02", b"SSH-2.0-x\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"]
)
def test_plain_bytes_to_another_host_pass_as_they_are(open_gateway, data):
    with Upstream() as service:
        gateway = open_gateway({f"{OTHER}:7": service.port})
        with gateway.tunnel(OTHER, 7) as client:
            client.sendall(data)
            for _ in range(200):
                if service.received and bytes(service.received[0]) == data:
                    break
                threading.Event().wait(0.02)
        assert data == bytes(service.received[0])


def test_plain_http_to_another_host_passes_unread(open_gateway):
    with Upstream() as service:
        gateway = open_gateway({f"{OTHER}:80": service.port})
        with gateway.connect() as client:
            client.sendall(
                f"POST http://{OTHER}/a?b=c HTTP/1.1\r\nHost: {OTHER}\r\nX-A: b\r\n"
                f"Proxy-Authorization: Basic x\r\nContent-Length: {len(CANARY)}\r\n\r\n".encode()
                + CANARY
            )
            assert 200 == read_answer(client).status
        request = service.requests[0]
        assert ("POST", "/a?b=c", CANARY) == (request.method, request.target, request.body)
        assert "b" == request.header("x-a")
        assert request.header("proxy-authorization") is None
    assert [] == gateway.inspector.seen


def test_plain_http_to_a_covered_host_is_inspected(gateway, upstream):
    upstream._context = None  # this service speaks no TLS
    with gateway.connect() as client:
        client.sendall(
            f"POST http://{HOST}/v1/x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(CANARY)}"
            "\r\n\r\n".encode()
            + CANARY
        )
        assert 200 == read_answer(client).status
    assert [b"[GONE]"] == [request.body for request in upstream.requests]


def test_plain_http_in_a_tunnel_to_a_covered_host_is_inspected(gateway, upstream):
    upstream._context = None
    with gateway.tunnel(HOST, 80) as client:
        client.sendall(
            f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(CANARY)}\r\n\r\n".encode()
            + CANARY
        )
        assert 200 == read_answer(client).status
    assert not upstream.holds(CANARY)


@pytest.mark.parametrize(
    ("connect", "sni", "host"),
    [
        (HOST, HOST, OTHER),
        (HOST, HOST, f"{OTHER}:443"),
        (HOST, "api.anthropic.com", HOST),
        (HOST, "api.anthropic.com", "api.anthropic.com"),
        (OTHER, HOST, OTHER),
        (OTHER, HOST, HOST),
        ("127.0.0.2", HOST, HOST),
        (HOST, OTHER, HOST),
    ],
)
def test_the_strictest_name_decides(open_gateway, test_authority, connect, sni, host):
    """One covered name is enough to be intercepted, and names that differ are refused."""
    with Upstream(test_authority.issue(HOST)) as service:
        to = {f"{name}:443": service.port for name in (HOST, OTHER)}
        gateway = open_gateway(to)
        if connect == "127.0.0.2":
            gateway.server._resolver.check = lambda *_: None
        request = f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(CANARY)}\r\n\r\n"
        try:
            with gateway.tls(connect, sni=sni) as client:
                client.sendall(request.encode() + CANARY)
                answer = read_answer(client)
        except (ssl.SSLError, ConnectionError):
            assert sni == OTHER or connect == "127.0.0.2"  # no certificate, or no such service
        else:
            assert 400 <= answer.status < 500
            assert b"name different hosts" in answer.body
        assert not service.holds(CANARY)
        assert b"" == b"".join(map(bytes, service.received))


def test_plain_http_in_a_foreign_tunnel_that_names_a_covered_host_is_refused(open_gateway):
    with Upstream() as service:
        gateway = open_gateway({f"{OTHER}:80": service.port})
        with gateway.tunnel(OTHER, 80) as client:
            client.sendall(f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9\r\n\r\n".encode())
            client.sendall(CANARY[:9])
            assert 400 <= read_answer(client).status < 500
        assert b"" == b"".join(map(bytes, service.received))


@pytest.mark.parametrize(
    "spelling", [HOST.upper(), HOST + ".", "a.openai.azure.com", "ＡＰＩ.openai.com"]
)
def test_a_covered_host_is_known_in_every_spelling(gateway, spelling):
    assert gateway.server.gate._covers(spelling)


@pytest.mark.parametrize("target", ["/", "/v1/x", "*"])
def test_requests_to_the_proxy_itself_are_refused(gateway, upstream, target):
    with gateway.connect() as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        answer = read_answer(client)
    assert 400 == answer.status
    assert b"this is a proxy" in answer.body
    assert 0 == upstream.connections


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:0:0:1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.2",
        "0.0.0.0",
        "0",
        "[::]",
    ],
)
@pytest.mark.parametrize("how", ["CONNECT", "GET"])
def test_the_proxys_own_port_is_refused_in_every_spelling(gateway, host, how):
    target = f"{host}:{gateway.port}"
    with gateway.connect() as client:
        if how == "CONNECT":
            client.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        else:
            client.sendall(f"GET http://{target}/ HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        answer = read_answer(client)
    assert 400 <= answer.status < 600
    # Some resolvers know "localhost." and "0177.0.0.1", others do not.
    assert (
        b"own proxy" in answer.body
        or b"could not be reached" in answer.body
        or (answer.status == 400)
    )


def test_a_name_that_resolves_to_the_proxy_is_refused(open_gateway):
    gateway = open_gateway()
    port = gateway.port
    gateway.server._resolver._fixed[("loop.example", port)] = ("127.0.0.1", port)
    with gateway.connect() as client:
        client.sendall(f"CONNECT loop.example:{port} HTTP/1.1\r\n\r\n".encode())
        answer = read_answer(client)
    assert 403 == answer.status
    assert b"own proxy" in answer.body


def test_a_covered_host_at_a_private_address_needs_connect_to(open_gateway, monkeypatch):
    """What the name resolves to is decided by /etc/hosts or the DNS; here it is loopback."""
    import asyncio

    original = asyncio.BaseEventLoop.getaddrinfo

    async def rebound(self, host, port, **options):
        return await original(self, "127.0.0.1" if host == HOST else host, port, **options)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", rebound)
    with Upstream() as service:
        gateway = open_gateway()
        with gateway.connect() as client:
            client.sendall(
                f"GET http://{HOST}:{service.port}/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
            )
            answer = read_answer(client)
        assert 502 == answer.status
        assert b"--connect-to" in answer.body
        assert 0 == service.connections


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.com", ""])
def test_only_loopback_is_listened_on(gateway_ca, catalog, host):
    with pytest.raises(UsageError, match="this computer only"):
        ProxyServer(Replacing(), catalog, gateway_ca, host=host, port=0, limits=LIMITS)


def test_a_taken_port_is_explained(gateway, gateway_ca, catalog):
    server = ProxyServer(Replacing(), catalog, gateway_ca, port=gateway.port)
    with pytest.raises(UsageError, match="cannot be used"), server.running():
        pass


def test_the_proxy_can_be_stopped_and_started_again(gateway_ca, catalog):
    server = ProxyServer(Replacing(), catalog, gateway_ca, port=0)
    for _ in range(2):
        with server.running() as running:
            socket.create_connection(("127.0.0.1", running.port), timeout=5).close()
        with pytest.raises(UsageError, match="not running"):
            _ = server.port


def test_an_unreachable_host_is_told_in_the_answer_to_connect(open_gateway):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gateway = open_gateway({f"{OTHER}:443": port})
    with gateway.connect() as client:
        client.sendall(f"CONNECT {OTHER}:443 HTTP/1.1\r\n\r\n".encode())
        assert read_head(client).startswith(b"HTTP/1.1 502")
