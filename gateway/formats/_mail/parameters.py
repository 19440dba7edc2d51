"""Header values with parameters: Content-Type, Content-Disposition (RFC 2045 section 5.1).

A parameter is read from quoted strings, from the extended and the numbered spellings (RFC 2231)
and from encoded words inside the quotes (RFC 2047, which forbids them; mailers write them all the
same). A value that changes is written anew as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from gateway.formats._mail.charsets import decode_8bit, decode_named
from gateway.formats._mail.words import decode_words

_FOLD = re.compile(rb"(?:\r\n|\n|\r)(?=[ \t])")
_SPLIT = re.compile(r'((?:[^;"(]|"(?:[^"\\]|\\.)*"?|\((?:[^()\\]|\\.)*\)|\()*);?', re.DOTALL)
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*"?)|\((?:[^()\\]|\\.)*\)', re.DOTALL)
_NUMBERED = re.compile(r"(.+?)(?:\*([0-9]{1,3}))?(\*)?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z{}/-]+")
_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Parameters:
    """What stands before the first semicolon, in lower case, and the parameters in order.

    ``comments`` are the texts in parentheses, which are text for people.
    """

    lead: str
    items: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    comments: tuple[str, ...] = field(default=(), repr=False)

    def get(self, name: str) -> str:
        """The value of a parameter, or nothing."""
        return next((text for key, text in self.items if key == name), "")


def read_parameters(raw: bytes) -> Parameters:
    """Read the value of a field. Never fails: what breaks the grammar becomes part of a value."""
    text = decode_8bit(_FOLD.sub(b"", raw), ())[0]
    comments = [m[0][1:-1] for m in _COMMENT.finditer(text) if not m[1]]
    text = _COMMENT.sub(lambda m: m[1] or " ", text)
    pieces: list[str] = []
    at = 0
    while at < len(text):
        match = _SPLIT.match(text, at)
        assert match is not None  # the pattern matches nothing as well
        pieces.append(match[1])
        at = match.end() if match.end() > at else len(text)
    lead = pieces[0].strip() if pieces else ""
    found: dict[str, list[tuple[int, bool, str]]] = {}
    for piece in pieces[1:]:
        key, equals, value = piece.partition("=")
        name = _NUMBERED.fullmatch(key.strip().lower())
        if not piece.strip():
            continue
        if not equals or name is None:
            found.setdefault("", []).append((len(found), False, piece.strip()))
            continue
        number = int(name[2]) if name[2] else 0
        found.setdefault(name[1], []).append((number, bool(name[3]), _unquote(value.strip())))
    return Parameters(lead.lower(), tuple(_joined(found)), tuple(comments))


def write_parameters(parameters: Parameters, newline: bytes) -> bytes:
    """The value of a field, folded, comments left out; what is beyond ASCII as RFC 2231 has it."""
    lines = [" " + parameters.lead]
    for name, text in parameters.items:
        item = _written(name, text)
        if len(lines[-1]) + len(item) + 2 > _WIDTH:
            lines[-1] += ";"
            lines.append(" " + item)
        else:
            lines[-1] += "; " + item
    return newline.join(line.encode("ascii", "replace") for line in lines)


def _joined(found: dict[str, list[tuple[int, bool, str]]]) -> list[tuple[str, str]]:
    """Numbered pieces in their order; other repeated parameters stay apart."""
    items: list[tuple[str, str]] = []
    for name, pieces in found.items():
        numbers = [number for number, _, _ in pieces]
        if len(pieces) > 1 and len(set(numbers)) == len(numbers) and name:
            items.append((name, _extended(sorted(pieces))))
            continue
        for number, extended, value in pieces:
            text = _extended([(number, True, value)]) if extended else decode_words(value)
            items.append((name, text))
    return items


def _extended(pieces: list[tuple[int, bool, str]]) -> str:
    charset, joined = "utf-8", b""
    for position, (_, extended, value) in enumerate(pieces):
        rest = value
        if extended and position == 0 and value.count("'") >= 2:
            charset, _, rest = value.split("'", 2)
        raw = rest.encode("utf-8", "surrogateescape")
        joined += unquote_to_bytes(raw) if extended else raw
    text = decode_named(joined, charset)
    return decode_words(text)


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    body = value[1:-1] if value.endswith('"') and len(value) > 1 else value[1:]
    # Only \" and \\ are escapes: programs on Windows write whole paths.
    return re.sub(r'\\(["\\])', r"\1", body)


def _written(name: str, text: str) -> str:
    if not name:
        return re.sub(r'[\x00-\x1f;"\x7f-\U0010ffff]', "_", text)
    text = re.sub(r"[\x00-\x1f\x7f]", " ", text)
    if not text.isascii():
        return f"{name}*=utf-8''{quote(text, safe='!#$&+^`|~')}"
    if _TOKEN.fullmatch(text) and name != "boundary":
        return f"{name}={text}"
    return '{}="{}"'.format(name, re.sub(r'(["\\])', r"\\\1", text))
