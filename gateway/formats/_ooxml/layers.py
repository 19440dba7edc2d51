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
    STYLE_REFERENCES,
    STYLED,
    is_built_in,
    is_known_name,
    is_style_id,
)
from gateway.model import Hint

# What stands above a text (ruby, phonetic readings) is read apart from it.
_PARAGRAPHS = frozenset({"p", "si", "is", "text", "rt", "rPh"})
_BREAKS = frozenset({"tab", "ptab", "br", "cr"})
_SCHEMA_WORD = re.compile(r"[A-Za-z0-9_.:#{}*/%()+;=,\-\s]{0,1000}", re.ASCII)
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_.:#{}*/%()+\-]{0,80}", re.ASCII)
_SCHEMAS = (
    *("http://schemas.", "http://purl.", "http://www.w3.org/", "urn:schemas-microsoft"),
    "urn:microsoft.com/office/",
)
# Of other suites the names are schema words, what stands in attributes is not.
_SUITES = (
    *("http://schemas.libreoffice.org/", "http://openoffice.org/"),
    *("http://customooxmlschemas.google.com/", "http://www.wps.cn/officeDocument/"),
)
_SCHEMA_ADDRESS = re.compile(r"[A-Za-z0-9_.:/#+\-]{1,200}", re.ASCII)
# Identifiers that Office draws by lot.
_SERIAL = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}|rId[0-9]{1,6}")
# Guides of shapes (ECMA-376-1 §20.1.9.11) and of VML: an operation and its operands.
_GUIDE = re.compile(r"[a-z*+?][a-z0-9+/*:?-]{0,8}(?: [@a-z0-9#-]{1,16}){1,3}", re.IGNORECASE)
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
        self._indexed = False  # the cell holds the number of a shared string

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
        self._end_loose()
        if local == "c":
            self._indexed = attributes.get("t") == "s"
        if local in _PARAGRAPHS:
            self._paragraphs.append([])
        elif local in _BREAKS:
            self._paragraphs[-1].append("\t")
        if not _is_schema(namespace):
            self._found.append(local)
        foreign = _is_foreign(namespace)
        for whole, value in attributes.items():
            where, _, name = whole.rpartition("\n")
            strange = foreign or (bool(where) and _is_foreign(where))
            self._attribute(local, name, value, foreign=strange)

    def _attribute(self, element: str, name: str, value: str, *, foreign: bool) -> None:
        string = name in STRINGS or (name in {"val", "v"} and element in STRING_ELEMENTS)
        string = string or (element, name) == ("hyperlink", "anchor")
        if name == "styleId" or (name == "val" and element in STYLE_REFERENCES):
            string = not is_style_id(value)
        if element in CROWDED or name in FONT_NAMES:  # names of fonts and shape guides
            string = False
        word = _SCHEMA_WORD if name in {"ContentType", "style", "Ignorable"} else _PLAIN_WORD
        given = element in STYLED | CROWDED and is_built_in(value)
        if _is_schema(value) or given or (not foreign and _SERIAL.fullmatch(value)):
            return
        if name in {"eqn", "fmla"} and _GUIDE.fullmatch(value):
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
        if not (self._indexed and self._stack[-1] == "v" and text.isdecimal()):
            self._paragraphs[-1].append(text)

    def _end_loose(self) -> None:
        """What stands in no paragraph is one text with nothing else."""
        if len(self._paragraphs) == 1 and self._paragraphs[0]:
            texts, self._paragraphs[0] = self._paragraphs[0], []
            self._flush(texts)

    def _end(self, qualified: str) -> None:
        local = self._stack.pop()
        del qualified
        self._end_loose()
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
    return address.startswith((*_SCHEMAS, *_SUITES)) and bool(_SCHEMA_ADDRESS.fullmatch(address))


def _is_foreign(namespace: str) -> bool:
    """Whether every attribute in a namespace may be text."""
    return namespace.startswith(_SUITES) or not _is_schema(namespace)


def _one_word(left: str, right: str) -> bool:
    """Whether two texts meet in the middle of a word or of a number."""
    edge = left[-1:] + right[:1]
    return len(edge) == 2 and (edge.isalpha() or edge.isdigit())


def _refuse(*_: object) -> None:
    raise Unreadable("XML with a document type declaration")
