"""The words of the Office schemas that decide whether an attribute is text.

Source: ECMA-376-1 (5th ed.) Annex A; the built-in styles of ISO/IEC 29500-1 §17.7.4.9; the
fonts are those of Office's own themes and templates.
"""

from __future__ import annotations

import re


def _words(listing: str) -> frozenset[str]:
    return frozenset(listing.split())


# Free strings wherever they stand.
STRINGS = _words(
    """addressFieldName alias aliases allUniqueName alt altText appName attributeName author
    authors cache caption class cmd codeName colHeaderCaption column command comment connection
    connectString cryptProvider customMenu DataBindingName dataCaption dataFile
    ddeService ddeTopic defaultMemberUniqueName desc descr description destinationFile
    dimensionUniqueName display displayFolder displayName displayText divId docLocation ed edGrp
    editPage element error errorCaption errorTitle FileBindingName format formatCode formula
    gallery goal grandTotalCaption headerRowCellName help helpText hierarchy href htmlFormat
    htmlTables iconFile initials instr invalidUrl key keywords link linkTarget localConnection
    location macro mappedName mdx measureGroup memberName missingCaption Name name Namespace
    namespaceUri newName nullValue odcFile oldComment oldCustomMenu oldDescription oldFormula
    oldHelp oldName oldStatusBar parent parentText phldrT post prefixMappings ProgID progId prompt
    promptTitle properties propertyName providerId query refersTo refreshedBy RootElement
    rowHeaderCaption schemaLibrary SchemaRef sectionTitle securityDescriptor serverCommand
    setDefinition sheet shortcutKey signinginstructions solutionID sourceFile sourceFileName
    sourceName sourceObject src ssoId status statusBar statusText store string stringValue1
    stringValue2 styleName subject subtotalCaption suggestedsigner suggestedsigner2
    suggestedsigneremail syncRef tableName tag target text textlink tgtFrame title toolTip tooltip
    totalsRowLabel trend udl uniqueMemberProperty uniqueName uniqueParent uri url user userId
    userInfo userName value webPage xpath"""
)

# Elements whose ``val`` (or ``v``) is a free string.
STRING_ELEMENTS = _words(
    """active addressFieldName alias aliases altName attachedSchema attr caption category column
    connectString customFilter default defaultTableStyle desc description docPart docPartCategory
    docPartGallery documentType docVar entryMacro exitMacro filter headerSource helpText inputCells
    keyTip listEntry lvlText mailSubject mappedName name query s sectionTitle
    sheetName solutionID sourceFileName src statusText strVal table tag tblCaption tblDescription
    title udl webPr writeProtection"""
)

# Names of fonts, styles and shape guides: hundreds in every file, hardly ever anybody's text.
CROWDED = _words(
    """gd lsdException font latin ea cs sym rFonts minorFont majorFont buFont layoutNode presOf
    alg rule constr forEach if else styleLbl choose adj compatSetting feature"""
)
FONT_NAMES = frozenset({"typeface", "ascii", "hAnsi", "eastAsia", "cs", "pitchFamily"})

# Elements whose names are mostly those that Office gave.
STYLED = _words("name aliases cellStyle tableStyle fontScheme clrScheme fmtScheme theme")
# Elements whose ``val`` is the id of a style; Word makes it of the style's name.
STYLE_REFERENCES = _words(
    "pStyle rStyle tblStyle basedOn next link styleLink numStyleLink clickAndTypeStyle"
)
STYLE_WORDS = _words(
    """_goback accent acronym address annotation authorities balloon block body book bottom bullet
    char cite classic closing code colorful columns contemporary continue date default definition
    document dark e-mail effects elegant elegante email emphasis endnote envelope figures first
    followedhyperlink footer footnote form grid hashtag header heading html hyperlink indent index
    intense keyboard light line link list macro map medium mention message no normal note number
    of office outline page paragraph placeholder plain preformatted professional quote reference
    return revision salutation sample separator shading signature simple smart spacing strong
    subject subtitle subtle table text the theme title toa toc top typewriter unresolved variable
    web font"""
)
FONTS = frozenset(
    """angsana new
arial
arial black
arial unicode ms
batang
book antiqua
bookman old style
calibri light
cambria math
century gothic
comic sans ms
cordia new
courier new
estrangelo edessa
euphemia
iskoola pota
javanese text
leelawadee ui
lucida console
lucida sans unicode
malgun gothic
microsoft himalaya
microsoft jhenghei
microsoft new tai lue
microsoft sans serif
microsoft tai le
microsoft uighur
microsoft yahei
microsoft yi baiti
mongolian baiti
ms gothic
ms mincho
ms pgothic
ms pmincho
ms sans serif
mv boli
myanmar text
nirmala ui
plantagenet cherokee
segoe ui
segoe ui symbol
times new roman
trebuchet ms
メイリオ
仿宋
宋体
微软雅黑
新宋体
新細明體
楷体
游ゴシック
游ゴシック light
游明朝
等线
等线 light
細明體
黑体
굴림
돋움
맑은 고딕
바탕
ＭＳ ゴシック
ＭＳ 明朝
ＭＳ Ｐゴシック
ＭＳ Ｐ明朝""".splitlines()
)

# Positions, sizes and serial numbers: up to ten digits are nothing but that.
INTEGERS = _words(
    """x y cx cy w h l t r b z id idx pos val v start end first last count uniqueCount ht width
    height dist distT distB distL distR wrapDistance relativeHeight anchorId editId prst ang
    sz spid shapeId sheetId localSheetId modelId srcId destId parTransId sibTransId presId
    cxnId roundtripDataSignature authorId idStart lastIdx clrIdx ptCount lastGuid calcId
    spcAft spcBef marL marR indent defTabSz lnSpc rot dir blurRad fov sx sy kx ky algn edited
    numId abstractNumId nsid tmpl tplc ilvl dy dx bIns tIns lIns rIns off fm from to by thresh
    minVer colId rowId customWidth recordCount cacheId dyDescent lvl defaultRowHeight
    minimumVersion connectionId queryTableFieldId tableColumnId zoomScale dpi orient
    horizontalDpi verticalDpi saveData refreshedDate iMeasureFld length bx by thr s i n si creationId rev
    axId crossAx modId field imgW imgH hueOff satOff lumOff cat page"""
)

# Paragraph-like elements: what stands in their runs is one text.
PARAGRAPHS = frozenset({"p", "si", "is", "text"})
# Elements in a paragraph whose text is its own.
RUN_TEXTS = frozenset({"t", "delText", "text", "p", "is", "si"})
# Those that lose a space at their edge unless told to keep it.
SPACED = frozenset({"t", "delText", "instrText", "delInstrText"})
INSTRUCTIONS = frozenset({"instrText", "delInstrText"})
# Formulas outside cells.
EXPRESSIONS = _words(
    """f formula formula1 formula2 definedName FmlaMacro FmlaLink FmlaRange FmlaTxbx FmlaGroup
    FmlaPict calculatedColumnFormula totalsRowFormula"""
)
# What VML drawings use of HTML, in no namespace.
HTML = _words("xml div font span br p b i u style align color face size")
# Base64 of XML signatures (XMLDSig §4.5, XAdES, [MS-OFFCRYPTO] §2.5.2): digests, certificates,
# pictures. Their part is noted as unread, and leaves when the package is changed.
SIGNATURE_TEXTS = _words(
    """DigestValue SignatureValue X509Certificate EncapsulatedX509Certificate Modulus Exponent
    EncapsulatedTimeStamp SignatureImage ValidSigLnImg InvalidSigLnImg"""
)
# Positions that stand as text; Office writes up to ten digits.
INTEGER_TEXTS = _words("posOffset pctWidth pctHeight pctPosHOffset colOff rowOff col row")

# Words that Office names its parts with, digits left off.
PART_WORDS = _words(
    """[content_types] _rels .rels _xmlsignatures activex afchunk alternativeformatinputpart app
    attachedtemplate authors bin calcchain chart charts chartsheet chartsheets colors comment
    commentauthors comments commentsextended commentsextensible commentsids connections
    connector control core core-properties ctrlprop ctrlprops custom customdata customizations
    customproperty customui customxml data dialogsheet dialogsheets diagrams docmetadata
    docprops document drawing drawings embeddings endnotes externallink externallinks featurepropertybag
    featurepropertybags fonts font fonttable footer footnotes glossary handoutmaster handoutmasters
    hdphoto header image ink inkdata item itemprops labelinfo layout macrosheets media metadata
    microsoft_excel_sheet microsoft_excel_worksheet microsoft_office_excel_worksheet
    microsoft_office_word_document microsoft_word_document microsoft_powerpoint_presentation
    model modernComment notesmaster notesmasters notesslide notesslides numbering oleobject origin
    package people person persons pivotcache pivotcachedefinition pivotcacherecords pivottable
    pivottables ppt presentation presprops printersettings querytable querytables quickstyle rdrichvalue
    rdrichvaluestructure rdrichvaluetypes recipientdata revisioninfo revisions richdata ribbon
    rels services settings sharedstrings sheet sheetmetadata sig singlexmlcells slicer slicercache
    slicercaches slicers slide slidelayout slidelayouts slidemaster slidemasters slides smarttags
    style styles styleswitheffects table tables tablesinglecells tablestyles tag tags theme
    themes themeoverride threadedcomment threadedcomments thumbnail timeline timelines usershapes
    userui vbadata vbaproject vbaprojectsignature viewprops vmldrawing volatiledependencies
    websettings webextension webextensions taskpanes word workbook worksheets xl xmlmaps xmlsignatures
    dokument mimetype pictures video audio movie sound"""
)


_HUMP = re.compile("(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])|-")
_SHORTEST_ID = 4


def is_known_name(name: str) -> bool:
    """Whether every word of a path is one that Office itself uses."""
    # Parts that System.IO.Packaging writes are named by a random number.
    name = re.sub(r"(?<=/)(?=[0-9]*[a-f])[0-9a-f]{20,32}(?=\.)", "data", name)
    if re.search("[0-9]{7}", name):
        return False
    for component in name.rstrip("/").split("/"):
        stem, _, extension = component.partition(".")
        stem = re.sub("[0-9]{1,5}$", "", stem).lower()
        if stem not in PART_WORDS and not re.fullmatch("[0-9a-f]{0,40}", stem):
            return False
        if not re.fullmatch(r"(?:[A-Za-z]{1,6}(?:\.rels)?)?", extension):
            return False
    return True


def is_style_id(value: str) -> bool:
    """Whether the id of a style is one that Office made, of a name of its own or of none."""
    return len(value) < _SHORTEST_ID or is_built_in(_HUMP.sub(" ", value))


def is_built_in(value: str) -> bool:
    """Whether a value is a name that Office itself gives to styles and fonts."""
    if value.lower() in FONTS:
        return True
    words = re.split(r"[ ,()]+", value.lower())
    return all(not w or w in STYLE_WORDS or re.fullmatch("[0-9]{1,2}d?", w) for w in words)
