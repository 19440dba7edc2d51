"""Running one content stream: which glyph stands where.

Source: ISO 32000-2:2020, 8.4 (graphics state), 8.10 (form XObjects), 9.3 (text state) and 9.4 (text
objects). Only what moves or names text is followed; painting is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

from gateway.formats._pdf.font import Font
from gateway.formats._pdf.sheet import Glyph, Matrix, Picture, Run, Sheet, Source, SourceKey
from gateway.formats._pdf.syntax import Instruction, Name, Text
from gateway.formats._pdf.values import (
    get,
    id_of,
    integer_of,
    is_stream,
    items,
    name_of,
    number_of,
)

_INVISIBLE_MODES = (3, 7)  # ISO 32000-2, table 104: neither filled nor stroked

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Host(Protocol):
    """What a running stream asks of its reader."""

    def font(self, value: Any) -> Font:
        """The font of a dictionary, the default font for ``None``."""
        ...

    def spend(self, operators: int, glyphs: int) -> None:
        """Count work done."""
        ...

    def draw_form(
        self, form: Any, sheet: Sheet, resources: Any, state: State, stack: tuple[SourceKey, ...]
    ) -> None:
        """Run a form XObject where it is drawn."""
        ...


def multiply(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that maps by ``first``, then by ``second``."""
    a, b, c, d, e, f = first
    k, l, m, n, o, p = second  # noqa: E741 - matrix entries in reading order
    return (
        a * k + b * m,
        a * l + b * n,
        c * k + d * m,
        c * l + d * n,
        e * k + f * m + o,
        e * l + f * n + p,
    )


def to_matrix(numbers: Sequence[float]) -> Matrix:
    """The last six numbers as a matrix."""
    a, b, c, d, e, f = numbers[-6:]
    return (a, b, c, d, e, f)


class State:
    """The part of the graphics state that text depends on (8.4.1 and 9.3.1)."""

    __slots__ = ("char", "ctm", "font", "leading", "mode", "rise", "scale", "size", "word")

    def __init__(self) -> None:
        self.ctm = IDENTITY
        self.font: Font | None = None
        self.size = 0.0
        self.char = 0.0
        self.word = 0.0
        self.scale = 1.0
        self.leading = 0.0
        self.rise = 0.0
        self.mode = 0

    def copy(self) -> State:
        other = State()
        other.ctm, other.font, other.size = self.ctm, self.font, self.size
        other.char, other.word, other.scale = self.char, self.word, self.scale
        other.leading, other.rise, other.mode = self.leading, self.rise, self.mode
        return other


class Interpreter:
    """One execution of one stream.

    ``saved``, ``underflow`` and ``in_text`` tell afterwards what it left open.
    """

    def __init__(
        self,
        reader: Host,
        sheet: Sheet,
        source: Source,
        resources: Any,
        state: State,
        stack: tuple[SourceKey, ...],
    ) -> None:
        self.reader = reader
        self.sheet = sheet
        self.source = source
        self.resources = resources
        self.state = state
        self.stack = stack
        self.saved: list[State] = []
        self.underflow = 0
        self.in_text = False
        self._text = IDENTITY
        self._line = IDENTITY
        self._named_fonts: dict[Name, Font] = {}
        self._operators = {
            b"q": self._save,
            b"Q": self._restore,
            b"cm": self._concat,
            b"BT": self._begin_text,
            b"ET": self._end_text,
            b"Tc": self._number_operator,
            b"Tw": self._number_operator,
            b"Tz": self._number_operator,
            b"TL": self._number_operator,
            b"Ts": self._number_operator,
            b"Tr": self._number_operator,
            b"Tf": self._select_font,
            b"gs": self._graphics_state,
            b"Td": self._move,
            b"TD": self._move,
            b"Tm": self._set_matrix,
            b"T*": self._next_line,
            b"Tj": self._show_operator,
            b"TJ": self._show_array,
            b"'": self._show_operator,
            b'"': self._show_operator,
            b"Do": self._draw,
            b"BI": self._inline_image,
        }

    def run(self) -> None:
        for index, instruction in enumerate(self.source.instructions):
            act = self._operators.get(instruction.operator)
            if act:
                act(index, instruction)

    def _save(self, _index: int, _instruction: Instruction) -> None:
        self.saved.append(self.state)
        self.state = self.state.copy()

    def _restore(self, _index: int, _instruction: Instruction) -> None:
        if self.saved:
            self.state = self.saved.pop()
        else:
            self.underflow += 1

    def _concat(self, _index: int, instruction: Instruction) -> None:
        numbers = _numbers(instruction)
        if len(numbers) >= 6:
            self.state.ctm = multiply(to_matrix(numbers), self.state.ctm)

    def _begin_text(self, _index: int, _instruction: Instruction) -> None:
        self._text = self._line = IDENTITY
        self.in_text = True

    def _end_text(self, _index: int, _instruction: Instruction) -> None:
        self.in_text = False

    def _number_operator(self, _index: int, instruction: Instruction) -> None:
        numbers = _numbers(instruction)
        if not numbers:
            return
        value, state = numbers[-1], self.state
        match instruction.operator:
            case b"Tc":
                state.char = value
            case b"Tw":
                state.word = value
            case b"Tz":
                state.scale = value / 100
            case b"TL":
                state.leading = value
            case b"Ts":
                state.rise = value
            case _:
                state.mode = int(value) if abs(value) < 100 else 0

    def _select_font(self, _index: int, instruction: Instruction) -> None:
        operands = instruction.operands
        if len(operands) < 2 or not isinstance(operands[-2], Name):
            return
        name = operands[-2]
        if name not in self._named_fonts:
            self._named_fonts[name] = self.reader.font(self._resource("/Font", name))
        self.state.font = self._named_fonts[name]
        self.state.size = number_of(operands[-1], 0.0)

    def _graphics_state(self, _index: int, instruction: Instruction) -> None:
        operands = instruction.operands
        if not operands or not isinstance(operands[-1], Name):
            return
        font = items(get(self._resource("/ExtGState", operands[-1]), "/Font"))
        if len(font) == 2:
            self.state.font = self.reader.font(font[0])
            self.state.size = number_of(font[1], 0.0)

    def _resource(self, kind: str, name: Name) -> Any:
        return get(get(self.resources, kind), "/" + name.decode("utf-8", "surrogateescape"))

    def _move(self, _index: int, instruction: Instruction) -> None:
        numbers = _numbers(instruction)
        if len(numbers) < 2:
            return
        if instruction.operator == b"TD":
            self.state.leading = -numbers[-1]
        self._move_line(numbers[-2], numbers[-1])

    def _move_line(self, x: float, y: float) -> None:
        self._line = self._text = multiply((1.0, 0.0, 0.0, 1.0, x, y), self._line)

    def _set_matrix(self, _index: int, instruction: Instruction) -> None:
        numbers = _numbers(instruction)
        if len(numbers) >= 6:
            self._text = self._line = to_matrix(numbers)

    def _next_line(self, _index: int, _instruction: Instruction) -> None:
        self._move_line(0.0, -self.state.leading)

    def _show_operator(self, index: int, instruction: Instruction) -> None:
        operands = instruction.operands
        if instruction.operator == b'"' and len(operands) >= 3:
            self.state.word = number_of(operands[-3], 0.0)
            self.state.char = number_of(operands[-2], 0.0)
        if instruction.operator != b"Tj":
            self._move_line(0.0, -self.state.leading)
        if operands and isinstance(operands[-1], Text):
            self._show(index, 0, operands[-1].value)

    def _show_array(self, index: int, instruction: Instruction) -> None:
        operand = instruction.operands[-1] if instruction.operands else None
        for element, item in enumerate(operand if isinstance(operand, list) else [operand]):
            if isinstance(item, Text):
                self._show(index, element, item.value)
            elif isinstance(item, float):
                self._advance(-item / 1000 * self.state.size)

    def _advance(self, distance: float) -> None:
        """Move on by a distance in text space before horizontal scaling."""
        font = self.state.font
        if font and font.vertical:
            step = (1.0, 0.0, 0.0, 1.0, 0.0, distance)
        else:
            step = (1.0, 0.0, 0.0, 1.0, distance * self.state.scale, 0.0)
        self._text = multiply(step, self._text)

    def _show(self, index: int, element: int, data: bytes) -> None:
        state = self.state
        font = state.font or self.reader.font(None)
        a, b, c, d, e, f = multiply(self._text, state.ctm)
        size = state.size
        # One unit of text space along the line, on the sheet.
        step_x, step_y = (c, d) if font.vertical else (a * state.scale, b * state.scale)
        norm = math.hypot(step_x, step_y)
        sign = (-1.0 if font.vertical else 1.0) * (-1.0 if size < 0 else 1.0)
        run = Run(
            source=self.source,
            operator=index,
            element=element,
            font=font,
            along=(sign * step_x / norm, sign * step_y / norm) if norm else (1.0, 0.0),
            up=(c * size, d * size),
            spacing=state.char * norm,
            hidden=state.mode in _INVISIBLE_MODES,
        )
        x, y = e + state.rise * c, f + state.rise * d
        total = 0.0
        unit = abs(size) * norm
        codes = font.decode(data)
        glyphs = run.glyphs
        for start, end, code in codes:
            advance = code.width * size + state.char + (state.word if code.is_space else 0.0)
            glyphs.append(
                Glyph(
                    run,
                    start,
                    end,
                    code.number,
                    code.text,
                    x + total * step_x,
                    y + total * step_y,
                    abs(code.width) * unit,
                    -advance * 1000 / size if size else 0.0,
                )
            )
            total += advance
        self._advance(total)
        self.reader.spend(0, len(codes))
        if run.glyphs:
            self.sheet.runs.append(run)

    def _draw(self, _index: int, instruction: Instruction) -> None:
        operands = instruction.operands
        if not operands or not isinstance(operands[-1], Name):
            return
        drawn = self._resource("/XObject", operands[-1])
        if not is_stream(drawn):
            return
        if name_of(get(drawn, "/Subtype")) == "Image":
            width = integer_of(get(drawn, "/Width"), 0)
            height = integer_of(get(drawn, "/Height"), 0)
            picture = Picture(id_of(drawn), width, height, self.state.ctm, len(self.sheet.runs))
            self.sheet.pictures.append(picture)
        elif name_of(get(drawn, "/Subtype")) == "Form":
            self.reader.draw_form(drawn, self.sheet, self.resources, self.state, self.stack)

    def _inline_image(self, _index: int, instruction: Instruction) -> None:
        operands = instruction.operands
        entries = (
            dict(zip(operands[::2], operands[1::2], strict=False))
            if all(isinstance(key, Name) for key in operands[::2])
            else {}
        )
        width = number_of(entries.get(Name(b"W"), entries.get(Name(b"Width"))), 1e6)
        height = number_of(entries.get(Name(b"H"), entries.get(Name(b"Height"))), 1e6)
        self.sheet.pictures.append(
            Picture(
                None,
                int(width),
                int(height),
                self.state.ctm,
                len(self.sheet.runs),
                self.source,
                (instruction.start, instruction.end),
            )
        )


def _numbers(instruction: Instruction) -> list[float]:
    return [operand for operand in instruction.operands if isinstance(operand, float)]
