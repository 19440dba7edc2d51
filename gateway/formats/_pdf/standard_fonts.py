"""The fourteen standard fonts, which files need not carry (ISO 32000-2:2020, 9.6.2.2).

Their widths come from pdfium, which has them built in.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_FAMILIES = (
    ("courier", "Courier"),
    ("helvetica", "Helvetica"),
    ("arial", "Helvetica"),
    ("times", "Times"),
    ("symbol", "Symbol"),
    ("zapfdingbats", "ZapfDingbats"),
)


def standard_name(base_font: str) -> str:
    """Which of the fourteen standard fonts a name means, or an empty string."""
    plain = base_font.partition("+")[2] or base_font
    folded = plain.lower().replace(" ", "")
    for prefix, family in _FAMILIES:
        if folded.startswith(prefix):
            bold, slanted = "bold" in folded, "italic" in folded or "oblique" in folded
            if family in ("Symbol", "ZapfDingbats"):
                return family
            style = ("Bold" if bold else "") + (
                ("Italic" if family == "Times" else "Oblique") if slanted else ""
            )
            return f"{family}-{style}" if style else "Times-Roman" if family == "Times" else family
    return ""


@cache
def standard_width(font: str, text: str) -> float:
    """Advance of a text in one of the fourteen standard fonts at size 1."""
    import ctypes

    import pypdfium2.raw as pdfium

    handle = _standard_font(font)
    width = ctypes.c_float()
    total = 0.0
    for char in text:
        if pdfium.FPDFFont_GetGlyphWidth(handle, ord(char), 1000.0, ctypes.byref(width)):
            total += width.value / 1000
    return total


@cache
def _standard_font(font: str) -> Any:
    import pypdfium2.raw as pdfium

    return pdfium.FPDFText_LoadStandardFont(_empty_document(), font.encode("ascii"))


@cache
def _empty_document() -> Any:
    import pypdfium2.raw as pdfium  # its package starts the library

    return pdfium.FPDF_CreateNewDocument()
