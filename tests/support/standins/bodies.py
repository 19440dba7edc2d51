"""What bodies are made of: multipart, ranges, hashes, and the layers in which a value can hide."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP

from support.upstream import unpacked

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,}={0,2}")
_DEPTH = 3
_MOST = 50_000_000


class Malformed(ValueError):
    """A body or header that is not what its protocol says."""


@dataclass(frozen=True)
class Part:
    """One part of a multipart body.

    Args:
        headers: of the part.
        body: of the part, transfer encodings left on.
    """

    headers: Message
    body: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The form field's name; empty where there is none."""
        return str(self.headers.get_param("name", "", "content-disposition") or "")

    @property
    def file_name(self) -> str:
        """The file's name; empty where there is none."""
        return self.headers.get_filename() or ""

    @property
    def media_type(self) -> str:
        """The declared type, without parameters."""
        return self.headers.get_content_type() if self.headers["content-type"] else ""


def multipart(content_type: str, body: bytes, *, bare: bool = False) -> list[Part]:
    """The parts of a multipart body.

    Source: RFC 2046 §5.1.1 (delimiters), RFC 7578 (form-data), RFC 2387 (related).

    Args:
        content_type: with the boundary.
        body: from the first boundary to the last.
        bare: whether lines may end in LF alone, as google-api-python-client writes them.

    Raises:
        Malformed: the boundary is missing, or the body is not made of it from end to end.
    """
    head = Message()
    head["content-type"] = content_type
    boundary = head.get_boundary()
    if head.get_content_maintype() != "multipart" or not boundary:
        raise Malformed("no multipart type with a boundary")
    end = b"\n" if bare and b"\r\n--" not in body else b"\r\n"
    first, *pieces = (end + body).split(end + b"--" + boundary.encode("latin-1"))
    if first.strip() or len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Malformed("the boundaries do not open and close the body")
    return [_part(piece, end) for piece in pieces[:-1]]


def _part(piece: bytes, end: bytes) -> Part:
    line, _, rest = piece.partition(end)
    if line.strip():
        raise Malformed("a boundary is followed by something else")
    headers, found, body = (end + rest).partition(end + end)
    if not found:
        raise Malformed("a part has no end of its headers")
    return Part(BytesHeaderParser(policy=HTTP).parsebytes(headers.lstrip() + b"\r\n\r\n"), body)


@dataclass(frozen=True)
class Range:
    """A ``Content-Range``; ``first`` is ``None`` in a status query (``bytes */N``)."""

    first: int | None
    last: int | None
    total: int | None

    @property
    def size(self) -> int:
        """How many bytes it says there are."""
        return 0 if self.first is None or self.last is None else self.last - self.first + 1


def content_range(text: str, *, open_ended: bool = False) -> Range:
    """Read ``bytes FIRST-LAST/TOTAL`` (RFC 9110 §14.4); ``*`` for the range or the total.

    Args:
        text: the header's value.
        open_ended: whether ``bytes */*`` is allowed, as Google has it.

    Raises:
        Malformed: it is none, or contradicts itself.
    """
    found = re.fullmatch(r"bytes[ =](?:(\d+)-(\d+)|\*)/(\d+|\*)", text.strip())
    if not found:
        raise Malformed("no Content-Range")
    first, last = (None if one is None else int(one) for one in found.group(1, 2))
    total = None if found[3] == "*" else int(found[3])
    nothing = first is None and total is None and not open_ended
    if nothing or (
        first is not None
        and last is not None
        and (last < first or (total is not None and last >= total))
    ):
        raise Malformed("the Content-Range contradicts itself")
    return Range(first, last, total)


def digest(algorithm: str, data: bytes, form: str = "hex") -> str:
    """A digest as ``hex``, ``HEX`` or ``base64``."""
    made = hashlib.new(algorithm, data)
    if form == "base64":
        return base64.b64encode(made.digest()).decode()
    return made.hexdigest().upper() if form == "HEX" else made.hexdigest()


def layers(data: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """The data, and what comes out of each encoding in it that can be undone.

    Content codings, JSON and backslash escapes, base64 runs, members of ZIP files, whole or torn.
    """
    yield data
    if not depth:
        return
    for found in _beneath(data):
        if found and found != data:
            yield from layers(found, depth - 1)


def _beneath(data: bytes) -> Iterator[bytes]:
    yield from unpacked(data)
    if b"\\" in data:
        with contextlib.suppress(ValueError):
            yield json.dumps(json.loads(data), ensure_ascii=False).encode("utf-8", "replace")
    for run in _BASE64.findall(data):
        try:
            text = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
            yield base64.b64decode(text + b"=" * (-len(text) % 4))
        except binascii.Error:
            continue
    yield from _members(data)


def _members(data: bytes) -> Iterator[bytes]:
    """Names and contents of ZIP members by their local headers, so that a torn ZIP is read, too.

    Source: PKWARE APPNOTE §4.3.7 (local file header).
    """
    at = data.find(b"PK\x03\x04")
    while at >= 0:
        head = data[at : at + 30]
        if len(head) == 30:
            method, name, extra = (int.from_bytes(head[i : i + 2], "little") for i in (8, 26, 28))
            yield data[at + 30 : at + 30 + name]
            if method == 8:
                with contextlib.suppress(zlib.error):
                    yield zlib.decompressobj(-15).decompress(data[at + 30 + name + extra :], _MOST)
        at = data.find(b"PK\x03\x04", at + 4)
