"""A cloud service on loopback, as strict as its vendor's documentation.

A service is a subclass of :class:`StandIn` with its host names and methods marked by
:func:`route`. It keeps every request, says no in the service's own words wherever a length, hash,
range, order or token is wrong, and keeps in :attr:`StandIn.stored` what the service would keep::

    class Notes(StandIn):
        hosts = ("notes.example.com",)

        @route("PUT /files/{name}")
        def put(self, request: Request, name: str) -> Reply:
            if request.header("Digest") != sha(request.body):
                raise Fault(400, "badDigest", "the digest does not fit")
            self.stored[name] = request.body
            return reply({"size": len(request.body)}, 201)

    with Notes(authority) as notes: ...

Clients reach it by TLS at ``notes.port`` (any of its names by SNI), or use ``notes.proxy_url`` as
their HTTPS proxy: the port also answers CONNECT, and every tunnel ends at the service itself.
"""

from __future__ import annotations

import re
import ssl
import threading
import traceback
from collections.abc import Callable
from typing import ClassVar, Self
from urllib.parse import unquote

from support.standins.bodies import layers
from support.standins.exchange import Fault, Reply, Request, reply
from support.standins.serving import Server
from support.upstream import TestAuthority

__all__ = ["Fault", "Reply", "Request", "StandIn", "reply", "route"]

type Handler = Callable[..., Reply]


def route[H: Handler](line: str, *, host: str = "") -> Callable[[H], H]:
    """Mark a method as the answer to ``METHOD|METHOD /path/{name}``.

    ``{name}`` stands for a piece of one segment, ``{name*}`` for any number of segments; both are
    handed to the method, percent-decoded. The query is no part of it. The first method that fits
    answers, in the order of the class (a subclass's own before its parents').

    Args:
        line: methods and path.
        host: only on this host.
    """
    methods, _, path = line.partition(" ")
    pattern = "".join(
        _wild(piece) if piece.startswith("{") else re.escape(piece)
        for piece in re.split(r"(\{[a-z_]+\*?\})", path)
    )
    entry = (tuple(methods.split("|")), re.compile(pattern), host)

    def mark(handler: H) -> H:
        handler.routes = [*getattr(handler, "routes", ()), entry]  # type: ignore[attr-defined]
        return handler

    return mark


def _wild(piece: str) -> str:
    name = piece.strip("{*}")
    return f"(?P<{name}>.*)" if piece.endswith("*}") else f"(?P<{name}>[^/]+?)"


class StandIn:
    """The base of all services; ``with Service(authority) as service``.

    Args:
        authority: signs its certificates.

    Attributes:
        requests: every request, in order of arrival.
        faults: every answer of 400 and above and everything that broke, one line each; a test
            that expects none asserts ``[] == service.faults``.
        stored: what the service keeps, by the name that it keeps it under.
        port: on 127.0.0.1.
    """

    hosts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, authority: TestAuthority) -> None:
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self.stored: dict[str, bytes] = {}
        self._authority = authority
        self._lock = threading.RLock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._routes = [
            (*entry, handler)
            for kind in type(self).__mro__
            for handler in vars(kind).values()
            for entry in getattr(handler, "routes", ())
        ]

    # -- what a service may change ---------------------------------------------------------

    def refuse(self, fault: Fault) -> Reply:
        """The service's own shape of an error."""
        return reply({"error": {"code": fault.code, "message": fault.message}}, fault.status)

    def check(self, request: Request) -> None:
        """Look at every request before its route is looked up (tokens, versions).

        Raises:
            Fault: it may not pass.
        """

    # -- for tests -------------------------------------------------------------------------

    @property
    def proxy_url(self) -> str:
        """An HTTPS proxy whose every tunnel ends at this service."""
        return f"http://127.0.0.1:{self.port}"

    def holds(self, canary: bytes) -> bool:
        """Whether a value arrived in a request or is stored, under an encoding we can undo."""
        heads = (f"{r.method} {r.host} {unquote(r.target)} {r.headers}" for r in self.requests)
        places = [*(head.encode("utf-8", "replace") for head in heads)]
        places += [request.target.encode() for request in self.requests]
        places += [request.body for request in self.requests]
        places += [name.encode("utf-8", "replace") for name in self.stored]
        places += self.stored.values()
        return any(canary in layer for place in places for layer in layers(place))

    def bytes_received(self) -> int:
        """Size of all bodies together."""
        return sum(len(request.body) for request in self.requests)

    def forget(self) -> None:
        """Drop requests and faults; what is stored stays."""
        self.requests.clear()
        self.faults.clear()

    def __enter__(self) -> Self:
        self._server = Server(("127.0.0.1", 0), self)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.close_all()
        self._server.server_close()
        self._thread.join(5)

    # -- the road of one request -----------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """Check, look up the route, answer; keep request and fault."""
        with self._lock:
            self.requests.append(request)
            try:
                self.check(request)
                return self._routed(request)
            except Fault as fault:
                self.faults.append(f"{fault.status} {request.method} {request.path}: {fault}")
                refusal = self.refuse(fault)
                return Reply(
                    refusal.status, {**dict(refusal.headers), **fault.headers}, refusal.body
                )
            except Exception as error:
                self.fault(f"500 {request.method} {request.path}: {_where(error)}")
                return self.refuse(Fault(500, "internalError", type(error).__name__))

    def fault(self, line: str) -> None:
        """Keep a fault."""
        with self._lock:
            self.faults.append(line)

    def _routed(self, request: Request) -> Reply:
        known = False
        for methods, pattern, host, handler in self._routes:
            found = pattern.fullmatch(request.path)
            if not found or (host and host != request.host):
                continue
            known = True
            if request.method in methods:
                values = {name: unquote(value) for name, value in found.groupdict().items()}
                answer: Reply = handler(self, request, **values)
                return answer
        if known:
            raise Fault(405, "methodNotAllowed", f"no {request.method} here")
        raise Fault(404, "notFound", f"no such path: {request.method} {request.path}")

    def context(self, name: str) -> ssl.SSLContext:
        """TLS for one of the service's names; any other name is a :class:`KeyError`."""
        with self._lock:
            if name not in self.hosts:
                raise KeyError(name)
            if name not in self._contexts:
                made = self._contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                made.load_cert_chain(self._authority.issue(name))
                made.set_alpn_protocols(["http/1.1"])
            return self._contexts[name]


def _where(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} (line {last.lineno} of {last.name})"
