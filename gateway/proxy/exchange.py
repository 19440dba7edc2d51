"""One request to a service, before its body is looked at."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from mitmproxy import http

from gateway.model import Destination, Hint, Item, Outcome, Surface
from gateway.outcomes import blocked_outcome
from gateway.proxy import head, signed, upgrade
from gateway.proxy.gate import Scope
from gateway.services import Route
from gateway.settings import MIB, Limits

# Larger bodies are hashed, searched and decoded outside the event loop.
INLINE = MIB // 4

# RFC 9110 §5.6.2. HTTP/2 carries any bytes in these places, and HTTP/1 would cut at a space.
_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(r"[^\x00-\x20\x7f#]+")  # RFC 9112 §3.2 has no fragment


class Blocked(Exception):
    """The request may not leave: an answer, not an error.

    Args:
        outcome: with verdict block; its reason is a whole sentence.
        item: what was judged, when the inspector has not recorded it already.
    """

    def __init__(self, outcome: Outcome, item: Item | None = None) -> None:
        super().__init__(outcome.reference)
        self.outcome = outcome
        self.item = item


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request to a host of a service profile, and what is known of it.

    Args:
        flow: the request.
        scope: the host that it concerns.
        route: what it does there.
        limits: budgets for its body.
    """

    flow: http.HTTPFlow
    scope: Scope
    route: Route
    limits: Limits

    @property
    def request(self) -> http.Request:
        """The request itself."""
        return self.flow.request

    @property
    def destination(self) -> Destination:
        """What policy judges by."""
        return self.route.destination(self.scope.host)

    @property
    def hint(self) -> Hint:
        """What the headers claim about the body."""
        name = head.file_name(self.request.path, self.request.headers.fields)
        return Hint(name, self.request.headers.get("content-type", ""))

    def item(self, data: bytes, hint: Hint) -> Item:
        """Something of this request that wants to leave."""
        return Item(data, hint, self.destination, Surface.PROXY)

    def blocked(self, why: str, data: bytes = b"") -> Blocked:
        """A refusal that only the proxy knows of."""
        item = self.item(data, Hint(media_type=self.request.headers.get("content-type", "")))
        return Blocked(blocked_outcome(item, why, rule="proxy"), item)

    async def held(self, why: str, data: bytes) -> Blocked:
        """A refusal of data that may be large and is hashed for the record."""
        if len(data) > INLINE:
            return await asyncio.to_thread(self.blocked, why, data)
        return self.blocked(why, data)

    def too_large(self) -> Blocked:
        """The refusal of a body over the limit."""
        most = self.limits.item_bytes / MIB
        return self.blocked(f"the upload is larger than {most:,.0f} MiB and cannot be inspected")

    def refuse_early(self) -> None:
        """Refuse what needs no look at the body.

        Raises:
            Blocked: with the reason.
        """
        request = self.request
        hosts = request.headers.get_all("host")
        if not self.scope.agreed:
            raise self.blocked("the connection and the request name different hosts")
        if len(hosts) > 1 or not (hosts or request.authority):
            raise self.blocked("the request does not name exactly one host")
        if not (_METHOD.fullmatch(request.method) and _TARGET.fullmatch(request.path)):
            raise self.blocked("the request's method or address could be misread")
        if not request.path.startswith("/") and (request.method, request.path) != ("OPTIONS", "*"):
            raise self.blocked("the request's method or address could be misread")
        if request.http_version not in ("HTTP/1.0", "HTTP/1.1") and not (
            request.is_http2 and self.flow.client_conn.alpn == b"h2"
        ):
            raise self.blocked("the request is in no version of HTTP that can be inspected")
        if signed.wants_upgrade(request) and (why := upgrade.why_not(request, self.route)):
            raise self.blocked(why)
        if request.headers.get("transfer-encoding", "chunked").strip().lower() != "chunked":
            raise self.blocked("its transfer encoding cannot be inspected")
        if not self.route.supported:
            raise self.blocked(self.route.why)
        declared = request.headers.get("content-length", "0")
        if declared.isascii() and declared.isdecimal() and int(declared) > self.limits.item_bytes:
            raise self.too_large()
