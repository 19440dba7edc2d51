"""TLS on both sides.

Towards the client: a certificate of our authority for the one host, on a key of this run.
Towards the service: TLS 1.2 or later, the certificate verified against the trusted roots and the
name. There is no switch that turns this off.
"""

from __future__ import annotations

import ipaddress
import logging
from pathlib import Path
from typing import Any

from mitmproxy.connection import Client, Server
from mitmproxy.tls import ClientHelloData, TlsData
from OpenSSL import SSL

from gateway.proxy.ca import CertificateAuthority
from gateway.proxy.targets import normalise

_log = logging.getLogger(__name__)
_HTTP = (b"h2", b"http/1.1", b"http/1.0")

# Names are matched by OpenSSL itself: whole labels only, never the common name.
_NAME_FLAGS = (
    SSL._lib.X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS  # type: ignore[attr-defined] # noqa: SLF001
    | SSL._lib.X509_CHECK_FLAG_NEVER_CHECK_SUBJECT  # type: ignore[attr-defined] # noqa: SLF001
)


class Handshake:
    """The addon that gives the proxy core its TLS connections.

    Args:
        authority: vouches for the hosts of the service profiles.
        trusted: a PEM file with the roots for services.
    """

    def __init__(self, authority: CertificateAuthority, trusted: Path) -> None:
        self._authority = authority
        self._to_clients = _context(SSL.TLS_SERVER_METHOD)
        self._to_clients.set_alpn_select_callback(_choose_protocol)
        self._to_services = _context(SSL.TLS_CLIENT_METHOD)
        self._to_services.set_verify(SSL.VERIFY_PEER)
        self._to_services.load_verify_locations(str(trusted))

    def tls_clienthello(self, data: ClientHelloData) -> None:
        """Ask nothing of the service before there is a verdict."""
        data.establish_server_tls_first = False

    def tls_start_client(self, data: TlsData) -> None:
        """Show the client a certificate for the host that it asked for."""
        client, server = data.conn, data.context.server
        assert isinstance(client, Client)
        assert server.address
        leaf = self._authority.leaf(normalise(client.sni or server.address[0]))
        connection = SSL.Connection(self._to_clients)
        connection.use_certificate(leaf.certificate)
        connection.use_privatekey(leaf.key)
        connection.set_accept_state()
        data.ssl_conn = connection

    def tls_start_server(self, data: TlsData) -> None:
        """Verify the service."""
        server = data.conn
        assert isinstance(server, Server)
        assert server.address
        server.sni = server.sni or server.address[0]
        client = data.context.client
        offers = [offer for offer in client.alpn_offers if offer in _HTTP]
        if client.alpn != b"h2":  # what it sends may be an upgrade, which HTTP/2 cannot carry
            offers = [offer for offer in offers if offer != b"h2"]
        server.alpn_offers = offers
        connection = SSL.Connection(self._to_services)
        _expect_name(connection, server.sni)
        if offers:
            connection.set_alpn_protos(offers)
        connection.set_connect_state()
        data.ssl_conn = connection

    def tls_failed_client(self, data: TlsData) -> None:
        """Say which application does not trust us; it is refused, never passed by."""
        host = data.conn.sni or "a host"
        _log.warning("a client does not accept the gateway's certificate for %s", host)


def _context(method: int) -> SSL.Context:
    context = SSL.Context(method)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION)
    return context


def _choose_protocol(_: SSL.Connection, offers: list[bytes]) -> Any:
    for offer in offers:
        if offer in _HTTP:
            return offer
    return SSL.NO_OVERLAPPING_PROTOCOLS


def _expect_name(connection: SSL.Connection, name: str) -> None:
    """Let OpenSSL match the certificate's name; pyOpenSSL has no call of its own for that."""
    lib = SSL._lib  # type: ignore[attr-defined] # noqa: SLF001
    param = lib.SSL_get0_param(connection._ssl)  # noqa: SLF001
    lib.X509_VERIFY_PARAM_set_hostflags(param, _NAME_FLAGS)
    try:
        packed = ipaddress.ip_address(name).packed
    except ValueError:
        host = name.encode("idna")
        connection.set_tlsext_host_name(host)
        done = lib.X509_VERIFY_PARAM_set1_host(param, host, len(host))
    else:
        done = lib.X509_VERIFY_PARAM_set1_ip(param, packed, len(packed))
    if done != 1:
        raise ValueError("the name to verify could not be set")
