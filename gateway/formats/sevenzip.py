"""7z archives, by py7zr where it is installed (the extra ``7z``).

The whole archive is written anew when something in it changes: LZMA2, without encryption, the
members' own times of change kept.

Source: 7zFormat.txt of the LZMA SDK for the signature header.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._archives.names import last_part, renamed, unique, with_ending
from gateway.formats._base import Descend, Document, Opener
from gateway.formats._children import Children
from gateway.formats._ledger import Ledger
from gateway.model import Edit, Hint, Role, Segment, Unread

_MAGIC = b"7z\xbc\xaf\x27\x1c"
_HEADER = struct.Struct(
    "<6s2BI2QI"
)  # magic, version, checksum, offset, size and checksum of the end
_ENCRYPTED = "encrypted: take its password off first"
_ABSENT = "archive: 7z needs the extra '7z' to be installed, or pack it as .zip"


@dataclass(frozen=True, slots=True)
class _Member:
    """One member: its path, its content unless it is a folder, and when it was changed."""

    name: str = field(repr=False)
    content: bytes | None = field(repr=False)
    changed: Any


@dataclass(slots=True)
class SevenZipDocument:
    """See :class:`gateway.formats._base.Document`."""

    data: bytes = field(repr=False)
    open_child: Opener
    format: str = "7z"
    unread: Sequence[Unread] = field(init=False)
    _members: list[_Member] = field(init=False)
    _children: Children = field(default_factory=lambda: Children(renames=True))

    def __post_init__(self) -> None:
        self.unread = self._children.unread
        self._members = _read(self.data, self.open_child.ledger)
        for number, member in enumerate(self._members, 1):
            self._children.own.append(Segment(member.name, f"member {number}", Role.NAME))
        for number, member in enumerate(self._members, 1):
            if member.content:
                hint = Hint(last_part(member.name))
                self._children.open(f"member {number}", member.content, hint, self.open_child)

    def segments(self) -> Sequence[Segment]:
        """Names, then the members' own segments."""
        return self._children.segments()

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """A new archive with the edits made; names stay unique."""
        if not edits:
            return self.data
        own, nested = self._children.apply(edits)
        taken = {member.name for member in self._members}
        members: list[_Member] = []
        for index, member in enumerate(self._members):
            part = f"member {index + 1}"
            name = renamed(member.name, own[index]) if index in own else member.name
            if ending := self._children.endings.get(part):
                name = with_ending(name, ending)
            if name != member.name:
                name = unique(name, taken)
                taken.add(name)
            members.append(_Member(name, nested.get(part, member.content), member.changed))
        return _write(members)


def _check_frame(data: bytes) -> None:
    """The end of the archive is where its header says, and nothing follows.

    Raises:
        Unreadable: it is not.
    """
    if len(data) < _HEADER.size:
        raise Unreadable("archive: cut off")
    _, _, _, crc, offset, size, _ = _HEADER.unpack_from(data)
    if zlib.crc32(data[12:32]) != crc:
        raise Unreadable("archive: its header is damaged")
    if _HEADER.size + offset + size != len(data):
        raise Unreadable("archive: it is cut off, or bytes follow its end")


def _read(data: bytes, ledger: Ledger) -> list[_Member]:
    """All members.

    Raises:
        Unreadable: it is encrypted or damaged, or py7zr is absent.
        LimitExceeded: it has more members or bytes than a budget allows.
    """
    _check_frame(data)
    try:
        import py7zr
    except ImportError:
        raise Unreadable(_ABSENT) from None
    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            return _members(archive, data, ledger)
    except Unreadable:
        raise
    except py7zr.exceptions.PasswordRequired:
        raise Unreadable(_ENCRYPTED) from None
    except py7zr.exceptions.UnsupportedCompressionMethodError:
        raise Unreadable("archive: compressed by a method that is not read") from None
    except Exception as error:  # noqa: BLE001 - py7zr raises what it likes on damaged files
        raise Unreadable(f"archive: damaged ({type(error).__name__})") from None


def _members(archive: Any, data: bytes, ledger: Ledger) -> list[_Member]:
    """The members of an opened archive, having checked what they say of themselves."""
    from py7zr.io import BytesIOFactory

    if archive.needs_password():
        raise Unreadable(_ENCRYPTED)
    told = archive.list()
    if len(told) > ledger.limits.entries:
        raise LimitExceeded(f"more than {ledger.limits.entries} parts")
    if len({info.filename for info in told}) != len(told):
        raise Unreadable("archive: two members have the same name")
    if any(info.is_symlink for info in told):
        raise Unreadable("archive: a link among its members")
    size = sum(info.uncompressed for info in told)
    ledger.spend_unpacked(size, len(data))
    changed = {file.filename: file.lastwritetime for file in archive.files}
    factory = BytesIOFactory(size + 1)
    archive.extractall(factory=factory)
    members: list[_Member] = []
    for info in told:
        content = None
        if not info.is_directory:
            product = factory.products.get(info.filename)
            content = b"" if product is None else _content(product)
            if len(content) != info.uncompressed:
                raise Unreadable("archive: a member is not as long as it says")
        members.append(_Member(info.filename, content, changed[info.filename]))
    return members


def _content(product: Any) -> bytes:
    product.seek(0)
    return bytes(product.read())


def _write(members: Sequence[_Member]) -> bytes:
    import py7zr
    from py7zr.helpers import ArchiveTimestamp

    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 6}]) as new:
        for member in members:
            if member.content is None:
                continue  # folders come with what is in them
            new._writestr(member.content, member.name)  # noqa: SLF001 - writestr refuses odd paths
            told = new.header.files_info.files[-1]
            when = ArchiveTimestamp(member.changed or 0)
            for key in ("creationtime", "lastwritetime", "lastaccesstime"):
                told[key] = when
    return stream.getvalue()


class _SevenZip:
    name: ClassVar[str] = "7z"

    def score(self, data: bytes, hint: Hint) -> float:
        """Sure by its magic."""
        del hint
        return 1.0 if data.startswith(_MAGIC) else -1.0

    def open(self, data: bytes, hint: Hint, open_child: Opener) -> Document:
        """Open an archive and its members."""
        del hint
        return SevenZipDocument(data, open_child)

    def layers(self, data: bytes, hint: Hint, descend: Descend) -> Iterator[str]:
        """Names and members again; there is no second reader of 7z."""
        del hint
        for member in _read(data, descend.ledger):
            yield member.name
            if member.content:
                yield from descend(member.content, Hint(last_part(member.name)))


FORMAT = _SevenZip()
