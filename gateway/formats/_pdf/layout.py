"""From lines to text as a person reads it, each character with the glyph behind it.

Lines of one column join to blocks. Where the order of drawing is another than that of reading, the
text is given in both: a value may be whole in one of them only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from gateway.formats._pdf.block import Block
from gateway.formats._pdf.lines import other_readings
from gateway.formats._pdf.pieces import (
    SAME_BASELINE,
    SPACE,
    WIDE_SPACE,
    Piece,
    alike,
    extent,
    first_char,
    is_wide,
    join_pieces,
    join_runs,
    rows_of,
)
from gateway.formats._pdf.sheet import Glyph, Run, Sheet

_LEADING = 2.0
_MOST_OPEN = 300  # drawings with thousands of labels would take quadratic time
_MOST_CELL_LINES = 4
_LONGEST_CELL = 40  # longer pieces beside each other are columns of running text
_HYPHENS = "-\u00ad\u2010"
_SIGNS_OF_A_CODE = "0123456789@_/"


def lay_out(sheet: Sheet) -> list[Block]:
    """The text of a sheet in reading order, then what differs in the order of drawing."""
    pieces = join_runs(sheet.runs)
    blocks: list[Block] = []
    scattered: set[int] = set()
    directions: dict[tuple[int, int], list[Piece]] = {}
    for direction, piece in pieces:
        directions.setdefault(direction, []).append(piece)
    for group in directions.values():
        all_lines = join_pieces(group)
        blocks += _rows_of_cells(all_lines)
        blocks += (block for line in all_lines for block in other_readings(line))
        for lines in _columns(all_lines):
            block = _join(lines)
            if block.text.strip():
                blocks.append(block)
                blocks += _wrapped_words(lines, block)
                blocks += _wrapped_cells(lines, block)
            if not _is_drawn_in_order(lines):
                scattered.update(id(owner.run) for owner in block.owners if owner)
    known = {"".join(block.text.split()) for block in blocks}
    blocks += _in_drawing_order(sheet.runs, scattered, known)
    return blocks


def _rows_of_cells(lines: list[Piece]) -> Iterator[Block]:
    """Rows of a table or form as one text: a name may stand in two cells."""
    for row in rows_of(lines):
        cells = [line for line in row if "".join(line.chars).strip()]
        if len(cells) < 2 or max(len(cell.chars) for cell in cells) > _LONGEST_CELL:
            continue
        chars = list(cells[0].chars)
        owners = list(cells[0].owners)
        for cell in cells[1:]:
            chars += ["\t", *cell.chars]
            owners += [None, *cell.owners]
        hidden = all(cell.hidden for cell in cells)
        yield Block("".join(chars), owners, hidden=hidden)


def _columns(lines: list[Piece]) -> list[list[Piece]]:
    """Lines joined to blocks: each follows the block whose last line stands closely above it."""
    blocks: list[list[Piece]] = []
    open_blocks: list[list[Piece]] = []
    for line in lines:
        open_blocks = [
            block
            for block in open_blocks
            if block[-1].base - line.base <= _LEADING * max(block[-1].size, line.size)
        ]
        open_blocks = open_blocks[-_MOST_OPEN:]
        above = [block for block in open_blocks if _follows(block[-1], line)]
        if above:
            max(above, key=lambda block: _shared(block[-1], line)).append(line)
        else:
            block = [line]
            blocks.append(block)
            open_blocks.append(block)
    return blocks


def _follows(above: Piece, line: Piece) -> bool:
    size = max(above.size, line.size)
    drop = above.base - line.base
    return (
        SAME_BASELINE * size < drop <= _LEADING * size
        and alike(above.size, line.size, 1.4)
        and above.hidden == line.hidden
        and _shared(above, line) > 0
        and (
            abs(above.begin - line.begin) < 3 * size
            or _shared(above, line) > 0.5 * min(above.end - above.begin, line.end - line.begin)
        )
    )


def _shared(one: Piece, other: Piece) -> float:
    return min(one.end, other.end) - max(one.begin, other.begin)


def _join(lines: list[Piece]) -> Block:
    """The text of a block: wrapped lines run on, other lines end with a line feed."""
    margin = max(line.end for line in lines)
    chars: list[str] = []
    owners: list[Glyph | None] = []
    extra: dict[int, Glyph] = {}
    above: Piece | None = None
    for line in lines:
        if above and line.chars:
            separator = _separator(above, line, margin)
            if separator == "-":
                hyphen = owners.pop()
                chars.pop()
                if hyphen:
                    extra[len(chars) - 1] = hyphen
            elif separator and not chars[-1].isspace():
                chars.append(separator)
                owners.append(None)
        if line.chars:
            chars += line.chars
            owners += line.owners
            above = line
    return Block(
        "".join(chars), owners, extra, all(line.hidden for line in lines), lines[0].row_text
    )


def _separator(above: Piece, line: Piece, margin: float) -> str:
    """What stands between two lines; ``-`` says that the hyphen before it goes."""
    last, first = above.chars[-1], line.chars[0]
    if last in _HYPHENS and len(above.chars) > 1 and above.chars[-2].isalpha() and first.islower():
        return "-"
    if above.end + line.first_word() + SPACE * above.size < margin:
        return "\n"
    if not (is_wide(last) or is_wide(first) or " " in above.chars or " " in line.chars):
        return "\n"  # a column of single words or numbers
    if last in _HYPHENS:
        return ""
    if is_wide(last) or is_wide(first):
        return ""
    ideographs = sum(map(is_wide, above.chars))
    if ideographs * 4 > len(above.chars) and last.isalnum() and first.isalnum():
        return ""  # Chinese typesetting breaks numbers and codes anywhere
    return " "


def _wrapped_words(lines: list[Piece], block: Block) -> Iterator[Block]:
    """Numbers, addresses and codes that a line break may have cut in two, as one word each."""
    for above, line in pairwise(lines):
        head = _edge(above.chars, from_end=True)
        tail = _edge(line.chars, from_end=False)
        if not tail or not 0 < head < len(above.chars) or above.chars[-1] in ",;:!?)，。；":
            continue  # a line that is one word alone is a cell of a table
        chars = above.chars[-head:] + line.chars[:tail]
        text = "".join(chars)
        if len(text) >= 6 and any(sign in text for sign in _SIGNS_OF_A_CODE):
            yield Block(
                text,
                above.owners[-head:] + line.owners[:tail],
                hidden=block.hidden,
                context=block.context,
            )


def _wrapped_cells(lines: list[Piece], block: Block) -> Iterator[Block]:
    """Numbers and codes that fill a table cell and go on in its next line, as one word each.

    Two lines are of one cell if they stand closer than the rows, or if the second has nothing to
    its left while the first has.
    """
    group: list[Piece] = []
    for place, line in enumerate([*lines, None]):
        if group and line and _is_one_cell(lines, place):
            group.append(line)
            continue
        if 1 < len(group) <= _MOST_CELL_LINES and _is_cut_word(group):
            chars = [char for each in group for char in each.chars]
            owners = [owner for each in group for owner in each.owners]
            context = group[0].row_text or block.context
            yield Block("".join(chars), owners, hidden=block.hidden, context=context)
        group = [line] if line else []


def _is_one_cell(lines: list[Piece], place: int) -> bool:
    above, line = lines[place - 1], lines[place]
    if above.row_text or line.row_text:
        return not line.row_text
    drop = above.base - line.base
    around = [one.base - other.base for one, other in pairwise(lines)]
    rows = around[max(place - 2, 0) : place - 1] + around[place : place + 1]
    if not rows:
        return line.end - line.begin < 0.9 * (above.end - above.begin)
    # A line of a cell that wraps more than once has its like on one side.
    return drop < 0.9 * max(rows)


def _is_cut_word(group: list[Piece]) -> bool:
    texts = ["".join(line.chars) for line in group]
    widths = [line.end - line.begin for line in group]
    return (
        all(text.isascii() and not any(map(str.isspace, text)) for text in texts)
        and min(widths[:-1]) > 0.8 * max(widths)
        and len("".join(texts)) >= 6
        and any(sign in "".join(texts) for sign in _SIGNS_OF_A_CODE)
    )


def _edge(chars: list[str], *, from_end: bool) -> int:
    """How many characters the last (or first) word of a line has."""
    count = 0
    for char in reversed(chars) if from_end else chars:
        if char.isspace() or is_wide(char):
            break
        count += 1
    return count


def _is_drawn_in_order(lines: list[Piece]) -> bool:
    return all(line.in_order for line in lines) and all(
        line.first == above.last + 1 for above, line in pairwise(lines)
    )


def _in_drawing_order(runs: Sequence[Run], scattered: set[int], known: set[str]) -> Iterator[Block]:
    """Text that is read in another order than it was drawn in, as it was drawn.

    Args:
        runs: all runs of the sheet.
        scattered: identities of the runs concerned.
        known: texts, without spaces, that need no second reading.
    """
    chars: list[str] = []
    owners: list[Glyph | None] = []
    before: Run | None = None
    for run in [*runs, None]:
        if run is None or id(run) not in scattered:
            if chars and "".join("".join(chars).split()) not in known:
                yield Block("".join(chars), owners)
            chars, owners, before = [], [], None
            continue
        if before and chars and not chars[-1].isspace() and _is_apart(before, run, chars[-1]):
            chars.append(" ")
            owners.append(None)
        for glyph in run.glyphs:
            for char in glyph.text or "":
                chars.append(char)
                owners.append(glyph)
        before = run


def _is_apart(before: Run, run: Run, last: str) -> bool:
    """Whether a space belongs between two runs that were drawn one after the other."""
    wide = is_wide(last) or is_wide(first_char(run))
    _, end, base = extent(before)
    begin, _, next_base = extent(run)
    size = max(before.size, run.size)
    if before.along != run.along or abs(base - next_base) > 0.9 * size:
        return not wide
    return not -2 * size < begin - end - before.spacing < (WIDE_SPACE if wide else SPACE) * size
