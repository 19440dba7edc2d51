"""Words for bytes that no format reads: what they are, and what their owner can do.

The first bytes are those registered for each kind (IANA media types, Library of Congress format
descriptions, MS-CFB for the OLE container).
"""

from __future__ import annotations

_IMAGE = "image: its pixels are not read yet"
_ARCHIVE = "archive: of this kind not read yet; pack it as .zip"
_OLD_OFFICE = "old Office file: not read yet; save it as .docx, .xlsx or .pptx"
_MEDIA = "sound or film: cannot be read"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF8", _IMAGE),
    (b"II*\0", _IMAGE),
    (b"MM\0*", _IMAGE),
    (b"BM", _IMAGE),
    (b"8BPS", _IMAGE),
    (b"{\\rtf", "RTF: not read yet; save it as .docx"),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"PK", "damaged archive"),
    (b"%PDF", "damaged PDF"),
    (b"SQLite format 3\0", "database: not read yet"),
    (b"OggS", _MEDIA),
    (b"fLaC", _MEDIA),
    (b"ID3", _MEDIA),
    (b"\x1aE\xdf\xa3", _MEDIA),
    (b"\x7fELF", "program: cannot be read"),
    (b"MZ", "program: cannot be read"),
    (b"From ", "e-mail: not read yet; send its text and attachments by themselves"),
    (b"Received:", "e-mail: not read yet; send its text and attachments by themselves"),
    (b"Return-Path:", "e-mail: not read yet; send its text and attachments by themselves"),
)


def describe(data: bytes) -> str:
    """What some bytes are that no format claims; a word before the colon for policies to match."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return "encrypted: take its password off first" if encrypted else _OLD_OFFICE
    if data[:4] == b"RIFF":
        return _IMAGE if data[8:12] == b"WEBP" else _MEDIA
    if data[4:8] == b"ftyp":
        return _IMAGE if data[8:12] in (b"heic", b"heix", b"mif1", b"avif") else _MEDIA
    return next((words for start, words in _STARTS if data.startswith(start)), "unknown format")
