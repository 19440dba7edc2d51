"""What odt, ods, odp and odg do alike; see :mod:`package` for the package itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.formats._base import Descend, Document, Opener
from gateway.formats._zip.reading import peek
from gateway.model import Hint

_ZIP_MAGIC = b"PK\3\4"
_MANIFEST = b"META-INF/manifest.xml"
_ROOT = re.compile(rb"<([\w.-]+:)?document\s[^>]*urn:oasis:names:tc:opendocument:xmlns:office:1\.0")
_KIND = re.compile(
    rb"""\s[\w.-]*:?mimetype\s*=\s*["']application/vnd\.oasis\.opendocument\.([a-z]+)"""
)
_ROOT_TYPE = re.compile(
    rb"""<(?:[\w.-]+:)?file-entry\s(?=[^>]*full-path\s*=\s*["']/["'])[^>]*media-type\s*=\s*["']([^"']+)"""
)
# Part 2, §3.3; the types of OpenOffice.org 1.x had names of Sun's.
_KINDS = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.text-master": "odt",
    "application/vnd.oasis.opendocument.text-web": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.graphics": "odg",
    "application/vnd.oasis.opendocument.chart": "odg",
    "application/vnd.oasis.opendocument.formula": "odg",
    "application/vnd.oasis.opendocument.image": "odg",
    "application/vnd.sun.xml.writer": "odt",
    "application/vnd.sun.xml.writer.global": "odt",
    "application/vnd.sun.xml.calc": "ods",
    "application/vnd.sun.xml.impress": "odp",
    "application/vnd.sun.xml.draw": "odg",
}


def kind_of(data: bytes) -> str:
    """Which of odt, ods, odp and odg the bytes are, by their declared type; empty if none."""
    if not data.startswith(_ZIP_MAGIC):
        return ""
    declared = peek(data, b"mimetype", 200)
    if declared is None and (manifest := peek(data, _MANIFEST)):
        found = _ROOT_TYPE.search(manifest)
        declared = found[1] if found else None
    kind = (declared or b"").strip().decode("ascii", "replace")
    return _KINDS.get(kind.removesuffix("-template").removesuffix(".template"), "")


def is_flat(data: bytes, kind: str) -> bool:
    """Whether bytes are a flat file of a kind ("text", "spreadsheet" …)."""
    head = data[:100]
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return False
    root = _ROOT.search(data, 0, 20_000)
    if root is None:
        return False
    end = data.find(b">", root.end())
    found = _KIND.search(data, root.start(), end)
    return found is not None and found[1].decode() == kind


class OpenDocumentFormat:
    """A kind of OpenDocument file, as a package or as one flat XML file; a subclass names it."""

    name: ClassVar[str]
    flat: ClassVar[str]
    """The element in ``office:body`` of a flat file of this kind."""

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure when the package or the root element declares this kind."""
        del hint
        return 1.0 if kind_of(data) == self.name or is_flat(data, self.flat) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open the package or the flat file."""
        from gateway.formats._odf.flat import FlatDocument
        from gateway.formats._odf.package import Package

        del hint
        if data.startswith(_ZIP_MAGIC):
            return Package(self.name, data, open_child)
        return FlatDocument(self.name, data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """All its text, by zipfile and expat."""
        from gateway.formats._odf.flat import flat_layers
        from gateway.formats._odf.layers import package_layers

        del hint
        if data.startswith(_ZIP_MAGIC):
            yield from package_layers(data, descend)
        else:
            yield from flat_layers(data, descend)
