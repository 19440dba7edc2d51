"""What single requests of an upload say of it."""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.errors import Unreadable
from gateway.services.places import Place
from gateway.services.uploads.ciphers import cipher_of, opened
from gateway.services.uploads.originals import Original
from gateway.services.uploads.pieces import RANGE
from gateway.services.uploads.refused import UNKNOWN, Refused, token_in
from gateway.services.uploads.replay import check_declared
from gateway.services.uploads.schema import EACH, Role, Sign, UploadStep
from gateway.services.uploads.session import Recorded, Upload
from gateway.services.wire import Call, Reply


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
    """Whether the service says no; some say it with a status of success.

    To be sent elsewhere is no yes either: nothing is stored then.
    """
    return reply.status >= 300 or bool(step.fails_if and step.fails_if.shows(reply))


def in_part(step: UploadStep, sent: Call, reply: Reply) -> bool:
    """Whether the service has these bytes and waits for more (Google's resumable uploads)."""
    if reply.status != 308 or not step.range or step.role is not Role.PART:
        return False
    place = Place.parse(step.range)
    said = RANGE.fullmatch(place.read(sent)) if place.stands_in(sent) else None
    has = re.fullmatch("bytes=0-([0-9]+)", reply.header("range") or "")
    return bool(said and said[2] and has and int(has[1]) == int(said[2]) < int(said[3]) - 1)


def check_once(step: UploadStep, call: Call) -> None:
    """Refuse a header that stands there twice where one is read: which would the service read?

    Raises:
        Refused: there is such a one.
    """
    texts = [step.session, step.document, step.range, step.offset, step.number, step.label]
    texts += [step.name, step.media_type, *step.keeps, *(one.at for one in step.declares)]
    for text in texts:
        for one in (text or "").split(" or "):
            place = Place.parse(one.replace(EACH, "[0]")) if one else None
            if place and place.kind == "header" and call.count(place.name) > 1:
                raise Refused(f"the header {place.name} stands in the request twice")


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
    return bool(token_in(Place.parse(step.session or "").read(call)))
