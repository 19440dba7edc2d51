"""Loading fonts; simple fonts, whose codes are single bytes.

Source: ISO 32000-2:2020, 9.6 (simple fonts) and 9.10 (extraction of text). The order of trust is that
of 9.10.2: the ToUnicode map, then the encoding by glyph names, then the predefined CJK map. A code
that none of them knows has no text (``None``): its glyph cannot be read, and the caller says so.
"""

from __future__ import annotations

import re
from typing import Any

from gateway.formats._pdf.cff import has_standard_encoding
from gateway.formats._pdf.cid_fonts import composite_font
from gateway.formats._pdf.cmap import CMap, parse_cmap
from gateway.formats._pdf.font import Font
from gateway.formats._pdf.glyphnames import DINGBATS, ENCODINGS, STANDARD, SYMBOL, glyph_text
from gateway.formats._pdf.standard_fonts import standard_name, standard_width
from gateway.formats._pdf.values import (
    integer_of,
    is_dict,
    is_name,
    items,
    name_of,
    number_of,
    numbers_of,
    stream_bytes,
)

_SYMBOLIC = 4  # font descriptor flag, ISO 32000-2 table 121
_PUT = re.compile(rb"dup\s+(\d+)\s*/([^\s/]+)\s+put")


def default_font() -> Font:
    """What readers use where a font is missing: Helvetica."""
    return Font(
        split=_single_bytes,
        text_of=lambda code, _raw: STANDARD[code],
        width_of=lambda _code, text: standard_width("Helvetica", text or " "),
    )


def load_font(font: Any) -> Font:
    """Read a font dictionary.

    Args:
        font: the ``pikepdf`` dictionary.
    """
    subtype = name_of(font.get("/Subtype"))
    to_unicode = parse_cmap(stream_bytes(font.get("/ToUnicode")))
    if subtype == "Type0":
        return composite_font(font, to_unicode)
    return _simple(font, subtype, to_unicode)


def _single_bytes(data: bytes) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(len(data))]


def _simple(font: Any, subtype: str, to_unicode: CMap) -> Font:
    table = _simple_encoding(font, subtype)
    standard = standard_name(name_of(font.get("/BaseFont")))
    first = integer_of(font.get("/FirstChar"), 0)
    widths = numbers_of(font.get("/Widths"))
    descriptor = font.get("/FontDescriptor")
    missing = number_of(descriptor.get("/MissingWidth"), 0.0) if is_dict(descriptor) else 0.0
    unit = 0.001
    if subtype == "Type3":
        matrix = numbers_of(font.get("/FontMatrix"))
        unit = matrix[0] if len(matrix) == 6 else 0.001

    def width_of(code: int, text: str | None) -> float:
        if 0 <= code - first < len(widths):
            return widths[code - first] * unit
        if not widths and subtype != "Type3":
            return standard_width(standard or "Helvetica", text or " ")
        return missing * unit

    return Font(
        split=_single_bytes,
        text_of=lambda code, _raw: to_unicode.text(code) or table[code],
        width_of=width_of,
    )


def _simple_encoding(font: Any, subtype: str) -> list[str | None]:
    encoding = font.get("/Encoding")
    descriptor = font.get("/FontDescriptor")
    embedded = is_dict(descriptor) and any(
        key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
    )
    symbolic = is_dict(descriptor) and bool(integer_of(descriptor.get("/Flags"), 0) & _SYMBOLIC)
    base = name_of(encoding.get("/BaseEncoding")) if is_dict(encoding) else name_of(encoding)
    table: list[str | None]
    standard = standard_name(name_of(font.get("/BaseFont")))
    if base in ENCODINGS:
        table = list(ENCODINGS[base])
    elif standard in ("Symbol", "ZapfDingbats") and not embedded:
        table = list(SYMBOL if standard == "Symbol" else DINGBATS)
    elif subtype == "Type3":
        table = [None] * 256
    elif embedded and subtype != "TrueType":
        table = _built_in(descriptor)
    elif embedded and symbolic:
        table = [None] * 256
    else:
        table = list(STANDARD)
    if is_dict(encoding):
        _apply_differences(table, encoding.get("/Differences"))
    return table


def _apply_differences(table: list[str | None], differences: Any) -> None:
    code = 0
    for item in items(differences):
        if isinstance(item, int):
            code = item
        elif is_name(item):
            if 0 <= code < 256:
                table[code] = glyph_text(name_of(item))
            code += 1


def _built_in(descriptor: Any) -> list[str | None]:
    """The encoding inside a Type 1 font program, where it stands in clear text.

    Source: Adobe Type 1 Font Format, 2.2. Of compact fonts only the standard encoding is known.
    """
    table: list[str | None] = [None] * 256
    compact = stream_bytes(descriptor.get("/FontFile3"))
    if compact and has_standard_encoding(compact):
        return list(STANDARD)
    program = stream_bytes(descriptor.get("/FontFile"))
    clear = program.partition(b"eexec")[0]
    if b"/Encoding StandardEncoding" in clear:
        return list(STANDARD)
    for code, name in _PUT.findall(clear):
        if int(code[:4]) < 256:
            table[int(code)] = glyph_text(name.decode("latin-1"))
    return table
