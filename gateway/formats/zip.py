"""Zip archives: every member is a document of its own, and its name is text.

Source: PKWARE APPNOTE.TXT 6.3.10; reading and rebuilding stand in :mod:`_zip.reading`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import ClassVar

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._archives.names import decoded, last_part, renamed, unique, views, with_ending
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._children import Children
from gateway.formats._zip.layout import CENTRAL_MAGIC, END
from gateway.formats._zip.reading import read_archive
from gateway.formats._zip.writing import rebuild
from gateway.model import Edit, Hint, Role, Segment, Unread

_MAGIC = (b"PK\3\4", b"PK\5\6")
_END = b"PK\5\6"
_LONGEST_COMMENT = 65_535


class ZipDocument:
    """An opened zip; see :class:`gateway.formats._base.Document`."""

    format = "zip"

    def __init__(self, data: bytes, open_child: Opener) -> None:
        self._data = data
        self._archive = read_archive(data)
        self._children = Children(renames=True)
        self.unread: Sequence[Unread] = self._children.unread
        self._named: dict[int, int] = {}
        self._remarks: set[int] = set()
        for member in self._archive.members:
            self._own(member.name, f"member {member.index + 1}", Role.NAME)
            self._named[len(self._children.own) - 1] = member.index
            for remark in (member.comment, _once(member.hidden)):
                self._remark(remark, f"member {member.index + 1}")
        self._remark(self._archive.comment, "comment")
        for member in self._archive.members:
            if not member.is_dir:
                self._open(member.index, open_child)

    def segments(self) -> Sequence[Segment]:
        """Names and remarks, then the members' own segments."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The zip with the edits made; names stay unique."""
        if not edits:
            return self._data
        own, nested = self._children.apply(edits)
        scrub = any(index in self._remarks for index in own)
        names: dict[int, str] = {}
        taken = {member.name for member in self._archive.members}
        for segment, group in sorted(own.items()):
            if segment in self._named:
                member = self._named[segment]
                names[member] = renamed(self._archive.members[member].name, group)
        for part in nested:
            if ending := self._children.endings.get(part):
                member = _index(part)
                old = names.get(member, self._archive.members[member].name)
                names[member] = with_ending(old, ending)
        for member, name in sorted(names.items()):
            names[member] = unique(name, taken)
            taken.add(names[member])
        return rebuild(
            self._archive,
            {_index(part): data for part, data in nested.items()},
            names=names,
            scrubbed=frozenset(m.index for m in self._archive.members if scrub),
            comment=b"" if scrub else None,
        )

    def _own(self, text: str, part: str, role: Role) -> None:
        self._children.own.append(Segment(text, part, role))

    def _remark(self, remark: bytes, part: str) -> None:
        """A comment or an extra field nobody knows; edited, all of them are left out."""
        if remark.strip(b"\0"):
            self._remarks.add(len(self._children.own))
            self._own(decoded(remark), part, Role.HIDDEN)

    def _open(self, index: int, open_child: Opener) -> None:
        member = self._archive.members[index]
        part = f"member {index + 1}"
        try:
            open_child.ledger.spend_unpacked(member.size, member.packed[1] - member.packed[0])
            content = self._archive.read(member)
        except LimitExceeded:
            raise
        except Unreadable as error:
            self._children.unread.append(Unread(part, str(error)))
            return
        if content:
            self._children.open(part, content, Hint(last_part(member.name)), open_child)


class Zip:
    """zip, and every format that is a zip of readable members and has no module of its own."""

    name: ClassVar[str] = "zip"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by its magic, yet below the formats that are more than a zip.

        Behind other bytes it is as sure as they are: whoever looks from the end sees a zip.
        """
        del hint
        if data.startswith(_MAGIC):
            return 0.8
        return 1.0 if _ends_as_zip(data) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open an archive and its members."""
        del hint
        return ZipDocument(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Names, remarks and members, by zipfile."""
        del hint
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from views(archive.comment)
                for member in archive.infolist():
                    yield member.filename
                    yield from views(member.comment)
                    yield from views(member.extra)
                    if member.file_size:
                        yield from _member_layers(archive, member, data, descend)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise Unreadable(f"zipfile cannot read it: {type(error).__name__}") from None


def _member_layers(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, data: bytes, descend: Descend
) -> Iterator[str]:
    descend.ledger.spend_unpacked(member.file_size, member.compress_size)
    try:
        content = archive.read(member)
    except NotImplementedError:  # a method that zipfile does not know
        own = read_archive(data)
        try:
            content = own.read(own.by_name[member.filename])
        except (Unreadable, KeyError):
            return  # noted as unread when it was opened
    except RuntimeError:
        return  # encrypted: noted as well
    try:
        yield from descend(content, Hint(last_part(member.filename)))
    except LimitExceeded:
        raise
    except Unreadable:
        yield from views(content)


def _index(part: str) -> int:
    return int(part.removeprefix("member ")) - 1


def _ends_as_zip(data: bytes) -> bool:
    """Whether the bytes end with the directory of a zip and its end record."""
    at = data.rfind(_END, -END.size - _LONGEST_COMMENT)
    if at < 0 or at + END.size > len(data):
        return False
    *_, count, size, _, comment = END.unpack_from(data, at)
    listed = count and size < at and data.startswith(CENTRAL_MAGIC, at - size)
    return bool(listed) and at + END.size + comment == len(data)


def _once(hidden: bytes) -> bytes:
    """Extra fields that stand alike in both headers, not glued together: digits would join."""
    middle = len(hidden) // 2
    return hidden[:middle] if hidden[:middle] == hidden[middle:] else hidden


FORMAT = Zip()
