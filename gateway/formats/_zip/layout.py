"""How a zip is laid out, for its reader and its writer.

Source: PKWARE APPNOTE.TXT 6.3.10, §4.3 to §4.5.
"""

from __future__ import annotations

import struct

from gateway.errors import Unreadable

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
END64_LOCATOR = struct.Struct("<4sIQI")
END64 = struct.Struct("<4sQ2H2I4Q")
LOCAL_MAGIC, CENTRAL_MAGIC, END_MAGIC = b"PK\3\4", b"PK\1\2", b"PK\5\6"
END64_LOCATOR_MAGIC, END64_MAGIC, DESCRIPTOR_MAGIC = b"PK\6\7", b"PK\6\6", b"PK\7\x08"

STORED, DEFLATED = 0, 8

# Flag bits, APPNOTE §4.4.4.
ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
DESCRIPTOR = 1 << 3
PATCH = 1 << 5
UTF8 = 1 << 11


def decoded_name(raw: bytes, flags: int) -> str:
    """A member's name; without the UTF-8 flag in the likeliest encoding.

    Raises:
        Unreadable: it is in no known encoding.
    """
    encodings = ("utf-8",) if flags & UTF8 else ("utf-8", "gb18030", "cp437")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("a member's name is in no known encoding")
