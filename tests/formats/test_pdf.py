"""PDF: what is one is known, what cannot be read is said, text is read as people read it."""

import io
import re
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table
from support.pdfs import CHINESE, ENGLISH, HINT, drawn, extracted, from_content, redact, segments_of

from gateway.errors import Unreadable
from gateway.formats import Ledger, open_document
from gateway.formats._base import Opener
from gateway.formats._open import _Opener
from gateway.formats._pdf.read import read_pdf
from gateway.formats._pdf.second import disagrees
from gateway.formats.pdf import FORMAT
from gateway.model import Hint, Role


def _opener() -> Opener:
    return _Opener(Ledger(), 1, 1_000_000)


def body(data: bytes) -> list[str]:
    return [segment.text for segment in segments_of(data) if segment.part.startswith("page")]


def test_header_at_the_start_is_certain_and_a_name_alone_is_not() -> None:
    assert 1.0 == FORMAT.score(b"%PDF-1.7\n", Hint())
    assert 0.6 == FORMAT.score(b"\n\n%PDF-1.7\n", Hint())
    assert 0.5 == FORMAT.score(b"hello", Hint("a.pdf"))
    assert 0 > FORMAT.score(b"hello", Hint("a.txt"))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4 garbage" * 50, b"hello"])
def test_damaged_file_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable, match="damaged PDF"):
        open_document(data, HINT)


def test_looped_page_tree_is_unreadable() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Pages.Kids = Array([pdf.Root.Pages])
    out = io.BytesIO()
    pdf.save(out)
    with pytest.raises(Unreadable, match="damaged PDF"):
        open_document(out.getvalue(), HINT)


def _encrypted(user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn(ENGLISH))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


def test_file_with_a_password_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="encrypted"):
        open_document(_encrypted("user"), HINT)


def test_file_that_only_its_owner_protects_is_read_and_written_in_clear() -> None:
    data = _encrypted("")
    assert ENGLISH in body(data)
    redacted = redact(data, "Maria Keller")
    with pikepdf.open(io.BytesIO(redacted)) as pdf:
        assert not pdf.is_encrypted
    assert all("Maria" not in text for text in extracted(redacted))


# --- reading ---------------------------------------------------------------------------------


def test_line_is_one_segment() -> None:
    assert [ENGLISH] == body(drawn(ENGLISH))


@pytest.mark.parametrize("font", ["STSong-Light"])
def test_chinese_line_is_one_segment(font: str) -> None:
    assert [CHINESE] == body(drawn(CHINESE, font=font))


def test_embedded_truetype_font_is_read_by_its_unicode_map() -> None:
    assert ["Zoë Müller naïve"] == body(drawn("Zoë Müller naïve", font="Vera"))


def test_kerned_pieces_are_one_word_and_gaps_are_spaces() -> None:
    content = b"BT /F1 12 Tf 50 700 Td [(Ma) 40 (ri) -30 (a) -300 (Kel) 20 (ler)] TJ ET"
    assert ["Maria Keller"] == body(from_content(content))


def test_wrapped_paragraph_is_one_segment_with_spaces() -> None:
    out = io.BytesIO()
    text = "The quick brown fox jumps over the lazy dog and " * 6 + "meets Maria Keller again."
    SimpleDocTemplate(out, invariant=True).build([Paragraph(text)])
    assert [text] == body(out.getvalue())


def test_wrapped_chinese_paragraph_is_joined_without_spaces() -> None:
    out = io.BytesIO()
    style = ParagraphStyle("zh", fontName="STSong-Light", wordWrap="CJK", fontSize=11, leading=15)
    text = CHINESE * 8
    SimpleDocTemplate(out, invariant=True).build([Paragraph(text, style)])
    assert [text] == [text for text in body(out.getvalue()) if len(text) > 100]


def test_word_broken_with_a_hyphen_is_whole() -> None:
    content = (
        b"BT /F1 12 Tf 14 TL 50 700 Td (A long line that ends in Kel-) Tj T* (ler and more) Tj ET"
    )
    assert ["A long line that ends in Keller and more"] == body(from_content(content))


def test_hyphen_goes_with_the_word_it_breaks() -> None:
    content = (
        b"BT /F1 12 Tf 14 TL 50 700 Td (A long line that ends in Kel-) Tj T* (ler and more) Tj ET"
    )
    redacted = redact(from_content(content), "Keller")
    for text in extracted(redacted):
        assert not {"-", "Kel", "ler"} & {
            text[at : at + n] for at in range(len(text)) for n in (1, 3)
        }
        assert "A long line that ends in" in text
        assert "and more" in text


def test_number_broken_over_lines_is_whole_in_a_segment_of_its_own() -> None:
    content = b"BT /F1 12 Tf 14 TL 50 700 Td (please transfer it to 110105) Tj T* (194912310021 at once) Tj ET"
    assert "110105194912310021" in body(from_content(content))


def test_columns_of_a_table_are_apart_and_know_what_stands_left() -> None:
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=True).build(
        [Table([["Name", "Maria Keller"], ["Phone", "13800138000"]], colWidths=[150, 200])]
    )
    found = {" ".join(s.text.split()): s.context for s in segments_of(out.getvalue())}
    assert () == found["Name Phone"]
    assert ("Name",) == found["Maria Keller 13800138000"]
    assert "Name Maria Keller" in found


def test_text_drawn_in_another_order_is_given_in_both_orders() -> None:
    content = b"BT /F1 12 Tf 1 0 0 1 150 700 Tm (Keller) Tj 1 0 0 1 115 700 Tm (Maria) Tj ET"
    texts_found = body(from_content(content))
    assert "Maria Keller" in texts_found
    assert "Keller Maria" in texts_found


def test_invisible_text_is_read_as_hidden() -> None:
    segments = segments_of(from_content(b"BT /F1 12 Tf 3 Tr 50 700 Td (Maria) Tj ET"))
    assert [("Maria", Role.HIDDEN)] == [
        (segment.text, segment.role) for segment in segments if segment.part == "page 1"
    ]


def test_rotated_and_mirrored_text_is_read() -> None:
    content = (
        b"BT /F1 12 Tf 0 1 -1 0 300 300 Tm (upwards here) Tj ET"
        b" q 1 0 0 -1 0 800 cm BT /F1 -12 Tf -100 Tz 50 100 Td (flipped) Tj ET Q"
    )
    assert {"upwards here", "flipped"} <= set(body(from_content(content)))


def test_ligatures_and_radicals_read_as_plain_characters() -> None:
    cmap = b"1 beginbfchar <41> <FB03> endbfchar 1 beginbfchar <42> <2F00> endbfchar"
    pdf = pikepdf.new()
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        ToUnicode=pdf.make_stream(cmap),
    )
    pdf.add_blank_page()
    pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"BT /F1 12 Tf 50 700 Td (oAce B) Tj ET")
    out = io.BytesIO()
    pdf.save(out)
    assert ["office 一"] == body(out.getvalue())


def _unmapped() -> bytes:
    """A page with a line in Helvetica whose letters are mapped to control characters."""
    cmap = b"1 beginbfrange <41> <5A> <0001> endbfrange"
    pdf = pikepdf.new()
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, ToUnicode=pdf.make_stream(cmap)
    )
    pdf.add_blank_page(page_size=(400, 120))
    pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"BT /F1 24 Tf 20 50 Td (MARIA KELLER) Tj ET")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_text_in_a_font_without_a_unicode_map_is_read_from_the_page_as_a_picture() -> None:
    document = open_document(_unmapped(), HINT)
    assert [] == list(document.unread)
    pictured = [s.text for s in document.segments() if s.role is Role.PICTURE]
    assert "MARIA KELLER" in pictured


def test_images_are_opened_and_small_ones_are_decoration() -> None:
    def page(width: int) -> bytes:
        picture = Image.new("L", (width, width), 255)
        picture.paste(0, (0, 0, width // 2, width))
        pixels = picture.tobytes().hex().encode()
        header = f"q 50 0 0 50 50 50 cm BI /W {width} /H {width} /BPC 8 /CS /G /F /AHx ID "
        return from_content(header.encode() + pixels + b"> EI Q BT /F1 9 Tf (after) Tj ET")

    for width, pictures in ((20, 0), (40, 1)):
        with pikepdf.open(io.BytesIO(page(width))) as pdf:
            assert 1 == len(pdf.pages)
        contents = read_pdf(page(width), _opener())
        assert pictures == len(contents.pictures)
        assert [] == contents.children.unread
    assert ["after"] == body(page(40))


def test_text_that_only_the_second_reader_sees_is_read_from_it() -> None:
    """An update frees the content stream; qpdf takes it as empty, pdfium shows it all the same."""
    data = from_content(b"BT /F1 12 Tf 50 700 Td (visible words) Tj ET")
    assert [] == list(open_document(data, HINT).unread)
    table = re.search(rb"trailer <<(.*?)>>\s*startxref\s+(\d+)", data, re.DOTALL)
    number = re.search(rb"/Contents (\d+) 0 R", data)
    assert table
    assert number
    update = b"xref\n0 1\n0000000000 65535 f \n" + number[1] + b" 1\n0000000000 00001 f \n"
    update += b"trailer <<" + table[1] + b"/Prev " + table[2] + b" >>\nstartxref\n"
    freed = data + update + str(len(data)).encode() + b"\n%%EOF\n"
    document = open_document(freed, HINT)
    assert "visible words" in [s.text for s in document.segments() if "second" in s.part]
    assert not disagrees("visible words here", "Visible  words\r\nhere")
    assert disagrees("visible words", "visible words and Maria")


def test_comment_in_a_small_jpeg_is_read_and_goes_without_a_change_of_pixels() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(picture, "JPEG", comment=b"Maria Keller")
    pdf = pikepdf.new()
    pdf.add_blank_page()
    image = pikepdf.Stream(pdf, picture.getvalue())
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 8, 8
    image.Filter = Name.DCTDecode
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=pdf.make_indirect(image)))
    out = io.BytesIO()
    pdf.save(out)
    assert "Maria Keller" in [segment.text for segment in segments_of(out.getvalue())]
    with pikepdf.open(io.BytesIO(redact(out.getvalue(), "Maria Keller"))) as again:
        new = again.pages[0].obj.Resources.XObject.I.read_raw_bytes()
    assert b"Maria" not in new
    before, after = (Image.open(io.BytesIO(data)) for data in (picture.getvalue(), new))
    assert before.tobytes() == after.tobytes()


def test_names_that_are_not_utf8_do_no_harm() -> None:
    """GBK font names are common in Chinese files; qpdf's bindings stumble over them."""
    name = "宋体".encode("gbk")
    plain = from_content(b"BT /F1 12 Tf 50 700 Td (Maria Keller) Tj ET")
    data = plain.replace(b"/Helvetica", b"/" + b"".join(b"#%02X" % byte for byte in name))
    assert data != plain
    assert ["Maria Keller"] == body(data)
    assert all("Maria" not in text for text in extracted(redact(data, "Maria")))


def test_content_compressed_with_a_broken_filter_is_unread() -> None:
    data = from_content(b"BT ET")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        broken = zlib.compress(b"BT /F1 9 Tf (Maria) Tj ET")[:-10] + b"\xff" * 9
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, broken)
        pdf.pages[0].obj.Contents.Filter = Name("/UnknownDecode")
        out = io.BytesIO()
        pdf.save(out)
    assert "a content stream cannot be decoded" in [
        note.why for note in open_document(out.getvalue(), HINT).unread
    ]


def _table(*cells: tuple[int, int, str]) -> bytes:
    content = b"".join(b"1 0 0 1 %d %d Tm (%s) Tj " % (x, y, text.encode()) for x, y, text in cells)
    return from_content(b"BT /F1 12 Tf " + content + b"ET")


def test_number_that_fills_a_table_cell_and_goes_on_below_is_whole() -> None:
    data = _table(
        *((60, 700, "Ann"), (200, 700, "110105199504058"), (200, 686, "657")),
        *((60, 660, "Bob"), (200, 660, "110105199911179"), (200, 646, "501")),
    )
    assert {"110105199504058657", "110105199911179501"} <= set(body(data))


def test_first_column_is_joined_where_its_lines_stand_closer_than_its_rows() -> None:
    data = _table(*((60, 700, "110105199504058"), (60, 686, "657"), (60, 660, "22")))
    assert "110105199504058657" in body(data)


def test_column_of_numbers_is_not_joined() -> None:
    data = _table(*((60, y, f"13812345{y}") for y in (700, 686, 672)))
    assert not [text for text in body(data) if "700138" in text]
