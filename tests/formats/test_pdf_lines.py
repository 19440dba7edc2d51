"""PDF: words whose letters are spread, shuffled, touch the next cell or run from right to left."""

import io
import random

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas
from support.pdfs import EXTRACTORS, TRUETYPE, from_content, redact, segments_of

FONT = "Vera"
pdfmetrics.registerFont(TTFont(FONT, str(TRUETYPE)))
LINE = "Please ask Maria Keller about the wooden bench"


def _letters(
    spacing: float = 0.0, *, shuffled: bool = False, lines: tuple[str, ...] = (LINE,)
) -> bytes:
    """Each letter drawn by itself."""
    placed = []
    for row, line in enumerate(lines):
        x = 40.0
        for char in line:
            placed.append((x, 700 - 24 * row, char))
            x += pdfmetrics.stringWidth(char, FONT, 11) + spacing
    if shuffled:
        random.Random(1).shuffle(placed)
    out = io.BytesIO()
    page = canvas.Canvas(out, invariant=True)
    page.setFont(FONT, 11)
    for x, y, char in placed:
        page.drawString(x, y, char)
    page.save()
    return out.getvalue()


def _texts(data: bytes) -> list[str]:
    return [segment.text for segment in segments_of(data)]


@pytest.mark.parametrize("spacing", [2.0, 4.0, 7.0])
def test_spread_letters_are_words_too(spacing: float) -> None:
    assert any("Maria Keller" in text for text in _texts(_letters(spacing)))


def test_letters_with_spaces_between_them_are_words_too() -> None:
    data = from_content(b"BT /F1 12 Tf 50 700 Td (M a r i a   K e l l e r was here) Tj ET")
    assert any("Maria Keller was here" in text for text in _texts(data))
    redacted = redact(data, "Maria Keller")
    for read in EXTRACTORS.values():
        shown = read(redacted)
        assert "e l l e r" not in shown
        assert "was here" in " ".join(shown.split())


@pytest.mark.parametrize("line", ["Please ask Maria Keller", LINE])
def test_letters_drawn_in_no_order_are_read_from_left_to_right(line: str) -> None:
    data = _letters(shuffled=True, lines=("The garden committee met.", line, "It was late."))
    assert any(line in text for text in _texts(data))
    assert any("The garden committee met." in text for text in _texts(data))
    redacted = redact(data, "Maria Keller")
    assert all("Keller" not in read(redacted) for read in EXTRACTORS.values())


def test_numbers_of_two_cells_that_touch_are_two() -> None:
    data = from_content(
        b"BT /F1 12 Tf 50 700 Td (11010519) Tj ET BT /F1 12 Tf 103.38 700 Td (13800138000) Tj ET"
    )
    texts = _texts(data)
    assert "1101051913800138000" in texts
    assert "11010519\t13800138000" in texts


def test_number_drawn_in_pieces_stays_whole_in_the_line() -> None:
    data = from_content(b"BT /F1 12 Tf 50 700 Td (138001) Tj (38000 is new) Tj ET")
    assert "13800138000 is new" in _texts(data)


def test_hebrew_is_given_in_the_order_of_reading() -> None:
    """The glyphs of a font with a map from A to D to the first four Hebrew letters."""
    cmap = b"1 beginbfrange <41> <44> <05D0> endbfrange"
    content = b"BT /F2 12 Tf 50 700 Td (garden DCB A bench) Tj ET"
    pdf = pikepdf.open(io.BytesIO(from_content(content)))
    pdf.pages[0].obj.Resources.Font["/F2"] = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        Encoding=Name.WinAnsiEncoding,
        ToUnicode=pdf.make_stream(cmap),
    )
    out = io.BytesIO()
    pdf.save(out)
    assert "garden \u05d0 \u05d1\u05d2\u05d3 bench" in _texts(out.getvalue())
