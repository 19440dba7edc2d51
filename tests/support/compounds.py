"""Small OLE files made byte by byte."""

import io
import struct

import xlwt

from gateway.formats._ole.cfb import ROOT, STREAM, Node
from gateway.formats._ole.cfb_write import write_compound


def word(pieces, *, flags=0x0200, forgotten=b"", extra=()):
    """A document of ``(text, is_wide)`` pieces; good enough for readers of text."""
    body, table = bytearray(1024), []
    ends = [0]
    for text, is_wide in pieces:
        start = len(body)
        body += text.encode("utf-16-le" if is_wide else "cp1252")
        ends.append(ends[-1] + len(text))
        table.append(start if is_wide else 2 * start | 0x4000_0000)
    body += forgotten + bytes(64)
    plc = struct.pack(f"<{len(ends)}I", *ends)
    plc += b"".join(struct.pack("<HIH", 0, place, 0) for place in table)
    clx = b"\2" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<HH", body, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", body, 10, flags)
    struct.pack_into("<H", body, 32, 14)
    struct.pack_into("<H", body, 62, 22)
    struct.pack_into("<i", body, 64 + 12, ends[-1])
    struct.pack_into("<H", body, 152, 93)
    struct.pack_into("<II", body, 154 + 8 * 33, 0, len(clx))
    nodes = [
        Node((), ROOT),
        Node(("WordDocument",), STREAM, data=bytes(body)),
        Node(("1Table",), STREAM, data=clx),
        *extra,
    ]
    return write_compound(nodes)


def excel(text):
    """A workbook with one cell."""
    book = xlwt.Workbook()
    book.add_sheet("One").write(0, 0, text)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def slides(text):
    """A presentation's stream with one text in it; good enough for readers of text."""
    raw = text.encode("latin-1")
    atom = struct.pack("<HHI", 0, 0x0FA8, len(raw)) + raw
    stream = struct.pack("<HHI", 0xF, 0x03E8, len(atom)) + atom
    nodes = [Node((), ROOT), Node(("PowerPoint Document",), STREAM, data=stream)]
    return write_compound(nodes)


def embedded(text):
    """An object of an unknown program."""
    data = b"\1\0" + text.encode("utf-16-le") + bytes(8)
    return write_compound([Node((), ROOT), Node(("CONTENTS",), STREAM, data=data)])
