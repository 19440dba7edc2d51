"""What a profile says of one request of an upload that takes several."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gateway.services.uploads.declared import (
    Declared,
    Enciphered,
    Listing,
    LocalAnswer,
    PlaceText,
    Repeated,
    Sign,
    Strict,
    Tells,
)

__all__ = [
    "EACH",
    "Declared",
    "Enciphered",
    "Listing",
    "LocalAnswer",
    "PlaceText",
    "Repeated",
    "Role",
    "Sign",
    "Tells",
    "UploadStep",
]

MOST_PART = 1 << 40

EACH = "[*]"
"""In a place of a commit that ends several uploads: one of each."""


class Role(StrEnum):
    """What a request is in its upload.

    A ``mention`` is in none: it speaks of documents that were uploaded before, and is judged and
    passed on at once, with the service's names and the lengths made right.
    """

    INIT = "init"
    PART = "part"
    COMMIT = "commit"
    STATUS = "status"
    ABORT = "abort"
    MENTION = "mention"


class UploadStep(Strict):
    """One request of an upload that takes several.

    The client's requests are held and answered here; when the last one has come, the document is
    judged as a whole, and the requests go to the service with everything recomputed that depends
    on its bytes.

    Args:
        role: what the request is.
        of: the name of the upload, where a profile has several kinds.
        session: where the request says which upload it belongs to. An ``init`` without it begins
            one under an identity made here, which stands as ``{token}`` in its ``answer``.
        account: where a request says whose it is, for sessions that clients name themselves; its
            credentials say it where nothing is given, but cookies may change while it lasts.
        document: where the document's bytes stand (``bytes`` in YAML).
        cipher: how these bytes are enciphered, if they are.
        range: where ``bytes FIRST-LAST/TOTAL`` stands (RFC 9110 §14.4).
        offset: where the offset of the bytes stands. Without range, offset and number, parts
            count in their order, and the answer calls each ``{part}``. In a ``commit`` that ends
            several uploads it is ``json.entries[*].offset``, and ``session`` alike.
        number: where the number of the part stands. Where it is not there, the part is the only
            one.
        numbered_from: the number of the first part.
        label: where the client's own name of the part stands.
        merged: whether parts may be joined into fewer requests. Where they may not, since each is
            signed or named by the client, every part goes out as its own request.
        begins: the first part that comes begins the upload, which the client has named itself.
        parts: of a ``commit``: the JSON list of what the parts were called, in their order.
        listing: of a ``commit``: the same in XML.
        ends: when a part is the last request: ``total`` (all declared bytes are here), ``always``,
            or a sign in it; left out, a ``commit`` follows.
        name: where the file name stands.
        media_type: where the media type stands.
        declares: lengths and hashes in this request.
        keeps: places in the body of identifiers and keys of the protocol, which are no content: a
            single word of at most 200 characters there goes out as it is, unjudged.
        forward: an ``init`` that says nothing of the bytes goes to the service at once, and the
            service's own answer to the client.
        only_if: a sign without which a request is no part of such an upload: it is inspected and
            passed on as any other.
        refuse_if: a sign of a way of uploading that is not treated.
        strip: headers, and places in a JSON body, that only announce the bytes; they are left out.
        takes: values in the service's answer by name. A held request's answer has ``{name}`` in
            their places, and the real ones are put in for them later. What a part's answer gives
            under the name ``part`` goes into the list of the commit.
        sets: places to be filled before the request goes to the service, from values taken; a
            header may be a new one.
        several: places that are there only where the document goes out in several parts, and
            what they say then (``{parts}`` is how many there are, ``{number}`` which it is).
        tells: of an ``init``: where its answer says how the bytes are to be sent.
        skip_if: a sign in the service's answer to ``init`` that it wants no bytes.
        fails_if: a sign in the service's answer that it says no, whatever the status.
        fits: what a forwarded ``init`` declares is binding: what leaves must be as large.
        repeats: lengths that later requests will say again.
        most: bytes that one part may have at the service; or the name of a value taken, as
            ``{part_size}``.
        answer: what the client is told.
        echo: places in the service's last answer that must say what the client expects.
    """

    role: Role
    of: str = "file"
    session: PlaceText | None = None
    account: tuple[PlaceText, ...] = ()
    document: PlaceText | None = Field(default=None, alias="bytes")
    cipher: Enciphered | None = None
    range: PlaceText | None = None
    offset: PlaceText | None = None
    number: PlaceText | None = None
    numbered_from: int = 1
    label: PlaceText | None = None
    merged: bool = True
    begins: bool = False
    parts: PlaceText | None = None
    listing: Listing | None = None
    ends: Literal["total", "always"] | Sign | None = None
    name: PlaceText | None = None
    media_type: PlaceText | None = None
    declares: tuple[Declared, ...] = ()
    only_if: Sign | None = None
    refuse_if: Sign | None = None
    keeps: tuple[PlaceText, ...] = ()
    forward: bool = False
    strip: tuple[str, ...] = ()
    takes: dict[str, PlaceText] = Field(default_factory=dict)
    sets: dict[PlaceText, str] = Field(default_factory=dict)
    several: dict[PlaceText, str] = Field(default_factory=dict)
    tells: Tells | None = None
    skip_if: Sign | None = None
    fails_if: Sign | None = None
    fits: bool = False
    repeats: tuple[Repeated, ...] = ()
    most: Annotated[int, Field(gt=0)] | Annotated[str, Field(pattern=r"^\{\w+\}$")] = MOST_PART
    answer: LocalAnswer = LocalAnswer()
    echo: dict[PlaceText, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.role not in (Role.INIT, Role.MENTION) and self.session is None:
            raise ValueError("session must say to which upload the request belongs")
        if self.role is Role.PART and self.document is None:
            raise ValueError("bytes must say where the document stands")
        places = (self.range, self.offset, self.number, self.label)
        if sum(place is not None for place in places) > 1:
            raise ValueError("give one of range, offset, number and label")
        if (self.merged and self.label) or not (self.merged or self.label or self.number):
            raise ValueError("parts with a label are not merged; others may be, or have a number")
        if self.forward and (self.role is not Role.INIT or self.document):
            raise ValueError("only an init without bytes can be forwarded")
        if self.fits and not self.forward:
            raise ValueError("only what a forwarded init declares can be binding")
        if self.tells and (self.role is not Role.INIT or self.forward):
            raise ValueError("tells belongs to an init that is not forwarded")
        return self
