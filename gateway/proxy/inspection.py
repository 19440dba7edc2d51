"""The road of one request: exchange, items, verdicts, exchange.

Read :meth:`Inspection.request` and :meth:`Inspection._judge`; what stands before them says no
early, what stands after them carries the answer out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from mitmproxy import http

from gateway.errors import CannotEdit, Unreadable
from gateway.model import (
    Destination,
    Hint,
    Inspector,
    Item,
    Outcome,
    Purpose,
    Surface,
    Verdict,
)
from gateway.outcomes import blocked_outcome
from gateway.proxy import answers, head, signed, upgrade
from gateway.proxy.binding import Binding
from gateway.proxy.decode import Decoded, codings, decode
from gateway.proxy.exchange import INLINE, Blocked, Exchange
from gateway.proxy.gate import Gate, Scope
from gateway.proxy.sending import Sender
from gateway.proxy.targets import Resolver
from gateway.proxy.uploads import HeldUploads, Told
from gateway.proxy.verdicts import by_rule, check_said, counted
from gateway.services import Catalog, clients
from gateway.services.echoes import Echo
from gateway.services.signatures import SigningKeys
from gateway.services.uploads import UploadStep
from gateway.settings import Limits

_log = logging.getLogger(__name__)

# Waiting for a free worker does not count against an item; waiting for ever does.
_GRACE_SECONDS = 30.0
_ECHO = "gateway.echo"
_OWN_ADDRESS = "this is the address of the gateway's own proxy"


class Inspection:
    """The addon that judges requests.

    Args:
        inspector: gives verdicts.
        catalog: knows the services.
        gate: takes releases.
        resolver: knows where the proxy itself listens.
        limits: budgets for one item.
        record: called with each refusal that the inspector does not know of.
        sender: sends the uploads that were held.
        spool: a folder for large ones.
        keys: those of the user with which requests may be signed again.
    """

    def __init__(
        self,
        inspector: Inspector,
        catalog: Catalog,
        gate: Gate,
        resolver: Resolver,
        limits: Limits,
        record: Callable[[Item, Outcome], None] | None,
        sender: Sender,
        spool: Path | None = None,
        keys: Callable[[], SigningKeys] = SigningKeys,
    ) -> None:
        self._inspector = inspector
        self._keys = keys
        self._catalog = catalog
        self._gate = gate
        self._resolver = resolver
        self._limits = limits
        self._record = record
        self.deadline = limits.wall_seconds + _GRACE_SECONDS
        self._uploads = HeldUploads(sender, self._verdicts_in_time, limits, spool, keys)

    def done(self) -> None:
        """The proxy ends: what it held goes with it."""
        self._uploads.close()

    async def http_connect(self, flow: http.HTTPFlow) -> None:
        """A client wants a tunnel."""
        flow.response = answers.plain("the gateway failed at this tunnel", 503)
        if await self._resolver.leads_here(flow.request.host, flow.request.port):
            flow.response = answers.plain(_OWN_ADDRESS, 403)
            return
        if not self._gate.scope(flow).covered:
            self._gate.pass_through(flow)
        flow.response = None

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """The head of a request is here: pass what is not ours, refuse what can be refused now."""
        for name in ("proxy-authorization", "proxy-connection"):
            flow.request.headers.pop(name, None)
        scope = self._gate.scope(flow)
        if not scope.covered:
            await self._pass(flow)
            return
        try:
            self._exchange(flow, scope).refuse_early()
        except Blocked as blocked:
            flow.response = await self._refusal(flow, blocked)
            flow.request.headers.pop("expect", None)  # no "100 Continue" before a refusal

    async def request(self, flow: http.HTTPFlow) -> None:
        """A whole request is here: the answer is a refusal until this method is through."""
        scope = self._gate.scope(flow)
        if not scope.covered:
            await self._pass(flow)
            return
        try:
            exchange = self._exchange(flow, scope)
            if self._uploads.is_preflight(exchange):
                flow.response = self._uploads.preflight(exchange)
                return
            step = self._catalog.upload_step(exchange.route)
            if step and (answer := await self._held(exchange, step)):
                flow.response = answer
                return
            if not signed.is_signed(flow.request):
                flow.request.data.path = self._uploads.real(exchange, flow.request.data.path)
            exchange = self._exchange(flow, scope)
            body = await self._in_time(exchange)
            if signed.wants_upgrade(flow.request):
                upgrade.begin(exchange)
        except Blocked as blocked:
            flow.response = await self._refusal(flow, blocked)
        except Exception as error:  # noqa: BLE001 - whatever failed, the answer stays no
            flow.response = await self._failure(flow, scope, error)
        else:
            self._gate.release(flow, body)
            flow.response = None

    async def _held(self, exchange: Exchange, step: UploadStep) -> http.Response | None:
        """The answer to one request of an upload that takes several; ``None`` if it is none.

        Raises:
            Blocked: nothing may leave.
        """
        exchange.refuse_early()
        raw = exchange.request.raw_content or b""
        if len(raw) > self._limits.item_bytes:
            raise exchange.too_large()
        decoded = await self._decoded(exchange, raw)
        if not self._uploads.takes(exchange, step, decoded.data):
            return None
        told = self._uploads.told(exchange, step, decoded.data)
        said = self._said(exchange, decoded, told)
        return await self._uploads.answer(exchange, step, raw, decoded.data, said)

    async def responseheaders(self, flow: http.HTTPFlow) -> None:
        """An answer begins: it is passed on piece by piece, without offers of HTTP/3."""
        echo: Echo | None = flow.metadata.pop(_ECHO, None)
        if flow.response is not None:
            flow.response.headers.pop("alt-svc", None)  # RFC 7838
            flow.response.stream = True
            if echo and flow.response.status_code < 300:
                await asyncio.to_thread(signed.put_echo, flow.response, echo)

    def too_large(self, flow: http.HTTPFlow) -> http.Response:
        """The refusal of a body that grew over the limit while it came in."""
        blocked = self._exchange(flow, self._gate.scope(flow)).too_large()
        if self._record and blocked.item:
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self._note, blocked.item, blocked.outcome)
        return self._shaped(flow, blocked.outcome)

    async def _pass(self, flow: http.HTTPFlow) -> None:
        """Let a plain-HTTP request to a host outside the profiles go, unread."""
        request = flow.request
        if await self._resolver.leads_here(request.host, request.port):
            flow.response = answers.plain(_OWN_ADDRESS, 403, flow)
            return
        # A proxy does not pass offers of other protocols on (RFC 9110 §7.8).
        if signed.wants_upgrade(request):
            for name in ("upgrade", "http2-settings", "connection"):
                request.headers.pop(name, None)
        self._gate.pass_through(flow)
        request.stream = True
        flow.response = None

    def _exchange(self, flow: http.HTTPFlow, scope: Scope) -> Exchange:
        route = self._catalog.route(scope.host, flow.request.method, flow.request.path)
        return Exchange(flow, scope, route, self._limits)

    async def _verdicts_in_time(self, exchange: Exchange, items: list[Item]) -> list[Outcome]:
        try:
            return await asyncio.wait_for(self._verdicts(items), self.deadline)
        except TimeoutError as error:
            why = f"there was no verdict within {self.deadline:.0f} seconds"
            raise exchange.blocked(why) from error

    async def _in_time(self, exchange: Exchange) -> bytes:
        clock = asyncio.timeout(self.deadline)
        try:
            async with clock:
                return await self._judge(exchange)
        except TimeoutError as error:
            if not clock.expired():
                raise
            why = f"there was no verdict within {self.deadline:.0f} seconds"
            raise exchange.blocked(why) from error

    async def _judge(self, exchange: Exchange) -> bytes:
        """The body that may leave, with the headers made to fit it.

        Raises:
            Blocked: nothing may leave.
        """
        exchange.refuse_early()
        raw = exchange.request.raw_content or b""
        if len(raw) > self._limits.item_bytes:
            raise exchange.too_large()
        signed.set_length(exchange.request, raw)
        if not exchange.route.inspect:
            return raw
        decoded = await self._decoded(exchange, raw)
        fixed = signed.is_signed(exchange.request)
        known = decoded.data if fixed else self._uploads.real(exchange, decoded.data)
        if known is not decoded.data:  # it speaks of an upload that was held here
            raw, decoded = known, Decoded(known, decoded.names)
            exchange.request.headers.pop("content-encoding", None)
            signed.set_length(exchange.request, raw)
        await self._refuse_parts(exchange, decoded.data)
        said = self._said(exchange, decoded)
        binding = await self._binding(exchange, raw, decoded.data)
        body = binding.judged(exchange.item(decoded.data, exchange.hint))
        asked = bool(said.data) and not (body.data and _only_names_the_step(exchange, said))
        outcomes = await self._verdicts([said] * asked + [body] * bool(body.data))
        if asked:
            check_said(said, outcomes[0])
        return await self._released(exchange, binding, body, outcomes[-1]) if body.data else raw

    async def _binding(self, exchange: Exchange, raw: bytes, data: bytes) -> Binding:
        keeps = self._catalog.keeps(exchange.route)
        known = exchange.request, raw, data, self._keys(), keeps
        if len(raw) > INLINE:
            return await asyncio.to_thread(Binding.of, *known)
        return Binding.of(*known)

    async def _decoded(self, exchange: Exchange, raw: bytes) -> Decoded:
        applied = codings(exchange.request.headers.get_all("content-encoding"))
        framed = signed.is_framed(exchange.request)
        if not (applied or framed) or not raw:
            return Decoded(raw)
        try:
            if framed:
                raw = await asyncio.to_thread(signed.unframed, exchange.request, raw)
                applied = tuple(one for one in applied if one != signed.FRAMING)
            return await asyncio.to_thread(decode, raw, applied, self._limits)
        except Unreadable as error:
            raise await exchange.held(str(error), raw) from error

    async def _refuse_parts(self, exchange: Exchange, data: bytes) -> None:
        """Refuse a piece of a larger upload: a value can be cut by its border."""
        names = [name.decode("latin-1") for name, _ in exchange.request.headers.fields]
        search = self._catalog.why_partial
        if len(data) > INLINE:
            why = await asyncio.to_thread(search, exchange.route, names, data)
        else:
            why = search(exchange.route, names, data)
        if why:
            raise await exchange.held(why, data)

    def _said(self, exchange: Exchange, decoded: Decoded, told: Told | None = None) -> Item:
        """The item of everything that the request says outside its body; may be empty.

        Args:
            exchange: the request.
            decoded: its body.
            told: its address and headers, where not all of them are its client's own words.
        """
        request = exchange.request
        trailers = request.trailers.fields if request.trailers else ()
        target, fields = told or (request.path, request.headers.fields)
        if keeps := self._catalog.keeps(exchange.route):
            target, fields = head.without_words(keeps, target, fields)
        # An address that the service itself made up says nothing of the user's.
        target = "/" if self._uploads.is_given(exchange) else target
        text = head.lines(target, (*fields, *trailers))
        text += "".join(f"file name: {name}\n" for name in decoded.names)
        return exchange.item(text.encode("utf-8", "replace"), Hint(media_type="text/plain"))

    async def _verdicts(self, items: list[Item]) -> list[Outcome]:
        """One outcome for each item, judged at the same time."""
        futures = [asyncio.wrap_future(self._inspector.submit(item)) for item in items]
        if futures:
            # Unlike gather, this cancels nothing: a worker would stumble over a cancelled future.
            await asyncio.wait(futures)
        return [future.result() for future in futures]

    async def _released(
        self, exchange: Exchange, binding: Binding, item: Item, outcome: Outcome
    ) -> bytes:
        """Carry out the verdict on the body."""
        if outcome.verdict is Verdict.BLOCK:
            raise Blocked(outcome)
        # Checks both hashes, so that what leaves is what was judged.
        if len(item.data) > INLINE:
            data = await asyncio.to_thread(outcome.release, item)
        else:
            data = outcome.release(item)
        if data == item.data:
            return binding.call.body
        request = exchange.request
        if client := clients.recognise(request.headers.items(multi=True)):
            why = client.why_refused(counted(outcome) + by_rule(outcome))
            raise await exchange.held(why, item.data)
        try:
            if len(data) > INLINE:
                body, echo = await asyncio.to_thread(binding.changed, request, data)
            else:
                body, echo = binding.changed(request, data)
        except CannotEdit as error:
            why = f"{counted(outcome)}{by_rule(outcome)} {error}"
            raise await exchange.held(why, item.data) from error
        if exchange.route.purpose is Purpose.STORAGE:
            exchange.flow.metadata[_ECHO] = echo
        return body

    async def _failure(self, flow: http.HTTPFlow, scope: Scope, error: Exception) -> http.Response:
        """Something went wrong on the way to a verdict."""
        _log.error("a request to %s could not be judged: %s", scope.host, type(error).__name__)
        item = Item(b"", destination=Destination(host=scope.host), surface=Surface.PROXY)
        why = f"the request could not be inspected ({type(error).__name__})"
        outcome = blocked_outcome(item, why, rule="proxy")
        if self._record:
            await asyncio.to_thread(self._note, item, outcome)
        return answers.plain(why, 503, flow, outcome.reference)

    async def _refusal(self, flow: http.HTTPFlow, blocked: Blocked) -> http.Response:
        # An upload remembers it; the frames that it came through hold the document.
        blocked.__traceback__ = blocked.__cause__ = blocked.__context__ = None
        if blocked.item and self._record:
            await asyncio.to_thread(self._note, blocked.item, blocked.outcome)
        return self._shaped(flow, answers.with_place(blocked.outcome))

    def _note(self, item: Item, outcome: Outcome) -> None:
        """Record a refusal; one that cannot be recorded is still a refusal."""
        assert self._record
        try:
            self._record(item, outcome)
        except Exception as error:  # noqa: BLE001
            _log.error("a refusal could not be recorded: %s", type(error).__name__)

    def _shaped(self, flow: http.HTTPFlow, outcome: Outcome) -> http.Response:
        scope = self._gate.scope(flow)
        route = self._catalog.route(scope.host, flow.request.method, flow.request.path)
        return answers.in_shape(self._catalog, route, outcome.reason, outcome.reference, flow)


def _only_names_the_step(exchange: Exchange, said: Item) -> bool:
    """Whether the head says nothing but a path that stands word for word in the profile."""
    path = exchange.request.path.partition("?")[0]
    return exchange.route.spelled and said.data == f"path: {path}\n".encode("utf-8", "replace")
