"""PDFs made for tests, and other readers for them."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import playa
import pypdf
import pypdfium2
from pdfminer.high_level import extract_text
from pikepdf import Dictionary, Name
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from gateway.formats import open_document
from gateway.model import Edit, Hint, Segment

HINT = Hint("sample.pdf")
ENGLISH = "Contact Maria Keller at maria.keller@example.org about invoice 4711 today."
CHINESE = "联系人张伟,身份证号110105194912310021,电话13800138000,地址北京市朝阳区。"
TRUETYPE = Path(pypdfium2.__file__).parents[1] / "reportlab" / "fonts" / "Vera.ttf"
pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
pdfmetrics.registerFont(TTFont("Vera", str(TRUETYPE)))


def segments_of(data: bytes) -> list[Segment]:
    return list(open_document(data, HINT).segments())


def redact(data: bytes, *values: str, label: str = "[GONE]") -> bytes:
    document = open_document(data, HINT)
    edits = []
    for index, segment in enumerate(document.segments()):
        for value in values:
            start = segment.text.find(value)
            while start >= 0:
                edits.append(Edit(index, start, start + len(value), label))
                start = segment.text.find(value, start + len(value))
    return document.apply(edits)


def pdfium_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def extracted(data: bytes) -> list[str]:
    """The text by both other readers, spaces folded."""
    return [" ".join(text.split()) for text in (pdfium_text(data), extract_text(io.BytesIO(data)))]


def drawn(*lines: str, font: str = "Helvetica", size: int = 12) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, invariant=True)
    page.setFont(font, size)
    for row, line in enumerate(lines):
        page.drawString(60, 780 - 20 * row, line)
    page.save()
    return out.getvalue()


def from_content(content: bytes, **resources: object) -> bytes:
    """A page with this content stream and Helvetica as F1."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(600, 800))
    page = pdf.pages[0].obj
    helvetica = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    fonts = Dictionary(F1=helvetica)
    if "font" in resources:
        fonts["/F2"] = resources["font"]
    page.Resources = Dictionary(Font=fonts)
    page.Contents = pdf.make_stream(content)
    out = io.BytesIO()
    pdf.save(out, static_id=True)
    return out.getvalue()


def _pdfium(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    texts = []
    for page in document:
        reader = page.get_textpage()
        texts.append(reader.get_text_range(0, reader.count_chars(), errors="ignore"))
    document.close()
    return "\n".join(texts)


def _pdfminer(data: bytes) -> str:
    return extract_text(io.BytesIO(data))


def _playa(data: bytes) -> str:
    with playa.parse(data) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def _pypdf(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def _pdftotext(data: bytes) -> str:
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise ValueError("pdftotext failed")
    return done.stdout.decode("utf-8", "replace")


EXTRACTORS: dict[str, Callable[[bytes], str]] = {
    "pdfium": _pdfium,
    "pdfminer": _pdfminer,
    "playa": _playa,
    "pypdf": _pypdf,
}
if shutil.which("pdftotext"):
    EXTRACTORS["pdftotext"] = _pdftotext
