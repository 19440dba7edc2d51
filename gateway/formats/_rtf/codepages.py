r"""The character sets of RTF fonts as Python codecs.

Source: RTF Specification 1.9.1, "Font Table" (``\fcharset``) and "Code Page" (``\ansicpg``).
"""

from __future__ import annotations

import codecs

_CHARSETS = {
    0: "cp1252", 77: "mac-roman", 78: "cp932", 79: "cp949", 80: "gb18030", 81: "cp950",
    128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_PAGES = {936: "gb18030", 54936: "gb18030", 10000: "mac-roman", 10007: "mac-cyrillic", 65001: "utf-8",
          10001: "cp932", 10008: "gb18030", 10002: "cp950", 10003: "cp949", 1361: "johab"}  # fmt: skip
_DOUBLE = ("gb18030", "cp932", "cp949", "cp950", "johab")


def codec_of_charset(charset: int) -> str:
    """The codec of a font's charset; empty where the document's own holds."""
    return _CHARSETS.get(charset, "")


def codec_of_page(page: int) -> str:
    """The codec of a code page number; Western Windows if there is none of that number."""
    name = _PAGES.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name if page > 0 else "cp1252"
    except LookupError:
        return "cp1252"


def is_lead(byte: int, codec: str) -> bool:
    """Whether a byte is the first of two in this codec."""
    if codec not in _DOUBLE:
        return False
    if codec == "cp932":
        return 0x81 <= byte <= 0x9F or 0xE0 <= byte <= 0xFC
    return 0x81 <= byte <= 0xFE


def decoded(raw: bytes, codec: str) -> str:
    """One character of these bytes; by their Latin-1 values where the codec has none."""
    try:
        text = raw.decode(codec)
    except ValueError:
        return raw.decode("latin-1")
    return text if len(text) == 1 else raw.decode("latin-1")
