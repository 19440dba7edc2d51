"""Zip archives: every member is a document of its own, and its name is text.

Source: PKWARE APPNOTE.TXT 6.3.10; reading and rebuilding stand in :mod:`_zip.reading`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import ClassVar

from gateway.errors import Unreadable
from gateway.formats._base import Descend, Document, Opener, edit_text
from gateway.formats._children import Children
from gateway.formats._zip.reading import Archive, read_archive
from gateway.formats._zip.writing import rebuild
from gateway.model import Edit, Hint, Role, Segment, Unread

_MAGIC = (b"PK\3\4", b"PK\5\6")
# Characters that a member name may not have on some system, and brackets that are ours.
_UNSAFE = str.maketrans(dict.fromkeys('<>:"|?*/\\', "_") | dict.fromkeys(map(chr, range(32)), "_"))


class ZipDocument:
    """An opened zip; see :class:`gateway.formats._base.Document`."""

    format = "zip"

    def __init__(self, data: bytes, open_child: Opener) -> None:
        self._data = data
        self._archive = read_archive(data)
        self._children = Children()
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
                names[member] = _unique(_renamed(self._archive, member, group), taken)
                taken.add(names[member])
        return rebuild(
            self._archive,
            {int(part.removeprefix("member ")) - 1: data for part, data in nested.items()},
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
            self._own(_decoded(remark), part, Role.HIDDEN)

    def _open(self, index: int, open_child: Opener) -> None:
        member = self._archive.members[index]
        part = f"member {index + 1}"
        try:
            content = self._archive.read(member)
        except Unreadable as error:
            self._children.unread.append(Unread(part, str(error)))
            return
        if content:
            name = member.name.replace("\\", "/").rpartition("/")[2]
            self._children.open(part, content, Hint(name), open_child)


class Zip:
    """zip, and every format that is a zip of readable members and has no module of its own."""

    name: ClassVar[str] = "zip"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by its magic, yet below the formats that are more than a zip."""
        del hint
        return 0.8 if data.startswith(_MAGIC) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open an archive and its members."""
        del hint
        return ZipDocument(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Names, remarks and members, by zipfile."""
        del hint
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from _views(archive.comment)
                for member in archive.infolist():
                    yield member.filename
                    yield from _views(member.comment)
                    yield from _views(member.extra)
                    if member.file_size:
                        yield from _member_layers(archive, member, descend)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise Unreadable(f"zipfile cannot read it: {type(error).__name__}") from None


def _member_layers(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, descend: Descend
) -> Iterator[str]:
    try:
        content = archive.read(member)
    except (RuntimeError, NotImplementedError):
        return  # encrypted or a rare method: noted as unread when it was opened
    try:
        yield from descend(content, Hint(member.filename.rpartition("/")[2]))
    except Unreadable:
        yield from _views(content)


def _views(data: bytes) -> Iterator[str]:
    """Bytes in every way that text could stand in them."""
    if data:
        yield data.decode("latin-1")
        yield data.decode("utf-8", "replace")
        yield data.decode("utf-16-le", "replace")
        yield data[1:].decode("utf-16-le", "replace")


def _once(hidden: bytes) -> bytes:
    """Extra fields that stand alike in both headers, not glued together: digits would join."""
    middle = len(hidden) // 2
    return hidden[:middle] if hidden[:middle] == hidden[middle:] else hidden


def _decoded(remark: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return remark.decode(encoding)
        except UnicodeDecodeError:
            continue
    return remark.decode("latin-1")


def _renamed(archive: Archive, member: int, edits: Sequence[Edit]) -> str:
    name = archive.members[member].name
    safe = [
        Edit(edit.segment, edit.start, edit.end, edit.replacement.translate(_UNSAFE))
        for edit in edits
    ]
    return edit_text(name, safe) or "_"


def _unique(name: str, taken: set[str]) -> str:
    """The name, numbered before its extension if it is taken."""
    slash = "/" if name.endswith("/") else ""
    stem, dot, extension = name.rstrip("/").rpartition(".")
    if not stem or "/" in extension:
        stem, dot, extension = name.rstrip("/"), "", ""
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{stem}-{count}{dot}{extension}{slash}"
    return candidate


FORMAT = Zip()
