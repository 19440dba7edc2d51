"""Whether bytes are running text, as opposed to binary files and to text that hides text.

Every format that falls back to plain reading asks here first. What is declined ends as "unknown
format": RTF, e-mail, PostScript, uuencode, yEnc and vCards in quoted-printable look like text,
but their content is encoded, and values would pass unseen.
"""

from __future__ import annotations

import re

from gateway.formats._encoding import BOMS, peek

_BINARY = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8",
    b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!\x1a", b"RIFF", b"FORM\0", b"II*\0",
    b"MM\0*", b"II+\0", b"MM\0+", b"\x7fELF", b"MZ\x90\0", b"SQLite format 3\0", b"BZh", b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"OggS", b"fLaC", b"ID3", b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\x00asm", b"wOFF", b"wOF2", b"OTTO\0", b"\0\1\0\0",
    b"8BPS", b"\x1aE\xdf\xa3", b"MSCF", b"!<arch>\n", b"ITSF", b"{\\rtf", b"%!", b"\xc5\xd0\xd3\xc6",
    b"AT&TFORM", b"\xff\x0a", b"\0\0\0\x0cJXL", b"\0\0\0\x0cjP", b"bplist0", b"ustar",
)  # fmt: skip
"""First bytes of files that are not running text (Library of Congress and IANA registrations)."""

_MARKS = tuple(bom for bom, _ in BOMS)

_ENCODED = re.compile(
    rb"^(?:content-transfer-encoding:[ \t]*(?:base64|quoted-printable)"
    rb"|begin(?:-base64)? [0-7]{3,4} [^\r\n]+\r?\n[!-`]{2}"
    rb"|=ybegin (?:part=|line=|size=)"
    rb"|[A-Z]+(?:;[^:\r\n]*)?;ENCODING=(?:QUOTED-PRINTABLE|BASE64|B)[;:])",
    re.IGNORECASE | re.MULTILINE,
)
"""MIME parts (RFC 2045), uuencode (POSIX), yEnc 1.3, vCard 2.1: content that hides its text."""

_SIGNS_OF_ENCODED = (b"content-transfer-encoding:", b"begin", b"=ybegin ", b";encoding=")
_ODD = re.compile(r"[\x00-\x07\x10-\x1a\x1c-\x1f]")

_HEADER = re.compile(
    r"(?:from|to|cc|subject|date|message-id|received|return-path|reply-to|delivered-to|sender"
    r"|mime-version|content-type|content-transfer-encoding|dkim-signature|x-[\w-]+)[ \t]*:.*"
    r"(?:\r?\n[ \t].*)*\r?\n?",
    re.IGNORECASE,
)


def is_running_text(data: bytes) -> bool:
    """Whether bytes may be read as text by its signs alone. Cheap; the encoding is not proven."""
    if is_binary(data):
        return False
    head = peek(data)
    if _looks_binary(data, head) or _is_mail(head) or head.lstrip().startswith("{\\rtf"):
        return False
    return b"%PDF-" not in data[:1024] and not _is_encoded(data)


def _is_encoded(data: bytes) -> bool:
    """A plain search first: the pattern alone would take three times as long on clean text."""
    folded = data.lower()
    return any(sign in folded for sign in _SIGNS_OF_ENCODED) and bool(_ENCODED.search(data))


def is_binary(data: bytes) -> bool:
    """Whether the first bytes are those of a file that is no running text."""
    return data.startswith(_BINARY) and not data.startswith(_MARKS)


def _looks_binary(data: bytes, head: str) -> bool:
    """Control characters in the first characters: those of the decoded head, if it is UTF-16."""
    odd = len(_ODD.findall(head))
    bitmap = data[:2] == b"BM" and data[6:10] == b"\0\0\0\0"
    media = data[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide")
    return bitmap or media or odd > 1 + len(head) // 100


def _is_mail(head: str) -> bool:
    """An RFC 5322 header block with MIME in it, or an mbox "From " line before one."""
    lines = head.lstrip("\r\n")
    if lines.startswith(("From ", ">From ")):
        lines = lines.partition("\n")[2]
    at = count = 0
    mime = False
    while field := _HEADER.match(lines, at):
        name = field[0].partition(":")[0].strip().lower()
        mime |= name in ("mime-version", "content-transfer-encoding")
        count += 1
        at = field.end()
        if field.end() == field.start():
            break
    return count >= 3 and (mime or head.startswith("From "))
