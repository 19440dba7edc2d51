"""All text of a PDF for the verifier: pdfium's reading, and every decoded string and stream.

Independent of the reading in ``read``: page text comes from pdfium, the rest from a plain walk
over all objects. Operators, keys and font programs are left out; they are structure. Pixels are read
by opening the file again; only what JPEG files carry beside them is looked for here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from gateway.errors import Unreadable
from gateway.formats._base import Descend
from gateway.formats._pdf.contents import load
from gateway.formats._pdf.jpegs import telling_segments
from gateway.formats._pdf.objects import Inventory, roots, take_inventory
from gateway.formats._pdf.second import page_texts, variants
from gateway.formats._pdf.streams import Kind, classify, jpeg_in
from gateway.formats._pdf.strings import decode_text_stream, readings
from gateway.formats._pdf.syntax import comments, parse_content, texts
from gateway.formats._pdf.values import get, is_stream, name_of, stream_bytes
from gateway.model import Hint

_FONT_DATA = frozenset({"/FontFile", "/FontFile2", "/FontFile3", "/ToUnicode"})


def pdf_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """The layers of one file.

    Raises:
        Unreadable: one of the two readers cannot open it.
    """
    for text in page_texts(data):
        yield from variants(text)
    with load(data) as pdf:
        inventory = take_inventory(pdf)
        for place in (*inventory.strings, *inventory.signatures):
            for reading in readings(place.raw):
                yield from variants(reading)
        for raw in inventory.names:
            yield from readings(raw)
        yield from _stream_layers(pdf, inventory, descend)
    after = data.rpartition(b"%%EOF")[2]
    yield after.decode("latin-1")


def _stream_layers(pdf: pikepdf.Pdf, inventory: Inventory, descend: Descend) -> Iterator[str]:
    for object_id, stream in roots(pdf):
        if not is_stream(stream):
            continue
        uses = inventory.uses.get(object_id, set())
        kind = Kind.FILE if object_id in inventory.files else classify(stream, uses)
        content = jpeg_in(stream) if kind is Kind.IMAGE else stream_bytes(stream)
        if kind is Kind.IMAGE:
            for start, end in telling_segments(content):
                yield from _text_layers(content[start:end])
        elif kind is Kind.DATA:
            yield _data_layer(stream, uses, content)
        elif kind is Kind.DRAWING:
            yield from _drawing_layers(content)
        elif kind is Kind.FILE:
            yield from descend(content, Hint(inventory.files.get(object_id, "")))
        elif kind in (Kind.METADATA, Kind.XFA):
            yield from _markup_layers(content, descend)
        elif content:
            yield from _text_layers(content)


def _is_structure(stream: Any, uses: set[str], content: bytes) -> bool:
    """Font data, and object streams, whose objects are walked one by one."""
    kind = name_of(get(stream, "/Type"))
    return bool(_FONT_DATA & uses) or kind in ("ObjStm", "XRef") or b"begincmap" in content


def _data_layer(stream: Any, uses: set[str], content: bytes) -> str:
    return "" if _is_structure(stream, uses, content) else decode_text_stream(content) or ""


def _drawing_layers(content: bytes) -> Iterator[str]:
    """The strings of a content stream: of each instruction together, as bytes and as UTF-16."""
    for instruction in parse_content(content):
        shown = b"".join(text.value for operand in instruction.operands for text in texts(operand))
        if shown:
            yield shown.decode("latin-1")
            yield shown.decode("utf-16-be", "ignore")
            yield from readings(shown)
    for comment in comments(content):
        yield comment.value.decode("utf-8", "replace")


def _markup_layers(content: bytes, descend: Descend) -> Iterator[str]:
    """XML without its tags, or as it stands where it is not well-formed."""
    try:
        yield from list(descend(content, Hint("metadata.xml", "application/xml")))
    except Unreadable:
        yield from _text_layers(content)


def _text_layers(content: bytes) -> Iterator[str]:
    for codec in ("utf-8", "utf-16", "gb18030"):
        yield content.decode(codec, "ignore")
