"""What a content stream shows: sheets of runs of glyphs, each with the bytes that drew it.

Coordinates are those of the *sheet* that is drawn on: default user space of a page, or the own space
of a stream that is read alone (annotation appearances, patterns, Type 3 glyphs).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gateway.formats._pdf.font import Font
from gateway.formats._pdf.syntax import Instruction, Operand
from gateway.formats._pdf.values import ObjectId

type SourceKey = tuple[str, int, int]


@dataclass(slots=True)
class Source:
    """One content stream: its decoded bytes and the instructions in them.

    ``key`` is ``("page", index, 0)`` or ``("object", number, generation)``.
    """

    key: SourceKey
    data: bytes = field(repr=False)
    instructions: list[Instruction] = field(repr=False)


@dataclass(slots=True)
class Glyph:
    """One glyph as drawn.

    Args:
        start: first byte in the shown string, ``end`` one past the last.
        text: what it says; empty for nothing, ``None`` where nobody knows.
        x: its origin on the sheet.
        length: its width on the sheet, along the line.
        units: the ``TJ`` number that moves on as far as the glyph did, spacing included.
    """

    run: Run
    start: int
    end: int
    code: int
    text: str | None = field(repr=False)
    x: float
    y: float
    length: float
    units: float


@dataclass(slots=True)
class Run:
    """The glyphs of one shown string; they share line, size and font.

    Args:
        source: the stream that drew it.
        operator: position of its instruction in the stream.
        element: position of the string in a ``TJ`` array, else 0.
        along: unit vector of the line.
        up: vector from the baseline to the top, one font size long.
        spacing: character spacing on the sheet.
        hidden: drawn invisibly (text rendering mode 3 or 7).
    """

    source: Source
    operator: int
    element: int
    font: Font
    along: tuple[float, float]
    up: tuple[float, float]
    spacing: float
    hidden: bool
    glyphs: list[Glyph] = field(default_factory=list, repr=False)

    @property
    def size(self) -> float:
        """Font size on the sheet."""
        return math.hypot(*self.up)


@dataclass(slots=True)
class Picture:
    """An image as drawn: its object (``None`` if inline) and its size in pixels."""

    object_id: ObjectId | None
    width: int
    height: int


@dataclass(slots=True)
class Sheet:
    """What one page, or one stream that is read alone, shows.

    Args:
        part: its address.
        root: its own content stream, on which boxes can be drawn.
        page: the index of the page, or -1.
        problems: why some of it could not be read.
        open_states: ``q`` without ``Q`` at the end, ``closed_states`` ``Q`` without ``q``,
            ``open_text`` a ``BT`` without ``ET``: an addition must first undo them.
    """

    part: str
    root: Source | None = None
    page: int = -1
    runs: list[Run] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    problems: set[str] = field(default_factory=set)
    open_states: int = 0
    closed_states: int = 0
    open_text: bool = False


def show_strings(instruction: Instruction) -> list[Operand]:
    """The elements of a text-showing instruction as a ``TJ`` array would hold them."""
    operand = instruction.operands[-1]
    return operand if isinstance(operand, list) else [operand]
