"""OpenDocument packages: what odt, ods, odp and odg have in common.

A package is a zip of parts with a list of them. Each part is read as XML, opened as a child,
shown as dispensable, or named as unread; there is no fourth way. Members keep their bytes unless
an edit touches them.

Source: OASIS OpenDocument 1.3, part 2 (packages): §3.3 (``mimetype``), §3.4 (encryption), §3.2
(manifest), §4 (digital signatures); part 3, §3.1 (sub-documents).
"""

from __future__ import annotations

import mimetypes
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Opener
from gateway.formats._base64 import decode_base64, encode_like
from gateway.formats._children import Children
from gateway.formats._odf.edits import Changes, changes_of
from gateway.formats._odf.part import PartReader
from gateway.formats._odf.reading import Part, Reading
from gateway.formats._odf.vocabulary import is_known_path
from gateway.formats._odf.xml import check_part, read_part
from gateway.formats._ole.residue import holds_files, holds_packed, text_runs
from gateway.formats._ooxml.text import (
    Escape,
    Passage,
    Range,
    Rule,
    Slot,
    deal,
    replaced,
    united,
)
from gateway.formats._ooxml.xml import TOKEN, HasDoctype
from gateway.formats._zip.reading import Archive, Member, read_archive
from gateway.formats._zip.writing import rebuild
from gateway.model import Edit, Hint, Role, Segment, Unread

MANIFEST = "META-INF/manifest.xml"
_SIGNATURES = re.compile(r"META-INF/\w*signatures\.xml$")
_XML_NAME = re.compile(r"\.(?:xml|rdf|xlb|xlc|xdl)$", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"""\s[\w.-]*:?media-type\s*=\s*("[^"]*"|'[^']*')""")
_FULL_PATH = re.compile(r"""\s[\w.-]*:?full-path\s*=\s*("[^"]*"|'[^']*')""")

# Parts that nobody misses, by their name.
_DISPENSABLE = (
    (re.compile(r"Pictures/TablePreview[0-9]+\.svm"), "preview: of a table, not read"),
    (re.compile(r"layout-cache"), "preview: layout cache, not read"),
    (re.compile(r"(?:.*/)?Fonts/[^/]+"), "embedded font: its names are not read"),
)
# A picture of the first page, and where pages broke: both are read, so that a document without
# findings keeps them, and both go with any edit, which makes them untrue.
_THUMBNAIL = re.compile(r"(?:.*/)?Thumbnails/[^/]+")
_FLEETING = re.compile(rf"{_THUMBNAIL.pattern}|layout-cache")
_REPLACEMENT = re.compile(r"(.*?)ObjectReplacements/([^/]+)")
# Characters that a part's name may not have on some system.
_UNSAFE = str.maketrans(dict.fromkeys('<>:"|?*/\\&', "_") | dict.fromkeys(map(chr, range(32)), "_"))


class Package:
    """An opened OpenDocument package; see :class:`gateway.formats._base.Document`."""

    def __init__(self, kind: str, data: bytes, open_child: Opener) -> None:
        self.format = kind
        self._data = data
        self._archive = read_archive(data)
        _refuse_encrypted(self._archive)
        self._children = Children(renames=True)
        self._thumbnails = Children()
        self._nested: dict[str, str] = {}
        self._binaries: dict[str, tuple[str, int, int]] = {}
        self._dispensable: dict[str, str] = {}
        parts = list(self._parts(open_child))
        self._sources = {part.name: part.source.text for part in parts}
        self._codecs = {part.name: part.source.codec for part in parts}
        self._reading = Reading()
        open_child.ledger.spend_pages(
            sum(_pages(kind, source) for source in self._sources.values())
        )
        for part in parts:
            PartReader(part, self._reading).read()
        self._paths: dict[Slot, Member] = {}
        self._reading.passages[:0] = self._container_passages()
        self._reading.passages += revision_passages(self._reading)
        open_binaries(self._reading, self._sources, self._children, self._binaries, open_child)
        self.unread: Sequence[Unread] = self._children.unread
        self._children.own = [passage.segment for passage in self._reading.passages]
        self._children.own += [
            Segment("", address_of(self._archive.by_name[name]), Role.DISPENSABLE, (why,))
            for name, why in self._dispensable.items()
        ]
        self._children.own += preview_segments(self._reading)

    def segments(self) -> Sequence[Segment]:
        """The package's own text, then that of embedded documents, then what thumbnails show."""
        return [*self._children.segments(), *self._thumbnails.segments()]

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The package with the edits made.

        Digital signatures of the old content go: they would only be broken. So do previews: they
        may show what the edits took away.
        """
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        passages = self._reading.passages
        texts = range(len(passages))
        dealt = deal(passages, (e for index in own if index in texts for e in own[index]))
        scrub = any(slot.rule is Rule.CONTAINER and slot not in self._paths for slot in dealt)
        names = self._renamed_members(dealt)
        self._end_anew(names)
        dealt = {slot: group for slot, group in dealt.items() if slot.rule is not Rule.CONTAINER}
        changes = changes_of(self._reading, self._sources, dealt)
        members = self._archive.by_name
        dropped = {name for name in members if _SIGNATURES.fullmatch(name)}
        dropped |= {name for name in members if _FLEETING.fullmatch(name)}
        dropped |= set(self._dispensable)
        drop_previews(self._reading, changes)
        self._list_members(changes, dropped, names)
        changed: dict[int, bytes] = {}
        for address, data in nested.items():
            if address in self._binaries:
                part, start, end = self._binaries[address]
                changes.setdefault(part, []).append((start, end, self._encoded(address, data)))
            else:
                changed[members[self._nested[address]].index] = data
        for part, ranges in changes.items():
            if part not in dropped and ranges:
                changed[members[part].index] = self._written(part, ranges)
        return rebuild(
            self._archive,
            changed,
            names={members[old].index: new for old, new in names.items()},
            dropped=frozenset(members[part].index for part in dropped),
            scrubbed=frozenset(m.index for m in self._archive.members if scrub),
            comment=b"" if scrub else None,
        )

    def _parts(self, open_child: Opener) -> Iterator[Part]:
        """XML parts; the others are opened as children or noted on the way."""
        for member in self._archive.members:
            if member.is_dir or member.name == "mimetype":
                continue
            address = address_of(member)
            try:
                content = self._archive.read(member)
                if content and _XML_NAME.search(member.name) and _begins_as_xml(content):
                    yield Part(member.name, address, _role_of(member.name), read_part(content))
                    self._note_certificates(member, content)
                    continue
            except HasDoctype:
                raise
            except Unreadable as error:
                self._children.unread.append(Unread(address, str(error)))
                continue
            if content:
                self._open_child(member, address, content, open_child)

    def _note_certificates(self, member: Member, content: bytes) -> None:
        """What a signature holds in binary names its maker; the part goes with any edit."""
        if _SIGNATURES.fullmatch(member.name) and b"X509Certificate" in content:
            self._dispensable[member.name] = "digital signature: its certificate is not read"

    def _open_child(self, member: Member, address: str, content: bytes, opener: Opener) -> None:
        name = member.name
        if _THUMBNAIL.fullmatch(name):
            hint = Hint(posixpath.basename(name))
            self._thumbnails.open(address, content, hint, opener)
            if self._thumbnails.unread:
                self._thumbnails.unread.clear()
                self._dispensable[name] = "preview: not read"
            return
        if name == "layout-cache" and not (
            any(text_runs(content)) or holds_packed(content) or holds_files(content)
        ):
            return
        for pattern, why in _DISPENSABLE:
            if pattern.fullmatch(name):
                self._dispensable[name] = why
                return
        replacement = _REPLACEMENT.fullmatch(name)
        if replacement and f"{replacement[1]}{replacement[2]}/content.xml" in self._archive.by_name:
            self._dispensable[name] = "preview: of an embedded object, not read"
            return
        self._nested[address] = name
        opened = self._children.open(address, content, Hint(posixpath.basename(name)), opener)
        if not opened and replacement:
            self._children.unread.pop()
            self._dispensable[name] = "preview: of an embedded object, not read"

    def _container_passages(self) -> Iterator[Passage]:
        """Names that are nobody's but the user's, and remarks of the zip itself."""
        for member in self._archive.members:
            address = f"part {member.index + 1}"
            if not is_known_path(member.name):
                slot = Slot("", 0, 0, member.name, Escape.LITERAL, Rule.CONTAINER)
                self._paths[slot] = member
                yield Passage(Segment(member.name, address, Role.NAME), ((member.name, (slot,)),))
            for remark in (member.comment, member.hidden):
                if remark.strip(b"\0"):
                    yield _remark(remark, address)
        if self._archive.comment:
            yield _remark(self._archive.comment, "zip comment")

    def _renamed_members(self, dealt: Mapping[Slot, list[Range]]) -> dict[str, str]:
        """New paths of members whose path was edited."""
        names: dict[str, str] = {}
        taken = set(self._archive.by_name)
        for slot, member in self._paths.items():
            if slot not in dealt:
                continue
            safe = [(start, end, new.translate(_UNSAFE)) for start, end, new in dealt[slot]]
            new = replaced(member.name, safe) or "_"
            stem, dot, ending = new.rpartition(".")
            count, candidate = 1, new
            while candidate in taken:
                count += 1
                candidate = f"{stem}-{count}{dot}{ending}" if dot else f"{new}-{count}"
            taken.add(candidate)
            names[member.name] = candidate
        return names

    def _end_anew(self, names: dict[str, str]) -> None:
        """Give pictures that could only be written as another kind the ending of that kind."""
        for address, ending in self._children.endings.items():
            old = self._nested.get(address, "")
            if ending and old:
                stem = names.get(old, old).rpartition(".")[0] or names.get(old, old)
                names[old] = f"{stem}-1{ending}"

    def _list_members(self, changes: Changes, dropped: set[str], names: dict[str, str]) -> None:
        """Keep the manifest, and addresses in other parts, true to the members there are."""
        manifest = self._sources.get(MANIFEST, "")
        listed: list[Range] = []
        for match in TOKEN.finditer(manifest):
            path = _FULL_PATH.search(match[0])
            if path is None:
                continue
            start, name = match.start() + path.start(1), _unquoted(path[1])
            if name in dropped:
                end = manifest.find(">", match.end() - 1) + 1
                if not match[0].endswith("/>"):
                    end = manifest.find(">", manifest.find("</", end)) + 1
                listed.append((match.start(), end, ""))
            elif name in names:
                listed.append((start, start + len(path[1]), _quoted(names[name])))
                listed += _new_kind(match, name, names[name])
        if listed:
            kept = [
                change
                for change in changes.get(MANIFEST, ())
                if not any(a < change[1] and change[0] < b for a, b, _ in listed)
            ]
            changes[MANIFEST] = [*kept, *listed]
        for part, source in self._sources.items():
            if part != MANIFEST:
                _relink(part, source, names, changes)

    def _encoded(self, address: str, data: bytes) -> str:
        part, start, end = self._binaries[address]
        return encode_like(self._sources[part][start:end], data)

    def _written(self, part: str, changes: Sequence[Range]) -> bytes:
        return written(self._sources[part], self._codecs[part], changes)


_PAGES = {
    "odt": re.compile(r"<[\w.-]*:?soft-page-break(?=[\s/>])"),
    "ods": re.compile(r"<[\w.-]*:?table(?=[\s/>])"),
    "odp": re.compile(r"<draw:page(?=[\s/>])"),
    "odg": re.compile(r"<draw:page(?=[\s/>])"),
}


def _pages(kind: str, source: str) -> int:
    """About how many pages, slides or sheets a part has."""
    return sum(1 for _ in _PAGES[kind].finditer(source))


def written(source: str, codec: str, changes: Sequence[Range]) -> bytes:
    """A part's bytes with changes made.

    Raises:
        CannotEdit: the result would not be XML.
    """
    data = replaced(source, united(changes)).encode(codec, "xmlcharrefreplace")
    try:
        check_part(data)
    except Unreadable:
        raise CannotEdit("an edit would break a part of the file") from None
    return data


def open_binaries(
    reading: Reading,
    sources: Mapping[str, str],
    children: Children,
    binaries: dict[str, tuple[str, int, int]],
    open_child: Opener,
) -> None:
    """Open what stands as base64 in the XML (part 3, §10.4.5)."""
    for number, (part, start, end) in enumerate(reading.binaries, 1):
        address = f"binary data {number}"
        data = decode_base64("".join(sources[part][start:end].split()))
        if data is None:
            children.unread.append(Unread(address, "base64 that is damaged"))
        elif children.open(address, data, Hint(), open_child):
            binaries[address] = (part, start, end)


def revision_passages(reading: Reading) -> Iterator[Passage]:
    """One empty passage for all revision ids: a trace, removed as a whole."""
    if reading.revisions:
        slot = Slot(reading.revisions[0][0], 0, 0, "", Escape.LITERAL)
        reading.removals[slot] = reading.revisions
        yield Passage(Segment("", "revision ids", Role.TRACE), (("", (slot,)),))


def preview_segments(reading: Reading) -> list[Segment]:
    """Previews of embedded objects that stand in the XML."""
    why = ("preview: of an embedded object, not read",)
    count = range(1, len(reading.previews) + 1)
    return [Segment("", f"preview {number}", Role.DISPENSABLE, why) for number in count]


def drop_previews(reading: Reading, changes: Changes) -> None:
    """Leave out what an edit could have made untrue."""
    for part, start, end in reading.previews:
        changes.setdefault(part, []).append((start, end, ""))


def address_of(member: Member) -> str:
    """A part's name where a program gave it, else its number: names can be anybody's text."""
    return member.name if is_known_path(member.name) else f"part {member.index + 1}"


def _refuse_encrypted(archive: Archive) -> None:
    manifest = archive.by_name.get(MANIFEST)
    if manifest is not None and b"encryption-data" in archive.read(manifest):
        raise Unreadable("encrypted: take its password off first")


def _role_of(name: str) -> Role:
    low = name.lower()
    metadata = low.endswith(("meta.xml", "settings.xml", ".rdf")) or low.startswith("meta-inf/")
    return Role.METADATA if metadata or "configurations2/" in low else Role.BODY


def _begins_as_xml(content: bytes) -> bool:
    head = content[:40].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    return head.lstrip(b"\xff\xfe \t\r\n").startswith(b"<")


def _remark(remark: bytes, part: str) -> Passage:
    text = remark.decode("utf-8", "replace")
    slot = Slot("", 0, 0, text, Escape.LITERAL, Rule.CONTAINER)
    return Passage(Segment(text, part, Role.HIDDEN), ((text, (slot,)),))


def _new_kind(entry: re.Match[str], old: str, new: str) -> Iterator[Range]:
    """The media type of a member that was written as another kind (part 2, §4.8.14)."""
    told = _MEDIA_TYPE.search(entry[0])
    kind = mimetypes.types_map.get(posixpath.splitext(new)[1].lower())
    if told and kind and posixpath.splitext(old)[1] != posixpath.splitext(new)[1]:
        yield entry.start() + told.start(1), entry.start() + told.end(1), _quoted(kind)


def _quoted(raw: str) -> str:
    from xml.sax.saxutils import quoteattr  # it loads urllib, http and ssl

    return quoteattr(raw)


def _unquoted(raw: str) -> str:
    from xml.sax.saxutils import unescape

    return unescape(raw[1:-1], {"&quot;": '"', "&apos;": "'"})


def _relink(part: str, source: str, names: Mapping[str, str], changes: Changes) -> None:
    """Addresses that lead to renamed members."""
    for old, new in names.items():
        inner = re.compile(rf"""(?<=href=["'])(?:\./)?{re.escape(_quoted(old)[1:-1])}(?=["'])""")
        for match in inner.finditer(source):
            kept = [c for c in changes.get(part, ()) if not _meet(c, match.span())]
            changes[part] = [*kept, (*match.span(), _quoted(new)[1:-1])]


def _meet(change: Range, span: tuple[int, int]) -> bool:
    return change[0] < span[1] and span[0] < change[1]
