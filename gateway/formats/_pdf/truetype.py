"""TrueType and OpenType font programs without the glyphs that nothing draws any more.

The tables are changed in place of each other: glyphs keep their numbers, so the drawings need no
change; what is dropped is outline, width, name and character of the rest. Programs in PDF often lack
tables that font tools insist on, so only the tables that are there are looked at.
Source: OpenType 1.9.1, "Font file", "glyf", "loca", "hmtx", "post".
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

# What drawing needs. Kerning, substitution and device tables would name dropped glyphs.
_KEPT_TABLES = frozenset(
    (b"head", b"hhea", b"maxp", b"hmtx", b"vhea", b"vmtx", b"cvt ", b"fpgm", b"prep", b"glyf")
) | frozenset((b"loca", b"cmap", b"post", b"name", b"OS/2", b"CFF ", b"gasp"))
_COMPONENT_MORE = 0x20
_COMPONENT_WORDS = 0x01
_COMPONENT_SCALE = 0x08
_COMPONENT_XY_SCALE = 0x40
_COMPONENT_MATRIX = 0x80
_STANDARD_MAC_NAMES = 258

type Tables = dict[bytes, bytes]
type CharacterMap = tuple[int, int, dict[int, int]]
"""Platform, encoding, and glyph by character."""


class BadProgram(Exception):
    """A font program that cannot be understood whole."""


def read_tables(program: bytes) -> Tables:
    """The tables of a font file.

    Raises:
        BadProgram: it has none.
    """
    try:
        (count,) = struct.unpack_from(">H", program, 4)
        found: Tables = {}
        for number in range(count):
            tag, _, offset, length = struct.unpack_from(">4sLLL", program, 12 + 16 * number)
            found.setdefault(tag, program[offset : offset + length])
    except struct.error:
        raise BadProgram("no table directory") from None
    return found


def write_tables(version: bytes, tables: Tables) -> bytes:
    """A font file of tables, with checksums."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    search = struct.pack(">HHHH", count, power * 16, power.bit_length() - 1, (count - power) * 16)
    parts = [version + search]
    offset = 12 + 16 * count
    bodies: list[bytes] = []
    for tag in sorted(tables):
        data = tables[tag]
        padded = data + bytes(-len(data) % 4)
        parts.append(struct.pack(">4sLLL", tag, _checksum(padded), offset, len(data)))
        bodies.append(padded)
        offset += len(padded)
    return b"".join(parts + bodies)


def _checksum(padded: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF


def character_maps(tables: Tables) -> list[CharacterMap]:
    """The character maps of a font; none if there is no table of them.

    Raises:
        BadProgram: the table is damaged.
    """
    if b"cmap" not in tables:
        return []
    table = _load_cmap(tables[b"cmap"])
    return [
        (each.platformID, each.platEncID, {code: int(name) for code, name in each.cmap.items()})
        for each in table.tables
        if isinstance(getattr(each, "cmap", None), dict) and each.format != 14
    ]


def glyph_names(tables: Tables) -> dict[int, str]:
    """Names of glyphs as the ``post`` table gives them, if it does."""
    post = tables.get(b"post", b"")
    if post[:4] != b"\0\2\0\0" or len(post) < 34:
        return {}
    indices, names = _post_names(post)
    found = {}
    for glyph, index in enumerate(indices):
        at = index - _STANDARD_MAC_NAMES
        if 0 <= at < len(names):
            found[glyph] = names[at].decode("latin-1")
        elif index < _STANDARD_MAC_NAMES:
            found[glyph] = _standard_name(index)
    return found


def prune_truetype(program: bytes, keep: Iterable[int]) -> bytes:
    """A font file without the outlines, widths, names and characters of other glyphs.

    Args:
        program: the file.
        keep: numbers of the glyphs that are drawn still; components of theirs stay too.

    Raises:
        BadProgram: it cannot be understood whole.
    """
    tables = read_tables(program)
    try:
        (glyphs,) = struct.unpack_from(">H", tables[b"maxp"], 4)
        kept = {0, *keep}
        if b"glyf" in tables:
            _prune_outlines(tables, glyphs, kept)
        elif b"CFF " in tables:
            from gateway.formats._pdf.compact import prune_compact

            tables[b"CFF "] = prune_compact(
                tables[b"CFF "], lambda glyph, _name: glyph in kept, in_place=True
            )
        else:
            raise BadProgram("no outlines")
        for metrics, header in ((b"hmtx", b"hhea"), (b"vmtx", b"vhea")):
            if metrics in tables and header in tables:
                tables[metrics] = _prune_metrics(tables[metrics], tables[header], kept)
        _prune_names(tables, kept)
    except (struct.error, KeyError, IndexError):
        raise BadProgram("damaged tables") from None
    return write_tables(
        program[:4], {tag: data for tag, data in tables.items() if tag in _KEPT_TABLES}
    )


def _prune_outlines(tables: Tables, glyphs: int, kept: set[int]) -> None:
    long_offsets = struct.unpack_from(">h", tables[b"head"], 50)[0] != 0
    loca, outlines = tables[b"loca"], tables[b"glyf"]
    size, unit = (4, 1) if long_offsets else (2, 2)
    count = min(glyphs + 1, len(loca) // size)
    offsets = [
        number * unit
        for number in struct.unpack_from(f">{count}{'L' if long_offsets else 'H'}", loca)
    ]
    _add_components(outlines, offsets, kept)
    new: list[bytes] = []
    starts = [0]
    at = 0
    for glyph in range(count - 1):
        outline = outlines[offsets[glyph] : offsets[glyph + 1]] if glyph in kept else b""
        outline += bytes(-len(outline) % 4)
        new.append(outline)
        at += len(outline)
        starts.append(at)
    tables[b"glyf"] = b"".join(new) or b"\0"
    tables[b"loca"] = struct.pack(
        f">{count}{'L' if long_offsets else 'H'}", *(start // unit for start in starts)
    )


def _add_components(outlines: bytes, offsets: list[int], kept: set[int]) -> None:
    """Add the glyphs that composite glyphs are made of."""
    waiting = list(kept)
    while waiting:
        glyph = waiting.pop()
        if glyph + 1 >= len(offsets):
            continue
        outline = outlines[offsets[glyph] : offsets[glyph + 1]]
        if len(outline) < 14 or struct.unpack_from(">h", outline)[0] >= 0:
            continue
        at, more = 10, True
        while more:
            flags, component = struct.unpack_from(">HH", outline, at)
            if component not in kept:
                kept.add(component)
                waiting.append(component)
            at += 4 + (4 if flags & _COMPONENT_WORDS else 2)
            at += 2 if flags & _COMPONENT_SCALE else 4 if flags & _COMPONENT_XY_SCALE else 0
            at += 8 if flags & _COMPONENT_MATRIX else 0
            more = bool(flags & _COMPONENT_MORE)


def _prune_metrics(metrics: bytes, header: bytes, kept: set[int]) -> bytes:
    """Widths and bearings; the last width holds for all glyphs after it too."""
    (long_count,) = struct.unpack_from(">H", header, 34)
    new = bytearray(metrics)
    for glyph in range(min(long_count, len(metrics) // 4)):
        if glyph not in kept:
            first = 4 * glyph
            if glyph == long_count - 1:
                first += 2
            new[first : 4 * glyph + 4] = bytes(4 * glyph + 4 - first)
    glyph = long_count
    for at in range(4 * long_count, len(metrics) - 1, 2):
        if glyph not in kept:
            new[at : at + 2] = b"\0\0"
        glyph += 1
    return bytes(new)


def _prune_names(tables: Tables, kept: set[int]) -> None:
    if b"cmap" in tables:
        tables[b"cmap"] = _prune_cmap(tables[b"cmap"], lambda name: int(name) in kept)
    post = tables.get(b"post", b"")
    if post[:4] == b"\0\2\0\0" and len(post) >= 34:
        indices, names = _post_names(post)
        used: list[bytes] = []
        new_indices = []
        for glyph, index in enumerate(indices):
            at = index - _STANDARD_MAC_NAMES
            if glyph not in kept or at >= len(names):
                new_indices.append(0)
            elif at < 0:
                new_indices.append(index)
            else:
                new_indices.append(_STANDARD_MAC_NAMES + len(used))
                used.append(names[at])
        tables[b"post"] = (
            post[:32]
            + struct.pack(f">H{len(new_indices)}H", len(new_indices), *new_indices)
            + b"".join(bytes((len(name),)) + name for name in used)
        )
    elif post and post[:4] not in (b"\0\1\0\0", b"\0\3\0\0"):
        tables[b"post"] = b"\0\3\0\0" + post[4:32].ljust(28, b"\0")
    if len(tables.get(b"OS/2", b"")) >= 68:  # which Unicode ranges, first and last character
        table = bytearray(tables[b"OS/2"])
        table[42:58], table[64:68] = bytes(16), bytes(4)
        tables[b"OS/2"] = bytes(table)


def _post_names(post: bytes) -> tuple[list[int], list[bytes]]:
    (count,) = struct.unpack_from(">H", post, 32)
    count = min(count, (len(post) - 34) // 2)
    indices = list(struct.unpack_from(f">{count}H", post, 34))
    names: list[bytes] = []
    at = 34 + 2 * count
    while at < len(post):
        names.append(post[at + 1 : at + 1 + post[at]])
        at += 1 + post[at]
    return indices, names


def _standard_name(index: int) -> str:
    from fontTools.ttLib.standardGlyphOrder import standardGlyphOrder

    return str(standardGlyphOrder[index])


class _Numbers:
    """Glyph names for the table reader: their numbers."""

    lazy = False

    def getGlyphName(self, glyph: int) -> str:  # noqa: N802 - the library asks for it
        return str(glyph)

    def getGlyphNameMany(self, glyphs: Iterable[int]) -> list[str]:  # noqa: N802 - the library asks for it
        return [str(glyph) for glyph in glyphs]

    def getGlyphID(self, name: str) -> int:  # noqa: N802 - the library asks for it
        return int(name)

    def getGlyphIDMany(self, names: Iterable[str]) -> list[int]:  # noqa: N802 - the library asks for it
        return [int(name) for name in names]

    def getReverseGlyphMap(self) -> dict[str, int]:  # noqa: N802 - the library asks for it
        return _all_numbers()

    def getGlyphOrder(self) -> list[str]:  # noqa: N802 - the library asks for it
        return list(_all_numbers())


@cache
def _all_numbers() -> dict[str, int]:
    return {str(glyph): glyph for glyph in range(0x10000)}


def _load_cmap(data: bytes) -> Any:
    from fontTools.ttLib.tables._c_m_a_p import table__c_m_a_p

    table = table__c_m_a_p("cmap")
    try:
        table.decompile(data, _Numbers())
        for each in table.tables:
            getattr(each, "cmap", None)  # read lazily
    except Exception:  # noqa: BLE001 - the library fails in many ways on damaged tables
        raise BadProgram("damaged character map") from None
    return table


def _prune_cmap(data: bytes, keeps: Callable[[str], bool]) -> bytes:
    table = _load_cmap(data)
    table.tables = [
        each
        for each in table.tables
        if isinstance(getattr(each, "cmap", None), dict) and each.format != 14
    ]
    try:
        for each in table.tables:
            each.cmap = {code: name for code, name in each.cmap.items() if keeps(name)}
        return bytes(table.compile(_Numbers()))
    except Exception:  # noqa: BLE001 - the library fails in many ways on damaged tables
        raise BadProgram("damaged character map") from None
