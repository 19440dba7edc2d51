"""An OLE file with nothing in it: what stays of an embedded object that nobody can read.

The picture of the object is a part of its own and stays, and so do all pointers to the object:
without it Office would offer to repair the file.

Source: [MS-CFB] §2.2 (header), §2.3 (FAT), §2.6 (directory).
"""

from __future__ import annotations

import struct

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _hollow() -> bytes:
    """Header, one sector of FAT, and a directory that lists only its root."""
    head = OLE_MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    fat = struct.pack("<128I", _FAT, _END, *[_FREE] * 126)
    name = "Root Entry\0".encode("utf-16-le")
    root = name.ljust(64, b"\0") + struct.pack("<HBB3I", len(name), 5, 1, _FREE, _FREE, _FREE)
    root += bytes(36) + struct.pack("<IQ", _END, 0)
    free = bytes(68) + struct.pack("<3I", _FREE, _FREE, _FREE) + bytes(48)
    return head + fat + root + free * 3


HOLLOW = _hollow()
