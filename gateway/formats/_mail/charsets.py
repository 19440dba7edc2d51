"""Bytes of headers to text: charset names as mailers write them, and 8-bit headers without one."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

_ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "chinesebig5": "big5hkscs", "big5": "big5hkscs", "cn-big5": "big5hkscs", "cn-gb": "gb18030",
    "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "ks_c_5601": "cp949",
    "shift_jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "iso-2022-jp": "iso2022_jp_2",
    "iso-8859-1": "cp1252", "us-ascii": "cp1252", "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254", "unicode-1-1-utf-7": "utf-7", "x-unknown": "utf-8",
}  # fmt: skip
"""Supersets that software writes under these names (WHATWG Encoding Standard, and usage)."""

_UNMARKED = ("gb18030", "cp1252")
"""What bytes beyond ASCII mean that are no UTF-8 and have no charset."""


def codec_of(charset: str) -> str:
    """The Python codec for a charset name, or nothing."""
    name = charset.strip().strip("\"'").lower().split("*")[0]
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return info.name if info._is_text_encoding else ""  # noqa: SLF001 - no other way to ask


def decode_named(data: bytes, charset: str) -> str:
    """Bytes in a named charset; if that does not hold, as :func:`decode_8bit` reads them."""
    if codec := codec_of(charset):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            pass
    return decode_8bit(data, ())[0]


def decode_8bit(data: bytes, declared: Iterable[str]) -> list[str]:
    """Every reading of bytes that have no sure charset: one if they are ASCII or UTF-8.

    Args:
        data: some bytes of a header.
        declared: charsets that the message names elsewhere.
    """
    try:
        return [data.decode("utf-8")]
    except UnicodeDecodeError:
        pass
    readings: list[str] = []
    for name in (*map(codec_of, declared), *_UNMARKED):
        try:
            text = data.decode(name) if name else ""
        except UnicodeDecodeError:
            continue
        if text and text not in readings:
            readings.append(text)
    return readings or [data.decode("latin-1")]
