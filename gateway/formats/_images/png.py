"""PNG files, chunk by chunk.

Source: PNG third edition (W3C 2025) §5, §11, and the extensions to it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from gateway.errors import Unreadable
from gateway.formats._images.exif import turn_only
from gateway.formats._images.parts import Holds, Part
from gateway.formats._images.profile import colours_only

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NEEDED = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"pHYs",
    b"sBIT", b"bKGD", b"acTL", b"fcTL", b"fdAT", b"mDCV", b"cLLI",
})  # fmt: skip
_RAW_PROFILE = re.compile(rb"Raw profile type (\S+)")
_RAW = {b"exif": Holds.EXIF, b"APP1": Holds.EXIF, b"xmp": Holds.XMP, b"iptc": Holds.IPTC,
        b"8bim": Holds.PHOTOSHOP, b"icc": Holds.PROFILE, b"icm": Holds.PROFILE}  # fmt: skip

type Inflate = Callable[[bytes], bytes]


def png_parts(data: bytes, inflate: Inflate) -> tuple[Part, ...]:
    """All chunks; what stands behind IEND is a trailer.

    Args:
        data: the file.
        inflate: unpacks a zlib stream within the budgets.

    Raises:
        Unreadable: the chunks do not follow each other as they must.
    """
    if not data.startswith(_SIGNATURE):
        raise Unreadable("image: damaged (no PNG)")
    parts = [Part("signature", 0, 8, needed=True)]
    at = 8
    while True:
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(data) or not kind.isalpha():
            raise Unreadable("image: damaged (cut short)")
        parts.append(_part(kind, at, end, data[at + 8 : at + 8 + size], inflate))
        at = end
        if kind == b"IEND":
            break
    if at < len(data):
        parts.append(Part("trailer", at, len(data), holds=Holds.TRAILER, body=data[at:]))
    return tuple(parts)


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def _part(kind: bytes, start: int, end: int, body: bytes, inflate: Inflate) -> Part:
    name = kind.decode("ascii")
    if kind in _NEEDED:
        return Part(name, start, end, needed=True)
    if kind == b"tEXt":
        return _text(name, start, end, *_split(body))
    if kind == b"zTXt":
        keyword, packed = _split(body)
        return _text(name, start, end, keyword, inflate(packed[1:]))
    if kind == b"iTXt":
        keyword, rest = _split(body)
        flag = rest[:1]
        language, rest = _split(rest[2:])
        translated, text = _split(rest)
        text = inflate(text) if flag == b"\1" else text
        if keyword.startswith(b"XML:com.adobe.xmp"):
            return Part(name, start, end, holds=Holds.XMP, body=text)
        return _text(name, start, end, b" ".join((keyword, language, translated)), text)
    if kind == b"iCCP":
        profile = inflate(_split(body)[1][1:])
        clean = colours_only(profile)
        instead = chunk(b"iCCP", b"colours\0\0" + zlib.compress(clean)) if clean else b""
        return Part(name, start, end, Holds.PROFILE, profile, instead)
    if kind == b"eXIf":
        turn = turn_only(body)
        return Part(name, start, end, Holds.EXIF, body, chunk(kind, turn) if turn else b"")
    if kind == b"tIME" and len(body) == 7:
        year = int.from_bytes(body[:2])
        made = f"{year:04}-{body[2]:02}-{body[3]:02} {body[4]:02}:{body[5]:02}:{body[6]:02}"
        return Part(name, start, end, holds=Holds.TRACE, body=made.encode())
    return Part(name, start, end, holds=Holds.UNKNOWN, body=body)


def _text(name: str, start: int, end: int, keyword: bytes, text: bytes) -> Part:
    if (raw := _RAW_PROFILE.match(keyword)) and raw[1] in _RAW:
        lines = text.split(None, 2)  # its name, its length, hexadecimal digits
        digits = re.sub(rb"\s", b"", lines[2]) if len(lines) == 3 else b""
        if re.fullmatch(rb"(?:[0-9a-fA-F]{2})+", digits):
            return Part(name, start, end, _RAW[raw[1]], bytes.fromhex(digits.decode()))
    trace = keyword.strip() in (b"Software", b"Author", b"Creation Time", b"Source")
    holds = Holds.TRACE if trace else Holds.TEXT
    return Part(name, start, end, holds=holds, body=keyword.strip() + b": " + text)


def _split(body: bytes) -> tuple[bytes, bytes]:
    first, _, rest = body.partition(b"\0")
    return first, rest
