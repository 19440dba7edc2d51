"""Invented people and documents that hold their data, made without any office library.

Every value is invented; identifiers carry valid checksums so that they are found as in real
life. The documents are small but whole: Word, Excel, PowerPoint and any PDF reader open them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

# Names come from the user's own list (--values); everything else is recognised by its form.
NAMES = ("Emily Carter", "张伟", "李晓梅", "Project Falcon")

EMAIL = "emily.carter@northwind-demo.com"
PHONE = "+1 415-555-2671"
CARD = "4111 1111 1111 1111"
SSN = "536-22-8726"
KEY = "sk-proj-" + "Zq7Rk2Lm9Xw4Tb6Vn1Hc8Yd3Fs5Gj0Pa"
RESIDENT_ID = "11010519491231002X"
MOBILE = "13912345678"
BANK_CARD = "6222021234567890128"

CHAT = (
    "Hi Sam, can you check this customer for me?",
    f"Emily Carter, {EMAIL}",
    f"Sure. Her phone is {PHONE}",
    f"and she paid with card {CARD}",
    "Great, thanks. The parcel leaves on Monday.",
)
"""What is said in the screenshot."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument"


def text_email() -> str:
    """An English message to a chat assistant."""
    return (
        f"Please draft a reply to Emily Carter ({EMAIL}, phone {PHONE}). Her SSN is {SSN} and she "
        f"paid with card {CARD}. Our API key is {KEY}. Keep the tone friendly."
    )


def text_chinese() -> str:
    """A Chinese message to a chat assistant."""
    return (
        f"请帮我写一份催款函。客户张伟,身份证号{RESIDENT_ID},手机{MOBILE},"
        f"银行卡号{BANK_CARD}。语气要客气。"
    )


def docx() -> bytes:
    """A contract whose values are cut over several runs, as Word writes them."""

    def paragraph(*runs: str, bold: int = -1) -> str:
        parts = []
        for index, run in enumerate(runs):
            style = "<w:rPr><w:b/></w:rPr>" if index == bold else ""
            parts.append(f'<w:r>{style}<w:t xml:space="preserve">{escape(run)}</w:t></w:r>')
        return f"<w:p>{''.join(parts)}</w:p>"

    body = "".join(
        (
            paragraph("Service agreement / 服务合同", bold=0),
            paragraph(
                "Between Northwind and ", "Emily ", "Carter", ", about Project ", "Falcon.", bold=1
            ),
            paragraph("E-mail: ", EMAIL[:9], EMAIL[9:], "; phone ", PHONE[:7], PHONE[7:], bold=2),
            paragraph(
                "甲方:",
                "张",
                "伟",
                ",身份证号",
                RESIDENT_ID[:6],
                RESIDENT_ID[6:14],
                RESIDENT_ID[14:],
            ),
            paragraph("The work starts on Monday and ends with the report."),
        )
    )
    return _package(
        {
            "word/document.xml": (
                f"{_OFFICE}.wordprocessingml.document.main+xml",
                f'<w:document xmlns:w="{_W}"><w:body>{body}<w:sectPr/></w:body></w:document>',
            )
        },
        "word/document.xml",
    )


def xlsx() -> bytes:
    """A customer list with Chinese headings; ID numbers as text, one phone as a number."""
    rows = (
        ("姓名", "手机", "身份证号", "城市"),
        ("张伟", MOBILE, RESIDENT_ID, "北京"),
        ("李晓梅", "13700001234", "440524188001010014", "深圳"),
    )

    def cell(column: int, row: int, value: str) -> str:
        place = f"{'ABCD'[column]}{row}"
        if value.isdecimal() and len(value) == 11:
            return f'<c r="{place}"><v>{value}</v></c>'
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    data = "".join(
        f'<row r="{r}">{"".join(cell(c, r, v) for c, v in enumerate(row))}</row>'
        for r, row in enumerate(rows, 1)
    )
    return _package(
        {
            "xl/workbook.xml": (
                f"{_OFFICE}.spreadsheetml.sheet.main+xml",
                f'<workbook xmlns="{_S}" xmlns:r="{_R}"><sheets>'
                '<sheet name="客户" sheetId="1" r:id="rId1"/></sheets></workbook>',
            ),
            "xl/worksheets/sheet1.xml": (
                f"{_OFFICE}.spreadsheetml.worksheet+xml",
                f'<worksheet xmlns="{_S}"><sheetData>{data}</sheetData></worksheet>',
            ),
        },
        "xl/workbook.xml",
        {"xl/workbook.xml": [("worksheet", "worksheets/sheet1.xml")]},
    )


def pptx() -> bytes:
    """One slide that names the project and a contact."""
    text = "".join(
        f"<a:p><a:r><a:rPr lang='en-US'/><a:t>{escape(t)}</a:t></a:r></a:p>"
        for t in (
            "Project Falcon: plan",
            f"Contact: Emily Carter, {EMAIL}",
            f"联系人:李晓梅 {MOBILE}",
        )
    )
    group = (
        "<p:nvGrpSpPr><p:cNvPr id='1' name=''/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>"
    )
    shape = (
        "<p:sp><p:nvSpPr><p:cNvPr id='2' name='Text'/><p:cNvSpPr txBox='1'/><p:nvPr/></p:nvSpPr>"
        "<p:spPr><a:xfrm><a:off x='900000' y='900000'/><a:ext cx='7000000' cy='3000000'/></a:xfrm>"
        "<a:prstGeom prst='rect'><a:avLst/></a:prstGeom></p:spPr>"
        f"<p:txBody><a:bodyPr/>{text}</p:txBody></p:sp>"
    )
    names = f'xmlns:a="{_A}" xmlns:r="{_R}" xmlns:p="{_P}"'
    tree = f"<p:cSld><p:spTree>{group}</p:spTree></p:cSld>"
    map_ = (
        "<p:clrMap bg1='lt1' tx1='dk1' bg2='lt2' tx2='dk2' accent1='accent1' accent2='accent2' "
        "accent3='accent3' accent4='accent4' accent5='accent5' accent6='accent6' hlink='hlink' "
        "folHlink='folHlink'/>"
    )
    kind = f"{_OFFICE}.presentationml"
    return _package(
        {
            "ppt/presentation.xml": (
                f"{kind}.presentation.main+xml",
                f"<p:presentation {names}><p:sldMasterIdLst><p:sldMasterId id='2147483648' r:id='rId1'/>"
                "</p:sldMasterIdLst><p:sldIdLst><p:sldId id='256' r:id='rId2'/></p:sldIdLst>"
                "<p:sldSz cx='9144000' cy='5143500'/><p:notesSz cx='6858000' cy='9144000'/>"
                "</p:presentation>",
            ),
            "ppt/slideMasters/slideMaster1.xml": (
                f"{kind}.slideMaster+xml",
                f"<p:sldMaster {names}>{tree}{map_}<p:sldLayoutIdLst>"
                "<p:sldLayoutId id='2147483649' r:id='rId1'/></p:sldLayoutIdLst></p:sldMaster>",
            ),
            "ppt/slideLayouts/slideLayout1.xml": (
                f"{kind}.slideLayout+xml",
                f"<p:sldLayout {names} type='blank'>{tree}</p:sldLayout>",
            ),
            "ppt/slides/slide1.xml": (
                f"{kind}.slide+xml",
                f"<p:sld {names}><p:cSld><p:spTree>{group}{shape}</p:spTree></p:cSld></p:sld>",
            ),
            "ppt/theme/theme1.xml": (f"{_OFFICE}.theme+xml", _theme()),
        },
        "ppt/presentation.xml",
        {
            "ppt/presentation.xml": [
                ("slideMaster", "slideMasters/slideMaster1.xml"),
                ("slide", "slides/slide1.xml"),
            ],
            "ppt/slideMasters/slideMaster1.xml": [
                ("slideLayout", "../slideLayouts/slideLayout1.xml"),
                ("theme", "../theme/theme1.xml"),
            ],
            "ppt/slideLayouts/slideLayout1.xml": [
                ("slideMaster", "../slideMasters/slideMaster1.xml")
            ],
            "ppt/slides/slide1.xml": [("slideLayout", "../slideLayouts/slideLayout1.xml")],
        },
    )


def pdf() -> bytes:
    """An invoice in English and Chinese (the Chinese font is named, not embedded)."""
    import pikepdf
    from pikepdf import Array, Dictionary, Name, Stream

    document = pikepdf.new()
    song = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/STSong-Light"),
        Encoding=Name("/UniGB-UCS2-H"),
        DescendantFonts=Array(
            [
                Dictionary(
                    Type=Name.Font,
                    Subtype=Name.CIDFontType0,
                    BaseFont=Name("/STSong-Light"),
                    CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"GB1", Supplement=4),
                    DW=1000,
                    FontDescriptor=Dictionary(
                        Type=Name.FontDescriptor,
                        FontName=Name("/STSong-Light"),
                        Flags=4,
                        FontBBox=Array([-25, -254, 1000, 880]),
                        ItalicAngle=0,
                        Ascent=880,
                        Descent=-120,
                        CapHeight=880,
                        StemV=93,
                    ),
                )
            ]
        ),
    )
    helvetica = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        Encoding=Name.WinAnsiEncoding,
    )
    chinese = f"客户 张伟 身份证号 {RESIDENT_ID} 手机 {MOBILE}".encode("utf-16-be").hex()
    lines = (
        "BT /F1 20 Tf 60 780 Td (Invoice 2026-118) Tj ET",
        f"BT /F1 12 Tf 60 740 Td [(Bill to: Emily ) 20 (Car) -10 (ter, {EMAIL})] TJ ET",
        f"BT /F1 12 Tf 60 716 Td (Card: {CARD}) Tj ET",
        f"BT /F2 12 Tf 60 692 Td <{chinese}> Tj ET",
        "BT /F1 12 Tf 60 660 Td (Amount due: 1,250.00 EUR, payable within 30 days.) Tj ET",
    )
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, 595, 842]),
        Resources=Dictionary(Font=Dictionary(F1=helvetica, F2=song)),
        Contents=Stream(document, "\n".join(lines).encode("latin-1")),
    )
    document.pages.append(pikepdf.Page(page))
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def csv() -> bytes:
    """A customer export in GB18030, as many Chinese programs write it."""
    return f"姓名,电话,邮箱\r\n李晓梅,{MOBILE},li.xiaomei@lanhai-demo.cn\r\n".encode("gb18030")


def code() -> bytes:
    """A configuration file with secrets in it."""
    return f'OPENAI_API_KEY="{KEY}"\nDB_URL = "postgres://app:Tr0ub4dor@db.internal/app"\n'.encode()


def archive(members: Mapping[str, bytes]) -> bytes:
    """A zip with fixed dates."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(
                zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), data, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def screenshot() -> bytes:
    """A chat as it looks on a screen, drawn with the font that Pillow brings along."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (820, 96 + 76 * len(CHAT)), "#ece9e4")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(22)
    draw.rectangle((0, 0, image.width, 64), fill="#2b3a4a")
    draw.text((24, 19), "Customer care", font=font, fill="white")
    for number, words in enumerate(CHAT):
        answer = number in (2, 3)
        top, wide = 88 + 76 * number, font.getlength(words) + 36
        left = image.width - 24 - wide if answer else 24
        paper = "#c8ecb4" if answer else "white"
        draw.rounded_rectangle((left, top, left + wide, top + 54), radius=14, fill=paper)
        draw.text((left + 18, top + 14), words, font=font, fill="#1c1c1c")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def picture() -> bytes:
    """The beginning of a PNG: something the gateway cannot read, so it may not pass."""
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def _package(
    parts: Mapping[str, tuple[str, str]],
    main: str,
    relations: Mapping[str, list[tuple[str, str]]] | None = None,
) -> bytes:
    """An Office package (ECMA-376 part 2) from its parts and their relations."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    packaging = "http://schemas.openxmlformats.org/package/2006"

    def rels(entries: list[tuple[str, str]]) -> bytes:
        lines = "".join(
            f'<Relationship Id="rId{n}" Type="{_R}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(entries, 1)
        )
        return f'{head}<Relationships xmlns="{packaging}/relationships">{lines}</Relationships>'.encode()

    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (kind, _) in parts.items()
    )
    members = {
        "[Content_Types].xml": (
            f'{head}<Types xmlns="{packaging}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ).encode(),
        "_rels/.rels": rels([("officeDocument", main)]),
    }
    for name, (_, xml) in parts.items():
        members[name] = (head + xml).encode()
    for owner, entries in (relations or {}).items():
        folder, _, base = owner.rpartition("/")
        members[f"{folder}/_rels/{base}.rels"] = rels(entries)
    return archive(members)


def _theme() -> str:
    colours = "".join(
        f"<a:{name}><a:srgbClr val='{value}'/></a:{name}>"
        for name, value in zip(
            (
                "dk1",
                "lt1",
                "dk2",
                "lt2",
                "accent1",
                "accent2",
                "accent3",
                "accent4",
                "accent5",
                "accent6",
                "hlink",
                "folHlink",
            ),
            (
                "000000",
                "FFFFFF",
                "1F3864",
                "EEEEEE",
                "2E75B6",
                "ED7D31",
                "A5A5A5",
                "FFC000",
                "4472C4",
                "70AD47",
                "0563C1",
                "954F72",
            ),
            strict=True,
        )
    )
    font = "<a:latin typeface='Arial'/><a:ea typeface=''/><a:cs typeface=''/>"
    fill = "<a:solidFill><a:schemeClr val='phClr'/></a:solidFill>"
    line = f"<a:ln w='9525'>{fill}</a:ln>"
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f"<a:theme xmlns:a='{_A}' name='Plain'><a:themeElements>"
        f"<a:clrScheme name='Plain'>{colours}</a:clrScheme><a:fontScheme name='Plain'>"
        f"<a:majorFont>{font}</a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme>"
        f"<a:fmtScheme name='Plain'><a:fillStyleLst>{fill * 3}</a:fillStyleLst>"
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{effect * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
