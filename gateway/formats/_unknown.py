"""Words for bytes that no format reads: what they are, and what their owner can do.

The first bytes are those registered for each kind (IANA media types, Library of Congress format
descriptions, MS-CFB for the OLE container).
"""

from __future__ import annotations

_IMAGE = "image: of this kind not read; save it as .png or .jpg"
_REPACK = ": not read; pack it as .zip"
_OLD_OFFICE = "old Office file: save it as .docx, .xlsx or .pptx"
_MEDIA = "sound or film: cannot be read"
_PROGRAM = "program: cannot be read"
_FONT = "font: cannot be read"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "damaged image"),
    (b"GIF8", "damaged image"),
    (b"BM", _IMAGE),
    (b"8BPS", _IMAGE),
    (b"\x1f\x8b", "damaged archive"),
    (b"7z\xbc\xaf", "damaged archive"),
    (b"BZh", "damaged archive"),
    (b"Rar!", f"archive: RAR{_REPACK}"),
    (b"MSCF", f"archive: CAB{_REPACK}"),
    (b"ISc(", f"archive: CAB{_REPACK}"),
    (b"\x60\xea", f"archive: ARJ{_REPACK}"),
    (b"LZIP", f"archive: lzip{_REPACK}"),
    (b"\x04\x22\x4d\x18", f"archive: LZ4{_REPACK}"),
    (b"\x1f\x9d", f"archive: of the old compress program{_REPACK}"),
    (b"\x1f\xa0", f"archive: LZH{_REPACK}"),
    (b"xar!", f"archive: XAR{_REPACK}"),
    (b"!<arch>\n", f"archive: of the kind 'ar'{_REPACK}"),
    (b"070701", f"archive: cpio{_REPACK}"),
    (b"070707", f"archive: cpio{_REPACK}"),
    (b"EGGA", f"archive: EGG{_REPACK}"),
    (b"ALZ\1", f"archive: ALZ{_REPACK}"),
    (b"StuffIt", f"archive: StuffIt{_REPACK}"),
    (b"MSWIM\0\0\0", f"archive: WIM{_REPACK}"),
    (b"PK", "damaged archive"),
    (b"%PDF", "damaged PDF"),
    (b"OggS", _MEDIA),
    (b"fLaC", _MEDIA),
    (b"ID3", _MEDIA),
    (b"\x1aE\xdf\xa3", _MEDIA),
    (b"\x7fELF", _PROGRAM),
    (b"MZ", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"dex\n", _PROGRAM),
    (b"\0asm", _PROGRAM),
    (b"\0\1\0\0", _FONT),
    (b"OTTO", _FONT),
    (b"ttcf", _FONT),
    (b"wOFF", _FONT),
    (b"wOF2", _FONT),
    (b"From ", "damaged e-mail"),
    (b"Received:", "damaged e-mail"),
    (b"Return-Path:", "damaged e-mail"),
)


def describe(data: bytes) -> str:
    """What some bytes are that no format claims; a word before the colon for policies to match."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return "encrypted: take its password off first" if encrypted else _OLD_OFFICE
    if data[2:5] == b"-lh" and data[6:7] == b"-":  # the name of the method, level 0 to 2
        return f"archive: LZH{_REPACK}"
    if data[32_769:32_774] == b"CD001":  # ECMA-119 §8.1
        return f"archive: disk image (ISO){_REPACK}"
    if data[:4] == b"RIFF":
        return _MEDIA
    if data[4:8] == b"ftyp":
        return _MEDIA
    return next((words for start, words in _STARTS if data.startswith(start)), "unknown format")
