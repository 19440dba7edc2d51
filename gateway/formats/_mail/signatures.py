"""Signatures of mails: a changed mail must lose them, and what they say of their maker is text."""

from __future__ import annotations

import re

from gateway.formats._mail.printable import printable

_KINDS = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
"""The object identifier of CMS SignedData (RFC 5652 section 5.1) in DER."""

_ARMOUR = re.compile(
    rb"\s*-----BEGIN PGP SIGNATURE-----\s.*-----END PGP SIGNATURE-----\s*", re.DOTALL
)

TRACES = re.compile(
    r"dkim-signature|x-google-dkim-signature|domainkey-signature|arc-[a-z-]+|authentication-results"
    r"|x-mailer|user-agent|x-mimeole|x-microsoft-antispam.*|x-microsoft-exchange.*|x-ms-exchange.*"
    r"|x-forefront-.*|x-gm-message-state|x-google-smtp-source|received-spf|x-spam-.*|x-virus-.*"
    r"|x-proofpoint-.*|x-ironport-.*|x-barracuda-.*|x-amavis-.*|x-mimecast-.*|x-antispam.*|autocrypt"
    r"|openpgp|x-pgp-.*|face|x-face|content-md5|content-length|lines|x-evolution-.*|x-mozilla-.*"
    r"|x-sid-.*|x-message-(?:info|delivery|status)|x-auth-result|x-dkim-.*|x-provags-id|x-uidl"
    r"|thread-index|x-ms-tnef-correlator|x-yahoo-newman-.*|x-ymail-osg|x-qq-.*|x-coremail-.*"
    r"|x-cm-.*|x-aliyun-.*|x-hm-.*|x-netease-.*"
    r"|(?:x-)?received|x-(?:originating|sender|source|client|remote|sending)-ip|x-source.*"
)
"""Fields that servers and programs leave, and that a changed mail makes untrue or tells by."""


def signature_text(kind: str, content: bytes) -> str | None:
    """What can be read in a detached signature; ``None`` if it is none, whatever it is called.

    Args:
        kind: the media type of the part.
        content: its decoded body.
    """
    if kind not in _KINDS:
        return None
    if _ARMOUR.fullmatch(content):
        return content.decode("latin-1")
    if content[:1] == b"\x30" and _SIGNED_DATA in content[:40]:
        return "\n".join(printable(content))
    return None


def wrapped(kind: str, content: bytes) -> str:
    """Why an S/MIME body cannot be read (RFC 8551 section 3.2), or nothing if it is none."""
    if kind not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return ""
    if _SIGNED_DATA in content[:40]:
        return "signed: the text is wrapped in an S/MIME signature; send it unsigned"
    return "encrypted: S/MIME; send it decrypted"
