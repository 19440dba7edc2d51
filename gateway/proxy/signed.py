"""The head of a request and its body, in agreement: signatures, lengths, protocol changes."""

from __future__ import annotations

from mitmproxy import http

from gateway.services import awschunked
from gateway.services.echoes import Echo
from gateway.services.signatures import signatures
from gateway.services.wire import Call

FRAMING = awschunked.CODING


def call_of(request: http.Request, raw: bytes) -> Call:
    """A request as plain data.

    Args:
        request: its head.
        raw: its body as sent.
    """
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.fields
    ]
    host = request.headers.get("host") or request.authority or request.pretty_host
    if "host" not in request.headers:  # HTTP/2 has it elsewhere
        headers.insert(0, ("Host", host))
    url = f"{request.scheme}://{host}{request.path}"
    return Call(tuple(headers), raw, request.method.upper(), url)


def put(request: http.Request, old: Call, new: Call) -> None:
    """Make a request what a changed call says; its body is left to the gate.

    Args:
        request: is changed.
        old: from :func:`call_of`.
        new: the same with changes.
    """
    had_host = "host" in request.headers
    request.headers.fields = tuple(
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in new.headers
        if had_host or name.lower() != "host"
    )
    if new.url != old.url:
        request.path = new.url.removeprefix(old.url.removesuffix(request.path))
    request.trailers = None  # they are about the body that was
    request.headers.pop("trailer", None)
    set_length(request, new.body)


def put_echo(response: http.Response, echo: Echo) -> None:
    """Let an answer speak of the bytes that the client sent."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.fields
    )
    response.headers.fields = tuple(
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in echo.told(headers)
    )


def is_framed(request: http.Request) -> bool:
    """Whether a body is framed as ``aws-chunked``."""
    headers = request.headers
    return (
        "x-amz-content-sha256" in headers or "content-encoding" in headers
    ) and awschunked.is_chunked(call_of(request, b""))


def unframed(request: http.Request, raw: bytes) -> bytes:
    """A body without its ``aws-chunked`` framing.

    Raises:
        Unreadable: framing and headers do not agree, or the framing is damaged.
    """
    return awschunked.opened(call_of(request, raw)).data


def is_signed(request: http.Request) -> bool:
    """Whether a request is signed, so that nothing in it can simply be put in another's place."""
    return bool(signatures(call_of(request, b"")))


def wants_upgrade(request: http.Request) -> bool:
    """Whether the client asks to leave HTTP (WebSocket, h2c, anything)."""
    headers = request.headers
    return (
        "upgrade" in headers
        or "sec-websocket-key" in headers
        or "upgrade" in headers.get("connection", "").lower()
        or "http2-settings" in headers
    )


def set_length(request: http.Request, body: bytes) -> None:
    """Declare the length of a body that is held whole.

    Always needed: an HTTP/2 request may have none, and sent on as HTTP/1.1 it would arrive
    empty.
    """
    had_coding = request.headers.pop("transfer-encoding", None) is not None
    wants = had_coding or request.method.upper() in ("POST", "PUT", "PATCH")
    if body or wants or "content-length" in request.headers:
        request.headers["content-length"] = str(len(body))
