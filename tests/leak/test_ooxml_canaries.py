"""A unique word in every place of an Office file where text can hide: all are seen, none survives."""

import io
import re

import docx
import openpyxl
import pptx
import pytest
from support.office_canaries import (
    Canaries,
    everything,
    excel_file,
    package,
    powerpoint_file,
    word_file,
)

from gateway.formats import layers, open_document
from gateway.model import Edit, Hint


def redacted(data, canaries):
    """The bytes with every canary found in a segment replaced, and the canaries not seen."""
    document = open_document(data, Hint())
    assert [] == [(u.part, u.why) for u in document.unread]
    pattern = re.compile("|".join(map(re.escape, canaries.places.values())))
    found, edits = set(), []
    for index, segment in enumerate(document.segments()):
        for match in pattern.finditer(segment.text):
            found.add(match.group())
            edits.append(Edit(index, match.start(), match.end(), "[GONE]"))
    unseen = {place for place, value in canaries.places.items() if value not in found}
    return document.apply(edits), unseen


def left_over(data, canaries):
    texts = [*layers(data, Hint()), *everything(data)]
    return {
        place
        for place, value in canaries.places.items()
        for text in texts
        if value in text or value.encode("utf-16-le").decode("latin-1") in text
    }


def word_package():
    c = Canaries()
    return package(word_file(c, package(excel_file(c, "embedded ")))), c


def test_no_canary_of_a_word_file_is_unseen_or_survives():
    data, canaries = word_package()
    clean, unseen = redacted(data, canaries)
    assert set() == unseen
    assert set() == left_over(clean, canaries)
    assert len(canaries.places) >= 130
    assert len(docx.Document(io.BytesIO(clean)).paragraphs) == len(
        docx.Document(io.BytesIO(data)).paragraphs
    )


def test_no_canary_of_a_workbook_is_unseen_or_survives():
    canaries = Canaries()
    data = package(excel_file(canaries), comment=canaries("zip comment").encode())
    clean, unseen = redacted(data, canaries)
    assert set() == unseen
    assert set() == left_over(clean, canaries)
    assert len(canaries.places) >= 54
    book = openpyxl.load_workbook(io.BytesIO(clean))
    assert book.sheetnames == ["(GONE)"]
    assert book.active["B2"].value == "[GONE]"
    assert book.active["E3"].value == 13870999999


def test_no_canary_of_a_presentation_is_unseen_or_survives():
    canaries = Canaries()
    data = package(powerpoint_file(canaries))
    clean, unseen = redacted(data, canaries)
    assert set() == unseen
    assert set() == left_over(clean, canaries)
    assert len(canaries.places) >= 75
    show = pptx.Presentation(io.BytesIO(clean))
    assert show.slides[0].shapes.title.text == "[GONE]"
    assert show.slides[0].notes_slide.notes_text_frame.text == "[GONE]"


@pytest.mark.parametrize("maker", [excel_file, powerpoint_file])
def test_a_canary_file_without_edits_is_untouched(maker):
    data = package(maker(Canaries()))
    assert data == open_document(data, Hint()).apply([])
