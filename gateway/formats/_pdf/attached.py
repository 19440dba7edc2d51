"""Streams that are not drawings: attachments, metadata, forms, scripts, and what nobody knows."""

from __future__ import annotations

import pikepdf

from gateway.formats._base import Opener
from gateway.formats._pdf.contents import Contents, Metadata, Private, TextStream
from gateway.formats._pdf.objects import Inventory, roots
from gateway.formats._pdf.streams import Kind, classify
from gateway.formats._pdf.strings import decode_text_stream
from gateway.formats._pdf.values import DECODE_ERRORS, ObjectId, is_stream
from gateway.model import Hint, Role, Segment


def read_streams(
    pdf: pikepdf.Pdf,
    contents: Contents,
    inventory: Inventory,
    open_child: Opener,
) -> None:
    """Add the text of each such stream, or the document in it, or name it as unread."""
    for object_id, stream in roots(pdf):
        if not is_stream(stream):
            continue
        kind = classify(stream, inventory.uses.get(object_id, set()))
        if object_id in inventory.files:
            kind = Kind.FILE
        if kind in (Kind.DRAWING, Kind.IMAGE, Kind.DATA):
            continue
        part, hint = _describe(kind, object_id, inventory.files.get(object_id, ""))
        if kind is Kind.MEDIA:
            contents.unread(part, "sound, film or a 3D model")
            continue
        try:
            data = bytes(stream.read_bytes())
        except DECODE_ERRORS:
            _drop(contents, part, "private data: it cannot be decoded", object_id)
            continue
        if kind is Kind.METADATA:
            contents.add(Segment("", part, Role.TRACE), Metadata(object_id))
        if data.strip():
            _read_stream(contents, kind, (part, hint, object_id), data, open_child)


def _describe(kind: Kind, object_id: ObjectId, name: str) -> tuple[str, Hint]:
    number = object_id[0]
    match kind:
        case Kind.FILE:
            return f"attachment {number}", Hint(name)
        case Kind.METADATA:
            return f"object {number} metadata", Hint("metadata.xml", "application/xml")
        case Kind.XFA:
            return f"object {number} form data", Hint("form.xml", "application/xml")
        case Kind.SCRIPT:
            return f"object {number} script", Hint("script.js", "text/javascript")
        case Kind.MEDIA:
            return f"object {number} media", Hint()
        case _:
            return f"object {number} stream", Hint()


def _read_stream(
    contents: Contents,
    kind: Kind,
    where: tuple[str, Hint, ObjectId],
    data: bytes,
    open_child: Opener,
) -> None:
    part, hint, object_id = where
    if kind is not Kind.OTHER:
        if contents.children.open(part, data, hint, open_child):
            contents.streams[part] = object_id
            return
        if kind is Kind.FILE:
            return
        contents.children.unread.pop()  # it is read below, as plain text
    text = decode_text_stream(data)
    if text is None:
        _drop(contents, part, "private data: of a kind that nobody here knows", object_id)
        return
    role = Role.METADATA if kind is Kind.METADATA else Role.HIDDEN
    contents.add(Segment(text, part, role), TextStream(object_id))


def _drop(contents: Contents, part: str, why: str, object_id: ObjectId) -> None:
    """Offer to empty a stream; what readers need of a file is known, and this is none of it."""
    contents.add(Segment("", part, Role.DISPENSABLE, (why,)), Private(object_id))
