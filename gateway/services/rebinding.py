"""A request whose body was changed, made whole again: digests, framing, length, signature.

What is to be done is decided in ``ladder.py``; this carries it out for one request.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from gateway.errors import CannotEdit
from gateway.services import awschunked
from gateway.services.digests import recomputed
from gateway.services.ladder import why_signed
from gateway.services.signatures import (
    LENGTHS,
    CannotSign,
    SigningKeys,
    post_form,
    resign,
    signatures,
)
from gateway.services.wire import Call

_PLACEHOLDER = "0" * 64  # stands for each chunk's signature until it is made


class CannotRebind(CannotEdit):
    """The request is bound to the body that it has, and cannot be made whole with another."""


def rebound(
    call: Call,
    data: bytes,
    keys: SigningKeys,
    head: Call | None = None,
    settled: Collection[str] = (),
) -> Call:
    """The request with another body, in order with everything that binds it.

    Content codings are left off, but framing is kept.

    Args:
        call: as the client sent it, with its body as sent.
        data: the new body, without framing and codings.
        keys: of the user.
        head: the request with whatever else is to be changed in its address and headers.
        settled: headers, lower case, that look like digests of the body and are of something
            else; they are right in ``head``.

    Raises:
        CannotRebind: that cannot be done; the message says why.
    """
    try:
        changed = _reframed(replace(head or call, body=call.body), data, settled)
        if not _breaks(call, changed):
            return changed
        return resign(call, changed, keys)
    except CannotSign as error:
        raise CannotRebind(why_signed([call], keys)) from error
    except CannotEdit as error:
        raise CannotRebind(f"cannot be taken out: {error}") from error


def _reframed(call: Call, data: bytes, settled: Collection[str]) -> Call:
    """The request with the new body and all headers about it, its signature not yet right."""
    if not awschunked.is_chunked(call):
        changed = recomputed(call, call.body, data, settled).without(["content-encoding"])
        return changed.with_body(data)
    framed = awschunked.opened(call)
    changed = recomputed(call, framed.data, data, settled)
    framed = framed.with_data(data)
    if awschunked.payload_mode(call).startswith(awschunked.SIGNED):
        trailing = awschunked.payload_mode(call).endswith("-TRAILER")
        framed = framed.signed(_placeholder, _placeholder if trailing else None)
    if awschunked.content_codings(call):
        changed = changed.with_header("Content-Encoding", awschunked.CODING)
    if call.header(awschunked.LENGTH) is not None:
        changed = changed.with_header(awschunked.LENGTH, str(len(data)))
    return changed.with_body(framed.encoded())


def _placeholder(_: bytes) -> str:
    return _PLACEHOLDER


def _breaks(call: Call, changed: Call) -> bool:
    """Whether a signature on the request no longer holds."""
    for signature in signatures(call):
        if signature.binds - LENGTHS or call.url != changed.url:
            return True
        for name in signature.covered:
            if _all(call, name) != _all(changed, name):
                return True
    before, after = post_form(call), post_form(changed)
    return before is not None and (after is None or before.signed != after.signed)


def _all(call: Call, name: str) -> list[str]:
    return [value.strip() for key, value in call.headers if key.lower() == name]
