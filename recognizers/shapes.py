"""Checks on the shape of a match that a pattern alone cannot express.

Like the functions of :mod:`recognizers.checksums` they are named in the ``check:`` key of the
YAML files; they take the match as it stands and say whether it is what it looks like.
"""

from __future__ import annotations

import re
from functools import cache

_INTERNAL_DOMAINS = frozenset(
    # RFC 2606 and RFC 6762 names, and those that companies use inside
    {"corp", "example", "home", "host", "internal", "intranet", "invalid", "lan", "local"}
    | {"localdomain", "test"}
)


def email_domain(text: str) -> bool:
    """The domain ends in a public top-level domain or in one used inside companies."""
    last = text.rpartition(".")[2].lower()
    return last.startswith("xn--") or last in _top_level_domains()


def has_digit(text: str) -> bool:
    """At least one digit."""
    return any(char.isdecimal() for char in text)


@cache
def _top_level_domains() -> frozenset[str]:
    """From the public suffix list that tldextract carries; the network is never asked."""
    from importlib.resources import files

    snapshot = (files("tldextract") / ".tld_set_snapshot").read_text("utf-8")
    public = re.findall(r"^[a-z0-9-]{2,63}$", snapshot, re.MULTILINE)
    return frozenset(public) | _INTERNAL_DOMAINS
