"""Uploads that take several requests: held, judged as one document, then sent.

The client's requests are answered here until the last has come. Then the document is judged as a
whole, so that no border between parts can cut a value, and the client's own requests go to the
service in their order, with everything recomputed that depends on the bytes. A profile says where
these things stand; this module does not know any service.

Read :meth:`Uploads.handle`, then :meth:`Uploads._finish`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from gateway.services.ladder import Strategy
from gateway.services.places import NoSuchPlace, Place
from gateway.services.signatures import SigningKeys
from gateway.services.uploads.arrivals import is_over, taken
from gateway.services.uploads.bindings import as_expected, going_out, passing, rung
from gateway.services.uploads.hands import Hands, apart, settled
from gateway.services.uploads.listing import Placed
from gateway.services.uploads.names import Names
from gateway.services.uploads.pieces import each_offset, order
from gateway.services.uploads.refused import UNKNOWN, Refused, Withheld
from gateway.services.uploads.registry import Registry
from gateway.services.uploads.replay import (
    Slice,
    bound,
    changes,
    hint,
    planned,
)
from gateway.services.uploads.requests import (
    check_once,
    document_in,
    in_part,
    is_last,
    is_ours,
    note_total,
    recorded,
    repeated,
    says_no,
    whole_of,
)
from gateway.services.uploads.schema import EACH, Role, UploadStep
from gateway.services.uploads.session import Released, Upload
from gateway.services.uploads.templates import answered, filled
from gateway.services.uploads.told import told
from gateway.services.wire import Call, Reply


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
            check_once(step, call)
            if step.role is Role.INIT:
                return await self._begin(service, step, call, hands)
            if step.role is Role.MENTION:
                call = call.with_body(self.registry.real(call.body, service, speaks=True))
                return await hands.send(passing(step, call, self._keys()))
            upload = self.registry.find(service, step, call)
            if step.begins and (upload is None or await is_over(upload, step, call)):
                upload = self.registry.begin(service, step, call)
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
        upload = self.registry.begin(service, step, call)
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
                    self.registry.know(upload, value)
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
        match step.role:
            case Role.ABORT:
                return await self._abort(upload, step, call, hands)
            case Role.STATUS if upload.done and upload.calls[0].step.forward:
                return await hands.send(passing(step, call, self._keys()))
            case Role.STATUS:
                return self._told(upload, step, call)
        data = document_in(step, call)
        start = await taken(upload, step, call, data)
        if start is not None:
            upload.record(recorded(step, call, len(data), start))
        note_total(upload, step, call)
        if step.role is Role.COMMIT or is_last(upload, step, call):
            upload.ended_by = upload.latest
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
            for one in sorted(upload.calls if step.answer.each else (), key=lambda one: one.at)
            if one.step.role is Role.PART and not (one.step.merged or upload.done)
        ]
        return answered(step.answer, Names(upload, step, call, b""), parts)

    async def _finish(self, upload: Upload, step: UploadStep, call: Call, hands: Hands) -> Reply:
        """All is here: judge it, and send it.

        One commit may end several uploads; each is sent before the commit, which names them all.
        """
        others = self.registry.others(upload, step, call) if step.role is Role.COMMIT else []
        ready = await self._ready(others, hands)
        upload.order = order(upload, step, call)
        data = await apart(upload, whole_of, upload, upload.order)
        released = await self._judged(upload, data, hands)
        for other, whole, freed in ready:
            reply, done = await self._replay(other, whole, freed, hands)
            if not done:
                return reply
            other.done, other.sent_size = reply, len(freed.data)
            self.registry.finished(other)
        for other in others:
            upload.values |= other.named()
        if step.role is Role.COMMIT:
            upload.values |= self.registry.names_in(call)
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
            changed, lengths = await apart(upload, changes, upload, data, released.data)
            self.registry.finished(upload, changed, lengths)
        return reply

    async def _ready(
        self, others: Sequence[Upload], hands: Hands
    ) -> list[tuple[Upload, bytes, Released]]:
        """Those that are not with the service yet, with their documents and what may leave."""
        ready: list[tuple[Upload, bytes, Released]] = []
        for other in others:
            if other.verdict:
                raise other.verdict
            if not other.done:
                whole = await apart(other, whole_of, other)
                ready.append((other, whole, await self._judged(other, whole, hands)))
        return ready

    async def _judged(self, upload: Upload, data: bytes, hands: Hands) -> Released:
        plan = rung(upload, data, self._keys())
        try:
            released = await hands.judge(data, hint(upload), plan)
        except Withheld as error:
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
        reply = Reply(status=503)
        upload.parts.clear()
        upload.placed.clear()
        upload.sent = 0
        for one, piece in planned(upload, released.data):
            sent = await apart(upload, bound, upload, one, piece)
            sent = await apart(upload, going_out, upload, one, sent, document, self._keys())
            reply = await hands.send(sent)
            if one.step.role is Role.COMMIT:
                reply = as_expected(one, sent, await settled(sent, reply, hands))
            if says_no(one.step, reply) and not in_part(one.step, sent, reply):
                # A range of what was sent would say nothing to the client, who has other bytes.
                return (Reply(status=503) if reply.status == 308 else reply), False
            upload.sent += one.step.role is Role.PART
            self._take(upload, one.step, reply)
            if not one.step.merged:
                name = str(upload.parts[-1]) if "part" in one.step.takes else ""
                upload.placed.append(Placed(name, piece.bytes))
            if one.step.skip_if and one.step.skip_if.shows(reply):
                return reply, True
        return reply, reply.status < 300

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
