"""What everything in this package knows of: its refusal, and the identities that it makes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator

TOKEN = re.compile(r"rg[a-z2-7]{20}")
"""How identities look that are made here; :func:`tokens` knows them from words that look alike."""

TOKEN_LENGTH = 22

_BYTES = re.compile(TOKEN.pattern.encode())
_RANDOM = 13
_KEY = secrets.token_bytes(32)


UNKNOWN = "the gateway does not know this upload: it began earlier, or too long ago. Send it again"


class Refused(Exception):
    """The upload cannot go on; the message is for people and holds no value."""


class Withheld(Exception):
    """Policy keeps the document back, however often it comes."""


def new_token() -> str:
    """An identity of an upload, in lower case letters and digits.

    Its last letters follow from the others by a key that goes with this process.
    """
    chosen = base64.b32encode(secrets.token_bytes(_RANDOM)).decode().lower()[:_RANDOM]
    return f"rg{chosen}{_mark(chosen)}"


def _mark(chosen: str) -> str:
    made = hmac.digest(_KEY, chosen.encode(), hashlib.sha256)
    return base64.b32encode(made).decode().lower()[: TOKEN_LENGTH - 2 - _RANDOM]


def is_token(text: str) -> bool:
    """Whether a text is an identity that was made here."""
    chosen = text[2 : 2 + _RANDOM]
    return bool(TOKEN.fullmatch(text)) and hmac.compare_digest(_mark(chosen), text[2 + _RANDOM :])


def token_at_start(text: str) -> str:
    """The identity with which a text begins; empty where there is none."""
    return text[:TOKEN_LENGTH] if is_token(text[:TOKEN_LENGTH]) else ""


def tokens(data: bytes) -> Iterator[tuple[int, str]]:
    """Where identities that were made here stand, and which.

    Args:
        data: any text.
    """
    at = 0
    while found := _BYTES.search(data, at):
        token = found[0].decode()
        known = is_token(token)
        if known:
            yield found.start(), token
        at = found.end() if known else found.start() + 1


def token_in(text: str) -> str:
    """The first identity in a text that was made here; empty where there is none."""
    return next((token for _, token in tokens(text.encode("utf-8", "replace"))), "")
