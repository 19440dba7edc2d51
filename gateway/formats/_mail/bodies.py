"""Bodies in their transfer encodings (RFC 2045 section 6), read leniently and written strictly."""

from __future__ import annotations

import binascii
import quopri
import re

from gateway.errors import Unreadable

_ENCODES = re.compile(r"(?!base64$|quoted-printable$).*(?:64|quot|print|hex|yenc|zip|deflate|85)")
"""Names that are none of RFC 2045 but promise an encoding; all others leave the bytes as they are.

"x-uuencode" is among those others: uuencoded files are found in the text.
"""

_BASE64 = re.compile(rb"[A-Za-z0-9+/]+=*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_BASE64_LINE = re.compile(rb"^[A-Za-z0-9+/]{24,}={0,2}[ \t]*\r?$", re.MULTILINE)
_WIDTH = 76

# A line of quoted-printable up to its hard line end.
_QP_LINE = re.compile(rb"(?:=[ \t]*(?:\r\n|\n)|[^\n])*(?:\n|\Z)")

UU_BLOCK = re.compile(
    rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]+)(?:\r\n|\n|\r)"
    rb"((?:[!-`][ -`]*(?:\r\n|\n|\r))+?)(?=`?[ \t]*(?:\r\n|\n|\r)?end\b)",
    re.MULTILINE,
)
"""A uuencoded file (POSIX uuencode); group 1 is its name, group 2 its lines."""


def is_known(encoding: str) -> bool:
    """Whether the transfer encoding is one that is read here."""
    return not _ENCODES.match(encoding)


def decode_body(raw: bytes, encoding: str) -> bytes:
    """The content behind a known transfer encoding. Damage is passed over, as mailers do."""
    if encoding == "base64":
        return _from_base64(raw)
    return quopri.decodestring(raw) if encoding == "quoted-printable" else raw


def packed_end(raw: bytes, encoding: str) -> int:
    """Where the encoded data of a body ends: lists add lines of text behind base64.

    Raises:
        Unreadable: base64 goes on behind such a line; some programs would read it and some not.
    """
    stranger = _NOT_BASE64.search(raw) if encoding == "base64" else None
    if stranger is None:
        return len(raw)
    cut = max(raw.rfind(b"\n", 0, stranger.start()), raw.rfind(b"\r", 0, stranger.start())) + 1
    if _BASE64_LINE.search(raw, cut):
        raise Unreadable("malformed mail: base64 that does not decode")
    return cut


def encode_body(content: bytes, encoding: str, newline: bytes, *, text: bool) -> bytes:
    """New content in a transfer encoding; base64 without a line end behind it.

    Args:
        content: the bytes to write.
        encoding: a known transfer encoding.
        newline: how the message ends its lines.
        text: whether line ends of the content are line ends of the mail.
    """
    if encoding == "base64":
        packed = binascii.b2a_base64(content, newline=False)
        lines = (packed[at : at + _WIDTH] for at in range(0, len(packed), _WIDTH))
        return newline.join(lines)
    return _printable(content, newline, text=text) if encoding == "quoted-printable" else content


def edited_body(raw: bytes, content: bytes, encoding: str, newline: bytes, *, text: bool) -> bytes:
    """A body with new content, in which lines that stay the same keep their bytes.

    Args:
        raw: the body as it stands in the message.
        content: its new content.
        encoding: its transfer encoding, one that is known.
        newline: how the message ends its lines.
        text: whether line ends of the content are line ends of the mail.
    """
    if encoding != "quoted-printable":
        return encode_body(content, encoding, newline, text=text)
    rows = [line[0] for line in _QP_LINE.finditer(raw) if line[0]]
    shown = [quopri.decodestring(row) for row in rows]
    wanted, first = content, 0
    while first < len(rows) and wanted.startswith(shown[first]):
        wanted = wanted[len(shown[first]) :]
        first += 1
    last = len(rows)
    while last > first and wanted.endswith(shown[last - 1]):
        last -= 1
        wanted = wanted[: len(wanted) - len(shown[last])]
    middle, lines = shown[first:last], wanted.splitlines(keepends=True)
    if len(lines) == len(middle) and text:
        new = b"".join(
            row if line == old else _printable(line, newline, text=text)
            for row, old, line in zip(rows[first:last], middle, lines, strict=True)
        )
    else:
        new = _printable(wanted, newline, text=text)
    body = b"".join((*rows[:first], new, *rows[last:]))
    joins = quopri.decodestring(body) == content  # where damage stood at a seam it may not
    return body if joins else _printable(content, newline, text=text)


def _printable(content: bytes, newline: bytes, *, text: bool) -> bytes:
    """Content as quoted-printable (RFC 2045 section 6.7); line ends of a text stay line ends."""
    lines = content.split(newline) if text else [content]
    return newline.join(_printable_line(line, newline) for line in lines)


def _printable_line(line: bytes, newline: bytes) -> bytes:
    soft = binascii.b2a_qp(line, istext=False, header=False)
    if soft.endswith((b" ", b"\t")):  # space at the end of a line does not travel
        soft = soft[:-1] + b"=%02X" % soft[-1]
    return re.sub(rb"=\r?\n", lambda _: b"=" + newline, soft)


def decode_uu(lines: bytes) -> bytes | None:
    """The file behind uuencoded lines, or nothing if they are damaged."""
    pieces: list[bytes] = []
    for line in lines.splitlines():
        length = (line[0] - 32) & 63
        expected = (length + 2) // 3 * 4
        body = line[1 : 1 + expected].ljust(expected, b" ")
        try:
            pieces.append(binascii.a2b_uu(bytes([line[0]]) + body)[:length])
        except binascii.Error:
            return None
    return b"".join(pieces)


def encode_uu(content: bytes, newline: bytes) -> bytes:
    """A file as uuencoded lines of 45 bytes, without the empty line at its end."""
    lines = (
        binascii.b2a_uu(content[at : at + 45], backtick=True).rstrip(b"\n")
        for at in range(0, len(content), 45)
    )
    return b"".join(line + newline for line in lines)


def _from_base64(raw: bytes) -> bytes:
    """Each padded run by itself: mailers join several, and lists add lines of text."""
    compact = re.sub(rb"[^A-Za-z0-9+/=]", b"", raw)
    pieces: list[bytes] = []
    for run in _BASE64.finditer(compact):
        body = run[0].rstrip(b"=")
        body = body[:-1] if len(body) % 4 == 1 else body
        pieces.append(binascii.a2b_base64(body + b"=" * (-len(body) % 4)))
    return b"".join(pieces)
