"""What single requests of an upload say of it."""

from __future__ import annotations

from dataclasses import replace

from gateway.errors import Unreadable
from gateway.services.places import Place
from gateway.services.uploads.ciphers import cipher_of, opened
from gateway.services.uploads.originals import Original
from gateway.services.uploads.pieces import RANGE
from gateway.services.uploads.refused import TOKEN, Refused
from gateway.services.uploads.replay import check_declared
from gateway.services.uploads.schema import Sign, UploadStep
from gateway.services.uploads.session import Recorded, Upload
from gateway.services.wire import Call, Reply

UNKNOWN = "the gateway does not know this upload: it began earlier, or too long ago. Send it again"


def whole_of(upload: Upload, order: list[int] | None = None) -> bytes:
    """The document, which is what was declared."""
    data = upload.spool.whole(order)
    if cipher_of(upload):
        data = opened(upload, data)
    if upload.total is not None and upload.total != len(data):
        raise Unreadable("a part of the upload is missing")
    for one in upload.calls:
        check_declared(upload, one, data)
    return data


def note_total(upload: Upload, step: UploadStep, call: Call) -> None:
    """The document's size, if this request declares it."""
    for declared in step.declares:
        at = Place.parse(declared.at)
        if declared.what == "size" and at.stands_in(call):
            before, _, after = declared.form.partition("{}")
            upload.total = int(at.read(call).removeprefix(before).removesuffix(after))
    if step.range and Place.parse(step.range).stands_in(call):
        found = RANGE.fullmatch(Place.parse(step.range).read(call))
        if found and found[3] != "*":
            upload.total = int(found[3])


def repeated(upload: Upload, step: UploadStep, call: Call, done: Reply) -> Reply:
    """The answer to a request that is sent once more, since the first answer was lost."""
    if step.listing and call.body != upload.calls[-1].call.body:
        raise Refused(UNKNOWN)
    return done


def is_last(upload: Upload, step: UploadStep, call: Call) -> bool:
    """Whether a request is the last one of its upload."""
    match step.ends:
        case "always":
            return True
        case "total":
            return upload.total is not None and upload.spool.received() >= upload.total
        case Sign():
            return step.ends.shows(call)
        case _:
            return False


def says_no(step: UploadStep, reply: Reply) -> bool:
    """Whether the service says no; some say it with a status of success."""
    return reply.status >= 400 or bool(step.fails_if and step.fails_if.shows(reply))


def document_in(step: UploadStep, call: Call) -> bytes:
    """The document's bytes that a request carries."""
    return Place.parse(step.document).read_bytes(call) if step.document else b""


def _emptied(step: UploadStep, call: Call) -> Call:
    """The request without the document's bytes."""
    return Place.parse(step.document).write(call, b"") if step.document else call


def recorded(step: UploadStep, call: Call, carried: int, at: int = 0) -> Recorded:
    """A request as it is kept: without the document's bytes, and without what announces them."""
    original = Original.of(step, call.sent) if call.sent else None
    call = replace(_emptied(step, call), sent=None)
    for text in step.strip:
        call = Place.parse(text if "." in text else f"header.{text}").without(call)
    return Recorded(step, call, carried, at, original)


def is_ours(step: UploadStep, call: Call) -> bool:
    """Whether a request names an upload by an identity that was made here."""
    return TOKEN.search(Place.parse(step.session or "").read(call)) is not None
