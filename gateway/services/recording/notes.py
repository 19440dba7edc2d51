"""What is kept of each request and its answer while a session is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from mimetypes import MimeTypes
from urllib.parse import unquote, urlsplit

from gateway.services.recording.values import (
    Digests,
    Leaf,
    Opened,
    Place,
    essence,
    marks,
    of_the_answer,
    of_the_head,
    open_body,
)
from gateway.services.wire import Call, Reply

MOST_NOTES = 5_000

# Headers that say how an upload goes on or what binds its bytes; all others are passed over.
_TELLING = re.compile(
    r"content-(?:range|md5|digest|crc32|encoding|disposition)|range|digest|repr-digest|expect"
    r"|upload-(?:offset|length|concat|defer-length|checksum|metadata|complete)|tus-resumable"
    r"|x-goog-(?:hash|upload-[a-z-]{1,40})|x-upload-content-(?:length|type)|oc-checksum"
    r"|oc-total-length|x-amz-(?:content-sha256|checksum-[a-z0-9]{1,12}|trailer"
    r"|decoded-content-length|sdk-checksum-algorithm)|x-ms-(?:blob-type|range|content-crc64)"
    r"|dropbox-api-arg|x-http-method-override|upgrade|signature|signature-input|dpop"
    r"|transfer-encoding|destination"
)
_SCHEMES = frozenset(
    """
    apikey aws aws4-ecdsa-p256-sha256 aws4-hmac-sha256 basic bearer digest dpop goog1
    goog4-hmac-sha256 goog4-rsa-sha256 hmac hmac-sha256 kso-1 negotiate ntlm oss
    oss4-hmac-sha256 sapisidhash sharedaccesssignature sharedkey sharedkeylite signature token
    tc3-hmac-sha256 wps-2
    """.split()  # noqa: SIM905 - it reads as a list
)
_SIGNED_ADDRESS = {
    "x-amz-signature": "AWS, in the address",
    "x-goog-signature": "Google, in the address",
    "x-oss-signature": "OSS, in the address",
    "x-tos-signature": "TOS, in the address",
    "q-signature": "COS, in the address",
    "sig": "SAS, in the address",
    "signature": "in the address",
    "sign": "in the address",
}
# Types of requests that no file has; a client may write anything there, so others are not said.
_OF_REQUESTS = frozenset(
    """
    application/connect+json application/connect+proto application/dns-message
    application/grpc application/grpc-web application/grpc-web+proto application/grpc+proto
    application/graphql application/json-patch+json application/json+protobuf
    application/merge-patch+json application/offset+octet-stream application/problem+json
    application/proto application/protobuf application/vnd.amazon.eventstream
    application/vnd.api+json application/vnd.google.protobuf application/x-ndjson
    application/x-protobuf application/x-www-form-urlencoded application/xml
    binary/octet-stream message/http multipart/form-data multipart/mixed multipart/related
    text/event-stream text/json text/xml
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Noted:
    """One request and its answer. Names are as they came; values are digests.

    Args:
        host: the pattern of the profile that covers the host.
        method: of HTTP.
        segments: of the path, decoded.
        query: names of parameters.
        kind: of the body, as in :class:`Opened`.
        media: its media type without parameters; empty when it has none or an unknown one.
        fields: top-level names in the body.
        size: of the body, in bytes.
        headers: names of telling headers.
        schemes: how the request is signed or authorised.
        status: of the answer; 0 when there was none.
        refused: the gateway said no.
        answer_media: as ``media``.
        answer_fields: as ``fields``.
        holds: values of the request.
        gives: values of the answer.
        marks: size and hashes of documents in the body, with their place.
    """

    host: str
    method: str
    segments: tuple[str, ...] = field(repr=False)
    query: tuple[str, ...] = field(repr=False)
    kind: str
    media: str
    fields: tuple[str, ...] = field(repr=False)
    size: int
    headers: tuple[str, ...]
    schemes: tuple[str, ...]
    status: int
    refused: bool
    answer_media: str
    answer_fields: tuple[str, ...] = field(repr=False)
    holds: Mapping[bytes, Place] = field(repr=False)
    gives: Mapping[bytes, Place] = field(repr=False)
    marks: Mapping[bytes, tuple[str, Place]] = field(repr=False)


class Recorder:
    """Takes notes. Everything it keeps stays in memory, values only as digests.

    Args:
        pattern_of: the host pattern of the profile that covers a host; empty when none does.
    """

    def __init__(self, pattern_of: Callable[[str], str]) -> None:
        self._pattern_of = pattern_of
        self._digests = Digests()
        self._values: set[bytes] = set()
        self.noted: list[Noted] = []
        self.left_out = 0

    def note(self, call: Call, reply: Reply | None, *, refused: bool = False) -> None:
        """Keep what a profile is about.

        Args:
            call: the request as the client sent it, without content coding.
            reply: what it was answered, without content coding; ``None`` when it was cut off.
            refused: the gateway said no.
        """
        if len(self.noted) >= MOST_NOTES:
            self.left_out += 1
            return
        asked = open_body(call)
        told = open_body(reply) if reply and not refused else Opened("")
        sent = [*of_the_head(call), *asked.leaves]
        given = [*of_the_answer(reply, told)] if reply and not refused else []
        self._remember([*(leaf for leaf in sent if leaf.place[0] not in ("url", "path")), *given])
        self.noted.append(
            Noted(
                host=self._pattern_of(call.host),
                method=call.method.upper(),
                segments=_segments(call.url),
                query=_names(call.url),
                kind=asked.kind,
                media=_media(call.header("content-type")),
                fields=asked.fields,
                size=len(call.body),
                headers=_telling(call),
                schemes=tuple(_schemes(call)),
                status=reply.status if reply else 0,
                refused=refused,
                answer_media=_media(reply.header("content-type")) if reply and not refused else "",
                answer_fields=told.fields,
                holds=self._digests.table(iter(sent)),
                gives=self._digests.table(iter(given)),
                marks={
                    self._digests.of(value): (what, place)
                    for place, data in asked.documents
                    for what, value in marks(data)
                },
            )
        )

    def is_value(self, text: str) -> bool:
        """Whether a text was seen as a value somewhere, or as a word of a short one."""
        return self._digests.of(text) in self._values

    def _remember(self, leaves: Iterable[Leaf]) -> None:
        for leaf in leaves:
            self._values.add(self._digests.of(leaf.value))
            if len(leaf.value) <= 64:
                self._values |= {
                    self._digests.of(word) for word in re.findall(r"\w{2,}", leaf.value)
                }


def _segments(url: str) -> tuple[str, ...]:
    path = urlsplit(url).path.strip("/")
    return tuple(unquote(segment) for segment in path.split("/")) if path else ()


def _names(url: str) -> tuple[str, ...]:
    query = urlsplit(url).query
    pairs = re.split("[&;]", query) if query else []
    return tuple(dict.fromkeys(unquote(pair.partition("=")[0].replace("+", " ")) for pair in pairs))


def _media(declared: str | None) -> str:
    media = essence(declared or "")
    return media if media in _OF_REQUESTS or media in _of_files() else ""


@cache
def _of_files() -> frozenset[str]:
    """The media types of files that Python knows everywhere."""
    return frozenset(value for kinds in MimeTypes().types_map for value in kinds.values())


def _telling(call: Call) -> tuple[str, ...]:
    names = (name.lower() for name, _ in call.headers)
    return tuple(dict.fromkeys(name for name in names if _TELLING.fullmatch(name)))


def _schemes(call: Call) -> Iterable[str]:
    for name, value in call.headers:
        scheme = value.split(" ", 1)[0].lower()
        if "auth" in name.lower() and scheme in _SCHEMES:
            yield scheme
    for name in _names(call.url):
        if told := _SIGNED_ADDRESS.get(name.lower()):
            yield told
