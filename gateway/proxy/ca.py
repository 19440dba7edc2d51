"""The gateway's own certificate authority: one per machine, short-lived, narrowly constrained.

Whoever trusts it lets this program answer for the hosts of the service profiles, and for no
other: critical name constraints (RFC 5280 §4.2.1.10) say so in the certificate, and all IP
addresses are excluded. The key that signs is never the key of a connection.

This module needs no mitmproxy.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import GatewayError
from gateway.proxy import certificates, keyfile, roots

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_RENEW = dt.timedelta(days=30)
_LEAF_RENEW = dt.timedelta(days=1)
_LEAVES = 1000


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a connection is answered with."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey = field(repr=False)


class CertificateAuthority:
    """Signs for the hosts it was made for.

    Args:
        folder: holds ``ca-key.pem`` (key and certificate), ``ca.pem`` and the bundles.
        certificate: of the authority.
        key: of the authority.
    """

    def __init__(
        self, folder: Path, certificate: x509.Certificate, key: EllipticCurvePrivateKey
    ) -> None:
        self._folder = folder
        self._certificate = certificate
        self._key = key
        self._leaf_key = certificates.new_key()
        self._leaves: dict[str, Leaf] = {}

    @classmethod
    def load_or_create(cls, folder: Path, hosts: Sequence[str]) -> CertificateAuthority:
        """The authority of this machine, made or renewed where needed.

        It is renewed with a new key when fewer than 30 days are left, and with the same key and
        the same end when the hosts changed: who trusts the old certificate keeps seeing valid
        connections to the old hosts.

        Args:
            folder: made with mode 0700 if it does not exist.
            hosts: patterns such as ``api.example.com`` and ``*.example.com``.

        Raises:
            GatewayError: others can read the key, or the files are damaged.
        """
        names = certificates.permitted(hosts)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keyfile.check_private(folder)
        key_file = folder / "ca-key.pem"
        if not key_file.exists() and not key_file.is_symlink():
            keyfile.store(key_file, *certificates.issue(names), replace=False)
        certificate, key = keyfile.load(key_file)
        now = dt.datetime.now(dt.UTC)
        if certificate.not_valid_after_utc - now < _RENEW or certificate.not_valid_before_utc > now:
            keyfile.store(key_file, *certificates.issue(names), replace=True)
        elif certificates.names_of(certificate) != names:
            keyfile.store(key_file, *certificates.issue(names, certificate, key), replace=True)
        authority = cls(folder, *keyfile.load(key_file))
        authority._publish()
        return authority

    @property
    def cert_path(self) -> Path:
        """The certificate alone, for a browser or NODE_EXTRA_CA_CERTS."""
        return self._folder / "ca.pem"

    @property
    def bundle_path(self) -> Path:
        """The roots of the system and of certifi with ours, for SSL_CERT_FILE and the like."""
        return self._folder / "bundle.pem"

    def upstream_bundle(self, extra: Path | None = None) -> Path:
        """A file with the roots that services are verified against; ours is never among them.

        Args:
            extra: a PEM file of further roots.

        Raises:
            UsageError: ``extra`` holds no certificate.
        """
        trusted = [*roots.system_roots(), *roots.certifi_roots()]
        foreign = [der for der in trusted if not _is_ours(der)]
        path = self._folder / "upstream.pem"
        keyfile.write_if_changed(
            path, roots.bundle([*foreign, *(roots.from_file(extra) if extra else ())])
        )
        return path

    def leaf(self, host: str) -> Leaf:
        """A certificate for one host, at most seven days long, on a key of this run.

        Raises:
            GatewayError: the authority is not constrained to this host.
        """
        if not any(host == name or host.endswith("." + name) for name in self.names):
            raise GatewayError("the gateway's certificate authority may not vouch for this host")
        known = self._leaves.get(host)
        now = dt.datetime.now(dt.UTC)
        if known and known.certificate.not_valid_after_utc - now > _LEAF_RENEW:
            return known
        if len(self._leaves) >= _LEAVES:
            self._leaves.clear()
        leaf = Leaf(self._sign(host), self._leaf_key)
        self._leaves[host] = leaf
        return leaf

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the authority can vouch for, with everything below them."""
        return certificates.names_of(self._certificate)

    def describe(self) -> str:
        """Who it is, how long it lasts, which hosts it can vouch for, where its files are."""
        from cryptography.hazmat.primitives import hashes

        digest = self._certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        return "\n".join(
            [
                f"name         {certificates.common_name(self._certificate)}",
                f"sha-256      {digest}",
                f"valid until  {self._certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC",
                f"certificate  {self.cert_path}",
                f"bundle       {self.bundle_path}",
                "vouches for  " + "\n             ".join(self.names),
            ]
        )

    def _publish(self) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding

        own = self._certificate.public_bytes(Encoding.DER)
        others = [der for der in roots.system_roots() if not _is_ours(der)]
        keyfile.write_if_changed(self.cert_path, roots.bundle([own]))
        keyfile.write_if_changed(
            self.bundle_path, roots.bundle([*others, *roots.certifi_roots(), own])
        )

    def _sign(self, host: str) -> x509.Certificate:
        return certificates.sign_leaf(host, self._leaf_key, self._certificate, self._key)


def _is_ours(der: bytes) -> bool:
    """Whether a root was made by a gateway, this one or an earlier one; its name says so."""
    return certificates.NAME.encode() in der
