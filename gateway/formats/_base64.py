"""Base64 in the dialects that bodies use, and ``data:`` URLs.

A dialect is: the standard or the URL-safe alphabet, with or without padding, on one line or
wrapped (RFC 4648 sections 4 and 5; RFC 2045 section 6.8 wraps at 76, RFC 7468 at 64). What is
decoded here is encoded again in the dialect in which it was found. Only a whole string counts;
anything that breaks the alphabet or the length is not base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from urllib.parse import quote, quote_from_bytes, unquote, unquote_to_bytes

MINIMUM = 64
"""Shorter strings are words, ids and short hashes far more often than data."""

_ALPHABETS = re.compile(r"(?:[A-Za-z0-9+/]*+|[A-Za-z0-9_-]*+)={0,2}")
_TO_STANDARD = str.maketrans("-_", "+/")
_HEX = re.compile(r"[0-9a-fA-F]*+")
_WRAPPED = re.compile(r"[^\r\n]*+(\r?\n)")
_CONTROLS = bytes({*range(32)} - set(b"\t\n\r\f\v\x1b")) + b"\x7f"
_DATA_URL = re.compile(
    r"data:((?![^;,]*[0-9]{7})[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+)?((?:;[^;,\s]*)*?)(;base64)?,",
    re.IGNORECASE,
)
_MAGIC = (
    b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08",
    b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd", b"OggS", b"fLaC", b"ID3\x03",
    b"ID3\x04", b"SQLite format 3\0", b"\x7fELF", b"\x1aE\xdf\xa3", b"8BPS", b"wOFF", b"wOF2",
)  # fmt: skip
"""First bytes of the file types that are worth naming as unread when nobody can open them."""

_CELL_REQUEST = b"\x9c\xcf\x29\xf3\x39\x94\x06\x9b"  # [MS-FSSHTTPB] §2.2.2.1


def decode_candidate(text: str, minimum: int = MINIMUM) -> bytes | None:
    """The bytes behind a string that looks like base64 as a whole, in any dialect.

    Hex digits alone, or letters of one case alone, never look so: those are hashes and words.

    Args:
        text: the string, with line breaks and outer white space if it has them.
        minimum: fewest characters that count.
    """
    if len(text) < minimum or not text.isascii():
        return None
    compact = _compact(text)
    if len(compact) < minimum or compact.upper() == compact or compact.lower() == compact:
        return None
    return None if _HEX.fullmatch(compact) else decode_base64(compact)


def decode_base64(text: str) -> bytes | None:
    """The bytes of a string that is known to be base64, or ``None`` if it is damaged."""
    compact = _compact(text)
    if not _ALPHABETS.fullmatch(compact):
        return None
    if len(compact) % 4 != 0 and (compact.endswith("=") or len(compact) % 4 == 1):
        return None
    standard = compact.translate(_TO_STANDARD)
    try:
        return binascii.a2b_base64(standard + "=" * (-len(standard) % 4), strict_mode=True)
    except binascii.Error:
        return None


def _compact(text: str) -> str:
    return text.strip(" \t\r\n").replace("\r\n", "").replace("\n", "")


def encode_like(original: str, data: bytes) -> str:
    """Encode ``data`` in the dialect of ``original``: alphabet, padding, wrapping, outer space."""
    body = original.strip(" \t\r\n")
    compact = _compact(body)
    urlsafe = "-" in compact or "_" in compact
    # Text whose length needs no padding does not say whether its dialect pads; most do.
    padded = compact.endswith("=") or (len(compact) % 4 == 0 and not urlsafe)
    encoded = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(data).decode("ascii")
    if not padded:
        encoded = encoded.rstrip("=")
    if first := _WRAPPED.match(body):
        width = first.start(1)
        lines = (encoded[at : at + width] for at in range(0, len(encoded), width))
        encoded = first[1].join(lines)
    lead = original[: len(original) - len(original.lstrip(" \t\r\n"))]
    tail = original[len(original.rstrip(" \t\r\n")) :]
    return lead + encoded + tail


@dataclass(frozen=True, slots=True)
class DataUrl:
    """A ``data:`` URL (RFC 2397).

    Args:
        media_type: the declared type, without parameters; may be empty.
        parameters: what stands between the type and the data, percent-decoded (";name=a.pdf");
            empty when it is only a charset.
        data: the decoded bytes; ``None`` when the base64 is broken.
    """

    media_type: str
    parameters: str = field(repr=False)
    data: bytes | None = field(repr=False)
    _scheme: str = field(repr=False)
    _base64: str = field(repr=False)
    _raw_parameters: str = field(repr=False)
    _payload: str = field(repr=False)

    def text(self, data: bytes | None = None, parameters: str | None = None) -> str:
        """The URL with new data or new parameters; what is ``None`` stays as it was."""
        payload = self._payload
        if data is not None and self._base64:
            payload = encode_like(unquote(payload), data)
        elif data is not None:
            payload = quote_from_bytes(data, safe="!$&'()*+,;=:@/?-._~")
        kept = self._raw_parameters
        if parameters is not None:
            kept = quote(parameters, safe="!$&'()*+;=:@/?-._~")
            kept = kept if kept.startswith(";") or not kept else ";x=" + kept
        return f"{self._scheme}{self.media_type}{kept}{self._base64},{payload}"


def parse_data_url(text: str) -> DataUrl | None:
    """Read a string that is a ``data:`` URL as a whole, or ``None``."""
    match = _DATA_URL.match(text)
    if not match:
        return None
    payload = text[match.end() :]
    data: bytes | None
    if match[3]:
        compact = "".join(unquote(payload).split())
        data = decode_base64(compact)
    else:
        data = unquote_to_bytes(payload.encode("utf-8", "surrogatepass"))
    found = DataUrl(
        match[1] or "", unquote(match[2]), data, text[:5], match[3] or "", match[2], payload
    )
    only_charset = re.fullmatch(
        r"(?:;charset=(?!.*[0-9]{7})[A-Za-z0-9_-]{1,20})?", match[2], re.IGNORECASE
    )
    return replace(found, parameters="") if only_charset else found


def has_magic(data: bytes) -> bool:
    """Whether bytes begin like a well-known file type."""
    return data.startswith(_MAGIC) or data[4:8] == b"ftyp" or data.startswith(_CELL_REQUEST, 4)


def is_text(data: bytes) -> bool:
    """Whether decoded bytes are text beyond doubt; chance gives 48 random bytes no such look.

    UTF-8, GB 2312 with at least one hanzi, and UTF-16 (marked, or mostly ASCII).
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(data, "utf-16")
    if _is_wide_ascii(data):
        return len(data) % 2 == 0
    if data != data.translate(None, _CONTROLS):
        return False
    return _decodes(data, "utf-8") or _decodes(data, "gb2312")


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_wide_ascii(data: bytes) -> bool:
    columns = (data[::2].count(0), data[1::2].count(0))
    return min(columns) == 0 and max(columns) * 2 >= 0.9 * len(data) > 0
