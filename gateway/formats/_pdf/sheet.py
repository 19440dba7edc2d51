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

    def along(self) -> float:
        """Where it begins, along its line."""
        return self.x * self.run.along[0] + self.y * self.run.along[1]


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


type Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True)
class Picture:
    """An image as drawn.

    Args:
        object_id: its object, ``None`` if it stands in the content stream itself.
        width: in pixels, as ``height``.
        matrix: maps the unit square, on which images are drawn (8.9.5), to the sheet.
        above: how many runs were drawn before it, and so lie under it.
        source: the stream that holds it, of an inline image, and ``span`` its byte range there.
    """

    object_id: ObjectId | None
    width: int
    height: int
    matrix: Matrix
    above: int
    source: Source | None = None
    span: tuple[int, int] = (0, 0)

    def place(self, x: float, y: float) -> tuple[float, float] | None:
        """Where a point of the sheet lies on the picture: 0 to 1 across and down, or nowhere."""
        a, b, c, d, e, f = self.matrix
        determinant = a * d - b * c
        if not determinant:
            return None
        x, y = x - e, y - f
        across, up = (x * d - y * c) / determinant, (y * a - x * b) / determinant
        return (across, 1 - up) if 0 <= across <= 1 and 0 <= up <= 1 else None


@dataclass(slots=True)
class Sheet:
    """What one page, or one stream that is read alone, shows.

    Args:
        part: its address.
        root: its own content stream, on which boxes can be drawn.
        page: the index of the page, or -1.
        forms: the streams of the forms that it draws.
        problems: why some of it could not be read.
        blind: why some of what it shows has to be read from its pixels.
        open_states: ``q`` without ``Q`` at the end, ``closed_states`` ``Q`` without ``q``,
            ``open_text`` a ``BT`` without ``ET``: an addition must first undo them.
    """

    part: str
    root: Source | None = None
    page: int = -1
    runs: list[Run] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    forms: dict[SourceKey, None] = field(default_factory=dict)
    problems: set[str] = field(default_factory=set)
    blind: set[str] = field(default_factory=set)
    open_states: int = 0
    closed_states: int = 0
    open_text: bool = False


def show_strings(instruction: Instruction) -> list[Operand]:
    """The elements of a text-showing instruction as a ``TJ`` array would hold them."""
    operand = instruction.operands[-1]
    return operand if isinstance(operand, list) else [operand]
