"""Binary workbooks made record by record ([MS-XLSB]), for tests; nothing else here writes them."""

import io
import struct
import zipfile

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
EXCEL = "application/vnd.ms-excel"
MAIN = f"{EXCEL}.sheet.binary.macroEnabled.main"


def record(kind, body=b""):
    head = bytes((kind,)) if kind < 0x80 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size, tail = len(body), b""
    while size >= 0x80:
        tail += bytes((size & 0x7F | 0x80,))
        size >>= 7
    return head + tail + bytes((size,)) + body


def wide(text):
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def cell(column, style=0):
    return struct.pack("<II", column, style)


def row(number):
    return record(0, struct.pack("<IIH", number, 0, 288) + bytes(3) + struct.pack("<III", 1, 0, 16))


def string(column, text):
    return record(6, cell(column) + wide(text))


def shared(column, index):
    return record(7, cell(column) + struct.pack("<I", index))


def real(column, number, style=0):
    return record(5, cell(column, style) + struct.pack("<d", number))


def rk(column, number, style=0):
    """A whole number of up to thirty bits."""
    return record(2, cell(column, style) + struct.pack("<i", number << 2 | 2))


def joined(*texts):
    """The tokens of a formula that joins string constants."""
    tokens = b""
    for n, text in enumerate(texts):
        tokens += b"\x17" + struct.pack("<H", len(text)) + text.encode("utf-16-le")
        tokens += b"\x08" if n else b""
    return struct.pack("<I", len(tokens)) + tokens + struct.pack("<I", 0)


def formula_string(column, value, tokens):
    return record(8, cell(column) + wide(value) + bytes(2) + tokens)


def formula_number(column, value, tokens):
    return record(9, cell(column) + struct.pack("<d", value) + bytes(2) + tokens)


def item(text, runs=(), phonetic=""):
    """A shared string."""
    body = bytes(((1 if runs else 0) | (2 if phonetic else 0),)) + wide(text)
    if runs:
        body += struct.pack("<I", len(runs)) + b"".join(struct.pack("<HH", *run) for run in runs)
    if phonetic:
        body += wide(phonetic) + struct.pack("<I", 0)
    return record(19, body)


def sheet(*rows, tail=b""):
    return b"".join(
        (
            record(129),
            record(147, b"\xc9\x04\x02\0\x40" + bytes(6) + b"\xff" * 8 + wide("")),
            record(148, struct.pack("<4I", 0, 99, 0, 16)),
            record(145),
            *rows,
            record(146),
            tail,
            record(130),
        )
    )


def strings(*items):
    return record(159, struct.pack("<II", len(items), len(items))) + b"".join(items) + record(160)


def styles(codes):
    """Cell styles 1, 2 … with these number formats."""
    formats = b"".join(
        record(44, struct.pack("<H", 170 + n) + wide(code)) for n, code in enumerate(codes)
    )
    font = bytes.fromhex("dc000000900100000002000007010000000000ff02") + wide("Calibri")
    fill = struct.pack("<I", 0) + bytes(64)
    border = bytes(51)
    xf = lambda parent, number: record(
        47, struct.pack("<HH", parent, number) + bytes(8) + b"\x10\x10\0\0"
    )
    count = lambda n: struct.pack("<I", n)
    return b"".join(
        (
            record(278),
            record(615, count(len(codes))) + formats + record(616),
            record(611, count(1)) + record(43, font) + record(612),
            record(603, count(1)) + record(45, fill) + record(604),
            record(613, count(1)) + record(46, border) + record(614),
            record(626, count(1)) + xf(0xFFFF, 0) + record(627),
            record(617, count(len(codes) + 1)) + xf(0, 0),
            *(xf(0, 170 + n) for n in range(len(codes))),
            record(618),
            record(279),
        )
    )


def book(*names, defined=b"", path=""):
    listed = b"".join(
        record(156, struct.pack("<II", 0, n) + wide(f"rId{n}") + wide(name))
        for n, name in enumerate(names, 1)
    )
    absolute = record(37, bytes.fromhex("010003 0f0080")) + record(2071, wide(path)) + record(38)
    return b"".join(
        (
            record(131),
            record(153, bytes.fromhex("2000010000000000") + wide("")),
            absolute if path else b"",
            *(record(143), listed, record(144), defined, record(132)),
        )
    )


def name(text, constant, comment):
    """A defined name for a string constant."""
    raw = b"\x17" + struct.pack("<H", len(constant)) + constant.encode("utf-16-le")
    formula = struct.pack("<I", len(raw)) + raw + struct.pack("<I", 0)
    return record(39, struct.pack("<IBI", 0, 0, 0xFFFFFFFF) + wide(text) + formula + wide(comment))


def relations(*targets):
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{R}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def packed(workbook, sheets, table=b"", looks=None, more=None):
    """A workbook of these parts; ``more`` are parts that belong to the first sheet."""
    more = more or {}
    looks = looks or styles(())
    kinds = {"sharedStrings": "sharedStrings", "styles": "styles"}
    types = {f"xl/{part}.bin": f"{EXCEL}.{kind}" for part, kind in kinds.items()}
    types |= {
        f"xl/worksheets/sheet{n}.bin": f"{EXCEL}.worksheet" for n in range(1, len(sheets) + 1)
    }
    types |= {f"xl/{part}.bin": f"{EXCEL}.{part.strip('1')}" for part in more}
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in types.items()
    )
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="bin" ContentType="{MAIN}"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": workbook,
        "xl/_rels/workbook.bin.rels": relations(
            *(("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)),
            ("sharedStrings", "sharedStrings.bin"),
            ("styles", "styles.bin"),
        ),
        "xl/styles.bin": looks,
        "xl/sharedStrings.bin": table or strings(),
        **{f"xl/worksheets/sheet{n}.bin": data for n, data in enumerate(sheets, 1)},
        **{f"xl/{part}.bin": data for part, data in more.items()},
    }
    if more:
        parts["xl/worksheets/_rels/sheet1.bin.rels"] = relations(
            *((part.strip("1"), f"../{part}.bin") for part in more)
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content if isinstance(content, bytes) else content.encode())
    return stream.getvalue()


def small(text):
    """A workbook with one text."""
    return packed(book("Sheet1"), [sheet(row(0), string(0, text))])
