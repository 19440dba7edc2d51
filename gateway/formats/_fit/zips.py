"""Room in zips, and all that are zips underneath (Office, OpenDocument, EPUB, jar).

Empty blocks before the largest compressed member (:mod:`deflated`), so that only numbers change and
every reader is content; the few bytes that are no multiple of five, as blanks in the archive's
comment. A long comment is no way: LibreOffice looks for the end of a zip in its last 534 bytes only
(``ZipFile::findEnd``), and does not open the document.
A zip that is too long is packed closer: first the members that redaction wrote, then the others.

Source: PKWARE APPNOTE.TXT 6.3.10, §4.3 and §4.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.errors import CannotEdit, Unreadable
from gateway.formats._base import splice
from gateway.formats._fit.deflated import EMPTY, deflated
from gateway.formats._zip.layout import CENTRAL, DEFLATED, DESCRIPTOR, END, LOCAL, STORED
from gateway.formats._zip.reading import Archive, Member, read_archive

_LONGEST_COMMENT, _ANY_COMMENT = 512, 65_535
_WIDE = 0xFFFFFFFF  # the true number stands in a 64-bit field
_AS_IT_STANDS = "mimetype"  # OpenDocument 1.3 part 2 §3.3, EPUB OCF §4.3: first, never compressed

type _Packed = Mapping[int, bytes]
"""Deflated bytes by member index."""


def pad_zip(data: bytes, gap: int) -> bytes:
    """The zip, longer by ``gap`` bytes.

    Raises:
        CannotEdit: it has no room, or is laid out in a way that is not written here.
    """
    archive = _archive(data)
    size = len(data) + gap
    if gap >= len(EMPTY) and (room := _roomiest(archive)):
        member, packed = room
        spare = size - len(_repacked(archive, {member: packed}))
        if spare >= 0:
            more = EMPTY * (spare // len(EMPTY))
            archive = _archive(_repacked(archive, {member: more + packed}))
            gap = size - len(archive.data)
    if len(archive.comment) + gap > (_ANY_COMMENT if gap < len(EMPTY) else _LONGEST_COMMENT):
        raise CannotEdit("it has no member with room")
    end = len(archive.data) - len(archive.comment)
    length = len(archive.comment) + gap
    return archive.data[: end - 2] + length.to_bytes(2, "little") + archive.comment + b" " * gap


def shrink_zip(data: bytes, size: int, original: bytes) -> bytes:
    """The zip with members packed closer, one after the other until it is short enough.

    Args:
        data: the redacted zip.
        size: where to stop, in bytes.
        original: the zip before redaction.

    Raises:
        CannotEdit: it is laid out in a way that is not written here.
        Unreadable: it is damaged.
    """
    archive = _archive(data)
    known = _known(original)
    packed: dict[int, bytes] = {}
    left = len(data) - size
    for member in sorted(archive.members, key=lambda member: _reluctance(member, known)):
        if left <= 0:
            break
        if member.method not in {STORED, DEFLATED} or member.name == _AS_IT_STANDS:
            continue
        closer = deflated(archive.read(member))
        gain = member.packed[1] - member.packed[0] - len(closer)
        if gain > 0:
            packed[member.index] = closer
            left -= gain
    return _repacked(archive, packed)


def _reluctance(member: Member, known: frozenset[tuple[str, int]]) -> tuple[bool, bool, int]:
    """What redaction wrote first; what was stored on purpose last; large ones before small."""
    return ((member.name, member.crc) in known, member.method == STORED, -member.size)


def _known(original: bytes) -> frozenset[tuple[str, int]]:
    try:
        return frozenset((member.name, member.crc) for member in read_archive(original).members)
    except Unreadable:
        return frozenset()


def _archive(data: bytes) -> Archive:
    """The zip, read strictly.

    Raises:
        CannotEdit: it cannot be, or bytes follow its end.
    """
    try:
        archive = read_archive(data)
    except Unreadable as error:
        raise CannotEdit(str(error)) from None
    length = int.from_bytes(data[len(data) - len(archive.comment) - 2 :][:2], "little")
    if length != len(archive.comment):
        raise CannotEdit("bytes follow the end of the zip")
    return archive


def _roomiest(archive: Archive) -> tuple[int, bytes] | None:
    """The largest compressed member, or else the smallest stored one, and its bytes deflated."""
    usable = [
        member
        for member in archive.members
        if member.size and not member.obstacle and member.name != _AS_IT_STANDS
    ]
    if compressed := [member for member in usable if member.method == DEFLATED]:
        member = max(compressed, key=lambda one: one.size)
        return member.index, archive.data[slice(*member.packed)]
    if stored := [member for member in usable if member.method == STORED]:
        member = min(stored, key=lambda one: one.size)
        return member.index, deflated(archive.read(member))
    return None


def _repacked(archive: Archive, packed: _Packed) -> bytes:
    """The zip with other compressed bytes for some members; all else stays in its place.

    Raises:
        CannotEdit: it uses 64-bit fields where numbers change.
    """
    data = archive.data
    changes: list[tuple[int, int, bytes]] = []
    growth: dict[int, int] = {}  # by where a record began
    for index, new in packed.items():
        start, end = archive.members[index].record
        record = _local(archive, archive.members[index], new)
        changes.append((start, end, record))
        growth[start] = len(record) - (end - start)
    changes += _directory(archive, packed, growth)
    return splice(data, changes)


def _local(archive: Archive, member: Member, packed: bytes) -> bytes:
    """The record of a member with other bytes, its sizes told before them."""
    start = member.record[0]
    magic, needed, flags, _, time, date, _, old, size, *lengths = LOCAL.unpack_from(
        archive.data, start
    )
    if _WIDE in (old, size):
        raise CannotEdit("it has 64-bit fields")
    told = (member.crc, len(packed), member.size)
    header = LOCAL.pack(
        *(magic, needed, flags & ~DESCRIPTOR, DEFLATED, time, date, *told, *lengths)
    )
    return header + archive.data[start + LOCAL.size : member.packed[0]] + packed


def _directory(
    archive: Archive, packed: _Packed, growth: Mapping[int, int]
) -> Iterator[tuple[int, int, bytes]]:
    """Changes of the directory: sizes of the members that changed, places of those behind them."""
    data = archive.data
    end = len(data) - len(archive.comment) - END.size
    magic, disk, first, here, count, size, at, length = END.unpack_from(data, end)
    if _WIDE in (size, at):
        raise CannotEdit("it has 64-bit fields")
    moved = at + sum(growth.values())
    yield end, end + END.size, END.pack(magic, disk, first, here, count, size, moved, length)
    for member in archive.members:
        fields = list(CENTRAL.unpack_from(data, at))
        if _WIDE in (fields[8], fields[9], fields[16]):
            raise CannotEdit("it has 64-bit fields")
        fields[16] += sum(more for start, more in growth.items() if start < fields[16])
        if member.index in packed:
            fields[3], fields[4] = fields[3] & ~DESCRIPTOR, DEFLATED
            fields[8] = len(packed[member.index])
        yield at, at + CENTRAL.size, CENTRAL.pack(*fields)
        at += CENTRAL.size + sum(fields[10:13])
