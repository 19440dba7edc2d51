"""Names in formulas: how sheets and defined names are renamed, and what a formula allows.

Source: ECMA-376-1 §18.17 (formula grammar), §18.2.19 and Excel's own limits (sheet names have at
most 31 characters, no brackets, colons, asterisks, question marks or slashes; defined names are identifiers of at most 255).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.formats._ooxml.text import Range

_TOKEN = re.compile(
    r'(?P<literal>"(?:[^"]|"")*")'
    r"|(?P<quoted>'(?:[^']|'')+'(?=!))"
    r"|(?P<bracket>\[[^\[\]]*\](?:[^\W\d][\w.]*!)?)"
    r"|(?P<sheet>[^\W\d][\w.]*(?::[^\W\d][\w.]*)?(?=!))"
    r"|(?P<word>[^\W\d][\w.\\]*)"
)


def sheet_name(text: str, taken: Iterable[str]) -> str:
    """Text as a sheet name that no other sheet has."""
    clean = text.translate(str.maketrans("[]:*?/\\", "()_____")).strip("'") or "_"
    return _unique(clean, {name.casefold() for name in taken}, 31)


def identifier(text: str, taken: Iterable[str]) -> str:
    """Text as a defined name that is not yet used."""
    clean = re.sub(r"[^\w.]", "_", text)
    if not re.match(r"[^\W\d]", clean) or re.fullmatch(r"[A-Za-z]{1,3}[0-9]+|[RCrc]", clean):
        clean = "_" + clean
    return _unique(clean, {name.casefold() for name in taken}, 255)


def _unique(name: str, taken: set[str], length: int) -> str:
    candidate, count = name[:length], 1
    while candidate.casefold() in taken:
        count += 1
        tail = f"_{count}"
        candidate = name[: length - len(tail)] + tail
    return candidate


def renamed(text: str, sheets: Mapping[str, str], names: Mapping[str, str]) -> Iterator[Range]:
    """Where a formula mentions renamed sheets or names, and what must stand there.

    Args:
        text: the formula, without its equals sign.
        sheets: new sheet names by the old ones in case-folded form.
        names: the same for defined names and tables.
    """
    for match in _TOKEN.finditer(text):
        found = match.group()
        if match["quoted"]:
            inner = found[1:-1].replace("''", "'")
            parts = [sheets.get(part.casefold(), part) for part in inner.split(":")]
        elif match["sheet"]:
            inner = found
            parts = [sheets.get(part.casefold(), part) for part in inner.split(":")]
        elif match["word"] and found.casefold() in names:
            yield match.start(), match.end(), names[found.casefold()]
            continue
        else:
            continue
        new = ":".join(parts)
        if new != inner:
            yield match.start(), match.end(), "'" + new.replace("'", "''") + "'"


def only_in_literals(text: str, ranges: Sequence[Range]) -> bool:
    """Whether all ranges lie within string constants of the formula."""
    literals = [m.span() for m in _TOKEN.finditer(text) if m["literal"]]
    return all(
        any(first < start and end < last for first, last in literals) for start, end, _ in ranges
    )
