"""HTML, as pages, mail bodies and clipboards have it: blocks of text, attributes, scripts.

Text is one segment for each block, across inline tags; table cells know their column header.
Spliced on its own text by a tolerant tokenizer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import Decoded, declared_charset, decode, peek
from gateway.formats._markup import Attribute, Token, between, html_reference, referenced
from gateway.formats._markup_layers import BLOCKS, html_layers
from gateway.formats._markup_reader import MarkupReader, texts
from gateway.formats._pieces import VIRTUAL, Piece
from gateway.formats._plain import embed_files
from gateway.formats._sniff import is_running_text
from gateway.model import Hint, Role

_META = re.compile(r"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_PAGE = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(
    r"\s*<(?:p|div|span|table|ul|ol|h[1-6]|a|b|i|br|img|form|meta|title|style|script|section|article|font|center|strong|em|pre)[\s/>]",
    re.IGNORECASE,
)
_LONGEST_LABEL = 60
_SILENT = frozenset({"link", "meta", "script", "style"})
"""Elements that show nothing: text goes on across them."""


class _Html:
    name: ClassVar[str] = "html"

    def score(self, data: bytes, hint: Hint) -> float:
        named = hint.suffix in (".html", ".htm", ".hta", ".shtml") or hint.essence == "text/html"
        head = peek(data)
        page = _PAGE.match(head)
        fragment = _FRAGMENT.match(head)
        if not (named or page or fragment) or not is_running_text(data):
            return -1.0
        if page:
            return 0.97 if named else 0.9
        return 0.6 + 0.3 * bool(fragment) if named else 0.45

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        return _Reader(self.name, _decode(data, hint), open_child, xml=False).read()

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        yield from html_layers(_decode(data, hint).text, descend)


def _decode(data: bytes, hint: Hint) -> Decoded:
    """Bytes by their mark, the sender's charset or ``<meta charset>`` (section 13.2.3)."""
    meta = _META.search(peek(data))
    return decode(data, declared_charset(hint) or (meta[1] if meta else ""))


@dataclass(slots=True)
class _Table:
    """Where in a table the reader stands, and the headers it has seen."""

    number: int
    row: int = -1
    column: int = -1
    label: str = field(default="", repr=False)
    headers: dict[int, str] = field(default_factory=dict, repr=False)

    def context(self, text: str, cell: str) -> tuple[str, ...]:
        """Header and row label of the current cell, whose text and kind are given."""
        text = text.strip()
        short = len(text) <= _LONGEST_LABEL
        if short and (self.row == 0 or (cell == "th" and self.column > 0)):
            self.headers.setdefault(self.column, text)
            return ()
        context = tuple(x for x in (self.headers.get(self.column, ""), self.label) if x)
        if short and self.column == 0 and not re.search(r"\d{4}|@", text):
            self.label = text
        return context


class _Reader(MarkupReader):
    def __init__(self, name: str, decoded: Decoded, open_child: Opener, *, xml: bool) -> None:
        super().__init__(name, decoded, open_child, xml=xml)
        self._run: list[Piece] = []
        self._block = "text"
        self._tables: list[_Table] = []
        self._count = 0
        self._term = ""  # text of the last <dt> or <label>: what the next thing is called

    def characters(self, token: Token) -> None:
        if token.kind == "raw":  # shows nothing: the text around it goes on
            self.aside(token, "script", Role.HIDDEN)
            return
        if token.kind == "rcdata":
            self._flush()
            self._block = token.name
        if token.kind == "cdata":
            text = self.source[token.start : token.end]
            pieces = [Piece(text, token.start, token.end, "cdata", literal=False)] if text else []
        else:
            pieces = referenced(self.source, token.start, token.end, "text", self.resolve)
        if self._run and pieces:
            self._run += between(self._run[-1].text, pieces[0].text)
        self._run += pieces

    def tag(self, token: Token, labels: tuple[str, ...]) -> None:
        del labels
        name = token.name.lower()
        if name == "br" and self._run:
            self._run.append(Piece("\n", token.start, token.start, VIRTUAL))
        if name not in BLOCKS or name in _SILENT:
            return
        self._flush()
        self._block = name if token.kind == "open" else "text"
        if name == "table":
            if token.kind == "open":
                self._count += 1
                self._tables.append(_Table(self._count))
            elif self._tables:
                self._tables.pop()
        elif self._tables and token.kind == "open":
            table = self._tables[-1]
            if name == "tr":
                table.row, table.column, table.label = table.row + 1, -1, ""
            elif name in ("td", "th"):
                table.column += 1

    def finish(self) -> None:
        self._flush()

    def resolve(self, raw: str) -> str | None:
        return html_reference(raw)

    def nearby(self, token: Token) -> tuple[str, ...]:
        field = token.name.lower() in ("input", "select", "textarea")
        return (self._term,) if field and self._term else ()

    def attribute_role(self, token: Token, attribute: Attribute) -> Role:
        if token.name.lower() == "input" and attribute.name.lower() == "value":
            kinds = [a for a in token.attributes if a.name.lower() == "type"]
            hidden = any(self.source[a.start : a.end].lower() == "hidden" for a in kinds)
            return Role.HIDDEN if hidden else Role.BODY
        return Role.METADATA

    def _flush(self) -> None:
        run, self._run = self._run, []
        if not run:
            return
        text = texts(run)
        if not text.strip():
            return
        context: tuple[str, ...] = ()
        column = ""
        if self._tables and self._tables[-1].column >= 0:
            table = self._tables[-1]
            context = table.context(text, self._block)
            column = f"table {table.number} column {table.column + 1}"
        elif self._block in ("dt", "label"):
            self._term = text.strip()[:_LONGEST_LABEL]
        elif self._block in ("dd", "textarea", "select", "option") and self._term:
            context = (self._term,)
        part = self.part(self._block)
        self.document.add(run, part, context=context, column=column)
        embed_files(self.document, run, part, self.open_child)


FORMAT = _Html()
