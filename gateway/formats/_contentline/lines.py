r"""Content lines: ``group.NAME;PARAM=value:value``, folded, as vCard and iCalendar have them.

Lines are cut on bytes, because a fold may stand inside a character. What nothing touches keeps
its bytes; a line that changes is written whole and folded again.

Source: RFC 5545 §3.1 (folding, lines), RFC 6350 §3.2 and §3.3, RFC 6868 (``^n`` in parameters);
vCard 2.1 (versit, 1996) §2.1.2 and §2.1.3: soft line breaks of quoted-printable, base64 that ends
at an empty line, parameters without a name.
"""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_QUOTED_PRINTABLE = re.compile(rb"^[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE[^:]*:", re.IGNORECASE)
_BASE64 = re.compile(rb"^[^:]*;(?:ENCODING=)?(?:BASE64|B)\b[^:]*:", re.IGNORECASE)
_BASE64_ONLY = re.compile(rb"[ \t]*[A-Za-z0-9+/]+={0,2}[ \t]*")
_NAME = re.compile(r"(?:([^\s:;.\"]+)\.)?([^\s:;.\"]+)(?=[;:])")
_PARAMETER = re.compile(
    r";([^\s:;=,\"]*)(=?)((?:\"[^\"]*\"|[^\":;,]*)(?:,(?:\"[^\"]*\"|[^\":;,]*))*)"
)
_PARAMETER_VALUE = re.compile(r'"([^"]*)"|([^",]+)')
_WIDTH = 75
"""Octets of a line without its end (RFC 5545 §3.1)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a parameter; ``start`` and ``end`` bound it in the line, without quotes."""

    name: str
    value: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line.

    Args:
        start: where its bytes begin in the file.
        end: where they end, before the end of the line.
        text: unfolded and decoded.
        eol: the line end that folds are written with.
        codec: its encoding.
        name: of the property, in capitals; empty if the line is no content line.
        named: where the name stands in the text.
        parameters: in order.
        value: where the value begins in the text.
        encoding: "quoted-printable", "base64" or nothing.
    """

    start: int
    end: int
    text: str = field(repr=False)
    eol: bytes
    codec: str
    name: str = field(default="", repr=False)
    group: str = field(default="", repr=False)
    named: tuple[int, int] = (0, 0)
    parameters: tuple[Parameter, ...] = ()
    value: int = 0
    encoding: str = ""
    charset: str = ""

    def get(self, name: str) -> str:
        """The first value of a parameter, or nothing."""
        return next((p.value for p in self.parameters if p.name == name), "")


def content_lines(data: bytes, codec: str) -> Iterator[Line]:
    """The logical lines of a file in order; empty ones are left out."""
    physical = [(m.start(1), m.end(1), m[2]) for m in _LINE.finditer(data) if m[0]]
    at = 0
    while at < len(physical):
        start, end, eol = physical[at]
        raw = data[start:end]
        at += 1
        while at < len(physical):
            following = data[slice(*physical[at][:2])]
            if _QUOTED_PRINTABLE.match(raw) and raw.endswith(b"="):
                raw = raw[:-1] + following.lstrip(b" \t")
            elif following[:1] in (b" ", b"\t") and (following.strip() or not _BASE64.match(raw)):
                raw += following.strip() if _BASE64.match(raw) else following[1:]
            elif _BASE64.match(raw) and _BASE64_ONLY.fullmatch(following):
                raw += following.strip()
            else:
                break
            end = physical[at][1]
            at += 1
        if raw.strip():
            yield _line(start, end, raw, eol or b"\r\n", codec)


def _line(start: int, end: int, raw: bytes, eol: bytes, codec: str) -> Line:
    head = raw.decode("latin-1")
    charset = re.match(r"[^:]*;CHARSET=\"?([A-Za-z0-9_.:-]{1,40})", head, re.IGNORECASE)
    told = _known(charset[1]) if charset else ""
    for candidate in (told, codec, "gb18030", "latin-1"):
        try:
            text = raw.decode(candidate) if candidate else ""
        except (UnicodeDecodeError, LookupError):
            continue
        if candidate:
            codec = candidate
            break
    if "QUOTED-PRINTABLE" in head.upper():
        told = told or codec
    line = Line(start, end, text, eol, codec)
    name = _NAME.match(text)
    if name is None:
        return line
    parameters, at = _parameters(text, name.end())
    if text[at : at + 1] != ":":
        return line
    return Line(
        start, end, text, eol, codec,
        name=name[2].upper(), group=name[1] or "", named=name.span(), parameters=parameters,
        value=at + 1, encoding=_encoding(parameters), charset=told,
    )  # fmt: skip


def _known(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return ""


def _parameters(text: str, at: int) -> tuple[tuple[Parameter, ...], int]:
    found: list[Parameter] = []
    while match := _PARAMETER.match(text, at):
        name = match[1].upper() if match[2] else ""
        first = match.start(3) if match[2] else match.start(1)
        for value in _PARAMETER_VALUE.finditer(text, first, match.end()):
            group = 1 if value[1] is not None else 2
            found.append(Parameter(name, value[group], *value.span(group)))
        at = match.end()
    return tuple(found), at


def _encoding(parameters: tuple[Parameter, ...]) -> str:
    """How the value is encoded; 2.1 names encodings without saying that they are one."""
    for parameter in parameters:
        if parameter.name in {"", "ENCODING"}:
            word = parameter.value.lower()
            if word in {"b", "base64"}:
                return "base64"
            if word == "quoted-printable":
                return word
    return ""


def unquoted_printable(raw: str, charset: str) -> str:
    """The text of a quoted-printable value (RFC 2045 §6.7)."""
    data = quopri.decodestring(raw.encode("latin-1", "replace"))
    for candidate in (charset, "utf-8", "gb18030"):
        try:
            return data.decode(candidate) if candidate else data.decode("utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def quoted_printable(text: str, charset: str) -> str:
    """A text as a quoted-printable value without line breaks."""
    try:
        data = text.encode(charset or "utf-8")
    except UnicodeEncodeError:
        data = text.encode(charset or "utf-8", "replace")
    encoded = binascii.b2a_qp(data, quotetabs=True, istext=False, header=False)
    return encoded.replace(b"=\n", b"").decode("ascii")


def written(line: Line, text: str) -> bytes:
    """A changed line, folded."""
    data = text.encode(line.codec, "replace")
    if line.encoding == "quoted-printable":
        return _softly_broken(data, line.eol)
    pieces: list[bytes] = []
    at = 0
    while len(data) - at > (width := _WIDTH - bool(pieces)):
        end = at + width
        while end > at + 1 and not _is_boundary(data[at:end], line.codec):
            end -= 1
        pieces.append(data[at:end])
        at = end
    pieces.append(data[at:])
    return (line.eol + b" ").join(pieces)


def _softly_broken(data: bytes, eol: bytes) -> bytes:
    """Quoted-printable lines of at most 76 octets, that end with "="."""
    pieces: list[bytes] = []
    while len(data) > _WIDTH + 1:
        cut = _WIDTH
        for back in (1, 2):
            if data[cut - back : cut - back + 1] == b"=":
                cut -= back
                break
        pieces.append(data[:cut] + b"=")
        data = data[cut:]
    return eol.join((*pieces, data))


def _is_boundary(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
