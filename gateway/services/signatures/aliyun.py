"""Alibaba Cloud OSS, signatures 1 and 4, in headers and in addresses.

Source: OSS developer reference, "Include a V4 signature in the Authorization header", "Include a
V1 signature …". Neither hashes the payload; both sign Content-MD5 where there is one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from gateway.services.signatures._base import (
    Bound,
    Signature,
    authorisations,
    bound,
    fields,
    parameters,
    query,
    starting,
)
from gateway.services.wire import Call

_V4: Final = "OSS4-HMAC-SHA256"
_V1: Final = re.compile(r"(?i)OSS\s+([^:\s]+):(\S+)")
_SIGNED: Final = ("content-md5", "content-type", "date")

# Parameters that are part of the resource in signature 1, besides those named x-oss-….
_SUBRESOURCES: Final = frozenset(
    """
    acl accessPoint accessPointPolicy append asyncFetch bucketInfo callback callback-var
    cname comp continuation-token cors delete encryption endTime group img inventory
    inventoryId lifecycle link live location logging metaQuery objectInfo objectMeta
    partNumber policy position publicAccessBlock qos qosInfo referer regionList
    replication replicationLocation replicationProgress requestPayment resourceGroup
    response-cache-control response-content-disposition response-content-encoding
    response-content-language response-content-type response-expires restore
    security-token sequential startTime stat status style styleName symlink tagging
    transferAcceleration uploadId uploads versionId versioning versions vod website worm
    wormExtend wormId
    """.split()  # noqa: SIM905 - a list of eighty strings is no better read
)


def recognise(call: Call) -> list[Signature]:
    """The signatures of these schemes on a request."""
    found = []
    for text in authorisations(call):
        if text.lower().startswith("oss4-"):
            found.append(_v4(call, text.partition(" ")[0], fields(text.partition(" ")[2])))
        elif text.lower().startswith("oss "):
            parts = _V1.fullmatch(text)
            covered = starting(call, "x-oss-", *_SIGNED)
            found.append(
                Signature("OSS", parts[1], covered, bound(call, covered))
                if parts
                else Signature("OSS")
            )
    asked = parameters(call)
    if "ossaccesskeyid" in asked:
        covered = starting(call, "x-oss-", *_SIGNED)
        found.append(
            Signature("OSS", asked["ossaccesskeyid"], covered, bound(call, covered), presigned=True)
        )
    if asked.get("x-oss-signature-version", "").startswith("OSS4-"):
        items = {
            "credential": asked.get("x-oss-credential", ""),
            "additionalheaders": asked.get("x-oss-additional-headers", ""),
        }
        found.append(replace(_v4(call, asked["x-oss-signature-version"], items), presigned=True))
    return found


def _v4(call: Call, algorithm: str, items: Mapping[str, str]) -> Signature:
    key_id, _, scope = items.get("credential", "").partition("/")
    if algorithm != _V4 or not scope:
        return Signature("OSS4")
    more = filter(None, items.get("additionalheaders", "").lower().split(";"))
    covered = starting(call, "x-oss-", "content-type", "content-md5", *more)
    hashed = _payload(call) != "UNSIGNED-PAYLOAD"
    return Signature(_V4, key_id, covered, bound(call, covered, *[Bound.HASH] * hashed))


def _payload(call: Call) -> str:
    return (call.header("x-oss-content-sha256") or "UNSIGNED-PAYLOAD").strip()


@dataclass(slots=True)
class OssSigner:
    """Signs again with an access key of Alibaba Cloud.

    Args:
        secret: of the key that the request names.
    """

    secret: str = field(repr=False)
    _resource: str = ""

    def fits(self, call: Call) -> bool:
        """Whether the secret makes this signature; remembers how the resource is named."""
        for resource in _resources(call):
            old, new = self._signature(call, resource)
            if old and hmac.compare_digest(old, new):
                self._resource = resource
                return True
        return False

    def sign(self, call: Call) -> Call:
        """The request signed anew."""
        old, new = self._signature(call, self._resource)
        headers = tuple(
            (name, value.replace(old, new) if "auth" in name.lower() else value)
            for name, value in call.headers
        )
        url = call.url.replace(quote(old, safe=""), quote(new, safe="")).replace(old, new)
        return replace(call, headers=headers, url=url)

    def _signature(self, call: Call, resource: str) -> tuple[str, str]:
        """The signature on the request, and the one that the secret makes."""
        asked = parameters(call)
        for text in authorisations(call):
            if text.startswith(_V4):
                items = fields(text.partition(" ")[2])
                old, date = items.get("signature", ""), call.header("x-oss-date") or ""
                more = items.get("additionalheaders", "")
                return old, self._four(call, resource, items.get("credential", ""), date, more)
            if found := _V1.fullmatch(text):
                return found[2], self._one(call, resource, call.header("date") or "")
        if "x-oss-signature" in asked:
            credential, date = asked.get("x-oss-credential", ""), asked.get("x-oss-date", "")
            more = asked.get("x-oss-additional-headers", "")
            return asked["x-oss-signature"], self._four(call, resource, credential, date, more)
        return asked.get("signature", ""), self._one(call, resource, asked.get("expires", ""))

    def _one(self, call: Call, resource: str, date: str) -> str:
        own = {name.lower(): value.strip() for name, value in call.headers}
        lines = [call.method, own.get("content-md5", ""), own.get("content-type", ""), date]
        lines += [f"{name}:{own[name]}" for name in sorted(own) if name.startswith("x-oss-")]
        parts = sorted(
            (unquote(name), unquote(value))
            for name, value in query(call)
            if unquote(name) in _SUBRESOURCES or unquote(name).startswith("x-oss-")
        )
        asked = "&".join(f"{name}={value}" if value else name for name, value in parts)
        text = "\n".join([*lines, resource + (f"?{asked}" if asked else "")])
        key = self.secret.encode()
        return base64.b64encode(hmac.digest(key, _raw(text), "sha1")).decode()

    def _four(self, call: Call, resource: str, credential: str, date: str, more: str) -> str:
        scope = credential.partition("/")[2]
        additional = sorted(filter(None, more.lower().split(";")))
        covered = sorted(starting(call, "x-oss-", "content-type", "content-md5", *additional))
        own = {name.lower(): value.strip() for name, value in call.headers}
        pairs = sorted(
            (quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~"))
            for name, value in query(call)
            if unquote(name) != "x-oss-signature"
        )
        canonical = "\n".join(
            (
                call.method,
                quote(resource, safe="/-_.~"),
                "&".join(f"{name}={value}" if value else name for name, value in pairs),
                "".join(f"{name}:{own[name]}\n" for name in covered),
                ";".join(additional),
                _payload(call),
            )
        )
        text = "\n".join((_V4, date, scope, hashlib.sha256(_raw(canonical)).hexdigest()))
        key = reduce(
            lambda key, word: hmac.digest(key, word.encode(), "sha256"),
            scope.split("/"),
            f"aliyun_v4{self.secret}".encode(),
        )
        return hmac.digest(key, text.encode(), "sha256").hex()


def _raw(text: str) -> bytes:
    """As sent: header values hold bytes as ISO 8859-1, all else is UTF-8 (and mostly ASCII)."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


def _resources(call: Call) -> Iterator[str]:
    """The object as ``/bucket/key``: with the bucket from the host's name, or in the path."""
    path = unquote(urlsplit(call.url).path or "/")
    bucket = call.host.partition(".")[0]
    yield f"/{bucket}{path}"
    yield path
