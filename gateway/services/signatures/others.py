"""Schemes that are recognised, but not made again: each says what of the body it binds.

What looks like a signature and is of no known kind binds everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from gateway.services.signatures._base import (
    Bound,
    Signature,
    authorisations,
    bound,
    fields,
    parameters,
    starting,
)
from gateway.services.wire import Call


def version_2(call: Call) -> list[Signature]:
    """AWS Signature 2 and its kin: HMAC over Content-MD5, Content-Type, date and own headers.

    Sources: Amazon S3 developer guide, "Signing and authenticating REST requests"; Google Cloud
    Storage, "V2 signing process"; Kingsoft KS3 and Huawei OBS, "Authentication".
    """
    texts = (re.match(r"(AWS|GOOG1|KSS|OBS) ([^:\s]+):\S+", one) for one in authorisations(call))
    found = [_like_2(call, one[1], one[2]) for one in texts if one]
    asked = parameters(call)
    for name in ("awsaccesskeyid", "googleaccessid", "kssaccesskeyid", "accesskeyid"):
        if name in asked and "signature" in asked:
            if "signatureversion" in asked:  # a query API, which may sign the form in the body too
                found.append(Signature("AWS2", asked[name], presigned=True))
            else:
                found.append(_like_2(call, "AWS", asked[name], presigned=True))
    return found


def _like_2(call: Call, scheme: str, key_id: str, *, presigned: bool = False) -> Signature:
    vendors = ("x-amz-", "x-goog-", "x-kss-", "x-obs-")
    covered = frozenset().union(
        *(starting(call, one, "content-md5", "content-type", "date") for one in vendors)
    )
    return Signature(scheme, key_id, covered, bound(call, covered), presigned)


def tencent(call: Call) -> list[Signature]:
    """Tencent COS: the list of signed headers stands in the signature.

    Source: Tencent Cloud COS API, "Request Signature".
    """
    asked = parameters(call)
    found = []
    texts = [one for one in authorisations(call) if "q-sign-algorithm=" in one]
    items = [dict(re.findall(r"(q-[a-z-]+)=([^&\s]*)", one)) for one in texts]
    if "q-sign-algorithm" in asked:
        items.append(dict(asked))
    for one in items:
        covered = frozenset(one.get("q-header-list", "").lower().split(";"))
        presigned = one.get("q-sign-algorithm") == asked.get("q-sign-algorithm")
        found.append(
            Signature("COS", one.get("q-ak", ""), covered, bound(call, covered), presigned)
        )
    return found


def kingsoft(call: Call) -> list[Signature]:
    """WPS: KSO-1 and WPS-4 sign SHA-256 of the body, WPS-2 and WPS-3 sign Content-Md5.

    Sources: open.wps.cn, "KSO-1" and "WPS-3"; developer.kdocs.cn, "WPS-2".
    """
    found = []
    for text in authorisations(call):
        parts = re.match(r"(?i)(KSO-1|WPS-[0-9])[ :]+([^:\s]*)", text)
        if parts:
            scheme = parts[1].upper()
            binds = Bound.DIGEST if scheme in ("WPS-2", "WPS-3") else Bound.HASH
            covered = starting(call, "x-kso-", "content-md5", "content-type", "date")
            found.append(Signature(scheme, parts[2], covered, frozenset({binds})))
    return found


_INNER_LIST: Final = re.compile(r'[a-z*][a-z0-9_.*-]*=\(([^()]*)\)(?:;[^,"]*(?:"[^"]*"[^,"]*)*)?')
_DIGESTS: Final = frozenset({"content-digest", "repr-digest", "digest", "content-md5"})


def messages(call: Call) -> list[Signature]:
    """HTTP Message Signatures (RFC 9421), and the drafts before them in ``Authorization``."""
    found = []
    for name, value in call.headers:
        if name.lower() != "signature-input":
            continue
        lists = list(_INNER_LIST.finditer(value))
        rest = _INNER_LIST.sub("", value).replace(",", "").strip()
        if rest or not lists:
            found.append(Signature("RFC 9421"))
        found += [_covering("RFC 9421", re.findall(r'"([^"]+)"', one[1])) for one in lists]
    texts = [one[len("signature ") :] for one in authorisations(call)
             if one.lower().startswith("signature ")]  # fmt: skip
    texts += [value for name, value in call.headers
              if name.lower() == "signature" and not call.header("signature-input")]  # fmt: skip
    for text in texts:
        listed = fields(text).get("headers")
        found.append(_covering("Signature", listed.split()) if listed else Signature("Signature"))
    return found


def _covering(scheme: str, names: list[str]) -> Signature:
    """A signature that lists what it covers, whether the request has it or not."""
    covered = frozenset(name.lower() for name in names if name[:1] not in "@(")
    binds = set()
    if covered & _DIGESTS or any("checksum" in name for name in covered):
        binds.add(Bound.DIGEST)
    if "content-length" in covered:
        binds.add(Bound.LENGTH)
    return Signature(scheme, "", covered, frozenset(binds))


# Baidu, Qiniu, Tencent's and Alibaba's open APIs, Hawk, OAuth 1.0, and whatever names an HMAC; and
# the beginnings of known schemes, for what begins so and is not well-formed.
_LOOKS_SIGNED: Final = re.compile(
    r"(?i)bce-auth-|qiniu |tc3-|acs3-|sdk-|hmac|hawk |oauth .*oauth_signature|aws|goog[14]|tos4-|"
    r"kss |obs |oss|sharedkey|kso-|wps-|signature|.*\b(?:signature|sign|mac)=",
    re.DOTALL,
)
_AUTH_INT: Final = re.compile(r"(?i)digest .*\bqop=\"?auth-int")  # RFC 7616 §3.4: hashes the body


def looks_signed(text: str) -> bool:
    """Whether an authorisation that no scheme recognised seems to be a signature all the same."""
    return bool(_LOOKS_SIGNED.match(text) or _AUTH_INT.match(text))


SCHEMES: Final[tuple[Callable[[Call], list[Signature]], ...]] = (
    version_2,
    tencent,
    kingsoft,
    messages,
)
