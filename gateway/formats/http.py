"""An HTTP message as a document: the parts of a batch (``application/http``, RFC 9112 §10.2).

Google's and OData's batches (``multipart/mixed``) hold whole requests, each with a body of its own.
Bodies are children, header values segments. A finding in the address cannot be edited: that would
change what is asked for.
"""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from typing import ClassVar, NamedTuple
from urllib.parse import unquote_plus

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import WRAPS, Descend, Document, Opener, edit_text, splice
from gateway.formats._children import Children
from gateway.formats._multipart_headers import Header, parse_headers
from gateway.formats._multipart_parse import MAX_HEADER_BYTES
from gateway.model import Edit, Hint, Role, Segment, Unread

_TYPES = ("application/http", "message/http")
_FIRST_LINE = re.compile(
    rb"(?:[A-Z]{3,20} ([^\s\x00-\x1f\x7f]+)(?: HTTP/1\.[01])?|HTTP/1\.[01] [1-5][0-9]{2}(?: ([^\r\n]*))?)"
    rb"(\r?\n)"
)
_PLAIN = frozenset(
    """
    accept accept-charset accept-encoding accept-language authorization cache-control connection
    consistencylevel content-length content-transfer-encoding cookie date host if-match
    if-modified-since if-none-match if-unmodified-since mime-version odata-maxversion odata-version
    origin pragma prefer user-agent x-goog-api-client x-goog-api-key x-goog-user-project
    x-requested-with
    """.split()  # noqa: SIM905 - a list of thirty strings is no better read
)
"""Headers that carry no text of the user's, and his credentials for the very service he asks."""

_MEDIA_TYPE = re.compile(
    r"[a-z]{1,20}/[a-z0-9.+-]{1,90}(?:; ?charset=[A-Za-z0-9-]{1,20})?", re.IGNORECASE
)
_IDENTITY = ("7bit", "8bit", "binary")
_DIGESTS = ("content-md5", "digest", "content-digest", "repr-digest")


class _Message(NamedTuple):
    """Where things stand in a message; ``target`` is its address or its reason phrase, decoded."""

    target: str
    headers: tuple[Header, ...]
    start: int
    end: int

    def header(self, name: str) -> Header | None:
        return next((one for one in self.headers if one.name == name), None)


@dataclass(slots=True)
class HttpDocument:
    """One message."""

    format: str
    unread: Sequence[Unread]
    _data: bytes = field(repr=False)
    _message: _Message = field(repr=False)
    _children: Children = field(default_factory=Children, repr=False)
    _values: dict[int, Header] = field(default_factory=dict, repr=False)

    def segments(self) -> Sequence[Segment]:
        """The address, header values, then what stands in the body."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The message with the edits made and its length stated anew.

        Raises:
            CannotEdit: an edit of the address or of a header's name, or of a body that a digest
                in a header vouches for.
        """
        own, changed = self._children.apply(edits)
        message, changes = self._message, []
        for index, group in own.items():
            header = self._values.get(index)
            if header is None:
                raise CannotEdit("a finding in the address of a request inside, or a header's name")
            changes.append(
                (header.start, header.end, header.encode(edit_text(header.value, group)))
            )
        for body in changed.values():
            if any(message.header(name) for name in _DIGESTS):
                raise CannotEdit("a finding in a body whose digest is stated beside it")
            changes.append((message.start, message.end, body))
            if length := message.header("content-length"):
                changes.append((length.start, length.end, str(len(body)).encode("ascii")))
        return splice(self._data, changes)

    def fill(self, open_child: Opener) -> None:
        """Take in the address, the headers and the body."""
        message = self._message
        self._own(message.target, Role.METADATA)
        for header in message.headers:
            name = header.name
            if name in _PLAIN or (name == "content-type" and _MEDIA_TYPE.fullmatch(header.value)):
                continue
            self._own(name, Role.KEY)
            self._values[len(self._children.own)] = header
            self._own(header.value, Role.METADATA, name)
        body = self._data[message.start : message.end]
        kind = message.header("content-type")
        if body:
            self._children.open("body", body, Hint("", kind.value if kind else ""), open_child)

    def _own(self, text: str, role: Role, *context: str) -> None:
        self._children.own.append(Segment(text, "head", role, context))


def _parse(data: bytes) -> _Message:
    """Read a message.

    Raises:
        Unreadable: it is none, or its length is not what it says.
    """
    first = _FIRST_LINE.match(data)
    if first is None:
        raise Unreadable("malformed HTTP message")
    newline = first[3]
    target = unquote_plus((first[1] or first[2] or b"").decode("utf-8", "replace"))
    if data.startswith(newline, first.end()) or first.end() == len(data):
        start = min(first.end() + len(newline), len(data))
        return _Message(target, (), start, len(data))
    blank = data.find(newline * 2, first.end(), first.end() + MAX_HEADER_BYTES)
    end = blank + len(newline) if blank >= 0 else len(data)
    if blank < 0 and not data.endswith(newline):
        raise Unreadable("malformed HTTP message: its headers do not end")
    headers = parse_headers(data, first.end(), end, newline)
    start = min(end + len(newline), len(data))
    message = _Message(target, headers, start, len(data))
    names = [header.name for header in headers if header.name.startswith(("content-", "transfer-"))]
    if len(set(names)) < len(names) or "transfer-encoding" in names:
        raise Unreadable("malformed HTTP message: a header given twice, or a body in chunks")
    coding = message.header("content-transfer-encoding")
    if coding and coding.value.strip().lower() not in _IDENTITY:
        raise Unreadable("an HTTP message in a transfer encoding that HTTP does not have")
    length = message.header("content-length")
    if length is None:
        return message
    size = int(length.value) if re.fullmatch(r"[0-9]{1,12}", length.value) else -1
    if not 0 <= size <= len(data) - start or data[start + size :].strip(b"\r\n"):
        raise Unreadable("malformed HTTP message: its length is not what it says")
    return message._replace(end=start + size)


class _Http:
    name: ClassVar[str] = "http"

    def score(self, data: bytes, hint: Hint) -> float:
        """Declared; what is not one then is malformed, and no text to be read without its JSON."""
        return WRAPS if hint.essence in _TYPES and data else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        del hint
        children = Children()
        document = HttpDocument(self.name, children.unread, data, _parse(data), children)
        document.fill(open_child)
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """By the standard library's reader of header lines."""
        del hint
        stream = io.BytesIO(data)
        line = stream.readline().decode("latin-1")
        yield from (line, unquote_plus(line))
        try:
            headers = http.client.parse_headers(stream)
        except (http.client.HTTPException, MessageError) as error:
            raise Unreadable("malformed HTTP message") from error
        for name, value in headers.items():
            yield from (name, value, unquote_plus(value))
        if body := stream.read():
            yield from descend(
                body.rstrip(b"\r\n") or body, Hint("", headers.get("content-type", ""))
            )


FORMAT = _Http()
