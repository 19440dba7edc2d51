"""Old kinds that are read as what LibreOffice makes of them.

Word 6 and 95, Excel before 97, MS Works, Publisher, Visio, and old Office files too damaged to
be read natively.
"""

from __future__ import annotations

import struct

from gateway.errors import Unreadable
from gateway.formats._ole.cfb import is_compound, read_compound, root_names

# A stream or storage at the root; the ending that LibreOffice knows the kind by; what to make.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("book", "xls", "xlsx"),
    ("visiodocument", "vsd", "pdf"),
    ("quill", "pub", "pdf"),
    ("matost", "wps", "docx"),
    ("mm", "wps", "docx"),
    ("spellingml", "wps", "docx"),
)
# Excel 2 to 4 wrote bare records ([MS-XLS] says BOF has been 0x0009, 0x0209, 0x0409 before).
_BARE_BOOKS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_FILE_PASS = b"\x2f\x00"
# What a damaged compound file names in its directory, if that can be found.
_TRACES: tuple[tuple[str, str, str], ...] = (
    ("WordDocument", "doc", "docx"),
    ("Workbook", "xls", "xlsx"),
    ("PowerPoint Document", "ppt", "pptx"),
)
_BARE_WORD = (b"\xdb\xa5", b"\x31\xbe\x00\x00", b"\xdc\xa5")


def convertible(data: bytes) -> tuple[str, str] | None:
    """The ending that LibreOffice knows these bytes by, and what to make of them; or nothing."""
    names = root_names(data)
    for name, ending, wanted in _KINDS:
        if name in names and "workbook" not in names:
            return ending, wanted
    if is_compound(data) and not names:
        for name, ending, wanted in _TRACES:
            if name.encode("utf-16-le") in data:
                return ending, wanted
    if data.startswith(_BARE_BOOKS):
        return "xls", "xlsx"
    return ("doc", "docx") if data.startswith(_BARE_WORD) else None


def is_locked(data: bytes) -> bool:
    """Whether an old workbook has a password: its second record says so ([MS-XLS] §2.4.117)."""
    stream = data
    if is_compound(data):
        try:
            stream = read_compound(data).stream("Book") or b""
        except Unreadable:
            return False
    if len(stream) < 8:
        return False
    (size,) = struct.unpack_from("<H", stream, 2)
    return stream[4 + size : 6 + size] == _FILE_PASS and stream[1:2] in {
        b"\0",
        b"\2",
        b"\4",
        b"\x08",
    }
