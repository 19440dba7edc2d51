"""A workbook with a canary in every place where text can hide."""

import io
import zipfile

X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
MS = "http://schemas.microsoft.com/office"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Canaries:
    """Hands out a value for each place; a value is what a person would list."""

    def __init__(self):
        self.places = {}

    def __call__(self, place):
        return self.places.setdefault(place, f"Kanari{len(self.places):02d}vogel")

    def number(self, place):
        return self.places.setdefault(place, f"13870{len(self.places):06d}")

    def known(self, place, value):
        return self.places.setdefault(place, value)


def part_type(kind):
    return f"{OFFICE}.spreadsheetml.{kind}+xml"


def relation(number, kind, target, mode=""):
    kind = kind if "://" in kind else f"{R}/{kind}"
    return f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"{mode}/>'


def relations(*items):
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{"".join(items)}</Relationships>'


def cell(place, inside="", kind="", style=0):
    kind = f' t="{kind}"' if kind else ""
    return f'<c r="{place}" s="{style}"{kind}>{inside}</c>'


def value(text):
    return f"<v>{text}</v>"


def inline(text):
    return f"<is><t>{text}</t></is>"


FORMATS = {
    1: ("000\\-0000\\-0000", 170),
    2: ('yyyy"年"m"月"d"日"', 171),
    3: ("yyyy\\-mm\\-dd", 172),
    4: ("0.00E+00", 11),
    5: ("mm/dd/yyyy", 173),
    6: ("[&lt;=9999999]000\\-0000;\\(000\\)\\ 000\\-0000", 174),
    7: ("0000 0000 0000 0000", 176),
    8: ("d\\-mmm\\-yy", 15),
    9: ("#,##0.00", 4),
    10: ("[$-804]aaaa", 177),
}


def styles(c):
    own = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for code, number in FORMATS.values()
        if number > 163
    )
    word = c("words of a number format")
    spelt = "".join(f"\\{char}" for char in c("spelt in a number format"))
    own += f'<numFmt numFmtId="180" formatCode="&quot;{word}&quot;0"/>'
    own += f'<numFmt numFmtId="181" formatCode="{spelt}0"/>'
    own += f'<numFmt numFmtId="182" formatCode="[${c("currency of a number format")}-804]0"/>'
    ids = [0, *(number for _, number in FORMATS.values()), 180, 181, 182]
    xfs = "".join(
        f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for n in ids
    )
    return (
        f'{HEAD}<styleSheet xmlns="{X}"><numFmts count="{own.count("<numFmt ")}">{own}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(ids)}">{xfs}</cellXfs>'
        '<cellStyles count="2"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        f'<cellStyle name="{c("name of a style")}" xfId="0"/></cellStyles></styleSheet>'
    )


def first_sheet(c):
    rows = [
        # Headers of the table at A1:B3.
        cell("A1", value(0), "s") + cell("B1", value(1), "s"),
        cell("A2", value(2), "s") + cell("B2", value(3), "s"),
        cell("A3", value(4), "s") + cell("B3", value(5)),
        cell("A5", inline(c("inline string")), "inlineStr")
        + cell("B5", value(c.number("number")))
        + cell("C5", value("1.1010519491231E+17"))
        + cell("D5", value(c.known("16-digit card", "6222021234567894")), style=7)
        + cell("E5", value(13912345678), style=1)
        + cell("F5", value(31113), style=3)
        + cell("G5", value(28865), style=2)
        + cell("H5", value(29596), style=5)
        + cell("I5", value(27396), style=8)
        + cell("J5", value(4155550123), style=6)
        + cell("K5", value(4812345.5), style=9)
        + cell("L5", value(c.number("number with an exponent format")), style=4),
        cell("A6", f'<f>"{c("literal in a formula")}"</f>' + value("x"), "str")
        + cell(
            "B6",
            '<f>"Kanari"&amp;"zusammen"&amp;"vogel"</f>' + value("Kanarizusammenvogel"),
            "str",
        )
        + cell("C6", '<f>"Kanari"&amp;"ungerechnet"&amp;"vogel"</f>')
        + cell("D6", "<f>13*2</f>" + value(c.number("cached number")))
        + cell(
            "E6", f'<f t="shared" ref="E6:E7" si="0">LEN("{c("shared formula")}")</f>' + value(5)
        )
        + cell("F6", '<f>CONCATENATE("Kanari","verkettet")</f>')
        + cell("G6", "<f>A5</f>" + value(c("cached string")), "str"),
        cell("E7", '<f t="shared" si="0"/>' + value(5))
        + cell("F7", value(5), style=11)
        + cell("G7", value(5), style=12)
        + cell("H7", value(5), style=13),
        cell(
            "A8", "<is><r><t>Kanari</t></r><r><rPr><b/></rPr><t>fettvogel</t></r></is>", "inlineStr"
        ),
    ]
    numbers = (1, 2, 3, 5, 6, 7, 8)
    hidden = f'<row r="9" hidden="1">{cell("A9", inline(c("hidden row")), "inlineStr")}{cell("H9", inline(c("hidden column")), "inlineStr")}</row>'
    c.known("national ID typed as a number", "110105194912310000")
    c.known("phone by its format", "139-1234-5678")
    c.known("day by its format", "1985-03-07")
    c.known("Chinese day", "1979年1月10日")
    c.known("American day", "01/10/1981")
    c.known("day listed otherwise", "1975-01-02")
    c.known("phone by a condition", "(415) 555-0123")
    c.known("number with thousands", "4,812,345.50")
    c.known("concatenated", "Kanarizusammenvogel")
    c.known("concatenated, not calculated", "Kanariungerechnetvogel")
    c.known("concatenated by a function", "Kanariverkettet")
    c.known("rich inline string", "Kanarifettvogel")
    rows = "".join(f'<row r="{n}">{row}</row>' for n, row in zip(numbers, rows, strict=True))
    x14 = f"{MS}/spreadsheetml/2009/9/main"
    return (
        f'{HEAD}<worksheet xmlns="{X}" xmlns:r="{R}"><sheetPr codeName="{c("code name of a sheet")}"/>'
        f'<cols><col min="8" max="8" width="9" hidden="1"/></cols><sheetData>{rows}{hidden}</sheetData>'
        f'<protectedRanges><protectedRange sqref="A1" name="{c("protected range")}"/></protectedRanges>'
        f'<scenarios current="0"><scenario name="{c("scenario")}" user="{c("scenario user")}" comment="{c("scenario comment")}" count="1">'
        f'<inputCells r="B3" val="{c("scenario value")}"/></scenario></scenarios>'
        f'<autoFilter ref="A5:C9"><filterColumn colId="0"><filters><filter val="{c("filter value")}"/></filters></filterColumn>'
        f'<filterColumn colId="1"><customFilters><customFilter val="{c("custom filter")}"/></customFilters></filterColumn></autoFilter>'
        f'<dataConsolidate><dataRefs count="1"><dataRef ref="A1:B2" sheet="{c("consolidated sheet")}"/></dataRefs></dataConsolidate>'
        '<customSheetViews><customSheetView guid="{11111111-1111-1111-1111-111111111111}"><headerFooter>'
        f"<oddHeader>&amp;C{c('header of a custom view')}</oddHeader></headerFooter></customSheetView></customSheetViews>"
        f'<conditionalFormatting sqref="A1"><cfRule type="containsText" priority="1" operator="containsText" text="{c("conditional text")}">'
        f'<formula>NOT(ISERROR(SEARCH("{c("conditional formula")}",A1)))</formula></cfRule></conditionalFormatting>'
        f'<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" sqref="A12" promptTitle="{c("prompt title")}"'
        f' prompt="{c("prompt")}" errorTitle="{c("error title")}" error="{c("error")}"><formula1>"{c("validation list")},b"</formula1></dataValidation></dataValidations>'
        f'<hyperlinks><hyperlink ref="A5" r:id="rId1" tooltip="{c("link tip")}" display="{c("link display")}"/>'
        f'<hyperlink ref="A6" location="\'{c("sheet name")}\'!A1" display="x"/></hyperlinks>'
        f"<headerFooter><oddHeader>&amp;C{c('page header')}</oddHeader><oddFooter>&amp;L{c('page footer')}</oddFooter></headerFooter>"
        '<drawing r:id="rId2"/><legacyDrawing r:id="rId3"/><tableParts count="1"><tablePart r:id="rId4"/></tableParts>'
        f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{x14}"><x14:dataValidations count="1" xmlns:xm="{MS}/excel/2006/main">'
        f'<x14:dataValidation type="list"><x14:formula1><xm:f>"{c("later validation list")}"</xm:f></x14:formula1><xm:sqref>A13</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>'
        "</worksheet>"
    )


def strings(c):
    return (
        f'{HEAD}<sst xmlns="{X}" count="9" uniqueCount="9"><si><t>{c("table header")}</t></si><si><t>{c("other table header")}</t></si>'
        f"<si><t>{c('shared string')}</t></si><si><t>{c('shared string')} twice</t></si>"
        f"<si><r><t>Kanari</t></r><r><rPr><b/></rPr><t>reichvogel</t></r>"
        f'<rPh sb="0" eb="1"><t>{c("phonetic")}</t></rPh></si><si><t>{c("unused string")}</t></si>'
        f"<si><t>{''.join(f'_x{ord(x):04X}_' for x in c('escaped string'))}</t></si></sst>"
    )


def workbook(c):
    c.known("rich shared string", "Kanarireichvogel")
    return (
        f'{HEAD}<workbook xmlns="{X}" xmlns:r="{R}"><fileSharing userName="{c("file sharing user")}"/><workbookPr codeName="{c("code name")}"/>'
        f'<sheets><sheet name="{c("sheet name")}" sheetId="1" r:id="rId1"/><sheet name="{c("very hidden sheet name")}" sheetId="2" state="veryHidden" r:id="rId2"/></sheets>'
        f'<externalReferences><externalReference r:id="rId7"/></externalReferences><definedNames>'
        f'<definedName name="{c("defined name")}" comment="{c("comment of a name")}">"{c("constant of a name")}"</definedName>'
        f"<definedName name=\"Other\">'{c('sheet name')}'!$A$1</definedName></definedNames>"
        '<customWorkbookViews><customWorkbookView guid="{11111111-1111-1111-1111-111111111111}" name="'
        + c("custom view")
        + '" windowWidth="1" windowHeight="1" activeSheetId="1"/></customWorkbookViews>'
        '<pivotCaches><pivotCache cacheId="1" r:id="rId8"/></pivotCaches></workbook>'
    )


def drawing(c):
    anchor = "<xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>12</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>15</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
    return (
        f'{HEAD}<xdr:wsDr xmlns:xdr="{XDR}" xmlns:a="{A}"><xdr:twoCellAnchor>{anchor}<xdr:sp macro="" textlink=""><xdr:nvSpPr>'
        f'<xdr:cNvPr id="2" name="{c("shape name")}" descr="{c("alt text")}" title="{c("alt title")}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>'
        '<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>'
        f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{c('text box')}</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor>"
        f'<xdr:twoCellAnchor>{anchor}<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="3" name="Chart"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>'
        '<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>'
        f'<a:graphicData uri="{C}"><c:chart xmlns:c="{C}" xmlns:r="{R}" r:id="rId1"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>'
    )


def chart(c):
    return (
        f'{HEAD}<c:chartSpace xmlns:c="{C}" xmlns:a="{A}"><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>{c("chart title")}</a:t></a:r></a:p></c:rich></c:tx></c:title>'
        f'<c:plotArea><c:layout/><c:barChart><c:barDir val="col"/><c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:strRef><c:f>\'{c("sheet name")}\'!$A$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{c("series name in a chart cache")}</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef><c:f>Other</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{c("category in a chart cache")}</c:v></c:pt></c:strCache></c:strRef></c:cat>'
        f'<c:val><c:numRef><c:f>Other</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="1"/><c:pt idx="0"><c:v>{c.number("number in a chart cache")}</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling/><c:axPos val="l"/><c:crossAx val="1"/></c:valAx></c:plotArea></c:chart></c:chartSpace>'
    )


def comments(c):
    shape = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<v:shape id="_x0000_s1025" type="#_x0000_t202" alt="{c("alt text of a note")}" style="position:absolute"><v:textbox><div>{c("text of a form control")}</div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:Row>0</x:Row><x:Column>0</x:Column></x:ClientData></v:shape></xml>'
    )
    threads = f"{MS}/spreadsheetml/2018/threadedcomments"
    return {
        "xl/drawings/vmlDrawing1.vml": shape,
        "xl/comments1.xml": f'{HEAD}<comments xmlns="{X}"><authors><author>{c("author of a note")}</author></authors><commentList>'
        f'<comment ref="A1" authorId="0"><text><r><t>{c("note")}</t></r></text></comment></commentList></comments>',
        "xl/threadedComments/threadedComment1.xml": f'{HEAD}<ThreadedComments xmlns="{threads}"><threadedComment ref="A1" dT="2024-01-01T00:00:00.00" personId="{{11111111-1111-1111-1111-111111111111}}" id="{{21111111-1111-1111-1111-111111111111}}"><text>{c("threaded comment")}</text></threadedComment></ThreadedComments>',
        "xl/persons/person.xml": f'{HEAD}<personList xmlns="{threads}"><person displayName="{c("person")}" id="{{11111111-1111-1111-1111-111111111111}}" userId="{c("user of a person")}" providerId="None"/></personList>',
    }


def pivots(c):
    return {
        "xl/pivotCache/pivotCacheDefinition1.xml": f'{HEAD}<pivotCacheDefinition xmlns="{X}" xmlns:r="{R}" r:id="rId1" refreshedBy="{c("user who refreshed")}" recordCount="1"><cacheSource type="worksheet"><worksheetSource ref="A1:B3" sheet="{c("sheet name")}"/></cacheSource>'
        f'<cacheFields count="2"><cacheField name="{c("pivot field")}" numFmtId="0"><sharedItems count="1"><s v="{c("pivot item")}"/></sharedItems></cacheField><cacheField name="{c("other pivot field")}" numFmtId="0"><sharedItems containsNumber="1" count="1"><n v="{c.number("pivot number")}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
        "xl/pivotCache/pivotCacheRecords1.xml": f'{HEAD}<pivotCacheRecords xmlns="{X}" count="1"><r><s v="{c("pivot record")}"/><x v="0"/></r></pivotCacheRecords>',
        "xl/pivotTables/pivotTable1.xml": f'{HEAD}<pivotTableDefinition xmlns="{X}" name="{c("pivot table")}" cacheId="1" dataCaption="{c("pivot caption")}" grandTotalCaption="{c("pivot total")}"><location ref="A20:B22" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
        f'<pivotFields count="2"><pivotField axis="axisRow" name="{c("name of a pivot field")}" showAll="0"><items count="1"><item n="{c("name of a pivot item")}" x="0"/></items></pivotField><pivotField dataField="1" showAll="0"/></pivotFields><dataFields count="1"><dataField name="{c("data field")}" fld="1"/></dataFields></pivotTableDefinition>',
    }


def outside(c):
    return {
        "xl/externalLinks/externalLink1.xml": f'{HEAD}<externalLink xmlns="{X}" xmlns:r="{R}"><externalBook r:id="rId1"><sheetNames><sheetName val="{c("external sheet")}"/></sheetNames><definedNames><definedName name="{c("external name")}" refersTo="=x"/></definedNames><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1" t="str"><v>{c("external cache")}</v></cell><cell r="B1"><v>{c.number("external number")}</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
            relation(
                1,
                "externalLinkPath",
                f"file:///C:\\Users\\{c('path of an external book')}\\b.xlsx",
                ' TargetMode="External"',
            )
        ),
        "xl/connections.xml": f'{HEAD}<connections xmlns="{X}"><connection id="1" name="{c("connection")}" description="{c("connection description")}" odcFile="C:\\{c("connection file")}.odc" type="1"><dbPr connection="DSN=x;UID=u;Password={c("password of a connection")}" command="select {c("command of a connection")}"/></connection><connection id="2" name="w" type="4"><webPr url="https://example.com/{c("address of a web query")}" post="{c("post of a web query")}"/></connection></connections>',
        "xl/queryTables/queryTable1.xml": f'{HEAD}<queryTable xmlns="{X}" name="{c("query table")}" connectionId="1"><queryTableRefresh nextId="2"><queryTableFields count="1"><queryTableField id="1" name="{c("query field")}" tableColumnId="1"/></queryTableFields></queryTableRefresh></queryTable>',
        "xl/xmlMaps.xml": f'{HEAD}<MapInfo xmlns="{X}" SelectionNamespaces="xmlns:a=\'urn:{c("namespace of a map")}\'"><Schema ID="S1"><xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:element name="{c("element of a map")}"/></xsd:schema></Schema><Map ID="1" Name="{c("xml map")}" RootElement="a" SchemaID="S1" ShowImportExportValidationErrors="0" AutoFit="1" Append="0" PreserveSortAFLayout="1" PreserveFormat="1"/></MapInfo>',
        "xl/tables/tableSingleCells1.xml": f'{HEAD}<singleXmlCells xmlns="{X}"><singleXmlCell id="1" r="A1" connectionId="0"><xmlCellPr id="1" uniqueName="{c("single cell")}"><xmlPr mapId="1" xpath="/{c("xpath of a cell")}" xmlDataType="string"/></xmlCellPr></singleXmlCell></singleXmlCells>',
        "xl/revisions/revisionHeaders.xml": f'{HEAD}<headers xmlns="{X}" guid="{{11111111-1111-1111-1111-111111111111}}"><header guid="{{11111111-1111-1111-1111-111111111111}}" dateTime="2024-01-01T00:00:00" maxSheetId="2" userName="{c("user of a revision")}"/></headers>',
        "xl/revisions/revisionLog1.xml": f'{HEAD}<revisions xmlns="{X}"><rcc rId="1" sId="1"><oc r="A1" t="inlineStr"><is><t>{c("old cell of a revision")}</t></is></oc><nc r="A1"><v>{c.number("new number of a revision")}</v></nc></rcc><rsnm rId="2" sheetId="1" oldName="{c("old sheet name")}" newName="{c("new sheet name")}"/></revisions>',
        "xl/revisions/userNames.xml": f'{HEAD}<users xmlns="{X}" count="1"><userInfo guid="{{11111111-1111-1111-1111-111111111111}}" name="{c("shared user")}" id="1" dateTime="2024-01-01T00:00:00"/></users>',
        "xl/slicerCaches/slicerCache1.xml": f'{HEAD}<slicerCacheDefinition xmlns="{MS}/spreadsheetml/2009/9/main" name="{c("slicer cache")}" sourceName="{c("source of a slicer")}"><data><olap pivotCacheId="1"><levels count="1"><level uniqueName="{c("level of a slicer")}" sourceCaption="x" count="0"/></levels></olap></data></slicerCacheDefinition>',
        "xl/slicers/slicer1.xml": f'{HEAD}<slicers xmlns="{MS}/spreadsheetml/2009/9/main"><slicer name="{c("slicer")}" cache="{c("slicer cache")}" caption="{c("caption of a slicer")}" rowHeight="1"/></slicers>',
        "xl/timelineCaches/timelineCache1.xml": f'{HEAD}<timelineCacheDefinition xmlns="{MS}/spreadsheetml/2010/11/main" name="{c("timeline cache")}" sourceName="{c("source of a timeline")}"/>',
        "xl/webextensions/webextension1.xml": f'{HEAD}<we:webextension xmlns:we="{MS}/webextensions/webextension/2010/11" id="{{11111111-1111-1111-1111-111111111111}}"><we:properties><we:property name="{c("property of an extension")}" value="{c("value of an extension")}"/></we:properties></we:webextension>',
        "customXml/item1.xml": f'<patient xmlns="urn:clinic" code="{c("custom xml attribute")}"><name>{c("custom xml")}</name></patient>',
        "xl/printerSettings/printerSettings1.bin": c("printer settings").encode("utf-16-le")
        + bytes(40),
        "xl/calcChain.xml": f'{HEAD}<calcChain xmlns="{X}"><c r="A6" i="1"/><c r="B6" i="1"/><c r="C6" i="1"/><c r="D6" i="1"/><c r="E6" i="1"/><c r="E7" i="1"/><c r="F6" i="1"/><c r="G6" i="1"/></calcChain>',
    }


def properties(c):
    base = "http://schemas.openxmlformats.org/officeDocument/2006"
    return {
        "docProps/core.xml": f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{c("title")}</dc:title><dc:creator>{c("creator")}</dc:creator></cp:coreProperties>',
        "docProps/app.xml": f'{HEAD}<Properties xmlns="{base}/extended-properties" xmlns:vt="{base}/docPropsVTypes"><TitlesOfParts><vt:vector size="1" baseType="lpstr"><vt:lpstr>{c("sheet name")}</vt:lpstr></vt:vector></TitlesOfParts><Company>{c("company")}</Company></Properties>',
        "docProps/custom.xml": f'{HEAD}<Properties xmlns="{base}/custom-properties" xmlns:vt="{base}/docPropsVTypes"><property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{c("custom property")}"><vt:lpwstr>{c("value of a custom property")}</vt:lpwstr></property></Properties>',
    }


def parts(c):
    made = {
        "xl/workbook.xml": workbook(c),
        "xl/worksheets/sheet1.xml": first_sheet(c),
        "xl/worksheets/sheet2.xml": f'{HEAD}<worksheet xmlns="{X}"><sheetData><row r="1">{cell("A1", inline(c("very hidden sheet")), "inlineStr")}</row></sheetData></worksheet>',
        "xl/sharedStrings.xml": strings(c),
        "xl/styles.xml": styles(c),
        "xl/drawings/drawing1.xml": drawing(c),
        "xl/charts/chart1.xml": chart(c),
        "xl/tables/table1.xml": f'{HEAD}<table xmlns="{X}" id="1" name="{c("table name")}" displayName="{c("table name")}" comment="{c("comment of a table")}" ref="A1:B3" totalsRowShown="0"><tableColumns count="2"><tableColumn id="1" name="{c("table header")}"/><tableColumn id="2" name="{c("other table header")}"/></tableColumns></table>',
        **comments(c),
        **pivots(c),
        **outside(c),
        **properties(c),
        "xl/_rels/workbook.xml.rels": relations(
            relation(1, "worksheet", "worksheets/sheet1.xml"),
            relation(2, "worksheet", "worksheets/sheet2.xml"),
            relation(3, "sharedStrings", "sharedStrings.xml"),
            relation(4, "styles", "styles.xml"),
            relation(5, "calcChain", "calcChain.xml"),
            relation(6, "connections", "connections.xml"),
            relation(7, "externalLink", "externalLinks/externalLink1.xml"),
            relation(8, "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
            relation(9, "xmlMaps", "xmlMaps.xml"),
            relation(10, "revisionHeaders", "revisions/revisionHeaders.xml"),
            relation(11, "usernames", "revisions/userNames.xml"),
            relation(12, f"{MS}/2017/10/relationships/person", "persons/person.xml"),
            relation(13, f"{MS}/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"),
            relation(14, "customXml", "../customXml/item1.xml"),
        ),
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            relation(
                1, "hyperlink", f"https://example.com/{c('link target')}", ' TargetMode="External"'
            ),
            relation(2, "drawing", "../drawings/drawing1.xml"),
            relation(3, "vmlDrawing", "../drawings/vmlDrawing1.vml"),
            relation(4, "table", "../tables/table1.xml"),
            relation(5, "comments", "../comments1.xml"),
            relation(
                6,
                f"{MS}/2017/10/relationships/threadedComment",
                "../threadedComments/threadedComment1.xml",
            ),
            relation(7, "pivotTable", "../pivotTables/pivotTable1.xml"),
            relation(8, "printerSettings", "../printerSettings/printerSettings1.bin"),
            relation(9, "queryTable", "../queryTables/queryTable1.xml"),
            relation(10, "tableSingleCells", "../tables/tableSingleCells1.xml"),
            relation(11, f"{MS}/2007/relationships/slicer", "../slicers/slicer1.xml"),
        ),
        "xl/drawings/_rels/drawing1.xml.rels": relations(
            relation(1, "chart", "../charts/chart1.xml")
        ),
        "xl/pivotTables/_rels/pivotTable1.xml.rels": relations(
            relation(1, "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")
        ),
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": relations(
            relation(1, "pivotCacheRecords", "pivotCacheRecords1.xml")
        ),
        "xl/revisions/_rels/revisionHeaders.xml.rels": relations(
            relation(1, "revisionLog", "revisionLog1.xml")
        ),
        "_rels/.rels": relations(
            relation(1, "officeDocument", "xl/workbook.xml"),
            relation(2, f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            relation(3, "extended-properties", "docProps/app.xml"),
            relation(4, "custom-properties", "docProps/custom.xml"),
        ),
    }
    types = {
        "xl/workbook.xml": part_type("sheet.main"),
        "xl/worksheets/sheet1.xml": part_type("worksheet"),
        "xl/worksheets/sheet2.xml": part_type("worksheet"),
        "xl/sharedStrings.xml": part_type("sharedStrings"),
        "xl/styles.xml": part_type("styles"),
        "xl/calcChain.xml": part_type("calcChain"),
        "xl/comments1.xml": part_type("comments"),
        "xl/tables/table1.xml": part_type("table"),
        "xl/drawings/drawing1.xml": f"{OFFICE}.drawing+xml",
        "xl/charts/chart1.xml": f"{OFFICE}.drawingml.chart+xml",
        "xl/pivotCache/pivotCacheDefinition1.xml": part_type("pivotCacheDefinition"),
        "xl/pivotCache/pivotCacheRecords1.xml": part_type("pivotCacheRecords"),
        "xl/pivotTables/pivotTable1.xml": part_type("pivotTable"),
        "xl/externalLinks/externalLink1.xml": part_type("externalLink"),
        "xl/connections.xml": part_type("connections"),
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": f"{OFFICE}.extended-properties+xml",
        "docProps/custom.xml": f"{OFFICE}.custom-properties+xml",
    }
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "vml": f"{OFFICE}.vmlDrawing",
        "bin": f"{OFFICE}.spreadsheetml.printerSettings",
    }
    listed = "".join(f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in defaults.items())
    listed += "".join(f'<Override PartName="/{p}" ContentType="{t}"/>' for p, t in types.items())
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{listed}</Types>',
        **made,
    }


def packed(contents, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content if isinstance(content, bytes) else content.encode())
        archive.comment = comment
    return stream.getvalue()
