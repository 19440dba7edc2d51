"""Files of the certificate authority: private, and whole or not there. Needs no mitmproxy."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import GatewayError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


def load(path: Path) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    """Read certificate and key.

    Raises:
        GatewayError: others can read the file, or it is damaged.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    check_private(path)
    try:
        pem = path.read_bytes()
        key = serialization.load_pem_private_key(pem, password=None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(path) from error
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise _damaged(path)
    return certificate, key


def _damaged(path: Path) -> GatewayError:
    return GatewayError(
        "the gateway's certificate authority is damaged",
        f"move {path} away; a new one is made at the next start, and must be trusted anew",
    )


def check_private(path: Path) -> None:
    """Refuse a key that others may read.

    Raises:
        GatewayError: mode, owner or kind of the file is not as it must be.
    """
    if os.name == "nt":
        return  # a user's profile folder is private by its access list
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise GatewayError(
            f"{path} is a symbolic link; the certificate authority must stand there itself",
            "move the real files there",
        )
    if found.st_mode & 0o077 or found.st_uid != os.geteuid():
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise GatewayError(
            f"others can read {path}, where the key of the certificate authority is kept",
            f"if nobody else used it: chmod {mode} {path}; otherwise delete the folder and trust "
            "the new certificate",
        )


def store(
    path: Path, certificate: x509.Certificate, key: EllipticCurvePrivateKey, *, replace: bool
) -> None:
    """Write key and certificate as one file, whole or not at all.

    Without ``replace``, an authority that another process made meanwhile stays.
    """
    from cryptography.hazmat.primitives import serialization as form

    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    draft = _write_draft(path, pem + certificate.public_bytes(form.Encoding.PEM))
    try:
        if replace:
            draft.replace(path)
            return
        with contextlib.suppress(FileExistsError):
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                raise
            except OSError:  # a file system without hard links
                draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_if_changed(path: Path, text: str) -> None:
    """Put a text in place of a file, whole."""
    data = text.encode()
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    _write_draft(path, data).replace(path)


def _write_draft(path: Path, data: bytes) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return draft
