"""Headers of a multipart part, and their parameters in every spelling clients use.

A parameter is read from ``name="…"`` as browsers write it (WHATWG HTML, "multipart form data":
``"``, CR and LF percent-encoded) or with backslashes (RFC 7578, older clients), from
``name*=UTF-8''…`` (RFC 5987/8187), from numbered pieces (RFC 2231 section 3), and from encoded
words and percent-encoding inside the quotes (RFC 2047; many clients, no RFC). An edit writes the
parameter anew in the spelling in which it was found.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from enum import Enum
from urllib.parse import quote, unquote_to_bytes

from gateway.errors import CannotEdit, Unreadable

_WORD_CHARACTERS = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_HEADER_NAME = re.compile(_WORD_CHARACTERS.encode())
_PARAMETER = re.compile(
    rf"[ \t]*;[ \t]*(?:({_WORD_CHARACTERS})[ \t]*=[ \t]*(\"(?:[^\"\\]|\\.)*\"|[^\";\s][^\";]*|))?"
)
_LEAD = re.compile(r"[^;\"]*")
_NUMBERED = re.compile(r"([^*]+)\*([0-9]{1,3})(\*?)")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=")
_MUST_ENCODE = re.compile(r'["\\\x00-\x1f\x7f]|%(?=[0-9A-Fa-f]{2})')


class Spelling(Enum):
    """How a parameter's value is written."""

    PLAIN = 1
    PERCENT = 2
    WORD = 3
    EXTENDED = 4
    NUMBERED = 5


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: ``value[start:end]`` of its header is what an edit replaces."""

    name: str
    text: str = field(repr=False)
    start: int
    end: int
    spelling: Spelling

    @property
    def is_extended(self) -> bool:
        """Whether it is written with an asterisk, beside which a plain one may stand."""
        return self.spelling in (Spelling.EXTENDED, Spelling.NUMBERED)

    def write(self, text: str) -> str:
        """The new source between ``start`` and ``end``."""
        match self.spelling:
            case Spelling.EXTENDED:
                return "UTF-8''" + quote(text, safe="!#$&+^`|~")
            case Spelling.NUMBERED:
                return f"{self.name}*=UTF-8''" + quote(text, safe="!#$&+^`|~")
            case Spelling.PERCENT:
                return f'"{quote(text, safe=" !#$&()+,;=@[]^`{}~'")}"'
            case Spelling.WORD:
                return f'"=?utf-8?B?{b64encode(text.encode()).decode("ascii")}?="'
            case Spelling.PLAIN:
                return f'"{_MUST_ENCODE.sub(lambda m: f"%{ord(m[0]):02X}", text)}"'


@dataclass(frozen=True, slots=True)
class Header:
    """One header line; ``start`` and ``end`` are the byte range of its value."""

    name: str
    value: str = field(repr=False)
    start: int
    end: int
    encoding: str
    lead: str = field(default="", repr=False)
    parameters: tuple[Parameter, ...] = field(default=(), repr=False)

    def get(self, name: str) -> str | None:
        """The text of a parameter, or ``None``."""
        return next((p.text for p in self.parameters if p.name == name), None)

    def encode(self, value: str) -> bytes:
        """A new value in the encoding of the old one.

        Raises:
            CannotEdit: it has a line break in it, or characters the encoding lacks.
        """
        if re.search(r"[\r\n\0]", value):
            raise CannotEdit("a header takes no line breaks")
        try:
            return value.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise CannotEdit("a header in an encoding that lacks a character") from error


def malformed(why: str) -> Unreadable:
    """The refusal of everything that two parsers could read differently."""
    return Unreadable(f"malformed multipart: {why}")


def parse_headers(data: bytes, start: int, end: int, newline: bytes) -> tuple[Header, ...]:
    """The header lines in ``data[start:end]``, each ended by ``newline``.

    Raises:
        Unreadable: a line that parsers read differently (folded, without a colon, stray CR or LF).
    """
    headers: list[Header] = []
    at = start
    while at < end:
        stop = data.index(newline, at, end)
        headers.append(_parse_line(data, at, stop))
        at = stop + len(newline)
    return tuple(headers)


def _parse_line(data: bytes, start: int, stop: int) -> Header:
    colon = data.find(b":", start, stop)
    if colon < 0 or not _HEADER_NAME.fullmatch(data, start, colon):
        raise malformed("a header line that is folded or has no name")
    raw = data[colon + 1 : stop]
    if re.search(rb"[\r\n\0]", raw):
        raise malformed("a stray line break in a header")
    stripped = raw.strip(b" \t")
    first = colon + 1 + raw.index(stripped) if stripped else stop
    name = data[start:colon].decode("ascii").lower()
    value, encoding = _decode(stripped)
    lead = ""
    parameters: tuple[Parameter, ...] = ()
    if name in ("content-disposition", "content-type"):
        lead, parameters = parse_parameters(value)
    return Header(name, value, first, first + len(stripped), encoding, lead, parameters)


def _decode(raw: bytes) -> tuple[str, str]:
    # Clients send names as UTF-8, or in the code page of a Chinese Windows.
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise malformed("a header in an unknown encoding")


def parse_parameters(value: str) -> tuple[str, tuple[Parameter, ...]]:
    """What stands before the first semicolon, in lower case, and the parameters after it.

    Raises:
        Unreadable: the grammar does not hold, or a parameter is given twice.
    """
    lead = _LEAD.match(value)
    assert lead is not None  # the pattern matches nothing as well
    at = lead.end()
    found: list[tuple[str, str, int, int, int]] = []
    while at < len(value):
        match = _PARAMETER.match(value, at)
        if match is None:
            raise malformed("parameters of a header")
        if match[1]:
            raw = match[2]
            end = match.start(2) + len(raw.rstrip(" \t"))
            found.append((match[1].lower(), raw.rstrip(" \t"), match.start(1), match.start(2), end))
        at = match.end()
    parameters = [
        _parameter(name, raw, start, end)
        for name, raw, _, start, end in found
        if not _NUMBERED.fullmatch(name)
    ]
    parameters += _numbered([entry for entry in found if _NUMBERED.fullmatch(entry[0])], found)
    names = [(p.name, p.is_extended) for p in parameters]
    if len(set(names)) < len(names):
        raise malformed("a parameter given twice")
    return lead[0].strip().lower(), tuple(parameters)


def _parameter(name: str, raw: str, start: int, end: int) -> Parameter:
    if name.endswith("*"):
        return Parameter(name[:-1], _extended(raw.strip('"')), start, end, Spelling.EXTENDED)
    text = _unquote(raw)
    if _ENCODED_WORD.search(text):
        try:
            return Parameter(name, str(make_header(decode_header(text))), start, end, Spelling.WORD)
        except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
            raise malformed("an encoded word") from None
    if {found.upper() for found in _PERCENT.findall(text)} <= {"%22", "%0D", "%0A"}:
        text = re.sub("%22|%0[Dd]|%0[Aa]", lambda found: chr(int(found[0][1:], 16)), text)
        return Parameter(name, text, start, end, Spelling.PLAIN)
    if (decoded := _from_percent(text)) is not None:
        return Parameter(name, decoded, start, end, Spelling.PERCENT)
    return Parameter(name, text, start, end, Spelling.PLAIN)


def _unquote(raw: str) -> str:
    if not raw.startswith('"'):
        return raw
    # Only \" and \\ are escapes: browsers on Windows once sent whole paths.
    return re.sub(r'\\(["\\])', r"\1", raw[1:-1])


def _from_percent(text: str) -> str | None:
    decoded = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    for encoding in ("utf-8", "gb18030"):
        try:
            return decoded.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _extended(raw: str) -> str:
    match = re.fullmatch(r"([A-Za-z0-9_.:-]*)'[A-Za-z0-9-]*'([^'\"]*)", raw)
    try:
        text = unquote_to_bytes(match[2]).decode(match[1] or "utf-8") if match else None
    except (LookupError, UnicodeDecodeError):
        text = None
    if text is None:
        raise malformed("an extended parameter")
    return text


def _numbered(
    pieces: list[tuple[str, str, int, int, int]], everything: list[tuple[str, str, int, int, int]]
) -> list[Parameter]:
    """Join ``filename*0*=…; filename*1=…``, which must stand together and in order."""
    if not pieces:
        return []
    first = everything.index(pieces[0])
    matches = [_NUMBERED.fullmatch(piece[0]) for piece in pieces]
    bases = {m[1] for m in matches if m}
    numbers = [int(m[2]) for m in matches if m]
    together = everything[first : first + len(pieces)] == pieces
    if len(bases) != 1 or numbers != list(range(len(pieces))) or not together:
        raise malformed("numbered parameters out of order")
    charset, joined = "utf-8", b""
    for number, (match, piece) in enumerate(zip(matches, pieces, strict=True)):
        raw = _unquote(piece[1])
        if match and match[3]:
            if number == 0:
                charset, _, raw = raw.partition("'")
                raw = raw.partition("'")[2]
            joined += unquote_to_bytes(raw)
        else:
            joined += raw.encode("utf-8")
    try:
        text = joined.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        raise malformed("numbered parameters in an unknown encoding") from None
    return [Parameter(bases.pop(), text, pieces[0][2], pieces[-1][4], Spelling.NUMBERED)]
