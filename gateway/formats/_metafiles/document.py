"""A metafile as a document: its strings as lines of text, its pictures as children.

Programs draw a line run by run, even letter by letter. So strings on one height are joined, once
with spaces where there are gaps and once without, and an edit is dealt out to the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from gateway.formats._base import Opener
from gateway.formats._children import Children
from gateway.formats._metafiles.drawing import Drawing, Text
from gateway.formats._ooxml.text import Escape, Passage, Piece, Slot, deal, replaced
from gateway.model import Edit, Hint, Role, Rung, Segment, Unread

_GAP = 0.25
_NOT_READ = "private data of a drawing: not read"


@dataclass(frozen=True, slots=True)
class Writer:
    """How one kind of metafile writes its records.

    Args:
        rewritten: a record with new strings (text and codec by number).
        with_picture: a record with another picture.
        copies_gone: the records without a second copy of the drawing.
        joined: the file.
    """

    rewritten: Callable[[bytes, Mapping[int, tuple[str, str]]], bytes]
    with_picture: Callable[[bytes, int, bytes], bytes]
    copies_gone: Callable[[list[bytes]], list[bytes]]
    joined: Callable[[list[bytes]], bytes]


class Metafile:
    """An opened metafile; see :class:`gateway.formats._base.Document`."""

    def __init__(
        self, kind: str, data: bytes, drawing: Drawing, writer: Writer, open_child: Opener
    ) -> None:
        self.format = kind
        self._data = data
        self._drawing = drawing
        self._writer = writer
        self._ledger = open_child.ledger
        self._children = Children()
        self._passages = list(_passages(drawing))
        self._children.own = [passage.segment for passage in self._passages]
        if drawing.private or drawing.tail.strip(b"\0"):
            self._children.own.append(Segment("", "drawing", Role.DISPENSABLE, (_NOT_READ,)))
        self._pictures: dict[str, int] = {}
        for index, picture in enumerate(drawing.pictures):
            part = f"picture {index + 1}"
            if self._children.open(part, picture.data, Hint(part + picture.ending), open_child):
                self._pictures[part] = index
        unread = [Unread("", why) for why in dict.fromkeys(drawing.unread)]
        self.unread: Sequence[Unread] = [*unread, *self._children.unread]

    def segments(self) -> Sequence[Segment]:
        """Lines of text, names and remarks, then what stands in pictures."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The metafile with the edits made; what nobody could read of it goes."""
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        texts = range(len(self._passages))
        dealt = deal(self._passages, (e for index in own if index in texts for e in own[index]))
        records: dict[int, bytes] = dict(enumerate(self._drawing.records))
        for number, group in _by_record(dealt):
            changed = {slot.end: (replaced(slot.text, r), slot.part) for slot, r in group}
            records[number] = self._writer.rewritten(records[number], changed)
        for part, file in nested.items():
            picture = self._drawing.pictures[self._pictures[part]]
            if picture.ending == ".emf" and self.format == "wmf":
                continue  # the enhanced copy goes, see below
            if records[picture.record]:
                records[picture.record] = self._writer.with_picture(
                    records[picture.record], picture.item, file
                )
        for number in self._drawing.private:
            records[number] = b""
            self._ledger.took(Rung.DROPPED)
        return self._writer.joined(self._writer.copies_gone(list(records.values())))


def _by_record(
    dealt: Mapping[Slot, list[tuple[int, int, str]]],
) -> Iterator[tuple[int, list[tuple[Slot, list[tuple[int, int, str]]]]]]:
    ordered = sorted(dealt.items(), key=lambda entry: entry[0].start)
    for number, group in groupby(ordered, key=lambda entry: entry[0].start):
        yield number, list(group)


def _passages(drawing: Drawing) -> Iterator[Passage]:
    """All that is drawn, in drawing order; then all that is not."""
    lines = list(_lines([(text, _slot(text)) for text in drawing.texts if text.spot]))
    if len(lines) > 1:  # a caption goes on in the next line
        whole: list[Piece] = []
        for line in lines:
            whole += [*_spaced(line), ("\n", ())]
        yield _passage(tuple(whole[:-1]), "lines", Role.BODY)
    for number, line in enumerate(lines, 1):
        for view in _views(line):
            yield _passage(view, f"line {number}", Role.BODY)
    others: dict[tuple[str, Role], list[Slot]] = {}
    for text in drawing.texts:
        if not text.spot:
            others.setdefault((text.text, text.role), []).append(_slot(text))
    for (shown, role), slots in others.items():
        yield _passage(((shown, tuple(slots)),), "remark", role)


def _views(line: Sequence[tuple[Text, Slot]]) -> Iterator[tuple[Piece, ...]]:
    """A line as it looks, without its gaps, and the longer strings of it by themselves."""
    spaced = tuple(_spaced(line))
    tight = tuple(piece for piece in spaced if piece[1])
    yield from dict.fromkeys((spaced, tight))
    if len(tight) > 1:
        yield from ((piece,) for piece in tight if len(piece[0]) > 4)


def _slot(text: Text) -> Slot:
    """A string's place: record and number stand where other formats have positions."""
    return Slot(text.codec, text.record, text.item, text.text, Escape.LITERAL)


def _passage(pieces: tuple[Piece, ...], part: str, role: Role) -> Passage:
    return Passage(Segment("".join(text for text, _ in pieces), part, role), pieces)


def _lines(drawn: Sequence[tuple[Text, Slot]]) -> Iterator[list[tuple[Text, Slot]]]:
    """Strings that follow one another on one height."""
    for _, line in groupby(drawn, key=lambda entry: entry[0].spot[1] if entry[0].spot else 0):
        yield list(line)


def _spaced(line: Sequence[tuple[Text, Slot]]) -> Iterator[Piece]:
    end = 0.0
    for index, (text, slot) in enumerate(line):
        assert text.spot is not None
        start, _, stop = text.spot
        letter = (stop - start) / max(len(text.text), 1)
        if index and end and start - end > _GAP * abs(letter) and not text.text[0].isspace():
            yield " ", ()
        yield text.text, (slot,)
        end = stop
