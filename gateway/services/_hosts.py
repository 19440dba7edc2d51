"""Host names: one spelling for all, and patterns over them."""

from __future__ import annotations

import re
from contextlib import suppress

# RFC 952/1123 letters, digits and hyphens; the underscore occurs in practice.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def normalise(host: str) -> str:
    """The spelling in which hosts are compared.

    Lower case, without port and trailing dot, international names as ``xn--`` labels (IDNA 2003,
    RFC 3490, as the resolver of the standard library does it). An address in square brackets
    keeps its colons. A name that IDNA refuses cannot be resolved and comes back only lower-cased.
    """
    host = host.strip()
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    if host.count(":") == 1:
        host = host.partition(":")[0]
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    return host.rstrip(".").lower()


def check_pattern(pattern: str) -> None:
    """Refuse anything but ``host.example`` and ``*.host.example``, lower case.

    Raises:
        ValueError: the pattern would match nothing, or a whole top-level domain.
    """
    name = pattern.removeprefix("*.")
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(
            f"{pattern!r} is not a host name; write it in lower case, as in api.example.com or "
            "*.example.com"
        )
    if len(labels) < 2:
        raise ValueError(f"{pattern!r} names a whole top-level domain")


def candidates(host: str) -> list[str]:
    """The patterns that could cover a normalised host, most specific first."""
    labels = host.split(".")
    return [host] + ["*." + ".".join(labels[n:]) for n in range(1, len(labels))]
