"""Messages of a WebSocket that are refused, and records that are judged one by one."""

from __future__ import annotations

import json
import struct
import zlib

import pytest
from support.proxyharness import CANARY, GONE, HOST, eventually
from support.rawsocket import (
    BINARY,
    CLOSE,
    DEFLATE,
    MORE,
    PING,
    TEXT,
    RawSocket,
    frame,
    handshake,
)
from support.sockets import LIVE, live_catalog
from support.wsservice import SocketService

from gateway.settings import MIB, Limits

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


def test_a_refused_message_is_answered_and_the_next_one_passes(gateway, service):
    with RawSocket(gateway) as raw:
        raw.say('{"type":"response.create","stream_id":"s7","input":"BLOCKME"}')
        told = json.loads(raw.hear())
        raw.say("next")
        assert "next" == raw.hear()
    assert ("error", 400, "s7") == (told["type"], told["status"], told["stream_id"])
    assert told["error"]["message"].startswith(f"{SENTENCE}: 1 × CODE_WORD")
    assert ["next"] == service.messages


def test_without_an_answer_of_the_service_the_connection_is_closed(live, live_service):
    with RawSocket(live, at("/text"), host=LIVE) as raw:
        raw.say("first")
        assert "first" == raw.hear()
        raw.say("BLOCKME")
        raw.say("after " + WORD)
        got = raw.until_close()
        assert raw.hear() is None
    assert 1008 == got.code
    assert got.reason.startswith(f"{SENTENCE}: 1 × CODE_WORD")
    assert "ref G-" in got.reason
    assert ["first"] == live_service.messages
    assert eventually(lambda: len(live_service.control) == 1)
    assert struct.pack("!H", 1001) == live_service.control[0].data


BROKEN = {
    "no UTF-8": frame(TEXT, b"\xff" + CANARY),
    "no UTF-8 at the end": frame(TEXT, CANARY + b"\xe4"),
    "no UTF-8 in the second fragment": frame(TEXT, b"a", fin=False) + frame(MORE, b"\xff"),
    "a surrogate in UTF-8": frame(TEXT, b"\xed\xa0\x80"),
    "not masked": frame(TEXT, CANARY, mask=False),
    "RSV1 without an extension": frame(TEXT, CANARY, rsv=4),
    "RSV2": frame(TEXT, CANARY, rsv=2),
    "RSV3": frame(TEXT, CANARY, rsv=1),
    "an unknown opcode": frame(3, CANARY),
    "an unknown control opcode": frame(11, CANARY),
    "a fragmented ping": frame(PING, CANARY, fin=False),
    "a long ping": b"\x89\xfe\x00\x7e\0\0\0\0" + CANARY * 5,
    "nothing to continue": frame(MORE, CANARY),
    "a message inside another": frame(TEXT, b"a", fin=False) + frame(TEXT, CANARY),
    "a length in too many bytes": b"\x81\xfe\x00\x05\0\0\0\0hello",
    "a length over 63 bits": b"\x81\xff" + b"\xff" * 8 + b"\0\0\0\0",
    "a close of one byte": frame(CLOSE, b"\x03"),
    "a close with a reserved code": frame(CLOSE, struct.pack("!H", 1005)),
    "a close whose reason is no UTF-8": frame(CLOSE, struct.pack("!H", 1000) + b"\xff"),
}


@pytest.mark.parametrize("case", list(BROKEN))
def test_malformed_frames_end_the_connection(gateway, service, case):
    with RawSocket(gateway) as raw:
        raw.say("before")
        raw.send(BROKEN[case], frame(TEXT, CANARY))
        got = raw.until_close()
    assert 1008 == got.code
    assert SENTENCE in got.reason
    assert eventually(lambda: service.control)
    assert ["before"] == service.messages
    assert not service.holds(CANARY)
    assert ["block"] == [outcome.verdict for _, outcome in gateway.recorded]


def squeezed(data):
    engine = zlib.compressobj(9, wbits=-15)
    return engine.compress(data) + engine.flush(zlib.Z_SYNC_FLUSH)[:-4]


def last_block(data):
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


SQUEEZED = {
    "damaged": (squeezed(b"hello")[:-1] + b"\xff\xff\xff", "damaged"),
    "a last block, and more behind it": (
        last_block(b"hello") + squeezed(CANARY),
        "ends its stream",
    ),
    "a bomb": (squeezed(bytes(50 * MIB)), "unpacks to more than"),
}


@pytest.mark.parametrize("case", list(SQUEEZED))
def test_compressed_data_that_cannot_be_read_whole_ends_the_connection(gateway, service, case):
    data, why = SQUEEZED[case]
    with RawSocket(gateway, handshake(f"Sec-WebSocket-Extensions: {DEFLATE}")) as raw:
        raw.send(frame(TEXT, data, rsv=4), frame(TEXT, CANARY))
        got = raw.until_close()
    assert 1008 == got.code
    assert why in got.reason
    assert [] == service.messages


def test_the_ratio_bounds_what_the_size_would_allow(open_gateway, service):
    limits = Limits(item_bytes=64 * MIB, ratio=50)
    gateway = open_gateway({f"{HOST}:443": service.port}, limits=limits)
    with RawSocket(gateway, handshake(f"Sec-WebSocket-Extensions: {DEFLATE}")) as raw:
        raw.send(frame(TEXT, squeezed(b" " * (3 * MIB)), rsv=4))  # small enough to be harmless
        assert 3 * MIB == len(raw.hear())
        raw.send(frame(TEXT, squeezed(bytes(20 * MIB)), rsv=4))
        assert "unpacks to more than" in raw.until_close().reason


@pytest.mark.parametrize("fragments", [1, 40])
def test_a_message_over_the_limit_is_refused(open_gateway, service, fragments):
    gateway = open_gateway({f"{HOST}:443": service.port}, limits=Limits(item_bytes=MIB))
    with RawSocket(gateway) as raw:
        raw.say("a" * MIB)
        assert MIB == len(raw.hear())
        piece = CANARY + bytes(2 * MIB // fragments)
        raw.send(frame(BINARY, piece, fin=fragments == 1))
        raw.send(*(frame(MORE, piece, fin=n == fragments - 1) for n in range(1, fragments)))
        got = raw.until_close()
    assert 1008 == got.code
    assert "larger than 1 MiB" in got.reason
    assert 1 == len(service.messages)


def test_a_message_over_the_limit_of_the_service_does_not_reach_the_client(open_gateway, service):
    service.handler = lambda connection: connection.send("x" * (2 * MIB))
    gateway = open_gateway({f"{HOST}:443": service.port}, limits=Limits(item_bytes=MIB))
    with RawSocket(gateway) as raw:
        got = raw.until_close()
    assert 1011 == got.code
    assert "larger than 1 MiB" in got.reason


def test_a_bomb_of_the_service_is_not_unpacked(open_gateway, service):
    service.handler = lambda connection: connection.send(bytes(50 * MIB))
    gateway = open_gateway({f"{HOST}:443": service.port})
    with RawSocket(gateway, handshake(f"Sec-WebSocket-Extensions: {DEFLATE}")) as raw:
        got = raw.until_close()
    assert 1011 == got.code
    assert "unpacks to more than" in got.reason


# Records.

RS = "\x1e"


def test_records_are_judged_one_by_one(live, live_service):
    hello, ping = '{"protocol":"json","version":1}', '{"type":6}'
    good = f'{{"type":1,"invocationId":"1","target":"chat","arguments":["{WORD}"]}}'
    bad = '{"type":1,"invocationId":"2","target":"chat","arguments":["BLOCKME"]}'
    with RawSocket(live, at("/records"), host=LIVE) as raw:
        raw.say(hello + RS)
        assert hello + RS == raw.hear()
        raw.say(good + RS + bad + RS + ping + RS)
        told = raw.hear()
        assert {"type": 3, "invocationId": "2"}.items() <= json.loads(told.rstrip(RS)).items()
        assert gone(good) + RS + ping + RS == raw.hear()
        raw.say(bad + RS)
        assert SENTENCE in raw.hear()
        raw.say(ping + RS)
        assert ping + RS == raw.hear()
    assert [hello + RS, gone(good) + RS + ping + RS, ping + RS] == live_service.messages
    assert ping.encode() not in [item.data for item in live.inspector.seen]


@pytest.mark.parametrize(
    "message",
    [
        f'{{"type":1,"arguments":["{WORD[:9]}',
        f'{{"type":6}}{RS}{{"type":1',
        b"\x02\x91\x06" + CANARY,
        '{"type":1,"arguments":["机'.encode()[:-1],
    ],
)
def test_a_record_cut_over_two_messages_is_refused(live, live_service, message):
    with RawSocket(live, at("/records"), host=LIVE) as raw:
        raw.say(message)
        got = raw.until_close()
    assert 1008 == got.code
    assert "cut over two messages" in got.reason
    assert [] == live_service.messages


def test_a_refused_call_that_awaits_no_answer_closes_the_connection(live, live_service):
    with RawSocket(live, at("/records"), host=LIVE) as raw:
        raw.say(f'{{"type":1,"target":"send","arguments":["BLOCKME"]}}{RS}')
        assert 1008 == raw.until_close().code
    assert [] == live_service.messages


def test_a_message_of_very_many_records_is_refused(open_gateway, live_service, tmp_path):
    gateway = open_gateway(
        {f"{LIVE}:443": live_service.port},
        catalog=live_catalog(tmp_path),
        limits=Limits(item_bytes=MIB, entries=20),
    )
    with RawSocket(gateway, at("/records"), host=LIVE) as raw:
        raw.say(f"{{}}{RS}" * 20)
        assert 60 == len(raw.hear())
        raw.say(f"{{}}{RS}" * 21)
        assert "more than 20 records" in raw.until_close().reason
    assert gateway.inspector.seen[1:] == gateway.inspector.seen[1:21]


def test_opaque_messages_are_handed_on_as_bytes(live, live_service):
    packed = b"\x93\xa5hello\x01" + CANARY
    with RawSocket(live, at("/opaque"), host=LIVE) as raw:
        raw.say(packed)
        assert gone(packed) == raw.hear()
    assert "application/octet-stream" == live.inspector.seen[-1].hint.media_type


def test_an_empty_message_passes(live, live_service):
    with RawSocket(live, at("/text"), host=LIVE) as raw:
        raw.say("")
        raw.say(b"")
        assert ["", b""] == [raw.hear(), raw.hear()]
    assert ["", b""] == live_service.messages


def test_a_websocket_without_tls_is_inspected_too(open_gateway):
    with SocketService() as plain:
        gateway = open_gateway({f"{HOST}:80": plain.port})
        with RawSocket(gateway, tls=False) as raw:
            raw.say(WORD)
            assert GONE.decode() == raw.hear()
        assert [GONE.decode()] == plain.messages
