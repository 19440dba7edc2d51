"""pdfium, the second reader: it checks what the first one read, and what it wrote.

It shares no code with qpdf or with the interpreter here, and has its own opinion on fonts,
encodings and the order of text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

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
