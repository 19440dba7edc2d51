"""XML: text across inline elements, attributes, comments, instructions, the document type.

Spliced on its own text by a tolerant tokenizer; nothing is ever fetched, and entities that a
document declares for itself are read only when they are plain text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._encoding import Decoded, declared_charset, decode, peek
from gateway.formats._markup import Token, between, html_reference, referenced
from gateway.formats._markup_layers import xml_layers
from gateway.formats._markup_reader import MarkupReader, texts
from gateway.formats._pieces import FIXED, Piece, embedded_in
from gateway.formats._plain import embed_files
from gateway.formats._sniff import is_running_text
from gateway.model import Hint

_NAMES = re.compile(
    r"\.(?:xml|svg|xhtml|xht|xsd|xslt?|rss|atom|plist|kml|gpx|rdf|wsdl|fodt|fods|fodp)"
)
_PROLOG = re.compile(r"\s*<\?xml\s")
_ENCODING = re.compile(r"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_DECLARATION = re.compile(
    r"xml(?:\s+(?:version|encoding|standalone)\s*=\s*[\"'][A-Za-z0-9._-]{1,20}[\"'])+\s*"
)
_ROOT = re.compile(
    r"\s*+(?:<!--.*?-->\s*+|<!DOCTYPE\s[^>\[]*+>\s*+|<\?.*?\?>\s*+)*+<([A-Za-z_:][\w:.-]*+)",
    re.DOTALL,
)
_ENTITY = re.compile(
    r"<!ENTITY\s+(%\s+)?([^\s\"'<>&%;]+)\s+(?:\"([^\"]*)\"|'([^']*)'|SYSTEM\s|PUBLIC\s)"
)
_MOST_EXPANDED = 1_000_000

PARAGRAPHS = frozenset(
    (
        *("p", "h", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "dt", "dd", "title"),
        *("para", "simpara", "si", "is", "text", "desc", "string"),
    )
)
"""Local names of elements that are one paragraph in common vocabularies (WordprocessingML,
DrawingML, SpreadsheetML, ODF, XHTML, DocBook, SVG), even when all their text is in children."""


class _Xml:
    name: ClassVar[str] = "xml"

    def score(self, data: bytes, hint: Hint) -> float:
        named = bool(_NAMES.fullmatch(hint.suffix)) or hint.essence.endswith(("/xml", "+xml"))
        head = peek(data)
        root = _ROOT.match(head)
        if not (root or _PROLOG.match(head) or (named and "<" in head)):
            return -1.0
        if not is_running_text(data):
            return -1.0
        if named or (_PROLOG.match(head) and not (root and root[1].lower() == "html")):
            return 0.95
        ends_with_tag = data[-64:].translate(None, b"\0\r\n\t ").endswith(b">")
        return 0.4 if root and ends_with_tag and root[1].lower() != "html" else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        return _Reader(self.name, _decode(data, hint), open_child, xml=True).read()

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        yield from xml_layers(_decode(data, hint).text, descend)


def _decode(data: bytes, hint: Hint) -> Decoded:
    """Bytes by their mark, the sender's charset or the XML declaration (XML 1.0, appendix F)."""
    declared = _ENCODING.match(peek(data, 400))
    return decode(data, declared_charset(hint) or (declared[1] if declared else ""))


class _Reader(MarkupReader):
    """Finds which text runs on across tags.

    Two neighbouring texts are one when the nearest element around both has text of its own (mixed
    content) or is a paragraph, or stands in such an element with no paragraph between. Whether an
    element has text of its own is known at its end only, so texts are listed first and joined
    last, over elements numbered in document order: no recursion, and one pass.
    """

    def __init__(self, name: str, decoded: Decoded, open_child: Opener, *, xml: bool) -> None:
        super().__init__(name, decoded, open_child, xml=xml)
        # By element; number 0 is the document itself.
        self._names: list[str] = [""]
        self._parents: list[int] = [0]
        self._depths: list[int] = [0]
        self._has_text = bytearray(1)
        self._labels: dict[int, tuple[str, ...]] = {}
        self._open: dict[str, int] = {}  # how many elements of a name are open
        # By text: its pieces, its element, the nearest element around it and the text before it,
        # and whether a paragraph began or ended in between.
        self._texts: list[tuple[list[Piece], int, int, bool]] = []
        self._at = 0
        self._around = 0
        self._parted = False
        self._entities: dict[str, str | None] = {}
        self._expanded = 0

    def characters(self, token: Token) -> None:
        if token.kind == "cdata":
            text = self.source[token.start : token.end]
            pieces = [Piece(text, token.start, token.end, "cdata", literal=False)] if text else []
        else:
            pieces = referenced(self.source, token.start, token.end, "text", self.resolve)
        if not pieces:
            return
        if not self._has_text[self._at] and not all(piece.text.isspace() for piece in pieces):
            self._has_text[self._at] = 1
        self._texts.append((pieces, self._at, self._around, self._parted))
        self._around, self._parted = self._at, False

    def tag(self, token: Token, labels: tuple[str, ...]) -> None:
        name = token.name
        self._parted |= _local(name) in PARAGRAPHS
        if token.kind == "open" and not token.empty:
            self._names.append(name)
            self._parents.append(self._at)
            self._depths.append(self._depths[self._at] + 1)
            self._has_text.append(0)
            self._at = len(self._names) - 1
            self._open[name] = self._open.get(name, 0) + 1
            if labels:
                self._labels[self._at] = labels
        elif token.kind == "close" and self._open.get(name):
            while True:
                closed = self._names[self._at]
                self._open[closed] -= 1
                self._at = self._parents[self._at]
                if closed == name:
                    break
            if self._depths[self._at] < self._depths[self._around]:
                self._around = self._at

    def finish(self) -> None:
        runs_on = bytearray(len(self._names))
        for number in range(1, len(runs_on)):
            own = self._has_text[number] or _local(self._names[number]) in PARAGRAPHS
            runs_on[number] = own or runs_on[self._parents[number]]
        run: list[Piece] = []
        first = around = 0
        parted = True
        for pieces, element, nearest, has_part in self._texts:
            parted |= has_part
            around = min(around, nearest, key=self._depths.__getitem__)
            if not self._has_text[element] and not _is_written(pieces, run, runs_on[around]):
                continue  # white space that only lays out the source
            if run and not parted and runs_on[around]:
                run += between(run[-1].text, pieces[0].text)
            else:
                self._flush(run, first)
                run, first = [], element
            run += pieces
            around, parted = element, False
        self._flush(run, first)

    def _flush(self, run: list[Piece], element: int) -> None:
        if run:
            parent = self._parents[element]
            names = (_local(self._names[element]), _local(self._names[parent]))
            labels = self._labels.get(element, ()) + self._labels.get(parent, ())
            context = tuple(word for word in (*names, *labels) if word)
            part = self.part(names[0] or "text")
            found = embedded_in(texts(run), names) if _is_one_text(run) else None
            if found:
                span = (run[0].start, run[-1].end)
                self.document.embed(part, span, found, self.open_child, run[0].place)
            else:
                self.document.add(run, part, context=context)
                embed_files(self.document, run, part, self.open_child)

    def is_declaration(self, token: Token) -> bool:
        return bool(_DECLARATION.fullmatch(self.source, token.start, token.end))

    def declaration(self, token: Token) -> None:
        """Note the entities that the internal subset declares; the first declaration binds."""
        for entity in _ENTITY.finditer(self.source, token.start, token.end):
            parameter, name, *values = entity.groups()
            if parameter:
                raise Unreadable("XML with parameter entities")
            value = next((v for v in values if v is not None), None)
            plain = value is not None and "<" not in value and "%" not in value
            if value is not None and plain:
                value = re.sub(r"&#(?:x[0-9a-fA-F]{1,6}|[0-9]{1,7});", _character, value)
            self._entities.setdefault(name, value if plain and value and "&" not in value else None)

    def doctype(self, token: Token) -> Sequence[Piece]:
        """The document type; the texts of plain entities in it can change."""
        pieces: list[Piece] = []
        at = token.start
        for entity in _ENTITY.finditer(self.source, token.start, token.end):
            quote = 3 if entity[3] is not None else 4
            if self._entities.get(entity[2]) and entity[quote]:
                start, end = entity.span(quote)
                pieces.append(Piece(self.source[at:start], at, start, FIXED))
                pieces.append(Piece(entity[quote], start, end, '"' if quote == 3 else "'"))
                at = end
        return [*pieces, Piece(self.source[at : token.end], at, token.end, FIXED)]

    def resolve(self, raw: str) -> str | None:
        name = raw[1:-1]
        if not raw.endswith(";"):
            return None
        if name in self._entities:
            value = self._entities[name]
            if value is None:
                raise Unreadable("XML with its own entities")
            self._expanded += len(value)
            if self._expanded > _MOST_EXPANDED:
                raise LimitExceeded(f"XML entities expand to more than {_MOST_EXPANDED} characters")
            return value
        return html_reference(raw)


def _is_written(pieces: Sequence[Piece], run: Sequence[Piece], runs_on: int) -> bool:
    """Whether white space alone in an element is a space between words of a paragraph."""
    return bool(run and runs_on) and not any("\n" in piece.text for piece in pieces)


def _is_one_text(run: Sequence[Piece]) -> bool:
    """Whether nothing stands between the pieces: references cut one text into several."""
    return all(
        one.end == two.start and one.place == two.place for one, two in itertools.pairwise(run)
    )


def _character(reference: re.Match[str]) -> str:
    return html_reference(reference[0]) or reference[0]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


FORMAT = _Xml()
