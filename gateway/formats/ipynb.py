"""Jupyter notebooks: JSON whose texts are cut into lines.

Source: nbformat 4.5, https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._children import Children
from gateway.formats._encoding import declared_charset
from gateway.formats._json_document import JsonDocument, value_layers, without_colours
from gateway.formats._json_scan import Kind, Place, unescape
from gateway.formats._json_text import JsonText, decode_json, forget, read_json
from gateway.formats._notebook import between, is_notebook, is_trace, lines_of
from gateway.formats._pieces import embedded_layers
from gateway.formats.json import first_byte
from gateway.model import Hint, Role


class Ipynb:
    """ipynb, of nbformat 3 and 4."""

    name: ClassVar[str] = "ipynb"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the JSON says which nbformat it has and holds cells."""
        if first_byte(data) != b"{" or b"nbformat" not in data:
            return -1.0
        try:
            read = read_json(data, declared_charset(hint))
        except Unreadable:
            return -1.0
        return 1.0 if is_notebook(read) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the notebook: the lines of each cell and output as one text."""
        read = read_json(data, declared_charset(hint))
        forget()
        return _build(self.name, read, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its strings by the standard library, and all lists of strings joined."""
        forget()
        text = decode_json(data, declared_charset(hint)).text
        yield from value_layers(text, descend)
        stack: list[object] = [json.loads(text, strict=False)]
        while stack:
            value = stack.pop()
            if isinstance(value, dict):
                stack += value.values()
            elif isinstance(value, list):
                stack += value
                if value and all(isinstance(line, str) for line in value):
                    joined = without_colours("".join(value))
                    yield joined
                    yield without_colours("\n".join(value))
                    yield from embedded_layers(joined, descend)


def _build(name: str, read: JsonText, open_child: Opener) -> JsonDocument:
    children = Children()
    document = JsonDocument(name, children.unread, read.decoded, children)
    lines: list[tuple[Place, str]] = []
    for place in read.places:
        if lines and lines_of(place) is not lines[0][0].frame:
            document.add_lines(lines, open_child, between(lines[0][0]))
            lines = []
        if place.kind is Kind.NUMBER:
            if is_trace(place):
                document.add(place, read.decoded.text[place.start : place.end], Role.TRACE)
            else:
                document.add_number(place)
            continue
        shown = unescape(read.decoded.text[place.start + 1 : place.end - 1])
        if place.kind is Kind.KEY:
            document.add(place, shown, Role.KEY)
        elif lines_of(place) is not None:
            lines.append((place, shown))
        elif is_trace(place):
            document.add(place, shown, Role.TRACE)
        else:
            document.add_string(place, shown, open_child)
    if lines:
        document.add_lines(lines, open_child, between(lines[0][0]))
    return document


FORMAT = Ipynb()
