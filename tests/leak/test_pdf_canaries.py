"""Every place of a PDF that can hold text holds a canary; none may go unseen or survive."""

import io
import re

import pikepdf
import pypdfium2
import pytest
from pdfminer.high_level import extract_text
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw, ImageFont
from support.pdfs import EXTRACTORS

from gateway.detect import catalogue
from gateway.formats import layers, open_document
from gateway.formats._images.reading import read_pixels
from gateway.model import Edit, Hint, Item, Outcome, Rung, Verdict
from gateway.pipeline import build
from gateway.policy import load_policy
from gateway.settings import Limits

CANARY = re.compile(r"canary[a-z]+q", re.IGNORECASE)
_PLACES = """tj tjarray quote doublequote form nestedform rotated invisible offpage glyphprocedure pattern
softmask fieldlook note notetitle richnote fieldvalue fielddefault fieldname fieldhint fieldoption
buttonstate outline link escapedlink attachmentbody attachmentname attachmentdescription author infoentry
infokey xmp structalt structactual structexpansion inlineactual propertyactual layername script
scriptstream xfa destination olddestination pagelabel pieceinfo trailer sparepage
customkey utfsixteen gbk signer signreason imagexmp pagekey contentcomment staleoperand
notelook fileattachment fileattachmentname portfolio structtitle hiddenlayer white covered overlay
destinationtitle usage"""
_PIXELS = "photo inlinephoto maskphoto"
_AROUND = "comment afterfile beforefile earlierrevision orphanstring stalecopy"
PLACES = _PLACES.split()
PIXELS = _PIXELS.split()
AROUND = _AROUND.split()


def canary(place: str) -> str:
    return f"Canary{place}q"


def _pixels(place: str) -> tuple[bytes, tuple[int, int]]:
    """The canary of a place as grey pixels."""
    picture = Image.new("L", (700, 100), 255)
    font = ImageFont.load_default(48)
    ImageDraw.Draw(picture).text((30, 20), canary(place).lower(), fill=0, font=font)
    return picture.tobytes(), picture.size


class _Builder:
    def __init__(self) -> None:
        self.pdf = pikepdf.new()
        self.helvetica = self.pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        )
        self.fonts = Dictionary(F1=self.helvetica)

    def stream(self, data: bytes, **entries: object) -> pikepdf.Object:
        stream = pikepdf.Stream(self.pdf, data)
        for key, value in entries.items():
            stream["/" + key] = value
        return self.pdf.make_indirect(stream)

    def form(self, data: bytes, **entries: object) -> pikepdf.Object:
        values = {"Resources": Dictionary(Font=self.fonts), **entries}
        box = Array([0, 0, 200, 40])
        return self.stream(data, Type=Name.XObject, Subtype=Name.Form, BBox=box, **values)

    def text(self, place: str) -> bytes:
        return f"BT /F1 12 Tf 2 5 Td ({canary(place)}) Tj ET".encode()

    def build(self) -> bytes:
        pdf = self.pdf
        pdf.add_blank_page(page_size=(600, 800))
        page = pdf.pages[0].obj
        page.Resources = self.resources()
        page.Contents = self.stream(self.content())
        page.Annots = Array(self.annotations())
        page["/PieceInfo"] = Dictionary(App=Dictionary(Private=String(canary("pieceinfo"))))
        page["/VendorNote"] = String(canary("pagekey"))
        self.catalogue(pdf.Root)
        pdf.docinfo["/Author"] = canary("author")
        pdf.docinfo["/Firm"] = String(canary("infoentry"))
        pdf.docinfo["/" + canary("infokey")] = String("1")
        pdf.trailer["/Vendor"] = String(canary("trailer"))
        lost = Dictionary(Type=Name.Page, Resources=Dictionary(Font=self.fonts))
        lost.Contents = self.stream(self.text("sparepage"))
        page["/Spare"] = pdf.make_indirect(lost)
        page["/" + canary("customkey") + "12345"] = True
        out = io.BytesIO()
        pdf.save(out, static_id=True)
        return out.getvalue()

    def resources(self) -> Dictionary:
        inner = self.form(self.text("nestedform"))
        nested = Dictionary(Font=self.fonts, XObject=Dictionary(In=inner))
        form = self.form(self.text("form") + b" q 1 0 0 1 0 20 cm /In Do Q", Resources=nested)
        procedure = self.stream(b"600 0 d0 " + self.text("glyphprocedure"))
        glyphs = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 600, 600]),
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary(a=procedure),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])),
            FirstChar=97,
            LastChar=97,
            Widths=Array([600]),
            Resources=Dictionary(Font=self.fonts),
        )
        pattern = self.stream(
            self.text("pattern"),
            PatternType=1,
            PaintType=1,
            TilingType=1,
            BBox=Array([0, 0, 200, 40]),
            XStep=200,
            YStep=40,
            Resources=Dictionary(Font=self.fonts),
        )
        group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceGray)
        mask = self.form(self.text("softmask"), Group=group)
        xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>{canary('imagexmp')}</a></x:xmpmeta>"
        metadata = self.stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)
        image = self.stream(
            bytes(50 * 50),
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=50,
            Height=50,
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray,
            Metadata=metadata,
        )
        usage = Dictionary(CreatorInfo=Dictionary(Creator=String(canary("usage"))))
        layer = Dictionary(Type=Name.OCG, Name=String(canary("layername")), Usage=usage)
        self.layer = self.pdf.make_indirect(layer)
        return Dictionary(
            Font=Dictionary(F1=self.helvetica, F3=self.pdf.make_indirect(glyphs)),
            XObject=Dictionary(Fm=form, Im=image, Ph=self.photo(), Mk=self.masked()),
            Pattern=Dictionary(P1=pattern),
            ExtGState=Dictionary(G1=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask))),
            Properties=Dictionary(
                MC0=Dictionary(ActualText=String(canary("propertyactual"))), OC0=self.layer
            ),
        )

    def photo(self) -> pikepdf.Object:
        pixels, size = _pixels("photo")
        return self.stream(
            pixels,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=size[0],
            Height=size[1],
            BitsPerComponent=8,
            ColorSpace=Name.DeviceGray,
        )

    def masked(self) -> pikepdf.Object:
        """A black picture whose mask alone draws letters."""
        pixels, size = _pixels("maskphoto")
        entries = {
            "Type": Name.XObject,
            "Subtype": Name.Image,
            "Width": size[0],
            "Height": size[1],
            "BitsPerComponent": 8,
            "ColorSpace": Name.DeviceGray,
        }
        mask = self.stream(bytes(255 - level for level in pixels), **entries)
        return self.stream(bytes(len(pixels)), **entries, SMask=mask)

    def content(self) -> bytes:
        array = canary("tjarray")
        inline, size = _pixels("inlinephoto")
        photo = f"BI /W {size[0]} /H {size[1]} /BPC 8 /CS /G /F /AHx ID {inline.hex()}> EI"
        return f"""% {canary("contentcomment")}
({canary("staleoperand")}) 1 0 0 1 0 0 cm
BT /F1 12 Tf 50 700 Td ({canary("tj")} stays) Tj 0 -20 Td [({array[:4]}) -20 ({array[4:9]}) 15
({array[9:]})] TJ 14 TL ({canary("quote")}) ' 1 0 ({canary("doublequote")}) " ET
q 1 0 0 1 50 600 cm /Fm Do Q
BT 0 1 -1 0 400 300 Tm ({canary("rotated")}) Tj ET
BT 3 Tr 50 550 Td ({canary("invisible")}) Tj ET
BT 0 Tr 900 900 Td ({canary("offpage")}) Tj ET
BT /F3 20 Tf 50 500 Td (a) Tj ET
/Span << /ActualText ({canary("inlineactual")}) >> BDC BT /F1 12 Tf 50 450 Td (shown) Tj ET EMC
/Span /MC0 BDC BT 50 430 Td (shown) Tj ET EMC
q 50 0 0 50 300 500 cm /Im Do Q
/Pattern cs /P1 scn 50 100 200 40 re f
BT /F1 12 Tf 1 g 300 450 Td ({canary("white")}) Tj ET 0 g
BT 300 430 Td ({canary("covered")}) Tj ET 0.5 g 290 420 200 30 re f 0 g
/OC /OC0 BDC BT 300 400 Td ({canary("hiddenlayer")}) Tj ET EMC
q 280 0 0 40 300 300 cm /Ph Do Q q 280 0 0 40 300 250 cm /Mk Do Q
q 280 0 0 40 300 200 cm {photo} Q
""".encode()

    def annotations(self) -> list[pikepdf.Object]:
        rect = Array([50, 50, 250, 90])
        note = Dictionary(
            Type=Name.Annot,
            Subtype=Name.FreeText,
            Rect=rect,
            Contents=String(canary("note")),
            T=String(canary("notetitle")),
            RC=String(f"<p>{canary('richnote')}</p>"),
        )
        note.AP = Dictionary(N=self.form(self.text("notelook")))
        unapplied = Dictionary(
            Type=Name.Annot, Subtype=Name.Redact, Rect=rect, OverlayText=String(canary("overlay"))
        )
        spec = Dictionary(
            Type=Name.Filespec,
            F=String(canary("fileattachmentname") + ".txt"),
            EF=Dictionary(F=self.stream(canary("fileattachment").encode(), Type=Name.EmbeddedFile)),
        )
        clip = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=rect, FS=spec)
        escaped = "".join(f"%{ord(char):02X}" for char in canary("escapedlink"))
        links = [
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Link,
                Rect=rect,
                A=Dictionary(S=Name.URI, URI=String(f"https://example.org/?q={query}")),
            )
            for query in (canary("link"), escaped)
        ]
        look = self.form(b"/Tx BMC " + self.text("fieldlook") + b" EMC")
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Ch,
            Rect=rect,
            V=String(canary("fieldvalue")),
            DV=String(canary("fielddefault")),
            T=String(canary("fieldname")),
            TU=String(canary("fieldhint")),
            Opt=Array([Array([String("1"), String(canary("fieldoption"))])]),
            AP=Dictionary(N=look),
        )
        state = Name("/" + canary("buttonstate"))
        button = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Btn,
            Rect=rect,
            T=String("b"),
            V=state,
            AS=state,
            AP=Dictionary(N=Dictionary({str(state): self.form(b"")})),
        )
        signature = Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            ByteRange=Array([0, 1, 2, 3]),
            Reason=String(canary("signreason")),
            Contents=String(b"\x30\x82\x01\x00\x0c\x20" + canary("signer").encode() + b"\x00\x01"),
        )
        signed = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String("s"),
            Rect=rect,
            V=self.pdf.make_indirect(signature),
        )
        self.fields = [self.pdf.make_indirect(each) for each in (field, button, signed)]
        return [self.pdf.make_indirect(note), unapplied, clip, *links, *self.fields]

    def catalogue(self, root: pikepdf.Object) -> None:
        root.AcroForm = Dictionary(
            Fields=Array(self.fields),
            XFA=Array([String("datasets"), self.stream(f"<d><n>{canary('xfa')}</n></d>".encode())]),
        )
        item = self.pdf.make_indirect(Dictionary(Title=String(canary("outline"))))
        root.Outlines = Dictionary(First=item, Last=item, Count=1)
        body = self.stream(f"secret {canary('attachmentbody')}\n".encode(), Type=Name.EmbeddedFile)
        spec = Dictionary(
            Type=Name.Filespec,
            F=String(canary("attachmentname") + ".txt"),
            Desc=String(canary("attachmentdescription")),
            EF=Dictionary(F=body),
        )
        place = Array([self.pdf.pages[0].obj, Name.Fit])
        root.Names = Dictionary(
            EmbeddedFiles=Dictionary(Names=Array([String("a"), spec])),
            Dests=Dictionary(Names=Array([String(canary("destination")), place])),
            JavaScript=Dictionary(
                Names=Array(
                    [
                        String("s"),
                        Dictionary(S=Name.JavaScript, JS=String(f"a='{canary('script')}'")),
                        String("t"),
                        Dictionary(
                            S=Name.JavaScript,
                            JS=self.stream(f"b='{canary('scriptstream')}';".encode()),
                        ),
                    ]
                )
            ),
        )
        root.Dests = Dictionary({"/" + canary("olddestination"): place})
        xmp = (
            "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description"
            " xmlns:dc='http://purl.org/dc/elements/1.1/' rdf:about=''><dc:creator><rdf:Seq><rdf:li>"
            f"{canary('xmp')}</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF>"
            "</x:xmpmeta><?xpacket end='w'?>"
        )
        root.Metadata = self.stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)
        root.StructTreeRoot = Dictionary(
            Type=Name.StructTreeRoot,
            K=Dictionary(
                S=Name.Figure,
                Alt=String(canary("structalt")),
                ActualText=String(canary("structactual")),
                E=String(canary("structexpansion")),
                T=String(canary("structtitle")),
            ),
        )
        off = Dictionary(OFF=Array([self.layer]))
        root.OCProperties = Dictionary(OCGs=Array([self.layer]), D=off)
        field = Dictionary(Subtype=Name.F, N=String(canary("portfolio")))
        root.Collection = Dictionary(Type=Name.Collection, Schema=Dictionary(a=field))
        root["/Threads"] = Array(
            [Dictionary(I=Dictionary(Title=String(canary("destinationtitle"))))]
        )
        root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String(canary("pagelabel")))]))
        utf16 = b"\xfe\xff" + f"张伟{canary('utfsixteen')}".encode("utf-16-be")
        gbk = f"张伟{canary('gbk')}".encode("gbk")
        root["/VendorNotes"] = Array([String(utf16), String(gbk)])


def _around(data: bytes) -> bytes:
    """The same file with an earlier revision, a stale copy, comments and bytes around it."""
    number = max(int(n) for n in re.findall(rb"(\d+) 0 obj", data)) + 40
    first = data.rstrip() + b"\n"
    start = re.findall(rb"startxref\s+(\d+)", data)[-1]
    root = re.search(rb"/Root (\d+ 0 R)", data) or re.search(rb"/Root (\d+ 0 R)", _table(data))
    assert root

    def update(content: str, previous: bytes) -> bytes:
        nonlocal first
        body = f"{number} 0 obj\n<< /Old ({content}) >>\nendobj\n".encode()
        at = len(first)
        first += body
        table = len(first)
        first += (
            f"xref\n{number} 1\n{at:010} 00000 n \ntrailer << /Size {number + 1} /Root ".encode()
        )
        first += root[1] + f" /Prev {previous.decode()} >>\nstartxref\n{table}\n%%EOF\n".encode()
        return str(table).encode()

    start = update(canary("earlierrevision"), start)
    first += f"% {canary('comment')}\n{number} 0 obj\n<< /S ({canary('stalecopy')}) >>\nendobj\n".encode()
    update(canary("orphanstring"), start)
    return first + canary("afterfile").encode()


def _table(data: bytes) -> bytes:
    """The dictionary of a cross-reference stream, which stands in clear."""
    return data[int(re.findall(rb"startxref\s+(\d+)", data)[-1]) :]


@pytest.fixture(scope="module")
def original() -> bytes:
    return _Builder().build()


@pytest.fixture(scope="module")
def redacted(original: bytes) -> bytes:
    return _redact(original)


def _redact(data: bytes) -> bytes:
    document = open_document(data, Hint("canaries.pdf"))
    edits = [
        Edit(index, match.start(), match.end(), "[GONE]")
        for index, segment in enumerate(document.segments())
        for match in CANARY.finditer(segment.text)
    ]
    return document.apply(edits)


def _seen(data: bytes) -> set[str]:
    document = open_document(data, Hint("canaries.pdf"))
    text = "\n".join(segment.text for segment in document.segments())
    return {match[0].lower() for match in CANARY.finditer(text)}


@pytest.mark.parametrize("place", [*PLACES, *PIXELS])
def test_canary_is_seen(original: bytes, place: str) -> None:
    assert canary(place).lower() in _seen(original)


def test_nothing_is_left_unread(original: bytes) -> None:
    assert [] == list(open_document(original, Hint("canaries.pdf")).unread)


def test_no_layer_of_the_redacted_file_holds_a_canary(redacted: bytes) -> None:
    text = "\n".join(layers(redacted, Hint("canaries.pdf")))
    assert [] == CANARY.findall(text)


def test_the_verifier_sees_every_canary_of_the_original(original: bytes) -> None:
    """The layers are worth nothing if they cannot see what they are to find."""
    text = "\n".join(layers(original, Hint("canaries.pdf"))).lower()
    assert [] == [place for place in PLACES if canary(place).lower() not in text]


def test_other_extractor_finds_no_canary(redacted: bytes) -> None:
    assert "" != extract_text(io.BytesIO(redacted))
    assert [] == CANARY.findall(extract_text(io.BytesIO(redacted)))


def test_no_canary_in_any_decoded_object(redacted: bytes) -> None:
    """Everything uncompressed by qpdf, searched as bytes in the encodings a PDF may use."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(redacted)) as pdf:
        pdf.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    plain = out.getvalue()
    texts = [plain.decode("latin-1"), plain.decode("utf-16-be", "replace")]
    hexadecimal = re.findall(rb"<([0-9a-fA-F]+)>", plain)
    texts += [bytes.fromhex(h.decode()).decode("latin-1") for h in hexadecimal if len(h) % 2 == 0]
    assert [] == [found for text in texts for found in CANARY.findall(text.replace("\0", ""))]


def test_redacted_file_has_no_canary_when_read_again(redacted: bytes) -> None:
    assert set() == _seen(redacted)


def test_text_beside_a_canary_stays(redacted: bytes) -> None:
    text = extract_text(io.BytesIO(redacted))
    assert 1 == text.count("stays")
    assert 2 == text.count("shown")


@pytest.mark.parametrize("place", [place for place in AROUND if place != "beforefile"])
def test_canary_around_the_current_revision_is_seen(original: bytes, place: str) -> None:
    assert canary(place).lower() in _seen(_around(original))


def test_bytes_before_the_header_are_seen(original: bytes) -> None:
    data = canary("beforefile").encode() + b"\n" + original
    assert canary("beforefile").lower() in _seen(data)
    assert b"%PDF-" == _redact(data)[:5]


def test_redaction_drops_what_stands_around_the_current_revision(original: bytes) -> None:
    redacted = _redact(_around(original))
    assert 1 == redacted.count(b"%%EOF")
    assert [] == CANARY.findall(redacted.decode("latin-1"))
    assert [] == CANARY.findall("\n".join(layers(redacted, Hint("canaries.pdf"))))


def test_same_edits_give_the_same_bytes(original: bytes, redacted: bytes) -> None:
    assert redacted == _redact(original)


def test_clean_file_leaves_untouched(original: bytes) -> None:
    assert original == open_document(original, Hint("canaries.pdf")).apply([])


# --- the whole road --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outcome(original: bytes) -> Outcome:
    values = [canary(place) for place in (*PLACES, *PIXELS, *AROUND)]
    values.append(canary("customkey") + "12345")  # a longer word is another value
    pipeline = build(load_policy("default", catalogue()), bytes(32), Limits(), values)
    return pipeline.process(Item(_around(original), Hint("canaries.pdf")))


def test_pipeline_lets_the_file_go_without_blocking_it(outcome: Outcome) -> None:
    assert (Verdict.REDACT, "", ()) == (outcome.verdict, outcome.reason, outcome.unread)
    assert Rung.DROPPED is outcome.rung  # its signature


@pytest.mark.parametrize("name", sorted(EXTRACTORS))
def test_extractor_sees_no_canary_after_the_pipeline(outcome: Outcome, name: str) -> None:
    assert outcome.data
    text = EXTRACTORS[name](outcome.data)
    assert 1 == text.count("stays")
    assert [] == CANARY.findall(text)


def test_no_canary_in_objects_streams_bytes_or_pixels_after_the_pipeline(outcome: Outcome) -> None:
    assert outcome.data
    assert [] == CANARY.findall(outcome.data.decode("latin-1"))
    test_no_canary_in_any_decoded_object(outcome.data)
    picture = pypdfium2.PdfDocument(outcome.data)[0].render(scale=3).to_pil()
    seen = " ".join(block.text for block in read_pixels(picture).blocks)
    assert "canary" not in seen.lower()


def test_makers_are_gone_after_the_pipeline(outcome: Outcome) -> None:
    assert outcome.data
    with pikepdf.open(io.BytesIO(outcome.data)) as pdf:
        assert {"/Author", "/Producer", "/CreationDate"}.isdisjoint(pdf.docinfo.keys())
        assert "/Metadata" not in pdf.Root
