"""A book as a document: every member is a child, except fonts, signatures and ``mimetype``.

Source: EPUB 3.3, Open Container Format §4 (``META-INF``), §4.2.6.3.2 (encryption),
§4.2.6.3.6 (signatures), §4.2.4 (``mimetype``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.errors import Unreadable
from gateway.formats._base import Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._epub.opf import has_traces, without_items, without_traces
from gateway.formats._zip.reading import Member, read_archive
from gateway.formats._zip.writing import rebuild
from gateway.model import Edit, Hint, Role, Segment, Unread

MIMETYPE = b"application/epub+zip"
_FONT = re.compile(r"\.(?:[ot]tf|woff2?|ttc|pfb|dfont)$", re.IGNORECASE)
_SIGNATURES = "META-INF/signatures.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_METHOD = re.compile(rb"EncryptionMethod\s+Algorithm\s*=\s*[\"']([^\"']*)")
# These only garble fonts, by the book's identifier: EPUB 3.3 §4.4, and Adobe's older one.
_FONT_METHODS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")
_STANDARD_NAME = re.compile(
    r"mimetype|(?:META-INF|OEBPS|OPS|EPUB|epub)/|META-INF/(?:container|encryption|signatures)\.xml"
)
# What a member's name may not have on some system, or in an address.
_UNSAFE = str.maketrans(
    dict.fromkeys('<>:"|?*/\\&%#', "_") | dict.fromkeys(map(chr, range(32)), "_")
)


class Book:
    """An opened book; see :class:`gateway.formats._base.Document`."""

    format = "epub"

    def __init__(self, data: bytes, open_child: Opener) -> None:
        self._data = data
        self._archive = read_archive(data)
        self._refuse_encrypted()
        self._children = Children()
        self.unread: Sequence[Unread] = self._children.unread
        self._named: dict[int, Member] = {}
        self._remarks: set[int] = set()
        self._traced: dict[int, Member] = {}
        self._dropped: set[str] = set()
        own = self._children.own
        for member in self._archive.members:
            part = f"member {member.index + 1}"
            if not _STANDARD_NAME.fullmatch(member.name):
                self._named[len(own)] = member
                own.append(Segment(member.name, part, Role.NAME))
            for remark in (member.comment, member.hidden):
                self._remark(remark, part)
        self._remark(self._archive.comment, "comment")
        self._contents = {
            member.name: content
            for member in self._archive.members
            if (content := self._opened(member, open_child)) and member.name.endswith(".opf")
        }

    def segments(self) -> Sequence[Segment]:
        """Names and traces, then the members' own segments."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The book with the edits made; fonts and signatures go."""
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        members = self._archive.by_name
        dropped = self._dropped | ({_SIGNATURES} & set(members))
        names = self._renamed(own)
        changed = {int(part.removeprefix("member ")) - 1: data for part, data in nested.items()}
        stripped = {self._traced[index].name for index in own if index in self._traced}
        for path, content in self._contents.items():
            index = members[path].index
            source = changed.get(index, content).decode("utf-8", "surrogateescape")
            new = without_traces(source) if path in stripped else source
            new = without_items(new, path, dropped)
            if new != source:
                changed[index] = new.encode("utf-8", "surrogateescape")
        scrub = any(index in self._remarks for index in own)
        return rebuild(
            self._archive,
            changed,
            names=names,
            dropped=frozenset(members[name].index for name in dropped),
            scrubbed=frozenset(m.index for m in self._archive.members if scrub),
            comment=b"" if scrub else None,
        )

    def _remark(self, remark: bytes, part: str) -> None:
        """A comment or an extra field nobody knows; edited, all of them are left out."""
        if remark.strip(b"\0"):
            self._remarks.add(len(self._children.own))
            text = remark.decode("utf-8", "replace")
            self._children.own.append(Segment(text, part, Role.HIDDEN))

    def _opened(self, member: Member, open_child: Opener) -> bytes:
        """Open a member as a child, or say why not; its content."""
        part = f"member {member.index + 1}"
        own = self._children.own
        if member.is_dir or member.name == "mimetype" or not member.size:
            return b""
        if _FONT.search(member.name):
            self._dropped.add(member.name)
            why = "embedded font: its names are not read"
            own.append(Segment("", part, Role.DISPENSABLE, (why,)))
            return b""
        try:
            content = self._archive.read(member)
        except Unreadable as error:
            self._children.unread.append(Unread(part, str(error)))
            return b""
        if member.name.endswith(".opf") and has_traces(content.decode("utf-8", "replace")):
            self._traced[len(own)] = member
            own.append(Segment("", part, Role.TRACE))
        self._children.open(part, content, _hint(member.name), open_child)
        return content

    def _renamed(self, own: dict[int, list[Edit]]) -> dict[int, str]:
        names: dict[int, str] = {}
        taken = set(self._archive.by_name)
        for index, member in self._named.items():
            if index not in own:
                continue
            safe = [
                Edit(e.segment, e.start, e.end, e.replacement.translate(_UNSAFE))
                for e in own[index]
            ]
            new, count = edit_text(member.name, safe) or "_", 1
            stem, dot, ending = new.rpartition(".")
            candidate = new
            while candidate in taken:
                count += 1
                candidate = f"{stem}-{count}{dot}{ending}" if dot else f"{new}-{count}"
            taken.add(candidate)
            names[member.index] = candidate
        return names

    def _refuse_encrypted(self) -> None:
        """Refuse a book under digital rights management; garbled fonts alone are no obstacle."""
        member = self._archive.by_name.get(_ENCRYPTION)
        methods = _METHOD.findall(self._archive.read(member)) if member else []
        if "META-INF/rights.xml" in self._archive.by_name or any(
            method not in _FONT_METHODS for method in methods
        ):
            raise Unreadable("encrypted: a book under digital rights management")


def _hint(path: str) -> Hint:
    """Books name their pages as they like; their kind is in the ending."""
    name = path.rpartition("/")[2]
    kinds = {".opf": "application/xml", ".ncx": "application/xml"}
    return Hint(name, kinds.get(Hint(name).suffix, ""))
