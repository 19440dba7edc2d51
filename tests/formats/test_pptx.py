"""Presentations: slides, notes, masters and charts are read and changed like documents."""

import io
import re
import shutil
import subprocess
import zipfile

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from gateway.formats import layers, open_document
from gateway.model import Edit, Hint


def saved(show):
    stream = io.BytesIO()
    show.save(stream)
    result = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".rels"):
                pattern = rb"<Relationship [^>]*(?:thumbnail|printerSettings)[^>]*/>"
                content = re.sub(pattern, b"", content)
            if not name.endswith((".jpeg", ".bin")):
                target.writestr(name, content)
    return result.getvalue()


def one_slide(layout=5):
    show = pptx.Presentation()
    return show, show.slides.add_slide(show.slide_layouts[layout])


def replaced(data, value, new="[X]"):
    document = open_document(data, Hint("a.pptx"))
    result = document.apply(
        [
            Edit(index, match.start(), match.end(), new)
            for index, segment in enumerate(document.segments())
            for match in re.finditer(re.escape(value), segment.text)
        ]
    )
    assert not any(value in layer for layer in layers(result, Hint()))
    return pptx.Presentation(io.BytesIO(result))


def test_a_presentation_without_edits_is_untouched_and_read_whole():
    data = saved(one_slide()[0])
    document = open_document(data, Hint())
    assert data == document.apply([])
    assert [] == list(document.unread)


def test_a_value_over_runs_keeps_the_first_runs_format():
    show, slide = one_slide()
    frame = slide.shapes.title.text_frame
    for text in ("Plan of Zh", "ang", " Wei"):
        frame.paragraphs[0].add_run().text = text
    frame.paragraphs[0].runs[0].font.italic = True
    result = replaced(saved(show), "Zhang Wei").slides[0].shapes.title.text_frame.paragraphs[0]
    assert "Plan of [X]" == result.text
    assert result.runs[0].font.italic


def test_notes_and_layouts_are_read():
    show, slide = one_slide()
    slide.notes_slide.notes_text_frame.text = "tell Zhang Wei"
    show.slide_layouts[0].placeholders[0].text = "Zhang Wei Ltd"
    result = replaced(saved(show), "Zhang Wei")
    assert "tell [X]" == result.slides[0].notes_slide.notes_text_frame.text
    assert "[X] Ltd" == result.slide_layouts[0].placeholders[0].text


def test_a_tables_header_and_label_are_context():
    show, slide = one_slide()
    table = slide.shapes.add_table(2, 2, 0, 0, 9, 9).table
    for cell, text in zip(table.iter_cells(), ("", "电话", "李晓梅", "13800138000"), strict=True):
        cell.text = text
    found = {s.text: s.context for s in open_document(saved(show), Hint()).segments()}
    assert ("电话", "李晓梅") == found["13800138000"]


def test_a_charts_cache_and_its_workbook_change_together():
    show, slide = one_slide()
    data = CategoryChartData()
    data.categories = ["Zhang Wei", "Li"]
    data.add_series("Sales", (1, 13800138000))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 9, 9, data)
    original = saved(show)
    chart = replaced(original, "Zhang Wei").slides[0].shapes[-1].chart
    assert ["[X]", "Li"] == [str(label) for label in chart.plots[0].categories]
    chart = replaced(original, "13800138000").slides[0].shapes[-1].chart
    assert (1.0, 0.0) == chart.plots[0].series[0].values


def test_shape_ids_and_positions_are_not_text():
    show, slide = one_slide()
    slide.shapes.add_textbox(12_345_678, 1_380_013, 98_765_432, 7_654_321).text_frame.text = "x"
    texts = [s.text for s in open_document(saved(show), Hint()).segments()]
    assert not [text for text in texts if re.search("[0-9]{7}", text)]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.timeout(180)
def test_libreoffice_shows_a_redacted_presentation(tmp_path):
    show, slide = one_slide()
    slide.shapes.title.text = "Plan of Zhang Wei"
    replaced(saved(show), "Zhang Wei").save(tmp_path / "a.pptx")
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "a.pptx"],
        check=True,
        capture_output=True,
        timeout=170,
    )
    from pdfminer.high_level import extract_text

    assert "Plan of [X]" in extract_text(tmp_path / "a.pdf")
