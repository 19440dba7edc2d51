"""Taking out of fonts what they say of characters that are no longer drawn.

A font subset, its widths and its Unicode map list the characters of a text; of Chinese names they
tell the whole name. Only fonts that lost a character are changed, and those keep nothing but what
is drawn: a hole where one glyph was would tell as much. Glyph numbers and codes stay, so a gap in
them still tells that there was a glyph.

Source: ISO 32000-2:2020, 9.6 to 9.10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

from gateway.formats._pdf.cmap import parse_cmap
from gateway.formats._pdf.content import Reader
from gateway.formats._pdf.font import Font
from gateway.formats._pdf.glyphnames import glyph_text
from gateway.formats._pdf.objects import roots
from gateway.formats._pdf.programs import Drawn, names_in_use, prune_program
from gateway.formats._pdf.remove import Removals
from gateway.formats._pdf.sheet import Sheet
from gateway.formats._pdf.truetype import BadProgram
from gateway.formats._pdf.values import (
    ObjectId,
    entries,
    get,
    id_of,
    integer_of,
    is_array,
    is_dict,
    is_stream,
    is_string,
    items,
    name_of,
    number_of,
    stream_bytes,
)

_FONT_TYPES = frozenset(("Type0", "Type1", "MMType1", "TrueType", "Type3"))
_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")

type Codes = dict[int, int]
"""Codes that are drawn, each with its length in bytes."""


@dataclass(slots=True)
class _User:
    """A font dictionary, what was read of it, and what is still drawn with it."""

    value: Any
    font: Font
    codes: Codes

    @property
    def descendant(self) -> Any:
        found = items(get(self.value, "/DescendantFonts"))
        return found[0] if found else None

    @property
    def descriptor(self) -> Any:
        holder = self.value if self.font.simple else self.descendant
        return get(holder, "/FontDescriptor")

    def program(self) -> Any:
        descriptor = self.descriptor
        found = (get(descriptor, key) for key in _PROGRAMS)
        return next((stream for stream in found if is_stream(stream)), None)

    def parts(self) -> Iterator[ObjectId]:
        """Objects that it may share with other fonts."""
        shared = (
            get(self.value, "/ToUnicode"),
            get(self.value, "/Encoding"),
            get(self.value, "/CharProcs"),
            self.descendant,
            self.descriptor,
            self.program(),
        )
        for part in shared:
            if (is_dict(part) or is_stream(part)) and (object_id := id_of(part)):
                yield object_id

    def cids(self) -> set[int]:
        """CIDs that are drawn.

        Raises:
            BadProgram: they cannot be known.
        """
        found = {self.font.cid_of(code) for code in self.codes}
        if None in found:
            raise BadProgram("a predefined map")
        return {cid for cid in found if cid is not None}


def prune_fonts(
    pdf: pikepdf.Pdf, reader: Reader, sheets: Iterable[Sheet], removals: Removals
) -> list[Font]:
    """Take out of all fonts that lost a character what they say of it.

    Args:
        pdf: the document.
        reader: what read it.
        sheets: all that is drawn.
        removals: what is drawn no longer.

    Returns:
        the fonts whose program, a subset, tells still what it had.
    """
    drawn, lost = _usage(sheets, removals)
    if not lost:
        return []
    users = [
        _User(value, font, drawn.get(id(font), {}))
        for value in _font_dictionaries(pdf)
        if (font := reader.fonts.get(id_of(value) or value.unparse()))
    ]
    affected = _closure(users, lost)
    stuck = _prune_programs(pdf, affected)
    for user in affected:
        _prune_dictionary(pdf, user)
    return stuck


def _usage(sheets: Iterable[Sheet], removals: Removals) -> tuple[dict[int, Codes], set[int]]:
    """What each font draws still, and which fonts lost a character, by identity."""
    drawn: dict[int, Codes] = {}
    gone: dict[int, set[int]] = {}
    for sheet in sheets:
        for run in sheet.runs:
            kept = drawn.setdefault(id(run.font), {})
            if not removals.touches(run):
                kept.update((glyph.code, glyph.end - glyph.start) for glyph in run.glyphs)
                continue
            for glyph in run.glyphs:
                if removals.has(glyph):
                    gone.setdefault(id(run.font), set()).add(glyph.code)
                else:
                    kept[glyph.code] = glyph.end - glyph.start
    return drawn, {font for font, codes in gone.items() if codes - drawn[font].keys()}


def _font_dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for _, top in roots(pdf):
        stack = [top]
        while stack:
            value = stack.pop()
            if is_dict(value):
                if name_of(get(value, "/Subtype")) in _FONT_TYPES and not is_stream(value):
                    yield value
                stack += [item for _, item in entries(value) if _is_inner(item)]
            elif is_array(value):
                stack += [item for item in items(value) if _is_inner(item)]


def _is_inner(value: Any) -> bool:
    return (is_dict(value) or is_array(value)) and not id_of(value)


def _closure(users: Sequence[_User], lost: set[int]) -> list[_User]:
    """The fonts that lost something, and those that share a part with one of them."""
    waiting = [(user, set(user.parts())) for user in users]
    affected: list[_User] = []
    touched: set[ObjectId] = set()
    grew = True
    while grew:
        grew = False
        for entry in list(waiting):
            user, parts = entry
            if id(user.font) in lost or parts & touched:
                affected.append(user)
                touched |= parts
                waiting.remove(entry)
                grew = True
    return affected


def _prune_programs(pdf: pikepdf.Pdf, users: Sequence[_User]) -> list[Font]:
    """Prune each embedded program once; the fonts of those that cannot be pruned."""
    by_program: dict[ObjectId, list[_User]] = {}
    for user in users:
        program = user.program()
        if program is not None and (object_id := id_of(program)):
            by_program.setdefault(object_id, []).append(user)
    stuck: list[Font] = []
    for object_id, group in by_program.items():
        try:
            drawn = [_drawn(user) for user in group]
            prune_program(pdf.get_object(object_id), drawn)
        except BadProgram:
            if any(_is_subset(user) for user in group):
                stuck += [user.font for user in group]
    return stuck


def _drawn(user: _User) -> Drawn:
    if not user.font.simple:
        mapping = get(user.descendant, "/CIDToGIDMap")
        table = stream_bytes(mapping) if is_stream(mapping) else b""
        return Drawn(cids=user.cids(), glyph_by_cid=table)
    return Drawn(codes=set(user.codes), encoding=get(user.value, "/Encoding"))


def _is_subset(user: _User) -> bool:
    """Whether a font holds chosen characters only (9.9.2: six letters and a plus sign)."""
    names = [name_of(get(each, "/BaseFont")) for each in (user.value, user.descendant)]
    names.append(name_of(get(user.descriptor, "/FontName")))
    return any(name[6:7] == "+" for name in names) or not any(names)


def _prune_dictionary(pdf: pikepdf.Pdf, user: _User) -> None:
    font = user.value
    if is_stream(get(font, "/ToUnicode")):
        old = parse_cmap(stream_bytes(font["/ToUnicode"]))
        texts = {code: old.text(code) for code in user.codes}
        font["/ToUnicode"] = pdf.make_stream(_unicode_map(texts, user.codes))
    if user.font.simple:
        _prune_simple(user)
    elif is_dict(user.descendant):
        _prune_composite(pdf, user)


def _unicode_map(texts: dict[int, str | None], codes: Codes) -> bytes:
    """A ToUnicode map (9.10.3; Technical Note 5411)."""
    lines = [b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap"]
    lines.append(b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def")
    lines.append(b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def")
    lengths = sorted(set(codes.values())) or [1]
    lines.append(b"%d begincodespacerange" % len(lengths))
    lines += [b"<%s> <%s>" % (b"00" * length, b"FF" * length) for length in lengths]
    lines.append(b"endcodespacerange")
    pairs = [
        b"<%s> <%s>" % (_hex(code, codes[code]), text.encode("utf-16-be", "ignore").hex().encode())
        for code, text in sorted(texts.items())
        if text
    ]
    for at in range(0, len(pairs), 100):  # a block holds 100 at most
        block = pairs[at : at + 100]
        lines += [b"%d beginbfchar" % len(block), *block, b"endbfchar"]
    lines.append(b"endcmap CMapName currentdict /CMap defineresource pop end end\n")
    return b"\n".join(lines)


def _hex(code: int, length: int) -> bytes:
    return code.to_bytes(max(length, 1), "big").hex().encode("ascii")


def _prune_simple(user: _User) -> None:
    font, codes = user.value, user.codes
    widths = get(font, "/Widths")
    if is_array(widths):
        first = integer_of(get(font, "/FirstChar"), 0)
        given = {first + at: width for at, width in enumerate(widths)}
        begin, end = (min(codes), max(codes)) if codes else (first, first)
        font["/FirstChar"], font["/LastChar"] = begin, end
        font["/Widths"] = pikepdf.Array(
            [given.get(code, 0) if code in codes else 0 for code in range(begin, end + 1)]
        )
    encoding = get(font, "/Encoding")
    names = names_in_use(encoding, codes)
    if is_dict(encoding) and is_array(get(encoding, "/Differences")):
        new = pikepdf.Dictionary(encoding)
        new["/Differences"] = pikepdf.Array(
            [item for code in sorted(names) for item in (code, names[code])]
        )
        font["/Encoding"] = new
    procedures = get(font, "/CharProcs")
    if is_dict(procedures):
        spoken = {bytes(name) for name in names.values()}
        kept = [
            (key, procedure)
            for key, procedure in entries(procedures)
            if key.encode("utf-8", "surrogateescape") in spoken
        ]
        font["/CharProcs"] = pikepdf.Dictionary(dict(kept))
    _prune_char_set(user, {bytes(name)[1:] for name in names.values()})


def _prune_char_set(user: _User, spoken: set[bytes]) -> None:
    """The list of glyph names in the descriptor (9.8.1)."""
    listed = get(user.descriptor, "/CharSet")
    if is_string(listed):
        shown = {user.font.text_of(code, bytes((code & 0xFF,))) for code in user.codes}
        kept = [
            b"/" + name
            for name in bytes(listed).split(b"/")[1:]
            if name in spoken or (glyph_text(name.decode("latin-1")) or "\0") in shown
        ]
        user.descriptor["/CharSet"] = pikepdf.String(b"".join(kept))


def _prune_composite(pdf: pikepdf.Pdf, user: _User) -> None:
    descendant = user.descendant
    try:
        cids = user.cids()
    except BadProgram:
        return  # widths by CIDs that nobody here knows; ideographs have none of their own
    for key, count in (("/W", 1), ("/W2", 3)):
        if is_array(get(descendant, key)):
            metrics = _metrics(get(descendant, key), count)
            kept = [item for cid in sorted(cids & metrics.keys()) for item in (cid, metrics[cid])]
            descendant[key] = pikepdf.Array(
                [pikepdf.Array(item) if isinstance(item, list) else item for item in kept]
            )
    mapping = get(descendant, "/CIDToGIDMap")
    if is_stream(mapping):
        table = stream_bytes(mapping)
        new = bytearray(2 * (max(cids, default=0) + 1))
        for cid in cids:
            new[2 * cid : 2 * cid + 2] = table[2 * cid : 2 * cid + 2].ljust(2, b"\0")
        descendant["/CIDToGIDMap"] = pdf.make_stream(bytes(new))
    descriptor = user.descriptor
    if is_stream(get(descriptor, "/CIDSet")):
        bits = bytearray(max(cids, default=0) // 8 + 1)
        for cid in cids | {0}:
            bits[cid // 8] |= 0x80 >> cid % 8
        descriptor["/CIDSet"] = pdf.make_stream(bytes(bits))


def _metrics(array: Any, count: int) -> dict[int, list[float]]:
    """The numbers of a ``W`` (one each) or ``W2`` array (three each) by CID (9.7.4.3)."""
    found: dict[int, list[float]] = {}
    values = items(array)
    at = 0
    while at + 1 < len(values):
        first = integer_of(values[at], 0)
        if is_array(values[at + 1]):
            numbers = [number_of(item, 0.0) for item in values[at + 1]]
            for offset in range(0, len(numbers) - count + 1, count):
                found[first + offset // count] = numbers[offset : offset + count]
            at += 2
        else:
            last = min(integer_of(values[at + 1], first), first + 0xFFFF)
            numbers = [number_of(item, 0.0) for item in values[at + 2 : at + 2 + count]]
            if len(numbers) == count:
                found |= dict.fromkeys(range(first, last + 1), numbers)
            at += 2 + count
    return found
