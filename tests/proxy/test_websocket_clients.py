"""Real WebSocket clients through the proxy: they work as they do straight, and say why they do not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import subprocess

import openai
import pytest
import websockets.asyncio.client
import websockets.sync.client
from support import nodejs
from support.proxyharness import CANARY, GONE, HOST, eventually
from support.sockets import LIVE, live_catalog
from support.wsservice import SocketService
from websockets.exceptions import ConnectionClosedError

WORD = CANARY.decode()
WITHOUT = GONE.decode()
SENTENCE = "Blocked by Redaction Gateway"
RS = "\x1e"


@pytest.fixture
def service(test_authority):
    with SocketService(test_authority.issue(HOST)) as one:
        yield one


@pytest.fixture
def gateway(open_gateway, service):
    return open_gateway({f"{HOST}:443": service.port})


@pytest.fixture
def live_service(test_authority):
    with SocketService(test_authority.issue(LIVE)) as one:
        yield one


@pytest.fixture
def live(open_gateway, live_service, tmp_path):
    return open_gateway({f"{LIVE}:443": live_service.port}, catalog=live_catalog(tmp_path))


def trust(gateway):
    return ssl.create_default_context(cafile=str(gateway.ca.cert_path))


# websockets.


@pytest.mark.parametrize("compression", ["deflate", None])
def test_websockets_threads(gateway, service, compression):
    with websockets.sync.client.connect(
        f"wss://{HOST}/v1/responses",
        proxy=gateway.url,
        ssl=trust(gateway),
        compression=compression,
        open_timeout=15,
        close_timeout=60,
    ) as client:
        assert (compression is not None) is bool(client.protocol.extensions)
        for number in range(20):  # the same again: the compressors remember it
            client.send(f"{number} the same text over and over, {WORD}")
            assert f"{number} the same text over and over, {WITHOUT}" == client.recv(15)
        client.send(["in ", "fragments ", WORD[:7], WORD[7:]])
        assert f"in fragments {WITHOUT}" == client.recv(15)
        client.send([b"\x00", CANARY[:3], CANARY[3:]])
        assert b"\x00" + GONE == client.recv(15)
        assert client.ping("a question").wait(15)
    assert 1000 == client.protocol.close_code
    assert not service.holds(CANARY)


def test_websockets_asyncio(gateway, service):
    async def talk():
        async with websockets.asyncio.client.connect(
            f"wss://{HOST}/v1/responses",
            proxy=gateway.url,
            ssl=trust(gateway),
            open_timeout=15,
            ping_interval=0.05,
            ping_timeout=10,
        ) as client:
            await client.send(f"hello {WORD}")
            assert f"hello {WITHOUT}" == await client.recv()
            for number in range(50):
                await client.send(f"{number} {WORD}")
            assert [f"{number} {WITHOUT}" for number in range(50)] == [
                await client.recv() for _ in range(50)
            ]
            for _ in range(3):
                await (await client.ping())
        return client.close_code

    assert 1000 == asyncio.run(asyncio.wait_for(talk(), 60))
    assert not service.holds(CANARY)


def test_websockets_reads_our_sentence(live, live_service):
    with websockets.sync.client.connect(
        f"wss://{LIVE}/text", proxy=live.url, ssl=trust(live), open_timeout=15
    ) as client:
        client.send("BLOCKME")
        with pytest.raises(ConnectionClosedError) as caught:
            client.recv(15)
    assert caught.value.rcvd
    assert 1008 == caught.value.rcvd.code
    assert caught.value.rcvd.reason.startswith(f"{SENTENCE}: 1 × CODE_WORD")
    assert [] == live_service.messages


def test_websockets_is_closed_by_the_service(gateway, service):
    service.handler = lambda connection: connection.close(4003, "enough")
    with websockets.sync.client.connect(
        f"wss://{HOST}/v1/responses", proxy=gateway.url, ssl=trust(gateway), open_timeout=15
    ) as client:
        with pytest.raises(ConnectionClosedError):
            client.recv(15)
        assert (4003, "enough") == (client.protocol.close_code, client.protocol.close_reason)


# OpenAI's own client.


@contextlib.contextmanager
def openai_client(gateway):
    with openai.OpenAI(api_key="sk-test", base_url=f"https://{HOST}/v1") as client:
        yield client, {"proxy": gateway.url, "ssl": trust(gateway), "open_timeout": 15}


_connects_without_with = pytest.mark.filterwarnings(
    # That is for its makers to mend; websockets has asked for it since 17.1.
    r"ignore:connect\(\) must be used as a context manager:DeprecationWarning"
)


def realtime(connection):
    """As much of the service as a conversation needs."""
    connection.send(json.dumps({"type": "session.created", "event_id": "e0", "session": {}}))
    for message in connection:
        event = json.loads(message)
        connection.send(
            json.dumps(
                {
                    "type": "response.output_text.delta",
                    "event_id": "e1",
                    "delta": event["item"]["content"][0]["text"],
                }
            )
        )


def item(text):
    return {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": text}],
    }


@_connects_without_with
def test_openai_realtime(gateway, service):
    service.handler = realtime
    with (
        openai_client(gateway) as (client, options),
        client.realtime.connect(model="gpt-realtime", websocket_connection_options=options) as live,
    ):
        assert "session.created" == live.recv().type
        live.conversation.item.create(item=item(f"我的账号是 {WORD}"))
        assert f"我的账号是 {WITHOUT}" == live.recv().delta
        live.conversation.item.create(item=item("BLOCKME"), event_id="mine")
        error = live.recv()
        assert ("error", "mine") == (error.type, error.error.event_id)
        assert error.error.message.startswith(f"{SENTENCE}: 1 × CODE_WORD")
        live.conversation.item.create(item=item("after that"))
        assert "after that" == live.recv().delta
    assert ["/v1/realtime?model=gpt-realtime"] == [one.path for one in service.requests]
    assert "Bearer sk-test" == service.requests[0].headers["Authorization"]
    assert not service.holds(CANARY)


@_connects_without_with
def test_openai_responses(gateway, service):
    def respond(connection):
        for message in connection:
            event = json.loads(message)
            connection.send(
                json.dumps({"type": "response.output_text.delta", "delta": event["input"]})
            )

    service.handler = respond
    with (
        openai_client(gateway) as (client, options),
        client.responses.connect(websocket_connection_options=options) as live,
    ):
        live.response.create(model="gpt-5", input=f"pay {WORD}")
        assert f"pay {WITHOUT}" == live.recv().delta
        live.response.create(model="gpt-5", input="BLOCKME")
        error = live.recv()
        assert "error" == error.type
        assert SENTENCE in json.dumps(error.to_dict(), ensure_ascii=False)
        live.response.create(model="gpt-5", input="next")
        assert "next" == live.recv().delta
    assert not service.holds(CANARY)


# Clients on Node.


def node(name, url, gateway, *lines):
    """What a client script printed."""
    done = subprocess.run(
        ["node", str(nodejs.script(name)), url, gateway.url, str(gateway.ca.cert_path)],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ws(gateway, service):
    heard = node(
        "ws_client.mjs",
        f"wss://{HOST}/v1/responses",
        gateway,
        f"hello {WORD}",
        f"FRAGMENTS in |fragments |{WORD[:9]}|{WORD[9:]}",
        f"BINARY 00{CANARY.hex()}",
        "x" * 200_000 + WORD,
        "PING",
        '{"stream_id":"s","input":"BLOCKME"}',
        "after",
        "AWAIT 6",  # a service that is told of the end need not answer any more
        "CLOSE",
    )
    opened, *heard = heard
    pong = next(one for one in heard if one[0] == "pong")
    heard.remove(pong)
    assert ["open", "permessage-deflate"] == opened
    assert ["pong", "are you there?"] == pong
    texts = [one[1] for one in heard[:-1]]
    refusal = next(one for one in texts if SENTENCE in one)
    texts.remove(refusal)
    assert "s" == json.loads(refusal)["stream_id"]
    assert [
        f"hello {WITHOUT}",
        f"in fragments {WITHOUT}",
        (b"\0" + GONE).hex(),
        "x" * 200_000 + WITHOUT,
        "after",
    ] == texts
    assert ["close", 4000, ""] == heard[-1]
    assert not service.holds(CANARY)
    assert not service.holds(b"the reason is mine")


def test_ws_reads_our_sentence(live, live_service):
    opened, closed = node("ws_client.mjs", f"wss://{LIVE}/text", live, "BLOCKME")
    assert "open" == opened[0]
    assert ["close", 1008] == closed[:2]
    assert closed[2].startswith(f"{SENTENCE}: 1 × CODE_WORD")
    assert [] == live_service.messages


def test_ws_is_told_where_no_websocket_may_be(gateway, service):
    (refused,) = node("ws_client.mjs", f"wss://{HOST}/v1/files", gateway)
    assert ["refused", 400] == refused[:2]
    assert "WebSocket" in refused[2]
    assert 0 == service.connections


def hub(connection):
    """A hub that repeats: HubProtocol.md's handshake, invocations, streams, pings."""
    stream = ""
    shaken = False
    for message in connection:
        stream += message
        *records, stream = stream.split(RS)
        for record in map(json.loads, records):
            if not shaken:
                assert {"protocol": "json", "version": 1} == record
                shaken = True
                connection.send("{}" + RS)
                continue
            for answer in answers(record):
                connection.send(json.dumps(answer) + RS)


def answers(record):
    said = record.get("arguments", [""])[0]
    match record:
        case {"type": 1, "invocationId": one}:
            yield {"type": 1, "target": "news", "arguments": [f"{one} came"]}
            yield {"type": 3, "invocationId": one, "result": said}
        case {"type": 1}:
            yield {"type": 1, "target": "news", "arguments": [said]}
        case {"type": 4, "invocationId": one}:
            for word in said.split():
                yield {"type": 2, "invocationId": one, "item": word}
            yield {"type": 3, "invocationId": one}
        case {"type": 6}:
            yield {"type": 6}


def calls(*lines):
    return [json.dumps(line, ensure_ascii=False) for line in lines]


def test_signalr(live, live_service):
    live_service.handler = hub
    heard = node(
        "signalr_client.mjs",
        f"https://{LIVE}/records",
        live,
        *calls(
            ["send", "note", f"卡号 {WORD}"],
            ["invoke", "chat", f"hello {WORD}"],
            ["invoke", "chat", "BLOCKME"],
            ["stream", "chat", "one two"],
            ["stream", "chat", "BLOCKME too"],
            ["invoke", "chat", "after"],
        ),
    )
    assert ["open"] == heard[0]
    assert ["closed", ""] == heard[-1]
    for wanted in (
        ["news", f"卡号 {WITHOUT}"],
        ["result", f"hello {WITHOUT}"],
        ["item", "one"],
        ["item", "two"],
        ["complete"],
        ["result", "after"],
    ):
        assert wanted in heard
    errors = [one[1] for one in heard if one[0] == "error"]
    assert 2 == len(errors)
    assert all(one.startswith(f"{SENTENCE}: 1 × CODE_WORD") for one in errors)
    assert not live_service.holds(CANARY)
    assert not live_service.holds(b"BLOCKME")


def test_signalr_is_closed_where_nothing_can_be_answered(live, live_service):
    live_service.handler = hub
    heard = node(
        "signalr_client.mjs",
        f"https://{LIVE}/records",
        live,
        *calls(["invoke", "chat", "first"], ["send", "note", "BLOCKME"], ["invoke", "chat", "2nd"]),
    )
    (closed,) = [one for one in heard if one[0] == "closed"]
    assert f"status code: 1008 ({SENTENCE}: 1 × CODE_WORD" in closed[1]
    assert eventually(lambda: bool(live_service.control))
    assert not live_service.holds(b"BLOCKME")
