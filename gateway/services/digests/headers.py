"""Integrity headers: digests of a body that travel beside it.

:func:`recomputed` makes them right again for a changed body. It refuses to guess: a digest that
was wrong before, or of an algorithm that is not known here, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from gateway.errors import CannotEdit
from gateway.services.digests.algorithms import digest
from gateway.services.wire import Call

type _Rewrite = Callable[[str, str, bytes, bytes], str]
"""A header's new value, of its name, its old value, the old body and the new one."""

_SHOWN = re.compile(r"[A-Za-z0-9-]{1,40}")


def recomputed(call: Call, old_body: bytes, new_body: bytes, but: Collection[str] = ()) -> Call:
    """The request with each integrity header made right for ``new_body``.

    Args:
        call: with headers that are about ``old_body``. Its own body is not looked at.
        old_body: what the digests are of now.
        new_body: what they are to be of.
        but: names, lower case, of those that are of something else and stay.

    Raises:
        CannotEdit: a header is not right for the old body, or its algorithm is not known.
    """
    headers = tuple(
        (name, header_value(name, value, old_body, new_body)) if is_integrity(name, value) and name.lower() not in but
        else (name, value)
        for name, value in call.headers
    )  # fmt: skip
    return Call(headers, call.body, call.method, call.url)


def is_integrity(name: str, value: str) -> bool:
    """Whether a header (or trailer) holds a digest of the body."""
    name = name.lower()
    if name in _HEADERS:
        return True
    if name.endswith("-content-sha256"):  # literal words there (UNSIGNED-PAYLOAD) are no digest
        return bool(_SHA256.fullmatch(value.strip()))
    return "-checksum-" in name and bool(_AMAZON.fullmatch(name) or _CHECKSUM.fullmatch(name))


def header_value(name: str, value: str, old_body: bytes, new_body: bytes) -> str:
    """The new value of one integrity header or trailer.

    Raises:
        CannotEdit: as :func:`recomputed`.
    """
    lower = name.lower()
    if found := _AMAZON.fullmatch(lower) or _CHECKSUM.fullmatch(lower):
        algorithm = found[1]
        encoding = "base64" if lower.startswith("x-amz-") else "hex"
        return _plain(f"{algorithm}:{encoding}")(name, value, old_body, new_body)
    rewrite = _HEADERS.get(lower) or _plain("sha256:hex", "sha256:HEX")
    return rewrite(name, value, old_body, new_body)


def _new(name: str, value: str, candidates: tuple[str, ...], old: bytes, new: bytes) -> str:
    """The digest of the new body under the first candidate that was right for the old one."""
    for candidate in candidates:
        try:
            right = digest(candidate, [old]) == value
        except ValueError:
            continue
        if right:
            return digest(candidate, [new])
    shown = name if _SHOWN.fullmatch(name) else "a digest header"
    raise CannotEdit(
        f"the digest in {shown} was not right for the body, or is of a kind that is not known"
    )


def _plain(*candidates: str) -> _Rewrite:
    """A header that holds one digest and nothing else."""

    def rewrite(name: str, value: str, old: bytes, new: bytes) -> str:
        return _new(name, value.strip(), candidates, old, new)

    return rewrite


def _list(item: re.Pattern[str], names: Mapping[str, tuple[str, ...]]) -> _Rewrite:
    """A header of several digests, each with its algorithm's name.

    Args:
        item: of one digest; its groups are ``algorithm`` and ``value``.
        names: what the algorithms are called here.
    """

    def rewrite(name: str, value: str, old: bytes, new: bytes) -> str:
        parts = value.split(",")
        for at, part in enumerate(parts):
            found = item.fullmatch(part.strip())
            candidates = names.get(found["algorithm"].lower(), ()) if found else ()
            fresh = _new(name, found["value"] if found else "", candidates, old, new)
            assert found  # without candidates nothing is right
            kept = part.strip()
            start, end = found.span("value")
            parts[at] = part.replace(kept, kept[:start] + fresh + kept[end:])
        return ",".join(parts)

    return rewrite


_SHA256: Final = re.compile(r"[0-9A-Fa-f]{64}")
# Amazon S3, "Checking object integrity"; the same names stand in trailers.
_AMAZON: Final = re.compile(r"x-amz-checksum-((?!type$|mode$|algorithm$)[a-z0-9]+)")
# Artifactory and others after its example.
_CHECKSUM: Final = re.compile(r"x-checksum-(md5|sha1|sha256|sha512)")

_BASE64_NAMES: Final = {
    "md5": ("md5:base64",),
    "sha": ("sha1:base64",),
    "sha-1": ("sha1:base64",),
    "sha-256": ("sha256:base64",),
    "sha-384": ("sha384:base64",),
    "sha-512": ("sha512:base64",),
    "crc32c": ("crc32c:base64", "crc32c:hex"),
    "adler": ("adler32:base64", "adler32:hex"),
    "adler32": ("adler32:hex", "adler32:base64"),
}
_HEX_NAMES: Final = {
    name: (f"{name}:hex", f"{name}:HEX") for name in ("md5", "sha1", "sha256", "adler32")
} | {"sha3-256": ("sha3-256:hex",)}
_TUS_NAMES: Final = {
    name: (f"{name}:base64",) for name in ("md5", "sha1", "sha256", "sha512", "crc32")
}

_VALUE: Final = r"(?P<value>[A-Za-z0-9+/=_-]*)"
_FIELDS: Final = _list(re.compile(r"(?P<algorithm>[a-z0-9-]+)=:" + _VALUE + ":"), _BASE64_NAMES)

_HEADERS: Final[dict[str, _Rewrite]] = {
    # RFC 1864; Kingsoft writes it in hexadecimal.
    "content-md5": _plain("md5:base64", "md5:hex", "md5:HEX"),
    # RFC 3230; RFC 9530, whose values are byte sequences (RFC 8941 §3.3.5).
    "digest": _list(re.compile(r"(?P<algorithm>[A-Za-z0-9-]+)=" + _VALUE), _BASE64_NAMES),
    "content-digest": _FIELDS,
    "repr-digest": _FIELDS,
    # Google Cloud Storage XML API, "x-goog-hash".
    "x-goog-hash": _list(
        re.compile(r"(?P<algorithm>crc32c|md5)=" + _VALUE), {"crc32c": ("crc32c:base64",), "md5": ("md5:base64",)}
    ),
    # ownCloud and Nextcloud, "Checksums".
    "oc-checksum": _list(re.compile(r"(?P<algorithm>[A-Za-z0-9-]+):" + _VALUE), _HEX_NAMES),
    # tus 1.0, Checksum extension.
    "upload-checksum": _list(re.compile(r"(?P<algorithm>[a-z0-9-]+) " + _VALUE), _TUS_NAMES),
    # Azure Storage, "Put Blob"; the CRC is written with its low byte first.
    "x-ms-content-crc64": _plain("crc64nvme:base64-le"),
    "x-ms-blob-content-md5": _plain("md5:base64"),
    # Alibaba's and Tencent's storage say it of what they got.
    "x-oss-hash-crc64ecma": _plain("crc64ecma:decimal"),
    "x-cos-hash-crc64ecma": _plain("crc64ecma:decimal"),
    # Tencent COS; Volcengine's and ByteDance's storage.
    "x-cos-content-sha1": _plain("sha1:hex"),
    "content-crc32": _plain("crc32:hex", "crc32:HEX", "crc32:decimal"),
    "x-bce-content-crc32": _plain("crc32:decimal", "crc32:hex"),
}  # fmt: skip
