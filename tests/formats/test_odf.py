"""OpenDocument: cells stay cells, names stay names, traces go, LibreOffice still opens it."""

import base64
import io
import shutil
import subprocess
import zipfile

import docx
import odfdo
import pytest
from support import pictures

from gateway.detect import catalogue
from gateway.errors import LimitExceeded, Unreadable
from gateway.formats import layers, open_document
from gateway.model import Edit, Hint, Item, Role, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

URN = "urn:oasis:names:tc:opendocument:xmlns:"
XMLNS = " ".join(
    f'xmlns:{prefix}="{URN}{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style",
        "meta": "meta", "config": "config", "svg": "svg-compatible",
    }.items()
) + (
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:officeooo="http://openoffice.org/2009/office"'
)  # fmt: skip
GIF = b"GIF89a\x01\0\x01\0\0\0\0;"


def package(kind, body="", *, styles="", automatic="", meta="", settings="", more=None):
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    parts = {
        "content.xml": f'{head}<office:document-content {XMLNS} office:version="1.3">'
        f"<office:automatic-styles>{automatic}</office:automatic-styles><office:body><office:{kind}>"
        f"{body}</office:{kind}></office:body></office:document-content>",
        "styles.xml": f'{head}<office:document-styles {XMLNS} office:version="1.3"><office:styles>'
        f"{styles}</office:styles></office:document-styles>",
        "meta.xml": f'{head}<office:document-meta {XMLNS} office:version="1.3"><office:meta>{meta}'
        "</office:meta></office:document-meta>",
        "settings.xml": f'{head}<office:document-settings {XMLNS} office:version="1.3">'
        f"<office:settings>{settings}</office:settings></office:document-settings>",
        **(more or {}),
    }
    media = f"application/vnd.oasis.opendocument.{kind}"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in parts
    )
    parts["META-INF/manifest.xml"] = (
        f'{head}<manifest:manifest xmlns:manifest="{URN}manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>{entries}'
        "</manifest:manifest>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media, zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sheet(cells, name="Plain", more=""):
    row = f"<table:table-row>{cells}</table:table-row>"
    return f'<table:table table:name="{name}"><table:table-column/>{row}</table:table>{more}'


def redacted(data, *values, name="a.ods"):
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    outcome = pipeline.process(Item(data, Hint(name)))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    return outcome.data


def part(data, name="content.xml"):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def cells_of(data):
    table = odfdo.Document(io.BytesIO(data)).body.get_tables()[0]
    return [(cell.type, cell.value, cell.formula) for cell in table.get_row(0).get_cells()]


def number(value, shown, more=""):
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}"{more}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def test_a_number_becomes_a_string_cell_without_formula():
    body = sheet(number("13812345678", "138-1234-5678", ' table:formula="of:=[.B1]+1"'))
    [(kind, value, formula)] = cells_of(redacted(package("spreadsheet", body), "13812345678"))
    assert ("string", None) == (kind, formula)
    assert "138" not in str(value)


def test_the_value_goes_when_only_the_shown_text_is_found():
    data = redacted(
        package("spreadsheet", sheet(number("29292", "12 March 1980"))), "12 March 1980"
    )
    assert "29292" not in part(data)


def test_a_number_with_an_exponent_is_found_in_digits():
    data = redacted(
        package("spreadsheet", sheet(number("1.3812345678E+10", "1E10"))), "13812345678"
    )
    assert "1.38" not in part(data)
    assert "1E10" not in part(data)


def test_other_cells_keep_every_byte():
    kept = number("17.5", "17.50", ' table:formula="of:=SUM([.A1:.B1])"')
    data = redacted(package("spreadsheet", sheet(number("13812345678", "x") + kept)), "13812345678")
    assert kept in part(data)


def test_a_sheet_is_renamed_in_formulas_ranges_and_settings():
    more = (
        '<table:named-expressions><table:named-range table:name="r" '
        "table:cell-range-address=\"$'Emily Carter'.$A$1\"/></table:named-expressions>"
    )
    formula = " table:formula=\"of:=[$'Emily Carter'.A1]+SUM([.A1:.A2])\""
    settings = (
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item '
        'config:name="ActiveTable" config:type="string">Emily Carter</config:config-item>'
        "</config:config-item-set>"
    )
    body = sheet(number("3", "3", formula), "Emily Carter", more)
    data = redacted(package("spreadsheet", body, settings=settings), "Emily Carter")
    name = odfdo.Document(io.BytesIO(data)).body.get_tables()[0].name
    assert not set("[]*?:/\\'") & set(name)
    assert f"of:=[$'{name}'.A1]+SUM([.A1:.A2])" in part(data).replace("&apos;", "'")
    assert f"$'{name}'.$A$1" in part(data).replace("&apos;", "'")
    assert f">{name}<" in part(data, "settings.xml")


def test_two_sheets_never_get_the_same_name():
    body = sheet("<table:table-cell/>", "Emily") + sheet("<table:table-cell/>", "Carter")
    data = package("spreadsheet", body)
    document = open_document(data, Hint("a.ods"))
    edits = [
        Edit(index, at, at + len(word), "X")
        for index, segment in enumerate(document.segments())
        for word in ("Emily", "Carter")
        if (at := segment.text.find(word)) >= 0
    ]
    tables = odfdo.Document(io.BytesIO(document.apply(edits))).body.get_tables()
    assert ["X", "X_2"] == [table.name for table in tables]


def test_a_style_is_renamed_wherever_it_is_used():
    styles = (
        '<style:style style:name="Emily_20_Carter" style:display-name="Emily Carter" '
        'style:family="paragraph"/>'
    )
    body = '<text:p text:style-name="Emily_20_Carter">x</text:p>'
    data = redacted(package("text", body, styles=styles), "Emily Carter", name="a.odt")
    assert "Emily" not in part(data) + part(data, "styles.xml")
    used = part(data).partition('text:style-name="')[2].partition('"')[0]
    assert f'style:name="{used}"' in part(data, "styles.xml")


def test_text_over_spans_spaces_and_deletions_is_one():
    body = (
        '<text:tracked-changes><text:changed-region text:id="c"><text:deletion><office:change-info>'
        "<dc:creator>Anna</dc:creator><dc:date>2026-01-02T03:04:05</dc:date></office:change-info>"
        "<text:p>ily Car</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        "<text:p>a <text:span>Emi</text:span><text:span>ly</text:span><text:s/>Carter b</text:p>"
        '<text:p>Em<text:change text:change-id="c"/>ter</text:p>'
    )
    data = redacted(package("text", body), "Emily Carter", name="a.odt")
    for piece in ("Emi", "ily Car", "Carter", ">ter<", "Anna", "2026"):
        assert piece not in part(data)
    assert "1970-01-01T00:00:00" in part(data)


def test_traces_go_and_content_stays():
    meta = (
        "<meta:generator>LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2"
        "</meta:generator><meta:initial-creator>Anna</meta:initial-creator><dc:title>A title</dc:title>"
        "<meta:editing-cycles>7</meta:editing-cycles>"
    )
    automatic = (
        '<style:style style:name="T1" style:family="text"><style:text-properties '
        'officeooo:rsid="0012ab34"/></style:style>'
    )
    data = package("text", "<text:p>Quixotrel</text:p>", meta=meta, automatic=automatic)
    traces = [s for s in open_document(data, Hint("a.odt")).segments() if s.role is Role.TRACE]
    assert ["", "Anna", "7", ""] == [segment.text for segment in traces]
    new = redacted(data, "Quixotrel", name="a.odt")
    assert "<office:meta><dc:title>A title</dc:title></office:meta>" in part(new, "meta.xml")
    assert "rsid" not in part(new)


def test_the_preview_goes_with_its_entry_in_the_manifest():
    more = {
        "Thumbnails/thumbnail.png": GIF,
        "Pictures/TablePreview1.svm": b"VCLMTF",
        "META-INF/documentsignatures.xml": "<a/>",
    }
    data = package("text", "<text:p>Quixotrel</text:p>", more=more)
    new = redacted(data, "Quixotrel", name="a.odt")
    with zipfile.ZipFile(io.BytesIO(new)) as archive:
        assert ("mimetype", 0) == (
            archive.infolist()[0].filename,
            archive.infolist()[0].compress_type,
        )
        assert not [
            n for n in archive.namelist() if "view" in n or "Thumb" in n or "signature" in n
        ]
    assert "Thumbnails" not in part(new, "META-INF/manifest.xml")


def test_a_document_without_findings_keeps_every_byte():
    data = package("text", "<text:p>nothing here</text:p>")
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits())
    assert data == pipeline.process(Item(data, Hint("a.odt"))).data


def test_an_encrypted_document_is_refused():
    data = package("text", "", more={"META-INF/x": "y"})
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name, content.replace(b"</manifest:m", b"<manifest:encryption-data/></manifest:m")
            )
    with pytest.raises(Unreadable, match="encrypted"):
        open_document(stream.getvalue(), Hint("a.odt"))


def test_entities_in_a_part_are_refused():
    data = package("text", "", more={"Basic/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})
    with pytest.raises(Unreadable):
        open_document(data, Hint("a.odt"))


def test_a_flat_document_is_read_like_its_package_and_its_pictures_are_children():
    note = base64.b64encode(b"A note of Quixotrel, as text.\n" * 3).decode()
    flat = (
        f'<?xml version="1.0"?><office:document {XMLNS} office:mimetype="application/vnd.oasis.'
        'opendocument.text" office:version="1.3"><office:body><office:text><text:p>Qui<text:span>xotrel'
        f"</text:span><draw:frame><draw:image><office:binary-data>{note}</office:binary-data>"
        "</draw:image></draw:frame></text:p></office:text></office:body></office:document>"
    ).encode()
    assert "odt" == open_document(flat, Hint("a.fodt")).format
    new = redacted(flat, "Quixotrel", name="a.fodt")
    assert not [text for text in layers(new, Hint("a.fodt")) if "Quixotrel" in text]


@pytest.mark.parametrize(
    "media", ["application/vnd.oasis.opendocument.text-template", "application/vnd.sun.xml.writer"]
)
def test_a_template_and_an_old_openoffice_file_are_known_by_their_type(media):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", media)
        archive.writestr("content.xml", "<a/>")
    assert "odt" == open_document(stream.getvalue(), Hint("a.bin")).format


def test_a_thumbnail_without_findings_stays_in_a_document_without_findings():
    thumbnail = pictures.packed(pictures.drawn(["weather"]), "PNG")
    data = package(
        "text", "<text:p>it rains</text:p>", more={"Thumbnails/thumbnail.png": thumbnail}
    )
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits())
    outcome = pipeline.process(Item(data, Hint("a.odt")))
    assert (Verdict.ALLOW, True) == (outcome.verdict, outcome.data == data)


@pytest.mark.parametrize(
    ("cache", "verdict"),
    [(bytes(range(32)) * 4, Verdict.ALLOW), (b"\1\0Emily Carter\0", Verdict.REDACT)],
)
def test_a_layout_cache_stays_if_there_is_no_text_in_it(cache, verdict):
    data = package("text", "<text:p>it rains</text:p>", more={"layout-cache": cache})
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits())
    outcome = pipeline.process(Item(data, Hint("a.odt")))
    assert verdict is outcome.verdict
    assert b"Emily" not in outcome.data


def test_what_only_a_thumbnail_shows_is_found_and_goes_with_it():
    thumbnail = pictures.packed(pictures.drawn(["Quixotrel 42"]), "PNG")
    data = package(
        "text", "<text:p>it rains</text:p>", more={"Thumbnails/thumbnail.png": thumbnail}
    )
    new = redacted(data, "Quixotrel", name="a.odt")
    assert "Thumbnails" not in part(new, "META-INF/manifest.xml")
    assert "it rains" in part(new)


def test_a_picture_that_becomes_another_kind_is_listed_as_that_kind():
    photo = pictures.packed(pictures.drawn(["Quixotrel 42"], size=40), "AVIF")
    image = '<draw:frame><draw:image xlink:href="Pictures/10000000AB.avif"/></draw:frame>'
    data = package("text", f"<text:p>{image}</text:p>", more={"Pictures/10000000AB.avif": photo})
    new = redacted(data, "Quixotrel", name="a.odt")
    manifest = part(new, "META-INF/manifest.xml")
    [entry] = [line for line in manifest.split("<") if "Pictures/" in line]
    assert 'media-type="image/jpeg"' in entry
    assert "Pictures/10000000AB-1.jpg" in entry
    assert 'href="Pictures/10000000AB-1.jpg"' in part(new)


def test_slides_are_pages_of_the_budget():
    body = "<draw:page/>" * 4
    with pytest.raises(LimitExceeded, match="pages"):
        open_document(package("presentation", body), Hint("a.odp"), Limits(pages=3))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_file_that_libreoffice_wrote_is_redacted_and_opened_by_it(tmp_path):
    document = docx.Document()
    document.add_heading("Report of Quixotrel", 0)
    document.add_paragraph("Dear Mr ").add_run("Quix").bold = True
    document.paragraphs[-1].add_run("otrel, it rains.")
    document.sections[0].header.paragraphs[0].text = "for Quixotrel"
    document.add_picture(io.BytesIO(pictures.packed(pictures.drawn(["Quixotrel 42"]), "PNG")))
    document.save(str(tmp_path / "a.docx"))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    for kind, name in (("odt", "a.docx"), ("txt:Text", "b.odt")):
        if name == "b.odt":
            new = redacted((tmp_path / "a.odt").read_bytes(), "Quixotrel", name="a.odt")
            (tmp_path / "b.odt").write_bytes(new)
        subprocess.run(
            [*command, "--convert-to", kind, "--outdir", str(tmp_path), str(tmp_path / name)],
            check=True, capture_output=True, timeout=100,
        )  # fmt: skip
    text = (tmp_path / "b.txt").read_text()
    assert ("Report of [EXACT_VALUE]" in text, "Dear Mr [EXACT_VALUE], it rains." in text) == (
        True,
        True,
    )
    assert 1 == len(odfdo.Document(tmp_path / "b.odt").body.get_images())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_redacted_files(tmp_path):
    table = number("13812345678", "13812345678", ' table:formula="of:=13812345677+1"')
    files = {
        "a.ods": package("spreadsheet", sheet(table, "Emily Carter")),
        "a.odt": package("text", "<text:p>Dear Emily Carter,</text:p>"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(redacted(data, "Emily Carter", "13812345678", name=name))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    names = {"a.ods": "csv", "a.odt": "txt"}
    for name, ending in names.items():
        subprocess.run(
            [*command, "--convert-to", ending, "--outdir", str(tmp_path), str(tmp_path / name)],
            check=True, capture_output=True, timeout=100,
        )  # fmt: skip
        text = (tmp_path / f"a.{ending}").read_text()
        assert "Emily" not in text
        assert "138" not in text
        assert "[" in text
