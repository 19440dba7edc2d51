"""Requests that the gateway makes itself."""

import asyncio
import gzip

import pytest

from gateway.proxy.sending import Sender, Unsent
from gateway.services.wire import Call


def asked(authority, answer, body=b"", read_all=True):
    """What a sender makes of an answer; the service reads the head only, if so, and hangs up."""

    async def service(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        if read_all:
            await reader.readexactly(len(body))
        writer.write(answer)
        await writer.drain()
        writer.close()

    async def run():
        server = await asyncio.start_server(service, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        sender = Sender(lambda _: True, authority.path)
        async with server:
            return await sender.send(Call((), body, "POST", f"http://127.0.0.1:{port}/x"))

    return asyncio.run(run())


def test_a_service_may_say_no_before_it_has_read_everything(test_authority):
    answer = b"HTTP/1.1 413 Too Large\r\ncontent-length: 4\r\n\r\nfull"
    reply = asked(test_authority, answer, bytes(30_000_000), read_all=False)
    assert (413, b"full") == (reply.status, reply.body)


def test_an_answer_that_is_packed_all_the_same_is_unpacked(test_authority):
    packed = gzip.compress(b'{"id": 7}')
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    reply = asked(test_authority, head.encode() + packed)
    assert (b'{"id": 7}', None) == (reply.body, reply.header("content-encoding"))


@pytest.mark.parametrize(
    "answer", [b"", b"junk\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-encoding: x\r\ncontent-length: 1\r\n\r\nx"]
)  # fmt: skip
def test_what_is_no_answer_is_told(test_authority, answer):
    with pytest.raises(Unsent, match="broke off"):
        asked(test_authority, answer)
