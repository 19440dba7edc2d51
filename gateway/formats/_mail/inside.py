"""What stands in the text of a mail that is no text: uuencoded files, other mails, sealed blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gateway.formats._mail.bodies import UU_BLOCK, decode_uu, encode_uu
from gateway.formats._mail.looks import mail_score
from gateway.model import Hint

_ENCODED_MAIL = re.compile(
    rb"^content-transfer-encoding:[ \t]*(?:base64|quoted)|=\?[\w.-]+\?[bq]\?",
    re.IGNORECASE | re.MULTILINE,
)
_FIRST_FIELD = re.compile(
    rb"^(?:return-path|received|delivered-to|from|mime-version|message-id|date|to|subject|sender"
    rb"|content-type|x-[\w-]+|dkim-signature|reply-to)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_SEALED = re.compile(rb"^(?:> ?)*-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_YENC = re.compile(rb"^=ybegin (?:part|line|size)=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, opened as a document of its own.

    Args:
        start: where it begins in the text.
        end: where it ends.
        data: what it holds.
        hint: what is known of that; ``None`` for the text itself.
        write: how new data is written in its place.
    """

    start: int
    end: int
    data: bytes = field(repr=False)
    hint: Hint | None
    write: Callable[[bytes], bytes]


def sealed_in(text: bytes) -> str:
    """Why a text cannot be read whole, or nothing."""
    if _SEALED.search(text):
        return "encrypted: a PGP message; send it decrypted"
    return "a file in yEnc: send it as an attachment" if _YENC.search(text) else ""


def stretches(text: bytes, newline: bytes) -> Iterator[Stretch]:
    """A text cut into running text, uuencoded files and mails, in order and without gaps."""
    mail = _mail_in(text)
    end = len(text) if mail < 0 else mail
    at = 0
    for block in UU_BLOCK.finditer(text, 0, end):
        data = decode_uu(block[2])
        if data is None:
            continue
        yield from _plain(text, at, block.start(2))
        name = block[1].decode("utf-8", "replace").strip().rpartition("/")[2]
        at = block.end(2)
        yield Stretch(block.start(2), at, data, Hint(name), lambda new: encode_uu(new, newline))
    yield from _plain(text, at, end)
    if mail >= 0:
        yield Stretch(mail, len(text), text[mail:], Hint("", "message/rfc822"), _as_it_is)


def unflowed(text: str) -> str:
    """Text whose soft line breaks are taken out, with the space before them (RFC 3676, DelSp).

    Lines of one quotation depth are joined; a signature separator ("-- ") stays.
    """
    lines: list[str] = []
    joining = False
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\r\n")
        quotes = body[: len(body) - len(body.lstrip(">"))]
        content = body[len(quotes) :].removeprefix(" ")
        if joining and lines and _quotes(lines[-1]) == quotes:
            lines[-1] += content + line[len(body) :]
        else:
            lines.append(line)
        joining = body.endswith(" ") and body.lstrip("> ") != "-- " and content != "-- "
        if joining:
            lines[-1] = lines[-1].rstrip("\r\n")[:-1]
    return "".join(lines)


def _quotes(line: str) -> str:
    return line[: len(line) - len(line.lstrip(">"))]


def _plain(text: bytes, start: int, end: int) -> Iterator[Stretch]:
    if text[start:end].strip():
        yield Stretch(start, end, text[start:end], None, _as_it_is)


def _as_it_is(data: bytes) -> bytes:
    return data


def _mail_in(text: bytes) -> int:
    """Where another mail begins, whose content is encoded, or -1: bounces carry such copies."""
    encoded = _ENCODED_MAIL.search(text)
    if not encoded:
        return -1
    for match in _FIRST_FIELD.finditer(text, 0, encoded.start() + 1):
        if mail_score(text[match.start() :], Hint()) >= 1.0:
            return match.start()
    return -1
