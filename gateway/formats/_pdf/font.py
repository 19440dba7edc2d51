"""A font as reading needs it: which bytes are one glyph, what it says, how wide it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Code(NamedTuple):
    """What the bytes of one glyph mean.

    ``width`` is the advance for font size 1; of vertical fonts the (negative) advance downwards.
    """

    number: int
    text: str | None
    width: float
    is_space: bool


@dataclass(slots=True)
class Font:
    """A font as far as reading text needs it.

    Args:
        split: byte ranges of the codes in a string.
        text_of: text by code, or ``None``.
        width_of: advance by code for font size 1.
        vertical: writing mode 1.
        simple: codes are single bytes (9.6); word spacing applies to code 32.
        cid_of: the CID of a code of a composite font, or ``None`` where nobody here knows it.
    """

    split: Callable[[bytes], list[tuple[int, int]]]
    text_of: Callable[[int, bytes], str | None]
    width_of: Callable[[int, str | None], float]
    vertical: bool = False
    simple: bool = True
    cid_of: Callable[[int], int | None] = lambda code: code
    _known: dict[bytes, Code] = field(default_factory=dict)

    def decode(self, data: bytes) -> list[tuple[int, int, Code]]:
        """The glyphs of a string: first byte, one past the last, meaning."""
        known = self._known
        glyphs = []
        for start, end in self.split(data):
            raw = data[start:end]
            code = known.get(raw)
            if code is None:
                code = known[raw] = self._mean(raw)
            glyphs.append((start, end, code))
        return glyphs

    def _mean(self, raw: bytes) -> Code:
        number = int.from_bytes(raw, "big")
        text = self.text_of(number, raw)
        return Code(number, _readable(text), self.width_of(number, text), raw == b" ")


def _readable(text: str | None) -> str | None:
    """The text of one glyph as a person reads it.

    Ligatures and the radicals and compatibility ideographs that font tools write for ordinary
    ideographs are resolved. Private-use and control characters say nothing: ``None``.
    """
    if text is None:
        return None
    if any("\ue000" <= c <= "\uf8ff" or c == "\ufffd" or c >= "\U000f0000" for c in text):
        return None
    if not text.strip("\0"):
        return None
    text = "".join(c for c in text if c >= " " or c in "\t\n\r")
    if any("\u2e80" <= c <= "\u2fdf" or "\uf900" <= c <= "\ufb06" for c in text):
        text = unicodedata.normalize("NFKC", text)
    return text.replace("\t", " ").replace("\n", " ").replace("\r", " ") or None
