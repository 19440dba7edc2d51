"""Office packages (Office Open XML): what docx, xlsx and pptx have in common.

A package is a zip of parts. Each part is read as XML, opened as a child, or named as unread;
there is no fourth way. Members keep their bytes unless an edit touches them.

Source: ECMA-376-2 (Open Packaging Conventions) §9 (relationships), §10 (physical package).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Opener
from gateway.formats._children import Children
from gateway.formats._ooxml.attributes import is_office
from gateway.formats._ooxml.part import PartReader, Verdicts
from gateway.formats._ooxml.text import (
    Escape,
    Passage,
    Range,
    Rule,
    Slot,
    basic_changes,
    deal,
    replaced,
    united,
)
from gateway.formats._ooxml.vocabulary import is_known_name
from gateway.formats._ooxml.xml import TOKEN, HasDoctype, Source, Tag, check_xml, read_xml
from gateway.formats._zip.reading import Archive, Member, peek, read_archive
from gateway.formats._zip.writing import rebuild
from gateway.model import Edit, Hint, Role, Segment, Unread

CONTENT_TYPES = "[Content_Types].xml"
_SIGNATURES = "_xmlsignatures/"
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

# Parts that no reader of ours understands, by what their name or content type shows.
_OPAQUE = (
    (re.compile(r"vbaproject|macrosheet|\.bin\|.*macro"), "macros are not read"),
    (re.compile(r"\.[ew]mf\||image/x-[ew]mf"), "drawing: its records are not read yet"),
    (re.compile(r"\.odttf\||\.fntdata\||obfuscatedfont"), "embedded font: its names are not read"),
    (re.compile(r"oleobject|activex.*\.bin"), "embedded object: not read yet"),
    (re.compile(r"audio/|video/"), "sound or film: not read"),
)
# Parts that nobody misses: the preview of the first page, and what a printer driver left.
_DISPENSABLE = re.compile(r"(?:thumbnail\.\w+|printersettings\d*\.bin)\|")
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|tiff?|bmp|jfif|webp|heic|wdp)\||image/(?!svg)")
_PAGE_SETUP = re.compile(r"<(?:[\w.-]+:)?(pageSetup|printerSettings)\b[^>]*>")
_XML_NAME = re.compile(r"\.(?:xml|rels|vml|psmdcp)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One XML part, tokenised."""

    name: str = field(repr=False)
    address: str
    role: Role
    source: Source = field(repr=False)

    @property
    def root(self) -> str:
        """The local name of its root element."""
        tags = (tag for tag, _, _ in self.source.tokens if tag and tag.raw[1] not in "!?")
        return next(tags).local


@dataclass(slots=True)
class Plan:
    """What an edit does to the package: changes of sources, and parts that go."""

    changes: dict[str, list[Range]] = field(default_factory=dict, repr=False)
    dropped: set[str] = field(default_factory=set, repr=False)

    def add(self, part: str, changes: Sequence[Range]) -> None:
        """Changes of one part's source."""
        self.changes.setdefault(part, []).extend(changes)


type Reader = Callable[[Sequence[Part], frozenset[str]], list[Passage]]
"""Reads the XML parts; is also given the names of all parts, in lower case."""

type Dealt = dict[Slot, list[Range]]
type Planner = Callable[[dict[str, str], Sequence[Passage], Dealt, Plan], None]
"""Turns the edits of slots into changes; takes sources, passages, edits, and fills the plan."""


def kind_of(data: bytes) -> str:
    """Which of docx, xlsx and pptx the bytes are, by their content types; empty if none."""
    if not data.startswith(ZIP_MAGIC):
        return ""
    types = peek(data, CONTENT_TYPES.encode())
    if types is None:
        return ""
    encoding = "utf-16" if types[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    found = _MAIN_TYPE.findall(types.decode(encoding, "replace").lower())
    kinds = {_MAIN[kind] for kind in found}
    return kinds.pop() if len(kinds) == 1 else ""


def plain_reader(parts: Sequence[Part], names: frozenset[str]) -> list[Passage]:
    """Every part as it comes."""
    return [passage for part in parts for passage in reader_of(part, names).read()]


def reader_of(part: Part, names: frozenset[str]) -> PartReader:
    """The reader for a part that is not special to one format."""
    arguments = (part.name, part.address, part.role, part.source)
    if part.name == CONTENT_TYPES or part.name.endswith(".rels"):
        return _PackageReader(*arguments, names)
    return PartReader(*arguments, xstrings=part.name.startswith(("xl/", "docProps/")))


def plain_planner(
    sources: dict[str, str], passages: Sequence[Passage], dealt: Dealt, plan: Plan
) -> None:
    """Every edit as its slot's rule says."""
    del passages
    for slot, ranges in dealt.items():
        plan.add(slot.part, basic_changes(sources[slot.part], slot, ranges))


class Package:
    """An opened Office package; see :class:`gateway.formats._base.Document`."""

    def __init__(
        self, kind: str, data: bytes, open_child: Opener, reader: Reader, planner: Planner
    ) -> None:
        self.format = kind
        self._data = data
        self._archive = read_archive(data)
        self._planner = planner
        self._children = Children()
        self._nested: dict[str, str] = {}
        self._dispensable: list[str] = []
        self._types = _content_types(self._archive)
        parts = list(self._parts(open_child))
        self._sources = {part.name: part.source.text for part in parts}
        self._codecs = {part.name: part.source.codec for part in parts}
        names = frozenset(member.name.lower() for member in self._archive.members)
        self._passages = [*_container_passages(self._archive), *reader(parts, names)]
        self.unread: Sequence[Unread] = self._children.unread
        self._children.own = [passage.segment for passage in self._passages]
        self._children.own += [
            Segment(
                "",
                address_of(self._archive.by_name[name]),
                Role.DISPENSABLE,
                ("preview: not read",),
            )
            for name in self._dispensable
        ]

    def segments(self) -> Sequence[Segment]:
        """The package's own text, then that of embedded documents."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The package with the edits made.

        Digital signatures of the old content go: they would only be broken.
        So do previews and printer settings: they may show what the edits took away.
        """
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        texts = range(len(self._passages))
        dealt = deal(self._passages, (e for index in own if index in texts for e in own[index]))
        scrub = any(slot.rule is Rule.CONTAINER for slot in dealt)
        dealt = {slot: group for slot, group in dealt.items() if slot.rule is not Rule.CONTAINER}
        plan = Plan()
        self._planner(self._sources, self._passages, dealt, plan)
        members = self._archive.by_name
        plan.dropped |= {name for name in members if name.startswith(_SIGNATURES)}
        plan.dropped |= set(self._dispensable)
        for part in plan.dropped:
            self._unlist(part, plan)
        changed = {members[self._nested[part]].index: data for part, data in nested.items()}
        for part, changes in plan.changes.items():
            if part not in plan.dropped:
                changed[members[part].index] = self._written(part, changes)
        return rebuild(
            self._archive,
            changed,
            dropped=frozenset(members[part].index for part in plan.dropped),
            scrubbed=frozenset(m.index for m in self._archive.members if scrub),
            comment=b"" if scrub else None,
        )

    def _parts(self, open_child: Opener) -> Iterator[Part]:
        """XML parts; the others are opened as children or noted as unread on the way."""
        folded = [member.name.lower() for member in self._archive.members]
        if len(set(folded)) != len(folded):
            raise Unreadable("two parts of the package have the same name")
        for member in self._archive.members:
            if member.is_dir:
                continue
            address = address_of(member)
            try:
                content = self._archive.read(member)
                if content and self._is_xml(member.name, content):
                    role = _role_of(member.name)
                    yield Part(member.name, address, role, read_xml(content))
                    if member.name.startswith(_SIGNATURES) and not member.name.endswith(".rels"):
                        why = "digital signature: its certificate is not read"
                        self._children.unread.append(Unread(address, why))
                    continue
            except HasDoctype:
                raise
            except Unreadable as error:
                self._children.unread.append(Unread(address, str(error)))
                continue
            if content:
                self._open_child(member, address, content, open_child)

    def _is_xml(self, name: str, content: bytes) -> bool:
        kind = self._types.get(name.lower(), "")
        told = bool(_XML_NAME.search(name)) or kind.endswith(("+xml", "/xml", "vmldrawing"))
        head = (
            content[:40]
            .removeprefix(b"\xef\xbb\xbf")
            .replace(b"\0", b"")
            .lstrip(b"\xff\xfe \t\r\n")
        )
        return told and "svg" not in kind and not name.endswith(".svg") and head.startswith(b"<")

    def _open_child(self, member: Member, address: str, content: bytes, opener: Opener) -> None:
        kind = self._types.get(member.name.lower(), "")
        look = f"{member.name}|{kind}".lower()
        if _DISPENSABLE.search(look):
            self._dispensable.append(member.name)
            return
        for pattern, why in _OPAQUE:
            if pattern.search(look):
                self._children.unread.append(Unread(address, why))
                return
        self._nested[address] = member.name
        hint = Hint(posixpath.basename(member.name), kind)
        if not self._children.open(address, content, hint, opener) and _IMAGE.search(look):
            self._children.unread[-1] = Unread(address, "image: its pixels are not read yet")

    def _written(self, part: str, changes: Sequence[Range]) -> bytes:
        new = replaced(self._sources[part], united(changes))
        data = new.encode(self._codecs[part], "xmlcharrefreplace")
        try:
            check_xml(data)
        except Unreadable:
            raise CannotEdit("an edit would break a part of the file") from None
        return data

    def _unlist(self, part: str, plan: Plan) -> None:
        """Take a part out of the content types and of every relationship that leads to it."""
        for name, source in self._sources.items():
            if name != CONTENT_TYPES and not name.endswith(".rels"):
                continue
            for match in TOKEN.finditer(source):
                target = re.search(r"""\s(?:PartName|Target)=["']([^"']*)""", match.group())
                if target and resolved(name, target[1]) == part:
                    end = match.end()
                    tail = re.compile(r"\s*</[^>]*>").match(source, end)
                    closed = match.group().endswith("/>") or tail is None
                    plan.add(name, [(match.start(), end if closed or not tail else tail.end(), "")])
                    if identity := re.search(r"""\sId=["']([^"']*)""", match.group()):
                        self._unlink(owner_of(name), identity[1], plan)

    def _unlink(self, owner: str, relation: str, plan: Plan) -> None:
        """Take out what points to printer settings: else Office offers to repair the file.

        A sheet's pageSetup has the relation as an attribute (ECMA-376-1 §18.3.1.63), a Word
        section as an element of its own (§17.3.3.20).
        """
        source = self._sources.get(owner, "")
        for match in _PAGE_SETUP.finditer(source):
            attribute = re.search(rf"""\s[\w.-]+:id=(["']){re.escape(relation)}\1""", match[0])
            if attribute and match[1] == "printerSettings":
                plan.add(owner, [(match.start(), match.end(), "")])
            elif attribute:
                start = match.start()
                plan.add(owner, [(start + attribute.start(), start + attribute.end(), "")])


class _PackageReader(PartReader):
    """Content types and relationships: addresses outside the package are text."""

    def __init__(
        self, name: str, address: str, role: Role, source: Source, names: frozenset[str]
    ) -> None:
        super().__init__(name, address, role, source)
        self._names = names

    def verdicts(self, tag: Tag) -> Verdicts:
        """Targets that are not parts, and anything that does not look as it should."""
        found: Verdicts = []
        for attribute in tag.attributes:
            value, local = attribute.value, attribute.local
            if local in {"Target", "PartName"}:
                inside = tag.get("TargetMode") != "External"
                if inside and resolved(self.name, value).lower() in self._names:
                    continue
                rule = Rule.URI if local == "Target" else Rule.FIXED
                found.append((attribute, rule, True))
            elif not (is_office(value) or re.fullmatch(r"[\w./+;= -]{0,200}", value, re.ASCII)):
                found.append((attribute, Rule.FIXED, True))
        return found


def resolved(name: str, target: str) -> str:
    """The part that a relationship or content type of part ``name`` speaks of."""
    folder = "/"
    if name.endswith(".rels"):
        folder = "/" + posixpath.dirname(posixpath.dirname(name))
    return posixpath.normpath(posixpath.join(folder, unquote(target))).lstrip("/")


def owner_of(relationships: str) -> str:
    """The part whose relationships a ``.rels`` part lists (ECMA-376-2 §9.3)."""
    folder, _, name = relationships.rpartition("/")
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def address_of(member: Member) -> str:
    """A part's name where Office gave it, else its number: names can be anybody's text."""
    return member.name if is_known_name(member.name) else f"part {member.index + 1}"


def _role_of(name: str) -> Role:
    low = name.lower()
    if "comment" in low:
        return Role.COMMENT
    metadata = low.startswith(("docprops/", "customxml/")) or low.endswith((".rels", ".psmdcp"))
    named = ("settings", "people", "persons", "authors", "tags/", "theme", "styles", "fonttable")
    return Role.METADATA if metadata or any(word in low for word in named) else Role.BODY


def _content_types(archive: Archive) -> dict[str, str]:
    """The media type of each part, by its name in lower case."""
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


def _container_passages(archive: Archive) -> Iterator[Passage]:
    """Names that are not Office's own, and remarks of the zip itself."""
    for member in archive.members:
        if not is_known_name(member.name):
            yield _container_passage(member.name, f"part {member.index + 1}", Rule.FIXED, Role.NAME)
        for remark in (member.comment, member.hidden):
            if remark.strip(b"\0"):
                text = remark.decode("utf-8", "replace")
                yield _container_passage(
                    text, f"part {member.index + 1}", Rule.CONTAINER, Role.HIDDEN
                )
    if archive.comment:
        text = archive.comment.decode("utf-8", "replace")
        yield _container_passage(text, "zip comment", Rule.CONTAINER, Role.HIDDEN)


def _container_passage(text: str, part: str, rule: Rule, role: Role) -> Passage:
    slot = Slot("", 0, 0, text, Escape.LITERAL, rule)
    return Passage(Segment(text, part, role), ((text, (slot,)),))
