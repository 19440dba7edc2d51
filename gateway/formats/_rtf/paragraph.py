r"""A paragraph of RTF: what its characters are, by each way of reading, and where they stand.

The same bytes can be read in more ways than one: with or without what was deleted, inserted or hidden, by
``\u`` or by the characters that stand beside it for older readers, in the font's code page or
the document's. Each reading that differs is a view, and each view is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from gateway.formats._rtf.codepages import decoded, is_lead

DELETED, HIDDEN, INSERTED = 1, 2, 4

type Span = tuple[int, int]


class Unit(NamedTuple):
    r"""Characters as one token gives them.

    Args:
        text: what it reads; empty for a byte of a code page.
        start: where its source begins.
        end: where its source ends.
        marks: ``DELETED``, ``HIDDEN``, ``INSERTED``.
        literal: each character of the text is one byte of the source.
        uc: how many characters stand beside a ``\u`` here.
        byte: a byte of a code page, else -1.
        codec: the code page of that byte.
        beside: what older readers show in place of a ``\u``.
    """

    text: str
    start: int
    end: int
    marks: int = 0
    literal: bool = False
    uc: int = 1
    byte: int = -1
    codec: str = ""
    beside: tuple[Unit, ...] = ()


class Slot(NamedTuple):
    """Text of a view and its source; one character, unless ``literal``."""

    text: str
    spans: tuple[Span, ...]
    literal: bool
    uc: int


@dataclass(frozen=True, slots=True)
class View:
    """One reading of a paragraph."""

    slots: tuple[Slot, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """What it reads."""
        return "".join(slot.text for slot in self.slots)

    def spans(self, start: int, end: int) -> list[tuple[Span, int]]:
        r"""The source of ``text[start:end]``, and the ``\uc`` that holds at each place."""
        found: list[tuple[Span, int]] = []
        starts = accumulate((len(slot.text) for slot in self.slots), initial=0)
        for slot, at in zip(self.slots, starts, strict=False):
            first, last = max(start - at, 0), min(end - at, len(slot.text))
            if first > last or (first == last and not (start == end and first < len(slot.text))):
                continue
            if slot.literal:
                base = slot.spans[0][0]
                found.append(((base + first, base + last), slot.uc))
            elif first < last:
                found += [(span, slot.uc) for span in slot.spans]
            if start == end:
                break
        return found


@dataclass(slots=True)
class Paragraph:
    """A paragraph while it is read."""

    units: list[Unit] = field(default_factory=list)

    def views(self, page: str) -> list[View]:
        """All readings that differ, the one that a current reader shows first.

        Args:
            page: the document's own code page.
        """
        units = self.units
        ways: list[tuple[Sequence[Unit], Callable[[Unit], str]]] = [(units, _own)]
        marks = 0
        for unit in units:
            marks |= unit.marks
        ways += [
            ([unit for unit in units if not unit.marks & mark], _own)
            for mark in (DELETED, INSERTED, HIDDEN)
            if marks & mark
        ]
        older = tuple(b for u in units for b in (u.beside or (u,)))
        if any(b.text not in {"?", " ", ""} or b.byte >= 0x80 for u in units for b in u.beside):
            ways.append((older, _own))
        # A font that claims to be Western holds Chinese all the same, where the document is.
        if is_lead(0x90, page) and any(u.byte >= 0x80 and u.codec != page for u in older):
            ways += [(units, lambda _: page), (older, lambda _: page)]
        found: dict[str, View] = {}
        for chosen, codec in ways:
            view = View(tuple(_slots(chosen, codec)))
            found.setdefault(view.text, view)
        return [view for text, view in found.items() if text.strip()]


def _own(unit: Unit) -> str:
    return unit.codec


def _slots(units: Sequence[Unit], codec_of: Callable[[Unit], str]) -> list[Slot]:
    """Units as characters: bytes paired and decoded, surrogates joined."""
    slots: list[Slot] = []
    waiting: Unit | None = None  # a first byte of two, or a high surrogate
    for unit in units:
        here = unit
        if waiting is not None:
            slot = _joined(waiting, here, codec_of(waiting))
            slots.append(slot or _single(waiting, codec_of(waiting)))
            waiting = None
            if slot and len(here.text) <= 1:
                continue
            if slot:
                here = here._replace(text=here.text[1:], start=here.start + 1)
        if is_lead(here.byte, codec_of(here)) or "\ud800" <= here.text <= "\udbff":
            waiting = here
        else:
            slots.append(_single(here, codec_of(here)))
    if waiting is not None:
        slots.append(_single(waiting, codec_of(waiting)))
    return slots


def _joined(first: Unit, second: Unit, codec: str) -> Slot | None:
    """The one character that two units make, if they do."""
    if first.byte < 0:
        if not (len(second.text) == 1 and "\udc00" <= second.text <= "\udfff"):
            return None
        pair = (first.text + second.text).encode("utf-16-le", "surrogatepass")
        text, end = pair.decode("utf-16-le"), second.end
    else:
        trail = second.byte if second.byte >= 0 else ord(second.text[0])
        escaped = second.text in {"\\", "{", "}"}
        if not (0x30 <= trail <= 0xFE and (second.byte >= 0 or second.literal or escaped)):
            return None
        text = decoded(bytes((first.byte, trail)), codec)
        end = second.start + 1 if second.literal else second.end
        if len(text) != 1:
            return None
    return Slot(text, ((first.start, first.end), (second.start, end)), literal=False, uc=first.uc)


def _single(unit: Unit, codec: str) -> Slot:
    """A unit by itself; half of a pair reads as nothing known."""
    text = decoded(bytes((unit.byte,)), codec) if unit.byte >= 0x80 else unit.text
    if len(text) == 1 and "\ud800" <= text <= "\udfff":
        text = "\ufffd"
    return Slot(text, ((unit.start, unit.end),), unit.literal, unit.uc)
