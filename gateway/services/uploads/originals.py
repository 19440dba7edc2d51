"""Held requests as the client sent them, for those that must leave unchanged or be signed anew.

A signature vouches for a request as it was made. So a request that carries one goes out exactly as
it came, framing and all, where nothing in it had to change; where something had to, it is made
whole as a request of its own would be (``rebinding.py``), or refused. It is never sent broken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Self

from gateway.errors import CannotEdit
from gateway.services import awschunked
from gateway.services.awschunked import Chunked
from gateway.services.ladder import why_signed
from gateway.services.rebinding import rebound
from gateway.services.signatures import (
    SigningKeys,
    binds,
    can_resign,
    proven,
    resign,
    signatures,
)
from gateway.services.uploads.refused import Refused, token_in
from gateway.services.uploads.schema import UploadStep
from gateway.services.wire import Call

# Headers that follow from the body and the connection.
_ABOUT_BODY = frozenset({"content-length", "content-encoding", "transfer-encoding", "host"})
# Headers that the gateway makes itself when it sends; only these values of them it does send.
_OWN_VALUES = {"accept-encoding": ("identity",), "connection": (), "te": (), "expect": ()}

_FRESH_SECONDS = 600.0
_HOLD_SECONDS = 870.0


@dataclass(frozen=True, slots=True)
class Original:
    """A request as the client sent it.

    Args:
        call: the request; its body is empty where that is the document's.
        carries: its body is the document's.
        framing: of such a body.
        came: when, in seconds of a clock that never goes back.
    """

    call: Call
    carries: bool
    framing: Chunked | None = field(default=None, repr=False)
    came: float = field(default_factory=monotonic)

    @classmethod
    def of(cls, step: UploadStep, sent: Call) -> Self | None:
        """What has to be kept of a request; ``None`` where it may be made anew freely.

        Args:
            step: what the profile says of it.
            sent: the request with its body as sent.

        Raises:
            Refused: it is signed, and could not be sent again as it is.
            Unreadable: its framing is damaged.
        """
        ours = _by_the_client(step, sent)
        if step.merged and not signatures(ours):
            return None
        binding = bool(binds(ours))
        codings = awschunked.content_codings(sent)
        packed = any(one != awschunked.CODING for one in codings)
        if packed or step.document not in (None, "body"):
            if binding:
                raise Refused("a signed request of the upload is encoded in a way not known here")
            return None
        for one in signatures(ours):
            for name in one.covered & _OWN_VALUES.keys():
                if (sent.header(name) or "").strip() not in _OWN_VALUES[name]:
                    raise Refused(f"the upload is signed over its header {name}")
        if step.document is None:
            return cls(sent, carries=False)
        framing = None
        if awschunked.is_chunked(sent):
            framing = awschunked.opened(sent)
            if framing.encoded() != sent.body:
                raise Refused("the framing of the upload is written in a way not known here")
            framing = replace(framing, data=b"")
        return cls(replace(sent, body=b""), carries=True, framing=framing)

    def whole(self, data: bytes) -> Call:
        """The request with its body.

        Args:
            data: what the client sent in it of the document.
        """
        if not self.carries:
            return self.call
        if self.framing is None:
            return replace(self.call, body=data)
        return replace(self.call, body=replace(self.framing, data=data).encoded())

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        """Name and value of what follows the body."""
        return self.framing.trailers if self.framing else ()


def leaving(
    original: Original,
    recorded: Call,
    call: Call,
    old: bytes | None,
    keys: SigningKeys,
    settled: Collection[str] = (),
) -> Call:
    """A request as it goes out, in order with everything that binds it.

    Args:
        original: as the client sent it.
        recorded: the same, as it was recorded.
        call: the recorded one with everything in it that depends on the bytes.
        old: what the client sent in it of the document; ``None`` where that is not known, as
            parts were joined.
        keys: of the user.
        settled: as for :func:`gateway.services.rebinding.rebound`.

    Raises:
        Refused: it is signed and would have to change.
    """
    if old is None and original.carries and binds(original.call):
        raise Refused(f"what it holds {why_signed([original.call], keys)}")
    sent = original.whole(old or b"")
    had = awschunked.opened(sent).data if awschunked.is_chunked(sent) else sent.body
    head = _headed(sent, call)
    if call.url != recorded.url:
        head = replace(head, url=call.url)
    if head == sent and call.body == had:
        return _in_time(original, sent, sent, keys)
    try:
        changed = rebound(sent, call.body, keys, head, settled)
    except CannotEdit as error:
        raise Refused(f"what it holds {error}") from error
    return _in_time(original, sent, changed, keys)


def _in_time(original: Original, sent: Call, changed: Call, keys: SigningKeys) -> Call:
    """The request with a fresh signature where the client's is too old to be taken.

    Amazon, Azure and Alibaba take a signed request within a quarter of an hour.
    """
    age = monotonic() - original.came
    if age < _FRESH_SECONDS or not can_resign(sent) or any(o.presigned for o in signatures(sent)):
        return changed
    if proven(sent, keys):
        return resign(sent, changed, keys, datetime.now(UTC))
    if age < _HOLD_SECONDS:
        return changed
    raise Refused(
        "the upload took longer than its signatures hold, a quarter of an hour; "
        "`gateway services key add` lets the gateway sign again"
    )


def _by_the_client(step: UploadStep, sent: Call) -> Call:
    """The request without what the client was told here: that is no signature of its own."""
    headers = tuple(pair for pair in sent.headers if not token_in(pair[1]))
    url = sent.url.partition("?")[0] if "url" in step.sets else sent.url
    return replace(sent, headers=headers, url=url)


def _headed(sent: Call, call: Call) -> Call:
    """The request as sent, with the other one's values of what is not about its body."""
    values: dict[str, list[tuple[str, str]]] = {}
    for name, value in call.headers:
        values.setdefault(name.lower(), []).append((name, value))
    headers: list[tuple[str, str]] = []
    for pair in sent.headers:
        if pair[0].lower() in _ABOUT_BODY:
            headers.append(pair)
        elif mine := values.get(pair[0].lower()):
            headers.append(mine.pop(0))
    headers += [pair for name, pairs in values.items() if name not in _ABOUT_BODY for pair in pairs]
    return replace(sent, headers=tuple(headers))
