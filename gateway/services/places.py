"""Where a value stands in a request or an answer: ``header.digest``, ``json.file.size``.

A profile names places of lengths, hashes, names, ids and of the document's bytes themselves. Kinds:

* ``body``, ``url``, ``resource`` (the address without its query), ``path.3`` (a segment, counted from 1, or from the end with ``path.-1``),
  ``path.dav/files@2`` (the segment behind these, which stand from the second on, in any case;
  another one must follow it),
  ``query.name``, ``header.name``
* ``json.file.hashes[0].value``: of a JSON body; ``[-1]`` is the last item,
  ``hashes[type=sha256]`` the first one with such an entry
* ``form.name``: of an ``application/x-www-form-urlencoded`` body
* ``part.name``: of a multipart body, the content of the part of that name
* ``file``: of a multipart body, the content of its first part that has a file name; else the body
* ``xml.UploadId``: the first element of that name, whatever its namespace
* ``etag``: of an answer, without the quotes around it (RFC 9110 §8.8.3)
* any of them, then ``|json.x`` or ``|form.x``, where the value is text of that kind itself:
  ``header.dropbox-api-arg|json.content_hash``; ``|query.x`` or ``|path.x``, where it is an address;
  ``|argument.x``, where it is a call as OData writes it: ``finishUpload(uploadId=guid'…')``
* several, joined by `` or ``: the first that is there
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Self

from pydantic import JsonValue

from gateway.services.values import (
    READERS,
    WRITERS,
    NoSuchPlace,
    border,
    part_span,
    read_inner,
    segment,
    text_of,
    with_bytes,
    with_json,
    without_json,
    write_inner,
)
from gateway.services.wire import Call, Reply

__all__ = ["NoSuchPlace", "Place"]

_KINDS = (
    "body",
    "etag",
    "url",
    "resource",
    "path",
    "query",
    "header",
    "json",
    "form",
    "part",
    "file",
    "xml",
    "argument",
)
_WHOLE = ("body", "url", "resource", "file", "etag")
_INNER = ("json", "form", "query", "path", "argument")


@dataclass(frozen=True, slots=True)
class Place:
    """One place.

    Args:
        kind: the first word.
        name: what follows it; empty for ``body``, ``file`` and ``url``.
        inner: a place inside the text that stands there.
        otherwise: where to look when nothing stands there.
    """

    kind: str
    name: str = ""
    inner: Place | None = None
    otherwise: Place | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the spelling of a profile.

        Raises:
            ValueError: there is no such kind of place.
        """
        text, alternative, others = text.partition(" or ")
        otherwise = cls.parse(others) if alternative else None
        outer, bar, inner = text.partition("|")
        return cls._one(outer, cls._one(inner, within=True) if bar else None, otherwise)

    @classmethod
    def _one(
        cls,
        text: str,
        inner: Self | None = None,
        otherwise: Self | None = None,
        *,
        within: bool = False,
    ) -> Self:
        kind, _, name = text.partition(".")
        if kind not in _KINDS or bool(name) is (kind in _WHOLE):
            raise ValueError(f"{text!r} names no place; write one as in header.digest or json.size")
        if kind == "path" and not re.fullmatch(r"-?[1-9][0-9]*|[a-z][a-z0-9/-]*@[1-9]", name):
            raise ValueError(f"{text!r}: a path segment is a number from 1, or words before it")
        if (within and kind not in _INNER) or (not within and kind == "argument"):
            raise ValueError(
                f"{text!r}: {', '.join(_INNER)} can stand inside a value, and only there argument"
            )
        return cls(kind, name, inner, otherwise)

    def where(self, message: Call | Reply) -> Place:
        """Of several places the one where something stands."""
        if self.otherwise is None:
            return self
        first = replace(self, otherwise=None)
        return first if first.stands_in(message) else self.otherwise.where(message)

    def read(self, message: Call | Reply) -> str:
        """The value as text; the bytes of a body or part as ISO 8859-1.

        Raises:
            NoSuchPlace: the message has no value there.
        """
        return text_of(self._value(message))

    def read_bytes(self, message: Call | Reply) -> bytes:
        """The value of ``body`` or ``part.name`` as it was sent.

        Raises:
            NoSuchPlace: the message has no value there.
        """
        found = self._value(message)
        return found if isinstance(found, bytes) else text_of(found).encode()

    def stands_in(self, message: Call | Reply) -> bool:
        """Whether the message has a value there."""
        try:
            self._value(message)
        except NoSuchPlace:
            return False
        return True

    def read_any(self, message: Call | Reply) -> JsonValue:
        """The value as JSON has it: an object or a list too.

        Raises:
            NoSuchPlace: the message has no value there.
        """
        found: JsonValue = self._value(message)
        return found

    def write_any(self, call: Call, value: JsonValue) -> Call:
        """The request with another JSON value at a place of its JSON body.

        Raises:
            NoSuchPlace: nothing stands there that could be replaced.
        """
        if self.otherwise:
            return self.where(call).write_any(call, value)
        if self.kind != "json" or self.inner:
            raise NoSuchPlace("a list stands in a JSON body only")
        return call.with_body(with_json(call.body, {self.name: value}))

    def write[M: (Call, Reply)](self, message: M, value: str | bytes) -> M:
        """The message with another value there; a number stays a number in JSON.

        Raises:
            NoSuchPlace: the message has no value there that could be replaced.
        """
        if self.otherwise:
            return self.where(message).write(message, value)
        if isinstance(value, bytes):
            if self.kind in ("body", "part", "file"):
                return with_bytes(self.kind, self.name, message, value)
            value = value.decode()
        if self.inner:
            outer = replace(self, inner=None)
            value = write_inner(self.inner.kind, self.inner.name, outer.read(message), value)
            return outer.write(message, value)
        return WRITERS[self.kind](self.name, message, value)  # type: ignore[no-any-return]

    def put(self, call: Call, value: str) -> Call:
        """The request with a value at a place, there already or not.

        Raises:
            NoSuchPlace: it is not there, and only headers and fields of multipart bodies are made.
        """
        if self.inner or self.otherwise or self.stands_in(call):
            return self.write(call, value)
        if self.kind == "header":
            return call.with_header(self.name, value)
        if self.kind != "part":
            return self.write(call, value)
        mark = border(call)
        head = f'Content-Disposition: form-data; name="{self.name}"\r\n\r\n'
        start = call.body.find(mark)
        if start < 0:
            raise NoSuchPlace("the body is not multipart")
        added = mark + b"\r\n" + head.encode() + value.encode() + b"\r\n"
        return call.with_body(call.body[:start] + added + call.body[start:])

    def without(self, call: Call) -> Call:
        """The request without the header, JSON member or multipart field of this place."""
        if self.inner or not self.stands_in(call):
            return call
        if self.kind == "header":
            return call.without([self.name])
        if self.kind == "json":
            return call.with_body(without_json(call.body, self.name))
        if self.kind != "part":
            return call
        mark = border(call)
        start, end = part_span(call, self.name)
        start = call.body.rfind(mark, 0, start)
        return call.with_body(call.body[:start] + call.body[end + 2 :])

    def segment(self, call: Call) -> tuple[list[str], int]:
        """For a ``path``: the segments of the address, and which of them is meant.

        Raises:
            NoSuchPlace: there is no such segment.
        """
        return segment(self.name, call)

    def _value(self, message: Call | Reply) -> Any:
        place = self.where(message) if self.otherwise else self
        found = READERS[place.kind](place.name, message)
        return (
            found
            if place.inner is None
            else read_inner(place.inner.kind, place.inner.name, text_of(found))
        )
