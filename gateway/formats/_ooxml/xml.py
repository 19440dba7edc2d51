"""The XML of an Office part as source text with positions.

Parts are edited by splicing their source, so that everything an edit does not touch (the
declaration, prefixes, ``mc:Ignorable``, quotes, white space) stays as it was; lxml tells no
positions. So lxml, which is strict, judges whether a part is well-formed, and then a tokenizer
of one regular expression lists tags and texts with their places. Both must count the same
elements and attributes and read the same text; otherwise the part is refused.

A part that was read stays known as long as somebody holds it, so that opening a package again
after an edit costs no second reading of what nobody touched.

Source: XML 1.0 5th ed. (§2.11 line ends, §3.3.3 attribute values, §4.1 references),
Namespaces in XML 1.0. Part encodings: ECMA-376-2 §8.1.4 (UTF-8 and UTF-16 only).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from gateway.errors import Unreadable
from gateway.formats._ooxml.shapes import Shapes, scan

if TYPE_CHECKING:
    from lxml import etree

TOKEN = re.compile(
    r"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
    r"""|[^<>"'!?](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>)""",
    re.DOTALL,
)
_PIECES = re.compile(f"({TOKEN.pattern})", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG_NAME = re.compile(r"</?([^\s/>]+)")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(lt|gt|amp|quot|apos));|\r\n?")
_SPACE = " \t\r\n"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class Kind(IntEnum):
    """What a token is."""

    START = 1
    EMPTY = 2
    END = 3
    COMMENT = 4
    PI = 5
    CDATA = 6


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute; ``start`` and ``end`` bound its raw value, counted from the tag's start."""

    namespace: str
    local: str
    value: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """A tag, comment, processing instruction or CDATA section, without its position."""

    kind: Kind
    raw: str = field(repr=False)
    namespace: str = ""
    local: str = ""
    attributes: tuple[Attribute, ...] = ()
    declared: tuple[Attribute, ...] = ()

    def get(self, local: str, default: str = "") -> str:
        """The value of the first attribute with this local name."""
        for attribute in self.attributes:
            if attribute.local == local:
                return attribute.value
        return default


type Token = tuple[Tag | None, int, str]
"""A tag with its position and the raw text before it; the last has no tag.

The text before a token begins at its position less the text's length.
"""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Source:
    """A part's text and its tokens.

    Args:
        text: the XML.
        codec: gives its bytes back.
        tokens: tags and texts, in order, but for what ``shapes`` has.
        shapes: rows, cells and strings of workbooks that were taken whole.
        readings: what readers made of it, for whoever reads the same again.
    """

    text: str = field(repr=False)
    codec: str
    tokens: list[Token] = field(repr=False)
    shapes: Shapes = field(default_factory=Shapes, repr=False)
    readings: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    def tally(self) -> tuple[int, int, str]:
        """How many elements and attributes there are, and all character data."""
        elements = attributes = 0
        texts: list[str] = []
        shapes = self.shapes.stretches(self.text)
        start, inside, named, text = next(shapes)
        for tag, at, before in self.tokens:
            while start < at:
                elements, attributes = elements + inside, attributes + named
                texts.append(unescape(text))
                start, inside, named, text = next(shapes)
            if before:
                texts.append(unescape(before))
            if tag is None:
                continue
            if tag.kind is Kind.CDATA:
                texts.append(tag.raw[9:-3].replace("\r\n", "\n").replace("\r", "\n"))
            elif tag.kind <= Kind.EMPTY:
                elements += 1
                attributes += len(tag.attributes)
        return elements, attributes, "".join(texts).lstrip("\ufeff").strip(_SPACE)


class HasDoctype(Unreadable):
    """A part with a document type declaration: it could mean anything."""


def decode_part(data: bytes) -> tuple[str, str]:
    """The source of a part and the codec that gives its bytes back.

    Raises:
        HasDoctype: it has a document type declaration.
        Unreadable: it is not valid UTF-8 or UTF-16.
    """
    codec = "utf-8"
    if data[:2] == b"\xff\xfe" or data[:4] == b"<\0?\0":
        codec = "utf-16-le"
    elif data[:2] == b"\xfe\xff" or data[:4] == b"\0<\0?":
        codec = "utf-16-be"
    else:
        declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
        if name not in {"utf-8", "utf8", "us-ascii", "ascii"}:
            raise Unreadable("XML in an encoding that Office parts may not have")
        codec = "ascii" if name.endswith("ascii") else "utf-8"
    try:
        source = data.decode(codec)
    except UnicodeDecodeError:
        raise Unreadable("XML that is not in its declared encoding") from None
    if "<!DOCTYPE" in source or "<!ENTITY" in source:
        raise HasDoctype("XML with a document type declaration")
    return source, codec


_sources: WeakValueDictionary[tuple[bytes, bool], Source] = WeakValueDictionary()


def read_xml(data: bytes, scope: Scope | None = None, *, lean: bool = False) -> Source:
    """Decode and tokenise a part, and have lxml read it too to compare notes.

    Args:
        data: the part.
        scope: what is known before its first tag; one for all parts of a package knows their
            common tags.
        lean: take common shapes of a workbook whole; only for who reads ``Source.shapes``.

    Raises:
        HasDoctype: it has a document type declaration.
        Unreadable: it is not well-formed, or the two readers see different things.
    """
    known = _sources.get((data, lean))
    if known is not None:
        return known
    text, codec = decode_part(data)
    root = _parse(data)
    source = _tokenised(text, codec, scope or Scope(), lean=lean)
    if source.tally() != _tally(root):
        raise Unreadable("XML that two readers understand differently")
    _sources[data, lean] = source
    return source


def check_xml(data: bytes) -> None:
    """Have lxml read a part that was written.

    Raises:
        Unreadable: it is not well-formed.
    """
    decode_part(data)
    _parse(data)


def _parse(data: bytes) -> etree._Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("XML that is not well-formed") from None


def _tally(root: etree._Element) -> tuple[int, int, str]:
    from lxml import etree

    seen = etree.tostring(root, method="text", encoding="unicode", with_tail=False)
    elements, attributes = root.xpath("count(//*)"), root.xpath("count(//@*)")
    assert isinstance(elements, float)
    assert isinstance(attributes, float)
    return int(elements), int(attributes), seen.strip(_SPACE)


def _tokenised(text: str, codec: str, scope: Scope, *, lean: bool) -> Source:
    if lean and (found := scan(text, TOKEN)):
        walk = _Walk(scope)
        walk.through(text[: found.start], 0)
        # A "<" in text is the start of a comment that goes on behind the supposed element.
        open_comment = any("<" in before for _, _, before in walk.tokens)
        if walk.tokens and not open_comment and _is_outer(walk.tokens[-1][0]):
            for raw, at, before in found.others:
                walk.step(raw, at, before)
            walk.through(text[found.end :], found.end)
            walk.tokens.append((None, len(text), walk.rest))
            return Source(text, codec, walk.tokens, found.shapes)
    walk = _Walk(scope)
    walk.through(text, 0)
    walk.tokens.append((None, len(text), walk.rest))
    return Source(text, codec, walk.tokens)


class Scope:
    """Which prefix means which namespace, and the tags that were met where it does.

    Parts say the same few thousand tags again and again; each is taken apart once.
    """

    __slots__ = ("_inner", "_namespaces", "tags")

    def __init__(self, namespaces: dict[str, str] | None = None) -> None:
        self._namespaces = namespaces or {"xml": "http://www.w3.org/XML/1998/namespace"}
        self._inner: dict[tuple[Attribute, ...], Scope] = {}
        self.tags: dict[str, Tag] = {}

    def inner(self, declared: tuple[Attribute, ...]) -> Scope:
        """The scope within an element that declares namespaces."""
        found = self._inner.get(declared)
        if found is None:
            named = {attribute.local: attribute.value for attribute in declared}
            found = self._inner[declared] = Scope(self._namespaces | named)
        return found

    def tag(self, raw: str) -> Tag:
        """A token taken apart."""
        tag = self.tags[raw] = self._taken_apart(raw)
        return tag

    def _taken_apart(self, raw: str) -> Tag:
        if raw[1] in "!?":
            kind = Kind.PI if raw[1] == "?" else Kind.COMMENT if raw[2] == "-" else Kind.CDATA
            return Tag(kind, raw)
        kind = Kind.END if raw[1] == "/" else Kind.EMPTY if raw[-2] == "/" else Kind.START
        name = _TAG_NAME.match(raw)
        assert name is not None
        found = [] if kind is Kind.END else list(_ATTRIBUTE.finditer(raw, name.end()))
        declared: tuple[Attribute, ...] = ()
        if "xmlns" in raw:
            declared = tuple(_declaration(m) for m in found if m[1].partition(":")[0] == "xmlns")
            found = [m for m in found if m[1].partition(":")[0] != "xmlns"]
        namespaces = self._namespaces
        if declared:
            namespaces = namespaces | {a.local: a.value for a in declared}
        prefix, colon, local = name[1].rpartition(":")
        attributes = tuple([_attribute(m, namespaces) for m in found])
        namespace = namespaces.get(prefix if colon else "", "")
        return Tag(kind, raw, namespace, local, attributes, declared)


class _Walk:
    """Gathers tokens, knowing the scope of each.

    Attributes:
        tokens: those met so far.
        rest: the text behind the last of them.
    """

    def __init__(self, scope: Scope) -> None:
        self.tokens: list[Token] = []
        self.rest = ""
        self._scope = scope
        self._outer: list[Scope] = []

    def through(self, text: str, at: int) -> None:
        """All tokens of a text that begins at a place."""
        pieces = iter(_PIECES.split(text))
        before = next(pieces)
        at += len(before)
        for raw, after in zip(pieces, pieces, strict=True):
            self.step(raw, at, before)
            at += len(raw) + len(after)
            before = after
        self.rest = before

    def step(self, raw: str, at: int, before: str) -> None:
        """One token; an empty one stands for text before a shape."""
        scope = self._scope
        if not raw:
            self.tokens.append((None, at, before))
            return
        tag = scope.tags.get(raw) or scope.tag(raw)
        self.tokens.append((tag, at, before))
        if tag.kind is Kind.START:
            self._outer.append(scope)
            if tag.declared:
                self._scope = scope.inner(tag.declared)
        elif tag.kind is Kind.END and self._outer:
            self._scope = self._outer.pop()


def _is_outer(tag: Tag | None) -> bool:
    """Whether a tag begins the rows of a sheet or the shared strings of a workbook."""
    return (
        tag is not None
        and tag.kind is Kind.START
        and tag.local in {"sheetData", "sst"}
        and "spreadsheetml" in tag.namespace
    )


def _declaration(match: re.Match[str]) -> Attribute:
    group = 2 if match[2] is not None else 3
    local = match[1].partition(":")[2]
    return Attribute("", local, unescape(match[group]), match.start(group), match.end(group))


def _attribute(match: re.Match[str], namespaces: dict[str, str]) -> Attribute:
    group = 2 if match[2] is not None else 3
    prefix, _, local = match[1].rpartition(":")
    namespace = namespaces.get(prefix, "") if prefix else ""
    return Attribute(namespace, local, unescape_attribute(match[group]), *match.span(group))


def unescape(raw: str) -> str:
    """Character data as a parser reports it."""
    return _REFERENCE.sub(resolve, raw) if "&" in raw or "\r" in raw else raw


def unescape_attribute(raw: str) -> str:
    """An attribute value as a parser reports it: literal white space becomes spaces."""
    if "\n" in raw or "\t" in raw or "\r" in raw:
        raw = raw.replace("\r\n", " ").translate({9: " ", 10: " ", 13: " "})
    return unescape(raw)


def resolve(match: re.Match[str]) -> str:
    """The character that a reference stands for."""
    if match[1]:
        return chr(int(match[1], 16))
    if match[2]:
        return chr(int(match[2]))
    return _NAMED[match[3]] if match[3] else "\n"
