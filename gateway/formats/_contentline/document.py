"""A vCard or iCalendar file as a document: every value, parameter and odd name is a segment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote

from gateway.formats._base import Opener, splice
from gateway.formats._base64 import decode_base64
from gateway.formats._children import Children
from gateway.formats._contentline.lines import (
    Line,
    content_lines,
    quoted_printable,
    unquoted_printable,
    written,
)
from gateway.formats._contentline.properties import (
    ADDRESS,
    DATE,
    DATES,
    DROPPED_TRACES,
    HTML,
    NEEDED_DATES,
    NEUTRAL_TRACES,
    NUMBER,
    STRUCTURED,
    is_known,
    is_settled,
    is_settled_parameter,
)
from gateway.formats._encoding import decode
from gateway.formats._ooxml.text import Escape, Passage, Piece, Slot, deal, replaced, united
from gateway.formats._pieces import embedded_in
from gateway.model import UNIQUE_ID, Edit, Hint, Role, Segment, Unread

_COMPONENT = re.compile(r"(?:[^\\;]|\\.)*", re.DOTALL)
_ESCAPED = re.compile(r"\\([nN,;:\\\"])")
_CARET = re.compile(r"\^([n^'])")
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-7")
_NAMES = ("N", "ADR", "ORG")


class LinesDocument:
    """An opened file of content lines; see :class:`gateway.formats._base.Document`."""

    def __init__(self, kind: str, data: bytes, open_child: Opener) -> None:
        self.format = kind
        self._data = data
        self._body, self._codec, self._mark = as_bytes(data)
        self._lines = list(content_lines(self._body, "utf-8"))
        self._children = Children()
        self.unread: Sequence[Unread] = self._children.unread
        self._nested: dict[str, int] = {}
        self._passages: list[Passage] = []
        self._line_of: dict[Slot, int] = {}
        self._whole: dict[Slot, tuple[Slot, ...]] = {}
        self._kinds: dict[Slot, str] = {}
        for number in range(len(self._lines)):
            self._read(number, open_child)
        self._children.own = [passage.segment for passage in self._passages]

    def segments(self) -> Sequence[Segment]:
        """Values, parameters and names in order, then what pictures and keys hold."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The file with the edits made; lines that nothing touches keep their bytes."""
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        dealt = deal(self._passages, (edit for group in own.values() for edit in group))
        by_line: dict[int, list[tuple[int, int, str]]] = {}
        gone: set[int] = set()
        for slot, ranges in dealt.items():
            number, text = self._line_of[slot], replaced(slot.text, ranges)
            line = self._lines[number]
            is_date = self._kinds[slot] == "date" and line.name not in NEEDED_DATES
            is_trace = line.name in DROPPED_TRACES and not text and slot.start >= line.value
            if is_date or is_trace:
                gone.add(number)
            new = self._encoded(slot, text)
            by_line.setdefault(number, []).append((slot.start, slot.end, new))
        for part, data in nested.items():
            number = self._nested[part]
            line = self._lines[number]
            new = _binary(line, data)
            by_line.setdefault(number, []).append((line.value, len(line.text), new))
        changes: list[tuple[int, int, bytes]] = []
        for number, spans in by_line.items():
            line = self._lines[number]
            end = line.end
            if number in gone:
                end += len(line.eol) * self._body.startswith(line.eol, line.end)
                changes.append((line.start, end, b""))
            else:
                text = replaced(line.text, united(spans))
                changes.append((line.start, end, written(line, text)))
        return self._as_it_was(splice(self._body, changes))

    def _as_it_was(self, body: bytes) -> bytes:
        if not self._codec:
            return self._mark + body
        return self._mark + body.decode().encode(self._codec, "replace")

    # Reading.

    def _read(self, number: int, open_child: Opener) -> None:
        line = self._lines[number]
        part = f"line {number + 1}"
        if not line.name:
            self._add([self._slot(number, 0, len(line.text), line.text, "plain")], part)
            return
        if not is_known(line.name):
            slot = self._slot(number, *line.named, line.text[slice(*line.named)], "name")
            self._add([slot], f"{part}/name", Role.KEY)
        for parameter in line.parameters:
            if not is_settled_parameter(parameter.name, parameter.value):
                text = _CARET.sub(_uncaret, parameter.value)
                slot = self._slot(number, parameter.start, parameter.end, text, "parameter")
                self._add([slot], f"{part}/parameter", Role.METADATA, (parameter.name, line.name))
        self._value(number, line, part, open_child)

    def _value(self, number: int, line: Line, part: str, open_child: Opener) -> None:
        raw = line.text[line.value :]
        if not raw.strip() or is_settled(line.name, raw.strip()):
            return
        if line.encoding == "base64":
            self._binary(number, line, part, raw, open_child)
            return
        if line.get("FMTTYPE").lower() == "text/html" and not line.encoding:
            data = self._decoded(line, raw).encode()
            if self._children.open(part, data, HTML, open_child):
                self._nested[part] = number
            return
        if found := embedded_in(raw, (line.name.lower(),)):
            self._nested[part] = number
            if found.label:
                self._add([self._slot(number, line.value, len(line.text), raw, "plain")], part)
            self._children.open(part, found.data, found.hint, open_child)
            return
        if line.name in STRUCTURED and ";" in raw:
            self._structured(number, line, part)
            return
        text = self._decoded(line, raw)
        trace = line.name in DROPPED_TRACES or line.name in NEUTRAL_TRACES
        kind = "trace" if trace else _kind(line, text)
        slot = self._slot(number, line.value, len(line.text), text, kind)
        named = UNIQUE_ID if line.name in {"UID", "RELATED-TO"} else line.name.lower()
        context = tuple(word for word in (named, self._label(line).lower()) if word)
        self._add([slot], part, Role.TRACE if trace else Role.BODY, context)
        for other in _spellings(kind, text):
            again = self._slot(number, line.value, len(line.text), other, kind)
            self._add([again], part, Role.BODY, context)

    def _label(self, line: Line) -> str:
        """What a line of the same group calls it: ``item1.X-ABLabel`` (Apple)."""
        if not line.group:
            return ""
        beside = (o for o in self._lines if o.group == line.group and o.name == "X-ABLABEL")
        return next((other.text[other.value :] for other in beside), "")[:60]

    def _structured(self, number: int, line: Line, part: str) -> None:
        """Components one by one, and together in the orders in which people write them."""
        names = STRUCTURED[line.name]
        slots: list[Slot] = []
        for index, (start, end) in enumerate(_components(line.text, line.value)):
            text = self._decoded(line, line.text[start:end])
            kind = "number" if line.name == "GEO" else "component"
            slots.append(self._slot(number, start, end, text, kind))
            if text.strip() and line.name not in _NAMES:
                label = names[index : index + 1]
                self._add([slots[-1]], part, context=tuple(label))
        filled = [slot for slot in slots if slot.text.strip()]
        if line.name in _NAMES and filled:
            context = (
                line.name.lower(),
                *(n for n, s in zip(names, slots, strict=False) if s.text),
            )
            for order, between in _orders(line.name, slots):
                self._add(order, part, context=context, between=between)

    def _binary(self, number: int, line: Line, part: str, raw: str, open_child: Opener) -> None:
        data = decode_base64("".join(raw.split()))
        if data is None:
            self._children.unread.append(Unread(part, "base64 that is damaged"))
            return
        told = line.get("MEDIATYPE") or line.get("FMTTYPE") or line.get("TYPE")
        kind = told.lower() if "/" in told else f"image/{told.lower()}" if told else ""
        self._nested[part] = number
        self._children.open(part, data, Hint("", kind), open_child)

    def _decoded(self, line: Line, raw: str) -> str:
        if line.encoding == "quoted-printable":
            raw = unquoted_printable(raw, line.charset)
        return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], raw)

    def _slot(self, number: int, start: int, end: int, text: str, kind: str) -> Slot:
        slot = Slot(str(number), start, end, text, Escape.LITERAL)
        self._line_of[slot] = number
        self._kinds[slot] = kind
        return slot

    def _add(
        self,
        slots: Sequence[Slot],
        part: str,
        role: Role = Role.BODY,
        context: tuple[str, ...] = (),
        between: str = " ",
    ) -> None:
        pieces: list[Piece] = []
        for slot in slots:
            pieces += [(between, ())] if pieces else []
            pieces.append((slot.text, (slot,)))
        text = "".join(text for text, _ in pieces)
        self._passages.append(Passage(Segment(text, part, role, context), tuple(pieces)))

    # Writing.

    def _encoded(self, slot: Slot, text: str) -> str:
        """New text of a slot as its line must have it."""
        line, kind = self._lines[self._line_of[slot]], self._kinds[slot]
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if kind == "trace" and not text:
            return NEUTRAL_TRACES.get(line.name, "")
        if kind == "name":
            return re.sub(r"[^A-Za-z0-9.-]", "-", text) or "X-REMOVED"
        if kind == "parameter":
            return _parameter(line, slot, text)
        if kind == "date":
            return _neutral_date(line.text[line.value :])
        if kind == "number":
            return "0"
        if kind == "address":
            scheme, colon, rest = text.partition(":")
            return f"{scheme}{colon}{quote(rest, safe=_IN_ADDRESS)}"
        if kind == "plain":
            return text.replace("\n", " ")
        text = text.replace("\\", "\\\\").replace("\n", "\\n").replace(";", "\\;")
        if line.name not in {"CATEGORIES", "NICKNAME", "RESOURCES"}:
            text = text.replace(",", "\\,")
        if line.encoding == "quoted-printable":
            return quoted_printable(text.replace("\\n", "\n").replace("\\,", ","), line.charset)
        return text


_IN_ADDRESS = "!$&'()*+,;=:@/?#-._~%"


def as_bytes(data: bytes) -> tuple[bytes, str, bytes]:
    """The file in UTF-8 or an encoding that keeps ASCII; the codec if it was wide; its mark."""
    if data[:3] == b"\xef\xbb\xbf":
        return data[3:], "", data[:3]
    if b"\0" not in data[:200]:
        return data, "", b""
    decoded = decode(data)
    if decoded.encoding not in _WIDE:
        return data, "", b""
    return decoded.text.encode(), decoded.encoding, decoded.bom


def _components(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the components of a structured value stand."""
    while True:
        match = _COMPONENT.match(text, at)
        assert match
        yield match.span()
        if match.end() >= len(text):
            return
        at = match.end() + 1


def _orders(name: str, slots: Sequence[Slot]) -> Iterator[tuple[list[Slot], str]]:
    """Orders in which people write the components of a name, an address, an organisation."""
    filled = [slot for slot in slots if slot.text.strip()]
    yield filled, " " if name == "N" else ", "
    if len(filled) < 2:
        return
    if name == "ADR":
        yield filled, " "
        yield filled[::-1], ""
    elif name == "N":
        family, rest = slots[:1], [slot for slot in slots[1:3] if slot.text.strip()]
        if family[0].text.strip() and rest:
            yield [*rest, *family], " "
            yield [rest[0], *family], " "
            yield [*family, rest[0]], " "
            yield [*family, *rest], ""
            yield [*family, *rest], ", "


def _kind(line: Line, text: str) -> str:
    """What may be written in the place of a value."""
    if line.name in DATES and DATE.fullmatch(text.strip()):
        return "date"
    if line.name == "GEO" and NUMBER.fullmatch(text.strip()):
        return "number"
    return "address" if ADDRESS.match(text) else "text"


def _spellings(kind: str, text: str) -> Iterator[str]:
    """Other ways in which people write a value."""
    if kind == "date" and (match := DATE.fullmatch(text.strip())):
        dashed = f"{match[1]}-{match[2]}-{match[3]}"
        if dashed != text.strip():
            yield dashed
    elif kind == "address" and "%" in text and unquote(text) != text:
        yield unquote(text)


def _neutral_date(text: str) -> str:
    """The first date, in the shape of another."""
    dash = "-" if "-" in text[:8] else ""
    time = ""
    if "T" in text:
        colon = ":" if ":" in text else ""
        time = f"T00{colon}00{colon}00" + ("Z" if text.rstrip().endswith("Z") else "")
    return f"1970{dash}01{dash}01{time}"


def _parameter(line: Line, slot: Slot, text: str) -> str:
    """A parameter's value: RFC 6868 escapes, and quotes where they are needed."""
    text = text.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    quoted = line.text[slot.start - 1 : slot.start] == '"'
    return f'"{text}"' if not quoted and re.search("[,;:]", text) else text


def _uncaret(match: re.Match[str]) -> str:
    return {"n": "\n", "^": "^", "'": '"'}[match[1]]


def _binary(line: Line, data: bytes) -> str:
    """New bytes in the place of old ones: base64, or a ``data:`` address."""
    import base64

    raw = line.text[line.value :]
    if line.get("FMTTYPE").lower() == "text/html" and not line.encoding:
        return re.sub(r"[\\;,]", r"\\\g<0>", data.decode()).replace("\r", "").replace("\n", "\\n")
    if line.encoding == "base64":
        return base64.b64encode(data).decode("ascii")
    found = embedded_in(raw, (line.name.lower(),))
    assert found is not None
    return found.rebuild(data)
