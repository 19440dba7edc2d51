"""Requests with bytes as they arrive: new, once more, or the first of another document."""

from __future__ import annotations

import hashlib

from gateway.services.places import Place
from gateway.services.uploads.hands import apart
from gateway.services.uploads.pieces import put
from gateway.services.uploads.requests import document_in
from gateway.services.uploads.schema import UploadStep
from gateway.services.uploads.session import Upload
from gateway.services.wire import Call


async def taken(upload: Upload, step: UploadStep, call: Call, data: bytes) -> int | None:
    """Take the bytes of a request, unless it has come before: as :func:`put`."""
    if not step.document:
        return 0
    seen = await apart(upload, _fingerprint, step, call)
    again = _repeats(upload, step, seen, data)
    start = upload.count if again else put(upload, step, call, data)
    upload.latest = seen
    return start


async def is_over(upload: Upload, step: UploadStep, call: Call) -> bool:
    """Whether a part is the first of another upload, to which the client gave the same name."""
    if not step.merged:
        return bool(upload.done or upload.verdict)
    return bool(upload.ended_by) and upload.ended_by != await apart(
        upload, _fingerprint, step, call
    )


def _fingerprint(step: UploadStep, call: Call) -> str:
    """What a request with bytes is: the same for one that is sent once more."""
    texts = (step.range, step.offset, step.number, step.label)
    places = [Place.parse(text) for text in texts if text]
    said = [place.read(call) for place in places if place.stands_in(call)]
    head = "\n".join([call.method, call.url, *said, ""]).encode()
    return hashlib.sha256(head + document_in(step, call)).hexdigest()


def _repeats(upload: Upload, step: UploadStep, seen: str, data: bytes) -> bool:
    """Whether a part that is only counted has come before, and its answer was lost.

    Parts may have equal bytes; that one comes again is sure only if it was the last one, or would
    make the document larger than was declared.
    """
    if step.range or step.offset or step.number or step.label or seen != upload.latest:
        return False
    after = upload.spool.received() + len(data)
    return seen == upload.ended_by or (upload.total is not None and after > upload.total)
