"""Boxes that show where text was taken out, with the placeholder as their label.

The box is drawn over the place of glyphs that are already gone; it hides nothing, it informs.
Source of the operators: ISO 32000-2:2020, 8.5 (paths) and 9.3 (text state).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from gateway.formats._pdf.sheet import Glyph
from gateway.formats._pdf.standard_fonts import standard_width
from gateway.formats._pdf.syntax import write_hex, write_number
from gateway.formats._pdf.values import get, is_dict

_ASCENT = 0.85
_DESCENT = 0.2
_VERTICAL_HALF = 0.5  # glyphs of vertical fonts are centred on the line
_SMALLEST_LABEL = 2.5  # points; smaller cannot be read
_LATIN_FONT = "/GatewayLatin"
_CHINESE_FONT = "/GatewayChinese"

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle along a line of text, in the space of the sheet.

    Args:
        origin: the corner at the beginning of the line, at its bottom.
        along: vector to the other end of the line.
        up: vector to the top.
    """

    origin: Point
    along: Point
    up: Point

    @property
    def width(self) -> float:
        """Length along the line."""
        return math.hypot(*self.along)

    @property
    def height(self) -> float:
        """Length across the line."""
        return math.hypot(*self.up)


@dataclass(slots=True)
class Labelled:
    """The boxes of one edit and the text that replaces what stood there."""

    boxes: list[Box]
    label: str = field(repr=False)


def boxes_of(glyphs: Sequence[Glyph]) -> list[Box]:
    """One box for each stretch of glyphs on one line."""
    stretches: list[list[Glyph]] = []
    for glyph in glyphs:
        if stretches and _adjoins(stretches[-1][-1], glyph):
            stretches[-1].append(glyph)
        else:
            stretches.append([glyph])
    return [_box(stretch) for stretch in stretches]


def _adjoins(one: Glyph, other: Glyph) -> bool:
    """Whether a glyph stands where the one before it ends."""
    if one.run.along != other.run.along:
        return False
    along_x, along_y = one.run.along
    across, forward = other.y - one.y, other.x - one.x
    gap = forward * along_x + across * along_y - one.length
    drift = abs(across * along_x - forward * along_y)
    size = max(one.run.size, other.run.size)
    return drift < 0.3 * size and -size < gap < 1.5 * size


def _box(glyphs: list[Glyph]) -> Box:
    first, last = glyphs[0], glyphs[-1]
    along_x, along_y = first.run.along
    length = (last.x - first.x) * along_x + (last.y - first.y) * along_y + last.length
    if first.run.font.vertical:
        size = first.run.size
        across = (-along_y * size, along_x * size)
        bottom, top = -_VERTICAL_HALF, _VERTICAL_HALF
    else:
        across = max((glyph.run.up for glyph in glyphs), key=lambda up: math.hypot(*up))
        bottom, top = -_DESCENT, _ASCENT
    return Box(
        (first.x + across[0] * bottom, first.y + across[1] * bottom),
        (along_x * length, along_y * length),
        (across[0] * (top - bottom), across[1] * (top - bottom)),
    )


def draw(edits: Sequence[Labelled]) -> bytes:
    """Operators that fill the boxes black and write each label in white on its widest box."""
    lines = [b"q 0 g"]
    lines += [_fill(box) for edit in edits for box in edit.boxes]
    lines.append(b"1 g")
    for edit in edits:
        widest = max(edit.boxes, key=lambda box: box.width, default=None)
        if widest and edit.label:
            lines.append(_write(widest, edit.label))
    lines.append(b"Q\n")
    return b"\n".join(line for line in lines if line)


def _fill(box: Box) -> bytes:
    (x, y), (ax, ay), (ux, uy) = box.origin, box.along, box.up
    corners = ((x, y), (x + ax, y + ay), (x + ax + ux, y + ay + uy), (x + ux, y + uy))
    points = [b"%s %s" % (write_number(px), write_number(py)) for px, py in corners]
    return b"%s m %s l %s l %s l h f" % tuple(points)


def _write(box: Box, label: str) -> bytes:
    """A label in the middle of a box, as large as fits; nothing where it could not be read."""
    latin = _is_latin(label)
    width = standard_width("Helvetica", label) if latin else float(len(label))
    if not width or not box.width or not box.height:
        return b""
    size = min(box.height * 0.7, box.width * 0.94 / width)
    if size < _SMALLEST_LABEL:
        return b""
    ax, ay = box.along[0] / box.width, box.along[1] / box.width
    ux, uy = box.up[0] / box.height, box.up[1] / box.height
    right = (box.width - width * size) / 2
    rise = (box.height - 0.72 * size) / 2  # 0.72: height of capitals in Helvetica
    x = box.origin[0] + ax * right + ux * rise
    y = box.origin[1] + ay * right + uy * rise
    matrix = b" ".join(write_number(value) for value in (ax, ay, ux, uy, x, y))
    font = (_LATIN_FONT if latin else _CHINESE_FONT).encode("ascii")
    shown = label.encode("cp1252") if latin else label.encode("utf-16-be")
    return b"BT 0 Tr 0 Tc 0 Tw 100 Tz 0 Ts %s %s Tf %s Tm %s Tj ET" % (
        font,
        write_number(size),
        matrix,
        write_hex(shown),
    )


def _is_latin(label: str) -> bool:
    try:
        label.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def add_fonts(pdf: pikepdf.Pdf, holder: Any, inherited: Any, labels: Sequence[str]) -> None:
    """Make the fonts of the labels known to a page or a form.

    Args:
        pdf: the document.
        holder: the page or form dictionary; it gets resources of its own, since the old ones may
            be shared.
        inherited: resources that hold for it where it has none.
        labels: what will be written.
    """
    own = get(holder, "/Resources")
    used = own if is_dict(own) else inherited
    resources = pikepdf.Dictionary(used) if is_dict(used) else pikepdf.Dictionary()
    fonts_before = get(resources, "/Font")
    fonts = pikepdf.Dictionary(fonts_before) if is_dict(fonts_before) else pikepdf.Dictionary()
    if any(_is_latin(label) for label in labels):
        fonts[_LATIN_FONT] = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    if not all(_is_latin(label) for label in labels):
        fonts[_CHINESE_FONT] = _chinese_font(pdf)
    resources["/Font"] = fonts
    holder["/Resources"] = resources


def _chinese_font(pdf: pikepdf.Pdf) -> Any:
    """A Song face that readers supply (9.7.5.2), with codes in UTF-16."""
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=pikepdf.Name("/STSong-Light"),
        Flags=6,
        FontBBox=pikepdf.Array([-25, -254, 1000, 880]),
        ItalicAngle=0,
        Ascent=880,
        Descent=-120,
        CapHeight=880,
        StemV=93,
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType0,
        BaseFont=pikepdf.Name("/STSong-Light"),
        CIDSystemInfo=pikepdf.Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=4
        ),
        DW=1000,
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/STSong-Light-UniGB-UTF16-H"),
        Encoding=pikepdf.Name("/UniGB-UTF16-H"),
        DescendantFonts=pikepdf.Array([pdf.make_indirect(descendant)]),
    )
