"""Text in base64, hexadecimal, base32, Ascii85, UTF-7 and encoded words.

Nothing says that a run of letters and digits is base64: it is tried, and counts where text comes
out beyond doubt. Sources: RFC 4648 (base64, base32), RFC 2152 (UTF-7), RFC 2047 (encoded words),
RFC 3492 (Punycode), RFC 1952 (gzip), Adobe's PostScript reference (Ascii85).
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from gateway.detect.layers import Spelling

_IN = 0x78  # the letter x: what is of the alphabet
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_SHAPE = bytes(_IN if code in _ALPHABET else 0 for code in range(256))
_FEWEST = 12  # letters in a run that is tried
_FEWEST_PADDED = 6  # with "=" behind them
_RUN = re.compile(rb"x*")
_MORE = re.compile(r"\r?\n[ \t>]*[A-Za-z0-9+/_-]{4,}+")
_WIDE_LINE = 40  # base64 goes on in the next line behind a line of so many
_PADDED = re.compile(r"=(?:=)?(?![0-9A-Za-z=])")
_SHORT = re.compile(r"[56][A-Za-z0-9+/_-]{3}(?:[56][A-Za-z0-9+/_-]{3}){1,2}(?![0-9A-Za-z+/_=-])")
_HEX = re.compile(r"(?:0[xX])?((?:[0-9A-Fa-f]{2}){6,})")
_SPACED_HEX = re.compile(
    r"(?<![0-9A-Za-z:.-])(?P<one>(?:0[xX])?[0-9A-Fa-f]{2})(?P<gap>, |[ ,:-])"
    r"(?:(?:0[xX])?[0-9A-Fa-f]{2}(?P=gap)){5,}(?:0[xX])?[0-9A-Fa-f]{2}(?![0-9A-Za-z:.-])"
)
# "0x6a" is four of these too: the letter x is what hexadecimal digits are shown as.
_HEX_SHAPE = bytes(0x78 if chr(code) in "0123456789abcdefABCDEF" else code for code in range(256))
_HEX_CUE = re.compile(rb"[,:-] ?(?:xx){1,2}(?:[,:-] ?(?:xx){1,2}){3}")
_BIT_SHAPE = bytes(0x62 if code in b"01" else 0 for code in range(256))
_BITS = re.compile("[01]{8}(?:[ ,]?[01]{8}){5,}(?![01])")
_NUMBER = re.compile("[0-9 +X-]+|[A-Z]{2}[0-9 ]+")
_BASE32 = re.compile(r"[A-Z2-7]{16,}")
_ASCII85 = re.compile(r"<~[!-uz\s]{5,}?~>")
_BASE85 = re.compile(
    r"(?i)\b(?:base85|b85)\b[^\n]{0,20}?[\s:=(\"']([0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{10,})"
)
_UTF7 = re.compile(r"\+([A-Za-z0-9+/]{3,400})(-?)")
_WORDS = re.compile(r"=\?[^?\s]{1,40}\?[bqBQ]\?[^?]*\?=(?:\s*=\?[^?\s]{1,40}\?[bqBQ]\?[^?]*\?=)*")
_HOST = re.compile(r"(?i)(?<![a-z0-9-])xn--([a-z0-9-]{2,59})(?![a-z0-9-])")
_TELLING = re.compile("[0-9]{4}|[0-9@:/._-].*[0-9@:/._-]|[一-龥]{2}")
_UNPACKED = 1 << 18


def encodings(text: str) -> Iterator[Spelling]:
    """What stands in the text in another alphabet."""
    shape = text.encode("latin-1", "replace")
    yield from _runs(text, shape.translate(_SHAPE))
    if _maybe_spaced_hex(shape.translate(_HEX_SHAPE)):
        yield from _spaced_hex(text)
    if b"bbbbbbbb" in shape.translate(_BIT_SHAPE):
        yield from _binary(text)
    if "=?" in text:
        for match in _WORDS.finditer(text):
            if meaning := _word(match[0]):
                yield (*match.span(), meaning)
    if "+" in text:
        yield from _utf7(text)
    if "85" in text or "<~" in text:
        yield from _base85(text)
    if "xn--" in text or "XN--" in text:
        yield from _hosts(text)


def _binary(text: str) -> Iterator[Spelling]:
    for match in _BITS.finditer(text):
        bits = re.sub("[^01]", "", match[0])
        if meaning := _as_text(int(bits, 2).to_bytes(len(bits) // 8)):
            yield (*match.span(), meaning)


def _spaced_hex(text: str) -> Iterator[Spelling]:
    for match in _SPACED_HEX.finditer(text):
        digits = re.sub(r"0[xX]|[^0-9A-Fa-f]", "", match[0])
        meaning = _as_text(bytes.fromhex(digits))
        if meaning and (not digits.isdecimal() or _NUMBER.fullmatch(meaning)):
            yield (*match.span(), meaning)  # else they are numbers in a row


def _base85(text: str) -> Iterator[Spelling]:
    for match in _ASCII85.finditer(text):
        try:
            meaning = _as_text(base64.a85decode(match[0], adobe=True))
        except ValueError:
            continue
        if meaning:
            yield (*match.span(), meaning)
    for match in _BASE85.finditer(text):
        try:
            meaning = _as_text(base64.b85decode(match[1]))
        except ValueError:
            continue
        if meaning:
            yield (*match.span(1), meaning)


def _hosts(text: str) -> Iterator[Spelling]:
    """Host names in Punycode."""
    for match in _HOST.finditer(text):
        try:
            yield (*match.span(), match[1].encode("ascii").decode("punycode"))
        except UnicodeError:
            continue


def _maybe_spaced_hex(shape: bytes) -> bool:
    spaced = b" xx xx xx xx xx " in shape or b" xxxx xxxx xxxx xxxx " in shape
    return spaced or _HEX_CUE.search(shape) is not None


def _runs(text: str, shape: bytes) -> Iterator[Spelling]:
    """Base64, base32 and hexadecimal: long runs of letters and digits that turn out to be text."""
    needle = b"x" * _FEWEST
    start = shape.find(needle)
    while start >= 0:
        end = _end(shape, start)
        more = _MORE.match(text, end) if end - start >= _WIDE_LINE else None
        while more:
            end = more.end()
            wide = b"\0" not in shape[end - _WIDE_LINE : end]
            more = _MORE.match(text, end) if wide else None
        yield from _run(text, start, end)
        start = shape.find(needle, end)
    for match in _PADDED.finditer(text) if "=" in text else ():
        start = end = match.start()
        while start > 0 and end - start < _FEWEST and shape[start - 1] == _IN:
            start -= 1
        if _FEWEST_PADDED <= end - start < _FEWEST and (meaning := _base64_text(text[start:end])):
            yield start, match.end(), meaning
    for match in _SHORT.finditer(text) if "5" in text or "6" in text else ():
        start = match.start()
        first = start == 0 or shape[start - 1] != _IN
        if first and (meaning := _base64_text(match[0])):
            yield (*match.span(), meaning)


def _end(shape: bytes, start: int) -> int:
    match = _RUN.match(shape, start)
    return match.end() if match else start


def _run(text: str, start: int, end: int) -> Iterator[Spelling]:
    run = text[start:end]
    if run.isalpha() and run[1:].islower():
        return  # a word
    before = text[start - 1 : start]
    if before in {".", "%"} or (text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum()):
        return  # a part of a token (JWT): that is found as a whole
    hexadecimal = _HEX.fullmatch(run)
    if hexadecimal and (meaning := _as_text(bytes.fromhex(hexadecimal[1]))):
        yield start, end, meaning
        return
    if _BASE32.fullmatch(run):
        try:
            octets = base64.b32decode(run + "=" * (-len(run) % 8))
        except binascii.Error:
            octets = b""
        if meaning := _as_text(octets):
            yield start, _with_padding(text, end, 6), meaning
            return
    yield from _base64_run(text, start, end)


def _with_padding(text: str, end: int, most: int) -> int:
    return end + len(text[end : end + most]) - len(text[end : end + most].lstrip("="))


def _base64_run(text: str, start: int, end: int) -> Iterator[Spelling]:
    """Text in base64: the whole run, or without a first or last line that is only a word."""
    run = text[start:end]
    if "\n" not in run:
        if meaning := _base64_text(run):
            # Behind the comma of "data:…;base64,", whose digits are none of its own.
            lead = " " if text[start - 1 : start] == "," else ""
            yield start, _with_padding(text, end, 2), lead + meaning
        return
    lines = [line.span() for line in re.finditer(r"[^\s>]+", run)]
    count = len(lines)
    for first, last in [(0, count), (0, count - 1), (1, count), (1, count - 1)]:
        if first < last:
            left, right = lines[first][0], lines[last - 1][1]
            if meaning := _base64_text(run[left:right]):
                stop = _with_padding(text, end, 2) if last == count else start + right
                yield start + left, stop, meaning
                return
    for left, right in lines:
        if meaning := _base64_text(run[left:right]):
            yield start + left, _with_padding(text, start + right, 2), meaning


def _base64_text(raw: str) -> str:
    """What base64 says if it is text beyond doubt; else nothing."""
    compact = "".join(raw.replace(">", "").split()).replace("-", "+").replace("_", "/")
    if compact.isdecimal() or (compact.isalpha() and (compact.islower() or compact.isupper())):
        return ""  # a number or a word far more often
    if len(compact) % 4 == 1:
        return ""
    try:
        octets = base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except binascii.Error:
        return ""
    return _as_text(octets)


def _as_text(octets: bytes) -> str:
    """Bytes as text, if they are text beyond doubt; unpacked first, if they are packed."""
    if octets[:2] == b"\x1f\x8b" or octets[:2] in {b"x\x9c", b"x\xda", b"x\x01", b"x\x5e"}:
        unpacker = zlib.decompressobj(wbits=47)
        try:
            octets = unpacker.decompress(octets, _UNPACKED)
        except zlib.error:
            return ""
    encodings = _encodings(octets)
    for encoding in encodings:
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text.translate(_BLANKS).isprintable() or not _is_text(text):
            continue
        if encoding in {"utf-8", "utf-16"} or _COMMON.fullmatch(text):
            return text if encoding != "gb2312" or _is_chinese(octets, text) else ""
    return ""


_COMMON = re.compile(
    "[\t\r\n -~\u00a0-\u017f\u2010-\u2030\u3000-\u3020\u4e00-\u9fff\uff01-\uff5e]*"
)
_BLANKS = str.maketrans("\t\r\n", "   ")


def _encodings(octets: bytes) -> tuple[str, ...]:
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" in octets[:4]:  # of two ASCII characters one octet each is zero
        even, odd = octets[::2].count(0), octets[1::2].count(0)
        least = len(octets) // 4
        return ("utf-16-le",) if odd > least else ("utf-16-be",) if even > least else ()
    return ("utf-8", "gb2312")


def _is_chinese(octets: bytes, text: str) -> bool:
    """Text in GB 2312 is mostly ideographs of its first level (rows 16 to 55), sorted by frequency."""
    frequent = sum(0xB0 <= octet <= 0xD7 for octet in octets)
    others = sum(octet >= 0xD8 for octet in octets)
    ideographs = sum("一" <= char <= "龥" for char in text)
    return ideographs >= 2 and ideographs * 2 >= len(text) and frequent >= others


def _is_text(text: str) -> bool:
    """Short strings come out of anything: they count if they say something."""
    if len(text) >= 12 or (len(text) >= 4 and not text.isascii()):
        return True
    return _TELLING.search(text) is not None


def _word(raw: str) -> str:
    """Encoded words of a mail header; white space between two of them is none."""
    try:
        meaning = str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        return ""
    return meaning if meaning != raw else ""


def _utf7(text: str) -> Iterator[Spelling]:
    """Shifted runs of UTF-7, if what comes out is ASCII or ideographs."""
    for match in _UTF7.finditer(text):
        body = match[1]
        bits = len(body) * 6
        if bits % 16 >= 6 or body.isdecimal():
            continue
        octets = base64.b64decode(body + "A" * (-len(body) % 4))[: bits // 16 * 2]
        try:
            meaning = octets.decode("utf-16-be")
        except UnicodeDecodeError:
            continue
        plain = all(" " <= char <= "~" for char in meaning)
        if plain or (match[2] and all(" " <= c <= "~" or "一" <= c <= "龥" for c in meaning)):
            yield (*match.span(), meaning)
