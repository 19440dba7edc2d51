"""What XML and HTML share: an own tolerant tokenizer, references, and escaping by place.

The tokenizer exists because edits need the place of every character; it never fails and never
recurses. Its rules are those of the WHATWG HTML Standard, section 13.2.5 (tokenization), and of
XML 1.0 (fifth edition), section 2; whatever does not fit them is text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gateway.formats._pieces import FIXED, VIRTUAL, Piece, is_odd


class Attribute(NamedTuple):
    """One attribute: its name, and where its value stands without quotes."""

    name: str
    start: int
    end: int
    quote: str


class Token(NamedTuple):
    """A stretch of the source.

    Args:
        kind: text, open, close, comment, bogus (what HTML takes for a comment, ``<?x>``), cdata,
            instruction, doctype, raw (in ``<script>``) or rcdata (in ``<title>``).
        start: where its content begins: inside the delimiters; for tags the ``<``.
        end: where its content ends.
        name: of a tag, as written; of the element whose content is raw.
        attributes: of a tag.
        empty: whether a tag closes itself.
    """

    kind: str
    start: int
    end: int
    name: str = ""
    attributes: Sequence[Attribute] = ()
    empty: bool = False


_MARKUP = re.compile(r"<(?=[!?/A-Za-z_:\x80-\U0010ffff])")
_HTML_NAME = re.compile(r"[A-Za-z][^\s/>]*+")
_XML_NAME = re.compile(r"[A-Za-z_:\x80-\U0010ffff][^\s/><=\"']*+")
_SKIP = re.compile(r"[\s/]*+")
_ATTRIBUTE = re.compile(
    r"([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+)|(?=>)))?"
)
_SUBSET = re.compile(r"\"[^\"]*\"|'[^']*'|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|[\[\]<>]", re.DOTALL)
_RAW = dict.fromkeys(("script", "style", "xmp", "iframe", "noembed", "noframes"), "raw")
_RAW |= {"title": "rcdata", "textarea": "rcdata", "plaintext": "raw"}


def tokenize(text: str, *, xml: bool) -> Iterator[Token]:
    """All of a source, token by token; only delimiters lie between them."""
    scanner = _Scanner(text, xml=xml)
    at = begin = 0
    while sign := _MARKUP.search(text, at):
        at = sign.start()
        found = scanner.markup(at)
        if found is None:
            at += 1
            continue
        token, end = found
        if begin < at:
            yield Token("text", begin, at)
        yield token
        at = begin = end
        if raw := scanner.raw(token, end):
            yield raw
            at = begin = raw.end
    if begin < len(text):
        yield Token("text", begin, len(text))


def is_markup_in(text: str, token: Token) -> bool:
    """Whether a text holds the beginning of a tag, which is text because no ``>`` follows."""
    return _MARKUP.search(text, token.start, token.end) is not None


def unclosed_from(text: str) -> int:
    """Where the first tag or comment of HTML begins that never ends; the end if there is none."""
    for token in tokenize(text, xml=False):
        if token.kind == "text" and (sign := _MARKUP.search(text, token.start, token.end)):
            return sign.start()
        if token.kind in _ASIDES and token.end == len(text):
            return text.rfind("<", 0, token.start)
    return len(text)


_ASIDES = ("comment", "bogus", "cdata", "doctype", "raw", "rcdata")


class _Scanner:
    def __init__(self, text: str, *, xml: bool) -> None:
        self.text = text
        self.xml = xml
        self.foreign = 0  # depth of <svg> and <math>, where HTML keeps to rules nearer to XML
        self.unclosed = False  # a tag runs to the end of the text, and so would every later one

    def markup(self, at: int) -> tuple[Token, int] | None:
        """The token that begins with the ``<`` at ``at``, and its end; ``None`` if it is text."""
        text = self.text
        follows = text[at + 1 : at + 2]
        if follows == "!":
            return self._declaration(at)
        if follows == "?":
            kind, stop = ("instruction", "?>") if self.xml else ("bogus", ">")
            return self._until(kind, at + 2, stop)
        closing = follows == "/"
        name = (_XML_NAME if self.xml else _HTML_NAME).match(text, at + 1 + closing)
        if name is None:
            bogus = closing and not self.xml and at + 2 < len(text)
            return self._until("bogus", at + 2, ">") if bogus else None
        return self._tag(at, name, closing=closing)

    def raw(self, token: Token, at: int) -> Token | None:
        """The content of an element in which tags do not count, after its start tag."""
        name = token.name.lower()
        if self.xml or token.kind != "open" or self.foreign or name not in _RAW:
            return None
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.text, at)
        last = end.start() if end and name != "plaintext" else len(self.text)
        return Token(_RAW[name], at, last, name) if last > at else None

    def _tag(self, at: int, name: re.Match[str], *, closing: bool) -> tuple[Token, int] | None:
        text, size = self.text, len(self.text)
        attributes: list[Attribute] = []
        position = name.end()
        while not self.unclosed:
            skipped = _SKIP.match(text, position)
            assert skipped
            position = skipped.end()
            if position >= size:
                self.unclosed = True
            elif text[position] == ">":
                empty = text[position - 1] == "/"
                self._count_foreign(name[0], closing=closing, empty=empty)
                kind = "close" if closing else "open"
                return Token(kind, at, position + 1, name[0], attributes, empty), position + 1
            else:
                position = self._attribute(position, attributes)
        return None

    def _attribute(self, position: int, attributes: list[Attribute]) -> int:
        found = _ATTRIBUTE.match(self.text, position)
        assert found
        group = found.lastindex or 1
        start, end = found.span(group) if group > 1 else (found.end(), found.end())
        attributes.append(Attribute(found[1], start, end, ("", "", '"', "'", "=")[group]))
        if group == 1 and re.compile(r"\s*+=").match(self.text, found.end()):
            return len(self.text)  # its quote is never closed
        return found.end()

    def _count_foreign(self, name: str, *, closing: bool, empty: bool) -> None:
        if name.lower() in ("svg", "math") and not empty:
            self.foreign = max(0, self.foreign + (-1 if closing else 1))

    def _declaration(self, at: int) -> tuple[Token, int]:
        text = self.text
        if text.startswith("<!--", at):
            if not self.xml and (abrupt := re.compile(r"-?>").match(text, at + 4)):
                return Token("comment", at + 4, at + 4), abrupt.end()
            end = re.compile("-->" if self.xml else "--!?>").search(text, at + 4)
            last = (end.start(), end.end()) if end else (len(text), len(text))
            return Token("comment", at + 4, last[0]), last[1]
        if text.startswith("<![CDATA[", at) and (self.xml or self.foreign):
            return self._until("cdata", at + 9, "]]>")
        if text[at + 2 : at + 9].upper() == "DOCTYPE":
            return self._doctype(at + 2) if self.xml else self._until("doctype", at + 2, ">")
        return self._until("bogus", at + 2, ">")

    def _doctype(self, at: int) -> tuple[Token, int]:
        angles = 1
        for sign in _SUBSET.finditer(self.text, at):
            angles += {"<": 1, ">": -1}.get(sign[0], 0)
            if angles == 0:
                return Token("doctype", at, sign.start()), sign.end()
        return Token("doctype", at, len(self.text)), len(self.text)

    def _until(self, kind: str, start: int, stop: str) -> tuple[Token, int]:
        end = self.text.find(stop, start)
        if end < 0:
            return Token(kind, start, len(self.text)), len(self.text)
        return Token(kind, start, end), end + len(stop)


_NAMESPACE = re.compile(r"(?:https?://|urn:)[\w.:/#-]{1,120}")
_COMMON_VOCABULARY = re.compile(
    r"https?://(?:www\.w3\.org|purl\.org|schemas?\.[a-z.-]{3,40}|ns\.adobe\.com|java\.sun\.com)/.*"
    r"|urn:(?:oasis|schemas-microsoft-com|iso|ietf|un|org:documentfoundation):.*"
)
_VOCABULARY_WORD = re.compile(r"[\w-]+")


def is_namespace(name: str, value: str) -> bool:
    """Whether an attribute only names a vocabulary (``xmlns:w``), which is structure, not text."""
    named = name == "xmlns" or name.startswith("xmlns:")
    return named and bool(_NAMESPACE.fullmatch(value)) and not is_odd(value)


def vocabulary_words(value: str) -> list[re.Match[str]]:
    """The words of a vocabulary's address, which nobody takes for a link; none if it is common."""
    if _COMMON_VOCABULARY.fullmatch(value):
        return []
    return list(_VOCABULARY_WORD.finditer(value))


type Resolve = Callable[[str], str | None]
"""What a reference (``&amp;``) means, or ``None`` when it is no reference."""

_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,400}|#[0-9]{1,400}|[^\s&;<>#\"'=]{1,60});?")


def referenced(text: str, start: int, end: int, place: str, resolve: Resolve) -> list[Piece]:
    """Character data as pieces: literal stretches, and each reference by itself."""
    if text.find("&", start, end) < 0:
        return [Piece(text[start:end], start, end, place)] if start < end else []
    pieces: list[Piece] = []
    at = start
    for match in _REFERENCE.finditer(text, start, end):
        raw = match[0]
        # In attributes of HTML, "&copy=1" is no reference: the standard spares query strings.
        follows = text[match.end() : match.end() + 1]
        bare = place != "text" and not raw.endswith(";") and (follows == "=" or follows.isalnum())
        value = None if bare else resolve(raw)
        if not value or value == raw:
            continue
        last = match.end()
        if len(value) > 1 and raw.endswith(value[1:]):  # "&notit" is "¬" and "it"
            last -= len(value) - 1
            value = value[0]
        if at < match.start():
            pieces.append(Piece(text[at : match.start()], at, match.start(), place))
        pieces.append(Piece(value, match.start(), last, place, literal=False))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end], at, end, place))
    return pieces


def html_reference(raw: str) -> str | None:
    """A reference by the HTML standard's table and rules."""
    value = html.unescape(raw)
    return None if value == raw or any("\ud800" <= c <= "\udfff" for c in value) else value


def attribute_pieces(text: str, attribute: Attribute, resolve: Resolve) -> list[Piece]:
    """The value of an attribute. One without quotes is written anew, with quotes, when edited."""
    pieces = referenced(text, attribute.start, attribute.end, attribute.quote, resolve)
    if attribute.quote != "=":
        return pieces
    value = "".join(piece.text for piece in pieces)
    return [Piece(value, attribute.start, attribute.end, "=", literal=False)]


_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def escape(place: str, text: str) -> str:
    """How text is written at a place, so that a reader gets that text and no markup.

    Comments, CDATA, instructions and scripts know no escapes: what would end them gets a space.
    """
    text = _FORBIDDEN.sub(" ", text)
    if place == FIXED:
        return text
    if place in ("text", '"', "'", "="):
        text = html.escape(text, quote=False)
        if place != "text":
            text = text.replace("\n", "&#10;").replace("\t", "&#9;")
        text = text.replace("'", "&#39;") if place == "'" else text
        text = text.replace('"', "&quot;") if place in ('"', "=") else text
        return f'"{text}"' if place == "=" else text
    if place == "comment":
        return re.sub(r"\A(?=-?>)|(?<=--)(?=!?>)", " ", text)
    if place == "xml comment":
        return re.sub(r"(?<=-)(?=-|\Z)", " ", text)
    if place == "script":
        return re.sub(r"<(?=/(?:script|style)|!--)", "< ", text, flags=re.IGNORECASE)
    if place == "bogus /" and text[:1].isalpha():
        text = " " + text  # it would be the end of an element
    if place == "bogus !" and re.match("--|doctype", text, re.IGNORECASE):
        text = " " + text
    ends = {"cdata": "]]>", "instruction": "?>"}
    ends |= {"bogus !": ">", "bogus /": ">", "bogus ?": ">"}
    return text.replace(ends[place], " ".join(ends[place]) if len(ends[place]) > 1 else ")")


_WORD = re.compile(r"(?:\A|[^A-Za-z0-9])[A-Za-z]+\Z")
_LOWER_WORD = re.compile(r"(?:\A|[^A-Za-z0-9])[A-Z]?[a-z]{2,20}\Z")
_TITLE_WORD = re.compile(r"[A-Z][a-z]+(?![A-Za-z0-9])")
_DIGITS = "0123456789"


def between(before: str, after: str) -> list[Piece]:
    """The space that a reader sees between two runs of text that only tags part, if any.

    "138" + "12345678" is one number set in two types; "Phone" + "13812345678", or two numbers
    that together are longer than any card number (ISO/IEC 7812: 19 digits), are two things. So
    are "Name" + "Zhang", as columns are that a style sheet moves apart.
    """
    before, after = before[-40:], after[:40]
    left = len(before) - len(before.rstrip(_DIGITS))
    right = len(after) - len(after.lstrip(_DIGITS))
    apart = (
        (right >= 5 and not left and _WORD.search(before))
        or (left >= 5 and after[:1].isalpha() and after[:1].isascii())
        or (min(left, right) >= 5 and left + right > 19)
        or (_LOWER_WORD.search(before) and _TITLE_WORD.match(after))
    )
    return [Piece(" ", 0, 0, VIRTUAL)] if apart else []
