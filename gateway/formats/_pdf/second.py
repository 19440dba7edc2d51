"""pdfium, the second reader: it checks what the first one read, and what it wrote.

It shares no code with qpdf or with the interpreter here, and has its own opinion on fonts,
encodings and the order of text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

from gateway.errors import Unreadable
from gateway.formats._pdf.pieces import is_wide

_TOLERANCE = 4  # characters of a page, over which two readers may differ by rounding and guesses
_LINE_END = re.compile(r"(?:[-\u00ad\u2010\u0002\ufffe]?\s*[\r\n]+|[\u0002\ufffe])\s*")
_SPREAD = re.compile(r"(?<!\w)\w(?: +\w(?!\w))+")


def page_texts(data: bytes) -> list[str]:
    """The text of each page as pdfium reads it.

    Raises:
        Unreadable: pdfium cannot open the file, or not one of its pages.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise Unreadable("a second reader cannot open the PDF") from None
    texts = []
    try:
        for index in range(len(document)):
            page = document[index]
            text_page = page.get_textpage()
            # get_text_range() without arguments stops at the first character it cannot decode.
            count = text_page.count_chars()
            texts.append(text_page.get_text_range(0, count, errors="ignore") if count > 0 else "")
            text_page.close()
            page.close()
    except pypdfium2.PdfiumError:
        raise Unreadable("a second reader cannot open a page") from None
    finally:
        document.close()
    return texts


def survivors(
    data: bytes, pattern: re.Pattern[str], labels: Collection[str]
) -> dict[int, set[str]]:
    """What of a pattern pdfium sees on each page.

    Args:
        data: the file.
        pattern: what is looked for.
        labels: placeholders, which may read like it.

    Raises:
        Unreadable: pdfium cannot open the file, or not one of its pages.
    """
    found: dict[int, set[str]] = {}
    for page, text in enumerate(page_texts(data)):
        for label in sorted(labels, key=len, reverse=True):
            text = text.replace(label, "\0")  # noqa: PLW2901 - taken out one after another
        for variant in variants(text):
            for match in pattern.finditer(variant):
                found.setdefault(page, set()).add(match[0])
    return found


def places_of(
    data: bytes, page_index: int, pattern: re.Pattern[str], size: tuple[int, int]
) -> list[list[tuple[float, float]]]:
    """Where pdfium sees a pattern on a page: four corners of each character.

    Args:
        data: the file.
        page_index: the page.
        pattern: what is looked for.
        size: of the page's picture, in whose pixels the corners are given.
    """
    import ctypes

    import pypdfium2
    import pypdfium2.raw as pdfium

    document = pypdfium2.PdfDocument(data)
    try:
        page = document[page_index]
        text_page = page.get_textpage()
        count = text_page.count_chars()
        codes = [pdfium.FPDFText_GetUnicode(text_page.raw, at) for at in range(count)]
        text = "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes)
        x, y = ctypes.c_int(), ctypes.c_int()
        places = []
        for match in pattern.finditer(text):
            for at in range(match.start(), match.end()):
                left, bottom, right, top = text_page.get_charbox(at, loose=True)
                corners = []
                for px, py in ((left, bottom), (right, bottom), (right, top), (left, top)):
                    pdfium.FPDF_PageToDevice(
                        page.raw, 0, 0, *size, 0, px, py, ctypes.byref(x), ctypes.byref(y)
                    )
                    corners.append((float(x.value), float(y.value)))
                places.append(corners)
    finally:
        document.close()
    return places


def variants(text: str) -> list[str]:
    """A text with its spaces folded, in the ways a value in it may be written.

    As it is; with wrapped lines rejoined; without the spaces between spread letters; without those
    beside ideographs.
    """
    plain = " ".join(text.split())
    rejoined = " ".join(_LINE_END.sub("", text).split())
    spread = _SPREAD.sub(lambda match: match[0].replace(" ", ""), plain)
    despaced = "".join(
        char
        for at, char in enumerate(plain)
        if char != " " or not (is_wide(plain[at - 1]) or is_wide(plain[at + 1]))
    )
    return list(dict.fromkeys((plain, rejoined, spread, despaced)))


def disagrees(first: str, second: str) -> bool:
    """Whether the second reader sees letters or figures that the first does not."""
    return (_letters(second) - _letters(first)).total() > _TOLERANCE


def _letters(text: str) -> Counter[str]:
    letters: Counter[str] = Counter()
    for char, count in Counter(text).items():
        for folded in unicodedata.normalize("NFKC", char).casefold():
            if unicodedata.category(folded)[0] == "L" or folded.isdecimal():
                letters[folded] += count
    return letters
