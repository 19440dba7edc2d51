"""Signature Version 4 of Amazon Web Services, and what others made after its example.

Sources: IAM user guide, "AWS Signature Version 4 for API requests"; Amazon S3 API reference,
"Authenticating requests"; Google Cloud Storage, "V4 signing process"; Volcengine TOS, "V4
signature". Version 4A differs by its key (ECDSA P-256) and by not naming a region.
"""

from __future__ import annotations

import hashlib
import hmac
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from gateway.services import awschunked
from gateway.services.signatures._base import (
    Bound,
    Signature,
    authorisations,
    bound,
    fields,
    parameters,
    query,
)
from gateway.services.wire import Call

_UNSIGNED: Final = ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
_NO_CONTENT: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class _Family:
    """One vendor's names.

    Args:
        headers: how its headers and parameters begin.
        prefix: what stands before the secret.
        ending: of the scope; the last thing that the key is derived with.
    """

    headers: str
    prefix: str
    ending: str


_FAMILIES: Final = {
    "AWS4": _Family("x-amz-", "AWS4", "aws4_request"),
    "GOOG4": _Family("x-goog-", "GOOG4", "goog4_request"),
    "TOS4": _Family("x-tos-", "", "request"),
}
_ALGORITHM: Final = re.compile(r"(AWS4|GOOG4|TOS4)-[A-Z0-9-]+")


@dataclass(frozen=True, slots=True)
class _Parts:
    """A signature taken apart."""

    algorithm: str
    key_id: str
    scope: str
    covered: tuple[str, ...]
    signature: str
    date: str
    presigned: bool

    @property
    def family(self) -> _Family:
        return _FAMILIES[self.algorithm.partition("-")[0]]

    @property
    def service(self) -> str:
        return self.scope.split("/")[-2] if self.scope.count("/") >= 2 else ""

    @property
    def stores(self) -> bool:
        """Whether this is object storage, which does not hash the payload of a presigned URL."""
        return self.service.startswith("s3") or self.family.headers != "x-amz-"


def recognise(call: Call) -> list[Signature]:
    """The signatures of this scheme on a request."""
    texts = [one for one in authorisations(call) if _ALGORITHM.match(one)]
    parts = [_of_header(call, one) for one in texts]
    presigned = _of_query(call)
    if presigned is not None:
        parts.append(presigned)
    return [_judged(call, one) for one in parts]


def _of_header(call: Call, text: str) -> _Parts:
    algorithm, _, rest = text.partition(" ")
    found = fields(rest)
    key_id, _, scope = found.get("credential", "").partition("/")
    covered = tuple(found.get("signedheaders", "").lower().split(";"))
    known = _ALGORITHM.fullmatch(algorithm)
    date = call.header(f"{_FAMILIES[known[1]].headers}date") if known else None
    return _Parts(
        algorithm,
        key_id,
        scope,
        covered,
        found.get("signature", ""),
        (date or "").strip(),
        presigned=False,
    )


def _of_query(call: Call) -> _Parts | None:
    asked = parameters(call)
    for family in _FAMILIES.values():
        algorithm = asked.get(f"{family.headers}algorithm", "")
        if not _ALGORITHM.fullmatch(algorithm):
            continue
        key_id, _, scope = asked.get(f"{family.headers}credential", "").partition("/")
        return _Parts(
            algorithm,
            key_id,
            scope,
            tuple(asked.get(f"{family.headers}signedheaders", "").lower().split(";")),
            asked.get(f"{family.headers}signature", ""),
            asked.get(f"{family.headers}date", ""),
            presigned=True,
        )
    return None


def _judged(call: Call, parts: _Parts) -> Signature:
    if not (_ALGORITHM.fullmatch(parts.algorithm) and parts.scope and any(parts.covered)):
        return Signature("AWS4")  # something is wrong with it: it binds everything
    more = [] if _said_of_payload(call, parts) in _UNSIGNED else [Bound.HASH]
    if any(one.startswith("x-amz-checksum-") for one in parameters(call)):
        more.append(Bound.DIGEST)  # some clients presign a checksum as a parameter
    return Signature(
        parts.algorithm,
        parts.key_id,
        frozenset(parts.covered),
        bound(call, parts.covered, *more),
        parts.presigned,
    )


def _payload(call: Call, parts: _Parts) -> str:
    """What stands for the payload in the canonical request."""
    return _said_of_payload(call, parts) or hashlib.sha256(call.body).hexdigest()


def _said_of_payload(call: Call, parts: _Parts) -> str:
    """The same where the request itself says it; else nothing, and it is the body's hash."""
    name = f"{parts.family.headers}content-sha256"
    said = (call.header(name) or "").strip()
    if parts.presigned:
        said = parameters(call).get(name, "") or (said if name in parts.covered else "")
        if parts.stores:
            return said or "UNSIGNED-PAYLOAD"
    return said


@dataclass(slots=True)
class V4Signer:
    """Signs again with HMAC-SHA256.

    Args:
        secret: of the key that the request names.
    """

    secret: str = field(repr=False)
    _spelling: _Spelling | None = None

    def fits(self, call: Call) -> bool:
        """Whether the secret makes this signature; remembers in which spelling of the address."""
        parts = _only(call)
        if parts is None or not parts.date or not parts.algorithm.endswith("-HMAC-SHA256"):
            return False
        for spelling in _spellings(parts):
            if hmac.compare_digest(self._signature(call, parts, spelling), parts.signature):
                self._spelling = spelling
                return True
        return False

    def sign(self, call: Call) -> Call:
        """The request signed anew; a framed body whose chunks are signed has them signed anew."""
        parts = _only(call)
        assert parts
        assert self._spelling  # asked whether it fits
        call = self._headed(call, parts, self._spelling)
        if not awschunked.payload_mode(call).startswith(awschunked.SIGNED):
            return call
        seed = _only(call)
        assert seed
        chunks = _ChunkSigner(self._key(parts), parts, seed.signature)
        framed = awschunked.parse(call.body)
        trailing = awschunked.payload_mode(call).endswith("-TRAILER")
        signed = framed.signed(chunks.chunk, chunks.trailers if trailing else None)
        return replace(call, body=signed.encoded())

    def _headed(self, call: Call, parts: _Parts, spelling: _Spelling) -> Call:
        new = self._signature(call, parts, spelling)
        if parts.presigned:
            return replace(call, url=call.url.replace(parts.signature, new))
        headers = tuple(
            (name, value.replace(parts.signature, new) if "auth" in name.lower() else value)
            for name, value in call.headers
        )
        return replace(call, headers=headers)

    def _signature(self, call: Call, parts: _Parts, spelling: _Spelling) -> str:
        canonical = _canonical(call, parts, spelling)
        text = "\n".join(
            (parts.algorithm, parts.date, parts.scope, hashlib.sha256(canonical).hexdigest())
        )
        return hmac.digest(self._key(parts), text.encode(), "sha256").hex()

    def _key(self, parts: _Parts) -> bytes:
        first = (parts.family.prefix + self.secret).encode()
        return reduce(
            lambda key, word: hmac.digest(key, word.encode(), "sha256"),
            parts.scope.split("/"),
            first,
        )


@dataclass(slots=True)
class _ChunkSigner:
    """Signs chunk after chunk, each over the signature of the one before."""

    key: bytes = field(repr=False)
    parts: _Parts
    previous: str

    def chunk(self, piece: bytes) -> str:
        return self._next("-PAYLOAD", _NO_CONTENT, hashlib.sha256(piece).hexdigest())

    def trailers(self, canonical: bytes) -> str:
        return self._next("-TRAILER", hashlib.sha256(canonical).hexdigest())

    def _next(self, kind: str, *hashes: str) -> str:
        lines = (
            self.parts.algorithm + kind, self.parts.date, self.parts.scope, self.previous, *hashes
        )  # fmt: skip
        self.previous = hmac.digest(self.key, "\n".join(lines).encode(), "sha256").hex()
        return self.previous


def _only(call: Call) -> _Parts | None:
    """The one signature of the request; ``None`` where there are several, or none."""
    found = [_of_header(call, one) for one in authorisations(call) if _ALGORITHM.match(one)]
    presigned = _of_query(call)
    if presigned is not None:
        found.append(presigned)
    whole = len(found) == 1 and _ALGORITHM.fullmatch(found[0].algorithm) and found[0].signature
    return found[0] if whole else None


type _Spelling = tuple[Callable[[str], str], Callable[[str, str], tuple[str, str]]]
"""How path and query are written in the canonical request."""


def _spellings(parts: _Parts) -> Iterator[_Spelling]:
    """The ways in which clients spell an address; servers know one, but clients send it so too."""
    paths = (_as_sent, _encoded_once) if parts.stores else (_encoded_again, _as_sent)
    for path in paths:
        yield path, _pair_as_sent
        yield path, _pair_encoded


def _as_sent(path: str) -> str:
    return path


def _encoded_once(path: str) -> str:
    return quote(unquote(path), safe="/-_.~")


def _encoded_again(path: str) -> str:
    """Dot segments resolved, then every percent sign encoded once more (all services but S3)."""
    resolved = posixpath.normpath(path) if path else "/"
    resolved = "/" + resolved.lstrip("/")
    return quote(resolved + ("/" if path.endswith("/") and resolved != "/" else ""), safe="/-_.~")


def _pair_as_sent(name: str, value: str) -> tuple[str, str]:
    return name, value


def _pair_encoded(name: str, value: str) -> tuple[str, str]:
    return quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")


def _canonical(call: Call, parts: _Parts, spelling: _Spelling) -> bytes:
    spelled_path, spelled_pair = spelling
    own = f"{parts.family.headers}signature"
    pairs = sorted(
        spelled_pair(name, value)
        for name, value in query(call)
        if not (parts.presigned and unquote(name).lower() == own)
    )
    headers = "".join(f"{name}:{_values(call, name)}\n" for name in parts.covered)
    lines = (
        call.method,
        spelled_path(urlsplit(call.url).path or "/"),
        "&".join(f"{name}={value}" for name, value in pairs),
        headers,
        ";".join(parts.covered),
        _payload(call, parts),
    )
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _values(call: Call, name: str) -> str:
    """All values of a header, white space drawn together."""
    values = (value for key, value in call.headers if key.lower() == name)
    # Headers are bytes; a client signs them as UTF-8 text.
    return ",".join(
        " ".join(value.encode("latin-1", "replace").decode("utf-8", "surrogateescape").split())
        for value in values
    )
