"""Azure Storage: Shared Key, Shared Key Lite, and shared access signatures.

Source: Azure Storage REST reference, "Authorize with Shared Key", "Create a service SAS". A shared
access signature is over what may be done, not over what is sent.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote, urlsplit

from gateway.services.signatures._base import (
    Signature,
    authorisations,
    bound,
    parameters,
    query,
    starting,
)
from gateway.services.wire import Call

_HEADER: Final = re.compile(r"(?i)(SharedKey|SharedKeyLite)\s+([^:\s]+):(\S+)")

# The headers of the string to sign, in its order.
_FULL: Final = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
_LITE: Final = ("content-md5", "content-type", "date")


type _Order = Callable[[str], tuple[str, int]]


def recognise(call: Call) -> list[Signature]:
    """The signatures of these schemes on a request."""
    found = [
        _shared_key(call, one)
        for one in authorisations(call)
        if one.lower().startswith("sharedkey")
    ]
    asked = parameters(call)
    if "sig" in asked and ("sv" in asked or "se" in asked or "si" in asked):
        found.append(Signature("SAS", binds=frozenset(), presigned=True))
    return found


def _shared_key(call: Call, text: str) -> Signature:
    parts = _HEADER.fullmatch(text)
    if parts is None:
        return Signature("SharedKey")
    lite = parts[1].lower() == "sharedkeylite"
    covered = starting(call, "x-ms-", *(_LITE if lite else _FULL))
    scheme = "SharedKeyLite" if lite else "SharedKey"
    return Signature(scheme, parts[2], covered, bound(call, covered))


@dataclass(slots=True)
class SharedKeySigner:
    """Signs again for a storage account.

    Args:
        secret: the account's key, in base64 as the portal shows it.
    """

    secret: str = field(repr=False)
    _order: _Order | None = None

    def fits(self, call: Call) -> bool:
        """Whether the secret makes this signature; remembers in which order of headers."""
        parts = _only(call)
        try:
            key = base64.b64decode(self.secret, validate=True)
        except (binascii.Error, ValueError):
            return False
        if parts is None:
            return False
        for order in _orders():
            if hmac.compare_digest(_signature(call, parts, key, order), parts[3]):
                self._order = order
                return True
        return False

    def sign(self, call: Call) -> Call:
        """The request signed anew."""
        parts = _only(call)
        assert parts
        assert self._order  # asked whether it fits
        new = _signature(call, parts, base64.b64decode(self.secret), self._order)
        headers = tuple(
            (name, value.replace(parts[3], new) if "auth" in name.lower() else value)
            for name, value in call.headers
        )
        return replace(call, headers=headers)


def _only(call: Call) -> re.Match[str] | None:
    found = [one for one in map(_HEADER.fullmatch, authorisations(call)) if one]
    return found[0] if len(found) == 1 else None


def _orders() -> Iterator[_Order]:
    """How ``x-ms-`` headers are sorted: by code point, or as the service's culture has it.

    There a hyphen counts only between names that are the same without it, and an underscore
    stands before digits (so Microsoft's own client sorts too).
    """
    yield lambda name: (name, 0)
    yield lambda name: (name.replace("-", "").replace("_", " "), name.count("-"))


def _signature(call: Call, parts: re.Match[str], key: bytes, order: _Order) -> str:
    lite = parts[1].lower() == "sharedkeylite"
    lines = [call.method, *(_plain(call, name) for name in (_LITE if lite else _FULL))]
    own = {name.lower(): value for name, value in call.headers if name.lower().startswith("x-ms-")}
    lines += [f"{name}:{own[name].strip()}" for name in sorted(own, key=order)]
    text = "\n".join([*lines, _resource(call, parts[2], lite=lite)])
    raw = text.encode("latin-1", "replace")
    return base64.b64encode(hmac.digest(key, raw, "sha256")).decode()


def _plain(call: Call, name: str) -> str:
    value = (call.header(name) or "").strip()
    return "" if name == "content-length" and value == "0" else value


def _resource(call: Call, account: str, *, lite: bool) -> str:
    path = f"/{account}{urlsplit(call.url).path or '/'}"
    if lite:
        comp = parameters(call).get("comp")
        return path + (f"?comp={comp}" if comp else "")
    values: dict[str, list[str]] = {}
    for name, value in query(call):
        values.setdefault(unquote(name).lower(), []).append(unquote(value))
    return path + "".join(f"\n{name}:{','.join(sorted(values[name]))}" for name in sorted(values))
