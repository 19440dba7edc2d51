"""The XML of an Office part as source text with positions.

Parts are edited by splicing their source, so that everything an edit does not touch (the
declaration, prefixes, ``mc:Ignorable``, quotes, white space) stays as it was; lxml tells no
positions. So lxml, which is strict, judges whether a part is well-formed, and then a tokenizer
of one regular expression lists tags and texts with their places. Both must count the same
elements and attributes and read the same text; otherwise the part is refused.

Source: XML 1.0 5th ed. (§2.11 line ends, §3.3.3 attribute values, §4.1 references),
Namespaces in XML 1.0. Part encodings: ECMA-376-2 §8.1.4 (UTF-8 and UTF-16 only).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from gateway.errors import Unreadable

if TYPE_CHECKING:
    from lxml import etree

TOKEN = re.compile(
    r"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
    r"""|[^<>"'!?](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>)""",
    re.DOTALL,
)
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


@dataclass(frozen=True, slots=True)
class Source:
    """A part's text, the codec that gives its bytes back, and its tokens."""

    text: str = field(repr=False)
    codec: str
    tokens: list[tuple[Tag | None, int, str]] = field(repr=False)

    def tally(self) -> tuple[int, int, str]:
        """How many elements and attributes there are, and all character data."""
        elements = attributes = 0
        texts: list[str] = []
        for tag, _, before in self.tokens:
            texts.append(unescape(before))
            if tag is None:
                continue
            if tag.kind is Kind.CDATA:
                texts.append(tag.raw[9:-3].replace("\r\n", "\n").replace("\r", "\n"))
            elif tag.kind in {Kind.START, Kind.EMPTY}:
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


def read_xml(data: bytes) -> Source:
    """Decode and tokenise a part, and have lxml read it too to compare notes.

    Raises:
        HasDoctype: it has a document type declaration.
        Unreadable: it is not well-formed, or the two readers see different things.
    """
    text, codec = decode_part(data)
    root = _parse(data)
    source = Source(text, codec, list(tokens(text)))
    if source.tally() != _tally(root):
        raise Unreadable("XML that two readers understand differently")
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


def tokens(source: str) -> Iterator[tuple[Tag | None, int, str]]:
    """Each token with its position and the raw text before it; at the end ``None`` and the rest.

    The text before a token begins at its position less the text's length.
    """
    scopes = _Scopes()
    known: dict[str, Tag] = {}
    at = 0
    for match in TOKEN.finditer(source):
        raw = match.group()
        start = match.start()
        tag = known.get(raw)
        if tag is None or scopes.nested:
            tag = scopes.tag(raw)
            if not tag.declared:
                known[raw] = tag
        if tag.declared:
            known.clear()
        yield tag, start, source[at:start]
        at = match.end()
        scopes.leave(tag)
    yield None, len(source), source[at:]


class _Scopes:
    """Which prefix means which namespace, while walking."""

    def __init__(self) -> None:
        self._stack: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
        self._depths: list[int] = []
        self._depth = 0

    @property
    def nested(self) -> bool:
        """Whether a declaration below the root is in force or has just ended."""
        return len(self._depths) > 1

    def tag(self, raw: str) -> Tag:
        if raw[1] in "!?":
            kind = Kind.PI if raw[1] == "?" else Kind.COMMENT if raw[2] == "-" else Kind.CDATA
            return Tag(kind, raw)
        kind = Kind.END if raw[1] == "/" else Kind.EMPTY if raw[-2] == "/" else Kind.START
        name = _TAG_NAME.match(raw)
        assert name is not None
        found = [] if kind is Kind.END else list(_ATTRIBUTE.finditer(raw, name.end()))
        declared = tuple(_declaration(m) for m in found if m[1].partition(":")[0] == "xmlns")
        scope = self._stack[-1]
        if declared:
            scope = scope | {a.local: a.value for a in declared}
            if kind is Kind.START:
                self._stack.append(scope)
                self._depths.append(self._depth)
        prefix, colon, local = name[1].rpartition(":")
        attributes = tuple(_attribute(m, scope) for m in found if m[1].partition(":")[0] != "xmlns")
        return Tag(kind, raw, scope.get(prefix if colon else "", ""), local, attributes, declared)

    def leave(self, tag: Tag) -> None:
        if tag.kind is Kind.START:
            self._depth += 1
        elif tag.kind is Kind.END:
            self._depth -= 1
            if self._depths and self._depths[-1] == self._depth:
                self._depths.pop()
                self._stack.pop()


def _declaration(match: re.Match[str]) -> Attribute:
    group = 2 if match[2] is not None else 3
    local = match[1].partition(":")[2]
    return Attribute("", local, unescape(match[group]), match.start(group), match.end(group))


def _attribute(match: re.Match[str], scope: dict[str, str]) -> Attribute:
    group = 2 if match[2] is not None else 3
    prefix, _, local = match[1].rpartition(":")
    value = unescape_attribute(match[group])
    namespace = scope.get(prefix, "") if prefix else ""
    return Attribute(namespace, local, value, match.start(group), match.end(group))


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
