"""What a profile says of single things in the requests of an upload: digests, lists, answers."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from gateway.services.places import Place
from gateway.services.wire import Call, Reply


class Strict(BaseModel):
    """A part of a profile, which must say nothing that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _place(text: str) -> str:
    Place.parse(text)
    return text


PlaceText = Annotated[str, BeforeValidator(_place)]
"""A place, in the spelling of :mod:`gateway.services.places`."""


class LocalAnswer(Strict):
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


class Declared(Strict):
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


class Enciphered(Strict):
    """How the document's bytes are enciphered.

    Args:
        name: the cipher.
        key: where the upload's first request says the key, in hex.
    """

    name: CipherName
    key: PlaceText


class Sign(Strict):
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


class Tells(Strict):
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


class Repeated(Strict):
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


class Listing(Strict):
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
