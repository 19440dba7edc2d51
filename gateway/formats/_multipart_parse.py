"""Where the parts of a multipart body stand (RFC 2046 section 5.1, RFC 7578).

Strict on purpose: a body that two parsers could cut differently is refused, since one of them is
the server's. Every occurrence of the delimiter must be a boundary, and for form data the
``multipart`` library has to find the very same bodies.
"""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass, field
from itertools import pairwise

from gateway.errors import LimitExceeded
from gateway.formats._base64 import decode_base64, encode_like
from gateway.formats._multipart_headers import Header, malformed, parse_headers, parse_parameters

MAX_PARTS = 10_000
MAX_HEADER_BYTES = 65_536

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,199}[0-9A-Za-z'()+_,\-./:=?]")
_FIRST_LINE = re.compile(
    rb"(?:\r?\n)?--([0-9A-Za-z'()+_,\-./:=?]{1,199})(\r?\n)content-[a-z-]+:", re.IGNORECASE
)
_FORM_INSIDE = re.compile(
    rb"^--[^\r\n]{1,200}\r?\ncontent-disposition:[ \t]*form-data", re.IGNORECASE | re.MULTILINE
)
_QUOTED_PRINTABLE = re.compile(rb"(?:[\t\r\n -<>-~]|=[0-9A-Fa-f]{2}|=[ \t]*\r?\n)*+")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers, and the byte range of its body."""

    headers: tuple[Header, ...]
    start: int
    end: int
    content: bytes = field(repr=False)  # the body with its transfer encoding undone
    encoding: str = ""  # the transfer encoding, or nothing

    def header(self, name: str) -> Header | None:
        """The header of that name (given in lower case), or ``None``."""
        return next((h for h in self.headers if h.name == name), None)

    @property
    def name(self) -> str:
        """The field name, or nothing."""
        disposition = self.header("content-disposition")
        return (disposition.get("name") or "") if disposition else ""

    @property
    def filename(self) -> str | None:
        """The file name without folders; the extended spelling goes first (RFC 6266)."""
        disposition, kind = self.header("content-disposition"), self.header("content-type")
        names = [(h, p) for h in (disposition, kind) if h for p in h.parameters]
        names = [(h, p) for h, p in names if p.name == ("filename" if h is disposition else "name")]
        if not names:
            return None
        _, best = max(names, key=lambda pair: (pair[0] is disposition, pair[1].is_extended))
        return re.split(r"[/\\]", best.text)[-1]

    @property
    def media_type(self) -> str:
        """The declared Content-Type with its parameters, or nothing."""
        kind = self.header("content-type")
        return kind.value if kind else ""

    def is_file(self, *, form: bool) -> bool:
        """Whether the body is a document of its own: not just the text of a form field."""
        kind = self.header("content-type")
        plain = kind is None or kind.lead in ("", "text/plain")
        return not form or not plain or self.filename is not None

    def encode(self, content: bytes, original: bytes) -> bytes:
        """New content in the part's transfer encoding; ``original`` is the old, encoded body."""
        if self.encoding == "base64":
            return encode_like(original.decode("ascii"), content).encode("ascii")
        if self.encoding == "quoted-printable":
            soft = binascii.b2a_qp(content, istext=False)
            return soft.replace(b"=\n", b"=\r\n")
        return content


def boundary_of(media_type: str) -> str:
    """The boundary that a media type declares.

    Raises:
        Unreadable: it declares none, several, or one that RFC 2046 does not allow.
    """
    _, parameters = parse_parameters(media_type)
    values = [p.text for p in parameters if p.name == "boundary"]
    if len(values) != 1 or not _BOUNDARY.fullmatch(values[0]):
        raise malformed("no usable boundary is declared")
    return values[0]


def evident_boundary(data: bytes) -> str:
    """The boundary that undeclared multipart bytes show in their first and last line, or nothing."""
    match = _FIRST_LINE.match(data)
    if match is None or not data.rstrip(b"\r\n").endswith(b"\n--" + match[1] + b"--"):
        return ""
    return match[1].decode("ascii")


def parse_parts(data: bytes, boundary: str, *, form: bool) -> tuple[Part, ...]:
    """All parts of a body.

    Args:
        data: the whole body.
        boundary: as declared.
        form: whether it is multipart/form-data. Other kinds may end their lines with LF alone
            (Google's API client writes so) and need no Content-Disposition.

    Raises:
        Unreadable: the body is not multipart, or parsers could disagree about it.
        LimitExceeded: too many parts.
    """
    delimiter = b"--" + boundary.encode("ascii")
    if not data.lstrip(b"\r\n").startswith(delimiter):
        raise malformed("text before the first boundary, or another boundary")
    newline = _newline(data, delimiter, form=form)
    cuts = _cuts(data, delimiter, newline)
    if len(cuts) - 1 > MAX_PARTS:
        raise LimitExceeded(f"more than {MAX_PARTS} parts")
    bodies: list[Part] = []
    for (_, start), (stop, _) in pairwise(cuts):
        bodies.append(_part(data, start, stop - len(newline), newline))
    if form:
        _agree_with_library(data, boundary, bodies)
    for part in bodies:
        if _FORM_INSIDE.search(data, part.start, part.end):
            raise malformed("a second boundary inside a part")
    return tuple(bodies)


def _newline(data: bytes, delimiter: bytes, *, form: bool) -> bytes:
    after = data.index(delimiter) + len(delimiter)
    if data[after : after + 1] == b"\n":
        if form:
            raise malformed("lines that end in LF alone")
        return b"\n"
    return b"\r\n"


def _cuts(data: bytes, delimiter: bytes, newline: bytes) -> list[tuple[int, int]]:
    """Start and end of each delimiter line; the last is the final one.

    Every occurrence of the delimiter has to be a whole line of its own: elsewhere some parsers
    see a boundary and some do not.
    """
    cuts: list[tuple[int, int]] = []
    at = data.index(delimiter)
    if data[:at].strip(b"\r\n"):
        raise malformed("text before the first boundary")
    while at >= 0:
        after = at + len(delimiter)
        if at > 0 and not _begins_line(data, at, newline):
            raise malformed("a boundary that is not at the beginning of a line")
        if data.startswith(b"--", after):
            if data[after + 2 :].strip(b" \t\r\n"):
                raise malformed("bytes after the last boundary")
            cuts.append((at, after + 2))
            return cuts
        if not data.startswith(newline, after):
            raise malformed("a boundary with something after it")
        cuts.append((at, after + len(newline)))
        at = data.find(delimiter, after)
    raise malformed("the last boundary is missing")


def _begins_line(data: bytes, at: int, newline: bytes) -> bool:
    if newline == b"\n":
        return data[at - 1 : at] == b"\n" and data[at - 2 : at - 1] != b"\r"
    return data[max(at - 2, 0) : at] == b"\r\n"


def _part(data: bytes, start: int, end: int, newline: bytes) -> Part:
    if data.startswith(newline, start):
        headers: tuple[Header, ...] = ()
        body = start + len(newline)
    else:
        blank = data.find(newline * 2, start, start + MAX_HEADER_BYTES)
        if blank < 0 or blank + len(newline) > end:
            raise malformed("a part without an end of its headers")
        headers = parse_headers(data, start, blank + len(newline), newline)
        body = blank + 2 * len(newline)
    if body > end:
        raise malformed("a part without a body")
    names = [h.name for h in headers if h.name.startswith("content-")]
    if len(set(names)) < len(names):
        raise malformed("a header given twice")
    part = Part(headers, body, end, b"")
    length = part.header("content-length")
    if length and length.value != str(end - body):
        raise malformed("a Content-Length that is not the length")
    transfer = part.header("content-transfer-encoding")
    encoding = transfer.value.lower() if transfer else ""
    return Part(headers, body, end, *_decode(data[body:end], encoding, part))


def _decode(body: bytes, encoding: str, part: Part) -> tuple[bytes, str]:
    """The content behind a transfer encoding (RFC 2045 section 6), and the encoding's name."""
    if encoding in ("", "7bit", "8bit", "binary"):
        return body, ""
    kind = part.header("content-type")
    if kind and kind.lead.startswith("multipart/"):
        raise malformed("a transfer encoding around parts")
    if encoding == "base64":
        content = decode_base64(body.decode("latin-1"))
        if content is None:
            raise malformed("base64 that does not decode")
        return content, encoding
    if encoding == "quoted-printable":
        if not _QUOTED_PRINTABLE.fullmatch(body):
            raise malformed("quoted-printable that does not decode")
        return quopri.decodestring(body), encoding
    raise malformed("an unknown transfer encoding")


def _agree_with_library(data: bytes, boundary: str, parts: list[Part]) -> None:
    """Ask a second parser.

    Raises:
        Unreadable: it refuses the body, or finds other parts.
    """
    theirs = [body for _, body in library_parts(data, boundary)]
    if theirs != [data[part.start : part.end] for part in parts]:
        raise malformed("two parsers find different parts")


def library_parts(data: bytes, boundary: str) -> list[tuple[list[tuple[str, str]], bytes]]:
    """Headers and body of each part as the ``multipart`` library reads them.

    Raises:
        Unreadable: it refuses the body.
    """
    from multipart import MultipartError, MultipartSegment, PushMultipartParser

    found: list[tuple[list[tuple[str, str]], bytes]] = []
    # Latin-1 takes every byte: what the headers say is not this parser's business here.
    parser = PushMultipartParser(
        boundary, max_header_size=MAX_HEADER_BYTES, max_header_count=1000, header_charset="latin-1"
    )
    try:
        with parser:
            headers: list[tuple[str, str]] = []
            chunks: list[bytes] = []
            for event in parser.parse(data):
                if isinstance(event, MultipartSegment):
                    headers, chunks = event.headerlist, []
                elif event is None:
                    found.append((headers, b"".join(chunks)))
                else:
                    chunks.append(bytes(event))
    except MultipartError as error:
        raise malformed("a second parser refuses it") from error
    return found
