"""Running text: cutting it, reading the escapes in it, opening the documents inside it.

Shared by the text format and by those that fall back to it when a structure does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.errors import Unreadable
from gateway.formats._base import Descend, Opener
from gateway.formats._base64 import has_magic
from gateway.formats._embedded import Embedded, find_embedded
from gateway.formats._encoding import Decoded
from gateway.formats._pieces import Piece, PiecedDocument

LONGEST = 100_000
"""Characters after which a segment ends at the next good place."""

_PARAGRAPH = re.compile(r"\n[ \t]*\r?\n")
_SENTENCE = re.compile(r"[。！？]|[.!?](?=[ \t])")
_ESCAPES = re.compile(r"(?<!\\)(?:\\u(?![0-9]{5})[0-9A-Fa-f]{4})+")
_EMBEDDED = re.compile(
    r"data:[\w!#$&^.+/-]{0,80}(?:;[\w=.%-]{1,100}){0,5};base64,[A-Za-z0-9+/_%=-]++"
    r"|(?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/_-]{40,}+(?:\r?\n[A-Za-z0-9+/_-]{40,}+)*+"
    r"(?:\r?\n[A-Za-z0-9+/_-]{1,39}+(?![^\r\n=]))?+={0,2}+(?!\.[A-Za-z0-9_-])",
    re.ASCII,
)
"""The parts of a token (JWT), which dots join, are no documents: the token is found as a whole."""

LEAST_BLOCK = 120


def plain_document(name: str, decoded: Decoded, open_child: Opener) -> PiecedDocument:
    """A document of running text, cut into segments, with its base64 opened as children."""
    document = PiecedDocument(name, decoded, escape)
    text = decoded.text
    at = number = 0
    for child, (start, end, found) in enumerate(embedded(text), 1):
        document.embed(f"embedded {child}", (start, end), found, open_child)
        number = _add_text(document, at, start, number)
        at = end
    _add_text(document, at, len(text), number)
    return document


def plain_layers(text: str, descend: Descend) -> Iterator[str]:
    """The text as it stands, then with its escapes read, then what is embedded in it."""
    yield text
    if "\\u" in text:
        yield _ESCAPES.sub(lambda run: _unescape(run[0]) or run[0], text)
    for _, _, found in embedded(text):
        yield found.label
        yield from descend(found.data, found.hint)


def pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    r"""Literal stretches, and each ``\uXXXX`` (Java, JavaScript and Python sources write so).

    Five decimal digits in a row are no such escape: they may be the beginning of a number.
    """
    at = start
    escaped = text.find("\\u", start, end) >= 0
    for run in _ESCAPES.finditer(text, start, end) if escaped else ():
        if at < run.start():
            yield Piece(text[at : run.start()], at, run.start())
        at = run.start()
        for char in _unescape(run[0]):
            width = 12 if char > "\uffff" else 6
            yield Piece(char, at, at + width, "escape", literal=False)
            at += width
    if at < end:
        yield Piece(text[at:end], at, end)


def escape(place: str, text: str) -> str:
    r"""Text for a place: where an escape stood, characters beyond ASCII stay escapes."""
    if place != "escape":
        return text
    return "".join(c if c.isascii() else _escaped(c) for c in text)


def embedded(text: str) -> Iterator[tuple[int, int, Embedded]]:
    """Documents in base64: ``data:`` URLs, and blocks that decode to a known kind of content.

    Yields:
        start and end in the text, and what was found.
    """
    for match in _EMBEDDED.finditer(text):
        start, end = match.span()
        if not match[0].startswith("data:") and end - start < LEAST_BLOCK:
            continue
        # The last line may be the first word of what follows.
        for block in (match[0], match[0].rpartition("\n")[0].rstrip("\r")):
            try:
                found = find_embedded(block) if block else None
            except Unreadable:
                break  # "data:" in prose, or cut off: it is read as the text it is
            if found is not None:
                yield start, start + len(block), found
                break


def files(text: str) -> Iterator[tuple[int, int, Embedded]]:
    """Of :func:`embedded` only files, whose text is not found by decoding alone."""
    if len(text) >= LEAST_BLOCK:
        for start, end, found in embedded(text):
            if has_magic(found.data):
                yield start, end, found


def embed_files(
    document: PiecedDocument, row: Sequence[Piece], part: str, open_child: Opener
) -> None:
    """Open the files that stand as base64 in a row of pieces, beside the row's own segment."""
    for piece in row:
        if piece.end - piece.start != len(piece.text):
            continue
        for number, (start, end, found) in enumerate(files(piece.text), 1):
            span = (piece.start + start, piece.start + end)
            address = f"{part}, file {number} at {piece.start}"
            document.embed(address, span, found, open_child, piece.place)


def _add_text(document: PiecedDocument, start: int, end: int, number: int) -> int:
    """Add a stretch of text in segments of about ``LONGEST`` characters; count on."""
    text = document.decoded.text
    while start < end:
        number += 1
        cut = _cut(text, start, end)
        document.add(tuple(pieces(text, start, cut)), f"text {number}")
        start = cut
    return number


def _cut(text: str, start: int, end: int) -> int:
    """Where the segment that begins at ``start`` ends.

    No value is cut in two: the end is a blank line if there is one in the second half, else the
    end of a line outside a PEM block, else of a sentence. Text with none of these is not cut.
    """
    if end - start <= LONGEST:
        return end
    middle, last = start + LONGEST // 2, start + LONGEST
    for cut in (_PARAGRAPH, _LINE, _SENTENCE):
        best = 0
        for match in cut.finditer(text, middle, last):
            best = match.end()
        if best and cut is _LINE:
            opened = text.rfind("-----BEGIN ", start, best)
            if opened > text.rfind("-----END ", start, best) and opened > start:
                best = opened
        if best:
            return best
    following = _LINE.search(text, last, end) or _SENTENCE.search(text, last, end)
    return following.end() if following else end


_LINE = re.compile(r"\n|\r(?!\n)")


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))


def _unescape(run: str) -> str:
    """The characters of a run of escapes; none when it holds half a surrogate pair."""
    try:
        return bytes.fromhex(run.replace("\\u", "")).decode("utf-16-be")
    except UnicodeDecodeError:
        return ""
