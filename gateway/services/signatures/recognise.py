"""All schemes together."""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.services.signatures import aliyun, aws, azure, forms, others
from gateway.services.signatures._base import Bound, Signature
from gateway.services.wire import Call

_SCHEMES = (aws.recognise, azure.recognise, aliyun.recognise, forms.recognise, *others.SCHEMES)


def signatures(call: Call) -> tuple[Signature, ...]:
    """The signatures on a request; none where nothing signs it.

    An authorisation that looks like a signature and that no scheme recognises, or that is not
    well-formed, is one that binds everything.
    """
    if not _may_be_signed(call):
        return ()
    known = [one for scheme in _SCHEMES for one in scheme(call)]
    strange = [Signature("unknown")] * sum(
        others.looks_signed(value.strip()) and not _recognised(call, name, value)
        for name, value in call.headers
        if "auth" in name.lower()
    )
    return (*known, *strange)


_IN_QUERY = re.compile(r"(?i)sig(?:nature|n)?(?:-[a-z]+)?=|algorithm=")
_BEARING = ("bearer ", "basic ")


def _may_be_signed(call: Call) -> bool:
    """A quick look: most requests carry a token, and nothing that is signed."""
    for name, value in call.headers:
        lower = name.lower()
        if lower.startswith("signature") or (
            "auth" in lower and not value.lower().startswith(_BEARING)
        ):
            return True
        if lower == "content-type" and value.lower().startswith("multipart/form-data"):
            return True
    return "?" in call.url and bool(_IN_QUERY.search(call.url))


def binds(call: Call) -> frozenset[Bound]:
    """What of the body the signatures of a request bind, all together."""
    return frozenset().union(*(one.binds for one in signatures(call)))


def _recognised(call: Call, name: str, value: str) -> bool:
    """Whether a scheme knows this one authorisation."""
    others_gone = tuple(pair for pair in call.headers if "auth" not in pair[0].lower())
    alone = replace(
        call, headers=(*others_gone, (name, value)), url=call.url.partition("?")[0], body=b""
    )
    return any(scheme(alone) for scheme in _SCHEMES)
