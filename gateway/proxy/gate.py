"""The rule of the house: undecided is not sent.

Three lines hold it, each enough by itself.

1. :class:`DenyFirst` runs before anything else and answers every request with a refusal; only
   a verdict takes the refusal away.
2. The connection (``connection.py``) looks again when all addons are through, whatever became of
   them, and puts the refusal back where there is no release.
3. The stream (``layers.py``) asks :meth:`Gate.may_forward` at the one point where a request
   goes out. A release belongs to exactly one head and one body.

The messages of a WebSocket are held by the same three: a message is born without a release, the
connection takes it back when a hook fails, and ``websocket.py`` asks :meth:`Gate.may_send`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from mitmproxy import http

from gateway.proxy.outgoing import Outgoing
from gateway.proxy.targets import normalise

_KEY = "gateway.release"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a request concerns.

    Args:
        host: the one name it gives, or the covered one where it gives several.
        covered: a service profile names one of the hosts.
        agreed: all names are the same.
    """

    host: str
    covered: bool
    agreed: bool


@dataclass(frozen=True, slots=True)
class _Release:
    """Leave to forward one head with one body.

    ``body`` is the very object that the verdict was given for; bytes cannot change, so the same
    object is the same content. ``None`` stands for an unread stream to a host that we do not
    inspect.
    """

    head: bytes
    body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class _MessageRelease:
    """Leave to send one content in the place of another; both are the very objects."""

    judged: bytes = field(repr=False)
    payload: bytes = field(repr=False)


class Gate:
    """Gives and checks releases.

    Args:
        covers: whether a host belongs to a service profile.
    """

    def __init__(self, covers: Callable[[str], bool]) -> None:
        self._covers = covers
        self._messages: WeakKeyDictionary[Outgoing, _MessageRelease] = WeakKeyDictionary()

    def scope(self, flow: http.HTTPFlow) -> Scope:
        """Judge by the strictest of CONNECT host, SNI, address and Host headers."""
        names = [normalise(name) for name in _names(flow)]
        covered = [name for name in names if self._covers(name)]
        return Scope((covered or names or [""])[0], bool(covered), len(set(names)) == 1)

    def release(self, flow: http.HTTPFlow, body: bytes) -> None:
        """Let a request go with this body, which becomes its body."""
        flow.request.data.content = body
        flow.metadata[_KEY] = _Release(_digest(flow.request), body)

    def pass_through(self, flow: http.HTTPFlow) -> None:
        """Let a request to a host outside the profiles go, unread."""
        flow.metadata[_KEY] = _Release(_digest(flow.request), None)

    def revoke(self, flow: http.HTTPFlow) -> None:
        """Take a release back."""
        flow.metadata.pop(_KEY, None)

    def release_message(self, message: Outgoing, payload: bytes) -> None:
        """Let a client's message go with this content."""
        self._messages[message] = _MessageRelease(message.data, payload)
        message.payload = payload

    def revoke_message(self, message: Outgoing) -> None:
        """Take a release back, and all that was decided with it."""
        self._messages.pop(message, None)
        message.deny()

    def may_send(self, message: Outgoing) -> bool:
        """Whether exactly this content was released in the place of this message."""
        release = self._messages.get(message)
        return (
            release is not None
            and release.judged is message.data
            and release.payload is message.payload
        )

    def may_forward(self, flow: http.HTTPFlow) -> bool:
        """Whether exactly this request was released. Never raises."""
        try:
            return self._may_forward(flow)
        except Exception:  # noqa: BLE001 - whatever is wrong here, the answer is no
            return False

    def _may_forward(self, flow: http.HTTPFlow) -> bool:
        release = flow.metadata.get(_KEY)
        if not isinstance(release, _Release) or release.head != _digest(flow.request):
            return False
        scope = self.scope(flow)
        return not scope.covered or (
            scope.agreed
            and release.body is not None
            and release.body is flow.request.data.content
            and not flow.request.stream
        )


class DenyFirst:
    """The first addon: every request is refused until somebody knows better."""

    def __init__(self, denial: Callable[[http.HTTPFlow], http.Response]) -> None:
        self._denial = denial

    def request(self, flow: http.HTTPFlow) -> None:
        """Refuse."""
        flow.response = self._denial(flow)


def _names(flow: http.HTTPFlow) -> list[str]:
    """Each host that a request names, as written."""
    request = flow.request
    names = [request.data.host, *request.headers.get_all("host")]
    if request.data.authority:
        names.append(request.data.authority.decode("utf-8", "surrogateescape"))
    if flow.client_conn.sni:
        names.append(flow.client_conn.sni)
    return names


def _digest(request: http.Request) -> bytes:
    """SHA-256 over everything that is sent before and after the body."""
    data = request.data
    trailers = data.trailers.fields if data.trailers else ()
    parts = (
        data.method,
        data.scheme,
        data.authority,
        data.host.encode("utf-8", "surrogateescape"),
        str(data.port).encode(),
        data.path,
        *(part for pair in (*data.headers.fields, *trailers) for part in pair),
    )
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return digest.digest()
