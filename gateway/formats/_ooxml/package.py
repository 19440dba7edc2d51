"""Office packages (Office Open XML): what docx, xlsx and pptx have in common.

A package is a zip of parts. Each part is read as XML, opened as a child, kept only until
something changes (previews, printer settings, macros), or named as unread; there is no fifth
way. Members keep their bytes unless an edit touches them.

Source: ECMA-376-2 (Open Packaging Conventions) §9 (relationships), §10 (physical package).
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import Opener
from gateway.formats._children import Children
from gateway.formats._ooxml import kinds
from gateway.formats._ooxml.container import container_passages, mended
from gateway.formats._ooxml.fleeting import read_fleeting
from gateway.formats._ooxml.hollow import HOLLOW, OLE_MAGIC
from gateway.formats._ooxml.kinds import CONTENT_TYPES, SIGNATURES, address_of, kind_of
from gateway.formats._ooxml.opaque import is_macros, is_object, look_of, why_dispensable, why_unread
from gateway.formats._ooxml.part import PartReader
from gateway.formats._ooxml.plan import Plan
from gateway.formats._ooxml.relations import PackageReader, relations_of, rename, unlist
from gateway.formats._ooxml.signatures import SignatureReader
from gateway.formats._ooxml.text import (
    Dealt,
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
from gateway.formats._ooxml.traces import neutralise, sweeps
from gateway.formats._ooxml.vocabulary import is_known_name
from gateway.formats._ooxml.xml import HasDoctype, Scope, Source, check_xml, read_xml
from gateway.formats._vba.project import read_project
from gateway.formats._zip.layout import STORED
from gateway.formats._zip.reading import Archive, Member
from gateway.formats._zip.writing import rebuild
from gateway.model import Edit, Hint, Role, Rung, Segment, Unread

__all__ = ["Dealt", "Package", "Part", "Plan", "Planner", "Reader", "kind_of", "reader_of"]

# Media types of pictures by the ending that a converted one gets.
_PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}


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


type Reader = Callable[[Sequence[Part], frozenset[str]], list[Passage]]
"""Reads the XML parts; is also given the names of all parts, in lower case."""

type Planner = Callable[[dict[str, str], Sequence[Passage], Dealt, Plan], None]
"""Turns the edits of slots into changes; takes sources, passages, edits, and fills the plan."""


def plain_reader(parts: Sequence[Part], names: frozenset[str]) -> list[Passage]:
    """Every part as it comes."""
    return [p for part in parts for p in passages_of(part, reader_of(part, names))]


def passages_of(part: Part, reader: PartReader) -> list[Passage]:
    """What a reader makes of a part; the same is made but once, see :mod:`xml`."""
    if isinstance(reader, PackageReader):  # it knows of the other parts
        return reader.read()
    readings = part.source.readings
    key = (type(reader), part.name, part.address, part.role)
    if key not in readings:
        readings[key] = reader.read()
    found: list[Passage] = readings[key]
    return found


def reader_of(part: Part, names: frozenset[str]) -> PartReader:
    """The reader for a part that is not special to one format."""
    arguments = (part.name, part.address, part.role, part.source)
    if part.name == CONTENT_TYPES or part.name.endswith(".rels"):
        return PackageReader(*arguments, names)
    if part.name.startswith(SIGNATURES):
        return SignatureReader(*arguments)
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
        self._ledger = open_child.ledger
        self._archive, strays = mended(data)
        self._planner = planner
        self._children = Children(renames=True)
        self._nested: dict[str, str] = {}
        self._dispensable: dict[str, str] = {}
        self._fleeting: set[str] = set()
        self._hollowed: set[str] = set()
        self._passages = container_passages(self._archive, strays)
        self._types = kinds.content_types(self._archive)
        self._scope = Scope()
        parts = list(self._parts(open_child))
        self._parts_read = {part.name: part.source for part in parts}
        names = frozenset(member.name.lower() for member in self._archive.members)
        self._passages += reader(parts, names)
        for part in parts:
            self._passages += sweeps(part.name, part.address, part.source)
        self.unread: Sequence[Unread] = self._children.unread
        self._children.own = [passage.segment for passage in self._passages]
        members = self._archive.by_name
        self._spared = list(self._dispensable)
        self._children.own += [
            Segment("", address_of(members[name]), Role.DISPENSABLE, (why,))
            for name, why in self._dispensable.items()
        ]
        if strays:
            why = "bytes outside the parts: not read"
            self._children.own.append(Segment("", "zip", Role.DISPENSABLE, (why,)))

    def segments(self) -> Sequence[Segment]:
        """The package's own text, then that of embedded documents."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The package with the edits made.

        Digital signatures of the old content go: they would only be broken. So do previews and
        printer settings: they may show what the edits took away. Macros go if they are touched.
        """
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        texts = range(len(self._passages))
        dealt = deal(self._passages, (e for index in own if index in texts for e in own[index]))
        scrub = any(slot.rule is Rule.CONTAINER for slot in dealt)
        plan = Plan()
        plan.dropped = self._leaving(dealt, own.keys())
        asked = [slot.part for slot in dealt if slot.rule is Rule.PART_NAME]
        dealt = {slot: group for slot, group in dealt.items() if slot.rule not in _NOT_IN_XML}
        dealt = {slot: group for slot, group in dealt.items() if slot.part not in plan.dropped}
        sources = {name: source.text for name, source in self._parts_read.items()}
        dealt = neutralise(self._parts_read, self._passages, dealt, plan)
        self._planner(sources, self._passages, dealt, plan)
        hollowed = plan.dropped & self._hollowed
        plan.dropped -= hollowed
        unlist(plan.dropped, sources, plan)
        names = self._renamed(asked, sources, plan)
        members = self._archive.by_name
        changed = {
            members[self._nested[part]].index: data
            for part, data in nested.items()
            if self._nested[part] not in plan.dropped
        }
        changed |= {members[part].index: HOLLOW for part in hollowed}
        for part, changes in plan.changes.items():
            if part not in plan.dropped:
                changed[members[part].index] = self._written(part, changes)
        return rebuild(
            _stored_if_dense(self._archive, changed),
            changed,
            names=names,
            dropped=frozenset(members[part].index for part in plan.dropped),
            scrubbed=frozenset(m.index for m in self._archive.members if scrub),
            comment=b"" if scrub else None,
        )

    def _leaving(self, dealt: Dealt, touched: Collection[int]) -> set[str]:
        """The parts that go: signatures, previews, what an edit asks for, and what they lead to."""
        members = self._archive.by_name
        gone = {name for name in members if name.startswith(SIGNATURES)}
        gone |= {slot.part for slot in dealt if slot.rule is Rule.PART}
        first = len(self._passages)
        macros = {name for name, why in self._dispensable.items() if why.startswith("macros")}
        gone |= self._fleeting | (self._dispensable.keys() - macros)
        gone |= {name for n, name in enumerate(self._spared, first) if n in touched}
        if gone & macros:
            gone |= macros
        if gone - {name for name in gone if name.startswith(SIGNATURES)}:
            self._ledger.took(Rung.DROPPED)
        return gone | {relations_of(name) for name in gone if relations_of(name) in members}

    def _renamed(
        self, asked: Sequence[str], sources: Mapping[str, str], plan: Plan
    ) -> dict[int, str]:
        """New names by member: where the old one was edited, or a picture changed its kind."""
        members = self._archive.by_name
        taken = {name.lower() for name in members}
        endings = {
            self._nested[part]: ending for part, ending in self._children.endings.items() if ending
        }
        names: dict[int, str] = {}
        for old in dict.fromkeys([*asked, *endings]):
            if old in plan.dropped:
                continue
            ending = endings.get(old, "")
            if ending and ending not in _PICTURES:
                raise CannotEdit(f"an embedded file can only be redacted as {ending}")
            new = _free_name(old, ending, members[old].index + 1, taken, anew=old in asked)
            taken.add(new.lower())
            names[members[old].index] = new
            rename(old, new, _PICTURES.get(ending, ""), sources, plan)
            if (relations := relations_of(old)) in members:
                names[members[relations].index] = relations_of(new)
        return names

    def _parts(self, open_child: Opener) -> Iterator[Part]:
        """XML parts; the others are opened as children, spared or noted as unread on the way."""
        folded = [member.name.lower() for member in self._archive.members]
        if len(set(folded)) != len(folded):
            raise Unreadable("two parts of the package have the same name")
        for member in self._archive.members:
            if member.is_dir:
                continue
            address = address_of(member)
            kind = self._types.get(member.name.lower(), "")
            try:
                content = self._archive.read(member)
                look = look_of(member.name, kind)
                if why := why_dispensable(look):
                    self._spare(member, look, why, content, open_child)
                elif content and kinds.is_xml(member.name, kind, content):
                    source = read_xml(content, self._scope, lean=self._lean(content))
                    part = Part(member.name, address, kinds.role_of(member.name), source)
                    self._spare_signature(part)
                    yield part
                elif content:
                    self._open(member, address, kind, content, open_child)
            except HasDoctype:
                raise
            except Unreadable as error:
                self._children.unread.append(Unread(address, str(error)))

    def _lean(self, content: bytes) -> bool:
        """Whether a part gets a reader that takes cells and strings whole."""
        return self.format == "xlsx" and bool(_LEAN.match(content[:4000]))

    def _spare(self, member: Member, look: str, why: str, content: bytes, opener: Opener) -> None:
        """A part that nobody misses; what it says is read where that can be done."""
        kind = self._types.get(member.name.lower(), "")
        hint = Hint(posixpath.basename(member.name), kind)
        texts = read_fleeting(look, content, hint, opener)
        if texts is None:
            self._dispensable[member.name] = why
            return
        self._fleeting.add(member.name)
        address = address_of(member)
        for found in texts:
            place = f"{address}/{found.part}" if found.part else address
            self._whole(member.name, replace(found, part=place))

    def _whole(self, name: str, segment: Segment) -> None:
        """A text of a part that goes whole, or stays as it is."""
        slot = Slot(name, 0, 0, segment.text, Escape.LITERAL, Rule.PART)
        self._passages.append(Passage(segment, ((segment.text, (slot,)),)))

    def _spare_signature(self, part: Part) -> None:
        if part.name.startswith(SIGNATURES) and re.search(
            "S(?:ig|ignature)(?:LnImg|Image)>", part.source.text
        ):
            self._dispensable[part.name] = "digital signature: a picture in it is not read"

    def _open(
        self, member: Member, address: str, kind: str, content: bytes, opener: Opener
    ) -> None:
        if content == HOLLOW:
            return
        look = look_of(member.name, kind)
        if is_macros(look):
            self._dispensable[member.name] = "macros: they can be left out, not changed"
            self._read_macros(member.name, address, content)
            return
        self._nested[address] = member.name
        hint = Hint(posixpath.basename(member.name), kind)
        known = len(self._children.unread)
        if self._children.open(address, content, hint, opener):
            return
        if content.startswith(OLE_MAGIC) and is_object(look):
            del self._children.unread[known]
            self._dispensable[member.name] = "embedded object: not read; its picture stays"
            self._hollowed.add(member.name)
            return
        why = why_unread(look, self._children.unread[known].why)
        self._children.unread[known] = Unread(address, why)

    def _read_macros(self, name: str, address: str, content: bytes) -> None:
        """The texts of a VBA project; what cannot be read of it can still be left out."""
        try:
            texts = read_project(content)
        except Unreadable:
            self._dispensable[name] = "macros: not read"
            return
        for text in texts:
            place = f"{address}/{text.place}"
            self._whole(name, Segment(text.text, place, Role.HIDDEN, ("macro",)))

    def _written(self, part: str, changes: Sequence[Range]) -> bytes:
        source = self._parts_read[part]
        new = replaced(source.text, united(changes))
        data = new.encode(source.codec, "xmlcharrefreplace")
        try:
            check_xml(data)
        except Unreadable:
            raise CannotEdit("an edit would break a part of the file") from None
        return data


# The roots of sheets and shared strings.
_LEAN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^<>]*\?>\s*|<!--.*?-->\s*)*+<(?:[\w.-]+:)?(?:worksheet|macrosheet|sst)[\s>]",
    re.DOTALL,
)

# Readers of zips, ours too, take more than 200 to 1 for a bomb; stay well below.
_LARGE, _RATIO = 1_000_000, 150

_NOT_IN_XML = frozenset({Rule.CONTAINER, Rule.PART, Rule.PART_NAME})


def _stored_if_dense(archive: Archive, changed: Mapping[int, bytes]) -> Archive:
    """The archive, told not to compress what would expand like a bomb: pictures painted over."""
    dense = {
        index
        for index, content in changed.items()
        if len(content) > _LARGE and len(zlib.compress(content, 6)) * _RATIO < len(content)
    }
    if not dense:
        return archive
    members = (replace(m, method=STORED) if m.index in dense else m for m in archive.members)
    return replace(archive, members=tuple(members))


def _free_name(old: str, ending: str, number: int, taken: set[str], *, anew: bool) -> str:
    """Another name for a part in the same folder.

    Raises:
        CannotEdit: the folder's name is what was edited.
    """
    folder, name = posixpath.split(old)
    stem, suffix = posixpath.splitext(name)
    if anew:
        if folder and not is_known_name(folder):
            raise CannotEdit("the name of a folder in the file")
        stem = "part"
        suffix = suffix if re.fullmatch(r"\.[A-Za-z]{1,6}", suffix) else ".bin"
    numbers = ("", number, *range(number + 1, number + len(taken) + 2))
    candidates = (posixpath.join(folder, f"{stem}{n}{ending or suffix}") for n in numbers)
    return next(name for name in candidates if name.lower() not in taken)
