"""What an upload may do in the world, and how it waits there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway.model import Hint
from gateway.services.ladder import Plan
from gateway.services.uploads.session import Released, Upload
from gateway.services.wire import Call, Reply

_LARGE = 1 << 20
_LONGEST_WAIT = 10
_LONGEST_SETTLING = 50  # clients wait for an answer for a minute


class Hands(Protocol):
    """What an upload may do in the world."""

    async def judge(self, data: bytes, hint: Hint, plan: Plan) -> Released:
        """The document that may leave for this one.

        Args:
            data: the document.
            hint: what the client calls it.
            plan: how it will be sent if it has to change.

        Raises:
            Withheld: none may, and that is final.
            Exception: there is no verdict; the client may try again.
        """
        ...

    async def send(self, call: Call) -> Reply:
        """The service's answer to a request that was made of judged bytes."""
        ...

    def covers(self, url: str) -> bool:
        """Whether requests to an address come here, too."""
        ...


async def apart[**P, R](
    upload: Upload, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Done here, or in a thread where the document is so large that others would wait."""
    if upload.spool.written <= _LARGE:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


async def settled(call: Call, reply: Reply, hands: Hands) -> Reply:
    """The answer of a service that has to put the parts together first (RFC 9110 §15.3.3)."""
    waited = 0
    while reply.status == 202 and waited < _LONGEST_SETTLING:
        said = reply.header("retry-after") or ""
        if not said.isdecimal():
            break
        wait = max(min(int(said), _LONGEST_WAIT), 1)
        await asyncio.sleep(wait)
        waited += wait
        reply = await hands.send(call)
    return reply
