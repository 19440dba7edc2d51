"""From editing to a picture of the page to a refusal: the way an edited PDF is made.

A page goes down a rung where it was read as a picture, where a font cannot be rid of what it lost,
or where pdfium still sees in the new file what should be gone. Its picture is that of the edited
page, so what could be removed is not in it; the rest is painted over and looked for again by OCR.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from gateway.errors import CannotEdit, LimitExceeded, Unreadable
from gateway.formats._ledger import Ledger
from gateway.formats._pdf.contents import Contents, Drawn
from gateway.formats._pdf.pixels import decode, to_png
from gateway.formats._pdf.raster import render_page
from gateway.formats._pdf.repaint import is_painted_too, painted_over
from gateway.formats._pdf.second import places_of, survivors
from gateway.formats._pdf.write import Written, write_native
from gateway.model import Edit, Rung

if TYPE_CHECKING:
    from gateway.formats._images.ocr import Polygon

type Edits = Mapping[int, Sequence[Edit]]

_SHORTEST_BLURRED = 5  # shorter words are found as they are, or everything would look like them
_ALIKE = ("1!|il", "0o", "5s", "8b", "2z")
_LOOK_ALIKE = {char: f"[{re.escape(alike)}]" for alike in _ALIKE for char in alike} | {
    "m": r"(?:m|r\s*n)"
}


def write_pdf(
    contents: Contents,
    edits: Edits,
    children: Mapping[str, bytes],
    values: Sequence[str],
    ledger: Ledger,
) -> bytes:
    """The file with edits made.

    Args:
        contents: what was read of it.
        edits: edits by segment of the file's own.
        children: new bytes of changed children by part.
        values: all that is removed anywhere, to be looked for afterwards.
        ledger: keeps the rung that was taken.

    Raises:
        CannotEdit: something stands where it can neither be edited nor painted over.
    """
    written = write_native(contents, edits, children, {})
    pattern, pictured = _pattern(values, _written), _pattern(values, _pictured)
    left = _left_over(contents, edits, pattern, written) if pattern else set()
    left |= written.stuck
    left |= {
        page
        for page in written.pictured.keys() - left
        if not _is_gone_from_sight(written, page, pictured, ledger)
    }
    pages = sorted(left)
    if pages:
        pictures = {page: _picture(written, page, pattern, pictured, ledger) for page in pages}
        written = write_native(contents, edits, children, pictures)
        if written.stuck or (pattern and _left_over(contents, edits, pattern, written)):
            raise CannotEdit("text that cannot be removed, not even with its page")
        ledger.took(Rung.RASTERED)
    if written.dropped:
        ledger.took(Rung.DROPPED)
    return written.data


def _pattern(values: Sequence[str], spell: Callable[[str], str]) -> re.Pattern[str] | None:
    """Whole values in any case; spaces between their words may differ.

    Args:
        values: what is looked for.
        spell: the pattern of one word of a value.
    """
    forms = {r"\s*".join(map(spell, value.split())) for value in values if value.split()}
    if not forms:
        return None
    anyone = "|".join(sorted(forms, key=lambda form: (-len(form), form)))
    return re.compile(rf"(?<![^\W_])(?:{anyone})(?![^\W_])", re.IGNORECASE)


def _written(word: str) -> str:
    """A word as text spells it; ideographs may be spread apart."""
    return re.escape(word) if word.isascii() else r"\s*".join(map(re.escape, word))


def _pictured(word: str) -> str:
    """A word as OCR may spell it: spaces anywhere, and letters that look alike."""
    if len(word) < _SHORTEST_BLURRED:
        return r"\s*".join(map(re.escape, word))
    return r"\s*".join(_LOOK_ALIKE.get(char, re.escape(char)) for char in word.casefold())


def _left_over(
    contents: Contents, edits: Edits, pattern: re.Pattern[str], written: Written
) -> set[int]:
    """Pages on which pdfium sees a value that no policy left there."""
    try:
        seen = survivors(written.data, pattern, written.labels)
    except Unreadable:
        raise CannotEdit("the edited PDF cannot be read again") from None
    if not seen:
        return set()
    stays: dict[int, set[str]] = {}
    for index, target in enumerate(contents.targets):
        if isinstance(target, Drawn) and target.sheet.page in seen:
            gone = edits.get(index, ())
            for match in pattern.finditer(contents.children.own[index].text):
                if not any(e.start < match.end() and match.start() < e.end for e in gone):
                    stays.setdefault(target.sheet.page, set()).add(_folded(match[0]))
    return {
        page
        for page, found in seen.items()
        if {_folded(value) for value in found} - stays.get(page, set())
    }


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _is_gone_from_sight(
    written: Written, page: int, pattern: re.Pattern[str] | None, ledger: Ledger
) -> bool:
    """Whether editing took out all that had to be painted over in the picture of a page.

    The page was read as a picture because of a sign or two that no map translates; what goes is
    mostly text that could be edited.
    """
    if pattern is None:
        return False
    new, old = map(decode, written.pictured[page])
    try:
        shown = decode(render_page(written.data, page, ledger.limits))
    except (ValueError, LimitExceeded):
        return False
    return is_painted_too(old, new, shown) and not _legible(shown, pattern)


def _picture(
    written: Written,
    page: int,
    pattern: re.Pattern[str] | None,
    pictured: re.Pattern[str] | None,
    ledger: Ledger,
) -> bytes:
    """The picture of an edited page with all values painted over.

    Args:
        written: the file with the page in it.
        page: its index.
        pattern: the values as text spells them.
        pictured: the values as OCR may spell them.
        ledger: the budgets.
    """
    try:
        picture = decode(render_page(written.data, page, ledger.limits))
    except ValueError:
        raise CannotEdit("a page that can be neither edited nor drawn") from None
    if page in written.pictured:
        new, old = written.pictured[page]
        picture = painted_over(picture, decode(old), decode(new))
    if pattern is None or pictured is None:
        return to_png(picture)
    draw = ImageDraw.Draw(picture)
    for corners in places_of(written.data, page, pattern, picture.size):
        draw.polygon(corners, fill=0, outline=0)
    return to_png(_without_legible(picture, pictured))


def _without_legible(picture: Image.Image, pattern: re.Pattern[str]) -> Image.Image:
    """The picture without what OCR finds in it; two looks, and then no more.

    Raises:
        CannotEdit: a value can be read still.
    """
    from gateway.formats._images.painting import paint

    for _ in range(2):
        boxes = _legible(picture, pattern)
        if not boxes:
            return picture
        picture = paint(picture, boxes)
    raise CannotEdit("a removed value can still be read in the picture of its page")


def _legible(picture: Image.Image, pattern: re.Pattern[str]) -> list[Polygon]:
    """Where OCR finds a value in a picture."""
    from gateway.formats._images.reading import read_pixels

    return [
        box
        for block in read_pixels(picture).blocks
        for match in pattern.finditer(block.text)
        for box in block.boxes(match.start(), match.end())
    ]
