"""The strategy ladder: how a changed document gets past all that binds it.

:func:`plan` is the one place where this is decided, for a request that carries a whole document
and for an upload that takes several. It looks at every request that says anything of the bytes and
takes the lowest rung that satisfies all of their bindings:

1. *rewrite*: nothing binds the bytes.
2. *recompute*: digests beside them do, which nobody signed; they are made anew.
3. *fit*: only a length is bound, by a signature or because the service was told it already; the
   document is made exactly as long as it was.
4. *collapse*: the parts of an upload are held, judged whole, and sent when the last has come.
5. *deferred init*: its first request declares the bytes, so that is held too, and made anew.
6. *re-sign*: signatures bind the bytes, and the user gave the key that made them.
7. *block*: signatures bind the bytes, and no key is at hand. A clean document passes as it is.

Re-signing is preferred to fitting where both are possible, as it pads nothing.
``rebinding.py`` carries the plan out for one request, ``uploads/`` for several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.services import awschunked
from gateway.services.digests import is_integrity
from gateway.services.signatures import LENGTHS, SigningKeys, binds, can_resign, proven
from gateway.services.wire import Call


class Strategy(StrEnum):
    """The rungs, as the audit names them."""

    REWRITE = "rewrite"
    RECOMPUTE = "recompute"
    FIT = "fit"
    COLLAPSE = "collapse"
    DEFER = "deferred init"
    RESIGN = "re-sign"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done if the document has to change.

    Args:
        strategy: the rung.
        size: how long the new document must be, in bytes without framing; ``None`` for any length.
        why: for ``block``, why it cannot change; goes on after what was found.
    """

    strategy: Strategy
    size: int | None = None
    why: str = ""


def plan(
    bound: Sequence[Call],
    data: bytes,
    keys: SigningKeys,
    held: Strategy | None = None,
    *,
    told_size: bool = False,
) -> Plan:
    """The lowest rung that satisfies every binding.

    Args:
        bound: the requests, as the client sent them, in which something changes with the
            document, bodies included: one for a simple upload.
        data: the document, without framing and codings.
        keys: of the user.
        held: for an upload that takes several requests, how it is held: ``COLLAPSE`` where its
            first request has gone out already, else ``DEFER``.
        told_size: the service was told the document's size already, so that it is fixed.
    """
    bindings = frozenset().union(*map(binds, bound))
    signed = [call for call in bound if binds(call)]
    resigned = bool(signed) and all(proven(call, keys) for call in signed)
    if bindings and not resigned:
        plain = not any(map(_is_packed, signed))
        if bindings <= LENGTHS and plain:
            return Plan(Strategy.FIT, len(data))
        return Plan(Strategy.BLOCK, why=why_signed(signed, keys))
    if told_size:
        return Plan(Strategy.FIT, len(data))
    if resigned:
        return Plan(Strategy.RESIGN)
    if held:
        return Plan(held)
    digests = any(is_integrity(name, value) for call in bound for name, value in call.headers)
    return Plan(Strategy.RECOMPUTE if digests else Strategy.REWRITE)


def why_signed(calls: Sequence[Call], keys: SigningKeys) -> str:
    """Why something cannot be taken out of signed requests, and what would help.

    Args:
        calls: the signed requests.
        keys: of the user.
    """
    why = "cannot be taken out, because the request is signed and a change would break it"
    if all(can_resign(call, keys) for call in calls):
        return f"{why}; the signing key that is stored for it did not make its signature"
    if all(can_resign(call) for call in calls):
        return f"{why}; `gateway services key add` lets the gateway sign again"
    return why


def _is_packed(call: Call) -> bool:
    """Whether a body is encoded, so that its length is not that of the document."""
    return any(one != awschunked.CODING for one in awschunked.content_codings(call))
