"""Reading a PDF whole: every place of text becomes a segment, the rest is named as unread.

Order: pages, drawings outside of them, strings, names, streams, pictures, then what is around the
current revision. pdfium reads each page as well; where it sees more, what it says is added, and the
page is looked at as a picture too.
"""

from __future__ import annotations

import math
from typing import Any

import pikepdf

from gateway.errors import Unreadable
from gateway.formats._base import Opener
from gateway.formats._pdf.attached import read_streams
from gateway.formats._pdf.contents import (
    BROKEN,
    Comment,
    Contents,
    Drawn,
    Property,
    Seen,
    SpokenName,
    load,
)
from gateway.formats._pdf.layout import lay_out
from gateway.formats._pdf.objects import (
    Inventory,
    Place,
    is_spoken,
    roots,
    take_inventory,
)
from gateway.formats._pdf.past import read_history
from gateway.formats._pdf.pictures import read_pictures
from gateway.formats._pdf.second import disagrees, page_texts, variants
from gateway.formats._pdf.sheet import Glyph, Sheet, Source
from gateway.formats._pdf.streams import Kind, classify
from gateway.formats._pdf.strings import decode_text_stream, readings
from gateway.formats._pdf.syntax import comments, names_in, texts
from gateway.formats._pdf.unpack import check_unpacked
from gateway.formats._pdf.values import entries, get, id_of, inherited, is_dict, is_stream
from gateway.model import Role, Segment


def read_pdf(data: bytes, open_child: Opener) -> Contents:
    """Read a file, its earlier revisions and stray bytes included.

    Raises:
        Unreadable: it cannot be opened, or a limit was reached.
    """

    def read(pdf: pikepdf.Pdf, contents: Contents) -> None:
        _read_revision(pdf, contents, open_child)

    contents = Contents(data=data)
    with load(data) as pdf:
        contents.encrypted = pdf.is_encrypted
        open_child.ledger.spend_pages(len(pdf.pages))
        check_unpacked(pdf, open_child.ledger, len(data))
        try:
            read(pdf, contents)
            read_history(data, contents, pdf, read)
        except BROKEN:
            raise Unreadable("damaged PDF") from None
    return contents


def _read_revision(pdf: pikepdf.Pdf, contents: Contents, open_child: Opener) -> None:
    inventory = take_inventory(pdf)
    default = get(get(pdf.Root, "/AcroForm"), "/DR")
    _read_pages(pdf, contents, inventory)
    _read_other_drawings(pdf, contents, inventory, default)
    _note_unmapped(contents)
    for sheet in contents.sheets:
        _add_sheet(contents, sheet)
    for source in contents.reader.sources.values():
        _add_properties(contents, source)
    for place in (*inventory.strings, *inventory.signatures):
        for text in _traced(place) if place.role is Role.TRACE else readings(place.raw):
            contents.add(Segment(text, place.part, place.role, place.context), place)
    drawn = (name.value for s in contents.reader.sources.values() for name in names_in(s.data))
    for raw in dict.fromkeys((*inventory.names, *filter(is_spoken, drawn))):
        for text in readings(raw):
            target = None if raw in inventory.called else SpokenName(raw)
            contents.add(Segment(text, "name", Role.NAME), target)
    read_streams(pdf, contents, inventory, open_child)
    _check_with_second_reader(contents)
    read_pictures(pdf, contents, inventory, open_child)


def _traced(place: Place) -> list[str]:
    """What a trace says; it has one reading at least, since it can be removed."""
    return readings(place.raw) or [place.raw.decode("latin-1")]


def _read_pages(pdf: pikepdf.Pdf, contents: Contents, inventory: Inventory) -> None:
    reader = contents.reader
    in_tree = set()
    for index, page in enumerate(pdf.pages):
        in_tree.add(page.obj.objgen)
        resources = inherited(page.obj, "/Resources")
        contents.sheets.append(reader.read_page(page.obj, index, f"page {index + 1}", resources))
    for page in inventory.pages:
        if id_of(page) and page.objgen not in in_tree and is_dict(page):
            part = f"object {page.objgen[0]} page"
            sheet = reader.read_page(page, -1, part, inherited(page, "/Resources"))
            contents.sheets.append(sheet)


def _read_other_drawings(
    pdf: pikepdf.Pdf, contents: Contents, inventory: Inventory, default: Any
) -> None:
    """Appearances, patterns, glyphs of Type 3 fonts and forms that no page draws."""
    reader = contents.reader
    for font in inventory.type3:
        procedures = get(font, "/CharProcs")
        if is_dict(procedures):
            for _, procedure in entries(procedures):
                if is_stream(procedure) and not reader.seen(procedure.objgen):
                    part = f"object {procedure.objgen[0]} glyph"
                    resources = get(font, "/Resources")
                    contents.sheets.append(reader.read_stream(procedure, part, resources))
    for object_id, value in roots(pdf):
        if not is_stream(value) or reader.seen(object_id):
            continue
        uses = inventory.uses.get(object_id, set())
        if classify(value, uses) is Kind.DRAWING and "/Contents" not in uses:
            part = f"object {object_id[0]} drawing"
            contents.sheets.append(reader.read_stream(value, part, default))


def _add_sheet(contents: Contents, sheet: Sheet) -> None:
    for why in sorted(sheet.problems):
        contents.unread(sheet.part, why)
    for block in lay_out(sheet):
        role = Role.HIDDEN if block.hidden else Role.BODY
        context = (block.context,) if block.context else ()
        contents.add(Segment(block.text, sheet.part, role, context), Drawn(sheet, block))


def _note_unmapped(contents: Contents) -> None:
    """Name sheets with glyphs that no map translates.

    A font with one such code is an ornament (a bullet, an emoji) where no letter stands beside it:
    one sign spells nothing. Of simple fonts it is one wherever it stands.
    """
    codes: dict[int, set[int]] = {}
    parts: dict[int, dict[str, Sheet]] = {}
    spelling: set[int] = set()
    for sheet in contents.sheets:
        glyphs = [glyph for run in sheet.runs for glyph in run.glyphs]
        for at, glyph in enumerate(glyphs):
            font = glyph.run.font
            if glyph.text is None and (glyph.code or font.simple):
                codes.setdefault(id(font), set()).add(glyph.code)
                parts.setdefault(id(font), {})[sheet.part] = sheet
                beside = glyphs[max(at - 1, 0) : at] + glyphs[at + 1 : at + 2]
                if not font.simple and any(_may_spell(glyph, other) for other in beside):
                    spelling.add(id(font))
    for key, where in parts.items():
        if key in spelling or len(codes[key]) > 1:
            for sheet in where.values():
                sheet.blind.add("text in a font without a Unicode map")


def _may_spell(glyph: Glyph, other: Glyph) -> bool:
    """Whether a glyph that nobody can read and its neighbour may be two signs of one word."""
    reach = 1.5 * max(glyph.run.size, other.run.size) + max(glyph.length, other.length)
    if math.hypot(other.x - glyph.x, other.y - glyph.y) > reach:
        return False
    if other.text is None:
        return other.code != glyph.code or other.run.font is not glyph.run.font
    return other.text[-1:].isalnum() or other.text[:1].isalnum()


def _add_properties(contents: Contents, source: Source) -> None:
    """Strings of a content stream that are not shown, and its comments."""
    for instruction in source.instructions:
        operands = instruction.operands
        if instruction.operator in (b"Tj", b"TJ", b"'", b'"'):
            operands = operands[:-1]
        for operand in operands:
            for text in texts(operand):
                for reading in readings(text.value):
                    segment = Segment(reading, "content property", Role.HIDDEN)
                    contents.add(segment, Property(source, text))
    for text in comments(source.data):
        said = decode_text_stream(text.value)
        if said and any(map(str.isalnum, said)):
            contents.add(Segment(said, "content comment", Role.HIDDEN), Comment(source, text))


def _check_with_second_reader(contents: Contents) -> None:
    """Compare each page with pdfium's reading; pdfium gives ActualText in place of glyphs."""
    try:
        seen = page_texts(contents.data)
    except Unreadable as error:
        contents.unread("", str(error))
        return
    pages = [sheet for sheet in contents.sheets if sheet.page >= 0]
    if len(seen) != len(pages):
        contents.unread("", "two readers find different numbers of pages")
    actual = "".join(
        segment.text
        for segment, target in zip(contents.children.own, contents.targets, strict=True)
        if isinstance(target, Property)
        or (isinstance(target, Place) and target.path[-1:] == ("/ActualText",))
    )
    for sheet, text in zip(pages, seen, strict=False):
        own = "".join(glyph.text or "" for run in sheet.runs for glyph in run.glyphs)
        if disagrees(own + actual, text):
            sheet.blind.add("text that only one of two readers sees")
            for variant in variants(text):
                said = Segment(variant, f"{sheet.part} second reading", Role.HIDDEN)
                contents.add(said, Seen(sheet.page))
