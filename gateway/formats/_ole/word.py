"""The text of a Word document: paragraphs out of pieces, fields, and the tables beside it.

Source: [MS-DOC] §2.4.1 (text), §2.8.25 (fields), §2.2.4 (STTB), §2.5.6 (what the pairs are).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from gateway.errors import Unreadable
from gateway.formats._ole.cfb import Compound
from gateway.formats._ole.fib import SUBDOCUMENTS, Fib, Piece, is_word97, read_fib, read_pieces
from gateway.formats._ole.passage import UTF16, Blank, Inline, Passage, Path, Span, inline
from gateway.formats._ole.reading import Reading
from gateway.formats._ole.residue import as_units
from gateway.model import Role, Segment

MAIN = frozenset({"worddocument", "0table", "1table", "data"})

_FIELD, _RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_ENDS = frozenset("\r\x07\x0c\x0e")
# Marks of objects, notes and pictures, and hyphens that a reader does not see.
_UNSEEN = frozenset("\x00\x01\x02\x03\x04\x05\x06\x08\x1f")
_SHOWN = {"\x0b": "\n", "\x1e": "-"}

# Numbers of the pairs whose string tables tell who worked on the document and where.
_TRACE_TABLES = {51: "revision authors", 71: "saved by"}
_COMMENTS, _DATES, _TITLES, _AUTHORS_OF_COMMENTS = 4, 31, 32, 36
# Of the titles ([MS-DOC] §2.9.287): the template, the author, who saved last.
_TRACE_TITLES = frozenset({1, 6, 7})
_PAGE_TABLES = (12, 13)
_PAGE = 512


def read_word(compound: Compound, reading: Reading) -> None:
    """Read the main streams.

    Raises:
        Unreadable: encrypted or damaged.
    """
    if not is_word97(compound):
        raise Unreadable("old Office file: older than Word 97")
    fib = read_fib(compound)
    main = compound.stream(fib.main) or b""
    table = compound.stream(fib.table) or b""
    pieces = read_pieces(main, table, fib)
    if sum(piece.length for piece in pieces) < sum(fib.counts):
        raise Unreadable("damaged: the piece table")
    reading.cover((fib.main,), 0, min(fib.end, len(main)))
    for name, stretch in _subdocuments(pieces, fib):
        role = Role.COMMENT if name == "comments" else Role.BODY
        reading.add(_Text(name, role, (fib.main,)).read(main, stretch))
    for piece in pieces:
        reading.cover((fib.main,), piece.start, piece.start + piece.length * (1 + piece.is_wide))
    for start in _formatting_pages(table, fib):
        reading.cover((fib.main,), start, start + _PAGE)
    start, size = fib.pairs[33]
    reading.cover((fib.table,), start, start + size)
    reading.add(_traces(table, fib))
    reading.add(_tables(table, fib))
    for name in (fib.main, "Data"):
        for node in compound.nodes:
            if len(node.path) == 1 and node.name.lower() == name.lower():
                reading.pictures(node.path, node.data, "pictures" if name == "Data" else "drawings")


def _formatting_pages(table: bytes, fib: Fib) -> Iterator[int]:
    """Where the pages stand that hold the formatting of characters and paragraphs.

    Source: [MS-DOC] §2.8.5 (PlcBteChpx), §2.8.6 (PlcBtePapx).
    """
    for number in _PAGE_TABLES:
        start, size = fib.pairs[number]
        count = (size - 4) // 8
        if count > 0 and start + size <= len(table):
            pages = struct.unpack_from(f"<{count}I", table, start + 4 * (count + 1))
            yield from (_PAGE * (page & 0x3F_FFFF) for page in pages)


def _subdocuments(pieces: Sequence[Piece], fib: Fib) -> Iterator[tuple[str, list[Piece]]]:
    """The pieces of each subdocument; what follows the last one belongs to none, but is text."""
    rest = list(pieces)
    for name, count in zip((*SUBDOCUMENTS, "after the end"), (*fib.counts, -1), strict=True):
        taken: list[Piece] = []
        left = count if count >= 0 else sum(piece.length for piece in rest)
        while left > 0 and rest:
            piece = rest.pop(0)
            if piece.length > left:
                width = 1 + piece.is_wide
                rest.insert(
                    0, Piece(piece.length - left, piece.start + left * width, piece.is_wide)
                )
                piece = Piece(left, piece.start, piece.is_wide)
            taken.append(piece)
            left -= piece.length
        yield name, taken


class _Text:
    """Cuts the text of one subdocument into paragraphs and field instructions."""

    def __init__(self, name: str, role: Role, stream: Path) -> None:
        self._name = name
        self._role = role
        self._stream = stream
        self._count = 0
        self._line: list[Span] = []
        self._codes: list[list[Span]] = []  # instructions of fields that are open
        self._depth = 0
        self._done: list[Passage] = []

    def read(self, main: bytes, pieces: Sequence[Piece]) -> list[Passage]:
        """All passages of the pieces."""
        for piece in pieces:
            size = piece.length * (1 + piece.is_wide)
            raw = main[piece.start : piece.start + size]
            text = as_units(raw) if piece.is_wide else raw.decode("cp1252", "replace")
            codec = UTF16 if piece.is_wide else "cp1252"
            self._piece(text, piece.start, codec)
        while self._codes:
            self._close_code()
        self._paragraph()
        return self._done

    def _piece(self, text: str, start: int, codec: str) -> None:
        width = 2 if codec == UTF16 else 1
        first = 0
        for at, character in enumerate(text):
            if character >= " ":
                continue
            self._run(text[first:at], start + first * width, codec)
            first = at + 1
            self._control(character, start + at * width, codec)
        self._run(text[first:], start + first * width, codec)

    def _control(self, character: str, start: int, codec: str) -> None:
        if character >= " ":
            self._run(character, start, codec)
        elif character in _ENDS:
            if not self._codes:
                self._paragraph()
        elif character == _FIELD:
            self._codes.append([])
        elif character in {_RESULT, _FIELD_END}:
            if self._codes and (character == _RESULT or self._depth == 0):
                self._close_code()
                self._depth += character == _RESULT
            elif character == _FIELD_END and self._depth:
                self._depth -= 1
        elif character not in _UNSEEN:
            shown = _SHOWN.get(character, character if character == "\t" else " ")
            self._run(shown, start, codec)

    def _run(self, text: str, start: int, codec: str) -> None:
        if text:
            span = Span(_paired(text), self._stream, start, codec)
            (self._codes[-1] if self._codes else self._line).append(span)

    def _paragraph(self) -> None:
        self._count += 1
        part = f"{self._name}/p[{self._count}]"
        self._done += inline(self._line, part, self._role)
        self._line = []

    def _close_code(self) -> None:
        code = self._codes.pop()
        part = f"{self._name}/p[{self._count + 1}]/field"
        self._done += inline(code, part, Role.HIDDEN)


def _paired(text: str) -> str:
    """Surrogate pairs as one character, single ones as a mark of the same width."""
    if not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.encode(UTF16, "surrogatepass").decode(UTF16, "replace")


def _traces(table: bytes, fib: Fib) -> Iterator[Passage]:
    """Names of those who changed, commented and saved the document."""
    for number, name in _TRACE_TABLES.items():
        if number < len(fib.pairs):
            start, size = fib.pairs[number]
            for index, (at, length) in enumerate(_strings(table, start, size), 1):
                yield from _trace(table, (fib.table,), at, length, f"{name} {index}")
    yield from _initials(table, fib)
    start, size = fib.pairs[_DATES]
    if size >= 38:
        # Made, changed, printed, times saved, minutes of work ([MS-DOC] §2.7.2).
        blank = Blank((fib.table,), start + 20, min(start + 38, len(table)))
        yield Passage(Segment("", "dates", Role.TRACE), blank)
    start, size = fib.pairs[_TITLES]
    for index, (at, length) in enumerate(_strings(table, start, size)):
        if index in _TRACE_TITLES:
            yield from _trace(table, (fib.table,), at, length, f"title {index}")
    start, size = fib.pairs[_AUTHORS_OF_COMMENTS]
    at = start
    index = 0
    while size and at + 2 <= min(start + size, len(table)):
        (length,) = struct.unpack_from("<H", table, at)
        index += 1
        yield from _trace(table, (fib.table,), at + 2, length, f"comment authors {index}")
        at += 2 + 2 * length


def _tables(table: bytes, fib: Fib) -> Iterator[Passage]:
    """Strings of all other tables: a count before the next string may look like a letter."""
    for number, (start, size) in enumerate(fib.pairs):
        if number in _TRACE_TABLES:
            continue
        for index, (at, length) in enumerate(_strings(table, start, size)):
            if number == _TITLES and index in _TRACE_TITLES:
                continue
            span = Span(_paired(as_units(table[at : at + 2 * length])), (fib.table,), at, UTF16)
            yield from inline([span], f"table {number}/{index + 1}", Role.HIDDEN)


def _initials(table: bytes, fib: Fib) -> Iterator[Passage]:
    """Initials of those who commented ([MS-DOC] §2.9.4): a count and up to nine characters."""
    start, size = fib.pairs[_COMMENTS]
    count = (size - 4) // 34 if size > 4 and start + size <= len(table) else 0
    for index in range(count):
        at = start + 4 * (count + 1) + 30 * index
        (length,) = struct.unpack_from("<H", table, at)
        if length <= 9:
            yield from _trace(table, (fib.table,), at + 2, length, f"initials {index + 1}")


def _trace(table: bytes, stream: Path, at: int, length: int, part: str) -> Iterator[Passage]:
    text = table[at : at + 2 * length].decode(UTF16, "replace")
    if text.strip() and len(text) == length:
        span = Span(text, stream, at, UTF16)
        yield Passage(Segment(text, part, Role.TRACE), Inline((span,)))


def _strings(table: bytes, start: int, size: int) -> Iterator[tuple[int, int]]:
    """Offset and length of each string of a table of strings ([MS-DOC] §2.2.4)."""
    if size < 6 or start + size > len(table) or table[start : start + 2] != b"\xff\xff":
        return
    count, extra = struct.unpack_from("<HH", table, start + 2)
    at = start + 6
    for _ in range(count):
        if at + 2 > start + size:
            return
        (length,) = struct.unpack_from("<H", table, at)
        if at + 2 + 2 * length > start + size:
            return
        yield at + 2, length
        at += 2 + 2 * length + extra
