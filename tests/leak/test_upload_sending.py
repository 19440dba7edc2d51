"""A held upload on its way to the service: what the service says is heard at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from support.upstream import TestAuthority

from gateway.proxy.sending import Sender
from gateway.services.wire import Call, Reply

NO = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def test_a_no_that_comes_before_all_was_sent_is_told(tmp_path: Path) -> None:
    async def answers_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(NO)
        await writer.drain()
        await hung_up.wait()  # it reads no more
        writer.close()

    async def sent() -> Reply:
        async with await asyncio.start_server(answers_early, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
            sender = Sender(lambda _: True, TestAuthority(tmp_path).path)
            try:
                return await asyncio.wait_for(sender.send(Call((), bytes(1 << 25), "PUT", url)), 2)
            finally:
                hung_up.set()

    hung_up = asyncio.Event()
    assert 413 == asyncio.run(sent()).status
