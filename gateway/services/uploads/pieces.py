"""Where the bytes of one request belong in the document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count

from gateway.services.places import Place
from gateway.services.uploads.listing import listed
from gateway.services.uploads.refused import Refused, token_in
from gateway.services.uploads.schema import EACH, Role, UploadStep
from gateway.services.uploads.session import Upload
from gateway.services.wire import Call

_MOST_PARTS = 100_000  # 10,000 at Amazon S3; a larger number is something else

RANGE = re.compile(r"bytes (?:([0-9]+)-([0-9]+)|\*)/([0-9]+|\*)")
"""``Content-Range`` (RFC 9110 §14.4): first and last byte, and how many there are."""


def put(upload: Upload, step: UploadStep, call: Call, data: bytes) -> int | None:
    """Take a part's bytes to where they belong.

    Args:
        upload: takes them.
        step: of the part.
        call: the part.
        data: its bytes.

    Returns:
        their offset, or the number of the part; ``None`` for a request that has no bytes and only
        asks how many are here, or says that there are no more.

    Raises:
        Refused: the request does not say where, or is wrong about it.
    """
    place = Place.parse(step.range or step.offset or step.number or step.label or "body")
    said = place.read(call) if place.kind != "body" and place.stands_in(call) else None
    at = _place(upload, step, said, data)
    if at is None:
        return None
    upload.count += 1
    if step.range or step.offset:
        upload.spool.put(at, data)
    else:
        upload.spool.put_number(at, data)
    return at


def _place(upload: Upload, step: UploadStep, said: str | None, data: bytes) -> int | None:
    if step.range:
        return _in_range(upload, said, data)
    if step.offset:
        if said is None and data:
            raise Refused("a part of the upload does not say where it belongs")
        return None if said is None else _counted(said)
    if step.number:
        return step.numbered_from if said is None else _counted(said, _MOST_PARTS)
    if step.label:
        if said is None:
            raise Refused("a part of the upload does not say its name")
        return upload.labels.setdefault(said, len(upload.labels) + 1)
    return upload.count + 1


def _counted(said: str, most: int = 1 << 50) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", said) or int(said) > most:
        raise Refused("a part of the upload does not say where it belongs")
    return int(said)


def _in_range(upload: Upload, said: str | None, data: bytes) -> int | None:
    if said is None:  # a body without a range is the whole
        upload.total = len(data)
        return 0
    found = RANGE.fullmatch(said)
    if found and found[1] is None and not data:
        # "bytes */0" has all there is; any other asks how much is here.
        empty = found[3] == "0" and not (upload.total or upload.spool.received())
        return 0 if empty else None
    if found is None or found[1] is None:
        raise Refused("a range of the upload cannot be read")
    if int(found[2]) - int(found[1]) + 1 != len(data):
        raise Refused("a range of the upload does not fit its bytes")
    return int(found[1])


def each_offset(step: UploadStep, call: Call, sizes: Mapping[str, int]) -> Call:
    """A commit that ends several uploads, with the offset at which each of them ends.

    Args:
        step: of the commit; its places have :data:`EACH` in them.
        call: the commit.
        sizes: bytes that were sent of each upload, by its identity.
    """
    assert step.session
    assert step.offset
    for at in count():
        session = Place.parse(step.session.replace(EACH, f"[{at}]"))
        if not session.stands_in(call):
            return call
        own = token_in(session.read(call))
        if own in sizes:
            place = Place.parse(step.offset.replace(EACH, f"[{at}]"))
            call = place.write(call, str(sizes[own]))
    raise AssertionError


def order(upload: Upload, step: UploadStep, call: Call) -> list[int] | None:
    """The parts that a commit lists, by their numbers here; ``None`` where it lists none.

    Raises:
        Refused: the list cannot be read, or names a part that is not here.
    """
    if step.listing:
        here = {one.at for one in upload.calls if one.step.role is Role.PART}
        numbers = [_number(upload, name) for name in listed(step.listing, call.body)]
        if not set(numbers) <= here:
            raise Refused("the list names a part that did not come through the gateway")
        return numbers
    if not step.parts:
        return None
    named = Place.parse(step.parts).read_any(call)
    if not isinstance(named, list):
        raise Refused("the list of parts cannot be read")
    found = [re.search(r"n([0-9]+)\Z", name) for name in named if isinstance(name, str)]
    return [int(one[1]) for one in found if one] if found and all(found) else None


def _number(upload: Upload, name: str) -> int:
    """The number here of a part that a list names; -1 where it is not known."""
    return upload.labels.get(name, -1) if upload.labels else int(name)
