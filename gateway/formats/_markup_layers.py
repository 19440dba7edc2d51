"""The text of markup by other parsers than our own, for the verifier: expat and html.parser."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from xml.parsers import expat

from gateway.formats._base import Descend
from gateway.formats._markup import is_namespace, unclosed_from, vocabulary_words
from gateway.formats._pieces import embedded_layers, is_odd

# Tags that part words. All others run on, so that a value in two types is found.
BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd"),
        *("details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
        *("footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header"),
        *("hgroup", "hr", "html", "iframe", "label", "legend", "li", "link", "main", "menu"),
        *("meta", "nav", "noscript", "object", "ol", "optgroup", "option", "p", "pre", "script"),
        *("section", "select", "style", "summary", "table", "tbody", "td", "template"),
        *("textarea", "tfoot", "th", "thead", "title", "tr", "ul", "video", "audio", "canvas"),
        *("text", "desc", "foreignobject"),  # of SVG
    )
)
"""Elements of HTML that begin and end a line (WHATWG HTML Standard, section 15.3)."""


def xml_layers(text: str, descend: Descend) -> Iterator[str]:
    """All text of XML by expat; by the HTML parser where expat may not or cannot read it."""
    found = _Collected()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: found.tag(name, attributes.items())
    parser.CharacterDataHandler = found.text.append
    parser.CommentHandler = found.other.append
    parser.ProcessingInstructionHandler = lambda target, data: found.other.extend((target, data))
    parser.StartDoctypeDeclHandler = lambda *parts: found.other.extend(
        part for part in parts if isinstance(part, str)
    )
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8"), True)  # noqa: FBT003 - expat takes it by position
    except (expat.ExpatError, _EntitiesError):
        yield from html_layers(text, descend)
        return
    yield from found.layers(descend)


class _EntitiesError(Exception):
    """A document declares entities: expat must not expand them."""


def _refuse(*_declaration: object) -> None:
    raise _EntitiesError


def html_layers(text: str, descend: Descend) -> Iterator[str]:
    """All text of HTML by Python's html.parser.

    What follows a tag or comment that is never closed is given as it stands and with its
    references read: html.parser would need quadratic time for it.
    """
    whole = unclosed_from(text)
    parser = _Parser()
    parser.feed(text[:whole])
    parser.close()
    yield from parser.found.layers(descend)
    if whole < len(text):
        yield text[whole:]
        yield html.unescape(text[whole:])


class _Collected:
    """What a parser reports, sorted into running text, attributes and the rest."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.values: list[str] = []
        self.other: list[str] = []

    def tag(self, name: str, attributes: Iterable[tuple[str, str]]) -> None:
        if is_odd(name):
            self.other.append(name)
        for key, value in attributes:
            if is_odd(key):
                self.other.append(key)
            if is_namespace(key, value):
                self.other.append(" ".join(word[0] for word in vocabulary_words(value)))
            elif value:
                self.values.append(value)

    def layers(self, descend: Descend) -> Iterator[str]:
        yield "".join(self.text)
        yield from self.other
        for value in self.values:
            yield value
            yield from embedded_layers(value, descend)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = _Collected()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS or tag == "br":
            self.found.text.append("\n")
        self.found.tag(tag, [(name, value or "") for name, value in attrs])

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.found.text.append("\n")
        if is_odd(tag):
            self.found.other.append(tag)

    def handle_data(self, data: str) -> None:
        self.found.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)
