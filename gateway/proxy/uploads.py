"""Uploads that take several requests, at the proxy: held here, judged whole, sent anew."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from mitmproxy import http

from gateway.errors import GatewayError
from gateway.model import Hint, Item, Outcome, Verdict
from gateway.proxy import answers, signed
from gateway.proxy.exchange import INLINE, Blocked, Exchange
from gateway.proxy.sending import Sender, Unsent
from gateway.proxy.verdicts import by_rule, check_said, counted
from gateway.services import clients
from gateway.services.ladder import Plan, Strategy
from gateway.services.places import NoSuchPlace, Place
from gateway.services.signatures import SigningKeys
from gateway.services.uploads import (
    Covered,
    Refused,
    Released,
    Uploads,
    UploadStep,
    Withheld,
    own_places,
    token_in,
)
from gateway.services.uploads.schema import EACH
from gateway.services.wire import Call, Reply
from gateway.settings import Limits

type Told = tuple[str, tuple[tuple[bytes, bytes], ...]]
"""An address (path and query), and headers."""

type Judge = Callable[[Exchange, list[Item]], Awaitable[list[Outcome]]]


class HeldUploads:
    """Answers the requests of such uploads.

    Args:
        sender: asks the services.
        judge: gives an outcome for each item, in time.
        limits: budgets for one document.
        folder: for documents too large for memory.
        keys: those of the user with which requests may be signed again.
    """

    def __init__(
        self,
        sender: Sender,
        judge: Judge,
        limits: Limits,
        folder: Path | None = None,
        keys: Callable[[], SigningKeys] = SigningKeys,
    ) -> None:
        self._sender = sender
        self._judge = judge
        self._uploads = Uploads(limits.item_bytes, folder, keys)

    async def answer(
        self, exchange: Exchange, step: UploadStep, raw: bytes, body: bytes, said: Item
    ) -> http.Response:
        """What the client is told.

        Args:
            exchange: the request.
            step: what it is in its upload.
            raw: its body as sent.
            body: the same without framing and content coding.
            said: everything that it says outside its body.

        Raises:
            Blocked: nothing may leave.
        """
        call = _call(exchange, raw, body)
        hands = _Hands(exchange, self._judge, self._sender)
        try:
            call = await self._judged(exchange, step, call, said)
            reply = await self._uploads.handle(exchange.route.service, step, call, hands)
        except Unsent as error:
            return answers.plain(str(error), 502, exchange.flow)
        except (Refused, GatewayError) as error:
            raise exchange.blocked(str(error)) from error
        return _response(reply) if hands.asked else _allowed(exchange, _response(reply))

    def close(self) -> None:
        """Forget all unfinished uploads."""
        self._uploads.registry.close()

    def takes(self, exchange: Exchange, step: UploadStep, body: bytes) -> bool:
        """Whether a request belongs to such an upload; a step may be for other requests, too."""
        return step.only_if is None or step.only_if.shows(_call(exchange, b"", body))

    def told(self, exchange: Exchange, step: UploadStep, body: bytes) -> Told:
        """A request's address and headers, without what never leaves as the client said it.

        Lengths, offsets, digests and the names of uploads are made anew; to a detector some of
        them look like keys or telephone numbers.
        """
        call = _call(exchange, b"", body)
        texts = [step.range, step.offset, step.number]
        if not step.forward:  # such a request leaves as it is
            texts += [one.at for one in step.declares if one.stands_in(call)]
        session = (step.session or "").replace(EACH, "[0]")
        with contextlib.suppress(NoSuchPlace):  # such a request is refused later
            if session and self._uploads.registry.find(exchange.route.service, step, call):
                texts.append(session)
        for text in filter(None, texts):
            place = Place.parse(text).where(call)
            told = place.kind in ("path", "query") or (
                place.kind == "header" and call.count(place.name) == 1
            )
            if told and place.stands_in(call):
                call = place.write(call, "0")
        fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in call.headers]
        return call.target, tuple(fields)

    def is_given(self, exchange: Exchange) -> bool:
        """Whether the address is one that the service itself made up, for an upload held here."""
        return self._uploads.registry.gave(_call(exchange, b"", b"").url)

    def real(self, exchange: Exchange, data: bytes) -> bytes:
        """A text with the service's own names where those stand that were made here."""
        return self._uploads.registry.real(data, exchange.route.service)

    def is_preflight(self, exchange: Exchange) -> bool:
        """Whether a page asks if it may send bytes to an address that was made up here."""
        request = exchange.request
        token = token_in(request.path) if request.method == "OPTIONS" else ""
        return bool(token) and self._uploads.registry.made(token)

    def preflight(self, exchange: Exchange) -> http.Response:
        """Yes, as the service says to its own pages (Fetch standard, CORS-preflight)."""
        headers = exchange.request.headers
        allowed = {
            "access-control-allow-methods": headers.get("access-control-request-method", "PUT"),
            "access-control-allow-headers": headers.get("access-control-request-headers", "*"),
        }
        return _allowed(exchange, _response(Reply(tuple(allowed.items()), b"", 204)))

    async def _judged(self, exchange: Exchange, step: UploadStep, call: Call, said: Item) -> Call:
        """The request with everything but the document's bytes judged."""
        document = b""
        rest = call
        if step.document:
            place = Place.parse(step.document)
            try:
                document, rest = place.read_bytes(call), place.write(call, b"")
            except NoSuchPlace as error:
                raise Refused("the upload's bytes are not where its service has them") from error
        items = [said] * bool(said.data)
        covered = Covered.of(own_places(step), rest)
        if rest.body:
            data = covered.call.body
            items.append(exchange.item(data, Hint(media_type=exchange.hint.media_type)))
        outcomes = await self._judge(exchange, items)
        if said.data:
            check_said(said, outcomes[0])
        if rest.body:
            outcome = outcomes[-1]
            if outcome.verdict is Verdict.BLOCK:
                raise Blocked(outcome)
            rest = covered.uncovered(outcome.release(items[-1]))
        return Place.parse(step.document).write(rest, document) if step.document else rest


class _Final(Blocked, Withheld):
    """Policy found something; a worker that died, or a time-out, may be another matter next time."""


class _Hands:
    """What an upload may do, on behalf of one request."""

    def __init__(self, exchange: Exchange, judge: Judge, sender: Sender) -> None:
        self._exchange = exchange
        self._judge = judge
        self._sender = sender
        self.asked = False

    async def judge(self, data: bytes, hint: Hint, plan: Plan) -> Released:
        """The document that may leave for this one.

        Raises:
            Blocked: none may; a :class:`_Final` one stays so.
        """
        item = self._exchange.item(data, hint)
        item = replace(item, strategy=str(plan.strategy), size=plan.size)
        (outcome,) = await self._judge(self._exchange, [item])
        if outcome.verdict is Verdict.BLOCK:
            raise _Final(outcome) if outcome.counts else Blocked(outcome)
        if len(data) > INLINE:
            released = await asyncio.to_thread(outcome.release, item)
        else:
            released = outcome.release(item)
        client = clients.recognise(self._exchange.request.headers.items(multi=True))
        if released != data and client:
            why = client.why_refused(counted(outcome) + by_rule(outcome))
            raise await self._exchange.held(why, data)
        if released != data and plan.strategy is Strategy.BLOCK:
            why = f"{counted(outcome)}{by_rule(outcome)} {plan.why}"
            raise await self._exchange.held(why, data)
        return Released(released, outcome.sha256)

    async def send(self, call: Call) -> Reply:
        """The service's answer.

        Raises:
            Unsent: it could not be asked, or named an address without encryption.
        """
        self.asked = True
        if self._exchange.request.scheme == "https" and not call.url.startswith("https:"):
            raise Unsent("the service named an address without encryption")
        return await self._sender.send(call)

    def covers(self, url: str) -> bool:
        """Whether what a client sends to an address comes through the gateway."""
        return self._sender.covers(urlsplit(url).hostname or "")


def _call(exchange: Exchange, raw: bytes, body: bytes) -> Call:
    request = exchange.request
    sent = signed.call_of(request, raw)
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.headers.fields
        if name.lower() != b"content-encoding"
    )
    host = exchange.scope.host
    default = 443 if request.scheme == "https" else 80
    place = host if request.port == default else f"{host}:{request.port}"
    url = f"{request.scheme}://{place}{request.path}"
    if sent.host != host or sent.port != request.port:
        sent = replace(sent, url=url)
    return replace(Call(headers, body), method=request.method.upper(), url=url, sent=sent)


def _response(reply: Reply) -> http.Response:
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    return http.Response.make(reply.status, reply.body, fields)


def _allowed(exchange: Exchange, response: http.Response) -> http.Response:
    """An answer of ours that pages may read; what the service answers says that itself."""
    if origin := exchange.request.headers.get("origin"):
        response.headers.setdefault("access-control-allow-origin", origin)
        response.headers.setdefault("access-control-allow-credentials", "true")
        response.headers.setdefault("access-control-expose-headers", "*")
    return response
