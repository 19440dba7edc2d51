"""Text strings of the object tree: every reading they may have, and writing them again.

Source: ISO 32000-2:2020, 7.9.2.2 (text strings: UTF-16BE or UTF-8 with a byte order mark, else
PDFDocEncoding). Producers also write UTF-16LE, UTF-8 without a mark and, in China, GBK; a string
that can be read in two ways is given in both.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

import pikepdf

_DATE = re.compile(rb"D:(?:19|20)\d{2}(?:\d{2}){0,5}(?:[+\-Z](?:\d{2}'?){0,2})?")  # 7.9.4
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PRINTABLE_RUN = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f\ufffd]{4,}")
_MARKS = ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8"))


def readings(raw: bytes) -> list[str]:
    """What a string may say, the likeliest first; nothing if it is empty, a date or no text."""
    if not raw or _DATE.fullmatch(raw):
        return []
    texts = _decode(raw)
    found: list[str] = []
    for text in texts:
        if is_human(text):
            found.append(text)
            if _PERCENT.search(text):
                found += [t for t in _decode(unquote_to_bytes(text)) if is_human(t)]
    if not found:  # binary; text inside it still is text
        found = ["\n".join(_PRINTABLE_RUN.findall(text)) for text in texts]
    return list(dict.fromkeys(text for text in found if any(map(str.isalnum, text))))


def is_date(raw: bytes) -> bool:
    """Whether a string is a date (7.9.4)."""
    return bool(_DATE.fullmatch(raw))


def is_human(text: str) -> bool:
    """Whether all of a text is printable."""
    return (
        all(
            char in "\t\n\r\x1b" or unicodedata.category(char) not in ("Cc", "Cn", "Cs")
            for char in text
        )
        and "\ufffd" not in text
    )


def _decode(raw: bytes) -> list[str]:
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return [raw[len(mark) :].decode(codec, "replace").rstrip("\0")]
    if len(raw) % 2 == 0 and raw[::2].count(0) * 2 > len(raw) // 2:
        return [raw.decode("utf-16-be", "replace")]
    if len(raw) % 2 == 0 and raw[1::2].count(0) * 2 > len(raw) // 2:
        return [raw.decode("utf-16-le", "replace")]
    if raw.isascii():
        return [raw.decode("ascii").rstrip("\0")]
    try:
        return [raw.decode("utf-8")]
    except UnicodeDecodeError:
        pass
    texts = [str(pikepdf.String(raw))]
    try:
        chinese = raw.decode("gb18030")
    except UnicodeDecodeError:
        return texts
    if any("\u4e00" <= char <= "\u9fff" for char in chinese):
        texts.append(chinese)
    return texts


def write_string(text: str) -> pikepdf.String:
    """A text string: PDFDocEncoding where it suffices, else UTF-16BE with its mark."""
    return pikepdf.String(text)


def decode_text_stream(data: bytes) -> str | None:
    """The text of a stream that should hold text (JavaScript, XFA), or ``None`` if it is binary."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(codec, "replace")
            return text if is_human(text) else None
    for codec in ("utf-8", "gb18030", "cp1252"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if is_human(text):
            return text
    return None


def encode_text_stream(text: str, original: bytes) -> bytes:
    """Bytes of a changed text stream, in the original's encoding where it can say the text."""
    if original.startswith(b"\xff\xfe"):
        return b"\xff\xfe" + text.encode("utf-16-le")
    if original.startswith(b"\xfe\xff"):
        return b"\xfe\xff" + text.encode("utf-16-be")
    mark = b"\xef\xbb\xbf" if original.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode("utf-8")
