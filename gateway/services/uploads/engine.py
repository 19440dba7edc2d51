"""Uploads that take several requests: held, judged as one document, then sent.

The client's requests are answered here until the last has come. Then the document is judged as a
whole, so that no border between parts can cut a value, and the client's own requests go to the
service in their order, with everything recomputed that depends on the bytes. A profile says where
these things stand; this module does not know any service.

Read :meth:`Uploads.handle`, then :meth:`Uploads._finish`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from gateway.model import Hint
from gateway.services.ladder import Plan, Strategy
from gateway.services.places import NoSuchPlace, Place
from gateway.services.signatures import SigningKeys
from gateway.services.uploads.bindings import as_expected, going_out, passing, rung
from gateway.services.uploads.listing import Placed
from gateway.services.uploads.names import Names
from gateway.services.uploads.pieces import each_offset, order, put
from gateway.services.uploads.refused import Refused
from gateway.services.uploads.replay import (
    Slice,
    bound,
    changes,
    hint,
    planned,
)
from gateway.services.uploads.requests import (
    UNKNOWN,
    document_in,
    is_last,
    is_ours,
    note_total,
    recorded,
    repeated,
    says_no,
    whole_of,
)
from gateway.services.uploads.schema import EACH, Role, UploadStep
from gateway.services.uploads.session import Registry, Released, Upload
from gateway.services.uploads.templates import answered, filled
from gateway.services.uploads.told import told
from gateway.services.wire import Call, Reply

_LARGE = 1 << 20
_COMMIT_TRIES = 60
_LONGEST_WAIT = 10


class Hands(Protocol):
    """What an upload may do in the world."""

    async def judge(self, data: bytes, hint: Hint, plan: Plan) -> Released:
        """The document that may leave for this one; raises what says no.

        Args:
            data: the document.
            hint: what the client calls it.
            plan: how it will be sent if it has to change.
        """
        ...

    async def send(self, call: Call) -> Reply:
        """The service's answer to a request that was made of judged bytes."""
        ...

    def covers(self, url: str) -> bool:
        """Whether requests to an address come here, too."""
        ...


class Uploads:
    """The uploads in progress.

    Args:
        most: bytes of one document.
        folder: for documents too large for memory.
        keys: those of the user with which requests may be signed again.
    """

    def __init__(
        self,
        most: int,
        folder: Path | None = None,
        keys: Callable[[], SigningKeys] = SigningKeys,
    ) -> None:
        self.registry = Registry(most, folder)
        self._keys = keys

    async def handle(self, service: str, step: UploadStep, call: Call, hands: Hands) -> Reply:
        """What the client is told to one request of an upload.

        Args:
            service: name of the profile.
            step: what the profile says of the request.
            call: the request; everything in it but the document's bytes is judged already.
            hands: judge and send.

        Raises:
            Refused: it cannot go on.
            GatewayError: the document is too large.
        """
        try:
            if step.refuse_if and step.refuse_if.shows(call):
                raise Refused("the upload comes in a way that cannot be put together here")
            if step.role is Role.INIT:
                return await self._begin(service, step, call, hands)
            if step.role is Role.MENTION:
                call = call.with_body(self.registry.real(call.body, service))
                return await hands.send(passing(step, call, self._keys()))
            upload = self.registry.find(service, step, call)
            ended = upload and (upload.done or upload.verdict) and not step.merged
            if step.begins and (upload is None or ended):
                key = Place.parse(step.session or "").read(call)
                upload = self.registry.begin(service, step.of, key)
            if upload is None and step.role in (Role.STATUS, Role.ABORT):
                call = replace(call, url=self.registry.real(call.url.encode(), service).decode())
                if not is_ours(step, call):
                    # No bytes are in it, and the service may know.
                    return await hands.send(passing(step, call, self._keys()))
            if upload is None:
                raise Refused(UNKNOWN)
            async with upload.lock:
                return await self._go_on(upload, step, call, hands)
        except (NoSuchPlace, ValueError) as error:
            raise Refused("a request of the upload is not as its service describes it") from error

    async def _begin(self, service: str, step: UploadStep, call: Call, hands: Hands) -> Reply:
        key = Place.parse(step.session).read(call) if step.session else ""
        upload = self.registry.begin(service, step.of, key)
        async with upload.lock:
            data = document_in(step, call)
            upload.record(recorded(step, call, len(data)))
            note_total(upload, step, call)
            if step.forward:
                one = upload.calls[0]
                reply = await hands.send(going_out(upload, one, one.call, b"", self._keys()))
                if says_no(step, reply):
                    self.registry.drop(upload)
                    return reply
                self._take(upload, step, reply)
                for value in upload.values.values():
                    if value.startswith(("https:", "http:")) and not hands.covers(value):
                        raise Refused("the service sends the upload to a host that is not covered")
                    self.registry.know(service, step.of, value, upload)
                return reply
            if data:
                upload.spool.put(0, data)
            if step.document and is_last(upload, step, call):
                return await self._finish(upload, step, call, hands)
            return answered(step.answer, Names(upload, step, call, data))

    async def _go_on(self, upload: Upload, step: UploadStep, call: Call, hands: Hands) -> Reply:
        if upload.done and step.role in (Role.PART, Role.COMMIT):
            return repeated(upload, step, call, upload.done)
        if upload.verdict and step.role in (Role.PART, Role.COMMIT):
            raise upload.verdict
        data = b""
        start: int | None = 0
        match step.role:
            case Role.ABORT:
                return await self._abort(upload, step, call, hands)
            case Role.STATUS if upload.done and upload.calls[0].step.forward:
                return await hands.send(passing(step, call, self._keys()))
            case Role.STATUS:
                return self._told(upload, step, call)
            case Role.PART | Role.COMMIT if step.document:
                data = document_in(step, call)
                start = put(upload, step, call, data)
        if start is not None:
            upload.record(recorded(step, call, len(data), start))
        note_total(upload, step, call)
        if step.role is Role.COMMIT or is_last(upload, step, call):
            return await self._finish(upload, step, call, hands)
        reply = answered(step.answer, Names(upload, step, call, data, start=start or 0))
        if "part" in step.takes and (place := Place.parse(step.takes["part"])).stands_in(reply):
            upload.told[start or 0] = place.read_any(reply)
        return reply

    async def _abort(self, upload: Upload, step: UploadStep, call: Call, hands: Hands) -> Reply:
        self.registry.drop(upload)
        if upload.calls[0].step.forward:
            return await hands.send(passing(step, call, self._keys()))
        if not upload.done:
            return self._told(upload, step, call)
        one = recorded(step, call, 0)
        aborting = bound(upload, one, Slice(b"", 0, 0))
        return await hands.send(going_out(upload, one, aborting, b"", self._keys()))

    def _told(self, upload: Upload, step: UploadStep, call: Call) -> Reply:
        parts = [
            Names(upload, one.step, one.call, upload.spool.number(one.at), number=one.at)
            for one in sorted(upload.calls, key=lambda one: one.at)
            if one.step.role is Role.PART and not one.step.merged and step.answer.each
        ]
        return answered(step.answer, Names(upload, step, call, b""), parts)

    async def _finish(self, upload: Upload, step: UploadStep, call: Call, hands: Hands) -> Reply:
        """All is here: judge it, and send it.

        One commit may end several uploads; each is sent before the commit, which names them all.
        """
        others = self.registry.others(upload, call) if step.role is Role.COMMIT else []
        whole = {id(one): await _apart(one, whole_of, one) for one in others if not one.done}
        judged = {
            id(one): await self._judged(one, whole[id(one)], hands)
            for one in others
            if not one.done
        }
        upload.order = order(upload, step, call)
        data = await _apart(upload, whole_of, upload, upload.order)
        released = await self._judged(upload, data, hands)
        for other in others:
            if one := judged.get(id(other)):
                reply, done = await self._replay(other, whole[id(other)], one, hands)
                if not done:
                    return reply
                other.done, other.sent_size = reply, len(one.data)
                self.registry.finished(other)
            upload.values |= {f"{other.token}{k}": v for k, v in other.values.items()}
        upload.sent_size = len(released.data)
        if step.offset and EACH in step.offset:
            ended = {one.token: one.sent_size for one in (*others, upload)}
            upload.record(recorded(step, each_offset(step, call, ended), 0))
        reply, done = await self._replay(upload, data, released, hands)
        if done:
            upload.total = len(data)
            names = Names(upload, step, call, data)
            for place, template in step.echo.items():
                at = Place.parse(place)
                if at.stands_in(reply):
                    reply = at.write(reply, filled(template, names))
            upload.done = reply
            changed, lengths = await _apart(upload, changes, upload, data, released.data)
            self.registry.finished(upload, changed, lengths)
        return reply

    async def _judged(self, upload: Upload, data: bytes, hands: Hands) -> Released:
        plan = rung(upload, data, self._keys())
        try:
            released = await hands.judge(data, hint(upload), plan)
        except Exception as error:
            upload.verdict = error
            upload.spool.close()
            raise
        if released.data != data and plan.strategy is Strategy.BLOCK:
            raise Refused(f"what it holds {plan.why}")
        if plan.size not in (None, len(released.data)):
            raise Refused("what may leave is not as large as the client has said already")
        return released

    async def _replay(
        self, upload: Upload, document: bytes, released: Released, hands: Hands
    ) -> tuple[Reply, bool]:
        """The client's requests, with these bytes: the last answer, and whether all went well."""
        reply = Reply()
        upload.parts.clear()
        upload.placed.clear()
        upload.sent = 0
        for one, piece in planned(upload, released.data):
            sent = await _apart(upload, bound, upload, one, piece)
            sent = await _apart(upload, going_out, upload, one, sent, document, self._keys())
            reply = await hands.send(sent)
            if one.step.role is Role.COMMIT:
                reply = as_expected(one, sent, await _settled(sent, reply, hands))
            if says_no(one.step, reply):
                return reply, False
            upload.sent += one.step.role is Role.PART
            self._take(upload, one.step, reply)
            if not one.step.merged:
                name = str(upload.parts[-1]) if "part" in one.step.takes else ""
                upload.placed.append(Placed(name, piece.bytes))
            if one.step.skip_if and one.step.skip_if.shows(reply):
                return reply, True
        return reply, True

    def _take(self, upload: Upload, step: UploadStep, reply: Reply) -> None:
        if step.tells and not (step.skip_if and step.skip_if.shows(reply)):
            upload.way = told(step.tells, reply)
        for name, text in step.takes.items():
            place = Place.parse(text)
            if name == "part":
                upload.parts.append(place.read_any(reply))
            elif place.stands_in(reply):
                upload.values[name] = place.read(reply)
            elif not step.skip_if:
                raise Refused("the service's answer is not as its profile describes it")


async def _apart[**P, R](
    upload: Upload, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Done here, or in a thread where the document is so large that others would wait."""
    if upload.spool.written <= _LARGE:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


async def _settled(call: Call, reply: Reply, hands: Hands) -> Reply:
    """The answer of a service that has to put the parts together first (RFC 9110 §15.3.3)."""
    for _ in range(_COMMIT_TRIES):
        wait = reply.header("retry-after") or ""
        if reply.status != 202 or not wait.isdecimal():
            break
        await asyncio.sleep(min(int(wait), _LONGEST_WAIT))
        reply = await hands.send(call)
    return reply
