"""Looking on: each request to a covered host and its answer, handed to somebody who takes notes.

An observer changes nothing and decides nothing. Whatever goes wrong in it is logged by its kind
and ends there; what may leave is decided without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from mitmproxy import http

from gateway.errors import Unreadable
from gateway.proxy import answers
from gateway.proxy.decode import codings, decode
from gateway.proxy.gate import Gate
from gateway.services.wire import Call, Headers, Reply
from gateway.settings import MIB, Limits

_log = logging.getLogger(__name__)
_KEY = "gateway.observed"
_ANSWER_BYTES = 4 * MIB
"""Of an answer; what is longer is noted without its body."""

type _Stream = Callable[[bytes], bytes | Sequence[bytes]]


class TakesNotes(Protocol):
    """Who wants to know; see :class:`gateway.services.recording.Recorder`."""

    def note(self, call: Call, reply: Reply | None, *, refused: bool = False) -> None:
        """One request, its answer if there was one, and whether the gateway said no."""
        ...


class _Seen:
    """A request under way, and as much of its answer as has come."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.answer = bytearray()
        self.too_long = False

    def take(self, data: bytes) -> None:
        if self.too_long:
            return
        self.too_long = len(self.answer) + len(data) > _ANSWER_BYTES
        if self.too_long:
            self.answer.clear()
        else:
            self.answer += data


class SeesRequests:
    """The addon that stands before the inspection: it sees requests as clients sent them."""

    def __init__(self, gate: Gate, limits: Limits) -> None:
        self._gate = gate
        self._limits = limits

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Keep the head: it may be all that is looked at before a refusal."""
        self._keep(flow, b"")

    def request(self, flow: http.HTTPFlow) -> None:
        """Keep the request until its answer is there."""
        self._keep(flow, flow.request.raw_content or b"")

    def _keep(self, flow: http.HTTPFlow, raw: bytes) -> None:
        try:
            scope = self._gate.scope(flow)
            if scope.covered:
                flow.metadata[_KEY] = _Seen(self._call(flow.request, scope.host, raw))
        except Exception as error:  # noqa: BLE001 - looking on must not get in the way
            _log.error("a request could not be noted: %s", type(error).__name__)

    def _call(self, request: http.Request, host: str, raw: bytes) -> Call:
        body = _opened(request, raw, self._limits)
        path = request.path if request.path.startswith("/") else "/"
        return Call(_headers(request), body, request.method.upper(), f"https://{host}{path}")


class SeesAnswers:
    """The addon that stands behind the inspection: it sees what clients are told."""

    def __init__(self, notes: TakesNotes, limits: Limits) -> None:
        self._notes = notes
        self._limits = limits

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """An answer begins: look at it as it passes, without holding it."""
        seen = flow.metadata.get(_KEY)
        if isinstance(seen, _Seen) and flow.response is not None:
            flow.response.stream = _looked_at(seen, flow.response.stream)

    def response(self, flow: http.HTTPFlow) -> None:
        """The answer is whole, or is the gateway's own."""
        seen = flow.metadata.pop(_KEY, None)
        if not isinstance(seen, _Seen):
            return
        try:
            reply = self._reply(seen, flow.response) if flow.response else None
            # Only an answer of our own is whole from the beginning, and has never streamed.
            refused = bool(reply and reply.header(answers.REFERENCE)) and not seen.answer
            self._notes.note(seen.call, reply, refused=refused)
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("an answer could not be noted: %s", type(error).__name__)

    def error(self, flow: http.HTTPFlow) -> None:
        """There will be no answer."""
        seen = flow.metadata.pop(_KEY, None)
        if isinstance(seen, _Seen):
            self._notes.note(seen.call, None)

    def _reply(self, seen: _Seen, response: http.Response) -> Reply:
        raw = bytes(seen.answer) or response.raw_content or b""
        body = _opened(response, raw, self._limits)
        return Reply(_headers(response), body, response.status_code)


def _looked_at(seen: _Seen, stream: object) -> _Stream:
    """A stream function that looks, and then does what was to be done."""

    def look(data: bytes) -> bytes | Sequence[bytes]:
        seen.take(data)
        if callable(stream):
            changed: bytes | Sequence[bytes] = stream(data)
            return changed
        return data

    return look


def _opened(message: http.Message, raw: bytes, limits: Limits) -> bytes:
    """The body without content coding; empty where it cannot be decoded."""
    try:
        return decode(raw, codings(message.headers.get_all("content-encoding")), limits).data
    except Unreadable:
        return b""


def _headers(message: http.Message) -> Headers:
    return tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in message.headers.fields)
