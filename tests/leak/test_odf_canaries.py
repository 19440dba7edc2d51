"""A unique word in every place of an OpenDocument file where text can hide: none survives."""

import base64
import io
import zipfile

import pytest

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.model import Hint, Item, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "config": "urn:oasis:names:tc:opendocument:xmlns:config:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "form": "urn:oasis:names:tc:opendocument:xmlns:form:1.0",
    "chart": "urn:oasis:names:tc:opendocument:xmlns:chart:1.0",
    "script": "urn:oasis:names:tc:opendocument:xmlns:script:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
    "math": "http://www.w3.org/1998/Math/MathML",
    "officeooo": "http://openoffice.org/2009/office",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "foreign": "http://example.org/ours",
}
XMLNS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
TYPE = "application/vnd.oasis.opendocument."
WIDE_BASIC = (
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">'
)


class Canaries:
    """Hands out a unique word for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"Kanari{len(self.places):03d}vogel")

    def number(self, place):
        return self.places.setdefault(place, f"13870{len(self.places):06d}")

    def cut(self, place):
        word = self(place)
        return word[:4], word[4:9], word[9:]


def package(kind, parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPE + kind, zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content if isinstance(content, bytes) else content.encode())
        entries = "".join(
            f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
            for name in parts
        )
        archive.writestr(
            "META-INF/manifest.xml",
            f'{HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest'
            f':1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{TYPE}{kind}"/>{entries}</manifest:manifest>',
        )
    return stream.getvalue()


def meta(c):
    return (
        f"<office:meta><meta:initial-creator>{c('initial creator')}</meta:initial-creator>"
        f"<dc:creator>{c('creator')}</dc:creator><meta:printed-by>{c('printed by')}</meta:printed-by>"
        f"<meta:generator>Writer/{c('generator')}</meta:generator><dc:title>{c('title')}</dc:title>"
        f"<dc:subject>{c('subject')}</dc:subject><dc:description>{c('description')}</dc:description>"
        f"<meta:keyword>{c('keyword')}</meta:keyword><meta:editing-cycles>7</meta:editing-cycles>"
        f'<meta:template xlink:type="simple" xlink:href="file:///home/{c("template path")}/a.ott"'
        f' xlink:title="{c("template title")}"/><dc:date>2026-01-02T03:04:05</dc:date>'
        f'<meta:user-defined meta:name="{c("user-defined name")}">{c("user-defined value")}'
        f'</meta:user-defined><meta:user-defined meta:name="phone" meta:value-type="float">'
        f"{c.number('user-defined number')}</meta:user-defined></office:meta>"
    )


def settings(c):
    setup = base64.b64encode(f"printer={c('printer setup')}\n".encode() * 3).decode()
    return (
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item config:name="ActiveTable" config:type="string">'
        f"{c('sheet name')} x</config:config-item></config:config-item-set>"
        '<config:config-item-set config:name="ooo:configuration-settings">'
        f'<config:config-item config:name="PrinterName" config:type="string">{c("printer name")}'
        "</config:config-item>"
        f'<config:config-item config:name="PrinterSetup" config:type="base64Binary">{setup}'
        "</config:config-item>"
        '<config:config-item config:name="Rsid" config:type="int">9876543</config:config-item>'
        f'<config:config-item config:name="CurrentDatabaseDataSource" config:type="string">'
        f"{c('data source')}</config:config-item></config:config-item-set></office:settings>"
    )


def changed(c, where):
    return (
        f"<office:change-info><dc:creator>{c(where + ' change author')}</dc:creator>"
        "<dc:date>2026-01-02T03:04:05</dc:date></office:change-info>"
    )


def annotation(c, where):
    return (
        f'<office:annotation office:name="{c(where + " annotation name")}">'
        f"<dc:creator>{c(where + ' annotation author')}</dc:creator><dc:date>2026-01-02T03:04:05</dc:date>"
        f"<meta:creator-initials>{c(where + ' initials')}</meta:creator-initials>"
        f"<text:p>{c(where + ' annotation text')}</text:p></office:annotation>"
    )


def shape(c, where):
    return (
        f'<draw:frame draw:name="{c(where + " frame name")}" svg:width="2cm" svg:height="1cm">'
        f"<draw:text-box><text:p>{c(where + ' text box')}</text:p></draw:text-box>"
        f"<svg:title>{c(where + ' svg title')}</svg:title><svg:desc>{c(where + ' svg desc')}</svg:desc>"
        "</draw:frame>"
    )


def forms(c):
    return (
        '<office:forms><form:form form:name="f" form:datasource="' + c("form datasource") + '"'
        f' form:command="{c("form command")}" xlink:href="http://{c("form action")}.example/">'
        f'<form:text form:name="{c("control name")}" form:value="{c("form value")}" '
        f'form:current-value="{c("form current value")}" form:id="c1" xml:id="c1"><form:properties>'
        f'<form:property form:property-name="HelpText" office:value-type="string" '
        f'office:string-value="{c("form property")}"/></form:properties></form:text>'
        f'<form:listbox form:id="c2" form:name="list"><form:option form:label="{c("option label")}"'
        f' form:value="{c("option value")}"/></form:listbox></form:form></office:forms>'
    )


def text_body(c):
    one, two, three = c.cut("over spans")
    left, right = c("comment inside")[:5], c("comment inside")[5:]
    before, gone, after = c.cut("partly deleted")
    ruby_one, ruby_two, ruby_three = c.cut("over rubies")
    return (
        "<text:tracked-changes>"
        f'<text:changed-region xml:id="ct1" text:id="ct1"><text:deletion>{changed(c, "deletion")}'
        f"<text:p>{c('deleted paragraph')}</text:p></text:deletion></text:changed-region>"
        f'<text:changed-region text:id="ct2"><text:deletion>{changed(c, "second")}'
        f"<text:p>{gone}</text:p></text:deletion></text:changed-region>"
        f'<text:changed-region text:id="ct3"><text:insertion>{changed(c, "insertion")}'
        "</text:insertion></text:changed-region></text:tracked-changes>"
        "<text:variable-decls><text:variable-decl office:value-type='string' "
        f'text:name="{c("variable name")}"/></text:variable-decls><text:user-field-decls>'
        f'<text:user-field-decl office:value-type="string" office:string-value="{c("user field")}" '
        'text:name="u"/><text:user-field-decl office:value-type="float" text:name="v" '
        f'office:value="{c.number("user field number")}"/></text:user-field-decls>'
        f"{forms(c)}"
        f"<text:h text:outline-level='1'>{c('heading')}</text:h>"
        f"<text:p>{one}<text:span text:style-name='T1'>{two}</text:span>{three}</text:p>"
        f"<text:p>{left}<!-- {c('XML comment')} -->{right}<?pi {c('instruction')}?></text:p>"
        f"<text:p><![CDATA[{c('cdata')}]]> Emily<text:s text:c='2'/>Carter<text:tab/>x</text:p>"
        f"<text:p>{before}<text:change text:change-id='ct2'/>{after}</text:p>"
        f"<text:p>a <text:change-start text:change-id='ct3'/>{c('inserted')}"
        "<text:change-end text:change-id='ct3'/> b</text:p>"
        f"<text:p>{annotation(c, 'text')}<text:note text:id='n1' text:note-class='footnote'>"
        "<text:note-citation>1</text:note-citation><text:note-body>"
        f"<text:p>{c('footnote')}</text:p></text:note-body></text:note></text:p>"
        "<text:p>"
        + "".join(
            f"<text:ruby><text:ruby-base>字</text:ruby-base><text:ruby-text>{part}</text:ruby-text>"
            "</text:ruby>"
            for part in (ruby_one, ruby_two, ruby_three)
        )
        + "</text:p>"
        f'<text:p><text:hidden-text text:condition="ooow:1" text:string-value="{c("hidden text")}" '
        'text:is-hidden="true"/><text:conditional-text text:condition="ooow:x EQ &quot;'
        f'{c("condition")}&quot;" text:string-value-if-true="{c("if true")}" '
        f'text:string-value-if-false="{c("if false")}">{c("conditional")}</text:conditional-text>'
        f'<text:placeholder text:placeholder-type="text" text:description="{c("placeholder tip")}">'
        f"&lt;{c('placeholder')}&gt;</text:placeholder>"
        f'<text:database-display text:database-name="{c("database")}" text:table-name="{c("db table")}" '
        f'text:table-type="table" text:column-name="{c("db column")}">x</text:database-display>'
        f'<text:bibliography-mark text:bibliography-type="book" text:author="{c("cited author")}" '
        f'text:title="{c("cited title")}" text:identifier="{c("cited key")}">[1]</text:bibliography-mark>'
        f'<text:date text:date-value="1980-03-12">{c("date field text")}</text:date>'
        f'<text:variable-set text:name="{c("variable name")}" office:value-type="float" '
        f'office:value="{c.number("variable value")}" text:formula="ooow:{c.number("variable value")}">'
        f"{c.number('variable value')}</text:variable-set>"
        f'<text:bookmark text:name="{c("bookmark")}"/><text:a xlink:type="simple" '
        f'xlink:href="http://example.org/{c("link target")}" office:title="{c("link title")}">go</text:a>'
        f'<text:a xlink:href="http://example.org/{c("percent")[:4]}%{ord(c("percent")[4]):02X}'
        f'{c("percent")[5:]}">go</text:a>'
        f'<text:alphabetical-index-mark text:string-value="{c("index mark")}" text:key1="{c("key1")}"/>'
        f' <text:script script:language="JavaScript">{c("script field")}</text:script></text:p>'
        f'<text:section text:name="{c("section name")}" text:display="none"><text:p>'
        f"{c('hidden section')}</text:p></text:section>"
        f'<table:table table:name="{c("table name")}"><table:table-column/><table:table-row>'
        f"<table:table-cell><text:p>{c('cell')}</text:p></table:table-cell></table:table-row>"
        "</table:table>"
        f"<text:p>{shape(c, 'text')}<draw:a xlink:href='http://example.org/{c('shape link')}'>"
        "<draw:frame draw:name='i'><draw:image xlink:href='./Object 1'/></draw:frame></draw:a>"
        "<draw:frame draw:name='o' svg:width='2cm' svg:height='2cm'>"
        "<draw:object xlink:href='./Object 1'/>"
        "<draw:image xlink:href='./ObjectReplacements/Object 1'/></draw:frame></text:p>"
        f'<text:p foreign:note="{c("foreign attribute")}">x <foreign:tag>{c("foreign text")}'
        "</foreign:tag></text:p>"
    )


def styles(c):
    display = c("style display name")
    return (
        "<office:styles><style:style style:name='Standard' style:family='paragraph'/>"
        f'<style:style style:name="x_20_{display}" style:display-name="x {display}" '
        "style:family='paragraph' style:parent-style-name='Standard'/>"
        f'<style:style style:name="{c("style name")}" style:family="text"/>'
        "<number:number-style style:name='N1'><number:text>"
        f"{c('number format literal')}</number:text><number:number number:min-integer-digits='1'/>"
        "</number:number-style></office:styles><office:automatic-styles>"
        "<style:style style:name='T1' style:family='text'><style:text-properties "
        'officeooo:rsid="0012ab34" officeooo:paragraph-rsid="00ffee11"/></style:style>'
        "<style:page-layout style:name='pm1'/></office:automatic-styles><office:master-styles>"
        "<style:master-page style:name='Standard' style:page-layout-name='pm1'>"
        f"<style:header><text:p>{c('header')}</text:p></style:header><style:footer><text:p>"
        f"{c('footer')}</text:p></style:footer></style:master-page></office:master-styles>"
    )


def chart(c):
    return (
        f"{HEAD}<office:document-content {XMLNS} office:version='1.3'><office:body><office:chart>"
        f'<chart:chart chart:class="chart:bar"><chart:title><text:p>{c("chart title")}</text:p>'
        '</chart:title><chart:plot-area table:cell-range-address="local-table.A1:local-table.B2"/>'
        '<table:table table:name="local-table"><table:table-rows><table:table-row>'
        f'<table:table-cell office:value-type="string"><text:p>{c("chart category")}</text:p>'
        f'</table:table-cell><table:table-cell office:value-type="float" office:value="'
        f'{c.number("chart value")}"><text:p>{c.number("chart value")}</text:p></table:table-cell>'
        "</table:table-row></table:table-rows></table:table></chart:chart></office:chart>"
        "</office:body></office:document-content>"
    )


def module(c):
    return (
        f'{HEAD}{WIDE_BASIC}\n<script:module xmlns:script="http://openoffice.org/2000/script" '
        f'script:name="Module1" script:language="StarBasic">Sub Main\nMsgBox "{c("macro")}"\nEnd Sub'
        "</script:module>"
    )


def document(root, body):
    return f"{HEAD}<office:{root} {XMLNS} office:version='1.3'>{body}</office:{root}>"


def common(c):
    return {
        "styles.xml": document("document-styles", styles(c)),
        "meta.xml": document("document-meta", meta(c)),
        "settings.xml": document("document-settings", settings(c)),
        "manifest.rdf": f'{HEAD}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="content.xml"><rdf:comment>{c("rdf")}</rdf:comment>'
        "</rdf:Description></rdf:RDF>",
        "Object 1/content.xml": chart(c),
        "ObjectReplacements/Object 1": b"VCLMTF" + c("replacement").encode(),
        "Thumbnails/thumbnail.png": b"\x89PNG\r\n" + c("thumbnail").encode(),
        "layout-cache": c("layout cache").encode(),
        "Basic/Standard/Module1.xml": module(c),
        f"Scripts/python/{c('script file name')}.py": f"# {c('python macro')}\n",
        "META-INF/documentsignatures.xml": f'{HEAD}<document-signatures xmlns="urn:oasis:names:tc:'
        f'opendocument:xmlns:digitalsignature:1.0"><Signature xmlns="http://www.w3.org/2000/09/xmldsig#">'
        f"<X509IssuerName>CN={c('signer')}</X509IssuerName><X509Certificate>"
        f"{base64.b64encode(c('certificate').encode()).decode()}</X509Certificate></Signature>"
        "</document-signatures>",
    }


def odt(c):
    body = f"<office:body><office:text>{text_body(c)}</office:text></office:body>"
    return package("text", {"content.xml": document("document-content", body), **common(c)})


def sheet_body(c):
    sheet, cut = f"{c('sheet name')} x", c("joined constants")
    number = c.number("number cell")
    exponent = c.number("number with exponent")
    return (
        "<table:calculation-settings/><table:content-validations><table:content-validation "
        f'table:name="val1" table:condition="of:cell-content-is-in-list(&quot;{c("list item")}&quot;)" '
        f"table:base-cell-address=\"'{sheet}'.A1\"><table:help-message table:title="
        f'"{c("help title")}"><text:p>{c("help text")}</text:p></table:help-message>'
        f'<table:error-message table:title="{c("error title")}"><text:p>{c("error text")}</text:p>'
        "</table:error-message></table:content-validation></table:content-validations>"
        f"<table:table table:name=\"{sheet}\" table:print-ranges=\"'{sheet}'.A1:'{sheet}'.B9\" "
        f'table:display="false"><table:title>{c("table title")}</table:title><table:table-column/>'
        "<table:table-row><table:table-cell office:value-type='string'><text:p>Phone</text:p>"
        "</table:table-cell></table:table-row><table:table-row table:visibility='collapse'>"
        f"<table:table-cell office:value-type='string'>{annotation(c, 'cell')}<text:p>"
        f"{c('string cell')}</text:p></table:table-cell>"
        f'<table:table-cell office:value-type="float" calcext:value-type="float" office:value="{number}">'
        f"<text:p>{number[:3]}-{number[3:7]}-{number[7:]}</text:p></table:table-cell>"
        f'<table:table-cell office:value-type="float" office:value="{exponent[0]}.{exponent[1:]}E+10">'
        "<text:p>1E10</text:p></table:table-cell>"
        f'<table:table-cell office:value-type="string" table:formula="of:=&quot;{cut[:6]}&quot;&amp;'
        f'&quot;{cut[6:]}&quot;&amp;[\'{sheet}\'.B2]" office:string-value="{cut}"><text:p>{cut}'
        "</text:p></table:table-cell>"
        f'<table:table-cell office:value-type="float" table:formula="of:=SUM([\'{sheet}\'.B1:.B2])" '
        'office:value="17"><text:p>17</text:p></table:table-cell>'
        f'<table:table-cell office:value-type="string" office:string-value="{c("value only")}"/>'
        f"</table:table-row><table:shapes>{shape(c, 'sheet')}</table:shapes></table:table>"
        '<table:table table:name="Plain"><table:table-row><table:table-cell '
        f'table:formula="of:=[$\'{sheet}\'.A1]+{c("range name")}" office:value-type="float" '
        'office:value="3"><text:p>3</text:p></table:table-cell></table:table-row></table:table>'
        f'<table:named-expressions><table:named-range table:name="{c("range name")}" '
        f"table:base-cell-address=\"$'{sheet}'.$A$1\" table:cell-range-address=\"$'{sheet}'.$A$1\"/>"
        f'<table:named-expression table:name="e" table:expression="&quot;{c("expression")}&quot;"/>'
        "</table:named-expressions><table:database-ranges><table:database-range "
        f"table:name=\"{c('database range')}\" table:target-range-address=\"'{sheet}'.A1:'{sheet}'.B2\">"
        f'<table:filter><table:filter-condition table:field-number="0" table:value="{c("filter")}" '
        'table:operator="="/></table:filter></table:database-range></table:database-ranges>'
        "<table:data-pilot-tables><table:data-pilot-table table:name='p' table:target-range-address="
        f'"Plain.A1:Plain.B2"><table:data-pilot-field table:source-field-name="{c("pivot field")}">'
        f'<table:data-pilot-level><table:data-pilot-members><table:data-pilot-member table:name="'
        f'{c("pivot member")}"/></table:data-pilot-members></table:data-pilot-level>'
        "</table:data-pilot-field></table:data-pilot-table></table:data-pilot-tables>"
        f'<table:tracked-changes><table:cell-content-change table:id="ct1">{changed(c, "cell")}'
        '<table:previous><table:change-track-table-cell office:value-type="float" office:value="'
        f'{c.number("previous number")}"/></table:previous></table:cell-content-change>'
        "</table:tracked-changes>"
    )


def ods(c):
    body = f"<office:body><office:spreadsheet>{sheet_body(c)}</office:spreadsheet></office:body>"
    return package("spreadsheet", {"content.xml": document("document-content", body), **common(c)})


def odp(c):
    body = (
        "<office:body><office:presentation>"
        f'<presentation:footer-decl presentation:name="ftr1">{c("footer declaration")}'
        "</presentation:footer-decl>"
        f'<draw:page draw:name="{c("page name")}" draw:master-page-name="Standard">'
        f"{shape(c, 'slide')}{annotation(c, 'slide')}"
        f"<draw:custom-shape draw:name='s'><text:p>{c('custom shape')}</text:p></draw:custom-shape>"
        f"<draw:g draw:name='{c('group name')}'><draw:rect><text:p>{c('grouped')}</text:p></draw:rect>"
        f"</draw:g><presentation:notes><draw:frame presentation:class='notes'><draw:text-box><text:p>"
        f"{c('notes')}</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>"
        "</office:presentation></office:body>"
    )
    return package("presentation", {"content.xml": document("document-content", body), **common(c)})


def flat(c):
    binary = base64.b64encode(f"Note for {c('binary data')}.\n".encode() * 4).decode()
    return (
        document(
            "document",
            f"{meta(c)}{settings(c)}{styles(c)}<office:body><office:text>{text_body(c)}<text:p>"
            f"<draw:frame draw:name='b'><draw:image><office:binary-data>{binary}</office:binary-data>"
            "</draw:image></draw:frame></text:p></office:text></office:body>",
        )
        .replace(XMLNS, f'{XMLNS} office:mimetype="{TYPE}text"', 1)
        .encode()
    )


FILES = {"odt": odt, "ods": ods, "odp": odp, "fodt": flat}
each_kind = pytest.mark.parametrize("kind", sorted(FILES))
# Parts that are not read but left out whenever the file is changed.
UNREAD = {"replacement", "thumbnail", "layout cache", "certificate"}


def redacted(data, name, values):
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return pipeline.process(Item(data, Hint(name)))


def unpacked(data):
    """All bytes of a file, unzipped."""
    if not data.startswith(b"PK"):
        return {"": data}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) + name.encode() for name in archive.namelist()}


@each_kind
def test_every_place_is_seen_by_the_first_and_by_the_second_reader(kind):
    c = Canaries()
    data = FILES[kind](c)
    seen = "\n".join(s.text for s in open_document(data, Hint(f"a.{kind}")).segments())
    second = "\n".join(layers(data, Hint(f"a.{kind}")))
    read = {place: word for place, word in c.places.items() if place not in UNREAD}
    hidden = {"printer setup", "number cell", "partly deleted"}  # see the tests for each
    assert [] == [p for p, w in read.items() if w not in seen and p not in hidden]
    assert [] == [p for p, w in read.items() if w not in second and p not in hidden]


@each_kind
def test_no_canary_survives_and_nothing_is_blocked(kind):
    c = Canaries()
    data = FILES[kind](c)
    outcome = redacted(data, f"a.{kind}", list(c.places.values()))
    assert (Verdict.REDACT, "") == (outcome.verdict, outcome.reason)
    texts = "\n".join(
        [s.text for s in open_document(outcome.data, Hint(f"a.{kind}")).segments()]
        + list(layers(outcome.data, Hint(f"a.{kind}")))
    )
    raw = unpacked(outcome.data)
    left = {
        place
        for place, word in c.places.items()
        if word in texts or any(word.encode() in content for content in raw.values())
    }
    assert set() == left
