"""Signing again with the user's own key, which is opt-in.

A signature is only made where the key at hand is proven to be the one that made the client's:
the original is verified first, and the same spelling of the request that verified is signed. So
a wrong secret, or a client that signs in a way not known here, ends as a refusal and never as a
request that the service turns down.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from gateway.errors import GatewayError
from gateway.services.signatures._base import Signature, Signer, dated
from gateway.services.signatures.aliyun import OssSigner
from gateway.services.signatures.aws import V4Signer
from gateway.services.signatures.azure import SharedKeySigner
from gateway.services.signatures.keys import SigningKeys
from gateway.services.signatures.recognise import signatures
from gateway.services.wire import Call

_SIGNERS: Final[dict[str, Callable[[str], Signer]]] = {
    "AWS4-HMAC-SHA256": V4Signer,
    "GOOG4-HMAC-SHA256": V4Signer,
    "TOS4-HMAC-SHA256": V4Signer,
    "SharedKey": SharedKeySigner,
    "SharedKeyLite": SharedKeySigner,
    "OSS": OssSigner,
    "OSS4-HMAC-SHA256": OssSigner,
}

_UNBINDING: Final = ("SAS",)


class CannotSign(GatewayError):
    """A request cannot be signed again; the message says why, in words for people."""


def can_resign(call: Call, keys: SigningKeys | None = None) -> bool:
    """Whether a request's signature can be made again.

    Args:
        call: the request.
        keys: those at hand; ``None`` asks whether it could be with the right key.
    """
    signed = [one for one in signatures(call) if one.scheme not in _UNBINDING]
    return (
        len(signed) == 1
        and signed[0].scheme in _SIGNERS
        and (keys is None or signed[0].key_id in keys)
    )


def proven(call: Call, keys: SigningKeys) -> bool:
    """Whether a request's signature can be made again, as a key at hand made this one.

    Args:
        call: the request as the client sent it, with its body.
        keys: of the user.
    """
    if not can_resign(call, keys):
        return False
    signed = _only(call)
    return _SIGNERS[signed.scheme](keys.secret(signed.key_id) or "").fits(call)


def resign(original: Call, changed: Call, keys: SigningKeys, at: datetime | None = None) -> Call:
    """A changed request with the signature made again.

    Args:
        original: the request as the client signed it.
        changed: the same with another body, and with all headers about the body made right. A
            framed body (``aws-chunked``) whose chunks are to be signed may hold any signatures.
        keys: of the user.
        at: when it is signed, in UTC; the client's own time when left out.

    Returns:
        the changed request, ready to be sent.

    Raises:
        CannotSign: no key is at hand, or it is not the one that signed the original.
    """
    signed = _only(original)
    secret = keys.secret(signed.key_id)
    if secret is None:
        raise CannotSign("no signing key is stored for it")
    signer = _SIGNERS[signed.scheme](secret)
    if not signer.fits(original):
        raise CannotSign("the signing key that is stored for it did not make its signature")
    return signer.sign(dated(changed, at) if at else changed)


def _only(call: Call) -> Signature:
    if not can_resign(call):
        raise CannotSign("its signature is of a kind that cannot be made again")
    return next(one for one in signatures(call) if one.scheme not in _UNBINDING)
