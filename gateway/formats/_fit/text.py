"""Room in text: white space where it means nothing.

Two kinds. Where lines mean something (tables, settings, mail, plain text) a longer last line would
change the last value, so line breaks follow it. Where white space between values means nothing
(JSON, markup), blanks stand behind the last one, before the line break that ends the file, so that
a file of one value a line has no empty line.

Sources: RFC 4180 (CSV), RFC 8259 §2 (JSON), XML 1.0 §2.8 (``Misc``), RFC 2046 §5.1.1 (epilogue),
RTF 1.9.1 ("carriage returns and line feeds in the RTF stream are ignored").
"""

from __future__ import annotations

import re

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._encoding import decode

_KEPT_BREAKS = re.compile(rb"[|>][1-9]?\+")  # YAML 1.2.2 §8.1.1.2: breaks at the end are kept
_WIDE = ("utf-16", "utf-32")


def lines(data: bytes, gap: int) -> bytes:
    """Line breaks at the end, such as the text has them.

    Raises:
        CannotEdit: the gap is no whole number of characters.
    """
    feed, width = _encoded("\n", data)
    pair = _encoded("\r\n", data)[0]
    if gap % width:
        raise CannotEdit(f"its text is written in units of {width} bytes")
    if pair not in data:
        return data + feed * (gap // width)
    pairs, odd = divmod(gap, len(pair))
    return data + pair * pairs + feed * (odd // width)


def blanks(data: bytes, gap: int) -> bytes:
    """Blanks at the end of the last line.

    Raises:
        CannotEdit: the gap is no whole number of characters.
    """
    blank, width = _encoded(" ", data)
    if gap % width:
        raise CannotEdit(f"its text is written in units of {width} bytes")
    end = len(data)
    for ending in (_encoded("\n", data)[0], _encoded("\r", data)[0]):
        if data[end - width : end] == ending:
            end -= width
    return data[:end] + blank * (gap // width) + data[end:]


def yaml(data: bytes, gap: int) -> bytes:
    """Line breaks at the end, unless a text in it may keep them.

    Raises:
        CannotEdit: it may, or the gap is no whole number of characters.
    """
    if _KEPT_BREAKS.search(data):
        raise CannotEdit("white space at its end would be part of a value")
    return lines(data, gap)


def rtf(data: bytes, gap: int) -> bytes:
    """Line breaks before the last brace, which every reader skips.

    Raises:
        CannotEdit: something stands behind the last brace.
    """
    end = data.rfind(b"}")
    if end < 0 or data[end + 1 :].strip(b"\0\r\n \t\x1a") or data[end - 1 : end] == b"\\":
        raise CannotEdit("something stands behind the end of the document")
    return data[:end] + b"\n" * gap + data[end:]


def _encoded(character: str, data: bytes) -> tuple[bytes, int]:
    """A character of ASCII as the text has it, and how many bytes one takes."""
    encoding = _wide_encoding(data)
    if not encoding:
        return character.encode("ascii"), 1
    return character.encode(encoding), len(" ".encode(encoding))


def _wide_encoding(data: bytes) -> str:
    """UTF-16 or UTF-32, or nothing: in all others ASCII stands as it is."""
    if b"\0" not in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    try:
        encoding = decode(data).encoding
    except Unreadable:
        return ""
    return encoding if encoding.startswith(_WIDE) else ""
