"""Compact font programs (CFF) without the glyphs that nothing draws any more.

Source: Adobe Technical Notes 5176 (CFF) and 5177 (Type 2 charstrings).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from gateway.formats._pdf.truetype import BadProgram

_HIGHEST_CID = 65535


class Compact:
    """A parsed font program.

    ``names`` are those of the glyphs, by number; of CID-keyed fonts "cid00123". ``encoding`` is the
    glyph name by code where the program has an encoding of its own.
    """

    def __init__(self, program: bytes) -> None:
        """Parse a program.

        Raises:
            BadProgram: it cannot be understood whole.
        """
        from fontTools.cffLib import CFFFontSet

        try:
            self._set = CFFFontSet()
            self._set.decompile(io.BytesIO(program), None)
            self._top: Any = self._set[0]
            self.names: list[str] = list(self._top.charset)
            self.cid_keyed: bool = hasattr(self._top, "ROS")
            encoding = None if self.cid_keyed else self._top.Encoding
        except Exception:  # noqa: BLE001 - the library fails in many ways on damaged programs
            raise BadProgram("damaged compact font") from None
        if len(self._set.fontNames) != 1 or self._set.major != 1:
            raise BadProgram("more than one font")
        if len(set(self.names)) != len(self.names):
            raise BadProgram("two glyphs of one name")
        self.encoding: list[str] | None = encoding if isinstance(encoding, list) else None

    def cids(self) -> dict[int, int]:
        """Glyph numbers by CID, of a CID-keyed font."""
        return {
            int(name[3:]): glyph
            for glyph, name in enumerate(self.names)
            if name.startswith("cid") and name[3:].isdecimal()
        } | {0: 0}

    def prune(self, keep: Callable[[int, str], bool], *, in_place: bool) -> bytes:
        """The program without the other glyphs.

        Args:
            keep: whether a glyph of this number and name stays.
            in_place: glyphs are called by number, so dropped ones leave an empty one behind.

        Raises:
            BadProgram: it cannot be written.
        """
        try:
            return self._prune(keep, in_place=in_place)
        except Exception:  # noqa: BLE001 - the library fails in many ways on damaged programs
            raise BadProgram("damaged compact font") from None

    def _prune(self, keep: Callable[[int, str], bool], *, in_place: bool) -> bytes:
        top = self._top
        kept = {glyph for glyph, name in enumerate(self.names) if glyph == 0 or keep(glyph, name)}
        if not self.cid_keyed:
            kept |= self._accented(kept)
        index = top.CharStrings.charStringsIndex
        items = [index[glyph] for glyph in range(len(self.names))]
        if in_place:
            for glyph, item in enumerate(items):
                if glyph not in kept:
                    item.setProgram(["endchar"])
            names = self._renamed(kept)
            remaining = list(range(len(names)))
        else:
            remaining = sorted(kept)
            names = [self.names[glyph] for glyph in remaining]
            items = [items[glyph] for glyph in remaining]
        index.items = items
        if hasattr(index, "file"):
            del index.file, index.offsets
        top.charset = names
        top.numGlyphs = len(names)
        top.CharStrings.charStrings = {name: glyph for glyph, name in enumerate(names)}
        if hasattr(top, "FDSelect"):
            selection = top.FDSelect
            selection.format = None
            selection.gidArray = [selection.gidArray[glyph] for glyph in remaining]
        if self.encoding is not None:
            present = set(names)
            top.Encoding = [name if name in present else ".notdef" for name in self.encoding]
        self._set.remove_unused_subroutines()
        self._drop_strings()
        out = io.BytesIO()
        self._set.compile(out, _NoFile())
        return out.getvalue()

    def _renamed(self, kept: set[int]) -> list[str]:
        """Names with those of dropped glyphs made to say nothing."""
        if self.cid_keyed:
            taken = {self.names[glyph] for glyph in kept}
            free = (f"cid{cid:05d}" for cid in range(_HIGHEST_CID, 0, -1))
            spare = (name for name in free if name not in taken)
            return [name if glyph in kept else next(spare) for glyph, name in enumerate(self.names)]
        return [name if glyph in kept else f"x{glyph}" for glyph, name in enumerate(self.names)]

    def _drop_strings(self) -> None:
        """Names are written again from those in use."""
        from fontTools.cffLib import IndexedStrings

        for name in ("FullName", "FamilyName", "Weight", "version", "Notice", "Copyright"):
            getattr(self._top, name, None)  # read lazily, from the strings that go now
        self._set.strings.strings = []
        self._set.strings.stringMapping = {}
        assert isinstance(self._set.strings, IndexedStrings)

    def _accented(self, kept: set[int]) -> set[int]:
        """Base and accent of letters that are put together by ``endchar`` (appendix C)."""
        from fontTools.encodings.StandardEncoding import StandardEncoding

        numbers = {name: glyph for glyph, name in enumerate(self.names)}
        index = self._top.CharStrings.charStringsIndex
        found: set[int] = set()
        for glyph in kept:
            charstring = index[glyph]
            charstring.decompile()
            program = charstring.program
            if len(program) >= 5 and program[-1] == "endchar":
                codes = [code for code in program[-3:-1] if isinstance(code, int)]
                found |= {
                    numbers[StandardEncoding[code]]
                    for code in codes
                    if 0 <= code < 256 and StandardEncoding[code] in numbers
                }
        return found


class _NoFile:
    """What the writer asks of the font file around it: nothing."""

    recalcBBoxes = False  # noqa: N815 - the library asks for it


def prune_compact(program: bytes, keep: Callable[[int, str], bool], *, in_place: bool) -> bytes:
    """A compact font program without the other glyphs; see :meth:`Compact.prune`."""
    return Compact(program).prune(keep, in_place=in_place)
