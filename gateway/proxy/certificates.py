"""The certificates of the gateway's authority, as RFC 5280 wants them. Needs no mitmproxy."""

from __future__ import annotations

import datetime as dt
import ipaddress
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

NAME = "Redaction Gateway CA"
LIFE = dt.timedelta(days=364)
LEAF_LIFE = dt.timedelta(days=6)
_CLOCK_SKEW = dt.timedelta(hours=1)


def permitted(hosts: Sequence[str]) -> tuple[str, ...]:
    """DNS names for the constraint: a name permits itself and all below it (RFC 5280 §4.2.1.10)."""
    # A wildcard in the middle permits all below what follows it.
    names = sorted({host.rpartition("*.")[2].lower() for host in hosts})
    return tuple(name for name in names if not any(name.endswith("." + other) for other in names))


def issue(
    names: Sequence[str],
    old: x509.Certificate | None = None,
    key: EllipticCurvePrivateKey | None = None,
) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    """An authority for the names and all below them.

    Args:
        names: from :func:`permitted`.
        old: a certificate whose name and end the new one takes over.
        key: signs; a new one when not given.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = key or new_key()
    begin = dt.datetime.now(dt.UTC) - _CLOCK_SKEW
    end = old.not_valid_after_utc if old else begin + LIFE
    name = common_name(old) if old else f"{NAME} {secrets.token_hex(4)}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    # Without a permitted address, name constraints say nothing about addresses: exclude them all.
    nowhere = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(
            x509.NameConstraints(
                permitted_subtrees=[x509.DNSName(name) for name in names],
                excluded_subtrees=[x509.IPAddress(network) for network in nowhere],
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def new_key() -> EllipticCurvePrivateKey:
    """A key on P-256."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, or an empty string."""
    from cryptography.x509.oid import NameOID

    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names that an authority's constraint permits."""
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(
        name.value for name in found.permitted_subtrees or () if isinstance(name, x509.DNSName)
    )


def sign_leaf(
    host: str,
    key: EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: EllipticCurvePrivateKey,
) -> x509.Certificate:
    """A certificate for one host, valid for at most seven days.

    Args:
        host: a DNS name.
        key: of the connection; never the authority's.
        authority: signs.
        authority_key: its key.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = dt.datetime.now(dt.UTC)
    ski = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    # RFC 5280 A.1 allows 64 characters in a common name; the alternative name is what counts.
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, host)] if len(host) <= 64 else []
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(now - _CLOCK_SKEW, authority.not_valid_before_utc))
        .not_valid_after(min(now + LEAF_LIFE, authority.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=not subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
