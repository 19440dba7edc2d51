"""Writing an edited PDF: text taken out of the streams, strings changed, history dropped.

The file is written anew from its reachable objects (no incremental update), with an identifier
computed from its content, so that the same edits give the same bytes. It is written without
encryption: permissions that only the owner's password protects cannot be kept without it.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from gateway.errors import CannotEdit
from gateway.formats._base import edit_text
from gateway.formats._pdf.block import Block
from gateway.formats._pdf.boxes import Labelled, add_fonts, boxes_of, draw
from gateway.formats._pdf.contents import (
    BesidePixels,
    Comment,
    Contents,
    Drawn,
    Metadata,
    Private,
    Property,
    Seen,
    SpokenName,
    TextStream,
    load,
)
from gateway.formats._pdf.jpegs import without_telling
from gateway.formats._pdf.objects import Place, rename, roots, set_string
from gateway.formats._pdf.prune import prune_fonts
from gateway.formats._pdf.raster import replace_page
from gateway.formats._pdf.remove import Removals, rewrite_source
from gateway.formats._pdf.repaint import Repaint
from gateway.formats._pdf.sheet import Glyph, Sheet, Source, SourceKey
from gateway.formats._pdf.streams import jpeg_in
from gateway.formats._pdf.strings import encode_text_stream, write_string
from gateway.formats._pdf.syntax import Text, names_in, write_hex, write_name
from gateway.formats._pdf.values import (
    ObjectId,
    get,
    id_of,
    inherited,
    is_dict,
    is_stream,
    name_of,
    stream_bytes,
)
from gateway.model import Edit


@dataclass(frozen=True, slots=True)
class Written:
    """A file as edited.

    Args:
        data: its bytes.
        stuck: pages with a font that still tells what was removed.
        pictured: pages that were read as one picture and changed: the new picture, and the old.
        labels: placeholders that were written.
        dropped: a signature was left out.
    """

    data: bytes = field(repr=False)
    stuck: set[int]
    pictured: dict[int, tuple[bytes, bytes]] = field(repr=False)
    labels: set[str] = field(repr=False)
    dropped: bool


def write_native(
    contents: Contents,
    edits: Mapping[int, Sequence[Edit]],
    children: Mapping[str, bytes],
    pages: Mapping[int, bytes],
) -> Written:
    """The file with edits made in place.

    Args:
        contents: what was read of it.
        edits: edits by segment of the file's own.
        children: new bytes of changed children by part.
        pages: pictures that stand for whole pages.

    Raises:
        CannotEdit: an edit stands in the name of a glyph, or in a font that cannot lose it.
    """
    with load(contents.data) as pdf:
        writer = _Writer(pdf, contents, children, pages)
        for index, group in sorted(edits.items()):
            writer.edit(index, group)
        for part, new in children.items():
            if part in contents.streams:
                writer.replace_stream(part, new)
        writer.finish()
        out = io.BytesIO()
        with warnings.catch_warnings():
            # Fields outside of the form were so in the original; it is not ours to mend.
            warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
            pdf.save(
                out,
                deterministic_id=True,
                encryption=False,
                compress_streams=True,
                fix_metadata_version=False,
            )
        labels = {edit.replacement for group in edits.values() for edit in group}
        pictured = {} if pages else writer.repaint.pages()
        return Written(out.getvalue(), writer.stuck, pictured, labels - {""}, writer.dropped)


class _Writer:
    def __init__(
        self,
        pdf: pikepdf.Pdf,
        contents: Contents,
        children: Mapping[str, bytes],
        pages: Mapping[int, bytes],
    ) -> None:
        self._pdf = pdf
        self._contents = contents
        self._pages = pages
        self.repaint = Repaint(contents, children)
        self.dropped = False
        self._removals = Removals()
        self._boxed: set[int] = set()
        self._boxes: dict[int, tuple[Sheet, list[Labelled]]] = {}
        self._strings: dict[SourceKey, dict[int, tuple[Text, bytes]]] = {}
        self._places: dict[tuple[object, ...], tuple[Place, str]] = {}
        self._names: dict[bytes, str] = {}
        self._metadata: set[ObjectId] = set()
        self.stuck: set[int] = set()

    def edit(self, index: int, edits: Sequence[Edit]) -> None:
        segment, target = self._contents.children.own[index], self._contents.targets[index]
        match target:
            case Drawn(sheet, block):
                self._remove(sheet, block, edits)
            case Property(source, text):
                strings = self._strings.setdefault(source.key, {})
                new_text = (
                    _again(edits) if text.start in strings else edit_text(segment.text, edits)
                )
                strings[text.start] = (text, write_hex(bytes(write_string(new_text))))
            case Comment(source, text):
                self._strings.setdefault(source.key, {})[text.start] = (text, b"%")
            case Place():
                key = (target.root, target.path)
                new_text = _again(edits) if key in self._places else edit_text(segment.text, edits)
                self._places[key] = (target, new_text)
            case SpokenName(raw):
                again = raw in self._names
                self._names[raw] = _again(edits) if again else edit_text(segment.text, edits)
            case Seen(page):
                self.stuck |= {page} - self._pages.keys()
            case TextStream() | Private() | BesidePixels() | Metadata():
                self._edit_stream(target, segment.text, edits)
            case None:
                # Earlier revisions and stray bytes are not written again.
                if segment.part == "name":
                    raise CannotEdit("a name of a glyph cannot be changed")

    def _edit_stream(
        self,
        target: TextStream | Private | BesidePixels | Metadata,
        text: str,
        edits: Sequence[Edit],
    ) -> None:
        stream = self._pdf.get_object(target.object_id)
        match target:
            case TextStream():
                stream.write(encode_text_stream(edit_text(text, edits), stream_bytes(stream)))
            case Private():
                stream.write(b"")
            case Metadata():
                self._metadata.add(target.object_id)
            case BesidePixels():
                jpeg = without_telling(jpeg_in(stream))
                stream.write(jpeg, filter=pikepdf.Name.DCTDecode)

    def _remove(self, sheet: Sheet, block: Block, edits: Sequence[Edit]) -> None:
        for edit in edits:
            glyphs = block.glyphs(edit.start, edit.end)
            self._removals.add(glyphs)
            self._add_box(sheet, glyphs, edit.replacement)

    def _add_box(self, sheet: Sheet, glyphs: Sequence[Glyph], label: str) -> None:
        """Box glyphs once, though two edits of two readings may remove them."""
        fresh = [glyph for glyph in glyphs if id(glyph) not in self._boxed]
        self._boxed.update(map(id, fresh))
        if fresh:
            _, labels = self._boxes.setdefault(id(sheet), (sheet, []))
            labels.append(Labelled(boxes_of(fresh), label))

    def _box_other_uses(self) -> None:
        """Glyphs of a form are gone wherever it is drawn, so boxes stand there too."""
        changed = self._removals.sources()
        for sheet in self._contents.sheets:
            for run in sheet.runs:
                if run.source.key in changed:
                    gone = [glyph for glyph in run.glyphs if self._removals.has(glyph)]
                    self._add_box(sheet, gone, "")

    def replace_stream(self, part: str, new: bytes) -> None:
        stream = self._pdf.get_object(self._contents.streams[part])
        stream.write(new)
        if "/DL" in stream:
            del stream["/DL"]
        parameters = get(stream, "/Params")
        if is_dict(parameters):  # size and digest of the file as it was
            for key in ("/Size", "/CheckSum"):
                if key in parameters:
                    del parameters[key]

    def finish(self) -> None:
        for sheet, glyphs in self.repaint.glyphs_under_paint():
            self._removals.add(glyphs)
            self._add_box(sheet, glyphs, "")
        self._box_other_uses()
        self.repaint.paint_under(self._removals)
        for key, (start, end), new in self.repaint.write(self._pdf):
            strings = self._strings.setdefault(key, {})
            strings[start] = (Text(start, end, b""), new)
        self._prune_fonts()
        names = _distinct(self._names)
        self._rename_in_drawings(names)
        self._write_sources()
        for page, picture in self._pages.items():
            replace_page(self._pdf, page, picture)
        for place, text in self._places.values():
            set_string(self._pdf, place, write_string(text))
        if names:
            rename(self._pdf, names)
        self._drop_private_data()

    def _rename_in_drawings(self, names: Mapping[bytes, str]) -> None:
        """Names of resources and of marked content stand in content streams, too."""
        for key, source in self._contents.reader.sources.items() if names else ():
            for name in names_in(source.data):
                if name.value in names:
                    new = write_name(names[name.value].encode("utf-8"))
                    self._strings.setdefault(key, {})[name.start] = (name, new)

    def _prune_fonts(self) -> None:
        contents = self._contents
        sheets = [sheet for sheet in contents.sheets if sheet.page not in self._pages]
        stuck = prune_fonts(self._pdf, contents.reader, sheets, self._removals)
        fonts = {id(font) for font in stuck}
        for sheet in sheets if fonts else ():
            if any(id(run.font) in fonts for run in sheet.runs):
                if sheet.page < 0:
                    raise CannotEdit("a font tells what was removed, and cannot be changed")
                self.stuck.add(sheet.page)

    def _write_sources(self) -> None:
        sources = self._contents.reader.sources
        changed = {
            key: rewrite_source(sources[key], self._removals, self._strings.get(key, {}).values())
            for key in sorted(self._removals.sources() | set(self._strings))
        }
        for sheet, labels in self._boxes.values():
            if sheet.root and self._can_draw_on(sheet):
                before = changed.get(sheet.root.key, sheet.root.data)
                changed[sheet.root.key] = _enclose(sheet, before) + draw(labels)
                holder = self._holder(sheet.root)
                names = [each.label for each in labels]
                add_fonts(self._pdf, holder, inherited(holder, "/Resources"), names)
        for key, new in changed.items():
            self._write_source(sources[key], new)

    def _can_draw_on(self, sheet: Sheet) -> bool:
        """Pages and appearances take boxes; patterns and glyph procedures are only emptied."""
        if sheet.root is None:
            return False
        holder = self._holder(sheet.root)
        return sheet.page >= 0 or name_of(get(holder, "/Subtype")) == "Form"

    def _holder(self, source: Source) -> Any:
        kind, number, generation = source.key
        if kind == "page" and generation < 0:
            return self._pdf.pages[number].obj
        return self._pdf.get_object((number, generation))

    def _write_source(self, source: Source, new: bytes) -> None:
        holder = self._holder(source)
        if source.key[0] == "page":
            holder["/Contents"] = self._pdf.make_stream(new)
        else:
            holder.write(new)

    def _drop_private_data(self) -> None:
        """Private data of applications and previews would show the text as it was (14.5, 12.3.4).

        Signatures go too: they vouch for the file as it was, and name who signed.
        """
        for _, value in roots(self._pdf):
            if not is_dict(value):
                continue
            gone = [key for key in ("/PieceInfo", "/Thumb") if key in value]
            metadata = get(value, "/Metadata")
            if is_stream(metadata) and id_of(metadata) in self._metadata:
                gone.append("/Metadata")
            signature = get(value, "/V")
            if is_dict(signature) and "/ByteRange" in signature:
                gone.append("/V")
                self.dropped = True
            for key in gone:
                del value[key]
        root = self._pdf.Root
        for holder, key in (
            (root, "/Perms"),
            (root, "/DSS"),
            (get(root, "/AcroForm"), "/SigFlags"),
        ):
            if self.dropped and is_dict(holder) and key in holder:
                del holder[key]


def _again(edits: Sequence[Edit]) -> str:
    """What is left of a string that is read in two ways and edited in both: placeholders only."""
    return " ".join(dict.fromkeys(edit.replacement for edit in edits))


def _distinct(names: Mapping[bytes, str]) -> dict[bytes, str]:
    """New names, no two of them alike: two resources must not become one."""
    taken: set[str] = set()
    new: dict[bytes, str] = {}
    for raw, text in names.items():
        base = text or "_"
        unique = base
        while unique in taken:
            unique = f"{base} {len(taken)}"
        taken.add(unique)
        new[raw] = unique
    return new


def _enclose(sheet: Sheet, content: bytes) -> bytes:
    """A content stream whose graphics state is undone at its end, so that more can be drawn."""
    begin = b"q " * (1 + sheet.closed_states)
    end = b" ET" if sheet.open_text else b""
    end += b" Q" * (1 + sheet.open_states)
    return begin + b"\n" + content + b"\n" + end.strip() + b"\n"
