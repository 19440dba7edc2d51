"""Whether bytes look like a message: a header block that only mail has."""

from __future__ import annotations

import re

from gateway.formats._mail.structure import read_fields
from gateway.model import Hint

NAMES = (".eml", ".mht", ".mhtml", ".mhtm", ".nws", ".mim", ".mime", ".emlx")
TYPES = ("message/rfc822", "message/global", "text/rfc822-headers")

_TRANSPORT = frozenset(
    [
        "received",
        "return-path",
        "delivered-to",
        "message-id",
        "mime-version",
        "dkim-signature",
        "x-original-to",
        "arc-seal",
        "authentication-results",
        "in-reply-to",
        "references",
        "x-mailer",
        "resent-from",
        "resent-message-id",
        "x-received",
        "content-transfer-encoding",
        "received-spf",
    ]
)
_PEOPLE = frozenset(
    ["from", "to", "cc", "subject", "date", "sender", "reply-to", "bcc", "newsgroups"]
)
_HEAD = 64_000


def start_of(data: bytes) -> int:
    """Where the header begins: after a byte order mark and blank lines."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while data[at : at + 1] in (b"\r", b"\n"):
        at += 1
    return at


def mail_score(data: bytes, hint: Hint) -> float:
    """How sure it is that the bytes are one message, as :meth:`Format.score` has it.

    Sure are fields of transport together with others of mail; two lines that begin "From:" and
    "To:" stand in chats and notes as well.
    """
    named = hint.suffix in NAMES or hint.essence in TYPES
    start = start_of(data)
    if not re.match(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:|>?From ", data[start : start + 100]):
        return 0.3 if named and data and b"\0" not in data[:1000] else -1.0
    fields, _ = read_fields(data, start, min(len(data), start + _HEAD))
    names = {field.name for field in fields}
    transport, people = names & _TRANSPORT, names & _PEOPLE
    multipart = any(
        f.name == "content-type" and b"multipart/" in data[f.value : f.end].lower() for f in fields
    )
    dated = {"from", "date"} <= names and len(people) >= 3
    if dated or (transport and len(transport) + len(people) >= 3):
        return 1.0
    if "mime-version" in names and multipart:
        return 1.0
    return 0.95 if named and fields else -1.0
