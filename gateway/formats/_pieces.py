"""Text whose characters stand in the source in pieces, and edits that find their way back.

What a reader sees as one text ("138" + "1234" in bold, "&amp;", a doubled quote) is a row of
pieces, each with its own range in the source. :class:`PiecedDocument` is the document that all
formats spliced this way share; a format gives the pieces and says how text is escaped where they
stand.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._base import Descend, Document, Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._embedded import Embedded, find_embedded, may_hold_document
from gateway.formats._encoding import Decoded
from gateway.formats._ledger import Ledger
from gateway.model import Edit, Hint, Role, Segment, Unread

FIXED = "fixed"
"""The place of text that can be read but not changed (tag names, anchors)."""

VIRTUAL = "virtual"
"""The place of text that a reader sees but that has no source: the line break of a ``<br>``."""


class Piece(NamedTuple):
    """Characters and where they stand.

    ``source[start:end]`` is either ``text`` itself (``literal``) or a form of it that is written
    anew as a whole when an edit touches it (an entity, a CDATA section). ``place`` names the
    escaping that holds there.
    """

    text: str
    start: int
    end: int
    place: str = ""
    literal: bool = True


_ODD_NAME = re.compile(r"\d{6}|@|%[0-9A-Fa-f]{2}")


def is_odd(name: str) -> bool:
    """Whether a name of the schema (element, anchor) could hold a value, and must be read."""
    return bool(_ODD_NAME.search(name)) or not name.isascii()


type Escape = Callable[[str, str], str]
"""``escape(place, text)``: how text is written there."""

type Change = tuple[int, int, str]


def embedded_in(value: str, keys: Sequence[str] = ()) -> Embedded | None:
    """The document that a value holds as a whole (``data:`` URL, JSON, base64), if any.

    A ``data:`` URL whose base64 is broken is read as the text it is.

    Raises:
        LimitExceeded: JSON over a limit.
    """
    if not may_hold_document(value):
        return None
    try:
        return find_embedded(value, keys)
    except LimitExceeded:
        raise
    except Unreadable:
        return None


def embedded_layers(value: str, descend: Descend, keys: Sequence[str] = ()) -> Iterator[str]:
    """What :func:`embedded_in` finds, for the verifier."""
    if found := embedded_in(value, keys):
        yield found.label
        yield from descend(found.data, found.hint)


class _Closed:
    """An opener for a second look at a changed source, at which the children do not matter."""

    @property
    def ledger(self) -> Ledger:
        return Ledger()

    def __call__(self, data: bytes, hint: Hint, /) -> Document:
        del data, hint
        raise Unreadable("not opened again")


closed = _Closed()


def unescaped(_place: str, text: str) -> str:
    """The escaping of plain text: none."""
    return text


@dataclass(slots=True)
class PiecedDocument:
    """A document whose segments are rows of pieces, and whose children are stretches of them.

    Args:
        format: name of the format.
        decoded: the whole source.
        escape: how new text is written at a place.
        check: called with the new bytes and the texts expected in them; raises ``CannotEdit``.
    """

    format: str
    decoded: Decoded
    escape: Escape = unescaped
    check: Callable[[bytes, Sequence[str]], None] | None = None
    unread: Sequence[Unread] = field(init=False)
    _children: Children = field(default_factory=Children)
    _pieces: list[Sequence[Piece]] = field(default_factory=list)
    _embedded: dict[str, tuple[int, int, Callable[[bytes], str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unread = self._children.unread

    def add(
        self,
        pieces: Sequence[Piece],
        part: str,
        role: Role = Role.BODY,
        context: tuple[str, ...] = (),
        column: str = "",
    ) -> None:
        """Append a segment, unless there is nothing but space in it."""
        text = pieces[0].text if len(pieces) == 1 else "".join(piece.text for piece in pieces)
        if text and not text.isspace():
            self._pieces.append(pieces)
            self._children.own.append(Segment(text, part, role, context, column))

    def embed(
        self, part: str, span: tuple[int, int], found: Embedded, open_child: Opener, place: str = ""
    ) -> None:
        """Open a child that stands encoded at ``span`` of the source, where ``place`` escapes.

        What stands beside its data (the parameters of a ``data:`` URL) can be read, not changed.
        """
        if found.label:
            self.add([Piece(found.label, *span, FIXED, literal=False)], part, Role.METADATA)
        if self._children.open(part, found.data, found.hint, open_child):
            self._embedded[part] = (*span, lambda data: self.escape(place, found.rebuild(data)))

    @property
    def own(self) -> Sequence[Segment]:
        """The document's own segments, without those of its children."""
        return self._children.own

    def segments(self) -> Sequence[Segment]:
        """Own segments, then those of the children."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """Splice the edits into the source.

        Raises:
            CannotEdit: an edit stands in a name or other fixed text, or would change what other
                text means.
        """
        own, changed = self._children.apply(edits)
        changes: list[Change] = []
        for index, group in own.items():
            changes += _changes(self.decoded.text, self._pieces[index], group, self.escape)
        for part, data in changed.items():
            start, end, write = self._embedded[part]
            changes.append((start, end, write(data)))
        result = self.decoded.replace(changes)
        if self.check and own:
            texts = [segment.text for segment in self._children.own]
            for index, group in own.items():
                texts[index] = edit_text(texts[index], group)
            self.check(result, texts)
        return result


def _changes(
    source: str, pieces: Sequence[Piece], edits: Sequence[Edit], escape: Escape
) -> Iterator[Change]:
    """What the edits of one segment change in the source; changes that touch are one."""
    merged: list[tuple[Change, int]] = []  # and the piece in which it begins
    for number, group in sorted(_dealt(pieces, edits).items()):
        piece = pieces[number]
        if piece.literal:
            changes = [(piece.start + e.start, piece.start + e.end, e.replacement) for e in group]
        else:
            changes = [(piece.start, piece.end, edit_text(piece.text, group))]
        for start, end, text in changes:
            new = escape(piece.place, text)
            if merged and merged[-1][0][1] == start:
                (first, _, before), begin = merged.pop()
                merged.append(((first, end, before + new), begin))
            else:
                merged.append(((start, end, new), number))
    floor = 0
    for change, number in merged:
        before_it = pieces[number - (change[0] == pieces[number].start and number > 0)]
        yield _kept_apart(source, before_it, change, floor, escape)
        floor = change[1]


def _dealt(pieces: Sequence[Piece], edits: Sequence[Edit]) -> dict[int, list[Edit]]:
    """Edits cut up by piece, in the coordinates of the piece.

    The first piece that an edit touches gets the replacement, the others lose their share: the
    format of the first run stays.
    """
    starts = [0, *accumulate(len(piece.text) for piece in pieces)]
    dealt: dict[int, list[Edit]] = {}
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if not 0 <= edit.start <= edit.end <= starts[-1]:
            raise ValueError("an edit lies outside its segment")
        number = min(bisect_right(starts, edit.start), len(pieces)) - 1
        replacement = edit.replacement
        while number < len(pieces) and (starts[number] < edit.end or replacement):
            piece, at = pieces[number], starts[number]
            if piece.place == FIXED:
                raise CannotEdit("a name or keyword that the document's structure needs")
            if piece.place != VIRTUAL:
                end = max(0, min(edit.end - at, len(piece.text)))
                start = min(max(edit.start - at, 0), end)
                dealt.setdefault(number, []).append(Edit(0, start, end, replacement))
                replacement = ""
            number += 1
        if replacement:
            raise CannotEdit("text that stands nowhere in the source")
    return dealt


_HALF = re.compile(r"(?:&#?[A-Za-z0-9]{0,60}|<[/!?]?)\Z")


def _kept_apart(source: str, before: Piece, change: Change, floor: int, escape: Escape) -> Change:
    """Keep markup from arising where a change brings two ends together.

    A bare ``&`` or ``<`` just before could join what follows (``&`` + ``amp;``); it is escaped as
    well then. A reference without its semicolon gets one.

    Args:
        source: the whole text.
        before: the piece in which the character before the change stands, if in one.
        change: what is about to be written.
        floor: the end of the change before.
        escape: how text is written at a place.
    """
    start, end, new = change
    follows = new[:1] or source[end : end + 1]
    if not before.start < start <= before.end or escape(before.place, "&") == "&":
        return change
    if not (follows.isalnum() or follows in ("#", ";", "/", "!", "?")):
        return change
    if not before.literal:
        return change if source[start - 1] == ";" else (start, end, ";" + new)
    half = _HALF.search(source, max(before.start, floor, start - 64), start)
    return (half.start(), end, html.escape(half[0], quote=False) + new) if half else change
