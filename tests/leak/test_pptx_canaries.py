"""Every hiding place of a presentation, each with a word of its own, through the whole pipeline."""

import io
import re
import zipfile

import PIL.Image
import pptx
import pytest
from support.binary_parts import compound, emf, emr_text, vba_project
from support.office_canaries import (
    HEAD,
    A,
    Canaries,
    R,
    everything,
    package,
    powerpoint_file,
)

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"
MODERN = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
DRAWN = "http://schemas.microsoft.com/office/drawing/2008/diagram"


def photo(c):
    out = io.BytesIO()
    exif = PIL.Image.Exif()
    exif[0x010E] = c("picture: exif description")
    PIL.Image.new("RGB", (24, 24), "white").save(out, "jpeg", exif=exif)
    return out.getvalue()


def text(place):
    return f'<a:p xmlns:a="{A}"><a:r><a:t>{place}</a:t></a:r></a:p>'


def more(c):
    """Parts that python-pptx does not make: content, media type, relationship."""
    base = "application/vnd.openxmlformats-officedocument"
    shape = f"<p:sp><p:txBody>{text(c('handout master'))}</p:txBody></p:sp>"
    return {
        "ppt/handoutMasters/handoutMaster1.xml": (
            f'{HEAD}<p:handoutMaster xmlns:p="{P}"><p:cSld><p:spTree>{shape}</p:spTree></p:cSld>'
            "</p:handoutMaster>",
            f"{base}.presentationml.handoutMaster+xml",
        ),
        "ppt/diagrams/data1.xml": (
            f'{HEAD}<dgm:dataModel xmlns:dgm="{DIAGRAM}"><dgm:ptLst><dgm:pt modelId="1">'
            f'<dgm:prSet phldrT="{c("diagram placeholder")}"/><dgm:t>{text(c("diagram data"))}</dgm:t>'
            "</dgm:pt></dgm:ptLst></dgm:dataModel>",
            f"{base}.drawingml.diagramData+xml",
        ),
        "ppt/diagrams/drawing1.xml": (
            f'{HEAD}<dsp:drawing xmlns:dsp="{DRAWN}"><dsp:spTree><dsp:sp><dsp:txBody>'
            f"{text(c('diagram fallback drawing'))}</dsp:txBody></dsp:sp></dsp:spTree></dsp:drawing>",
            "application/vnd.ms-office.drawingml.diagramDrawing+xml",
        ),
        "ppt/authors.xml": (
            f'{HEAD}<p188:authorLst xmlns:p188="{MODERN}"><p188:author id="{{1}}" name="'
            f'{c("modern author")}" initials="{c("modern initials")}" userId="S::{c("modern user id")}::1"'
            ' providerId="AD"/></p188:authorLst>',
            "application/vnd.ms-powerpoint.authors+xml",
        ),
        "ppt/comments/modernComment1.xml": (
            f'{HEAD}<p188:cmLst xmlns:p188="{MODERN}"><p188:cm id="{{2}}" authorId="{{1}}" created='
            f'"2024-03-05T10:00:00.000"><p188:txBody>{text(c("modern comment"))}</p188:txBody></p188:cm>'
            "</p188:cmLst>",
            "application/vnd.ms-powerpoint.comments+xml",
        ),
        "ppt/embeddings/oleObject1.bin": (
            compound({"Notes": c("embedded object").encode("utf-16-le").ljust(4200, b"\0")}),
            f"{base}.oleObject",
        ),
        "ppt/media/image1.jpeg": (photo(c), "image/jpeg"),
        "ppt/media/image2.emf": (emf(emr_text(84, c("preview of an object"))), "image/x-emf"),
        "ppt/fonts/font1.fntdata": (c("embedded font").encode(), "application/x-fontdata"),
        "ppt/vbaProject.bin": (
            vba_project(f'x = "{c("macro")}"\r\n'),
            "application/vnd.ms-office.vbaProject",
        ),
        "ppt/printerSettings/printerSettings1.bin": (
            c("printer settings").encode("utf-16-le"),
            f"{base}.presentationml.printerSettings",
        ),
    }


def presentation(c):
    parts = dict(powerpoint_file(c))
    extra = more(c)
    parts |= {name: content for name, (content, _) in extra.items()}
    types = parts["[Content_Types].xml"].decode()
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (_, kind) in extra.items()
    )
    parts["[Content_Types].xml"] = types.replace("</Types>", overrides + "</Types>")
    main = parts["ppt/presentation.xml"].decode()
    font = (
        '<p:embeddedFontLst><p:embeddedFont><p:font typeface="Nobody"/><p:regular r:id="rIdF"/>'
        "</p:embeddedFont></p:embeddedFontLst>"
    )
    shows = (
        f'<p:custShowLst><p:custShow name="{c("custom show")}" id="0"><p:sldLst/></p:custShow>'
        "</p:custShowLst>"
    )
    sections = (
        f'<p:extLst><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst xmlns:p14='
        f'"{P14}"><p14:section name="{c("section name")}" id="{{3}}"><p14:sldIdLst/></p14:section>'
        "</p14:sectionLst></p:ext></p:extLst>"
    )
    main = re.sub(r"<p:extLst>.*</p:extLst>", "", main, flags=re.DOTALL)
    main = main.replace("<p:defaultTextStyle>", font + shows + "<p:defaultTextStyle>", 1)
    parts["ppt/presentation.xml"] = main.replace(
        "</p:presentation>", sections + "</p:presentation>"
    )
    linked = f'<Relationship Id="rIdF" Type="{R}/font" Target="fonts/font1.fntdata"/>'
    rels = parts["ppt/_rels/presentation.xml.rels"].decode()
    parts["ppt/_rels/presentation.xml.rels"] = rels.replace(
        "</Relationships>", linked + "</Relationships>"
    )
    return parts


@pytest.fixture(scope="module")
def made():
    canaries = Canaries()
    data = package(presentation(canaries), comment=canaries("zip comment").encode())
    values = tuple(canaries.places.values())
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return canaries, data, pipe.process(Item(data, Hint("a.pptx")))


def test_it_is_redacted_not_blocked(made):
    assert ("", Verdict.REDACT) == (made[2].reason, made[2].verdict)


def test_there_is_a_word_in_every_row_of_the_table(made):
    assert len(made[0].places) >= 90


def test_no_word_is_left_in_any_segment_layer_or_byte(made):
    canaries, _, outcome = made
    texts = [segment.text for segment in open_document(outcome.data, Hint()).segments()]
    texts += [*layers(outcome.data, Hint()), *everything(outcome.data)]
    texts.append(outcome.data.decode("latin-1"))
    whole = "\0".join(texts)
    wide = whole.replace("\0", "")
    left = {place for place, word in canaries.places.items() if word in whole or word in wide}
    assert set() == left


def test_parts_that_can_stay_stay(made):
    _, data, outcome = made
    before = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    after = set(zipfile.ZipFile(io.BytesIO(outcome.data)).namelist())
    assert {
        "ppt/fonts/font1.fntdata",
        "ppt/printerSettings/printerSettings1.bin",
        "ppt/vbaProject.bin",
    } == before - after
    assert set() == after - before


def test_python_pptx_reads_it_and_finds_nothing(made):
    canaries, _, outcome = made
    show = pptx.Presentation(io.BytesIO(outcome.data))
    text = "".join(part.blob.decode("latin-1") for part in show.part.package.iter_parts())
    assert [] == re.findall("|".join(canaries.places.values()), text)
    assert "[EXACT_VALUE]" == show.slides[0].shapes.title.text
    assert "Author" in zipfile.ZipFile(io.BytesIO(outcome.data)).read("ppt/authors.xml").decode()


def test_a_font_that_goes_leaves_no_pointer_behind(made):
    with zipfile.ZipFile(io.BytesIO(made[2].data)) as archive:
        assert b"rIdF" not in archive.read("ppt/presentation.xml")
        assert b"rIdF" not in archive.read("ppt/_rels/presentation.xml.rels")
