"""tar archives: every member is a document of its own, and its names are text.

Source: POSIX.1-2024 pax; reading and writing stand in :mod:`_archives.tar_reading` and
:mod:`_archives.tar_writing`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._archives.names import decoded, last_part, renamed, unique, views, with_ending
from gateway.formats._archives.tar_reading import Entry, is_tar, read_entries
from gateway.formats._archives.tar_writing import Change, rebuild
from gateway.formats._base import Descend, Document, Opener, edit_text
from gateway.formats._children import Children
from gateway.model import Edit, Hint, Role, Segment, Unread

# Records of an extended header that are told elsewhere, or are a number.
_TOLD = frozenset({"path", "linkpath", "uname", "gname", "size"})
_LONGEST_KEYWORD = 24
_NUMBERS = frozenset("0123456789.- ")


@dataclass(slots=True)
class TarDocument:
    """See :class:`gateway.formats._base.Document`."""

    data: bytes = field(repr=False)
    open_child: Opener
    format: str = "tar"
    unread: Sequence[Unread] = field(init=False)
    _entries: list[Entry] = field(init=False)
    _children: Children = field(default_factory=lambda: Children(renames=True))
    _places: list[tuple[str, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unread = self._children.unread
        self._entries = read_entries(self.data, self.open_child.ledger)
        for index, entry in enumerate(self._entries):
            self._read(index, entry)
        owners = [owner for entry in self._entries for owner in entry.owners]
        for number, owner in enumerate(dict.fromkeys(owners), 1):
            self._own(owner, f"owner {number}", Role.TRACE, ("owners", 0, ""))
        if not owners and any(entry.numbered for entry in self._entries):
            self._own("", "owners", Role.TRACE, ("owners", 0, ""))
        for index, entry in enumerate(self._entries):
            start, end = entry.content
            if start < end and not entry.is_global:
                hint = Hint(last_part(entry.name))
                self._children.open(
                    f"member {index + 1}", self.data[start:end], hint, self.open_child
                )

    def segments(self) -> Sequence[Segment]:
        """Names, links, owners and remarks, then the members' own segments."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The archive with the edits made; members that nothing touches keep every byte."""
        if not edits:
            return self.data
        own, nested = self._children.apply(edits)
        changes = {index: Change() for index in range(len(self._entries))}
        names: dict[int, str] = {}
        for segment, group in sorted(own.items()):
            what, index, key = self._places[segment]
            if what == "name":
                names[index] = renamed(self._entries[index].name, group)
            elif what == "owners":
                for each in changes.values():
                    each.anonymous = True
            else:
                self._change(changes[index], self._entries[index], (what, key), group)
        for part, content in nested.items():
            index = int(part.removeprefix("member ")) - 1
            changes[index].content = content
            if ending := self._children.endings.get(part):
                names[index] = with_ending(names.get(index, self._entries[index].name), ending)
        self._rename(names, changes)
        return rebuild(self.data, self._entries, changes)

    def _read(self, index: int, entry: Entry) -> None:
        """The texts of one entry's headers."""
        part = f"member {index + 1}"
        if not entry.is_global:
            self._own(entry.name, part, Role.NAME, ("name", index, ""))
        if entry.link:
            self._own(entry.link, f"{part} link", Role.NAME, ("link", index, ""))
        for key, value in entry.pax.items():
            if key not in _TOLD and not _NUMBERS.issuperset(value.decode("latin-1")):
                self._own(decoded(value), f"{part} header", Role.HIDDEN, ("pax", index, key))
            if len(key) > _LONGEST_KEYWORD or not key.isascii():
                self._own(key, f"{part} header", Role.HIDDEN, ("key", index, key))
        if entry.slack:
            self._own(decoded(entry.slack), f"{part} slack", Role.HIDDEN, ("slack", index, ""))

    def _own(self, text: str, part: str, role: Role, place: tuple[str, int, str]) -> None:
        self._children.own.append(Segment(text, part, role))
        self._places.append(place)

    @staticmethod
    def _change(
        change: Change, entry: Entry, place: tuple[str, str], edits: Sequence[Edit]
    ) -> None:
        what, key = place
        if what == "link":
            change.link = renamed(entry.link, edits)
        elif what == "pax":
            change.pax[key] = edit_text(decoded(entry.pax[key]), edits).encode()
        elif what == "key":
            change.pax[key] = b""  # an empty record takes its keyword out
        else:
            change.clean = True

    def _rename(self, names: dict[int, str], changes: dict[int, Change]) -> None:
        """Give new names, each its own, and let links follow."""
        taken = {entry.name for entry in self._entries}
        moved: dict[str, str] = {}
        for index, name in sorted(names.items()):
            old = self._entries[index].name
            new = moved.get(old) or unique(name, taken)
            taken.add(new)
            moved[old] = new
            changes[index].name = new
        for index, entry in enumerate(self._entries):
            if entry.link in moved:
                changes[index].link = moved[entry.link]


class _Tar:
    name: ClassVar[str] = "tar"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by the checksum of the first header."""
        del hint
        return 1.0 if is_tar(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open an archive and its members."""
        del hint
        return TarDocument(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Headers as they stand, then names and members by Python's own tarfile."""
        import tarfile

        del hint
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
                at = 0
                for member in archive.getmembers():
                    yield from views(data[at : member.offset_data])
                    at = member.offset_data + (member.size if member.isreg() else 0)
                    yield from (member.name, member.linkname, member.uname, member.gname)
                    yield from member.pax_headers.values()
                    if member.isreg() and member.size:
                        content = data[member.offset_data : member.offset_data + member.size]
                        yield from descend(content, Hint(last_part(member.name)))
                yield from views(data[at:][:65_536])
        except (tarfile.TarError, OSError, ValueError, OverflowError) as error:
            raise Unreadable(f"tarfile cannot read it: {type(error).__name__}") from None


FORMAT = _Tar()
