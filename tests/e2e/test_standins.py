"""The framework of the stand-ins: what a client sees, what is kept, what is told as a fault."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest
from support.proxyharness import eventually
from support.standins.base import Fault, Reply, Request, StandIn, reply, route
from support.standins.bodies import Malformed, Range, content_range, layers, multipart


class Notes(StandIn):
    hosts = ("notes.example.com", "other.example.com")

    @route("PUT|POST /files/{name}", host="notes.example.com")
    def put(self, request: Request, name: str) -> Reply:
        if request.header("x-bad"):
            raise Fault(422, "bad", "the header", headers={"x-why": "bad"})
        self.stored[name] = request.body
        return reply({"size": len(request.body)}, 201)

    @route("GET /{path*}/stream")
    def stream(self, _: Request, path: str) -> Reply:
        return Reply(200, {}, iter([b"a", path.encode()]))

    @route("POST /broken")
    def broken(self, _: Request) -> Reply:
        raise RuntimeError("oh")


@pytest.fixture
def notes(authority):
    with Notes(authority) as service:
        yield service


@pytest.fixture
def client(notes, authority):
    trust = ssl.create_default_context(cafile=str(authority.path))
    with httpx.Client(proxy=notes.proxy_url, verify=trust) as client:
        yield client


def test_a_file_is_kept_under_its_decoded_name_whatever_the_framing(notes, client):
    for body in (b"abc", iter([b"a", b"bc"])):
        answer = client.put("https://notes.example.com/files/%E6%9D%8E.txt", content=body)
        assert (201, {"size": 3}) == (answer.status_code, answer.json())
    assert {"李.txt": b"abc"} == notes.stored
    assert [] == notes.faults
    assert [b"abc", b"abc"] == [request.body for request in notes.requests]


def test_an_answer_can_come_in_pieces(client):
    assert "adeep/er" == client.get("https://other.example.com/deep/er/stream").text


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("PUT", "https://notes.example.com/nowhere", 404),
        ("PUT", "https://other.example.com/files/a", 404),
        ("GET", "https://notes.example.com/files/a", 405),
        ("POST", "https://notes.example.com/broken", 500),
    ],
)
def test_what_is_unknown_or_breaks_is_a_fault(notes, client, method, url, status):
    assert status == client.request(method, url).status_code
    assert 1 == len(notes.faults)
    assert notes.faults[0].startswith(f"{status} ")
    assert {} == notes.stored


def test_a_fault_answers_in_the_services_shape(notes, client):
    url = "https://notes.example.com/files/a"
    answer = client.put(url, content=b"x", headers={"x-bad": "1"})
    assert {"error": {"code": "bad", "message": "the header"}} == answer.json()
    assert "bad" == answer.headers["x-why"]


def test_another_name_gets_no_certificate(notes, client):
    with pytest.raises(httpx.ConnectError):
        client.get("https://evil.example.com/")
    assert "evil.example.com" in notes.faults[0]


def test_a_short_body_is_a_fault(notes, authority):
    trust = ssl.create_default_context(cafile=str(authority.path))
    raw = socket.create_connection(("127.0.0.1", notes.port))
    with trust.wrap_socket(raw, server_hostname="notes.example.com") as client:
        client.sendall(
            b"PUT /files/a HTTP/1.1\r\nHost: notes.example.com\r\nContent-Length: 5\r\n\r\nabc"
        )
        client.shutdown(socket.SHUT_WR)
    assert eventually(lambda: bool(notes.faults))
    assert "3 of 5 bytes" in notes.faults[0]
    assert notes.holds(b"abc")


def test_a_canary_is_found_under_every_encoding(notes, client):
    import base64
    import gzip
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "say CANARY twice")
    bodies = [
        b"a CANARY b",
        gzip.compress(b"a CANARY b"),
        b'{"x": "C\\u0041NARY"}',
        b'{"data": "%s"}' % base64.b64encode(b"much longer CANARY here"),
        packed.getvalue(),
        packed.getvalue()[:-60],  # torn off
    ]
    for body in bodies:
        notes.forget()
        notes.stored.clear()
        client.put("https://notes.example.com/files/a", content=body)
        assert notes.holds(b"CANARY")
        assert not notes.holds(b"CANARIES")


def test_multipart_bodies_are_taken_apart_strictly():
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n2\r\n--b--'
    (part,) = multipart("multipart/form-data; boundary=b", body)
    assert ("f", "a", b"1\r\n2") == (part.name, part.file_name, part.body)
    for kind, broken in (
        ("multipart/form-data", body),
        ("text/plain; boundary=b", body),
        ("multipart/form-data; boundary=b", body[:-2]),
        ("multipart/form-data; boundary=b", b"x" + body),
    ):
        with pytest.raises(Malformed):
            multipart(kind, broken)


def test_content_ranges_are_read_strictly():
    first = content_range("bytes 0-9/20")
    assert (0, 9, 20, 10) == (first.first, first.last, first.total, first.size)
    assert Range(None, None, 20) == content_range("bytes */20")
    assert Range(None, None, None) == content_range("bytes */*", open_ended=True)
    for text in ("bytes 9-0/20", "bytes 0-20/20", "0-9/20", "bytes */*", "bytes 0-9"):
        with pytest.raises(Malformed):
            content_range(text)


def test_layers_come_to_an_end():
    assert [b"plain"] == list(layers(b"plain"))
