"""Other ways in which one line may be read, each as a text of its own.

Letters that are spread apart are one word; words of two cells that touch are two; what is written
from right to left is read from right to left.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

from gateway.formats._pdf.block import Block
from gateway.formats._pdf.pieces import Piece, is_wide
from gateway.formats._pdf.sheet import Glyph

_SPREAD = re.compile(r"(?<!\w)\w(?:[ \u00a0]+\w(?!\w)){3,}")
_WORD_GAP = 0.2  # font sizes by which the gap between two words is wider than between letters
_LEAST_OF_A_WORD = 5  # characters on each side of a seam
_RIGHT_TO_LEFT = frozenset(("R", "AL"))
_JOINING = frozenset(("NSM", "CS", "ON", "WS", "BN"))

type _Shown = tuple[str, Glyph | None]


def other_readings(line: Piece) -> Iterator[Block]:
    """What a line may say beside what its characters say from left to right."""
    readings: tuple[Callable[[Piece], list[_Shown] | None], ...] = (
        _without_spread,
        _with_seams,
        _from_right_to_left,
    )
    for read in readings:
        shown = read(line)
        if shown is not None:
            text = "".join(char for char, _ in shown)
            owners = [owner for _, owner in shown]
            yield Block(text, owners, hidden=line.hidden, context=line.row_text)


def _without_spread(line: Piece) -> list[_Shown] | None:
    """The line with spread letters put together; wider gaps stay spaces."""
    shown: list[_Shown] = []
    at = 0
    for match in _SPREAD.finditer("".join(line.chars)):
        letters = [
            (char, owner)
            for char, owner in _slice(line, match.start(), match.end())
            if owner is not None and not char.isspace()
        ]
        if len(letters) < 4 or any(is_wide(char) for char, _ in letters):
            continue
        gaps = [two.along() - one.along() - one.length for (_, one), (_, two) in pairwise(letters)]
        widest = statistics.median(gaps) + _WORD_GAP * line.size
        shown += _slice(line, at, match.start())
        shown.append(letters[0])
        for gap, letter in zip(gaps, letters[1:], strict=True):
            shown += [(" ", None), letter] if gap > widest else [letter]
        at = match.end()
    return [*shown, *_slice(line, at, len(line.chars))] if shown else None


def _with_seams(line: Piece) -> list[_Shown] | None:
    """The line with a tab between two long words or numbers that were drawn apart and touch."""
    seams = [
        at
        for at in range(_LEAST_OF_A_WORD, len(line.chars) - _LEAST_OF_A_WORD + 1)
        if _is_seam(line, at)
    ]
    if not seams:
        return None
    shown: list[_Shown] = []
    for begin, end in pairwise((0, *seams, len(line.chars))):
        shown += [*_slice(line, begin, end), ("\t", None)]
    return shown[:-1]


def _is_seam(line: Piece, at: int) -> bool:
    before, after = line.owners[at - 1], line.owners[at]
    if before is None or after is None or before.run is after.run:
        return False
    if (before.run.source, before.run.operator) == (after.run.source, after.run.operator):
        return False
    left = line.chars[at - _LEAST_OF_A_WORD : at]
    right = line.chars[at : at + _LEAST_OF_A_WORD]
    both = "".join((*left, *right))
    return (
        both.isascii()
        and both.isalnum()
        and (left[-1].isdecimal() or right[0].isdecimal())
        and all(owner and owner.run is before.run for owner in line.owners[at - len(left) : at])
        and all(owner and owner.run is after.run for owner in line.owners[at : at + len(right)])
    )


def _from_right_to_left(line: Piece) -> list[_Shown] | None:
    """The line with Hebrew and Arabic in the order of reading.

    Source: Unicode Standard Annex 9; of its rules only the order of one level is followed.
    """
    classes = [unicodedata.bidirectional(char) for char in line.chars]
    if _RIGHT_TO_LEFT.isdisjoint(classes):
        return None
    shown: list[_Shown] = []
    at = 0
    while at < len(classes):
        if classes[at] not in _RIGHT_TO_LEFT:
            shown += _slice(line, at, at + 1)
            at += 1
            continue
        end = at + 1
        last = end
        while end < len(classes) and classes[end] in _RIGHT_TO_LEFT | _JOINING:
            end += 1
            if classes[end - 1] in _RIGHT_TO_LEFT:
                last = end
        shown += _reversed(_slice(line, at, last))
        at = last
    return shown


def _reversed(shown: list[_Shown]) -> list[_Shown]:
    """Glyphs the other way round; the characters of one glyph stay in order."""
    glyphs: list[list[_Shown]] = []
    for char, owner in shown:
        if glyphs and owner is not None and glyphs[-1][-1][1] is owner:
            glyphs[-1].append((char, owner))
        else:
            glyphs.append([(char, owner)])
    return [each for glyph in reversed(glyphs) for each in glyph]


def _slice(line: Piece, begin: int, end: int) -> list[_Shown]:
    return list(zip(line.chars[begin:end], line.owners[begin:end], strict=True))
