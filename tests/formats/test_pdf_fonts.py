"""PDF: a font forgets the characters that nothing draws any more, and draws the rest as before."""

import io
import re
from pathlib import Path

import pdf_redaction_check
import pikepdf
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.eexec import decrypt, encrypt
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageChops
from support.pdfs import EXTRACTORS, drawn, extracted, redact

from gateway.formats._pdf.compact import Compact
from gateway.formats._pdf.truetype import BadProgram, prune_truetype
from gateway.formats._pdf.type1 import Type1

TEXT = "联系人张伟在北京"
NAME = "张伟"
KINDS = ("truetype", "compact", "compact by glyph", "opentype", "type 1", "type 3")


def _steps(index: int) -> list[tuple[int, int]]:
    """A shape that no other glyph has."""
    return [(50, 0), (50, 100 + 90 * index), (900 - 60 * index, 100 + 90 * index), (900, 0)]


def _draw(pen: object, index: int) -> None:
    points = _steps(index)
    pen.moveTo(points[0])  # type: ignore[attr-defined]
    for point in points[1:]:
        pen.lineTo(point)  # type: ignore[attr-defined]
    pen.closePath()  # type: ignore[attr-defined]


def _font_file(*, truetype: bool) -> bytes:
    names = [".notdef", *(f"uni{ord(char):04X}" for char in TEXT)]
    builder = FontBuilder(1000, isTTF=truetype)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"uni{ord(char):04X}" for char in TEXT})
    shapes = {}
    for index, name in enumerate(names):
        pen = TTGlyphPen(None) if truetype else T2CharStringPen(1000, None)
        _draw(pen, index)
        shapes[name] = pen.glyph() if truetype else pen.getCharString()
    if truetype:
        builder.setupGlyf(shapes)
    else:
        builder.setupCFF("Test", {"FullName": "Test"}, shapes, {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 50)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.font.recalcTimestamp = False
    builder.save(out)
    return out.getvalue()


def _charstring(index: int) -> bytes:
    """The same shape in the language of Type 1."""

    def number(value: int) -> bytes:
        return b"\xff" + value.to_bytes(4, "big", signed=True)

    x, y = 0, 0
    plain = number(0) + number(1000) + b"\x0d"
    for at, (px, py) in enumerate(_steps(index)):
        plain += number(px - x) + number(py - y) + (b"\x15" if not at else b"\x05")
        x, y = px, py
    return encrypt(b"\0\0\0\0" + plain + b"\x09\x0e", 4330)[0]


def _type1() -> tuple[bytes, int]:
    names = [f"uni{ord(char):04X}" for char in TEXT]
    clear = b"%!FontType1-1.0: Test\n/FontMatrix [0.001 0 0 0.001 0 0] def /Encoding 256 array\n"
    clear += b"0 1 255 {1 index exch /.notdef put} for\n"
    for code, name in enumerate(names, 65):
        clear += f"dup {code} /{name} put\n".encode()
    clear += b"readonly def\n/FontBBox {0 -200 1000 1000} readonly def /FontType 1 def"
    clear += b" /PaintType 0 def /FontName /Test def currentfile eexec\n"
    private = b"dup /Private 8 dict dup begin /RD {string currentfile exch readstring pop} def"
    private += b" /ND {def} def /NP {put} def /BlueValues [] def /password 5839 def\n"
    private += b"2 index /CharStrings %d dict dup begin\n" % (len(names) + 1)
    for index, name in enumerate([".notdef", *names]):
        body = _charstring(index)
        private += b"/%s %d RD %s ND\n" % (name.encode(), len(body), body)
    private += (
        b"end end readonly put dup /FontName get exch definefont pop mark currentfile closefile\n"
    )
    cipher = encrypt(b"\0\0\0\0" + private, 55665)[0]
    return clear + cipher + b"0" * 512 + b"\ncleartomark\n", len(clear)


def _unicode(codes: dict[int, str], digits: int) -> bytes:
    pairs = "".join(
        f"<{code:0{digits}x}> <{char.encode('utf-16-be').hex()}>\n" for code, char in codes.items()
    )
    space = (
        f"1 begincodespacerange <{'00' * (digits // 2)}> <{'ff' * (digits // 2)}> endcodespacerange"
    )
    return f"begincmap {space} {len(codes)} beginbfchar\n{pairs}endbfchar endcmap".encode()


class _Maker:
    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.pdf = pikepdf.new()

    def font(self) -> pikepdf.Object:
        simple = self.kind in ("type 1", "type 3")
        first = 65 if simple else 1
        codes = {first + at: char for at, char in enumerate(TEXT)}
        mapping = self.pdf.make_stream(_unicode(codes, 2 if simple else 4))
        if self.kind == "type 3":
            procedures = {}
            for at, char in enumerate(TEXT, 1):
                path = " ".join(
                    f"{x} {y} {'l' if n else 'm'}" for n, (x, y) in enumerate(_steps(at))
                )
                stream = self.pdf.make_stream(f"1000 0 0 -200 1000 1000 d1 {path} f".encode())
                procedures[f"/uni{ord(char):04X}"] = stream
            names = [Name(f"/uni{ord(char):04X}") for char in TEXT]
            return self.pdf.make_indirect(
                Dictionary(
                    Type=Name.Font,
                    Subtype=Name.Type3,
                    FontBBox=Array([0, -200, 1000, 1000]),
                    FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
                    CharProcs=Dictionary(procedures),
                    Encoding=Dictionary(Differences=Array([65, *names])),
                    FirstChar=65,
                    LastChar=64 + len(TEXT),
                    Widths=Array([1000] * len(TEXT)),
                    ToUnicode=mapping,
                )
            )
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/ABCDEF+Test"),
            Flags=4,
            FontBBox=Array([0, -200, 1000, 1000]),
            ItalicAngle=0,
            Ascent=900,
            Descent=-100,
            CapHeight=700,
            StemV=80,
        )
        if self.kind == "type 1":
            program, clear = _type1()
            descriptor.FontFile = self.pdf.make_stream(program)
            descriptor.FontFile.Length1 = clear
            names = "".join(f"/uni{ord(char):04X}" for char in TEXT)
            descriptor.CharSet = String(names)
            return self.pdf.make_indirect(
                Dictionary(
                    Type=Name.Font,
                    Subtype=Name.Type1,
                    BaseFont=Name("/ABCDEF+Test"),
                    FirstChar=65,
                    LastChar=64 + len(TEXT),
                    Widths=Array([1000] * len(TEXT)),
                    FontDescriptor=self.pdf.make_indirect(descriptor),
                    ToUnicode=mapping,
                )
            )
        self._embed(descriptor)
        descriptor.CIDSet = self.pdf.make_stream(b"\xff\xff")
        truetype = self.kind == "truetype"
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2 if truetype else Name.CIDFontType0,
            BaseFont=Name("/ABCDEF+Test"),
            CIDSystemInfo=Dictionary(
                Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
            ),
            FontDescriptor=self.pdf.make_indirect(descriptor),
            DW=500,
            W=Array([1, Array([1000] * len(TEXT))]),
        )
        if truetype:
            descendant.CIDToGIDMap = self.pdf.make_stream(
                b"".join(at.to_bytes(2, "big") for at in range(len(TEXT) + 1))
            )
        return self.pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/ABCDEF+Test"),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([self.pdf.make_indirect(descendant)]),
                ToUnicode=mapping,
            )
        )

    def _embed(self, descriptor: Dictionary) -> None:
        file = _font_file(truetype=self.kind == "truetype")
        if self.kind == "truetype":
            descriptor.FontFile2 = self.pdf.make_stream(file)
        elif self.kind == "opentype":
            descriptor.FontFile3 = self.pdf.make_stream(file)
            descriptor.FontFile3.Subtype = Name.OpenType
        else:
            table = TTFont(io.BytesIO(file)).reader["CFF "]
            if self.kind == "compact":
                table = _cid_keyed(table)
            descriptor.FontFile3 = self.pdf.make_stream(table)
            descriptor.FontFile3.Subtype = Name.CIDFontType0C

    def page(self) -> bytes:
        simple = self.kind in ("type 1", "type 3")
        codes = [(65 if simple else 1) + at for at in range(len(TEXT))]
        shown = "".join(f"{code:0{2 if simple else 4}x}" for code in codes)
        self.pdf.add_blank_page(page_size=(400, 100))
        page = self.pdf.pages[0].obj
        page.Resources = Dictionary(Font=Dictionary(F1=self.font()))
        page.Contents = self.pdf.make_stream(f"BT /F1 40 Tf 20 40 Td <{shown}> Tj ET".encode())
        out = io.BytesIO()
        self.pdf.save(out, static_id=True)
        return out.getvalue()


def _cid_keyed(table: bytes) -> bytes:
    """A bare compact font made CID-keyed, as producers of Chinese PDFs write them."""
    from fontTools.cffLib import CFFFontSet, FDArrayIndex, FDSelect, FontDict

    class NoFile:
        recalcBBoxes = False

    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(table), None)
    top = fonts[0]
    strings = top.CharStrings
    for name in list(strings.keys()):
        strings[name].decompile()
    names = list(top.charset)
    cids = [".notdef", *(f"cid{at:05d}" for at in range(1, len(names)))]
    index = strings.charStringsIndex
    index.items = [index[at] for at in range(len(names))]
    strings.charStrings = {cid: at for at, cid in enumerate(cids)}
    top.charset = cids
    top.rawDict["ROS"] = top.ROS = ("Adobe", "Identity", 0)
    selection = FDSelect()
    selection.format, selection.gidArray = 3, [0] * len(names)
    inner = FontDict()
    inner.Private = top.Private
    inner.FontName = "Test"
    array = FDArrayIndex()
    array.append(inner)
    top.FDArray, top.FDSelect = array, selection
    for key in ("Private", "Encoding"):
        top.rawDict.pop(key, None)
        if hasattr(top, key):
            delattr(top, key)
    out = io.BytesIO()
    fonts.compile(out, NoFile())
    return out.getvalue()


def _picture(data: bytes) -> object:
    return pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil().convert("L")


@pytest.mark.parametrize("kind", KINDS)
def test_name_is_gone_from_text_and_font_and_the_rest_looks_the_same(
    kind: str, tmp_path: Path
) -> None:
    data = _Maker(kind).page()
    assert any(TEXT in "".join(text.split()) for text in extracted(data))
    redacted = redact(data, NAME, label="")
    for name, extract in EXTRACTORS.items():
        text = "".join(extract(redacted).split())
        assert not set(NAME) & set(text), name
        assert "联系人" in text, name
    before, after = _picture(data), _picture(redacted)
    outside = after.point(lambda level: 0 if level == 0 else 255)
    changed = ImageChops.darker(ImageChops.difference(before, after), outside)
    assert 20 > changed.getextrema()[1]
    path = tmp_path / "out.pdf"
    path.write_bytes(redacted)
    report, _ = pdf_redaction_check.analyze(path, [NAME])
    critical = pdf_redaction_check.Severity.CRITICAL
    assert [] == [f.check for f in report.findings if f.severity is critical]
    assert [] == [f.check for f in report.findings if f.check == "font-charset"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_part_of_the_font_names_or_outlines_the_name(kind: str) -> None:
    with pikepdf.open(io.BytesIO(redact(_Maker(kind).page(), NAME, label=""))) as pdf:
        font = pdf.pages[0].obj.Resources.Font.F1
        mapping = font.ToUnicode.read_bytes()
        assert not any(char.encode("utf-16-be").hex().encode() in mapping for char in NAME)
        names = [f"uni{ord(char):04X}" for char in NAME]
        if kind == "type 3":
            assert set(font.CharProcs.keys()).isdisjoint(f"/{name}" for name in names)
            assert not any(Name(f"/{name}") in list(font.Encoding.Differences) for name in names)
            return
        holder = font if kind == "type 1" else font.DescendantFonts[0]
        descriptor = holder.FontDescriptor
        stream = next(descriptor[k] for k in dict(descriptor) if k.startswith("/FontFile"))
        _check_program(kind, stream.read_bytes(), names)
        if kind == "type 1":
            assert not any(name in str(descriptor.CharSet) for name in names)
            assert [0, 0] == [int(font.Widths[at]) for at in (3, 4)]
        else:
            assert 3 + 1 not in [int(item) for item in holder.W if isinstance(item, int)]
            assert 0 == descriptor.CIDSet.read_bytes()[0] & 0b00001100


def _check_program(kind: str, program: bytes, names: list[str]) -> None:
    assert not any(name.encode() in program for name in names)
    if kind == "type 1":
        clear, _, cipher = program.partition(b"eexec\n")
        plain = decrypt(cipher, 55665)[0]
        assert not any(name.encode() in plain for name in names)
        assert 7 == len(re.findall(rb" RD ", plain))
        assert not any(name.encode() in clear for name in names)
    elif kind == "truetype":
        font = TTFont(io.BytesIO(program))
        order = font.getGlyphOrder()
        drawn_glyphs = [at for at, name in enumerate(order) if font["glyf"][name].numberOfContours]
        assert [0, 1, 2, 3, 6, 7, 8] == drawn_glyphs
        assert not set(map(ord, NAME)) & font.getBestCmap().keys()
        assert [0, 0] == [font["hmtx"][order[at]][1] for at in (4, 5)]
    elif kind == "opentype":
        font = TTFont(io.BytesIO(program))
        assert not set(map(ord, NAME)) & font.getBestCmap().keys()
    else:
        assert (7 if kind == "compact" else 9) == len(Compact(program).names)


def test_font_that_lost_nothing_keeps_its_bytes() -> None:
    data = drawn("Hi Maria, Maria again", font="Vera")
    with (
        pikepdf.open(io.BytesIO(data)) as old,
        pikepdf.open(io.BytesIO(redact(data, "again"))) as new,
    ):
        before, after = (
            {
                s.read_bytes()
                for s in pdf.objects
                if isinstance(s, pikepdf.Stream) and "/Length1" in s
            }
            for pdf in (old, new)
        )
    assert before != after  # it lost a g
    same = redact(drawn("Maria and Maria", font="Vera"), "Maria and")
    assert same != data


@pytest.mark.parametrize("kind", ["truetype", "compact", "type 1"])
def test_damaged_programs_are_refused_and_never_crash(kind: str) -> None:
    if kind == "truetype":
        program = _font_file(truetype=True)
    elif kind == "compact":
        program = TTFont(io.BytesIO(_font_file(truetype=False))).reader["CFF "]
    else:
        program = _type1()[0]
    refused = 0
    for at in range(0, len(program), max(len(program) // 60, 1)):
        damaged = program[:at] + bytes(24) + program[at + 24 : -7]
        try:
            if kind == "truetype":
                prune_truetype(damaged, {1, 2})
            elif kind == "compact":
                Compact(damaged).prune(lambda glyph, _name: glyph < 3, in_place=True)
            else:
                Type1(damaged, 0).prune(lambda name: name == "uni5F20")
        except BadProgram:
            refused += 1
    assert refused


def test_page_with_a_subset_that_cannot_be_pruned_becomes_a_picture() -> None:
    data = _Maker("compact by glyph").page()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        descendant = pdf.pages[0].obj.Resources.Font.F1.DescendantFonts[0]
        descendant.FontDescriptor.FontFile3.write(b"\x01\x00\x04\x01 no such font")
        out = io.BytesIO()
        pdf.save(out)
    redacted = redact(out.getvalue(), NAME, label="")
    with pikepdf.open(io.BytesIO(redacted)) as pdf:
        assert ["/Page"] == list(pdf.pages[0].obj.Resources.XObject.keys())
        assert "/Font" not in pdf.pages[0].obj.Resources
    assert b"no such font" not in redacted
