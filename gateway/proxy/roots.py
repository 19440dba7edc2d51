"""Certificates that this computer trusts, as PEM.

The roots of the system and those of certifi together: either alone misses some (company roots
live only in the system's store; a bare container has only certifi).
"""

from __future__ import annotations

import base64
import binascii
import re
import ssl
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.errors import UsageError

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)

# Where systems keep all their roots in one file. The folder form (OpenSSL's capath) holds the same.
_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",  # older RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


def system_roots() -> list[bytes]:
    """The roots of the operating system, as DER; empty where it has none that we can read.

    Variables such as SSL_CERT_FILE are not heeded: they may point at a bundle of ours.
    """
    if sys.platform == "win32":
        return [
            der
            for store in ("ROOT", "CA")
            for der, encoding, trust in ssl.enum_certificates(store)
            if encoding == "x509_asn"
            and (trust is True or (isinstance(trust, frozenset) and _SERVER_AUTH in trust))
        ]
    default = ssl.get_default_verify_paths().openssl_cafile
    for name in (default, *_FILES):
        file = Path(name)
        if file.is_file() and (found := list(read(file.read_text("utf-8", "replace")))):
            return found
    return []


_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"


def certifi_roots() -> list[bytes]:
    """Mozilla's roots, from the certifi package, as DER."""
    import certifi

    return list(read(certifi.contents()))


def from_file(path: Path) -> list[bytes]:
    """The certificates of a PEM file that the user named, as DER.

    Raises:
        UsageError: the file cannot be read or holds no certificate.
    """
    try:
        found = list(read(path.read_text("utf-8", "replace")))
    except OSError as error:
        raise UsageError(
            f"the certificate file cannot be read: {error.strerror}", f"check {path}"
        ) from error
    if not found:
        raise UsageError(
            "the certificate file holds no PEM certificate",
            f'{path} must contain "-----BEGIN CERTIFICATE-----"',
        )
    return found


def read(pem: str) -> Iterator[bytes]:
    """DER of each certificate in a PEM text; blocks that are not base64 are left out."""
    for found in _PEM.finditer(pem):
        try:
            yield base64.b64decode("".join(found[1].split()), validate=True)
        except binascii.Error:
            continue


def bundle(certificates: Iterable[bytes]) -> str:
    """PEM of all certificates, each once, in the order of first mention."""
    return "".join(map(ssl.DER_cert_to_PEM_cert, dict.fromkeys(certificates)))
