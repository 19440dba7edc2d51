"""MAPI properties as Outlook stores them: ids, types, values.

Sources: [MS-OXPROPS] (ids), [MS-OXCDATA] section 2.11 (types), [MS-OXMSG] section 2.4 (streams).
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from gateway.formats._mail.charsets import decode_named
from gateway.model import Role

STRING8, UNICODE, BINARY, OBJECT, TIME = 0x001E, 0x001F, 0x0102, 0x000D, 0x0040
LONG, DOUBLE, CURRENCY, APPTIME, INT64 = 0x0003, 0x0005, 0x0006, 0x0007, 0x0014
MULTIPLE = 0x1000
STRINGS = (STRING8, UNICODE)

BODY, HTML, RTF, HEADERS = 0x1000, 0x1013, 0x1009, 0x007D
ATTACHED, RENDERING = 0x3701, 0x3709
LONG_NAME, SHORT_NAME, DISPLAY_NAME, EXTENSION, MIME_TYPE = 0x3707, 0x3704, 0x3001, 0x3703, 0x370E
MESSAGE_CODEPAGE, INTERNET_CODEPAGE = 0x3FFD, 0x3FDE

NAMES = {
    0x001A: "message class", 0x0037: "subject", 0x003D: "subject prefix", 0x0042: "sent for",
    0x0040: "received by", 0x0044: "received for", 0x0065: "sent for: address",
    0x0070: "conversation topic", 0x0076: "received by: address", 0x0C1A: "sender",
    0x0C1F: "sender: address", 0x0E02: "bcc", 0x0E03: "cc", 0x0E04: "to", 0x0E1D: "subject",
    BODY: "body", RTF: "rich text body", HTML: "html body", HEADERS: "internet headers",
    0x1035: "message id", 0x1042: "in reply to", 0x1039: "references", 0x10F3: "file name",
    DISPLAY_NAME: "display name", 0x3003: "address", 0x39FE: "e-mail address", 0x3A20: "full name",
    ATTACHED: "content", EXTENSION: "extension", SHORT_NAME: "short file name",
    LONG_NAME: "file name", 0x3708: "path", 0x370D: "long path", MIME_TYPE: "media type",
    0x3712: "content id", 0x3713: "content location", RENDERING: "icon", 0x3A06: "given name",
    0x3A11: "surname", 0x3A16: "company", 0x3A17: "title", 0x3A08: "business telephone",
    0x3A09: "home telephone", 0x3A1C: "mobile telephone", 0x3A15: "postal address",
    0x3A29: "street", 0x3A27: "city", 0x3A42: "birthday", 0x3A41: "wedding anniversary",
    0x3FFA: "last modifier", 0x3FF8: "creator", 0x0039: "sent on", 0x0E06: "delivered on",
    0x3007: "created on", 0x3008: "modified on",
}  # fmt: skip

TRACES = frozenset({0x3FFA, 0x3FF8, 0x3FF9, 0x3FFB, 0x3007, 0x3008, 0x0E28, 0x0E29, RENDERING})
"""Who changed a message last, from which account, when; and the icon of an attachment."""

_FILE_NAMES = (LONG_NAME, SHORT_NAME, DISPLAY_NAME)
_CODEPAGES = {936: "gb18030", 54936: "gb18030", 950: "big5", 932: "shift_jis", 949: "euc-kr",
              65001: "utf-8", 20127: "ascii", 28591: "iso-8859-1", 20866: "koi8-r",
              21866: "koi8-u", 50220: "iso-2022-jp", 51936: "gb18030", 10000: "mac-roman"}  # fmt: skip
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_LARGE = 100_000


def name_of(identity: int) -> str:
    """What a property is, for people; its number if it is none of the usual."""
    return NAMES.get(identity) or f"property {identity:04X}"


def role_of(identity: int, *, attachment: bool) -> Role:
    """What a text property is to a reader."""
    if identity in TRACES:
        return Role.TRACE
    if attachment and identity in _FILE_NAMES:
        return Role.NAME
    return Role.BODY if identity in (BODY, HTML, RTF) else Role.METADATA


def charset_of(codepage: int) -> str:
    """The charset name of a Windows code page number; nothing for 0."""
    return _CODEPAGES.get(codepage) or (f"cp{codepage}" if codepage else "")


def decode_string(raw: bytes, kind: int, codepage: int) -> str:
    """The text of a string value, zeros at its end included."""
    if kind == UNICODE:
        return raw.decode("utf-16-le", "surrogatepass" if len(raw) % 2 == 0 else "replace")
    return decode_named(raw, charset_of(codepage))


def encode_string(text: str, kind: int, codepage: int) -> bytes:
    """Text as a string value; what the code page lacks becomes an underscore."""
    if kind == UNICODE:
        return text.encode("utf-16-le", "surrogatepass")
    charset = charset_of(codepage) or "cp1252"
    try:
        return text.encode(charset)
    except (LookupError, UnicodeEncodeError):
        return text.encode("utf-8") if not codepage else text.encode(charset, "replace")


def fixed_text(kind: int, value: bytes) -> str:
    """A value of eight bytes as text: times, and numbers that could be a number of somebody."""
    if kind == TIME:
        ticks = int.from_bytes(value, "little")
        try:
            moment = _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return ""
        return moment.strftime("%Y-%m-%d %H:%M:%S") if moment and moment.year < 4000 else ""
    if kind in (DOUBLE, APPTIME):
        number: float = struct.unpack("<d", value)[0]
        return f"{number:.0f}" if _LARGE <= abs(number) < 1e18 and number.is_integer() else ""
    if kind in (INT64, CURRENCY):
        whole = int.from_bytes(value, "little", signed=True)
        whole = whole // 10_000 if kind == CURRENCY else whole
        return str(whole) if abs(whole) >= _LARGE else ""
    return ""
