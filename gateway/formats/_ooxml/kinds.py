"""Which Office format a package is, and what its parts are called and typed.

Source: ECMA-376-2 §10.1.2 (content types), ECMA-376-1 §11-§13 (main parts), [MS-OFFMACRO2]
(parts of files with macros).
"""

from __future__ import annotations

import re
import struct

from gateway.errors import Unreadable
from gateway.formats._ooxml.mending import mend
from gateway.formats._ooxml.vocabulary import is_known_name
from gateway.formats._ooxml.xml import read_xml
from gateway.formats._zip.layout import END, END_MAGIC
from gateway.formats._zip.reading import Archive, Member, peek
from gateway.model import Role

CONTENT_TYPES = "[Content_Types].xml"
SIGNATURES = "_xmlsignatures/"
_END_WITHIN = 1_000_000
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
ZIP_MAGIC = b"PK\3\4"

_MAIN = {
    "wordprocessingml.document.main+xml": "docx",
    "wordprocessingml.template.main+xml": "docx",
    "ms-word.document.macroenabled.main+xml": "docx",
    "ms-word.template.macroenabledtemplate.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "spreadsheetml.template.main+xml": "xlsx",
    "ms-excel.sheet.macroenabled.main+xml": "xlsx",
    "ms-excel.template.macroenabled.main+xml": "xlsx",
    "ms-excel.addin.macroenabled.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
    "presentationml.template.main+xml": "pptx",
    "presentationml.slideshow.main+xml": "pptx",
    "ms-powerpoint.presentation.macroenabled.main+xml": "pptx",
    "ms-powerpoint.template.macroenabled.main+xml": "pptx",
    "ms-powerpoint.slideshow.macroenabled.main+xml": "pptx",
    "ms-powerpoint.addin.macroenabled.main+xml": "pptx",
}
_MAIN_TYPE = re.compile("|".join(re.escape(kind) for kind in _MAIN))
_XML_NAME = re.compile(r"\.(?:xml|rels|vml|psmdcp)$", re.IGNORECASE)


def kind_of(data: bytes) -> str:
    """Which of docx, xlsx and pptx the bytes are, by their content types; empty if none."""
    types = peek(data, CONTENT_TYPES.encode()) if data.startswith(ZIP_MAGIC) else None
    if types is None and _seems_packed(data):
        try:
            types = peek(mend(data)[0], CONTENT_TYPES.encode())
        except (Unreadable, struct.error):
            return ""
    if types is None:
        return ""
    encoding = "utf-16" if types[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    found = _MAIN_TYPE.findall(types.decode(encoding, "replace").lower())
    kinds = {_MAIN[kind] for kind in found}
    return kinds.pop() if len(kinds) == 1 else ""


def _seems_packed(data: bytes) -> bool:
    """Whether the bytes are a package with something behind, between or before its parts.

    What stands before it counts only if nothing stands behind: else this is another container
    (a mail, a form, a tape archive, an OLE file) with a package in it.
    """
    if CONTENT_TYPES.encode() not in data:
        return False
    at = data.rfind(END_MAGIC)
    if at < 0 or data.startswith(_OLE_MAGIC):
        return False
    if data.startswith(ZIP_MAGIC):
        return at >= len(data) - _END_WITHIN
    return at + END.size + int.from_bytes(data[at + 20 : at + 22], "little") == len(data)


def content_types(archive: Archive) -> dict[str, str]:
    """The media type of each part in lower case, by its name in lower case.

    Raises:
        Unreadable: the package does not tell.
    """
    member = archive.by_name.get(CONTENT_TYPES)
    if member is None:
        raise Unreadable("an Office package without content types")
    defaults: dict[str, str] = {}
    types: dict[str, str] = {}
    for tag, _, _ in read_xml(archive.read(member)).tokens:
        if tag and tag.local == "Default":
            defaults[tag.get("Extension").lower()] = tag.get("ContentType").lower()
        elif tag and tag.local == "Override":
            types[tag.get("PartName").lstrip("/").lower()] = tag.get("ContentType").lower()
    for each in archive.members:
        low = each.name.lower()
        types.setdefault(low, defaults.get(low.rpartition(".")[2], ""))
    return types


def is_xml(name: str, kind: str, content: bytes) -> bool:
    """Whether a part is XML of the package's own, by name, media type and first byte."""
    told = bool(_XML_NAME.search(name)) or kind.endswith(("+xml", "/xml", "vmldrawing"))
    head = content[:40].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    return told and "svg" not in kind and not name.endswith(".svg") and head.startswith(b"<")


def address_of(member: Member) -> str:
    """A part's name where Office gave it, else its number: names can be anybody's text."""
    return member.name if is_known_name(member.name) else f"part {member.index + 1}"


def role_of(name: str) -> Role:
    """What the running text of a part is to a reader."""
    low = name.lower()
    if "comment" in low:
        return Role.COMMENT
    metadata = low.startswith(("docprops/", "customxml/")) or low.endswith((".rels", ".psmdcp"))
    named = ("settings", "people", "persons", "authors", "tags/", "theme", "styles", "fonttable")
    return Role.METADATA if metadata or any(word in low for word in named) else Role.BODY
