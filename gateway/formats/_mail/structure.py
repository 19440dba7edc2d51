"""The structure of a MIME message as byte offsets (RFC 5322 section 2.2, RFC 2046 section 5.1).

Lines may end in CRLF, LF or CR, as in the standard library's reader, so that both cut a message
alike. Nothing is decoded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._mail.parameters import Parameters, read_parameters

DEEPEST = 30
"""Multiparts within multiparts; real mail has fewer than ten."""

_LINE_END = rb"(?:\r\n|\n|\r)"
_FIELD = re.compile(
    rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:([^\r\n]*(?:" + _LINE_END + rb"[ \t][^\r\n]*)*)"
    rb"(" + _LINE_END + rb"|\Z)"
)
_BLANK = re.compile(_LINE_END)
_ENVELOPE = re.compile(rb">?From [^\r\n]*" + _LINE_END)


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: ``name`` in lower case, its value at ``value:end``, its lines ``start:stop``."""

    name: str
    start: int
    value: int
    end: int
    stop: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A message or a part of one.

    Args:
        start: where its header begins.
        body: where its body begins.
        end: where its body ends, without the line end that belongs to the next delimiter.
        lines: the part and its opening delimiter line, up to the next delimiter line.
        fields: header fields in order.
        kind: its Content-Type; that of its parent's default if it has none.
        parts: what a multipart holds; nothing for other entities.
        gaps: text of a multipart before its first and after its last delimiter.
        boundaries: where the boundary itself stands in its delimiter lines.
    """

    start: int
    body: int
    end: int
    lines: tuple[int, int]
    fields: tuple[Field, ...] = field(repr=False)
    kind: Parameters = field(repr=False)
    parts: tuple[Entity, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    boundaries: tuple[tuple[int, int], ...] = ()


def malformed(why: str) -> Unreadable:
    """The refusal of mail that two programs could read differently."""
    return Unreadable(f"malformed mail: {why}")


def read_entity(
    data: bytes,
    start: int = 0,
    end: int | None = None,
    *,
    default: str = "text/plain",
    lines: tuple[int, int] | None = None,
    depth: int = 0,
) -> Entity:
    """The structure of ``data[start:end]``.

    Args:
        data: a whole message.
        start: where the entity begins.
        end: where it ends; the end of the data if not given.
        default: its media type if it states none (RFC 2046 section 5.1.5).
        lines: see :class:`Entity`.
        depth: how many multiparts are around it.

    Raises:
        Unreadable: nested too deep, or two fields contradict each other.
    """
    end = len(data) if end is None else end
    if depth > DEEPEST:
        raise LimitExceeded(f"multiparts nested more than {DEEPEST} deep")
    fields, body = read_fields(data, start, end)
    kind = _kind(data, fields, default)
    whole = lines or (start, end)
    boundary = kind.get("boundary") if kind.lead.startswith("multipart/") else None
    if not boundary:
        return Entity(start, body, end, whole, fields, kind)
    inner = "message/rfc822" if kind.lead == "multipart/digest" else "text/plain"
    delimiters = list(_delimiters(data, body, end, boundary))
    if not delimiters:
        return Entity(start, body, end, whole, fields, kind, (), ((body, end),))
    if transfer_encoding(data, fields) in ("base64", "quoted-printable"):
        raise malformed("a transfer encoding around parts")
    parts: list[Entity] = []
    gaps = [(body, delimiters[0][0])]
    for number, (at, after, closing) in enumerate(delimiters):
        following = delimiters[number + 1] if number + 1 < len(delimiters) else None
        upto = following[0] if following else end
        if closing:
            gaps.append((after, end))
            break
        stop = _without_line_end(data, after, upto) if following else upto
        parts.append(
            read_entity(data, after, stop, default=inner, lines=(at, upto), depth=depth + 1)
        )
    width = len(boundary.rstrip())
    names = tuple((at + 2, at + 2 + width) for at, _, _ in delimiters)
    return Entity(start, body, end, whole, fields, kind, tuple(parts), tuple(gaps), names)


def read_fields(data: bytes, start: int, end: int) -> tuple[tuple[Field, ...], int]:
    """The header fields that begin at ``start``, and where the body begins.

    A line that is no field ends the header without a blank line, as other programs have it.
    """
    fields: list[Field] = []
    at = start
    if envelope := _ENVELOPE.match(data, at, end):
        at = envelope.end()
    while match := _FIELD.match(data, at, end):
        name = match[1].decode("ascii").lower()
        fields.append(Field(name, match.start(), match.start(2), match.end(2), match.end()))
        at = match.end()
    blank = _BLANK.match(data, at, end)
    return tuple(fields), blank.end() if blank else at


def envelope_line(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where an mbox "From " line stands before the header (RFC 4155), or an empty range."""
    match = _ENVELOPE.match(data, start, end)
    return match.span() if match else (start, start)


def transfer_encoding(data: bytes, fields: tuple[Field, ...]) -> str:
    """The Content-Transfer-Encoding in lower case, or nothing.

    Raises:
        Unreadable: two different ones.
    """
    values = {
        re.sub(rb"\([^()]*\)", b"", data[f.value : f.end]).strip().lower().strip(b'";')
        for f in fields
        if f.name == "content-transfer-encoding"
    }
    if len(values) > 1:
        raise malformed("two transfer encodings for one part")
    return values.pop().decode("latin-1") if values else ""


def newline_of(data: bytes, entity: Entity) -> bytes:
    """How the entity's lines end, judged by its first; CRLF if it has none."""
    match = re.compile(_LINE_END).search(data, entity.start, min(entity.end, entity.start + 4096))
    return match[0] if match else b"\r\n"


def _kind(data: bytes, fields: tuple[Field, ...], default: str) -> Parameters:
    found = [f for f in fields if f.name == "content-type"]
    kinds = [read_parameters(data[f.value : f.end]) for f in found]
    if len({(k.lead, k.get("boundary"), k.get("charset")) for k in kinds}) > 1:
        raise malformed("two content types for one part")
    if not kinds:
        return read_parameters(default.encode("ascii"))
    kind = kinds[0]
    if "/" not in kind.lead:  # RFC 2045 section 5.2: what cannot be read is text
        return Parameters("text/plain", kind.items)
    return kind


def _delimiters(
    data: bytes, start: int, end: int, boundary: str
) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each delimiter line, and whether it closes the multipart."""
    try:
        name = boundary.encode("latin-1")
    except UnicodeEncodeError:
        raise malformed("a boundary beyond Latin-1") from None
    line = re.compile(rb"--" + re.escape(name.rstrip()) + rb"(--)?[ \t]*(?:" + _LINE_END + rb"|\Z)")
    at = start
    while (at := data.find(b"--", at, end)) >= 0:
        if (at == start or data[at - 1 : at] in (b"\n", b"\r")) and (
            match := line.match(data, at, end)
        ):
            yield at, match.end(), match[1] is not None
            if match[1] is not None:
                return
            at = match.end()
        else:
            at += 1


def _without_line_end(data: bytes, start: int, end: int) -> int:
    if data[max(start, end - 2) : end] == b"\r\n":
        return end - 2
    return end - 1 if end > start and data[end - 1 : end] in (b"\n", b"\r") else end
