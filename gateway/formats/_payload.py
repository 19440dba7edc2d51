"""What stands in the byte strings of binary messages (Protocol Buffers, CBOR, MessagePack).

They agree on three things: which bytes are a file and are opened as one, which are too few to be
anybody's document, and what is still seen of those.
"""

from __future__ import annotations

import re

from gateway.formats._base64 import has_magic, is_text

OPAQUE = 64
"""Longest bytes that pass as an id, a hash or a key: longer ones are somebody's data."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXT_FILE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:%PDF-|(?-i:\{\\rtf[0-9])|<\?xml[\s?]|<!doctype\s|BEGIN:V(?:CARD|CALENDAR)\r?\n"
    rb"|From [^\r\n]+\r?\n|(?:received|return-path|mime-version|message-id|delivered-to)[ \t]*:)",
    re.IGNORECASE,
)
_ASCII_RUN = re.compile(rb"[ -~]{5,}")


def is_clean(data: bytes) -> bool:
    """Whether bytes are UTF-8 without control characters: what a text field holds."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(data)


def is_file(data: bytes) -> bool:
    """Whether bytes are a file: by their first bytes, or as text in another encoding than UTF-8.

    Text that only begins like a binary file ("RIFF", "GIF89a was the first …") is none.
    """
    if is_clean(data):
        return bool(_TEXT_FILE.match(data))
    return has_magic(data) or is_wide_text(data)


def is_wide_text(data: bytes) -> bool:
    """Whether bytes are text beyond doubt, in another encoding than UTF-8."""
    if b"\0" in data:
        return is_text(data) and not _CONTROL.search(data.replace(b"\0", b""))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return is_text(data)
    return False


def runs(data: bytes) -> str:
    """Printable ASCII in bytes that nobody can read whole."""
    return "\n".join(run.decode("ascii") for run in _ASCII_RUN.findall(data))
