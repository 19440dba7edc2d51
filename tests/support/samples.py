"""Documents that the tests of cloud services upload, and what must arrive of them."""

from __future__ import annotations

import io

from support.proxyharness import CANARY, GONE

IBAN = "DE89370400440532013000"
BLOCKED = b"BLOCKME"


def text(size: int, *places: int, canary: bytes = CANARY) -> bytes:
    """Lines of plain text, exactly ``size`` bytes, with a canary at each of the places."""
    line = b"2026-11-22 nothing of note happened in the third quarter, see the minutes\n"
    made = bytearray((line * (size // len(line) + 1))[:size])
    for place in places:
        assert place + len(canary) <= size
        made[place : place + len(canary)] = canary
    return bytes(made)


def across(step: int, size: int) -> bytes:
    """Text with a canary over every border between pieces of ``step`` bytes, as far as there is
    room for whole ones, and one near each end.
    """
    half, width = len(CANARY) // 2, len(CANARY)
    places = [3]
    for border in range(step, size, step):
        if border - half > places[-1] + width:
            places.append(border - half)
    places = [place for place in places if place + width < size - width - 3]
    return text(size, *places, size - width - 2)


def arrived(road: str, data: bytes) -> bytes:
    """What the service must hold of it: all when nothing is in between, else no canary."""
    return data if road == "direct" else data.replace(CANARY, GONE)


def word(*paragraphs: str) -> bytes:
    """A Word document."""
    import docx

    made = io.BytesIO()
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(made)
    return made.getvalue()


def word_text(data: bytes) -> str:
    """The text of a Word document, opened by another program than ours."""
    import docx

    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
