"""Names in formulas and addresses of OpenDocument: finding them, and writing new ones.

Source: OASIS OpenDocument 1.3, part 4 (OpenFormula), §5.7 (named expressions), §5.8
(references: ``['It''s mine'.A1:.B2]``); part 3, §18.3.5 (cell addresses).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gateway.formats._ooxml.text import Range

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")"""
    r"""|(?P<quoted>'(?:[^']|'')*')(?=\.|\#|$|[ \])])"""
    r"""|(?P<bare>[^\W\d][\w]*|[\w]+(?=\.))""",
)
_NOT_IN_SHEETS = str.maketrans(dict.fromkeys("[]*?:/\\'\"<>", "_"))
_NOT_IN_NAMES = re.compile(r"\W")


def renamed(text: str, sheets: Mapping[str, str], ranges: Mapping[str, str]) -> Iterator[Range]:
    """The places of a formula or address where a name stands that has a new one.

    Args:
        text: the formula, or any attribute that mentions sheets and ranges.
        sheets: new names of sheets by their old ones, casefolded.
        ranges: new names of ranges and expressions, likewise.
    """
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match["quoted"]:
            old = match["quoted"][1:-1].replace("''", "'").casefold()
            if old in sheets:
                yield start, end, quoted_sheet(sheets[old])
        elif match["bare"]:
            old = match["bare"].casefold()
            follows = text[end : end + 1]
            if follows == "." and old in sheets:
                yield start, end, quoted_sheet(sheets[old])
            elif follows not in {"(", "."} and old in ranges:
                yield start, end, ranges[old]


def quoted_sheet(name: str) -> str:
    """A sheet's name as references write it."""
    return "'" + name.replace("'", "''") + "'"


def within_constants(text: str, edits: list[Range]) -> bool:
    """Whether all edits stand inside string constants."""
    inside = [(m.start() + 1, m.end() - 1) for m in _TOKEN.finditer(text) if m["text"]]
    return all(any(a <= start and end <= b for a, b in inside) for start, end, _ in edits)


def sheet_name(text: str, taken: set[str]) -> str:
    """A name that a sheet may have and no other has."""
    return _unique(text.translate(_NOT_IN_SHEETS).strip() or "_", taken)


def range_name(text: str, taken: set[str]) -> str:
    """A name that a named range may have and no other has."""
    name = _NOT_IN_NAMES.sub("_", text)
    return _unique(f"_{name}" if not name or name[0].isdigit() else name, taken)


def _unique(name: str, taken: set[str]) -> str:
    folded = {other.casefold() for other in taken}
    candidate, count = name, 1
    while candidate.casefold() in folded:
        count += 1
        candidate = f"{name}_{count}"
    return candidate
