r"""RTF read a second time, by a plain sweep that knows no destinations.

All text in the order of the file, with and without ``\*`` groups, in each code page that the
file names; and every long stretch of hexadecimal as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.formats._base import Descend
from gateway.formats._raw import raw_layers
from gateway.formats._rtf.codepages import codec_of_charset, codec_of_page
from gateway.model import Hint

_SWEEP = re.compile(
    rb"\\u(-?\d{1,7}) ?|\\'([0-9a-fA-F]{2})|\\(par|cell|row|line|sect|page|tab|nestcell)(?![a-zA-Z])\d* ?"
    rb"|\\[a-zA-Z]+-?\d* ?|\\([{}\\~_-])|\\.|[{}]|[\r\n\0]+|([^\\{}\r\n\0]+)",
    re.DOTALL,
)
_BRACES = re.compile(rb"\{\\\*|\\[\\{}]|[{}]")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}\s*){24,}")
_SIGNS = {b"~": b"\xa0", b"_": b"-", b"-": b""}
_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"PK\3\4", b"<")


def sweep_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """All text of some RTF, bytes in hexadecimal included."""
    pages = {codec_of_page(int(n)) for n in re.findall(rb"\\(?:ansicpg|cpg)(\d{1,5})", data)}
    pages |= {codec_of_charset(int(n)) for n in re.findall(rb"\\fcharset(\d{1,3})", data)}
    ordered = sorted(pages - {""}) or ["cp1252"]
    for page in ordered:
        yield _flat(data, page)
    yield _flat(_without_starred(data), ordered[0])
    yield "".join(
        text.decode("latin-1") for text in re.findall(rb"\\\*\\htmltag\d* ?([^{}]*)", data)
    )
    for found in _HEX.finditer(data):
        digits = re.sub(rb"\s", b"", found[0])
        content = bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))
        if content.startswith(_STARTS):
            yield from descend(content, Hint())
        else:
            yield from raw_layers(content)


def _without_starred(data: bytes) -> bytes:
    r"""Everything outside of ``{\*…}``: what a reader shows that knows no such group."""
    pieces: list[bytes] = []
    depth = outermost = at = 0
    for found in _BRACES.finditer(data):
        sign = found[0]
        if sign == b"}":
            if depth == outermost > 0:
                at, outermost = found.end(), 0
            depth -= 1
        elif sign[:1] == b"{":
            depth += 1
            if sign != b"{" and not outermost:
                pieces.append(data[at : found.start()])
                outermost = depth
    if not outermost:
        pieces.append(data[at:])
    return b"".join(pieces)


def _flat(data: bytes, page: str) -> str:
    """Everything that is no control word, in one code page."""
    pieces: list[str] = []
    pending = bytearray()
    skip = 0
    for found in _SWEEP.finditer(data):
        number, byte, word, sign, text = found.groups()
        raw = text or (bytes.fromhex(byte.decode()) if byte else _SIGNS.get(sign, sign or b""))
        if skip and raw:
            raw, skip = raw[1:], 0
        pending += raw
        if number is not None or word is not None:
            pieces.append(pending.decode(page, "replace"))
            pending.clear()
            if number is not None:
                pieces.append(chr(int(number) & 0xFFFF))
                skip = 1
            else:
                pieces.append("\n")
    pieces.append(pending.decode(page, "replace"))
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
