"""Server-sent events (WHATWG HTML, section 9.2.6): the data of each event is a document or text.

Who records a chat, or streams a request, writes lines ``data: {…}``. Field values are segments;
the JSON in them is opened, so that its escapes are read. Lines of one event's data are one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import Decoded, declared_charset, decode, peek
from gateway.formats._pieces import Piece, PiecedDocument, embedded_in, embedded_layers
from gateway.formats._sniff import is_running_text
from gateway.model import Hint, Role

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_FIELD = re.compile(r"(event|data|id|retry)(?:: ?|\Z)|:")
_EVIDENT = re.compile(
    r"(?:\ufeff?(?:(?:event|id|retry):[^\r\n]*|:[^\r\n]*)?(?:\r\n|\r|\n))*+data: ?[\[{][^\r\n]*(?:\r\n|\r|\n)"
)
_BREAKS = re.compile(r"\r\n|\r|\n")


class _EventStream:
    name: ClassVar[str] = "eventstream"

    def score(self, data: bytes, hint: Hint) -> float:
        """Declared, or an event with JSON in it before anything else."""
        declared = hint.essence == "text/event-stream"
        if not (declared or _EVIDENT.match(peek(data, 4000))) or not is_running_text(data):
            return -1.0
        return 0.95 if declared else 0.6

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        decoded = decode(data, declared_charset(hint))
        document = PiecedDocument(self.name, decoded, _escape)
        for number, (field, pieces) in enumerate(_values(decoded), 1):
            part = f"{field} {number}"
            text = "".join(piece.text for piece in pieces)
            if found := embedded_in(text, (field,)):
                document.embed(part, (pieces[0].start, pieces[-1].end), found, open_child)
            else:
                role = Role.BODY if field == "data" else Role.METADATA
                document.add(pieces, part, role, (field,))
        return document

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Line by line, with the standard library's idea of a line."""
        text = decode(data, declared_charset(hint)).text
        yield text
        collected: list[str] = []
        for line in [*text.splitlines(), ""]:
            field, _, value = line.partition(":")
            if field == "data":
                collected.append(value.removeprefix(" "))
            elif not line:
                joined = "\n".join(collected)
                yield joined
                yield from embedded_layers(joined, descend, ("data",))
                collected = []
            else:
                yield value


def _values(decoded: Decoded) -> Iterator[tuple[str, list[Piece]]]:
    """Each field's name and its value; lines of data that follow each other are one value."""
    data: list[Piece] = []
    end = 0
    for line in _LINE.finditer(decoded.text):
        first, last = line.span(1)
        match = _FIELD.match(decoded.text, first, last)
        field = (match[1] if match else "") or "comment"
        start = match.end() if match else first
        value = Piece(decoded.text[start:last], start, last)
        if field == "data":
            data += [Piece("\n", end, start, literal=False)] if data else []
            data.append(value)
            end = last
            continue
        if data:
            yield "data", data
            data = []
        if first < last:
            yield field, [value]
    if data:
        yield "data", data


def _escape(_place: str, text: str) -> str:
    """A line break in a value is a new line of data."""
    return _BREAKS.sub("\ndata: ", text)


FORMAT = _EventStream()
