"""Zip archives, read strictly.

A zip tells everything twice (in each member's local header and in the directory at the end),
and a reader that believes one place misses what another shows. So both are read and must
agree, and every byte of the file must belong to a member, the directory or the end record.
What disagrees, overlaps or lies between is refused, never skipped.

Source of the layout: PKWARE APPNOTE.TXT 6.3.10, §4.3 and §4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from gateway.errors import LimitExceeded, Unreadable
from gateway.formats._zip.layout import (
    CENTRAL,
    CENTRAL_MAGIC,
    DEFLATED,
    DESCRIPTOR,
    DESCRIPTOR_MAGIC,
    ENCRYPTED,
    END,
    END64,
    END64_LOCATOR,
    END64_LOCATOR_MAGIC,
    END64_MAGIC,
    END_MAGIC,
    LOCAL,
    LOCAL_MAGIC,
    PATCH,
    STORED,
    UTF8,
    decoded_name,
)
from gateway.formats._zip.methods import METHODS

# Extra fields of a fixed shape that hold no text: zip64, NTFS times, Unix, times, old and new
# Unix owner, jar marker, APPNOTE §4.5; the time stamps are numbers that every zip has anyway.
_DUMB_EXTRAS = {0x0001: 32, 0x000A: 64, 0x000D: 12, 0x5455: 16, 0x5855: 16, 0x7855: 8, 0x7875: 24}
_DUMB_EXTRAS |= {0xCAFE: 0}
_UNICODE_PATH = 0x7075
_GROWTH_HINT = 0xA220  # ECMA-376-2 Annex C: padding that lets a package grow in place

_READ = frozenset((STORED, DEFLATED, *METHODS))
_NEWEST = 63  # the "version needed" that APPNOTE 6.3 knows at most

_MAX_MEMBERS = 10_000
_MAX_BYTES = 500 * 1024 * 1024
_MAX_RATIO = 200
_RATIO_FLOOR = 1_000_000


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive.

    Args:
        index: its position in the directory.
        name: its path, decoded.
        size: bytes once decompressed.
        is_dir: it is a directory entry, without content.
        obstacle: why its content cannot be read here (encrypted, a rare method), or empty.
        comment: its comment in the directory.
        hidden: extra fields that nothing is known about, and a second, differing name; empty
            for ordinary files.
        record: where its local header begins and its data descriptor ends.
        packed: where its compressed bytes stand.
    """

    index: int
    name: str = field(repr=False)
    size: int
    is_dir: bool
    obstacle: str
    comment: bytes = field(repr=False)
    hidden: bytes = field(repr=False)
    record: tuple[int, int]
    packed: tuple[int, int]
    crc: int = field(repr=False)
    raw_name: bytes = field(repr=False)
    extra: bytes = field(repr=False)
    method: int = field(repr=False)
    flags: int = field(repr=False)
    versions: tuple[int, int] = field(repr=False)
    stamp: tuple[int, int] = field(repr=False)
    attributes: tuple[int, int] = field(repr=False)


@dataclass(frozen=True)
class Archive:
    """A zip whose two directories agree and whose every byte is accounted for."""

    data: bytes = field(repr=False)
    members: tuple[Member, ...]
    comment: bytes = field(repr=False)

    @cached_property
    def by_name(self) -> dict[str, Member]:
        """Members by their path."""
        return {member.name: member for member in self.members}

    def read(self, member: Member) -> bytes:
        """The content of a member, never more than it declares.

        Raises:
            Unreadable: it is encrypted, uses a rare method, or is not what it declares to be.
        """
        if member.obstacle:
            raise Unreadable(member.obstacle)
        content = self.data[slice(*member.packed)]
        if member.method == DEFLATED:
            content = _inflate(content, member.size)
        elif member.method in METHODS:
            content = METHODS[member.method](content, member.size)
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise Unreadable("its size or checksum is not what the archive says")
        return content


def read_archive(data: bytes) -> Archive:
    """Read the directory of a zip and check it against the local headers.

    Raises:
        Unreadable: something is damaged, ambiguous or hidden; the message says what.
        LimitExceeded: it declares more members, bytes or compression than a document has.
    """
    start, end, count, comment = _directory(data)
    members = tuple(_members(data, start, end, count))
    if len({member.name for member in members}) != len(members):
        raise Unreadable("two members of the zip have the same name")
    _check_budget(members)
    return Archive(data, _placed(data, members, start), comment)


def peek(data: bytes, name: bytes, limit: int = 4_000_000) -> bytes | None:
    """One member's content, found cheaply, or ``None``; for telling formats apart only."""
    try:
        start, end, count, _ = _directory(data)
        for member in _members(data, start, end, count):
            if member.raw_name == name and member.size <= limit and not member.obstacle:
                header = LOCAL.unpack_from(data, member.record[0])
                at = member.record[0] + LOCAL.size + header[9] + header[10]
                packed = data[at : at + member.packed[1]]
                if member.method in METHODS:
                    return METHODS[member.method](packed, member.size)
                return _inflate(packed, member.size) if member.method == DEFLATED else packed
    except (Unreadable, struct.error):
        pass
    return None


def _directory(data: bytes) -> tuple[int, int, int, bytes]:
    """Where the directory starts and ends, how many members it lists, and the comment."""
    at = data.rfind(END_MAGIC)
    if at < 0 or at + END.size > len(data):
        raise Unreadable("the zip has no end record: damaged or cut off")
    _, disk, first, here, count, size, start, length = END.unpack_from(data, at)
    if data[at + END.size + length :].strip(b"\0\r\n ") or at + END.size + length > len(data):
        raise Unreadable("bytes follow the end of the zip")
    end = at
    if 0xFFFF in {here, count} or 0xFFFFFFFF in {size, start}:
        end, here, count, size, start = _end64(data, at)
    if disk or first or here != count:
        raise Unreadable("the zip is one disk of several")
    if start + size != end:
        raise Unreadable("the zip's directory is not where its end record says")
    if count > _MAX_MEMBERS:
        raise LimitExceeded(f"more than {_MAX_MEMBERS} members in a zip")
    return start, end, count, data[at + END.size :][:length]


def _end64(data: bytes, end: int) -> tuple[int, int, int, int, int]:
    locator = end - END64_LOCATOR.size
    if locator < 0 or data[locator : locator + 4] != END64_LOCATOR_MAGIC:
        raise Unreadable("the zip's 64-bit end record is missing")
    _, _, at, disks = END64_LOCATOR.unpack_from(data, locator)
    if disks > 1 or at + END64.size != locator or data[at : at + 4] != END64_MAGIC:
        raise Unreadable("the zip's 64-bit end record is damaged")
    *_, disk, first, here, count, size, start = END64.unpack_from(data, at)
    if disk or first:
        raise Unreadable("the zip is one disk of several")
    return at, here, count, size, start


def _members(data: bytes, at: int, end: int, count: int) -> Iterator[Member]:
    """The directory's entries; ``record`` and ``packed`` are filled in by :func:`_placed`."""
    for index in range(count):
        if at + CENTRAL.size > end or data[at : at + 4] != CENTRAL_MAGIC:
            raise Unreadable("the zip's directory is damaged")
        fields = CENTRAL.unpack_from(data, at)
        made, needed, flags, method, time, date, crc, packed, size = fields[1:10]
        name_length, extra_length, comment_length, disk, internal, external, offset = fields[10:]
        at += CENTRAL.size
        raw_name = data[at : at + name_length]
        extra = data[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        if at > end or disk not in {0, 0xFFFF} or needed & 0xFF > _NEWEST:
            raise Unreadable("the zip's directory is damaged")
        extras = _extras(extra)
        size, packed, offset = _wide(extras, size, packed, offset)
        name = _name(raw_name, flags, extras)
        yield Member(
            index=index,
            name=name,
            size=size,
            is_dir=name.endswith("/") and not size,
            obstacle=_obstacle(flags, method),
            comment=data[at - comment_length : at],
            hidden=_hidden(extras) + (raw_name if decoded_name(raw_name, flags) != name else b""),
            record=(offset, offset),
            packed=(0, packed),
            crc=crc,
            raw_name=raw_name,
            extra=b"".join(_packed_extra(tag, body) for tag, body in extras if tag != 1),
            method=method,
            flags=flags,
            versions=(made, needed),
            stamp=(time, date),
            attributes=(internal, external),
        )
    if at != end:
        raise Unreadable("the zip's directory is damaged")


def _placed(data: bytes, members: tuple[Member, ...], directory: int) -> tuple[Member, ...]:
    """Members with their ranges, having proved that they fill the file without a gap."""
    placed: dict[int, Member] = {}
    order = sorted(members, key=lambda member: member.record)
    ends = [member.record[0] for member in order[1:]] + [directory]
    expected = 0
    for member, end in zip(order, ends, strict=True):
        start = member.record[0]
        if start != expected or start + LOCAL.size > end:
            raise Unreadable("bytes of the zip belong to no member, or to two")
        body, hidden = _check_local(data, member, end)
        packed = (body, body + member.packed[1])
        _check_rest(data[packed[1] : end], member)
        placed[member.index] = replace(
            member, record=(start, end), packed=packed, hidden=member.hidden + hidden
        )
        expected = end
    if expected != directory:
        raise Unreadable("bytes of the zip belong to no member")
    return tuple(placed[member.index] for member in members)


def _check_local(data: bytes, member: Member, end: int) -> tuple[int, bytes]:
    """Where the member's bytes begin, and the unknown extra fields of its local header."""
    start = member.record[0]
    magic, _, flags, method, _, _, crc, packed, size, name_length, extra_length = LOCAL.unpack_from(
        data, start
    )
    at = start + LOCAL.size
    body = at + name_length + extra_length
    if magic != LOCAL_MAGIC or body + member.packed[1] > end:
        raise Unreadable("a local header of the zip is damaged")
    extras = _extras(data[at + name_length : body])
    size, packed, _ = _wide(extras, size, packed, 0)
    told = (crc, packed, size)
    same = told == (member.crc, member.packed[1], member.size)
    if member.flags & DESCRIPTOR and told[0] == 0 and not told[1]:
        same = True
    alike = ENCRYPTED | DESCRIPTOR | PATCH
    if (
        data[at : at + name_length] != member.raw_name
        or method != member.method
        or flags & alike != member.flags & alike
        or not same
    ):
        raise Unreadable("the zip's directory and a local header disagree")
    return body, _hidden(extras)


def _check_rest(rest: bytes, member: Member) -> None:
    """What stands between a member's data and the next member: a data descriptor or nothing."""
    if not member.flags & DESCRIPTOR:
        if rest:
            raise Unreadable("bytes of the zip belong to no member")
        return
    body = rest.removeprefix(DESCRIPTOR_MAGIC) if len(rest) in {16, 24} else rest
    layout = {12: "<3I", 20: "<I2Q"}.get(len(body))
    if layout is None and member.is_dir and not rest:
        return
    if layout is None or struct.unpack(layout, body) != (
        member.crc,
        member.packed[1],
        member.size,
    ):
        raise Unreadable("bytes of the zip belong to no member")


def _check_budget(members: tuple[Member, ...]) -> None:
    if sum(member.size for member in members) > _MAX_BYTES:
        raise LimitExceeded(f"the zip opens into more than {_MAX_BYTES} bytes")
    for member in members:
        if member.size > _RATIO_FLOOR and member.size > _MAX_RATIO * member.packed[1]:
            raise LimitExceeded(f"a part expands more than {_MAX_RATIO} times")


def _inflate(packed: bytes, size: int) -> bytes:
    """Decompress, but never past the declared size."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflater.decompress(packed, size + 1)
    except zlib.error:
        raise Unreadable("its compressed bytes are damaged") from None
    if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise Unreadable("its size or checksum is not what the archive says")
    return content


def _extras(extra: bytes) -> list[tuple[int, bytes]]:
    """The extra fields as (tag, body); a tail that is no field has the tag -1."""
    fields: list[tuple[int, bytes]] = []
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<2H", extra, at)
        if at + 4 + length > len(extra):
            break
        fields.append((tag, extra[at + 4 : at + 4 + length]))
        at += 4 + length
    if extra[at:].strip(b"\0"):
        fields.append((-1, extra[at:]))
    return fields


def _packed_extra(tag: int, body: bytes) -> bytes:
    return body if tag < 0 else struct.pack("<2H", tag, len(body)) + body


def _hidden(extras: list[tuple[int, bytes]]) -> bytes:
    """The bodies of extra fields in which anything could stand."""
    hidden: list[bytes] = []
    for tag, body in extras:
        if tag == _GROWTH_HINT:
            hidden.append(body[4:].strip(b"\0"))
        elif tag != _UNICODE_PATH and len(body) > _DUMB_EXTRAS.get(tag, -1):
            hidden.append(body.strip(b"\0"))
    return b"\0".join(hidden)  # apart, so that the digits of two do not read as one number


def _wide(
    extras: list[tuple[int, bytes]], size: int, packed: int, offset: int
) -> tuple[int, int, int]:
    """Sizes and offset, taken from the zip64 field where they do not fit (APPNOTE §4.5.3)."""
    body = dict(extras).get(1, b"")
    values = iter(struct.unpack_from(f"<{len(body) // 8}Q", body))
    try:
        size = next(values) if size == 0xFFFFFFFF else size
        packed = next(values) if packed == 0xFFFFFFFF else packed
        offset = next(values) if offset == 0xFFFFFFFF else offset
    except StopIteration:
        raise Unreadable("the zip's 64-bit sizes are missing") from None
    return size, packed, offset


def _obstacle(flags: int, method: int) -> str:
    if flags & ENCRYPTED:
        return "encrypted: take its password off first"
    if flags & PATCH or method not in _READ:
        return f"compressed by method {method}, which is not read"
    return ""


def _name(raw: bytes, flags: int, extras: list[tuple[int, bytes]]) -> str:
    """The member's path.

    Without the UTF-8 flag the standard says code page 437, but what is met is UTF-8 (macOS) and
    GBK (Chinese Windows); so those are tried first. The Unicode path field wins where it is
    there (APPNOTE §4.6.9) and the bytes are only question marks or the same name otherwise.
    """
    name = decoded_name(raw, flags)
    body = dict(extras).get(_UNICODE_PATH, b"")
    if len(body) > 5 and int.from_bytes(body[1:5], "little") == zlib.crc32(raw):
        name = decoded_name(body[5:], UTF8)
    path = name.replace("\\", "/")
    if (
        not name
        or any(ord(character) < 32 for character in name)
        or path.startswith("/")
        or path[1:2] == ":"
        or ".." in path.split("/")
    ):
        raise Unreadable("a member's name leads outside the zip or is no name")
    return name
