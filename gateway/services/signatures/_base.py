"""What is said of every signature, whatever its scheme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

from gateway.services.digests import is_integrity
from gateway.services.wire import Call


class Bound(StrEnum):
    """What of a body a signature vouches for. A scheme may bind several of them, or nothing."""

    LENGTH = "length"
    DECODED_LENGTH = "length without framing"
    DIGEST = "digest header"
    HASH = "payload hash"
    EVERYTHING = "everything"


LENGTHS = frozenset({Bound.LENGTH, Bound.DECODED_LENGTH})
"""What a change that keeps the length leaves in order."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature found on a request.

    Args:
        scheme: as the protocol calls it ("AWS4-HMAC-SHA256").
        key_id: the public name of the key (access key id, account); empty where nothing says it.
        covered: names of the headers that are signed, lower case.
        binds: what of the body is signed.
        presigned: it stands in the address or a form, made before the body was there perhaps.
    """

    scheme: str
    key_id: str = field(default="", repr=False)
    covered: frozenset[str] = frozenset()
    binds: frozenset[Bound] = frozenset({Bound.EVERYTHING})
    presigned: bool = False


class Signer(Protocol):
    """Makes a signature again. It holds a secret, and never shows it."""

    def fits(self, call: Call) -> bool:
        """Whether the signature on this request, as the client made it, is of this key."""
        ...

    def sign(self, call: Call) -> Call:
        """The request with its signature made again in the way that fitted."""
        ...


def bound(call: Call, covered: Iterable[str], *more: Bound) -> frozenset[Bound]:
    """What follows for the body from the headers that are signed.

    Args:
        call: the request.
        covered: names of signed headers, lower case.
        more: what is signed besides.
    """
    names = set(covered)
    found = set(more)
    for name, value in call.headers:
        lower = name.lower()
        if lower not in names:
            continue
        if lower == "content-length":
            found.add(Bound.LENGTH)
        elif lower.endswith("-decoded-content-length"):
            found.add(Bound.DECODED_LENGTH)
        elif is_integrity(lower, value):
            found.add(Bound.DIGEST)
    return frozenset(found)


def starting(call: Call, prefix: str, *others: str) -> frozenset[str]:
    """The names, lower case, of the request's headers that begin so, and some others."""
    present = {name.lower() for name, _ in call.headers}
    return frozenset({one for one in present if one.startswith(prefix)} | present & set(others))


def authorisations(call: Call) -> list[str]:
    """The values of all headers in which services take authorisations."""
    return [value.strip() for name, value in call.headers if "auth" in name.lower()]


def query(call: Call) -> list[tuple[str, str]]:
    """Names and values of the query as they are written, in order."""
    parts = [one.partition("=") for one in urlsplit(call.url).query.split("&") if one]
    return [(name, value) for name, _, value in parts]


def parameters(call: Call) -> Mapping[str, str]:
    """The query decoded, by names in lower case; the first of each name counts."""
    found: dict[str, str] = {}
    for name, value in query(call):
        found.setdefault(unquote(name).lower(), unquote(value))
    return found


def fields(text: str) -> Mapping[str, str]:
    """The ``Name=value`` items of an authorisation, names in lower case."""
    items = re.finditer(r'([A-Za-z-]+)=("[^"]*"|[^,\s]*)', text)
    return {found[1].lower(): found[2].strip('"') for found in items}


_BASIC = re.compile(r"([0-9]{8})T[0-9]{6}Z")


def dated(call: Call, at: datetime) -> Call:
    """The request with the time in its headers, by which services see how old a signature is.

    Args:
        call: the request. A signed address says how long it holds, and is left alone.
        at: the time, in UTC.
    """
    day = at.strftime("%Y%m%d")
    old_days = {
        found[1]
        for name, value in call.headers
        if name.lower() in _DATES and (found := _BASIC.fullmatch(value.strip()))
    }
    headers = []
    for name, value in call.headers:
        lower, new = name.lower(), value
        if lower in _DATES and _BASIC.fullmatch(value.strip()):
            new = at.strftime("%Y%m%dT%H%M%SZ")
        elif lower in _DATES:
            new = format_datetime(at, usegmt=True)
        elif "auth" in lower:
            for old in old_days:  # it stands in the scope of the key
                new = new.replace(f"/{old}/", f"/{day}/")
        headers.append((name, new))
    return replace(call, headers=tuple(headers))


_DATES = frozenset({"date", "x-amz-date", "x-goog-date", "x-tos-date", "x-ms-date", "x-oss-date"})
