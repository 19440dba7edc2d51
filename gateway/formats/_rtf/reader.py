"""One walk over RTF: paragraphs by destination, bytes in hexadecimal, and what tells who made it.

Source: RTF Specification 1.9.1, "Conventions of an RTF Reader".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.errors import Unreadable
from gateway.formats._rtf.codepages import codec_of_charset, codec_of_page
from gateway.formats._rtf.objects import BLIPS
from gateway.formats._rtf.paragraph import DELETED, HIDDEN, INSERTED, Paragraph, Span, Unit
from gateway.formats._rtf.table import Cell, Table
from gateway.formats._rtf.tokens import Kind, Token, tokens
from gateway.formats._rtf.vocabulary import (
    BLOBS,
    BREAKS,
    CHARACTERS,
    DESTINATIONS,
    ENTRIES,
    RSIDS,
    SYMBOLS,
    TABLES,
    TIMES,
    TRANSPARENT,
)

_MARKS = {"deleted": DELETED, "revised": INSERTED, "v": HIDDEN, "webhidden": HIDDEN}
_OLD_PAGES = {"mac": "mac-roman", "pc": "cp437", "pca": "cp850"}
_DEEPEST = 10_000
_RAW_BYTE = re.compile(rb"[\x80-\xff]|[\x00-\x1f\x7f]+|[\x20-\x7e]+")
_ODD_DIGITS = 9
_NUMBERED = re.compile(
    r"u|bin|bliptag|\w*id|\w*id[a-z]|red|green|blue|[a-z]*lang\w*|\w*color\w*|pic\w+|shp\w+|obj\w+"
    r"|sectunlocked|dxf\w+|\w+[wx]|cellx|\w*width\w*|brdr\w*|margi?n?\w*|sv|version"
)


@dataclass(slots=True)
class Blob:
    r"""Bytes in hexadecimal or raw behind ``\bin``.

    Args:
        destination: what holds them.
        group: the range of the whole group.
        keyword: what kind of picture they are.
        keyword_span: where that is said.
        fallback: the range of the group that says that it is only a preview.
        spans: where the bytes stand.
        chunks: hexadecimal digits.
        raw: bytes behind ``\bin``.
        stray: what stands between them and is no hexadecimal.
    """

    destination: str
    group: Span = (0, 0)
    keyword: str = ""
    keyword_span: Span = (0, 0)
    fallback: Span | None = None
    spans: list[Span] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list, repr=False)
    raw: bytes = field(default=b"", repr=False)
    stray: bool = False

    @property
    def data(self) -> bytes:
        """The bytes; half a byte at the end is lost to every reader."""
        digits = b"".join(self.chunks)
        return self.raw + bytes.fromhex(digits[: len(digits) & ~1].decode("ascii"))


@dataclass(slots=True)
class Text:
    """A paragraph, the destination that it stands in, and its place in a table."""

    paragraph: Paragraph
    destination: str
    cell: Cell | None = None


@dataclass(slots=True)
class _Group:
    """What holds within one group."""

    start: int
    destination: str
    text: Paragraph
    blob: Blob | None = None
    uc: int = 1
    font: int = -1
    marks: int = 0
    html_hidden: bool = False
    fresh: bool = True
    starred: bool = False
    owns: bool = False
    fallback: int = -1

    def inner(self, start: int) -> _Group:
        """A group in it, in which the same holds at first."""
        inner = _Group(start, self.destination, self.text, self.blob, self.uc, self.font)
        inner.marks, inner.html_hidden = self.marks, self.html_hidden
        inner.fallback = self.fallback
        return inner


@dataclass(slots=True)
class Walk:
    """What one walk over the source found.

    Args:
        data: the source.
        page: the codec of the document.
        texts: all paragraphs.
        blobs: pictures, objects and the like.
        traces: ranges that tell when and by which rounds of editing it was made.
        odd_words: control words with a figure too long for any.
        html: the HTML that the RTF was made of.
        html_spans: where its tags stand, and the word that announces it.
        bare: ends of control words that no space delimits.
        end: where the document ends; what follows is no part of it.
    """

    data: bytes = field(repr=False)
    page: str = "cp1252"
    texts: list[Text] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)
    traces: list[Span] = field(default_factory=list)
    odd_words: list[Span] = field(default_factory=list)
    html: Paragraph = field(default_factory=Paragraph)
    html_spans: list[Span] = field(default_factory=list)
    bare: set[int] = field(default_factory=set, repr=False)
    end: int = 0
    _fonts: dict[int, str] = field(default_factory=dict)
    _default_font: int = 0
    _stack: list[_Group] = field(default_factory=list)
    _skip: int = 0
    _table: Table = field(default_factory=Table)

    def read(self) -> Walk:
        """Walk over the whole source.

        Raises:
            Unreadable: groups nested as no writer does.
        """
        here = _Group(0, "rtf", Paragraph(), owns=True)
        self._stack = [here]
        self.end = len(self.data)
        for token in tokens(self.data, _is_idle, self.bare):
            here = self._stack[-1]
            if token.kind is Kind.IDLE:
                self._skip = 0
            elif token.kind is Kind.BRACE:
                if token.name == "{":
                    self._open(token)
                elif len(self._stack) > 1:
                    self._close(token.end)
                    if len(self._stack) == 1:
                        self.end = token.end
                        break
                else:
                    break
            elif self._skip and here.text.units:
                self._beside(token, here)
            else:
                self._token(token, here)
        while len(self._stack) > 1:
            self._close(len(self.data))
        self._flush(self._stack[0])
        return self

    def _open(self, token: Token) -> None:
        self._skip = 0
        if len(self._stack) > _DEEPEST:
            raise Unreadable(f"RTF: groups nested more than {_DEEPEST} deep")
        outer = self._stack[-1]
        self._stack.append(outer.inner(token.start))
        outer.fresh = False

    def _close(self, end: int) -> None:
        self._skip = 0
        group = self._stack.pop()
        span = (group.start, end)
        if group.owns or group.destination in ENTRIES:
            self._flush(group)
        if group.owns and group.blob:
            group.blob.group = span
            if group.fallback >= 0:  # the group of the preview is still open
                group.blob.fallback = (group.fallback, group.fallback)
            if group.blob.spans:
                self.blobs.append(group.blob)
        elif group.fallback == group.start:
            for blob in self.blobs:
                if blob.fallback and blob.fallback[0] == group.start:
                    blob.fallback = span
        if group.owns and group.destination in TIMES:
            self.traces.append(span)
        if group.owns and group.destination in {"htmltag", "mhtmltag"}:
            self.html_spans.append(span)

    def _flush(self, group: _Group) -> None:
        """End the paragraph of a group."""
        if group.text.units:
            paragraph = Paragraph(list(group.text.units))
            cell = self._table.place(paragraph) if group.destination == "rtf" else None
            self.texts.append(Text(paragraph, group.destination, cell))
            group.text.units.clear()

    def _token(self, token: Token, here: _Group) -> None:
        if token.kind is Kind.WORD:
            self._word(token, here)
            here.fresh = False
        elif token.kind is Kind.SYMBOL:
            if token.name == "*":
                here.starred = True
                return
            here.fresh = False
            if token.name in {"\r", "\n", "\r\n"}:
                self._flush(here)
            elif token.name in SYMBOLS:
                self._add(Unit(SYMBOLS[token.name], token.start, token.end, here.marks, uc=here.uc))
        elif token.kind is Kind.BYTE:
            here.fresh = False
            self._byte(token.number, token.start, token.end, here)
        else:
            if self.data[token.start : token.end].strip():
                here.fresh = False
            self._text(token.start, token.end, here)

    def _text(self, start: int, end: int, here: _Group) -> None:
        if here.blob is not None:
            self._hex(here.blob, start, end)
            return
        for run in _RAW_BYTE.finditer(self.data, start, end):
            first = self.data[run.start()]
            if first >= 0x80:
                self._byte(first, run.start(), run.end(), here)
            elif 0x20 <= first < 0x7F:
                self._literal(run[0].decode("ascii"), run.start(), here)
            elif b"\t" in run[0]:
                self._add(Unit("\t", run.start(), run.end(), here.marks, uc=here.uc))

    def _literal(self, text: str, start: int, here: _Group) -> None:
        if here.destination not in TABLES:
            end = start + len(text)
            self._add(Unit(text, start, end, here.marks, literal=True, uc=here.uc))
            return
        for number, entry in enumerate(text.split(";")):
            if number:
                self._flush(here)
            if entry:
                end = start + len(entry)
                self._add(Unit(entry, start, end, here.marks, literal=True, uc=here.uc))
            start += len(entry) + 1

    def _byte(self, value: int, start: int, end: int, here: _Group) -> None:
        if here.blob is not None:
            here.blob.stray = True
            return
        if value < 0x80:
            self._add(Unit(chr(value), start, end, here.marks, uc=here.uc, byte=value))
        else:
            codec = self._codec(here)
            self._add(Unit("", start, end, here.marks, uc=here.uc, byte=value, codec=codec))

    def _codec(self, here: _Group) -> str:
        font = self._default_font if here.font < 0 else here.font
        return self._fonts.get(font) or self.page

    def _hex(self, blob: Blob, start: int, end: int) -> None:
        digits = self.data[start:end].translate(None, b" \t\r\n\0")
        clean = re.sub(rb"[^0-9A-Fa-f]", b"", digits)
        blob.stray |= len(clean) != len(digits)
        if digits:
            blob.spans.append((start, end))
            blob.chunks.append(clean)

    def _add(self, unit: Unit) -> None:
        here = self._stack[-1]
        here.text.units.append(unit)
        if here.html_hidden or here.destination not in {"rtf", "htmltag", "mhtmltag"}:
            return
        self.html.units.append(unit)

    def _beside(self, token: Token, here: _Group) -> None:
        r"""What stands beside a ``\u`` for older readers belongs to it."""
        last = here.text.units[-1]
        end, units = token.end, list(last.beside)
        if token.kind is Kind.TEXT:
            end = token.start
            while end < token.end and self._skip:
                value = self.data[end]
                units += self._alone(value, end, here) if value >= 0x20 else ()
                self._skip -= value not in b"\r\n\0"
                end += 1
        elif token.kind is Kind.WORD and token.name not in CHARACTERS and token.name != "u":
            self._skip = 0
            self._token(token, here)
            return
        else:
            self._skip -= 1
            if token.kind is Kind.BYTE:
                units += self._alone(token.number, token.start, here)
            elif text := (SYMBOLS | CHARACTERS).get(token.name) or _character(token.number):
                units.append(Unit(text, token.start, token.end))
        # The whole of it is one character; so each unit beside it has the range of all.
        whole = tuple(u._replace(start=last.start, end=end, marks=last.marks) for u in units)
        here.text.units[-1] = last._replace(end=end, beside=whole)
        self.bare.discard(end)
        if self.html.units and self.html.units[-1] is last:
            self.html.units[-1] = here.text.units[-1]
        if end < token.end:
            self._text(end, token.end, here)

    def _alone(self, value: int, at: int, here: _Group) -> tuple[Unit]:
        if value < 0x80:
            return (Unit(chr(value), at, at + 1, uc=here.uc),)
        return (Unit("", at, at + 1, uc=here.uc, byte=value, codec=self._codec(here)),)

    def _word(self, token: Token, here: _Group) -> None:
        name, number = token.name, token.number
        known = name in DESTINATIONS and name != here.destination
        if known or (here.fresh and here.starred and here.destination != "stylesheet"):
            self._enter(token, here)
            return
        if name in BLIPS and here.blob:
            here.blob.keyword, here.blob.keyword_span = name, (token.start, token.end)
        elif name == "bin":
            self._bin(token, here)
        elif name == "u":
            self._skip = here.uc
            text = _character(number) if token.digits else "?"
            self._add(Unit(text, token.start, token.end, here.marks, uc=here.uc))
        elif name in CHARACTERS:
            unit = Unit(CHARACTERS[name], token.start, token.end, here.marks, uc=here.uc)
            self._add(unit)
        elif name in BREAKS:
            if here.destination == "rtf" and not here.html_hidden:
                self.html.units.append(Unit("\n", 0, 0))
            self._flush(here)
            self._table.end(name)
        elif RSIDS.match(name):
            self.traces.append((token.start, token.end))
        else:
            self._property(token, here)

    def _property(self, token: Token, here: _Group) -> None:
        name, number = token.name, token.number
        if name == "uc":
            here.uc = max(0, min(number, 255)) if token.digits else 1
        elif name == "f":
            here.font = number
        elif name == "plain":
            here.font, here.marks = -1, 0
        elif name in {"pard", "intbl"}:
            self._table.inside = name == "intbl"
        elif name in _MARKS:
            mark = _MARKS[name]
            here.marks = here.marks | mark if number != 0 else here.marks & ~mark
        elif name == "htmlrtf":
            here.html_hidden = number != 0
        elif name == "fromhtml":
            self.html_spans.append((token.start, token.end))
        elif self._encoding(name, number, here):
            return
        elif token.digits >= _ODD_DIGITS and not _NUMBERED.fullmatch(name):
            self.odd_words.append((token.start, token.end))

    def _encoding(self, name: str, number: int, here: _Group) -> bool:
        """Note what a control word says of code pages, if it does."""
        if name == "fcharset" and here.destination == "fonttbl":
            self._fonts[here.font] = codec_of_charset(number)
        elif name == "cpg" and here.destination == "fonttbl":
            self._fonts[here.font] = codec_of_page(number)
        elif name == "ansicpg":
            self.page = codec_of_page(number)
        elif name in _OLD_PAGES and here.destination == "rtf":
            self.page = _OLD_PAGES[name]
        elif name == "deff":
            self._default_font = number
        else:
            return False
        return True

    def _bin(self, token: Token, here: _Group) -> None:
        header = len(f"\\bin{token.number}") + token.spaced
        raw = self.data[token.start + header : token.end]
        if here.blob is None:
            blob = Blob("bin", (token.start, token.end), spans=[(token.start, token.end)], raw=raw)
            self.blobs.append(blob)
        else:
            here.blob.raw += raw
            here.blob.spans.append((token.start, token.end))

    def _enter(self, token: Token, here: _Group) -> None:
        name = token.name
        if name == "nonshppict":
            here.fallback = here.start
        if name in TRANSPARENT:
            return
        if name == here.destination and here.owns:
            return
        here.destination = name
        here.owns = True
        here.text = Paragraph()
        here.blob = Blob(name) if name in BLOBS else None
        if name in DESTINATIONS - {"rtf"} and name not in {"htmltag", "mhtmltag"}:
            here.marks = 0


_ACTING = (
    DESTINATIONS | CHARACTERS.keys() | BREAKS | BLIPS | _MARKS.keys() | _OLD_PAGES.keys()
    | {"bin", "u", "uc", "f", "plain", "pard", "intbl", "htmlrtf", "fromhtml", "fcharset", "cpg", "ansicpg", "deff"}
)  # fmt: skip


def _is_idle(name: str) -> bool:
    """Whether a control word changes nothing that is read here, wherever it stands."""
    return name not in _ACTING and not RSIDS.match(name)


def _character(number: int) -> str:
    r"""What a ``\u`` stands for: a 16-bit unit, negative above 32767; some writers give more."""
    return chr(number) if 0xFFFF < number <= 0x10FFFF else chr(number & 0xFFFF)


def walk(data: bytes) -> Walk:
    """Read RTF.

    Raises:
        Unreadable: groups nested as no writer does.
    """
    return Walk(data).read()


def trailing(source: Walk) -> Iterator[Span]:
    """What follows the document and is not only space."""
    if source.data[source.end :].strip(b"\0\r\n\t \x1a"):
        yield source.end, len(source.data)
