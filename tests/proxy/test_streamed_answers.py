"""Server-sent events through the proxy: each is there before the next is made, and no HTTP/3 is offered."""

from __future__ import annotations

import json
import ssl
import threading
import zlib

import h2.connection
import h2.events
import httpx
import openai
from support.proxyharness import CANARY, HOST, eventually

EVENT = "data: {}\n\n"


class Paced:
    """A service that makes an event only after the one before has been read."""

    def __init__(self, *events, headers=b"", pack=None):
        self.turn = threading.Semaphore(1)
        self._events, self._headers, self._pack = events, headers, pack

    def __call__(self, _):
        yield (
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
            + self._headers
            + b"\r\n"
        )
        for event in self._events:
            assert self.turn.acquire(timeout=10)
            data = EVENT.replace("{}", event).encode()
            data = self._pack(data) if self._pack else data
            yield f"{len(data):x}\r\n".encode() + data + b"\r\n"
        yield b"0\r\n\r\n"


def client(gateway):
    trust = ssl.create_default_context(cafile=str(gateway.ca.cert_path))
    return httpx.Client(proxy=gateway.url, verify=trust, trust_env=False, timeout=20)


def test_each_event_arrives_before_the_next_is_made(gateway, upstream):
    paced = upstream.answer = Paced("one", "二", "three", headers=b'alt-svc: h3=":443"\r\n')
    with (
        client(gateway) as http,
        http.stream("POST", f"https://{HOST}/v1/responses", content=b"{}") as answer,
    ):
        assert "text/event-stream" == answer.headers["content-type"]
        assert "alt-svc" not in answer.headers
        pieces = answer.iter_text()
        for event in ("one", "二", "three"):
            assert EVENT.replace("{}", event) == next(pieces)
            paced.turn.release()
        assert [] == list(pieces)


def h2_events(connection):
    """What the service's answer consists of, as it comes."""
    http = h2.connection.H2Connection()
    http.initiate_connection()
    head = [(":method", "GET"), (":path", "/v1/x"), (":scheme", "https"), (":authority", HOST)]
    http.send_headers(1, head, end_stream=True)
    while True:
        connection.sendall(http.data_to_send())
        for event in http.receive_data(connection.recv(65536)):
            yield event
            if isinstance(event, h2.events.StreamEnded):
                return


def test_each_event_arrives_before_the_next_is_made_over_http2(gateway, upstream):
    paced = upstream.answer = Paced("one", "二", "three", headers=b'alt-svc: h3=":443"\r\n')
    with gateway.tls(alpn=("h2",)) as connection:
        heard = []
        for event in h2_events(connection):
            if isinstance(event, h2.events.ResponseReceived):
                assert b"alt-svc" not in dict(event.headers)
            if isinstance(event, h2.events.DataReceived) and event.data:
                heard.append(event.data.decode())
                paced.turn.release()
    assert [EVENT.replace("{}", event) for event in ("one", "二", "three")] == heard


def test_compressed_events_are_not_held_either(gateway, upstream):
    engine = zlib.compressobj(wbits=31)
    paced = upstream.answer = Paced(
        "one",
        "two",
        headers=b"content-encoding: gzip\r\n",
        pack=lambda data: engine.compress(data) + engine.flush(zlib.Z_SYNC_FLUSH),
    )
    with (
        client(gateway) as http,
        http.stream("POST", f"https://{HOST}/v1/responses", content=b"{}") as answer,
    ):
        pieces = filter(None, answer.iter_text())
        for event in ("one", "two"):
            assert EVENT.replace("{}", event) == next(pieces)
            paced.turn.release()


def test_openais_client_reads_a_stream_word_by_word(gateway, upstream):
    def chunk(word):
        choice = {"index": 0, "delta": {"content": word}, "finish_reason": None}
        return json.dumps(
            {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "m",
                "choices": [choice],
            }
        )

    paced = upstream.answer = Paced(chunk("Good"), chunk(" day"), "[DONE]")
    with (
        client(gateway) as http,
        openai.OpenAI(api_key="sk-test", http_client=http, max_retries=0) as service,
    ):
        words = []
        for piece in service.chat.completions.create(
            model="m", stream=True, messages=[{"role": "user", "content": CANARY.decode()}]
        ):
            words.append(piece.choices[0].delta.content)
            paced.turn.release()
    assert ["Good", " day"] == words
    assert not upstream.holds(CANARY)


def test_the_service_is_told_when_nobody_listens_any_more(gateway, upstream):
    told = threading.Event()

    def endless(_):
        yield b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        try:
            while True:
                yield b"a\r\ndata: 12\n\n\r\n" * 100
        finally:
            told.set()

    upstream.answer = endless
    with (
        client(gateway) as http,
        http.stream("POST", f"https://{HOST}/v1/responses", content=b"{}") as answer,
    ):
        next(answer.iter_text())
    assert eventually(told.is_set)
