"""What a profile says of one request of an upload that takes several."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from gateway.services.places import Place
from gateway.services.wire import Call, Reply

MOST_PART = 1 << 40

EACH = "[*]"
"""In a place of a commit that ends several uploads: one of each."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _place(text: str) -> str:
    Place.parse(text)
    return text


PlaceText = Annotated[str, BeforeValidator(_place)]
"""A place, in the spelling of :mod:`gateway.services.places`."""


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


class LocalAnswer(_Strict):
    """What the client is told while its upload is held here.

    Placeholders in strings: see :mod:`gateway.services.uploads.templates`. A string that is one
    placeholder with ``:int`` becomes a number.

    Args:
        status: of HTTP.
        headers: of the answer.
        json_body: ``json`` in YAML.
        xml: the body as XML; in it ``{each}`` stands for all parts that are here.
        each: what is said of one of them.
        text: the body as plain text; no body when nothing is given.
    """

    status: int = Field(default=200, ge=200, le=399)
    headers: dict[str, str] = Field(default_factory=dict)
    json_body: JsonValue = Field(default=None, alias="json")
    xml: str = ""
    each: str = ""
    text: str = ""

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if sum(1 for body in (self.json_body, self.xml, self.text) if body) > 1:
            raise ValueError("give at most one of json, xml and text")
        return self


_WHAT = re.compile(
    r"(?:part\.|cipher\.|blocks\.[1-9][0-9]*\.)?[a-z0-9-]+:(?:hex|HEX|base64|decimal)|"
    r"(?:part\.|cipher\.)?size|parts\.[1-9][0-9]*"
)


class Declared(_Strict):
    """A length or hash that the client declares, checked here and recomputed for what leaves.

    Args:
        what: ``size``, or an algorithm and its spelling such as ``sha1:hex``
            (:mod:`gateway.services.digests`), of the whole file; with ``part.`` in front, of the
            part that the request carries; with ``cipher.``, of the file as it is enciphered.
            ``parts.1000`` is the number of parts of 1000 bytes, ``blocks.1000.md5:hex`` the list of
            their digests as JSON; neither is checked, as the client may cut it otherwise.
        at: the place.
        form: how it is written there; ``{}`` stands for the value.
        unless: a regular expression; a value in which it is found is of something else.
        adds: a header that is put there even where the client sent none.
    """

    what: str
    at: PlaceText
    form: str = Field(default="{}", pattern=r"^[^{}]*\{\}[^{}]*$")
    unless: str | None = None
    adds: bool = False

    @model_validator(mode="after")
    def _known(self) -> Self:
        if not _WHAT.fullmatch(self.what):
            raise ValueError(f"{self.what!r} is no size and no hash; write sha256:hex, for example")
        return self

    def stands_in(self, call: Call) -> bool:
        """Whether a request declares it."""
        place = Place.parse(self.at)
        return place.stands_in(call) and not (
            self.unless and re.search(self.unless, place.read(call))
        )


class CipherName(StrEnum):
    """Ciphers that services want; AES with PKCS #7 padding."""

    AES_128_ECB = "aes-128-ecb"


class Enciphered(_Strict):
    """How the document's bytes are enciphered.

    Args:
        name: the cipher.
        key: where the upload's first request says the key, in hex.
    """

    name: CipherName
    key: PlaceText


class Sign(_Strict):
    """A sign in a request or an answer: something stands at a place.

    Args:
        at: the place.
        has: a regular expression that is found there; anything will do when left out.
        absent: the sign is that nothing such stands there.
    """

    at: PlaceText
    has: str = ""
    absent: bool = False

    def shows(self, message: Call | Reply) -> bool:
        """Whether a request or an answer has the sign."""
        place = Place.parse(self.at)
        there = place.stands_in(message) and re.search(self.has, _shown(place.read_any(message)))
        return bool(there) is not self.absent


def _shown(value: Any) -> str:
    """A value as text; what JSON has besides text, as JSON writes it."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else json.dumps(value)


class Tells(_Strict):
    """Where the service's answer to an ``init`` says how the bytes are to be sent.

    The client is told to send them here by a plain PUT; the request that the service wants is made
    of its answer. Of the client's headers, those with its credentials stay behind.

    Args:
        url: the address; must be there.
        method: ``PUT`` where the answer has none.
        headers: a JSON object of headers.
        form: a JSON object of form fields; where it holds any, the bytes follow them as a file.
        file: name of the form field with the bytes.
    """

    url: PlaceText
    method: PlaceText | None = None
    headers: PlaceText | None = None
    form: PlaceText | None = None
    file: str = "file"


class Repeated(_Strict):
    """A length that later requests to the service say beside their name for the document.

    Args:
        what: ``size`` or ``cipher.size``.
        name: the value taken that they name it by.
        by: in an object of their JSON, where that value stands.
        at: in the same object, where the length stands.
        text: instead of ``by`` and ``at``: a piece of text, with ``{size}`` and ``{name}``.
    """

    what: Literal["size", "cipher.size"] = "size"
    name: str
    by: str = ""
    at: str = ""
    text: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if bool(self.text) is bool(self.by and self.at):
            raise ValueError("give either by and at, or text")
        return self


class Listing(_Strict):
    """How the XML body of a ``commit`` lists the parts (:mod:`gateway.services.uploads.listing`).

    Args:
        item: name of the elements that each stand for a part; several are joined by ``|``. Any
            other element beside them is refused.
        part: name of the child with the part's number or label; empty if the element itself has it.
        called: name of the child with what the service's answer called the part (``part`` in
            ``takes``); empty if there is none.
        digests: names of children that hold a digest of the part, and of which kind.
    """

    item: str
    part: str = ""
    called: str = ""
    digests: dict[str, str] = Field(default_factory=dict)


class UploadStep(_Strict):
    """One request of an upload that takes several.

    The client's requests are held and answered here; when the last one has come, the document is
    judged as a whole, and the requests go to the service with everything recomputed that depends
    on its bytes.

    Args:
        role: what the request is.
        of: the name of the upload, where a profile has several kinds.
        session: where the request says which upload it belongs to. An ``init`` without it begins
            one under an identity made here, which stands as ``{token}`` in its ``answer``.
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
            single word there goes out as it is.
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
