"""The client's requests once more, with other bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from gateway.model import Hint
from gateway.services.digests import blocks, digest
from gateway.services.places import Place
from gateway.services.uploads.ciphers import sealed
from gateway.services.uploads.lengths import Length
from gateway.services.uploads.listing import rewritten
from gateway.services.uploads.names import Names
from gateway.services.uploads.refused import Refused
from gateway.services.uploads.schema import EACH, Role, UploadStep
from gateway.services.uploads.session import Recorded, Upload
from gateway.services.uploads.templates import filled
from gateway.services.uploads.told import sent_as
from gateway.services.wire import Call

# Long enough to be nothing else wherever they stand.
_LONG = frozenset({"md5:hex", "sha1:hex", "sha256:hex", "dropbox:hex"})
_ORDER = (Role.INIT, Role.PART, Role.COMMIT, Role.STATUS, Role.ABORT)


@dataclass(frozen=True, slots=True)
class Slice:
    """What one request of a replay carries.

    Args:
        data: the whole document.
        first: offset of its first byte.
        end: offset behind its last byte.
        number: of the part, from 1.
    """

    data: bytes
    first: int
    end: int
    number: int = 1

    @property
    def bytes(self) -> bytes:
        """The bytes of this part."""
        return self.data[self.first : self.end]


def planned(upload: Upload, data: bytes) -> Iterator[tuple[Recorded, Slice]]:
    """Which of the client's requests carries which bytes, in the order in which they go out.

    Each kind of request that carried bytes carries some again, and no other does: a service may
    take none at the beginning, or want them at the end.
    """
    calls = sorted(upload.calls, key=lambda one: _ORDER.index(one.step.role))
    parts = [one for one in calls if one.step.role is Role.PART]
    done = 0
    for one in calls:
        left = max(len(data) - _later(calls, one.step.role), done)
        match one.step.role:
            case Role.INIT if not one.step.forward:
                done = min(left, _most(upload, one)) if one.carried else 0
                yield one, Slice(data, 0, done)
            case Role.PART if not one.step.merged:
                if one is parts[0]:
                    yield from _apart(upload, parts, data)
            case Role.PART if one is parts[0]:
                number = 1
                while done < left or number == 1:
                    end = min(left, done + _most(upload, one))
                    yield parts[0] if end < left else parts[-1], Slice(data, done, end, number)
                    done, number = end, number + 1
            case Role.COMMIT:
                first = done if one.step.document else len(data)
                yield one, Slice(data, first, len(data), 2)


def _apart(
    upload: Upload, parts: Sequence[Recorded], data: bytes
) -> Iterator[tuple[Recorded, Slice]]:
    """Each part as a request of its own, as large as it was; what is over is in the last.

    Where the document has become shorter, parts at the end are left out.
    """
    by_number = {one.at: one for one in parts}
    order = upload.order or sorted(by_number)
    whole = sum(by_number[number].carried for number in order)
    done = 0
    for number in order:
        one = by_number[number]
        end = len(data) if number == order[-1] else min(len(data), done + one.carried)
        yield one, Slice(data, done, end, number - one.step.numbered_from + 1)
        done = end
        if done == len(data) != whole:
            return


def _later(calls: Sequence[Recorded], role: Role) -> int:
    """How many kinds of requests that carry bytes come after those of a kind."""
    following = _ORDER[_ORDER.index(role) + 1 :]
    return len({one.step.role for one in calls if one.carried and one.step.role in following})


def _most(upload: Upload, one: Recorded) -> int:
    """Bytes that one part may have; some services say it in their answer to the init."""
    if isinstance(one.step.most, int):
        return one.step.most
    return max(int(filled(one.step.most, Names(upload, one.step, one.call, b""))), 1)


def bound(upload: Upload, one: Recorded, piece: Slice) -> Call:
    """A recorded request with everything in it that depends on the bytes."""
    step, call = one.step, one.call
    if upload.way and step.role is Role.PART:
        return sent_as(upload.way, call, piece.bytes, hint(upload).name)
    real = upload.real
    headers = tuple((name, real(value)) for name, value in call.headers)
    call = replace(call, url=real(call.url), headers=headers)
    call = call.with_body(real(call.body.decode("latin-1")).encode("latin-1"))
    number = piece.number - 1 + step.numbered_from
    names = Names(upload, step, call, piece.bytes, len(piece.data), number, piece.first)
    call = _with_fields(step, call, piece, names)
    for text, template in step.sets.items():
        call = _set(Place.parse(text), call, filled(template, names))
    if step.document:
        sent = sealed(upload, piece.bytes) if step.cipher else piece.bytes
        call = Place.parse(step.document).write(call, sent)
    call = _positioned(step, call, piece, number)
    if step.parts:
        call = Place.parse(step.parts).write_any(call, upload.parts)
    if step.listing:
        call = call.with_body(rewritten(step.listing, call.body, upload.placed))
    for declared in step.declares:
        at = Place.parse(declared.at)
        if declared.adds or declared.stands_in(call):
            value = declared.form.replace("{}", _measured(upload, declared.what, piece))
            call = at.put(call, value)
    return call.without(("transfer-encoding",))


def _set(place: Place, call: Call, value: str) -> Call:
    """The request with a place filled; one that held a list or an object takes JSON."""
    if place.kind == "url":
        return place.write(call, urljoin(call.url, value))
    held = place.read_any(call) if place.kind == "json" and place.stands_in(call) else None
    if isinstance(held, list | dict):
        return place.write_any(call, json.loads(value))
    return place.put(call, value)


def _positioned(step: UploadStep, call: Call, piece: Slice, number: int) -> Call:
    """The request of a part with its place in the document."""
    span = f"{piece.first}-{piece.end - 1}" if piece.bytes else "*"
    said = {
        step.range: f"bytes {span}/{len(piece.data)}",
        step.offset: str(piece.first),
        step.number: str(number),
    }
    for text, value in said.items():
        if not text or EACH in text:
            continue
        place = Place.parse(text)
        if place.stands_in(call):
            call = call if place.read(call) == value else place.write(call, value)
        elif len(piece.bytes) != len(piece.data):
            raise Refused("the service wants parts where the client sent none")
    return call


def _with_fields(step: UploadStep, call: Call, piece: Slice, names: Names) -> Call:
    """The request with the fields that are there only among several parts."""
    only = piece.first == 0 and piece.end == len(piece.data)
    for text, template in step.several.items():
        place = Place.parse(text)
        call = place.without(call) if only else place.put(call, filled(template, names))
    return call


def _measured(upload: Upload, what: str, piece: Slice) -> str:
    whose, _, kind = what.rpartition(".")
    if whose == "parts":
        return str(max(-(-len(piece.data) // int(kind)), 1))
    if whose.startswith("blocks."):
        cut = list(blocks([piece.data], int(whose.removeprefix("blocks.")))) or [b""]
        return json.dumps([digest(kind, [one]) for one in cut], separators=(",", ":"))
    data = piece.bytes if whose == "part" else piece.data
    if whose == "cipher":
        data = sealed(upload, data)
    return str(len(data)) if kind == "size" else digest(kind, [data])


def changes(upload: Upload, old: bytes, new: bytes) -> tuple[dict[str, str], list[Length]]:
    """What the client believes of the document, and what is true of the one that was stored."""
    texts: dict[str, str] = {}
    lengths: list[Length] = []
    if old == new:
        return texts, lengths
    kinds = {one.what for step in upload.calls for one in step.step.declares}
    texts |= {digest(kind, [old]): digest(kind, [new]) for kind in kinds if kind in _LONG}
    for said in (one for step in upload.calls for one in step.step.repeats):
        before, after = (
            int(_measured(upload, said.what, Slice(data, 0, len(data)))) for data in (old, new)
        )
        name = upload.values.get(said.name)
        if not name or before == after:
            continue
        if said.text:
            text = said.text.replace("{name}", name)
            texts[text.replace("{size}", str(before))] = text.replace("{size}", str(after))
        else:
            lengths.append(Length(name, said.by, said.at, before, after))
    return texts, lengths


def hint(upload: Upload) -> Hint:
    """What the requests call the document."""
    name = media_type = ""
    for one in upload.calls:
        for place, kind in ((one.step.name, "name"), (one.step.media_type, "type")):
            if place and Place.parse(place).stands_in(one.call):
                value = Place.parse(place).read(one.call)
                name, media_type = (value, media_type) if kind == "name" else (name, value)
    # Graph writes "root:/name.txt:/createUploadSession".
    return Hint(re.split(r"[/\\]", name)[-1].strip(":")[:255], media_type)


def check_declared(upload: Upload, one: Recorded, data: bytes) -> None:
    """Refuse a document that is not what was declared: somebody would be deceived."""
    for declared in one.step.declares:
        if declared.what.startswith(("part.", "parts.", "blocks.")):
            continue
        at = Place.parse(declared.at)
        if not declared.stands_in(one.call):
            continue
        measured = _measured(upload, declared.what, Slice(data, 0, len(data)))
        wanted = declared.form.replace("{}", measured)
        if at.read(one.call).lower() != wanted.lower():
            raise Refused(f"the {declared.what} that was declared is not that of the upload")
