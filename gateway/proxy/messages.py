"""The verdict on one message of a WebSocket: split, judged like any document, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from itertools import batched

from gateway.errors import Unreadable
from gateway.model import Inspector, Item, Outcome, Verdict
from gateway.outcomes import blocked_outcome
from gateway.proxy import answers
from gateway.proxy.exchange import INLINE, Blocked
from gateway.proxy.gate import Gate
from gateway.proxy.outgoing import Outgoing
from gateway.services import Catalog, frames
from gateway.services.frames import Parts
from gateway.settings import Limits

_log = logging.getLogger(__name__)

# Waiting for a free worker does not count against a message; waiting for ever does.
_GRACE_SECONDS = 30.0
# A message of many records must not fill the inspector's queue for everybody else.
_AT_ONCE = 8


class Messages:
    """The addon that judges messages.

    Args:
        inspector: gives verdicts.
        catalog: knows how a service says no.
        gate: takes releases.
        limits: budgets for one item.
        record: called with each refusal that the inspector does not know of.
    """

    def __init__(
        self,
        inspector: Inspector,
        catalog: Catalog,
        gate: Gate,
        limits: Limits,
        record: Callable[[Item, Outcome], None] | None,
    ) -> None:
        self._inspector = inspector
        self._catalog = catalog
        self._gate = gate
        self._limits = limits
        self._record = record
        self.deadline = limits.wall_seconds + _GRACE_SECONDS

    async def websocket_outgoing(self, message: Outgoing) -> None:
        """A message is here: it is denied until this method is through."""
        self._gate.revoke_message(message)
        try:
            await self._in_time(message)
        except Blocked as blocked:
            await self._refuse(message, blocked)
        except Exception as error:  # noqa: BLE001 - whatever failed, the answer stays no
            self._gate.revoke_message(message)
            host = message.exchange.scope.host
            _log.error("a message to %s could not be judged: %s", host, type(error).__name__)
            why = f"the message could not be inspected ({type(error).__name__})"
            await self._refuse(message, self._blocked(message, why))

    async def _in_time(self, message: Outgoing) -> None:
        clock = asyncio.timeout(self.deadline)
        try:
            async with clock:
                await self._judge(message)
        except TimeoutError as error:
            if not clock.expired():
                raise
            why = f"there was no verdict within {self.deadline:.0f} seconds"
            raise self._blocked(message, why) from error

    async def _judge(self, message: Outgoing) -> None:
        """Decide what goes out and what the client is told.

        Raises:
            Blocked: the connection is to be closed.
        """
        if message.fault:
            raise self._blocked(message, message.fault)
        parts = await _apart(len(message.data), frames.split, message.framing, message.data)
        if len(parts.documents) > self._limits.entries:
            why = f"a message holds more than {self._limits.entries:,} records"
            raise self._blocked(message, why)
        if parts.fault:
            raise await self._held(message, parts.fault)
        items = [
            message.exchange.item(document, frames.hint(document, text=message.text))
            for document in parts.documents
        ]
        kept, told = await self._carried_out(message, items)
        if told and not any(kept):  # of a message that was refused whole, not even its end goes
            message.answers = tuple(told)
            return
        payload = await self._joined(message, parts, kept)
        message.answers = tuple(told)
        self._gate.release_message(message, payload)

    async def _carried_out(
        self, message: Outgoing, items: Sequence[Item]
    ) -> tuple[list[bytes | None], list[bytes]]:
        """What goes in the place of each document, and the answers to those that do not go."""
        kept: list[bytes | None] = []
        told: list[bytes] = []
        for batch in batched(items, _AT_ONCE, strict=False):
            asked = [one for one in batch if not frames.says_nothing(message.framing, one.data)]
            outcomes = iter(await self._verdicts(asked))
            for item in batch:
                if frames.says_nothing(message.framing, item.data):
                    kept.append(item.data)
                    continue
                outcome = next(outcomes)
                if outcome.verdict is Verdict.BLOCK:
                    told.append(await self._told(message, item, outcome))
                    kept.append(None)
                else:
                    # Checks both hashes, so that what leaves is what was judged.
                    kept.append(await _apart(len(item.data), outcome.release, item))
        return kept, told

    async def _verdicts(self, items: Sequence[Item]) -> list[Outcome]:
        """One outcome for each item, judged at the same time."""
        futures = [asyncio.wrap_future(self._inspector.submit(item)) for item in items]
        if futures:
            # Unlike gather, this cancels nothing: a worker would stumble over a cancelled future.
            await asyncio.wait(futures)
        return [future.result() for future in futures]

    async def _told(self, message: Outgoing, item: Item, outcome: Outcome) -> bytes:
        """The answer to a refused document.

        Raises:
            Blocked: the service has none, so the connection is to be closed.
        """
        placed = answers.with_place(outcome)
        answer = await _apart(
            len(item.data),
            self._catalog.refuse_frame,
            message.exchange.route,
            placed.reason,
            placed.reference,
            item.data,
        )
        if answer is None:
            raise Blocked(outcome)
        return answer

    async def _joined(
        self, message: Outgoing, parts: Parts, documents: Sequence[bytes | None]
    ) -> bytes:
        if all(new == old for new, old in zip(documents, parts.documents, strict=True)):
            return message.data
        try:
            return await _apart(
                len(message.data), lambda: frames.join(parts, documents, text=message.text)
            )
        except Unreadable as error:
            raise await self._held(message, str(error)) from error

    async def _refuse(self, message: Outgoing, blocked: Blocked) -> None:
        self._gate.revoke_message(message)
        if blocked.item and self._record:
            await asyncio.to_thread(self._note, blocked.item, blocked.outcome)
        placed = answers.with_place(blocked.outcome)
        message.reason = frames.close_reason(placed.reason, placed.reference)

    def _blocked(self, message: Outgoing, why: str) -> Blocked:
        """A refusal that only the proxy knows of."""
        item = message.exchange.item(message.data, frames.hint(message.data, text=message.text))
        return Blocked(blocked_outcome(item, why, rule="proxy"), item)

    async def _held(self, message: Outgoing, why: str) -> Blocked:
        """A refusal of data that may be large and is hashed for the record."""
        return await _apart(len(message.data), self._blocked, message, why)

    def _note(self, item: Item, outcome: Outcome) -> None:
        """Record a refusal; one that cannot be recorded is still a refusal."""
        assert self._record
        try:
            self._record(item, outcome)
        except Exception as error:  # noqa: BLE001
            _log.error("a refusal could not be recorded: %s", type(error).__name__)


async def _apart[**P, T](size: int, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Do something with data of that size in bytes: here, or beside the event loop."""
    if size > INLINE:
        return await asyncio.to_thread(work, *args, **options)
    return work(*args, **options)
