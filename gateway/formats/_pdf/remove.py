"""Taking glyphs out of content streams, so that all that is left stays where it was.

A removed glyph leaves its advance behind as a ``TJ`` number, tx = (w0 - Tj/1000) Tfs + Tc + Tw
(ISO 32000-2:2020, 9.4.4). The advances of all glyphs removed in a row are merged into one whole
number, and left out where the next text is placed anyway, so that they do not tell which characters
they were.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from gateway.formats._base import splice
from gateway.formats._pdf.moves import advance_matters, merged_moves
from gateway.formats._pdf.sheet import Glyph, Run, Source, SourceKey, show_strings
from gateway.formats._pdf.syntax import Instruction, Operand, Text, write_hex, write_number

type Removal = dict[int, dict[int, dict[int, tuple[int, float]]]]
"""By operator, by element, by first byte: one past the last byte, and the ``TJ`` number."""


class Removals:
    """The glyphs to take out of each stream. A stream drawn twice loses a glyph once."""

    def __init__(self) -> None:
        self._by_source: dict[SourceKey, Removal] = {}

    def add(self, glyphs: Iterable[Glyph]) -> None:
        """Note glyphs for removal."""
        for glyph in glyphs:
            run = glyph.run
            operators = self._by_source.setdefault(run.source.key, {})
            spans = operators.setdefault(run.operator, {}).setdefault(run.element, {})
            spans.setdefault(glyph.start, (glyph.end, glyph.units))

    def has(self, glyph: Glyph) -> bool:
        """Whether a glyph is noted."""
        run = glyph.run
        operators = self._by_source.get(run.source.key, {})
        return glyph.start in operators.get(run.operator, {}).get(run.element, {})

    def touches(self, run: Run) -> bool:
        """Whether a glyph of a run is noted."""
        elements = self._by_source.get(run.source.key, {}).get(run.operator, {})
        return bool(elements.get(run.element))

    def sources(self) -> set[SourceKey]:
        """The streams that lose something."""
        return set(self._by_source)

    def changes(self, source: Source) -> list[tuple[int, int, bytes]]:
        """The byte ranges of a stream to replace."""
        instructions = source.instructions
        changes: list[tuple[int, int, bytes]] = []
        emptied: set[int] = set()
        for operator, elements in sorted(self._by_source.get(source.key, {}).items()):
            advances = advance_matters(instructions, operator)
            changes.append(_rewrite(instructions[operator], elements, advances=advances))
            if not _shows_still(instructions[operator], elements):
                emptied.add(operator)
        return sorted([*changes, *merged_moves(instructions, emptied)])


def rewrite_source(
    source: Source, removals: Removals, strings: Iterable[tuple[Text, bytes]]
) -> bytes:
    """The new bytes of a stream.

    Args:
        source: the stream as it was read.
        removals: glyphs to take out.
        strings: other tokens of the stream (properties of marked content, comments) and what is
            written instead. Those inside a rewritten instruction vanish with it.
    """
    changes = removals.changes(source)
    shown = [(start, end) for start, end, _ in changes]
    for text, new in strings:
        at = bisect_right(shown, (text.start, len(source.data)))
        if not at or shown[at - 1][1] <= text.start:
            changes.append((text.start, text.end, new))
    return splice(source.data, changes)


def _shows_still(
    instruction: Instruction, elements: dict[int, dict[int, tuple[int, float]]]
) -> bool:
    """Whether an instruction shows a glyph that is not removed."""
    return any(
        isinstance(item, Text)
        and len(item.value) > sum(end - at for at, (end, _) in elements.get(number, {}).items())
        for number, item in enumerate(show_strings(instruction))
    )


def _rewrite(
    instruction: Instruction,
    elements: dict[int, dict[int, tuple[int, float]]],
    *,
    advances: bool,
) -> tuple[int, int, bytes]:
    """One text-showing instruction without the removed glyphs, as a ``TJ``.

    ``advances`` says that the text after it begins where it ends.
    """
    array = _without(show_strings(instruction), elements)
    if not advances and array and not array[-1].startswith(b"<"):
        array.pop()
    shown = b"[" + b" ".join(array) + b"] TJ"
    first = next(iter_texts(instruction)).start
    if isinstance(instruction.operands[-1], list):
        first = instruction.start
    prefix = b""
    if instruction.operator == b"'":
        prefix = b"T* "
    elif instruction.operator == b'"':
        first = instruction.start
        word, char = (_number(operand) for operand in instruction.operands[-3:-1])
        prefix = b"%s Tw %s Tc T* " % (word, char)
    return first, instruction.end, prefix + shown


def iter_texts(instruction: Instruction) -> Iterator[Text]:
    """The strings that an instruction shows."""
    return iter([item for item in show_strings(instruction) if isinstance(item, Text)])


def _number(operand: Operand) -> bytes:
    return write_number(operand) if isinstance(operand, float) else b"0"


def _without(
    items: list[Operand], elements: dict[int, dict[int, tuple[int, float]]]
) -> list[bytes]:
    array: list[bytes] = []
    pending = 0.0  # advance of what was removed and not yet written
    gap = False

    def flush() -> None:
        nonlocal pending, gap
        if gap and round(pending):
            array.append(write_number(round(pending)))
        pending, gap = 0.0, False

    for element, item in enumerate(items):
        if isinstance(item, float):
            if gap or element + 1 in elements:
                pending += item
                gap = True
            else:
                array.append(write_number(item))
        elif isinstance(item, Text):
            at = 0
            for start, (end, units) in sorted(elements.get(element, {}).items()):
                if start > at:
                    flush()
                    array.append(write_hex(item.value[at:start]))
                pending += units
                gap = True
                at = max(at, end)
            if at < len(item.value):
                flush()
                array.append(write_hex(item.value[at:]))
    flush()
    return array
