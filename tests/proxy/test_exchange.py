"""One request through the proxy: what arrives, and what the client is told."""

from __future__ import annotations

import base64
import hashlib
import threading
from urllib.parse import quote

import pytest
from support.proxyharness import CANARY, GONE, HOST, Replacing, eventually, read_answer, read_head

from gateway.model import Purpose, Surface, Verdict
from gateway.settings import MIB, Limits

_TEXT = CANARY.decode()


def test_a_clean_body_arrives_byte_for_byte(gateway, upstream):
    body = b'{"messages": [{"content":  "hello \\u4f60"}]}'
    answer = gateway.post(body, "Content-Type: application/json", "X-Stainless-Lang: python")
    assert 200 == answer.status
    assert [body] == [request.body for request in upstream.requests]
    assert "application/json" == upstream.requests[0].header("content-type")
    assert "python" == upstream.requests[0].header("x-stainless-lang")


def test_a_finding_is_taken_out_and_the_length_follows(gateway, upstream):
    answer = gateway.post(b'{"a": "' + CANARY + b'"}', "Content-Type: application/json")
    assert 200 == answer.status
    assert b'{"a": "[GONE]"}' == upstream.requests[0].body
    assert "15" == upstream.requests[0].header("content-length")
    assert not upstream.holds(CANARY)


def test_a_blocked_body_is_refused_in_the_services_shape(gateway, upstream):
    answer = gateway.post(b"BLOCKME " + CANARY)
    assert 400 == answer.status
    assert b"Blocked by Redaction Gateway: 1 \xc3\x97 CODE_WORD" in answer.body
    assert answer.headers["x-gateway-reference"] in answer.body.decode()
    assert 0 == upstream.connections


def test_a_refusal_by_the_inspector_is_not_recorded_twice(gateway):
    gateway.post(b"BLOCKME")
    assert [] == gateway.recorded


def test_the_inspector_is_told_where_what_goes(gateway):
    gateway.post(
        b"hello",
        "Content-Type: text/plain",
        "Content-Disposition: attachment; filename*=UTF-8''%E4%BD%A0.txt",
        target="/v1/chat/completions",
    )
    item = next(item for item in gateway.inspector.seen if item.data == b"hello")
    assert Surface.PROXY == item.surface
    assert "你.txt" == item.hint.name
    assert "text/plain" == item.hint.media_type
    assert ("openai", HOST, Purpose.CHAT, "chat") == (
        item.destination.service,
        item.destination.host,
        item.destination.purpose,
        item.destination.step,
    )


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "PATCH", "PUT", "REPORT"])
def test_bodies_are_inspected_whatever_the_method(gateway, upstream, method):
    head = f"{method} /v1/x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(CANARY)}\r\n\r\n"
    with gateway.tls() as client:
        client.sendall(head.encode() + CANARY)
        assert read_head(client).startswith(b"HTTP/1.1 200")
    assert [GONE] == [request.body for request in upstream.requests]


@pytest.mark.parametrize(
    "target",
    [
        f"/v1/{_TEXT}",
        f"/v1/x?name={_TEXT}",
        f"/v1/x?{_TEXT}",
        f"/v1/x?{_TEXT}=1",
        "/v1/x?name=" + "".join(f"%{byte:02x}" for byte in CANARY),
        "/v1/x?name=" + quote("".join(f"%{byte:02x}" for byte in CANARY)),
        "/v1/" + quote(quote("".join(f"%{byte:02x}" for byte in CANARY))),
    ],
)
def test_a_finding_in_the_address_is_refused(gateway, upstream, target):
    answer = gateway.post(b"clean", target=target)
    assert 400 == answer.status
    assert b"in the address or a header" in answer.body
    assert CANARY not in answer.body
    assert 0 == upstream.connections


@pytest.mark.parametrize(
    "header",
    [
        f"X-Note: {_TEXT}",
        'Dropbox-API-Arg: {"path": "/' + "".join(f"\\u{byte:04x}" for byte in CANARY) + '"}',
        f"Content-Disposition: attachment; filename={_TEXT}.txt",
        f"Content-Type: text/plain; name={_TEXT}",
        f"X-File-Name: {quote(_TEXT)}",
        f"Referer: https://{HOST}/?q={_TEXT}",
        "Upload-Metadata: filename Q0FOQVJZLURFODkzNzA0MDA0NDA1MzIwMTMwMDA=",
        "X-Title: =?utf-8?b?Q0FOQVJZLURFODkzNzA0MDA0NDA1MzIwMTMwMDA=?=",
        "X-Title: =?utf-8?q?CANARY-DE8937=30400440532013000?=",
        f"Baggage: user={_TEXT}",
    ],
)
def test_a_finding_in_a_header_is_refused(gateway, upstream, header):
    answer = gateway.post(b"clean", header)
    assert 400 == answer.status, answer
    assert b"in the address or a header" in answer.body
    assert 0 == upstream.connections


@pytest.mark.parametrize(
    "header", ["Authorization: Bearer", "Cookie:", "X-Api-Key:", "User-Agent:", "If-None-Match:"]
)
def test_credentials_and_plain_headers_pass_unread(gateway, upstream, header):
    assert 200 == gateway.post(b"clean", f"{header} {_TEXT}").status
    name, _, value = f"{header} {_TEXT}".partition(": ")
    assert value == upstream.requests[0].header(name.lower())


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: AWS4-HMAC-SHA256 Credential=x",
        "Authorization: SharedKey account:sig",
        "X-Kso-Authorization: KSO-1 id:sig",
        "Authorization: WPS-2:app:sig",
        "Authorization: OSS4-HMAC-SHA256 x",
        'Signature-Input: sig1=("content-digest")',
    ],
)
def test_a_signed_request_is_blocked_when_it_would_have_to_change(gateway, upstream, header):
    answer = gateway.post(CANARY, header)
    assert 400 == answer.status
    assert b"1 \xc3\x97 IBAN cannot be taken out, because the request is signed" in answer.body
    assert 0 == upstream.connections
    assert [Verdict.BLOCK] == [outcome.verdict for _, outcome in gateway.recorded]
    assert 200 == gateway.post(b"clean", header).status


def _digests(body):
    sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return {
        "content-md5": base64.b64encode(hashlib.md5(body).digest()).decode(),
        "digest": f"SHA-256={sha256}",
        "content-digest": f"sha-256=:{sha256}:",
        "repr-digest": f"sha-256=:{sha256}:",
    }


def test_unsigned_digests_are_made_right_for_the_new_body(gateway, upstream):
    gateway.post(CANARY, *(f"{name}: {value}" for name, value in _digests(CANARY).items()))
    (request,) = upstream.requests
    assert GONE == request.body
    assert _digests(GONE) == {name: request.header(name) for name in _digests(GONE)}


@pytest.mark.parametrize("name", ["Content-MD5", "Digest", "Content-Digest", "Repr-Digest"])
def test_a_digest_that_was_never_right_is_not_made_right(gateway, upstream, name):
    assert 200 == gateway.post(b"clean", f"{name}: x").status
    answer = gateway.post(CANARY, f"{name}: x")
    assert 400 == answer.status
    assert f"cannot be taken out: the digest in {name} was not right".encode() in answer.body
    assert ["x"] == [request.header(name.lower()) for request in upstream.requests]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Content-Range: bytes 0-4/100", "/v1/x"),
        ("Upload-Offset: 0", "/v1/x"),
        ("OC-Chunked: 1", "/v1/x"),
        ("X-Update-Range: append", "/v1/x"),
        ("x-amz-write-offset-bytes: 7", "/v1/x"),
        ("X-A: b", "/v1/uploads/upload_1/other"),
    ],
)
def test_a_part_of_an_upload_is_refused(gateway, upstream, header, target):
    answer = gateway.post(b"hello", header, target=target)
    assert 400 == answer.status
    assert b"in parts" in answer.body
    assert 0 == upstream.connections


def test_expect_100_continue_is_answered_by_the_proxy(gateway, upstream):
    with gateway.tls() as client:
        client.sendall(
            f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5\r\n"
            "Expect: 100-continue\r\n\r\n".encode()
        )
        assert read_head(client).startswith(b"HTTP/1.1 100")
        client.sendall(b"hello")
        assert 200 == read_answer(client).status
    assert [b"hello"] == [request.body for request in upstream.requests]


def test_chunked_bodies_are_sent_on_with_a_length(gateway, upstream):
    gateway.send(
        f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        + b"3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    )
    assert [b"hello"] == [request.body for request in upstream.requests]
    assert "5" == upstream.requests[0].header("content-length")
    assert upstream.requests[0].header("transfer-encoding") is None


def test_a_canary_cut_by_chunks_is_found(gateway, upstream):
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in CANARY)
    gateway.send(
        f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        + chunks
        + b"0\r\n\r\n"
    )
    assert [GONE] == [request.body for request in upstream.requests]


def test_an_empty_request_needs_no_verdict_on_its_body(gateway, upstream):
    assert 200 == gateway.send(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()).status
    assert [] == gateway.inspector.seen


def test_alt_svc_is_taken_out(gateway, upstream):
    upstream.answer = lambda _: (
        b'HTTP/1.1 200 OK\r\nAlt-Svc: h3=":443"\r\nX-A: b\r\nContent-Length: 0\r\n\r\n'
    )
    answer = gateway.post(b"hello")
    assert "alt-svc" not in answer.headers
    assert "b" == answer.headers["x-a"]


def test_an_answer_is_passed_on_piece_by_piece(gateway, upstream):
    go_on = threading.Event()

    def stream(_):
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        yield b"9\r\ndata: 1\n\n\r\n"
        assert go_on.wait(10)
        yield b"9\r\ndata: 2\n\n\r\n0\r\n\r\n"

    upstream.answer = stream
    with gateway.tls() as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        read_head(client)
        assert b"data: 1" in client.recv(100)  # while the service is still at it
        go_on.set()
        assert b"data: 2" in client.recv(100)


def test_connections_are_used_again(gateway, upstream):
    with gateway.tls() as client:
        for _ in range(5):
            client.sendall(f"GET /v1/models HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            assert 200 == read_answer(client).status
    assert 5 == len(upstream.requests)
    assert 1 == upstream.connections


def test_many_clients_at_once_are_served(gateway, upstream):
    statuses: list[int] = []

    def work() -> None:
        for _ in range(3):
            statuses.append(gateway.post(CANARY).status)

    threads = [threading.Thread(target=work) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [200] * 45 == statuses
    assert not upstream.holds(CANARY)


def test_a_client_that_goes_away_hurts_nobody(gateway, upstream):
    for _ in range(10):
        with gateway.tls() as client:
            client.sendall(f"POST /v1/x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9".encode())
    assert 200 == gateway.post(b"hello").status


def test_no_verdict_in_time_is_a_refusal(open_gateway, upstream):
    from concurrent.futures import Future

    class Never(Replacing):
        def submit(self, item):
            return Future()

    gateway = open_gateway({f"{HOST}:443": upstream.port}, Never())
    gateway.server.inspection.deadline = 0.2
    answer = gateway.post(CANARY)
    assert 400 == answer.status
    assert b"no verdict within" in answer.body
    assert 0 == upstream.connections
    assert 1 == len(gateway.recorded)


def test_a_verdict_on_other_bytes_releases_nothing(open_gateway, upstream):
    class Mixed(Replacing):
        def judge(self, item):
            other = type(item)(b"something else")
            return super().judge(other)

    gateway = open_gateway({f"{HOST}:443": upstream.port}, Mixed())
    assert 503 == gateway.post(CANARY).status
    assert 0 == upstream.connections


def test_a_page_can_read_the_refusal(gateway):
    answer = gateway.post(b"BLOCKME", "Origin: https://chat.example")
    assert "https://chat.example" == answer.headers["access-control-allow-origin"]


def test_a_refused_head_request_has_no_body(gateway):
    with gateway.tls() as client:
        client.sendall(f"HEAD /v1/{_TEXT} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert read_head(client).startswith(b"HTTP/1.1 400")
        client.sendall(f"GET /v1/models HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert 200 == read_answer(client).status


def test_large_bodies_pass_whole(open_gateway, upstream):
    gateway = open_gateway({f"{HOST}:443": upstream.port}, limits=Limits(item_bytes=64 * MIB))
    body = bytes(range(256)) * (4 * 1024 * 30)
    assert 200 == gateway.post(body).status
    assert body == upstream.requests[0].body


def test_a_dead_service_is_named_in_the_answer(gateway, upstream):
    upstream.answer = lambda _: b""
    with gateway.tls() as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert eventually(lambda: bool(upstream.requests))
        upstream._sockets[0].shutdown(2)
        answer = read_answer(client)
    assert 502 == answer.status
    assert b"the service broke off" in answer.body


def test_a_head_that_only_names_the_step_is_not_judged_by_itself(gateway):
    assert 200 == gateway.post(b"hello").status
    assert [b"hello"] == [item.data for item in gateway.inspector.seen]


@pytest.mark.parametrize(
    ("target", "header"),
    [
        ("/v1/chat/completions?note=x", ""),
        ("/v1/chat/completions", "X-Note: x"),
        ("/v1/chat/completions;x", ""),
        ("/v1/chat//completions", ""),
        ("/v1/ch%61t/completions", ""),
        ("/v1/threads/x", ""),
    ],
)
def test_a_head_that_says_anything_more_is_judged(gateway, target, header):
    assert 200 == gateway.post(b"hello", *filter(None, [header]), target=target).status
    assert 2 == len(gateway.inspector.seen)


def test_a_request_without_a_body_is_judged_by_its_head(gateway):
    assert 200 == gateway.post(b"").status
    assert [b"path: /v1/chat/completions\n"] == [item.data for item in gateway.inspector.seen]
