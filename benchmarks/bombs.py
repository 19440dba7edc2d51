"""Files made to break whoever opens them: each small, each the worst of its kind.

Nothing in them is to be kept: what is asked is a definite answer within the budgets.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import sqlite3
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing

MIB = 1 << 20


def bombs() -> Iterator[tuple[str, bytes]]:
    """All of them, each with a file name that says what it is."""
    yield from _packed()
    yield from _markup()
    yield from _pictures()
    yield from _pdfs()
    yield from _texts()
    yield from _containers()


def zipped(members: dict[str, bytes], level: int = 6) -> bytes:
    """A zip of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, level)
    return stream.getvalue()


def nested(name: str, data: bytes, levels: int) -> bytes:
    """A file in a zip in a zip, so many deep."""
    for _ in range(levels):
        data, name = zipped({name: data}), "inner.zip"
    return data


def _packed() -> Iterator[tuple[str, bytes]]:
    zeros = bytes(300 * MIB)
    yield "zeros.txt.gz", gzip.compress(zeros, 9)
    yield "zeros.txt.bz2", bz2.compress(zeros)
    yield "zeros.txt.xz", lzma.compress(zeros, preset=1)
    yield "zeros.zip", zipped({"zeros.txt": zeros}, 9)
    yield "gzip in gzip.gz", gzip.compress(gzip.compress(gzip.compress(zeros)))
    del zeros
    page = zipped({"0.dll": bytes(10 * MIB)})
    for _ in range(4):
        page = zipped({f"{n}.zip": page for n in range(16)})
    yield "42.zip", page
    yield "overlapping.zip", _overlapping()
    yield "itself.zip", _endless()
    yield "many.zip", zipped({f"{n}.txt": b"" for n in range(12_000)})
    yield "liar.zip", zipped({"a.txt": b"a" * 1000}).replace(struct.pack("<I", 1000), b"\xff" * 4)


def _overlapping() -> bytes:
    """Many entries of the directory that all share one local header."""
    one = zipped({"a.txt": bytes(MIB)})
    at = one.index(b"PK\1\2")
    entry, end = one[at : one.index(b"PK\5\6")], one[one.index(b"PK\5\6") :]
    count = 5_000
    listing = entry * count
    return (
        one[:at]
        + listing
        + end[:8]
        + struct.pack("<2H2I", count, count, len(listing), at)
        + b"\0\0"
    )


def _endless() -> bytes:
    """A zip whose only member claims to be the archive itself, stored."""
    name = b"itself.zip"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 200, 200, len(name), 0) + name
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 200, 200, len(name), *[0] * 6
    )
    listing = entry + name
    return (
        local
        + listing
        + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(listing), len(local), 0)
    )


_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 12}">' for n in range(9))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY j "&a;">]>'
_QUADRATIC = f'<!DOCTYPE x [<!ENTITY j "{"a" * 100_000}">]>'


def _markup() -> Iterator[tuple[str, bytes]]:
    for how, doctype in (("laughs", _LAUGHS), ("outside", _OUTSIDE), ("quadratic", _QUADRATIC)):
        said = "&j;" * (20_000 if how == "quadratic" else 1)
        yield (
            f"{how}.svg",
            f'{doctype}<svg xmlns="http://www.w3.org/2000/svg"><text>{said}</text></svg>'.encode(),
        )
        yield f"{how}.xml", f"{doctype}<x>{said}</x>".encode()
        yield f"{how}.html", f"{doctype}<html><p>{said}</p></html>".encode()
        yield (
            f"{how}.docx",
            _office("word", "document", doctype, f"<w:p><w:r><w:t>{said}</w:t></w:r></w:p>"),
        )
        yield f"{how}.xlsx", _office("xl", "workbook", doctype, said)
        yield f"{how}.odt", _open_document(doctype, f"<text:p>{said}</text:p>")
    yield "deep.xml", b"<a>" * 200_000 + b"</a>" * 200_000
    yield "deep.html", b"<div>" * 100_000 + b"text"
    yield "attributes.xml", b"<a " + b" ".join(b'b%d="c"' % n for n in range(200_000)) + b"/>"
    yield "open tags.html", b"<" * 500_000
    yield "ampersands.html", b"<p>" + b"&" * 500_000
    yield "comments.html", b"<!--" * 200_000
    yield "deep.docx", _office("word", "document", "", "<w:p>" * 50_000 + "</w:p>" * 50_000)
    yield "deep.odt", _open_document("", "<text:span>" * 50_000 + "</text:span>" * 50_000)
    cell = '<table:table-cell table:number-columns-repeated="1048576"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    yield (
        "repeated.ods",
        _open_document("", f"<table:table>{row * 20}</table:table>", "spreadsheet"),
    )


def _office(folder: str, main: str, doctype: str, body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/{}ml/2006/main"
    kind = "wordprocessing" if folder == "word" else "spreadsheet"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "application/vnd.openxmlformats-officedocument"
    types = (
        f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType='
        f'"application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        f'package.relationships+xml"/><Override PartName="/{folder}/{main}.xml" ContentType='
        f'"{office}.{kind}ml.{"document" if folder == "word" else "sheet"}.main+xml"/></Types>'
    )
    tree = (
        f'{doctype}<w:document xmlns:w="{space.format(kind)}"><w:body>{body}</w:body></w:document>'
        if folder == "word"
        else f'{doctype}<workbook xmlns="{space.format(kind)}"><sheets>{body}</sheets></workbook>'
    )
    relations = (
        f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" Type="http://schemas.'
        f'openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target='
        f'"{folder}/{main}.xml"/></Relationships>'
    )
    return zipped(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": relations.encode(),
            f"{folder}/{main}.xml": tree.encode(),
        }
    )


def _open_document(doctype: str, body: str, kind: str = "text") -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'{doctype}<office:document-content xmlns:office="{space}office:1.0" xmlns:text="{space}text:'
        f'1.0" xmlns:table="{space}table:1.0"><office:body><office:{kind}>{body}</office:{kind}>'
        "</office:body></office:document-content>"
    )
    mime = f"application/vnd.oasis.opendocument.{kind}".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("content.xml", content.encode(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def png(width: int, height: int, bits: int = 1) -> bytes:
    """A blank grey PNG of any size, packed small."""
    deflater = zlib.compressobj(9)
    row = bytes(1 + (width * bits + 7) // 8)
    packed = b"".join(deflater.compress(row) for _ in range(height)) + deflater.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">2I5B", width, height, bits, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def _pictures() -> Iterator[tuple[str, bytes]]:
    large = png(30_000, 30_000)
    yield "large.png", large
    yield "large.docx", _with_picture(large)
    yield "text chunk.png", _text_chunk()
    # TIFF 6.0: one strip of a few bytes that claims to be 100,000 lines.
    entries = [(256, 4, 100_000), (257, 4, 100_000), (258, 3, 8), (259, 3, 1), (262, 3, 1),
               (273, 4, 8), (277, 3, 1), (278, 4, 100_000), (279, 4, 16)]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<2HII", tag, kind, 1, value) for tag, kind, value in entries
    )
    tiff = b"II*\0" + struct.pack("<I", 24) + bytes(16) + directory
    yield "large.tif", tiff + bytes(4)
    yield "looped.tif", tiff + struct.pack("<I", 24)
    yield (
        "large.gif",
        b"GIF89a"
        + struct.pack("<2H3B", 65_535, 65_535, 0, 0, 0)
        + b",\0\0\0\0"
        + struct.pack("<2HB", 65_535, 65_535, 0)
        + b"\2\2D\1\0;",
    )
    yield (
        "large.bmp",
        b"BM"
        + struct.pack(
            "<IHHIIiiHHIIiiII", 1000, 0, 0, 54, 40, 100_000, 100_000, 1, 24, 0, 0, 0, 0, 0, 0
        )
        + bytes(900),
    )
    yield "large.jpg", _jpeg(65_500, 65_500)
    emf_header = struct.pack("<II", 1, 88) + bytes(32) + b" EMF" + bytes(44)
    yield "no size.emf", emf_header + struct.pack("<II", 84, 0) * 1000
    yield "large record.emf", emf_header + struct.pack("<II", 84, 0xFFFFFFF0)
    yield (
        "frames.gif",
        b"GIF89a"
        + struct.pack("<2H3B", 4000, 4000, 0, 0, 0)
        + (b",\0\0\0\0" + struct.pack("<2HB", 4000, 4000, 0) + b"\2\2D\1\0") * 3000
        + b";",
    )


def _text_chunk() -> bytes:
    body = b"Comment\0\0" + zlib.compress(bytes(200 * MIB), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    whole = png(8, 8)
    return whole[:33] + chunk + struct.pack(">I", zlib.crc32(b"zTXt" + body)) + whole[33:]


def _jpeg(width: int, height: int) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("L", (16, 16)).save(stream, "JPEG")
    data = stream.getvalue()
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">2H", height, width) + data[at + 9 :]


def _with_picture(picture: bytes) -> bytes:
    base = _office("word", "document", "", "<w:p><w:r><w:t>hello</w:t></w:r></w:p>")
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    types = members["[Content_Types].xml"]
    png_type = b'<Default Extension="png" ContentType="image/png"/></Types>'
    members["[Content_Types].xml"] = types.replace(b"</Types>", png_type)
    return zipped(members | {"word/media/image1.png": picture})


def _pdf(*objects: bytes) -> bytes:
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return (
        body + b"xref\n0 %d\n0000000000 65535 f \n" % count + table
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    )  # fmt: skip


def _stream(raw: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n" % (len(raw), entries) + raw + b"\nendstream"


def _pdfs() -> Iterator[tuple[str, bytes]]:
    root, page = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]%s>>",
    )
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    flate = b"/Filter/FlateDecode"
    packed = zlib.compress(b"q Q " * (50 * MIB), 9)
    yield "flate.pdf", _pdf(root, pages, page % b"/Contents 4 0 R", _stream(packed, flate))
    twice = zlib.compress(packed, 9)
    yield (
        "flate twice.pdf",
        _pdf(
            root,
            pages,
            page % b"/Contents 4 0 R",
            _stream(twice, b"/Filter[/FlateDecode/FlateDecode]"),
        ),
    )
    yield "looped pages.pdf", _pdf(root, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")
    form = _stream(
        b"/F Do /F Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>",
    )
    yield (
        "form in itself.pdf",
        _pdf(
            root,
            pages,
            page % b"/Resources<</XObject<</F 4 0 R>>>>/Contents 5 0 R",
            form,
            _stream(b"/F Do"),
        ),
    )
    forms = [
        _stream(
            b"/F Do " * 10,
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>"
            % (n + 1),
        )
        for n in range(5, 13)
    ]
    last = _stream(b"BT (x) Tj ET", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    yield (
        "forms of forms.pdf",
        _pdf(
            root,
            pages,
            page % b"/Resources<</XObject<</F 5 0 R>>>>/Contents 4 0 R",
            _stream(b"/F Do"),
            *forms,
            last,
        ),
    )
    yield "deep array.pdf", _pdf(root, pages, page % b"/X 4 0 R", b"[" * 20_000 + b"]" * 20_000)
    yield "deep q.pdf", _pdf(root, pages, page % b"/Contents 4 0 R", _stream(b"q " * 300_000))
    yield (
        "array in content.pdf",
        _pdf(root, pages, page % b"/Contents 4 0 R", _stream(b"[" * 300_000)),
    )
    yield (
        "large page.pdf",
        _pdf(
            root,
            pages,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e9 1e9]/Contents 4 0 R>>",
            _stream(b"BT (x) Tj ET"),
        ),
    )
    image = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceGray"
    yield (
        "large image.pdf",
        _pdf(
            root,
            pages,
            page % b"/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R",
            _stream(b"x", image),
            _stream(b"q 9 0 0 9 0 0 cm /I Do Q"),
        ),
    )
    kids = b" ".join(b"%d 0 R" % n for n in range(3, 6003))
    yield (
        "many pages.pdf",
        _pdf(root, b"<</Type/Pages/Kids[" + kids + b"]/Count 6000>>", *[page % b""] * 6000),
    )
    outline = b"<</First 5 0 R/Last 5 0 R>>"
    looped = b"<</Title(a)/Parent 4 0 R/Next 5 0 R/First 5 0 R>>"
    yield (
        "looped outline.pdf",
        _pdf(b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>", pages, page % b"", outline, looped),
    )


def _texts() -> Iterator[tuple[str, bytes]]:
    yield "deep.json", b"[" * 100_000 + b"]" * 100_000
    yield "deep objects.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield "long number.json", b'{"a": ' + b"9" * 500_000 + b"}"
    yield "json in json.json", _json_in_json(12)
    aliases = b"a0: &a0 [x, x]\n" + b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 12)
    )
    yield "aliases.yaml", aliases
    yield "deep.yaml", b"[" * 20_000 + b"]" * 20_000
    yield "deep.toml", b"a = " + b"[" * 20_000 + b"]" * 20_000
    yield "dotted.toml", b".".join([b"a"] * 50_000) + b" = 1\n"
    yield "line.csv", b"a,b\n" + b"word " * (10 * MIB) + b",c\n"
    yield "columns.csv", b"a" + b",b" * 2_000_000 + b"\n"
    yield "quotes.csv", b'a,b\n"' + b'""' * 2_000_000 + b"\n"
    yield "braces.rtf", b"{\\rtf1 " + b"{" * 1_000_000
    yield "binary.rtf", b"{\\rtf1 {\\pict\\bin99999999999 x}}"
    yield "controls.rtf", b"{\\rtf1 " + b"\\b" * 1_000_000 + b"}"
    yield "hex.rtf", b"{\\rtf1 " + b"\\'e4" * 500_000 + b"}"
    for name, text in (
        ("a at", b"a" * 1_000_000 + b"@"), ("dots", b"a." * 500_000), ("digits", b"1" * 1_000_000),
        ("spaced digits", b"1 " * 500_000), ("dashes", b"-" * 1_000_000), ("dashed", b"1-" * 500_000),
        ("base64", b"QUJD" * 1_000_000), ("spaces", b" " * 2_000_000), ("lines", b"\n" * 2_000_000),
        ("slashes", b"http://" * 200_000), ("words", b"Mr Smith " * 200_000), ("escapes", b"\\u0041" * 200_000),
        ("percents", b"%41" * 500_000), ("colons", b"a:" * 500_000), ("keys", b"password=" * 100_000),
        ("one character", "张".encode() * 500_000), ("joiners", b"a\xe2\x80\x8b" * 300_000),
        ("marks", b"e" + b"\xcc\x81" * 500_000), ("addresses", b"1.2.3.4." * 200_000), ("at signs", b"@" * 1_000_000),
        ("commas", b"a," * 500_000), ("brackets", b"([{<" * 200_000), ("dates", b"2020-01-01-" * 100_000),
    ):  # fmt: skip
        yield f"{name}.txt", text
    yield "one line.txt", b"lorem ipsum dolor sit amet " * 400_000


def _json_in_json(levels: int) -> bytes:
    text = '{"a": "b"}'
    for _ in range(levels):
        text = json.dumps({"a": text})
    return text.encode()


def _database(*statements: str) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        return connection.serialize()


def _containers() -> Iterator[tuple[str, bytes]]:
    yield (
        "deep mail.eml",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\nMIME-Version: 1.0\r\nFrom: a@b.example\r\n\r\n--b%d\r\n"
            % (n, n)
            for n in range(3_000)
        ),
    )
    yield (
        "headers.eml",
        b"From: a@b.example\r\nTo: c@d.example\r\nDate: today\r\n"
        + b"X-A: b\r\n" * 100_000
        + b"\r\nhello\r\n",
    )
    yield (
        "folded.eml",
        b"From: a@b.example\r\nTo: c@d.example\r\nSubject: a\r\n"
        + b" b\r\n" * 200_000
        + b"\r\nhello\r\n",
    )
    word = b"=?utf-8?Q?a?= " * 50_000
    yield (
        "words.eml",
        b"From: a@b.example\r\nTo: c@d.example\r\nDate: x\r\nSubject: "
        + word
        + b"\r\n\r\nhello\r\n",
    )
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    yield (
        "parts.eml",
        b"From: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + part * 12_000
        + b"--b--\r\n",
    )
    yield (
        "folded.ics",
        b"BEGIN:VCALENDAR\r\nSUMMARY:a\r\n" + b" b\r\n" * 300_000 + b"END:VCALENDAR\r\n",
    )
    yield "deep.ics", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 50_000
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for number in range(11_000):
            archive.addfile(tarfile.TarInfo(f"{number}.txt"))
    yield "many.tar", stream.getvalue()
    member = tarfile.TarInfo("large.txt")
    member.size = 8**11 - 1
    yield "large.tar", member.tobuf() + bytes(1024)
    yield (
        "generated.db",
        _database(
            "CREATE TABLE t(a, b AS (length(zeroblob(900000000))))", "INSERT INTO t(a) VALUES('x')"
        ),
    )
    yield (
        "endless view.db",
        _database(
            "CREATE TABLE t(a)",
            "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT * FROM c",
        ),
    )
    yield (
        "base64.json",
        json.dumps({"file": base64.b64encode(nested("a.txt", b"hello", 8)).decode()}).encode(),
    )
    yield "nine deep.zip", nested("a.txt", b"hello", 9)
