"""Embedded font programs: which of their glyphs are drawn, and the program without the rest.

Source: ISO 32000-2:2020, 9.6.5 (encodings of simple fonts), 9.7.4.2 (glyphs by CID), 9.9 (embedded
programs). Where readers differ on which glyph a code draws, all they may draw are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.formats._pdf.compact import Compact
from gateway.formats._pdf.glyphnames import ENCODINGS, STANDARD, glyph_text
from gateway.formats._pdf.truetype import (
    BadProgram,
    character_maps,
    glyph_names,
    prune_truetype,
    read_tables,
)
from gateway.formats._pdf.type1 import Type1
from gateway.formats._pdf.values import (
    get,
    integer_of,
    is_dict,
    is_name,
    items,
    name_of,
    stream_bytes,
)

_SYMBOL_PAGES = (0, 0xF000, 0xF100, 0xF200)  # 9.6.5.4


@dataclass(slots=True)
class Drawn:
    """What one font draws still with a program.

    Args:
        cids: of a composite font.
        glyph_by_cid: the ``CIDToGIDMap``, two bytes each; empty for the identity.
        codes: of a simple font, ``None`` for a composite one.
        encoding: its ``Encoding`` entry.
    """

    cids: set[int] = field(default_factory=set)
    glyph_by_cid: bytes = b""
    codes: set[int] | None = None
    encoding: Any = None

    def glyphs_by_table(self) -> set[int]:
        """Glyph numbers of the CIDs."""
        if not self.glyph_by_cid:
            return set(self.cids)
        table = self.glyph_by_cid
        return {int.from_bytes(table[2 * cid : 2 * cid + 2], "big") for cid in self.cids}


def names_in_use(encoding: Any, codes: Collection[int]) -> dict[int, Any]:
    """Glyph names that ``Differences`` gives to codes, as name objects."""
    found: dict[int, Any] = {}
    code = 0
    for item in items(get(encoding, "/Differences")):
        if isinstance(item, int):
            code = item
        elif is_name(item):
            if code in codes:
                found[code] = item
            code += 1
    return found


def prune_program(stream: Any, drawn: Sequence[Drawn]) -> None:
    """Rewrite a font program in place without the glyphs that no font draws.

    Raises:
        BadProgram: it cannot be understood whole.
    """
    program = stream_bytes(stream)
    head = program[:4]
    if head in (b"\0\1\0\0", b"true", b"OTTO"):
        new = prune_truetype(program, _file_glyphs(program, drawn))
        lengths: tuple[int, ...] = (len(new),)
    elif head[:1] == b"\1":
        new = _prune_compact(program, drawn)
        lengths = ()
    elif head[:2] == b"%!" or head[:1] == b"\x80":
        font = Type1(program, integer_of(get(stream, "/Length1"), 0))
        names = _names(font.names, font.encoding, drawn)
        new, lengths = font.prune(lambda name: name in names)
    else:
        raise BadProgram("unknown kind of font program")
    stream.write(new)
    for number, length in enumerate(lengths, 1):
        stream[f"/Length{number}"] = length


def _names(
    all_names: Collection[str], built_in: dict[int, str], drawn: Sequence[Drawn]
) -> set[str]:
    """Names of the glyphs that simple fonts draw."""
    texts: dict[str, set[str]] = {}
    for name in all_names:
        texts.setdefault(glyph_text(name) or "", set()).add(name)
    kept: set[str] = set()
    for each in drawn:
        if each.codes is None:
            raise BadProgram("a composite font on a program without CIDs")
        base = name_of(get(each.encoding, "/BaseEncoding"))
        base = base if is_dict(each.encoding) else name_of(each.encoding)
        named = {
            code: bytes(name)[1:].decode("latin-1")
            for code, name in names_in_use(each.encoding, each.codes).items()
        }
        for code in each.codes:
            if code in named:
                kept.add(named[code])
            elif base in ENCODINGS:
                kept |= texts.get(ENCODINGS[base][code] or "\0", set())
            elif built_in:
                kept.add(built_in.get(code, ".notdef"))
            else:
                kept |= texts.get(STANDARD[code] or "\0", set())
    return kept


def _prune_compact(program: bytes, drawn: Sequence[Drawn]) -> bytes:
    font = Compact(program)
    composite = [each for each in drawn if each.codes is None]
    if font.cid_keyed:
        if len(composite) != len(drawn):
            raise BadProgram("a simple font on a program with CIDs")
        names = {f"cid{cid:05d}" for each in composite for cid in each.cids}
        return font.prune(lambda _glyph, name: name in names, in_place=False)
    if composite:
        if len(composite) != len(drawn):
            raise BadProgram("simple and composite fonts on one program")
        glyphs = {cid for each in composite for cid in each.cids}
        return font.prune(lambda glyph, _name: glyph in glyphs, in_place=True)
    built_in = dict(enumerate(font.encoding)) if font.encoding else {}
    spoken = [name for name in built_in.values() if name != ".notdef"]
    if len(set(spoken)) != len(spoken):
        raise BadProgram("two codes for one glyph")  # our writer would lose one of them
    names = _names(font.names, built_in, drawn)
    return font.prune(lambda _glyph, name: name in names, in_place=False)


def _file_glyphs(program: bytes, drawn: Sequence[Drawn]) -> set[int]:
    """Glyphs that are drawn out of a TrueType or OpenType file."""
    tables = read_tables(program)
    compact = Compact(tables[b"CFF "]) if b"CFF " in tables and b"glyf" not in tables else None
    kept: set[int] = set()
    maps, names = None, None
    for each in drawn:
        if each.codes is None:
            if compact and compact.cid_keyed:
                by_cid = compact.cids()
                kept |= {by_cid[cid] for cid in each.cids if cid in by_cid}
            else:
                kept |= each.glyphs_by_table()
            continue
        if maps is None or names is None:
            maps = character_maps(tables)
            names = glyph_names(tables)
            if compact:
                names = dict(enumerate(compact.names))
        kept |= _simple_glyphs(each, maps, names)
    return kept


def _simple_glyphs(
    drawn: Drawn, maps: Sequence[tuple[int, int, dict[int, int]]], names: dict[int, str]
) -> set[int]:
    """All glyphs that a reader may draw for the codes of a simple TrueType font."""
    codes = drawn.codes or set()
    base = name_of(get(drawn.encoding, "/BaseEncoding"))
    base = base if is_dict(drawn.encoding) else name_of(drawn.encoding)
    table = ENCODINGS.get(base, STANDARD)
    spoken = {
        code: bytes(name)[1:].decode("latin-1")
        for code, name in names_in_use(drawn.encoding, codes).items()
    }
    by_name = {name: glyph for glyph, name in names.items()}
    by_text: dict[str, set[int]] = {}
    for glyph, name in names.items():
        by_text.setdefault(glyph_text(name) or "", set()).add(glyph)
    kept: set[int] = set()
    for code in codes:
        text = glyph_text(spoken[code]) if code in spoken else table[code]
        if code in spoken and spoken[code] in by_name:
            kept.add(by_name[spoken[code]])
        if text:
            kept |= by_text.get(text, set())
        for platform, _, glyphs in maps:
            wanted = {page + code for page in _SYMBOL_PAGES}
            if text and len(text) == 1:
                wanted.add(ord(text) if platform != 1 else _mac_code(text, code))
            kept |= {glyphs[each] for each in wanted if each in glyphs}
    return kept


def _mac_code(text: str, code: int) -> int:
    try:
        return text.encode("mac_roman")[0]
    except UnicodeEncodeError:
        return code
