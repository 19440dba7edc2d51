"""All text of a message by the standard library's reader, for the verifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend
from gateway.formats._mail.bodies import UU_BLOCK, decode_uu
from gateway.formats._mail.inside import unflowed
from gateway.formats._mail.looks import start_of
from gateway.model import Hint

_ADDRESSES = ("from", "to", "cc", "bcc", "sender", "reply-to")
_PARAMETERISED = ("content-type", "content-disposition")
_STRUCTURE = ("charset", "boundary", "format", "delsp", "micalg", "protocol", "type", "report-type")


def mail_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """Values of fields, parameters, bodies and the text around parts.

    Args:
        data: one message.
        descend: reads what the bodies hold.

    Raises:
        Unreadable: the library fails on it.
    """
    try:
        message = message_from_bytes(data[start_of(data) :], policy=policy.compat32)
    except (MessageError, ValueError, RecursionError) as error:
        raise Unreadable(f"email cannot read it: {type(error).__name__}") from None
    yield message.get_unixfrom() or ""
    yield from _part_layers(message, descend)


def _part_layers(part: Message, descend: Descend) -> Iterator[str]:
    yield from _header_layers(part)
    for gap in (part.preamble, part.epilogue):
        yield from _both(gap or "")
    payload = part.get_payload()
    if isinstance(payload, list):
        for child in payload:
            if isinstance(child, Message):
                yield from _part_layers(child, descend)
        return
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding != "base64" or re.search(r"[^A-Za-z0-9+/=\s]", str(payload)):
        yield from _both(str(payload))
    for block in UU_BLOCK.finditer(content):
        file = decode_uu(block[2])
        if file:
            yield from _descended(file, Hint(), descend)
    yield from _descended(content, _hint(part), descend)
    if str(part.get_param("delsp", "")).lower() == "yes":
        yield unflowed(content.decode(_charset(part), "replace"))


def _descended(content: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
    if not content:
        return
    try:
        yield from descend(content, hint)
    except LimitExceeded:
        raise
    except Unreadable:  # noted as unread when it was opened
        yield content.decode("latin-1")


def _header_layers(part: Message) -> Iterator[str]:
    for name, value in part.raw_items():
        if name.lower() in (*_PARAMETERISED, "content-transfer-encoding", "mime-version"):
            continue
        text = re.sub(r"[\r\n]+(?=[ \t])", "", str(value))
        yield from _both(text)
        yield _decoded(text)
        if name.lower() in _ADDRESSES:
            for display, address in getaddresses([text]):
                yield from (display, address)
    for header in _PARAMETERISED:
        for name, value in (part.get_params([], header) or [])[1:]:
            if name.lower() not in _STRUCTURE:
                yield _parameter(value)
    yield part.get_filename() or ""


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text))) if "=?" in text else ""
    except (MessageError, LookupError, UnicodeError, ValueError):
        return ""


def _parameter(value: str | tuple[str, str, str]) -> str:
    try:
        return collapse_rfc2231_value(value)
    except (LookupError, UnicodeError, TypeError):
        return str(value)


def _hint(part: Message) -> Hint:
    name = re.split(r"[/\\]", part.get_filename() or "")[-1]
    kind = part.get_content_type()
    if kind.startswith("message/"):
        kind = "text/plain"
    return Hint(name, f"{kind}; charset={_charset(part)}")


def _charset(part: Message) -> str:
    charset = str(part.get_content_charset() or "utf-8")
    try:
        "".encode(charset)
    except (LookupError, UnicodeError):
        return "utf-8"
    return charset


def _both(text: str) -> Iterator[str]:
    """Text of the library, and what its escaped 8-bit bytes mean."""
    if not text:
        return
    yield text
    raw = text.encode("utf-8", "surrogateescape")
    if not text.isascii():
        yield raw.decode("utf-8", "replace")
        yield raw.decode("gb18030", "replace")
