"""How the proxy says no."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from mitmproxy import http

from gateway.model import Outcome
from gateway.outcomes import PRODUCT, new_reference
from gateway.services import Catalog, Route, rpc

__all__ = ["in_shape", "new_reference", "plain", "raw_page", "sentence", "with_place"]

_log = logging.getLogger(__name__)
REFERENCE = "X-Gateway-Reference"


def sentence(why: str, reference: str) -> str:
    """The sentence that people see when the proxy itself refuses."""
    return f"Blocked by {PRODUCT}: {why} (ref {reference})"


def with_place(outcome: Outcome) -> Outcome:
    """A refusal that says which part of the request it is about.

    A file says its name. A chat or a form has none, and holds many things; the first that was
    unreadable, or that holds what was counted, is told by its address ("$.messages[0].content").
    """
    parts = [one.part for one in outcome.unread if one.part]
    parts += [one.part for one in outcome.findings if one.part and one.entity in outcome.counts]
    said, mark, source = outcome.reason.rpartition(" (")
    if outcome.name or not parts or not source.endswith(f"ref {outcome.reference})"):
        return outcome
    return replace(outcome, reason=f"{said} at {parts[0]}{mark}{source}")


def plain(
    why: str, status: int, flow: http.HTTPFlow | None = None, reference: str = ""
) -> http.Response:
    """A refusal in nobody's particular shape."""
    reference = reference or new_reference()
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    return _response(status, f"{sentence(why, reference)}\n".encode(), headers, reference, flow)


def in_shape(
    catalog: Catalog, route: Route, message: str, reference: str, flow: http.HTTPFlow
) -> http.Response:
    """A refusal as the service itself would make it, so that its clients show the sentence."""
    try:
        refusal = rpc.refusal(flow.request.headers.get("content-type", ""), message)
        refusal = refusal or catalog.refuse(route, message, reference)
        return _response(refusal.status, refusal.body, refusal.headers, reference, flow)
    except Exception as error:  # noqa: BLE001 - a refusal must not fail
        _log.error("the refusal of %s could not be made: %s", route.service, type(error).__name__)
        headers = {"content-type": "text/plain; charset=utf-8"}
        return _response(403, f"{message}\n".encode(), headers, reference, flow)


def raw_page(message: str, status: int) -> bytes:
    """A whole HTTP/1.1 refusal, for a request that has no exchange of its own."""
    body = f"{message}\n".encode()
    return (
        b"HTTP/1.1 %d Refused\r\ncontent-type: text/plain; charset=utf-8\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (status, len(body), body)
    )


def _response(
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    reference: str,
    flow: http.HTTPFlow | None,
) -> http.Response:
    response = http.Response.make(status, body, dict(headers))
    response.headers[REFERENCE] = reference
    if flow is None:
        return response
    if origin := flow.request.headers.get("origin"):
        # Without these a page's script sees "network error" in place of our sentence.
        response.headers["access-control-allow-origin"] = origin
        response.headers["access-control-allow-credentials"] = "true"
        response.headers["vary"] = "origin"
    if flow.request.method.upper() == "HEAD":
        response.data.content = b""
    return response
