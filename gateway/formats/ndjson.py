"""NDJSON, also called JSON Lines: one JSON value a line, each addressed "line 3: $.x".

Values may stand between record separators instead of line breaks: before each in JSON text
sequences (RFC 7464), behind each in SignalR's messages (its hub protocol, "JSON encoding").
"""

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

_SEPARATOR = "\x1e"
_LINE = re.compile(r"[^\n]*[^\s][^\n]*")
_RECORD = re.compile(r"[^\x1e]*[^\s\x1e][^\x1e]*")


class _NdJson:
    name: ClassVar[str] = "ndjson"

    def score(self, data: bytes, hint: Hint) -> float:
        """One line alone is JSON; lines that are not all JSON are left to JSON, or to text."""
        separated = _SEPARATOR.encode() in data
        first_one = first_byte(data.lstrip(b"\x1e") if separated else data)
        if first_one not in (b"{", b"[") or not (separated or b"\n" in data):
            return -1.0
        try:
            decoded = decode_json(data, declared_charset(hint))
            lines = _records(decoded.text)
            first = lines.search(decoded.text)
            if first is None or not (separated or lines.search(decoded.text, first.end())):
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
        text = decode_json(data, declared_charset(hint)).text
        for line in text.split(_SEPARATOR if _SEPARATOR in text else "\n"):
            if line.strip():
                yield from value_layers(line, descend)


def _records(text: str) -> re.Pattern[str]:
    """What finds the values of a text one after the other."""
    return _RECORD if _SEPARATOR in text else _LINE


def _scan_lines(decoded: Decoded) -> list[Place]:
    """The places of every line that is not blank.

    Raises:
        Malformed: a line is not one JSON value.
        LimitExceeded: a line is nested too deep.
    """
    places: list[Place] = []
    number, at = 1, 0
    separator = _SEPARATOR if _SEPARATOR in decoded.text else "\n"
    for line in _records(decoded.text).finditer(decoded.text):
        number += decoded.text.count(separator, at, line.start())
        at = line.start()
        places += scan(decoded.text, *line.span(), root=f"line {number}: $")
    return places


FORMAT = _NdJson()
