"""What binds an upload of several requests to its bytes, and what is done about it.

The decision itself is that of the strategy ladder (``gateway/services/ladder.py``).
"""

from __future__ import annotations

from dataclasses import replace

from gateway.services.echoes import Echo
from gateway.services.ladder import Plan, Strategy, plan
from gateway.services.signatures import SigningKeys
from gateway.services.uploads.originals import Original, leaving
from gateway.services.uploads.schema import Role, UploadStep
from gateway.services.uploads.session import Recorded, Upload
from gateway.services.wire import Call, Reply


def rung(upload: Upload, data: bytes, keys: SigningKeys) -> Plan:
    """How an upload goes out if its document has to change.

    Args:
        upload: with all its requests.
        data: the document.
        keys: of the user.
    """
    first = upload.calls[0].step
    forwarded = first.forward or first.role is not Role.INIT
    return plan(
        [
            one.original.whole(_carried(upload, one, data) or b"")
            for one in upload.calls
            if one.original and _depends(one.step)
        ],
        data,
        keys,
        Strategy.COLLAPSE if forwarded else Strategy.DEFER,
        told_size=first.fits,
    )


def _depends(step: UploadStep) -> bool:
    """Whether something in a request changes with the document, even if that stays as long."""
    listing = step.listing
    names_parts = bool(step.parts or (listing and (listing.called or listing.digests)))
    return not step.forward and bool(step.document or step.declares or names_parts)


def going_out(
    upload: Upload, one: Recorded, call: Call, document: bytes, keys: SigningKeys
) -> Call:
    """A request of an upload as it leaves, with its signature right.

    Args:
        upload: whose request it is.
        one: the request as it was recorded.
        call: the same with everything in it that depends on the bytes.
        document: the whole document as the client sent it.
        keys: of the user.

    Raises:
        Refused: it is signed and would have to change.
    """
    if one.original is None:
        return call
    old = _carried(upload, one, document)
    settled = {
        declared.at.removeprefix("header.").lower()
        for declared in one.step.declares
        if declared.stands_in(call) and not declared.what.startswith("part.")
    }
    return leaving(one.original, one.call, call, old, keys, settled)


def _carried(upload: Upload, one: Recorded, document: bytes) -> bytes | None:
    """What the client sent of the document in one request; ``None`` where that is not known."""
    if not one.step.merged:
        return upload.spool.number(one.at)
    return document if one.carried == len(document) and not one.step.cipher else None


def as_expected(one: Recorded, sent: Call, reply: Reply) -> Reply:
    """An answer that speaks of the client's own request, if it spoke of the one that was sent."""
    if one.original is None or one.original.carries:
        return reply
    return replace(reply, headers=Echo(one.original.call.body, sent.body).told(reply.headers))


def passing(step: UploadStep, call: Call, keys: SigningKeys) -> Call:
    """A request without bytes of the document that goes on as it came, or to another address."""
    original = Original.of(step, call.sent) if call.sent else None
    if original is None:
        return replace(call, sent=None)
    same = call.target == original.call.target
    recorded = call if same else replace(call, url=original.call.url)
    return leaving(original, recorded, call, b"", keys)
