"""Reading what a file still carries of its past, beside its current revision.

Targets are ``None`` here: an edited file carries none of it, so nothing has to be changed.
"""

from __future__ import annotations

from collections.abc import Callable

import pikepdf

from gateway.errors import Unreadable
from gateway.formats._pdf.contents import BROKEN, Contents, load
from gateway.formats._pdf.history import Form, find_history, survey
from gateway.formats._pdf.objects import encryption_id, roots
from gateway.formats._pdf.strings import decode_text_stream, readings
from gateway.formats._pdf.values import DECODE_ERRORS, ObjectId, is_stream
from gateway.model import Role, Segment

_MOST_REVISIONS = 20

type ReadRevision = Callable[[pikepdf.Pdf, Contents], None]


def read_history(data: bytes, contents: Contents, current: pikepdf.Pdf, read: ReadRevision) -> None:
    """Add what the current revision does not show: text around the file and in earlier forms."""
    history = find_history(data)
    written = survey(data)
    around = (
        ("comments", b"\n".join(written.comments)),
        ("before the file", history.before.strip()),
        ("after the file", history.after.strip(b"\0 \t\r\n")),
    )
    for part, raw in around:
        text = decode_text_stream(raw)
        if text is None and part != "comments":
            contents.drop(part, "stray bytes: they do not belong to the PDF")
        for reading in [text] if text else readings(raw):
            contents.add(Segment(reading, part, Role.HIDDEN), None)
    if len(history.revisions) > _MOST_REVISIONS:
        contents.drop("earlier revisions", f"earlier revisions: more than {_MOST_REVISIONS}")
        return
    suspects = {object_id for object_id, forms in written.forms.items() if len(forms) > 1}
    known = _object_ids(current)
    streams = _raw_streams(current, suspects)
    for number, end in enumerate(history.revisions, 1):
        try:
            earlier = load(data[:end], recover=False)
        except Unreadable:
            continue  # not a revision; whatever it is shows among the doubtful objects
        with earlier:
            known |= _object_ids(earlier)
            streams |= _raw_streams(earlier, suspects)
            before = Contents(data=data[:end], known_pictures=contents.known_pictures)
            _read_earlier(earlier, before, contents, read, f"revision {number}")
    _read_stale(contents, written.doubtful(known), streams)


def _object_ids(pdf: pikepdf.Pdf) -> set[ObjectId]:
    encryption = encryption_id(pdf)
    return {object_id for object_id, _ in roots(pdf)} | ({encryption} if encryption else set())


def _raw_streams(pdf: pikepdf.Pdf, wanted: set[ObjectId]) -> set[bytes]:
    """Undecoded streams of some objects, as far as they can be had."""
    found = set()
    for object_id, stream in roots(pdf) if wanted else ():
        if object_id in wanted and is_stream(stream):
            try:
                found.add(bytes(stream.read_raw_bytes()).rstrip(b"\r\n"))
            except DECODE_ERRORS:
                continue
    return found


def _read_earlier(
    pdf: pikepdf.Pdf, earlier: Contents, contents: Contents, read: ReadRevision, part: str
) -> None:
    """Add what an earlier revision says and the current one does not."""
    try:
        read(pdf, earlier)
    except BROKEN:
        contents.drop(part, "earlier revisions: one is damaged")
        return
    known = {segment.text for segment in contents.children.segments()}
    for segment in earlier.children.segments():
        if segment.text not in known:
            where = f"{part}/{segment.part}"
            contents.add(Segment(segment.text, where, Role.HIDDEN, segment.context), None)
    if any(note not in contents.children.unread for note in earlier.children.unread):
        contents.drop(part, "earlier revisions: one cannot be read whole")


def _read_stale(
    contents: Contents, doubtful: dict[ObjectId, set[Form]], streams: set[bytes]
) -> None:
    """Objects that stand in the file and in none of its revisions.

    Some programs write an object twice; what such a copy says beyond the one in use is added.
    """
    known = {segment.text for segment in contents.children.segments()}
    unknown = False
    for object_id, forms in sorted(doubtful.items()):
        for form in sorted(forms, key=lambda form: form.body):
            if contents.encrypted or (form.stream is not None and form.stream not in streams):
                unknown = True
                continue
            for text in (text for raw in form.strings() for text in readings(raw)):
                if text not in known:
                    contents.add(Segment(text, f"earlier object {object_id[0]}", Role.HIDDEN), None)
                    known.add(text)
    if unknown:
        contents.drop("earlier revisions", "earlier revisions: objects that are not in use")
