"""PDF: tokens, glyph names, character maps and font widths, each by itself."""

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfminer.glyphlist import glyphname2unicode
from reportlab.pdfbase._fontdata import widthsByFontGlyph

from gateway.formats._pdf.cmap import codec_of, parse_cmap, split_codes
from gateway.formats._pdf.glyphnames import glyph_text
from gateway.formats._pdf.standard_fonts import standard_width
from gateway.formats._pdf.syntax import Text, parse_content, texts, unescape, write_number


def test_glyph_names_agree_with_the_adobe_glyph_list() -> None:
    """Where a rule gives an answer, it is the list's (signs read as a bullet are no answer)."""
    wrong = {
        name
        for name, expected in glyphname2unicode.items()
        if (text := glyph_text(name))
        and text != "•"
        and not "\ue000" <= expected[0] <= "\uf8ff"
        and _plain(text) != _plain(expected)
    }
    # The list is older than Unicode's comma below; the others are rare spellings.
    assert wrong <= {
        "Tcommaaccent",
        "tcommaaccent",
        "Ldot",
        "ldot",
        "Ldotaccent",
        "ldotaccent",
        "dmacron",
        "gammasuperior",
    }


def _plain(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("name", ["g12", "cid55", "glyph3", "a88", "index7", ".notdef", "G01"])
def test_numbered_glyph_names_say_nothing(name: str) -> None:
    assert glyph_text(name) is None


@pytest.mark.parametrize("font", ["Helvetica", "Times-Roman", "Courier", "Helvetica-Bold"])
def test_standard_widths_are_those_of_the_font_metrics(font: str) -> None:
    expected = {name: width for name, width in widthsByFontGlyph[font].items() if len(name) == 1}
    measured = {name: round(standard_width(font, name) * 1000) for name in expected}
    assert expected == measured


def test_codes_of_chinese_maps_split_by_their_character_set() -> None:
    data = "A张B".encode("gbk")
    assert [(0, 1), (1, 3), (3, 4)] == split_codes(data, codec_of("GBK-EUC-H") or "")
    assert [(0, 2), (2, 4)] == split_codes(
        "张A".encode("utf-16-be"), codec_of("UniGB-UCS2-H") or ""
    )
    assert codec_of("Identity-H") is None


def test_unicode_map_with_ranges_and_lists() -> None:
    cmap = parse_cmap(
        b"2 beginbfrange <0001> <0003> <0041> <0010> <0011> [<5F20> <4F1F>] endbfrange"
        b" 1 beginbfchar <20> <00660069> endbfchar"
    )
    codes = (1, 2, 3, 4, 0x10, 0x11, 0x20)
    assert ["A", "B", "C", None, "张", "伟", "fi"] == [cmap.text(code) for code in codes]


def test_huge_range_in_a_map_costs_nothing() -> None:
    cmap = parse_cmap(b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange" * 1000)
    assert 0 == len(cmap.unicode)
    assert "B" == cmap.text(1)


@given(st.binary(max_size=300))
def test_content_parser_takes_any_bytes(data: bytes) -> None:
    for instruction in parse_content(data):
        assert 0 <= instruction.start <= instruction.end <= len(data)
        for operand in instruction.operands:
            for text in texts(operand):
                assert instruction.start <= text.start < text.end <= instruction.end


@given(st.binary(max_size=60))
def test_string_survives_writing_and_reading(value: bytes) -> None:
    escaped = bytes(pikepdf.String(value).unparse())
    found = [text for i in parse_content(escaped + b" Tj") for o in i.operands for text in texts(o)]
    assert [value] == [text.value for text in found]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(rb"a\(b\)", b"a(b)"), (rb"\101\1012", b"AA2"), (b"a\\\nb", b"ab"), (b"a\r\nb", b"a\nb")],
)
def test_escapes_of_literal_strings(raw: bytes, expected: bytes) -> None:
    assert expected == unescape(raw)


def test_nested_brackets_comments_and_inline_images_are_tokens() -> None:
    data = b"(a(b)c) Tj % (no) Tj\nBI /W 2 /H 2 ID \x01(x) Tj EI\x02 EI (d) Tj"
    found = parse_content(data)
    assert [b"Tj", b"BI", b"Tj"] == [instruction.operator for instruction in found]
    assert Text(0, 7, b"a(b)c") == found[0].operands[0]


@given(st.floats(-1e6, 1e6))
def test_numbers_are_written_without_exponent(value: float) -> None:
    written = write_number(value)
    assert float(written) == pytest.approx(value, abs=0.0006)
    assert not set(written) - set(b"-.0123456789")
