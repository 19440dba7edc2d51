"""Moves between removed texts, made one.

Many programs place every glyph by itself. Once the glyphs are gone, the moves between them would still
give the width of each, and so which they were; what is left is one move to the next text that stays.

Source: ISO 32000-2:2020, 9.4.2 (text positioning).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.formats._pdf.syntax import Instruction

_LINE_MOVES = frozenset((b"Td", b"TD", b"Tm", b"T*", b"'", b'"', b"ET", b"BT"))
_NEUTRAL = frozenset((b"Tf", b"Tc", b"Tw", b"Tz", b"Ts", b"Tr", b"TL"))
_OPERANDS = {b"Td": 2, b"Tm": 6}


def advance_matters(instructions: Sequence[Instruction], position: int) -> bool:
    """Whether text that follows stands where a text-showing instruction leaves off."""
    for instruction in instructions[position + 1 :]:
        if instruction.operator in _LINE_MOVES:
            return False
        if instruction.operator not in _NEUTRAL:
            return True
    return True


def merged_moves(
    instructions: Sequence[Instruction], emptied: set[int]
) -> Iterator[tuple[int, int, bytes]]:
    """Byte ranges of moves to replace, so that those between emptied texts are one.

    Args:
        instructions: of the stream.
        emptied: positions of those that show nothing any more.
    """
    if not emptied:
        return
    pending: Instruction | None = None  # a move that nothing but emptied texts followed
    moved: list[float] = []
    crossed = False
    rewritten = False
    for position, instruction in enumerate(instructions):
        operator = instruction.operator
        if operator in _NEUTRAL:
            continue
        if position in emptied and operator in (b"Tj", b"TJ"):
            crossed = pending is not None
            continue
        numbers = _numbers(instruction)
        if operator in _OPERANDS and len(numbers) == _OPERANDS[operator]:
            if pending is not None and crossed:
                yield pending.start, pending.end, b""
                moved, rewritten = _together(moved, numbers), len(numbers) == 2
            else:
                if pending is not None and rewritten:
                    yield pending.start, pending.end, _write(moved)
                moved, rewritten = numbers, False
            pending, crossed = instruction, False
            continue
        if pending is not None and rewritten:
            yield pending.start, pending.end, _write(moved)
        pending, crossed, rewritten = None, False, False
    if pending is not None and rewritten:
        yield pending.start, pending.end, _write(moved)


def _numbers(instruction: Instruction) -> list[float]:
    return [operand for operand in instruction.operands if isinstance(operand, float)]


def _together(first: list[float], then: list[float]) -> list[float]:
    """Two moves as one: of a ``Td`` (two numbers) or a ``Tm`` (six)."""
    if len(then) == 6:
        return then
    x, y = then
    if len(first) == 2:
        return [first[0] + x, first[1] + y]
    a, b, c, d, e, f = first
    return [a, b, c, d, e + x * a + y * c, f + x * b + y * d]


def _write(numbers: list[float]) -> bytes:
    operator = b"Td" if len(numbers) == 2 else b"Tm"
    return b" ".join((*map(_exact, numbers), operator))


def _exact(number: float) -> bytes:
    """A number with as many decimals as matrices need, and no exponent."""
    return f"{number:.9f}".rstrip("0").rstrip(".").encode("ascii")
