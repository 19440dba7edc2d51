"""Checks on network addresses: which are public, which say nothing, and what only looks like one.

Named in the ``check:`` key of the YAML files. Sources: IANA's special-purpose address registries
(RFC 6890 and its updates) as Python's :mod:`ipaddress` has them; RFC 4291 (IPv6); IEEE 802 (MAC).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from ipaddress import IPv4Address, IPv6Address

from recognizers.vocabulary import words

_LARGEST_VERSION_PART = 31
# Top-level domains that are better known as endings of files, and as words behind a full stop.
_FILE_ENDINGS = frozenset(words("ai app cc date java mov md name pl ps py rs sh so zip"))


def public_ipv4(text: str) -> bool:
    """A public IPv4 address that no version number looks like (7.4.7.2)."""
    address = _ipv4(text)
    return _is_public(address) and max(address.packed[:3]) > _LARGEST_VERSION_PART


def any_public_ipv4(text: str) -> bool:
    """A public IPv4 address, whatever it looks like."""
    return _is_public(_ipv4(text))


def private_ipv4(text: str) -> bool:
    """An address of a private, local, documentation or otherwise special network; no mask."""
    address = _ipv4(text)
    is_mask = address.packed[0] == 255 and address.packed[3] != 255
    is_number = address.packed[0] == 0 and int(address) != 0  # RFC 1122 §3.2.1.3: no host has it
    return not is_mask and not is_number and not _is_public(address)


def public_ipv6(text: str) -> bool:
    """A public IPv6 address that cannot be a time or a name in code."""
    address = _ipv6(text)
    return address is not None and _is_public(address) and _is_distinct(text)


def private_ipv6(text: str) -> bool:
    """A local, unique local or documentation IPv6 address that is nothing else."""
    address = _ipv6(text)
    return address is not None and not _is_public(address) and _is_distinct(text)


def any_public_ipv6(text: str) -> bool:
    """A public IPv6 address, however short."""
    address = _ipv6(text)
    return address is not None and _is_public(address)


def any_private_ipv6(text: str) -> bool:
    """A local or documentation IPv6 address, however short (``::1``, ``fe80::1``)."""
    address = _ipv6(text)
    return address is not None and not _is_public(address)


def hardware_address(text: str) -> bool:
    """A MAC address that is not all zeros, all ones or otherwise a filler."""
    return len({char for char in text.lower() if char.isalnum()}) > 2


def web_address(text: str) -> bool:
    """A host without scheme whose last label is a public top-level domain and no file ending."""
    host, slash, _ = text.partition("/")
    last = host.partition(":")[0].rpartition(".")[2]
    if last != last.lower() or last not in _top_level_domains():
        return False
    return bool(slash) or last not in _FILE_ENDINGS


def _ipv4(text: str) -> IPv4Address:
    plain = text.partition("/")[0]
    return IPv4Address(".".join(str(int(octet)) for octet in plain.split(".")))


def _ipv6(text: str) -> IPv6Address | None:
    try:
        return IPv6Address(text.partition("/")[0].partition("%")[0])
    except ValueError:
        return None


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_global and not address.is_multicast


def _is_distinct(text: str) -> bool:
    """At least three written groups or one of four characters, and a digit."""
    plain = text.partition("/")[0].partition("%")[0]
    groups = [group for group in plain.split(":") if group]
    long_enough = len(groups) >= 3 or any(len(group) >= 4 for group in groups)
    return long_enough and any(char.isdecimal() for char in plain)


@cache
def _top_level_domains() -> frozenset[str]:
    """From the public suffix list that tldextract carries; the network is never asked."""
    snapshot = (files("tldextract") / ".tld_set_snapshot").read_text("utf-8")
    return frozenset(line for line in snapshot.splitlines() if line.isalpha() and line.isascii())
