"""The verifier's reading of OpenDocument: zipfile and expat, nothing of the other reader.

It errs on the side of showing too much. Only what the schemas spell (a single ASCII word in an
attribute that is no string, a short number, a style's built-in name) is left out, because a
removed value can be equal to it.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote
from xml.parsers import expat

from gateway.errors import Unreadable
from gateway.formats._base import Descend
from gateway.formats._odf.vocabulary import (
    STRINGS,
    is_built_in,
    is_known_path,
    names_a_style,
)
from gateway.formats._raw import raw_layers
from gateway.model import Hint

_APART = frozenset(
    (
        *("annotation", "note", "ruby-text", "frame", "deletion", "creator", "date", "table"),
        *(
            "binary-data",
            "creator-initials",
            "sender-initials",
            "note-citation",
            "text-box",
            "custom-shape",
        ),
    )
)
_PARAGRAPHS = frozenset({"p", "h", "math", "annotation"})
_SPACES = {"s": " ", "tab": "\t", "line-break": "\n"}
_PLAIN_WORD = re.compile(
    r"(?!.*[0-9]{7})(?:[a-z0-9_.:#/{}*%()+$,;?= -]{0,400}|[A-Za-z]{1,24}-?[0-9]{1,6}|[A-Z][A-Za-z]{1,3}"
    r"|[a-z]{1,12}[A-Z][A-Za-z]{1,12}|(?!.*[A-Za-z]{4})[-+0-9a-zA-Z.,#|$?*/() ]{1,4000})"
)
_NAMED_BY_PROGRAM = re.compile(r"config-item|config-item-set|config-item-map-\w+|library|libraries")
_SCHEMAS: tuple[str, ...] = (
    "urn:oasis:",
    "urn:org:documentfoundation",
    "urn:openoffice",
    "http://openoffice.org/",
)
_SCHEMAS += ("http://www.w3.org/", "http://purl.org/", "http://docs.oasis-open.org/", "http://www.")
_SCHEMA_ADDRESS = re.compile(r"(?!.*[0-9]{9})[A-Za-z0-9_.:/#+\-]{1,200}", re.ASCII)
_JOINED = re.compile(r'"\s*&\s*"')
_ESCAPED = re.compile(r"_([0-9a-f]{1,6})_")
_EXPONENT = re.compile(r"[-+]?[0-9.]+[eE]\+?[0-9]{1,2}")


def package_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """All text of a package, by part.

    Raises:
        Unreadable: zipfile cannot read it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            yield package.comment.decode("utf-8", "replace")
            for member in package.infolist():
                if not is_known_path(member.filename):
                    yield member.filename
                yield member.comment.decode("utf-8", "replace")
                yield from raw_layers(member.extra)
                yield from _member(member.filename, package.read(member), descend)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable(f"zipfile cannot read it: {type(error).__name__}") from None


def part_layers(data: bytes, descend: Descend) -> Iterator[str]:
    """All text of one XML part, and the children that stand in it as base64."""
    texts = _Texts()
    try:
        yield from texts.read(data)
    except (expat.ExpatError, LookupError, ValueError):
        yield from raw_layers(data)
        return
    for binary in texts.binaries:
        try:
            child = base64.b64decode("".join(binary.split()))
        except binascii.Error:
            continue
        yield from descend(child, Hint())


def _member(name: str, data: bytes, descend: Descend) -> Iterator[str]:
    if not data or name == "mimetype":
        return
    head = data[:40].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    if head.startswith(b"<") and not re.search(r"\.(?:html?|svg|txt)$", name.lower()):
        yield from part_layers(data, descend)
        return
    try:
        yield from descend(data, Hint(name.rpartition("/")[2]))
    except Unreadable:
        yield from raw_layers(data)


class _Texts:
    """Collects the text of one XML part."""

    def __init__(self) -> None:
        self.binaries: list[str] = []
        self._found: list[str] = []
        self._names: list[str] = []
        self._flows: list[list[str]] = [[]]
        self._rubies: list[str] = []

    def read(self, data: bytes) -> list[str]:
        parser = expat.ParserCreate(namespace_separator="\n")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._found.append
        parser.ProcessingInstructionHandler = lambda _, text: self._found.append(text)
        parser.StartNamespaceDeclHandler = lambda _, uri: self._address(uri)
        parser.EntityDeclHandler = _refuse
        parser.ParseFile(io.BytesIO(data))
        self._found.append("".join(self._rubies))
        return self._found

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        namespace, _, local = qualified.rpartition("\n")
        self._names.append(local)
        own = local in _PARAGRAPHS | _APART or not self._in_paragraph()
        self._flows.append([] if own else self._flows[-1])
        if local in _SPACES:
            self._flows[-1].append(_SPACES[local] * _count(attributes))
        foreign = not _is_schema(namespace)
        if foreign:
            self._found.append(local)
        for name, value in attributes.items():
            self._attribute(local, name.rpartition("\n")[2], value, foreign=foreign)

    def _in_paragraph(self) -> bool:
        return any(name in _PARAGRAPHS for name in self._names[:-1])

    def _attribute(self, element: str, name: str, value: str, *, foreign: bool) -> None:
        if _is_schema(value) or is_known_path(value):
            return
        string = name in STRINGS or name.endswith(("style-name", "formula"))
        if name == "name" and _NAMED_BY_PROGRAM.fullmatch(element) and " " not in value:
            string = False
        if names_a_style(element, name) and is_built_in(value.strip("'\"")):
            return
        if string or foreign or not _PLAIN_WORD.fullmatch(value):
            self._value(value)

    def _value(self, value: str) -> None:
        self._found.append(value)
        if "%" in value:
            self._found.append(unquote(value))
        if "&" in value:
            self._found.append(_JOINED.sub("", value))
        if "_" in value:
            self._found.append(_ESCAPED.sub(_character, value))
            self._found.append(value.replace("_", " "))
        if _EXPONENT.fullmatch(value):
            self._found.append(f"{float(value):.0f}")

    def _address(self, uri: str | None) -> None:
        if uri and not _is_schema(uri):
            self._found.append(uri)

    def _text(self, text: str) -> None:
        self._flows[-1].append(text)
        if text.strip() and self._names[-1:] != ["binary-data"]:
            self._found.append(text)

    def _end(self, qualified: str) -> None:
        del qualified
        name = self._names.pop()
        flow = self._flows.pop()
        if name == "binary-data":
            self.binaries.append("".join(flow))
        elif name == "ruby-text":
            self._rubies += flow
        elif flow is not self._flows[-1]:
            self._found.append("".join(flow))


def _count(attributes: dict[str, str]) -> int:
    found = [value for name, value in attributes.items() if name.endswith("\nc")]
    return int(found[0]) if found and re.fullmatch("[0-9]{1,3}", found[0]) else 1


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _is_schema(address: str) -> bool:
    return address.startswith(_SCHEMAS) and bool(_SCHEMA_ADDRESS.fullmatch(address))


def _refuse(*_: object) -> None:
    raise Unreadable("XML that declares entities")
