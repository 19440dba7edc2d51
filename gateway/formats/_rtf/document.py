"""An opened RTF document: its segments, and edits spliced into its bytes.

Source: RTF Specification 1.9.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Opener, edit_text, splice
from gateway.formats._children import Children
from gateway.formats._rtf.objects import KEYWORDS, Inner, embedded, packed_strings, picture
from gateway.formats._rtf.paragraph import Span, View
from gateway.formats._rtf.reader import Blob, Walk, trailing, walk
from gateway.formats._rtf.vocabulary import ROLES, TABLES, speaks
from gateway.model import Edit, Hint, Role, Rung, Segment, Unread

_HTML = "html"
_SAFE = {
    "field": str.maketrans({'"': "'", "\\": "/"}),
    "name": str.maketrans(dict.fromkeys(' []()<>"', "_")),
    "entry": str.maketrans({";": ","}),
}


class _Change(NamedTuple):
    """New bytes for a range; ``whole`` takes everything with it that others would put there."""

    start: int
    end: int
    new: bytes
    whole: bool = False


@dataclass(slots=True)
class _Place:
    """Where the text of one own segment stands: a view of a paragraph, or ranges that go whole."""

    view: View | None = None
    destination: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(slots=True)
class RtfDocument:
    """See :class:`gateway.formats._base.Document`."""

    data: bytes = field(repr=False)
    open_child: Opener
    format: str = "rtf"
    unread: Sequence[Unread] = field(init=False)
    _walk: Walk = field(init=False)
    _children: Children = field(default_factory=lambda: Children(renames=True))
    _places: list[_Place] = field(default_factory=list)
    _inner: dict[str, tuple[Blob, Inner]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unread = self._children.unread
        self._walk = walk(self.data)
        self._texts()
        for start, end in self._walk.odd_words:
            text = self.data[start + 1 : end].decode("ascii").strip()
            self._whole(text, "control word", Role.HIDDEN, [(start, end)])
        for start, end in trailing(self._walk):
            self._trailing(start, end)
        if self._walk.traces:
            self._whole("", "revision ids and dates", Role.TRACE, self._walk.traces)
        for number, blob in enumerate(self._walk.blobs, 1):
            self._blob(blob, f"{blob.destination} {number}")
        if self._walk.html_spans and self._walk.html.units:
            self._open_html()

    def segments(self) -> Sequence[Segment]:
        """Own text, then that of pictures, objects, and the HTML it was made of."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The RTF with the edits made; formatting and all other bytes stay.

        Raises:
            CannotEdit: a picture or object cannot be changed, or only into what RTF cannot hold.
        """
        if not edits:
            return self.data
        own, nested = self._children.apply(edits)
        changes: list[_Change] = []
        for index, group in own.items():
            place = self._places[index]
            if place.view is None:
                changes += [_Change(*span, b"", whole=True) for span in place.spans]
                if self._children.own[index].role is Role.DISPENSABLE:
                    self.open_child.ledger.took(Rung.DROPPED)
                continue
            for edit in sorted(group, key=lambda e: e.start):
                changes += _spliced(place, edit)
            if place.destination == "leveltext":
                changes += _counted(place.view, edit_text(self._children.own[index].text, group))
        for part, new in nested.items():
            if part == _HTML:  # the text itself stays, as RTF
                self.open_child.ledger.took(Rung.DROPPED)
                changes += [_Change(*span, b"", whole=True) for span in self._walk.html_spans]
            else:
                changes += self._replaced(part, new)
        return splice(self.data, _settled(changes, self._walk.bare))

    def _texts(self) -> None:
        count = 0
        for text in self._walk.texts:
            destination = text.destination
            if destination in {"htmltag", "mhtmltag"}:
                continue
            count += 1
            known = "body" if destination == "rtf" else destination
            # A destination nobody knows could be named by a value.
            part = f"{known if known in ROLES or known == 'body' else 'group'} {count}"
            context = text.cell.context(self._walk.page) if text.cell else ()
            column = text.cell.column if text.cell else ""
            for number, view in enumerate(text.paragraph.views(self._walk.page)):
                shown = view.text
                if destination in TABLES:
                    shown = shown.removesuffix(";")
                if not speaks(destination, shown):
                    continue
                role = ROLES.get(destination, Role.BODY if destination == "rtf" else Role.HIDDEN)
                role = Role.HIDDEN if number and role is Role.BODY else role
                self._children.own.append(Segment(shown, part, role, context, column))
                self._places.append(_Place(view, destination))

    def _whole(
        self, text: str, part: str, role: Role, spans: Iterable[Span], why: str = ""
    ) -> None:
        """A segment of which any edit takes these ranges out."""
        self._children.own.append(Segment(text, part, role, (why,) if why else ()))
        self._places.append(_Place(spans=tuple(spans)))

    def _trailing(self, start: int, end: int) -> None:
        raw = self.data[start:end]
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if any(character < " " and character not in "\t\r\n\f" for character in text):
            why = "bytes after the end: not read"
            self._whole("", "after the end", Role.DISPENSABLE, [(start, end)], why)
        else:
            self._whole(text.strip(), "after the end", Role.HIDDEN, [(start, end)])

    def _blob(self, blob: Blob, part: str) -> None:
        if blob.stray:
            self._undecoded(blob, part, "damaged hexadecimal")
            return
        try:
            if blob.destination == "pict":
                inner = picture(blob.data, blob.keyword)
            elif blob.destination == "objdata":
                inner = embedded(blob.data)
            else:
                self._packed(blob, part)
                return
        except Unreadable as error:
            self._undecoded(blob, part, str(error))
            return
        for name in inner.names:
            self._named(name, part)
        known = len(self._children.unread)
        opened = not inner.data or self._children.open(
            part, inner.data, inner.hint, self.open_child
        )
        if opened:
            self._inner[part] = (blob, inner)
        elif blob.fallback:
            del self._children.unread[known:]
            self._undecoded(blob, part, "not read")

    def _named(self, name: str, part: str) -> None:
        """A label or path beside an embedded object; it goes when the object is written again."""
        self._children.own.append(Segment(name, part, Role.TRACE))
        self._places.append(_Place(destination=part))

    def _undecoded(self, blob: Blob, part: str, why: str) -> None:
        if blob.destination in {"pict", "objdata"} and not blob.fallback:
            self._children.unread.append(Unread(part, why))
            return
        kind = "preview" if blob.fallback else "data of the writer's own"
        span = blob.fallback or blob.group
        if span == (0, 0):
            span = (blob.spans[0][0], blob.spans[-1][1])
        self._whole("", part, Role.DISPENSABLE, [span], f"{kind}: not read")

    def _packed(self, blob: Blob, part: str) -> None:
        """Themes and stores of data; what they say goes with the whole of them."""
        span = blob.group if blob.group != (0, 0) else blob.spans[0]
        try:
            for said in packed_strings(blob.data):
                self._whole(said, part, Role.HIDDEN, [span])
        except Unreadable:
            self._undecoded(blob, part, "not read")

    def _open_html(self) -> None:
        view = next(iter(self._walk.html.views(self._walk.page)), None)
        if view is not None:
            hint = Hint("body.html", "text/html; charset=utf-8")
            self._children.open(_HTML, view.text.encode("utf-8", "replace"), hint, self.open_child)

    def _replaced(self, part: str, new: bytes) -> list[_Change]:
        blob, inner = self._inner[part]
        ending = self._children.endings.get(part, "")
        if ending and (blob.destination != "pict" or ending not in KEYWORDS):
            raise CannotEdit(f"a picture inside can only be redacted as {ending}")
        content = inner.rebuild(new, ending).hex().encode("ascii")
        changes = [_Change(*span, b"", whole=True) for span in blob.spans]
        changes[0] = changes[0]._replace(new=content)
        if ending and blob.keyword:
            changes.append(_Change(*blob.keyword_span, KEYWORDS[ending] + b" ", whole=True))
        return changes


def _spliced(place: _Place, edit: Edit) -> list[_Change]:
    """The ranges of an edit: the first gets the new text, the others lose their own."""
    assert place.view is not None
    kind = {"fldinst": "field", "bkmkstart": "name", "bkmkend": "name"}.get(place.destination)
    kind = "entry" if place.destination in TABLES else kind
    text = edit.replacement.translate(_SAFE[kind]) if kind else edit.replacement
    changes: list[_Change] = []
    for (start, end), uc in place.view.spans(edit.start, edit.end):
        changes.append(_Change(start, end, b"" if changes else written(text, uc)))
    if not changes and text:
        raise CannotEdit("text that stands nowhere in the source")
    return changes


def _counted(view: View, text: str) -> list[_Change]:
    """The number before the text of a list level, which counts its characters."""
    first = view.slots[0]
    length = min(len(text.removesuffix(";")) - 1, 255)
    if first.literal or first.text >= " ":
        return []
    return [_Change(*first.spans[0], f"\\'{length:02x}".encode())]


def written(text: str, uc: int) -> bytes:
    r"""Text as RTF.

    Args:
        text: what is to be read.
        uc: how many characters older readers find beside a ``\u``.
    """
    pieces: list[str] = []
    for character in text:
        if character in "\\{}":
            pieces.append(f"\\{character}")
        elif character == "\t":
            pieces.append("\\tab ")
        elif character == "\n":
            pieces.append("\\line ")
        elif " " <= character <= "~":
            pieces.append(character)
        else:
            raw = character.encode("utf-16-le", "replace")
            for at in range(0, len(raw), 2):
                unit = int.from_bytes(raw[at : at + 2], "little", signed=True)
                pieces.append(f"\\u{unit}" + ("?" * uc or " "))
    return "".join(pieces).encode("ascii")


def _settled(changes: Iterable[_Change], bare: set[int]) -> list[tuple[int, int, bytes]]:
    """Changes that overlap or touch made one, and kept apart from a control word before them.

    Of changes that overlap (the same text found in two views), the first text stays; a range
    that goes whole takes what others would write in it along.
    """
    merged: list[_Change] = []
    for change in sorted(set(changes), key=lambda c: (c.start, not c.whole, -c.end)):
        if merged and change.start < merged[-1].end:
            last = merged[-1]
            new = last.new if last.whole or last.new else change.new
            end = max(last.end, change.end)
            merged[-1] = _Change(last.start, end, new, last.whole or change.whole)
        elif merged and change.start == merged[-1].end and not change.whole:
            last = merged[-1]
            merged[-1] = _Change(last.start, change.end, last.new + change.new, last.whole)
        elif merged and change.start == merged[-1].end:
            last = merged[-1]
            merged[-1] = _Change(last.start, change.end, last.new + change.new)
        else:
            merged.append(change)
    return [(start, end, (b" " + new) if start in bare else new) for start, end, new, _ in merged]
