"""Office packages with a unique word in every place where text can hide.

The words come from :class:`Canaries`, which remembers which place got which.
"""

import io
import re
import zipfile

import pptx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Canaries:
    """Hands out a unique word for each place it is asked about."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"Kanari{len(self.places):02d}vogel")

    def number(self, place):
        return self.places.setdefault(place, f"13870{len(self.places):06d}")

    def cut(self, place):
        """A word over three runs."""
        word = self(place)
        return word[:4], word[4:8], word[8:]


def package(parts, *, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text if isinstance(text, bytes) else text.encode())
        archive.comment = comment
    return stream.getvalue()


def relationships(*targets):
    items = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"{mode}/>'
        for n, (kind, target, mode) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def core(c):
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{c('core title')}</dc:title><dc:creator>{c('core creator')}</dc:creator>"
        f"<cp:keywords>{c('core keywords')}</cp:keywords>"
        f"<dc:description>{c('core description')}</dc:description>"
        f"<cp:lastModifiedBy>{c('core last modified by')}</cp:lastModifiedBy></cp:coreProperties>"
    )


def app(c):
    base = "http://schemas.openxmlformats.org/officeDocument/2006"
    return (
        f'{HEAD}<Properties xmlns="{base}/extended-properties" xmlns:vt="{base}/docPropsVTypes">'
        f"<Manager>{c('app manager')}</Manager><Company>{c('app company')}</Company>"
        f"<HyperlinkBase>{c('app hyperlink base')}</HyperlinkBase></Properties>"
    )


def custom(c):
    base = "http://schemas.openxmlformats.org/officeDocument/2006"
    return (
        f'{HEAD}<Properties xmlns="{base}/custom-properties" xmlns:vt="{base}/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2"'
        f' name="{c("custom property name")}"><vt:lpwstr>{c("custom property value")}</vt:lpwstr>'
        "</property></Properties>"
    )


def content_types(defaults, overrides):
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        + "".join(f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in defaults.items())
        + "".join(f'<Override PartName="/{p}" ContentType="{t}"/>' for p, t in overrides.items())
        + "</Types>"
    )


OFFICE = "application/vnd.openxmlformats-officedocument"
ROOT_RELS = (
    (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml", ""),
    (f"{R}/extended-properties", "docProps/app.xml", ""),
    (f"{R}/custom-properties", "docProps/custom.xml", ""),
)
PROPERTY_TYPES = {
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": f"{OFFICE}.extended-properties+xml",
    "docProps/custom.xml": f"{OFFICE}.custom-properties+xml",
}
DEFAULTS = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "vml": f"{OFFICE}.vmlDrawing",
}


def chart(c, kind):
    return (
        f'{HEAD}<c:chartSpace xmlns:c="{C}" xmlns:a="{A}"><c:chart><c:title><c:tx><c:rich><a:p><a:r>'
        f"<a:t>{c(kind + ' chart title')}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea>"
        "<c:barChart><c:ser><c:cat><c:strRef><c:f>Sheet1!$A$1</c:f><c:strCache>"
        f'<c:pt idx="0"><c:v>{c(kind + " chart category cache")}</c:v></c:pt></c:strCache></c:strRef>'
        f'</c:cat><c:val><c:numRef><c:f>Sheet1!$B$1</c:f><c:numCache><c:pt idx="0">'
        f"<c:v>{c.number(kind + ' chart value cache')}</c:v></c:pt></c:numCache></c:numRef></c:val>"
        "</c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def word_body(c):
    one, two, three = c.cut("split over runs")
    left, middle, right = c.cut("split by soft elements")
    return "".join(
        (
            f"<w:p>{run('plain ' + c('paragraph'))}</w:p>",
            f"<w:p>{run(one)}<w:proofErr w:type='spellStart'/>{run(two)}{run(three)}</w:p>",
            f"<w:p>{run(left)}<w:r><w:softHyphen/></w:r>{run(middle)}<w:r><w:lastRenderedPageBreak/>"
            f"<w:t>{right}</w:t></w:r></w:p>",
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Name</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p>"
            f"{run(c('table cell'))}</w:p><w:tbl><w:tr><w:tc><w:p>{run(c('nested table'))}</w:p>"
            "</w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>",
            f'<w:p><w:ins w:id="1" w:author="{c("insertion author")}" w:date="2024-01-01T00:00:00Z">'
            f'{run(c("inserted text"))}</w:ins><w:del w:id="2" w:author="{c("deletion author")}">'
            f"<w:r><w:delText>{c('deleted text')}</w:delText></w:r></w:del></w:p>",
            f'<w:p><w:moveFrom w:id="3" w:author="x">{run(c("moved text"))}</w:moveFrom></w:p>',
            f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "mailto:'
            f'{c("field instruction")}" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/>'
            f'</w:r>{run(c("field result"))}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
            f'<w:p><w:fldSimple w:instr=" AUTHOR {c("simple field")} ">{run("x")}</w:fldSimple></w:p>',
            f'<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="{c("form name")}"/>'
            f'<w:helpText w:type="text" w:val="{c("form help")}"/><w:statusText w:type="text"'
            f' w:val="{c("form status")}"/><w:textInput><w:default w:val="{c("form default")}"/>'
            "</w:textInput></w:ffData></w:fldChar></w:r></w:p>",
            f'<w:p><w:hyperlink r:id="rId1" w:tooltip="{c("hyperlink tooltip")}"'
            f' w:anchor="{c("hyperlink anchor")}">{run(c("hyperlink text"))}</w:hyperlink></w:p>',
            f'<w:p><w:bookmarkStart w:id="5" w:name="{c("bookmark")}"/><w:bookmarkEnd w:id="5"/></w:p>',
            f'<w:sdt><w:sdtPr><w:alias w:val="{c("control alias")}"/><w:tag w:val="{c("control tag")}"/>'
            f'<w:dropDownList><w:listItem w:displayText="{c("list item")}" w:value="'
            f'{c("list value")}"/></w:dropDownList></w:sdtPr><w:sdtContent><w:p>'
            f"{run(c('control content'))}</w:p></w:sdtContent></w:sdt>",
            f"<w:p><w:r><w:ruby><w:rt>{run(c('ruby text'))}</w:rt><w:rubyBase>{run(c('ruby base'))}"
            "</w:rubyBase></w:ruby></w:r></w:p>",
            f"<w:p><m:oMath><m:r><m:t>{c('formula')}</m:t></m:r></m:oMath></w:p>",
            f'<w:p><w:smartTag w:uri="urn:x" w:element="{c("smart tag element")} x"><w:smartTagPr>'
            f'<w:attr w:name="n" w:val="{c("smart tag attribute")}"/></w:smartTagPr>'
            f"{run(c('smart tag text'))}</w:smartTag></w:p>",
            f'<w:permStart w:id="6" w:ed="{c("permission editor")}"/><w:permEnd w:id="6"/>',
            f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{c('hidden text')}</w:t></w:r></w:p>",
            '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:docPr'
            f' id="1" name="{c("drawing name")}" descr="{c("drawing description")}" title="'
            f'{c("drawing title")}"/><a:graphic><a:graphicData uri="{A}"><wps:wsp><wps:txbx>'
            f"<w:txbxContent><w:p>{run(c('text box'))}</w:p></w:txbxContent></wps:txbx></wps:wsp>"
            "</a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>"
            f'<v:shape alt="{c("vml alt")}"><v:textbox><w:txbxContent><w:p>{run(c("vml fallback"))}'
            f'</w:p></w:txbxContent></v:textbox><v:textpath string="{c("watermark")}"/></v:shape>'
            "</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            f"<!-- {c('xml comment')} --><?note {c('processing instruction')}?>",
            f"<w:p><w:r><w:t><![CDATA[{c('cdata section')}]]></w:t></w:r></w:p>",
            "<w:p><w:r><w:t>"
            + "".join(f"&#{ord(letter)};" for letter in c("character references"))
            + "</w:t></w:r></w:p>",
            f'<w:p><w:unknown w:odd="two words {c("unknown attribute")}"/></w:p>',
        )
    )


def word_file(c, inner):
    spaces = (
        f'xmlns:w="{W}" xmlns:r="{R}" xmlns:a="{A}"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
        ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    story = lambda root, body: f"{HEAD}<w:{root} {spaces}>{body}</w:{root}>"
    paragraph = lambda place: f"<w:p>{run(c(place))}</w:p>"
    main = f"{OFFICE}.wordprocessingml"
    kinds = ("header", "footer", "footnotes", "endnotes", "comments", "settings", "glossary")
    stories = {
        "word/header1.xml": story("hdr", paragraph("header")),
        "word/footer1.xml": story("ftr", paragraph("footer")),
        "word/footnotes.xml": story(
            "footnotes", f'<w:footnote w:id="1">{paragraph("footnote")}</w:footnote>'
        ),
        "word/endnotes.xml": story(
            "endnotes", f'<w:endnote w:id="1">{paragraph("endnote")}</w:endnote>'
        ),
        "word/comments.xml": story(
            "comments",
            f'<w:comment w:id="0" w:author="{c("comment author")}" w:initials="'
            f'{c("comment initials")}">{paragraph("comment")}</w:comment>',
        ),
        "word/settings.xml": story(
            "settings",
            f'<w:docVars><w:docVar w:name="{c("variable name")}" w:val="{c("variable value")}"/>'
            f'</w:docVars><w:mailMerge><w:connectString w:val="{c("mail merge connection")}"/>'
            f'<w:query w:val="SELECT {c("mail merge query")}"/></w:mailMerge>',
        ),
        "word/glossary/document.xml": story(
            "glossaryDocument",
            f"<w:docParts><w:docPart><w:docPartBody>{paragraph('glossary')}</w:docPartBody></w:docPart></w:docParts>",
        ),
        "word/styles.xml": story(
            "styles",
            f'<w:style w:type="paragraph" w:styleId="x1"><w:name w:val="{c("style name")}"/></w:style>',
        ),
        "word/people.xml": f'{HEAD}<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="{c("person")}"><w15:presenceInfo w15:providerId="AD" w15:userId="S::{c("person id")}::1"/></w15:person></w15:people>',
        "word/charts/chart1.xml": chart(c, "word"),
        "word/diagrams/data1.xml": f'{HEAD}<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="{A}"><dgm:ptLst><dgm:pt modelId="1"><dgm:prSet phldrT="{c("diagram placeholder")}"/><dgm:t><a:p><a:r><a:t>{c("diagram text")}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>',
        "customXml/item1.xml": f'<patient xmlns="urn:clinic" code="{c("custom xml attribute")}"><name>{c("custom xml text")}</name></patient>',
        "word/orphan.xml": f"{HEAD}<w:hdr {spaces}>{paragraph('orphan part')}</w:hdr>",
        "word/utf16.xml": (
            '\ufeff<?xml version="1.0" encoding="UTF-16"?>'
            f"<w:ftr {spaces}>{paragraph('utf-16 part')}</w:ftr>"
        ).encode("utf-16-le"),
    }
    types = {
        "word/document.xml": f"{main}.document.main+xml",
        "word/styles.xml": f"{main}.styles+xml",
        "word/glossary/document.xml": f"{main}.document.glossary+xml",
        "word/embeddings/Microsoft_Excel_Sheet1.xlsx": f"{OFFICE}.spreadsheetml.sheet",
        **{f"word/{kind}.xml": f"{main}.{kind}+xml" for kind in kinds[2:6]},
        **{f"word/{kind}1.xml": f"{main}.{kind}+xml" for kind in kinds[:2]},
        **PROPERTY_TYPES,
    }
    return {
        "[Content_Types].xml": content_types(DEFAULTS, types),
        "_rels/.rels": relationships((f"{R}/officeDocument", "word/document.xml", ""), *ROOT_RELS),
        "word/_rels/document.xml.rels": relationships(
            (f"{R}/hyperlink", f"mailto:{c('mail target')}@example.com", ' TargetMode="External"'),
            (f"{R}/styles", "styles.xml", ""),
            (f"{R}/settings", "settings.xml", ""),
            (
                f"{R}/hyperlink",
                "https://example.com/?n="
                + "".join(f"%{ord(x):02X}" for x in c("percent-encoded target")),
                ' TargetMode="External"',
            ),
        ),
        "word/document.xml": story("document", f"<w:body>{word_body(c)}</w:body>"),
        "docProps/core.xml": core(c),
        "docProps/app.xml": app(c),
        "docProps/custom.xml": custom(c),
        "word/embeddings/Microsoft_Excel_Sheet1.xlsx": inner,
        **stories,
    }


def excel_file(c, prefix=""):
    p = lambda place: c(prefix + place)
    main = f"{OFFICE}.spreadsheetml"
    sheet = (
        f'{HEAD}<worksheet xmlns="{X}" xmlns:r="{R}"><sheetData>'
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>{p("inline string")}</t></is></c>'
        f'<c r="B2"><v>{c.number(prefix + "number")}</v></c>'
        f'<c r="C2" t="str"><f>"{p("formula literal")}"&amp;"x"</f><v>{p("cached string")}</v></c>'
        f'<c r="D2"><f>13*2</f><v>{c.number(prefix + "cached number")}</v></c></row>'
        '<row r="3"><c r="A3" t="s"><v>2</v></c>'
        '<c r="E3"><v>1.3870999999E+10</v></c></row></sheetData>'
        f'<autoFilter ref="A1:B3"><filterColumn colId="0"><filters><filter val="{p("filter value")}"/>'
        "</filters></filterColumn></autoFilter>"
        f'<conditionalFormatting sqref="A1"><cfRule type="containsText" priority="1" operator="containsText" text="{p("format text")}"><formula>NOT(ISERROR(SEARCH("{p("format formula")}",A1)))</formula></cfRule></conditionalFormatting>'
        f'<dataValidations count="1"><dataValidation type="list" sqref="A5" promptTitle="{p("prompt title")[:32]}"'
        f' prompt="{p("prompt")}" errorTitle="{p("error title")}" error="{p("error")}"><formula1>"{p("validation list")},b"</formula1></dataValidation></dataValidations>'
        f'<hyperlinks><hyperlink ref="A1" r:id="rId1" tooltip="{p("link tooltip")}" display="{p("link display")}"/></hyperlinks>'
        f"<headerFooter><oddHeader>&amp;C{p('page header')}</oddHeader><oddFooter>&amp;L{p('page footer')}</oddFooter></headerFooter>"
        "</worksheet>"
    )
    strings = (
        f'{HEAD}<sst xmlns="{X}"><si><t>Name</t></si><si><t>Phone</t></si>'
        f"<si><r><t>{p('rich string')[:5]}</t></r><r><t>{p('rich string')[5:]}</t></r>"
        f'<rPh sb="0" eb="1"><t>{p("phonetic")}</t></rPh></si><si><t>{p("unused string")}</t></si>'
        "<si><t>" + "".join(f"_x{ord(x):04X}_" for x in p("x-escaped string")) + "</t></si></sst>"
    )
    workbook = (
        f'{HEAD}<workbook xmlns="{X}" xmlns:r="{R}"><fileSharing userName="{p("file sharing user")}"/>'
        f'<sheets><sheet name="{p("sheet name")}" sheetId="1" r:id="rId1"/></sheets><definedNames>'
        f'<definedName name="{p("defined name")}" comment="{p("name comment")}">"{p("name constant")}"</definedName>'
        f"<definedName name=\"Other\">'{p('sheet name')}'!$A$1</definedName></definedNames></workbook>"
    )
    comments = (
        f'{HEAD}<comments xmlns="{X}"><authors><author>{p("note author")}</author></authors><commentList>'
        f'<comment ref="A1" authorId="0"><text><r><t>{p("note")}</t></r></text></comment></commentList></comments>'
    )
    threads = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    types = {
        "xl/workbook.xml": f"{main}.sheet.main+xml",
        "xl/worksheets/sheet1.xml": f"{main}.worksheet+xml",
        "xl/sharedStrings.xml": f"{main}.sharedStrings+xml",
        "xl/styles.xml": f"{main}.styles+xml",
        "xl/comments1.xml": f"{main}.comments+xml",
        "xl/calcChain.xml": f"{main}.calcChain+xml",
        **PROPERTY_TYPES,
    }
    return {
        "[Content_Types].xml": content_types(DEFAULTS, types),
        "_rels/.rels": relationships((f"{R}/officeDocument", "xl/workbook.xml", ""), *ROOT_RELS),
        "xl/_rels/workbook.xml.rels": relationships(
            (f"{R}/worksheet", "worksheets/sheet1.xml", ""),
            (f"{R}/sharedStrings", "sharedStrings.xml", ""),
            (f"{R}/styles", "styles.xml", ""),
            (f"{R}/calcChain", "calcChain.xml", ""),
        ),
        "xl/workbook.xml": workbook,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(
            (f"{R}/hyperlink", f"https://example.com/{p('link target')}", ' TargetMode="External"'),
            (f"{R}/comments", "../comments1.xml", ""),
        ),
        "xl/sharedStrings.xml": strings,
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{X}"><numFmts count="1"><numFmt numFmtId="170" formatCode="0 &quot;{p("number format")}&quot;"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        "xl/comments1.xml": comments,
        "xl/calcChain.xml": f'{HEAD}<calcChain xmlns="{X}"><c r="C2" i="1"/><c r="D2" i="1"/></calcChain>',
        "xl/threadedComments/threadedComment1.xml": f'{HEAD}<ThreadedComments xmlns="{threads}"><threadedComment ref="A1" personId="{{1}}" id="{{2}}"><text>{p("threaded comment")}</text></threadedComment></ThreadedComments>',
        "xl/persons/person.xml": f'{HEAD}<personList xmlns="{threads}"><person displayName="{p("person name")}" id="{{1}}" userId="{p("person user")}" providerId="None"/></personList>',
        "xl/charts/chart1.xml": chart(c, prefix + "sheet"),
        "xl/pivotCache/pivotCacheRecords1.xml": f'{HEAD}<pivotCacheRecords xmlns="{X}"><r><s v="{p("pivot record")}"/><n v="{c.number(prefix + "pivot number")}"/></r></pivotCacheRecords>',
        "xl/pivotCache/pivotCacheDefinition1.xml": f'{HEAD}<pivotCacheDefinition xmlns="{X}" refreshedBy="{p("pivot user")}"><cacheFields><cacheField name="{p("pivot field")}"><sharedItems><s v="{p("pivot item")}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
        "xl/connections.xml": f'{HEAD}<connections xmlns="{X}"><connection id="1" name="{p("connection")}"><dbPr connection="Password={p("password")}" command="select"/></connection></connections>',
        "xl/externalLinks/externalLink1.xml": f'{HEAD}<externalLink xmlns="{X}"><externalBook><sheetNames><sheetName val="{p("external sheet")}"/></sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>{p("external cache")}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>',
        "docProps/core.xml": core(p),
        "docProps/app.xml": app(p),
        "docProps/custom.xml": custom(p),
    }


def powerpoint_file(c):
    stream = io.BytesIO()
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = c("slide title")
    slide.notes_slide.notes_text_frame.text = c("speaker notes")
    show.slides.add_slide(show.slide_layouts[6])._element.set("show", "0")
    table = slide.shapes.add_table(2, 1, 0, 0, 9, 9).table
    table.cell(1, 0).text = c("table cell")
    box = slide.shapes.add_textbox(-9_000_000, 0, 100, 100)
    box.name = c("shape name")
    for piece in c.cut("split over runs"):
        box.text_frame.paragraphs[0].add_run().text = piece
    link = box.text_frame.add_paragraph().add_run()
    link.text = c("link text")
    link.hyperlink.address = f"https://example.com/{c('link target')}"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 9, 9).text_frame.text = c("text in a group")
    show.core_properties.author = c("author")
    show.core_properties.title = c("title")
    show.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts.pop("docProps/thumbnail.jpeg")
    parts.pop("ppt/printerSettings/printerSettings1.bin")
    for name in ("_rels/.rels", "ppt/_rels/presentation.xml.rels"):
        parts[name] = re.sub(
            rb"<Relationship [^>]*(?:thumbnail|printerSettings)[^>]*/>", b"", parts[name]
        )
    slide_xml = parts["ppt/slides/slide1.xml"].decode()
    slide_xml = slide_xml.replace("<p:cSld>", f'<p:cSld name="{c("slide name")}">', 1)
    slide_xml = slide_xml.replace(
        f'name="{c("shape name")}"',
        f'name="{c("shape name")}" descr="{c("alt text")}" title="{c("alt title")}"',
        1,
    )
    parts["ppt/slides/slide1.xml"] = slide_xml.encode()
    master = parts["ppt/slideMasters/slideMaster1.xml"].decode()
    parts["ppt/slideMasters/slideMaster1.xml"] = master.replace(
        "<a:t>", f"<a:t>{c('master text')} ", 1
    ).encode()
    layout = parts["ppt/slideLayouts/slideLayout3.xml"].decode()
    parts["ppt/slideLayouts/slideLayout3.xml"] = layout.replace(
        "<a:t>", f"<a:t>{c('layout text')} ", 1
    ).encode()
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    parts["ppt/commentAuthors.xml"] = (
        f'{HEAD}<p:cmAuthorLst xmlns:p="{p}"><p:cmAuthor id="0" name="{c("comment author")}" initials="{c("comment initials")}" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>'
    )
    parts["ppt/comments/comment1.xml"] = (
        f'{HEAD}<p:cmLst xmlns:p="{p}"><p:cm authorId="0" idx="1"><p:pos x="1" y="1"/><p:text>{c("comment")}</p:text></p:cm></p:cmLst>'
    )
    parts["ppt/tags/tag1.xml"] = (
        f'{HEAD}<p:tagLst xmlns:p="{p}"><p:tag name="{c("tag name")}" val="{c("tag value")}"/></p:tagLst>'
    )
    parts["ppt/charts/chart1.xml"] = chart(c, "slide")
    parts["ppt/embeddings/Microsoft_Excel_Sheet1.xlsx"] = package(excel_file(c, "embedded "))
    return parts


def everything(data):
    """All that any reader could make of a package: parts unpacked, in three encodings."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        yield archive.comment.decode("latin-1")
        for member in archive.infolist():
            content = archive.read(member)
            yield member.filename + member.comment.decode("latin-1")
            yield content.decode("latin-1")
            yield content.decode("utf-16-le", "replace")
            yield re.sub(r"<[^>]+>", "", content.decode("utf-8", "replace"))
            if content[:4] == b"PK\3\4":
                yield from everything(content)
