"""Every hiding place of a Word file, each with a word of its own, through the whole pipeline.

The package is built with all parts linked as Word links them, so that other programs open it.
"""

import io
import re
import zipfile

import docx
import PIL.Image
import pytest
from support.binary_parts import (
    emf,
    emr_comment,
    emr_font,
    emr_poly,
    emr_small,
    emr_text,
    plus,
    plus_string,
    vba_project,
    wmf,
    wmf_escape,
    wmf_ext_text,
    wmf_font,
    wmf_text,
)
from support.office_canaries import (
    DEFAULTS,
    HEAD,
    OFFICE,
    PACKAGE,
    Canaries,
    R,
    W,
    everything,
    excel_file,
    package,
    relationships,
    run,
    word_file,
)

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

MACROS = "application/vnd.ms-office.vbaProject"


def picture(c):
    """A photo whose camera data holds a word."""
    out = io.BytesIO()
    exif = PIL.Image.Exif()
    exif[0x013B] = c("photo: exif artist")
    PIL.Image.new("RGB", (24, 24), "white").save(out, "jpeg", exif=exif)
    return out.getvalue()


def drawings(c):
    """An EMF and a WMF with a word in each kind of record."""
    one, two, three = c.cut("emf: text drawn in pieces")
    x = 10 * len(one)
    enhanced = emf(
        emr_font(c("emf: font name")),
        emr_text(84, c("emf: wide text")),
        emr_text(83, c("emf: narrow text"), 0, 10, codec="latin-1"),
        emr_small(c("emf: small text"), 0, 20),
        emr_poly("one", c("emf: several texts")),
        emr_text(84, one, 0, 50),
        emr_text(84, two, x, 50),
        emr_text(84, three, x + 10 * len(two), 50),
        emr_comment(b"driver " + c("emf: private comment").encode()),
        emr_comment(b"EMF+" + plus(0x4001, 1, bytes(16)) + plus_string(c("emf+: drawn string"))),
        title=c("emf: title"),
    )
    old = wmf(
        wmf_font(c("wmf: font name")),
        wmf_text(c("wmf: text")),
        wmf_ext_text(c("wmf: text with advances"), 0, 20),
        wmf_escape(b"remark " + c("wmf: comment").encode()),
    )
    return enhanced, old


def small_document(c):
    """A document for an alternative format chunk."""
    types = {"word/document.xml": f"{OFFICE}.wordprocessingml.document.main+xml"}
    body = f"<w:body><w:p>{run(c('altChunk: docx'))}</w:p></w:body>"
    return package(
        {
            "[Content_Types].xml": typed({}, types),
            "_rels/.rels": relationships((f"{R}/officeDocument", "word/document.xml", "")),
            "word/document.xml": f'{HEAD}<w:document xmlns:w="{W}">{body}</w:document>',
        }
    )


def typed(defaults, overrides):
    items = "".join(
        f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in (DEFAULTS | defaults).items()
    )
    items += "".join(f'<Override PartName="/{p}" ContentType="{t}"/>' for p, t in overrides.items())
    return f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{items}</Types>'


def extra_parts(c):
    """Parts that the plain canary file lacks: content, media type, and kind of relationship."""
    enhanced, old = drawings(c)
    story = lambda root, body: f'{HEAD}<w:{root} xmlns:w="{W}">{body}</w:{root}>'
    p = lambda place: f"<w:p>{run(c(place))}</w:p>"
    main = f"{OFFICE}.wordprocessingml"
    ms = "http://schemas.microsoft.com/office"
    return {
        "word/header2.xml": (story("hdr", p("header: first")), f"{main}.header+xml", "header"),
        "word/header3.xml": (story("hdr", p("header: even")), f"{main}.header+xml", "header"),
        "word/footer2.xml": (story("ftr", p("footer: first")), f"{main}.footer+xml", "footer"),
        "word/commentsExtended.xml": (
            f'{HEAD}<w15:commentsEx xmlns:w15="{ms}/word/2012/wordml"><w15:commentEx w15:paraId='
            f'"00000001" w15:done="0" w15:note="two words {c("comments extended")}"/></w15:commentsEx>',
            f"{main}.commentsExtended+xml",
            "commentsExtended",
        ),
        "word/webSettings.xml": (
            story(
                "webSettings",
                f'<w:divs><w:div w:id="1"><w:x w:note="a {c("web settings")}"/></w:div></w:divs>',
            ),
            f"{main}.webSettings+xml",
            "webSettings",
        ),
        "word/afchunk1.html": (
            f"<html><body><p title='{c('altChunk: html attribute')}'>{c('altChunk: html text')}</p>"
            f"<!-- {c('altChunk: html comment')} --></body></html>",
            "text/html",
            "aFChunk",
        ),
        "word/afchunk2.docx": (small_document(c), f"{main}.document", "aFChunk"),
        "word/media/image1.jpeg": (picture(c), "image/jpeg", "image"),
        "word/media/image2.emf": (enhanced, "image/x-emf", "image"),
        "word/media/image3.wmf": (old, "image/x-wmf", "image"),
        "word/vbaProject.bin": (
            vba_project(
                f'Sub A()\r\nx = "{c("macro: source")}"\r\nEnd Sub\r\n',
                settings=f'Name="{c("macro: settings")}"',
                form=c("macro: form"),
            ),
            MACROS,
            "vbaProject",
        ),
        "word/vbaData.xml": (
            f'{HEAD}<wne:vbaSuppData xmlns:wne="{ms}/word/2006/wordml"><wne:mcds><wne:mcd wne:macroName='
            f'"{c("macro: companion")}"/></wne:mcds></wne:vbaSuppData>',
            "application/vnd.ms-word.vbaData+xml",
            "wordVbaData",
        ),
        "word/printerSettings1.bin": (
            c("printer settings").encode("utf-16-le"),
            f"{main}.printerSettings",
            "printerSettings",
        ),
        "docProps/thumbnail.jpeg": (picture(c) + c("thumbnail").encode(), "image/jpeg", ""),
        "word/fonts/font1.odttf": (
            c("embedded font").encode(),
            f"{OFFICE}.obfuscatedFont",
            "font",
        ),
        "customXml/itemProps1.xml": (
            f'{HEAD}<ds:datastoreItem xmlns:ds="{OFFICE.replace("application/vnd.", "http://schemas.")}"'
            f' ds:itemID="{{0}}"><ds:schemaRefs><ds:schemaRef ds:uri="urn:{c("custom xml schema")}"/>'
            "</ds:schemaRefs></ds:datastoreItem>",
            f"{OFFICE}.customXmlProperties+xml",
            "customXmlProps",
        ),
        "_xmlsignatures/sig1.xml": (
            f'{HEAD}<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><SignatureProperty>'
            f"<SignatureComments>{c('signature comment')}</SignatureComments></SignatureProperty>"
            "</Object></Signature>",
            "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml",
            "",
        ),
    }


def settings_part(c, old):
    """Settings with a template's path, session ids and the document's own id."""
    ids = "".join(f'<w:rsid w:val="{n:08X}"/>' for n in range(3))
    inside = (
        f'<w:attachedTemplate r:id="rId1"/><w:rsids><w:rsidRoot w:val="00000001"/>{ids}</w:rsids>'
    )
    return old.replace("<w:docVars>", f"{inside}<w:docVars>", 1)


def docm(c):
    """The whole file."""
    parts = dict(word_file(c, package(excel_file(c, "embedded "))))
    extra = extra_parts(c)
    parts |= {name: content for name, (content, _, _) in extra.items()}
    parts["word/settings.xml"] = settings_part(c, parts["word/settings.xml"])
    parts["word/_rels/settings.xml.rels"] = relationships(
        (
            f"{R}/attachedTemplate",
            f"file:///C:/Users/{c('attached template path')}/x.dotm",
            ' TargetMode="External"',
        )
    )
    parts["word/media/" + c("name of a part") + ".txt"] = "plain text " + c("text of a part")
    types = parts["[Content_Types].xml"]
    types = types.replace(
        f"{OFFICE}.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, (_, kind, _) in extra.items()
    )
    defaults = '<Default Extension="txt" ContentType="text/plain"/>'
    types = types.replace("<Override", defaults + "<Override", 1)
    parts["[Content_Types].xml"] = types.replace("</Types>", overrides + "</Types>")
    linked = "".join(
        f'<Relationship Id="rIdX{n}" Type="{R}/{kind}" Target="/{name}"/>'
        for n, (name, (_, _, kind)) in enumerate(extra.items())
        if kind and kind != "wordVbaData"
    )
    rels = "word/_rels/document.xml.rels"
    parts[rels] = parts[rels].replace("</Relationships>", linked + "</Relationships>")
    return parts


def with_remarks(data, c):
    """The zip with a comment on itself and on a member, an extra field, and bytes behind its end."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "word/styles.xml":
                word = c("zip: extra field").encode()
                member.extra = b"\x99\x99" + len(word).to_bytes(2, "little") + word
                member.comment = c("zip: comment of a part").encode()
            new.writestr(member, content)
        new.comment = c("zip: comment").encode()
    return out.getvalue() + c("zip: bytes behind the end").encode()


@pytest.fixture(scope="module")
def made():
    canaries = Canaries()
    data = with_remarks(package(docm(canaries)), canaries)
    values = tuple(canaries.places.values())
    pipe = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return canaries, data, pipe.process(Item(data, Hint("a.docm")))


def test_it_is_redacted_not_blocked(made):
    assert ("", Verdict.REDACT) == (made[2].reason, made[2].verdict)


def test_there_is_a_word_in_every_row_of_the_table(made):
    assert len(made[0].places) >= 170


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
    gone = {name for name in before - after if "Kanari" not in name}
    assert {
        "_xmlsignatures/sig1.xml",
        "docProps/thumbnail.jpeg",
        "word/fonts/font1.odttf",
        "word/printerSettings1.bin",
        "word/vbaData.xml",
        "word/vbaProject.bin",
    } == gone
    assert 1 == len(after - before)  # the part that had a name of its own


def test_python_docx_reads_it_and_finds_nothing(made):
    canaries, _, outcome = made
    parts = {}
    with zipfile.ZipFile(io.BytesIO(outcome.data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
        f"{OFFICE}.wordprocessingml.document.main+xml".encode(),
    )
    document = docx.Document(io.BytesIO(package(parts)))
    text = "".join(part.blob.decode("latin-1") for part in document.part.package.iter_parts())
    assert [] == re.findall("|".join(canaries.places.values()), text)
    assert "[EXACT_VALUE]" in "".join(p.text for p in document.paragraphs)


def test_who_and_when_are_gone(made):
    with zipfile.ZipFile(io.BytesIO(made[2].data)) as archive:
        body = archive.read("word/document.xml").decode()
        settings = archive.read("word/settings.xml").decode()
        template = archive.read("word/_rels/settings.xml.rels").decode()
    assert "rsid" not in body + settings
    assert set(re.findall('w:date="([^"]*)"', body)) == {"1980-01-01T00:00:00Z"}
    assert re.findall('w:author="([^"]*)"', body)[:2] == ["Author 1", "Author 2"]
    assert 'Target="Normal.dotm"' in template
