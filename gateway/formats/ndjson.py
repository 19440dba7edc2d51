"""NDJSON, also called JSON Lines: one JSON value a line, each addressed "line 3: $.x"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import Decoded, declared_charset
from gateway.formats._json_document import build, value_layers
from gateway.formats._json_scan import Place, scan
from gateway.formats._json_text import decode_json
from gateway.formats.json import first_byte
from gateway.model import Hint

_LINE = re.compile(r"[^\n]*[^\s][^\n]*")


class _NdJson:
    name: ClassVar[str] = "ndjson"

    def score(self, data: bytes, hint: Hint) -> float:
        """One line alone is JSON; lines that are not all JSON are left to JSON, or to text."""
        if first_byte(data) not in (b"{", b"[") or data.count(b"\n") == 0:
            return -1.0
        try:
            decoded = decode_json(data, declared_charset(hint))
            first = _LINE.search(decoded.text)
            if first is None or _LINE.search(decoded.text, first.end()) is None:
                return -1.0
            scan(decoded.text, *first.span())  # most text that begins with a bracket fails here
            _scan_lines(decoded)
        except Unreadable:
            return -1.0
        return 1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        decoded = decode_json(data, declared_charset(hint))
        return build(self.name, decoded, _scan_lines(decoded), open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        for line in decode_json(data, declared_charset(hint)).text.split("\n"):
            if line.strip():
                yield from value_layers(line, descend)


def _scan_lines(decoded: Decoded) -> list[Place]:
    """The places of every line that is not blank.

    Raises:
        Malformed: a line is not one JSON value.
        LimitExceeded: a line is nested too deep.
    """
    places: list[Place] = []
    number, at = 1, 0
    for line in _LINE.finditer(decoded.text):
        number += decoded.text.count("\n", at, line.start())
        at = line.start()
        places += scan(decoded.text, *line.span(), root=f"line {number}: $")
    return places


FORMAT = _NdJson()
