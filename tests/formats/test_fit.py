"""Files made longer by room that their readers pass over, or shorter by closer packing.

Each kind is made by its own library and read again by it, never by the code under test alone.
"""

import bz2
import csv
import email
import gzip
import io
import json
import lzma
import random
import shutil
import sqlite3
import struct
import subprocess
import tarfile
import zipfile
import zlib
from contextlib import closing

import docx
import icalendar
import lxml.etree
import lxml.html
import nbformat
import odfdo
import olefile
import openpyxl
import pikepdf
import pptx
import py7zr
import pypdf
import pypdfium2
import pytest
import xlrd
import xlwt
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pdfminer.high_level import extract_text
from PIL import Image
from ruamel.yaml import YAML
from striprtf.striprtf import rtf_to_text
from support import outlook, pdfs, pictures

from gateway.errors import CannotEdit
from gateway.formats import format_names, open_document
from gateway.formats._convert import libreoffice
from gateway.formats._fit import fitted, padded, why_not
from gateway.formats._ledger import Ledger
from gateway.formats._ole.cfb import ROOT, STREAM, Node
from gateway.formats._ole.cfb import read_compound as compound
from gateway.formats._ole.cfb_write import write_compound
from gateway.model import Hint

WORDS = "The parcel leaves on Monday"
MEMBERS = {"a.txt": f"{WORDS}\n".encode() * 40, "b/c.bin": random.Random(1).randbytes(900)}


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# ---- one file of each kind, made by its own library -------------------------------------------


def zipped(members, method=zipfile.ZIP_DEFLATED, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
        archive.comment = comment
    return stream.getvalue()


def piped(members):
    """A zip written to a pipe: sizes stand behind the members."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.parts = []

        def writable(self):
            return True

        def write(self, data):
            self.parts.append(bytes(data))
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return b"".join(pipe.parts)


def word():
    document = docx.Document()
    for _ in range(6):
        document.add_paragraph(WORDS)
    return saved(document)


def sheet():
    book = openpyxl.Workbook()
    for _ in range(6):
        book.active.append([WORDS, 12.5])
    return saved(book)


def slides():
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = WORDS
    return saved(show)


def open_text():
    document = odfdo.Document("text")
    document.body.clear()
    document.body.append(odfdo.Paragraph(WORDS))
    return saved(document)


def book():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("text.xhtml", f"<html><body><p>{WORDS}</p></body></html>")
    return stream.getvalue()


def page(**how):
    """A PDF by reportlab, saved once more by qpdf, as the gateway does."""
    plain = pdfs.drawn(WORDS)
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        pdf.save(stream, **how)
    return stream.getvalue()


def photo(kind, **how):
    return pictures.packed(pictures.drawn([WORDS]), kind, **how)


def moving(kind):
    frames = [pictures.drawn([WORDS], ink=ink, width=400) for ink in ("black", "red")]
    return pictures.packed(frames[0], kind, save_all=True, append_images=frames[1:])


def taped():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in MEMBERS.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def seven():
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w") as archive:
        for name, content in MEMBERS.items():
            archive.writestr(content, name)
    return stream.getvalue()


def old_sheet(rows=60):
    old = xlwt.Workbook()
    page = old.add_sheet("One")
    for row in range(rows):
        page.write(row, 0, f"{WORDS} {row}")
    return saved(old)


def database(*pragmas, rows=50):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE t(a)")
        connection.executemany("INSERT INTO t VALUES(?)", [(WORDS,)] * rows)
        return connection.serialize()


def letter(body=WORDS, **headers):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "hello"
    message.set_content(body)
    message.add_attachment(MEMBERS["b/c.bin"], maintype="application", subtype="x", filename="c")
    return message.as_bytes(policy=email.policy.SMTP)


# ---- what their own libraries read in them ------------------------------------------------------


def read_zip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read_book(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
        assert ("mimetype", 0, b"") == (first.filename, first.header_offset, first.extra)
        assert b"mimetypeapplication/epub+zip" == data[30 : 30 + 28]
    return read_zip(data)


def read_word(data):
    return [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]


def read_sheet(data):
    return [*openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


def read_slides(data):
    return [s.text for page in pptx.Presentation(io.BytesIO(data)).slides for s in page.shapes]


def read_open_text(data):
    return odfdo.Document(io.BytesIO(data)).body.get_formatted_text()


def read_pdf(data):
    document = pypdfium2.PdfDocument(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert [] == pdf.check_pdf_syntax()
    seen = document[0].get_textpage().get_text_bounded()
    reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
    return seen, reader.pages[0].extract_text(), extract_text(io.BytesIO(data))


def read_picture(data):
    with Image.open(io.BytesIO(data)) as picture:
        frames = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            picture.load()
            frames.append((picture.mode, picture.size, picture.convert("RGBA").tobytes()))
        return frames


def read_xz(data):
    with lzma.open(io.BytesIO(data)) as stream:
        return stream.read()


def read_tar(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive.getmembers()}


def read_seven(data):
    with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.reset()
        factory = py7zr.io.BytesIOFactory(1 << 20)
        archive.extractall(factory=factory)
        return {name: product.read() for name, product in factory.products.items()}


def read_compound(data):
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_POTENTIAL) as ole:
        assert [] == ole.parsing_issues
        return {tuple(path): ole.openstream(path).read() for path in ole.listdir()}


def read_old_sheet(data):
    page = xlrd.open_workbook(file_contents=data, logfile=io.StringIO()).sheet_by_index(0)
    return [page.row_values(row) for row in range(page.nrows)], read_compound(data)


def read_database(data):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        return connection.execute("SELECT * FROM t").fetchall()


def read_letter(data):
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return dict(message.items()), parts


def read_rows(data):
    return [row for row in csv.reader(io.StringIO(data.decode(), newline="")) if row]


def read_lines(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def read_text(data):
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8").rstrip()


def read_calendar(data):
    return icalendar.Calendar.from_ical(data).to_ical()


CELLS = f"name,note\r\nAnn,{WORDS}\r\n李晓梅,b\r\n".encode()
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20250101T000000Z"
    f"\r\nSUMMARY:{WORDS}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
).encode()
NOTEBOOK = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(WORDS)]))
RTF = b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0 " + WORDS.encode() + b"\\par}\r\n\0"

# kind: makers, a reader, and the sizes that fit: a step, and the least
EVERY = (1, 1)
FAMILIES = {
    "zip": ([zipped(MEMBERS), zipped(MEMBERS, comment=b"kept"), piped(MEMBERS)], read_zip, EVERY),
    "zip stored": ([zipped(MEMBERS, zipfile.ZIP_STORED)], read_zip, EVERY),
    "docx": ([word()], read_word, EVERY),
    "xlsx": ([sheet()], read_sheet, EVERY),
    "pptx": ([slides()], read_slides, EVERY),
    "odt": ([open_text()], read_open_text, EVERY),
    "epub": ([book()], read_book, EVERY),
    "pdf": (
        [page(), page(object_stream_mode=pikepdf.ObjectStreamMode.generate), page(linearize=True)],
        read_pdf,
        EVERY,
    ),
    "png": ([photo("PNG"), photo("PNG", optimize=True), moving("PNG")], read_picture, EVERY),
    "jpeg": ([photo("JPEG"), photo("JPEG", progressive=True, dpi=(9, 9))], read_picture, EVERY),
    "gif": ([photo("GIF"), moving("GIF")], read_picture, EVERY),
    "webp": ([photo("WEBP"), photo("WEBP", lossless=True), moving("WEBP")], read_picture, EVERY),
    "tiff": ([photo("TIFF"), photo("TIFF", compression="tiff_lzw")], read_picture, EVERY),
    "bmp": ([photo("BMP")], read_picture, EVERY),
    "gz": ([gzip.compress(MEMBERS["a.txt"])], gzip.decompress, EVERY),
    "xz": ([lzma.compress(MEMBERS["a.txt"])], read_xz, (4, 4)),
    "bz2": ([bz2.compress(MEMBERS["a.txt"])], bz2.decompress, (14, 14)),
    "zst": (
        [zstandard.compress(MEMBERS["a.txt"])],
        lambda data: zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read(),
        (1, 8),
    ),
    "tar": ([taped()], read_tar, (512, 512)),
    "7z": ([seven()], read_seven, EVERY),
    "xls": ([old_sheet()], read_old_sheet, (512, 512)),
    "msg": ([outlook.msg(properties={0x0037: WORDS})], read_compound, (512, 512)),
    "sqlite": (
        [database("page_size = 512"), database("page_size = 512", "auto_vacuum = FULL")],
        read_database,
        (512, 512),
    ),
    "text": (
        [WORDS.encode(), f"{WORDS}\n".encode(), f"{WORDS}\r\n{WORDS}\r\n".encode()],
        read_text,
        EVERY,
    ),
    "text wide": ([f"{WORDS}\r\n".encode("utf-16")], read_text, (2, 2)),
    "csv": ([CELLS, CELLS.replace(b"\r\n", b"\n").rstrip()], read_rows, EVERY),
    "json": ([json.dumps([WORDS, 1]).encode(), f'{{"a": "{WORDS}"}}\n'.encode()], json.loads, EVERY),
    "ndjson": ([f'{{"a": "{WORDS}"}}\n{{"a": 1}}\n'.encode(), b"[1]\r\n[2]\r\n"], read_lines, EVERY),
    "ipynb": ([NOTEBOOK.encode()], lambda data: nbformat.reads(data.decode(), 4), EVERY),
    "xml": (
        [f"<?xml version='1.0'?>\n<a b='c'>{WORDS}</a>\n".encode()],
        lambda data: lxml.etree.tostring(lxml.etree.fromstring(data)),
        EVERY,
    ),
    "html": (
        [f"<!doctype html><html><body><p>{WORDS}</p></body></html>\n".encode()],
        lambda data: lxml.html.tostring(lxml.html.fromstring(data)).rstrip(),
        EVERY,
    ),
    "yaml": ([f"a: {WORDS}\nb: |\n  c\n".encode()], lambda data: YAML(typ="safe").load(data), EVERY),
    "rtf": ([RTF, RTF.rstrip(b"\r\n\0")], lambda data: rtf_to_text(data.decode("cp1252")), EVERY),
    "eml": ([letter()], read_letter, EVERY),
    "ics": ([CALENDAR], read_calendar, EVERY),
}  # fmt: skip

each_family = pytest.mark.parametrize("family", FAMILIES)


@each_family
@settings(max_examples=25)
@given(gap=st.integers(0, 70_000), choice=st.randoms(use_true_random=False))
@example(gap=1, choice=random.Random(0))
@example(gap=2, choice=random.Random(0))
@example(gap=4, choice=random.Random(0))
@example(gap=11, choice=random.Random(0))
@example(gap=65_535, choice=random.Random(0))
@example(gap=65_536, choice=random.Random(0))
@example(gap=4 * 14 * 512, choice=random.Random(0))
def test_any_size_fits_exactly_and_reads_the_same_or_is_refused(family, gap, choice):
    samples, read, (step, least) = FAMILIES[family]
    data = choice.choice(samples)
    kind = family.partition(" ")[0]
    if gap and (gap < least or gap % step):
        with pytest.raises(CannotEdit, match=f"it is {gap} bytes too short: "):
            padded(data, len(data) + gap, kind)
        return
    new = padded(data, len(data) + gap, kind)
    assert len(data) + gap == len(new)
    assert read(data) == read(new)


@each_family
def test_what_was_made_to_fit_opens_as_the_same_kind_and_says_no_more(family):
    samples, _, (step, _) = FAMILIES[family]
    kind = family.partition(" ")[0]
    hint = Hint("letter.eml" if kind == "eml" else f"a.{kind}")
    for data in samples:
        new = padded(data, len(data) + 8 * step * 1000, kind)
        before, after = open_document(data, hint), open_document(new, hint)
        assert (before.format, list(before.unread)) == (after.format, list(after.unread))
        assert said(before) == said(after)


def said(document):
    return sorted(s.text.strip() for s in document.segments() if s.text.strip())


@each_family
def test_the_filler_is_one_constant_and_nothing_of_the_document(family):
    samples, _, (step, _) = FAMILIES[family]
    kind = family.partition(" ")[0]
    for data in samples:
        for gap in (step * 28, step * 2800):
            once, twice = (padded(data, len(data) + gap, kind) for _ in range(2))
            assert once == twice
            assert once.count(WORDS.encode()) == data.count(WORDS.encode())


def test_every_format_has_room_or_says_why_not():
    assert {f.partition(" ")[0] for f in FAMILIES} <= set(format_names())
    for kind in format_names():
        if why := why_not(kind):
            with pytest.raises(CannotEdit, match=why):
                padded(b"x", 9, kind)
    assert {"multipart", "urlencoded", "tnef"} <= {k for k in format_names() if why_not(k)}
    assert not why_not("docx")


@each_family
def test_nothing_is_cut_off_to_fit(family):
    data = FAMILIES[family][0][0]
    with pytest.raises(CannotEdit, match="1 bytes too long"):
        padded(data, len(data) - 1, family.partition(" ")[0])


@each_family
@settings(max_examples=40)
@given(spoiled=st.randoms(use_true_random=False), gap=st.integers(1, 80_000))
def test_damaged_files_are_refused_or_padded_but_raise_nothing_else(family, spoiled, gap):
    data = bytearray(FAMILIES[family][0][0])
    for _ in range(spoiled.randint(1, 8)):
        data[spoiled.randrange(min(len(data), 600))] = spoiled.randrange(256)
    cut = bytes(data[: spoiled.randint(0, len(data))]) if spoiled.random() < 0.3 else bytes(data)
    try:
        new = fitted(cut, len(cut) + gap, family.partition(" ")[0])
        assert len(cut) + gap == len(new)
        fitted(cut, len(cut) - 1, family.partition(" ")[0])
    except CannotEdit:
        pass


# ---- readers that are programs ----------------------------------------------------------------


def office(data, ending, wanted="txt"):
    return libreoffice.convert(data, ending, wanted, Ledger())


@pytest.mark.skipif(
    not libreoffice.can_convert(), reason="LibreOffice is not here, or cannot be shut in"
)
@pytest.mark.parametrize(
    ("family", "wanted"),
    [
        ("docx", "txt"), ("xlsx", "csv"), ("odt", "txt"), ("rtf", "txt"), ("xls", "csv"),
    ],
)  # fmt: skip
def test_libreoffice_reads_the_same(family, wanted):
    samples, _, (step, _) = FAMILIES[family]
    data = samples[0]
    new = padded(data, len(data) + 200 * step * (1 if step > 1 else 512), family)
    shown = office(new, family, wanted)
    assert WORDS.encode() in shown


@pytest.mark.skipif(not shutil.which("unzip"), reason="unzip is not installed")
@pytest.mark.parametrize("family", ["zip", "zip stored", "docx", "epub"])
@pytest.mark.parametrize("gap", [1, 65_535, 65_536, 65_539, 200_001])
def test_unzip_finds_nothing_wrong(family, gap, tmp_path):
    for number, data in enumerate(FAMILIES[family][0]):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(padded(data, len(data) + gap, family.partition(" ")[0]))
        done = subprocess.run(["unzip", "-t", path], capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout
        assert "No errors detected" in done.stdout


@pytest.mark.parametrize(
    ("family", "command"), [("gz", "gzip"), ("xz", "xz"), ("bz2", "bzip2"), ("zst", "zstd")]
)
def test_the_commands_find_nothing_wrong(family, command, tmp_path):
    if not shutil.which(command):
        pytest.skip(f"{command} is not installed")
    samples, read, _ = FAMILIES[family]
    path = tmp_path / f"a.{family}"
    for gap in (14 * 4, 14 * 4 * 3000):
        path.write_bytes(padded(samples[0], len(samples[0]) + gap, family))
        run = subprocess.run([command, "-dc", path], capture_output=True, check=True)
        assert read(samples[0]) == run.stdout
        assert b"" == run.stderr


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the sqlite3 command is not installed")
@pytest.mark.parametrize("pragma", ["auto_vacuum = NONE", "auto_vacuum = FULL"])
def test_free_pages_are_used_again_by_the_next_writer(pragma, tmp_path):
    data = database("page_size = 1024", pragma)
    path = tmp_path / "a.db"
    path.write_bytes(padded(data, len(data) + 1024 * 700, "sqlite"))
    script = "INSERT INTO t SELECT a FROM t; PRAGMA integrity_check; SELECT count(*) FROM t;"
    done = subprocess.run(["sqlite3", path, script], capture_output=True, text=True, check=True)
    assert ["ok", "100"] == done.stdout.split()
    assert "" == done.stderr


# ---- the places of the room ---------------------------------------------------------------------


def test_a_table_gets_no_new_cell_and_a_line_of_json_stays_one_line():
    assert CELLS + b"\r\n\r\n\n" == padded(CELLS, len(CELLS) + 5, "csv")
    assert b'{"a":1}   \r\n' == padded(b'{"a":1}\r\n', 12, "ndjson")


def test_a_text_that_may_keep_its_last_line_breaks_is_left_alone():
    with pytest.raises(CannotEdit, match="part of a value"):
        padded(b"a: |+\n  b\n", 20, "yaml")


def test_wide_text_has_room_for_whole_characters_only():
    data = "a\n".encode("utf-16-le")
    assert "a\n\n".encode("utf-16-le") == padded(data, 6, "text")
    with pytest.raises(CannotEdit, match="units of 2 bytes"):
        padded(data, 7, "text")


def test_flat_opendocument_is_text():
    data = b"<?xml version='1.0'?><office:document xmlns:office='x'/>"
    assert data + b"  " == padded(data, len(data) + 2, "odt")


def test_a_zip_of_folders_alone_has_its_comment_only():
    data = zipped({"a/": b""})
    assert ["a/"] == [*read_zip(padded(data, len(data) + 512, "zip"))]
    with pytest.raises(CannotEdit, match="no member with room"):
        padded(data, len(data) + 513, "zip")


@pytest.mark.parametrize("family", ["docx", "zip", "zip stored"])
@given(gap=st.integers(0, 200_000))
def test_the_end_of_a_zip_stays_where_libreoffice_looks_for_it(family, gap):
    for data in FAMILIES[family][0]:
        new = padded(data, len(data) + gap, "zip")
        assert new.rfind(b"PK\5\6") >= len(new) - 22 - 512


def test_the_comment_of_a_zip_stays_in_front_of_the_blanks():
    data = zipped(MEMBERS, comment=b"kept")
    with zipfile.ZipFile(io.BytesIO(padded(data, len(data) + 3, "zip"))) as archive:
        assert b"kept   " == archive.comment


def test_a_compound_file_larger_than_its_header_can_list_grows():
    filler = Node(("Pictures",), STREAM, data=random.Random(2).randbytes(512 * 13_950))
    data = write_compound([*compound(old_sheet(rows=10)).nodes, filler])
    for sectors in (2, 127, 128, 300, 20_000):
        new = padded(data, len(data) + 512 * sectors, "xls")
        assert read_compound(data) == read_compound(new)


def test_a_table_of_sectors_that_is_full_has_no_room_for_one_more_alone():
    data = write_compound([Node((), ROOT), Node(("Data",), STREAM, data=bytes(512 * 126))])
    assert 128 == len(data) // 512 - 1
    with pytest.raises(CannotEdit, match="step"):
        padded(data, len(data) + 256, "doc")
    for sectors in (1, 2, 129):
        new = padded(data, len(data) + 512 * sectors, "doc")
        assert read_compound(data) == read_compound(new)


# ---- closer packing ----------------------------------------------------------------------------


def loosely(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


TEXTS = {
    f"{n}.txt": " ".join(random.Random(n).choices(WORDS.split(), k=3000)).encode() for n in range(4)
}


def test_a_zip_that_is_too_long_is_packed_closer_and_what_redaction_wrote_first():
    original = loosely(TEXTS)
    changed = {**TEXTS, "2.txt": TEXTS["2.txt"].replace(b"parcel", b"[PARCEL]")}
    data = loosely(changed)
    size = len(data) - 20
    new = fitted(data, size, "zip", original)
    assert (size, changed) == (len(new), read_zip(new))
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(new)) as packed:
        other = [
            info.filename
            for info in old.infolist()
            if info.compress_size != packed.getinfo(info.filename).compress_size
        ]
    assert ["2.txt"] == other


def test_a_zip_uses_all_its_members_where_one_is_not_enough():
    data = loosely(TEXTS)
    least = len(zipped(TEXTS)) + 200
    assert least < len(data)
    new = fitted(data, least, "zip", data)
    assert (least, TEXTS) == (len(new), read_zip(new))


def test_the_type_of_a_book_is_never_compressed():
    data = book()
    with pytest.raises(CannotEdit, match="too long"):
        fitted(data, 100, "epub")
    new = fitted(data, len(data) + 70_000, "epub")
    assert read_book(data) == read_book(new)


@pytest.mark.parametrize("kind", ["pdf", "png", "gz", "xz", "zst"])
def test_other_kinds_are_packed_closer_too(kind):
    rows = b"".join(TEXTS.values())
    noisy = pictures.drawn([WORDS] * 30)
    data, read = {
        "pdf": (page(compress_streams=False), read_pdf),
        "png": (pictures.packed(noisy, "PNG", compress_level=1), read_picture),
        "gz": (gzip.compress(rows, 1), gzip.decompress),
        "xz": (lzma.compress(rows, preset=0), read_xz),
        "zst": (zstandard.compress(rows, 1), FAMILIES["zst"][1]),
    }[kind]
    size = len(data) - 16
    new = fitted(data, size, kind)
    assert size == len(new)
    assert read(data) == read(new)


def test_packing_a_pdf_closer_leaves_no_setting_behind():
    data = page(compress_streams=False)
    before = page(recompress_flate=True)
    fitted(data, len(data) - 16, "pdf")
    assert before == page(recompress_flate=True)


def test_a_jpeg_that_is_too_long_is_refused_not_spoiled():
    data = photo("JPEG")
    with pytest.raises(CannotEdit, match="1 bytes too long"):
        fitted(data, len(data) - 1, "jpeg")


def test_a_picture_keeps_its_checksums():
    data = padded(photo("PNG"), len(photo("PNG")) + 5000, "png")
    at = 8
    while at < len(data) - 8:
        (size,) = struct.unpack_from(">I", data, at)
        body = data[at + 4 : at + 8 + size]
        assert zlib.crc32(body) == int.from_bytes(data[at + 8 + size :][:4])
        at += 12 + size
