"""Reading a PDF whole: every place of text becomes a segment, the rest is named as unread.

Order: pages, drawings outside of them, strings, names, streams, then what is around the current
revision. pdfium reads each page as well; where it sees more, the page counts as unread.
"""

from __future__ import annotations

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
    SpokenName,
    load,
)
from gateway.formats._pdf.font import Font
from gateway.formats._pdf.layout import lay_out
from gateway.formats._pdf.objects import Inventory, Place, roots, take_inventory
from gateway.formats._pdf.past import read_history
from gateway.formats._pdf.second import disagrees, page_texts
from gateway.formats._pdf.sheet import Sheet, Source
from gateway.formats._pdf.streams import (
    SMALLEST_PICTURE,
    Kind,
    classify,
    has_unread_metadata,
    is_picture,
)
from gateway.formats._pdf.strings import decode_text_stream, readings
from gateway.formats._pdf.syntax import comments, texts
from gateway.formats._pdf.values import ObjectId, entries, get, id_of, inherited, is_dict, is_stream
from gateway.model import Role, Segment


def read_pdf(data: bytes, open_child: Opener) -> Contents:
    """Read a file, its earlier revisions and stray bytes included.

    Raises:
        Unreadable: it cannot be opened, or a limit was reached.
    """

    def read(pdf: pikepdf.Pdf, contents: Contents) -> None:
        _read_revision(pdf, contents, open_child)

    contents = Contents()
    with load(data) as pdf:
        contents.encrypted = pdf.is_encrypted
        try:
            read(pdf, contents)
            _check_with_second_reader(data, contents)
            read_history(data, contents, pdf, read)
        except BROKEN:
            raise Unreadable("damaged PDF") from None
    return contents


def _read_revision(pdf: pikepdf.Pdf, contents: Contents, open_child: Opener) -> None:
    inventory = take_inventory(pdf)
    default = get(get(pdf.Root, "/AcroForm"), "/DR")
    _read_pages(pdf, contents, inventory)
    _read_other_drawings(pdf, contents, inventory, default)
    _note_pictures(pdf, contents, inventory)
    _note_unmapped(contents)
    for sheet in contents.sheets:
        _add_sheet(contents, sheet)
    for source in contents.reader.sources.values():
        _add_properties(contents, source)
    for place in (*inventory.strings, *inventory.signatures):
        for text in readings(place.raw):
            contents.add(Segment(text, place.part, place.role, place.context), place)
    for raw in inventory.names:
        for text in readings(raw):
            target = None if raw in inventory.called else SpokenName(raw)
            contents.add(Segment(text, "name", Role.NAME), target)
    read_streams(pdf, contents, inventory, open_child)


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


def _note_drawn_pictures(contents: Contents, why: str) -> set[ObjectId]:
    """Name each picture where it is drawn first; returns the objects that are drawn."""
    shown: set[ObjectId] = set()
    for sheet in contents.sheets:
        count = 0
        for picture in sheet.pictures:
            if picture.object_id in shown:
                continue
            if picture.object_id:
                shown.add(picture.object_id)
            if min(picture.width, picture.height) >= SMALLEST_PICTURE:
                count += 1
                contents.unread(f"{sheet.part} image {count}", why)
    return shown


def _note_pictures(pdf: pikepdf.Pdf, contents: Contents, inventory: Inventory) -> None:
    why = "image: its pixels are not read yet"
    shown = _note_drawn_pictures(contents, why)
    for object_id, value in roots(pdf):
        uses = inventory.uses.get(object_id, set())
        if is_stream(value) and "/Thumb" in uses:
            part = f"object {object_id[0]} page preview"
            contents.add(Segment("", part, Role.DISPENSABLE, ("preview: not read",)), None)
            continue
        if not is_stream(value) or classify(value, uses) is not Kind.IMAGE:
            continue
        part = f"object {object_id[0]} image"
        if not is_picture(value, uses):
            if has_unread_metadata(value):
                contents.unread(part, "metadata inside an image")
        elif object_id not in shown:
            contents.unread(part, why)


def _note_unmapped(contents: Contents) -> None:
    """Name sheets with glyphs that no map translates.

    A simple font with one such code is an ornament (a bullet): one sign spells nothing.
    """
    codes: dict[int, set[int]] = {}
    parts: dict[int, tuple[Font, set[str]]] = {}
    for sheet in contents.sheets:
        for run in sheet.runs:
            for glyph in run.glyphs:
                if glyph.text is None and (glyph.code or run.font.simple):
                    codes.setdefault(id(run.font), set()).add(glyph.code)
                    parts.setdefault(id(run.font), (run.font, set()))[1].add(sheet.part)
    for key, (font, where) in parts.items():
        if not font.simple or len(codes[key]) > 1:
            for part in sorted(where):
                contents.unread(part, "text in a font without a Unicode map")


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


def _check_with_second_reader(data: bytes, contents: Contents) -> None:
    """Compare each page with pdfium's reading; pdfium gives ActualText in place of glyphs."""
    try:
        seen = page_texts(data)
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
            contents.unread(sheet.part, "text that only one of two readers sees")
