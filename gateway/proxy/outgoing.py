"""Messages of a client that wait for their verdict."""

# mitmproxy is typed in parts only.
# mypy: allow-untyped-calls

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mitmproxy.proxy.commands import StartHook

from gateway.services.schema import Framing
from gateway.settings import MIB

if TYPE_CHECKING:  # gate.py stands between them
    from gateway.proxy.exchange import Exchange

_MOST_WAITING = 8
_MOST_WAITING_BYTES = 8 * MIB


@dataclass(slots=True, eq=False, weakref_slot=True)
class Outgoing:
    """A message of a client, and what becomes of it. Nothing, until a verdict says otherwise.

    Args:
        data: the message, whole and inflated.
        text: whether it is text.
        fragment: size of its largest fragment.
        exchange: the handshake of its connection.
        framing: how it carries documents.
        queue: where it waits.
        fault: why it cannot be judged at all; then ``data`` is empty.
        payload: what goes out in its place; ``None`` for nothing.
        answers: what the client gets in place of an answer of the service.
        reason: closes the connection, with these words.
        judged: whether the hook that judges it has ended, well or not.
    """

    data: bytes = field(repr=False)
    text: bool
    fragment: int
    exchange: Exchange = field(repr=False)
    framing: Framing
    queue: Queue = field(repr=False)
    fault: str = ""
    payload: bytes | None = field(default=None, repr=False)
    answers: tuple[bytes, ...] = field(default=(), repr=False)
    reason: str = field(default="", repr=False)
    judged: bool = False

    def deny(self) -> None:
        """Take back whatever was decided."""
        self.payload, self.answers, self.reason = None, (), ""


class Queue:
    """The messages of one connection, in the order in which they came.

    While it is full the client is not read, so that a fast one waits as it would for a slow
    service.
    """

    def __init__(self) -> None:
        self._waiting: deque[Outgoing] = deque()
        self._bytes = 0
        self._closed = False
        self._room = asyncio.Event()
        self._room.set()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether no more messages should be taken in."""
        return len(self._waiting) >= _MOST_WAITING or self._bytes >= _MOST_WAITING_BYTES

    def put(self, message: Outgoing) -> None:
        """Add a message at the end."""
        self._waiting.append(message)
        self._bytes += len(message.data)
        self._mark()

    def judged(self) -> Outgoing | None:
        """Take the first message, if it has been judged."""
        if not self._waiting or not self._waiting[0].judged:
            return None
        message = self._waiting.popleft()
        self._bytes -= len(message.data)
        self._mark()
        return message

    def close(self) -> None:
        """Forget all messages and take no more; whoever waits for room need not."""
        self._waiting.clear()
        self._bytes = 0
        self._closed = True
        self._mark()

    async def room(self) -> None:
        """Wait until the queue is not full."""
        await self._room.wait()

    def _mark(self) -> None:
        if self.full and not self._closed:
            self._room.clear()
        else:
            self._room.set()


@dataclass
class WebsocketOutgoingHook(StartHook):
    """A client's message wants to leave."""

    message: Outgoing
