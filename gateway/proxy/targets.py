"""Where connections may go: names in one spelling, ``--connect-to``, and places that are refused.

All names are resolved in one place, and what was checked is what is connected to: a second
look-up that gives another answer (DNS rebinding) cannot happen.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import UsageError

type _Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type _Found = list[tuple[Any, Any, int, str, Any]]


def normalise(host: str) -> str:
    """The spelling in which hosts are compared: lower case, no port, no trailing dot, IDNA."""
    host = host.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    with contextlib.suppress(UnicodeError):  # such a name cannot be resolved either
        host = host.encode("idna").decode("ascii")
    return host.rstrip(".").lower()


def address_of(host: str) -> _Address | None:
    """The address that a literal stands for, an IPv4 address in IPv6 clothes undressed."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_here(address: _Address) -> bool:
    """Whether a connection to the address ends on this machine by definition."""
    return address.is_loopback or address.is_unspecified


# RFC 1918, RFC 4193, link-local. Not 198.18/15 and 100.64/10: VPN clients hand out addresses of
# these for every public name.
_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)


def is_private(address: _Address) -> bool:
    """Whether the address belongs to this machine or its local network."""
    return (
        is_here(address)
        or address.is_link_local
        or any(address in network for network in _PRIVATE if network.version == address.version)
    )


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """Reach one host and port at another address; the name that TLS verifies stays the same."""

    host: str
    port: int
    address: str
    address_port: int

    @classmethod
    def parse(cls, text: str) -> ConnectTo:
        """Read ``HOST:PORT:ADDR:PORT`` as curl's ``--connect-to`` writes it; IPv6 in brackets.

        Raises:
            UsageError: the text has another form.
        """
        fields = _split(text)
        ports = [int(port) if port.isascii() and port.isdecimal() else 0 for port in fields[1::2]]
        if (
            len(fields) != 4
            or not all(fields)
            or not all(0 < port < 65536 for port in ports)
            or address_of(fields[0])
        ):
            raise UsageError(
                "--connect-to takes HOST:PORT:ADDR:PORT, all four given and HOST a name",
                "for example api.openai.com:443:127.0.0.1:8443",
            )
        return cls(normalise(fields[0]), ports[0], fields[2].strip("[]"), ports[1])


def _split(text: str) -> list[str]:
    """Cut at colons outside brackets."""
    fields, depth = [""], 0
    for character in text:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == ":" and not depth:
            fields.append("")
        else:
            fields[-1] += character
    return fields


class Refused(OSError):
    """A place that the proxy does not connect to; the message is for people."""


class Resolver:
    """Finds addresses for the event loop, and refuses some.

    Refused are this proxy's own port, in every spelling, and private addresses for hosts of the
    service profiles (a service on the local network needs ``--connect-to``). Other hosts may be
    private: people use intranets through their proxy.

    Args:
        covers: whether a host belongs to a service profile.
        connect_to: exceptions that the user made.
    """

    def __init__(self, covers: Callable[[str], bool], connect_to: Sequence[ConnectTo]) -> None:
        self._covers = covers
        self._fixed = {(to.host, to.port): (to.address, to.address_port) for to in connect_to}
        self.own_port = 0

    def check(self, host: str, port: int) -> None:
        """Refuse a literal address that leads back to this proxy.

        Raises:
            Refused: it does.
        """
        address = address_of(host)
        if address and is_here(address) and port == self.own_port:
            raise Refused("this is the address of the gateway's own proxy")

    async def leads_here(self, host: str, port: int) -> bool:
        """Whether a target is this proxy; looks the name up only when the port is ours."""
        if port != self.own_port:
            return False
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host.strip("[]"), port, type=socket.SOCK_STREAM
            )
        except Refused:
            return True
        except OSError:
            return False  # cannot be reached at all
        return any(_is_here(sockaddr[0]) for *_, sockaddr in found)

    @contextlib.contextmanager
    def installed(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Let the loop resolve names through this object."""
        original = loop.getaddrinfo

        async def getaddrinfo(host: Any, port: Any, **options: Any) -> _Found:
            name = normalise(host) if isinstance(host, str) else ""
            fixed = self._fixed.get((name, port))
            if fixed:
                host, port = fixed
            found: _Found = await original(host, port, **options)
            addresses = [address_of(str(sockaddr[0])) for *_, sockaddr in found]
            if port == self.own_port and any(one and is_here(one) for one in addresses):
                raise Refused("this is the address of the gateway's own proxy")
            if (
                not fixed
                and self._covers(name)
                and any(one and is_private(one) for one in addresses)
            ):
                raise Refused(
                    "the name resolves to a private address; if that is meant, start the gateway "
                    f"with --connect-to {name}:{port}:ADDRESS:{port}"
                )
            return found

        loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign] # asyncio offers no hook
        try:
            yield
        finally:
            del loop.getaddrinfo  # uncovers the class's own


def _is_here(address: object) -> bool:
    found = address_of(str(address))
    return found is not None and is_here(found)
