"""PDF: pictures in it, and pages that become pictures: what is painted out, and what stays."""

import io

import pikepdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from support.pdfs import HINT, TRUETYPE, drawn, pdfium_text

from gateway.errors import LimitExceeded
from gateway.formats import Ledger, open_document
from gateway.formats._images.reading import read_pixels
from gateway.model import Edit, Role, Rung
from gateway.settings import Limits

NAME = "MARIA KELLER"


def _scan(*lines: str, mode: str = "L") -> Image.Image:
    picture = Image.new("L", (1000, 60 + 80 * len(lines)), 255)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        draw.text((40, 30 + 80 * row), line, fill=0, font=ImageFont.load_default(44))
    return picture.convert(mode)


def _page(
    picture: Image.Image, *, layer: tuple[str, int, int] | None = None, jpeg: bool = False
) -> bytes:
    """A page of 500 points with a picture over its whole width, and perhaps an invisible word."""
    height = 500 * picture.height // picture.width
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(500, height), invariant=True)
    file = io.BytesIO()
    picture.save(file, "JPEG" if jpeg else "PNG", quality=90)
    if layer:
        text = page.beginText(layer[1], layer[2])
        text.setFont("Helvetica", 22)
        text.setTextRenderMode(3)
        text.textOut(layer[0])
        page.drawText(text)
    page.drawImage(ImageReader(io.BytesIO(file.getvalue())), 0, 0, 500, height)
    page.save()
    return out.getvalue()


def _read(data: bytes) -> str:
    picture = pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil()
    return " ".join(block.text for block in read_pixels(picture).blocks)


def _edit(data: bytes, value: str) -> tuple[bytes, Rung]:
    ledger = Ledger()
    document = open_document(data, HINT, ledger=ledger)
    assert [] == list(document.unread)
    edits = [
        Edit(index, at, at + len(value), "[GONE]")
        for index, segment in enumerate(document.segments())
        if (at := segment.text.find(value)) >= 0
    ]
    assert edits
    return document.apply(edits), ledger.rung


@pytest.mark.parametrize(
    ("mode", "jpeg"),  # JPEG has neither palettes nor single bits
    [("L", False), ("L", True), ("RGB", False), ("RGB", True), ("1", False), ("P", False)],
)
def test_name_in_a_picture_is_painted_out_and_the_rest_stays(mode: str, jpeg: bool) -> None:
    data = _page(_scan(f"Dear {NAME} again", "Kind regards", mode=mode), jpeg=jpeg)
    redacted, rung = _edit(data, NAME)
    assert Rung.NATIVE is rung
    text = _read(redacted)
    assert "KELLER" not in text
    assert "Kind regards" in text


def test_picture_longer_than_a_page_may_be_is_read_and_keeps_its_size() -> None:
    long = Image.new("L", (600, 15_001), 255)
    long.paste(_scan(NAME).crop((0, 0, 600, 120)), (0, 14_000))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(100, 2500), invariant=True)
    file = io.BytesIO()
    long.save(file, "PNG")
    page.drawImage(ImageReader(file), 0, 0, 100, 2500)
    page.save()
    redacted, rung = _edit(out.getvalue(), NAME)
    assert Rung.NATIVE is rung
    with pikepdf.open(io.BytesIO(redacted)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.values()
        assert (600, 15_001) == (image.Width, image.Height)


def test_stencil_is_painted_out() -> None:
    scan = _scan(NAME, "Kind regards", mode="1")
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(500, 110))
    stream = pdf.make_stream(scan.tobytes())
    stream.Type, stream.Subtype, stream.ImageMask = Name.XObject, Name.Image, True
    stream.Width, stream.Height, stream.BitsPerComponent = scan.width, scan.height, 1
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=stream))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"0 0 0.4 rg q 500 0 0 110 0 0 cm /I Do Q")
    out = io.BytesIO()
    pdf.save(out)
    redacted, _ = _edit(out.getvalue(), NAME)
    assert "KELLER" not in _read(redacted)
    assert "Kind regards" in _read(redacted)


def test_inline_image_is_painted_out() -> None:
    scan = _scan(NAME, "Kind regards")
    header = b"q 500 0 0 110 0 0 cm BI /W %d /H %d /BPC 8 /CS /G /F /AHx ID " % scan.size
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(500, 110))
    content = header + scan.tobytes().hex().encode() + b"> EI Q"
    pdf.pages[0].obj.Contents = pdf.make_stream(content)
    out = io.BytesIO()
    pdf.save(out)
    redacted, _ = _edit(out.getvalue(), NAME)
    assert "KELLER" not in _read(redacted)
    assert "Kind regards" in _read(redacted)


def test_word_of_the_invisible_layer_takes_the_pixels_under_it_along() -> None:
    """The layer knows a name that OCR may not read; both must go."""
    data = _page(_scan(NAME, "Kind regards"), layer=("ANOTHER NAME", 20, 84))
    redacted, _ = _edit(data, "ANOTHER NAME")
    assert "ANOTHER" not in pdfium_text(redacted)
    assert "KELLER" not in _read(redacted)
    assert "Kind regards" in _read(redacted)


def test_paint_in_a_picture_takes_the_invisible_words_over_it_along() -> None:
    data = _page(_scan(NAME, "Kind regards"), layer=("MAR1A KE11ER", 20, 84))
    redacted, _ = _edit(data, NAME)
    assert "KE11ER" not in pdfium_text(redacted)
    assert "KELLER" not in _read(redacted)


def test_text_across_tiles_is_read_and_the_page_becomes_a_picture() -> None:
    scan = _scan(f"Dear {NAME} again", "Kind regards")
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(500, 110), invariant=True)
    for strip in range(11):  # each is lower than a line
        part = scan.crop((0, strip * 20, 1000, strip * 20 + 20))
        page.drawImage(ImageReader(part), 0, 110 - 10 * (strip + 1), 500, 10)
    page.save()
    redacted, rung = _edit(out.getvalue(), NAME)
    assert Rung.RASTERED is rung
    assert "KELLER" not in _read(redacted)
    assert "Kind regards" in _read(redacted)


def _outlined(beside: bytes = b"") -> bytes:
    """A name as filled outlines, without a font."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    font = TTFont(TRUETYPE)
    glyphs, cmap = font.getGlyphSet(), font.getBestCmap()
    content, x = [], 20.0
    for char in NAME + " OF HAMBURG":
        glyph = glyphs[cmap[ord(char)]]
        pen = DecomposingRecordingPen(glyphs)
        glyph.draw(pen)
        content.append(f"q 0.01 0 0 0.01 {x:.2f} 40 cm")
        for operator, points in pen.value:
            numbers = " ".join(f"{px} {py}" for px, py in points)
            if operator == "qCurveTo":
                for at in range(len(points) - 1):
                    px, py = points[at]
                    qx, qy = points[at + 1]
                    last = at == len(points) - 2
                    ex, ey = (qx, qy) if last else ((px + qx) / 2, (py + qy) / 2)
                    content.append(f"{px} {py} {ex} {ey} v")
            else:
                content.append(
                    {"moveTo": f"{numbers} m", "lineTo": f"{numbers} l"}.get(operator, "h")
                )
        content.append("f Q")
        x += glyph.width * 0.01
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(480, 100))
    pdf.pages[0].obj.Contents = pdf.make_stream("\n".join(content).encode() + beside)
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=helvetica))
    pdf.pages[0].obj.Rotate = 90
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_name_drawn_as_outlines_is_found_and_the_page_becomes_a_picture() -> None:
    redacted, rung = _edit(_outlined(), NAME)
    assert Rung.RASTERED is rung
    assert "KELLER" not in _read(redacted)
    assert "HAMBURG" in _read(redacted)
    before, after = (pypdfium2.PdfDocument(data)[0] for data in (_outlined(), redacted))
    assert before.get_size() == after.get_size()
    assert before.get_rotation() == after.get_rotation()


def test_name_drawn_as_outlines_is_found_beside_plenty_of_text() -> None:
    text = b" BT /F1 8 Tf 20 90 Td (%s) Tj ET" % (b"The garden committee met again. " * 3)
    redacted, rung = _edit(_outlined(text), NAME)
    assert Rung.RASTERED is rung
    assert "KELLER" not in _read(redacted)


def _with_sign(text: bytes, codes: bytes) -> bytes:
    """A line in Helvetica, and glyphs of a composite font that no map translates."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(500, 120))
    system = Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0)
    program = pdf.make_stream(TRUETYPE.read_bytes())
    descriptor = pdf.make_indirect(
        Dictionary(Type=Name.FontDescriptor, FontName=Name("/Vera"), Flags=4, FontFile2=program)
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/Vera"),
        CIDSystemInfo=system,
        FontDescriptor=descriptor,
        CIDToGIDMap=Name.Identity,
        DW=700,
    )
    composite = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/Vera"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
    )
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].obj.Resources = Dictionary(
        Font=Dictionary(F1=pdf.make_indirect(helvetica), F2=pdf.make_indirect(composite))
    )
    content = b"BT /F1 20 Tf 20 70 Td (%s) Tj 0 -40 Td /F2 20 Tf <%s> Tj ET" % (text, codes)
    pdf.pages[0].obj.Contents = pdf.make_stream(content)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_one_sign_that_no_map_translates_is_an_ornament() -> None:
    document = open_document(_with_sign(b"Dear MARIA KELLER", b"0040"), HINT)
    assert [] == list(document.unread)
    assert [] == [s.text for s in document.segments() if s.role is Role.PICTURE]


def test_page_with_signs_that_no_map_translates_stays_text_if_editing_is_enough() -> None:
    data = _with_sign(b"Dear MARIA KELLER, thank you", b"00400041004200430044")
    pictured = [s.text for s in open_document(data, HINT).segments() if s.role is Role.PICTURE]
    assert any(NAME in text for text in pictured)
    redacted, rung = _edit(data, NAME)
    assert Rung.NATIVE is rung
    assert "thank you" in pdfium_text(redacted)
    assert "KELLER" not in pdfium_text(redacted)
    assert "KELLER" not in _read(redacted)


def test_page_becomes_a_picture_where_editing_leaves_the_name_in_sight() -> None:
    font = TTFont(TRUETYPE)
    cmap = font.getBestCmap()
    codes = "".join(f"{font.getGlyphID(cmap[ord(char)]):04X}" for char in NAME)
    data = _with_sign(b"Dear MARIA KELLER, thank you", codes.encode())
    redacted, rung = _edit(data, NAME)
    assert Rung.RASTERED is rung
    assert "KELLER" not in _read(redacted)
    assert "thank you" in _read(redacted)


def test_scan_that_cannot_be_read_in_time_is_refused_by_its_pages() -> None:
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(500, 500), invariant=True)
    for number in range(3):
        file = io.BytesIO()
        picture = Image.new("L", (1000, 1000), 255)
        picture.putpixel((number, 1), 0)
        picture.save(file, "PNG")
        page.drawImage(ImageReader(file), 0, 0, 500, 500)
        page.showPage()
    page.save()
    limits = Limits(wall_seconds=0, cpu_seconds=0)
    with pytest.raises(LimitExceeded, match="3 scanned pages"):
        open_document(out.getvalue(), HINT, limits)


def test_picture_on_several_pages_is_read_once_and_changed_everywhere() -> None:
    scan = _scan(NAME)
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(500, 70), invariant=True)
    for _ in range(3):
        page.drawImage(ImageReader(scan), 0, 0, 500, 70)
        page.showPage()
    page.save()
    document = open_document(out.getvalue(), HINT)
    assert 1 == sum(NAME in s.text for s in document.segments() if s.role is Role.PICTURE)
    redacted, _ = _edit(out.getvalue(), NAME)
    for index in range(3):
        picture = pypdfium2.PdfDocument(redacted)[index].render(scale=2).to_pil()
        assert "KELLER" not in " ".join(b.text for b in read_pixels(picture).blocks)


def test_signature_goes_when_the_file_is_touched_and_it_is_said() -> None:
    with pikepdf.open(io.BytesIO(drawn("signed by Maria Keller today"))) as pdf:
        signature = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]))
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, V=pdf.make_indirect(signature)))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
        out = io.BytesIO()
        pdf.save(out)
    redacted, rung = _edit(out.getvalue(), "Maria")
    assert Rung.DROPPED is rung
    assert b"ByteRange" not in redacted
    with pikepdf.open(io.BytesIO(redacted)) as pdf:
        assert "/V" not in pdf.Root.AcroForm.Fields[0]


def test_makers_and_dates_are_traces_and_leave_no_entry() -> None:
    with pikepdf.open(io.BytesIO(drawn("text"))) as pdf:
        pdf.docinfo["/Author"] = "Maria"
        with pdf.open_metadata() as xmp:
            xmp["dc:creator"] = ["Maria"]
        out = io.BytesIO()
        pdf.save(out)
    document = open_document(out.getvalue(), HINT)
    traces = [(i, s) for i, s in enumerate(document.segments()) if s.role is Role.TRACE]
    new = document.apply([Edit(index, 0, len(s.text), "") for index, s in traces])
    with pikepdf.open(io.BytesIO(new)) as pdf:
        assert "/Metadata" not in pdf.Root
        assert {"/Author", "/Creator", "/Producer", "/CreationDate", "/ModDate"}.isdisjoint(
            pdf.docinfo.keys()
        )
    assert b"Maria" not in new
