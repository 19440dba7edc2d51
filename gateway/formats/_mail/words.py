"""Encoded words in header text (RFC 2047): reading runs of them, and writing them.

Mailers break the rules: multi-byte characters are split between words, words stand inside quotes
and without space around them, Q words hold spaces. All of this is read.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from gateway.formats._mail.charsets import codec_of, decode_named

_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?(.*?)\?=")
_RUN = re.compile(rf"{_WORD.pattern}(?:\s*(?={_WORD.pattern})(?:{_WORD.pattern}))*")
_Q_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_LONGEST = 75
"""Characters of one encoded word (RFC 2047 section 2)."""

_LEAST = 12
"""Bytes that the first word of a run takes, however far to the right it stands."""


def word_runs(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Runs of encoded words with nothing but space between them.

    Yields:
        start and end in the text, the decoded text, and the charset of the first word.
    """
    for run in _RUN.finditer(text):
        words = [(m[1], m[2].upper(), m[3]) for m in _WORD.finditer(run[0])]
        yield run.start(), run.end(), _decoded(words), words[0][0]


def decode_words(text: str) -> str:
    """Text with its encoded words decoded."""
    pieces: list[str] = []
    at = 0
    for start, end, decoded, _ in word_runs(text):
        pieces += (text[at:start], decoded)
        at = end
    return "".join((*pieces, text[at:]))


def encode_words(text: str, charset: str, newline: str, column: int = 0) -> str:
    """Text for a header: as it is if it is plain, else as encoded words, one for each line.

    Args:
        text: any text; control characters become spaces.
        charset: the charset to keep, if it can hold the text; else UTF-8.
        newline: how the message ends its lines.
        column: how many characters stand before it on its line, about.
    """
    text = "".join(" " if char < " " or char == "\x7f" else char for char in text)
    if text.isascii() and "=?" not in text:
        return text
    name = charset.split("*", maxsplit=1)[0]  # without the language of RFC 2231
    try:
        text.encode(name)
    except (LookupError, ValueError):
        name = "utf-8"
    room = (_LONGEST - len(f"=?{name}?B??=")) // 4 * 3
    words: list[bytes] = []
    for char in text:
        free = max(room - column, _LEAST) if len(words) == 1 else room
        if words and len((words[-1].decode(name) + char).encode(name)) <= free:
            words[-1] = (words[-1].decode(name) + char).encode(name)
        else:
            words.append(char.encode(name))
    return f"{newline} ".join(
        f"=?{name}?B?{base64.b64encode(word).decode('ascii')}?=" for word in words
    )


def _decoded(words: list[tuple[str, str, str]]) -> str:
    """Words of one charset joined before they are decoded: characters may be split."""
    texts: list[str] = []
    charset, joined = "", b""
    for name, encoding, body in words:
        if codec_of(name) != codec_of(charset) or not charset:
            texts.append(decode_named(joined, charset) if joined else "")
            charset, joined = name, b""
        joined += _from_base64(body) if encoding == "B" else _from_q(body)
    texts.append(decode_named(joined, charset))
    return "".join(texts)


def _from_base64(body: str) -> bytes:
    compact = re.sub(r"[^A-Za-z0-9+/]", "", body)
    compact = compact[:-1] if len(compact) % 4 == 1 else compact
    try:
        return binascii.a2b_base64(compact + "=" * (-len(compact) % 4))
    except binascii.Error:
        return body.encode("utf-8", "replace")


def _from_q(body: str) -> bytes:
    raw = body.replace("_", " ").encode("utf-8", "surrogateescape")
    return _Q_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), raw)
