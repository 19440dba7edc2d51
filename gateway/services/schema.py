"""The schema of a service profile: pydantic model, YAML layout and JSON Schema in one.

A profile names hosts, and steps on them: which method and path, which purpose, and whether the
request carries a whole document (``json``, ``form``, ``multipart``, ``raw``) or only a piece of
one (``ticket``, ``parts``). Pieces cannot be judged one by one, so they are refused.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from gateway.model import Destination, Purpose
from gateway.services._hosts import check_pattern
from gateway.services._paths import PathPattern
from gateway.services.uploads.schema import PlaceText, UploadStep

GENERIC = "generic"

# Statuses that make common clients send the same bytes again, or parse an error they then lose.
_RETRIED = frozenset({408, 409, 425, 429})

_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
_PLACEHOLDERS = frozenset({"message", "reference", "slug"})

OF_THE_MESSAGE = re.compile(r"\{(json\.[^{}?]+)(\??)\}")
"""In a ``frame``: a value of the refused message, left out with ``?`` where it has none."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]


class Shape(StrEnum):
    """How a request carries a document."""

    ANY = "any"
    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    RAW = "raw"
    TICKET = "ticket"
    PARTS = "parts"
    FRAMES = "frames"

    @property
    def whole(self) -> bool:
        """Whether one request of this shape holds all that is needed to judge it."""
        return self not in _PIECES


_PIECES = {
    Shape.TICKET: "the upload is announced here and its bytes go elsewhere",
    Shape.PARTS: "the upload comes in parts",
}


class Framing(StrEnum):
    """How the messages of a WebSocket carry documents; see ``frames.py``."""

    TEXT = "text"
    SIGNALR = "signalr"
    BINARY = "binary"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Answer(_Strict):
    """A refusal in the words of one service.

    Exactly one of ``json``, ``xml`` and ``text`` is given. ``{message}``, ``{reference}`` and
    ``{slug}`` (the message as an error code) stand in strings; escaping is ours.

    ``frame`` is the JSON that answers a refused message of a WebSocket, which then stays open;
    without one the connection is closed. A string that is ``{json.id}`` becomes what the refused
    message has at that place; ``{json.id?}`` is left out where it has nothing there. It may stand
    alone, where the handshake is refused as the rest of the service refuses.
    """

    status: int = Field(default=403, ge=200, le=499)
    headers: dict[str, str] = Field(default_factory=dict)
    json_body: JsonValue = Field(default=None, alias="json")
    xml: str = ""
    text: str = ""
    frame: dict[str, JsonValue] | None = None

    @field_validator("status")
    @classmethod
    def _not_retried(cls, status: int) -> int:
        if status in _RETRIED or 300 <= status < 400:
            raise ValueError(f"clients do not treat {status} as a final answer; use 400 or 403")
        return status

    @field_validator("headers")
    @classmethod
    def _plain_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not re.fullmatch(r"[ -~]*", value):
                raise ValueError("a header is a plain name and a line of ASCII")
        return headers

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        bodies = [body for body in (self.json_body, self.xml, self.text) if body]
        if len(bodies) != 1 and (bodies or not self.frame):
            raise ValueError("give exactly one of json, xml and text")
        unknown = {
            found
            for leaf in string_leaves([*bodies, self.frame])
            for found in _PLACEHOLDER.findall(leaf)
            if found not in _PLACEHOLDERS
        }
        if unknown:
            raise ValueError(f"unknown placeholder {{{min(unknown)}}}")
        return self

    @property
    def has_body(self) -> bool:
        """Whether it says no to a request too, and not only to a message."""
        return bool(self.json_body or self.xml or self.text)


def string_leaves(value: JsonValue) -> list[str]:
    """All strings in a JSON value, keys left out."""
    match value:
        case str():
            return [value]
        case dict():
            return [leaf for item in value.values() for leaf in string_leaves(item)]
        case list():
            return [leaf for item in value for leaf in string_leaves(item)]
        case _:
            return []


class Step(_Strict):
    """One thing that clients do at a service.

    Args:
        name: short name, shown in the audit log and usable in policies.
        patterns: ``match`` in YAML; one or more of ``METHOD|METHOD /path``. ``*`` stands for any
            method, for one path segment or for a piece of one; ``**`` for any number of segments.
        query: query parameters that must hold one of the values (``*`` is any value).
        shape: how the request carries the document.
        purpose: what the far side does with it; the profile's when left out.
        why: for ``ticket`` and ``parts``: what to tell the user.
        whole_unless: name of a form field; a value other than 1 in it means that the request
            holds only a part of a file (WeChat's ``chunks``).
        framing: for ``frames``: how the messages carry documents.
        keeps: places of identifiers and accounts of the protocol, which are no content: a single
            word there goes out as it is. ``json.to[*].id`` stands for one in each item of a list.
            (Of a held upload, its own ``keeps`` says so of the body.)
        upload: what the request is in an upload that takes several; such a step is held and the
            document judged as a whole.
        refusal: where this step says no in another way than the rest of the service.
    """

    name: Name
    patterns: tuple[str, ...] = Field(alias="match", min_length=1)
    query: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    shape: Shape = Shape.ANY
    purpose: Purpose | None = None
    why: str = ""
    whole_unless: str = Field(default="", pattern=r"^[A-Za-z0-9_-]*$")
    framing: Framing | None = None
    keeps: tuple[PlaceText, ...] = ()
    upload: UploadStep | None = None
    refusal: Answer | None = None

    @field_validator("patterns")
    @classmethod
    def _readable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for line in patterns:
            PathPattern.parse(line)
        return patterns

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.name == GENERIC:
            raise ValueError("the name generic is kept for requests that no step names")
        if self.why and self.shape.whole:
            raise ValueError("why belongs to the shapes ticket and parts")
        if (self.shape is Shape.FRAMES) is not bool(self.framing):
            raise ValueError("framing belongs to the shape frames, which cannot do without it")
        if self.refusal and self.refusal.frame and not self.framing:
            raise ValueError("a frame answers messages, which only the shape frames has")
        if self.framing and not all(line.startswith("GET ") for line in self.patterns):
            raise ValueError("a WebSocket begins with GET (RFC 6455 §4.1)")
        if self.purpose is Purpose.SIGN_IN:
            if any("*" in line for line in self.patterns):
                raise ValueError("a sign-in step is not inspected, so it must name exact paths")
            if not self.shape.whole or self.framing:
                raise ValueError("a sign-in step cannot be a ticket, parts or frames")
        return self

    @property
    def match(self) -> str:
        """All patterns in one line, for people."""
        return ", ".join(self.patterns)

    @property
    def refused_because(self) -> str:
        """Why a request of this step cannot be treated yet, or an empty string."""
        return "" if self.upload else self.why or _PIECES.get(self.shape, "")


class Verified(_Strict):
    """How the profile was checked against the service's real clients.

    Args:
        how: ``sdk`` (real client driven through the proxy), ``capture`` (recorded session),
            ``source`` (a client's source read) or ``documentation``.
        by: the clients, sources or documents.
    """

    how: Literal["sdk", "capture", "source", "documentation"]
    by: str


class Profile(_Strict):
    """One cloud service.

    Args:
        service: short name, used in policies as destination.
        title: name for people.
        hosts: host names; ``*.example.com`` is any name below example.com, not itself; one
            label in the middle may be ``*`` or begin with a word (``*.oss-*.example.com``).
        like: another profile whose purpose, steps and refusal hold where this one is silent.
        purpose: of requests that no step names.
        keeps: as of a step, for all requests.
        case: whether the service tells upper from lower case in paths.
        steps: looked at from the top; the first that matches counts.
        refusal: how the service says no.
        verified: how the profile was checked.
        unseen: what leaves for this service and cannot be inspected; one sentence each.
    """

    service: Name
    title: str
    hosts: tuple[str, ...] = ()
    like: Name | None = None
    purpose: Purpose = Purpose.OTHER
    keeps: tuple[PlaceText, ...] = ()
    case: Literal["sensitive", "insensitive"] = "sensitive"
    steps: tuple[Step, ...] = ()
    refusal: Answer | None = None
    verified: Verified | None = None
    unseen: tuple[str, ...] = ()

    @field_validator("hosts")
    @classmethod
    def _host_patterns(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            check_pattern(host)
        if len(set(hosts)) != len(hosts):
            raise ValueError("a host is named twice")
        return hosts

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [step.name for step in self.steps]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two steps are named {min(twice)}")
        if self.refusal and not self.refusal.has_body:
            raise ValueError("refusal: give exactly one of json, xml and text")
        if not self.hosts and self.service != GENERIC:
            raise ValueError("hosts must name at least one host")
        return self

    @property
    def name(self) -> str:
        """The short name."""
        return self.service

    def destination(self) -> Destination:
        """The service as a destination, where no request says host and step."""
        return Destination(service=self.service, purpose=self.purpose)

    def step(self, name: str) -> Step | None:
        """The step of that name; ``None`` for the generic step."""
        return next((step for step in self.steps if step.name == name), None)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a profile, for editors and for ``gateway services check``."""
    schema = Profile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
