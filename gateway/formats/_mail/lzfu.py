"""Compressed RTF, the third copy of a message's body in Outlook.

Source: [MS-OXRTFCP] Rich Text Format (RTF) Compression Algorithm.
"""

from __future__ import annotations

import struct

from gateway.errors import Unreadable

_HEADER = struct.Struct("<4I")  # size of what follows the first field, raw size, kind, CRC
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_WINDOW = 4096
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window holds at first (§2.2.1)."""


def unpack_rtf(data: bytes) -> bytes:
    """The RTF behind a compressed value.

    Raises:
        Unreadable: damaged.
    """
    if len(data) < _HEADER.size:
        raise Unreadable("damaged: compressed RTF")
    size, raw_size, _, _ = _HEADER.unpack_from(data)
    kind, body = data[8:12], data[_HEADER.size : size + 4]
    if kind == _PLAIN:
        return body[:raw_size]
    if kind != _COMPRESSED:
        raise Unreadable("damaged: compressed RTF")
    text = _expanded(body)
    # What stands behind the stated end is text for a lenient reader.
    if len(text) < raw_size:
        raise Unreadable("damaged: compressed RTF ends early")
    return text


def pack_rtf(rtf: bytes) -> bytes:
    """RTF as a value of the uncompressed kind, which every reader takes (§3.1.3.3)."""
    return struct.pack("<2I4sI", len(rtf) + 12, len(rtf), _PLAIN, 0) + rtf


def _expanded(body: bytes) -> bytes:
    window = bytearray(_START.ljust(_WINDOW, b" "))
    write = len(_START)
    out = bytearray()
    at = 0
    while at < len(body):
        control = body[at]
        at += 1
        for bit in range(8):
            if at >= len(body):
                break
            if not control >> bit & 1:
                out.append(body[at])
                window[write] = body[at]
                write = (write + 1) % _WINDOW
                at += 1
                continue
            reference = int.from_bytes(body[at : at + 2])
            at += 2
            read = reference >> 4
            if read == write:
                return bytes(out)
            for step in range((reference & 15) + 2):
                byte = window[(read + step) % _WINDOW]
                out.append(byte)
                window[write] = byte
                write = (write + 1) % _WINDOW
    return bytes(out)
