"""Signatures on requests: what each vouches for, and making them again.

:func:`signatures` says which signatures a request carries and what of its body they bind;
:func:`binds` draws that together. :func:`resign` makes the one signature of a changed request
again with a key of the user's own (:class:`SigningKeys`), if the original was made with that key.
"""

from gateway.services.signatures._base import LENGTHS, Bound, Signature
from gateway.services.signatures.forms import Form, post_form
from gateway.services.signatures.keys import SigningKeys
from gateway.services.signatures.recognise import binds, signatures
from gateway.services.signatures.resign import CannotSign, can_resign, proven, resign

__all__ = [
    "LENGTHS",
    "Bound",
    "CannotSign",
    "Form",
    "Signature",
    "SigningKeys",
    "binds",
    "can_resign",
    "post_form",
    "proven",
    "resign",
    "signatures",
]
