"""Looking on while the proxy works: what is seen, and that it changes nothing."""

import gzip
import json
import socket
import threading

import pytest
from support.proxyharness import CANARY, HOST, eventually
from support.upstream import Upstream

from gateway.services.wire import Call, Reply

CLEAN = b'{"model": "m", "messages": []}'


class Notes:
    """Keeps what it is told, or fails at it."""

    def __init__(self, fails: bool = False) -> None:
        self.seen: list[tuple[Call, Reply | None, bool]] = []
        self.fails = fails

    def wait(self):
        """The one exchange; a client may have its answer before it is noted."""
        assert eventually(lambda: bool(self.seen))
        return self.seen[0]

    def note(self, call, reply, *, refused=False):
        if self.fails:
            raise RuntimeError("nobody writes here")
        self.seen.append((call, reply, refused))


@pytest.fixture
def watched(open_gateway, upstream):
    """A proxy with an observer."""

    def opener(**options):
        notes = options.pop("notes", None) or Notes()
        to = {f"{HOST}:443": upstream.port, f"{HOST}:80": upstream.port}
        return open_gateway(to, observer=notes, **options), notes

    return opener


def json_answer(value, *headers):
    body = json.dumps(value).encode()

    def answer(_):
        head = [
            "HTTP/1.1 200 OK",
            "content-type: application/json",
            f"content-length: {len(body)}",
            *headers,
        ]
        return "\r\n".join([*head, "", ""]).encode() + body

    return answer


def test_a_request_and_its_answer_are_seen_as_client_and_service_sent_them(watched, upstream):
    upstream.answer = json_answer({"id": "f-1"})
    running, notes = watched()
    body = gzip.compress(b"pay " + CANARY, mtime=0)
    running.post(body, "Content-Encoding: gzip", "X-Note: AAAA", target="/v1/notes?a=b")
    call, reply, refused = notes.wait()
    assert ("POST", f"https://{HOST}/v1/notes?a=b") == (call.method, call.url)
    assert b"pay " + CANARY == call.body
    assert "AAAA" == call.header("x-note")
    assert (200, {"id": "f-1"}, False) == (reply.status, json.loads(reply.body), refused)
    assert [b"pay [GONE]"] == [request.body for request in upstream.requests]


def test_a_coded_and_chunked_answer_reaches_the_client_unchanged_and_is_seen_decoded(
    watched, upstream
):
    packed = gzip.compress(b'{"ok": true}', mtime=0)
    pieces = [packed[:9], packed[9:]]
    upstream.answer = lambda _: [
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n" % len(packed),
        *pieces,
    ]
    running, notes = watched()
    assert packed == running.post(CLEAN).body
    assert b'{"ok": true}' == notes.wait()[1].body


def test_a_streamed_answer_is_passed_on_before_it_ends(watched, upstream):
    go_on = threading.Event()

    def answer(_):
        yield b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: one\n\n"
        go_on.wait(10)
        yield b"data: two\n\n"

    upstream.answer = answer
    running, notes = watched()
    with running.tls() as client:
        client.sendall(
            f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
        )
        got = b""
        while b"data: one" not in got:
            got += client.recv(1000)
        assert not notes.seen
        go_on.set()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"BLOCKME", ()),
        (CANARY, ("User-Agent: rclone/v1.60",)),
        (b"x", ("Content-Range: bytes 0-0/9",)),
    ],
)
def test_a_refusal_is_seen_as_one_and_opens_nothing(watched, upstream, body, headers):
    running, notes = watched()
    head = ["POST /v1/files HTTP/1.1", f"Host: {HOST}", f"Content-Length: {len(body)}", *headers]
    answer = running.send("\r\n".join([*head, "", ""]).encode() + body)
    assert answer.status >= 400
    assert notes.wait()[2]
    assert not upstream.requests


def test_hosts_outside_the_profiles_are_not_looked_at(open_gateway):
    with Upstream() as other:
        notes = Notes()
        running = open_gateway({"other.example:80": other.port}, observer=notes)
        with running.connect() as client:
            client.sendall(
                b"GET http://other.example/x HTTP/1.1\r\nHost: other.example\r\n"
                b"Connection: close\r\n\r\n"
            )
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert eventually(lambda: bool(other.requests))
    assert [] == notes.seen


def test_an_observer_that_fails_changes_nothing(watched, upstream):
    upstream.answer = json_answer({"id": 1})
    running, _ = watched(notes=Notes(fails=True))
    assert 200 == running.post(CLEAN).status
    assert 400 == running.post(b"BLOCKME").status
    assert [CLEAN] == [request.body for request in upstream.requests]


def test_an_answer_that_never_comes_is_noted_as_none(watched, upstream):
    def cut(_):
        raise OSError("gone")

    upstream.answer = cut
    running, notes = watched()
    answer = running.post(CLEAN)
    assert 502 == answer.status
    call, reply, _ = notes.wait()
    assert CLEAN == call.body
    assert reply is None or reply.status == 502


def test_a_client_that_goes_away_leaves_the_proxy_well(watched, upstream):
    running, _ = watched()
    with running.tls() as client:
        client.sendall(
            f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9\r\n\r\nab".encode()
        )
        client.shutdown(socket.SHUT_RDWR)
    assert 200 == running.post(CLEAN).status
