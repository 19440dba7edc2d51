"""Values of requests and answers, kept only as keyed digests, each with its place.

The key lives as long as the recording, so a digest says nothing but "the same as there".
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import multipart

from gateway.services.wire import Call, Reply

MOST_PARSED = 4 * 1024 * 1024
"""Bytes of a body that are looked into; of a larger one only the size is noted."""

_MOST_LEAVES = 5_000
_DEEPEST = 12
_SHORTEST = 4
_SMALLEST = 100

type Place = tuple[str, tuple[str, ...]]
"""A kind of place (``json``, ``form``, ``query``, ``header``, ``path``, ``url``, ``part``) and the
names on the way to it; the names may be values themselves."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value and its place."""

    place: Place = field(repr=False)
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A body taken apart.

    Args:
        kind: ``json``, ``form``, ``multipart``, ``raw`` or, without a body, an empty string.
        fields: top-level names in order.
        leaves: the values.
        documents: what may be a file: a raw body, the parts of a multipart body, with their place.
    """

    kind: str
    fields: tuple[str, ...] = field(default=(), repr=False)
    leaves: tuple[Leaf, ...] = field(default=(), repr=False)
    documents: tuple[tuple[Place, bytes], ...] = field(default=(), repr=False)


class Digests:
    """Digests under a key of this recording."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, value: str) -> bytes:
        """The digest of a value; case does not count."""
        data = value.casefold().encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._key, digest_size=16).digest()

    def table(self, leaves: Iterator[Leaf]) -> dict[bytes, Place]:
        """The first place of each value that is long enough to mean something."""
        found: dict[bytes, Place] = {}
        for leaf in leaves:
            if _telling(leaf.value):
                found.setdefault(self.of(leaf.value), leaf.place)
        return found


def _telling(value: str) -> bool:
    """Whether a value is no accident: "true" and 200 stand everywhere."""
    if value.isascii() and value.isdecimal():
        return int(value[:20]) >= _SMALLEST
    return len(value) >= _SHORTEST and value.lower() not in {"true", "false", "null", "none"}


def open_body(message: Call | Reply) -> Opened:
    """Take a body apart by its declared type, or else by what it looks like."""
    body, media = message.body, essence(message.header("content-type") or "")
    if not body:
        return Opened("")
    if len(body) > MOST_PARSED:
        return Opened("multipart" if media.startswith("multipart/") else "raw")
    if media.startswith("multipart/"):
        return _multipart(body, message.header("content-type") or "")
    if media.endswith("json") or body[:1] in (b"{", b"["):
        parsed = _json(body)
        if parsed is not None:
            return parsed
    if media == "application/x-www-form-urlencoded":
        # Slack's clients send files under this type (RFC 1866 bodies are text of names and signs).
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True)
        if pairs and b"\0" not in body[:1024] and b"=" in body[:256]:
            leaves = [leaf for name, value in pairs for leaf in _in_text(("form", (name,)), value)]
            return Opened("form", tuple(dict.fromkeys(n for n, _ in pairs)), tuple(leaves))
    return Opened("raw", documents=((("body", ()), body),))


def essence(media_type: str) -> str:
    """A media type in lower case without parameters."""
    return media_type.partition(";")[0].strip().lower()


def _json(body: bytes) -> Opened | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    top = value[0] if isinstance(value, list) and value else value
    fields = tuple(top) if isinstance(top, dict) else ()
    return Opened("json", fields, tuple(_walk("json", value)))


def _walk(kind: str, value: Any, way: tuple[str, ...] = ()) -> Iterator[Leaf]:
    waiting: list[tuple[tuple[str, ...], Any]] = [(way, value)]
    for _ in range(_MOST_LEAVES):
        if not waiting:
            return
        here, value = waiting.pop()
        if isinstance(value, dict) and len(here) < _DEEPEST:
            waiting += reversed([((*here, str(key)), inner) for key, inner in value.items()])
        elif isinstance(value, list) and len(here) < _DEEPEST:
            waiting += reversed([((*here, f"[{n}]"), inner) for n, inner in enumerate(value)])
        elif isinstance(value, str | int) and not isinstance(value, bool):
            yield Leaf((kind, here), str(value))


def _in_text(place: Place, value: str) -> Iterator[Leaf]:
    """A field's value, and what it holds if it is JSON itself (Gemini's ``f.req``)."""
    yield Leaf(place, value)
    if value[:1] in ("{", "["):
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            return
        yield from _walk(place[0], inner, place[1])


def _multipart(body: bytes, media_type: str) -> Opened:
    names: list[str] = []
    documents: list[tuple[Place, bytes]] = []
    leaves: list[Leaf] = []
    try:
        for name, filename, data in _parts(body, media_type):
            names.append(name)
            place: Place = ("part", (name,))
            if filename or len(data) > 1024:
                documents.append((place, data))
                leaves.append(Leaf(place, filename))
            else:
                leaves += _in_text(place, data.decode("utf-8", "replace"))
    except (multipart.MultipartError, ValueError):
        return Opened("multipart")
    fields = tuple(dict.fromkeys(names))
    return Opened("multipart", fields, tuple(leaves), tuple(documents))


def _parts(body: bytes, media_type: str) -> Iterator[tuple[str, str, bytes]]:
    _, options = multipart.parse_options_header(media_type)
    boundary = options.get("boundary", "")
    with multipart.PushMultipartParser(boundary, strict=False) as parser:
        head: Any = None
        data = bytearray()
        for event in parser.parse(body):
            if isinstance(event, multipart.MultipartSegment):
                head, data = event, bytearray()
            elif event:
                data += event
            elif head is not None:
                yield head.name or "", head.filename or "", bytes(data)
                head = None


def of_the_head(call: Call) -> Iterator[Leaf]:
    """The values in a request's address and headers."""
    yield Leaf(("url", ()), call.url)
    yield Leaf(("url", ()), call.url.partition("?")[0])
    parts = urlsplit(call.url)
    for number, segment in enumerate(parts.path.strip("/").split("/"), 1):
        yield Leaf(("path", (str(number),)), unquote(segment))
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        yield from _in_text(("query", (name,)), value)
    for name, value in call.headers:
        if name.lower() not in {"authorization", "cookie", "host", "content-type", "user-agent"}:
            yield from _in_text(("header", (name.lower(),)), value)


def of_the_answer(reply: Reply, opened: Opened) -> Iterator[Leaf]:
    """The values that an answer gives, an address also without its query."""
    wanted = {"location", "etag", "x-goog-upload-url", "x-guploader-uploadid", "upload-location"}
    for name, value in reply.headers:
        if name.lower() in wanted:
            yield Leaf(("header", (name.lower(),)), value.strip('"'))
    for leaf in opened.leaves:
        yield leaf
        if leaf.value.startswith(("http://", "https://")):
            yield Leaf(leaf.place, leaf.value.partition("?")[0])


def marks(data: bytes) -> Iterator[tuple[str, str]]:
    """What a service may want to know of a document: ``size`` and hashes, as they are written."""
    yield "size", str(len(data))
    digests = {
        "md5": hashlib.md5(data, usedforsecurity=False).digest(),
        "sha1": hashlib.sha1(data, usedforsecurity=False).digest(),
        "sha256": hashlib.sha256(data).digest(),
        "crc32": zlib.crc32(data).to_bytes(4),
    }
    for name, digest in digests.items():
        yield f"{name}:hex", digest.hex()
        yield f"{name}:base64", base64.b64encode(digest).decode()
