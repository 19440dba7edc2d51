"""The verifier's reading of an Office package: zipfile and expat, nothing of the other reader.

It errs on the side of showing too much. Only what the schemas spell (a single ASCII word, a
short number, an address of Microsoft's) is left out, because a removed value can be equal to it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote
from xml.parsers import expat

from gateway.errors import Unreadable
from gateway.formats._base import Descend
from gateway.formats._ooxml.headers import without_codes
from gateway.formats._ooxml.hollow import HOLLOW
from gateway.formats._ooxml.vocabulary import (
    CROWDED,
    FONT_NAMES,
    STRING_ELEMENTS,
    STRINGS,
    STYLED,
    is_built_in,
    is_known_name,
)
from gateway.model import Hint

# What stands above a text (ruby, phonetic readings) is read apart from it.
_PARAGRAPHS = frozenset({"p", "si", "is", "text", "rt", "rPh"})
_BREAKS = frozenset({"tab", "ptab", "br", "cr"})
_SCHEMA_WORD = re.compile(r"[A-Za-z0-9_.:#{}*/%()+;=,\-\s]{0,1000}", re.ASCII)
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_.:#{}*/%()+\-]{0,80}", re.ASCII)
_SCHEMAS = ("http://schemas.", "http://purl.", "http://www.w3.org/", "urn:schemas-microsoft")
_SCHEMA_ADDRESS = re.compile(r"[A-Za-z0-9_.:/#+\-]{1,200}", re.ASCII)
# Identifiers that Office draws by lot.
_SERIAL = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}|rId[0-9]{1,6}")
_XSTRING = re.compile(r"_x([0-9A-Fa-f]{4})_")
_JOINED = re.compile(r'"\s*&\s*"')
_EXPONENT = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]{1,2}")


def package_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """All text of a package, by part.

    Raises:
        Unreadable: zipfile or expat cannot read it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            yield package.comment.decode("utf-8", "replace")
            for member in package.infolist():
                yield from member_remarks(member)
                yield from _part(member.filename, package.read(member), descend)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable(f"zipfile cannot read it: {type(error).__name__}") from None


def member_remarks(member: zipfile.ZipInfo) -> Iterator[str]:
    """Name, comment and extra field of a member."""
    if not is_known_name(member.filename):
        yield member.filename
    yield member.comment.decode("utf-8", "replace")
    yield from undecoded(member.extra)


def undecoded(data: bytes) -> Iterator[str]:
    """Bytes nobody understands, in every way that text could stand in them."""
    yield data.decode("latin-1")
    yield data.decode("utf-8", "replace")
    yield data.decode("utf-16-le", "replace")
    yield data[1:].decode("utf-16-le", "replace")


def _part(name: str, data: bytes, descend: Descend) -> Iterator[str]:
    head = data[:40].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    if not data or data == HOLLOW:
        return
    if head.startswith(b"<") and not re.search(r"\.(?:html?|svg|txt)$", name.lower()):
        try:
            yield from _Texts().read(data)
        except (expat.ExpatError, LookupError, ValueError):
            yield from undecoded(data)
        return
    try:
        yield from descend(data, Hint(name.rpartition("/")[2]))
    except Unreadable:
        yield from undecoded(data)


class _Texts:
    """Collects the text of one XML part."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._stack: list[str] = []
        self._nodes: list[str] = []
        self._paragraphs: list[list[str]] = [[]]

    def read(self, data: bytes) -> list[str]:
        parser = expat.ParserCreate(namespace_separator="\n")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._found.append
        parser.ProcessingInstructionHandler = lambda _, text: self._found.append(text)
        parser.StartNamespaceDeclHandler = lambda _, uri: self._address(uri)
        parser.StartDoctypeDeclHandler = _refuse
        parser.ParseFile(io.BytesIO(data))
        self._flush(self._paragraphs.pop())
        return self._found

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        namespace, _, local = qualified.rpartition("\n")
        self._stack.append(local)
        if local in _PARAGRAPHS:
            self._paragraphs.append([])
        elif local in _BREAKS:
            self._paragraphs[-1].append("\t")
        foreign = not _is_schema(namespace)
        if foreign:
            self._found.append(local)
        for name, value in attributes.items():
            self._attribute(local, name.rpartition("\n")[2], value, foreign=foreign)

    def _attribute(self, element: str, name: str, value: str, *, foreign: bool) -> None:
        string = name in STRINGS or (name in {"val", "v"} and element in STRING_ELEMENTS)
        string = string or (element, name) == ("hyperlink", "anchor")
        if element in CROWDED or name in FONT_NAMES:  # names of fonts and shape guides
            string = False
        word = _SCHEMA_WORD if name in {"ContentType", "style", "Ignorable"} else _PLAIN_WORD
        given = element in STYLED | CROWDED and is_built_in(value)
        if _is_schema(value) or given or (not foreign and _SERIAL.fullmatch(value)):
            return
        spelt = word.fullmatch(value) or is_built_in(value)
        if string or foreign or not spelt or re.search("[0-9]{7}", value):
            self._value(value)

    def _value(self, value: str) -> None:
        self._found.append(value)
        if "%" in value:
            self._found.append(unquote(value))
        if "&" in value:
            self._found += (without_codes(value), _JOINED.sub("", value))
        if "_x" in value:
            self._found.append(_XSTRING.sub(lambda match: chr(int(match[1], 16)), value))
        if _EXPONENT.fullmatch(value):
            self._found.append(f"{float(value):.0f}")

    def _address(self, uri: str) -> None:
        if uri and not _is_schema(uri):
            self._found.append(uri)

    def _text(self, text: str) -> None:
        self._paragraphs[-1].append(text)

    def _end(self, qualified: str) -> None:
        local = self._stack.pop()
        del qualified
        if local in _PARAGRAPHS:
            self._flush(self._paragraphs.pop())

    def _flush(self, texts: list[str]) -> None:
        for before, text, after in zip(["", *texts], texts, [*texts[1:], ""], strict=False):
            if not text.isspace() and not _one_word(before, text) and not _one_word(text, after):
                self._value(text)
        if len(texts) > 1:
            self._value("".join(texts))
            self._value("".join(text for text in texts if text.strip() or "\n" not in text))


def _is_schema(address: str) -> bool:
    return address.startswith(_SCHEMAS) and bool(_SCHEMA_ADDRESS.fullmatch(address))


def _one_word(left: str, right: str) -> bool:
    """Whether two texts meet in the middle of a word or of a number."""
    edge = left[-1:] + right[:1]
    return len(edge) == 2 and (edge.isalpha() or edge.isdigit())


def _refuse(*_: object) -> None:
    raise Unreadable("XML with a document type declaration")
