"""Bodies framed as ``aws-chunked``: S3's own chunks inside an HTTP body, with trailers.

Source: Amazon S3 API reference, "Signature calculations: transferring payload in multiple chunks"
and "… including trailing headers". What does not follow it to the last byte is refused: nobody
can know what a server makes of it. The header ``Content-Encoding: aws-chunked`` is signed mostly
and must stay with the framing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Final, Self

from gateway.errors import Unreadable
from gateway.services.digests import header_value, is_integrity
from gateway.services.wire import Call

CODING: Final = "aws-chunked"
SIGNED: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
"""The payload mode whose chunks are signed; others are told by their beginning."""
TRAILER_SIGNATURE: Final = "x-amz-trailer-signature"
LENGTH: Final = "x-amz-decoded-content-length"

_CHUNK: Final = 64 * 1024
_SIZE_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?\r\n")
# Amazon's page ends a trailer with LF and then CRLF, its clients with CRLF.
_TRAILER: Final = re.compile(rb"([A-Za-z0-9-]{1,100}):[ \t]*([!-~]{1,1000}(?: [!-~]+)*)\n?\r\n")
_MOST_TRAILERS: Final = 8
_DAMAGED: Final = "its aws-chunked framing is damaged"


@dataclass(frozen=True, slots=True)
class Chunked:
    """A framed body.

    Args:
        data: what the frames hold.
        sizes: of the frames, the empty last one left out.
        signatures: one for each frame and the last one; empty where they are not signed.
        trailers: name and value of each, signatures left out.
        trailer_signature: of all trailers; empty where there is none.
    """

    data: bytes = field(repr=False)
    sizes: tuple[int, ...] = ()
    signatures: tuple[str, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()
    trailer_signature: str = ""

    @property
    def pieces(self) -> tuple[bytes, ...]:
        """The content of each frame, the empty last one too."""
        edges = accumulate(self.sizes, initial=0)
        return (*(self.data[start:end] for start, end in pairwise(edges)), b"")

    def with_data(self, data: bytes) -> Self:
        """The framing of another content: no signatures, checksums recomputed.

        A content of the same length gets the same frames, so that the whole stays as long.

        Raises:
            CannotEdit: a checksum was not right for the old content, or is of an unknown kind.
        """
        trailers = tuple(
            (name, header_value(name, value, self.data, data) if is_integrity(name, value) else value)
            for name, value in self.trailers
        )  # fmt: skip
        sizes = self.sizes
        if len(data) != len(self.data):
            step = max(_CHUNK, *self.sizes, 0)
            sizes = tuple(min(step, len(data) - at) for at in range(0, len(data), step))
        return replace(
            self, data=data, sizes=sizes, signatures=(), trailers=trailers, trailer_signature=""
        )

    def signed(
        self, chunk: Callable[[bytes], str], trailers: Callable[[bytes], str] | None
    ) -> Self:
        """The same with new signatures.

        Args:
            chunk: signs one frame after the other.
            trailers: signs the trailers in their canonical form; ``None`` where they are not.
        """
        signatures = tuple(chunk(piece) for piece in self.pieces)
        if trailers is None:
            return replace(self, signatures=signatures)
        canonical = "".join(f"{name.lower()}:{value}\n" for name, value in self.trailers)
        return replace(
            self, signatures=signatures, trailer_signature=trailers(canonical.encode("latin-1"))
        )

    def encoded(self) -> bytes:
        """The body as it is sent."""
        out = []
        signatures = self.signatures or ("",) * (len(self.sizes) + 1)
        for piece, signature in zip(self.pieces, signatures, strict=True):
            extension = f";chunk-signature={signature}" if signature else ""
            out += [f"{len(piece):x}{extension}\r\n".encode(), piece, b"\r\n" if piece else b""]
        trailers = self.trailers
        if self.trailer_signature:
            trailers += ((TRAILER_SIGNATURE, self.trailer_signature),)
        out += [f"{name}:{value}\r\n".encode("latin-1") for name, value in trailers]
        return b"".join([*out, b"\r\n"])


def is_chunked(call: Call) -> bool:
    """Whether a body is framed, as its headers say."""
    return payload_mode(call).startswith("STREAMING-") or CODING in content_codings(call)


def payload_mode(call: Call) -> str:
    """What the request says of its payload's hash; empty where it says nothing."""
    return (call.header("x-amz-content-sha256") or "").strip()


def content_codings(call: Call) -> list[str]:
    """The codings of the body in the order in which they were applied, lower case."""
    return [
        one
        for name, value in call.headers
        if name.lower() == "content-encoding"
        for one in (part.strip().lower() for part in value.split(","))
        if one and one != "identity"
    ]


def opened(call: Call) -> Chunked:
    """The framed body of a request, checked against what its headers say.

    Raises:
        Unreadable: framing and headers do not agree, or the framing is damaged.
    """
    codings = content_codings(call)
    if CODING in codings[:-1]:
        raise Unreadable("its body is encoded again over the aws-chunked framing")
    mode = payload_mode(call)
    if mode.startswith("STREAMING-") and "EVENTS" in mode:
        raise Unreadable("its signed event stream cannot be inspected")
    found = parse(call.body)
    if bool(found.signatures) is not mode.startswith(SIGNED):
        raise Unreadable("its aws-chunked framing is not signed as its headers say")
    announced = sorted(
        one.strip().lower()
        for name, value in call.headers
        if name.lower() == "x-amz-trailer"
        for one in value.split(",")
    )
    if sorted(name.lower() for name, _ in found.trailers) != announced:
        raise Unreadable("its trailers are not those that its headers announce")
    if not all(is_integrity(name, value) for name, value in found.trailers):
        raise Unreadable("a trailer of it is of no known kind")
    length = call.header(LENGTH)
    if length is not None and length.strip() != str(len(found.data)):
        raise Unreadable("its aws-chunked framing is not as long as its headers say")
    return found


def parse(body: bytes) -> Chunked:
    """A framed body, to its last byte.

    Raises:
        Unreadable: the framing is damaged, or something follows it.
    """
    pieces: list[bytes] = []
    signatures: list[str] = []
    at = 0
    while True:
        line = _SIZE_LINE.match(body, at)
        if line is None:
            raise Unreadable(_DAMAGED)
        size, start = int(line[1], 16), line.end()
        signatures.append((line[2] or b"").decode())
        if not size:
            break
        at = start + size + 2
        if body[start + size : at] != b"\r\n":
            raise Unreadable(_DAMAGED)
        pieces.append(body[start : start + size])
    if len({bool(one) for one in signatures}) > 1:
        raise Unreadable("only some chunks of its aws-chunked framing are signed")
    trailers = _trailers(body, start)
    signature = ""
    if trailers and trailers[-1][0].lower() == TRAILER_SIGNATURE:
        signature = trailers.pop()[1]
    return Chunked(
        b"".join(pieces),
        tuple(map(len, pieces)),
        tuple(signatures) if signatures[0] else (),
        tuple(trailers),
        signature,
    )


def _trailers(body: bytes, at: int) -> list[tuple[str, str]]:
    """The trailers, which an empty line ends with the body."""
    found: list[tuple[str, str]] = []
    while body[at:] != b"\r\n":
        line = _TRAILER.match(body, at)
        if line is None or len(found) == _MOST_TRAILERS:
            raise Unreadable(_DAMAGED)
        found.append((line[1].decode(), line[2].decode()))
        at = line.end()
    return found
