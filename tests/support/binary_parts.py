"""Small binaries that Office keeps in its packages, made by hand: drawings, macros, OLE files."""

import itertools
import struct

W16 = "utf-16-le"


def record(kind, body):
    """One EMF record."""
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 8 + len(body)) + body


def emr_text(kind, text, x=0, y=0, *, options=0, codec=W16):
    """ExtTextOutW (84) or ExtTextOutA (83) with an advance of ten for each letter."""
    raw = text.encode(codec)
    count = len(raw) // (2 if kind == 84 else 1)
    padded = raw + bytes(-len(raw) % 4)
    head = struct.pack("<4iIff", 0, 0, 9, 9, 1, 1, 1)
    head += struct.pack("<iiIII4iI", x, y, count, 76, options, 0, 0, 9, 9, 76 + len(padded))
    return record(kind, head + padded + struct.pack("<i", 10) * count)


def emr_small(text, x=0, y=0):
    """SmallTextOut with wide letters and no rectangle."""
    raw = text.encode(W16)
    return record(108, struct.pack("<iiIIIff", x, y, len(text), 0x100, 1, 1, 1) + raw)


def emr_poly(*texts):
    """PolyTextOutW."""
    at = 40 + 40 * len(texts)
    head, body = struct.pack("<4iIffI", 0, 0, 9, 9, 1, 1, 1, len(texts)), b""
    for index, text in enumerate(texts):
        raw = text.encode(W16)
        raw += bytes(-len(raw) % 4)
        dx = struct.pack("<i", 10) * len(text)
        head += struct.pack(
            "<iiIII4iI", 0, 100 + index, len(text), at + len(body), 0, 0, 0, 9, 9,
            at + len(body) + len(raw),
        )  # fmt: skip
        body += raw + dx
    return record(97, head + body)


def emr_font(name, charset=0):
    """ExtCreateFontIndirectW."""
    face = name.encode(W16).ljust(64, b"\0")
    font = struct.pack("<5i8B", 10, 0, 0, 0, 400, 0, 0, 0, charset, 0, 0, 0, 0)
    return record(82, struct.pack("<I", 1) + font + face + bytes(256))


def emr_comment(body):
    """GdiComment."""
    return record(70, struct.pack("<I", len(body)) + body)


def plus(kind, flags, body):
    """One EMF+ record."""
    body += bytes(-len(body) % 4)
    return struct.pack("<HHII", kind, flags, 12 + len(body), len(body)) + body


def plus_string(text):
    """DrawString."""
    body = struct.pack("<III4f", 0, 0, len(text), 0, 0, 100, 10) + text.encode(W16)
    return plus(0x401C, 0x8000, body)


def plus_picture(file):
    """An image object that holds a compressed file."""
    return plus(0x4008, 0x0500, struct.pack("<IIiiiII", 0xDBC01002, 1, 0, 0, 0, 0, 1) + file)


def dib(width=40, height=20):
    """Header and pixels of a white bitmap."""
    stride = (width * 3 + 3) // 4 * 4
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, stride * height, 0, 0, 0, 0)
    return head, b"\xff" * (stride * height)


def emr_bitmap():
    """StretchDIBits."""
    head, bits = dib()
    fixed = struct.pack("<4i6i", 0, 0, 9, 9, 0, 0, 0, 0, 40, 20)
    fixed += struct.pack("<6I2i", 80, len(head), 80 + len(head), len(bits), 0, 0xCC0020, 40, 20)
    return record(81, fixed + head + bits)


def emf(*records, title=""):
    """A metafile of these records."""
    described = f"Program\0{title}\0\0".encode(W16) if title else b""
    described += bytes(-len(described) % 4)
    body = b"".join(records) + record(14, struct.pack("<III", 0, 16, 20))
    head = struct.pack("<4i4i4sI", 0, 0, 100, 100, 0, 0, 2600, 2600, b" EMF", 0x10000)
    size = 108 + len(described)
    head += struct.pack("<IIHH", size + len(body), len(records) + 2, 2, 0)
    head += struct.pack("<II", len(described) // 2, 108 if described else 0)
    head += struct.pack("<I4i", 0, 100, 100, 26, 26)
    return record(1, head.ljust(100, b"\0") + described) + body


def wmf_record(kind, body):
    """One WMF record."""
    body += bytes(len(body) % 2)
    return struct.pack("<IH", 3 + len(body) // 2, kind) + body


def wmf_text(text, x=0, y=0, codec="cp1252"):
    """TextOut."""
    raw = text.encode(codec)
    return wmf_record(
        0x0521, struct.pack("<H", len(raw)) + raw + bytes(len(raw) % 2) + struct.pack("<hh", y, x)
    )


def wmf_ext_text(text, x=0, y=0, codec="cp1252"):
    """ExtTextOut with advances."""
    raw = text.encode(codec)
    dx = struct.pack("<h", 10) * len(raw)
    body = struct.pack("<hhhH", y, x, len(raw), 0) + raw + bytes(len(raw) % 2) + dx
    return wmf_record(0x0A32, body)


def wmf_font(name, charset=0):
    """CreateFontIndirect."""
    font = struct.pack("<5h8B", 10, 0, 0, 0, 400, 0, 0, 0, charset, 0, 0, 0, 0)
    return wmf_record(0x02FB, font + name.encode() + bytes(32 - len(name)))


def wmf_escape(body):
    """Escape with a comment."""
    return wmf_record(0x0626, struct.pack("<HH", 15, len(body)) + body)


def wmf_bitmap():
    """StretchDIBits."""
    head, bits = dib()
    fixed = struct.pack("<IH8h", 0xCC0020, 0, 20, 40, 0, 0, 20, 40, 0, 0)
    return wmf_record(0x0F43, fixed + head + bits)


def wmf(*records):
    """A placeable metafile of these records."""
    body = b"".join(records) + wmf_record(0, b"")
    longest = max(len(r) for r in records) // 2
    head = struct.pack("<HHHIHIH", 1, 9, 0x300, 9 + len(body) // 2, 2, longest, 0)
    place = struct.pack("<IH4hHI", 0x9AC6CDD7, 0, 0, 0, 1000, 1000, 1440, 0)
    check = 0
    for (word,) in struct.iter_unpack("<H", place):
        check ^= word
    return place + struct.pack("<H", check) + head + body


def ovba(data):
    """A compressed container without any copy in it, [MS-OVBA] §2.4.1.3."""
    out = b"\x01"
    for start in range(0, len(data), 3600):
        piece = data[start : start + 3600]
        chunk = b"".join(b"\0" + piece[n : n + 8] for n in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk
    return out


def vba_project(source, *, settings="", form=""):
    """vbaProject.bin with one module; streams are long, so that none needs the mini stream."""
    long = "' " + "x" * 5000 + "\r\n"
    entries = b"".join(
        struct.pack("<HI", kind, len(body)) + body
        for kind, body in (
            (0x0001, struct.pack("<I", 3)),
            (0x0003, struct.pack("<H", 936)),
            (0x0004, b"Project"),
            (0x0005, b"x" * 5000),
        )
    )
    entries += struct.pack("<HIIH", 0x0009, 4, 1, 1)
    for kind, body in (
        (0x000F, struct.pack("<H", 1)),
        (0x0019, b"Module1"),
        (0x001A, b"Module1"),
        (0x0031, struct.pack("<I", 3)),
        (0x0021, b""),
        (0x002B, b""),
        (0x0010, b""),
    ):
        entries += struct.pack("<HI", kind, len(body)) + body
    streams = {
        "VBA/dir": ovba(entries),
        "VBA/Module1": b"\1\1\1" + ovba((source + long).encode("gbk")),
        "PROJECT": settings.encode("gbk").ljust(4200),
        "Form1/o": form.encode(W16) + bytes(4200),
    }
    return compound(streams)


def compound(streams):
    """An OLE file of streams of 4 096 bytes or more, at most one storage deep, [MS-CFB] §2."""
    storages = list(dict.fromkeys(p.rpartition("/")[0] for p in streams if "/" in p))
    nodes = [("Root Entry", 5, None, b"")]
    nodes += [(name, 1, "", b"") for name in storages]
    nodes += [(p.rpartition("/")[2], 2, p.rpartition("/")[0], data) for p, data in streams.items()]
    children = {}
    for index, (name, _, parent, _) in enumerate(nodes[1:], 1):
        owner = 0 if parent == "" else 1 + storages.index(parent)
        children.setdefault(owner, []).append((len(name), name.upper(), index))
    fat, body, starts = [], b"", {}
    for index, (_, kind, _, data) in enumerate(nodes):
        if kind == 2:
            starts[index] = len(fat)
            count = -(-len(data) // 512)
            body += data + bytes(-len(data) % 512)
            fat += [len(fat) + n + 1 for n in range(count - 1)] + [0xFFFFFFFE]
    right = {}
    for group in children.values():  # a chain is a search tree too
        ordered = [index for _, _, index in sorted(group)]
        right.update(itertools.pairwise(ordered))
    directory = b""
    for index, (name, kind, _, data) in enumerate(nodes):
        raw = name.encode(W16) + b"\0\0"
        first = min(children[index])[2] if index in children else 0xFFFFFFFF
        directory += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        directory += struct.pack("<III", 0xFFFFFFFF, right.get(index, 0xFFFFFFFF), first)
        directory += bytes(36)
        start = starts.get(index, 0xFFFFFFFE if kind == 5 else 0)
        directory += struct.pack("<IQ", start, len(data))
    directory += (bytes(68) + b"\xff" * 12 + bytes(48)) * (-len(nodes) % 4)
    listing = len(fat)
    count = len(directory) // 512
    fat += [listing + n + 1 for n in range(count - 1)] + [0xFFFFFFFE]
    tables = -(-(len(fat) + 1) // 128)
    tables = -(-(len(fat) + tables) // 128)
    first = len(fat)
    fat += [0xFFFFFFFD] * tables
    fat += [0xFFFFFFFF] * (-len(fat) % 128)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, listing, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    table = [first + n for n in range(tables)] + [0xFFFFFFFF] * (109 - tables)
    head += struct.pack("<109I", *table)
    return head + body + directory + struct.pack(f"<{len(fat)}I", *fat)
