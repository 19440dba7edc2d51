"""What XML and HTML do alike with tokens: attributes, comments, names, embedded documents."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence

from gateway.errors import CannotEdit
from gateway.formats._base import Opener
from gateway.formats._encoding import Decoded, decode
from gateway.formats._markup import (
    Attribute,
    Token,
    attribute_pieces,
    escape,
    is_markup_in,
    is_namespace,
    tokenize,
    vocabulary_words,
)
from gateway.formats._pieces import (
    FIXED,
    VIRTUAL,
    Piece,
    PiecedDocument,
    closed,
    embedded_in,
    is_odd,
)
from gateway.formats._plain import embed_files
from gateway.model import UNIQUE_ID, Role

_LABELS = frozenset(
    ("name", "key", "label", "title", "id", "type", "placeholder", "aria-label", "for")
)
"""Attributes whose value says what the rest of the element is."""

_PUBLIC_DOCTYPE = re.compile(
    r"doctype\s+[\w:.-]{1,40}(?:\s+(?:public|system))?(?:\s*[\"'][\w/.: +-]{0,120}[\"']){0,2}\s*",
    re.IGNORECASE,
)
"""A document type without declarations of its own: names of a vocabulary, no text."""


class MarkupReader(ABC):
    """Reads tokens into a document. XML and HTML each say what text and tags mean.

    Args:
        name: of the format.
        decoded: the source.
        open_child: opens what stands in attributes (``data:`` URLs, JSON).
        xml: which rules of tokenization hold.
    """

    def __init__(self, name: str, decoded: Decoded, open_child: Opener, *, xml: bool) -> None:
        self.source = decoded.text
        self.document = PiecedDocument(name, decoded, escape=escape)
        self.open_child = open_child
        self._xml = xml
        self._counts: Counter[str] = Counter()
        self._odd_names: set[str] = set()

    def read(self) -> PiecedDocument:
        """The document, whole."""
        for token in tokenize(self.source, xml=self._xml):
            match token.kind:
                case "open" | "close":
                    labels = self._attributes(token)
                    self.tag(token, labels)
                case "text" | "cdata" | "rcdata" | "raw":
                    if token.kind == "text" and is_markup_in(self.source, token):
                        self.document.check = self._check
                    self.characters(token)
                case _:
                    self._aside(token)
        self.finish()
        return self.document

    @abstractmethod
    def characters(self, token: Token) -> None:
        """Text, CDATA or the content of ``<title>`` and ``<script>``."""

    @abstractmethod
    def tag(self, token: Token, labels: tuple[str, ...]) -> None:
        """A start or end tag; ``labels`` are the values of its naming attributes."""

    @abstractmethod
    def finish(self) -> None:
        """The end of the source."""

    @abstractmethod
    def resolve(self, raw: str) -> str | None:
        """What a reference means."""

    def part(self, name: str) -> str:
        """An address: the element's name and its number among its like."""
        name = "element" if is_odd(name) or len(name) > 40 else name
        self._counts[name] += 1
        return f"{name} {self._counts[name]}"

    def aside(self, token: Token, place: str, role: Role) -> None:
        """Text that is written anew as a whole when it changes, as it has no escapes."""
        text = self.source[token.start : token.end]
        pieces = [Piece(text, token.start, token.end, place, literal=False)]
        part = self.part(token.kind)
        self.document.add(pieces, part, role)
        embed_files(self.document, pieces, part, self.open_child)

    def _check(self, data: bytes, expected: Sequence[str]) -> None:
        """Prove an edit in a source with a tag that is never closed: it could close it."""
        decoded = decode(data, self.document.decoded.encoding)
        again = type(self)(self.document.format, decoded, closed, xml=self._xml).read()
        kept = [text for text in expected if text and not text.isspace()]
        if [segment.text for segment in again.own] != kept:
            raise CannotEdit("markup with a tag that is never closed")

    def _aside(self, token: Token) -> None:
        if token.kind == "doctype":
            self.declaration(token)
            text = self.source[token.start : token.end]
            if is_odd(text) or not _PUBLIC_DOCTYPE.fullmatch(text):
                self.document.add(self.doctype(token), self.part(token.kind), Role.HIDDEN)
        elif token.kind == "comment":
            self.aside(token, "xml comment" if self._xml else "comment", Role.COMMENT)
        elif token.kind == "bogus":
            self.aside(token, f"bogus {self.source[token.start - 1]}", Role.COMMENT)
        elif not self.is_declaration(token):
            self.aside(token, "instruction", Role.HIDDEN)

    def declaration(self, token: Token) -> None:
        """The document type, before it becomes a segment; most languages need nothing of it."""
        del token

    def doctype(self, token: Token) -> Sequence[Piece]:
        """The document type as pieces, of which only texts of its own can change."""
        return [Piece(self.source[token.start : token.end], token.start, token.end, FIXED)]

    def is_declaration(self, token: Token) -> bool:
        """Whether an instruction is the XML declaration, which holds no text."""
        del token
        return False

    def _attributes(self, token: Token) -> tuple[str, ...]:
        if is_odd(token.name):
            self._name(token.name, token.start + 1 + (token.kind == "close"))
        if not token.attributes:
            return ()
        source = self.source
        labels = tuple(
            source[a.start : a.end]
            for a in token.attributes[:20]
            if a.end - a.start <= 60 and a.name.lower() in _LABELS
        )
        for attribute in token.attributes:
            if is_odd(attribute.name):
                at = source.rfind(attribute.name, token.start, attribute.start)
                self._name(attribute.name, at)
            if attribute.start < attribute.end:
                self._attribute(token, attribute, labels)
        return labels

    def _attribute(self, token: Token, attribute: Attribute, labels: tuple[str, ...]) -> None:
        pieces = attribute_pieces(self.source, attribute, self.resolve)
        value = texts(pieces)
        if is_namespace(attribute.name, value):
            self._vocabulary(attribute, value)
            return
        part = self.part(f"{_local(token.name)}/{_local(attribute.name)}")
        found = embedded_in(value, (_local(attribute.name),))
        if found:
            span = (attribute.start, attribute.end)
            self.document.embed(part, span, found, self.open_child, attribute.quote)
            return
        own = self.source[attribute.start : attribute.end]
        around = (*(x for x in labels if x != own), *self.nearby(token))
        is_id = value[:4].lower() in ("cid:", "mid:")
        context = (UNIQUE_ID if is_id else _local(attribute.name), _local(token.name), *around)
        self.document.add(pieces, part, self.attribute_role(token, attribute), context)

    def _vocabulary(self, attribute: Attribute, value: str) -> None:
        """The words of a namespace's address: together they would read as a link."""
        row: list[Piece] = []
        for word in vocabulary_words(value):
            start = attribute.start + word.start()
            row += [Piece(" ", start, start, VIRTUAL)] if row else []
            row.append(Piece(word[0], start, start + len(word[0]), attribute.quote))
        if row and attribute.end - attribute.start == len(value):
            self.document.add(row, self.part("namespace"), Role.METADATA)

    def nearby(self, token: Token) -> tuple[str, ...]:
        """Text before a tag that says what its attributes are."""
        del token
        return ()

    def attribute_role(self, token: Token, attribute: Attribute) -> Role:
        """What an attribute is to a reader."""
        del token, attribute
        return Role.METADATA

    def _name(self, name: str, start: int) -> None:
        """A tag or attribute name that could hold a value is shown once, and cannot change."""
        if name not in self._odd_names:
            self._odd_names.add(name)
            piece = Piece(name, start, start + len(name), FIXED)
            self.document.add([piece], self.part("name"), Role.KEY)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def texts(pieces: Sequence[Piece]) -> str:
    """The text of a row of pieces."""
    if len(pieces) == 1:
        return pieces[0].text
    return "".join(piece.text for piece in pieces)
