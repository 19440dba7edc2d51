"""Host names: one spelling for all, and patterns over them."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

# RFC 952/1123 letters, digits and hyphens; the underscore occurs in practice.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# "*" for any one label, "oss-*" for one that begins so: a region, mostly.
_WILD = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,30}-)?\*")


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
    """Refuse anything but host names and the patterns of :func:`candidates`, lower case.

    Raises:
        ValueError: the pattern would match nothing, or a whole top-level domain.
    """
    name = pattern.removeprefix("*.")
    labels = name.split(".")
    wild = [bool(_WILD.fullmatch(label)) for label in labels]
    known = all(one or _LABEL.fullmatch(label) for one, label in zip(wild, labels, strict=True))
    if not known or sum(wild) > 1 or any(wild[-2:]):
        raise ValueError(
            f"{pattern!r} is not a host name; write it in lower case, as in api.example.com, "
            "*.example.com or *.s3.*.example.com"
        )
    if len(labels) < 2:
        raise ValueError(f"{pattern!r} names a whole top-level domain")


@lru_cache(maxsize=1024)
def candidates(host: str) -> tuple[str, ...]:
    """The patterns that could cover a normalised host, most specific first.

    A pattern is a name; or one with ``*.`` in front, for all names below it; and one label of it
    before the last two may be ``*`` or ``word-*``, for any one label, or one that begins so.
    """
    labels = host.split(".")
    plain = [host] + ["*." + ".".join(labels[n:]) for n in range(1, len(labels))]
    wild = []
    for start in range(len(labels)):
        for at in range(start, len(labels) - 2):
            before = ("*." if start else "") + "".join(f"{one}." for one in labels[start:at])
            after = ".".join(labels[at + 1 :])
            words = labels[at].split("-")
            heads = ["-".join(words[:n]) + "-" for n in range(len(words) - 1, 0, -1)]
            wild += [f"{before}{head}*.{after}" for head in (*heads, "")]
    # Where nothing is left open counts before where something is; then the longer.
    order = sorted(
        {*plain[1:], *wild}, key=lambda one: (-one.count("."), one.count("*"), -len(one), one)
    )
    return (host, *order)
