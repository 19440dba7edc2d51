"""PDF: text is taken out of the streams, the rest stays in place, and a box shows where it was."""

import io
import random

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageChops
from reportlab.pdfgen import canvas
from support.pdfs import (
    CHINESE,
    ENGLISH,
    HINT,
    drawn,
    extracted,
    from_content,
    pdfium_text,
    redact,
    segments_of,
)

from gateway.errors import CannotEdit, Unreadable
from gateway.formats import layers, open_document
from gateway.formats._pdf.standard_fonts import standard_width
from gateway.formats._pdf.syntax import parse_content, texts
from gateway.model import Edit, Hint, Role


@pytest.mark.parametrize(
    ("font", "text", "value"),
    [
        ("Helvetica", ENGLISH, "Maria Keller"),
        ("Times-Roman", ENGLISH, "maria.keller@example.org"),
        ("Vera", ENGLISH, "4711"),
        ("STSong-Light", CHINESE, "张伟"),
        ("STSong-Light", CHINESE, "110105194912310021"),
    ],
)
def test_value_is_gone_and_the_rest_stays(font: str, text: str, value: str) -> None:
    data = drawn("before it", text, "after it", font=font)
    redacted = redact(data, value)
    for found in extracted(redacted):
        assert value not in found
    assert value not in "\n".join(layers(redacted, HINT))
    left = pdfium_text(redacted)
    for rest in text.replace(value, "\0").split("\0"):
        assert "".join(rest.split()) in "".join(left.split())
    assert "before it" in left
    assert "after it" in left


def test_placeholder_is_shown_where_it_fits() -> None:
    redacted = redact(drawn(ENGLISH), "maria.keller@example.org", label="[EMAIL]")
    assert all("[EMAIL]" in text for text in extracted(redacted))


def test_chinese_placeholder_is_shown() -> None:
    redacted = redact(drawn(CHINESE, font="STSong-Light"), "13800138000", label="[电话]")
    assert all("[电话]" in text for text in extracted(redacted))


def _pictures(data: bytes) -> list:
    document = pypdfium2.PdfDocument(data)
    return [page.render(scale=2).to_pil().convert("L") for page in document]


def _rich_page() -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, invariant=True)
    page.setFont("Helvetica", 12)
    page.drawString(60, 760, ENGLISH)
    page.setFont("STSong-Light", 12)
    page.drawString(60, 720, CHINESE)
    page.setFont("Vera", 11)
    page.drawString(60, 690, "Kerned Maria Keller AV To")
    text = page.beginText(60, 650)
    text.setFont("Times-Roman", 13)
    text.setCharSpace(1.5)
    text.setWordSpace(4)
    text.setHorizScale(85)
    text.textLine("Spread out for Maria Keller and others in a row")
    text.setRise(4)
    text.textLine("Raised Maria Keller text")
    page.saveState()
    page.drawText(text)
    page.restoreState()
    page.saveState()
    page.translate(300, 400)
    page.rotate(37)
    page.setFont("Helvetica-Bold", 16)
    page.drawString(0, 0, "Turned Maria Keller by degrees")
    page.restoreState()
    page.beginForm("letterhead")
    page.setFont("Courier", 10)
    page.drawString(0, 0, "From: Maria Keller, Berlin")
    page.endForm()
    page.translate(60, 560)
    page.doForm("letterhead")
    page.translate(0, -30)
    page.scale(1.5, 1.5)
    page.doForm("letterhead")
    page.save()
    return out.getvalue()


def test_page_looks_the_same_outside_of_the_boxes() -> None:
    data = _rich_page()
    redacted = redact(data, "Maria Keller", "13800138000", label="")
    assert all("Keller" not in text for text in extracted(redacted))
    before, after = _pictures(data)[0], _pictures(redacted)[0]
    # Boxes are black: whatever is not black in the new picture must be as it was.
    difference = ImageChops.difference(before, after)
    outside = after.point(lambda level: 0 if level == 0 else 255)
    changed = ImageChops.darker(difference, outside).point(lambda level: 255 if level > 60 else 0)
    assert 0.0005 > sum(changed.histogram()[255:]) / (before.width * before.height)
    blackened = ImageChops.difference(before, after).point(lambda level: 255 if level > 60 else 0)
    assert 0.002 < sum(blackened.histogram()[255:]) / (before.width * before.height)


def test_box_covers_where_the_text_stood() -> None:
    redacted = redact(drawn("Maria"), "Maria", label="")
    picture = _pictures(redacted)[0]
    left, top, right, bottom = picture.point(lambda level: 255 - level).getbbox()
    width = standard_width("Helvetica", "Maria") * 12 * 2
    assert (60 * 2, round(width)) == pytest.approx((left, right - left), abs=2)
    baseline = picture.height - 780 * 2
    assert top < baseline < bottom


def test_shared_form_is_edited_once_and_boxed_wherever_it_is_drawn() -> None:
    redacted = redact(_rich_page(), "Maria Keller", label="[PERSON]")
    assert 2 == pdfium_text(redacted).count("From:")
    assert 0 == pdfium_text(redacted).count("Berlin Maria")
    assert "Keller" not in pdfium_text(redacted)


def test_advance_of_removed_glyphs_is_one_whole_number() -> None:
    """Merged and rounded, so that the gap does not tell one character from another."""
    data = from_content(b"BT /F1 12 Tf 50 700 Td [(Hi ) -20 (Ma) 3.7 (ria) 2 ( there)] TJ ET")
    with pikepdf.open(io.BytesIO(redact(data, "Maria"))) as pdf:
        operands, _ = next(
            (operands, operator)
            for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
            if str(operator) == "TJ"
        )
    shown = list(operands[0])
    gaps = [item for item in shown if not isinstance(item, pikepdf.String)]
    expected = -(sum(standard_width("Helvetica", char) for char in "Maria") * 1000) - 20 + 3.7 + 2
    assert [round(expected)] == [int(gap) for gap in gaps]
    assert [b"Hi ", b" there"] == [
        bytes(item) for item in shown if isinstance(item, pikepdf.String)
    ]


@pytest.mark.parametrize("unbalanced", [b"Q Q ", b"q q ", b"q 2 0 0 2 0 0 cm BT "])
def test_boxes_stand_right_after_an_unbalanced_page(unbalanced: bytes) -> None:
    data = from_content(unbalanced + b"BT /F1 12 Tf 50 300 Td (Maria) Tj")
    redacted = redact(data, "Maria", label="")
    where = _pictures(data)[0].point(lambda level: 255 - level).getbbox()
    box = _pictures(redacted)[0].point(lambda level: 255 - level).getbbox()
    assert where[:3:2] == pytest.approx(box[:3:2], abs=6)
    assert box[1] <= where[1] + 2
    assert box[3] >= where[3] - 2


def test_untouched_streams_and_operators_keep_their_bytes() -> None:
    content = b"%c\n0.10000 0 0 rg  BT /F1 12 Tf 50 700 Td (keep)Tj (Maria)Tj ET 1 2 m 3 4 l S"
    with pikepdf.open(io.BytesIO(redact(from_content(content), "Maria"))) as pdf:
        new = pdf.pages[0].obj.Contents.read_bytes()
    assert b"%c\n0.10000 0 0 rg  BT /F1 12 Tf 50 700 Td (keep)Tj [" in new
    assert b"] TJ ET 1 2 m 3 4 l S" in new


def test_removed_glyphs_leave_no_bytes_in_any_stream() -> None:
    with pikepdf.open(io.BytesIO(redact(drawn(ENGLISH), "Maria Keller"))) as pdf:
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        content = b"".join(stream.read_bytes() for stream in streams)
    shown = b"".join(
        text.value for i in parse_content(content) for o in i.operands for text in texts(o)
    )
    assert b"Contact" in shown
    assert b"Maria" not in shown


def test_private_data_and_thumbnails_are_dropped_from_an_edited_file() -> None:
    with pikepdf.open(io.BytesIO(drawn(ENGLISH))) as pdf:
        page = pdf.pages[0].obj
        page["/PieceInfo"] = Dictionary(X=Dictionary(Private=String("x")))
        page["/Thumb"] = pdf.make_stream(b"\0" * 100)
        out = io.BytesIO()
        pdf.save(out)
    with pikepdf.open(io.BytesIO(redact(out.getvalue(), "Maria"))) as pdf:
        assert not {"/PieceInfo", "/Thumb"} & set(pdf.pages[0].obj.keys())


def test_attachment_is_opened_and_edited_in_place() -> None:
    with pikepdf.open(io.BytesIO(drawn("see attachment"))) as pdf:
        file = pikepdf.AttachedFileSpec(
            pdf, b"name;phone\nMaria;13800138000\n", filename="list.csv"
        )
        pdf.attachments["list.csv"] = file
        out = io.BytesIO()
        pdf.save(out)
    with pikepdf.open(io.BytesIO(redact(out.getvalue(), "13800138000", label="[PHONE]"))) as pdf:
        kept = pdf.attachments["list.csv"].get_file().read_bytes()
    assert b"name;phone\nMaria;[PHONE]\n" == kept


def test_pdf_in_a_pdf_is_redacted() -> None:
    with pikepdf.open(io.BytesIO(drawn("outer"))) as pdf:
        pdf.attachments["in.pdf"] = pikepdf.AttachedFileSpec(pdf, drawn(ENGLISH), filename="in.pdf")
        out = io.BytesIO()
        pdf.save(out)
    redacted = redact(out.getvalue(), "Maria Keller")
    with pikepdf.open(io.BytesIO(redacted)) as pdf:
        inner = pdf.attachments["in.pdf"].get_file().read_bytes()
    assert all("Keller" not in text for text in extracted(inner))
    assert "Keller" not in "\n".join(layers(redacted, HINT))


def test_name_of_a_resource_is_changed_wherever_it_is_called() -> None:
    content = b"/Maria#20Keller BMC /Maria12345 Do EMC BT /F1 12 Tf 50 700 Td (Garden) Tj ET"
    pdf = pikepdf.open(io.BytesIO(from_content(content)))
    form = pikepdf.Stream(pdf, b"0 0 40 40 re f")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
    pdf.pages[0].obj.Resources.XObject = Dictionary({"/Maria12345": pdf.make_indirect(form)})
    pdf.Root["/Note"] = Name("/Maria12345")
    out = io.BytesIO()
    pdf.save(out)
    data = out.getvalue()
    new = redact(redact(data, "Maria12345"), "Maria Keller", label="[WHO]")
    with pikepdf.open(io.BytesIO(new)) as again:
        stream = again.pages[0].Contents.read_bytes()
        assert "/[GONE]" == again.Root["/Note"]
        assert ["/[GONE]"] == list(again.pages[0].obj.Resources.XObject.keys())
    assert b"/#5BWHO#5D BMC /#5BGONE#5D Do EMC" in stream
    assert _pictures(data) == _pictures(new)


def test_two_names_never_become_one() -> None:
    content = b"/Maria12345 Do /Maria#2012345 Do"
    pdf = pikepdf.open(io.BytesIO(from_content(content)))
    forms = {}
    for name, box in (("/Maria12345", b"0 0 40 40"), ("/Maria 12345", b"90 90 40 40")):
        form = pikepdf.Stream(pdf, box + b" re f")
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 200, 200])
        forms[name] = pdf.make_indirect(form)
    pdf.pages[0].obj.Resources.XObject = Dictionary(forms)
    out = io.BytesIO()
    pdf.save(out)
    assert _pictures(out.getvalue()) == _pictures(
        redact(out.getvalue(), "Maria12345", "Maria 12345")
    )


def test_string_in_gbk_is_read_and_replaced() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.trailer["/Info"] = pdf.make_indirect(Dictionary(Author=String("张伟".encode("gbk"))))
    out = io.BytesIO()
    pdf.save(out)
    assert "张伟" in [segment.text for segment in segments_of(out.getvalue())]
    with pikepdf.open(io.BytesIO(redact(out.getvalue(), "张伟", label="[姓名]"))) as again:
        assert "[姓名]" == str(again.trailer.Info.Author)


def test_linearised_file_has_no_earlier_revision() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn(ENGLISH))) as pdf:
        pdf.save(out, linearize=True)
    assert 2 == out.getvalue().count(b"%%EOF")
    parts = [segment.part for segment in segments_of(out.getvalue())]
    assert [] == [part for part in parts if part.startswith(("revision", "earlier"))]
    assert [] == list(open_document(out.getvalue(), HINT).unread)


def test_form_bomb_hits_a_limit() -> None:
    """Forms that each draw the next one twice multiply to 2**40 operators."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    inner = None
    for _ in range(22):
        form = pikepdf.Stream(pdf, b"/A Do " * 4 if inner is not None else b"BT ET")
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
        if inner is not None:
            form.Resources = Dictionary(XObject=Dictionary(A=inner))
        inner = pdf.make_indirect(form)
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(A=inner))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/A Do")
    out = io.BytesIO()
    pdf.save(out)
    with pytest.raises(Unreadable, match="more than"):
        open_document(out.getvalue(), HINT)


def test_same_input_gives_the_same_bytes() -> None:
    data = _rich_page()
    assert redact(data, "Maria Keller") == redact(data, "Maria Keller")


def test_nothing_edited_gives_the_original_bytes() -> None:
    data = drawn(ENGLISH)
    assert data == open_document(data, HINT).apply([])


def test_fuzzed_files_are_decided_without_other_exceptions() -> None:
    """Bytes flipped, cut and repeated at random: a document or a refusal, nothing else."""
    randomness = random.Random(7)
    original = _rich_page()
    decided = 0
    for _ in range(25):
        data = bytearray(original)
        for _ in range(randomness.randrange(1, 20)):
            at = randomness.randrange(len(data))
            match randomness.randrange(3):
                case 0:
                    data[at] = randomness.randrange(256)
                case 1:
                    del data[at : at + randomness.randrange(40)]
                case _:
                    data[at:at] = data[at : at + randomness.randrange(40)]
        try:
            document = open_document(bytes(data), HINT)
            index = len(document.segments()) - 1
            if index >= 0:
                document.apply([Edit(index, 0, 1, "x")])
        except (Unreadable, CannotEdit):
            pass
        decided += 1
    assert 25 == decided


def test_key_that_is_not_utf8_is_read_and_does_no_harm() -> None:
    """A custom key in GBK, with a value, beside the page's own."""
    plain = from_content(b"BT /F1 12 Tf 50 700 Td (Maria Keller) Tj ET")
    data = plain.replace(b"/Type /Page ", b"/Type /Page /#D5#C5#CE#B0 (13800138000) ")
    assert data != plain
    found = [segment.text for segment in segments_of(data)]
    assert {"张伟", "13800138000", "Maria Keller"} <= set(found)
    redacted = redact(data, "张伟", "13800138000")
    assert {"张伟", "13800138000"}.isdisjoint(layers(redacted, HINT))


def test_strings_and_comments_beside_removed_text_go_without_a_clash() -> None:
    content = (
        b"BT /F1 12 Tf 50 700 Td (Maria 1) [(Maria) % Maria 2\n (Keller)] TJ (x) 5 Tc % Maria 3\nET"
    )
    data = from_content(content)
    assert {"MariaKeller", "Maria 1", " Maria 2", " Maria 3"} <= {s.text for s in segments_of(data)}
    redacted = redact(data, "Maria")
    assert [] == [text for text in layers(redacted, HINT) if "Maria" in text]
    assert "Keller" in pdfium_text(redacted)


def test_a_page_preview_is_dispensable_and_goes() -> None:
    """A thumbnail shows what the page showed, and nobody reads its pixels."""
    from gateway.cli._demo.plants import pdf as invoice

    pdf = pikepdf.open(io.BytesIO(invoice()))
    preview = pikepdf.Stream(pdf, bytes(64 * 64))
    preview.Width, preview.Height, preview.BitsPerComponent = 64, 64, 8
    preview.ColorSpace = pikepdf.Name.DeviceGray
    pdf.pages[0].obj.Thumb = pdf.make_indirect(preview)
    out = io.BytesIO()
    pdf.save(out)
    document = open_document(out.getvalue(), Hint("a.pdf"))
    assert not document.unread
    roles = [segment.role for segment in document.segments()]
    new = document.apply([Edit(roles.index(Role.DISPENSABLE), 0, 0, "")])
    with pikepdf.open(io.BytesIO(new)) as again:
        assert "/Thumb" not in again.pages[0].obj


def test_glyphs_placed_one_by_one_leave_a_single_move_behind() -> None:
    """The moves between them would give the width of each."""
    steps = zip((20, 10, 7, 4, 3), b"Maria", strict=True)
    glyphs = b" ".join(b"%d 0 Td (%c) Tj" % step for step in steps)
    content = b"BT /F1 12 Tf 50 700 Td (Hi) Tj " + glyphs + b" 12 0 Td (there) Tj ET"
    data = from_content(content)
    redacted = redact(data, "Maria", label="")
    with pikepdf.open(io.BytesIO(redacted)) as pdf:
        shown = [
            (str(operator), [float(number) for number in operands if not isinstance(number, Array)])
            for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
            if str(operator) in ("Td", "TJ")
        ]
    moves = [numbers for operator, numbers in shown if operator == "Td"]
    assert [[50, 700], [20 + 10 + 7 + 4 + 3 + 12, 0]] == moves
    before, after = pdfium_text(data), pdfium_text(redacted)
    assert "there" in before
    assert "there" in after


def test_glyphs_placed_by_matrices_leave_a_single_matrix_behind() -> None:
    places = zip((80, 90, 97, 101, 104), b"Maria", strict=True)
    glyphs = b" ".join(b"1 0 0 1 %d 700 Tm (%c) Tj" % place for place in places)
    content = b"BT /F1 12 Tf " + glyphs + b" 1 0 0 1 130 700 Tm (there) Tj ET"
    with pikepdf.open(io.BytesIO(redact(from_content(content), "Maria", label=""))) as pdf:
        matrices = [
            [float(number) for number in operands]
            for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
            if str(operator) == "Tm"
        ]
    assert [[1, 0, 0, 1, 130, 700]] == matrices
