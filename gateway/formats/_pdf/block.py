"""Some text of a sheet, each character with the glyph behind it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.formats._pdf.sheet import Glyph


@dataclass(slots=True)
class Block:
    """Some text of a sheet.

    Args:
        text: what it says.
        owners: for each character the glyph that shows it; ``None`` for spaces that are gaps.
        extra: glyphs that stand for nothing in the text (a hyphen at the end of a line), by the
            position of the character they follow.
        hidden: all of it is drawn invisibly.
        context: the text to its left on the same row.
    """

    text: str = field(repr=False)
    owners: list[Glyph | None] = field(repr=False)
    extra: dict[int, Glyph] = field(default_factory=dict, repr=False)
    hidden: bool = False
    context: str = field(default="", repr=False)

    def glyphs(self, start: int, end: int) -> list[Glyph]:
        """The glyphs behind ``text[start:end]``, each once, in order."""
        found: list[Glyph] = []
        for position in range(start, min(end, len(self.owners))):
            owner = self.owners[position]
            if owner is not None and (not found or found[-1] is not owner):
                found.append(owner)
            if position in self.extra and position + 1 < end:
                found.append(self.extra[position])
        return found
